package faces

import (
	"time"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/ui"
)

var csat = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}

func quote(r *i18n.Reader, mood stat.Mood) ui.QuoteView {
	v := ui.QuoteView{ID: id(r, "quote-"+string(mood)), Text: r.T("faces.words"), Mood: mood, Score: ui.ScoreOf(r, csat, 5), At: noon,
		Journey: r.T("faces.journey"), Touchpoint: r.T("faces.touchpoint"), By: r.T("faces.other_person"), Href: "#", New: true}
	if mood == stat.Negative {
		v.Text, v.Score, v.New = r.T("faces.words_bad"), ui.ScoreOf(r, csat, 1), false
	}
	return v
}

func contacts(r *i18n.Reader) []ui.Contact {
	return []ui.Contact{
		{At: noon, Touchpoint: r.T("faces.touchpoint_other"), Href: "#", Team: r.T("faces.team"), People: []string{r.T("faces.person")}, Topic: r.T("faces.topic"),
			Note: r.T("faces.promise"), NoteTone: ui.Success},
		{At: noon.Add(50 * time.Hour), Wait: 50 * time.Hour, Long: true, Touchpoint: r.T("faces.touchpoint"), People: []string{r.T("faces.person"), r.T("faces.other_person")},
			Mood: stat.Negative, Score: ui.ScoreOf(r, csat, 2)},
		{At: noon.Add(53 * time.Hour), Wait: 3 * time.Hour, Touchpoint: r.T("faces.touchpoint_other"), Marks: []ui.Mark{{Tone: ui.Info, Text: r.T("faces.topic")}}},
	}
}

func words() Group {
	return Group{"words", []Sample{
		{"Head", func(r *i18n.Reader) templ.Component {
			return around(ui.Head(r.T("faces.journey"), r.T("faces.words")), ui.Button(ui.ButtonView{Text: r.T("common.edit"), Href: "#", Icon: "edit"}))
		}},
		{"Card", func(r *i18n.Reader) templ.Component {
			return around(ui.Card(r.T("faces.journey")), sentence(r.T("faces.words")))
		}},
		{"Quote, positive", func(r *i18n.Reader) templ.Component { return ui.Quote(quote(r, stat.Positive)) }},
		{"Quote, neutral", func(r *i18n.Reader) templ.Component { return ui.Quote(quote(r, stat.Neutral)) }},
		{"Quote, negative, with something to do", func(r *i18n.Reader) templ.Component {
			return around(ui.Quote(quote(r, stat.Negative)), ui.Button(ui.ButtonView{Text: r.T("common.edit"), Small: true}))
		}},
		{"Quote without words", func(r *i18n.Reader) templ.Component {
			return ui.Quote(ui.QuoteView{Mood: stat.Positive, At: noon, Touchpoint: r.T("faces.touchpoint")})
		}},
		{"Quotes", func(r *i18n.Reader) templ.Component {
			return ui.Quotes(ui.Words{Quotes: []ui.QuoteView{{Text: r.T("faces.words_bad"), Mood: stat.Negative, At: noon}}, Pager: ui.PagerView{Path: "?", Number: 1, Pages: 2, Total: 12}})
		}},
		{"Quotes, none", func(*i18n.Reader) templ.Component {
			return ui.Quotes(ui.Words{Pager: ui.PagerView{Path: "?", Number: 1, Pages: 1}})
		}},
		{"Timeline", func(r *i18n.Reader) templ.Component { return ui.Timeline(contacts(r)) }},
	}}
}

// spread is how 517 customers answered.
func spread() stat.Figure { return sample().Figure }

// lineOf is the figure of so many answers, asked for since a day.
func lineOf(scale stat.Scale, answers map[int]int64) insight.Line {
	tally := stat.Tally{}
	for x, times := range answers {
		tally.Add(x, times)
	}
	return insight.Line{Key: "sample", Scale: scale, Tally: tally, Figure: stat.Of(scale, tally).Shown(),
		Source: insight.Source{By: feedback.ByJourney, Key: "sample", Scale: scale, From: i18n.Day(noon, nil)}}
}

func sample() insight.Line { return lineOf(csat, map[int]int64{1: 31, 2: 40, 3: 72, 4: 161, 5: 213}) }

func solid(r *i18n.Reader) ui.FigureView { return ui.FigureOf(r.T("faces.score"), sample()) }

func indicative(r *i18n.Reader) ui.FigureView {
	v := ui.FigureOf(r.T("faces.score"), lineOf(stat.Scale{Metric: stat.NPS, Lo: 0, Hi: 10}, map[int]int64{2: 5, 8: 3, 10: 4}))
	v.Href = "#"
	return v
}

func suppressed(r *i18n.Reader) ui.FigureView {
	return ui.FigureView{Label: r.T("faces.score"), N: 3, Level: stat.Suppressed}
}

func trend(r *i18n.Reader) ui.TrendView {
	v := ui.TrendView{Title: r.T("faces.trend"), Percent: true}
	for i, x := range []float64{71, 74, 69, 0, 78, 81, 80, 84} {
		p := ui.TrendPoint{Label: r.Month(noon.AddDate(0, i, 0))}
		if x > 0 {
			p.Value, p.Low, p.High = new(x), new(x-5), new(x+4)
		}
		v.Points = append(v.Points, p)
	}
	return v
}

func figures() Group {
	return Group{"figures", []Sample{
		{"Figure, solid", func(r *i18n.Reader) templ.Component { return ui.Figure(solid(r)) }},
		{"Figure, mean", func(r *i18n.Reader) templ.Component { return ui.Figure(ui.MeanOf(r.T("faces.score"), sample())) }},
		{"Figure, indicative", func(r *i18n.Reader) templ.Component { return ui.Figure(indicative(r)) }},
		{"Figure, suppressed", func(r *i18n.Reader) templ.Component { return ui.Figure(suppressed(r)) }},
		{"Figure, none", func(r *i18n.Reader) templ.Component {
			return ui.Figure(ui.FigureView{Label: r.T("faces.score"), Level: stat.None})
		}},
		{"FigureCell", func(r *i18n.Reader) templ.Component { return ui.FigureCell(solid(r)) }},
		{"FigureCell, suppressed", func(r *i18n.Reader) templ.Component { return ui.FigureCell(suppressed(r)) }},
		{"Stat", func(r *i18n.Reader) templ.Component {
			return ui.Stat(r.T("faces.waiting"), r.Int(1207), r.T("faces.hint"))
		}},
		{"Change, better", func(*i18n.Reader) templ.Component {
			return ui.Change(ui.ChangeView{Diff: new(6.0), Low: new(2.0), High: new(10.0), Beyond: true})
		}},
		{"Change, worse", func(*i18n.Reader) templ.Component {
			return ui.Change(ui.ChangeView{Diff: new(-6.0), Low: new(-10.0), High: new(-2.0), Beyond: true})
		}},
		{"Change, noise", func(*i18n.Reader) templ.Component { return ui.Change(ui.ChangeView{Diff: new(1.0)}) }},
		{"Change, unknown", func(*i18n.Reader) templ.Component { return ui.Change(ui.ChangeView{}) }},
		{"Distribution", func(r *i18n.Reader) templ.Component {
			return ui.Distribution(ui.DistributionOf(r, r.T("faces.question"), csat, spread()))
		}},
		{"TrendLine", func(r *i18n.Reader) templ.Component { return ui.TrendLine(trend(r)) }},
		{"TrendLine of nothing", func(r *i18n.Reader) templ.Component { return ui.TrendLine(ui.TrendView{Title: r.T("faces.trend")}) }},
	}}
}

func tables() Group {
	return Group{"tables", []Sample{
		{"Table", func(r *i18n.Reader) templ.Component {
			return around(ui.Table(ui.TableView{Caption: r.T("faces.score"), Path: "?", Sort: "name", Stack: true, Columns: []ui.Column{{Label: r.T("faces.name"), Sort: "name"},
				{Label: r.T("faces.score")}, {Label: r.T("faces.waiting"), Sort: "n", Numeric: true}}}), rows(r))
		}},
		{"JourneyTable", func(r *i18n.Reader) templ.Component {
			return ui.JourneyTable(ui.JourneysView{Path: "?", Rows: page.Of[ui.JourneyLine]{Total: 2, Ask: page.Ask{Number: 1, Size: 25, Sort: "name"}, Rows: []ui.JourneyLine{{ID: 7, Name: r.T("faces.journey"), Leader: r.T("faces.other_person"), Figure: solid(r), Also: []ui.FigureView{suppressed(r)},
				Trend: trend(r), Change: ui.ChangeView{Diff: new(-6.0), Low: new(-10.0), High: new(-2.0), Beyond: true}, Volume: ui.Volume{Opened: 1240, Completed: 1102, Abandoned: 31, Open: 107}},
				{ID: 8, Name: r.T("faces.journey_other"), Figure: ui.FigureView{Level: stat.None}}}}})
		}},
		{"Pager", func(*i18n.Reader) templ.Component {
			return ui.Pager(ui.PagerView{Path: "?", Number: 2, Pages: 9, Total: 217})
		}},
		{"Tabs", func(r *i18n.Reader) templ.Component {
			return ui.Tabs(r.T("faces.score"), []ui.Tab{{Text: r.T("mood.positive"), Href: "#"}, {Text: r.T("mood.neutral"), Href: "#", Active: true}, {Text: r.T("mood.negative"), Href: "#"}})
		}},
		{"EmptyState", func(r *i18n.Reader) templ.Component {
			return ui.EmptyState(ui.EmptyView{TitleKey: "common.none_yet", HintKey: "ui.figure.indicative_hint", Action: ui.ButtonView{Text: r.T("common.add"), Href: "#", Icon: "plus"}})
		}},
		{"File", func(*i18n.Reader) templ.Component { return ui.File("#") }},
	}}
}

func field(r *i18n.Reader, name string) ui.FieldView {
	return ui.FieldView{Name: name, Label: r.T("faces.name"), Hint: r.T("faces.hint"), Value: r.T("faces.person"), Dir: "auto", Autocomplete: "off",
		Attrs:   templ.Attributes{"id": id(r, "f-"+name)},
		Options: []ui.Option{{Value: "1", Text: r.T("faces.journey"), Hint: r.T("faces.words")}, {Value: "2", Text: r.T("faces.journey_other"), Chosen: true}}}
}

func wrong(r *i18n.Reader, name string) ui.FieldView {
	v := field(r, name)
	v.Problem, v.Required = r.T("faces.problem"), true
	return v
}

func forms() Group {
	return Group{"forms", []Sample{
		{"Field", func(r *i18n.Reader) templ.Component { return ui.Field(field(r, "field")) }},
		{"Field, wrong", func(r *i18n.Reader) templ.Component { return ui.Field(wrong(r, "wrong")) }},
		{"TextArea", func(r *i18n.Reader) templ.Component { return ui.TextArea(field(r, "text")) }},
		{"Select", func(r *i18n.Reader) templ.Component { return ui.Select(field(r, "select")) }},
		{"Choices", func(r *i18n.Reader) templ.Component { return ui.Choices(field(r, id(r, "choices"))) }},
		{"Checkbox", func(r *i18n.Reader) templ.Component { return ui.Checkbox(field(r, "tick"), true) }},
		{"Rating", func(r *i18n.Reader) templ.Component {
			return ui.Rating(ui.RatingView{Name: id(r, "rating"), Label: r.T("faces.question"), Lo: 1, Hi: 5, LowLabel: r.T("faces.low"), HighLabel: r.T("faces.high"), Chosen: "4", MayNotApply: true})
		}},
		{"FormProblems", func(*i18n.Reader) templ.Component {
			return ui.FormProblems([]fault.Field{{Name: "wrong", Key: "common.required"}})
		}},
		{"Button, primary", func(r *i18n.Reader) templ.Component {
			return ui.Button(ui.ButtonView{Text: r.T("common.save"), Kind: ui.Primary})
		}},
		{"Button", func(r *i18n.Reader) templ.Component { return ui.Button(ui.ButtonView{Text: r.T("common.cancel")}) }},
		{"Button, quiet and small", func(r *i18n.Reader) templ.Component {
			return ui.Button(ui.ButtonView{Text: r.T("common.edit"), Kind: ui.Quiet, Small: true, Icon: "edit"})
		}},
		{"ConfirmButton", func(r *i18n.Reader) templ.Component {
			return ui.ConfirmButton(ui.ConfirmView{Action: Path, Button: ui.ButtonView{Text: r.T("faces.remove"), Kind: ui.Danger, Icon: "remove", Confirm: r.T("faces.confirm")}})
		}},
		{"Confirmation", func(r *i18n.Reader) templ.Component {
			return ui.Confirmation(ui.ConfirmationView{Text: r.T("faces.confirm"), Goes: []string{r.T("faces.journey"), r.T("faces.journey_other")}, Action: Path,
				Button: r.T("faces.remove"), Back: Path})
		}},
		{"ThemeChoice", func(*i18n.Reader) templ.Component { return ui.ThemeChoice("", Path) }},
	}}
}

func messages() Group {
	return Group{"messages", []Sample{
		{"Alert", func(r *i18n.Reader) templ.Component { return ui.Alert(ui.Plain, r.T("faces.message")) }},
		{"Alert, success", func(r *i18n.Reader) templ.Component { return ui.Alert(ui.Success, r.T("faces.message")) }},
		{"Alert, warning", func(r *i18n.Reader) templ.Component { return ui.Alert(ui.Warning, r.T("faces.hint")) }},
		{"Alert, error", func(r *i18n.Reader) templ.Component { return ui.Alert(ui.Error, r.T("faces.problem")) }},
		{"Badge", func(r *i18n.Reader) templ.Component { return ui.Badge(ui.Plain, r.T("faces.topic")) }},
		{"Badge, info", func(r *i18n.Reader) templ.Component { return ui.Badge(ui.Info, r.T("faces.topic")) }},
		{"Badge, success", func(r *i18n.Reader) templ.Component { return ui.Badge(ui.Success, r.T("faces.topic")) }},
		{"Badge, warning", func(r *i18n.Reader) templ.Component { return ui.Badge(ui.Warning, r.T("faces.topic")) }},
		{"Badge, error", func(r *i18n.Reader) templ.Component { return ui.Badge(ui.Error, r.T("faces.topic")) }},
		{"Mood", func(*i18n.Reader) templ.Component { return ui.Mood(stat.Negative) }},
	}}
}

func waiting() Group {
	return Group{"waiting", []Sample{
		{"Part", func(r *i18n.Reader) templ.Component {
			return ui.Part(ui.PartView{ID: id(r, "part"), Title: r.T("faces.journey"), Part: PartPath, Page: Path})
		}},
		{"Part that fails", func(r *i18n.Reader) templ.Component {
			return ui.Part(ui.PartView{ID: id(r, "part-fails"), Title: r.T("faces.journey"), Part: PartPath + "?fail=1", Page: Path})
		}},
		{"Skeleton", func(*i18n.Reader) templ.Component { return ui.Skeleton() }},
		{"Failed", func(*i18n.Reader) templ.Component { return ui.Failed(Path) }},
	}}
}
