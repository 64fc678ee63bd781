package staff

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// calendarDays is how far back a person's calendar looks: twelve weeks.
const calendarDays = 84

// calendar is the signed-in person's feedback about her own work by day, in her calendar and her time zone. Nobody else
// gets it: it asks for her own scope only.
func (d *Desk) calendar(c echo.Context) (chart.CalendarView, error) {
	a, r := reply.Actor(c), reply.Reader(c)
	today := i18n.Day(d.Now(), r.Zone())
	from := today - calendarDays + 1
	y, m, day := i18n.DayTime(from).Date()
	moments, err := d.Store.MomentsFor(c.Request().Context(), a.OwnScope(), a.EmployeeID,
		feedback.Filter{Audience: feedback.ToEmployee, Since: time.Date(y, m, day, 0, 0, 0, 0, r.Zone()).UTC()})
	if err != nil {
		return chart.CalendarView{}, err
	}
	v := chart.CalendarView{Frame: chart.Frame{ID: "calendar", About: r.T("calendar.about")}, From: from, To: today}
	for _, x := range moments {
		on := i18n.Day(x.At, r.Zone())
		if n := len(v.Days); n == 0 || v.Days[n-1].Day != on {
			v.Days = append(v.Days, chart.CalendarDay{Day: on, Href: ui.Link("?", "for", string(feedback.ToEmployee), "day", i18n.DayTime(on).Format(time.DateOnly))})
		}
		last := &v.Days[len(v.Days)-1]
		switch x.Mood {
		case stat.Positive:
			last.Positive++
		case stat.Negative:
			last.Negative++
		default:
			last.Neutral++
		}
	}
	v.Finding = r.N("calendar.finding", len(v.Days), "from", r.Date(i18n.DayTime(from).Add(12*time.Hour)))
	return v, nil
}

// dayOf writes the day an address asks for; "" for none.
func dayOf(r *i18n.Reader, day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, r.Zone())
	if err != nil {
		return ""
	}
	return r.Date(t.Add(12 * time.Hour))
}
