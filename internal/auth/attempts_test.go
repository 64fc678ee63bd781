package auth

import (
	"fmt"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
)

type limiter struct {
	*Attempts
	clock time.Time
}

func newLimiter() *limiter {
	l := &limiter{clock: time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)}
	l.Attempts = NewAttempts(func() time.Time { return l.clock })
	return l
}

// until counts the attempts that are let through before the first that is not.
func (l *limiter) until(login, addr func(i int) string) int {
	for i := range 1000 {
		if l.Take(login(i), addr(i)) != nil {
			return i
		}
	}
	return 1000
}

func always(s string) func(int) string { return func(int) string { return s } }
func each(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i) }
}

func TestHowManyAttempts(t *testing.T) {
	for sentence, c := range map[string]struct {
		login, addr func(int) string
		let         int
	}{
		"ten at one login from one address":               {always("maria"), always("192.0.2.1"), 10},
		"ten at one login from many addresses":            {always("maria"), each("192.0.2.%d"), 10},
		"ten at one login however it is written":          {func(i int) string { return []string{"Maria", "maria "}[i%2] }, each("192.0.2.%d"), 10},
		"fifty at many logins from one address":           {each("user%d"), always("192.0.2.1"), 50},
		"fifty from one IPv6 customer, whatever the host": {each("user%d"), each("2001:db8::%x"), 50},
		"no limit on many logins from many networks":      {each("user%d"), each("2001:db8:0:%x::1"), 1000},
		"fifty from one IPv4 address in both spellings":   {each("user%d"), func(i int) string { return []string{"192.0.2.1", "::ffff:192.0.2.1"}[i%2] }, 50},
	} {
		t.Run(sentence, func(t *testing.T) {
			if let := newLimiter().until(c.login, c.addr); let != c.let {
				t.Errorf("%d", let)
			}
		})
	}
}

func TestWhoWaitsMayTryAgain(t *testing.T) {
	l := newLimiter()
	l.until(always("maria"), each("192.0.2.%d"))
	err := l.Take("maria", "198.51.100.1")
	wantFault(t, err, fault.KindBusy, "auth.too_many")
	if args := fault.Of(err).Args; args[0] != "minutes" || args[1] != 1 {
		t.Errorf("told to wait %v", args)
	}
	l.clock = l.clock.Add(time.Minute)
	if let := l.until(always("maria"), each("192.0.2.%d")); let != 1 {
		t.Errorf("%d after a minute", let)
	}
	l.clock = l.clock.Add(24 * time.Hour)
	if let := l.until(always("maria"), each("192.0.2.%d")); let != 10 {
		t.Errorf("%d after a day", let)
	}
}

func TestAClockThatGoesBackGivesNothing(t *testing.T) {
	l := newLimiter()
	l.until(always("maria"), always(""))
	l.clock = l.clock.Add(-time.Hour)
	wantFault(t, l.Take("maria", ""), fault.KindBusy, "auth.too_many")
}

func TestASuccessCostsNothing(t *testing.T) {
	l := newLimiter()
	for i := range 500 { // an office in the morning
		login := fmt.Sprint("user", i)
		if err := l.Take(login, "192.0.2.1"); err != nil {
			t.Fatalf("after %d: %v", i, err)
		}
		l.Forgive(login, "192.0.2.1")
	}
	if n := len(l.logins.entries) + len(l.addrs.entries); n != 0 {
		t.Errorf("%d remembered", n)
	}
}

func TestOnesOwnSuccessDoesNotPayForGuessesAtOthers(t *testing.T) {
	l := newLimiter()
	failed := 0
	for i := range 1000 {
		if l.Take(fmt.Sprint("victim", i), "192.0.2.1") == nil {
			failed++
		}
		if l.Take("mine", "192.0.2.1") == nil {
			l.Forgive("mine", "192.0.2.1")
		}
	}
	if failed > 50 {
		t.Errorf("%d guesses", failed)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	l := newLimiter()
	l.logins.size, l.addrs.size = 100, 100
	for i := range 5000 {
		if err := l.Take(fmt.Sprint("user", i), fmt.Sprintf("2001:db8:0:%x::1", i)); err != nil {
			t.Fatal(err)
		}
	}
	for name, table := range map[string]table{"logins": l.logins, "addresses": l.addrs} {
		if len(table.entries) != 100 || table.recent.Len() != 100 {
			t.Errorf("%d and %d %s", len(table.entries), table.recent.Len(), name)
		}
	}
}
