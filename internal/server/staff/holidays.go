package staff

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	view "github.com/journeyloop/journeyloop/templates/settings"
	"github.com/journeyloop/journeyloop/templates/ui"
)

const holidaysPath = "/settings/holidays"

func (d *Desk) holidayRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: holidaysPath, Guard: reply.Administrator, Handle: d.holidaysPage},
		{Method: http.MethodPost, Path: holidaysPath, Guard: reply.Administrator, Handle: d.addHoliday},
		{Method: http.MethodGet, Path: holidaysPath + "/sets", Guard: reply.Administrator, Handle: d.confirmHolidaySet},
		{Method: http.MethodPost, Path: holidaysPath + "/sets", Guard: reply.Administrator, Handle: d.addHolidaySet},
		{Method: http.MethodGet, Path: holidaysPath + "/:key/removal", Guard: reply.Administrator, Handle: d.confirmHolidayRemoval},
		{Method: http.MethodPost, Path: holidaysPath + "/:key/removal", Guard: reply.Administrator, Handle: d.removeHoliday},
	}
}

func (d *Desk) holidaysPage(c echo.Context) error {
	return d.holidays(c, http.StatusOK, view.HolidaysView{Repeats: string(run.Once)})
}

// holidays fills in what every showing of the page needs.
func (d *Desk) holidays(c echo.Context, status int, v view.HolidaysView) error {
	w, err := d.Store.Week(c.Request().Context())
	if err != nil {
		return err
	}
	r := reply.Reader(c)
	v.Example = r.DateField(d.Now())
	for _, repeats := range run.AllRepeats {
		v.Ways = append(v.Ways, ui.Option{Value: string(repeats), Text: r.T("holidays.repeats_" + string(repeats)), Chosen: v.Repeats == string(repeats)})
	}
	for _, set := range run.HolidaySets() {
		v.Sets = append(v.Sets, view.HolidaySet{Country: set.Country, Name: r.T("holidays.set_" + strings.ToLower(set.Country)), Confirm: holidaySetConfirm(r, set)})
	}
	slices.SortStableFunc(w.Holidays, func(a, b run.Holiday) int {
		return cmp.Or(cmp.Compare(slices.Index(run.AllRepeats, a.Repeats), slices.Index(run.AllRepeats, b.Repeats)), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Day, b.Day), cmp.Compare(a.On, b.On))
	})
	for _, h := range w.Holidays {
		l := view.HolidayLine{Key: h.Key(), When: holidayWhen(r, h)}
		l.Name, l.NameIn = h.Name.Shown(r.Lang())
		l.Confirm = r.T("holidays.remove_confirm", "name", i18n.Isolate(l.Name))
		v.Kept = append(v.Kept, l)
	}
	v.Year = holidayYear(r, w, i18n.Day(d.Now(), d.Zone))
	crumbs := []ui.Crumb{{Text: reply.T(c, "common.settings"), Href: "/settings"}, {Text: reply.T(c, "holidays.title")}}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "holidays.title"), Crumbs: crumbs, Status: status}, view.HolidaysPage(v))
}

// holidayYear are the holidays of twelve months from a day.
func holidayYear(r *i18n.Reader, w run.Week, from int32) []view.HolidayDay {
	var out []view.HolidayDay
	until := i18n.Day(i18n.DayTime(from).AddDate(1, 0, 0), time.UTC)
	for day := from; day < until; day++ {
		for _, h := range w.HolidaysOn(day) {
			noon := i18n.DayStart(day, r.Zone()).Add(12 * time.Hour)
			name, in := h.Name.Shown(r.Lang())
			out = append(out, view.HolidayDay{Name: name, NameIn: in, Date: r.Date(noon), Weekday: r.Weekday(noon), Off: !run.Week{Off: w.Off}.Works(day)})
		}
	}
	return out
}

// A year of either calendar that has every day there can be.
const (
	longYear       = 2024
	longJalaliYear = 1403
)

// holidayWhen tells when a holiday comes, in the calendar it comes by.
func holidayWhen(r *i18n.Reader, h run.Holiday) string {
	in := func(calendar i18n.Calendar, day int32) string {
		return i18n.NewReader(r.Lang(), calendar, time.UTC).DayMonth(i18n.DayTime(day))
	}
	switch h.Repeats {
	case run.Once:
		return r.T("holidays.when_once", "day", r.Date(i18n.DayStart(h.On, r.Zone()).Add(12*time.Hour)))
	case run.Yearly:
		return r.T("holidays.when_gregorian", "day", in(i18n.Gregorian, i18n.Day(time.Date(longYear, time.Month(h.Month), h.Day, 0, 0, 0, 0, time.UTC), time.UTC)))
	case run.JalaliYears:
		day, _ := i18n.JalaliDay(longJalaliYear, h.Month, h.Day)
		return r.T("holidays.when_jalali", "day", in(i18n.Jalali, day))
	}
	switch {
	case h.On < 0:
		return r.N("holidays.when_before", int(-h.On))
	case h.On > 0:
		return r.N("holidays.when_after", int(h.On))
	}
	return r.T("holidays.when_easter")
}

// addHoliday makes a holiday of the day typed.
func (d *Desk) addHoliday(c echo.Context) error {
	r := reply.Reader(c)
	v := view.HolidaysView{Name: strings.TrimSpace(c.FormValue("name")), Date: c.FormValue("date"), Repeats: c.FormValue("repeats")}
	var p fault.Problems
	if v.Name == "" {
		p.Add("name", "errors.required")
	}
	at, err := r.ParseDate(v.Date)
	if err != nil {
		key, args := r.DateProblem(err)
		p.Add("date", key, args...)
	}
	added := 0
	if err = p.Err(); err == nil {
		h := run.HolidayOn(i18n.Day(at, r.Zone()), run.Repeats(v.Repeats), i18n.Text{r.Lang(): v.Name})
		added, err = d.Runs.AddHolidays(c.Request().Context(), reply.Actor(c), h)
	}
	if err == nil && added == 0 {
		p.Add("date", "holidays.twice")
		err = p.Err()
	}
	if problems, ok := reply.Problems(err); ok {
		v.Problems = problems
		return d.holidays(c, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, holidaysPath, "holidays.added")
}

// holidaySet is the ready set that is asked for.
func holidaySet(c echo.Context) (run.HolidaySet, error) {
	for _, set := range run.HolidaySets() {
		if set.Country == c.FormValue("country") {
			return set, nil
		}
	}
	return run.HolidaySet{}, fault.Missing("holidays.missing")
}

// holidaySetConfirm names what a set would add, each once.
func holidaySetConfirm(r *i18n.Reader, set run.HolidaySet) string {
	var names []string
	for _, day := range set.Days {
		if name := r.T(day.Key); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return r.T("holidays.set_confirm", "country", i18n.Isolate(r.T("holidays.set_"+strings.ToLower(set.Country))), "names", r.List(names...))
}

func (d *Desk) confirmHolidaySet(c echo.Context) error {
	set, err := holidaySet(c)
	if err != nil {
		return err
	}
	return confirm(c, ui.ConfirmationView{Text: holidaySetConfirm(reply.Reader(c), set), Hidden: map[string]string{"country": set.Country}, Kind: ui.Primary,
		Button: reply.T(c, "holidays.add"), Back: holidaysPath})
}

// addHolidaySet adds a country's holidays under their names in every language.
func (d *Desk) addHolidaySet(c echo.Context) error {
	set, err := holidaySet(c)
	if err != nil {
		return err
	}
	holidays := make([]run.Holiday, len(set.Days))
	for i, day := range set.Days {
		holidays[i], holidays[i].Name = day.Holiday, i18n.Text{}
	}
	for _, lang := range i18n.Languages {
		r := i18n.NewReader(lang, "", time.UTC)
		for i, day := range set.Days {
			holidays[i].Name[lang] = r.T(day.Key)
		}
	}
	added, err := d.Runs.AddHolidays(c.Request().Context(), reply.Actor(c), holidays...)
	if err != nil {
		return err
	}
	if added == 0 {
		return reply.Done(c, holidaysPath, "holidays.set_there")
	}
	return reply.Done(c, holidaysPath, "holidays.set_added")
}

func (d *Desk) confirmHolidayRemoval(c echo.Context) error {
	w, err := d.Store.Week(c.Request().Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(w.Holidays, func(h run.Holiday) bool { return h.Key() == c.Param("key") })
	if i < 0 {
		return fault.Missing("holidays.missing")
	}
	name := fmt.Sprintf("%s (%s)", i18n.Isolate(w.Holidays[i].Name.In(reply.Reader(c).Lang())), holidayWhen(reply.Reader(c), w.Holidays[i]))
	return confirm(c, ui.ConfirmationView{Text: reply.T(c, "holidays.remove_confirm", "name", name), Button: reply.T(c, "holidays.remove"), Back: holidaysPath})
}

func (d *Desk) removeHoliday(c echo.Context) error {
	if err := d.Runs.RemoveHoliday(c.Request().Context(), reply.Actor(c), c.Param("key")); err != nil {
		return err
	}
	return reply.Done(c, holidaysPath, "holidays.removed")
}
