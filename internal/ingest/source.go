package ingest

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// source says where a value comes from. In YAML it is a column's name; a list of names, of which the first that has a
// value counts; or an object:
//
//	{column: NAME or [NAMES], optional: true, words: {satisfied: 1}, none: ["0"], yes: [Y], no: [N], dates: [FORMS]}
//	{columns: [A, B], join: "\n"}   all that have a value, joined
//	{value: TEXT}                   the same for every row
type source struct {
	any      []string
	join     []string
	with     string
	fixed    string
	optional bool
	words    map[string]string // what the file writes, in lower case → what it means
	none     []string          // means "does not apply"
	forms    []dateForm
}

func (s *source) said() bool { return len(s.any) > 0 || len(s.join) > 0 || s.fixed != "" }

// column names the source in messages.
func (s *source) column() string { return strings.Join(slices.Concat(s.any, s.join), ", ") }

func (s *source) UnmarshalYAML(n *yaml.Node) error {
	n = target(n)
	if n.Kind != yaml.MappingNode {
		return decodeNames(n, &s.any)
	}
	var o struct {
		Column, Columns, Join, Value, Optional, Words, None, Yes, No, Dates yaml.Node
	}
	if err := decodeObject(n, &o, "column", "columns", "join", "value", "optional", "words", "none", "yes", "no", "dates"); err != nil {
		return err
	}
	var yes, no, dates []string
	var words map[string]string
	for _, part := range []struct {
		node *yaml.Node
		into any
	}{
		{&o.Columns, &s.join}, {&o.Join, &s.with}, {&o.Value, &s.fixed}, {&o.Optional, &s.optional}, {&o.Words, &words},
		{&o.None, &s.none}, {&o.Yes, &yes}, {&o.No, &no}, {&o.Dates, &dates},
	} {
		if part.node.Kind == 0 {
			continue
		}
		if err := part.node.Decode(part.into); err != nil {
			return err
		}
	}
	if o.Column.Kind != 0 {
		if err := decodeNames(&o.Column, &s.any); err != nil {
			return err
		}
	}
	if count(len(s.any) > 0, len(s.join) > 0, s.fixed != "") != 1 {
		return at(n, "needs exactly one of column, columns, value")
	}
	s.learn(words, yes, no)
	return s.readForms(n, dates)
}

func (s *source) learn(words map[string]string, yes, no []string) {
	if len(words)+len(yes)+len(no) == 0 {
		return
	}
	s.words = map[string]string{}
	for word, meaning := range words {
		s.words[strings.ToLower(word)] = meaning
	}
	for _, word := range yes {
		s.words[strings.ToLower(word)] = "yes"
	}
	for _, word := range no {
		s.words[strings.ToLower(word)] = "no"
	}
}

func (s *source) readForms(n *yaml.Node, dates []string) error {
	for _, d := range dates {
		form, ok := newDateForm(d)
		if !ok {
			return at(n, fmt.Sprintf("date form %q is not understood", d))
		}
		s.forms = append(s.forms, form)
	}
	return nil
}

// named says where a thing with a key and a name comes from: a column (SOURCE), two columns ({column: ID, name_column:
// NAME}), or the mapping itself ({fixed: KEY, name: TEXT or {en: …, fa: …}}).
type named struct {
	fixed string
	name  i18n.Text
	from  source
	label source
}

func (s *named) said() bool { return s.fixed != "" || s.from.said() }

// constant is the thing that every record names.
func (s *named) constant() Named {
	n := Named{Key: s.fixed, Name: s.name.In(i18n.English)}
	if n.Name == n.Key {
		n.Name = ""
	}
	return n
}

func (s *named) UnmarshalYAML(n *yaml.Node) error {
	n = target(n)
	if n.Kind != yaml.MappingNode || !hasKey(n, "fixed") && !hasKey(n, "name_column") {
		return n.Decode(&s.from)
	}
	var o struct {
		Fixed  string
		Name   yaml.Node
		Column yaml.Node
		Label  source `yaml:"name_column"`
	}
	if err := decodeObject(n, &o, "fixed", "name", "column", "name_column"); err != nil {
		return err
	}
	s.fixed, s.label = o.Fixed, o.Label
	if (s.fixed == "") == (o.Column.Kind == 0) {
		return at(n, "needs exactly one of fixed, column")
	}
	if o.Column.Kind != 0 {
		if err := o.Column.Decode(&s.from); err != nil {
			return err
		}
	}
	return s.readName(&o.Name)
}

func (s *named) readName(n *yaml.Node) error {
	switch n.Kind {
	case 0:
		return nil
	case yaml.ScalarNode:
		s.name = i18n.Plain(n.Value)
		return nil
	}
	if err := n.Decode(&s.name); err != nil {
		return err
	}
	for lang := range s.name {
		if _, ok := i18n.Known(string(lang)); !ok {
			return at(n, fmt.Sprintf("language %q is not one of en, fa, el, ru", lang))
		}
	}
	return nil
}

// completion says when a run is complete: at a column's time (SOURCE), at the last contact of the row ({last_contact:
// true}), or when one of these touchpoints was met ({touchpoint: [Closed]}).
type completion struct {
	from        source
	lastContact bool
	touchpoints []string
}

func (c *completion) UnmarshalYAML(n *yaml.Node) error {
	n = target(n)
	if n.Kind != yaml.MappingNode || !hasKey(n, "last_contact") && !hasKey(n, "touchpoint") {
		return n.Decode(&c.from)
	}
	var o struct {
		LastContact bool      `yaml:"last_contact"`
		Touchpoint  yaml.Node `yaml:"touchpoint"`
	}
	if err := decodeObject(n, &o, "last_contact", "touchpoint"); err != nil {
		return err
	}
	c.lastContact = o.LastContact
	if o.Touchpoint.Kind == 0 {
		return nil
	}
	return decodeNames(&o.Touchpoint, &c.touchpoints)
}

// decodeNames reads one name or a list of names.
func decodeNames(n *yaml.Node, into *[]string) error {
	n = target(n)
	if n.Kind == yaml.ScalarNode {
		if n.Value == "" {
			return at(n, "needs the name of a column")
		}
		*into = []string{n.Value}
		return nil
	}
	return n.Decode(into)
}

// decodeObject reads an object that may have these keys only; yaml's own strictness does not reach into nodes.
func decodeObject(n *yaml.Node, into any, keys ...string) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; !slices.Contains(keys, k.Value) {
			return at(k, fmt.Sprintf("field %s is not one of %s", k.Value, strings.Join(keys, ", ")))
		}
	}
	return n.Decode(into)
}

func hasKey(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// at is a problem of one place in a mapping file, which yaml collects with the others.
func at(n *yaml.Node, problem string) error {
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %s", n.Line, problem)}}
}

func count(conditions ...bool) (n int) {
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}
