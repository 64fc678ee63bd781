package i18n

import (
	"time"

	ptime "github.com/yaa110/go-persian-calendar"
)

// JalaliDate is the date that a day (see Day) has in the Jalali calendar.
func JalaliDate(day int32) (year, month, dayOfMonth int) {
	y, m, d := ptime.New(DayTime(day)).Date()
	return y, int(m), d
}

// JalaliDay is the day of a date of the Jalali calendar; ok is false where its month has no such day.
func JalaliDay(year, month, dayOfMonth int) (day int32, ok bool) {
	if month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31 {
		return 0, false
	}
	day = Day(ptime.Date(year, ptime.Month(month), dayOfMonth, 12, 0, 0, 0, time.UTC).Time(), time.UTC)
	y, m, d := JalaliDate(day)
	return day, y == year && m == month && d == dayOfMonth
}
