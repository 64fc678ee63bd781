package people

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
)

// MaxImport is how large a file of employees may be, in bytes.
const MaxImport = 10 << 20

// Columns of a file of employees, as the export writes them. key and name must be there; what a file leaves out stays as
// it is, an empty cell empties.
var Columns = []string{"key", "name", "team", "email", "language", "active"}

// Wrong is one problem of a file: where it stands and why, as a message key.
type Wrong struct {
	Line, Column int // from 1; column 0 is the whole line
	Name         string
	Key          string
	Args         []any
}

// Report says what a file of employees changed.
type Report struct {
	Added, Changed, Unchanged, Teams, Rejected int
	Wrong                                      []Wrong // the first maxWrong of them
}

const maxWrong = 200

func (r *Report) reject(w ...Wrong) {
	r.Rejected++
	r.Wrong = append(r.Wrong, w[:min(len(w), maxWrong-min(maxWrong, len(r.Wrong)))]...)
}

// Import takes employees from a CSV file: UTF-8, separated by comma, semicolon or tab, the first line naming Columns. A
// team is a path of names from the top, separated by "/"; unknown teams are added. Wrong rows are reported and do not
// stop the rest; the same file again changes nothing. A file that cannot be read as such is Invalid: file.
func (s *Service) Import(ctx context.Context, actor Actor, file []byte) (Report, error) {
	var report Report
	sheet, err := openSheet(file)
	if err != nil {
		return report, err
	}
	err = s.change(ctx, actor, func(ctx context.Context) error {
		tree, err := s.Store.Tree(ctx)
		if err != nil {
			return err
		}
		t := taking{s: s, ctx: ctx, actor: actor, tree: tree, report: &report, seen: map[string]int{}}
		return t.all(sheet)
	})
	return report, err
}

// sheet is a file whose first line was understood.
type sheet struct {
	csv    *csv.Reader
	column map[string]int // index by name
}

func unreadable(key string, args ...any) error {
	return fault.Invalid(fault.Field{Name: "file", Key: key, Args: args})
}

func openSheet(file []byte) (*sheet, error) {
	switch {
	case len(file) > MaxImport:
		return nil, unreadable("people.import.too_large", "mb", MaxImport>>20)
	case bytes.HasPrefix(file, []byte{0xff, 0xfe}), bytes.HasPrefix(file, []byte{0xfe, 0xff}), !utf8.Valid(file):
		return nil, unreadable("people.import.encoding")
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if len(bytes.TrimSpace(file)) == 0 {
		return nil, unreadable("people.import.empty")
	}
	head, _, _ := bytes.Cut(file, []byte("\n"))
	s := &sheet{csv: csv.NewReader(bytes.NewReader(file)), column: map[string]int{}}
	s.csv.Comma, s.csv.FieldsPerRecord = separator(string(head)), -1
	names, err := s.csv.Read()
	if err != nil {
		return nil, unreadable("people.import.header")
	}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := s.column[name]; twice && name != "" {
			return nil, unreadable("people.import.column_twice", "column", name)
		}
		s.column[name] = i
	}
	for _, name := range []string{"key", "name"} {
		if _, ok := s.column[name]; !ok {
			return nil, unreadable("people.import.column_missing", "column", name, "columns", strings.Join(Columns, ", "))
		}
	}
	return s, nil
}

// separator is the one that stands most often in the head line.
func separator(head string) rune {
	best := ','
	for _, r := range []rune{';', '\t'} {
		if strings.Count(head, string(r)) > strings.Count(head, string(best)) {
			best = r
		}
	}
	return best
}

// next reads one row; wrong tells of a line that is no CSV. The end is io.EOF.
func (s *sheet) next() (cells []string, wrong *Wrong, err error) {
	cells, err = s.csv.Read()
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return nil, &Wrong{Line: broken.StartLine, Column: 0, Key: "people.import.quotes"}, nil
	}
	return cells, nil, err
}

// cell returns a named cell and whether the file has that column.
func (s *sheet) cell(cells []string, name string) (string, bool) {
	i, ok := s.column[name]
	if !ok || i >= len(cells) {
		return "", ok
	}
	return Unguarded(cells[i]), true
}

// formulas are what a spreadsheet may take a cell for a formula by, the wide forms of East Asian keyboards too.
const formulas = "=+-@\t\r\n＝＋－＠"

// Guarded keeps a cell from being read as a formula by spreadsheets: an apostrophe goes before it.
func Guarded(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune(formulas, first) {
		return "'" + cell
	}
	return cell
}

// Unguarded takes back what Guarded did.
func Unguarded(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && Guarded(rest) != rest {
		return rest
	}
	return cell
}

// taking is one file on its way in.
type taking struct {
	s      *Service
	ctx    context.Context
	actor  Actor
	tree   Tree
	report *Report
	seen   map[string]int // line by key
}

// portion is how many rows are looked up at once.
const portion = 500

// row is one line of the file and where it stands.
type row struct {
	cells []string
	line  int
}

func (t *taking) all(sh *sheet) error {
	for {
		rows, done, err := t.portion(sh)
		if err != nil {
			return err
		}
		if err := t.take(sh, rows); err != nil || done {
			return err
		}
	}
}

// portion reads the next rows, leaving out those that are no rows.
func (t *taking) portion(sh *sheet) (rows []row, done bool, err error) {
	for len(rows) < portion {
		cells, wrong, err := sh.next()
		switch {
		case errors.Is(err, io.EOF):
			return rows, true, nil
		case err != nil:
			return nil, false, err
		case wrong != nil:
			t.report.reject(*wrong)
			continue
		}
		line, _ := sh.csv.FieldPos(0)
		rows = append(rows, row{cells: cells, line: line})
	}
	return rows, false, nil
}

func (t *taking) take(sh *sheet, rows []row) error {
	keys := make([]string, 0, len(rows))
	for _, r := range rows {
		key, _ := sh.cell(r.cells, "key")
		keys = append(keys, clean(key))
	}
	known, err := t.s.Store.EmployeesByKey(t.ctx, keys)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if err := t.one(sh, r, known[keys[i]]); err != nil {
			return err
		}
	}
	return nil
}

// one takes one row in, or reports why not.
func (t *taking) one(sh *sheet, r row, old Employee) error {
	e := old
	var p fault.Problems
	t.fill(sh, r.cells, &e, &p)
	if at, twice := t.seen[e.Key]; twice && e.Key != "" {
		p.Add("key", "people.import.key_twice", "line", at)
	}
	t.seen[e.Key] = r.line
	var path []string
	if cell, has := sh.cell(r.cells, "team"); has {
		e.TeamID = 0
		if path = teamPath(cell); path != nil {
			e.TeamID = t.find(path)
		}
	}
	for _, name := range path {
		line(&p, "team", name, true)
	}
	if err := e.check(t.tree); err != nil {
		p = append(p, fault.Of(err).Fields...)
	}
	if len(p) > 0 {
		t.reject(sh, r, p)
		return nil
	}
	if path != nil && e.TeamID == 0 {
		var err error
		if e.TeamID, err = t.grow(path); err != nil {
			return err
		}
	}
	return t.put(old, e)
}

func (t *taking) put(old, e Employee) error {
	fresh := e.ID == 0
	if err := t.s.put(t.ctx, t.actor, old, &e); err != nil {
		return err
	}
	switch {
	case fresh:
		t.report.Added++
	case e == old:
		t.report.Unchanged++
	default:
		t.report.Changed++
	}
	return nil
}

func (t *taking) reject(sh *sheet, r row, p fault.Problems) {
	var wrong []Wrong
	for _, f := range p {
		w := Wrong{Line: r.line, Name: f.Name, Key: f.Key, Args: f.Args}
		if i, ok := sh.column[f.Name]; ok {
			w.Column = i + 1
		}
		wrong = append(wrong, w)
	}
	t.report.reject(wrong...)
}

// fill copies the cells that the file has.
func (t *taking) fill(sh *sheet, cells []string, e *Employee, p *fault.Problems) {
	for name, into := range map[string]*string{"key": &e.Key, "name": &e.Name, "email": &e.Email} {
		if cell, has := sh.cell(cells, name); has {
			if strings.ContainsRune(cell, 0) {
				p.Add(name, "people.import.nul")
			}
			*into = clean(cell)
		}
	}
	if cell, has := sh.cell(cells, "language"); has {
		e.Language = i18n.Lang(strings.ToLower(clean(cell)))
	}
	cell, has := sh.cell(cells, "active")
	switch strings.ToLower(clean(cell)) {
	case "": // an employee is active unless the file says no
		e.Active = e.Active || has || e.ID == 0
	case "1", "true", "yes":
		e.Active = true
	case "0", "false", "no":
		e.Active = false
	default:
		p.Add("active", "people.import.active_wrong")
	}
}

// teamPath cuts "Company / Shops / Centre" at its slashes; nil for an empty cell.
func teamPath(cell string) []string {
	var path []string
	for _, name := range strings.Split(cell, "/") {
		if name = clean(name); name != "" {
			path = append(path, name)
		}
	}
	return path
}

// find looks a path of names (in any language) or keys up in the tree; 0 when it is not there.
func (t *taking) find(path []string) int64 {
	var at int64
	for _, name := range path {
		if at = t.child(at, name); at == 0 {
			return 0
		}
	}
	return at
}

func (t *taking) child(parent int64, name string) int64 {
	for _, id := range t.tree.Children(parent) {
		team := t.tree.Teams[id]
		if team.Key == name {
			return id
		}
		for _, own := range team.Name {
			if i18n.Normalize(own) == i18n.Normalize(name) {
				return id
			}
		}
	}
	return 0
}

// grow adds what is missing of a path and returns its last team.
func (t *taking) grow(path []string) (int64, error) {
	var at int64
	for n, name := range path {
		if next := t.child(at, name); next != 0 {
			at = next
			continue
		}
		team := Team{ID: id.New(), Key: t.freeKey(strings.Join(path[:n+1], " / ")), Name: i18n.Plain(name), ParentID: at, CreatedAt: t.s.Now()}
		team.Search = teamSearch(team)
		if err := t.s.Store.SaveTeam(t.ctx, team); err != nil {
			return 0, err
		}
		if err := t.s.tell(t.ctx, t.actor, event.TeamChanged, "team", team.ID, nil); err != nil {
			return 0, err
		}
		t.tree.add(team)
		t.report.Teams++
		at = team.ID
	}
	return at, nil
}

// freeKey is the key a team of this path gets; a team elsewhere may have taken it.
func (t *taking) freeKey(key string) string {
	taken := func(k string) bool {
		for _, team := range t.tree.Teams {
			if team.Key == k {
				return true
			}
		}
		return false
	}
	for taken(key) {
		key += "'"
	}
	return key
}

// add puts a new team into the tree.
func (t *Tree) add(team Team) {
	t.Teams[team.ID] = team
	t.children[team.ParentID] = append(slices.Clone(t.children[team.ParentID]), team.ID)
}
