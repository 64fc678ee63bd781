package ingest

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// dateForm is one way a file writes a moment.
type dateForm struct {
	layout string // as Go writes it
	clock  bool   // it names a time of day
}

var isGoLayout = regexp.MustCompile(`2006|06|Jan|15:04`)

// friendlyTokens is what people write for the parts of a date, longest first. Small m is the month, capital M the minute.
var friendlyTokens = strings.NewReplacer(
	"yyyy", "2006", "yy", "06",
	"mmmm", "January", "mmm", "Jan", "mm", "01", "m", "1",
	"dd", "02", "d", "2",
	"HH", "15", "hh", "03", "h", "3", "tt", "PM",
	"MM", "04", "SS", "05", "ss", "05",
	"ZZ", "Z07:00",
)

// friendlyLeft leaves what is no part of a date: signs between the parts, and the T and Z of ISO 8601.
var friendlyLeft = strings.NewReplacer(
	"yyyy", "", "yy", "", "mmmm", "", "mmm", "", "mm", "", "m", "", "dd", "", "d", "", "HH", "", "hh", "", "h", "", "tt", "",
	"MM", "", "SS", "", "ss", "", "ZZ", "", "T", "", "Z", "",
)

// newDateForm reads "iso", a friendly form such as dd/mm/yyyy HH:MM, or a Go layout.
func newDateForm(s string) (dateForm, bool) {
	layout := s
	switch {
	case s == "iso":
		layout = time.RFC3339
	case !isGoLayout.MatchString(s):
		layout = friendlyTokens.Replace(s)
		if strings.ContainsFunc(friendlyLeft.Replace(s), unicode.IsLetter) {
			return dateForm{}, false
		}
	}
	// A form is good when it reads back the day it writes.
	at := time.Date(2021, 3, 14, 15, 9, 26, 0, time.UTC)
	back, err := time.Parse(layout, at.Format(layout))
	if err != nil || back.Format("060102") != at.Format("060102") {
		return dateForm{}, false
	}
	return dateForm{layout: layout, clock: back.Hour() != 0 || back.Minute() != 0}, true
}

// Years a business may have been written down in; outside is a slip of the pen or of the order of day, month and year.
const firstYear, lastYear = 1970, 2200

// parseDate tries the forms in order. Fractions of a second are read whether the form names them or not.
func parseDate(s string, forms []dateForm, zone *time.Location) (at time.Time, clock, ok bool) {
	s = i18n.LatinDigits(s)
	for _, f := range forms {
		at, err := time.ParseInLocation(f.layout, s, zone)
		if err == nil && at.Year() >= firstYear && at.Year() < lastYear {
			return at, f.clock, true
		}
	}
	return time.Time{}, false, false
}

// jalaliYear is a year that a company can only have written in the Jalali calendar.
var jalaliYear = regexp.MustCompile(`(^|[^0-9])1[34][0-9]{2}([^0-9]|$)`)

// isJalali tells a Jalali date from one that is merely unreadable: whoever wrote it needs other advice.
func isJalali(s string) bool { return jalaliYear.MatchString(i18n.LatinDigits(s)) }

// endOfDay is the last microsecond of at's day, in at's zone.
func endOfDay(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, at.Location()).Add(-time.Microsecond)
}
