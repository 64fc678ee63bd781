package ui

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/stat"
)

var noon = time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC)

const hostile = `<script>alert("x")</script>`

var csat = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}

func reading(lang i18n.Lang) context.Context {
	return i18n.With(context.Background(), i18n.NewReader(lang, "", time.UTC))
}

func within(outer, inner templ.Component) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		var b strings.Builder
		err := outer.Render(templ.WithChildren(ctx, inner), &b)
		return b.String(), err
	}
}

func render(t *testing.T, ctx context.Context, outer, inner templ.Component) string {
	t.Helper()
	html, err := within(outer, inner)(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func parse(t *testing.T, html string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// samples shows every component in each of its states. Their own texts are hostile on purpose.
func samples() map[string]templ.Component {
	tally := stat.Tally{}
	for x, times := range map[int]int64{1: 4, 3: 9, 5: 40} {
		tally.Add(x, times)
	}
	figure := stat.Of(csat, tally)
	r := i18n.NewReader(i18n.English, "", time.UTC)
	field := FieldView{Name: "x", Label: hostile, Hint: hostile, Problem: hostile, Value: hostile, Dir: "auto",
		Autocomplete: "off", Options: []Option{{Value: "1", Text: hostile, Hint: hostile}, {Value: "2", Text: "two", Chosen: true}}}
	shell := Shell{Title: hostile, App: hostile, Person: Person{Name: "سارا احمدی", Role: hostile}, Path: "/cases?page=2",
		Crumbs: []Crumb{{hostile, "/"}, {Text: hostile}}, Flash: Flash{Success, hostile}, Query: hostile, Live: true}
	for i, key := range []string{"overview", "feedback", "team", "journeys", "touchpoints", "runs", "customers", "cases", "improvements",
		"observations", "adoption", "people", "teams", "surveys", "imports", "settings"} {
		shell.Nav = append(shell.Nav, NavItem{Href: "/" + key, Key: "ui.nav." + key, Active: i == 1, Count: i})
	}
	trend := TrendView{Title: hostile, Percent: true, Points: []TrendPoint{{"1", new(1.0), new(0.0), new(2.0)}, {"2", nil, nil, nil}, {"3", new(3.0), nil, nil}}}
	return map[string]templ.Component{
		"page":                Page(shell),
		"page, nothing given": Page(Shell{}),
		"bare":                Bare(BareView{Title: hostile, Path: "/sign-in"}),
		"survey":              Survey(BareView{Title: hostile, App: hostile, Path: "/s/1"}),
		"rating": Rating(RatingView{Name: "r", Label: hostile, Lo: 0, Hi: 10, LowLabel: hostile, HighLabel: hostile, Chosen: "3",
			MayNotApply: true, Problem: hostile}),
		"head":                 Head(hostile, hostile),
		"card":                 Card(hostile),
		"stat":                 Stat(hostile, hostile, hostile),
		"quote":                Quote(QuoteView{ID: "q", Text: hostile, Mood: stat.Negative, Score: ScoreOf(r, csat, 2), At: noon, Journey: hostile, Touchpoint: hostile, By: hostile, Href: "/r", New: true}),
		"quote without words":  Quote(QuoteView{Mood: stat.Positive, At: noon}),
		"quote, neutral":       Quote(QuoteView{Mood: stat.Neutral, At: noon}),
		"figure, solid":        Figure(FigureOf(hostile, line(csat, figure))),
		"figure, mean":         Figure(MeanOf(hostile, line(csat, figure))),
		"figure, indicative":   Figure(FigureView{Label: hostile, Value: new(-12.0), Low: new(-40.0), High: new(16.0), Min: -100, Max: 100, N: 12, Level: stat.Indicative, Href: "/f", source: line(csat, figure).Source}),
		"figure, suppressed":   Figure(FigureView{Label: hostile, N: 3, Level: stat.Suppressed}),
		"figure, none":         Figure(FigureView{Label: hostile, Level: stat.None}),
		"cell":                 FigureCell(FigureOf(hostile, line(csat, figure))),
		"cell, suppressed":     FigureCell(FigureView{N: 3, Level: stat.Suppressed}),
		"change, better":       Change(ChangeView{Diff: new(6.0), Low: new(2.0), High: new(10.0), Beyond: true}),
		"change, worse":        Change(ChangeView{Diff: new(-6.0), Beyond: true}),
		"change, noise":        Change(ChangeView{Diff: new(1.0)}),
		"change, unknown":      Change(ChangeView{}),
		"distribution":         Distribution(DistributionOf(r, hostile, csat, figure)),
		"distribution, hidden": Distribution(DistributionView{}),
		"trend":                TrendLine(trend),
		"trend of nothing":     TrendLine(TrendView{Title: hostile}),
		"badge":                Badge(Warning, hostile),
		"alert":                Alert(Plain, hostile),
		"alert, success":       Alert(Success, hostile),
		"alert, warning":       Alert(Warning, hostile),
		"alert, error":         Alert(Error, hostile),
		"table":                Table(TableView{Caption: hostile, Path: "/x?page=3", Sort: "a", Desc: true, Columns: []Column{{hostile, "a", false}, {hostile, "b", true}, {hostile, "", false}}}),
		"table, other way":     Table(TableView{Caption: hostile, Path: "/x", Sort: "a", Columns: []Column{{hostile, "a", false}}}),
		"tree":                 Tree(3),
		"pager":                Pager(PagerView{Path: "/x", Number: 2, Pages: 3, Total: 60}),
		"empty":                EmptyState(EmptyView{TitleKey: "common.none_yet", HintKey: "ui.figure.indicative_hint", Action: ButtonView{Text: hostile, Href: "/x"}}),
		"timeline": Timeline([]Contact{{At: noon, Touchpoint: hostile, Href: "/t", Team: hostile, People: []string{hostile, "Άννα"}, Topic: hostile, Note: hostile, NoteTone: Warning, Mood: stat.Negative, Score: "1"},
			{At: noon, Wait: 50 * time.Hour, Long: true, Touchpoint: hostile}, {At: noon, Wait: time.Hour, Touchpoint: hostile}}),
		"journeys": JourneyTable(JourneysView{Path: "/x?page=3", Rows: page.Of[JourneyLine]{Total: 2, Ask: page.Ask{Number: 1, Size: 25, Sort: "score"}, Rows: []JourneyLine{{ID: 7, Name: hostile, Leader: hostile, Figure: FigureOf(hostile, line(csat, figure)), Also: []FigureView{{Label: hostile, N: 3, Level: stat.Suppressed}},
			Trend: trend, Change: ChangeView{Diff: new(-6.0), Beyond: true}, Volume: Volume{Opened: 4, Completed: 2, Abandoned: 1, Open: 1}}, {ID: 8, Name: "مشتری", Figure: FigureView{Level: stat.None}}}}}),
		"words":          Quotes(Words{Quotes: []QuoteView{{Text: hostile, Mood: stat.Negative, At: noon}}, Pager: PagerView{Path: "/x", Number: 1, Pages: 2, Total: 12}}),
		"no words":       Quotes(Words{Pager: PagerView{Path: "/x", Number: 1, Pages: 1}}),
		"button":         Button(ButtonView{Text: hostile, Kind: Primary, Name: "a", Value: hostile, Icon: "plus"}),
		"button, quiet":  Button(ButtonView{Text: hostile, Kind: Quiet, Small: true, Type: "button"}),
		"button, link":   Button(ButtonView{Text: hostile, Href: "javascript:alert(1)"}),
		"confirm button": ConfirmButton(ConfirmView{Action: "/x", Button: ButtonView{Text: hostile, Kind: Danger, Confirm: hostile}, Hidden: map[string]string{"a": hostile}}),
		"confirmation":   Confirmation(ConfirmationView{Text: hostile, Goes: []string{hostile}, Action: "/x", Hidden: map[string]string{"a": hostile}, Button: hostile, Back: "/"}),
		"part":           Part(PartView{ID: "p", Title: hostile, Part: "/x", Page: "/y"}),
		"failed":         Failed("javascript:alert(1)"),
		"field":          Field(field),
		"text area":      TextArea(field),
		"select":         Select(field),
		"choices":        Choices(field),
		"checkbox":       Checkbox(field, true),
		"form problems":  FormProblems([]fault.Field{{Name: "x", Key: "common.required"}}),
	}
}

var (
	inlineStyle = regexp.MustCompile(`(?i)<style|\sstyle\s*=`)
	latinDigit  = regexp.MustCompile(`[0-9]`)
)

func TestEveryComponentSpeaksEveryLanguageWithinThePolicy(t *testing.T) {
	for _, lang := range i18n.Languages {
		for name, component := range samples() {
			t.Run(string(lang)+" "+name, func(t *testing.T) {
				html := render(t, reading(lang), component, templ.Raw("<p>inner</p>"))
				if strings.Contains(html, "⟦") {
					t.Errorf("a key or an argument is missing:\n%s", html)
				}
				if inlineStyle.MatchString(html) {
					t.Errorf("style outside the style sheet:\n%s", html)
				}
				doc := parse(t, html)
				doc.Find("script").Each(func(_ int, s *goquery.Selection) {
					if src, ok := s.Attr("src"); !ok || !strings.HasPrefix(src, "/static/") || s.Text() != "" {
						t.Errorf("script that is not ours: %s", html)
					}
				})
				doc.Find("*").Each(func(_ int, s *goquery.Selection) {
					for _, a := range s.Nodes[0].Attr {
						if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
							t.Errorf("inline script in %s=%q", a.Key, a.Val)
						}
					}
				})
				doc.Find("[for], [aria-describedby], [aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
					ids := strings.Fields(s.AttrOr("for", "") + " " + s.AttrOr("aria-describedby", "") + " " + s.AttrOr("aria-labelledby", ""))
					for _, id := range ids {
						if doc.Find("#"+id).Length() != 1 {
							t.Errorf("refers to #%s, which is there %d times", id, doc.Find("#"+id).Length())
						}
					}
				})
			})
		}
	}
}

func TestDocumentsSayTheirLanguageAndDirection(t *testing.T) {
	documents := map[string]templ.Component{
		"page": Page(Shell{Title: "x"}), "bare": Bare(BareView{Title: "x"}), "survey": Survey(BareView{Title: "x"}),
	}
	for _, lang := range i18n.Languages {
		for name, document := range documents {
			html := parse(t, render(t, reading(lang), document, templ.NopComponent)).Find("html")
			if html.AttrOr("lang", "") != string(lang) || html.AttrOr("dir", "") != lang.Dir() {
				t.Errorf("%s in %s: lang=%q dir=%q", name, lang, html.AttrOr("lang", ""), html.AttrOr("dir", ""))
			}
			if html.Find("main#main").Length() != 1 {
				t.Errorf("%s in %s has no main part", name, lang)
			}
		}
	}
}

func TestNumbersAreInTheReadersDigits(t *testing.T) {
	v := FigureView{Label: "نمره", Value: new(62.4), Low: new(58.0), High: new(66.0), Max: 100, Percent: true, N: 517, Level: stat.Solid, source: line(csat, stat.Figure{}).Source}
	for name, c := range map[string]templ.Component{
		"figure": Figure(v), "cell": FigureCell(v), "pager": Pager(PagerView{Path: "/", Number: 2, Pages: 9, Total: 99}),
		"change": Change(ChangeView{Diff: new(6.0), Low: new(2.0), High: new(10.0), Beyond: true}),
		"rating": Rating(RatingView{Name: "r", Label: "؟", Lo: 0, Hi: 10}),
	} {
		if text := parse(t, render(t, reading(i18n.Persian), c, templ.NopComponent)).Text(); latinDigit.MatchString(text) {
			t.Errorf("%s shows Latin digits to a Persian reader: %q", name, text)
		}
	}
}

func TestASuppressedFigureTellsNothing(t *testing.T) {
	v := FigureView{Label: "x", Value: new(77.7), Low: new(66.6), High: new(88.8), Max: 100, Percent: true, Decimals: 1, N: 4, Level: stat.Suppressed}
	for name, c := range map[string]templ.Component{"card": Figure(v), "cell": FigureCell(v)} {
		html := render(t, reading(i18n.English), c, templ.NopComponent)
		for _, secret := range []string{"77", "66", "88", "4 answers", "<svg"} {
			if strings.Contains(html, secret) {
				t.Errorf("%s shows %s: %s", name, secret, html)
			}
		}
		if !strings.Contains(html, "fewer than 5 answers") {
			t.Errorf("%s does not say why: %s", name, html)
		}
	}
}

func TestDrawingsAreMirroredForRightToLeft(t *testing.T) {
	v := FigureView{Value: new(25.0), Low: new(20.0), High: new(30.0), Max: 100, N: 50, Level: stat.Solid, source: line(csat, stat.Figure{}).Source}
	for _, tt := range []struct {
		name string
		rtl  bool
		want intervalDrawing
	}{
		{"left to right counts from the left", false, intervalDrawing{"40", "20", "48"}},
		{"right to left counts from the right", true, intervalDrawing{"140", "20", "148"}},
	} {
		if got, ok := v.drawn(tt.rtl); !ok || got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	line := TrendView{Points: []TrendPoint{{Value: new(0.0)}, {Value: new(1.0)}}}
	if got := line.drawn(false).line; got != "M2 38L198 2" {
		t.Errorf("a rise from left to right is %q", got)
	}
	if got := line.drawn(true).line; got != "M198 38L2 2" {
		t.Errorf("a rise from right to left is %q", got)
	}
}

func TestTrendLeavesGapsOpen(t *testing.T) {
	v := TrendView{Points: []TrendPoint{{Value: new(0.0)}, {Value: new(1.0)}, {}, {Value: new(1.0)}, {Value: new(0.0)}}}
	if got := strings.Count(v.drawn(false).line, "M"); got != 2 {
		t.Errorf("%d strokes, want 2: %s", got, v.drawn(false).line)
	}
}

func TestLinksKeepWhatElseWasAsked(t *testing.T) {
	for _, tt := range []struct {
		name, path, want string
		pairs            []string
	}{
		{"a filter stays", "/cases?state=open", "/cases?page=2&state=open", []string{"page", "2"}},
		{"an empty value goes", "/cases?page=2&q=%DB%8C", "/cases?q=%DB%8C", []string{"page", ""}},
		{"a name is set once", "/cases?page=2", "/cases?page=3", []string{"page", "3"}},
		{"a path without a query gets one", "/cases", "/cases?lang=fa", []string{"lang", "fa"}},
	} {
		if got := Link(tt.path, tt.pairs...); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestSortLinks(t *testing.T) {
	v := TableView{Path: "/x?page=4&q=a", Sort: "name"}
	for _, tt := range []struct {
		name string
		desc bool
		col  Column
		want string
	}{
		{"a second click turns round", false, Column{Sort: "name"}, "/x?desc=1&q=a&sort=name"},
		{"a third click turns back", true, Column{Sort: "name"}, "/x?q=a&sort=name"},
		{"another text column starts with the first letter", false, Column{Sort: "team"}, "/x?q=a&sort=team"},
		{"numbers start with the greatest", false, Column{Sort: "n", Numeric: true}, "/x?desc=1&q=a&sort=n"},
	} {
		v.Desc = tt.desc
		if got := v.sortLink(tt.col); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestPager(t *testing.T) {
	of := page.Of[int]{Total: 60, Ask: page.Ask{Number: 2, Size: 25}}
	doc := parse(t, render(t, reading(i18n.English), Pager(PagerOf("/x?q=a", of)), templ.NopComponent))
	if got := doc.Find("[rel=prev]").AttrOr("href", ""); got != "/x?q=a" {
		t.Errorf("the first page is %q", got)
	}
	if got := doc.Find("[rel=next]").AttrOr("href", ""); got != "/x?page=3&q=a" {
		t.Errorf("the next page is %q", got)
	}
	if html := render(t, reading(i18n.English), Pager(PagerView{Pages: 1}), templ.NopComponent); html != "" {
		t.Errorf("a single page has a pager: %s", html)
	}
}

func TestFieldsTellWhatIsWrong(t *testing.T) {
	v := FieldView{Name: "mail", Label: "Mail", Problem: "No @", Hint: "Yours", Value: "kept"}
	for name, c := range map[string]templ.Component{"field": Field(v), "text area": TextArea(v), "select": Select(v), "checkbox": Checkbox(v, false)} {
		input := parse(t, render(t, reading(i18n.English), c, templ.NopComponent)).Find("[name=mail]")
		if input.AttrOr("aria-invalid", "") != "true" || input.AttrOr("aria-describedby", "") != "f-mail-hint f-mail-problem" {
			t.Errorf("%s is silent about its problem", name)
		}
	}
}

func TestProblem(t *testing.T) {
	fields := []fault.Field{{Name: "a", Key: "common.required"}}
	if got := Problem(reading(i18n.English), fields, "a"); got == "" || strings.Contains(got, "⟦") {
		t.Errorf("the problem of a is %q", got)
	}
	if got := Problem(reading(i18n.English), fields, "b"); got != "" {
		t.Errorf("b has the problem %q", got)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Anna Maria Kowalska": "A\u200cK", "Σωκράτης": "Σ", "سارا احمدی": "س\u200cا", "": "", "  ": "", "«Анна» Иванова": "А\u200cИ",
	} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestAnEmptyChoiceIsAnAnswer(t *testing.T) {
	for sentence, c := range map[string]struct {
		options  []Option
		required bool
	}{
		"a browser would not send an empty choice it requires": {[]Option{{Value: "", Text: "No team"}, {Value: "1", Text: "Care"}}, false},
		"one of these it must be":                              {[]Option{{Value: "1", Text: "Care"}, {Value: "2", Text: "Field"}}, true},
	} {
		doc := parse(t, render(t, reading(i18n.English), Select(FieldView{Name: "team", Label: "Team", Required: true, Options: c.options}), templ.NopComponent))
		if _, required := doc.Find("select").Attr("required"); required != c.required {
			t.Errorf("%s: required is %v", sentence, required)
		}
		if strings.Contains(doc.Text(), "Optional") {
			t.Errorf("%s: it is called optional", sentence)
		}
	}
}

func TestAChangeForTheWorseSaysHowMuchWorse(t *testing.T) {
	v := ChangeView{Diff: new(-20.0), Low: new(-32.0), High: new(-8.0), Beyond: true}
	for lang, want := range map[i18n.Lang]string{
		i18n.English: "Worse by 20 (between 8 and 32)",
		i18n.Persian: "۲۰ واحد بدتر (بین ۸ و ۳۲)",
		i18n.Greek:   "Χειρότερα κατά 20 μονάδες (μεταξύ 8 και 32)",
		i18n.Russian: "Хуже на 20 п. (от 8 до 32)",
	} {
		text := parse(t, render(t, reading(lang), Change(v), templ.NopComponent)).Text()
		if got := strings.Join(strings.Fields(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(text)), " "); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

// line is a figure that knows its question.
func line(scale stat.Scale, f stat.Figure) insight.Line {
	return insight.Line{Scale: scale, Figure: f, Source: insight.Source{By: "journey", Key: "hostile", Journey: "other", Scale: scale, From: 20_000, To: 20_029}}
}

func TestAFigureKnowsItsQuestionOrIsNotShown(t *testing.T) {
	f := stat.Of(csat, stat.Tally{N: 40, Counts: [stat.MaxAnswer + 1]int64{4: 40}})
	known := MeanOf("x", insight.Line{Scale: csat, Figure: f, Source: insight.Source{By: "touchpoint", Key: "at: home", Journey: "fibre", Scale: csat, From: 20_000, To: 20_029}})
	if asked, err := known.asked(); err != nil || asked != "touchpoint:at%3A+home@fibre:csat_1_5:2024-10-04..2024-11-02:mean" {
		t.Errorf("asked by %q, %v", asked, err)
	}
	stray := FigureOf("x", insight.Line{Scale: csat, Figure: f})
	for name, c := range map[string]templ.Component{"card": Figure(stray), "cell": FigureCell(stray), "line": FigureLine(stray, "x")} {
		if err := c.Render(t.Context(), io.Discard); err == nil {
			t.Errorf("a %s shows a number that nobody can ask for again", name)
		}
	}
}
