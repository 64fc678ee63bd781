package i18n

import "time"

// short are the words of dates where there is no room for whole ones, as CLDR abbreviates them; a calendar's heads and a
// chart's axis. Persian months and Jalali ones anywhere are not abbreviated: there the whole name stands.
type short struct {
	month, of [12]string
	weekday   [7]string // from Sunday, as time.Weekday counts
	letter    [7]string // one letter, for the head of a calendar; never the only sign of a day
}

var shorts = map[Lang]short{
	English: {
		month:   [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"},
		of:      [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"},
		weekday: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		letter:  [7]string{"S", "M", "T", "W", "T", "F", "S"},
	},
	Persian: {
		month: persianMonths, of: persianMonths,
		weekday: [7]string{"ی", "د", "س", "چ", "پ", "ج", "ش"},
		letter:  [7]string{"ی", "د", "س", "چ", "پ", "ج", "ش"},
	},
	Greek: {
		month:   [12]string{"Ιαν", "Φεβ", "Μαρ", "Απρ", "Μαΐ", "Ιουν", "Ιουλ", "Αυγ", "Σεπ", "Οκτ", "Νοε", "Δεκ"},
		of:      [12]string{"Ιαν", "Φεβ", "Μαρ", "Απρ", "Μαΐ", "Ιουν", "Ιουλ", "Αυγ", "Σεπ", "Οκτ", "Νοε", "Δεκ"},
		weekday: [7]string{"Κυρ", "Δευ", "Τρί", "Τετ", "Πέμ", "Παρ", "Σάβ"},
		letter:  [7]string{"Κ", "Δ", "Τ", "Τ", "Π", "Π", "Σ"},
	},
	Russian: {
		month:   [12]string{"янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.", "нояб.", "дек."},
		of:      [12]string{"янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек."},
		weekday: [7]string{"вс", "пн", "вт", "ср", "чт", "пт", "сб"},
		letter:  [7]string{"В", "П", "В", "С", "Ч", "П", "С"},
	},
}

// WeekStart is the day a week begins with: Saturday for Persian readers, Monday for the others.
func (r *Reader) WeekStart() time.Weekday {
	if r.book.lang == Persian {
		return time.Saturday
	}
	return time.Monday
}

// Weekdays are the seven days in the order of the reader's week.
func (r *Reader) Weekdays() [7]time.Weekday {
	var out [7]time.Weekday
	for i := range out {
		out[i] = (r.WeekStart() + time.Weekday(i)) % 7
	}
	return out
}

// WeekOf is the beginning, in the reader's zone, of the week of t.
func (r *Reader) WeekOf(t time.Time) time.Time {
	t = t.In(r.zone)
	back := int(t.Weekday()-r.WeekStart()+7) % 7
	return DayStart(Day(t, r.zone)-int32(back), r.zone)
}

// WeekdayName is the whole name of a day of the week.
func (r *Reader) WeekdayName(d time.Weekday) string { return dates[r.book.lang].weekday[d%7] }

// WeekdayShort is its name where there is little room: "Thu", "Πέμ", "чт"; Persian, which does not shorten, has the letter.
func (r *Reader) WeekdayShort(d time.Weekday) string { return shorts[r.book.lang].weekday[d%7] }

// WeekdayLetter is its first letter. Two days may share one, so the whole name stands beside it for those who listen.
func (r *Reader) WeekdayLetter(d time.Weekday) string { return shorts[r.book.lang].letter[d%7] }

// DayOfMonth is the number of t's day within its month, in the reader's zone and calendar.
func (r *Reader) DayOfMonth(t time.Time) int {
	_, _, d := r.parts(t)
	return d
}

// ShortMonth is the abbreviated month of t, alone: "Sept", "Σεπ", "сент."; a Jalali month is whole.
func (r *Reader) ShortMonth(t time.Time) string {
	if t.IsZero() {
		return never
	}
	_, m, _ := r.parts(t)
	if r.calendar == Jalali {
		return dates[r.book.lang].jalali[m-1]
	}
	return shorts[r.book.lang].month[m-1]
}

// ShortDayMonth is DayMonth with the month abbreviated: "5 Mar", "5 мар.".
func (r *Reader) ShortDayMonth(t time.Time) string {
	if t.IsZero() {
		return never
	}
	if r.calendar == Jalali {
		return r.DayMonth(t)
	}
	_, m, d := r.parts(t)
	return r.day(d) + " " + shorts[r.book.lang].of[m-1]
}
