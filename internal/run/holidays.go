package run

import (
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Repeats is how a holiday comes back.
type Repeats string

// What there is. Holidays of the lunar calendar, which are announced, are entered once each year.
const (
	Once        Repeats = "once"
	Yearly      Repeats = "gregorian" // on the same day of the Gregorian year
	JalaliYears Repeats = "jalali"    // on the same day of the Jalali year
	ByEaster    Repeats = "easter"    // as many days from Orthodox Easter
)

// AllRepeats is in the order it is offered.
var AllRepeats = []Repeats{Once, Yearly, JalaliYears, ByEaster}

// Holiday is a day nobody works whatever its weekday. A day its year does not have (29 February) is left out that year.
type Holiday struct {
	Name       i18n.Text
	Repeats    Repeats
	Month, Day int   // of the year that repeats it
	On         int32 // Once: the day since 1970-01-01; ByEaster: days after Easter Sunday
}

// HolidayOn is the holiday of which a day is one instance.
func HolidayOn(day int32, repeats Repeats, name i18n.Text) Holiday {
	h, at := Holiday{Name: name, Repeats: repeats}, datesOf(day)
	switch repeats {
	case Once:
		h.On = day
	case Yearly:
		h.Month, h.Day = at.month, at.day
	case JalaliYears:
		h.Month, h.Day = at.jalaliMonth, at.jalaliDay
	case ByEaster:
		h.On = at.afterEaster
	}
	return h
}

// Key names the day of a holiday; no week has two with the same.
func (h Holiday) Key() string { return fmt.Sprintf("%s.%d.%d.%d", h.Repeats, h.Month, h.Day, h.On) }

// Holidays may be this many, and this far from Easter.
const (
	mostHolidays     = 200
	longestName      = 100
	farthestOfEaster = 70
)

func (h Holiday) check(p *fault.Problems) {
	if h.Name.Empty() {
		p.Add("name", "errors.required")
	}
	for _, name := range h.Name {
		if len([]rune(name)) > longestName {
			p.Add("name", "errors.too_long", "max", longestName)
		}
	}
	switch h.Repeats {
	case Once:
		if h.On < firstKnown || h.On > lastKnown {
			p.Add("date", "holidays.unknown_year")
		}
	case Yearly, JalaliYears:
		if h.Month < 1 || h.Month > 12 || h.Day < 1 || h.Day > 31 {
			p.Add("date", "common.date_day")
		}
	case ByEaster:
		if max(h.On, -h.On) > farthestOfEaster {
			p.Add("date", "holidays.far_from_easter", "max", farthestOfEaster)
		}
	default:
		p.Add("repeats", "errors.choice")
	}
}

// Holidays are known from 1900 to 2199; before and after there are weekends only. What a mistyped year asks for is thus
// soon counted.
const (
	firstKnown int32 = -25_567
	lastKnown  int32 = 84_005
)

// HolidaysOn lists the holidays of a day: two can meet on it.
func (w Week) HolidaysOn(day int32) []Holiday {
	if len(w.Holidays) == 0 || day < firstKnown || day > lastKnown {
		return nil
	}
	var out []Holiday
	at := datesOf(day)
	for _, h := range w.Holidays {
		if at.is(h) {
			out = append(out, h)
		}
	}
	return out
}

// rests is HolidaysOn of any, without a list of them.
func (w Week) rests(day int32) bool {
	if len(w.Holidays) == 0 || day < firstKnown || day > lastKnown {
		return false
	}
	return slices.ContainsFunc(w.Holidays, datesOf(day).is)
}

// dates are what one day is called.
type dates struct {
	number                 int32
	month, day             int
	jalaliMonth, jalaliDay int
	afterEaster            int32
}

func datesOf(day int32) dates {
	year, month, of := i18n.DayTime(day).Date()
	_, jalaliMonth, jalaliDay := i18n.JalaliDate(day)
	return dates{day, int(month), of, jalaliMonth, jalaliDay, day - OrthodoxEaster(year)}
}

func (at dates) is(h Holiday) bool {
	switch h.Repeats {
	case Once:
		return h.On == at.number
	case Yearly:
		return h.Month == at.month && h.Day == at.day
	case JalaliYears:
		return h.Month == at.jalaliMonth && h.Day == at.jalaliDay
	case ByEaster:
		return h.On == at.afterEaster
	}
	return false
}

// OrthodoxEaster is the day of Easter Sunday as the Orthodox churches keep it: by the Julian calendar, after Meeus,
// Astronomical Algorithms, 2nd ed. 1998, ch. 8.
func OrthodoxEaster(year int) int32 {
	moon := (19*(year%19) + 15) % 30
	sunday := (2*(year%4) + 4*(year%7) - moon + 34) % 7
	n := moon + sunday + 114
	behind := year/100 - year/400 - 2 // days of the Julian calendar behind the Gregorian
	return i18n.Day(time.Date(year, time.Month(n/31), n%31+1+behind, 0, 0, 0, 0, time.UTC), time.UTC)
}

// HolidaySet is what the offices of a country rest on every year besides weekends, as a starting point: what is announced
// for one year, as lunar holidays and days moved to another, is not in it. Names are message keys.
type HolidaySet struct {
	Country string // ISO 3166
	Days    []SetDay
}

// SetDay is a holiday whose name is a message key.
type SetDay struct {
	Key string
	Holiday
}

func gregorian(key string, month, day int) SetDay {
	return SetDay{key, Holiday{Repeats: Yearly, Month: month, Day: day}}
}

func jalali(key string, month, day int) SetDay {
	return SetDay{key, Holiday{Repeats: JalaliYears, Month: month, Day: day}}
}

func easter(key string, after int32) SetDay {
	return SetDay{key, Holiday{Repeats: ByEaster, On: after}}
}

// HolidaySets are the ready ones, as of 2026. Iran: the solar holidays of the official calendar. Greece: those of offices
// and banks. Russia: article 112 of the Labour Code.
func HolidaySets() []HolidaySet {
	iran := []SetDay{jalali("holidays.nowruz", 1, 1), jalali("holidays.nowruz", 1, 2), jalali("holidays.nowruz", 1, 3), jalali("holidays.nowruz", 1, 4),
		jalali("holidays.islamic_republic", 1, 12), jalali("holidays.nature", 1, 13), jalali("holidays.khomeini", 3, 14), jalali("holidays.khordad", 3, 15),
		jalali("holidays.revolution", 11, 22), jalali("holidays.oil", 12, 29)}
	greece := []SetDay{gregorian("holidays.new_year", 1, 1), gregorian("holidays.epiphany", 1, 6), easter("holidays.clean_monday", -48),
		gregorian("holidays.independence_greece", 3, 25), easter("holidays.good_friday", -2), easter("holidays.easter", 0), easter("holidays.easter_monday", 1), gregorian("holidays.may_day", 5, 1),
		easter("holidays.whit_monday", 50), gregorian("holidays.dormition", 8, 15), gregorian("holidays.ohi", 10, 28),
		gregorian("holidays.christmas", 12, 25), gregorian("holidays.second_christmas", 12, 26)}
	russia := []SetDay{gregorian("holidays.defender", 2, 23), gregorian("holidays.women", 3, 8), gregorian("holidays.may_day", 5, 1), gregorian("holidays.victory", 5, 9),
		gregorian("holidays.russia", 6, 12), gregorian("holidays.unity", 11, 4)}
	for _, day := range []int{1, 2, 3, 4, 5, 6, 8} {
		russia = append(russia, gregorian("holidays.new_year", 1, day))
	}
	russia = append(russia, gregorian("holidays.christmas", 1, 7))
	return []HolidaySet{{"IR", iran}, {"GR", greece}, {"RU", russia}}
}
