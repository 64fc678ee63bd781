package ingest

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/journeyloop/journeyloop/internal/fault"
)

// input is a file that was recognised.
type input struct {
	path string
	size int64
	kind int // index in the mapping
}

// recognise looks at the header of every file before anything is taken. It returns the files in the order of the
// mapping's kinds, whatever order they were given in, and the ones the mapping ignores.
func (m *Mapping) recognise(on fs.FS, paths []string) (inputs []input, ignored []string, err error) {
	var problems fault.Problems
	for _, path := range paths {
		info, err := fs.Stat(on, path)
		if err != nil {
			problems.Add(filepath.Base(path), "ingest.file_unreadable", "detail", plainReason(err))
			continue
		}
		kind, err := m.kindOf(on, path)
		switch f := (*fault.Error)(nil); {
		case errors.As(err, &f):
			if m.ignores(path) {
				ignored = append(ignored, path)
				continue
			}
			problems = append(problems, f.Fields...)
		case err != nil:
			return nil, nil, err
		default:
			inputs = append(inputs, input{path: path, size: info.Size(), kind: kind})
		}
	}
	slices.SortStableFunc(inputs, func(a, b input) int { return a.kind - b.kind })
	return inputs, ignored, problems.Err()
}

// disk is the machine's own files, by any path: os.DirFS takes no absolute ones.
type disk struct{}

// Open implements fs.FS.
func (disk) Open(path string) (fs.File, error) { return os.Open(path) }

// Stat implements fs.StatFS.
func (disk) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

// plainReason is why a file could not be opened, without its path.
func plainReason(err error) string {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

func (m *Mapping) ignores(path string) bool { return matches(m.spec.Ignore, path) }

func matches(patterns []string, path string) bool {
	name := strings.ToLower(filepath.Base(path))
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := filepath.Match(strings.ToLower(p), name)
		return ok
	})
}

// kindOf finds the kind whose columns the file has. Where several fit, the file's name decides, then the kind that
// knows more of the columns. A file that fits none is refused with what it lacks of the kind it is named like, or of the
// nearest one.
func (m *Mapping) kindOf(on fs.FS, path string) (int, error) {
	best, fewest := -1, []string(nil)
	var score int
	var refused error
	for i := range m.spec.Kinds {
		k := &m.spec.Kinds[i]
		if (k.Format == "xes") != isXES(path) {
			continue
		}
		missing, known, err := k.missing(on, path)
		if err != nil {
			refused = cmp.Or(refused, err)
			continue
		}
		points := known - 10*len(missing)
		if len(missing) == 0 {
			points += 10_000
		}
		if matches(k.Files, path) {
			points += 5_000
		}
		if best < 0 || points > score {
			best, score, fewest = i, points, missing
		}
	}
	switch name := filepath.Base(path); {
	case best < 0 && refused != nil:
		return 0, refused
	case best < 0:
		return 0, fault.Invalid(fault.Field{Name: name, Key: "ingest.file_unrecognised"})
	case len(fewest) > 0:
		return 0, fault.Invalid(fault.Field{Name: name, Key: "ingest.columns_missing",
			Args: []any{"kind", m.spec.Kinds[best].Name, "columns", strings.Join(fewest, ", ")}})
	}
	return best, nil
}

func isXES(path string) bool { return strings.EqualFold(filepath.Ext(path), ".xes") }

// missing is which columns the file lacks for this kind, and how many of the kind's it has.
func (k *kind) missing(on fs.FS, path string) (missing []string, known int, err error) {
	if k.Format == "xes" {
		return nil, 1, nil
	}
	header, err := k.headerOf(on, path)
	if err != nil {
		return nil, 0, err
	}
	for _, s := range k.sources() {
		has := slices.ContainsFunc(slices.Concat(s.any, s.join), func(c string) bool { return slices.Contains(header, c) })
		switch {
		case has:
			known++
		case !s.optional && !slices.Contains(missing, strings.Join(s.any, " / ")):
			missing = append(missing, strings.Join(s.any, " / "))
		}
	}
	return missing, known, nil
}

// headerOf reads the header of a CSV file; a file without one is refused with the reason.
func (k *kind) headerOf(on fs.FS, path string) ([]string, error) {
	refuse := func(key string, args ...any) error {
		return fault.Invalid(fault.Field{Name: filepath.Base(path), Key: key, Args: args})
	}
	f, err := on.Open(path)
	if err != nil {
		return nil, refuse("ingest.file_unreadable", "detail", plainReason(err))
	}
	defer f.Close()
	r, err := k.open(f)
	var bad *headerError
	switch {
	case errors.Is(err, io.EOF):
		return nil, refuse("ingest.file_empty")
	case errors.As(err, &bad):
		return nil, refuse(bad.problem.Key, bad.problem.Args...)
	case err != nil:
		return nil, refuse("ingest.file_unreadable", "detail", plainReason(err))
	}
	return r.header(), nil
}

// open starts reading a file of this kind.
func (k *kind) open(src io.Reader) (rows, error) {
	text, err := decoded(src, k.Encoding)
	if err != nil {
		return nil, err
	}
	if k.Format == "xes" {
		return newXES(text, k.wanted()), nil
	}
	var comma byte
	if k.Delimiter != "" {
		comma = k.Delimiter[0]
	}
	return newCSV(text, k.Encoding, comma)
}

// wanted is every column the kind names.
func (k *kind) wanted() (columns []string) {
	for _, s := range k.sources() {
		for _, c := range s.any {
			if !slices.Contains(columns, c) {
				columns = append(columns, c)
			}
		}
	}
	return columns
}

// sources is every source of the kind that reads columns; joined columns are needed each for itself.
func (k *kind) sources() (all []source) {
	add := func(sources ...*source) {
		for _, s := range sources {
			if len(s.any) > 0 {
				all = append(all, *s)
			}
			for _, c := range s.join {
				all = append(all, source{any: []string{c}, optional: s.optional})
			}
		}
	}
	addNamed := func(n *named) { add(&n.from, &n.label) }
	for i := range k.Where {
		add(&k.Where[i].Column)
	}
	add(&k.Run, &k.Customer.Key, &k.Customer.Name, &k.Customer.Email, &k.Customer.Phone, &k.Customer.Language, &k.Customer.Segment)
	for i := range k.Customer.Aliases {
		add(&k.Customer.Aliases[i])
	}
	if k.Journey != nil && k.Run.said() {
		addNamed(k.Journey)
	}
	for i := range k.Contacts {
		c := &k.Contacts[i]
		addNamed(&c.Touchpoint)
		for _, p := range c.people() {
			addNamed(&p.Employee)
			for j := range p.Team {
				add(&p.Team[j])
			}
		}
		add(&c.Key, &c.Channel, &c.Started, &c.Ended, &c.Topic, &c.Resolved, &c.Promise.Due, &c.Promise.Kept)
	}
	if a := k.Answer; a != nil {
		add(&a.Key, &a.At, &a.Overall, &a.Expectation, &a.Comment, &a.Language, &a.Resolved, &a.WantsContact)
		for i := range a.Ratings {
			r := &a.Ratings[i]
			addNamed(&r.Touchpoint)
			add(&r.Value, &r.Expectation, &r.Comment, &source{join: r.Columns})
		}
	}
	add(&k.Completed.from)
	return all
}
