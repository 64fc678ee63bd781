package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
)

// casesBy are the cases in sight that a filter asks for.
func (s *Store) casesBy(ctx context.Context, scope people.Scope, f casework.Filter) *gorm.DB {
	db := staged(s.casesIn(ctx, scope), f.Stage)
	if f.Need != "" {
		db = needing(db, scope, f)
	}
	switch f.Whose {
	case casework.Mine:
		db = db.Where("cases.owner_id = ?", own(scope))
	case casework.Team:
		db = db.Where(`EXISTS (SELECT 1 FROM employees e WHERE e.id = cases.owner_id AND (e.team_id IN ?
			OR e.team_id = (SELECT m.team_id FROM employees m WHERE m.id = ? AND m.team_id <> 0)))`, supervised(scope), scope.Employee())
	}
	for _, only := range []struct {
		column string
		value  int64
	}{{"journey_id", f.JourneyID}, {"run_id", f.RunID}, {"customer_id", f.CustomerID}, {"severity", int64(f.Severity)}} {
		if only.value != 0 {
			db = db.Where("cases."+only.column+" = ?", only.value)
		}
	}
	if f.Cause != "" {
		db = db.Where("EXISTS (SELECT 1 FROM case_causes x WHERE x.case_id = cases.id AND x.cause = ?)", f.Cause)
	}
	if f.Overdue {
		db = db.Where(caseRuns+" AND "+caseDue+" < ?", f.Now)
	}
	if f.Reopened {
		db = db.Where("cases.reopened > 0")
	}
	if words := i18n.Normalize(f.Customer); words != "" {
		db = db.Where("EXISTS (SELECT 1 FROM customers WHERE customers.id = cases.customer_id AND (? OR ?))",
			containing("customers.search", words), keyed("customers.key", f.Customer))
	}
	return db
}

func staged(db *gorm.DB, stage casework.State) *gorm.DB {
	switch stage {
	case "":
		return db.Where("cases.closed_at IS NULL")
	case casework.Over:
		return db.Where("cases.closed_at IS NOT NULL")
	case casework.Everything:
		return db
	}
	return db.Where("cases.state = ?", stage)
}

func needing(db *gorm.DB, scope people.Scope, f casework.Filter) *gorm.DB {
	mine := db.Where("cases.closed_at IS NULL AND cases.owner_id = ?", own(scope)).Session(&gorm.Session{})
	switch f.Need {
	case casework.NeedsHurry:
		return mine.Where(caseRuns+" AND "+caseDue+" < ?", f.Now)
	case casework.NeedsToday:
		return mine.Where(caseRuns+" AND "+caseDue+" >= ? AND "+caseDue+" < ?", f.Now, f.DayEnds)
	case casework.NeedsReply:
		return mine.Where("cases.waiting_since IS NOT NULL")
	case casework.NeedsWord:
		return mine.Where("cases.state = ?", casework.Proposed)
	}
	return db.Where("cases.closed_at IS NULL AND cases.owner_id = 0")
}

// own is whose cases are somebody's own; who is no employee has none, not even those that nobody owns.
func own(scope people.Scope) int64 {
	if me := scope.Employee(); me != 0 {
		return me
	}
	return -1
}

// caseDue is what the clock of a case runs to, and caseRuns whether it does; the same as casework.Case.Due.
const (
	caseDue  = "CASE WHEN cases.state = 'open' THEN cases.contact_due ELSE cases.resolve_due END"
	caseRuns = "(cases.closed_at IS NULL AND cases.waiting_since IS NULL AND cases.state <> 'proposed')"
)

// CasesFor lists the cases in sight, what is due first on top and after it those whose clock stands; closed ones the latest
// first. Sorted by "press", what is grave stands above.
func (s *Store) CasesFor(ctx context.Context, scope people.Scope, f casework.Filter, ask page.Ask) (page.Of[casework.Case], error) {
	return paged[casework.Case](s.casesBy(ctx, scope, f), ask, caseOrder(ask))
}

func caseOrder(ask page.Ask) string {
	down := ""
	if ask.Desc {
		down = " DESC"
	}
	column := map[string]string{"customer": "(SELECT c.name FROM customers c WHERE c.id = cases.customer_id)", "state": "cases.state", "opened": "cases.opened_at",
		"owner": "(SELECT e.name FROM employees e WHERE e.id = cases.owner_id)"}[ask.Sort]
	if column != "" {
		return column + down + ", cases.id" + down
	}
	if ask.Sort == "press" {
		return "cases.severity DESC, " + caseDue + ", cases.id"
	}
	return "CASE WHEN " + caseRuns + " THEN 0 WHEN cases.closed_at IS NULL THEN 1 ELSE 2 END, cases.closed_at DESC, " + caseDue + down + ", cases.id" + down
}

// CaseNeeds counts the cases that ask somebody to do something now.
func (s *Store) CaseNeeds(ctx context.Context, scope people.Scope, now, dayEnds time.Time) (map[casework.Need]int, error) {
	out := map[casework.Need]int{}
	for _, need := range casework.Needs {
		n, err := s.CaseCount(ctx, scope, casework.Filter{Need: need, Now: now, DayEnds: dayEnds})
		if err != nil {
			return nil, err
		}
		out[need] = n
	}
	return out, nil
}

// CaseCount counts the cases in sight that a filter asks for.
func (s *Store) CaseCount(ctx context.Context, scope people.Scope, f casework.Filter) (int, error) {
	return howMany(s.casesBy(ctx, scope, f))
}

// EachCase hands over the cases that CasesFor lists, in the order in which they were opened.
func (s *Store) EachCase(ctx context.Context, scope people.Scope, f casework.Filter, fn func([]casework.Case) error) error {
	return inPages(func(last *casework.Case) ([]casework.Case, error) {
		db := s.casesBy(ctx, scope, f)
		if last != nil {
			db = db.Where("cases.id > ?", last.ID)
		}
		return all[casework.Case](db.Order("cases.id").Limit(batch))
	}, fn)
}

// OwnOpenCases counts the open cases of an employee; nobody has none.
func (s *Store) OwnOpenCases(ctx context.Context, employee int64) (int, error) {
	if employee == 0 {
		return 0, nil
	}
	return howMany(s.read(ctx).Table("cases").Where("owner_id = ? AND closed_at IS NULL", employee))
}

// OpenCases counts the cases that are open, and says since when the first of them is.
func (s *Store) OpenCases(ctx context.Context) (n int, since *time.Time, err error) {
	open := s.read(ctx).Table("cases").Where("closed_at IS NULL").Session(&gorm.Session{})
	total, err := howMany(open)
	if err != nil || total == 0 {
		return 0, nil, err
	}
	first, err := all[struct{ OpenedAt time.Time }](open.Select("opened_at").Order("opened_at").Limit(1))
	if err != nil || len(first) == 0 {
		return 0, nil, err
	}
	return total, &first[0].OpenedAt, nil
}
