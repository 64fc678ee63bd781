package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/store"
)

type importCmd struct {
	Mapping string   `required:"" help:"Built-in mapping (${mappings}) or a .yaml file." placeholder:"NAME|FILE.yaml"`
	Files   []string `arg:"" help:"Files to import, in any order." type:"path"`
	JSON    bool     `help:"Print the report as JSON."`
}

func (importCmd) Help() string {
	return "Rows that cannot be taken go to FILE.rejected.csv with line and reason; correct that file and import it again.\nImporting the same file twice changes nothing.\n\nExample:\n  journeyloop import --mapping service-centre contacts.csv\n\nA mapping of your own:\n" +
		indented(ingest.Reference)
}

// indented keeps the lines of a text as they are.
func indented(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
}

func (c importCmd) Run(w *world) error {
	mapping, err := ingest.LoadMapping(c.Mapping)
	if err != nil {
		return usage{err}
	}
	s, err := w.open()
	if err != nil {
		return err
	}
	defer s.Close()
	p := newProgress(w.err)
	var report ingest.Report
	err = s.FoldWhile(w.ctx, store.Gathering, func() (err error) {
		report, err = ingest.Run(w.ctx, ingest.Import{Mapping: mapping, Files: c.Files, Sink: s, Now: time.Now(), Zone: w.config.TimeZone,
			Progress: p.show, Problem: func(problem ingest.Problem) {
				p.clear()
				fmt.Fprintln(w.err, oneLine(place(problem)+": "+w.reader.T(problem.Key, problem.Args...)))
			},
			Rejected: func(file string) (io.WriteCloser, error) { return os.Create(ingest.RejectedPath(file)) }})
		return err
	})
	p.clear()
	if err != nil {
		return err
	}
	if err := s.NameThings(w.ctx, mapping.Texts()); err != nil {
		return err
	}
	if c.JSON {
		return w.print(report)
	}
	return w.report(report)
}

// place says where a problem is: file, line and column.
func place(p ingest.Problem) string {
	at := fmt.Sprintf("%s:%d", p.Place.File, p.Place.Line)
	if p.Column != "" {
		at += " (" + p.Column + ")"
	}
	return at
}

func (w *world) report(r ingest.Report) error {
	fmt.Fprintf(w.out, "Taken in %.1f s: %d runs, %d interactions, %d responses, %d ratings, %d customers, %d employees, %d teams.\n",
		r.Seconds, r.Runs, r.Interactions, r.Responses, r.Ratings, r.Customers, r.Employees, r.Teams)
	fmt.Fprintf(w.out, "Unchanged: %d. Rejected: %d.\n", r.Unchanged, r.Rejected)
	for _, list := range []struct {
		what  string
		names []string
		all   int
	}{{"journeys", r.Created.Journeys, r.Journeys}, {"touchpoints", r.Created.Touchpoints, r.Touchpoints},
		{"teams", r.Created.Teams, r.Teams}, {"employees", r.Created.Employees, r.Employees}} {
		if len(list.names) == 0 {
			continue
		}
		line := fmt.Sprintf("New %s: %s", list.what, strings.Join(list.names, ", "))
		if more := list.all - len(list.names); more > 0 {
			line += fmt.Sprintf(" and %d more", more)
		}
		fmt.Fprintln(w.out, oneLine(line))
	}
	for key, n := range r.Warnings {
		fmt.Fprintf(w.out, "%s (%d rows)\n", w.reader.T(key), n)
	}
	return nil
}

// progress shows how far long work has come: on a terminal one line that is overwritten, else a line now and then.
type progress struct {
	out      io.Writer
	terminal bool
	last     time.Time
	shown    bool
}

func newProgress(out io.Writer) *progress {
	f, ok := out.(*os.File)
	return &progress{out: out, terminal: ok && term.IsTerminal(int(f.Fd())), last: time.Now()}
}

func (p *progress) show(done, total int64) {
	pause := 10 * time.Second
	if p.terminal {
		pause = 100 * time.Millisecond
	}
	if time.Since(p.last) < pause || total == 0 {
		return
	}
	p.last = time.Now()
	p.line(fmt.Sprintf("%3d %%", done*100/total))
}

func (p *progress) line(text string) {
	if p.terminal {
		fmt.Fprintf(p.out, "\r\033[K%s", text)
		p.shown = true
		return
	}
	fmt.Fprintln(p.out, text)
}

// clear takes the line away before something else is printed.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r\033[K")
		p.shown = false
	}
}
