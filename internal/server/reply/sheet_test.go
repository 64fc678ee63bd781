package reply

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
)

func asked() (echo.Context, *httptest.ResponseRecorder) {
	answer := httptest.NewRecorder()
	return echo.New().NewContext(httptest.NewRequest("GET", "/runs.csv", nil), answer), answer
}

func TestASheet(t *testing.T) {
	c, answer := asked()
	at := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	minus := -12.5
	err := CSV(c, "runs.csv", []string{"one", "two"}, func(s *Sheet) error {
		for _, row := range [][]any{{"=1+1", -3}, {"\n@x", &minus}, {Day(at), at}, {(*int)(nil), (*time.Time)(nil)}, {int64(7), "«дом»"}} {
			if err := s.Row(row...); err != nil {
				return err
			}
		}
		return nil
	})
	want := "\ufeffone,two\n'=1+1,-3\n\"'\n@x\",-12.5\n2026-03-20,2026-03-20T09:00:00Z\n,\n7,«дом»\n"
	if err != nil || answer.Body.String() != want || answer.Header().Get("Content-Disposition") != `attachment; filename="runs.csv"` {
		t.Errorf("%v %q %v", err, answer.Body.String(), answer.Header())
	}
	if err := CSV(c, "x", nil, func(s *Sheet) error { return s.Row(struct{}{}) }); err == nil {
		t.Error("a cell of no kind was written")
	}
}

func TestASheetThatBreaksOff(t *testing.T) {
	broken := errors.New("the database is gone")
	c, answer := asked()
	err := CSV(c, "runs.csv", []string{"one"}, func(*Sheet) error { return broken })
	if !errors.Is(err, broken) || errors.Is(err, ErrCutOff) || c.Response().Committed || answer.Body.Len() > 0 || answer.Header().Get("Content-Disposition") != "" {
		t.Errorf("before the first byte it is an error like any other: %v %q", err, answer.Body.String())
	}
	c, _ = asked()
	err = CSV(c, "runs.csv", []string{"one"}, func(s *Sheet) error {
		if err := s.Row(strings.Repeat("x", 10)); err != nil {
			return err
		}
		if err := s.Flush(); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) || !errors.Is(err, ErrCutOff) {
		t.Errorf("after the first byte the connection has to break: %v", err)
	}
}
