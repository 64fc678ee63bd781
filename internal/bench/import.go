package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/store"
)

// imported are the tables that a line of the file becomes rows of. What the rules add beside them (who is concerned, the
// ledger, the figures) the limit does not write.
var imported = []string{"customers", "runs", "interactions", "interaction_people", "responses", "packed_ratings"}

// copied is how many lines the limit writes at most: its rows are kept in memory, which is not the import's.
const copied = 20_000

// Import measures how fast a file of the past is taken in, each line a contact with its customer, who served, and an
// answer, against counting its lines and against writing the same rows with nothing asked.
func Import(ctx context.Context, url string, o Options) (Report, error) {
	r := Report{Bench: "import", Unit: "lines"}
	dir, err := os.MkdirTemp("", "journeyloop-bench-")
	if err != nil {
		return r, err
	}
	i := &importing{Options: o, report: &r, url: url, all: filepath.Join(dir, "contacts.csv"), some: filepath.Join(dir, "some-contacts.csv")}
	return r, errors.Join(i.run(ctx), os.RemoveAll(dir))
}

type importing struct {
	Options
	report    *Report
	url       string
	all, some string // files
	memory    Memory
	limit     *limit
}

func (i *importing) run(ctx context.Context) error {
	if err := errors.Join(lines(i.all, i.Size), lines(i.some, min(i.Size, copied))); err != nil {
		return err
	}
	g, err := open(ctx, i.url, i.Zone)
	if err != nil {
		return fmt.Errorf("prepare the bench: %w", err)
	}
	if err := takeFile(ctx, g.store, i.Zone, i.some); err != nil {
		return errors.Join(err, g.close())
	}
	l, err := g.newLimit(ctx, imported...)
	if err != nil {
		return errors.Join(err, g.close())
	}
	i.report.Engine, i.limit = g.store.Engine(), l
	return errors.Join(g.store.Close(), i.measure(ctx, l), g.close())
}

func (i *importing) measure(ctx context.Context, l *limit) error {
	counting := NewThing("counting the lines", 1, func(context.Context) (Lap, error) { return counted(i.all) })
	bare := NewThing("limit: the same rows with nothing asked", 1, l.alone)
	taking := NewThing("import", 1, i.take)
	if err := i.report.Measure(ctx, i.Options, counting, bare, taking); err != nil {
		return err
	}
	i.report.AtLeast("import against writing the same rows", taking.Against(bare, rateOf), .3)
	i.report.AtMost("memory in MB", i.memory.Peak, 200)
	i.report.Ratios = append(i.report.Ratios, Ratio{Name: "import against counting the lines", Is: taking.Against(counting, rateOf), Met: true})
	return nil
}

// take imports the file into a database of its own, figures and all, and checks them.
func (i *importing) take(ctx context.Context) (Lap, error) {
	g, err := open(ctx, i.url, i.Zone)
	if err != nil {
		return Lap{}, err
	}
	if i.limit.embedded { // what it remembers of its own tables is not the import's memory
		err = i.limit.db.WithContext(ctx).Exec("PRAGMA shrink_memory").Error
	}
	began := time.Now()
	err = errors.Join(err, i.memory.While(ctx, func() error { return takeFile(ctx, g.store, i.Zone, i.all) }))
	l := Lap{rate: float64(i.Size) / time.Since(began).Seconds()}
	if err == nil {
		differs, wrong := g.store.Verify(ctx)
		i.report.Differs, err = i.report.Differs+len(differs), wrong
	}
	return l, errors.Join(err, g.close())
}

func takeFile(ctx context.Context, s *store.Store, zone *time.Location, file string) error {
	mapping, err := ingest.BuiltIn("service-centre")
	if err != nil {
		return err
	}
	return s.FoldWhile(ctx, store.Gathering, func() error {
		r, err := ingest.Run(ctx, ingest.Import{Mapping: mapping, Files: []string{file}, Sink: s, Zone: zone})
		if err == nil && r.Rejected > 0 {
			err = fmt.Errorf("%d lines were refused", r.Rejected)
		}
		return err
	})
}

// alone writes the limit's rows by one client, as an import is one.
func (l *limit) alone(ctx context.Context) (Lap, error) {
	for _, t := range l.tables {
		if err := l.db.WithContext(ctx).Exec("DELETE FROM limit_" + t).Error; err != nil {
			return Lap{}, err
		}
	}
	var answers int64
	for _, p := range l.parts {
		answers += p.answers
	}
	began := time.Now()
	err := l.inOneGo(ctx)
	return Lap{rate: float64(answers) / time.Since(began).Seconds()}, err
}

func (l *limit) inOneGo(ctx context.Context) error {
	if l.embedded {
		return l.insertAll(ctx)
	}
	conn, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, p := range l.parts {
		if err := l.copyPart(ctx, conn.PgConn(), p); err != nil {
			return err
		}
	}
	return nil
}

// counted counts the lines of a file, as wc -l does.
func counted(file string) (Lap, error) {
	began := time.Now()
	f, err := os.Open(file)
	if err != nil {
		return Lap{}, err
	}
	defer f.Close()
	n, block := 0, make([]byte, 1<<16)
	for {
		read, err := f.Read(block)
		n += bytes.Count(block[:read], []byte("\n"))
		if err == io.EOF {
			return Lap{rate: float64(n) / time.Since(began).Seconds()}, nil
		}
		if err != nil {
			return Lap{}, err
		}
	}
}

// lines writes a file of n contacts of a year, in four alphabets, rated.
func lines(file string, n int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "Unique id,channel_name,category,Sub-category,Customer Remarks,Issue_reported at,issue_responded,Survey_response_Date,Agent_name,Supervisor,Manager,CSAT Score")
	said, agents := []string{"خیلی خوب بود", "Πολύ αργά", "Быстро и вежливо", "", "", ""}, []string{"زهرا", "Νίκος", "Ольга", "Ann"}
	first := time.Date(2023, 1, 1, 9, 0, 0, 0, time.UTC)
	for i := range n {
		at := first.AddDate(0, 0, i%365)
		fmt.Fprintf(w, "u%d,Inbound,Category %d,Topic %d,%s,%s,%s,%s,%s %d,Team %d,Department %d,%d\n", i, i%12, i%50, said[i%len(said)],
			at.Format("02/01/2006 15:04"), at.Add(20*time.Minute).Format("02/01/2006 15:04"), at.Format("02-Jan-06"), agents[i%4], i%200, i%20, i%5, 1+i*7%5)
	}
	return errors.Join(w.Flush(), f.Close())
}
