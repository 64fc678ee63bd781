package settings

import (
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// HolidaysView is the company's holidays, and a form for another as it was typed.
type HolidaysView struct {
	Name, Date, Repeats string
	Problems            []fault.Field
	Example             string      // a date as it is typed
	Ways                []ui.Option // how one can come back
	Sets                []HolidaySet
	Kept                []HolidayLine
	Year                []HolidayDay // twelve months of them, the next first
}

// HolidaySet is a country whose holidays can be added; Confirm names them.
type HolidaySet struct{ Country, Name, Confirm string }

// HolidayLine is one holiday that is kept. Texts of the company say in which language they are.
type HolidayLine struct {
	Key, Name, When, Confirm string
	NameIn                   i18n.Lang
}

// HolidayDay is one day of the next months.
type HolidayDay struct {
	Date, Weekday, Name string
	NameIn              i18n.Lang
	Off                 bool // nobody works on that weekday anyway
}
