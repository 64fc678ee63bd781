package staff

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/touchpoints"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) touchpointRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/touchpoints", Guard: reply.Leader, Handle: d.touchpointList},
		{Method: http.MethodGet, Path: "/touchpoints/new", Guard: reply.Leader, Handle: d.newTouchpointPage},
		{Method: http.MethodPost, Path: "/touchpoints", Guard: reply.Leader, Handle: d.createTouchpoint},
		{Method: http.MethodGet, Path: "/touchpoints/:id", Guard: reply.Leader, Handle: d.touchpointPage, Lasts: true},
		{Method: http.MethodGet, Path: "/touchpoints/:id/edit", Guard: reply.Leader, Handle: d.touchpointEditPage},
		{Method: http.MethodPost, Path: "/touchpoints/:id", Guard: reply.Leader, Handle: d.changeTouchpoint},
	}
}

// mayAddTouchpoint: managers and leaders describe new places; owners only their own.
func mayAddTouchpoint(a people.Actor) bool { return a.Manager || len(a.Leads) > 0 }

func (d *Desk) touchpointList(c echo.Context) error {
	ctx, a, r, p := c.Request().Context(), reply.Actor(c), reply.Reader(c), d.periodOf(c)
	list, err := d.Store.TouchpointsFor(ctx, a.Scope())
	if err != nil {
		return err
	}
	q := typed(c.QueryParam("q"))
	list = slices.DeleteFunc(list, func(t journey.Touchpoint) bool { return !strings.Contains(t.Search, i18n.Normalize(q)) })
	ids, byID := make([]int64, len(list)), map[int64]journey.Touchpoint{}
	for i, t := range list {
		ids[i], byID[t.ID] = t.ID, t
	}
	lines, err := d.Insight.Figures(ctx, insight.Question{By: feedback.ByTouchpoint, IDs: ids, From: p.from()})
	if err != nil {
		return err
	}
	contacts, err := d.Store.ContactVolumes(ctx, 0, ids, p.span())
	if err != nil {
		return err
	}
	names, tree, err := d.ownersOf(ctx, byID)
	if err != nil {
		return err
	}
	path := c.Request().URL.RequestURI()
	v := touchpoints.ListView{Path: path, Query: q, Filter: ui.FilterOf(path, r.T("people.find"), "q"), Period: p.tabs(c), MayCreate: mayAddTouchpoint(a)}
	rows := make([]touchpoints.Line, 0, len(list))
	for _, t := range list {
		name, other := t.Name.Shown(r.Lang())
		rows = append(rows, touchpoints.Line{ID: t.ID, Name: name, NameIn: other, Channel: optionalWord(r, "channel.", t.Channel), Owner: names[t.OwnerID],
			Team: tree.Teams[t.TeamID].Name.In(r.Lang()), Figures: touchpointFigures(r, lines, t), Contacts: contacts[t.ID]})
	}
	ask := reply.Ask(c)
	v.Rows = page.Arrange(rows, ask, touchpoints.Orders(r, ask.Desc))
	return reply.Page(c, reply.Frame{Title: r.T("touchpoints.title"), Live: true}, touchpoints.List(v))
}

// optionalWord names a fixed choice; "" where nothing was chosen.
func optionalWord(r *i18n.Reader, prefix, choice string) string {
	if choice == "" {
		return ""
	}
	return r.T(prefix + choice)
}

func (d *Desk) touchpointPage(c echo.Context) error {
	t, err := d.touchpointInSight(c)
	if err != nil {
		return err
	}
	a, r, p := reply.Actor(c), reply.Reader(c), d.periodOf(c)
	v := touchpoints.PageView{ID: t.ID, MayEdit: mayEditTouchpoint(a, t), Period: p.tabs(c), Judged: r.T("touchpoints.judged_" + string(t.Judged))}
	v.Name, v.NameIn = t.Name.Shown(r.Lang())
	for _, fill := range []func(echo.Context, journey.Touchpoint, period, *touchpoints.PageView) error{d.fillTouchpointFigures, d.fillTouchpointJourneys, d.fillTouchpointFacts, d.fillPromises, d.fillWatch} {
		if err := fill(c, t, p, &v); err != nil {
			return err
		}
	}
	if v.Words, err = d.words(c, store.WordFilter{Touchpoint: t.ID, Span: p.span()}); err != nil {
		return err
	}
	return reply.Page(c, reply.Frame{Title: v.Name, Live: true, Charts: true, Crumbs: touchpointCrumbs(c, v.Name)}, touchpoints.Page(v))
}

func touchpointCrumbs(c echo.Context, last string) []ui.Crumb {
	return []ui.Crumb{{Text: reply.T(c, "touchpoints.title"), Href: "/touchpoints"}, {Text: last}}
}

// mayEditTouchpoint: its owner, managers, and the leaders on whose journeys it is (those who see it at all).
func mayEditTouchpoint(a people.Actor, t journey.Touchpoint) bool {
	return t.MayEdit(a) || len(a.Leads) > 0
}

func (d *Desk) touchpointInSight(c echo.Context) (journey.Touchpoint, error) {
	id, err := reply.ID(c, "id")
	if err != nil {
		return journey.Touchpoint{}, err
	}
	return d.Store.TouchpointFor(c.Request().Context(), reply.Actor(c).Scope(), id)
}

func (d *Desk) fillTouchpointFigures(c echo.Context, t journey.Touchpoint, p period, v *touchpoints.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	q := insight.Question{By: feedback.ByTouchpoint, IDs: []int64{t.ID}}
	shifts, err := d.shifts(ctx, q, p)
	if err != nil {
		return err
	}
	own := shiftsOf(shifts, t.ID)
	q.From = p.withBefore()
	trends, err := d.Insight.Trend(ctx, q, p.chartStep(own))
	if err != nil {
		return err
	}
	for _, s := range own {
		v.Figures = append(v.Figures, ui.FigureOf(r.T("touchpoints.all_journeys"), s.Line))
		v.Changes = append(v.Changes, ui.ChangeOf(s.Change))
		v.Trends = append(v.Trends, trendChart(r, "trend-"+s.Scale.String(), v.Name, s, p, trends[s.Scale], nil))
		spread := chart.DistributionOf(r, "spread-"+s.Scale.String(), s.Scale, s.Figure)
		spread.How = chart.How(r.T("how.spread"), basis(r, p.from(), told(s.Figure)))
		v.Spreads = append(v.Spreads, spread)
	}
	if len(v.Figures) == 0 {
		v.Figures, v.Changes = []ui.FigureView{{Label: r.T("touchpoints.all_journeys"), Level: stat.None}}, []ui.ChangeView{{}}
	}
	contacts, err := d.Store.ContactVolumes(ctx, 0, []int64{t.ID}, p.span())
	v.Contacts = contacts[t.ID]
	return err
}

// fillTouchpointJourneys shows the touchpoint on each journey in sight. The figure over all journeys stands beside them,
// so where one journey must be hidden another is hidden with it (methods.md §1.12).
func (d *Desk) fillTouchpointJourneys(c echo.Context, t journey.Touchpoint, p period, v *touchpoints.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	list, err := d.Store.JourneysOfTouchpoint(ctx, reply.Actor(c).Scope(), t.ID)
	if err != nil {
		return err
	}
	of := make([][]insight.Line, len(list))
	for i, j := range list {
		if of[i], err = d.Insight.Figures(ctx, insight.Question{By: feedback.ByTouchpoint, Journey: j.ID, IDs: []int64{t.ID}, From: p.from()}); err != nil {
			return err
		}
	}
	hideTogether(of)
	for i, j := range list {
		figures := touchpointFigures(r, of[i], t)
		for n := range figures {
			figures[n].Href = ""
		}
		on := touchpoints.On{ID: j.ID, Figures: figures}
		on.Name, on.NameIn = j.Name.Shown(r.Lang())
		v.Journeys = append(v.Journeys, on)
	}
	return nil
}

// hideTogether hides the figures that subtraction from their total would give away, each scale for itself.
func hideTogether(of [][]insight.Line) {
	places := map[stat.Scale][]*insight.Line{}
	for i := range of {
		for n := range of[i] {
			places[of[i][n].Scale] = append(places[of[i][n].Scale], &of[i][n])
		}
	}
	for _, lines := range places {
		counts := make([]int64, len(lines))
		for i, l := range lines {
			counts[i] = l.Tally.N
		}
		for i, hide := range stat.Suppress(counts) {
			if hide {
				lines[i].Figure = lines[i].Figure.Hidden()
			}
		}
	}
}

func (d *Desk) fillTouchpointFacts(c echo.Context, t journey.Touchpoint, _ period, v *touchpoints.PageView) error {
	r := reply.Reader(c)
	names, tree, err := d.ownersOf(c.Request().Context(), map[int64]journey.Touchpoint{t.ID: t})
	if err != nil {
		return err
	}
	cost := ""
	if t.CostMinor != 0 {
		cost = r.Money(t.CostMinor, t.Currency)
	}
	for _, f := range []ui.Fact{
		{Name: r.T("touchpoints.owner"), Value: names[t.OwnerID]}, {Name: r.T("touchpoints.team"), Value: tree.Teams[t.TeamID].Name.In(r.Lang())},
		{Name: r.T("touchpoints.channel"), Value: optionalWord(r, "channel.", t.Channel)}, {Name: r.T("touchpoints.element"), Value: optionalWord(r, "element.", t.Element)},
		{Name: r.T("touchpoints.promise"), Value: promiseWords(r, t)}, {Name: r.T("touchpoints.cost"), Value: cost},
		{Name: r.T("touchpoints.key"), Value: t.Key}, {Name: r.T("touchpoints.judged"), Value: r.T("judged." + string(t.Judged))},
	} {
		if f.Value != "" {
			v.Facts = append(v.Facts, f)
		}
	}
	return nil
}

func (d *Desk) fillPromises(c echo.Context, t journey.Touchpoint, p period, v *touchpoints.PageView) error {
	r := reply.Reader(c)
	k, err := d.Store.PromisesAt(c.Request().Context(), t.ID, p.span(), d.Now())
	due := k.InTime + k.Late
	if err != nil || due < stat.K {
		return err
	}
	v.Kept = r.Percent(100*float64(k.InTime)/float64(due), 0)
	low, high := stat.Wilson(int64(k.InTime), int64(due))
	percent := func(x float64) string { return i18n.Isolate(r.Percent(x, 0)) }
	v.Promises = r.T("touchpoints.promises", "share", percent(100*float64(k.InTime)/float64(due)), "low", percent(100*low), "high", percent(100*high),
		"kept", k.InTime, "due", due, "open", k.Open)
	return nil
}

func (d *Desk) newTouchpointPage(c echo.Context) error {
	if !mayAddTouchpoint(reply.Actor(c)) {
		return fault.Forbidden("journey.leaders_only")
	}
	return d.touchpointForm(c, http.StatusOK, journey.Touchpoint{Judged: journey.JudgedBoth}, touchpoints.FormView{})
}

func (d *Desk) touchpointEditPage(c echo.Context) error {
	t, err := d.touchpointInSight(c)
	if err == nil && !mayEditTouchpoint(reply.Actor(c), t) {
		err = fault.Forbidden("journey.owners_only")
	}
	if err != nil {
		return err
	}
	v := touchpoints.FormView{Currency: t.Currency}
	if t.PromiseDays != 0 {
		v.PromiseDays = reply.Reader(c).Digits(strconv.Itoa(t.PromiseDays))
	}
	if t.CostMinor != 0 {
		v.Cost = i18n.MoneyField(t.CostMinor, t.Currency)
	}
	return d.touchpointForm(c, http.StatusOK, t, v)
}

// touchpointForm shows t for editing; v holds what is typed as words and may not be readable.
func (d *Desk) touchpointForm(c echo.Context, status int, t journey.Touchpoint, v touchpoints.FormView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	v.ID, v.Key, v.Name, v.PromiseBusiness, v.MayAppoint = t.ID, t.Key, t.Name, t.PromiseBusiness, reply.Actor(c).MayAppoint()
	v.Channels, v.Elements = wordOptions(r, "channel.", journey.Channels, t.Channel), wordOptions(r, "element.", journey.Elements, t.Element)
	for _, j := range []journey.Judged{journey.JudgedPerson, journey.JudgedProcess, journey.JudgedBoth} {
		v.Judged = append(v.Judged, ui.Option{Value: string(j), Text: r.T("judged." + string(j)), Hint: r.T("touchpoints.judged_" + string(j)), Chosen: j == t.Judged})
	}
	names, tree, err := d.ownersOf(ctx, map[int64]journey.Touchpoint{t.ID: t})
	if err != nil {
		return err
	}
	none := r.T("journeys.nobody")
	if v.MayAppoint {
		v.Teams = owningTeams(r, tree, t.TeamID)
		if v.Owners, err = d.employeeOptions(ctx, r, none); err != nil {
			return err
		}
		for i := range v.Owners {
			v.Owners[i].Chosen = v.Owners[i].Value == strconv.FormatInt(t.OwnerID, 10)
		}
	} else {
		v.Team, v.Owner = cmp.Or(tree.Teams[t.TeamID].Name.In(r.Lang()), "–"), cmp.Or(names[t.OwnerID], none)
	}
	title := r.T("touchpoints.editing")
	if t.ID == 0 {
		title = r.T("touchpoints.new")
	}
	return reply.Page(c, reply.Frame{Title: title, Status: status, Crumbs: touchpointCrumbs(c, title)}, touchpoints.Form(v))
}

func wordOptions(r *i18n.Reader, prefix string, choices []string, chosen string) []ui.Option {
	out := []ui.Option{{Value: "", Text: r.T("touchpoints.not_said")}}
	for _, x := range choices {
		out = append(out, ui.Option{Value: x, Text: r.T(prefix + x), Chosen: x == chosen})
	}
	return out
}

// owningTeams lists the organisation from the top, each team with the way to it.
func owningTeams(r *i18n.Reader, tree people.Tree, chosen int64) []ui.Option {
	out := []ui.Option{}
	for id := range tree.Teams {
		var path []string
		for _, above := range tree.Path(id) {
			path = append(path, i18n.Isolate(tree.Teams[above].Name.In(r.Lang())))
		}
		out = append(out, ui.Option{Value: strconv.FormatInt(id, 10), Text: strings.Join(path, " / "), Chosen: id == chosen})
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return r.Compare(a.Text, b.Text) })
	return slices.Insert(out, 0, ui.Option{Value: "0", Text: r.T("touchpoints.no_team")})
}

func (d *Desk) createTouchpoint(c echo.Context) error {
	if !mayAddTouchpoint(reply.Actor(c)) {
		return fault.Forbidden("journey.leaders_only")
	}
	return d.putTouchpoint(c, journey.Touchpoint{Key: typedLine(c.FormValue("key"))})
}

func (d *Desk) changeTouchpoint(c echo.Context) error {
	t, err := d.touchpointInSight(c)
	if err == nil && !mayEditTouchpoint(reply.Actor(c), t) {
		err = fault.Forbidden("journey.owners_only")
	}
	if err != nil {
		return err
	}
	return d.putTouchpoint(c, t)
}

// putTouchpoint reads the form onto t and saves it, or shows the form again.
func (d *Desk) putTouchpoint(c echo.Context, t journey.Touchpoint) error {
	problems := readTouchpoint(c, &t)
	if err := d.knownOwners(c, t, &problems); err != nil {
		return err
	}
	err := problems.Err()
	saved := t
	if err == nil {
		saved, err = d.Journeys.SaveTouchpoint(c.Request().Context(), reply.Actor(c), t)
	}
	if fields, ok := formRefused(err); ok {
		return d.touchpointForm(c, http.StatusUnprocessableEntity, t, touchpoints.FormView{Problems: fields,
			PromiseDays: c.FormValue("promise_days"), Cost: c.FormValue("cost"), Currency: c.FormValue("currency")})
	}
	if err != nil {
		return err
	}
	return reply.Done(c, "/touchpoints/"+strconv.FormatInt(saved.ID, 10), "common.saved")
}

// readTouchpoint reads what the form says; what cannot be read is a problem of its field.
func readTouchpoint(c echo.Context, t *journey.Touchpoint) fault.Problems {
	name, problems := typedText(c, "name", longestName)
	if len([]rune(t.Key)) > longestKey {
		problems.Add("key", "journeys.too_long", "max", longestKey)
	}
	t.Name, t.Channel, t.Element, t.Judged = name, c.FormValue("channel"), c.FormValue("element"), journey.Judged(c.FormValue("judged"))
	if reply.Actor(c).MayAppoint() {
		t.TeamID, t.OwnerID = reply.FormID(c, "team"), reply.FormID(c, "owner")
	}
	t.PromiseDays, t.PromiseBusiness = 0, c.FormValue("promise_business") != ""
	if strings.TrimSpace(c.FormValue("promise_days")) != "" {
		t.PromiseDays = typedNumber(c, "promise_days")
	}
	t.CostMinor, t.Currency = 0, strings.ToUpper(typedLine(c.FormValue("currency")))
	if t.Currency != "" {
		if _, ok := i18n.MinorDigits(t.Currency); !ok {
			problems.Add("currency", "touchpoints.currency_unknown")
			return problems
		}
	}
	if cost := strings.TrimSpace(c.FormValue("cost")); cost != "" {
		var err error
		switch t.CostMinor, err = i18n.ParseMoney(cost, t.Currency); {
		case t.Currency == "":
			problems.Add("currency", "errors.required")
		case err != nil:
			problems.Add("cost", "touchpoints.cost_unread")
		}
	}
	return problems
}

// knownOwners checks that the team and the owner exist.
func (d *Desk) knownOwners(c echo.Context, t journey.Touchpoint, problems *fault.Problems) error {
	ctx := c.Request().Context()
	if t.OwnerID != 0 {
		if _, err := d.Store.EmployeeByID(ctx, t.OwnerID); fault.KindOf(err) == fault.KindMissing {
			problems.Add("owner", "errors.choice")
		} else if err != nil {
			return err
		}
	}
	tree, err := d.Store.Tree(ctx)
	if _, known := tree.Teams[t.TeamID]; err == nil && t.TeamID != 0 && !known {
		problems.Add("team", "errors.choice")
	}
	return err
}
