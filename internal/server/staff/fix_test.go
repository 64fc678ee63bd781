package staff_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// pulled adds runs on so many days: the visit pulls the whole, the shop does not, and every second customer had to call,
// which costs two points however the call itself is rated.
func pulled(w *servertest.World, runs int) {
	records := make([]ingest.Record, runs)
	for i := range records {
		r := w.Completed(fmt.Sprintf("pulled-%d", i))
		back := time.Duration(i%30) * 24 * time.Hour
		called := (i/7)%2 == 1
		if called {
			call := r.Contacts[1]
			call.Key, call.Touchpoint.Key, call.Started = r.Run+"/call", w.Call.Key, call.Started.Add(-time.Hour)
			r.Contacts = append(r.Contacts, call)
		}
		for k := range r.Contacts {
			r.Contacts[k].Started = r.Contacts[k].Started.Add(-back)
		}
		r.Completed = r.Completed.Add(-back)
		visit, shop := 1+i%5, 1+(i/5)%5
		overall := visit + (i/3)%3 - 1
		if called {
			overall -= 2
		}
		overall = max(1, min(5, overall))
		rating := func(key string, x int) ingest.Rating {
			return ingest.Rating{Touchpoint: ingest.Named{Key: key}, Scale: servertest.CSAT, Value: x}
		}
		r.Answer = &ingest.Answer{Key: r.Run + "/answer", At: r.Completed.Add(time.Hour), Scale: servertest.CSAT, Overall: &overall, Language: "en",
			Ratings: []ingest.Rating{rating(w.Visit.Key, visit), rating(w.Shop.Key, shop)}}
		if called && i%3 > 0 {
			r.Answer.Ratings = append(r.Answer.Ratings, rating(w.Call.Key, 4+i%2))
		}
		records[i] = r
	}
	w.Take(records...)
	w.Fold()
}

func TestALeaderReadsWhatToFixFirstAndWhy(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		pulled(w, 240)
		p := w.As("olga").Get(at(w.Fibre, ""))
		expect(t, p, 200, "What to fix first, and why", "240 about the whole journey, from 30 days; CSAT (satisfaction), 1 to 5", "sections 3.2 to 3.4 and 4")
		names := p.Find("#fix .fixes h3").Map(func(_ int, s *goquery.Selection) string { return plainly(s.Text()) })
		if len(names) < 2 || !strings.HasPrefix(names[0], "1 ") || !(strings.HasSuffix(names[0], "Call") || strings.HasSuffix(names[0], "Visit")) {
			t.Fatalf("the ranking: %q", names)
		}
		call := p.Find(fmt.Sprintf("#fix-%d", w.Call.ID))
		if s := plainly(call.Text()); !strings.Contains(s, "coming by here at all goes with") {
			t.Errorf("the call: %s", s)
		}
		visit := p.Find(fmt.Sprintf("#fix-%d", w.Visit.ID))
		if s := plainly(visit.Text()); !strings.Contains(s, "leave dissatisfied, and each of these takes about") || !strings.Contains(s, "96 of 240 answers: 40%") {
			t.Errorf("the visit: %s", s)
		}
		for _, href := range visit.Find("dl a").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }) {
			if page, _, inside := strings.Cut(href, "#"); page != "" {
				expect(t, w.As("olga").Get(page), 200)
			} else if !inside || p.Find(href).Length() != 1 {
				t.Errorf("%s leads nowhere", href)
			}
		}
		if p.Find("#fix-quadrant svg").Length() == 0 {
			t.Error("importance against performance is not drawn")
		}
		if s := plainly(p.Find("#fix").Text()); strings.Contains(s, "⟦") {
			t.Errorf("a message is missing: %s", s)
		}
	})
}

func TestWhatToFixFirstIsToldInEveryLanguage(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	pulled(w, 240)
	for _, lang := range i18n.Languages {
		p := w.As("olga").Language(string(lang)).Get(at(w.Fibre, "?days=365"))
		said := plainly(p.Find("#fix").Text())
		if p.Status != 200 || strings.Contains(said, "⟦") || p.Find("#fix .fixes > li").Length() < 2 {
			t.Errorf("%s: %d: %s", lang, p.Status, said)
		}
		if lang == i18n.Persian && strings.ContainsAny(said, "0123456789") {
			t.Errorf("Latin digits in Persian: %s", said)
		}
	}
}

func TestBelowTheNeededAnswersNothingIsSaidOfThePull(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		olga := w.As("olga")
		expect(t, olga.Get(at(w.Fibre, "")), 200, "Nothing can be ranked in this time: a touchpoint needs 30 ratings")
		pulled(w, 40)
		p := olga.Get(at(w.Fibre, ""))
		expect(t, p, 200, "There are 40 answers about the whole journey in this time; 50 are needed", "How far that pulls the journey cannot be said yet",
			"Too few ratings to be ranked, fewer than 30: Call.")
		if p.Find("#fix-quadrant").Length() != 0 || strings.Contains(p.Text(), "Points of 100") {
			t.Error("points are shown that rest on too little")
		}
	})
}

func TestALeaderEstimatesEffortAndTheOrderFollows(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		pulled(w, 240)
		olga := w.As("olga")
		first := func() string { return plainly(olga.Get(at(w.Fibre, "")).Find("#fix .fixes h3").First().Text()) }
		before := first()
		costly, cheap := w.Call.ID, w.Visit.ID
		if strings.Contains(before, "Visit") {
			costly, cheap = cheap, costly
		}
		estimate := func(tp int64, days string) servertest.Page {
			return olga.Post(at(w.Fibre, fmt.Sprintf("/efforts/%d?days=90", tp)), url.Values{"days": {days}})
		}
		done := estimate(costly, "۴۰۰")
		if done.Status != 303 || done.Location != at(w.Fibre, fmt.Sprintf("?days=90#fix-%d", costly)) {
			t.Fatalf("%d %s", done.Status, done.Location)
		}
		if p := estimate(cheap, "2"); p.Status != 303 {
			t.Fatalf("%d", p.Status)
		}
		if after := first(); after == before || after == "" {
			t.Errorf("400 days for %q, and still it comes first", before)
		}
		p := olga.Get(at(w.Fibre, ""))
		expect(t, p, 200, "Points to win back a month, per person-day")
		if days := p.Find(fmt.Sprintf("#days-%d", costly)).AttrOr("value", ""); days != "400" {
			t.Errorf("the estimate comes back as %q", days)
		}
		for _, wrong := range []string{"-3", "many", "10000", "2.5"} {
			p := estimate(cheap, wrong)
			expect(t, p, 422, "A whole number of days from 0 to 9,999")
			if p.Find(fmt.Sprintf("#days-%d", cheap)).AttrOr("value", "") != wrong {
				t.Errorf("what was typed is lost: %s", wrong)
			}
			if href := p.Find(`a[href*="days=30"]`).AttrOr("href", ""); strings.Contains(href, "efforts") {
				t.Errorf("a link of the refused page leads to %s", href)
			}
		}
		estimate(costly, "0")
		efforts, err := w.App.Store.Efforts(t.Context(), w.Fibre.ID)
		if err != nil || len(efforts) != 1 || efforts[cheap] != 2 {
			t.Errorf("on record: %v, %v", efforts, err)
		}
		events, err := w.App.Store.EventsOf(t.Context(), "journey", w.Fibre.ID)
		said := 0
		for _, e := range events {
			if e.Verb == "journey.effort_estimated" && e.ActorID == w.Actor("olga").UserID {
				said++
			}
		}
		if err != nil || said != 3 {
			t.Errorf("%d estimates in the ledger, %v", said, err)
		}
	})
}

func TestOnlyWhoMayEditAJourneyEstimates(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		pulled(w, 60)
		form, effort := url.Values{"days": {"5"}}, fmt.Sprintf("/efforts/%d", w.Visit.ID)
		if p := w.As("nikos").Get(at(w.Fibre, "")); p.Find("#fix .fixes li").Length() == 0 || p.Find("#fix form").Length() != 0 {
			t.Error("who owns a touchpoint reads the ranking and estimates nothing")
		}
		expect(t, w.As("nikos").Post(at(w.Fibre, effort), form), 403)
		expect(t, w.As("zahra").Post(at(w.Fibre, effort), form), 403)
		expect(t, w.As("olga").Post(at(other(t, w), effort), form), 404)
		expect(t, w.As("olga").Post(at(w.Fibre, "/efforts/1"), form), 404)
	})
}

// TestDriverDaysAddUpToTheMarginals: what is read from answers and what was folded are the same answers.
func TestDriverDaysAddUpToTheMarginals(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		pulled(w, 100)
		days, err := w.App.Store.DriverDays(t.Context(), insight.DriverQuestion{Journey: w.Fibre.ID, Scale: servertest.CSAT,
			Touchpoints: []insight.Rated{{ID: w.Visit.ID, Scale: servertest.CSAT}, {ID: w.Call.ID, Scale: servertest.CSAT}, {ID: w.Shop.ID, Scale: stat.Scale{Metric: stat.CES, Lo: 1, Hi: 7}}}})
		if err != nil || len(days) != 30 {
			t.Fatalf("%d days, %v", len(days), err)
		}
		total := stat.NewDriverSums(3)
		for _, d := range days {
			if total, err = total.Plus(d); err != nil {
				t.Fatal(err)
			}
		}
		if err := total.Check(); err != nil {
			t.Fatal(err)
		}
		lines, err := w.App.Insight.Figures(t.Context(), insight.Question{By: "touchpoint", Journey: w.Fibre.ID})
		if err != nil {
			t.Fatal(err)
		}
		folded := map[string]int64{}
		for _, l := range lines {
			folded[l.Key] = l.Tally.N
		}
		called := int64(0)
		for i := range 100 {
			called += int64((i / 7) % 2)
		}
		if total.N != 100 || total.Rated(0) != folded["visit"] || total.Rated(1) != folded["call"] || total.Met(1) != called || total.Rated(1) >= called {
			t.Errorf("%d answers, %d and %d rated, %d met; folded %v, %d called", total.N, total.Rated(0), total.Rated(1), total.Met(1), folded, called)
		}
		if total.Rated(2) != 0 || total.Met(2) != 100 {
			t.Errorf("ratings of another scale are counted: %d of %d", total.Rated(2), total.Met(2))
		}
	})
}
