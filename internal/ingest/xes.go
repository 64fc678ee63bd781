package ingest

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// What an XES file may cost: bytes of one token, and depth of nesting.
const (
	tokenLimit = 1 << 20
	depthLimit = 64
)

// xesLines reads the events of an XES log as rows with the columns a mapping asks for: an event's attributes by their
// keys, its trace's with "case:" before them. Entities of a document type are never expanded: a file with one is refused.
type xesLines struct {
	dec      *xml.Decoder
	budget   *budget
	columns  []string
	index    map[string]int
	trace    []string // values of the trace, as wide as columns
	inTrace  bool
	open     int // logs and traces
	isLog    bool
	finished bool
}

func newXES(src io.Reader, columns []string) *xesLines {
	b := &budget{src: src}
	x := &xesLines{dec: xml.NewDecoder(b), budget: b, columns: columns, index: map[string]int{}}
	x.dec.CharsetReader = decodedCharset
	for i, c := range columns {
		x.index[c] = i
	}
	return x
}

// decodedCharset is for files that declare another encoding than UTF-8; UTF-16 is read by its byte-order mark before.
func decodedCharset(name string, src io.Reader) (io.Reader, error) {
	if strings.EqualFold(name, "utf-16") {
		return src, nil
	}
	return decoded(src, name)
}

func (x *xesLines) header() []string { return x.columns }

// next returns the next event. A file that is no longer XML ends with one problem that says where.
func (x *xesLines) next() (line, error) {
	for !x.finished {
		start, err := x.element()
		switch {
		case errors.Is(err, io.EOF) && x.isLog:
			x.finished = true
		case errors.Is(err, io.EOF):
			return x.broken(errNoLog), nil
		case err != nil:
			return x.broken(err), nil
		case start == "event":
			number, _ := x.dec.InputPos()
			fields := append([]string(nil), x.trace...)
			if !x.inTrace {
				fields = make([]string, len(x.columns))
			}
			if err := x.attributes(fields, ""); err != nil {
				return x.broken(err), nil
			}
			return line{number: number, fields: fields, problem: longest(fields)}, nil
		}
	}
	return line{}, io.EOF
}

func longest(fields []string) *Problem {
	for _, f := range fields {
		if len(f) > fieldLimit {
			return tooLong()
		}
	}
	return nil
}

func (x *xesLines) broken(err error) line {
	x.finished = true
	number, _ := x.dec.InputPos()
	if errors.Is(err, errDocumentType) {
		return line{number: number, problem: &Problem{Key: "ingest.xes_doctype"}}
	}
	return line{number: number, problem: &Problem{Key: "ingest.xes_broken", Args: []any{"detail", short(err.Error())}}}
}

var (
	errDocumentType = errors.New("document types are not read")
	errNoLog        = errors.New("no <log> in it")
	errTooDeep      = errors.New("nested too deeply")
)

func (x *xesLines) token() (xml.Token, error) {
	x.budget.left = tokenLimit
	t, err := x.dec.Token()
	if _, ok := t.(xml.Directive); ok {
		return nil, errDocumentType
	}
	return t, err
}

// element goes to the next event, noting traces and their attributes on the way.
func (x *xesLines) element() (string, error) {
	for {
		t, err := x.token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch name := t.Name.Local; {
			case name == "log", name == "trace":
				x.isLog = true
				if x.open++; x.open > depthLimit {
					return "", errTooDeep
				}
				if name == "trace" {
					x.inTrace, x.trace = true, make([]string, len(x.columns))
				}
			case name == "event":
				return name, nil
			case x.inTrace:
				x.note(t, x.trace, "case:")
				fallthrough
			default:
				if err := x.pass(); err != nil {
					return "", err
				}
			}
		case xml.EndElement:
			x.open--
			x.inTrace = x.inTrace && t.Name.Local != "trace"
		}
	}
}

// attributes reads the attributes of the element that was just opened, to its end.
func (x *xesLines) attributes(fields []string, prefix string) error {
	for {
		t, err := x.token()
		if err != nil {
			return unexpected(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			x.note(t, fields, prefix)
			if err := x.pass(); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// pass goes behind the element that was just opened. What is nested in an attribute is about the attribute, not the event.
func (x *xesLines) pass() error {
	for depth := 1; depth > 0; {
		t, err := x.token()
		if err != nil {
			return unexpected(err)
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > depthLimit {
			return errTooDeep
		}
	}
	return nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (x *xesLines) note(t xml.StartElement, fields []string, prefix string) {
	var key, value string
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "key":
			key = a.Value
		case "value":
			value = a.Value
		}
	}
	if i, ok := x.index[prefix+key]; ok {
		fields[i] = value
	}
}

// budget ends a file whose next token does not come within its limit, so that no token can fill the memory.
type budget struct {
	src  io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.src.Read(p)
	b.left -= n
	return n, err
}
