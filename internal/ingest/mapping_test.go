package ingest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

func TestBuiltInMappings(t *testing.T) {
	want := []string{"event-log", "service-centre", "shop-orders", "touchpoint-survey"}
	if got := Mappings(); !slices.Equal(got, want) {
		t.Fatalf("built in: %v, want %v", got, want)
	}
	for _, name := range want {
		m := mustLoad(t, name)
		equal(t, "name", m.Name(), name)
		for key, text := range m.Texts() {
			for _, lang := range i18n.Languages {
				if !text.Exact(lang) {
					t.Errorf("%s: %s has no name in %s", name, key, lang)
				}
			}
		}
	}
	if got := mustLoad(t, "shop-orders").Texts()["delivered"].In(i18n.Persian); got != "تحویل به مشتری" {
		t.Errorf("delivered in Persian is %q", got)
	}
}

func TestAMappingIsReadFromAFileOrIsMissing(t *testing.T) {
	if _, err := LoadMapping(writeFile(t, "own.yaml", []byte(ticketMapping))); err != nil {
		t.Error(err)
	}
	if _, err := LoadMapping("no-such"); fault.KindOf(err) != fault.KindMissing {
		t.Errorf("a mapping nobody wrote: %v", err)
	}
}

func TestAMistakeInAMappingIsNamedWithItsLine(t *testing.T) {
	for _, c := range []struct {
		sentence, from, to string
		want               fault.Field
	}{
		{"an unknown field", "    run: ticket", "    rum: ticket", fault.Field{Name: "test.yaml:7", Key: "ingest.mapping_unreadable", Args: []any{"detail", "field rum not found in kind"}}},
		{"an unknown field of a source", "overall: {column: stars,", "overall: {colum: stars,", fault.Field{Name: "test.yaml:17", Key: "ingest.mapping_unreadable",
			Args: []any{"detail", "field colum is not one of column, columns, join, value, optional, words, none, yes, no, dates"}}},
		{"two places for one value", "overall: {column: stars,", "overall: {column: stars, value: x,", fault.Field{Name: "test.yaml:17", Key: "ingest.mapping_unreadable",
			Args: []any{"detail", "needs exactly one of column, columns, value"}}},
		{"a scale nobody knows", "csat_1_5", "stars_1_5", fault.Field{Name: "test.yaml:16", Key: "ingest.mapping_unreadable", Args: []any{"detail", `scale "stars_1_5": unknown metric`}}},
		{"a judgement nobody knows", "judged: person", "judged: boss", fault.Field{Name: "test.yaml:11 kinds[0].contacts[0].judged", Key: "ingest.mapping_value",
			Args: []any{"value", "boss", "allowed", "person, process, both"}}},
		{"a date form with words in it", "dd/mm/yyyy HH:MM", "dd/mm/yyyy jalali HH:MM", fault.Field{Name: "test.yaml:2 dates[0]", Key: "ingest.mapping_value",
			Args: []any{"value", "dd/mm/yyyy jalali HH:MM", "allowed", "dd/mm/yyyy HH:MM, iso, 2006-01-02"}}},
		{"a date form that names no day", "dd/mm/yyyy HH:MM", "HH:MM", fault.Field{Name: "test.yaml:2 dates[0]", Key: "ingest.mapping_value",
			Args: []any{"value", "HH:MM", "allowed", "dd/mm/yyyy HH:MM, iso, 2006-01-02"}}},
		{"a time zone nobody lives in", "\ndates:", "\nzone: Mars/Base\ndates:", fault.Field{Name: "test.yaml:2 zone", Key: "ingest.mapping_zone", Args: []any{"value", "Mars/Base"}}},
		{"contacts without a run", "    run: ticket\n", "", fault.Field{Name: "test.yaml:5 kinds[0].run", Key: "ingest.mapping_required"}},
		{"an encoding nobody reads", "    run:", "    encoding: ebcdic\n    run:", fault.Field{Name: "test.yaml:7 kinds[0].encoding", Key: "ingest.mapping_value",
			Args: []any{"value", "ebcdic", "allowed", strings.Join(encodings, ", ")}}},
		{"a language the product does not speak", "{fixed: help}", "{fixed: help, name: {de: Hilfe}}", fault.Field{Name: "test.yaml:3", Key: "ingest.mapping_unreadable",
			Args: []any{"detail", `language "de" is not one of en, fa, el, ru`}}},
		// The YAML library names the line before for some mistakes of syntax.
		{"no YAML at all", "dates: [", "dates: ]", fault.Field{Name: "test.yaml:1", Key: "ingest.mapping_unreadable", Args: []any{"detail", "did not find expected node content"}}},
	} {
		text := strings.Replace(ticketMapping, c.from, c.to, 1)
		if text == ticketMapping {
			t.Fatalf("%s: nothing was changed", c.sentence)
		}
		_, err := ParseMapping("test.yaml", []byte(text))
		f := fault.Of(err)
		if f == nil {
			t.Errorf("%s: %v, want a fault", c.sentence, err)
			continue
		}
		if !cmp.Equal(f.Fields[0], c.want) {
			t.Errorf("%s: %s", c.sentence, cmp.Diff(c.want, f.Fields[0]))
		}
	}
	if _, err := ParseMapping("empty.yaml", nil); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("an empty mapping: %v", err)
	}
}

func TestAMappingCanSayMoreThanTheBuiltInOnes(t *testing.T) {
	m := mustParse(t, `
zone: Asia/Tehran
dates: [dd/mm/yyyy HH:MM]
journey: {column: need, name_column: need name}
kinds:
  - name: visits
    delimiter: "|"
    run: id
    customer: {key: [card, phone], aliases: [phone], name: who, email: mail, phone: phone, language: {column: lang, words: {Farsi: fa}}}
    contacts:
      - touchpoint: {column: place, name_column: place name}
        judged: person
        started: at
        employee: {column: staff, name_column: staff name}
        team: [department, shift]
        people: [{employee: helper}]
        topic: about
        resolved: {column: solved, yes: [Y, ja], no: [N]}
        promise: {due: due, kept: kept, business: true, late: by time}
    answer:
      at: at
      scale: nps_0_10
      overall: nps
      expectation: {column: expected, words: {better: "1", worse: "-1"}}
      resolved: {column: solved, yes: [Y], no: [N]}
      wants_contact: {column: call me, yes: [x], no: [""]}
      ratings: [{touchpoint: place, value: stars, scale: csat_1_5, judged: person, comment: why}]
    completed: {last_contact: true}
`)
	header := "id|card|phone|who|mail|lang|need|need name|place|place name|at|staff|staff name|department|shift|helper|about|solved|due|kept|nps|expected|call me|stars|why\n"
	path := writeFile(t, "visits.csv", []byte(header+
		"1||0912|مریم|m@example.com|farsi|n1|Fibre at home|p1|Shop|05/03/2026 14:05|e1|Ann|Sales|Night|e2|price|Y|06/03/2026 10:00|06/03/2026 09:00|9|better|x|5|kind\n"))
	rec := collect(t, m, path)[0]
	equal(t, "journey", rec.Journey, Named{"n1", "Fibre at home"})
	if diff := cmp.Diff(Customer{Key: "0912", Aliases: []string{"0912"}, Name: "مریم", Email: "m@example.com", Phone: "0912", Language: "fa"}, rec.Customer); diff != "" {
		t.Error(diff)
	}
	c := rec.Contacts[0]
	equal(t, "touchpoint", c.Touchpoint, Named{"p1", "Shop"})
	equal(t, "started, in UTC", c.Started.Format("15:04 MST"), "10:35 UTC")
	if diff := cmp.Diff([]Person{{Named{"e1", "Ann"}, []string{"Sales", "Night"}}, {Employee: Named{Key: "e2"}}}, c.People); diff != "" {
		t.Error(diff)
	}
	if c.Resolved == nil || !*c.Resolved || !c.PromiseBusiness || !c.PromiseKept.Before(c.PromiseDue) || c.Topic != "price" {
		t.Errorf("contact %+v", c)
	}
	a := rec.Answer
	if *a.Overall != 9 || *a.Expectation != 1 || !a.WantsContact || !*a.Resolved || a.Ratings[0].Value != 5 || a.Ratings[0].Comment != "kind" || a.Key != "1" {
		t.Errorf("answer %+v", a)
	}
	equal(t, "completed", rec.Completed, c.Started)
	if rec.Ask {
		t.Error("an import of the past asks nobody")
	}
}

func TestTheReferenceSaysEverythingAMappingCanSay(t *testing.T) {
	m := mustParse(t, Reference)
	equal(t, "name in Persian", m.Texts()["help"].In(i18n.Persian), "کمک لازم دارم")
	var fields func(of reflect.Type)
	fields = func(of reflect.Type) {
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct {
			return
		}
		for f := range of.Fields() {
			if name := f.Tag.Get("yaml"); name != "" {
				if !strings.Contains(Reference, name+":") {
					t.Errorf("%s of %s is not in the reference", name, of.Name())
				}
				fields(f.Type)
			}
		}
	}
	fields(reflect.TypeFor[spec]())
	for _, encoding := range encodings {
		if !strings.Contains(Reference, encoding) {
			t.Errorf("the encoding %s is not in the reference", encoding)
		}
	}
}

func TestAJalaliDateIsCalledOne(t *testing.T) {
	for value, want := range map[string]bool{"۱۴۰۴/۱۲/۱۵": true, "15-02-1399 10:00": true, "31.2.2026": false, "yesterday": false, "order 21399": false} {
		equal(t, value, isJalali(value), want)
	}
}
