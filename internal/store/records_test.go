package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

func at(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

// fibre is a run as a feed tells it: two contacts, an answer with two ratings, completed.
func fibre(run string, overall int, answered time.Time, key string) ingest.Record {
	csat := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	shop, visit := ingest.Named{Key: "shop", Name: "Κατάστημα"}, ingest.Named{Key: "visit", Name: "ویزیت نصاب"}
	return ingest.Record{Journey: ingest.Named{Key: "fibre", Name: "I want fibre"}, Run: run, Customer: ingest.Customer{Key: "c-" + run, Name: "Ольга"},
		Contacts: []ingest.Contact{
			{Key: run + "/1", Touchpoint: shop, Judged: "person", Started: at(1, 9), People: []ingest.Person{{Employee: ingest.Named{Key: "e1", Name: "Νίκος"}, Team: []string{"Sales", "Athens"}}}},
			{Key: run + "/2", Touchpoint: visit, Judged: "both", Started: at(3, 22), People: []ingest.Person{{Employee: ingest.Named{Key: "e2", Name: "زهرا"}, Team: []string{"Field", "North"}}, {Employee: ingest.Named{Key: "e3", Name: "Ann"}, Team: []string{"Field", "North"}}}},
		},
		Answer: &ingest.Answer{Key: key, At: answered, Scale: csat, Overall: new(overall), Expectation: new(-1), Comment: "نصاب دیر آمد",
			Ratings: []ingest.Rating{{Touchpoint: shop, Scale: csat, Value: 5}, {Touchpoint: visit, Scale: csat, Value: overall, Comment: "دیر"}}},
		Completed: at(4, 8)}
}

func take(t *testing.T, s *store.Store, records ...ingest.Record) []ingest.Outcome {
	t.Helper()
	out, err := s.Take(context.Background(), records)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func verify(t *testing.T, s *store.Store) {
	t.Helper()
	differs, err := s.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differs {
		t.Errorf("figures differ from raw records: %+v", d)
	}
}

func counts(t *testing.T, s *store.Store, dim feedback.Dim) map[int64]stat.Tally {
	t.Helper()
	rows, err := s.Counts(context.Background(), insight.Count{Dim: dim, From: 0, To: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]stat.Tally{}
	for _, r := range rows {
		out[r.ID] = r.Tally
	}
	return out
}

func TestARecordBecomesARunItsPeopleAndItsAnswerOnce(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		first := take(t, s, fibre("o1", 2, at(6, 10), "a1"))[0]
		want := ingest.Counts{Runs: 1, Interactions: 2, Responses: 1, Ratings: 2, Customers: 1, Employees: 3, Teams: 4, Touchpoints: 2, Journeys: 1}
		if first.Problem != nil || first.Counts != want {
			t.Fatalf("first time: %+v", first)
		}
		if again := take(t, s, fibre("o1", 2, at(6, 10), "a1"))[0]; !again.Unchanged || again.Counts != (ingest.Counts{}) {
			t.Fatalf("second time: %+v", again)
		}
		verify(t, s)
		if n := len(counts(t, s, feedback.ByEmployee)); n != 3 {
			t.Errorf("%d employees have figures, want 3", n)
		}
		for team, tally := range counts(t, s, feedback.ByTeam) {
			if tally.N != 1 {
				t.Errorf("team %d counts %d: two technicians of one team share one rating, it counts once", team, tally.N)
			}
		}
	})
}

func TestWhatHappenedOnNoRunIsRefusedAndLeavesNothing(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		whole := fibre("", 3, at(6, 10), "a1")
		for sentence, r := range map[string]ingest.Record{
			"contacts":     {Journey: whole.Journey, Contacts: whole.Contacts},
			"an answer":    {Journey: whole.Journey, Answer: whole.Answer},
			"a completion": {Journey: whole.Journey, Completed: whole.Completed},
		} {
			out := take(t, s, r, fibre("other", 4, at(6, 10), "a2"))
			if p := out[0].Problem; p == nil || p.Column != "run" || p.Key != "errors.required" || out[0].Counts != (ingest.Counts{}) {
				t.Errorf("%s: %+v", sentence, out[0])
			}
			if out[1].Problem != nil {
				t.Errorf("%s: the one beside it: %+v", sentence, out[1].Problem)
			}
		}
		if o := take(t, s, ingest.Record{Customer: whole.Customer})[0]; o.Problem != nil || o.Counts.Customers != 1 {
			t.Errorf("a customer alone: %+v", o)
		}
		verify(t, s)
	})
}

func TestOfSeveralAnswersToARunTheLatestCounts(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		early, late := fibre("o1", 1, at(6, 10), "a1"), fibre("o1", 4, at(7, 10), "a2")
		take(t, s, early)
		take(t, s, late)
		take(t, s, early)
		take(t, s, fibre("o2", 5, at(9, 1), "b2"), fibre("o2", 1, at(8, 1), "b1"))
		verify(t, s)
		for _, tally := range counts(t, s, feedback.ByJourney) {
			if tally.N != 2 || tally.Sum != 4+5 {
				t.Errorf("journey counts %+v, want the two latest answers 4 and 5", tally)
			}
		}
		for _, key := range []string{"o1", "o2"} {
			runs, err := s.RunsByKey(ctx, key)
			if err != nil || len(runs) != 1 {
				t.Fatal(runs, err)
			}
			r, err := s.ResponseOf(ctx, runs[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			if h, err := s.HistoryOf(ctx, r.ID); err != nil || len(h) != 1 || *h[0].Overall != 1 {
				t.Errorf("%s: history %+v %v, want the one earlier answer", key, h, err)
			}
		}
	})
}

// TestAnAnswerWhoseWordsAloneChangeIsNews: no figure differs, but the pages that show the words do.
func TestAnAnswerWhoseWordsAloneChangeIsNews(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		take(t, s, fibre("o1", 2, at(6, 10), "a1"))
		verify(t, s)
		before, err := s.DataVersion(ctx)
		if err != nil {
			t.Fatal(err)
		}
		later := fibre("o1", 2, at(7, 10), "a2")
		later.Answer.Comment = "наладчик так и не пришёл"
		take(t, s, later)
		verify(t, s)
		if after, err := s.DataVersion(ctx); err != nil || after == before {
			t.Errorf("the version is still %d (%v), so no open page shows the new words", after, err)
		}
	})
}

func TestATeamAboveTwoThatShareARatingCountsItOnce(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		r := fibre("o1", 2, at(6, 10), "a1")
		r.Contacts[1].People = []ingest.Person{
			{Employee: ingest.Named{Key: "e2"}, Team: []string{"Field", "North"}},
			{Employee: ingest.Named{Key: "e3"}, Team: []string{"Field", "South"}},
		}
		take(t, s, r)
		verify(t, s)
		lines, err := (&insight.Service{Store: s, Zone: time.UTC, Now: time.Now}).Figures(context.Background(), insight.Question{By: feedback.ByTeam})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, l := range lines {
			got[l.Key] = l.Tally.N
		}
		want := map[string]int64{"Field": 1, "Field / North": 1, "Field / South": 1, "Sales": 1, "Sales / Athens": 1}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}
