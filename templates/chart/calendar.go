package chart

import (
	"slices"
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// CalendarView is a person's own feedback by day, for her own eyes. It is a table itself and needs no twin: weeks down the
// page, beginning with the reader's first day of the week, days in her calendar.
type CalendarView struct {
	Frame
	From, To int32 // days since 1970, both included; whole weeks around them are drawn
	Days     []CalendarDay
}

// CalendarDay is what came on one day, by mood.
type CalendarDay struct {
	Day                         int32
	Positive, Neutral, Negative int
	Href                        string // where that day's feedback is
}

func (d CalendarDay) total() int { return d.Positive + d.Neutral + d.Negative }

// weekOf is the first day of the reader's week that a day lies in; day 0 was a Thursday.
func weekOf(r *i18n.Reader, day int32) int32 {
	weekday := (int32(time.Thursday) + day%7 + 7) % 7
	return day - (weekday-int32(r.WeekStart())+7)%7
}

// moods of a day in the order of the key, with their signs: a circle, a square, a triangle pointing down.
func (d CalendarDay) moods() []struct {
	class, key string
	n          int
} {
	return []struct {
		class, key string
		n          int
	}{{"up", "calendar.positive", d.Positive}, {"even", "calendar.neutral", d.Neutral}, {"down", "calendar.negative", d.Negative}}
}

// sentence is what a day answers when asked.
func (d CalendarDay) sentence(r *i18n.Reader) string {
	var moods []string
	for _, m := range d.moods() {
		if m.n > 0 {
			moods = append(moods, r.N(m.key, m.n))
		}
	}
	return r.DayMonth(noon(r, d.Day)) + ": " + r.List(moods...)
}

func (v CalendarView) filled(r *i18n.Reader) CalendarView {
	v.Key = []Sign{{"up", r.T("mood.positive")}, {"even", r.T("mood.neutral")}, {"down", r.T("mood.negative")}}
	if v.Empty == "" && (v.From > v.To || !slices.ContainsFunc(v.Days, func(d CalendarDay) bool { return d.total() > 0 })) {
		v.Empty = r.T("calendar.none")
	}
	return v
}

// mostWeeks is how many weeks one calendar shows, the latest.
const mostWeeks = 13

func (v CalendarView) table(r *i18n.Reader) string {
	p := pencilFor(r)
	days := map[int32]CalendarDay{}
	for _, d := range v.Days {
		days[d.Day] = d
	}
	last := weekOf(r, v.To)
	first := max(weekOf(r, v.From), last-7*(mostWeeks-1))
	p.put(`<table class="calendar"><thead><tr>`)
	for i := range 7 {
		d := (r.WeekStart() + time.Weekday(i)) % 7
		p.put(`<th scope="col"><abbr title="`)
		p.text(r.WeekdayName(d))
		p.put(`">`)
		p.text(r.WeekdayShort(d))
		p.put(`</abbr></th>`)
	}
	p.put(`</tr></thead><tbody>`)
	begin, tabbed := max(v.From, first), false
	for week := first; week <= last; week += 7 {
		v.month(p, r, week, begin)
		p.put(`<tr>`)
		for day := week; day < week+7; day++ {
			if day < begin || day > v.To {
				p.put(`<td>`)
				continue
			}
			tabbed = v.cell(p, r, days[day], day, tabbed)
		}
		p.put(`</tr>`)
	}
	p.put(`</tbody></table>`)
	return p.String()
}

// month heads the week in which a month begins, and the first.
func (v CalendarView) month(p *pencil, r *i18n.Reader, week, begin int32) {
	for day := max(week, begin); day < week+7 && day <= v.To; day++ {
		t := noon(r, day)
		if day == begin || r.DayOfMonth(t) == 1 {
			heading := t
			for later := day; later < week+7 && later <= v.To; later++ { // two in one week: the month that begins
				if r.DayOfMonth(noon(r, later)) == 1 {
					heading = noon(r, later)
				}
			}
			p.put(`<tr><th class="calendar-month" colspan="7">`)
			p.text(r.Month(heading))
			p.put(`</th></tr>`)
			return
		}
	}
}

// cell is one day: its number, and the signs of the moods with how many, a single one without a number. How many is drawn
// by the style sheet: what stands in a link has to stand in its name too, and there it is said in words. Quotes and closing
// tags that HTML does not need are left out: there are many days.
func (v CalendarView) cell(p *pencil, r *i18n.Reader, d CalendarDay, day int32, tabbed bool) bool {
	number := r.Int(int64(r.DayOfMonth(noon(r, day))))
	if d.total() == 0 {
		p.put(`<td>`, number)
		return tabbed
	}
	p.put(`<td><a class=mark href="`)
	p.text(d.Href)
	p.put(`" aria-label="`)
	p.text(d.sentence(r))
	p.put(`">`, number)
	for _, m := range d.moods() {
		switch {
		case m.n == 1:
			p.put(`<i data-`, m.class, `></i>`)
		case m.n > 1:
			p.put(`<i data-`, m.class, `="`, r.Int(int64(m.n)), `"></i>`)
		}
	}
	p.put(`</a>`)
	return true
}

// SampleCalendar is twelve weeks of somebody who is rated every other day, with one bad day.
func SampleCalendar(r *i18n.Reader) CalendarView {
	v := CalendarView{Frame: Frame{ID: "sample-calendar", Finding: r.N("calendar.finding", 43, "from", r.Date(noon(r, sampleDay))), About: r.T("calendar.about")},
		From: sampleDay, To: sampleDay + 83}
	for i := int32(0); i <= 83; i++ {
		d := CalendarDay{Day: v.From + i, Href: "?day=" + strconv.Itoa(int(i))}
		switch i % 9 {
		case 0, 4:
			d.Positive = 1 + int(i%3)
		case 2:
			d.Positive, d.Negative = 1, 1
		case 7:
			d.Neutral = 1
		}
		if i == 61 {
			d.Positive, d.Neutral, d.Negative = 2, 1, 12
		}
		if d.total() > 0 {
			v.Days = append(v.Days, d)
		}
	}
	return v
}
