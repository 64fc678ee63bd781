package ingest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What one line may hold. The window of a reader never grows past rowLimit, whatever the file.
const (
	fieldLimit = 64 << 10
	rowLimit   = 1 << 20
)

// line is one row of a file as it was read: its fields, or why it could not be taken apart.
type line struct {
	number  int // physical line where it starts, from 1
	fields  []string
	raw     bool // fields holds the untouched text of a line whose quotes do not match
	problem *Problem
}

// rows is a file read row by row; next ends with io.EOF.
type rows interface {
	header() []string
	next() (line, error)
}

// csvLines reads delimited text with RFC 4180 quotes through one window of bytes, starting each row at the front of it.
// A row that goes wrong costs its first physical line only: reading resumes at the next one. That is why it is not
// encoding/csv, which cannot step back to the line after an unclosed quote.
type csvLines struct {
	src    io.Reader
	window []byte // [from:to] is read and not yet consumed
	from   int
	to     int
	err    error // of src, io.EOF at the end

	comma    byte
	encoding string
	line     int // physical line at the front of the window
	columns  []string
	scratch  []byte
	ends     []int
	fffd     bool // U+FFFD means that decoding failed
}

// newCSV reads the header. comma 0 means: whichever of , ; tab | is most frequent in the first line.
func newCSV(src io.Reader, encoding string, comma byte) (*csvLines, error) {
	r := &csvLines{src: src, encoding: encoding, comma: comma, line: 1, window: make([]byte, 16<<10), fffd: replaces(encoding)}
	if r.comma == 0 {
		r.comma = r.guessComma()
	}
	first, err := r.next()
	if err != nil {
		return nil, err
	}
	if first.problem != nil {
		return nil, &headerError{first.problem}
	}
	r.columns = columnNames(first.fields)
	return r, nil
}

// headerError is a first line that cannot be read as a header.
type headerError struct{ problem *Problem }

func (e *headerError) Error() string { return "header: " + e.problem.Key }

func (r *csvLines) header() []string { return r.columns }

func (r *csvLines) guessComma() byte {
	for i := 0; i < fieldLimit; i++ {
		if b, ok := r.at(i); !ok || b == '\n' {
			break
		}
	}
	first, _, _ := bytes.Cut(r.window[r.from:r.to], []byte("\n"))
	best, most := byte(','), 0
	for _, c := range []byte(",;\t|") {
		if n := bytes.Count(first, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

// at is the i-th byte from the front of the window; false past the end of the file.
func (r *csvLines) at(i int) (byte, bool) {
	for r.from+i >= r.to {
		if r.err != nil {
			return 0, false
		}
		r.fill()
	}
	return r.window[r.from+i], true
}

func (r *csvLines) fill() {
	if r.from > 0 {
		copy(r.window, r.window[r.from:r.to])
		r.from, r.to = 0, r.to-r.from
	}
	if r.to == len(r.window) {
		r.window = append(r.window, make([]byte, len(r.window))...)
	}
	n, err := r.src.Read(r.window[r.to:])
	r.to += n
	r.err = err
}

func (r *csvLines) consume(n int) {
	r.line += bytes.Count(r.window[r.from:r.from+n], []byte("\n"))
	r.from += n
}

var (
	errQuotes  = errors.New("quotes do not match")
	errTooLong = errors.New("too long")
)

// next returns the next row that is not blank.
func (r *csvLines) next() (line, error) {
	for {
		if _, ok := r.at(0); !ok {
			if errors.Is(r.err, io.EOF) {
				return line{}, io.EOF
			}
			return line{}, r.err
		}
		at := r.line
		size, err := r.scan()
		switch {
		case errors.Is(err, errQuotes):
			text := r.dropLine()
			return line{number: at, fields: []string{text}, raw: true, problem: &Problem{Key: "ingest.quotes_broken"}}, nil
		case errors.Is(err, errTooLong):
			fields := r.cut()
			r.consume(size)
			r.dropLine()
			return line{number: at, fields: fields, problem: tooLong()}, nil
		}
		fields := r.cut()
		r.consume(size)
		if len(fields) == 1 && strings.TrimSpace(fields[0]) == "" {
			continue
		}
		return line{number: at, fields: fields, problem: r.check(fields)}, nil
	}
}

func tooLong() *Problem {
	return &Problem{Key: "ingest.field_too_long", Args: []any{"limit", fieldLimit >> 10}}
}

// check refuses text that is not text, and rows as wide as no header.
func (r *csvLines) check(fields []string) *Problem {
	for i, f := range fields {
		switch {
		case strings.IndexByte(f, 0) >= 0:
			return &Problem{Column: r.column(i), Key: "ingest.nul_byte"}
		case !utf8.ValidString(f), r.fffd && strings.ContainsRune(f, utf8.RuneError):
			return &Problem{Column: r.column(i), Key: "ingest.encoding_invalid", Args: []any{"encoding", r.name()}}
		}
	}
	if want := len(r.columns); want > 0 && len(fields) != want && !r.withoutReasons(len(fields)) {
		return &Problem{Key: "ingest.fields_ragged", Args: []any{"have", len(fields), "want", want}}
	}
	return nil
}

// withoutReasons: a corrected row of a rejected file may have lost the two columns that were added to it.
func (r *csvLines) withoutReasons(have int) bool {
	return have == len(original(r.columns)) && have > 0
}

func (r *csvLines) column(i int) string {
	if i < len(r.columns) {
		return r.columns[i]
	}
	return ""
}

func (r *csvLines) name() string {
	if r.encoding == "" {
		return "UTF-8"
	}
	return strings.ToUpper(r.encoding)
}

// scan takes one row apart from the front of the window into scratch and ends, and returns its size with the line end,
// or how far it came.
func (r *csvLines) scan() (int, error) {
	r.scratch, r.ends = r.scratch[:0], r.ends[:0]
	for i := 0; ; {
		next, err := r.field(i)
		r.ends = append(r.ends, len(r.scratch))
		if err != nil {
			return next, err
		}
		b, ok := r.at(next)
		switch {
		case !ok:
			return next, nil
		case b == r.comma:
			i = next + 1
		case b == '\r':
			return next + 2, nil
		default:
			return next + 1, nil
		}
	}
}

// field reads one field from i and returns where it stopped: at a comma, at a line end, or past the end of the file.
func (r *csvLines) field(i int) (int, error) {
	if b, ok := r.at(i); ok && b == '"' {
		return r.quoted(i + 1)
	}
	for start := i; ; i++ {
		b, ok := r.at(i)
		if !ok || b == r.comma || b == '\n' || r.lineEnd(i) {
			return i, nil
		}
		if b == '"' {
			return i, errQuotes
		}
		r.scratch = append(r.scratch, b)
		if i-start > fieldLimit || i > rowLimit {
			return i, errTooLong
		}
	}
}

func (r *csvLines) quoted(i int) (int, error) {
	for start, lines := i, false; ; i++ {
		b, ok := r.at(i)
		if !ok {
			return i, errQuotes
		}
		if b == '"' {
			after, more := r.at(i + 1)
			switch {
			case more && after == '"':
				i++
			case !more || after == r.comma || after == '\n' || r.lineEnd(i+1):
				return i + 1, nil
			default:
				return i, errQuotes
			}
		}
		lines = lines || b == '\n'
		r.scratch = append(r.scratch, b)
		if i-start > fieldLimit || i > rowLimit {
			// So long and over several lines: far more often a quote that was never closed than a text.
			if lines {
				return i, errQuotes
			}
			return i, errTooLong
		}
	}
}

// lineEnd: a carriage return counts only before a line feed.
func (r *csvLines) lineEnd(i int) bool {
	if b, ok := r.at(i); !ok || b != '\r' {
		return false
	}
	b, ok := r.at(i + 1)
	return ok && b == '\n'
}

// cut copies the scanned fields out of scratch.
func (r *csvLines) cut() []string {
	all, from := string(r.scratch), 0
	fields := make([]string, len(r.ends))
	for i, end := range r.ends {
		fields[i], from = all[from:end], end
	}
	return fields
}

// dropLine consumes one physical line of any length and returns the beginning of its text. What it returns of an
// overlong line is still over the limit, so that it is refused again when nobody corrected it.
func (r *csvLines) dropLine() string {
	var text []byte
	for {
		if _, ok := r.at(0); !ok {
			return string(text)
		}
		window := r.window[r.from:r.to]
		end := bytes.IndexByte(window, '\n')
		part := window
		if end >= 0 {
			part = window[:end]
		}
		if room := rowLimit + 1 - len(text); room > 0 {
			text = append(text, part[:min(room, len(part))]...)
		}
		if end >= 0 {
			r.consume(end + 1)
			return strings.TrimSuffix(string(text), "\r")
		}
		r.consume(len(part))
	}
}

// columnNames trims the header and numbers repeated names: the second "Variant" is "Variant#2".
func columnNames(fields []string) []string {
	seen := map[string]int{}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = clean(f)
		seen[names[i]]++
		if n := seen[names[i]]; n > 1 {
			names[i] += "#" + strconv.Itoa(n)
		}
	}
	return names
}

// The columns a rejected file adds. They are not read when it is imported again.
const (
	rejectedLine   = "rejected_line"
	rejectedReason = "rejected_reason"
)

// original is the header without the columns that a rejected file added.
func original(header []string) []string {
	if n := len(header); n > 2 && slices.Equal(header[n-2:], []string{rejectedLine, rejectedReason}) {
		return header[:n-2]
	}
	return header
}
