package staff

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	faces "github.com/journeyloop/journeyloop/templates/notifications"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) notificationRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: faces.Path, Guard: reply.Signed, Handle: d.notificationList},
		{Method: http.MethodGet, Path: faces.Path + "/:id", Guard: reply.Signed, Handle: d.openNotification},
		{Method: http.MethodPost, Path: faces.ReadPath, Guard: reply.Signed, Handle: d.readNotifications},
		{Method: http.MethodGet, Path: faces.Settings, Guard: reply.Signed, Handle: d.notifySettings},
		{Method: http.MethodPost, Path: faces.Settings, Guard: reply.Signed, Handle: d.saveNotifySettings},
		{Method: http.MethodPost, Path: faces.Sample, Guard: reply.Signed, Handle: d.sampleLetter},
		{Method: http.MethodGet, Path: "/s/:token/notices", Guard: reply.Public, Handle: d.mayStopLetters},
		{Method: http.MethodPost, Path: "/s/:token/notices", Guard: reply.Public, Handle: d.stopLetters},
	}
}

func (d *Desk) notificationList(c echo.Context) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	found, err := d.Store.NotificationsOf(ctx, actor.UserID, reply.Ask(c))
	if err != nil {
		return err
	}
	names, err := d.Notify.Names(ctx, found.Rows)
	if err != nil {
		return err
	}
	var cases []int64
	for _, n := range found.Rows {
		if n.SubjectKind == "case" {
			cases = append(cases, n.SubjectID)
		}
	}
	seen, err := d.Store.CustomersOfCases(ctx, actor.Scope(), cases)
	if err != nil {
		return err
	}
	customers, err := d.Store.CustomersByID(ctx, slices.Collect(maps.Values(seen)))
	if err != nil {
		return err
	}
	v := faces.ListView{Pager: ui.PagerView{Path: c.Request().URL.RequestURI(), Number: found.Ask.Number, Pages: found.Pages(), Total: found.Total}}
	for _, n := range found.Rows {
		item := faces.Item{ID: n.ID, Text: faces.Say(r, names, n), Href: faces.Open(n), Icon: faces.Icons[n.SubjectKind], At: n.At, New: n.ReadAt == nil}
		if n.SubjectKind == "case" {
			if customer, ok := seen[n.SubjectID]; ok {
				item.Customer = customerName(customers[customer])
			} else { // it was hers, and is out of her sight now
				item.Href = ""
			}
		}
		part := &v.Earlier
		if item.New {
			part = &v.Unread
		}
		*part = onDay(*part, r.RelativeDay(n.At, d.Now()), item)
	}
	return reply.Page(c, reply.Frame{Title: r.T("notifications.title"), Live: true}, faces.List(v))
}

// onDay adds an item to the last of the days, or to a new one.
func onDay(days []faces.Day, title string, item faces.Item) []faces.Day {
	if len(days) == 0 || days[len(days)-1].Title != title {
		days = append(days, faces.Day{Title: title})
	}
	last := &days[len(days)-1]
	last.Items = append(last.Items, item)
	return days
}

// openNotification leads where a notification does; who follows it has read it.
func (d *Desk) openNotification(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, user := c.Request().Context(), reply.Actor(c).UserID
	n, err := d.Store.NotificationOf(ctx, user, id)
	if err != nil {
		return err
	}
	if n.ReadAt == nil {
		if err := d.Store.ReadNotifications(ctx, user, id, d.Now()); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, cmp.Or(faces.Href(n), faces.Path))
}

func (d *Desk) readNotifications(c echo.Context) error {
	id, key := reply.FormID(c, "id"), ""
	if id == 0 {
		key = "notifications.all_read"
	}
	if err := d.Store.ReadNotifications(c.Request().Context(), reply.Actor(c).UserID, id, d.Now()); err != nil {
		return err
	}
	return reply.Done(c, faces.Path, key)
}

func (d *Desk) notifySettings(c echo.Context) error {
	p, err := d.Store.Person(c.Request().Context(), reply.Actor(c).UserID)
	if err != nil {
		return err
	}
	s, err := p.Wishes(d.Zone)
	if err != nil {
		return err
	}
	return d.notifyForm(c, http.StatusOK, p, s, nil)
}

// notifyForm shows the form; p.OwnEmail and s are as typed where it came back.
func (d *Desk) notifyForm(c echo.Context, status int, p notify.Person, s notify.Settings, problems []fault.Field) error {
	r := reply.Reader(c)
	days := r.Weekdays()
	v := faces.SettingsView{Now: s, Problems: problems, Days: days[:], MaySend: d.Notify.Writes(p), Events: eventsFor(reply.Actor(c)), Zone: d.Zone.String(), Email: p.Email, OwnEmail: p.OwnEmail}
	v.Own = p.Email == "" || p.Email == p.OwnEmail || len(problems) > 0 && p.OwnEmail != ""
	switch {
	case p.Email == "":
		v.Warning = r.T("notifications.no_address")
	case p.Email == p.DeadEmail:
		v.Warning = r.T("notifications.bounced", "address", i18n.Isolate(p.Email))
	case !v.MaySend:
		v.Warning = r.T("notifications.no_server")
	}
	title := r.T("notifications.settings")
	crumbs := []ui.Crumb{{Text: r.T("session.me"), Href: ui.AccountPath}, {Text: title}}
	return reply.Page(c, reply.Frame{Title: title, Crumbs: crumbs, Status: status}, faces.Choose(v))
}

// eventsFor are the events that somebody can hear of.
func eventsFor(actor people.Actor) []string {
	return slices.DeleteFunc(slices.Clone(notify.Events), func(verb string) bool {
		switch verb {
		case event.UserMailBounced:
			return !actor.MayAdminister()
		case event.SignalSounded, event.ObservationRecorded, event.ObservationCandidate:
			return !reply.Leader.Admits(actor)
		}
		return false
	})
}

// wishesIn reads the form; an hour that is none is one there is not.
func wishesIn(c echo.Context) notify.Settings {
	hour := func(name string) int {
		n, err := strconv.Atoi(c.FormValue(name))
		if err != nil {
			return -1
		}
		return n
	}
	s := notify.Settings{QuietFrom: hour("quiet_from"), QuietUntil: hour("quiet_until"), DigestHour: hour("digest_hour"), DigestDay: time.Weekday(hour("digest_day")),
		NoDigest: c.FormValue("digest") == "", Zone: strings.TrimSpace(c.FormValue("zone")), Events: map[string]notify.Pace{}}
	for _, verb := range eventsFor(reply.Actor(c)) {
		s.Events[verb] = notify.Pace(c.FormValue(verb))
	}
	return s
}

func (d *Desk) saveNotifySettings(c echo.Context) error {
	ctx, user := c.Request().Context(), reply.Actor(c).UserID
	p, err := d.Store.Person(ctx, user)
	if err != nil {
		return err
	}
	s, own := wishesIn(c), strings.TrimSpace(c.FormValue("own_email"))
	err = d.Notify.Wish(ctx, user, s, own)
	if fields, invalid := reply.Problems(err); invalid {
		p.OwnEmail = own
		return d.notifyForm(c, http.StatusUnprocessableEntity, p, s, fields)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, faces.Settings, "common.saved")
}

func (d *Desk) sampleLetter(c echo.Context) error {
	if err := d.Notify.Sample(c.Request().Context(), reply.Actor(c).UserID); err != nil {
		return err
	}
	return reply.Done(c, faces.Settings, "notifications.sample_sent")
}

// mayStopLetters asks once more; its reader is known by the token alone.
func (d *Desk) mayStopLetters(c echo.Context) error {
	if _, err := d.byLetter(c); err != nil {
		return err
	}
	return reply.Bare(c, http.StatusOK, reply.T(c, "notifications.stop_title"), faces.Stop(faces.StopView{Path: c.Request().URL.Path}))
}

// stopLetters answers a person's button and a mail provider's one click (RFC 8058) alike: at once, without a redirect.
func (d *Desk) stopLetters(c echo.Context) error {
	p, err := d.byLetter(c)
	if err != nil {
		return err
	}
	if err := d.Notify.Stop(c.Request().Context(), p.UserID); err != nil {
		return err
	}
	return reply.Bare(c, http.StatusOK, reply.T(c, "notifications.title"), faces.Stop(faces.StopView{}))
}

// byLetter finds whom a letter was written to, and reads as she does.
func (d *Desk) byLetter(c echo.Context) (notify.Person, error) {
	ctx := c.Request().Context()
	p, err := d.Store.PersonByToken(ctx, c.Param("token"))
	if err == nil {
		c.SetRequest(c.Request().WithContext(i18n.With(ctx, p.Reader(d.Zone))))
	}
	return p, err
}
