package staff

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
	faces "github.com/journeyloop/journeyloop/templates/feedback"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) feedbackRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/feedback", Guard: reply.Employee, Handle: d.feedbackPage, Lasts: true},
		{Method: http.MethodPost, Path: "/feedback/:response/:touchpoint/reply", Guard: reply.Employee, Handle: d.replyToFeedback},
	}
}

// Feedback stays marked as new for a while after it was first shown, so that a page does not change under its reader.
const staysNew = 30 * time.Minute

// praiseDays is how old praise may be that opens the page (methods.md §5.5).
const praiseDays = 30

// quotesAPage is how many customers' words one reads in a sitting.
const quotesAPage = 15

// feedbackAsk is what the address of the page asks for.
type feedbackAsk struct {
	audience   feedback.Audience
	mood       stat.Mood
	touchpoint int64
	days       int
	unread     bool
	day        string // one day of the calendar, as 2026-03-05; "" is none
}

func readFeedbackAsk(c echo.Context) feedbackAsk {
	var a feedbackAsk
	a.audience = oneOf(feedback.Audience(c.QueryParam("for")), audiences...)
	a.mood = oneOf(stat.Mood(c.QueryParam("mood")), moods...)
	a.touchpoint, _ = strconv.ParseInt(c.QueryParam("touchpoint"), 10, 64)
	days, _ := strconv.Atoi(c.QueryParam("days"))
	a.days = oneOf(days, periods...)
	a.unread = c.QueryParam("unread") == "1"
	if _, err := time.Parse(time.DateOnly, c.QueryParam("day")); err == nil {
		a.day = c.QueryParam("day")
	}
	return a
}

var (
	audiences = []feedback.Audience{feedback.ToEmployee, feedback.ToOwner, feedback.ToLeader, feedback.ToSupervisor}
	moods     = []stat.Mood{stat.Positive, stat.Neutral, stat.Negative}
	periods   = []int{lately, 30, 90, 365}
)

// oneOf returns x when it is among those known, otherwise the zero value: nonsense in an address asks for everything.
func oneOf[T comparable](x T, known ...T) T {
	if slices.Contains(known, x) {
		return x
	}
	var zero T
	return zero
}

// within is the part of the filter that the tabs count under. A day is one of the reader's days.
func (a feedbackAsk) within(now time.Time, zone *time.Location) feedback.Filter {
	f := feedback.Filter{Touchpoint: a.touchpoint}
	if a.days > 0 {
		f.Since = now.AddDate(0, 0, -a.days)
	}
	if day, err := time.ParseInLocation(time.DateOnly, a.day, zone); err == nil {
		f.Since, f.Until, f.Dated = day.UTC(), day.AddDate(0, 0, 1).UTC(), true
	}
	if a.unread {
		f.Fresh = now.Add(-staysNew)
	}
	return f
}

func (d *Desk) feedbackPage(c echo.Context) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	view, filter, ask, err := d.feedbackAsked(c)
	if err != nil {
		return err
	}
	quotes, lifted, err := d.quotes(c, filter, ask)
	if err != nil {
		return err
	}
	view.Pager = ui.PagerOf(view.Path, quotes)
	if lifted {
		view.Pager.Total++
	}
	if view.Quotes, err = d.ownQuotes(c, quotes, lifted); err != nil {
		return err
	}
	if view.Answers, err = d.Store.AnswersToHear(ctx, actor.EmployeeID); err != nil {
		return err
	}
	if view.Owned = ask.audience == feedback.ToEmployee; view.Owned {
		if err := d.ownFigures(c, &view); err != nil {
			return err
		}
	}
	if err := reply.Page(c, reply.Frame{Title: reply.T(c, "feedback.title"), Live: true, Charts: true}, faces.Page(view)); err != nil {
		return err
	}
	return d.Feedback.Read(ctx, actor, unread(quotes.Rows))
}

// feedbackAsked is the page without its words: what is asked for and can be, and the filter for it. Where nobody asks for an
// audience, it is the closest one.
func (d *Desk) feedbackAsked(c echo.Context) (view faces.PageView, f feedback.Filter, ask feedbackAsk, err error) {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	ask = readFeedbackAsk(c)
	f = ask.within(d.Now(), reply.Reader(c).Zone())
	tallies, err := d.Store.TalliesFor(ctx, actor.OwnScope(), actor.EmployeeID, f)
	if err != nil {
		return view, f, ask, err
	}
	if ask.audience == "" {
		ask.audience = closest(tallies)
	}
	f.Audience, f.Mood = ask.audience, ask.mood
	touchpoints, err := d.Store.TouchpointsNoticed(ctx, actor.OwnScope(), actor.EmployeeID, feedback.Filter{Audience: ask.audience})
	view = feedbackView(c, ask, tallies, touchpoints)
	view.File = ui.Link(fileOf(c, "/feedback.csv"), "for", string(ask.audience))
	return view, f, ask, err
}

// ownQuotes are what customers said, each with its background; where praise was lifted, the first says so.
func (d *Desk) ownQuotes(c echo.Context, quotes page.Of[feedback.Quote], lifted bool) ([]faces.QuoteView, error) {
	ctx, now := c.Request().Context(), d.Now()
	before, err := d.backgrounds(ctx, quotes.Rows)
	if err != nil {
		return nil, err
	}
	shared, err := d.Store.Shared(ctx, reply.Actor(c).EmployeeID, quotes.Rows)
	if err != nil {
		return nil, err
	}
	var out []faces.QuoteView
	for i, q := range quotes.Rows {
		v := ownQuote(c, q, now)
		v.Shared = shared[[2]int64{q.ResponseID, q.TouchpointID}]
		if v.Before, err = d.told(c, before[i]); err != nil {
			return nil, err
		}
		if lifted && quotes.Ask.Number == 1 && i == 0 {
			v.Notes = append(v.Notes, reply.T(c, "feedback.opener"))
		}
		out = append(out, v)
	}
	return out, nil
}

func unread(quotes []feedback.Quote) (out []feedback.Notice) {
	for _, q := range quotes {
		if q.ReadAt == nil {
			out = append(out, q.Notice())
		}
	}
	return out
}

// ownFigures are for the employee herself, below the words.
func (d *Desk) ownFigures(c echo.Context, view *faces.PageView) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	own, err := d.Insight.Own(ctx, actor.EmployeeID, true)
	if err != nil {
		return err
	}
	view.Ranges = rangeViews(reply.Reader(c), own, true)
	if view.Process, err = d.processWords(c, actor.OwnScope(), actor.EmployeeID); err != nil {
		return err
	}
	if view.Calendar, err = d.calendar(c); err != nil {
		return err
	}
	view.Lately, err = d.latelyView(c, actor.OwnScope(), actor.EmployeeID, d.Now())
	return err
}

// quotes lists what the filter asks for, the newest first; unless a mood or the unread are asked for, praise of the last
// days is lifted to the top of the first page, one more than it holds otherwise, and not counted in the list's total.
// Everything is there once, so the proportion stays true.
func (d *Desk) quotes(c echo.Context, f feedback.Filter, ask feedbackAsk) (list page.Of[feedback.Quote], lifted bool, err error) {
	ctx, actor, part := c.Request().Context(), reply.Actor(c), reply.Ask(c)
	part.Size = quotesAPage
	if ask.mood == "" && !ask.unread {
		recent := f
		if since := d.Now().AddDate(0, 0, -praiseDays); recent.Since.Before(since) {
			recent.Since = since
		}
		praise, found, err := d.Store.LatestPraise(ctx, actor.OwnScope(), actor.EmployeeID, recent)
		if err != nil {
			return list, false, err
		}
		if found {
			f.Without = &praise
		}
	}
	list, err = d.Store.NoticesFor(ctx, actor.OwnScope(), actor.EmployeeID, f, part)
	if err != nil || f.Without == nil {
		return list, false, err
	}
	if list.Ask.Number == 1 {
		list.Rows = append([]feedback.Quote{*f.Without}, list.Rows...)
	}
	return list, true, nil
}

// closest is the closest reason for which there is any feedback; about one's own work when there is none at all.
func closest(tallies []feedback.Tally) feedback.Audience {
	for _, a := range audiences {
		if n, _ := counted(tallies, a, ""); n > 0 {
			return a
		}
	}
	return feedback.ToEmployee
}

// counted adds up tallies; an empty mood counts all.
func counted(tallies []feedback.Tally, a feedback.Audience, m stat.Mood) (n, unread int) {
	for _, t := range tallies {
		if t.Audience == a && (m == "" || t.Mood == m) {
			n, unread = n+t.N, unread+t.Unread
		}
	}
	return n, unread
}

func feedbackView(c echo.Context, ask feedbackAsk, tallies []feedback.Tally, touchpoints []journey.Touchpoint) faces.PageView {
	path := c.Request().URL.RequestURI()
	v := faces.PageView{Path: path, Audience: string(ask.audience), Mood: string(ask.mood), Unread: ask.unread,
		Filtered: ask.mood != "" || ask.touchpoint != 0 || ask.days != 0 || ask.unread || ask.day != ""}
	for _, a := range audiences {
		n, unread := counted(tallies, a, "")
		if n > 0 || a == ask.audience {
			v.Tabs = append(v.Tabs, faces.Tab{Text: reply.T(c, "feedback.for."+string(a)), Count: n, Unread: unread,
				Href: "/feedback?for=" + string(a), Chosen: a == ask.audience})
		}
	}
	for _, m := range append([]stat.Mood{""}, moods...) {
		text := reply.T(c, "common.all")
		if m != "" {
			text = reply.T(c, "mood."+string(m))
		}
		n, _ := counted(tallies, ask.audience, m)
		v.Moods = append(v.Moods, faces.Tab{Text: text, Count: n, Href: ui.Link(path, "mood", string(m), "page", ""), Chosen: m == ask.mood})
	}
	v.Touch = ui.FieldView{Name: "touchpoint", Label: reply.T(c, "feedback.touchpoint"), Required: true,
		Options: touchpointOptions(c, touchpoints, ask.touchpoint)}
	v.Touch.Attrs = map[string]any{"required": false}
	v.Period = ui.FieldView{Name: "days", Label: reply.T(c, "feedback.period"), Required: true, Options: periodOptions(c, ask.days)}
	v.Period.Attrs = map[string]any{"required": false}
	v.Day = dayOf(reply.Reader(c), ask.day)
	v.Empty = ui.EmptyView{TitleKey: "feedback.empty", HintKey: "feedback.empty_hint"}
	if v.Filtered {
		v.Empty = ui.EmptyView{TitleKey: "common.nothing_found", HintKey: "feedback.empty_filtered",
			Action: ui.ButtonView{Text: reply.T(c, "feedback.clear"), Href: ui.Link("/feedback", "for", string(ask.audience))}}
	}
	return v
}

func touchpointOptions(c echo.Context, touchpoints []journey.Touchpoint, chosen int64) []ui.Option {
	r := reply.Reader(c)
	options := make([]ui.Option, 0, len(touchpoints)+1)
	for _, t := range touchpoints {
		options = append(options, ui.Option{Value: strconv.FormatInt(t.ID, 10), Text: t.Name.In(r.Lang()), Chosen: t.ID == chosen})
	}
	slices.SortFunc(options, func(a, b ui.Option) int { return r.Compare(a.Text, b.Text) })
	return slices.Insert(options, 0, ui.Option{Text: reply.T(c, "common.all")})
}

func periodOptions(c echo.Context, chosen int) []ui.Option {
	options := []ui.Option{{Text: reply.T(c, "feedback.ever")}}
	for _, days := range periods {
		options = append(options, ui.Option{Value: strconv.Itoa(days), Text: reply.Reader(c).N("feedback.last_days", days), Chosen: days == chosen})
	}
	return options
}

// quoteView shows a quote as anybody may see it who may see it at all: without the customer, and where she was promised
// to stay unknown, without the way to her and without the day.
func quoteView(r *i18n.Reader, q feedback.Quote, now time.Time) ui.QuoteView {
	v := ui.QuoteView{ID: fmt.Sprintf("q-%d-%d", q.ResponseID, q.TouchpointID), Text: q.Words(), Mood: q.Feeling(),
		At: q.AnsweredAt}
	v.Journey, v.JourneyIn = q.Journey.Shown(r.Lang())
	v.Touchpoint, v.TouchpointIn = q.Touchpoint.Shown(r.Lang())
	if q.TouchpointID == 0 {
		v.Touchpoint, v.TouchpointIn = r.T("feedback.about_whole"), ""
	}
	switch {
	case q.Value != nil:
		v.Score = ui.ScoreOf(r, q.Scale, *q.Value)
	case q.Overall != nil:
		v.Score = ui.ScoreOf(r, q.WholeScale, *q.Overall)
	}
	switch {
	case q.Anonymity == survey.Anonymous:
		v.When = weekOf(r, q.AnsweredAt, r.Zone())
	case q.MetAt != nil:
		v.When = r.T("feedback.met_on", "date", r.RelativeDay(*q.MetAt, now))
	default:
		v.When = r.T("feedback.answered_on", "date", r.RelativeDay(q.AnsweredAt, now))
	}
	if q.Anonymity == survey.Identified {
		v.Href = fmt.Sprintf("/runs/%d", q.RunID)
	}
	return v
}

// weekOf is when an anonymous answer came: the week from Monday, whichever day the reader's own weeks begin with, so that
// the weeks of two languages never narrow down the day between them.
func weekOf(r *i18n.Reader, t time.Time, zone *time.Location) string {
	first := monday(t, zone)
	return r.T("feedback.week_of", "date", r.DateRange(first, first.AddDate(0, 0, 6)))
}

// monday is the first day of the week of t.
func monday(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
}

// notesOf says in words what belongs to a quote.
func notesOf(r *i18n.Reader, q feedback.Quote, now time.Time) []string {
	notes := aboutWhole(r, q)
	if expected := expectation(r, q.Expectation); expected != "" {
		notes = append(notes, expected)
	}
	whole, expected := "", expectation(r, q.WholeExpectation)
	if q.Overall != nil && q.Value != nil {
		whole = i18n.Isolate(ui.ScoreOf(r, q.WholeScale, *q.Overall))
	}
	switch {
	case whole != "" && expected != "":
		notes = append(notes, r.T("feedback.whole_both", "score", whole, "expected", expected))
	case whole != "" || expected != "":
		notes = append(notes, r.T("feedback.whole", "what", whole+expected))
	}
	if q.Served > 1 {
		notes = append(notes, r.N("feedback.shared", q.Served))
	}
	if q.MetAt != nil && q.Anonymity != survey.Anonymous {
		notes = append(notes, r.T("feedback.answered_on", "date", r.RelativeDay(q.AnsweredAt, now)))
	}
	return notes
}

// aboutWhole warns that words shown with a touchpoint are about the journey as a whole.
func aboutWhole(r *i18n.Reader, q feedback.Quote) []string {
	if q.Comment == "" && q.Said != "" && q.TouchpointID != 0 {
		return []string{r.T("feedback.words_of_whole")}
	}
	return nil
}

// expectation says how it compared with what the customer expected; "" when she did not.
func expectation(r *i18n.Reader, x *int) string {
	if x == nil || *x < -2 || *x > 2 {
		return ""
	}
	return r.T("expectation." + []string{"much_worse", "worse", "as_expected", "better", "much_better"}[*x+2])
}

// ownQuote is a quote on the page of whose feedback it is, with what she may reply.
func ownQuote(c echo.Context, q feedback.Quote, now time.Time) faces.QuoteView {
	r := reply.Reader(c)
	v := faces.QuoteView{Quote: quoteView(r, q, now), Notes: notesOf(r, q, now), Back: c.Request().URL.RequestURI()}
	v.Quote.New = q.ReadAt == nil || q.ReadAt.After(now.Add(-staysNew))
	if q.Comment != "" && q.Said != "" && q.Said != q.Comment {
		v.Whole = q.Said
	}
	if q.Reply != feedback.ReplyNone {
		v.Said = r.T("feedback.you_said", "reply", r.T("feedback.reply."+string(q.Reply)))
	}
	switch {
	case q.SettledAt != nil && q.Mine:
		v.Settled = r.T("feedback.settled_yours", "date", r.Date(*q.SettledAt))
	case q.SettledAt != nil:
		v.Settled = r.T("feedback.settled_not_yours", "date", r.Date(*q.SettledAt))
	case q.Reply.Disowns():
		v.Settled = r.T("feedback.waits")
	}
	v.Praise = q.Audience == feedback.ToEmployee && q.Mood == stat.Positive && !q.Reply.Disowns()
	if praise.MayShare(q) {
		v.Share = fmt.Sprintf("/feedback/%d/%d/sharing", q.ResponseID, q.TouchpointID)
	}
	if q.SettledAt == nil {
		v.Action = fmt.Sprintf("/feedback/%d/%d/reply", q.ResponseID, q.TouchpointID)
		v.Replies = repliesTo(r, q)
	}
	return v
}

// repliesTo lists what can still be replied; only what counts for a person can be said not to be hers.
func repliesTo(r *i18n.Reader, q feedback.Quote) []faces.ReplyView {
	var out []faces.ReplyView
	for _, x := range feedback.Replies {
		if x == q.Reply || q.Audience != feedback.ToEmployee && x != feedback.ReplyThanks || q.TouchpointID == 0 && x.Disowns() {
			continue
		}
		out = append(out, faces.ReplyView{Value: string(x), Text: r.T("feedback.reply." + string(x)), Hint: r.T("feedback.does." + string(x))})
	}
	return out
}

// rangeViews puts a person's figures into words. Colleagues are mentioned only where they cannot be told apart from her.
func rangeViews(r *i18n.Reader, own []insight.Own, colleagues bool) []faces.RangeView {
	var out []faces.RangeView
	for _, o := range own {
		v := faces.RangeView{Touchpoint: o.Name.In(r.Lang()), Low: o.Low, High: o.High}
		if o.Low == nil {
			v.Hidden = r.T("feedback.own.hidden", "k", stat.K)
			out = append(out, v)
			continue
		}
		v.Raw = r.T("feedback.own.raw", "x", o.Satisfied, "n", o.Figure.N)
		v.Past = pastOf(r, o.Past)
		if colleagues && o.Shrunk && o.Alike {
			v.Team = r.T("feedback.own.alike")
		}
		out = append(out, v)
	}
	return out
}

// pastOf compares with the person's own past, in a sentence without colour.
func pastOf(r *i18n.Reader, c stat.Change) string {
	switch {
	case c.Diff == nil:
		return r.T("feedback.own.past_unknown", "days", insight.OwnDays)
	case !c.Beyond:
		return r.T("feedback.own.past_same", "days", insight.OwnDays)
	case *c.Diff > 0:
		return r.T("feedback.own.past_better", "days", insight.OwnDays, "by", r.Float(*c.Diff, 0))
	}
	return r.T("feedback.own.past_worse", "days", insight.OwnDays, "by", r.Float(-*c.Diff, 0))
}

func (d *Desk) replyToFeedback(c echo.Context) error {
	response, touchpoint, err := ratingInPath(c)
	if err != nil {
		return err
	}
	said := feedback.Reply(c.FormValue("reply"))
	if err := d.Feedback.Reply(c.Request().Context(), reply.Actor(c), response, touchpoint, said); err != nil {
		return err
	}
	back := reply.Local(c.FormValue("back"), "/feedback")
	if u, err := url.Parse(back); err == nil {
		u.Fragment = fmt.Sprintf("q-%d-%d", response, touchpoint)
		back = u.String()
	}
	return reply.Done(c, back, "feedback.replied."+string(said))
}

// ratingInPath reads which rating an address is about.
func ratingInPath(c echo.Context) (response, touchpoint int64, err error) {
	if response, err = reply.ID(c, "response"); err != nil {
		return 0, 0, err
	}
	touchpoint, err = reply.ID(c, "touchpoint")
	return response, touchpoint, err
}
