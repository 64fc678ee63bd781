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
// and with one that has to be made, against a hello behind the same doors.
func Page(ctx context.Context, url string, o Options, build func(ctx context.Context, s *store.Store) (Site, error)) (Report, error) {
	g, err := open(ctx, url, o.Zone)
	if err != nil {
		return Report{}, fmt.Errorf("prepare the bench: %w", err)
	}
	p := &paging{Options: o}
	if p.site, err = build(ctx, g.store); err == nil {
		err = errors.Join(p.run(ctx), p.site.Close())
	}
	r := p.report(g.store.Engine())
	return r, errors.Join(err, g.close())
}

// paging is one bench on its way.
type paging struct {
	Options
	site                         Site
	wires                        chan *wire
	tags                         []string // what the browsers of the visits have
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
	if err := p.look(); err != nil {
		return err
	}
	for round := range p.Rounds {
		for _, m := range []struct {
			*series
			ask func(v Visit, i int) (path, tag string, status int)
		}{
			{p.hello, func(Visit, int) (string, string, int) { return p.site.Hello, "", http.StatusOK }},
			{p.unchanged, func(v Visit, _ int) (string, string, int) { return v.Path, "", http.StatusOK }},
			{p.same, func(v Visit, i int) (string, string, int) { return v.Path, p.tags[i], http.StatusNotModified }},
			{p.made, func(v Visit, _ int) (string, string, int) { return p.anew(v.Path), "", http.StatusOK }},
		} {
			l, err := drive(ctx, pageClients, p.Size, most/3, func(_ context.Context, i int) error {
				i %= len(p.site.Visits)
				path, tag, status := m.ask(p.site.Visits[i], i)
				_, err := p.get(Visit{path, p.site.Visits[i].Cookie}, tag, status)
				return err
			})
			if err != nil {
				return fmt.Errorf("measure %s: %w", m.name, err)
			}
			m.laps = append(m.laps, l)
			p.tell(fmt.Sprintf("%d/%d %s: %.0f pages/s", round+1, p.Rounds, m.name, l.rate))
		}
	}
	return nil
}

// anew is the address of a page that nobody has asked for yet.
func (p *paging) anew(path string) string {
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return path + mark + "bench=" + strconv.FormatInt(p.asked.Add(1), 10)
}

// look opens every page twice, so that what is read by looking is read, and notes what each costs alone.
func (p *paging) look() error {
	for _, v := range p.site.Visits {
		var got arrived
		for range 2 {
			var err error
			if got, err = p.get(v, "", http.StatusOK); err != nil {
				return err
			}
		}
		if got.tag == "" {
			return fmt.Errorf("%s is not remembered", v.Path)
		}
		var times []float64
		for range 20 {
			began := time.Now()
			if _, err := p.get(Visit{p.anew(v.Path), v.Cookie}, "", http.StatusOK); err != nil {
				return err
			}
			times = append(times, float64(time.Since(began).Microseconds())/1000)
		}
		p.tags = append(p.tags, got.tag)
		p.notes = append(p.notes, fmt.Sprintf("%s: %d bytes compressed, made anew in %.2g ms", v.Path, got.size, median(times)))
	}
	return nil
}

// get asks for a page on any free connection.
func (p *paging) get(v Visit, tag string, status int) (arrived, error) {
	w := <-p.wires
	defer func() { p.wires <- w }()
	got, err := w.get(v, tag)
	if err == nil && got.status != status {
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
