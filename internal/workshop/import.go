package workshop

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/task"
)

// mark is what an import has counted up to a line. It is kept in the transaction of every batch.
type mark struct {
	Line  int           `json:"line"`
	Taken int           `json:"taken"`
	Known int           `json:"known"`
	New   ingest.Counts `json:"new"`
}

// plus counts a batch. Of lines that an earlier attempt counted only what is really new counts again: that they are known
// now is this task's own doing.
func (m mark) plus(records []ingest.Record, out []ingest.Outcome) mark {
	for i, o := range out {
		again := records[i].Place.Line <= m.Line
		switch {
		case o.Problem != nil:
		case o.Unchanged && !again:
			m.Known++
		case !o.Unchanged && !again:
			m.Taken++
		case o.Counts != (ingest.Counts{}):
			m.Taken++
		}
		m.New.Plus(o.Counts)
	}
	if n := len(records); n > 0 {
		m.Line = max(m.Line, records[n-1].Place.Line)
	}
	return m
}

// counting is the sink of an import: what a batch brings and that it was counted are written together.
type counting struct {
	*piece
	mark mark
}

// Take implements ingest.Sink.
func (c *counting) Take(ctx context.Context, records []ingest.Record) ([]ingest.Outcome, error) {
	var next mark
	out, err := c.Store.TakeAnd(ctx, records, func(ctx context.Context, out []ingest.Outcome) error {
		next = c.mark.plus(records, out)
		text, err := json.Marshal(next)
		if err != nil {
			return err
		}
		t := c.at()
		t.Mark = string(text)
		return c.Tasks.Note(ctx, t)
	})
	if err == nil {
		c.mark = next
	}
	return out, err
}

// result is what the import has done so far.
func (c *counting) result(r task.Result, report ingest.Report) task.Result {
	n := c.mark.New
	r.Taken, r.Known, r.Refused, r.Skipped = c.mark.Taken, c.mark.Known, report.Rejected, report.Warnings["ingest.row_skipped"]
	r.New = map[string]int{}
	for name, count := range map[string]int{"runs": n.Runs, "interactions": n.Interactions, "responses": n.Responses, "ratings": n.Ratings, "customers": n.Customers,
		"employees": n.Employees, "teams": n.Teams, "touchpoints": n.Touchpoints, "journeys": n.Journeys} {
		if count > 0 {
			r.New[name] = count
		}
	}
	return r
}

// importFile takes the upload in. Its rejected rows become the task's file.
func (p *piece) importFile(ctx context.Context) (task.Result, error) {
	var r task.Result
	mapping, err := ingest.BuiltIn(p.task.Asked.Mapping)
	if err != nil {
		return r, err
	}
	sink := &counting{piece: p}
	if p.task.Mark != "" {
		if err := json.Unmarshal([]byte(p.task.Mark), &sink.mark); err != nil {
			return r, fmt.Errorf("read the mark of task %d: %w", p.task.ID, err)
		}
	}
	p.change(func(t *task.Task) { t.Done = 0 })
	read := int64(0)
	var rejected *task.Writer
	report, err := ingest.Run(ctx, ingest.Import{Mapping: mapping, Files: []string{p.task.Asked.File}, Sink: sink, Now: p.Now(), Zone: p.Zone, Guarded: true,
		From: p.Tasks.Files(ctx, p.task, func(lines int64) { read += lines }),
		Progress: func(int64, int64) {
			p.change(func(t *task.Task) { t.Done = min(read, t.Total) })
		},
		Problem: func(problem ingest.Problem) {
			if len(r.Problems) < task.MaxListed {
				r.Problems = append(r.Problems, task.Problem{Line: problem.Place.Line, Column: problem.Column, Key: problem.Key, Args: problem.Args})
			}
		},
		Rejected: func(file string) (io.WriteCloser, error) {
			rejected = p.Tasks.Write(ctx, p.at(), task.Out)
			return rejected, nil
		}})
	if rejected != nil {
		r.File, r.Size = ingest.RejectedPath(p.task.Asked.File), rejected.Size
	}
	r = sink.result(r, report)
	if err != nil {
		return r, err
	}
	return r, p.Store.NameThings(ctx, mapping.Texts())
}
