package staff

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/survey"
	faces "github.com/journeyloop/journeyloop/templates/outreach"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// outreachCall shows whom the asker has in hand, or offers the next.
func (d *Desk) outreachCall(c echo.Context) error { return d.callPage(c, http.StatusOK, "", nil) }

func (d *Desk) callPage(c echo.Context, status int, note string, problems []fault.Field) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	l, err := d.outreachOf(c)
	if err != nil {
		return err
	}
	calls, err := d.mayCall(ctx, actor, l)
	if err != nil {
		return err
	}
	if !calls {
		return fault.Forbidden("outreach.not_your_list")
	}
	v := faces.NextView{List: faces.Href(l.ID), Name: l.Name, Ended: !l.Open(), Note: note, Problems: problems}
	if v.Just, err = d.justNoted(c, l); err != nil {
		return err
	}
	m, err := d.Store.MemberInHand(ctx, l.ID, actor.EmployeeID, d.Now())
	switch {
	case fault.KindOf(err) == fault.KindMissing:
		v.Waiting, v.NextAt, err = d.Store.OutreachWaiting(ctx, l.ID, d.Now())
	case err == nil:
		v.Action, v.Back = memberHref(l.ID, m.ID), memberHref(l.ID, m.ID)+"/release"
		err = d.knownOf(ctx, actor, &v, l, m)
	}
	if err != nil {
		return err
	}
	title := reply.T(c, "outreach.call")
	return reply.Page(c, reply.Frame{Title: title, Crumbs: outreachCrumbs(c, ui.Crumb{Text: l.Name, Href: faces.Href(l.ID)}, ui.Crumb{Text: title}), Status: status}, faces.Next(v))
}

// justNoted is the asker's last call, while she may take it back.
func (d *Desk) justNoted(c echo.Context, l outreach.List) (*faces.Call, error) {
	actor := reply.Actor(c)
	last, err := d.Store.MembersFor(c.Request().Context(), actor.Scope(), outreach.Filter{List: l.ID, Caller: actor.EmployeeID}, page.Ask{Size: 1})
	if err != nil || len(last.Rows) == 0 || !last.Rows[0].MayUndo(actor.EmployeeID, d.Now()) {
		return nil, err
	}
	views, err := d.callViews(c, l, last.Rows[:1])
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

// knownOf is what a caller must know. She was given the customer to call: name and number. The walk's facts help her to talk;
// the walk itself and the customer's words are shown as far as her own sight goes.
func (d *Desk) knownOf(ctx context.Context, actor people.Actor, v *faces.NextView, l outreach.List, m outreach.Member) error {
	r := i18n.From(ctx)
	walk, err := d.Store.WalkOf(ctx, m.RunID)
	if err != nil {
		return err
	}
	customer := walk.Customer
	v.Customer, v.Phone, v.Mail = customerName(customer), i18n.LatinDigits(customer.Phone), customer.Email
	v.Why = r.T("outreach.why_"+string(l.Rule), "usual", m.Usual, "silent", m.Silent)
	if customer.Language != "" {
		v.Facts = append(v.Facts, ui.Fact{Name: r.T("outreach.speaks"), Value: customer.Language.Name()})
	}
	facts, err := d.walkFacts(ctx, walk)
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, facts...)
	seen, _, err := d.Store.RunsSeen(ctx, actor.Scope(), []int64{m.RunID})
	if err != nil {
		return err
	}
	if _, in := seen[m.RunID]; !in {
		return nil
	}
	v.Run = runHref(m.RunID)
	return d.saidOf(ctx, actor, v, m)
}

// saidOf adds what the customer said about the walk, where she may be named with it in the asker's sight.
func (d *Desk) saidOf(ctx context.Context, actor people.Actor, v *faces.NextView, m outreach.Member) error {
	named, err := d.Store.CustomersSeen(ctx, actor.Scope(), []int64{m.CustomerID})
	if err != nil || named[m.CustomerID].ID == 0 {
		return err
	}
	answers, err := d.Store.ResponsesOfRuns(ctx, []int64{m.RunID})
	if a := answers[m.RunID]; a.Anonymity == survey.Identified {
		v.Said = a.Comment
	}
	return err
}

func (d *Desk) walkFacts(ctx context.Context, walk run.Walk) ([]ui.Fact, error) {
	r := i18n.From(ctx)
	journeys, err := d.Store.JourneysByID(ctx, []int64{walk.Run.JourneyID})
	if err != nil {
		return nil, err
	}
	places, err := d.Store.TouchpointsByID(ctx, walk.Met())
	facts := []ui.Fact{{Name: r.T("outreach.journey"), Value: journeys[walk.Run.JourneyID].In(r.Lang())}}
	if n := len(walk.Contacts); n > 0 {
		last := walk.Contacts[n-1].Interaction
		facts = append(facts, ui.Fact{Name: r.T("outreach.last"), Value: placeAndDay(r, places[last.TouchpointID].Name, last.StartedAt)})
	}
	for _, x := range walk.Contacts {
		if i := x.Interaction; i.PromiseDue != nil && i.PromiseKept == nil && walk.Run.State == run.Open {
			facts = append(facts, ui.Fact{Name: r.T("outreach.open_promise"), Value: placeAndDay(r, places[i.TouchpointID].Name, *i.PromiseDue)})
		}
	}
	return facts, err
}

func placeAndDay(r *i18n.Reader, place i18n.Text, at time.Time) string {
	return i18n.Isolate(place.In(r.Lang())) + " · " + r.Date(at)
}

func (d *Desk) takeNext(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	_, err = d.Outreach.Next(c.Request().Context(), reply.Actor(c), id)
	if f := fault.Of(err); f != nil && (f.Key == "outreach.nobody_waits" || f.Key == "outreach.quiet_hours") {
		return reply.Done(c, faces.NextHref(id), f.Key)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, faces.NextHref(id))
}

// inAddress are the list and the member of an address.
func inAddress(c echo.Context) (list, member int64, err error) {
	list, err = reply.ID(c, "id")
	member, failed := reply.ID(c, "member")
	return list, member, cmp.Or(err, failed)
}

func (d *Desk) answerCall(c echo.Context) error {
	list, member, err := inAddress(c)
	if err != nil {
		return err
	}
	note := lines(c.FormValue("note"))
	err = d.Outreach.Answer(c.Request().Context(), reply.Actor(c), list, member, outreach.Outcome(c.FormValue("outcome")), note)
	if fields, invalid := reply.Problems(err); invalid {
		return d.callPage(c, http.StatusUnprocessableEntity, note, fields)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, faces.NextHref(list), "outreach.noted")
}

func (d *Desk) putBackCall(c echo.Context) error {
	return d.onCall(c, d.Outreach.PutBack, "outreach.was_put_back")
}

func (d *Desk) undoCall(c echo.Context) error { return d.onCall(c, d.Outreach.Undo, "outreach.undone") }

func (d *Desk) onCall(c echo.Context, do func(context.Context, people.Actor, int64, int64) error, key string) error {
	list, member, err := inAddress(c)
	if err != nil {
		return err
	}
	if err := do(c.Request().Context(), reply.Actor(c), list, member); err != nil {
		return err
	}
	return reply.Done(c, faces.NextHref(list), key)
}
