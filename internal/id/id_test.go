package id

import (
	"slices"
	"sync"
	"testing"
	"time"
)

func TestNumbersIncreaseAndNeverRepeat(t *testing.T) {
	var mu sync.Mutex
	var all []int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			mine := make([]int64, 20_000)
			for i := range mine {
				mine[i] = New()
			}
			if !slices.IsSorted(mine) {
				t.Error("one goroutine saw numbers out of order")
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 160_000 {
		t.Fatalf("%d different numbers of 160000", n)
	}
}

func TestNumbersSurviveAClockThatGoesBack(t *testing.T) {
	var m maker
	now := time.Now()
	first := m.next(now)
	if second := m.next(now.Add(-time.Hour)); second <= first {
		t.Fatalf("%d after %d", second, first)
	}
}

func TestTokensDifferAndHashTheSame(t *testing.T) {
	a, b := Token(), Token()
	if a == b || len(a) != 22 {
		t.Fatalf("tokens %q and %q", a, b)
	}
	if string(Hash(a)) != string(Hash(a)) || string(Hash(a)) == string(Hash(b)) {
		t.Fatal("a hash must depend on the token and on nothing else")
	}
}

func TestSinceIsBelowWhatIsMadeThenAndAboveWhatWasMadeBefore(t *testing.T) {
	var m maker
	then := time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC)
	before, now := m.next(then.Add(-time.Millisecond)), m.next(then)
	if since := Since(then); before > since || now <= since {
		t.Errorf("%d, since %d, %d", before, since, now)
	}
	if Since(time.Time{}) != 0 {
		t.Error("the beginning of time is above some numbers")
	}
}
