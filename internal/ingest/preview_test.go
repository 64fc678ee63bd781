package ingest

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

func files(name, text string) fstest.MapFS {
	return fstest.MapFS{name: {Data: []byte(text)}}
}

func TestTheHeaderTellsTheMapping(t *testing.T) {
	for sentence, c := range map[string]struct{ name, text, want, key string }{
		"an event log":                      {"a.csv", "Case ID,Activity,Complete Timestamp\n", "event-log", ""},
		"an event log as XES":               {"a.xes", "<log/>", "event-log", ""},
		"orders of a shop":                  {"a.csv", "order_id;customer_id;order_purchase_timestamp;order_approved_at;order_delivered_carrier_date;order_delivered_customer_date;order_estimated_delivery_date\n", "shop-orders", ""},
		"contacts with a column more":       {"a.csv", "Unique id,category,channel_name,Sub-category,Issue_reported at,issue_responded,Agent_name,Supervisor,Manager,Survey_response_Date,CSAT Score,Customer Remarks,Shift\n", "service-centre", ""},
		"columns that nobody knows":         {"a.csv", "a,b\n", "", "ingest.header_unknown"},
		"nothing at all":                    {"a.csv", "", "", "ingest.file_empty"},
		"a header whose quotes never close": {"a.csv", "\"Case ID,Activity\n", "", "ingest.quotes_broken"},
	} {
		m, err := Recognise(files(c.name, c.text), c.name)
		switch f := fault.Of(err); {
		case c.key == "" && (err != nil || m.Name() != c.want):
			t.Errorf("%s: %v %v", sentence, m, err)
		case c.key != "" && (f == nil || f.Fields[0].Key != c.key):
			t.Errorf("%s: %v", sentence, err)
		}
	}
}

func TestAPreviewSaysWhatWouldBecomeOfAFile(t *testing.T) {
	text := "Case ID,Activity,Complete Timestamp,lifecycle:transition,Note\n" +
		"c1,Asked,2026/03/01 10:00:00,complete,\nc1,Asked,soon,complete,\nc1,Asked,2026/03/01 10:00:00,start,hello\n" + strings.Repeat("c2,Asked,2026/03/01 10:00:00,complete,\n", previewLook)
	m, err := BuiltIn("event-log")
	if err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(context.Background(), i18n.NewReader(i18n.English, "", nil))
	p, err := Look(ctx, Import{Mapping: m, Files: []string{"a.csv"}, From: files("a.csv", text), Now: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	if p.Read != previewLook || p.Refused != 1 || p.Skipped != 1 || !p.More || len(p.Rows) != previewRows {
		t.Errorf("read %d, refused %d, skipped %d, more %t, rows %d", p.Read, p.Refused, p.Skipped, p.More, len(p.Rows))
	}
	for i, want := range []string{"run", "touchpoint", "started", "condition", ""} {
		if got := strings.Join(p.Columns[i].Means, " "); got != want {
			t.Errorf("%s becomes %q, want %q", p.Columns[i].Column, got, want)
		}
	}
	if p.Columns[4].Sample != "hello" || p.Rows[0].Record.Run != "c1" || p.Rows[1].Problem == nil || p.Trouble[0].Line != 3 {
		t.Errorf("%+v", p)
	}
}

func TestEveryMeaningOfAColumnHasAName(t *testing.T) {
	seen := 0
	for _, name := range Mappings() {
		m, err := BuiltIn(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.spec.Kinds {
			m.spec.Kinds[i].each(func(_ *source, meaning string) {
				seen++
				if !slices.Contains(Meanings, meaning) {
					t.Errorf("%s is not among Meanings", meaning)
				}
			})
		}
	}
	for _, lang := range i18n.Languages {
		r := i18n.NewReader(lang, "", nil)
		for _, meaning := range Meanings {
			if !r.Has("tasks.means_" + meaning) {
				t.Errorf("no word for %s in %s", meaning, lang)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d sources looked at", seen)
	}
}

func TestANameFromAPageIsNoPath(t *testing.T) {
	for _, name := range []string{"mapping.go", "mappings/event-log.yaml", "../ingest/reference.yaml", ""} {
		if _, err := BuiltIn(name); fault.KindOf(err) != fault.KindMissing {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// kept is a file of rejected rows in memory.
type kept struct{ bytes.Buffer }

func (*kept) Close() error { return nil }

func TestRejectedRowsAreGuardedAndReadBackAsTheyWere(t *testing.T) {
	m, err := BuiltIn("event-log")
	if err != nil {
		t.Fatal(err)
	}
	run := func(text string, sink Sink) string {
		var out kept
		_, err := Run(context.Background(), Import{Mapping: m, Files: []string{"a.csv"}, From: files("a.csv", text), Sink: sink, Guarded: true,
			Now: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Rejected: func(string) (io.WriteCloser, error) { return &out, nil }})
		if err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	rejected := run("Case ID,Activity,Complete Timestamp\n=c1,+Asked,soon\n", &records{})
	if !strings.Contains(rejected, "'=c1,'+Asked,soon,2,") {
		t.Fatalf("%q", rejected)
	}
	if twice := run(rejected, &records{}); !strings.Contains(twice, "'=c1,'+Asked,soon,2,") {
		t.Errorf("rejected again: %q", twice)
	}
	var took records
	run(strings.Replace(rejected, "soon", "2026/03/01 10:00:00", 1), &took)
	if len(took) != 1 || took[0].Run != "=c1" || took[0].Contacts[0].Touchpoint.Key != "+Asked" {
		t.Errorf("corrected: %+v", took)
	}
}

// records is a sink that takes everything.
type records []Record

func (r *records) Take(_ context.Context, all []Record) ([]Outcome, error) {
	*r = append(*r, all...)
	return make([]Outcome, len(all)), nil
}
