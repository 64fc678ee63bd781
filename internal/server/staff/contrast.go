package staff

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/templates/ui"
	"github.com/journeyloop/journeyloop/templates/words"
)

// What customers say more often when they are dissatisfied: a page of its own for a journey, a touchpoint, the teams of a
// supervisor and the company. A word is sent to the same address and answered with the comments that have it; customers'
// words stand in no address.
func (d *Desk) contrastRoutes() []reply.Route {
	var out []reply.Route
	for _, r := range []struct {
		path  string
		guard reply.Guard
		about func(echo.Context) (wordsAbout, error)
	}{
		{"/journeys/:id/contrast", reply.Leader, d.wordsOfJourney},
		{"/touchpoints/:id/contrast", reply.Leader, d.wordsOfTouchpoint},
		{"/team/contrast", reply.Supervisor, d.wordsOfTeams},
		{"/company/contrast", reply.Manager, d.wordsOfCompany},
	} {
		out = append(out,
			reply.Route{Method: http.MethodGet, Path: r.path, Guard: r.guard, Handle: func(c echo.Context) error { return d.contrastPage(c, r.about) }},
			reply.Route{Method: http.MethodPost, Path: r.path, Guard: r.guard, Handle: func(c echo.Context) error { return d.wordSaid(c, r.about) }})
	}
	return out
}

// wordsAbout is whose words a page is about, and where it stands.
type wordsAbout struct {
	insight.WordsQuestion
	name   string
	nameIn i18n.Lang
	lead   string
	period []ui.Tab
	since  string // the filter in a sentence
	crumbs []ui.Crumb
}

// ofPeriod fills in the time that the address asks for.
func (d *Desk) ofPeriod(c echo.Context, w wordsAbout) wordsAbout {
	p, r := d.periodOf(c), reply.Reader(c)
	w.From, w.period, w.lead, w.since = p.span().From, p.tabs(c), r.T("contrast.lead"), r.T("contrast.filter_all")
	if p.days != 0 {
		w.since = r.T("contrast.filter_since", "from", fullDay(r, p.from()))
	}
	return w
}

func (d *Desk) wordsOfJourney(c echo.Context) (w wordsAbout, err error) {
	id, err := reply.ID(c, "id")
	if err != nil {
		return w, err
	}
	j, err := d.Store.JourneyFor(c.Request().Context(), reply.Actor(c).Scope(), id)
	w.Journey = j.ID
	w.name, w.nameIn = j.Name.Shown(reply.Reader(c).Lang())
	w.crumbs = []ui.Crumb{{Text: reply.T(c, "journeys.title"), Href: "/journeys"}, {Text: w.name, Href: "/journeys/" + strconv.FormatInt(j.ID, 10)}}
	return d.ofPeriod(c, w), err
}

func (d *Desk) wordsOfTouchpoint(c echo.Context) (w wordsAbout, err error) {
	t, err := d.touchpointInSight(c)
	w.Touchpoint = t.ID
	w.name, w.nameIn = t.Name.Shown(reply.Reader(c).Lang())
	w.crumbs = touchpointCrumbs(c, w.name)
	w.crumbs[1].Href = "/touchpoints/" + strconv.FormatInt(t.ID, 10)
	return d.ofPeriod(c, w), err
}

func (d *Desk) wordsOfTeams(c echo.Context) (w wordsAbout, err error) {
	r := reply.Reader(c)
	w.Teams, w.From = true, d.Now().AddDate(0, 0, -insight.OwnDays)
	w.lead, w.since = r.T("contrast.lead_teams", "days", insight.OwnDays), r.T("contrast.filter_since", "from", r.Date(w.From))
	w.crumbs = []ui.Crumb{{Text: r.T("team.title"), Href: "/team"}}
	return w, nil
}

func (d *Desk) wordsOfCompany(c echo.Context) (w wordsAbout, err error) {
	w.crumbs = []ui.Crumb{{Text: reply.T(c, "company.title"), Href: "/company"}}
	return d.ofPeriod(c, w), nil
}

func (d *Desk) contrastPage(c echo.Context, about func(echo.Context) (wordsAbout, error)) error {
	w, err := about(c)
	if err != nil {
		return err
	}
	found, err := d.Insight.Contrast(c.Request().Context(), reply.Actor(c).Scope(), w.WordsQuestion)
	if err != nil {
		return err
	}
	r := reply.Reader(c)
	v := words.View{Title: r.T("contrast.title"), Lead: w.lead, About: w.name, AboutIn: w.nameIn, Period: w.period, Action: c.Request().URL.RequestURI(),
		How: []string{w.since, r.T("contrast.how", "comments", insight.MostComments, "answers", insight.LatestAnswers)}, Empty: ui.EmptyView{TitleKey: "contrast.empty", HintKey: "contrast.empty_hint"}}
	if found.Few {
		v.Empty = ui.EmptyView{TitleKey: "contrast.few", HintKey: "contrast.few_hint"}
	}
	v.Empty.Action = ui.ButtonView{Text: r.T("journeys.words"), Href: w.crumbs[len(w.crumbs)-1].Href + "#words"}
	for _, l := range found.Languages {
		v.Languages = append(v.Languages, contrastView(r, l))
	}
	return reply.Page(c, reply.Frame{Title: v.Title, Crumbs: append(w.crumbs, ui.Crumb{Text: v.Title})}, words.Page(v))
}

func contrastView(r *i18n.Reader, l insight.Contrast) words.Language {
	v := words.Language{Lang: l.Language, Title: r.T("contrast.language", "language", r.T("common.language_"+string(l.Language))), Written: r.T("contrast.written", "low", l.Low, "n", l.High)}
	unhappy := words.Side{ID: "unhappy-" + string(l.Language), Title: r.T("contrast.unhappy"), Mood: string(stat.Negative)}
	for _, t := range l.Unhappy {
		unhappy.Words = append(unhappy.Words, wordView(r, t, t.Low, l.Low, t.High, l.High))
	}
	happy := words.Side{ID: "happy-" + string(l.Language), Title: r.T("contrast.happy"), Mood: string(stat.Positive)}
	for _, t := range l.Happy {
		happy.Words = append(happy.Words, wordView(r, t, t.High, l.High, t.Low, l.Low))
	}
	v.Sides = []words.Side{unhappy, happy}
	return v
}

func wordView(r *i18n.Reader, t insight.Telling, n int64, of int, others int64, all int) words.Word {
	share := func(n int64, of int) string {
		percent, decimals := 100*float64(n)/float64(of), 0
		if n > 0 && percent < 1 { // a few of many is not none
			decimals = 1
		}
		return i18n.Isolate(r.Percent(percent, decimals))
	}
	return words.Word{Spelt: t.Spelt, Sent: t.Word.Word, Read: r.T("contrast.read", "word", i18n.Isolate(t.Spelt)), Quotes: t.Quotes,
		In: r.T("contrast.in", "n", n, "of", of, "share", share(n, of), "others", others, "all", all, "other_share", share(others, all))}
}

// mostSaid is how many comments with a word are shown; the file of all comments has the others.
const mostSaid = 50

// wordSaid shows the comments with the word that was sent, in the scope and the time of the page it was sent from.
func (d *Desk) wordSaid(c echo.Context, about func(echo.Context) (wordsAbout, error)) error {
	w, err := about(c)
	if err != nil {
		return err
	}
	ctx, r := c.Request().Context(), reply.Reader(c)
	w.Mood = oneOf(stat.Mood(c.FormValue("mood")), stat.Negative, stat.Positive)
	word, lang := typed(c.FormValue("word")), oneOf(i18n.Lang(c.FormValue("language")), i18n.Languages...)
	var said []insight.Comment
	if w.Mood != "" && lang != "" {
		if said, err = d.Insight.Saying(ctx, reply.Actor(c).Scope(), w.WordsQuestion, lang, word, mostSaid); err != nil {
			return err
		}
	}
	list := make([]store.Word, len(said))
	spelt := word
	for i, s := range said {
		list[i] = wordOfComment(s)
		if start, end, ok := i18n.Spelt(lang, s.Text, word); ok && i == 0 {
			spelt = s.Text[start:end]
		}
	}
	v := words.SaidView{Title: r.T("contrast.said", "word", i18n.Isolate(spelt)), Back: c.Request().URL.RequestURI()}
	if len(said) == mostSaid {
		v.Note = r.T("contrast.latest", "n", mostSaid)
	}
	if v.Quotes, err = d.wordQuotes(c, list, w.Journey == 0); err != nil {
		return err
	}
	crumbs := append(w.crumbs, ui.Crumb{Text: r.T("contrast.title"), Href: v.Back}, ui.Crumb{Text: v.Title})
	return reply.Page(c, reply.Frame{Title: v.Title, Crumbs: crumbs}, words.Said(v))
}

func wordOfComment(s insight.Comment) store.Word {
	w := store.Word{ResponseID: s.ResponseID, RunID: s.RunID, JourneyID: s.JourneyID, TouchpointID: s.TouchpointID, Text: s.Text, Scale: s.Scale, Value: s.Value, Anonymity: s.Anonymity, AnsweredAt: s.AnsweredAt.UTC()}
	if s.Value != nil {
		w.Mood = s.Scale.Mood(*s.Value)
	}
	return w
}
