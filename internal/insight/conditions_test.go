package insight

import (
	"math/rand/v2"
	"testing"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// staff are employees of equal worth, by touchpoint: the easy one satisfies nearly everybody, the hard one half. Everybody
// serves mostly at one of them, as people do; lower is how much less employee 1 satisfies.
func staffAnswers(random *rand.Rand, employees int, lower float64) []Counted {
	var out []Counted
	for who := range employees {
		for point, share := range []float64{.95, .8, .5} {
			n := 4 + random.IntN(12)
			if who%3 == point {
				n += 60
			}
			if who == 1 {
				share -= lower
			}
			good := int64(0)
			for range n {
				if random.Float64() < share {
					good++
				}
			}
			out = append(out, Counted{ID: int64(who), TouchpointID: int64(point + 1), Scale: five, Tally: tally(good, int64(n)-good)})
		}
	}
	return out
}

func flagged(t *testing.T, periods ...[]Counted) (once, twice map[int64]bool) {
	t.Helper()
	once, twice = map[int64]bool{}, map[int64]bool{}
	seen := map[int64][]stat.Standing{}
	for _, rows := range periods {
		standings, err := standingsOf(rows)
		if err != nil {
			t.Fatal(err)
		}
		for who, s := range standings {
			seen[who] = append(seen[who], s)
			if s == stat.AlarmLow {
				once[who] = true
			}
		}
	}
	for who, s := range seen {
		if stat.LowTwice(s) {
			twice[who] = true
		}
	}
	return once, twice
}

// TestNoOrdinaryEmployeeIsNamed: hundred companies of 45 ordinary people, though a third of them serve where customers leave
// dissatisfied whoever serves. In one period fewer than 3 in 1000 pass the limit of 1 in 1000 on this side; in both, nobody.
func TestNoOrdinaryEmployeeIsNamed(t *testing.T) {
	const companies, employees = 100, 45
	random := rand.New(rand.NewPCG(17, 23))
	alarms := 0
	for range companies {
		once, twice := flagged(t, staffAnswers(random, employees, 0), staffAnswers(random, employees, 0))
		alarms += len(once)
		if len(twice) > 0 {
			t.Errorf("%v are named", twice)
		}
	}
	if float64(alarms) > 0.003*2*companies*employees {
		t.Errorf("%d alarms in %d", alarms, 2*companies*employees)
	}
}

func TestSomebodyWhoReallySatisfiesFewerIsNamed(t *testing.T) {
	random := rand.New(rand.NewPCG(19, 29))
	found := 0
	for range 40 {
		_, twice := flagged(t, staffAnswers(random, 45, .35), staffAnswers(random, 45, .35))
		if twice[1] {
			found++
		}
		delete(twice, 1)
		if len(twice) > 0 {
			t.Errorf("%v are named with her", twice)
		}
	}
	if found < 36 {
		t.Errorf("found in %d of 40", found)
	}
}

func TestWhereAllAreSatisfiedNobodyDiffers(t *testing.T) {
	rows := []Counted{{ID: 1, TouchpointID: 1, Scale: five, Tally: tally(40, 0)}, {ID: 2, TouchpointID: 1, Scale: five, Tally: tally(9, 0)}}
	if got, err := standingsOf(rows); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
}
