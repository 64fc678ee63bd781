package ingest

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Mapping says which column of which file is what. It is read from YAML; mappings/*.yaml are the examples to copy.
type Mapping struct {
	name string
	spec spec
	zone *time.Location // nil: the company's
}

// Name is the name of a built-in mapping, or the path it was read from.
func (m *Mapping) Name() string { return m.name }

// spec is a mapping file.
type spec struct {
	About   string   `yaml:"about"`
	Zone    string   `yaml:"zone"`    // IANA name; the company's when not said
	Dates   []string `yaml:"dates"`   // forms, tried in this order
	Journey *named   `yaml:"journey"` // of every kind that does not say its own
	Ignore  []string `yaml:"ignore"`  // name patterns of files that may lie beside the others and say nothing
	Kinds   []kind   `yaml:"kinds"`   // in the order they are taken
}

// kind is one sort of file: how it is recognised and what its columns say.
type kind struct {
	Name      string       `yaml:"name"`
	Files     []string     `yaml:"files"` // name patterns; the columns decide where they can
	Format    string       `yaml:"format"`
	Encoding  string       `yaml:"encoding"`
	Delimiter string       `yaml:"delimiter"`
	Dates     []string     `yaml:"dates"`
	Where     []condition  `yaml:"where"` // rows that meet not all of these are skipped and counted
	Journey   *named       `yaml:"journey"`
	Run       source       `yaml:"run"`
	Customer  customerRule `yaml:"customer"`
	Contacts  []contact    `yaml:"contacts"`
	Answer    *answerRule  `yaml:"answer"`
	Completed completion   `yaml:"completed"`

	forms []dateForm
}

type condition struct {
	Column source   `yaml:"column"`
	In     []string `yaml:"in"`
}

type customerRule struct {
	Key      source   `yaml:"key"`
	Aliases  []source `yaml:"aliases"`
	Name     source   `yaml:"name"`
	Email    source   `yaml:"email"`
	Phone    source   `yaml:"phone"`
	Language source   `yaml:"language"`
	Segment  source   `yaml:"segment"`
}

// contact without Started adds to the contact with the same key that another kind brought.
//
// Without Key, a fixed touchpoint is met once per run; otherwise the key is made of what the row says.
type contact struct {
	Key        source      `yaml:"key"`
	Touchpoint named       `yaml:"touchpoint"`
	Judged     string      `yaml:"judged"`
	Element    string      `yaml:"element"`
	Channel    source      `yaml:"channel"`
	Started    source      `yaml:"started"`
	Ended      source      `yaml:"ended"`
	Employee   named       `yaml:"employee"`
	Team       []source    `yaml:"team"`   // path from the top
	People     []person    `yaml:"people"` // who served besides, after the employee and team above
	Topic      source      `yaml:"topic"`
	Resolved   source      `yaml:"resolved"`
	Promise    promiseRule `yaml:"promise"`
}

type person struct {
	Employee named    `yaml:"employee"`
	Team     []source `yaml:"team"`
}

// promiseRule: Late "by date" (kept on the promised day is kept) moves the due time to the end of its day; "by time" is
// to the second.
type promiseRule struct {
	Due      source `yaml:"due"`
	Kept     source `yaml:"kept"`
	Business bool   `yaml:"business"`
	Late     string `yaml:"late"`
}

type answerRule struct {
	Key          source       `yaml:"key"`
	At           source       `yaml:"at"`
	Scale        scale        `yaml:"scale"`
	Overall      source       `yaml:"overall"`
	Expectation  source       `yaml:"expectation"`
	Comment      source       `yaml:"comment"`
	Language     source       `yaml:"language"`
	Resolved     source       `yaml:"resolved"`
	WantsContact source       `yaml:"wants_contact"`
	Ratings      []ratingRule `yaml:"ratings"`
}

// ratingRule is one rating (Touchpoint and Value), or one per column (each column a touchpoint of that name).
type ratingRule struct {
	Columns     []string `yaml:"columns"`
	None        []string `yaml:"none"`
	Touchpoint  named    `yaml:"touchpoint"`
	Value       source   `yaml:"value"`
	Judged      string   `yaml:"judged"`
	Scale       scale    `yaml:"scale"`
	Expectation source   `yaml:"expectation"`
	Comment     source   `yaml:"comment"`
}

type scale struct{ stat.Scale }

func (s *scale) UnmarshalYAML(n *yaml.Node) (err error) {
	s.Scale, err = stat.ParseScale(n.Value)
	if err != nil {
		return at(n, err.Error())
	}
	return nil
}

//go:embed mappings/*.yaml
var builtIn embed.FS

// Reference is a mapping that says everything a mapping can say, explained line by line.
//
//go:embed reference.yaml
var Reference string

// Mappings lists the names of the built-in mappings.
func Mappings() []string {
	files, _ := fs.Glob(builtIn, "mappings/*.yaml")
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return names
}

// BuiltIn reads a built-in mapping by name, and nothing else: names that come from a page are no paths.
func BuiltIn(name string) (*Mapping, error) {
	if !slices.Contains(Mappings(), name) {
		return nil, fault.Missing("ingest.mapping_missing", "name", name, "names", strings.Join(Mappings(), ", "))
	}
	return LoadMapping(name)
}

// LoadMapping reads a built-in mapping by name, or a mapping file by path (…/shop.yaml). What is wrong with it comes
// back as an Invalid fault whose fields are named by line, or Missing when there is no such mapping.
func LoadMapping(nameOrPath string) (*Mapping, error) {
	text, err := builtIn.ReadFile("mappings/" + nameOrPath + ".yaml")
	if err != nil {
		text, err = os.ReadFile(nameOrPath)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Missing("ingest.mapping_missing", "name", nameOrPath, "names", strings.Join(Mappings(), ", "))
	case err != nil:
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	return ParseMapping(nameOrPath, text)
}

// ParseMapping reads a mapping file's text; name is for messages.
func ParseMapping(name string, text []byte) (*Mapping, error) {
	m := &Mapping{name: name}
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	dec.KnownFields(true)
	if err := dec.Decode(&m.spec); err != nil {
		return nil, unreadable(name, err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, unreadable(name, err)
	}
	c := checker{name: name, root: &root}
	c.mapping(m)
	return m, c.problems.Err()
}

func unreadable(name string, err error) error {
	var p fault.Problems
	details := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	if t, ok := errors.AsType[*yaml.TypeError](err); ok {
		details = t.Errors
	}
	for _, d := range details {
		where := name
		if before, after, ok := strings.Cut(d, ": "); ok && strings.HasPrefix(before, "line ") {
			where, d = name+":"+strings.TrimPrefix(before, "line "), after
		}
		p.Add(where, "ingest.mapping_unreadable", "detail", strings.ReplaceAll(d, " in type ingest.", " in "))
	}
	return p.Err()
}

// Texts is what the mapping says in several languages about journeys and touchpoints with a fixed key, by that key.
// Records carry the English name; whoever creates the touchpoint may look the others up here.
func (m *Mapping) Texts() map[string]i18n.Text {
	texts := map[string]i18n.Text{}
	note := func(n *named) {
		if n != nil && n.fixed != "" && len(n.name) > 0 {
			texts[n.fixed] = n.name
		}
	}
	note(m.spec.Journey)
	for i := range m.spec.Kinds {
		k := &m.spec.Kinds[i]
		note(k.Journey)
		for j := range k.Contacts {
			note(&k.Contacts[j].Touchpoint)
		}
		if k.Answer != nil {
			for j := range k.Answer.Ratings {
				note(&k.Answer.Ratings[j].Touchpoint)
			}
		}
	}
	return texts
}
