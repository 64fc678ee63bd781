package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// ground is a database of the bench's own, and a plain way into it beside the store's.
type ground struct {
	store    *store.Store
	db       *gorm.DB
	url      string
	embedded bool
	remove   func() error
}

// conns is how many connections the plain way has; the store has as many.
const conns = 9

// open makes a database of the bench's own beside the one at url: a schema on PostgreSQL, a file for SQLite.
func open(ctx context.Context, at string, zone *time.Location) (*ground, error) {
	g := &ground{}
	name := fmt.Sprintf("journeyloop_bench_%d", id.New())
	var dialector gorm.Dialector
	embedded := strings.HasPrefix(at, "sqlite:")
	if embedded {
		path := strings.TrimPrefix(at, "sqlite:") + "." + name
		g.url, g.embedded = "sqlite:"+path, true
		g.remove = func() error { return errors.Join(os.Remove(path), gone(path+"-wal"), gone(path+"-shm")) }
		dialector = gormsqlite.Dialector{DriverName: "sqlite", DSN: "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
			"&_pragma=cache_size(-32000)&_txlock=immediate&_time_integer_format=unix_micro&_inttotime=1&_timezone=UTC"}
	} else {
		address, err := url.Parse(at)
		if err != nil {
			return nil, errors.New("the address of the database cannot be read")
		}
		q := address.Query()
		q.Set("search_path", name)
		address.RawQuery = q.Encode()
		g.url = address.String()
		dialector = gormpostgres.Open(g.url)
		g.remove = func() error { return g.db.Exec("DROP SCHEMA " + name + " CASCADE").Error }
	}
	var err error
	if g.db, err = gorm.Open(dialector, &gorm.Config{SkipDefaultTransaction: true, Logger: logger.Discard}); err != nil {
		return nil, err
	}
	pool, err := g.db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxIdleConns(conns)
	if pool.SetMaxOpenConns(conns); embedded {
		pool.SetMaxOpenConns(1)
	} else if err := g.db.Exec("CREATE SCHEMA " + name).Error; err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	if g.store, err = store.Open(ctx, g.url, zone); err == nil {
		_, err = g.store.Migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, g.close())
	}
	return g, nil
}

func gone(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// close removes the database.
func (g *ground) close() error {
	var errs []error
	if g.store != nil {
		errs = append(errs, g.store.Close())
	}
	pool, err := g.db.DB()
	if g.embedded { // the file can go once nobody has it open
		return errors.Join(append(errs, err, pool.Close(), g.remove())...)
	}
	return errors.Join(append(errs, err, g.remove(), pool.Close())...)
}

// crowd is runs that are over, each with an invitation whose token is known.
type crowd struct {
	tokens   []string
	runs     []int64
	touched  [][]int64 // the touchpoints each run met
	settings map[int64]feedback.Setting
}

// met is how many touchpoints a run meets, and an answer rates.
const met = 5

// invite makes a crowd. Spread out, its runs meet 5 of 40 touchpoints, served by one of 200 employees in 20 teams; else
// all meet the same five and the same employee.
func (g *ground) invite(ctx context.Context, name string, n int, spread bool) (*crowd, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	records := make([]ingest.Record, n)
	for i := range records {
		key, who := fmt.Sprint(name, "-", i), 0
		if spread {
			who = i
		}
		r := ingest.Record{Journey: ingest.Named{Key: name}, Run: key, Customer: ingest.Customer{Key: key, Name: "مریم"}, Completed: now}
		for c := range met {
			r.Contacts = append(r.Contacts, ingest.Contact{Key: fmt.Sprint(key, "/", c), Touchpoint: ingest.Named{Key: fmt.Sprint(name, "-t", (5*who+c)%40)},
				Started: now.Add(-time.Duration(1+i%(30*24)) * time.Hour),
				People:  []ingest.Person{{Employee: ingest.Named{Key: fmt.Sprint(name, "-e", who%200)}, Team: []string{"Field", fmt.Sprint("Team ", who%20)}}}})
		}
		records[i] = r
	}
	for at := 0; at < n; at += 500 {
		if _, err := g.store.Take(ctx, records[at:min(n, at+500)]); err != nil {
			return nil, err
		}
	}
	if err := g.store.FoldAll(ctx); err != nil { // the contacts stay, whatever is forgotten of the answers
		return nil, err
	}
	return g.handOut(ctx, name, now)
}

type tokenRow struct {
	Hash         []byte
	InvitationID int64
	Handed       bool
	CreatedAt    time.Time
}

// handOut writes invitations and tokens to the runs of a journey.
func (g *ground) handOut(ctx context.Context, name string, now time.Time) (*crowd, error) {
	c := &crowd{}
	j, err := g.store.JourneyByKey(ctx, name)
	if err != nil {
		return nil, err
	}
	var runs []run.Run
	if err := g.db.WithContext(ctx).Table("runs").Where("journey_id = ?", j.ID).Order("id").Find(&runs).Error; err != nil {
		return nil, err
	}
	for _, r := range runs {
		c.runs = append(c.runs, r.ID)
	}
	if c.settings, err = g.store.SettingsOf(ctx, c.runs); err != nil {
		return nil, err
	}
	invitations, tokens := make([]survey.Invitation, len(runs)), make([]tokenRow, len(runs))
	for i, r := range runs {
		token := fmt.Sprint(name, "-", i)
		invitations[i] = survey.Invitation{ID: id.New(), RunID: r.ID, CustomerID: r.CustomerID, SurveyID: c.settings[r.ID].Survey.ID, Channel: survey.ByHandover,
			State: survey.Sent, PlannedAt: now, SentAt: &now, ExpiresAt: now.AddDate(0, 0, 30), CreatedAt: now}
		tokens[i] = tokenRow{Hash: id.Hash(token), InvitationID: invitations[i].ID, CreatedAt: now}
		c.tokens, c.touched = append(c.tokens, token), append(c.touched, c.settings[r.ID].Walk.Met())
	}
	db := g.db.WithContext(ctx)
	return c, errors.Join(db.Table("invitations").CreateInBatches(invitations, 500).Error, db.Table("invitation_tokens").CreateInBatches(tokens, 500).Error, db.Exec("ANALYZE").Error)
}

// answer is what the i-th of the crowd says: the whole, the five touchpoints, and a few words from every third.
func (c *crowd) answer(i int) feedback.Answer {
	x := 1 + i%5
	a := feedback.Answer{Overall: &x, Language: i18n.Persian, Ratings: make(map[int64]int, met)}
	if i%3 == 0 {
		a.Comment = "نصاب به‌موقع آمد و خیلی مؤدب بود، ممنون."
	}
	for n, t := range c.touched[i] {
		a.Ratings[t] = 1 + (i+n)%5
	}
	return a
}

// filled are the tables that answers fill, in the order in which they can be emptied.
var filled = []string{"packed_ratings", "further_attributions", "notices", "response_history", "responses",
	"case_triggers", "case_steps", "case_causes", "case_files", "case_links", "cases", "events", "outbox", "marginals", "driver_days", "promise_days", "team_sets"}

// forget takes every answer back.
func (g *ground) forget(ctx context.Context) error {
	db := g.db.WithContext(ctx)
	var errs []error
	if !g.embedded {
		errs = append(errs, db.Exec("TRUNCATE "+strings.Join(filled, ", ")+" CASCADE").Error) // and what refers to them
	} else {
		for _, table := range filled {
			errs = append(errs, db.Exec("DELETE FROM "+table).Error)
		}
	}
	errs = append(errs, db.Exec("UPDATE invitations SET state = ?, next_at = NULL, opened_at = NULL, answered_at = NULL", survey.Sent).Error)
	if !g.embedded {
		errs = append(errs, db.Exec("VACUUM ANALYZE invitations").Error)
	} else {
		errs = append(errs, db.Exec("PRAGMA wal_checkpoint(TRUNCATE)").Error)
	}
	return errors.Join(errs...)
}
