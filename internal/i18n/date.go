package i18n

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	ptime "github.com/yaa110/go-persian-calendar"
)

// ErrDate says that a text is not a date this reader could have meant. The errors below are it, and tell why.
var ErrDate = errors.New("not a date")

var (
	errDateForm     = fmt.Errorf("%w: not a day, a month and a year in numbers", ErrDate)
	errDateDay      = fmt.Errorf("%w: the calendar has no such day", ErrDate)
	errDateCalendar = fmt.Errorf("%w: a year of the other calendar", ErrDate)
)

// names are the words of dates in one language, as CLDR has them except for Jalali months outside Persian, which are
// written in the reader's alphabet. month stands alone ("март"), of stands after a day ("марта").
type names struct {
	month, of, jalali, ofJalali [12]string
	weekday                     [7]string // from Sunday, as time.Weekday counts
	year                        string    // what follows a year
	comma                       string    // between a date and a time
}

var (
	englishMonths = [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	englishJalali = [12]string{"Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"}
	persianMonths = [12]string{"ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"}
	persianJalali = [12]string{"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"}
	greekJalali   = [12]string{"Φαρβαρντίν", "Ορντιμπεχέστ", "Χορντάντ", "Τιρ", "Μορντάντ", "Σαχριβάρ", "Μεχρ", "Αμπάν", "Αζάρ", "Ντέι", "Μπαχμάν", "Εσφάντ"}
)

var dates = map[Lang]names{
	English: {
		month: englishMonths, of: englishMonths, jalali: englishJalali, ofJalali: englishJalali,
		weekday: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		comma:   ", ",
	},
	Persian: {
		month: persianMonths, of: persianMonths, jalali: persianJalali, ofJalali: persianJalali,
		weekday: [7]string{"یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه"},
		comma:   "، ",
	},
	Greek: {
		month:  [12]string{"Ιανουάριος", "Φεβρουάριος", "Μάρτιος", "Απρίλιος", "Μάιος", "Ιούνιος", "Ιούλιος", "Αύγουστος", "Σεπτέμβριος", "Οκτώβριος", "Νοέμβριος", "Δεκέμβριος"},
		of:     [12]string{"Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου", "Αυγούστου", "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου"},
		jalali: greekJalali, ofJalali: greekJalali,
		weekday: [7]string{"Κυριακή", "Δευτέρα", "Τρίτη", "Τετάρτη", "Πέμπτη", "Παρασκευή", "Σάββατο"},
		comma:   ", ",
	},
	Russian: {
		month:    [12]string{"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
		of:       [12]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
		jalali:   [12]string{"фарвардин", "ордибехешт", "хордад", "тир", "мордад", "шахривер", "мехр", "абан", "азер", "дей", "бахман", "эсфанд"},
		ofJalali: [12]string{"фарвардина", "ордибехешта", "хордада", "тира", "мордада", "шахривера", "мехра", "абана", "азера", "дея", "бахмана", "эсфанда"},
		weekday:  [7]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
		year:     "\u00a0г.",
		comma:    ", ",
	},
}

// never is how a zero time is written: nobody means the year 1 (and the Jalali calendar has no such day).
const never = "–"

// Date is the day of t in the reader's zone and calendar, written out: "5 March 2026", "۱۴ اسفند ۱۴۰۴". Like everything
// below it writes "–" for the zero time.
func (r *Reader) Date(t time.Time) string {
	if t.IsZero() {
		return never
	}
	y, _, _ := r.parts(t)
	return r.withYear(r.DayMonth(t), y)
}

// DayMonth is Date without its year, where the year is plain from what stands around it.
func (r *Reader) DayMonth(t time.Time) string {
	if t.IsZero() {
		return never
	}
	n := dates[r.book.lang]
	_, m, d := r.parts(t)
	month := n.of[m-1]
	if r.calendar == Jalali {
		month = n.ofJalali[m-1]
	}
	return r.day(d) + " " + month
}

// Month is the month of t with its year: "March 2026", "اسفند ۱۴۰۴".
func (r *Reader) Month(t time.Time) string {
	if t.IsZero() {
		return never
	}
	n := dates[r.book.lang]
	y, m, _ := r.parts(t)
	month := n.month[m-1]
	if r.calendar == Jalali {
		month = n.jalali[m-1]
	}
	return r.withYear(month, y)
}

// Weekday is the name of the day of t.
func (r *Reader) Weekday(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return dates[r.book.lang].weekday[t.In(r.zone).Weekday()]
}

// Time is the time of day, by the 24-hour clock.
func (r *Reader) Time(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return r.Digits(t.In(r.zone).Format("15:04"))
}

// DateTime is Date and Time.
func (r *Reader) DateTime(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return r.Date(t) + dates[r.book.lang].comma + r.Time(t)
}

// DateField is the day of t as ParseDate reads it back and a form shows it: "2026-03-05", "۱۴۰۴/۱۲/۱۴"; the zero time
// leaves the field empty.
func (r *Reader) DateField(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if r.calendar == Gregorian {
		return t.In(r.zone).Format(time.DateOnly)
	}
	y, m, d := r.parts(t)
	return r.Digits(strconv.Itoa(y) + "/" + twoDigits(m) + "/" + twoDigits(d))
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// withYear adds the year. In Persian a month that ends in a silent heh shows its ezafe before it: ژانویهٔ ۲۰۲۶.
func (r *Reader) withYear(month string, y int) string {
	if r.book.lang == Persian && strings.HasSuffix(month, "ه") {
		month += "\u0654"
	}
	return month + " " + r.Digits(strconv.Itoa(y)) + dates[r.book.lang].year
}

func (r *Reader) parts(t time.Time) (year, month, day int) {
	t = t.In(r.zone)
	if r.calendar == Jalali {
		y, m, d := ptime.New(t).Date()
		return y, int(m), d
	}
	y, m, d := t.Date()
	return y, int(m), d
}

// ParseDate reads a day as people type it, in any digits: year first (2026-03-05, 1404/12/14) or day first (5/3/2026,
// 5.3.2026), never month first. For a reader of the Jalali calendar years before 1700 are Jalali; anybody else who types
// one gets ErrDate rather than the Middle Ages. The result is the beginning of that day in the reader's zone.
func (r *Reader) ParseDate(s string) (time.Time, error) {
	y, m, d, ok := threeNumbers(s)
	if !ok {
		return time.Time{}, errDateForm
	}
	if y >= 1700 {
		return r.dayStart(y, m, d, false)
	}
	if r.calendar != Jalali || y < 1000 {
		return time.Time{}, errDateCalendar
	}
	return r.dayStart(y, m, d, true)
}

// exampleDay shows how a date is typed: no month has that number, so day and month cannot be taken for each other.
var exampleDay = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// DateProblem is the message about an error of ParseDate, with its arguments: what is wrong, and how a date is typed.
func (r *Reader) DateProblem(err error) (key string, args []any) {
	key = "common.date_form"
	switch {
	case errors.Is(err, errDateDay):
		key = "common.date_day"
	case errors.Is(err, errDateCalendar):
		key = "common.date_calendar"
	}
	return key, []any{"example", Isolate(r.DateField(exampleDay))}
}

func threeNumbers(s string) (y, m, d int, ok bool) {
	s = strings.TrimFunc(LatinDigits(s), func(c rune) bool { return !isDigit(c) })
	fields := strings.FieldsFunc(s, func(c rune) bool { return !isDigit(c) })
	separators := strings.FieldsFunc(s, isDigit)
	if len(fields) != 3 || separators[0] != separators[1] || !strings.Contains("-/.", separators[0]) {
		return 0, 0, 0, false
	}
	if len(fields[2]) == 4 {
		fields[0], fields[2] = fields[2], fields[0]
	}
	if len(fields[0]) != 4 || len(fields[1]) > 2 || len(fields[2]) > 2 {
		return 0, 0, 0, false
	}
	y, _ = strconv.Atoi(fields[0])
	m, _ = strconv.Atoi(fields[1])
	d, _ = strconv.Atoi(fields[2])
	return y, m, d, true
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

// dayStart refuses days that their month does not have, instead of moving on to the next month.
func (r *Reader) dayStart(y, m, d int, jalali bool) (time.Time, error) {
	noon := time.Date(y, time.Month(m), d, 12, 0, 0, 0, time.UTC)
	back := func() (int, int, int) { return noon.Year(), int(noon.Month()), noon.Day() }
	if jalali {
		if m < 1 || m > 12 || d < 1 || d > 31 {
			return time.Time{}, errDateDay
		}
		noon = ptime.Date(y, ptime.Month(m), d, 12, 0, 0, 0, time.UTC).Time()
		back = func() (int, int, int) { y, m, d := ptime.New(noon).Date(); return y, int(m), d }
	}
	if by, bm, bd := back(); by != y || bm != m || bd != d {
		return time.Time{}, errDateDay
	}
	return DayStart(Day(noon, time.UTC), r.zone), nil
}

// Day is the number of days from 1970-01-01 to the date that t has in zone (nil is UTC).
func Day(t time.Time, zone *time.Location) int32 {
	if zone != nil {
		t = t.In(zone)
	} else {
		t = t.UTC()
	}
	_, offset := t.Zone()
	return int32(floorDiv(t.Unix()+int64(offset), 86_400))
}

// DayTime is the beginning of a day, in UTC: a date to format with a reader whose zone is UTC.
func DayTime(day int32) time.Time { return time.Unix(int64(day)*86_400, 0).UTC() }

// DayStart is the first moment of a day in a zone: midnight, or where the clock jumps over midnight the moment after the
// jump. Where the clock is put back over midnight it is the first of the two.
func DayStart(day int32, zone *time.Location) time.Time {
	y, m, d := DayTime(day).Date()
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	since, until := t.ZoneBounds()
	_, offset := t.Zone()
	_, before := since.Add(-1).Zone()
	first := t.Add(time.Duration(offset-before) * time.Second) // midnight by the clock as it was before it was changed last
	switch {
	case Day(t, zone) < day: // time.Date looked at the jump from before it
		return until
	case first.Before(since):
		return first
	case Day(since, zone) == day:
		return since
	}
	return t
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
