package staff

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	faces "github.com/journeyloop/journeyloop/templates/outreach"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) outreachRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: faces.Path, Guard: reply.Signed, Handle: d.outreachList},
		{Method: http.MethodGet, Path: "/outreach/new", Guard: reply.Leader, Handle: d.newOutreach},
		{Method: http.MethodPost, Path: faces.Path, Guard: reply.Leader, Handle: d.makeOutreach},
		{Method: http.MethodGet, Path: "/outreach/:id", Guard: reply.Signed, Handle: d.outreachPage},
		{Method: http.MethodGet, Path: "/outreach/:id/calls.csv", Guard: reply.Signed, Handle: d.exportOutreach},
		{Method: http.MethodPost, Path: "/outreach/:id/search", Guard: reply.Leader, Handle: d.seekOutreach},
		{Method: http.MethodGet, Path: "/outreach/:id/end", Guard: reply.Leader, Handle: d.confirmOutreachEnd},
		{Method: http.MethodPost, Path: "/outreach/:id/end", Guard: reply.Leader, Handle: d.endOutreach},
		{Method: http.MethodGet, Path: "/outreach/:id/next", Guard: reply.Employee, Handle: d.outreachCall},
		{Method: http.MethodPost, Path: "/outreach/:id/next", Guard: reply.Employee, Handle: d.takeNext},
		{Method: http.MethodPost, Path: "/outreach/:id/members/:member", Guard: reply.Employee, Handle: d.answerCall},
		{Method: http.MethodPost, Path: "/outreach/:id/members/:member/release", Guard: reply.Employee, Handle: d.putBackCall},
		{Method: http.MethodPost, Path: "/outreach/:id/members/:member/undo", Guard: reply.Employee, Handle: d.undoCall},
	}
}

func outreachCrumbs(c echo.Context, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Text: reply.T(c, "outreach.title"), Href: faces.Path}}, more...)
}

func (d *Desk) outreachList(c echo.Context) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	found, err := d.Store.OutreachesFor(ctx, actor.Scope(), reply.Ask(c))
	if err != nil {
		return err
	}
	var ids, journeys []int64
	for _, l := range found.Rows {
		ids, journeys = append(ids, l.ID), append(journeys, l.JourneyID)
	}
	counts, err := d.Store.OutreachCounts(ctx, ids)
	if err != nil {
		return err
	}
	names, err := d.Store.JourneysByID(ctx, journeys)
	if err != nil {
		return err
	}
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	v := faces.ListView{Path: c.Request().URL.RequestURI(), MayMake: mayMakeLists(actor), Rows: page.Of[faces.Line]{Total: found.Total, Ask: found.Ask}}
	for _, l := range found.Rows {
		line := faces.Line{Href: faces.Href(l.ID), Name: l.Name, Rule: l.Rule, Team: tree.Teams[l.TeamID].Name.In(r.Lang()), Waiting: counts[l.ID].Waiting, Called: counts[l.ID].Called, Ended: !l.Open()}
		line.Journey, line.JourneyIn = names[l.JourneyID].Shown(r.Lang())
		v.Rows.Rows = append(v.Rows.Rows, line)
	}
	return reply.Page(c, reply.Frame{Title: r.T("outreach.title")}, faces.List(v))
}

// mayMakeLists: for some journey at least.
func mayMakeLists(a people.Actor) bool { return a.Manager || len(a.Leads) > 0 }

// outreachNumbers are the whole numbers of a list by the names of their fields.
func outreachNumbers(l *outreach.List) map[string]*int {
	return map[string]*int{"at_least": &l.AtLeast, "days": &l.Days, "most": &l.Most, "share": &l.Share, "horizon": &l.Horizon}
}

func (d *Desk) newOutreach(c echo.Context) error {
	r, l := reply.Reader(c), outreach.Usual()
	values := map[string]string{"rule": string(l.Rule), "times": r.Float(l.Times, 0)}
	for name, x := range outreachNumbers(&l) {
		values[name] = r.Digits(strconv.Itoa(*x))
	}
	return d.outreachForm(c, http.StatusOK, values, nil)
}

func (d *Desk) outreachForm(c echo.Context, status int, values map[string]string, problems []fault.Field) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	v := faces.FormView{Values: values, Problems: problems}
	if actor.Manager {
		v.Journeys = []ui.Option{{Value: "0", Text: r.T("outreach.company")}}
	}
	journeys, err := d.Store.Journeys(ctx)
	if err != nil {
		return err
	}
	for _, j := range journeys {
		if outreach.MayMake(actor, j.ID) {
			v.Journeys = append(v.Journeys, ui.Option{Value: strconv.FormatInt(j.ID, 10), Text: j.Name.In(r.Lang())})
		}
	}
	teams, err := d.teamsToName(ctx, actor, actor.Leads)
	if err != nil {
		return err
	}
	v.Teams = teamsByName(r, teams, ui.Option{Value: "0", Text: r.T("outreach.choose")}, 0)
	title := r.T("outreach.new")
	return reply.Page(c, reply.Frame{Title: title, Crumbs: outreachCrumbs(c, ui.Crumb{Text: title}), Status: status}, faces.New(v))
}

func (d *Desk) makeOutreach(c echo.Context) error {
	values := map[string]string{}
	for _, name := range []string{"name", "journey", "team", "rule", "times", "at_least", "days", "most", "share", "horizon"} {
		values[name] = c.FormValue(name)
	}
	l, problems := readOutreach(values)
	l.JourneyID, l.TeamID = reply.FormID(c, "journey"), reply.FormID(c, "team")
	actor := reply.Actor(c)
	teams, err := d.teamsToName(c.Request().Context(), actor, actor.Leads)
	if err != nil {
		return err
	}
	if _, known := teams.Teams[l.TeamID]; l.TeamID != 0 && !known {
		problems.Add("team", "errors.choice")
	}
	if len(problems) > 0 {
		return d.outreachForm(c, http.StatusUnprocessableEntity, values, problems)
	}
	made, err := d.Outreach.Make(c.Request().Context(), actor, l)
	if fields, invalid := reply.Problems(err); invalid {
		return d.outreachForm(c, http.StatusUnprocessableEntity, values, fields)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, faces.Href(made.ID), "outreach.made")
}

// readOutreach reads numbers in any digits.
func readOutreach(values map[string]string) (outreach.List, fault.Problems) {
	l := outreach.List{Name: values["name"], Rule: outreach.Rule(values["rule"])}
	var problems fault.Problems
	for name, x := range outreachNumbers(&l) {
		n, err := number(values[name])
		if err != nil {
			problems.Add(name, "settings.number_wrong")
		}
		*x = n
	}
	times, err := strconv.ParseFloat(strings.NewReplacer("٫", ".", ",", ".").Replace(i18n.Normalize(values["times"])), 64)
	if err != nil {
		problems.Add("times", "errors.range", "lo", 1.5, "hi", 20)
	}
	l.Times = times
	return l, problems
}

// outreachOf finds the list of the address in sight.
func (d *Desk) outreachOf(c echo.Context) (outreach.List, error) {
	id, err := reply.ID(c, "id")
	if err != nil {
		return outreach.List{}, err
	}
	return d.Store.OutreachFor(c.Request().Context(), reply.Actor(c).Scope(), id)
}

// mayCall tells whether the asker calls from a list.
func (d *Desk) mayCall(ctx context.Context, actor people.Actor, l outreach.List) (bool, error) {
	if actor.EmployeeID == 0 {
		return false, nil
	}
	e, err := d.Store.EmployeeByID(ctx, actor.EmployeeID)
	return err == nil && l.MayCall(actor, e), err
}

func (d *Desk) outreachPage(c echo.Context) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	l, err := d.outreachOf(c)
	if err != nil {
		return err
	}
	counts, err := d.Store.OutreachCounts(ctx, []int64{l.ID})
	if err != nil {
		return err
	}
	n := counts[l.ID]
	lead, err := d.outreachLead(ctx, l)
	if err != nil {
		return err
	}
	v := faces.PageView{Path: c.Request().URL.RequestURI(), Name: l.Name, Lead: lead, Ended: !l.Open(), Keeps: outreach.MayMake(actor, l.JourneyID),
		Came: cameTo(r, n), Searching: l.Open() && l.SoughtAt == nil,
		Filter: outreach.Filter{List: l.ID, Outcome: outreach.Outcome(c.QueryParam("outcome")), Query: c.QueryParam("q")}}
	now, _, err := d.Store.OutreachWaiting(ctx, l.ID, d.Now())
	if err != nil {
		return err
	}
	v.Progress = []ui.Fact{{Name: r.T("outreach.waiting_now"), Value: r.Int(int64(now))}, {Name: r.T("outreach.waiting_later"), Value: r.Int(n.Waiting - int64(now))},
		{Name: r.T("outreach.called"), Value: r.Int(n.Called)}, {Name: r.T("outreach.held"), Value: r.Int(n.Held)}}
	if v.Calls, err = d.mayCall(ctx, actor, l); err != nil {
		return err
	}
	_, err = d.Store.MemberInHand(ctx, l.ID, actor.EmployeeID, d.Now())
	if v.InHand = err == nil; err != nil && fault.KindOf(err) != fault.KindMissing {
		return err
	}
	if v.Keeps {
		v.File, v.SetUp = faces.Href(l.ID)+"/calls.csv", setUp(r, l)
		v.Search, v.Found = lastSearch(r, l)
		if v.Effect, err = effectView(r, l, n); err != nil {
			return err
		}
	}
	if v.Rows, err = d.calls(c, l, v.Keeps, v.Filter); err != nil {
		return err
	}
	return reply.Page(c, reply.Frame{Title: l.Name, Live: true, Crumbs: outreachCrumbs(c, ui.Crumb{Text: l.Name})}, faces.Page(v))
}

// outreachLead says who is on a list, of which journey, and who calls.
func (d *Desk) outreachLead(ctx context.Context, l outreach.List) (string, error) {
	r := i18n.From(ctx)
	journeys, err := d.Store.JourneysByID(ctx, []int64{l.JourneyID})
	if err != nil {
		return "", err
	}
	tree, err := d.Store.Tree(ctx)
	journey := r.T("outreach.company")
	if l.JourneyID != 0 {
		journey = journeys[l.JourneyID].In(r.Lang())
	}
	return strings.Join([]string{r.T("outreach.rule_" + string(l.Rule)), i18n.Isolate(journey), i18n.Isolate(tree.Teams[l.TeamID].Name.In(r.Lang()))}, " · "), err
}

// setUp is how a list was made, as far as its rule asks.
func setUp(r *i18n.Reader, l outreach.List) (out []ui.Fact) {
	add := func(name, value string) {
		out = append(out, ui.Fact{Name: r.T("outreach." + name), Value: value})
	}
	if l.Rule == outreach.Lapsed {
		add("times", r.Float(l.Times, 1))
		add("at_least", r.Int(int64(l.AtLeast)))
	} else {
		add("days", r.Int(int64(l.Days)))
	}
	add("most", r.Int(int64(l.Most)))
	add("share", r.Int(int64(l.Share)))
	add("horizon", r.Int(int64(l.Horizon)))
	return out
}

// lastSearch says what a search found, how many of them came onto the list, and why the others did not.
func lastSearch(r *i18n.Reader, l outreach.List) (string, []ui.Fact) {
	if l.SoughtAt == nil {
		return "", nil
	}
	listed := l.Found
	for _, n := range l.LeftOut {
		listed -= n
	}
	out := append([]ui.Fact{{Name: r.T("outreach.came_on"), Value: r.Int(int64(listed))}}, byReason(r, l.LeftOut)...)
	return r.N("outreach.search_found", l.Found, "when", r.DateTime(*l.SoughtAt)), out
}

// cameTo counts what the calls came to, and for which reasons others were not made.
func cameTo(r *i18n.Reader, n outreach.Counts) (out []ui.Fact) {
	for _, o := range outreach.Outcomes {
		if n.By[o] > 0 {
			out = append(out, ui.Fact{Name: r.T("outreach.outcome_" + string(o)), Value: r.Int(n.By[o])})
		}
	}
	for _, f := range byReason(r, n.Dropped) {
		out = append(out, ui.Fact{Name: r.T("outreach.not_called", "reason", f.Name), Value: f.Value})
	}
	return out
}

// byReason is how many there are by reason, most first.
func byReason[N int | int64](r *i18n.Reader, counts map[string]N) (out []ui.Fact) {
	reasons := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), r.Compare(r.T(a), r.T(b)))
	})
	for _, reason := range reasons {
		out = append(out, ui.Fact{Name: r.T(reason), Value: r.Int(int64(counts[reason]))})
	}
	return out
}

// effectView puts the comparison into words, then numbers; what too few say is hidden.
func effectView(r *i18n.Reader, l outreach.List, n outreach.Counts) (faces.Effect, error) {
	e, err := n.Effect()
	if err != nil {
		return faces.Effect{}, err
	}
	v := faces.Effect{Verdict: r.T("outreach.effect_"+string(e.Verdict), "days", l.Horizon, "least", stat.SolidFrom), Tone: ui.Plain}
	if e.Verdict == outreach.More {
		v.Tone = ui.Success
	}
	if e.Verdict == outreach.Fewer {
		v.Tone = ui.Warning
	}
	if e.Verdict == outreach.NoHoldout {
		return v, nil
	}
	v.Aim = r.T("outreach.aim_"+aim(l.Rule), "days", l.Horizon)
	v.How = r.T("outreach.effect_how")
	if e.Verdict == outreach.TooEarly {
		return v, nil
	}
	v.Facts = []ui.Fact{{Name: r.T("outreach.effect_called"), Value: rateWords(r, e.Called)}, {Name: r.T("outreach.effect_held"), Value: rateWords(r, e.Held)}}
	if e.Verdict != outreach.TooFew {
		v.Facts = append(v.Facts, ui.Fact{Name: r.T("outreach.effect_difference"), Value: r.T("outreach.effect_points",
			"points", i18n.Isolate(r.Signed(100**e.Difference.Diff, 0)), "range", i18n.Isolate(r.FloatRange(100**e.Difference.Low, 100**e.Difference.High, 0)))})
	}
	return v, nil
}

// aim is what counts as success under a rule.
func aim(rule outreach.Rule) string {
	if slices.Contains(outreach.UnderWay, rule) {
		return "end"
	}
	return "back"
}

func rateWords(r *i18n.Reader, x stat.Rate) string {
	if x.Level == stat.None || x.Level == stat.Suppressed {
		return r.T("outreach.effect_hidden", "least", stat.K)
	}
	return r.T("outreach.effect_of", "share", i18n.Isolate(r.Percent(100**x.Share, 0)), "n", x.N, "range", i18n.Isolate(r.PercentRange(100**x.Low, 100**x.High, 0)))
}

// calls are what calls came to: all of them for who keeps the list and supervises who calls, else the asker's own.
func (d *Desk) calls(c echo.Context, l outreach.List, keeps bool, f outreach.Filter) (page.Of[faces.Call], error) {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	if !keeps && !actor.MaySupervise(l.TeamID) {
		f.Caller = actor.EmployeeID
	}
	found, err := d.Store.MembersFor(ctx, actor.Scope(), f, reply.Ask(c))
	if err != nil {
		return page.Of[faces.Call]{}, err
	}
	rows, err := d.callViews(c, l, found.Rows)
	return page.Of[faces.Call]{Rows: rows, Total: found.Total, Ask: found.Ask}, err
}

func (d *Desk) callViews(c echo.Context, l outreach.List, members []outreach.Member) ([]faces.Call, error) {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	var customers, callers []int64
	for _, m := range members {
		customers, callers = append(customers, m.CustomerID), append(callers, m.CallerID)
	}
	known, err := d.Store.CustomersByID(ctx, customers)
	if err != nil {
		return nil, err
	}
	seen, err := d.Store.CustomersSeen(ctx, actor.Scope(), customers)
	if err != nil {
		return nil, err
	}
	names, err := d.Store.EmployeeNames(ctx, callers)
	out := make([]faces.Call, len(members))
	for i, m := range members {
		out[i] = faces.Call{Customer: customerName(known[m.CustomerID]), Outcome: m.Outcome, Note: m.Note, By: names[m.CallerID], At: m.CalledAt}
		if m.Reason != "" {
			out[i].Reason = wordOf(r, "", m.Reason)
		}
		if _, in := seen[m.CustomerID]; in {
			out[i].CustomerHref = customerHref(m.CustomerID)
		}
		if m.MayUndo(actor.EmployeeID, d.Now()) {
			out[i].Undo = memberHref(l.ID, m.ID) + "/undo"
		}
	}
	return out, err
}

func memberHref(list, member int64) string {
	return faces.Href(list) + "/members/" + strconv.FormatInt(member, 10)
}

func (d *Desk) exportOutreach(c echo.Context) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	l, err := d.outreachOf(c)
	if err != nil {
		return err
	}
	if !outreach.MayMake(actor, l.JourneyID) {
		return fault.Forbidden("outreach.not_your_journey")
	}
	counts, err := d.Store.OutreachCounts(ctx, []int64{l.ID})
	if err != nil {
		return err
	}
	e := export{what: "outreach", subject: l.ID, rows: int(counts[l.ID].Assigned)}
	for _, name := range []string{"customer", "listed", "came_to", "note", "by", "when", "tries"} {
		e.columns = append(e.columns, r.T("outreach."+name))
	}
	return d.export(c, e, func(sheet *reply.Sheet) error {
		return d.Store.EachMember(ctx, actor.Scope(), l.ID, func(rows []outreach.Member) error {
			calls, err := d.callViews(c, l, rows)
			if err != nil {
				return err
			}
			for i, m := range rows {
				came := ""
				if m.Outcome != "" {
					came = r.T("outreach.outcome_" + string(m.Outcome))
				}
				if err := sheet.Row(calls[i].Customer, m.At, came, m.Note, calls[i].By, m.CalledAt, m.Tries); err != nil {
					return err
				}
			}
			return sheet.Flush()
		})
	})
}

func (d *Desk) seekOutreach(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	if err := d.Outreach.Seek(c.Request().Context(), reply.Actor(c), id); err != nil {
		return err
	}
	return reply.Done(c, faces.Href(id), "outreach.sought")
}

func (d *Desk) confirmOutreachEnd(c echo.Context) error {
	l, err := d.outreachOf(c)
	if err != nil {
		return err
	}
	return confirm(c, ui.ConfirmationView{Text: reply.T(c, "outreach.end_confirm", "name", i18n.Isolate(l.Name)), Button: reply.T(c, "outreach.end"), Back: faces.Href(l.ID)})
}

func (d *Desk) endOutreach(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	if err := d.Outreach.End(c.Request().Context(), reply.Actor(c), id); err != nil {
		return err
	}
	return reply.Done(c, faces.Href(id), "outreach.ended")
}
