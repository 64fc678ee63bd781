package reply

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/people"
)

// ErrCutOff says that part of a file has left already: the connection has to break, so that half a file is not taken for
// a whole one.
var ErrCutOff = errors.New("a file broke off")

// Sheet is a CSV file on its way to a browser. It is for spreadsheets: UTF-8 with its mark, texts guarded against being
// run as formulas, moments as ISO 8601. It holds one page of rows at most.
type Sheet struct {
	c    echo.Context
	name string
	out  *csv.Writer
	zone *time.Location
}

// CSV answers with a file of rows that fill writes; columns are its first line. An error before the first bytes left is
// an error page like any other.
func CSV(c echo.Context, name string, columns []string, fill func(*Sheet) error) error {
	s := &Sheet{c: c, name: name, zone: Reader(c).Zone()}
	s.out = csv.NewWriter(s)
	err := s.out.Write(columns)
	if err == nil {
		err = fill(s)
	}
	if err == nil {
		err = s.Flush()
	}
	if err != nil && c.Response().Committed {
		return fmt.Errorf("%w: %s: %w", ErrCutOff, name, err)
	}
	return err
}

// patience is how long a reader may take for one piece of a file.
const patience = time.Minute

// Write implements io.Writer; the first bytes bring the head of the answer with them. Every piece has a time limit of its
// own: the server's, which is for pages, would cut a large file off under a slow reader.
func (s *Sheet) Write(p []byte) (int, error) {
	response := s.c.Response()
	_ = http.NewResponseController(response).SetWriteDeadline(time.Now().Add(patience)) // a recorder in a test has none
	if !response.Committed {
		Attach(s.c, "text/csv; charset=utf-8", s.name)
		if _, err := response.Write([]byte("\ufeff")); err != nil {
			return 0, err
		}
	}
	return response.Write(p)
}

// Attach makes the answer a file to be kept under a name.
func Attach(c echo.Context, kind, name string) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, kind)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
}

// Row writes one line. A cell is a string, a whole or broken number, a Day or a moment; nil pointers are empty.
func (s *Sheet) Row(cells ...any) error {
	line := make([]string, len(cells))
	for i, x := range cells {
		var err error
		if line[i], err = s.cell(x); err != nil {
			return err
		}
	}
	return s.out.Write(line)
}

// Flush sends what was written so far.
func (s *Sheet) Flush() error {
	s.out.Flush()
	return s.out.Error()
}

// Day is a moment of which only the date is told.
type Day time.Time

func (s *Sheet) cell(x any) (string, error) {
	switch x := x.(type) {
	case string:
		return people.Guarded(x), nil
	case int:
		return strconv.Itoa(x), nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64), nil
	case *int:
		return nullable(s, x)
	case *float64:
		return nullable(s, x)
	case time.Time:
		return s.moment(x, time.RFC3339), nil
	case *time.Time:
		return nullable(s, x)
	case Day:
		return s.moment(time.Time(x), time.DateOnly), nil
	}
	return "", fmt.Errorf("a cell cannot be a %T", x)
}

func nullable[T any](s *Sheet, x *T) (string, error) {
	if x == nil {
		return "", nil
	}
	return s.cell(*x)
}

func (s *Sheet) moment(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.zone).Format(layout)
}
