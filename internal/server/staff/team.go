package staff

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	own "github.com/journeyloop/journeyloop/templates/feedback"
	"github.com/journeyloop/journeyloop/templates/team"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) teamRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/team", Guard: reply.Supervisor, Handle: d.teamPage, Lasts: true},
		{Method: http.MethodGet, Path: "/team/employees/:id", Guard: reply.Supervisor, Handle: d.teamEmployeePage},
		{Method: http.MethodGet, Path: "/team/ratings/:response/:touchpoint", Guard: reply.Supervisor, Handle: d.ratingPage},
		{Method: http.MethodPost, Path: "/team/ratings/:response/:touchpoint/attribution", Guard: reply.Supervisor, Handle: d.moveRating},
		{Method: http.MethodPost, Path: "/team/ratings/:response/:touchpoint/settlement", Guard: reply.Supervisor, Handle: d.settleRating},
	}
}

// How much of each list the supervisor's page shows at once.
const (
	wordsOnTeamPage  = 8  // of both kinds together
	latestWords      = 40 // among which both kinds are looked for
	settleOnTeamPage = 8
	choicesOfPeople  = 50
	choicesOfTeams   = 20
)

// teamsInSight are those the actor answers for; nil is all.
func teamsInSight(a people.Actor) []int64 {
	if a.Manager {
		return nil
	}
	return append([]int64{}, a.Supervises...)
}

func (d *Desk) teamPage(c echo.Context) error {
	ctx, actor, r := c.Request().Context(), reply.Actor(c), reply.Reader(c)
	scope, since := actor.Scope(), d.Now().AddDate(0, 0, -insight.OwnDays)
	view := team.PageView{Path: c.Request().URL.RequestURI(), Query: typed(c.QueryParam("who"))}
	open, err := d.Store.Unsettled(ctx, scope, since, page.Ask{Size: settleOnTeamPage})
	if err != nil {
		return err
	}
	view.MoreOpen = open.Total - len(open.Rows)
	for _, q := range open.Rows {
		view.Settle = append(view.Settle, team.SettleItem{Said: team.Said{Quote: teamQuote(c, q, d.Now()), Notes: aboutWhole(r, q)},
			Why: whyOpen(r, q), Href: ratingPath(q.ResponseID, q.TouchpointID)})
	}
	if err := d.teamSaid(c, &view); err != nil {
		return err
	}
	if err := d.teamFigures(c, &view); err != nil {
		return err
	}
	if err := d.teamPeople(c, &view, since); err != nil {
		return err
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "team.title"), Live: true}, team.Page(view))
}

// teamWordsAsked is which words of the teams the address asks for.
func (d *Desk) teamWordsAsked(c echo.Context) store.TeamWords {
	return store.TeamWords{Since: d.Now().AddDate(0, 0, -insight.OwnDays), Mood: oneOf(stat.Mood(c.QueryParam("mood")), moods...), Touchpoint: queryID(c, "touchpoint")}
}

// saidPage is what the address calls the page of the words: the page has another list.
const saidPage = "said"

// teamSaid is what the teams' customers said, by mood and touchpoint.
func (d *Desk) teamSaid(c echo.Context, view *team.PageView) error {
	ctx, r, scope, f := c.Request().Context(), reply.Reader(c), reply.Actor(c).Scope(), d.teamWordsAsked(c)
	number, _ := strconv.Atoi(c.QueryParam(saidPage))
	whole := f.Mood == "" && f.Touchpoint == 0 && number <= 0
	ask := page.Ask{Number: number, Size: wordsOnTeamPage}
	if whole {
		ask = page.Ask{Size: latestWords}
	}
	words, err := d.Store.TeamWordsFor(ctx, scope, f, ask)
	if err != nil {
		return err
	}
	about, err := d.Store.TouchpointsOfTeamWords(ctx, scope, store.TeamWords{Since: f.Since})
	if err != nil {
		return err
	}
	for _, q := range words.Rows {
		said := team.Said{Quote: teamQuote(c, q, d.Now()), Notes: aboutWhole(r, q)}
		if slices.ContainsFunc(view.Settle, func(waits team.SettleItem) bool { return waits.Quote.ID == said.Quote.ID }) {
			said.Quote.ID = "" // it stands among what waits, and an id stands once
		}
		view.Words = append(view.Words, said)
	}
	if whole {
		for _, w := range view.Words {
			if w.Quote.Mood == stat.Positive {
				view.Thank = append(view.Thank, w)
			} else {
				view.Talk = append(view.Talk, w)
			}
		}
		view.Thank, view.Talk = evenly(view.Thank, view.Talk, wordsOnTeamPage)
		view.EveryWord = ui.Link(view.Path, saidPage, "1") + "#words"
	}
	view.Moods, view.File = moodTabs(c, f.Mood, saidPage), fileOf(c, "/team/words.csv")
	view.Touch = ui.FieldView{Name: "touchpoint", Label: r.T("feedback.touchpoint"), Filter: true, Options: touchpointOptions(c, about, f.Touchpoint)}
	view.WordsFilter = ui.FilterView{Path: view.Path, Label: r.T("team.words"), Own: []string{"touchpoint"}, Page: saidPage, Filtered: f.Touchpoint != 0}
	view.WordsPager = ui.PagerOf(view.Path, words)
	view.WordsPager.Name = saidPage
	view.Narrowed, view.AllWords = f.Mood != "" || f.Touchpoint != 0, ui.Link(view.Path, "mood", "", "touchpoint", "", saidPage, "")
	return nil
}

// evenly keeps the first of both lists, most in all: half of each, more of one where the other is short.
func evenly[T any](a, b []T, most int) (first, second []T) {
	n := min(len(a), max(most/2, most-len(b)))
	return a[:n], b[:min(len(b), most-n)]
}

func (d *Desk) teamFigures(c echo.Context, view *team.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	scales, lines, err := d.Insight.Teams(ctx, teamsInSight(reply.Actor(c)), insight.OwnDays)
	if err != nil {
		return err
	}
	supervisors := make([]int64, len(lines))
	for i, l := range lines {
		supervisors[i] = l.Team.SupervisorID
	}
	names, err := d.Store.EmployeeNames(ctx, supervisors)
	if err != nil {
		return err
	}
	view.Since = fullDay(r, insight.PeriodStart(i18n.Day(d.Now(), d.Zone), insight.OwnDays))
	for _, s := range scales {
		view.Scales = append(view.Scales, r.T("team.scale", "metric", strings.ToUpper(string(s.Metric)), "lo", s.Lo, "hi", s.Hi))
	}
	for _, l := range lines {
		row := team.TeamRow{Depth: l.Depth, Name: l.Team.Name.In(r.Lang()), Supervisor: names[l.Team.SupervisorID]}
		for i, f := range l.Figures {
			row.Figures = append(row.Figures, team.Cell{Figure: ui.FigureOf("", f), Concealed: l.Concealed[i]})
		}
		view.Teams = append(view.Teams, row)
	}
	return nil
}

func (d *Desk) teamPeople(c echo.Context, view *team.PageView, since time.Time) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	list, err := d.Store.EmployeesFor(ctx, reply.Actor(c).Scope(), i18n.Normalize(view.Query), reply.Ask(c))
	if err != nil {
		return err
	}
	ids := make([]int64, len(list.Rows))
	for i, e := range list.Rows {
		ids[i] = e.ID
	}
	readings, err := d.Store.Readings(ctx, ids, since)
	if err != nil {
		return err
	}
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	for _, e := range list.Rows {
		view.Employees.Rows = append(view.Employees.Rows, team.EmployeeRow{Name: e.Name, Team: tree.Teams[e.TeamID].Name.In(r.Lang()),
			Href: fmt.Sprintf("/team/employees/%d", e.ID), Received: readings[e.ID].Received, Unread: readings[e.ID].Unread, OneToOne: readings[e.ID].OneToOne})
	}
	view.Employees.Total, view.Employees.Ask = list.Total, list.Ask
	view.Find = ui.FilterOf(view.Path, reply.T(c, "team.find"), "who")
	return nil
}

func ratingPath(response, touchpoint int64) string {
	return fmt.Sprintf("/team/ratings/%d/%d", response, touchpoint)
}

// teamQuote is a quote with whom it concerns.
func teamQuote(c echo.Context, q feedback.Quote, now time.Time) ui.QuoteView {
	r := reply.Reader(c)
	v := quoteView(r, q, now)
	v.By = ui.Listed(c.Request().Context(), whom(r, q))
	return v
}

func whom(r *i18n.Reader, q feedback.Quote) []string {
	var out []string
	for _, p := range q.Whom {
		name := p.Employee
		if p.EmployeeID == 0 {
			name = r.T("team.team_alone", "team", i18n.Isolate(p.Team.In(r.Lang())))
		}
		out = append(out, name)
	}
	return out
}

// whyOpen says what has to be decided.
func whyOpen(r *i18n.Reader, q feedback.Quote) string {
	for i := len(q.Past) - 1; i >= 0; i-- {
		if e := q.Past[i]; e.Verb == event.RatingDisowned {
			return r.T("team.why_disputed", "who", i18n.Isolate(word(e, "to")), "reply", r.T("feedback.reply."+word(e, "reply")))
		}
	}
	return r.T("team.why_unattributed")
}

func word(e event.Event, name string) string {
	s, _ := e.Particulars[name].(string)
	return s
}

func (d *Desk) ratingPage(c echo.Context) error {
	return d.ratingForm(c, http.StatusOK, decision{who: c.QueryParam("who")})
}

// decision is what was filled in about a rating.
type decision struct {
	who, to, reason, why string
	problems             []fault.Field
}

func (d *Desk) ratingForm(c echo.Context, status int, in decision) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	response, touchpoint, err := ratingInPath(c)
	if err != nil {
		return err
	}
	q, err := d.Store.RatingFor(ctx, reply.Actor(c).Scope(), response, touchpoint)
	if err != nil {
		return err
	}
	view := team.RatingView{Quote: quoteView(r, q, d.Now()), Notes: notesOf(r, q, d.Now()), Whom: whom(r, q), Path: ratingPath(response, touchpoint), Query: in.who, Problems: in.problems}
	for _, e := range q.Past {
		view.Past = append(view.Past, team.PastLine{When: r.DateTime(e.At), What: happened(r, e), Reason: word(e, "reason")})
	}
	if view.Disputed, err = d.Store.Disputed(ctx, response, touchpoint); err != nil {
		return err
	}
	options, err := d.receivers(c, q, in)
	if err != nil {
		return err
	}
	view.To = ui.FieldView{Name: "to", Label: r.T("team.to"), Hint: r.T("team.to_hint"), Problem: ui.Problem(ctx, in.problems, "to"), Value: in.to, Required: true, Options: options}
	view.Reason = ui.FieldView{Name: "reason", Label: r.T("team.reason"), Problem: ui.Problem(ctx, in.problems, "reason"), Value: in.reason, Required: true, Dir: "auto", Rows: 3}
	view.Why = ui.FieldView{Name: "why", Label: r.T("team.reason"), Problem: ui.Problem(ctx, in.problems, "why"), Value: in.why, Required: true, Dir: "auto", Rows: 3}
	title := reply.T(c, "team.rating")
	crumbs := []ui.Crumb{{Text: reply.T(c, "team.title"), Href: "/team"}, {Text: title}}
	return reply.Page(c, reply.Frame{Title: title, Crumbs: crumbs, Status: status}, team.Rating(view))
}

// happened is one line of the past in words.
func happened(r *i18n.Reader, e event.Event) string {
	by := word(e, "by")
	if by == "" {
		by = r.T("common.unknown")
	}
	by = i18n.Isolate(by)
	switch e.Verb {
	case event.RatingDisowned:
		return r.T("team.past.disowned", "by", by, "reply", r.T("feedback.reply."+word(e, "reply")))
	case event.RatingReclaimed:
		return r.T("team.past.reclaimed", "by", by)
	case event.RatingReattributed:
		if to := word(e, "to"); to != "" {
			return r.T("team.past.moved", "by", by, "to", i18n.Isolate(to))
		}
		to, _ := e.Particulars["to_team"].(i18n.Text)
		return r.T("team.past.moved_to_team", "by", by, "to", i18n.Isolate(to.In(r.Lang())))
	}
	return r.T("team.past.settled", "by", by)
}

// receivers lists whom a rating can be given to: the employees in sight that were searched for, and teams alone.
func (d *Desk) receivers(c echo.Context, q feedback.Quote, in decision) ([]ui.Option, error) {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	sought := i18n.Normalize(in.who)
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list, err := d.Store.EmployeesFor(ctx, actor.Scope(), sought, page.Ask{Size: choicesOfPeople})
	if err != nil {
		return nil, err
	}
	options := []ui.Option{{Text: r.T("team.choose")}}
	for _, e := range list.Rows {
		options = append(options, ui.Option{Value: "e" + strconv.FormatInt(e.ID, 10), Text: e.Name + " — " + tree.Teams[e.TeamID].Name.In(r.Lang())})
	}
	holding := map[int64]bool{}
	for _, p := range q.Whom {
		holding[p.TeamID] = true
	}
	left := choicesOfTeams
	for _, l := range insight.Arrange(tree, teamsInSight(actor)) {
		if t := l.Team; left > 0 && (holding[t.ID] || strings.Contains(t.Search, sought)) {
			options = append(options, ui.Option{Value: "t" + strconv.FormatInt(t.ID, 10), Text: r.T("team.team_alone", "team", t.Name.In(r.Lang()))})
			left--
		}
	}
	return options, nil
}

func (d *Desk) moveRating(c echo.Context) error {
	response, touchpoint, err := ratingInPath(c)
	if err != nil {
		return err
	}
	in := decision{who: c.FormValue("who"), to: c.FormValue("to"), reason: c.FormValue("reason")}
	employee, teamID, ok := receiver(in.to)
	if !ok {
		in.problems = []fault.Field{{Name: "to", Key: "errors.required"}}
		return d.ratingForm(c, http.StatusUnprocessableEntity, in)
	}
	err = d.Feedback.Move(c.Request().Context(), reply.Actor(c), response, touchpoint, employee, teamID, in.reason)
	if fields, invalid := reply.Problems(err); invalid {
		in.problems = fields
		return d.ratingForm(c, http.StatusUnprocessableEntity, in)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, "/team", "team.moved")
}

// receiver reads who was chosen: an employee (e…) or a team alone (t…).
func receiver(to string) (employee, teamID int64, ok bool) {
	if len(to) < 2 {
		return 0, 0, false
	}
	n, err := strconv.ParseInt(to[1:], 10, 64)
	if err != nil || n <= 0 {
		return 0, 0, false
	}
	switch to[0] {
	case 'e':
		return n, 0, true
	case 't':
		return 0, n, true
	}
	return 0, 0, false
}

func (d *Desk) settleRating(c echo.Context) error {
	response, touchpoint, err := ratingInPath(c)
	if err != nil {
		return err
	}
	in := decision{why: c.FormValue("why")}
	err = d.Feedback.Settle(c.Request().Context(), reply.Actor(c), response, touchpoint, in.why)
	if fields, invalid := reply.Problems(err); invalid {
		for _, f := range fields {
			f.Name = "why" // the page has two reasons
			in.problems = append(in.problems, f)
		}
		return d.ratingForm(c, http.StatusUnprocessableEntity, in)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, "/team", "team.settled")
}

func (d *Desk) teamEmployeePage(c echo.Context) error {
	ctx, r, scope := c.Request().Context(), reply.Reader(c), reply.Actor(c).Scope()
	who, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	e, err := d.Store.EmployeeFor(ctx, scope, who)
	if err != nil {
		return err
	}
	f := feedback.Filter{Audience: feedback.ToEmployee}
	toTalk := c.QueryParam("list") == "one-to-one"
	if toTalk {
		f.Reply = feedback.ReplyOneToOne
	}
	list, err := d.Store.NoticesFor(ctx, scope, e.ID, f, reply.Ask(c))
	if err != nil {
		return err
	}
	figures, err := d.Insight.Own(ctx, e.ID, false)
	if err != nil {
		return err
	}
	process, err := d.processWords(c, scope, e.ID)
	if err != nil {
		return err
	}
	away, err := d.absencesPart(c, e.ID)
	if err != nil {
		return err
	}
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	view := team.EmployeeView{Name: e.Name, Team: tree.Teams[e.TeamID].Name.In(r.Lang()),
		Absences: away, Ranges: own.Ranges("team.range", "team.range_lead", rangeViews(r, figures, false), process, ""), Pager: ui.PagerOf(c.Request().URL.RequestURI(), list)}
	path := fmt.Sprintf("/team/employees/%d", e.ID)
	view.Empty = ui.Unmatched(ctx, toTalk, path, ui.EmptyView{TitleKey: "team.no_words", HintKey: "team.no_words_hint"})
	view.Tabs = []team.Tab{{Text: r.T("team.all_words"), Href: path, Chosen: !toTalk},
		{Text: r.T("team.one_to_one"), Href: path + "?list=one-to-one", Chosen: toTalk}}
	_, err = d.Coaching.PairOf(ctx, reply.Actor(c), e.ID)
	marks := err == nil
	if err != nil && fault.KindOf(err) != fault.KindMissing {
		return err
	}
	view.Sheet = coachingHref(e.ID)
	for _, q := range list.Rows {
		if marks {
			view.Marks = append(view.Marks, [2]int64{q.ResponseID, q.TouchpointID})
		}
		view.Quotes = append(view.Quotes, quoteView(r, q, d.Now()))
		notes := notesOf(r, q, d.Now())
		if q.Reply != feedback.ReplyNone {
			notes = append(notes, r.T("team.she_said", "reply", r.T("feedback.reply."+string(q.Reply))))
		}
		view.Notes = append(view.Notes, notes)
	}
	crumbs := []ui.Crumb{{Text: reply.T(c, "team.title"), Href: "/team"}, {Text: e.Name}}
	return reply.Page(c, reply.Frame{Title: e.Name, Crumbs: crumbs, Live: true}, team.Employee(view))
}
