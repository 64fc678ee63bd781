package ingest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

// The small service of these tests: ticket, agent, a rating 1 to 5, remarks in a last column.
const ticketMapping = `
dates: [dd/mm/yyyy HH:MM]
journey: {fixed: help}
kinds:
  - name: tickets
    files: ["*.csv"]
    run: ticket
    customer: {key: customer}
    contacts:
      - touchpoint: place
        judged: person
        started: at
        employee: agent
    answer:
      at: at
      scale: csat_1_5
      overall: {column: stars, none: ["-"]}
      comment: remark
`

const ticketHeader = "ticket,customer,place,at,agent,stars,remark\n"

func ticket(n int) string {
	return fmt.Sprintf("T%d,C%d,Desk,05/03/2026 14:05,Μαρία,4,fine\n", n, n)
}

func mustParse(t *testing.T, text string) *Mapping {
	t.Helper()
	m, err := ParseMapping("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type buffer struct{ bytes.Buffer }

func (*buffer) Close() error { return nil }

// imported is one import into a fresh memory, with what was rejected.
type imported struct {
	*memory
	report   Report
	problems []Problem
	rejected *buffer
}

func importTickets(t *testing.T, mapping string, content []byte) imported {
	t.Helper()
	in := imported{memory: newMemory(), rejected: &buffer{}}
	var err error
	in.report, err = Run(t.Context(), Import{
		Mapping: mustParse(t, mapping), Files: []string{writeFile(t, "tickets.csv", content)}, Sink: in.memory, Now: now,
		Problem:  func(p Problem) { in.problems = append(in.problems, p) },
		Rejected: func(string) (io.WriteCloser, error) { return in.rejected, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// complaint is what a test expects to be said of a line.
type complaint struct {
	Line   int
	Column string
	Key    string
}

func complaints(problems []Problem) (all []complaint) {
	for _, p := range problems {
		all = append(all, complaint{p.Place.Line, p.Column, strings.TrimPrefix(p.Key, "ingest.")})
	}
	return all
}

func TestABadRowIsReportedAndTheRestIsTaken(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	for _, c := range []struct {
		sentence string
		row      string
		taken    int // of the two good rows around it, and its own
		want     []complaint
	}{
		{"a good row is taken", ticket(2), 3, nil},
		{"an embedded newline is part of the remark", "T2,C2,Desk,05/03/2026 14:05,Ann,4,\"two\nlines\"\n", 3, nil},
		{"doubled quotes are one", "T2,C2,Desk,05/03/2026 14:05,Ann,4,\"she said \"\"hi\"\"\"\n", 3, nil},
		{"a rating that does not apply is no answer", "T2,C2,Desk,05/03/2026 14:05,Ann,-,\n", 3, nil},
		{"Persian digits are digits", "T2,C2,Desk,۰۵/۰۳/۲۰۲۶ ۱۴:۰۵,Ann,۴,\n", 3, nil},
		{"a spreadsheet's 4.0 is 4", "T2,C2,Desk,05/03/2026 14:05,Ann,4.0,\n", 3, nil},
		{"blank lines are passed over", "\n  \n\r\n", 2, nil},
		{"a quote that is never closed costs its line", "T2,C2,Desk,05/03/2026 14:05,Ann,4,\"open\n", 2, []complaint{{3, "", "quotes_broken"}}},
		{"a quote inside a plain field", "T2,C2,Desk,05/03/2026 14:05,A\"nn,4,\n", 2, []complaint{{3, "", "quotes_broken"}}},
		{"text after a closing quote", "T2,C2,Desk,05/03/2026 14:05,\"Ann\"x,4,\n", 2, []complaint{{3, "", "quotes_broken"}}},
		{"too few fields", "T2,C2\n", 2, []complaint{{3, "", "fields_ragged"}}},
		{"too many fields", "T2,C2,Desk,05/03/2026 14:05,Ann,4,,,\n", 2, []complaint{{3, "", "fields_ragged"}}},
		{"invalid UTF-8", "T2,C2,Desk,05/03/2026 14:05,A\xff,4,\n", 2, []complaint{{3, "agent", "encoding_invalid"}}},
		{"a zero byte", "T2,C2,Desk,05/03/2026 14:05,A\x00nn,4,\n", 2, []complaint{{3, "agent", "nul_byte"}}},
		{"a field of 10 MB", "T2,C2,Desk,05/03/2026 14:05,Ann,4," + long + "\n", 2, []complaint{{3, "", "field_too_long"}}},
		{"a quoted field of 10 MB", "T2,C2,Desk,05/03/2026 14:05,Ann,4,\"" + long + "\"\n", 2, []complaint{{3, "", "field_too_long"}}},
		{"a first field of 10 MB", long + ",C2,Desk,05/03/2026 14:05,Ann,4,\n", 2, []complaint{{3, "", "field_too_long"}}},
		{"a key of 300 characters", strings.Repeat("k", 300) + ",C2,Desk,05/03/2026 14:05,Ann,4,\n", 2, []complaint{{3, "ticket", "key_too_long"}}},
		{"no run key", ",C2,Desk,05/03/2026 14:05,Ann,4,\n", 2, []complaint{{3, "ticket", "value_missing"}}},
		{"no touchpoint", "T2,C2,,05/03/2026 14:05,Ann,4,\n", 2, []complaint{{3, "place", "value_missing"}}},
		{"day and month the wrong way round", "T2,C2,Desk,03/25/2026 14:05,Ann,4,\n", 2, []complaint{{3, "at", "date_unreadable"}}},
		{"a 30th of February", "T2,C2,Desk,30/02/2026 14:05,Ann,4,\n", 2, []complaint{{3, "at", "date_unreadable"}}},
		{"the year 0026", "T2,C2,Desk,05/03/0026 14:05,Ann,4,\n", 2, []complaint{{3, "at", "date_unreadable"}}},
		{"no date at all", "T2,C2,Desk,yesterday,Ann,4,\n", 2, []complaint{{3, "at", "date_unreadable"}}},
		{"a date in the future", "T2,C2,Desk,22/11/2026 00:00,Ann,4,\n", 2, []complaint{{3, "at", "date_future"}}},
		{"a rating above the scale", "T2,C2,Desk,05/03/2026 14:05,Ann,6,\n", 2, []complaint{{3, "stars", "rating_off_scale"}}},
		{"a rating below the scale", "T2,C2,Desk,05/03/2026 14:05,Ann,0,\n", 2, []complaint{{3, "stars", "rating_off_scale"}}},
		{"half a star", "T2,C2,Desk,05/03/2026 14:05,Ann,4.5,\n", 2, []complaint{{3, "stars", "number_unreadable"}}},
		{"a rating in words", "T2,C2,Desk,05/03/2026 14:05,Ann,good,\n", 2, []complaint{{3, "stars", "number_unreadable"}}},
		{"not a number", "T2,C2,Desk,05/03/2026 14:05,Ann,NaN,\n", 2, []complaint{{3, "stars", "number_unreadable"}}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			in := importTickets(t, ticketMapping, []byte(ticketHeader+ticket(1)+c.row+ticket(3)))
			equal(t, "runs", in.report.Runs, c.taken)
			equal(t, "rejected", in.report.Rejected, len(c.want))
			if diff := cmp.Diff(c.want, complaints(in.problems)); diff != "" {
				t.Error(diff)
			}
			if in.runs["help\x00T1"] == nil || in.runs["help\x00T3"] == nil {
				t.Error("the rows around it were lost")
			}
		})
	}
}

func TestAnUnclosedQuoteDoesNotSwallowTheFile(t *testing.T) {
	var text strings.Builder
	text.WriteString(ticketHeader)
	for n := 1; n <= 5000; n++ {
		if n == 7 {
			text.WriteString("T7,C7,Desk,05/03/2026 14:05,Ann,4,\"never closed\n")
			continue
		}
		text.WriteString(ticket(n))
	}
	in := importTickets(t, ticketMapping, []byte(text.String()))
	equal(t, "runs", in.report.Runs, 4999)
	if diff := cmp.Diff([]complaint{{8, "", "quotes_broken"}}, complaints(in.problems)); diff != "" {
		t.Error(diff)
	}
}

func TestLinesAreCountedAsAnEditorCountsThem(t *testing.T) {
	text := ticketHeader + "T1,C1,Desk,05/03/2026 14:05,Ann,4,\"one\ntwo\nthree\"\n\n" + "T2,C2,Desk,05/03/2026 14:05,Ann,9,\n"
	in := importTickets(t, ticketMapping, []byte(text))
	if diff := cmp.Diff([]complaint{{6, "stars", "rating_off_scale"}}, complaints(in.problems)); diff != "" {
		t.Error(diff)
	}
	equal(t, "comment", in.answers["T1"].Comment, "one\ntwo\nthree")
}

func TestRejectedRowsCanBeCorrectedAndImportedAgain(t *testing.T) {
	text := strings.ReplaceAll(ticketHeader+ticket(1), ",", ";") +
		"T2;C2;Desk;05/03/2026 14:05;Ann;9;\"off; scale\"\n" +
		"T3;C3;Desk;05/03/2026 14:05;Ann;4;\"open\n" +
		"T4;C4\n" +
		strings.ReplaceAll(ticket(5), ",", ";")
	in := importTickets(t, ticketMapping, []byte(text))
	equal(t, "taken", in.report.Runs, 2)
	equal(t, "rejected", in.report.Rejected, 3)
	want := "\ufeff" + `ticket;customer;place;at;agent;stars;remark;rejected_line;rejected_reason
T2;C2;Desk;05/03/2026 14:05;Ann;9;"off; scale";3;stars: 9 is not on the scale from 1 to 5.
T3;C3;Desk;05/03/2026 14:05;Ann;4;"open;4;The quotation marks on this line do not match.
T4;C4;5;Fields in the row: 2, in the header: 7.
`
	if diff := cmp.Diff(want, in.rejected.String()); diff != "" {
		t.Fatal(diff)
	}

	same := importTickets(t, ticketMapping, in.rejected.Bytes())
	equal(t, "taken when nothing was corrected", same.report.Runs, 0)
	equal(t, "rejected again", same.report.Rejected, 3)
	lines := func(s string) int { return strings.Count(s, "\n") }
	equal(t, "rows of the second rejected file", lines(same.rejected.String()), lines(want))

	corrected := strings.NewReplacer(";9;", ";5;", `"open;`, `"open";`, "T4;C4;", "T4;C4;Desk;05/03/2026 14:05;Ann;4;;").Replace(want)
	fixed := importTickets(t, ticketMapping, []byte(corrected))
	equal(t, "taken when corrected", fixed.report.Runs, 3)
	equal(t, "rejected when corrected", fixed.report.Rejected, 0)
	equal(t, "comment", fixed.answers["T2"].Comment, "off; scale")

	withoutReason := strings.ReplaceAll(corrected, ";3;stars: 9 is not on the scale from 1 to 5.", "")
	equal(t, "taken when the reason was deleted too", importTickets(t, ticketMapping, []byte(withoutReason)).report.Runs, 3)
}

func TestReasonsAreInTheReadersLanguage(t *testing.T) {
	ctx := i18n.With(t.Context(), i18n.NewReader(i18n.Persian, "", nil))
	path := writeFile(t, "tickets.csv", []byte(ticketHeader+"T2,C2,Desk,05/03/2026 14:05,Ann,9,\n"))
	report, err := Run(ctx, Import{Mapping: mustParse(t, ticketMapping), Files: []string{path}, Sink: newMemory(), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Trouble{{File: "tickets.csv", Line: 2, Column: "stars", Key: "ingest.rating_off_scale",
		Reason: i18n.Isolate("stars") + ": ۹ در مقیاس ۱ تا ۵ نیست."}}, report.Problems); diff != "" {
		t.Error(diff)
	}
}

func TestEncodings(t *testing.T) {
	text := ticketHeader + "T1,C1,Касса,05/03/2026 14:05,Юлия,4,\n"
	in := func(encoding string) string {
		return strings.Replace(ticketMapping, "    run:", "    encoding: "+encoding+"\n    run:", 1)
	}
	encoded := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		sentence, mapping string
		content           []byte
	}{
		{"UTF-8", ticketMapping, []byte(text)},
		{"UTF-8 with a byte-order mark", ticketMapping, []byte("\ufeff" + text)},
		{"windows-1251", in("windows-1251"), encoded(charmap.Windows1251.NewEncoder().Bytes([]byte(text)))},
		{"UTF-16 by declaration", in("utf-16"), encoded(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text)))},
		{"UTF-16 by its mark, though UTF-8 was declared", ticketMapping, encoded(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text)))},
		{"UTF-8 by its mark, though windows-1251 was declared", in("windows-1251"), []byte("\ufeff" + text)},
	} {
		got := importTickets(t, c.mapping, c.content)
		if !got.employees["Юлия"] || !got.points["Касса"] {
			t.Errorf("%s: employees %v, touchpoints %v, %v", c.sentence, got.employees, got.points, got.report.Problems)
		}
	}
	for name, want := range map[string]string{"windows-1253": "Μαρία", "windows-1256": "مريم"} {
		enc := map[string]*charmap.Charmap{"windows-1253": charmap.Windows1253, "windows-1256": charmap.Windows1256}[name]
		row := ticketHeader + "T1,C1,Desk,05/03/2026 14:05," + want + ",4,\n"
		got := importTickets(t, in(name), encoded(enc.NewEncoder().Bytes([]byte(row))))
		if !got.employees[want] {
			t.Errorf("%s: %v", name, got.employees)
		}
	}
	broken := importTickets(t, in("windows-1253"), []byte(ticketHeader+"T1,C1,Desk,05/03/2026 14:05,\xd2\xff,4,\n"))
	if diff := cmp.Diff([]complaint{{2, "agent", "encoding_invalid"}}, complaints(broken.problems)); diff != "" {
		t.Error(diff)
	}
}

func TestFilesAreRefusedBeforeAnythingIsTaken(t *testing.T) {
	good := writeFile(t, "good.csv", []byte(ticketHeader+ticket(1)))
	for _, c := range []struct {
		sentence, name, content string
		want                    fault.Field
	}{
		{"missing columns are named", "bad.csv", "ticket,customer,at,agent,remark\n", fault.Field{Name: "bad.csv", Key: "ingest.columns_missing", Args: []any{"kind", "tickets", "columns", "place, stars"}}},
		{"an empty file", "empty.csv", "", fault.Field{Name: "empty.csv", Key: "ingest.file_empty"}},
		{"a header whose quotes do not match", "quote.csv", "ticket,\"customer\nT1,C1\n", fault.Field{Name: "quote.csv", Key: "ingest.quotes_broken"}},
		{"an XES file for a mapping without one", "log.xes", "<log/>", fault.Field{Name: "log.xes", Key: "ingest.file_unrecognised"}},
	} {
		m := newMemory()
		_, err := Run(t.Context(), Import{Mapping: mustParse(t, ticketMapping), Files: []string{good, writeFile(t, c.name, []byte(c.content))}, Sink: m, Now: now})
		f := fault.Of(err)
		if f == nil {
			t.Errorf("%s: %v, want a fault", c.sentence, err)
			continue
		}
		if diff := cmp.Diff([]fault.Field{c.want}, f.Fields); diff != "" {
			t.Errorf("%s: %s", c.sentence, diff)
		}
		equal(t, c.sentence+": batches taken", len(m.batches), 0)
	}
	_, err := Run(t.Context(), Import{Mapping: mustParse(t, ticketMapping), Files: []string{filepath.Join(t.TempDir(), "gone.csv")}, Sink: newMemory()})
	if f := fault.Of(err); f == nil || f.Fields[0].Key != "ingest.file_unreadable" || f.Fields[0].Name != "gone.csv" {
		t.Errorf("a file that is not there: %v", err)
	}
	_, err = Run(t.Context(), Import{Mapping: mustParse(t, ticketMapping), Files: []string{t.TempDir()}, Sink: newMemory()})
	if f := fault.Of(err); f == nil || f.Fields[0].Key != "ingest.file_unreadable" {
		t.Errorf("a folder: %v", err)
	}
}

func TestRepeatedColumnsAreNumbered(t *testing.T) {
	got := columnNames([]string{"\u00a0Variant ", "x", "Variant", "Variant"})
	if want := []string{"Variant", "x", "Variant#2", "Variant#3"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRecordsComeInBatches(t *testing.T) {
	var text strings.Builder
	text.WriteString(ticketHeader)
	for n := range 1234 {
		text.WriteString(ticket(n))
	}
	in := importTickets(t, ticketMapping, []byte(text.String()))
	if want := []int{batchRows, 234}; !slices.Equal(in.batches, want) {
		t.Errorf("batches %v, want %v", in.batches, want)
	}
}

// failing is a sink that breaks after some batches.
type failing struct {
	*memory
	after int
}

func (f failing) Take(ctx context.Context, records []Record) ([]Outcome, error) {
	if len(f.batches) == f.after {
		return nil, io.ErrClosedPipe
	}
	return f.memory.Take(ctx, records)
}

func TestAfterAFailureOfTheSinkTheImportCanBeRunAgain(t *testing.T) {
	var text strings.Builder
	text.WriteString(ticketHeader)
	for n := range 1234 {
		text.WriteString(ticket(n))
	}
	path := writeFile(t, "tickets.csv", []byte(text.String()))
	m := newMemory()
	var done, total int64
	imp := Import{Mapping: mustParse(t, ticketMapping), Files: []string{path}, Sink: failing{m, 1}, Now: now,
		Progress: func(d, t int64) { done, total = d, t }}
	report, err := Run(t.Context(), imp)
	if err == nil || report.Runs != batchRows {
		t.Fatalf("%v after %d runs", err, report.Runs)
	}
	imp.Sink = m
	if report, err = Run(t.Context(), imp); err != nil {
		t.Fatal(err)
	}
	equal(t, "new", report.Runs, 234)
	equal(t, "unchanged", report.Unchanged, batchRows)
	equal(t, "progress at the end", done, total)
	equal(t, "total", total, int64(text.Len()))
}

// refusing is a sink that finds something wrong with one record.
type refusing struct{ *memory }

func (r refusing) Take(ctx context.Context, records []Record) ([]Outcome, error) {
	out := make([]Outcome, len(records))
	for i, rec := range records {
		if rec.Run == "T2" {
			out[i].Problem = &Problem{Column: "ticket", Key: "ingest.value_missing"}
			continue
		}
		out[i] = r.take(rec)
	}
	return out, nil
}

func TestWhatTheSinkRefusesIsRejectedInItsPlace(t *testing.T) {
	path := writeFile(t, "tickets.csv", []byte(ticketHeader+"T0\n"+ticket(2)+"T9\n"))
	var rejected buffer
	report, err := Run(t.Context(), Import{Mapping: mustParse(t, ticketMapping), Files: []string{path}, Sink: refusing{newMemory()}, Now: now,
		Rejected: func(string) (io.WriteCloser, error) { return &rejected, nil }})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "rejected", report.Rejected, 3)
	want := "\ufeffticket,customer,place,at,agent,stars,remark,rejected_line,rejected_reason\n" +
		"T0,2,\"Fields in the row: 1, in the header: 7.\"\n" +
		"T2,C2,Desk,05/03/2026 14:05,Μαρία,4,fine,3,ticket: A value is needed here.\n" +
		"T9,4,\"Fields in the row: 1, in the header: 7.\"\n"
	if diff := cmp.Diff(want, rejected.String()); diff != "" {
		t.Error(diff)
	}
}

func TestDateForms(t *testing.T) {
	tehran, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ form, text, want string }{
		{"dd/mm/yyyy HH:MM", "01/08/2023 08:55", "2023-08-01T08:55:00+03:30"},
		{"dd-mmm-yy", "01-Aug-23", "2023-08-01T00:00:00+03:30"},
		{"yyyy/mm/dd HH:MM:SS", "2012/10/09 14:50:17.000", "2012-10-09T14:50:17+03:30"},
		{"d.m.yyyy", "9.3.2021", "2021-03-09T00:00:00+03:30"},
		{"yyyy-mm-dd hh:MM tt", "2021-03-09 02:30 PM", "2021-03-09T14:30:00+03:30"},
		{"iso", "2021-03-09T02:30:00Z", "2021-03-09T02:30:00Z"},
		{"2006-01-02 15:04", "2021-03-09 02:30", "2021-03-09T02:30:00+03:30"},
	} {
		f, ok := newDateForm(c.form)
		if !ok {
			t.Errorf("%s is not understood", c.form)
			continue
		}
		at, _, ok := parseDate(c.text, []dateForm{f}, tehran)
		if got := at.Format(time.RFC3339); !ok || got != c.want {
			t.Errorf("%s as %s: %s, want %s", c.text, c.form, got, c.want)
		}
	}
	for _, form := range []string{"", "when", "mm/yyyy", "HH:MM"} {
		if _, ok := newDateForm(form); ok {
			t.Errorf("%q names no day and was understood", form)
		}
	}
}

func TestAnEventLogMayLeaveOutSecondsAndZone(t *testing.T) {
	m, err := BuiltIn("event-log")
	if err != nil {
		t.Fatal(err)
	}
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	for written, want := range map[string]string{
		"2026-03-01 10:00":          "2026-03-01T08:00:00Z",
		"2026-03-01T10:00":          "2026-03-01T08:00:00Z",
		"2026-03-01 10:00:30":       "2026-03-01T08:00:30Z",
		"2026/07/01 10:00":          "2026-07-01T07:00:00Z", // summer
		"2026/03/01 10:00:30.5":     "2026-03-01T08:00:30Z",
		"2026-03-01T10:00:00+03:30": "2026-03-01T06:30:00Z", // its own
	} {
		at, clock, ok := parseDate(written, m.spec.Kinds[0].forms, athens)
		if got := at.UTC().Format(time.RFC3339); !ok || !clock || got != want {
			t.Errorf("%s: %s, want %s", written, got, want)
		}
	}
}
