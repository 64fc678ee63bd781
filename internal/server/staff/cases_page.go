package staff

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/cases"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// came is a form that came back to the page of its case.
type came struct {
	verb     caseVerb
	problems []fault.Field
	conflict string // what somebody else did meanwhile
	link     string // for the customer, shown once
}

func (d *Desk) casePage(c echo.Context) error { return d.showCase(c, http.StatusOK, came{}) }

func (d *Desk) showCase(c echo.Context, status int, back came) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), reply.Actor(c)
	found, err := d.Store.CaseFor(ctx, actor.Scope(), id)
	if err != nil {
		return err
	}
	book, err := d.caseBook(ctx)
	if err != nil {
		return err
	}
	p := casePage{d: d, ctx: ctx, r: reply.Reader(c), actor: actor, c: found, book: book}
	v, err := p.view()
	if err != nil {
		return err
	}
	p.came(c, &v, back)
	if v.MayWrite {
		v.Mail = cases.Write(v)
	}
	return reply.Page(c, reply.Frame{Title: v.Customer, Status: status, Live: true,
		Crumbs: []ui.Crumb{{Text: reply.T(c, "cases.title"), Href: "/cases"}, {Text: v.Customer}}}, cases.Page(v))
}

// caseFields are what the forms of a case can have been typed into.
var caseFields = []string{"to", "tell", "channel", "result", "said", "note", "cause", "solution", "compensation", "denied", "by", "asked", "reason", "subject", "letter"}

// came puts what was typed back into its form. Where that form is not offered any more, its words are shown, to be kept.
func (p *casePage) came(c echo.Context, v *cases.PageView, back came) {
	v.Problems, v.Conflict, v.Open, v.Link = back.problems, back.conflict, back.verb.below, back.link
	if v.Open == "" {
		return
	}
	for _, name := range caseFields {
		if typed, sent := c.Request().PostForm[name]; sent {
			v.Form[name] = typed[0]
		}
	}
	v.Also = typedCauses(c)
	if back.conflict != "" && !v.Offers(back.verb.below) {
		v.Kept = strings.TrimSpace(c.FormValue(back.verb.words))
	}
}

// casePage puts one case together.
type casePage struct {
	d     *Desk
	ctx   context.Context
	r     *i18n.Reader
	actor people.Actor
	c     casework.Case
	book  caseBook

	customer run.Customer
	steps    []casework.Step
}

func (p *casePage) view() (cases.PageView, error) {
	c := p.c
	v := cases.PageView{Base: caseHref(c.ID), State: p.r.T("cases.state_" + string(c.State)), Tone: caseTone(c.State),
		Grave: c.Severity == casework.Grave, OwnerID: c.OwnerID, Opened: c.OpenedAt, Due: p.book.due(c), ResolveDue: p.book.moment(c.ResolveDue),
		ContactedAt: c.ContactedAt, WaitingSince: c.WaitingSince, ClosedAt: c.ClosedAt, Reopened: c.Reopened, Form: map[string]string{},
		MayWork: c.MayWork(p.actor), MayTake: c.MayTake(p.actor), MayPropose: c.MayPropose(), MayWait: c.MayWait(), MayResume: c.WaitingSince != nil}
	for _, fill := range []func(*cases.PageView) error{p.who, p.around, p.why, p.story, p.walk, p.before, p.done, p.attached, p.asking, p.choices} {
		if err := fill(&v); err != nil {
			return v, err
		}
	}
	v.Next, v.Regret = p.next(), p.regret()
	v.Asked = v.MayWork && c.State == casework.Proposed
	v.MayWrite = v.MayWork && p.customer.MailTo() != ""
	v.MayGiveUp = v.MayWork && c.ContactedAt == nil && casework.TriedEnough(p.steps, p.customer, p.d.Now())
	return v, nil
}

// next says what helps most now.
func (p *casePage) next() string {
	c := p.c
	switch {
	case c.Closed():
		return ""
	case c.OwnerID == 0:
		return p.r.T("cases.next_owner")
	case c.State == casework.Proposed:
		return p.r.T("cases.next_asked", "until", p.r.Date(c.ProposedAt.Add(casework.Patience)))
	case c.WaitingSince != nil:
		return p.r.T("cases.next_waiting", "since", p.r.DateTime(*c.WaitingSince))
	case c.ContactedAt == nil:
		return p.r.T("cases.next_contact")
	case c.Cause == "":
		return p.r.T("cases.next_cause")
	case c.Reopened > 0:
		return p.r.T("cases.next_again")
	}
	return p.r.T("cases.next_solution")
}

// who is the customer, and how she can be reached.
func (p *casePage) who(v *cases.PageView) (err error) {
	if p.customer, err = p.d.Store.CustomerByID(p.ctx, p.c.CustomerID); err != nil {
		return err
	}
	v.Customer, v.Phone, v.Email, v.Segment = customerName(p.customer), p.customer.Phone, p.customer.Email, p.customer.Segment
	if p.customer.Language != "" {
		v.Language = p.customer.Language.Name()
	}
	if p.customer.Channel != "" {
		v.Channel = wordOf(p.r, "channel.", p.customer.Channel)
	}
	line, err := p.d.Store.ValueLine(p.ctx)
	v.Valuable = line > 0 && p.customer.ValueMinor >= line
	return err
}

// around fills in where the case belongs, and leads to the customer and her walk where the reader may see them.
func (p *casePage) around(v *cases.PageView) error {
	a, err := p.book.around(p.ctx, []casework.Case{p.c})
	if err != nil {
		return err
	}
	v.Journey, v.JourneyIn = a.journeys[p.c.JourneyID].Shown(p.r.Lang())
	v.Owner = a.owners[p.c.OwnerID]
	if v.Place, err = p.place(p.c.TouchpointID); err != nil {
		return err
	}
	if _, err := p.d.Store.CustomerFor(p.ctx, p.actor.Scope(), p.c.CustomerID); err == nil {
		v.CustomerHref = customerHref(p.c.CustomerID)
	} else if fault.KindOf(err) != fault.KindMissing {
		return err
	}
	return nil
}

func (p *casePage) place(touchpoint int64) (string, error) {
	if touchpoint == 0 {
		return p.r.T("cases.whole"), nil
	}
	found, err := p.d.Store.TouchpointsByID(p.ctx, []int64{touchpoint})
	return found[touchpoint].Name.In(p.r.Lang()), err
}

func (p *casePage) why(v *cases.PageView) error {
	triggers, err := p.d.Store.TriggersOf(p.ctx, p.c.ID)
	if err != nil {
		return err
	}
	for _, t := range triggers {
		line := cases.Trigger{At: t.At, What: p.r.T("cases.kind_" + string(t.Kind)), Why: p.particulars(t)}
		if t.TouchpointID != 0 {
			if line.Place, err = p.place(t.TouchpointID); err != nil {
				return err
			}
		}
		v.Triggers = append(v.Triggers, line)
	}
	return nil
}

// particulars says what was seen: a rating on its scale, or the word that was found.
func (p *casePage) particulars(t casework.Trigger) string {
	if word := t.Particulars["word"]; word != "" {
		return "«" + word + "»"
	}
	scale, err := stat.ParseScale(t.Particulars["scale"])
	if err != nil {
		return ""
	}
	var value int
	if _, err := fmt.Sscan(t.Particulars["value"], &value); err != nil {
		return ""
	}
	return ui.ScoreOf(p.r, scale, value)
}

// walk shows what the customer lived through, and her words about it, to who works on her case; what she said in confidence
// stays with those who may see it elsewhere.
func (p *casePage) walk(v *cases.PageView) error {
	walk, err := p.d.Store.WalkOf(p.ctx, p.c.RunID)
	if err != nil {
		return err
	}
	w := walkPage{d: p.d, ctx: p.ctx, r: p.r, actor: p.actor, walk: walk}
	for _, load := range []func() error{w.loadAnswer, w.loadNames} {
		if err := load(); err != nil {
			return err
		}
	}
	if w.response != nil && w.anonymity != survey.Identified {
		v.Confidential = true
		return nil
	}
	v.Contacts = w.contacts()
	if w.response != nil {
		a := w.answer(*w.response)
		v.Answer = &cases.Answer{Whole: a.Quote, Expectation: a.Expectation, Resolved: a.Resolved, Contact: a.Contact}
		for _, r := range a.Ratings {
			if r.Comment != "" { // those without words stand beside the contacts
				v.Answer.Ratings = append(v.Answer.Ratings, ui.QuoteView{Text: r.Comment, Mood: r.Mood, Score: r.Score, At: a.Quote.At, Touchpoint: r.Touchpoint})
			}
		}
	}
	rules, err := p.d.Store.CaseRules(p.ctx, p.c.JourneyID)
	if err != nil {
		return err
	}
	if err := p.propose(v, rules.Compensation, walk); err != nil {
		return err
	}
	if _, err := p.d.Store.WalkFor(p.ctx, p.actor.Scope(), p.c.RunID); err == nil {
		v.RunHref = runHref(p.c.RunID)
	} else if fault.KindOf(err) != fault.KindMissing {
		return err
	}
	return nil
}

// propose fills in what she has been given, or the compensation that the rules propose.
func (p *casePage) propose(v *cases.PageView, o casework.Compensation, walk run.Walk) (err error) {
	if v.Currency, err = p.d.Store.CaseCurrency(p.ctx); err != nil {
		return err
	}
	if p.c.CompensationMinor != 0 {
		v.Form["compensation"] = i18n.MoneyField(p.c.CompensationMinor, p.c.Currency)
		return nil
	}
	minor, days := o.For(walk, p.book.clock, p.d.Now())
	if minor != 0 {
		v.Form["compensation"] = i18n.MoneyField(minor, v.Currency)
		v.Proposal = p.r.N("cases.compensation_rule", days, "amount", i18n.Amount{Minor: minor, Currency: v.Currency})
	}
	return nil
}

// before are the customer's other cases in sight, the latest first.
func (p *casePage) before(v *cases.PageView) error {
	found, err := p.d.Store.CasesFor(p.ctx, p.actor.Scope(), casework.Filter{CustomerID: p.c.CustomerID, Stage: casework.Everything}, page.Ask{Sort: "opened", Desc: true})
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(found.Rows, func(c casework.Case) bool { return c.ID == p.c.ID })
	v.Before, err = p.book.lines(p.ctx, others)
	return err
}

// done is what was found out, done and given so far.
func (p *casePage) done(v *cases.PageView) error {
	coded, err := p.d.Store.CausesOf(p.ctx, p.c.ID)
	if err != nil {
		return err
	}
	for _, c := range coded {
		v.Coded = append(v.Coded, p.r.T("cases.cause_"+string(c.Cause)))
		if !c.Main {
			v.Also = append(v.Also, c.Cause)
		}
	}
	v.Form["cause"], v.Form["solution"], v.Solution = string(p.c.Cause), p.c.Solution, p.c.Solution
	if p.c.CompensationMinor != 0 {
		v.Compensation = p.r.Money(p.c.CompensationMinor, p.c.Currency)
	}
	return nil
}

// attached shows files where they came into the story.
func (p *casePage) attached(v *cases.PageView) error {
	files, err := p.d.Store.FilesOf(p.ctx, p.c.ID)
	for _, f := range files {
		to := &v.Files
		if i := slices.IndexFunc(p.steps, func(s casework.Step) bool { return s.ID == f.StepID }); i >= 0 {
			to = &v.Steps[i].Files
		}
		*to = append(*to, cases.File{Href: fmt.Sprintf("%s/attachments/%d/file", v.Base, f.ID), Name: f.Name, Kilobytes: max(1, f.Size>>10)})
	}
	return err
}

// asking says how the customer will be asked whether it is solved, and what her answers lead to.
func (p *casePage) asking(v *cases.PageView) error {
	policy, err := p.d.Store.ContactPolicy(p.ctx)
	key := "cases.asking_" + cmp.Or(policy.Channel(p.customer), "nothing")
	if p.customer.OptedOutAt != nil {
		key = "cases.asking_nothing"
	}
	v.Asking = p.r.T(key) + " " + p.r.T("cases.asking_then")
	return err
}

// regret names what the reader has just done about whose the case is, and may take back.
func (p *casePage) regret() string {
	if _, ok := casework.Regrettable(p.steps, p.actor.UserID, p.d.Now()); !ok {
		return ""
	}
	return p.r.T("cases.regret_" + string(p.steps[len(p.steps)-1].Kind))
}

func (p *casePage) story(v *cases.PageView) (err error) {
	if p.steps, err = p.d.Store.StepsOf(p.ctx, p.c.ID); err != nil {
		return err
	}
	var users, employees []int64
	for _, s := range p.steps {
		users, employees = append(users, s.ActorID), append(employees, s.EmployeeID)
	}
	actors, err := p.d.Store.UserNames(p.ctx, users)
	if err != nil {
		return err
	}
	names, err := p.d.Store.EmployeeNames(p.ctx, employees)
	for _, s := range p.steps {
		line := cases.Step{At: s.At, What: p.step(s, names[s.EmployeeID]), Who: cmp.Or(actors[s.ActorID], p.r.T("cases.by_itself")), Words: s.Words,
			ByCustomer: s.ActorID == 0 && (s.Kind == casework.StepVerdict || s.Kind == casework.StepMailIn)}
		if s.Kind == casework.StepFile { // its name stands with the file itself
			line.Words = ""
		}
		if line.ByCustomer {
			line.Who = v.Customer
		}
		v.Steps = append(v.Steps, line)
	}
	return err
}

func (p *casePage) step(s casework.Step, name string) string {
	key := "cases.step_" + string(s.Kind)
	switch s.Kind {
	case casework.StepVerdict:
		if s.Channel != "" {
			return p.r.T("cases.step_denied", "channel", p.r.T("cases.channel_"+string(s.Channel)))
		}
		return p.r.T(key + "_" + s.Result)
	case casework.StepMailOut:
		return p.r.T(key+"_"+s.Result, "channel", p.r.T("cases.channel_"+string(s.Channel)))
	case casework.StepAttempt:
		return p.r.T(key, "channel", p.r.T("cases.channel_"+string(s.Channel)), "result", p.r.T("cases.result_"+s.Result))
	case casework.StepLeftOut:
		return p.r.T(key, "reason", p.r.T("cases.left_out_"+s.Result, "mb", casework.MostFile>>20, "n", casework.MostFiles))
	case casework.StepTakenBack:
		return p.r.T(key, "kind", p.r.T("cases.kind_"+s.Result))
	case casework.StepCoded:
		return p.r.T(key, "cause", p.r.T("cases.cause_"+s.Result))
	case casework.StepAssigned, casework.StepTaken, casework.StepHanded:
		return p.r.T(key, "name", i18n.Isolate(cmp.Or(name, p.r.T("cases.nobody"))))
	case casework.StepWarned:
		if name == "" {
			name = p.r.T("cases.managers")
		}
		var percent float64
		_, _ = fmt.Sscan(s.Result, &percent)
		return p.r.T(key, "name", i18n.Isolate(name), "percent", i18n.Isolate(p.r.Percent(percent, 0)))
	}
	return p.r.T(key)
}

// choices are what the forms offer.
func (p *casePage) choices(v *cases.PageView) error {
	if !v.MayWork {
		return nil
	}
	for _, channel := range casework.Channels {
		v.Channels = append(v.Channels, ui.Option{Value: string(channel), Text: p.r.T("cases.channel_" + string(channel))})
	}
	for _, result := range casework.Results {
		v.Results = append(v.Results, ui.Option{Value: string(result), Text: p.r.T("cases.result_" + string(result))})
	}
	for _, way := range casework.AskedBy(p.customer) {
		v.AskedBy = append(v.AskedBy, ui.Option{Value: way, Text: p.r.T("cases.channel_" + way)})
	}
	for _, cause := range casework.Causes {
		v.Causes = append(v.Causes, ui.Option{Value: string(cause), Text: p.r.T("cases.cause_" + string(cause))})
	}
	hands, err := p.d.Store.CaseHands(p.ctx, p.c)
	for _, e := range hands {
		v.People = append(v.People, ui.Option{Value: fmt.Sprint(e.ID), Text: e.Name})
	}
	return err
}

// mostFound is how many colleagues a search offers; more are found by more letters.
const mostFound = 20

// caseHandover finds a colleague anywhere in the company to hand a case to.
func (d *Desk) caseHandover(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), reply.Actor(c)
	found, err := d.Store.CaseFor(ctx, actor.Scope(), id)
	switch {
	case err != nil:
		return err
	case !found.MayWork(actor):
		return fault.Forbidden("cases.not_yours")
	}
	customer, err := d.Store.CustomerByID(ctx, found.CustomerID)
	if err != nil {
		return err
	}
	v := cases.HandoverView{Base: caseHref(id), Path: c.Request().URL.RequestURI(), Customer: customerName(customer), OwnerID: found.OwnerID, Query: typed(c.QueryParam("q"))}
	if v.Query != "" {
		if v.People, err = d.colleagues(ctx, v.Query, found.OwnerID); err != nil {
			return err
		}
	}
	title := reply.T(c, "cases.hand")
	return reply.Page(c, reply.Frame{Title: title, Crumbs: []ui.Crumb{{Text: reply.T(c, "cases.title"), Href: "/cases"}, {Text: v.Customer, Href: v.Base}, {Text: title}}}, cases.Handover(v))
}

func (d *Desk) colleagues(ctx context.Context, query string, except int64) ([]ui.Option, error) {
	r := i18n.From(ctx)
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	found, err := d.Store.EmployeesBy(ctx, store.EmployeeFilter{Query: query}, page.Ask{Size: mostFound})
	var out []ui.Option
	for _, e := range found.Rows {
		if e.ID != except {
			out = append(out, ui.Option{Value: fmt.Sprint(e.ID), Text: e.Name, Hint: tree.Teams[e.TeamID].Name.In(r.Lang())})
		}
	}
	return out, err
}
