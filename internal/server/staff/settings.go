package staff

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/survey"
	view "github.com/journeyloop/journeyloop/templates/settings"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) settingsRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/settings", Guard: reply.Administrator, Handle: d.policyPage},
		{Method: http.MethodPost, Path: "/settings", Guard: reply.Administrator, Handle: d.savePolicy},
		{Method: http.MethodPost, Path: "/settings/week", Guard: reply.Administrator, Handle: d.saveWeek},
		{Method: http.MethodGet, Path: "/settings/keys", Guard: reply.Administrator, Handle: d.keysPage},
		{Method: http.MethodPost, Path: "/settings/keys", Guard: reply.Administrator, Handle: d.issueKey},
		{Method: http.MethodGet, Path: "/settings/keys/:id/revocation", Guard: reply.Administrator, Handle: d.confirmRevocation},
		{Method: http.MethodPost, Path: "/settings/keys/:id/revocation", Guard: reply.Administrator, Handle: d.revokeKey},
		{Method: http.MethodGet, Path: "/settings/invitations", Guard: reply.Administrator, Handle: d.invitationList},
	}
}

// policyNumbers are the whole numbers of the contact policy by the names of their fields.
func policyNumbers(p *survey.Policy) map[string]*int {
	return map[string]*int{"delay_hours": &p.DelayHours, "quarantine_answered": &p.QuarantineAnsweredDays, "quarantine_silent": &p.QuarantineSilentDays,
		"yearly_cap": &p.YearlyCap, "quiet_from": &p.QuietFrom, "quiet_until": &p.QuietUntil, "expiry": &p.ExpiryDays}
}

func (d *Desk) policyPage(c echo.Context) error {
	p, err := d.Store.ContactPolicy(c.Request().Context())
	if err != nil {
		return err
	}
	return d.policyForm(c, http.StatusOK, policyValues(reply.Reader(c), p), nil)
}

// policyValues writes a policy into the form, in the reader's digits; it is read back in any.
func policyValues(r *i18n.Reader, p survey.Policy) map[string]string {
	values := map[string]string{"channel": p.DefaultChannel}
	for name, x := range policyNumbers(&p) {
		values[name] = r.Digits(strconv.Itoa(*x))
	}
	var days []string
	for _, day := range p.ReminderDays {
		days = append(days, r.Digits(strconv.Itoa(day)))
	}
	values["reminders"] = strings.Join(days, " ")
	return values
}

func (d *Desk) policyForm(c echo.Context, status int, values map[string]string, problems []fault.Field) error {
	week, err := d.Store.Week(c.Request().Context())
	if err != nil {
		return err
	}
	v := view.PolicyView{Values: values, Problems: problems, Language: d.Language.Name(), Zone: d.Zone.String(), Week: weekdays(reply.Reader(c), week)}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "common.settings"), Status: status}, view.PolicyPage(v))
}

func (d *Desk) savePolicy(c echo.Context) error {
	values := map[string]string{}
	for _, name := range []string{"delay_hours", "quarantine_answered", "quarantine_silent", "yearly_cap", "quiet_from", "quiet_until", "expiry", "reminders", "channel"} {
		values[name] = c.FormValue(name)
	}
	p, err := readPolicy(values)
	if err == nil {
		err = d.Surveys.SetPolicy(c.Request().Context(), reply.Actor(c), p)
	}
	if problems, ok := reply.Problems(err); ok {
		return d.policyForm(c, http.StatusUnprocessableEntity, values, problems)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, "/settings", "common.saved")
}

// weekdays are the days of the week in the order of the reader's week, those off ticked.
func weekdays(r *i18n.Reader, w run.Week) []ui.Option {
	var out []ui.Option
	for _, day := range r.Weekdays() {
		out = append(out, ui.Option{Value: strconv.Itoa(int(day)), Text: r.WeekdayName(day), Chosen: slices.Contains(w.Off, day)})
	}
	return out
}

// saveWeek keeps the days ticked as those on which nobody works.
func (d *Desk) saveWeek(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	w := run.Week{Off: []time.Weekday{}}
	for _, typed := range form["off"] {
		day, err := strconv.Atoi(typed)
		if err != nil {
			day = -1 // Check says that it is none
		}
		w.Off = append(w.Off, time.Weekday(day))
	}
	err = d.Runs.SetWeek(c.Request().Context(), reply.Actor(c), w.Off)
	if problems, ok := reply.Problems(err); ok {
		return d.weekForm(c, w, problems)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, "/settings", "common.saved")
}

// weekForm shows the settings again with what is wrong about the week.
func (d *Desk) weekForm(c echo.Context, w run.Week, problems []fault.Field) error {
	p, err := d.Store.ContactPolicy(c.Request().Context())
	if err != nil {
		return err
	}
	v := view.PolicyView{Values: policyValues(reply.Reader(c), p), WeekProblems: problems, Language: d.Language.Name(), Zone: d.Zone.String(), Week: weekdays(reply.Reader(c), w)}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "common.settings"), Status: http.StatusUnprocessableEntity}, view.PolicyPage(v))
}

// readPolicy reads the form in any digits. What is no number is told here, what is no sense by the policy itself.
func readPolicy(values map[string]string) (survey.Policy, error) {
	var problems fault.Problems
	p := survey.Policy{DefaultChannel: values["channel"], ReminderDays: []int{}}
	for name, into := range policyNumbers(&p) {
		n, err := number(values[name])
		if err != nil {
			problems.Add(name, "settings.number_wrong")
		}
		*into = n
	}
	apart := func(r rune) bool { return strings.ContainsRune(" ,;،؛\t", r) }
	for _, day := range strings.FieldsFunc(values["reminders"], apart) {
		n, err := number(day)
		if err != nil {
			problems.Add("reminders", "settings.reminders_numbers")
			break
		}
		p.ReminderDays = append(p.ReminderDays, n)
	}
	return p, problems.Err()
}

func number(typed string) (int, error) {
	return strconv.Atoi(strings.TrimSpace(i18n.LatinDigits(typed)))
}

func (d *Desk) keysPage(c echo.Context) error { return d.keys(c, http.StatusOK, view.KeysView{}) }

func (d *Desk) keys(c echo.Context, status int, v view.KeysView) error {
	keys, err := d.Keys.Keys(c.Request().Context())
	if err != nil {
		return err
	}
	var lines []view.KeyLine
	for _, k := range keys {
		lines = append(lines, view.KeyLine{ID: k.ID, Name: k.Name, Prefix: k.Prefix, Created: k.CreatedAt, Used: k.LastUsedAt, Revoked: k.RevokedAt})
	}
	v.Path = ui.Link("/settings/keys", "sort", c.QueryParam("sort"), "desc", c.QueryParam("desc"), "page", c.QueryParam("page"))
	v.Rows = page.Arrange(lines, reply.Ask(c), view.KeyOrders(reply.Reader(c)))
	crumbs := []ui.Crumb{{Text: reply.T(c, "common.settings"), Href: "/settings"}, {Text: reply.T(c, "settings.keys")}}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "settings.keys"), Crumbs: crumbs, Status: status}, view.KeysPage(v))
}

// longestKeyName is how long the name of an API key may be, in characters.
const longestKeyName = 200

// issueKey answers with the key instead of leading on: its text is shown this once.
func (d *Desk) issueKey(c echo.Context) error {
	name := c.FormValue("name")
	if len([]rune(name)) > longestKeyName {
		return d.keys(c, http.StatusUnprocessableEntity, view.KeysView{Name: name, Problems: []fault.Field{{Name: "name", Key: "errors.too_long", Args: []any{"max", longestKeyName}}}})
	}
	var text string
	err := d.Store.InTx(c.Request().Context(), func(ctx context.Context) error {
		var k auth.APIKey
		var err error
		if text, k, err = d.Keys.Issue(ctx, name); err != nil {
			return err
		}
		return d.tellKey(ctx, event.KeyIssued, k.ID)
	})
	if problems, ok := reply.Problems(err); ok {
		return d.keys(c, http.StatusUnprocessableEntity, view.KeysView{Name: name, Problems: problems})
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return d.keys(c, http.StatusOK, view.KeysView{Fresh: text})
}

func (d *Desk) tellKey(ctx context.Context, verb string, key int64) error {
	return d.Store.Record(ctx, event.Event{Verb: verb, SubjectKind: "api_key", SubjectID: key, At: d.Now()})
}

func (d *Desk) revokeKey(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	err = d.Store.InTx(c.Request().Context(), func(ctx context.Context) error {
		if err := d.Keys.Revoke(ctx, id); err != nil {
			return err
		}
		return d.tellKey(ctx, event.KeyRevoked, id)
	})
	if err != nil {
		return err
	}
	return reply.Done(c, "/settings/keys", "settings.key_revoked_noted")
}

var invitationStates = []survey.State{survey.Planned, survey.Suppressed, survey.Sent, survey.Bounced, survey.Opened, survey.Answered, survey.Expired}

// invitationList says who was asked and who was not, without names: the walk is for those who may see it.
func (d *Desk) invitationList(c echo.Context) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	f, reasons, err := d.invitationFilter(c)
	if err != nil {
		return err
	}
	found, err := d.Store.Invitations(ctx, f, reply.Ask(c))
	if err != nil {
		return err
	}
	var ids []int64
	for _, i := range found.Rows {
		ids = append(ids, i.JourneyID)
	}
	journeys, err := d.Store.JourneysByID(ctx, ids)
	if err != nil {
		return err
	}
	v := view.InvitationsView{Path: c.Request().URL.RequestURI(), File: fileOf(c, "/settings/invitations.csv"), States: stateOptions(r, f.State), Reasons: reasonOptions(r, reasons, f.Reason),
		Rows: page.Of[view.InvitationLine]{Total: found.Total, Ask: found.Ask}}
	for _, i := range found.Rows {
		l := view.InvitationLine{Key: i.RunKey, Journey: journeys[i.JourneyID].In(r.Lang()), State: i.State, Planned: i.PlannedAt, Sent: i.SentAt, Answered: i.AnsweredAt}
		if i.Reason != "" {
			l.Reason = wordOf(r, "", i.Reason)
		}
		if i.Channel != "" {
			l.Channel = wordOf(r, "invitation.channel_", i.Channel)
		}
		if reply.Actor(c).Manager {
			l.Href = runHref(i.RunID)
		}
		v.Rows.Rows = append(v.Rows.Rows, l)
	}
	crumbs := []ui.Crumb{{Text: reply.T(c, "common.settings"), Href: "/settings"}, {Text: reply.T(c, "settings.invitations")}}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "settings.invitations"), Crumbs: crumbs}, view.InvitationsPage(v))
}

func stateOptions(r *i18n.Reader, chosen survey.State) []ui.Option {
	out := []ui.Option{{Text: r.T("common.all"), Chosen: chosen == ""}}
	for _, s := range invitationStates {
		out = append(out, ui.Option{Value: string(s), Text: r.T("invitation.state_" + string(s)), Chosen: s == chosen})
	}
	return out
}

func reasonOptions(r *i18n.Reader, reasons []string, chosen string) []ui.Option {
	out := []ui.Option{{Text: r.T("common.all"), Chosen: chosen == ""}}
	for _, reason := range reasons {
		out = append(out, ui.Option{Value: reason, Text: wordOf(r, "", reason), Chosen: reason == chosen})
	}
	return out
}
