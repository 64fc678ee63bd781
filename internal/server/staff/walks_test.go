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

func TestAJourneysPageIsInTheOrderOfAMeeting(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 12 {
			r := w.Answered(fmt.Sprint("order-", i), 5, "fine")
			if i < 6 { // promised for tomorrow; the visit kept it for five of six
				r.Contacts[0].PromiseDue, r.Contacts[0].PromiseKept = w.Now().Add(-20*time.Hour), w.Now().Add(-24*time.Hour)
			}
			if i == 5 {
				r.Contacts[0].PromiseKept = w.Now().Add(-2 * time.Hour)
			}
			w.Take(r)
		}
		odd := w.Completed("odd") // one customer called in between: that way is nobody else's
		call := odd.Contacts[1]
		call.Key, call.Touchpoint.Key, call.Started = "odd/call", w.Call.Key, call.Started.Add(-time.Hour)
		odd.Contacts = slices.Insert(odd.Contacts, 1, call)
		w.Take(odd)

		p := w.As("olga").Get(at(w.Fibre, "?days=30"))
		expect(t, p, 200, "How each touchpoint does beside the journey as a whole", "What customers really walk", "Drawn from 13 walks that ended in this time.")
		if strip := plainly(p.Find("#strip").Text()); !strings.Contains(strip, "83% of promises kept") || !strings.Contains(strip, "after 1 day") || !strings.Contains(strip, "13 walks") {
			t.Errorf("the strip says %s", strip)
		}
		var places []string
		p.Find("#walks .at").Each(func(_ int, s *goquery.Selection) { places = append(places, plainly(s.Parent().Find("title").Text())) })
		if len(places) != 2 || !strings.HasPrefix(places[0], "Shop: 100% of customers came here.") || !strings.Contains(places[1], "Half waited longer than 1 day.") {
			t.Errorf("places walked: %q", places)
		}
		if walks := p.Find("#walks").Text(); strings.Contains(walks, "Call") || !strings.Contains(walks, "Other paths make up") {
			t.Errorf("what one customer walked is told, or not merged: %s", plainly(walks))
		}
		last := -1
		for _, part := range []string{`id="trend-0"`, `id="fix"`, `id="strip"`, `id="words"`, `id="walks"`} {
			at := strings.Index(p.Body, part)
			if at <= last {
				t.Errorf("%s comes too early, or not at all", part)
			}
			last = at
		}
		other(t, w)
		if p := w.As("boris").Get(at(w.Fibre, "")); p.Status != 404 {
			t.Errorf("who does not see the journey sees its walks: %d", p.Status)
		}
		owner := w.As("nikos").Get(at(w.Fibre, ""))
		if owner.Find("#walks a[href*='/touchpoints/']").Length() != 1 {
			t.Error("an owner is led to other touchpoints than her own, or not to hers")
		}
	})
}
