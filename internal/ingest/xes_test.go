package ingest

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// collected is a sink that keeps the records as they come.
type collected struct{ records []Record }

func (c *collected) Take(_ context.Context, records []Record) ([]Outcome, error) {
	c.records = append(c.records, records...)
	return make([]Outcome, len(records)), nil
}

func collect(t *testing.T, mapping *Mapping, files ...string) []Record {
	t.Helper()
	var c collected
	report, err := Run(t.Context(), Import{Mapping: mapping, Files: files, Sink: &c, Now: now})
	if err != nil || report.Rejected > 0 {
		t.Fatalf("%v, rejected %d: %v", err, report.Rejected, report.Problems)
	}
	return c.records
}

// writeXES writes rows (case, activity, resource, time, customer) as an XES log, a trace per run of rows of one case.
func writeXES(t *testing.T, rows [][]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.xes")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	attribute := func(tag, key, value string) {
		fmt.Fprintf(w, `<%s key="%s" value="`, tag, key)
		if err := xml.EscapeText(w, []byte(value)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, "\"/>\n")
	}
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
<classifier name="Activity" keys="concept:name"/>
<string key="concept:name" value="the log itself"/>
`)
	last := ""
	for i, r := range rows {
		if i == 0 || r[0] != last {
			if i > 0 {
				fmt.Fprintln(w, "</trace>")
			}
			fmt.Fprintln(w, "<trace>")
			attribute("string", "concept:name", r[0])
			last = r[0]
		}
		fmt.Fprintln(w, "<event>")
		attribute("string", "concept:name", r[1])
		attribute("string", "org:resource", r[2])
		attribute("date", "time:timestamp", r[3])
		attribute("string", "customer", r[4])
		attribute("string", "lifecycle:transition", "complete")
		fmt.Fprintln(w, "</event>")
	}
	fmt.Fprintln(w, "</trace>\n</log>")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func helpdeskRows(t *testing.T, path string) (rows [][]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all[1:] {
		at, err := time.Parse("2006/01/02 15:04:05", r[3])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, []string{r[0], r[1], r[2], at.Format("2006-01-02T15:04:05.000-07:00"), r[8]})
	}
	return rows
}

func TestCSVAndXESOfOneLogGiveTheSameRecords(t *testing.T) {
	files := dataFiles(t, "helpdesk/helpdesk.csv")
	m := mustLoad(t, "event-log")
	fromCSV := collect(t, m, files...)
	fromXES := collect(t, m, writeXES(t, helpdeskRows(t, files[0])))
	equal(t, "events", len(fromXES), 21348)
	if diff := cmp.Diff(fromCSV, fromXES, cmpopts.IgnoreFields(Record{}, "Place")); diff != "" {
		t.Error(diff[:min(len(diff), 3000)])
	}
}

func importXES(t *testing.T, text string) (*memory, Report) {
	t.Helper()
	m := newMemory()
	r := mustImport(t, m, "event-log", writeFile(t, "log.xes", []byte(text)))
	return m, r
}

const event = `<event><string key="concept:name" value="Ask"/><date key="time:timestamp" value="2020-05-01T10:00:00.000+02:00"/></event>`

func TestXES(t *testing.T) {
	trace := func(events string) string {
		return `<log><trace><string key="concept:name" value="K1"/>` + events + "</trace></log>"
	}
	for _, c := range []struct {
		sentence, text string
		interactions   int
		problems       []Trouble
	}{
		{"an event without a resource is taken", trace(event), 1, nil},
		{"equal events all count", trace(event + event), 2, nil},
		{"what is nested in an attribute is not the event's", trace(`<event><string key="concept:name" value="Ask"><string key="concept:name" value="other"/></string><date key="time:timestamp" value="2020-05-01T10:00:00Z"/></event>`), 1, nil},
		{"a bad event is rejected alone", trace(`<event><string key="concept:name" value="Ask"/><date key="time:timestamp" value="soon"/></event>` + event), 1,
			[]Trouble{{Line: 1, Column: "Complete Timestamp, time:timestamp", Key: "ingest.date_unreadable"}}},
		{"a file cut off gives what came before and the line where it ends", "<log>\n<trace><string key=\"concept:name\" value=\"K1\"/>\n" + event + "\n<event>", 1,
			[]Trouble{{Line: 4, Key: "ingest.xes_broken"}}},
		{"entities are not expanded", `<!DOCTYPE log [<!ENTITY a "aaaa">]>` + trace(event), 0, []Trouble{{Line: 1, Key: "ingest.xes_doctype"}}},
		{"an undeclared entity ends the file", trace(event + `<event><string key="concept:name" value="&a;"/></event>`), 1, []Trouble{{Line: 1, Key: "ingest.xes_broken"}}},
		{"a value of 10 MB does not fill the memory", trace(event + `<event><string key="concept:name" value="` + strings.Repeat("x", 10<<20) + `"/></event>`), 1,
			[]Trouble{{Line: 1, Key: "ingest.xes_broken"}}},
		{"nor do a million open elements", "<log>" + strings.Repeat("<trace>", 1_000_000), 0, []Trouble{{Line: 1, Key: "ingest.xes_broken"}}},
		{"a text that is no XML", "Case ID,Activity\n", 0, []Trouble{{Line: 2, Key: "ingest.xes_broken"}}},
		{"an empty file", "", 0, []Trouble{{Line: 1, Key: "ingest.xes_broken"}}},
		{"an empty log", "<log/>", 0, nil},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			m, r := importXES(t, c.text)
			equal(t, "interactions", r.Interactions, c.interactions)
			if diff := cmp.Diff(c.problems, r.Problems, cmpopts.IgnoreFields(Trouble{}, "File", "Reason")); diff != "" {
				t.Error(diff)
			}
			if c.interactions > 0 && (!m.points["Ask"] || len(m.points) != 1) {
				t.Errorf("touchpoints %v", m.points)
			}
		})
	}
}

func TestEventsThatOnlyBeginAreSkippedAndCounted(t *testing.T) {
	begin := strings.Replace(event, "</event>", `<string key="lifecycle:transition" value="start"/></event>`, 1)
	_, r := importXES(t, `<log><trace><string key="concept:name" value="K1"/>`+begin+event+"</trace></log>")
	equal(t, "interactions", r.Interactions, 1)
	equal(t, "skipped", r.Warnings["ingest.row_skipped"], 1)
}

func TestEqualEventsAreRememberedForRecentRunsOnly(t *testing.T) {
	r := newRepeats(2)
	d := digest{1}
	for _, c := range []struct {
		run  string
		want int
	}{{"a", 0}, {"a", 1}, {"b", 0}, {"a", 2}, {"c", 0}, {"a", 3}, {"b", 0}} {
		equal(t, "equal events of "+c.run, r.count(c.run, d), c.want)
	}
	equal(t, "runs remembered", len(r.runs), 2)
}
