package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
)

// A batch goes to the sink when it has this many rows, or rows of this many bytes: a tenth of a second of writing, in which
// nobody else writes to SQLite.
const (
	batchRows  = 1000
	batchBytes = 4 << 20
)

// Import is one run of an import.
type Import struct {
	Mapping  *Mapping
	Files    []string // in any order
	From     fs.FS    // where the files are; nil is the machine's own disk, where Files are paths
	Sink     Sink
	Now      time.Time      // what lies after it is refused as a future date; zero means the clock of the machine
	Zone     *time.Location // of the company, for mappings that name no zone; nil is UTC
	Progress func(done, total int64)
	Problem  func(Problem)                             // told of every rejected row, in the order of the file; may be nil
	Rejected func(file string) (io.WriteCloser, error) // where the rejected rows of a file go; nil keeps none
	Guarded  bool                                      // the rejected rows are for a spreadsheet: nothing in them is run as a formula
}

// Run imports the files. Rows that cannot be taken never stop the rest; they are in the report and the rejected files.
//
// Files the mapping does not know, or that lack columns, are refused as an Invalid fault before anything is taken. Any
// other error is about reading a file or about the sink; the report then says what was taken before it. The reasons are
// in the language of ctx's reader.
func Run(ctx context.Context, imp Import) (Report, error) {
	began := time.Now()
	r := newRunner(ctx, imp)
	err := r.run(ctx)
	r.report.Seconds = time.Since(began).Seconds()
	return r.report, err
}

// runner carries one import through its files.
type runner struct {
	Import
	reader *i18n.Reader
	report Report
	done   int64
	total  int64
	batch  batch
}

// batch is rows in file order: records for the sink, and rows that failed before it.
type batch struct {
	rows    []batchRow
	records []Record
	bytes   int
}

type batchRow struct {
	line   line
	record bool // the next one of records
}

func (r *runner) run(ctx context.Context) error {
	inputs, ignored, err := r.Mapping.recognise(r.From, r.Files)
	if err != nil {
		return err
	}
	if len(ignored) > 0 {
		r.report.Warnings["ingest.file_ignored"] = len(ignored)
	}
	for _, in := range inputs {
		r.total += in.size
	}
	for _, in := range inputs {
		if err := r.file(ctx, in); err != nil {
			return fmt.Errorf("import %s: %w", filepath.Base(in.path), err)
		}
	}
	return nil
}

func (r *runner) file(ctx context.Context, in input) (err error) {
	f, err := r.From.Open(in.path)
	if err != nil {
		return errors.New(plainReason(err))
	}
	defer f.Close()
	k := &r.Mapping.spec.Kinds[in.kind]
	rows, err := k.open(&counter{src: f, done: &r.done})
	if err != nil {
		return err
	}
	out := r.rejects(in.path, rows)
	defer func() {
		if closed := out.close(); err == nil {
			err = closed
		}
	}()
	warn := func(key string) { r.report.Warnings[key]++ }
	return r.rows(ctx, rows, newShaper(k, rows.header(), r.Zone, r.Now, warn), filepath.Base(in.path), out)
}

func (r *runner) rejects(path string, rows rows) *rejects {
	out := &rejects{header: rows.header(), comma: ','}
	if c, ok := rows.(*csvLines); ok {
		out.comma = c.comma
	}
	if r.Guarded {
		out.guard = people.Guarded
	}
	if r.Rejected != nil {
		out.open = func() (io.WriteCloser, error) { return r.Rejected(path) }
	}
	return out
}

func (r *runner) rows(ctx context.Context, rows rows, s *shaper, file string, out *rejects) error {
	for {
		l, err := rows.next()
		if errors.Is(err, io.EOF) {
			return r.flush(ctx, file, out)
		}
		if err != nil {
			return errors.Join(err, r.flush(ctx, file, out))
		}
		var rec Record
		skipped := false
		if l.problem == nil {
			rec, skipped, l.problem = s.record(l.fields)
		}
		if skipped {
			r.report.Warnings["ingest.row_skipped"]++
			continue
		}
		rec.Place = Place{File: file, Line: l.number}
		if r.batch.add(l, rec); r.batch.full() {
			if err := r.flush(ctx, file, out); err != nil {
				return err
			}
		}
	}
}

func (b *batch) add(l line, rec Record) {
	b.rows = append(b.rows, batchRow{line: l, record: l.problem == nil})
	if l.problem == nil {
		b.records = append(b.records, rec)
	}
	for _, f := range l.fields {
		b.bytes += len(f)
	}
}

func (b *batch) full() bool { return len(b.rows) >= batchRows || b.bytes >= batchBytes }

// flush gives the batch to the sink and settles every row of it in the order of the file.
func (r *runner) flush(ctx context.Context, file string, out *rejects) error {
	b := r.batch
	r.batch = batch{}
	outcomes, err := r.take(ctx, b.records)
	if err != nil {
		return err
	}
	next := 0
	for _, row := range b.rows {
		problem := row.line.problem
		if row.record {
			o := outcomes[next]
			next++
			r.report.add(o)
			problem = o.Problem
		}
		if problem == nil {
			continue
		}
		if err := r.reject(*problem, row.line, file, out); err != nil {
			return err
		}
	}
	if r.Progress != nil {
		r.Progress(r.done, r.total)
	}
	return nil
}

func (r *runner) take(ctx context.Context, records []Record) ([]Outcome, error) {
	if err := ctx.Err(); err != nil || len(records) == 0 {
		return nil, err
	}
	outcomes, err := r.Sink.Take(ctx, records)
	if err == nil && len(outcomes) != len(records) {
		err = fmt.Errorf("sink answered %d of %d records", len(outcomes), len(records))
	}
	return outcomes, err
}

func (r *runner) reject(p Problem, l line, file string, out *rejects) error {
	p.Place, p.Line = Place{File: file, Line: l.number}, l.fields
	r.report.Rejected++
	reason := r.reason(p)
	if len(r.report.Problems) < problemLimit {
		r.report.Problems = append(r.report.Problems, Trouble{File: file, Line: l.number, Column: p.Column, Key: p.Key, Reason: reason})
	}
	if r.Problem != nil {
		r.Problem(p)
	}
	return out.write(l.number, l.fields, l.raw, reason)
}

// reason is the sentence for a person: the column, where there is one, and what is wrong.
func (r *runner) reason(p Problem) string {
	text := r.reader.T(p.Key, p.Args...)
	switch {
	case p.Column == "":
		return text
	case r.reader.Dir() == "rtl":
		return i18n.Isolate(p.Column) + ": " + text
	}
	return p.Column + ": " + text
}

// counter counts the bytes read of a file, for progress.
type counter struct {
	src  io.Reader
	done *int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	*c.done += int64(n)
	return n, err
}
