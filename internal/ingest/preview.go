package ingest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

// What a preview shows, and how far into the file it looks for problems.
const (
	previewRows = 5
	previewLook = 1000
)

// Preview is what an import would make of a file, found out without keeping anything.
type Preview struct {
	Mapping string // its name
	Kind    string // of the mapping's files, the one this is
	Columns []Use
	Rows    []PreviewRow // the first few
	Read    int          // rows looked at
	Refused int          // of those
	Skipped int          // of those: the mapping passes them over
	More    bool         // the file goes on behind the rows looked at
	Trouble []Trouble    // the first problemLimit refused rows
}

// Use is one column of a file and what it becomes. Means are names such as "customer_name"; none when the column is not read.
type Use struct {
	Column string
	Means  []string
	Sample string // the first value that is not empty, shortened
}

// PreviewRow is one row and what it says, or why it would be refused.
type PreviewRow struct {
	Line    int
	Record  Record
	Problem *Trouble
}

// Recognise finds the built-in mapping that knows most of a file's columns and lacks none it needs. A file that fits no
// mapping is refused; where its header cannot even be read, with the reason.
func Recognise(from fs.FS, file string) (*Mapping, error) {
	var best *Mapping
	var unreadable error
	most := 0
	for _, name := range Mappings() {
		m, err := LoadMapping(name)
		if err != nil {
			return nil, err
		}
		kind, err := m.kindOf(from, file)
		if f := fault.Of(err); f != nil && f.Kind == fault.KindInvalid {
			if key := f.Fields[0].Key; key != "ingest.columns_missing" && key != "ingest.file_unrecognised" {
				unreadable = err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if _, known, err := m.spec.Kinds[kind].missing(from, file); err == nil && known > most {
			best, most = m, known
		}
	}
	switch {
	case best == nil && unreadable != nil:
		return nil, unreadable
	case best == nil:
		return nil, fault.Invalid(fault.Field{Name: "file", Key: "ingest.header_unknown"})
	}
	return best, nil
}

// About says in a few English words what the mapping is for.
func (m *Mapping) About() string { return m.spec.About }

// Look reads the beginning of the one file of an import and says what would become of it. Nothing reaches a sink. A file
// the mapping does not know is refused as Run refuses it.
func Look(ctx context.Context, imp Import) (Preview, error) {
	r := newRunner(ctx, imp)
	inputs, ignored, err := r.Mapping.recognise(r.From, r.Files)
	if err != nil {
		return Preview{}, err
	}
	if len(ignored) > 0 || len(inputs) != 1 {
		return Preview{}, fault.Invalid(fault.Field{Name: "file", Key: "ingest.file_ignored"})
	}
	k := &r.Mapping.spec.Kinds[inputs[0].kind]
	f, err := r.From.Open(inputs[0].path)
	if err != nil {
		return Preview{}, err
	}
	defer f.Close()
	rows, err := k.open(f)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Mapping: r.Mapping.name, Kind: k.Name}
	err = r.look(rows, newShaper(k, rows.header(), r.Zone, r.Now, func(string) {}), &p)
	return p, err
}

func (r *runner) look(rows rows, s *shaper, p *Preview) error {
	p.Columns = s.kind.uses(rows.header())
	for p.Read < previewLook {
		l, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		p.Read++
		p.sample(l)
		var rec Record
		skipped := false
		if l.problem == nil {
			rec, skipped, l.problem = s.record(l.fields)
		}
		if skipped {
			p.Skipped++
			continue
		}
		p.note(r, l, rec)
	}
	_, err := rows.next()
	p.More = err == nil
	return nil
}

func (p *Preview) note(r *runner, l line, rec Record) {
	var trouble *Trouble
	if l.problem != nil {
		p.Refused++
		trouble = &Trouble{Line: l.number, Column: l.problem.Column, Key: l.problem.Key, Reason: r.reason(*l.problem)}
		if len(p.Trouble) < problemLimit {
			p.Trouble = append(p.Trouble, *trouble)
		}
	}
	if len(p.Rows) < previewRows {
		p.Rows = append(p.Rows, PreviewRow{Line: l.number, Record: rec, Problem: trouble})
	}
}

func (p *Preview) sample(l line) {
	for i := range p.Columns {
		if u := &p.Columns[i]; u.Sample == "" && i < len(l.fields) && !l.raw {
			u.Sample = short(clean(l.fields[i]))
		}
	}
}

// uses says of every column of a header what the kind makes of it.
func (k *kind) uses(header []string) []Use {
	means := map[string][]string{}
	note := func(s *source, meaning string) {
		for _, column := range slices.Concat(s.any, s.join) {
			if !slices.Contains(means[column], meaning) {
				means[column] = append(means[column], meaning)
			}
		}
	}
	k.each(note)
	out := make([]Use, 0, len(header))
	for _, column := range original(header) {
		out = append(out, Use{Column: column, Means: means[column]})
	}
	return out
}

// Meanings are the names that Use.Means holds.
var Meanings = []string{"condition", "run", "journey", "completed", "customer", "customer_name", "customer_email", "customer_phone",
	"customer_language", "customer_segment", "contact", "touchpoint", "channel", "started", "ended", "topic", "resolved",
	"promise_due", "promise_kept", "employee", "team", "answer", "answered_at", "overall", "expectation", "comment",
	"answer_language", "wants_contact", "rating"}

// each names every source of the kind by what it is for.
func (k *kind) each(note func(s *source, meaning string)) {
	both := func(n *named, meaning string) { note(&n.from, meaning); note(&n.label, meaning) }
	for i := range k.Where {
		note(&k.Where[i].Column, "condition")
	}
	note(&k.Run, "run")
	if k.Journey != nil {
		both(k.Journey, "journey")
	}
	c := &k.Customer
	note(&c.Key, "customer")
	for i := range c.Aliases {
		note(&c.Aliases[i], "customer")
	}
	note(&c.Name, "customer_name")
	note(&c.Email, "customer_email")
	note(&c.Phone, "customer_phone")
	note(&c.Language, "customer_language")
	note(&c.Segment, "customer_segment")
	for i := range k.Contacts {
		k.Contacts[i].each(note, both)
	}
	note(&k.Completed.from, "completed")
	if k.Answer != nil {
		k.Answer.each(note, both)
	}
}

func (c *contact) each(note func(*source, string), both func(*named, string)) {
	both(&c.Touchpoint, "touchpoint")
	note(&c.Key, "contact")
	note(&c.Channel, "channel")
	note(&c.Started, "started")
	note(&c.Ended, "ended")
	note(&c.Topic, "topic")
	note(&c.Resolved, "resolved")
	note(&c.Promise.Due, "promise_due")
	note(&c.Promise.Kept, "promise_kept")
	for _, p := range c.people() {
		both(&p.Employee, "employee")
		for j := range p.Team {
			note(&p.Team[j], "team")
		}
	}
}

func (a *answerRule) each(note func(*source, string), both func(*named, string)) {
	note(&a.Key, "answer")
	note(&a.At, "answered_at")
	note(&a.Overall, "overall")
	note(&a.Expectation, "expectation")
	note(&a.Comment, "comment")
	note(&a.Language, "answer_language")
	note(&a.Resolved, "resolved")
	note(&a.WantsContact, "wants_contact")
	for i := range a.Ratings {
		r := &a.Ratings[i]
		both(&r.Touchpoint, "touchpoint")
		note(&r.Value, "rating")
		note(&r.Expectation, "expectation")
		note(&r.Comment, "comment")
		note(&source{join: r.Columns}, "rating")
	}
}

// newRunner fills in what an import left to us.
func newRunner(ctx context.Context, imp Import) runner {
	r := runner{Import: imp, reader: i18n.From(ctx), report: Report{Warnings: map[string]int{}}}
	if r.From == nil {
		r.From = disk{}
	}
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	r.Zone = cmp.Or(r.Mapping.zone, r.Zone, time.UTC)
	return r
}
