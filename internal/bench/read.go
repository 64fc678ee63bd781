package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// few is the number of ratings that more are compared with.
const few = 1_000_000

// asks is how often a figure is asked for in one lap, of one subject after another.
const asks = 25

// Read measures what figures cost as pages ask for them: over a million ratings, over Size, and counted from the raw rows.
func Read(ctx context.Context, url string, o Options) (Report, error) {
	r := &reading{Options: o}
	err := r.run(ctx, url)
	for _, c := range []*company{r.large, r.small} {
		if c != nil {
			err = errors.Join(err, c.close())
		}
	}
	return r.report(), err
}

// reading is one bench on its way.
type reading struct {
	Options
	small, large *company
	figures      []*readSeries
	raw          []*rawSeries
	notes        []string
	differs      int
}

// readSeries is one figure over a stretch of time at both sizes.
type readSeries struct {
	figure
	few, many series
}

// rawSeries is a figure counted from the raw rows, once, beside the same from the figures.
type rawSeries struct {
	counting
	took series
	like *series // the figure at the same size
}

func (r *reading) run(ctx context.Context, url string) error {
	today := i18n.Day(time.Now(), r.Zone)
	for size, c := range map[int]**company{min(few, r.Size/10): &r.small, r.Size: &r.large} {
		g, err := open(ctx, url, r.Zone)
		if err != nil {
			return fmt.Errorf("prepare the bench: %w", err)
		}
		*c = &company{ground: g, ratings: size, last: today}
	}
	if err := r.enough(ctx); err != nil {
		return err
	}
	for _, c := range []*company{r.small, r.large} {
		if err := c.settle(ctx, func(said string) { r.tell("%s", said) }); err != nil {
			return fmt.Errorf("write %s ratings: %w", short(c.ratings), err)
		}
	}
	small, err := r.service(ctx, r.small)
	if err != nil {
		return err
	}
	large, err := r.service(ctx, r.large)
	if err != nil {
		return err
	}
	r.list(today)
	for round := range r.Rounds {
		for _, f := range r.figures {
			if err := errors.Join(f.lap(ctx, small, &f.few), f.lap(ctx, large, &f.many)); err != nil {
				return fmt.Errorf("read %s: %w", f.name, err)
			}
		}
		r.tell("round %d/%d read", round+1, r.Rounds)
	}
	for _, by := range []feedback.Dim{feedback.ByTouchpoint, feedback.ByTeam, feedback.ByEmployee} {
		if err := r.cold(ctx, by); err != nil {
			return fmt.Errorf("read figures by %s without the cube: %w", by, err)
		}
	}
	for _, x := range r.raw {
		if err := r.count(ctx, large, x); err != nil {
			return fmt.Errorf("count %s: %w", x.name, err)
		}
	}
	return nil
}

func (r *reading) tell(format string, args ...any) {
	if r.Tell != nil {
		r.Tell(fmt.Sprintf(format, args...))
	}
}

// perRating is about how many bytes of disk a rating takes here, with its share of the answer, every index
// and what writing it leaves behind for a while.
const perRating = 420

// marginalsRoom is what the figures of the company take at most.
const marginalsRoom = 3 << 30

// enough refuses what would fill the disk, where it can be seen.
func (r *reading) enough(ctx context.Context) error {
	free, known := room(r.large.folder(ctx))
	need := int64(r.Size+r.small.ratings)*perRating + min(marginalsRoom, int64(r.Size)*1500)
	if !known {
		r.notes = append(r.notes, fmt.Sprintf("the disk of the database cannot be seen from here; about %.2g GB were needed", float64(need)/1e9))
		return nil
	}
	if free < need+1<<30 {
		return fmt.Errorf("%s ratings need about %.2g GB and one to spare, but %.2g GB are free: try fewer", short(r.Size), float64(need)/1e9, float64(free)/1e9)
	}
	return nil
}

// folder is where the database keeps its files; "" where it does not tell.
func (c *company) folder(ctx context.Context) string {
	if c.embedded {
		return filepath.Dir(strings.TrimPrefix(c.url, "sqlite:"))
	}
	var folder string
	if c.db.WithContext(ctx).Raw("SHOW data_directory").Scan(&folder).Error != nil {
		return "" // only its administrator may know
	}
	return folder
}

// service answers as in a node that serves pages.
func (r *reading) service(ctx context.Context, c *company) (*insight.Service, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	cube, began := insight.NewCube(c.store), time.Now()
	if err := cube.Warm(ctx); err != nil {
		return nil, err
	}
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	r.notes = append(r.notes, fmt.Sprintf("the cube of %s ratings takes %.1f MB (%.1f MB of heap) and was read in %.2g s",
		short(c.ratings), float64(cube.Bytes())/1e6, float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1e6, took.Seconds()))
	return &insight.Service{Store: cube, Zone: r.Zone, Now: time.Now}, nil
}

// cold notes what a figure costs who has no cube, as the command line and a node that has just started.
func (r *reading) cold(ctx context.Context, by feedback.Dim) error {
	var took []float64
	s := &insight.Service{Store: r.large.store, Zone: r.Zone, Now: time.Now}
	for i := range int32(5) {
		began := time.Now()
		if _, err := s.Figures(ctx, insight.Question{By: by, From: r.large.first() + 10 + i, To: r.large.last - 10}); err != nil {
			return err
		}
		took = append(took, float64(time.Since(began).Microseconds())/1000)
	}
	r.notes = append(r.notes, fmt.Sprintf("all figures by %s over two years but some days take %.3g ms at %s ratings without the cube", by, median(took), short(r.Size)))
	return nil
}

// figure is something a page asks for; i is the number of the subject.
type figure struct {
	name string
	ask  func(ctx context.Context, s *insight.Service, i int64) error
}

func (f *readSeries) lap(ctx context.Context, s *insight.Service, into *series) error {
	l, err := drive(ctx, 1, asks, most, func(ctx context.Context, i int) error { return f.ask(ctx, s, int64(i)) })
	into.laps = append(into.laps, l)
	return err
}

// spans are the stretches of time that are asked for, to today; 0 days for all time.
var spans = []struct {
	name string
	days int32
}{{"30 days", 30}, {"1 year", 365}, {"all time", 0}}

// list says what is measured.
func (r *reading) list(today int32) {
	add := func(name string, ask func(ctx context.Context, s *insight.Service, i int64) error) *readSeries {
		f := &readSeries{figure: figure{name, ask}}
		r.figures = append(r.figures, f)
		return f
	}
	for _, span := range spans {
		from, step, days := today-span.days+1, int32(28), span.days
		switch span.days {
		case 0:
			from, days = 0, ofDays
		case 30:
			step = 7
		}
		for _, k := range kinds {
			f := add(k.name+", "+span.name, func(ctx context.Context, s *insight.Service, i int64) error {
				_, err := s.Figures(ctx, k.question(i, from))
				return err
			})
			r.raw = append(r.raw, &rawSeries{counting: counting{k, k.name + ", " + span.name, from}, like: &f.many})
			add(k.name+", trend over "+span.name, func(ctx context.Context, s *insight.Service, i int64) error {
				q := k.question(i, from)
				if q.IDs == nil {
					_, err := s.Trends(ctx, q, step)
					return err
				}
				_, err := s.Trend(ctx, q, step)
				return err
			})
		}
		add("every touchpoint of a journey, "+span.name, func(ctx context.Context, s *insight.Service, i int64) error {
			_, err := s.Figures(ctx, insight.Question{By: feedback.ByTouchpoint, Journey: 1 + i%ofJourneys, From: from})
			return err
		})
		add("what spoils a journey, "+span.name, func(ctx context.Context, s *insight.Service, i int64) error {
			_, err := s.Spoiler(ctx, 2+i*2%ofJourneys, stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}, from)
			return err
		})
		add("every team of the company, "+span.name, func(ctx context.Context, s *insight.Service, i int64) error {
			_, _, err := s.Teams(ctx, nil, days)
			return err
		})
	}
	add("what changed in the company, 30 days", func(ctx context.Context, s *insight.Service, i int64) error {
		_, err := s.Shifts(ctx, insight.Question{By: feedback.ByJourney}, 30)
		return err
	})
	add("one person's own range among colleagues", func(ctx context.Context, s *insight.Service, i int64) error {
		_, err := s.Own(ctx, 1+i*37%ofEmployees, true)
		return err
	})
}

// kind is a figure that can be counted from the raw rows as well.
type kind struct {
	name  string
	by    feedback.Dim
	of    int64  // how many subjects there are; 0 asks for all at once
	rows  string // where the raw rows are, with the subject as id
	where string
	goal  float64 // how much faster than from the raw rows it is to be
}

var kinds = []kind{
	{"the company", feedback.ByJourney, 0, "SELECT journey_id AS id, scale, overall AS value, expectation FROM raw_responses r", "? = 0", 100},
	{"one journey", feedback.ByJourney, ofJourneys, "SELECT journey_id AS id, scale, overall AS value, expectation FROM raw_responses r", "r.journey_id = ?", 100},
	{"one touchpoint", feedback.ByTouchpoint, ofTouchpoints, "SELECT touchpoint_id AS id, scale, value, expectation FROM raw_ratings r", "r.touchpoint_id = ?", 0},
	{"one team", feedback.ByTeam, ofTeams, "SELECT team_id AS id, scale, value, expectation FROM raw_ratings r", "r.team_id = ?", 100},
	{"one person", feedback.ByEmployee, ofEmployees, "SELECT employee_id AS id, scale, value, expectation FROM raw_ratings r", "r.employee_id = ?", 0},
}

// subject is the i-th of a kind. Of teams those at the bottom, as the raw rows know no tree.
func (k kind) subject(i int64) int64 {
	switch {
	case k.of == 0:
		return 0
	case k.by == feedback.ByTeam:
		return ofDepartments + 2 + i%(ofTeams-ofDepartments-1)
	}
	return 1 + i%k.of
}

func (k kind) question(i int64, from int32) insight.Question {
	q := insight.Question{By: k.by, From: from}
	if k.of > 0 {
		q.IDs = []int64{k.subject(i)}
	}
	return q
}

// counting is a kind over a stretch of time, from the raw rows.
type counting struct {
	kind
	name string
	from int32
}

type rawRow struct {
	ID    int64
	Scale string
	N     int64
	Sum   int64
	Sumsq int64
	Below int64
	Met   int64
	Above int64
}

// count counts from the raw rows, for one subject and as long as it takes, and holds the figures against it.
func (r *reading) count(ctx context.Context, s *insight.Service, x *rawSeries) error {
	const i = 3
	if x.from == 0 {
		x.from = r.large.first()
	}
	began := time.Now()
	var rows []rawRow
	q := "SELECT id, scale, " + tally() + " FROM (" + x.rows + " WHERE " + x.where + " AND r.answered_at >= ? AND r.day >= ?) AS q GROUP BY id, scale"
	since := time.Unix(int64(x.from)*86400, 0).UTC()
	if err := r.large.db.WithContext(ctx).Raw(q, x.subject(i), since, x.from).Scan(&rows).Error; err != nil {
		return err
	}
	took := float64(time.Since(began).Microseconds()) / 1000
	x.took.laps = []lap{{rate: 1000 / took, p50: took, p99: took}}
	r.tell("%s from the raw rows: %.3g ms", x.name, took)
	lines, err := s.Figures(ctx, x.question(i, x.from))
	if err != nil {
		return err
	}
	r.compare(lines, rows)
	return nil
}

// compare counts the figures that do not say what the raw rows say.
func (r *reading) compare(lines []insight.Line, rows []rawRow) {
	said := map[string]rawRow{}
	for _, x := range rows {
		said[fmt.Sprint(x.ID, x.Scale)] = x
	}
	for _, l := range lines {
		t, key := l.Tally, fmt.Sprint(l.ID, l.Scale.String())
		if said[key] != (rawRow{l.ID, l.Scale.String(), t.N, t.Sum, t.SumSq, t.Below, t.Met, t.Above}) {
			r.differs++
		}
		delete(said, key)
	}
	r.differs += len(said)
}

func (r *reading) report() Report {
	out := Report{Bench: "read", Cores: runtime.NumCPU(), Size: r.Size, Unit: "ratings", Rounds: r.Rounds, Differs: r.differs, Notes: r.notes}
	if len(r.raw) == 0 || len(r.raw[len(r.raw)-1].took.laps) == 0 {
		return out
	}
	out.Engine = r.large.store.Engine()
	slowest := 0.
	for _, f := range r.figures {
		f.few.name, f.many.name = f.name+", "+short(r.small.ratings), f.name+", "+short(r.Size)
		f.few.clients, f.many.clients = 1, 1
		out.Measured = append(out.Measured, f.few.measure(), f.many.measure())
		out.Ratios = append(out.Ratios, atMost(f.name+": "+short(r.Size)+" against "+short(r.small.ratings), f.many.against(&f.few, p50Of), 1.2))
		slowest = max(slowest, median(f.many.of(p50Of)))
	}
	out.Ratios = append(out.Ratios, atMost("the slowest of them, in ms", slowest, 15))
	for _, x := range r.raw {
		x.took.name, x.took.clients = x.name+", counted from the raw rows", 1
		out.Measured = append(out.Measured, x.took.measure())
		faster := median(x.took.of(p50Of)) / median(x.like.of(p50Of))
		ratio := Ratio{Name: x.name + ": how much faster than from the raw rows", Is: faster, Met: true}
		if x.goal > 0 {
			ratio = atLeast(ratio.Name, faster, x.goal)
		}
		out.Ratios = append(out.Ratios, ratio)
	}
	return out
}
