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
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	faces "github.com/journeyloop/journeyloop/templates/observations"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) observationRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: faces.Path, Guard: reply.Signed, Handle: d.observationList},
		{Method: http.MethodGet, Path: "/observations.csv", Guard: reply.Signed, Handle: d.exportObservations},
		{Method: http.MethodGet, Path: "/observations/new", Guard: reply.Employee, Handle: d.newObservation},
		{Method: http.MethodPost, Path: faces.Path, Guard: reply.Employee, Handle: d.recordObservation},
		{Method: http.MethodPost, Path: faces.Similar, Guard: reply.Employee, Handle: d.similarObservations},
		{Method: http.MethodGet, Path: "/observations/:id", Guard: reply.Signed, Handle: d.observationPage},
		{Method: http.MethodPost, Path: "/observations/:id", Guard: reply.Employee, Handle: d.changeObservation},
		{Method: http.MethodGet, Path: "/observations/:id/withdrawal", Guard: reply.Employee, Handle: d.confirmWithdrawal},
		{Method: http.MethodPost, Path: "/observations/:id/withdrawal", Guard: reply.Employee, Handle: d.withdrawObservation},
		{Method: http.MethodPost, Path: "/observations/:id/theme", Guard: reply.Signed, Handle: d.joinObservation},
		{Method: http.MethodPost, Path: "/observations/:id/answer", Guard: reply.Leader, Handle: d.answerObservation},
	}
}

// Ways to look at the list, beside everything in sight.
const (
	ownHeard   = "own"
	candidates = "candidates"
)

func observationFilter(c echo.Context) observation.Filter {
	show := c.QueryParam("show")
	return observation.Filter{Kind: oneOf(observation.Kind(c.QueryParam("kind")), observation.Kinds...), State: oneOf(observation.State(c.QueryParam("state")), observation.States...),
		Touchpoint: queryID(c, "touchpoint"), Words: typed(c.QueryParam("q")), Own: show == ownHeard, Candidates: show == candidates}
}

func (d *Desk) observationList(c echo.Context) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	f := observationFilter(c)
	found, err := d.Store.ThemesFor(ctx, actor.Scope(), f, reply.Ask(c))
	if err != nil {
		return err
	}
	at, err := d.Store.TouchpointsHeardAt(ctx, actor.Scope())
	if err != nil {
		return err
	}
	for _, t := range found.Rows {
		at = append(at, t.TouchpointID)
	}
	places, err := d.Store.TouchpointsByID(ctx, at)
	if err != nil {
		return err
	}
	v := faces.ListView{Path: c.Request().URL.RequestURI(), File: fileOf(c, "/observations.csv"), Words: c.QueryParam("q"), Kind: f.Kind, State: f.State,
		MayRecord: observation.MayRecord(actor), Now: d.Now(), Rows: page.Of[faces.Line]{Total: found.Total, Ask: found.Ask}}
	v.Touchpoints = touchpointOptions(c, slices.Collect(maps.Values(places)), f.Touchpoint)
	for _, show := range []string{"", ownHeard, candidates} {
		v.Tabs = append(v.Tabs, ui.Tab{Text: r.T("observations.show_" + cmp.Or(show, "all")), Href: ui.Link(v.Path, "show", show, "page", ""), Active: show == c.QueryParam("show")})
	}
	for _, t := range found.Rows {
		l := faces.Line{Href: faces.Href(t.ID), Kind: t.Kind, Words: i18n.Sentence(t.Words, 0, 0, lineLength), N: t.N, Last: t.Last, State: t.State,
			Waits: t.Waits() && t.EmployeeID == actor.EmployeeID, Candidate: t.IsCandidate()}
		l.Touchpoint, l.TouchpointIn = places[t.TouchpointID].Name.Shown(r.Lang())
		v.Rows.Rows = append(v.Rows.Rows, l)
	}
	return reply.Page(c, reply.Frame{Title: r.T("observations.title")}, faces.List(v))
}

// lineLength is how much of what was said a list shows, in characters.
const lineLength = 140

func (d *Desk) exportObservations(c echo.Context) error {
	ctx, r, scope := c.Request().Context(), reply.Reader(c), reply.Actor(c).Scope()
	f := observationFilter(c)
	n, err := d.Store.CountObservations(ctx, scope, f)
	if err != nil {
		return err
	}
	e := export{what: "observations", rows: n, columns: columns(c, "heard_at", "heard_kind", "touchpoint", "said", "wants_call", "heard_by", "outcome", "outcome_words", "outcome_at")}
	return d.export(c, e, func(sheet *reply.Sheet) error {
		return d.Store.EachObservation(ctx, scope, f, func(rows []observation.Observation) error {
			names, places, err := d.aroundObservations(ctx, rows)
			if err != nil {
				return err
			}
			for _, o := range rows {
				err := sheet.Row(o.At, r.T("observations.kind_"+string(o.Kind)), places[o.TouchpointID].Name.In(r.Lang()), o.Words, yesNo(r, o.WantsCall), names[o.EmployeeID],
					r.T("observations.state_"+string(o.State)), o.Answer, o.AnsweredAt)
				if err != nil {
					return err
				}
			}
			return sheet.Flush()
		})
	})
}

// aroundObservations are who heard them, by name, and where.
func (d *Desk) aroundObservations(ctx context.Context, rows []observation.Observation) (map[int64]string, map[int64]journey.Touchpoint, error) {
	var who, where []int64
	for _, o := range rows {
		who, where = append(who, o.EmployeeID), append(where, o.TouchpointID)
	}
	names, err := d.Store.EmployeeNames(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	places, err := d.Store.TouchpointsByID(ctx, where)
	return names, places, err
}

// draftOf reads the form. What was said again has the kind and the place of its theme.
func draftOf(c echo.Context) (observation.Draft, fault.Problems) {
	d := observation.Draft{Kind: oneOf(observation.Kind(c.FormValue("kind")), observation.Kinds...), Touchpoint: reply.FormID(c, "touchpoint"), About: c.FormValue("about"),
		Words: lines(c.FormValue("words")), WantsCall: c.FormValue("call") != "", Join: reply.FormID(c, "join"), Language: reply.Reader(c).Lang()}
	var problems fault.Problems
	if c.FormValue("touchpoint") == "" && d.Join == 0 {
		problems.Add("touchpoint", "observations.touchpoint_needed")
	}
	return d, problems
}

func (d *Desk) newObservation(c echo.Context) error {
	kind := oneOf(observation.Kind(c.QueryParam("kind")), observation.Kinds...)
	return d.observationForm(c, http.StatusOK, observation.Draft{Kind: kind, About: typed(c.QueryParam("about"))}, nil)
}

func (d *Desk) observationForm(c echo.Context, status int, in observation.Draft, problems []fault.Field) error {
	v, err := d.observationFormView(c, in, problems)
	if err != nil {
		return err
	}
	v.Action = faces.Path
	if len(problems) > 0 {
		if v.Alike, err = d.alike(c, in.Kind, in.Words, 0); err != nil {
			return err
		}
	}
	title := reply.T(c, "observations.new")
	crumbs := []ui.Crumb{{Text: reply.T(c, "observations.title"), Href: faces.Path}, {Text: title}}
	return reply.Page(c, reply.Frame{Title: title, Crumbs: crumbs, Status: status}, faces.New(v))
}

func (d *Desk) observationFormView(c echo.Context, in observation.Draft, problems []fault.Field) (faces.FormView, error) {
	ctx := c.Request().Context()
	v := faces.FormView{Kind: in.Kind, Words: in.Words, About: in.About, Call: in.WantsCall, Problems: problems}
	near, usual, err := d.Store.TouchpointsNear(ctx, reply.Actor(c).Scope())
	if err != nil {
		return v, err
	}
	places, err := d.Store.TouchpointsByID(ctx, near)
	hers := make([]ui.Option, usual)
	for _, o := range touchpointOptions(c, slices.Collect(maps.Values(places)), in.Touchpoint)[1:] {
		if id, _ := strconv.ParseInt(o.Value, 10, 64); slices.Contains(near[:usual], id) {
			hers[slices.Index(near, id)] = o
		} else {
			v.Others = append(v.Others, o)
		}
	}
	v.Here = hers
	return v, err
}

func (d *Desk) recordObservation(c echo.Context) error {
	in, problems := draftOf(c)
	if len(problems) > 0 {
		if in.Kind == "" {
			problems.Add("kind", "observations.kind_needed")
		}
		return d.observationForm(c, http.StatusUnprocessableEntity, in, problems)
	}
	o, err := d.Observations.Record(c.Request().Context(), reply.Actor(c), in)
	if fields, invalid := reply.Problems(err); invalid {
		return d.observationForm(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, faces.Href(o.ID), "observations.recorded")
}

// similarObservations answers what is being typed. It is a POST, so that a customer's words are in nobody's address or log.
func (d *Desk) similarObservations(c echo.Context) error {
	list, err := d.alike(c, observation.Kind(c.FormValue("kind")), c.FormValue("words"), 0)
	if err != nil {
		return err
	}
	return reply.Component(c, http.StatusOK, faces.Alike(list))
}

// alike offers themes that say much the same, but for one.
func (d *Desk) alike(c echo.Context, kind observation.Kind, words string, except int64) ([]faces.AlikeView, error) {
	ctx, r := c.Request().Context(), reply.Reader(c)
	found, err := d.Observations.Similar(ctx, reply.Actor(c), kind, words, r.Lang())
	if err != nil {
		return nil, err
	}
	var at []int64
	for _, t := range found {
		at = append(at, t.TouchpointID)
	}
	places, err := d.Store.TouchpointsByID(ctx, at)
	var out []faces.AlikeView
	for _, t := range found {
		if t.ThemeID == except {
			continue
		}
		v := faces.AlikeView{ID: t.ThemeID, Words: i18n.Sentence(t.Words, 0, 0, lineLength), N: t.N}
		v.Touchpoint, v.TouchpointIn = places[t.TouchpointID].Name.Shown(r.Lang())
		out = append(out, v)
	}
	return out, err
}

func (d *Desk) observationPage(c echo.Context) error {
	return d.observationWith(c, http.StatusOK, nil, nil)
}

// observationWith shows an observation with a form on it that came back: edit, or answer.
func (d *Desk) observationWith(c echo.Context, status int, edit *faces.FormView, answer *faces.ReplyView) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	o, err := d.Store.ObservationFor(ctx, actor.Scope(), id)
	if err != nil {
		return err
	}
	same, err := d.Store.SayingTheSame(ctx, actor.Scope(), o.ThemeID)
	if err != nil {
		return err
	}
	theme, err := d.Store.ThemeFor(ctx, actor.Scope(), o.ThemeID)
	if err != nil {
		return err
	}
	theme.State = o.State
	v := faces.PageView{State: o.State, Answer: o.Answer, N: theme.N, Candidate: theme.IsCandidate()}
	if err := d.observationItems(c, &v, o, same); err != nil {
		return err
	}
	if err := d.observationActs(c, &v, o, edit, answer); err != nil {
		return err
	}
	if o.AnsweredAt != nil {
		names, err := d.Store.UserNames(ctx, []int64{o.AnsweredBy})
		if err != nil {
			return err
		}
		v.Answered = reply.T(c, "observations.answered_by", "name", i18n.Isolate(cmp.Or(names[o.AnsweredBy], reply.T(c, "common.unknown"))), "date", reply.Reader(c).Date(*o.AnsweredAt))
	}
	title := reply.T(c, "observations.kind_"+string(o.Kind))
	crumbs := []ui.Crumb{{Text: reply.T(c, "observations.title"), Href: faces.Path}, {Text: title}}
	if err := reply.Page(c, reply.Frame{Title: title, Crumbs: crumbs, Status: status}, faces.Page(v)); err != nil {
		return err
	}
	return d.Observations.Hear(ctx, actor, append(same, o)...)
}

// observationItems shows what was said, by whom, and of which customer as far as the reader may know her.
func (d *Desk) observationItems(c echo.Context, v *faces.PageView, o observation.Observation, same []observation.Observation) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	names, places, err := d.aroundObservations(ctx, append(same, o))
	if err != nil {
		return err
	}
	var runs, customers []int64
	for _, x := range append(same, o) {
		runs, customers = append(runs, x.RunID), append(customers, x.CustomerID)
	}
	walks, _, err := d.Store.RunsSeen(ctx, actor.Scope(), runs)
	if err != nil {
		return err
	}
	known, err := d.Store.CustomersSeen(ctx, actor.Scope(), customers)
	show := func(x observation.Observation) faces.ItemView {
		item := faces.ItemView{ID: x.ID, Kind: x.Kind, Words: x.Words, At: x.At, Call: x.WantsCall}
		item.Touchpoint, item.TouchpointIn = places[x.TouchpointID].Name.Shown(r.Lang())
		if x.EmployeeID != actor.EmployeeID {
			item.By = cmp.Or(names[x.EmployeeID], r.T("common.unknown"))
		}
		if _, seen := walks[x.RunID]; seen {
			item.Run = runHref(x.RunID)
		}
		if customer, seen := known[x.CustomerID]; seen {
			item.Customer, item.CustomerHref = customerName(customer), customerHref(customer.ID)
		}
		return item
	}
	v.Item = show(o)
	for _, x := range same {
		if x.ID != o.ID {
			v.Same = append(v.Same, show(x))
		}
	}
	return err
}

// observationActs adds what the reader may do: its author change it for some minutes, who answers for it answer and join.
func (d *Desk) observationActs(c echo.Context, v *faces.PageView, o observation.Observation, edit *faces.FormView, answer *faces.ReplyView) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	_, err := d.Store.ObservationFor(ctx, actor.AnswerScope(), o.ID)
	answers := err == nil
	if err != nil && fault.KindOf(err) != fault.KindMissing {
		return err
	}
	if answers {
		if v.Reply = answer; answer == nil {
			v.Reply = &faces.ReplyView{State: o.State, Words: o.Answer}
		}
		v.Reply.Action = faces.Href(o.ID) + "/answer"
	}
	author := o.MayChange(actor, d.Now())
	if author {
		v.Until = o.At.Add(observation.Undo)
		if edit == nil {
			form, err := d.observationFormView(c, observation.Draft{Kind: o.Kind, Touchpoint: o.TouchpointID, Words: o.Words, WantsCall: o.WantsCall}, nil)
			if err != nil {
				return err
			}
			edit = &form
		}
		v.Edit = edit
		v.Edit.Action = faces.Href(o.ID)
		v.Edit.At = ui.FieldView{Name: "touchpoint", Label: reply.T(c, "observations.touchpoint"), Required: true,
			Options: slices.Concat([]ui.Option{{Value: "0", Text: reply.T(c, "observations.nowhere")}}, v.Edit.Here, v.Edit.Others)}
	}
	if author && o.ThemeID != o.ID {
		v.Leave = faces.Href(o.ID) + "/theme"
	}
	if answers || author && o.ThemeID == o.ID {
		v.Join = faces.Href(o.ID) + "/theme"
		v.Alike, err = d.alike(c, o.Kind, o.Words, o.ThemeID)
		return err
	}
	return nil
}

func (d *Desk) changeObservation(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	in, _ := draftOf(c)
	err = d.Observations.Change(c.Request().Context(), reply.Actor(c), id, in)
	if fields, invalid := reply.Problems(err); invalid {
		form, err := d.observationFormView(c, in, fields)
		if err != nil {
			return err
		}
		return d.observationWith(c, http.StatusUnprocessableEntity, &form, nil)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, faces.Href(id), "common.saved")
}

func (d *Desk) confirmWithdrawal(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	o, err := d.Store.ObservationFor(c.Request().Context(), reply.Actor(c).OwnScope(), id)
	if err != nil {
		return err
	}
	if !o.MayChange(reply.Actor(c), d.Now()) {
		return fault.Conflict("observations.too_late")
	}
	return confirm(c, ui.ConfirmationView{Text: faces.Withdraw(reply.Reader(c), o.Kind, o.Words), Button: reply.T(c, "observations.withdraw"), Back: faces.Href(id)})
}

func (d *Desk) withdrawObservation(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	if err := d.Observations.Withdraw(c.Request().Context(), reply.Actor(c), id); err != nil {
		return err
	}
	return reply.Done(c, faces.Path, "observations.withdrawn")
}

// joinObservation joins it to a theme; without one it leaves the theme that it is in.
func (d *Desk) joinObservation(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, theme, key := c.Request().Context(), reply.FormID(c, "join"), "observations.joined"
	if theme == 0 {
		key = "observations.left"
		err = d.Observations.Leave(ctx, reply.Actor(c), id)
	} else {
		err = d.Observations.Join(ctx, reply.Actor(c), id, theme)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, faces.Href(id), key)
}

func (d *Desk) answerObservation(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	state, words := observation.State(c.FormValue("state")), lines(c.FormValue("answer"))
	err = d.Observations.Answer(c.Request().Context(), reply.Actor(c), id, state, words)
	if fields, invalid := reply.Problems(err); invalid {
		return d.observationWith(c, http.StatusUnprocessableEntity, nil, &faces.ReplyView{State: oneOf(state, observation.Answers...), Words: words, Problems: fields})
	}
	if err != nil {
		return err
	}
	return reply.Done(c, faces.Href(id), "observations.answered")
}

// lines ends lines as the page counted them: browsers send two characters for what they count as one.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
