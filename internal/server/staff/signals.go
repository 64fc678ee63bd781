package staff

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/company"
	"github.com/journeyloop/journeyloop/templates/touchpoints"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) signalRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/signals", Guard: reply.Leader, Handle: d.signalsPage},
		{Method: http.MethodPost, Path: "/signals", Guard: reply.Manager, Handle: d.saveTolerated},
		{Method: http.MethodGet, Path: "/touchpoints/:id/baseline", Guard: reply.Leader, Handle: d.baselinePage},
		{Method: http.MethodPost, Path: "/touchpoints/:id/baseline", Guard: reply.Leader, Handle: d.freezeBaseline},
	}
}

// mostTolerated is how many false alarms a year can be put up with: one a week.
const mostTolerated = 52

func (d *Desk) signalsPage(c echo.Context) error {
	return d.signalsForm(c, http.StatusOK, "", nil)
}

// saveTolerated sets how many false alarms are put up with.
func (d *Desk) saveTolerated(c echo.Context) error {
	typed := c.FormValue("tolerated")
	n, err := number(typed)
	if err != nil || n < 1 || n > mostTolerated {
		return d.signalsForm(c, http.StatusUnprocessableEntity, typed, []fault.Field{{Name: "tolerated", Key: "signals.tolerated_wrong"}})
	}
	if err := d.tolerate(c.Request().Context(), reply.Actor(c), float64(n)); err != nil {
		return err
	}
	return reply.Done(c, "/signals", "common.saved")
}

// tolerate keeps the setting; who changed what is signalled has a line in the ledger.
func (d *Desk) tolerate(ctx context.Context, actor people.Actor, alarms float64) error {
	return d.Store.InTx(ctx, func(ctx context.Context) error {
		before, err := d.Insight.Listening(ctx)
		if err != nil {
			return err
		}
		if err := d.Store.SaveSetting(ctx, insight.ToleratedKey, alarms); err != nil {
			return err
		}
		return d.Store.Record(ctx, event.Event{Verb: event.SignalsTolerated, SubjectKind: "signals", ActorID: actor.UserID, At: d.Now(),
			Particulars: map[string]any{"before": before.Tolerated, "after": alarms}})
	})
}

// signalsForm is the page; typed is what was entered when it cannot be taken, and problems say why.
func (d *Desk) signalsForm(c echo.Context, status int, typed string, problems []fault.Field) error {
	ctx, a, r := c.Request().Context(), reply.Actor(c), reply.Reader(c)
	to, err := d.Insight.Listening(ctx)
	if err != nil {
		return err
	}
	found, err := d.Insight.Signals(ctx, to)
	if err != nil {
		return err
	}
	open, err := d.Store.TouchpointsFor(ctx, a.Scope())
	if err != nil {
		return err
	}
	inSight := map[int64]bool{}
	for _, t := range open {
		inSight[t.ID] = true
	}
	v := company.SignalsView{MaySet: a.Manager, Problems: problems, Tolerated: ui.FieldView{Name: "tolerated", Label: r.T("signals.tolerated"), Hint: r.T("signals.tolerated_hint"),
		Value: r.Int(int64(to.Tolerated)), Problem: ui.Problem(ctx, problems, "tolerated"), Required: true, Attrs: map[string]any{"inputmode": "numeric", "size": "5"}}}
	if len(problems) > 0 {
		v.Tolerated.Value = typed
	}
	for _, s := range found.List {
		if inSight[s.ID] {
			v.List = append(v.List, signalWords(r, s))
		}
	}
	v.Budget, v.How = budgetWords(r, found), chart.How(howWatched(r, found))
	if found.Few > 0 && a.Manager {
		v.Few = r.T("signals.few", "n", found.Few)
	}
	above := ui.Crumb{Text: r.T("touchpoints.title"), Href: "/touchpoints"}
	if a.Manager {
		above = ui.Crumb{Text: r.T("company.title"), Href: "/company"}
	}
	return reply.Page(c, reply.Frame{Title: r.T("signals.title"), Status: status, Live: true, Charts: true, Crumbs: []ui.Crumb{above, {Text: r.T("signals.title")}}}, company.SignalsPage(v))
}

func signalWords(r *i18n.Reader, s insight.Signal) company.Signal {
	percent := func(x float64) string { return i18n.Isolate(r.Percent(100*x, 0)) }
	key := "signals.up"
	if s.Down {
		key = "signals.down"
	}
	return company.Signal{Better: !s.Down, Href: "/touchpoints/" + strconv.FormatInt(s.ID, 10) + "#watch", Text: r.T(key, "name", i18n.Isolate(s.Name.In(r.Lang())), "since", fullDay(r, s.Since),
		"now", percent(*s.Now.Share), "low", percent(*s.Now.Low), "high", percent(*s.Now.High), "x", s.Now.X, "n", s.Now.N, "base", percent(s.Base.Rate))}
}

func budgetWords(r *i18n.Reader, s insight.Signals) string {
	return r.T("signals.budget", "charts", s.Charts, "alarms", int(s.Tolerated))
}

func howWatched(r *i18n.Reader, s insight.Signals) string {
	return r.T("signals.how", "n", insight.WatchLeast, "charts", s.Charts, "alarms", int(s.Tolerated), "run", int(s.RunLength))
}

// fillWatch draws the control charts of a touchpoint.
func (d *Desk) fillWatch(c echo.Context, t journey.Touchpoint, _ period, v *touchpoints.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	to, err := d.Insight.Listening(ctx)
	if err != nil {
		return err
	}
	if from, again := to.From[t.ID]; again {
		v.Frozen = r.T("signals.frozen_since", "since", fullDay(r, from))
	}
	charts, budget, err := d.Insight.WatchOf(ctx, t.ID, to)
	for i, w := range charts {
		id := "watch"
		if i > 0 {
			id += "-" + w.Scale.String()
		}
		v.Watch = append(v.Watch, chart.ControlOf(r, id, w, howWatched(r, budget), budgetWords(r, budget)))
	}
	return err
}

// frozenFrom is the day from which on a touchpoint's baseline would be taken anew: from when it changed, as far as a chart of
// its says that it did, else from this week on.
func (d *Desk) frozenFrom(ctx context.Context, t journey.Touchpoint, to insight.Listening) (int32, error) {
	from := insight.Monday(i18n.Day(d.Now(), d.Zone))
	charts, _, err := d.Insight.WatchOf(ctx, t.ID, to)
	for _, w := range charts {
		if signal, sounds := w.Sounding(); sounds {
			from = min(from, signal.Since)
		}
	}
	return from, err
}

func (d *Desk) baselinePage(c echo.Context) error { return d.baselineForm(c, http.StatusOK, nil) }

func (d *Desk) baselineForm(c echo.Context, status int, problems []fault.Field) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	t, to, err := d.baselineOf(c)
	if err != nil {
		return err
	}
	from, err := d.frozenFrom(ctx, t, to)
	if err != nil {
		return err
	}
	name, _ := t.Name.Shown(r.Lang())
	crumbs, title := touchpointCrumbs(c, name), r.T("signals.freeze")
	crumbs[1].Href = "/touchpoints/" + strconv.FormatInt(t.ID, 10)
	return reply.Page(c, reply.Frame{Title: title, Status: status, Crumbs: append(crumbs, ui.Crumb{Text: title})}, ui.Confirmation(ui.ConfirmationView{
		Text: r.T("signals.freeze_confirm", "name", i18n.Isolate(name), "since", fullDay(r, from)), Action: crumbs[1].Href + "/baseline", Button: title, Kind: ui.Primary, Back: crumbs[1].Href,
		Reason: &ui.FieldView{Name: "reason", Label: r.T("signals.reason"), Hint: r.T("signals.reason_hint"), Value: c.FormValue("reason"), Dir: "auto", Required: true,
			Problem: ui.Problem(ctx, problems, "reason"), Attrs: map[string]any{"maxlength": mostReason}}}))
}

// baselineOf is the touchpoint whose baseline is asked for, by whom may freeze it: her who answers for it.
func (d *Desk) baselineOf(c echo.Context) (journey.Touchpoint, insight.Listening, error) {
	t, err := d.touchpointInSight(c)
	if err == nil && !mayEditTouchpoint(reply.Actor(c), t) {
		err = fault.Forbidden("signals.freeze_not_yours")
	}
	if err != nil {
		return t, insight.Listening{}, err
	}
	to, err := d.Insight.Listening(c.Request().Context())
	return t, to, err
}

// mostReason is how many characters a reason may have.
const mostReason = 300

// freezeBaseline lets a touchpoint be held against its weeks since it changed, for a reason that stands in the ledger.
func (d *Desk) freezeBaseline(c echo.Context) error {
	reason := typedLine(c.FormValue("reason"))
	if n := len([]rune(reason)); n == 0 || n > mostReason {
		return d.baselineForm(c, http.StatusUnprocessableEntity, []fault.Field{{Name: "reason", Key: "signals.reason_wrong"}})
	}
	t, _, err := d.baselineOf(c)
	if err != nil {
		return err
	}
	if err := d.freeze(c.Request().Context(), reply.Actor(c), t, reason); err != nil {
		return err
	}
	return reply.Done(c, "/touchpoints/"+strconv.FormatInt(t.ID, 10), "common.saved")
}

func (d *Desk) freeze(ctx context.Context, actor people.Actor, t journey.Touchpoint, reason string) error {
	return d.Store.InTx(ctx, func(ctx context.Context) error {
		to, err := d.Insight.Listening(ctx)
		if err != nil {
			return err
		}
		from, err := d.frozenFrom(ctx, t, to)
		if err != nil {
			return err
		}
		if to.From == nil {
			to.From = map[int64]int32{}
		}
		to.From[t.ID] = from
		if err := d.Store.SaveSetting(ctx, insight.FrozenKey, to.From); err != nil {
			return err
		}
		return d.Store.Record(ctx, event.Event{Verb: event.BaselineFrozen, SubjectKind: "touchpoint", SubjectID: t.ID, ActorID: actor.UserID, At: d.Now(),
			Particulars: map[string]any{"from": insight.Span(from, from), "reason": reason}})
	})
}
