package staff_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// delivered takes runs on which the shop promised 8 days a month and a half ago, delivered after so many days and rated.
func delivered(w *servertest.World, name string, n, promised int, took func(i int) int, rating func(i int) int) {
	var records []ingest.Record
	for i := range n {
		r := w.Answered(fmt.Sprintf("%s-%d", name, i), rating(i), "")
		at := w.Now().AddDate(0, 0, -45).Truncate(24 * time.Hour).Add(9 * time.Hour)
		r.Contacts[0].Started, r.Contacts[0].PromiseDue = at, at.AddDate(0, 0, promised).Add(time.Hour)
		if days := took(i); days > 0 {
			r.Contacts[0].PromiseKept = at.AddDate(0, 0, days)
		}
		records = append(records, r)
	}
	w.Take(records...)
}

func TestThePromiseDeskSaysWhatToPromise(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		path := fmt.Sprintf("/touchpoints/%d/promise?days=90", w.Shop.ID)
		expect(t, w.As("ann").Get(path), 200, "Nothing was promised here in this time", "from a file", "over the API")
		delivered(w, "few", 4, 8, func(int) int { return 12 }, func(int) int { return 2 })
		expect(t, w.As("ann").Get(path), 200, "Fewer than 5 promises")
		delivered(w, "fibre", 56, 8, func(i int) int { return 12 + i%4 }, func(int) int { return 2 })
		p := w.As("ann").Get(path)
		expect(t, p, 200, "Promised 8 days, delivered in 12–15 days: 0 of 60 promises kept.", "If you promise 15 days, at least 9 of 10 are kept. This is 95% sure, from 60 promises",
			"cut sales by 0.5% and profit by 2.7%", "is not identifiable", "Vary the promise in some shops or weeks", "Safe promise15 days", "Wilson", "sections 1.11, 1.12 and 2.1 to 2.3",
			"Of 100 deliveries 0 come early, 0 on the day and 100 late", "Within 8 days, the usual promise, 0% are delivered")
		if p.Find("figure.chart").Length() != 3 || p.Find("figure.chart table").Length() != 3 {
			t.Errorf("%d charts, %d tables", p.Find("figure.chart").Length(), p.Find("figure.chart table").Length())
		}
		broken := w.As("ann").Get(p.Find("#finding a").AttrOr("href", ""))
		expect(t, broken, 200, "60 entries", "Broken promise at")
		expect(t, w.As("ann").Get(fmt.Sprintf("/touchpoints/%d", w.Shop.ID)), 200, "0% of promises were kept in time (0% to 6%): 0 of 60", "Promise desk")
		delivered(w, "kept", 40, 15, func(i int) int { return 12 + i%4 }, func(int) int { return 5 })
		expect(t, w.As("ann").Get(path), 200, "Promised 8 or 15 days", "If everybody here promises 15 days", "rate 3.0 points lower")
	})
}

func TestThePromiseDeskIsForThoseWhoSeeTheTouchpoint(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		delivered(w, "never", 6, 8, func(int) int { return 0 }, func(int) int { return 2 })
		expect(t, w.As("ann").Get(fmt.Sprintf("/touchpoints/%d/promise", w.Shop.ID)), 200, "Promised 8 days, nothing delivered yet: 0 of 6 promises kept.")
		delivered(w, "fibre", 6, 8, func(i int) int { return 12 }, func(int) int { return 2 })
		path, runs := fmt.Sprintf("/touchpoints/%d/promise", w.Shop.ID), fmt.Sprintf("/runs?broken=%d", w.Shop.ID)
		for who, want := range map[string]int{"ann": 200, "olga": 200, "zahra": 403} {
			if got := w.As(who).Get(path).Status; got != want {
				t.Errorf("%s: %d, want %d", who, got, want)
			}
			if got := w.As(who).Get(runs).Status; got != want {
				t.Errorf("%s at the walks behind: %d, want %d", who, got, want)
			}
		}
		for _, path := range []string{"/touchpoints/1/promise", "/runs?broken=1", "/runs.csv?broken=1"} {
			if got := w.As("ann").Get(path).Status; got != 404 {
				t.Errorf("a touchpoint that is none, %s: %d", path, got)
			}
		}
		if text := plainly(w.As("ann").Get(runs + "&state=open").Text()); strings.Contains(text, "fibre-0") {
			t.Error("the filter is lost beside another")
		}
	})
}
