package i18n

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// golden is what ICU (Intl of Node 20) wrote for the same questions, once. Where we mean to differ, agreed says so.
type golden struct {
	Date          map[string]string `json:"date"`
	DayMonth      map[string]string `json:"day_month"`
	ShortDayMonth map[string]string `json:"short_day_month"`
	ShortMonth    map[string]string `json:"short_month"`
	Weekday       []string          `json:"weekday"`
	ShortWeekday  []string          `json:"short_weekday"`
	Letter        []string          `json:"letter"`
	Range         [][3]string       `json:"range"`
	List          []string          `json:"list"`
	Number        [][2]any          `json:"number"`
	NumberRange   string            `json:"number_range"`
	Near          []string          `json:"near"`
	Sorted        [][]string        `json:"sorted"`
}

func TestWritesAsICUDoes(t *testing.T) {
	body, err := os.ReadFile("testdata/intl.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Readers map[string]golden }
	if err := json.Unmarshal(body, &table); err != nil || len(table.Readers) != 5 {
		t.Fatalf("%d readers, %v", len(table.Readers), err)
	}
	for who, want := range table.Readers {
		lang, calendar, _ := strings.Cut(who, "/")
		t.Run(who, func(t *testing.T) { compareToICU(t, NewReader(Lang(lang), Calendar(calendar), nil), want) })
	}
}

func compareToICU(t *testing.T, r *Reader, want golden) {
	same := func(what, got, want string) {
		t.Helper()
		if agreed(r, got) != agreed(r, want) {
			t.Errorf("%s: %q, ICU writes %q", what, got, want)
		}
	}
	for name, of := range map[string]struct {
		write func(time.Time) string
		want  map[string]string
	}{"date": {r.Date, want.Date}, "day and month": {r.DayMonth, want.DayMonth}, "short day and month": {r.ShortDayMonth, want.ShortDayMonth}, "short month": {r.ShortMonth, want.ShortMonth}} {
		for day, text := range of.want {
			same(name+" "+day, of.write(dayOf(t, day)), text)
		}
	}
	for w := time.Sunday; w <= time.Saturday; w++ {
		same("weekday", r.WeekdayName(w), want.Weekday[w])
		if r.Lang() != Persian { // where short names are whole ones
			same("short weekday", r.WeekdayShort(w), want.ShortWeekday[w])
		}
		same("letter", r.WeekdayLetter(w), want.Letter[w])
	}
	for _, c := range want.Range {
		same("range", r.DateRange(dayOf(t, c[0]), dayOf(t, c[1])), c[2])
	}
	for i := range 4 {
		items := []string{"a", "b", "c", "d"}[:i+1]
		same("list", r.List(items...), want.List[i])
		same("list of choices", r.ListOr(items...), want.List[4+i])
	}
	for _, c := range want.Number {
		x, text := c[0].(float64), c[1].(string)
		same("number", r.number(x), text)
	}
	same("range of numbers", r.IntRange(3, 9), want.NumberRange)
	now := dayOf(t, "2026-11-05")
	for i, text := range want.Near {
		same("near day", r.RelativeDay(now.AddDate(0, 0, i-1), now), text)
	}
	for _, names := range want.Sorted {
		got := slices.Sorted(slices.Values(names))
		slices.SortStableFunc(got, r.Compare)
		if !slices.Equal(got, names) {
			t.Errorf("sorted %v, ICU sorts %v", got, names)
		}
	}
}

func dayOf(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(12 * time.Hour)
}

// agreed takes away what we mean to write otherwise: kinds of spaces and direction marks; the real minus; in Persian a
// range in a word rather than a dash, and no comma before و and یا.
func agreed(r *Reader, s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '\u200e' || c == '\u200f' {
			return -1
		}
		return c
	}, s)
	s = strings.ReplaceAll(s, "-", "−")
	if r.Lang() == Persian {
		s = strings.NewReplacer("–", "تا", "،و", "و", "،یا", "یا").Replace(s)
	}
	return s
}
