package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/journey"
)

type schema struct {
	Type                 any
	Format               string
	Enum                 []any
	MaxLength, MaxItems  int
	Ref                  string `json:"$ref"`
	Required             []string
	AdditionalProperties *bool
	Properties           map[string]schema
	Items                *schema
}

type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		Responses   map[string]any
		RequestBody struct {
			Content map[string]struct{ Schema schema }
		}
	}
	Components struct{ Schemas map[string]schema }
}

func described(t *testing.T) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(openAPI, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheDescriptionNamesTheMembersOfTheTypes(t *testing.T) {
	schemas := described(t).Components.Schemas
	types := map[string]any{"Interaction": Interaction{}, "Customer": Customer{}, "Person": Person{}, "Promise": Promise{},
		"Completion": Completion{}, "Completed": Completed{}, "Mail": Mail{}, "Attachment": Attachment{}, "Bounce": Bounce{}, "Taken": Taken{}, "Report": Report{}, "Result": Result{}, "Defect": Defect{}, "Problem": Problem{}}
	if got, want := slices.Sorted(maps.Keys(schemas)), slices.Sorted(maps.Keys(types)); !slices.Equal(got, want) {
		t.Errorf("described are %v, want %v", got, want)
	}
	for name, v := range types {
		fields := map[string]string{}
		for f := range reflect.TypeOf(v).Fields() {
			member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields[member] = kindOf(f.Type)
		}
		properties := map[string]string{}
		for member, s := range schemas[name].Properties {
			properties[member] = describedKind(s)
		}
		if !maps.Equal(fields, properties) {
			t.Errorf("%s has %v, the description says %v", name, fields, properties)
		}
	}
}

// kindOf is what JSON makes of a Go type.
func kindOf(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "date-time"
	case t.Kind() == reflect.Pointer:
		return kindOf(t.Elem())
	case t.Kind() == reflect.Slice:
		return "array of " + kindOf(t.Elem())
	case t.Kind() == reflect.Struct:
		return t.Name()
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() == reflect.Int:
		return "integer"
	}
	return t.Kind().String()
}

func describedKind(s schema) string {
	if s.Ref != "" {
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	}
	if s.Format == "date-time" {
		return s.Format
	}
	kind, _ := s.Type.(string)
	if or, ok := s.Type.([]any); ok {
		kind, _ = or[0].(string)
	}
	switch {
	case s.Items != nil:
		return "array of " + describedKind(*s.Items)
	case kind == "" && len(s.Enum) > 0:
		return "string"
	}
	return kind
}

func TestWhatTheDescriptionPromisesIsRead(t *testing.T) {
	d := described(t)
	for name, s := range map[string]schema{"": d.Components.Schemas["Interaction"], "customer": d.Components.Schemas["Customer"],
		"people[0]": d.Components.Schemas["Person"], "promise": d.Components.Schemas["Promise"]} {
		if s.AdditionalProperties == nil || *s.AdditionalProperties {
			t.Errorf("%q may have members that are not read", name)
		}
		for member, p := range s.Properties {
			if p.MaxLength == 0 {
				continue
			}
			where := join(name, member)
			if problems := problemsOf(t, where, strings.Repeat("ك", p.MaxLength)); slices.Contains(problems, "ingest.key_too_long") {
				t.Errorf("%s of %d characters is too long", where, p.MaxLength)
			}
			if problems := problemsOf(t, where, strings.Repeat("ك", p.MaxLength+1)); !slices.Contains(problems, "ingest.key_too_long") {
				t.Errorf("%s of %d characters is not too long: %v", where, p.MaxLength+1, problems)
			}
		}
		required := []string{}
		_, problems := readInteraction(json.RawMessage(nested(name, "{}")), time.Now())
		for _, p := range problems {
			if member, ok := strings.CutPrefix(p.Name, strings.TrimPrefix(name+".", ".")); ok && !strings.Contains(member, ".") && p.Key == "ingest.value_missing" {
				required = append(required, member)
			}
		}
		if name == "people[0]" { // either of two, which the description says in words
			required = nil
		}
		if !slices.Equal(slices.Sorted(slices.Values(required)), slices.Sorted(slices.Values(s.Required))) {
			t.Errorf("%q requires %v, the description says %v", name, required, s.Required)
		}
	}
	in := d.Components.Schemas["Interaction"].Properties
	channels := []string{}
	for _, c := range in["channel"].Enum {
		if c != nil {
			channels = append(channels, fmt.Sprint(c))
		}
	}
	if !slices.Equal(channels, journey.Channels) {
		t.Errorf("channels are %v", channels)
	}
	batch := d.Paths["/api/v1/interactions"]["post"].RequestBody.Content["application/json"].Schema
	if batch.MaxItems != maxItems || in["people"].MaxItems != mostPeople || d.Components.Schemas["Person"].Properties["team_path"].MaxItems != deepestTeam {
		t.Error("the description states other limits of lists")
	}
}

// nested puts a JSON value where customer, people[0] or promise is.
func nested(where, value string) string {
	switch where {
	case "":
		return value
	case "people[0]":
		return `{"people":[` + value + `]}`
	}
	return `{"` + where + `":` + value + `}`
}

func problemsOf(t *testing.T, where, text string) []string {
	t.Helper()
	in, member, ok := strings.Cut(where, ".")
	if !ok {
		in, member = "", where
	}
	object, err := json.Marshal(map[string]string{member: text})
	if err != nil {
		t.Fatal(err)
	}
	_, problems := readInteraction(json.RawMessage(nested(in, string(object))), time.Now())
	var keys []string
	for _, p := range problems {
		if p.Name == where {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

func TestEveryRouteIsDescribed(t *testing.T) {
	d := described(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", d.OpenAPI)
	}
	var described, routes []string
	for path, verbs := range d.Paths {
		for verb, operation := range verbs {
			described = append(described, strings.ToUpper(verb)+" "+path)
			if _, ok := operation.Responses["200"]; !ok {
				t.Errorf("%s %s: no answer is described", verb, path)
			}
		}
	}
	for _, r := range (&Desk{}).Routes() {
		routes = append(routes, r.Method+" "+regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}"))
	}
	slices.Sort(described)
	slices.Sort(routes)
	if !slices.Equal(described, routes) {
		t.Errorf("described are %v, routes are %v", described, routes)
	}
}

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	schemas := described(t).Components.Schemas
	for _, m := range regexp.MustCompile(`"\$ref": "([^"]+)"`).FindAllSubmatch(openAPI, -1) {
		name, ok := strings.CutPrefix(string(m[1]), "#/components/schemas/")
		if _, found := schemas[name]; !ok || !found {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
}

func TestAKeyMayKnockOftenButNotWithoutEnd(t *testing.T) {
	var p pace
	now := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	let := 0
	for p.wait("a", now) <= 0 {
		let++
	}
	if let != burst {
		t.Errorf("%d at once", let)
	}
	if wait := p.wait("a", now); wait <= 0 || wait > time.Second {
		t.Errorf("wait %v", wait)
	}
	if p.wait("b", now) > 0 {
		t.Error("another key waits too")
	}
	if p.wait("a", now.Add(time.Second/perSecond)) > 0 {
		t.Error("still waiting after the time it was told")
	}
}

func FuzzReadInteraction(f *testing.F) {
	for _, seed := range []string{`{}`, `[]`, `null`, `"a"`, `{"key":"a","key":"b"}`, `{"customer":{"key":1}}`, `{"people":[{"team_path":[null]}]}`,
		`{"key":"\ud800"}`, `{"key":"\u0000"}`, `{"started":"2026-03-20T09:00:00Z"}`, `{"":{}}`} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) {
			return
		}
		var raw json.RawMessage
		if json.Unmarshal([]byte(s), &raw) != nil {
			return
		}
		x, problems := readInteraction(raw, now)
		if len(problems) == 0 && (x.Key == "" || x.Run == "" || x.Started.IsZero() || x.Started.After(now.Add(slack))) {
			t.Errorf("taken: %+v", x)
		}
		if len(problems) > mostProblems {
			t.Errorf("%d problems", len(problems))
		}
	})
}

func TestPathsOfTheDoorAreThoseOfTheContract(t *testing.T) {
	var got []string
	for _, r := range (&Desk{}).Routes() {
		got = append(got, r.Method+" "+r.Path+" "+string(r.Guard))
	}
	want := []string{"POST /api/v1/interactions key", "POST /api/v1/runs/:key/completion key", "POST /api/v1/mail key", "POST /api/v1/bounces key", http.MethodGet + " /api/v1/openapi.json public"}
	if !slices.Equal(got, want) {
		t.Errorf("routes: %v", got)
	}
}
