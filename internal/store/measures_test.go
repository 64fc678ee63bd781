package store_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// served is a run of a customer with so many contacts, an hour apart from nine on, that were to solve something.
func served(key, customer string, day, contacts int) ingest.Record {
	r := fibre(key, 5, at(day, 20), "")
	r.Customer, r.Completed = ingest.Customer{Key: customer}, at(day, 21)
	first := r.Contacts[0]
	r.Contacts = nil
	for i := range contacts {
		c := first
		c.Key, c.Started, c.Topic, c.Resolved = fmt.Sprint(key, "/", i), at(day, 9+i), "line", new(i == contacts-1)
		r.Contacts = append(r.Contacts, c)
	}
	r.Answer.Ratings = r.Answer.Ratings[:1]
	return r
}

// Eight customers were served from the 11th to the 20th, three of them again from the 21st to the 30th, when four others
// came. Of the seven runs of that time one took three contacts.
func periods() []ingest.Record {
	out := []ingest.Record{served("old", "c0", 11, 1)} // the records reach back to the start
	for i := range 8 {
		out = append(out, served(fmt.Sprint("before-", i), fmt.Sprint("c", i), 12, 1))
	}
	for i := range 7 {
		customer, contacts := fmt.Sprint("c", i), 1
		if i >= 3 {
			customer = fmt.Sprint("new", i)
		}
		if i == 0 {
			contacts = 3
		}
		r := served(fmt.Sprint("now-", i), customer, 21, contacts)
		if i == 6 {
			r.Journey = ingest.Named{Key: "bill", Name: "My bill"}
		}
		out = append(out, r)
	}
	return out
}

func runNamed(t *testing.T, s *store.Store, key string) run.Run {
	t.Helper()
	runs, err := s.RunsByKey(t.Context(), key)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%s: %d runs %v", key, len(runs), err)
	}
	return runs[0]
}

// invite writes an invitation of each run of the time: five answered, one bounced, one still open.
func invite(t *testing.T, s *store.Store) {
	t.Helper()
	for i := range 7 {
		r, sent := runNamed(t, s, fmt.Sprint("now-", i)), at(22, 9)
		x := survey.Invitation{ID: id.New(), RunID: r.ID, CustomerID: r.CustomerID, SurveyID: surveyOf(t, s, r), Channel: survey.ByMail, Language: i18n.Greek, State: survey.Answered,
			PlannedAt: sent, SentAt: &sent, AnsweredAt: &sent, ExpiresAt: at(28, 9), CreatedAt: sent}
		switch i {
		case 5:
			x.State, x.AnsweredAt, x.SentAt = survey.Bounced, nil, nil
		case 6:
			x.State, x.AnsweredAt, x.ExpiresAt = survey.Sent, nil, at(31, 9)
		}
		if err := s.SaveInvitation(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
}

func surveyOf(t *testing.T, s *store.Store, r run.Run) int64 {
	t.Helper()
	setting, err := s.SettingOf(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	return setting.Survey.ID
}

// complain opens six cases; five were closed after two days, the last is open for six.
func complain(t *testing.T, s *store.Store) {
	t.Helper()
	for i := range 6 {
		r, closed := runNamed(t, s, fmt.Sprint("now-", i)), at(26, 0)
		c := casework.Case{ID: id.New(), CustomerID: r.CustomerID, RunID: r.ID, JourneyID: r.JourneyID, State: casework.Open, OpenedAt: at(24, 0), ClosedAt: &closed}
		if i == 5 {
			c.ClosedAt = nil
		}
		if _, _, err := s.OpenCase(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManagersMeasures(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		take(t, s, periods()...)
		invite(t, s)
		complain(t, s)
		if err := s.FoldAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		service := &insight.Service{Store: s, Zone: time.UTC, Now: func() time.Time { return at(30, 0) }}
		day := func(n int) int32 { return i18n.Day(at(n, 12), time.UTC) }
		m, err := service.Measures(t.Context(), day(21), day(30))
		if err != nil {
			t.Fatal(err)
		}
		c := m.Company
		for what, rate := range map[string]struct {
			got  stat.Rate
			x, n int64
		}{
			"answered of delivered":   {c.Response.Delivered, 5, 5},
			"answered of sent":        {c.Response.Sent, 5, 6},
			"solved at first contact": {c.FirstContact.Resolved, 6, 7},
			"stayed":                  {c.Retention.Kept, 3, 8},
			"left":                    {c.Attrition.PerStart, 5, 8},
		} {
			if rate.got.X != rate.x || rate.got.N != rate.n || rate.got.Level != stat.Indicative {
				t.Errorf("%s: %+v, want %d of %d", what, rate.got, rate.x, rate.n)
			}
		}
		for what, x := range map[string]struct {
			got  *float64
			want float64
		}{
			"end ÷ start":          {c.Retention.EndPerStart, 7.0 / 8},
			"left ÷ average":       {c.Attrition.PerAverage, 5 / 7.5},
			"contacts per matter":  {c.FirstContact.Contacts, 9.0 / 7},
			"median days to close": {c.Closing.Median.At, 2},
		} {
			if x.got == nil || math.Abs(*x.got-x.want) > 1e-9 {
				t.Errorf("%s: %v, want %v", what, x.got, x.want)
			}
		}
		if c.Closing.N != 6 || c.Closing.Closed != 5 || c.Closing.Most.At != nil || m.Runs != 7 || m.Bounded || m.Value.Customers != 0 {
			t.Errorf("closing %+v, %d runs, bounded %t, value %+v", c.Closing, m.Runs, m.Bounded, m.Value)
		}
		var told []float64 // of the total and two journeys: with the total, the one answer on the smaller could be worked out
		for _, score := range m.Scores {
			if score.Figure.Score != nil {
				told = append(told, *score.Figure.Score)
			}
		}
		if len(m.Scores) != 3 || m.Scores[0].Tally.N != 7 || !slices.Equal(told, []float64{100}) || m.Scores[0].Figure.Score != nil {
			t.Errorf("%v of %+v", told, m.Scores)
		}
		for _, of := range m.Of { // one run on one of two journeys: neither may be told apart
			if of.FirstContact.Resolved.Share != nil || of.FirstContact.Contacts != nil {
				t.Errorf("%s: %+v", of.Key, of)
			}
		}
		if early, err := service.Measures(t.Context(), day(1), day(30)); err != nil || early.Company.Retention != nil {
			t.Errorf("retention from before the records begin: %+v %v", early.Company.Retention, err)
		}
	})
}

func TestMeasuresReadNoMoreThanTheyMay(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		var some []ingest.Record
		for i := range 150 {
			r := served(fmt.Sprint("r", i), fmt.Sprint("c", i), 1+i%25, 1)
			r.Answer = nil
			some = append(some, r)
		}
		take(t, s, some...)
		for _, c := range []struct {
			most, want int
			bounded    bool
		}{{3600, 150, false}, {180, 75, true}, {60, 25, true}} {
			got, err := s.ServedIn(context.Background(), time.Time{}, at(30, 0), c.most)
			if err != nil || len(got.Runs) != c.want || got.Bounded != c.bounded || !got.Since.Equal(at(1, 21)) {
				t.Errorf("at most %d: %d, bounded %t, since %s %v", c.most, len(got.Runs), got.Bounded, got.Since, err)
			}
		}
	})
}
