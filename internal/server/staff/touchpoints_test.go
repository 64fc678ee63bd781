package staff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestTouchpointsAreSortedAsAsked(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 30 {
			w.Take(w.Answered(fmt.Sprintf("run-%d", i), 2, "")) // the visit gets 2, the shop 5; nobody calls. Fewer have no place among scores
		}
		ann := w.As("ann")
		for sentence, c := range map[string]struct {
			sort string
			want []string
		}{
			"by name":                                 {"sort=name", []string{"Call", "Invoice", "Shop", "Visit"}},
			"by name, the other way round":            {"sort=name&desc=1", []string{"Visit", "Shop", "Invoice", "Call"}},
			"by score, without one last":              {"sort=score", []string{"Visit", "Shop", "Call", "Invoice"}},
			"the best first, without one still last":  {"sort=score&desc=1", []string{"Shop", "Visit", "Call", "Invoice"}},
			"by contacts, as they came where equal":   {"sort=contacts", []string{"Call", "Invoice", "Shop", "Visit"}},
			"by something that is no column: as ever": {"sort=password", []string{"Call", "Invoice", "Shop", "Visit"}},
		} {
			got := ann.Get("/touchpoints?" + c.sort).Find("main tbody th a").Map(func(_ int, s *goquery.Selection) string { return plainly(s.Text()) })
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v", sentence, got)
			}
		}
	})
}

func TestTheOwnerSeesHowManyPromisesWereKept(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		promise := func(from, to int) {
			for i := from; i < to; i++ {
				r := w.Answered(fmt.Sprintf("promise-%d", i), 4, "")
				r.Contacts[0].PromiseDue, r.Contacts[0].PromiseKept = w.Now().Add(-time.Hour), r.Contacts[1].Started
				if i == 0 {
					r.Contacts[0].PromiseDue = r.Contacts[1].Started.Add(-time.Hour)
				}
				w.Take(r)
			}
		}
		shop := fmt.Sprintf("/touchpoints/%d", w.Shop.ID)
		promise(0, 4)
		if text := plainly(w.As("ann").Get(shop).Text()); strings.Contains(text, "Promises kept in time") {
			t.Error("a share of four promises is told")
		}
		promise(4, 8)
		expect(t, w.As("ann").Get(shop), 200, "Promises kept in time88%", "88% of promises were kept in time (53% to 98%): 7 of 8 that have fallen due; 0 are not due yet.")
	})
}
