package served

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/respond"
)

// clients is how many answer at the same time where it is compared.
const clients = 32

// Post measures survey forms sent to the whole server, each answered when it is on disk: 1 response, 5 ratings with whom
// they concern, their notices, ledger and outbox. Beside it stands a handler that reads the form and inserts one row.
func Post(ctx context.Context, url string, o bench.Options) (bench.Report, error) {
	r := bench.Report{Bench: "post", Unit: "answers"}
	g, err := bench.Open(ctx, url, o.Zone)
	if err != nil {
		return r, err
	}
	p := &posting{Ground: g, Options: o, report: &r}
	return r, errors.Join(p.run(ctx), g.Close())
}

type posting struct {
	bench.Ground
	bench.Options
	report *bench.Report
	crowd  bench.Crowd
	bodies []string
	house  *house
	bare   string // where the plain handler is
	memory watched
	failed atomic.Int64 // answers that were not taken
}

func (p *posting) run(ctx context.Context) error {
	var err error
	if p.crowd, err = p.Invite(ctx, "spread", p.Size); err != nil {
		return err
	}
	for i := range p.Size {
		p.bodies = append(p.bodies, p.form(i))
	}
	if p.house, err = open(ctx, p.Ground, p.Zone); err != nil {
		return err
	}
	stop, err := p.plain(ctx)
	if err != nil {
		return errors.Join(err, p.house.close())
	}
	tidy()
	return errors.Join(p.measure(ctx), stop(), p.house.close())
}

// form is what the browser of the i-th customer sends.
func (p *posting) form(i int) string {
	a := p.crowd.Answer(i)
	form := url.Values{respond.FieldOverall: {fmt.Sprint(*a.Overall)}, respond.FieldComment: {a.Comment}, respond.FieldLang: {string(i18n.Persian)}}
	for touchpoint, x := range a.Ratings {
		form.Set(respond.RatingName(touchpoint), fmt.Sprint(x))
		form.Set(respond.CommentName(touchpoint), "")
	}
	return form.Encode()
}

func (p *posting) measure(ctx context.Context) error {
	if _, err := p.answers(ctx, clients); err != nil { // once, so that caches are warm
		return err
	}
	whole := func(n int) *bench.Thing {
		return bench.NewThing("the whole server", n, func(ctx context.Context) (bench.Lap, error) { return p.answers(ctx, n) })
	}
	bare := bench.NewThing("a plain handler that inserts one row", clients, p.inserts)
	few, some, many := whole(8), whole(clients), whole(256)
	p.report.Engine = p.Store().Engine()
	if err := p.report.Measure(ctx, p.Options, bare, some, few, many); err != nil {
		return err
	}
	p.report.AtLeast("32 connections against the plain handler", some.Against(bare, bench.Rate), .5)
	p.report.AtMost("p99 of 32 connections against the plain handler's", some.Against(bare, bench.P99), 2)
	p.report.AtMost("answers refused, of 8, 32 and 256 connections", float64(p.failed.Load()), 0)
	p.report.AtMost("memory in MB, server and clients together", p.memory.peak, 150)
	return nil
}

// answers lets everybody answer through the whole server, checks that the figures say what was said, and takes it back.
func (p *posting) answers(ctx context.Context, clients int) (bench.Lap, error) {
	stop := together(ctx, p.memory.watch)
	l, err := p.post(ctx, clients, p.house.base)
	if err = errors.Join(err, stop()); err != nil {
		return l, err
	}
	differs, err := p.Store().Verify(ctx)
	p.report.Differs += len(differs)
	return l, errors.Join(err, p.Forget(ctx))
}

func (p *posting) inserts(ctx context.Context) (bench.Lap, error) {
	l, err := p.post(ctx, clients, p.bare)
	return l, errors.Join(err, p.Exec(ctx, "DELETE FROM bare"))
}

// post sends everybody's form to a server.
func (p *posting) post(ctx context.Context, clients int, base string) (bench.Lap, error) {
	browsers := browsers(clients)
	defer browsers.CloseIdleConnections()
	tokens := p.crowd.Tokens()
	return bench.Drive(ctx, clients, p.Size, func(ctx context.Context, i int) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+survey.Path(tokens[i]), strings.NewReader(p.bodies[i]))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := browsers.RoundTrip(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusSeeOther {
			p.failed.Add(1)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	})
}

// insert is the plain handler's one row.
type insert func(ctx context.Context, overall, comment string) error

// plain serves the plain handler: nothing but net/http and the driver, with as many connections as the store has.
func (p *posting) plain(ctx context.Context) (stop func() error, err error) {
	if err := p.Exec(ctx, "CREATE TABLE bare (id bigint PRIMARY KEY, overall text NOT NULL, comment text NOT NULL, at timestamp NOT NULL)"); err != nil {
		return nil, err
	}
	const row = "INSERT INTO bare (id, overall, comment, at) VALUES "
	do, end := insert(func(ctx context.Context, overall, comment string) error {
		return p.Exec(ctx, row+"(?, ?, ?, ?)", id.New(), overall, comment, time.Now().UTC())
	}), func() {}
	if !p.Embedded() {
		c, err := pgxpool.ParseConfig(p.URL())
		if err != nil {
			return nil, err
		}
		c.MaxConns = int32(2*runtime.NumCPU() + 1)
		pool, err := pgxpool.NewWithConfig(ctx, c)
		if err != nil {
			return nil, err
		}
		do, end = func(ctx context.Context, overall, comment string) error {
			_, err := pool.Exec(ctx, row+"($1, $2, $3, $4)", id.New(), overall, comment, time.Now().UTC())
			return err
		}, pool.Close
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.bare = "http://" + l.Addr().String()
	own := &http.Server{Handler: do, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = own.Serve(l) }() // until it is closed
	return func() error { defer end(); return own.Close() }, nil
}

// ServeHTTP implements http.Handler.
func (do insert) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "no form", http.StatusBadRequest)
		return
	}
	if err := do(r.Context(), r.PostForm.Get(respond.FieldOverall), r.PostForm.Get(respond.FieldComment)); err != nil {
		http.Error(w, "not stored", http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, r.URL.Path+"/thanks", http.StatusSeeOther)
}
