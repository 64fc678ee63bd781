package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// sold is a run on which the shop promised something on 4 March 2026.
func sold(key string, change ...func(*ingest.Record)) ingest.Record {
	at := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	r := ingest.Record{Journey: ingest.Named{Key: "fibre"}, Run: key, Contacts: []ingest.Contact{{Key: key + "/shop", Touchpoint: ingest.Named{Key: "shop"},
		Started: at, PromiseDue: at.AddDate(0, 0, 8), People: []ingest.Person{{Employee: ingest.Named{Key: "ann"}, Team: []string{"north"}}}}}}
	for _, c := range change {
		c(&r)
	}
	return r
}

// kept after so many days.
func kept(days int) func(*ingest.Record) {
	return func(r *ingest.Record) {
		r.Contacts[0].PromiseKept = time.Date(2026, 3, 4+days, 8, 0, 0, 0, time.UTC)
	}
}

func rating(overall, shop, minute int) func(*ingest.Record) {
	return func(r *ingest.Record) {
		at := time.Date(2026, 3, 20, 9, minute, 0, 0, time.UTC)
		r.Answer = &ingest.Answer{Key: fmt.Sprint(r.Run, "/", minute), At: at, Scale: five, Overall: &overall,
			Ratings: []ingest.Rating{{Touchpoint: ingest.Named{Key: "shop"}, Scale: five, Value: shop}}}
	}
}

// promisesAt are the promises of the shop by team, all days together.
func promisesAt(t *testing.T, s *Store) map[string]feedback.Promises {
	t.Helper()
	if err := s.FoldAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	touchpoints, err := s.Touchpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := s.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var q insight.PromiseQuestion
	q.PerTeam = true
	for _, tp := range touchpoints {
		q.Touchpoints = append(q.Touchpoints, tp.ID)
	}
	days, err := s.PromiseDays(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]feedback.Promises{}
	for _, d := range days {
		name := "everybody"
		if d.TeamID != 0 {
			name = tree.Teams[d.TeamID].Key
		}
		if out[name] == nil {
			out[name] = feedback.Promises{}
		}
		for _, c := range d.Counts {
			out[name].Plus(feedback.Promises{c.PromiseCell: c.N}, 1)
		}
	}
	return out
}

func cell(took int32, late bool, rated ...int) feedback.PromiseCell {
	c := feedback.PromiseCell{Promised: 8, Took: took, Late: late}
	if len(rated) > 0 {
		c.Beside, c.Scale, c.Value = feedback.Beside(rated[0]), five.String(), rated[1]
	}
	return c
}

func TestAPromiseIsCountedAsItStands(t *testing.T) {
	again := func(r *ingest.Record) { // promises the same customer something else the same day
		c := r.Contacts[0]
		c.Key, c.Started, c.PromiseKept = c.Key+"2", c.Started.Add(time.Hour), c.PromiseDue.AddDate(0, 0, 2)
		r.Contacts = append(r.Contacts, c)
	}
	tests := map[string]struct {
		takes []ingest.Record
		want  map[feedback.PromiseCell]int64
	}{
		"made and not kept yet":               {[]ingest.Record{sold("a")}, feedback.Promises{cell(feedback.Open, false): 1}},
		"kept early":                          {[]ingest.Record{sold("a", kept(5))}, feedback.Promises{cell(5, false): 1}},
		"kept on the day, before the hour":    {[]ingest.Record{sold("a", kept(8))}, feedback.Promises{cell(8, false): 1}},
		"kept late":                           {[]ingest.Record{sold("a", kept(12))}, feedback.Promises{cell(12, true): 1}},
		"kept later than it was told of":      {[]ingest.Record{sold("a"), sold("a", kept(12))}, feedback.Promises{cell(12, true): 1}},
		"told twice":                          {[]ingest.Record{sold("a", kept(12)), sold("a", kept(12))}, feedback.Promises{cell(12, true): 1}},
		"rated, the touchpoint and the whole": {[]ingest.Record{sold("a", kept(5), rating(4, 2, 0))}, feedback.Promises{cell(5, false): 1, cell(5, false, 1, 2): 1, cell(5, false, 2, 4): 1}},
		"rated before it was kept":            {[]ingest.Record{sold("a", rating(4, 2, 0)), sold("a", kept(12))}, feedback.Promises{cell(12, true): 1, cell(12, true, 1, 2): 1, cell(12, true, 2, 4): 1}},
		"rated anew":                          {[]ingest.Record{sold("a", kept(5), rating(4, 2, 0)), sold("a", rating(1, 1, 5))}, feedback.Promises{cell(5, false): 1, cell(5, false, 1, 1): 1, cell(5, false, 2, 1): 1}},
		"an older answer comes late":          {[]ingest.Record{sold("a", kept(5), rating(4, 2, 5)), sold("a", rating(1, 1, 0))}, feedback.Promises{cell(5, false): 1, cell(5, false, 1, 2): 1, cell(5, false, 2, 4): 1}},
		"promised twice, rated once":          {[]ingest.Record{sold("a", kept(5), again, rating(4, 2, 0))}, feedback.Promises{cell(5, false): 1, cell(10, true): 1, cell(5, false, 1, 2): 1, cell(5, false, 2, 4): 1}},
		"the contact that promised is told of after the rating": {[]ingest.Record{sold("a", func(r *ingest.Record) {
			r.Contacts[0] = ingest.Contact{Key: "other", Touchpoint: ingest.Named{Key: "call"}, Started: r.Contacts[0].Started}
		}, rating(4, 2, 0)), sold("a", kept(5))}, feedback.Promises{cell(5, false): 1, cell(5, false, 1, 2): 1, cell(5, false, 2, 4): 1}},
	}
	onBothEngines(t, func(t *testing.T, s *Store) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				for i, r := range test.takes {
					if i == 1 { // a fold between does not matter
						promisesAt(t, s)
					}
					r.Run, r.Contacts = name+r.Run, slices.Clone(r.Contacts) // both engines take the same records at once
					for j := range r.Contacts {
						r.Contacts[j].Key = name + r.Contacts[j].Key
					}
					r.Journey.Key = name
					if _, err := s.Take(t.Context(), []ingest.Record{r}); err != nil {
						t.Fatal(err)
					}
				}
				got := promisesAt(t, s)
				if !maps.Equal(got["everybody"], test.want) || !maps.Equal(got["north"], test.want) {
					t.Errorf("%v, want %v", got, test.want)
				}
				if differs := s.verified(t); len(differs) > 0 {
					t.Errorf("verify: %v", differs)
				}
				clear := []string{"promise_days", "passes", "packed_ratings", "further_attributions", "notices", "response_history", "responses", "interaction_people", "interactions", "driver_days", "marginals"}
				for _, table := range clear {
					if err := s.w.Exec("DELETE FROM " + table).Error; err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	})
}

// TestPromisesAreWhatTheRecordsSayWhateverHappened lets anything come in any order, time and again.
func TestPromisesAreWhatTheRecordsSayWhateverHappened(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		history := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(anything), 1, 6), 1, 5)
		for seed := range 15 { // each checks everything so far
			for i, records := range history.Example(seed) {
				if _, err := s.Take(t.Context(), records); err != nil {
					t.Fatal(err)
				}
				if i%2 == 0 {
					if err := s.FoldAll(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			if differs := s.verified(t); len(differs) > 0 {
				t.Fatalf("history %d: %v", seed, differs)
			}
		}
		total := int64(0)
		for c, n := range promisesAt(t, s)["everybody"] {
			if c.Beside == feedback.Alone {
				total += n
			}
		}
		var raw int64
		if err := s.r.Raw("SELECT COUNT(*) FROM interactions WHERE promise_due IS NOT NULL").Scan(&raw).Error; err != nil || raw != total || raw == 0 {
			t.Errorf("%d promises, %d in the rollup, %v", raw, total, err)
		}
	})
}

// anything is a record about one of few runs, contacts, people and answers.
func anything(rt *rapid.T) ingest.Record {
	n := func(name string, hi int) int { return rapid.IntRange(0, hi).Draw(rt, name) }
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	run := fmt.Sprint("run-", n("run", 5))
	r := ingest.Record{Journey: ingest.Named{Key: "fibre"}, Run: run}
	for range n("contacts", 2) {
		at := n("contact", 3)
		c := ingest.Contact{Key: fmt.Sprint(run, "/", at), Touchpoint: ingest.Named{Key: []string{"shop", "call"}[at%2]}, Started: start.AddDate(0, 0, at)}
		if n("promised", 2) > 0 {
			c.PromiseDue, c.PromiseBusiness = c.Started.AddDate(0, 0, n("due", 9)), at == 3
		}
		if n("kept", 2) == 0 {
			c.PromiseKept = c.Started.AddDate(0, 0, n("took", 15))
		}
		if who := n("people", 3); who > 0 {
			c.People = []ingest.Person{{Employee: ingest.Named{Key: fmt.Sprint("p", who)}, Team: []string{fmt.Sprint("t", who)}}}
		}
		r.Contacts = append(r.Contacts, c)
	}
	if n("answer", 2) == 0 {
		rating(1+n("overall", 4), 1+n("shop", 4), n("minute", 9))(&r)
	}
	return r
}

func TestADamagedPromiseKeepsNoOtherFromBeingCounted(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		for i, damage := range []string{"", "UPDATE promise_days SET cells = 'nonsense'"} {
			_, err := s.Take(t.Context(), []ingest.Record{sold(fmt.Sprint("run", i), kept(5), rating(4, 2, 0))})
			if err := errors.Join(err, s.FoldAll(t.Context())); err != nil {
				t.Fatal(err)
			}
			if damage != "" {
				if err := s.w.Exec(damage).Error; err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := s.Take(t.Context(), []ingest.Record{sold("late", kept(5))}); err != nil {
			t.Fatal(err)
		}
		for _, d := range s.verified(t) {
			if d.Dim != byPromises || d.Day != i18n.Day(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), nil) {
				t.Errorf("%+v", d)
			}
		}
		if _, err := s.Repair(t.Context()); err != nil || promisesAt(t, s)["everybody"][cell(5, false)] != 3 {
			t.Errorf("%v, %v", promisesAt(t, s), err)
		}
	})
}

// TestAPromiseDueTodayIsNotBroken: the list of walks counts as the promise desk does.
func TestAPromiseDueTodayIsNotBroken(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		if _, err := s.Take(t.Context(), []ingest.Record{sold("due on the 12th at 9")}); err != nil {
			t.Fatal(err)
		}
		touchpoints, err := s.Touchpoints(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for day, want := range map[int]int{12: 0, 13: 1} {
			f := run.Filter{Broken: touchpoints[0].ID, Today: time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC)}
			found, err := s.RunsFor(t.Context(), people.Actor{Manager: true}.Scope(), f, page.Ask{})
			if err != nil || found.Total != want {
				t.Errorf("on the %dth: %d, %v, want %d", day, found.Total, err, want)
			}
		}
	})
}
