package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// office is four people: Anna and Boris of one team, Cyrus who supervises it, Daphne of another.
type office struct {
	*people.Service
	s     *store.Store
	now   time.Time
	today int32
}

const (
	anna int64 = 101 + iota
	boris
	cyrus
	daphne
)

func newOffice(t *testing.T, s *store.Store) *office {
	t.Helper()
	o := &office{s: s, now: time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)} // in Tehran it is the 23rd
	o.Service = &people.Service{Store: s, Ledger: s, Zone: storetest.Zone, Now: func() time.Time { return o.now }}
	o.today = i18n.Day(o.now, storetest.Zone)
	for id, e := range map[int64]people.Employee{anna: {Name: "Anna", TeamID: 1}, boris: {Name: "Boris", TeamID: 1}, cyrus: {Name: "Cyrus"}, daphne: {Name: "Daphne", TeamID: 2}} {
		e.ID, e.Key, e.Active = id, e.Name, true
		if err := s.SaveEmployee(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func as(employee int64, supervises ...int64) people.Actor {
	return people.Actor{UserID: employee + 1000, EmployeeID: employee, Supervises: supervises}
}

func (o *office) set(t *testing.T, who int64, from, until int32, substitute int64) people.Absence {
	t.Helper()
	a, err := o.SetAbsence(t.Context(), as(who), people.Absence{EmployeeID: who, FromDay: o.today + from, UntilDay: o.today + until, SubstituteID: substitute})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (o *office) stands(t *testing.T, for_ int64, in int32, want int64) {
	t.Helper()
	if got, err := o.Standing(t.Context(), for_, o.today+in); err != nil || got != want {
		t.Errorf("for %d stands in on day %d: %d (%v), want %d", for_, in, got, err, want)
	}
}

func TestAbsences(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.stands(t, anna, 0, anna)
		first := o.set(t, anna, 0, 5, boris)
		o.set(t, boris, 3, 3, cyrus)
		o.stands(t, anna, 0, boris)
		o.stands(t, anna, 3, cyrus)
		o.stands(t, anna, 5, boris)
		o.stands(t, anna, 6, anna)

		first.SubstituteID = 0
		if _, err := o.SetAbsence(t.Context(), as(anna), first); err != nil {
			t.Fatal(err)
		}
		o.stands(t, anna, 0, 0)
		o.now = o.now.AddDate(0, 0, 2)
		if err := o.EndAbsence(t.Context(), as(anna), anna, first.ID); err != nil {
			t.Fatal(err)
		}
		o.stands(t, anna, 1, 0)
		o.stands(t, anna, 2, anna) // the day she came back
		planned := o.set(t, anna, 20, 30, daphne)
		if err := s.SaveEmployee(t.Context(), people.Employee{ID: daphne, Key: "Daphne", Name: "Daphne"}); err != nil {
			t.Fatal(err)
		}
		o.stands(t, anna, 20, 0) // Daphne has left
		if err := o.EndAbsence(t.Context(), as(anna), anna, planned.ID); err != nil {
			t.Fatal(err)
		}
		if left, err := o.AbsencesOf(t.Context(), as(anna), anna); err != nil || len(left) != 0 {
			t.Errorf("left are %+v (%v)", left, err)
		}
		events, err := s.EventsOf(t.Context(), "employee", anna)
		var verbs []string
		for _, e := range events {
			verbs = append(verbs, e.Verb)
		}
		slices.Sort(verbs)
		if err != nil || !slices.Equal(verbs, []string{event.AbsenceEnded, event.AbsenceEnded, event.AbsenceSet, event.AbsenceSet, event.AbsenceSet}) {
			t.Errorf("the ledger tells %v (%v)", verbs, err)
		}
	})
}

func TestWhoMayEnterAnAbsence(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		for sentence, c := range map[string]struct {
			actor people.Actor
			kind  fault.Kind // 0: she may
		}{
			"her own":                         {as(anna), 0},
			"of her team":                     {as(cyrus, 1), 0},
			"an administrator anybody's":      {people.Actor{UserID: 7, Administrator: true}, 0},
			"a manager anybody's":             {people.Actor{UserID: 7, Manager: true}, 0},
			"a colleague's":                   {as(boris), fault.KindMissing},
			"of another team":                 {as(daphne, 2), fault.KindMissing},
			"somebody who is no employee her": {people.Actor{UserID: 7}, fault.KindMissing},
		} {
			a, err := o.SetAbsence(t.Context(), c.actor, people.Absence{EmployeeID: anna, FromDay: o.today, UntilDay: o.today})
			if fault.KindOf(err) != c.kind && (err != nil || c.kind != 0) {
				t.Errorf("%s: %v", sentence, err)
			}
			if _, err := o.AbsencesOf(t.Context(), c.actor, anna); (err == nil) != (c.kind == 0) {
				t.Errorf("%s: seen: %v", sentence, err)
			}
			if err == nil {
				if err := o.EndAbsence(t.Context(), as(boris), anna, a.ID); fault.KindOf(err) != fault.KindMissing {
					t.Errorf("a colleague ends it: %v", err)
				}
				if err := o.EndAbsence(t.Context(), c.actor, anna, a.ID); err != nil {
					t.Errorf("%s: cannot end it: %v", sentence, err)
				}
			}
		}
		if err := o.EndAbsence(t.Context(), as(anna), anna, 77); fault.KindOf(err) != fault.KindMissing {
			t.Errorf("one there is not: %v", err)
		}
	})
}

func TestAbsencesThatCannotBe(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.set(t, boris, 10, 20, anna)
		o.set(t, anna, 30, 40, 0)
		for sentence, c := range map[string]struct {
			from, until int32
			substitute  int64
			field       string // "" is fine
		}{
			"a day":                                {0, 0, 0, ""},
			"it began last week":                   {-7, 0, 0, ""},
			"it ends before it begins":             {5, 4, 0, "until"},
			"it is over":                           {-7, -1, 0, "until"},
			"years":                                {0, 800, 0, "until"},
			"in years":                             {800, 801, 0, "until"},
			"she stands in for herself":            {0, 1, anna, "substitute"},
			"nobody stands in":                     {0, 1, 4711, "substitute"},
			"on days she is away already":          {25, 30, 0, "from"},
			"around them":                          {25, 45, 0, "from"},
			"Boris, who is away with her in stead": {15, 16, boris, "substitute"},
			"Boris, before he is away":             {5, 9, boris, ""},
		} {
			a, err := o.SetAbsence(t.Context(), as(anna), people.Absence{EmployeeID: anna, FromDay: o.today + c.from, UntilDay: o.today + c.until, SubstituteID: c.substitute})
			if c.field == "" {
				if err != nil {
					t.Errorf("%s: %v", sentence, err)
				} else if err := o.EndAbsence(t.Context(), as(anna), anna, a.ID); err != nil {
					t.Error(err)
				}
				continue
			}
			if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
				t.Errorf("%s: %v", sentence, err)
			}
		}
		if err := s.SaveEmployee(t.Context(), people.Employee{ID: daphne, Key: "Daphne", Name: "Daphne", TeamID: 2}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.SetAbsence(t.Context(), people.System(), people.Absence{EmployeeID: daphne, FromDay: o.today, UntilDay: o.today}); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("of one who has left: %v", err)
		}
	})
}
