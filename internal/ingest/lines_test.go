package ingest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func readAll(t *rapid.T, src io.Reader) (all [][]string, problems int) {
	r, err := newCSV(src, "", ',')
	if errors.Is(err, io.EOF) {
		return nil, 0
	}
	if err != nil {
		t.Fatal(err)
	}
	r.columns = nil // any width
	for {
		l, err := r.next()
		if errors.Is(err, io.EOF) {
			return all, problems
		}
		if err != nil {
			t.Fatal(err)
		}
		if l.problem != nil {
			problems++
			continue
		}
		all = append(all, l.fields)
	}
}

func TestWhatACSVWriterWritesIsReadAsItWas(t *testing.T) {
	field := rapid.StringMatching(`[a-zجЖ ,;"'\r\n]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SliceOfN(field, 2, 4), 1, 20).Draw(t, "rows")
		var text strings.Builder
		w := csv.NewWriter(&text)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		if w.WriteAll(append([][]string{{"h1", "h2"}}, want...)) != nil {
			t.Fatal("not written")
		}
		if w.UseCRLF {
			want = expectCRLF(want)
		}
		got, problems := readAll(t, iotest.OneByteReader(strings.NewReader(text.String())))
		if problems > 0 || !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q read as %q with %d problems", text.String(), got, problems)
		}
	})
}

// expectCRLF is what encoding/csv makes of line ends inside fields when it ends lines with \r\n.
func expectCRLF(rows [][]string) (all [][]string) {
	for _, r := range rows {
		var fields []string
		for _, f := range r {
			if strings.ContainsAny(f, "\r\n,\"") || strings.HasPrefix(f, " ") {
				f = strings.ReplaceAll(strings.ReplaceAll(f, "\r", ""), "\n", "\r\n")
			}
			fields = append(fields, f)
		}
		all = append(all, fields)
	}
	return all
}

// Any bytes at all: every physical line is either read or complained about, and lines are counted to the end.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a\n\"", "\"a\n\"\"\n\"x\"y\n", "a,b\r\n\"1\r\n2\",3\r\n", "\x00\xff,\n\n\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := newCSV(strings.NewReader(string(text)), "", ',')
		if err != nil {
			return
		}
		last := 0
		for {
			l, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || l.number <= last {
				t.Fatalf("line %d after %d: %v", l.number, last, err)
			}
			last = l.number
		}
		if want := 1 + strings.Count(string(text), "\n"); r.line != want {
			t.Fatalf("came to line %d of %d", r.line, want)
		}
	})
}

// endless is a file that is made while it is read.
type endless struct {
	rows, made int
	row        func(n int) string
	rest       string
}

func (e *endless) Read(p []byte) (int, error) {
	for e.rest == "" {
		if e.made == e.rows {
			return 0, io.EOF
		}
		e.made++
		e.rest = e.row(e.made)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	for _, c := range []struct {
		sentence string
		row      func(n int) string
	}{
		{"good rows of ever new runs", func(n int) string {
			return fmt.Sprintf("Case %d,Ask,Value %d,2012/10/09 14:50:17.000,Value %d\n", n, n%40, n%500)
		}},
		{"rows that are all refused", func(n int) string { return "Case,\"Ask " + strings.Repeat("x", 100) + "\n" }},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			const rows = 300_000
			heap := map[int]uint64{}
			taken := 0
			look := func() {
				if taken == 50_000 || taken == rows {
					runtime.GC()
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					heap[taken] = m.HeapAlloc
				}
			}
			k := &mustLoad(t, "event-log").spec.Kinds[0]
			src := &endless{rows: rows, row: c.row}
			in, err := k.open(io.MultiReader(strings.NewReader("Case ID,Activity,Resource,Complete Timestamp,customer\n"), src))
			if err != nil {
				t.Fatal(err)
			}
			r := runner{Import: Import{Sink: nothing{}}, report: Report{Warnings: map[string]int{}}, reader: i18nEnglish()}
			r.Progress = func(int64, int64) { taken += batchRows; look() }
			s := newShaper(k, in.header(), now.Location(), now, func(string) {})
			discard := &rejects{header: in.header(), comma: ',', open: func() (io.WriteCloser, error) { return os.OpenFile(os.DevNull, os.O_WRONLY, 0) }}
			if err := r.rows(t.Context(), in, s, "log.csv", discard); err != nil {
				t.Fatal(err)
			}
			if heap[50_000] == 0 || heap[rows] == 0 {
				t.Fatalf("looked at %v", heap)
			}
			if grown := int64(heap[rows]) - int64(heap[50_000]); grown > 4<<20 {
				t.Errorf("the heap grew by %d kB between row 50,000 and row 300,000", grown>>10)
			}
		})
	}
}
