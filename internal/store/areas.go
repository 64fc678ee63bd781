package store

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/recall"
)

// areas are the tables and views by what changes together. A view is in the areas of all its tables. The number of an area
// is its place here, and with firstArea that of its row in data_version: new ones come at the end.
var areas = []string{
	"settings journeys journey_versions stages steps surveys touchpoints efforts",
	"teams employees users absences",
	"sessions api_keys",
	"customers customer_keys erased_keys",
	"runs interactions interaction_people",
	"invitations invitation_tokens",
	"responses response_history packed_ratings ratings further_attributions attributions feedback",
	"notices feedback",
	"praise_shares praise_consents",
	"observations",
	"cases case_triggers case_steps case_causes case_files case_links case_policies case_ratings case_mails mail_events mail_files",
	"events",
	"outbox",
	"marginals folds team_sets driver_days promise_days passes data_version",
	"tasks task_files",
	"notifications notify_people notify_letters",
	"outreach_lists outreach_members",
	"huddle_tries coaching_talks coaching_entries coaching_goals",
}

// areaOf is the areas of each table and view.
var areaOf = func() map[string]recall.Areas {
	out := map[string]recall.Areas{}
	for number, names := range areas {
		for name := range strings.FieldsSeq(names) {
			out[name] |= recall.Area(number)
		}
	}
	return out
}()

// anywhere is all areas.
var anywhere = recall.Area(len(areas)) - 1

// areasIn are the areas whose tables a statement names anywhere.
func areasIn(sql string) (in recall.Areas) {
	for word := range strings.FieldsFuncSeq(sql, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		in |= areaOf[word]
	}
	return in
}

// seen is the areas of a question; one that names no table of ours may be about anything.
func seen(sql string) recall.Areas {
	if in := areasIn(sql); in != 0 {
		return in
	}
	return recall.Everything
}

// noting lets every statement of a connection say where it looked: to the sight that it is a part of, and where it changes
// something to its transaction.
func (t translating) noting(db *gorm.DB) error {
	all := db.Callback()
	for name, register := range map[string]func(string, func(*gorm.DB)) error{
		"gorm:query": all.Query().After("gorm:query").Register, "gorm:row": all.Row().After("gorm:row").Register,
		"gorm:raw": all.Raw().After("gorm:raw").Register, "gorm:create": all.Create().After("gorm:create").Register,
		"gorm:update": all.Update().After("gorm:update").Register, "gorm:delete": all.Delete().After("gorm:delete").Register,
	} {
		if err := register("journeyloop:areas:"+name, t.s.noted); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) noted(db *gorm.DB) {
	sight := recall.From(db.Statement.Context)
	t, within := s.txOf(db.Statement.Context)
	if db.DryRun || sight == nil && !within {
		return
	}
	sql := db.Statement.SQL.String()
	sight.Saw(seen(sql))
	if within && !strings.HasPrefix(sql, "SELECT") {
		t.changed |= areasIn(sql)
	}
}

// Rows of data_version.
const (
	dataVersion    = 1
	figuresVersion = 2 // moves with the marginals
	firstArea      = 10
)

// Look is a look at the data as it is now; in a transaction one that keeps nothing.
func (s *Store) Look(ctx context.Context) (*recall.Sight, error) {
	if s.Within(ctx) {
		return recall.From(recall.Apart(ctx)), nil
	}
	version, err := s.DataVersion(ctx)
	return s.changes.Look(version), err
}

// DataVersion changes whenever a page may have; see tell. Every request asks for it, so it goes past GORM. Where it has
// moved it is read what changed.
func (s *Store) DataVersion(ctx context.Context) (version int64, err error) {
	db := s.read(ctx).Statement.ConnPool
	err = db.QueryRowContext(ctx, "SELECT version FROM data_version WHERE id = 1").Scan(&version)
	if err == nil && version > s.changes.Version() {
		err = s.follow(ctx, db, version)
	}
	return version, translating{s: s}.Translate(err)
}

// follow reads with which version each area changed last, which may be after the one that was read.
func (s *Store) follow(ctx context.Context, db gorm.ConnPool, version int64) error {
	rows, err := db.QueryContext(ctx, "SELECT id, version FROM data_version WHERE id >= 10")
	if err != nil {
		return err
	}
	defer rows.Close()
	last := map[int]int64{}
	for rows.Next() {
		var id int
		var version int64
		if err := rows.Scan(&id, &version); err != nil {
			return err
		}
		last[id-firstArea] = version
	}
	s.changes.Tell(version, last)
	return rows.Err()
}

type versionRow struct {
	ID      int
	Version int64
}

// bump moves the version of the data, and that of the areas to it. The first row is locked before the others, so that
// nobody waits for another who waits for her.
func (s *Store) bump(ctx context.Context, changed recall.Areas) error {
	var version int64
	db := s.write(ctx)
	if err := db.Raw("UPDATE data_version SET version = version + 1 WHERE id = ? RETURNING version", dataVersion).Scan(&version).Error; err != nil {
		return err
	}
	var rows []versionRow
	for number := range changed.All {
		rows = append(rows, versionRow{firstArea + number, version})
	}
	return pour(ctx, s, "data_version", rows, "ON CONFLICT (id) DO UPDATE SET version = excluded.version")
}
