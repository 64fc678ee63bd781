package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
)

// Absence says that somebody is not at work, from the first day to the last with both, and who stands in. It says not why:
// that is nobody's business here. Days are those of the company's zone, since 1970-01-01.
type Absence struct {
	ID           int64
	EmployeeID   int64
	FromDay      int32
	UntilDay     int32
	SubstituteID int64 // 0: nobody
	CreatedAt    time.Time
}

// during reports whether two stretches of days have one in common.
func (a Absence) during(from, until int32) bool { return a.FromDay <= until && from <= a.UntilDay }

// longestAbsence in days, and how long before it may be entered.
const longestAbsence = 2 * 366

func (a Absence) check(today int32) error {
	var p fault.Problems
	switch {
	case a.UntilDay < a.FromDay:
		p.Add("until", "absences.ends_before")
	case a.UntilDay < today:
		p.Add("until", "absences.over")
	case a.UntilDay-a.FromDay >= longestAbsence || a.FromDay-today >= longestAbsence:
		p.Add("until", "absences.too_long")
	}
	if a.SubstituteID == a.EmployeeID {
		p.Add("substitute", "absences.oneself")
	}
	return p.Err()
}

// Away is who is away on one day, and who was named to stand in; 0 is nobody.
type Away map[int64]int64

// AwayOn picks from absences those of one day.
func AwayOn(absences []Absence, day int32) Away {
	out := Away{}
	for _, a := range absences {
		if a.during(day, day) {
			out[a.EmployeeID] = a.SubstituteID
		}
	}
	return out
}

// Standing is who does the employee's work that day: she herself, or who stands in for her, or for that one if she is away
// too, and so on. It is 0 where that leads to nobody.
func (a Away) Standing(employee int64) int64 {
	for range len(a) + 1 {
		substitute, away := a[employee]
		if !away {
			return employee
		}
		employee = substitute
	}
	return 0 // a circle
}

// circle reports whether, on some day of it, a new absence would let people stand in for each other all round.
func circle(absences []Absence, a Absence) bool {
	all := append(slices.Clone(absences), a)
	// Who is away changes only on a day on which some absence begins.
	for _, b := range all {
		day := max(a.FromDay, b.FromDay)
		if a.SubstituteID != 0 && a.during(day, day) && b.during(day, day) && AwayOn(all, day).leadsTo(a.SubstituteID, a.EmployeeID) {
			return true
		}
	}
	return false
}

func (a Away) leadsTo(from, to int64) bool {
	for range len(a) + 1 {
		if from == to {
			return true
		}
		from = a[from]
	}
	return false
}

// Standing is who does the employee's work on a day (see Away.Standing). Somebody who has left stands in for nobody.
func (s *Service) Standing(ctx context.Context, employee int64, day int32) (int64, error) {
	away, err := s.Away(ctx, day)
	return away.Standing(employee), err
}

// Away is everybody who is away on a day, for those who ask for many.
func (s *Service) Away(ctx context.Context, day int32) (Away, error) {
	absences, err := s.Store.Absences(ctx, day, day)
	return AwayOn(absences, day), err
}

// SetAbsence enters (ID 0) or changes an absence. One's own, one's teams' (MaySupervise), or as administrator anybody's;
// others get Missing. No two absences of one person meet, and nobody stands in for herself, be it by way of others.
func (s *Service) SetAbsence(ctx context.Context, actor Actor, a Absence) (Absence, error) {
	return a, s.absence(ctx, actor, a.EmployeeID, func(ctx context.Context, e Employee) error {
		if !e.Active {
			return fault.Conflict("people.left")
		}
		if err := a.check(s.today()); err != nil {
			return err
		}
		others, err := s.Store.Absences(ctx, a.FromDay, a.UntilDay)
		if err != nil {
			return err
		}
		others = slices.DeleteFunc(others, func(o Absence) bool { return o.ID == a.ID })
		if err := s.checkAmong(ctx, others, a); err != nil {
			return err
		}
		if a.ID == 0 {
			a.ID, a.CreatedAt = id.New(), s.Now()
		} else if old, err := s.absenceOf(ctx, e.ID, a.ID); err != nil {
			return err
		} else {
			a.CreatedAt = old.CreatedAt
		}
		if err := s.Store.SaveAbsence(ctx, a); err != nil {
			return err
		}
		return s.tellAbsence(ctx, actor, event.AbsenceSet, a)
	})
}

// checkAmong looks at an absence beside the others of its days.
func (s *Service) checkAmong(ctx context.Context, others []Absence, a Absence) error {
	var p fault.Problems
	if slices.ContainsFunc(others, func(o Absence) bool { return o.EmployeeID == a.EmployeeID }) {
		p.Add("from", "absences.overlap")
	}
	if a.SubstituteID != 0 {
		e, err := s.Store.EmployeeByID(ctx, a.SubstituteID)
		switch {
		case fault.KindOf(err) == fault.KindMissing || err == nil && !e.Active:
			p.Add("substitute", "errors.choice")
		case err != nil:
			return err
		case circle(others, a):
			p.Add("substitute", "absences.circle")
		}
	}
	return p.Err()
}

// EndAbsence says that somebody is back: today is a day at work again. An absence that has not begun is taken back.
func (s *Service) EndAbsence(ctx context.Context, actor Actor, employee, absence int64) error {
	return s.absence(ctx, actor, employee, func(ctx context.Context, e Employee) error {
		a, err := s.absenceOf(ctx, e.ID, absence)
		if err != nil {
			return err
		}
		today := s.today()
		switch {
		case a.UntilDay < today:
			return fault.Conflict("absences.over")
		case a.FromDay >= today:
			err = s.Store.RemoveAbsence(ctx, a.ID)
		default:
			a.UntilDay = today - 1
			err = s.Store.SaveAbsence(ctx, a)
		}
		if err != nil {
			return err
		}
		return s.tellAbsence(ctx, actor, event.AbsenceEnded, a)
	})
}

// AbsencesOf are the absences of an employee that are not over, the next first, for whoever may enter them.
func (s *Service) AbsencesOf(ctx context.Context, actor Actor, employee int64) ([]Absence, error) {
	e, err := s.Store.EmployeeByID(ctx, employee)
	if err != nil {
		return nil, err
	}
	if !actor.MayKeepAbsences(e) {
		return nil, fault.Missing("errors.employee_missing")
	}
	return s.Store.AbsencesOf(ctx, employee, s.today())
}

// absence runs one change of somebody's absences. All such changes happen one at a time: circles are seen.
func (s *Service) absence(ctx context.Context, actor Actor, employee int64, fn func(ctx context.Context, e Employee) error) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.LockPeople(ctx); err != nil {
			return err
		}
		e, err := s.Store.EmployeeByID(ctx, employee)
		if err != nil {
			return err
		}
		if !actor.MayKeepAbsences(e) {
			return fault.Missing("errors.employee_missing")
		}
		return fn(ctx, e)
	})
}

func (s *Service) absenceOf(ctx context.Context, employee, absence int64) (Absence, error) {
	kept, err := s.Store.AbsencesOf(ctx, employee, s.today())
	if err != nil {
		return Absence{}, err
	}
	if i := slices.IndexFunc(kept, func(a Absence) bool { return a.ID == absence }); i >= 0 {
		return kept[i], nil
	}
	return Absence{}, fault.Missing("absences.missing")
}

func (s *Service) today() int32 { return i18n.Day(s.Now(), s.Zone) }

func (s *Service) tellAbsence(ctx context.Context, actor Actor, verb string, a Absence) error {
	day := func(day int32) string { return i18n.DayTime(day).Format(time.DateOnly) }
	return s.tell(ctx, actor, verb, "employee", a.EmployeeID, map[string]any{"from": day(a.FromDay), "until": day(a.UntilDay), "substitute": fmt.Sprint(a.SubstituteID)})
}
