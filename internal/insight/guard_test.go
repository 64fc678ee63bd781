package insight

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

func dayOf(t *testing.T, iso string) int32 {
	t.Helper()
	if iso == "" {
		return 0
	}
	at, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		t.Fatal(err)
	}
	return i18n.Day(at, nil)
}

func TestAFilterOfDaysIsWholeWeeksOrMonths(t *testing.T) {
	for sentence, c := range map[string]struct{ from, to, want string }{
		"a week stays":                            {"2026-03-16", "2026-03-22", "2026-03-16..2026-03-22"},
		"days become their weeks":                 {"2026-03-18", "2026-03-24", "2026-03-16..2026-03-29"},
		"one day becomes a week":                  {"2026-03-20", "2026-03-20", "2026-03-16..2026-03-22"},
		"months stay":                             {"2026-01-01", "2026-02-28", "2026-01-01..2026-02-28"},
		"a month from its second day is no month": {"2026-01-02", "2026-01-31", "2025-12-29..2026-02-01"},
		"since a first of a month":                {"2026-01-01", "", "2026-01-01.."},
		"since a Wednesday":                       {"2026-03-18", "", "2026-03-16.."},
		"until a Wednesday":                       {"", "2026-03-18", "..2026-03-22"},
		"all time":                                {"", "", ".."},
	} {
		q, err := Question{From: dayOf(t, c.from), To: dayOf(t, c.to)}.Snapped()
		if got := Span(q.From, q.To); got != c.want || err != nil {
			t.Errorf("%s: %s, want %s (%v)", sentence, got, c.want, err)
		}
	}
	if _, err := (Question{From: dayOf(t, "2026-03-20"), To: dayOf(t, "2026-03-19")}).Snapped(); err == nil {
		t.Error("a last day before the first is taken")
	}
}

func TestPeriodsBeginOnMondaysAndMoveOnceAWeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := rapid.Int32Range(10_000, 40_000).Draw(t, "today")
		days := rapid.SampledFrom(Periods).Draw(t, "days")
		start, before := PeriodStart(today, days), PeriodBefore(today, days)
		if Monday(start) != start || Monday(before) != before || PeriodStart(Monday(today), days) != start || today-start+1 < days-3 || today-start+1 > days+10 || start-before < days-3 || start-before > days+3 {
			t.Fatalf("on day %d the last %d begin on %d, those before on %d", today, days, start, before)
		}
	})
}
