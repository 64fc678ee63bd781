package staff

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/cases"
	"github.com/journeyloop/journeyloop/templates/settings"
	"github.com/journeyloop/journeyloop/templates/ui"
)

const caseRulesPath = "/settings/cases"

func (d *Desk) caseRuleRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: caseRulesPath, Guard: reply.Office, Handle: d.companyRules(d.showRules)},
		{Method: http.MethodPost, Path: caseRulesPath, Guard: reply.Office, Handle: d.companyRules(d.saveRules)},
		{Method: http.MethodGet, Path: "/journeys/:id/cases", Guard: reply.Leader, Handle: d.journeyRules(d.showRules)},
		{Method: http.MethodPost, Path: "/journeys/:id/cases", Guard: reply.Leader, Handle: d.journeyRules(d.saveRules)},
	}
}

// ruled is whose rules a page is about.
type ruled struct {
	journey int64 // 0 is the company
	name    string
	path    string
}

func (d *Desk) companyRules(next func(echo.Context, ruled) error) echo.HandlerFunc {
	return func(c echo.Context) error { return next(c, ruled{path: caseRulesPath}) }
}

// journeyRules finds the journey of the path when the actor may set its rules: out of sight is 404, in sight but not hers
// 403.
func (d *Desk) journeyRules(next func(echo.Context, ruled) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := reply.ID(c, "id")
		if err != nil {
			return err
		}
		j, err := d.Store.JourneyFor(c.Request().Context(), reply.Actor(c).Scope(), id)
		if err != nil {
			return err
		}
		if !casework.MaySetRules(reply.Actor(c), id) {
			return fault.Forbidden("cases.rules_not_yours")
		}
		return next(c, ruled{journey: id, name: j.Name.In(reply.Reader(c).Lang()), path: fmt.Sprintf("/journeys/%d/cases", id)})
	}
}

// ruleNumbers are the whole numbers of the rules by the names of their fields.
func ruleNumbers(r *casework.Rules) map[string]*int {
	return map[string]*int{"nps": &r.NPSAtMost, "ease": &r.EaseAtMost, "lowest": &r.LowestNPS, "fall": &r.FallBy, "promise_late": &r.PromiseLate, "repeat_contacts": &r.RepeatContacts, "repeat": &r.RepeatDays, "contact_hours": &r.ContactHours,
		"grave_contact_hours": &r.GraveContactHours, "resolve_days": &r.ResolveDays, "grave_resolve_days": &r.GraveResolveDays, "late_from": &r.Compensation.FromDays}
}

func (d *Desk) showRules(c echo.Context, of ruled) error {
	rules, err := d.Store.CaseRules(c.Request().Context(), of.journey)
	if err != nil {
		return err
	}
	if rules.Compensation.Currency, err = d.Store.CaseCurrency(c.Request().Context()); err != nil {
		return err
	}
	return d.rulesForm(c, http.StatusOK, of, rules, ruleValues(reply.Reader(c), rules), nil)
}

// ruleMoney are the amounts of the rules by the names of their fields; nothing is 0.
func ruleMoney(o *casework.Compensation) map[string]*int64 {
	return map[string]*int64{"late_amount": &o.Minor, "late_more": &o.PerDayMinor, "late_most": &o.MostMinor, "late_year": &o.MostYearMinor}
}

// ruleValues writes rules into the form, in the reader's digits; it is read back in any.
func ruleValues(r *i18n.Reader, rules casework.Rules) map[string]string {
	values := map[string]string{"rating": r.Digits(strconv.Itoa(int(100*rules.RatingAtMost + .5))), "late_currency": rules.Compensation.Currency}
	for name, x := range ruleNumbers(&rules) {
		values[name] = r.Digits(strconv.Itoa(*x))
	}
	for name, minor := range ruleMoney(&rules.Compensation) {
		if *minor != 0 {
			values[name] = i18n.MoneyField(*minor, rules.Compensation.Currency)
		}
	}
	return values
}

func (d *Desk) saveRules(c echo.Context, of ruled) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	if c.FormValue("follow") == "1" && of.journey != 0 {
		if err := d.Cases.SetRules(ctx, actor, of.journey, nil); err != nil {
			return err
		}
		return reply.Done(c, of.path, "common.saved")
	}
	teams, err := d.ruledTeams(ctx, actor, of)
	if err != nil {
		return err
	}
	currency := strings.ToUpper(strings.TrimSpace(c.FormValue("late_currency")))
	if of.journey != 0 {
		if currency, err = d.Store.CaseCurrency(ctx); err != nil {
			return err
		}
	}
	rules, err := readRules(c, teams, currency)
	if err == nil {
		err = d.Cases.SetRules(ctx, actor, of.journey, &rules)
	}
	if problems, ok := reply.Problems(err); ok {
		values := map[string]string{"late_currency": cmp.Or(c.FormValue("late_currency"), currency)}
		for _, name := range cases.RuleFields {
			values[name] = c.FormValue(name)
		}
		return d.rulesForm(c, http.StatusUnprocessableEntity, of, rules, values, problems)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, of.path, "common.saved")
}

// ruledTeams are the teams that cases may go to: those the asker may name, and the one that has them now.
func (d *Desk) ruledTeams(ctx context.Context, actor people.Actor, of ruled) (people.Tree, error) {
	now, err := d.Store.CaseRules(ctx, of.journey)
	if err != nil {
		return people.Tree{}, err
	}
	return d.teamsToName(ctx, actor, []int64{of.journey}, now.TeamID)
}

// readRules reads the form in any digits. What is no number is outside of every range, and told by the rules themselves.
func readRules(c echo.Context, teams people.Tree, currency string) (casework.Rules, error) {
	form, err := c.FormParams()
	if err != nil {
		return casework.Rules{}, err
	}
	rules := casework.Rules{RatingAtMost: float64(typedNumber(c, "rating")) / 100, TeamID: reply.FormID(c, "team")}
	for name, into := range ruleNumbers(&rules) {
		*into = typedNumber(c, name)
	}
	for _, kind := range casework.Kinds {
		if kind != casework.Contact && !slices.Contains(form["opens"], string(kind)) {
			rules.Off = append(rules.Off, kind)
		}
	}
	for i := range casework.Routes {
		if route := casework.Route(c.FormValue(routeField(i))); route != "" && !slices.Contains(rules.Route, route) {
			rules.Route = append(rules.Route, route)
		}
	}
	var p fault.Problems
	if _, known := teams.Teams[rules.TeamID]; rules.TeamID != 0 && !known {
		p.Add("team", "errors.choice")
	}
	rules.Compensation.Currency = currency
	for name, into := range ruleMoney(&rules.Compensation) {
		*into = typedMoney(c, name, currency, "late_currency", &p)
	}
	if len(p) > 0 {
		if more := fault.Of(rules.Check()); more != nil {
			p = append(p, more.Fields...)
		}
		said := map[string]bool{} // one complaint about a field is enough
		p = slices.DeleteFunc(p, func(f fault.Field) bool { again := said[f.Name]; said[f.Name] = true; return again })
	}
	return rules, p.Err()
}

func routeField(i int) string { return "route" + strconv.Itoa(i+1) }

// rulesForm shows rules as they were typed.
func (d *Desk) rulesForm(c echo.Context, status int, of ruled, rules casework.Rules, values map[string]string, problems []fault.Field) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	own, err := d.Store.JourneysWithCaseRules(ctx)
	if err != nil {
		return err
	}
	v := cases.RulesView{Path: of.path, Journey: of.name, Own: slices.Contains(own, of.journey), Values: values, Problems: problems}
	for _, kind := range casework.Kinds {
		v.Kinds = append(v.Kinds, ui.Option{Value: string(kind), Text: r.T("cases.kind_" + string(kind)), Chosen: rules.Opens(kind)})
	}
	for i := range casework.Routes {
		v.Routes = append(v.Routes, routeOptions(r, rules, i))
	}
	teams, err := d.ruledTeams(ctx, actor, of)
	if err != nil {
		return err
	}
	v.Teams = teamsByName(r, teams, ui.Option{Text: r.T("cases.no_team")}, rules.TeamID)
	title := r.T("cases.rules")
	crumbs := []ui.Crumb{{Text: r.T("cases.title"), Href: "/cases"}, {Text: title}}
	switch {
	case of.journey != 0:
		crumbs = []ui.Crumb{{Text: r.T("journeys.title"), Href: "/journeys"}, {Text: of.name, Href: fmt.Sprintf("/journeys/%d", of.journey)}, {Text: title}}
	case actor.Administrator:
		v.Tabs = settings.Tabs(settings.Cases)
		crumbs = []ui.Crumb{{Text: r.T("common.settings"), Href: "/settings"}, {Text: title}}
	}
	if of.journey == 0 && len(own) > 0 {
		if v.Others, err = d.rulesElsewhere(c, own); err != nil {
			return err
		}
	}
	return reply.Page(c, reply.Frame{Title: title, Status: status, Crumbs: crumbs}, cases.RulesPage(v))
}

func routeOptions(r *i18n.Reader, rules casework.Rules, i int) []ui.Option {
	out := []ui.Option{{Text: r.T("cases.route_none")}}
	for _, route := range casework.Routes {
		out = append(out, ui.Option{Value: string(route), Text: r.T("cases.route_" + string(route)), Chosen: i < len(rules.Route) && rules.Route[i] == route})
	}
	return out
}

// rulesElsewhere are the journeys with rules of their own, and where they are set.
func (d *Desk) rulesElsewhere(c echo.Context, own []int64) ([]ui.Crumb, error) {
	names, err := d.Store.JourneysByID(c.Request().Context(), own)
	var out []ui.Crumb
	for _, id := range own {
		to := ui.Crumb{Text: names[id].In(reply.Reader(c).Lang())}
		if reply.Leader.Admits(reply.Actor(c)) {
			to.Href = fmt.Sprintf("/journeys/%d/cases", id)
		}
		out = append(out, to)
	}
	return out, err
}
