package i18n

import (
	"strconv"
	"strings"
	"time"
)

// RelativeDay is today, yesterday or tomorrow as a word inside a sentence, and otherwise the date, without its year when
// that is the year of now.
func (r *Reader) RelativeDay(t, now time.Time) string {
	if t.IsZero() {
		return never
	}
	switch Day(t, r.zone) - Day(now, r.zone) {
	case 0:
		return r.T("common.day_today")
	case -1:
		return r.T("common.day_yesterday")
	case 1:
		return r.T("common.day_tomorrow")
	}
	if y, _, _ := r.parts(t); y == r.year(now) {
		return r.DayMonth(t)
	}
	return r.Date(t)
}

// RelativeDateTime is RelativeDay and the time of day: "yesterday, 14:05".
func (r *Reader) RelativeDateTime(t, now time.Time) string {
	if t.IsZero() {
		return never
	}
	return r.RelativeDay(t, now) + dates[r.book.lang].comma + r.Time(t)
}

// DateRange is the days from first to last, both included, saying once what they share: "3–9 November 2026",
// "28 October – 3 November 2026", "۳ تا ۹ آبان ۱۴۰۵". One day is a date.
func (r *Reader) DateRange(first, last time.Time) string {
	if first.IsZero() || last.IsZero() {
		return r.Date(first) + r.between(true) + r.Date(last)
	}
	y1, _, _ := r.parts(first)
	if y2, _, _ := r.parts(last); y1 != y2 {
		return r.Date(first) + r.between(true) + r.Date(last)
	}
	return r.withYear(r.DayMonthRange(first, last), y1)
}

// DayMonthRange is DateRange without the year, where that is plain from what stands around it.
func (r *Reader) DayMonthRange(first, last time.Time) string {
	if first.IsZero() || last.IsZero() {
		return r.DayMonth(first) + r.between(true) + r.DayMonth(last)
	}
	y1, m1, d1 := r.parts(first)
	y2, m2, d2 := r.parts(last)
	switch {
	case y1 == y2 && m1 == m2 && d1 == d2:
		return r.DayMonth(first)
	case y1 == y2 && m1 == m2:
		return r.day(d1) + r.between(false) + r.DayMonth(last)
	}
	return r.DayMonth(first) + r.between(true) + r.DayMonth(last)
}

// between joins the ends of a range. A Persian range is said in a word: a dash between two numbers on a right-to-left page
// leaves it open which of them comes first.
func (r *Reader) between(spaced bool) string {
	switch {
	case r.book.lang == Persian:
		return " تا "
	case spaced:
		return " – "
	}
	return "–"
}

// IntRange is from low to high: "3–9", "۳ تا ۹". Below zero a dash would stand beside a minus, so words stand there.
func (r *Reader) IntRange(low, high int64) string {
	return r.numberRange(r.Int(low), r.Int(high), low < 0)
}

// FloatRange is IntRange for numbers with decimals.
func (r *Reader) FloatRange(low, high float64, decimals int) string {
	return r.numberRange(r.Float(low, decimals), r.Float(high, decimals), low < 0)
}

// PercentRange is a range of percentages, with one sign for both: "39–61%".
func (r *Reader) PercentRange(low, high float64, decimals int) string {
	return r.numberRange(r.Float(low, decimals), r.Percent(high, decimals), low < 0)
}

func (r *Reader) numberRange(low, high string, below bool) string {
	if below {
		return r.T("common.range", "low", low, "high", high)
	}
	return low + r.between(false) + high
}

// List joins with "and": "a, b and c". What is in it stays as it is; names are isolated by the caller.
func (r *Reader) List(items ...string) string { return r.joined(items, "common.list_and") }

// ListOr joins with "or": "a, b or c".
func (r *Reader) ListOr(items ...string) string { return r.joined(items, "common.list_or") }

func (r *Reader) joined(items []string, key string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return r.T(key, "first", strings.Join(items[:last], dates[r.book.lang].comma), "last", items[last])
}

// Days says a length in days: calendar days, or business days without the days off of the company's week.
func (r *Reader) Days(n int, business bool) string {
	if business {
		return r.N("common.business_days", n)
	}
	return r.N("common.calendar_days", n)
}

func (r *Reader) day(d int) string { return r.Digits(strconv.Itoa(d)) }

func (r *Reader) year(t time.Time) int {
	y, _, _ := r.parts(t)
	return y
}
