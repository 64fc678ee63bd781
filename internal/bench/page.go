package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/journeyloop/journeyloop/internal/store"
)

// Site is a server on the loopback with a company in its database. The bench stands below the doors: whoever starts it
// opens one.
type Site struct {
	Addr   string  // HOST:PORT
	Hello  string  // the path of a page that says hello to whoever is signed in, and nothing else
	Visits []Visit // what people open daily
	Close  func() error
}

// Visit is a page that somebody opens.
type Visit struct {
	Path   string
	Cookie string // hers
}

// pageClients is how many connections ask at the same time, each for the next page as soon as it has one.
const pageClients = 8

// Page measures how fast the real server answers over HTTP with a page that has not changed, with the word that it has not,
// and with one that has to be made because the data has moved, as it does with every fold, against a hello behind the same
// doors.
func Page(ctx context.Context, url string, o Options, build func(ctx context.Context, s *store.Store) (Site, error)) (Report, error) {
	g, err := open(ctx, url, o.Zone)
	if err != nil {
		return Report{}, fmt.Errorf("prepare the bench: %w", err)
	}
	p := &paging{Options: o}
	if p.site, err = build(ctx, g.store); err == nil {
		if p.stirring, err = g.stirred(ctx); err == nil {
			err = p.run(ctx)
		}
		err = errors.Join(err, p.site.Close())
	}
	r := p.report(g.store.Engine())
	return r, errors.Join(err, g.close())
}

// paging is one bench on its way.
type paging struct {
	Options
	site                         Site
	stirring                     *stirring
	wires                        chan *wire
	tags                         []atomic.Pointer[string] // what the browsers of the visits have
	asked                        atomic.Int64
	hello, same, unchanged, made *series
	notes                        []string
}

func (p *paging) run(ctx context.Context) error {
	p.hello, p.unchanged = &series{name: "hello", clients: pageClients}, &series{name: "a page that has not changed", clients: pageClients}
	p.same, p.made = &series{name: "the word that it has not changed (304)", clients: pageClients}, &series{name: "a page made anew", clients: pageClients}
	p.wires = make(chan *wire, pageClients)
	defer p.hangUp()
	for range pageClients {
		w, err := dial(p.site.Addr)
		if err != nil {
			return err
		}
		p.wires <- w
	}
	if err := p.look(ctx); err != nil {
		return err
	}
	for round := range p.Rounds {
		if err := p.settle(); err != nil {
			return err
		}
		for _, m := range []asking{
			{p.hello, still, func(v Visit, _ int) error { return p.whole(Visit{p.site.Hello, v.Cookie}) }},
			{p.unchanged, still, func(v Visit, _ int) error { return p.whole(v) }},
			{p.same, still, p.known},
			{p.made, p.stirring.while, func(v Visit, _ int) error { return p.whole(p.anew(v)) }},
		} {
			l, err := p.drive(ctx, m)
			if err != nil {
				return fmt.Errorf("measure %s: %w", m.name, err)
			}
			m.laps = append(m.laps, l)
			p.tell(fmt.Sprintf("%d/%d %s: %.0f pages/s", round+1, p.Rounds, m.name, l.rate))
		}
	}
	return nil
}

// asking is one way to ask for pages, while something else goes on or nothing.
type asking struct {
	*series
	while func(ctx context.Context, do func() error) error
	ask   func(v Visit, i int) error
}

func still(_ context.Context, do func() error) error { return do() }

func (p *paging) drive(ctx context.Context, m asking) (l lap, err error) {
	err = m.while(ctx, func() (err error) {
		l, err = drive(ctx, pageClients, p.Size, most/3, func(_ context.Context, i int) error {
			i %= len(p.site.Visits)
			return m.ask(p.site.Visits[i], i)
		})
		return err
	})
	return l, err
}

// whole asks for a page by somebody who does not have it.
func (p *paging) whole(v Visit) error {
	_, err := p.get(v, "", http.StatusOK)
	return err
}

// known asks whether a page has changed. What was a minute ago may be two by now, and that is to be known first.
func (p *paging) known(v Visit, i int) error {
	got, err := p.get(v, *p.tags[i].Load(), 0)
	if err == nil && got.status == http.StatusOK {
		p.tags[i].Store(&got.tag)
		_, err = p.get(v, got.tag, http.StatusNotModified)
	}
	return err
}

// anew is the address of a page that nobody has asked for yet, as somebody else's would be.
func (p *paging) anew(v Visit) Visit {
	mark := "?"
	if strings.Contains(v.Path, "?") {
		mark = "&"
	}
	v.Path += mark + "bench=" + strconv.FormatInt(p.asked.Add(1), 10)
	return v
}

// look notes what each page costs alone.
func (p *paging) look(ctx context.Context) error {
	p.tags = make([]atomic.Pointer[string], len(p.site.Visits))
	for _, v := range p.site.Visits {
		cost, err := p.alone(ctx, v)
		if err != nil {
			return err
		}
		got, err := p.get(v, "", http.StatusOK)
		if err != nil {
			return err
		}
		p.notes = append(p.notes, fmt.Sprintf("%s: %d bytes compressed, made anew in %.2g ms", v.Path, got.size, cost))
	}
	return nil
}

// settle opens every page twice, as the data is now, so that what is read by looking is read.
func (p *paging) settle() error {
	for i, v := range p.site.Visits {
		for range 2 {
			got, err := p.get(v, "", http.StatusOK)
			if err != nil {
				return err
			}
			if got.tag == "" {
				return fmt.Errorf("%s is not remembered", v.Path)
			}
			p.tags[i].Store(&got.tag)
		}
	}
	return nil
}

// alone is how many milliseconds a page takes that nobody else asks for meanwhile.
func (p *paging) alone(ctx context.Context, v Visit) (float64, error) {
	var times []float64
	err := p.stirring.while(ctx, func() error {
		for range 20 {
			began := time.Now()
			if err := p.whole(p.anew(v)); err != nil {
				return err
			}
			times = append(times, float64(time.Since(began).Microseconds())/1000)
		}
		return nil
	})
	return median(times), err
}

// get asks for a page on any free connection; status is what must come of it, 0 whatever does.
func (p *paging) get(v Visit, tag string, status int) (arrived, error) {
	w := <-p.wires
	defer func() { p.wires <- w }()
	got, err := w.get(v, tag)
	if err == nil && status != 0 && got.status != status {
		err = fmt.Errorf("%s: status %d instead of %d", v.Path, got.status, status)
	}
	return got, err
}

func (p *paging) hangUp() {
	close(p.wires)
	for w := range p.wires {
		_ = w.conn.Close()
	}
}

func (p *paging) report(engine string) Report {
	r := Report{Bench: "page", Engine: engine, Cores: runtime.NumCPU(), Size: p.Size, Unit: "pages", Rounds: p.Rounds, Notes: p.notes}
	if p.made == nil || len(p.made.laps) < p.Rounds {
		return r
	}
	for _, s := range []*series{p.hello, p.unchanged, p.same, p.made} {
		r.Measured = append(r.Measured, s.measure())
	}
	r.Ratios = []Ratio{atLeast("an unchanged page against hello", p.unchanged.against(p.hello, rateOf), .6),
		atLeast("304 against hello", p.same.against(p.hello, rateOf), .8),
		atLeast("a page made anew against hello", p.made.against(p.hello, rateOf), .35)}
	return r
}

// wire is a browser's connection, without a browser: on one machine, what the client costs the server does not have.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
}

// arrived is what is to be known of an answer.
type arrived struct {
	status, size int
	tag          string
}

func dial(addr string) (*wire, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// get asks as browsers do, and reads the answer to its end.
func (w *wire) get(v Visit, tag string) (arrived, error) {
	w.out = append(append(append(w.out[:0], "GET "...), v.Path...), " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: "...)
	w.out = append(w.out, v.Cookie...)
	if tag != "" {
		w.out = append(append(w.out, "\r\nIf-None-Match: "...), tag...)
	}
	if _, err := w.conn.Write(append(w.out, "\r\n\r\n"...)); err != nil {
		return arrived{}, err
	}
	return w.read()
}

var errUnread = errors.New("an answer of unknown length")

func (w *wire) read() (a arrived, err error) {
	a.size = -1
	for line := 0; ; line++ {
		text, err := w.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		name, value, _ := strings.Cut(strings.TrimRight(string(text), "\r\n"), " ")
		switch {
		case line == 0:
			a.status, _ = strconv.Atoi(value[:min(3, len(value))])
		case name == "":
			return a, w.skip(&a)
		case name == "Content-Length:":
			a.size, _ = strconv.Atoi(value)
		case name == "Etag:":
			a.tag = value
		}
	}
}

// skip reads a body that nobody looks at.
func (w *wire) skip(a *arrived) error {
	if a.status == http.StatusNotModified {
		a.size = 0
	}
	if a.size < 0 {
		return errUnread
	}
	_, err := io.CopyN(io.Discard, w.in, int64(a.size))
	return err
}
