package ingest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/journeyloop/journeyloop/internal/fault"
)

var (
	judgements = []string{"person", "process", "both"}
	elements   = []string{"", "positioning", "site", "product", "support", "logistics"}
	lateness   = []string{"by date", "by time"}
	formats    = []string{"", "csv", "xes"}
)

// checker holds a mapping against what it must say, and prepares its date forms and zone.
type checker struct {
	name     string
	root     *yaml.Node
	problems fault.Problems
}

// add notes a problem at a path such as "kinds[1].contacts[0].judged", under the line where the path leads.
func (c *checker) add(where, key string, args ...any) {
	line := lineOf(c.root, where)
	c.problems.Add(fmt.Sprintf("%s:%d %s", c.name, line, where), key, args...)
}

func (c *checker) required(said bool, where string) {
	if !said {
		c.add(where, "ingest.mapping_required")
	}
}

func (c *checker) oneOf(value string, allowed []string, where string) {
	if !slices.Contains(allowed, value) {
		c.add(where, "ingest.mapping_value", "value", value, "allowed", strings.Trim(strings.Join(allowed, ", "), ", "))
	}
}

func (c *checker) mapping(m *Mapping) {
	if z := m.spec.Zone; z != "" {
		zone, err := time.LoadLocation(z)
		if err != nil {
			c.add("zone", "ingest.mapping_zone", "value", z)
		}
		m.zone = zone
	}
	common := c.forms(m.spec.Dates, "dates")
	c.patterns(m.spec.Ignore, "ignore")
	c.required(len(m.spec.Kinds) > 0, "kinds")
	for i := range m.spec.Kinds {
		k := &m.spec.Kinds[i]
		where := "kinds[" + strconv.Itoa(i) + "]"
		k.forms = slices.Concat(c.forms(k.Dates, where+".dates"), common)
		if k.Journey == nil {
			k.Journey = m.spec.Journey
		}
		c.kind(k, where)
	}
}

func (c *checker) kind(k *kind, where string) {
	c.required(k.Name != "", where+".name")
	c.oneOf(k.Format, formats, where+".format")
	c.patterns(k.Files, where+".files")
	if _, err := decoderOf(k.Encoding); err != nil {
		c.add(where+".encoding", "ingest.mapping_value", "value", k.Encoding, "allowed", strings.Join(encodings, ", "))
	}
	if len(k.Delimiter) > 1 || strings.Contains("\"\n\r", k.Delimiter) && k.Delimiter != "" {
		c.add(where+".delimiter", "ingest.mapping_value", "value", k.Delimiter, "allowed", ", ; | TAB")
	}
	if k.Run.said() {
		c.required(k.Journey != nil && k.Journey.said(), where+".journey")
	} else {
		c.required(k.Customer.Key.said(), where+".run")
		c.required(len(k.Contacts) == 0 && k.Answer == nil, where+".run")
	}
	for i := range k.Contacts {
		c.contact(&k.Contacts[i], where+".contacts["+strconv.Itoa(i)+"]")
	}
	if k.Answer != nil {
		c.answer(k.Answer, where+".answer")
	}
}

func (c *checker) contact(r *contact, where string) {
	c.required(r.Touchpoint.said(), where+".touchpoint")
	c.oneOf(r.Judged, judgements, where+".judged")
	c.oneOf(r.Element, elements, where+".element")
	if r.Promise.Due.said() {
		c.oneOf(r.Promise.Late, lateness, where+".promise.late")
	}
}

func (c *checker) answer(a *answerRule, where string) {
	c.required(a.At.said(), where+".at")
	if a.Overall.said() {
		c.required(a.Scale.Check() == nil, where+".scale")
	}
	for i, r := range a.Ratings {
		in := where + ".ratings[" + strconv.Itoa(i) + "]"
		c.required(len(r.Columns) > 0 != (r.Touchpoint.said() && r.Value.said()), in)
		c.required(r.Scale.Check() == nil, in+".scale")
		c.oneOf(r.Judged, judgements, in+".judged")
	}
}

func (c *checker) patterns(patterns []string, where string) {
	for i, p := range patterns {
		if _, err := filepath.Match(p, ""); err != nil {
			c.add(where+"["+strconv.Itoa(i)+"]", "ingest.mapping_value", "value", p, "allowed", "*.csv")
		}
	}
}

func (c *checker) forms(dates []string, where string) []dateForm {
	forms := make([]dateForm, 0, len(dates))
	for i, d := range dates {
		form, ok := newDateForm(d)
		if !ok {
			c.add(where+"["+strconv.Itoa(i)+"]", "ingest.mapping_value", "value", d, "allowed", "dd/mm/yyyy HH:MM, iso, 2006-01-02")
		}
		forms = append(forms, form)
	}
	return forms
}

// lineOf follows a path as far as the file goes and returns the line it came to.
func lineOf(n *yaml.Node, where string) int {
	for n.Kind == yaml.DocumentNode {
		n = n.Content[0]
	}
	line := n.Line
	for _, step := range strings.FieldsFunc(where, func(c rune) bool { return c == '.' || c == '[' || c == ']' }) {
		n = child(target(n), step)
		if n == nil {
			return line
		}
		line = n.Line
	}
	return line
}

func child(n *yaml.Node, step string) *yaml.Node {
	if i, err := strconv.Atoi(step); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
		return n.Content[i]
	}
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == step {
			return n.Content[i+1]
		}
	}
	return nil
}
