package i18n

import "time"

// shortDays are the names that head the columns of a calendar, from Sunday, as CLDR shortens them.
var shortDays = map[Lang][7]string{
	English: {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	Persian: {"ی", "د", "س", "چ", "پ", "ج", "ش"},
	Greek:   {"Κυρ", "Δευ", "Τρί", "Τετ", "Πέμ", "Παρ", "Σάβ"},
	Russian: {"вс", "пн", "вт", "ср", "чт", "пт", "сб"},
}

// WeekStart is the day a week begins with: Saturday for Persian readers, Monday for the others.
func (r *Reader) WeekStart() time.Weekday {
	if r.book.lang == Persian {
		return time.Saturday
	}
	return time.Monday
}

// WeekdayShort is the name of a weekday where there is little room.
func (r *Reader) WeekdayShort(d time.Weekday) string { return shortDays[r.book.lang][d%7] }

// WeekdayName is its whole name.
func (r *Reader) WeekdayName(d time.Weekday) string { return dates[r.book.lang].weekday[d%7] }

// DayOfMonth is the number of t's day within its month, in the reader's zone and calendar.
func (r *Reader) DayOfMonth(t time.Time) int {
	_, _, d := r.parts(t)
	return d
}
