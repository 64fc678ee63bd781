// Package ui is the furniture of every page: the frame, forms, tables, figures, a customer's words. Each component takes
// one plain view struct; texts in it are already in the reader's language, except fields named …Key, which the component
// looks up itself. Only the reader (i18n.From) rides in ctx. It is not for any page in particular, asks no questions and
// decides no rights.
//
// Pages lay out with the classes of web/css/app.css: stack (one under the other), row (beside each other while there is room),
// cards (a grid of small cards), halves (three to two on a wide screen), card, facts (a dl), lead, muted, small; in tables num
// for numbers. A Tailwind class that is not on that sheet's @source lines needs `npm run css` in web.
//
// The strict content policy holds everywhere: no style attributes, no inline script. SVG is drawn by attributes and classes.
package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Product is what a page is headed with where the company has given no name of its own.
const Product = "Journeyloop"

// Addresses the frame itself leads to.
const (
	SearchPath   = "/search"      // GET, q
	LanguagePath = "/me/language" // POST, lang, back
	AccountPath  = "/me"
	TasksPath    = "/tasks"
	NewsPath     = "/notifications"
	ThemePath    = "/me/theme" // POST, theme, back
	SignOutPath  = "/sign-out" // POST
)

// Shell is the frame around a page for somebody signed in.
type Shell struct {
	Title  string // of the page; also its h1 where the page prints Head
	App    string // the company's name for it; "" is Product
	Nav    []NavItem
	Person Person
	Crumbs []Crumb
	Flash  Flash // shown once, after a change
	Work   WorkSign
	News   int    // how much the person was told and has not read
	Query  string // what stands in the search box
	Path   string // this page's path and query; switching language comes back to it
	Live   bool   // keep the page true while it is open
	Theme  people.Theme
	Charts bool // the page draws charts and needs their style and script
}

// WorkSign says that long work of this person is under way, and leads there; the zero one shows nothing.
type WorkSign struct {
	Href string
	Text string // what, and how far
}

// NavItem is one place in the main navigation.
type NavItem struct {
	Href   string
	Key    string // message key, e.g. ui.nav.feedback
	Active bool
	Count  int // what waits there; 0 shows nothing
}

// Person is who is signed in.
type Person struct {
	Name string
	Role string // in words, in the reader's language
}

// Crumb is one step of the way here; the last has no Href.
type Crumb struct{ Text, Href string }

// Tone is how a message, a tag or a note is meant.
type Tone string

// Tones; the zero tone is a plain remark.
const (
	Plain   Tone = ""
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Error   Tone = "error"
)

// Flash is a message about what just happened; an empty text shows nothing.
type Flash struct {
	Tone Tone
	Text string
}

// BareView is a page without a signed-in person: sign-in, errors.
type BareView struct {
	Title string
	Wrong bool // the form on it came back
	App   string
	Path  string // where the language links lead, with lang=…; "" shows none
}

// FigureView is a score with its noise. Numbers are in the figure's own unit; nil is no value.
type FigureView struct {
	Label            string
	LabelIn          i18n.Lang // another language than the reader's, where the label is in one
	Value, Low, High *float64
	Min, Max         float64 // the ends of what is possible: -100..100, 0..100, 1..5
	Percent          bool
	UnitKey          string // what the number counts, in a word: satisfied, NPS; "" where the label says it
	Decimals         int
	N                int64
	Level            stat.Level
	Href             string // where the figure is explained; "" is nowhere

	source insight.Source // the question it answers; only FigureOf and MeanOf know it, and without it no number is shown
	mean   bool
}

// FigureOf shows the score of a figure: NPS points in -100..100, otherwise percent satisfied.
func FigureOf(label string, l insight.Line) FigureView {
	f := l.Figure
	v := FigureView{Label: label, Value: f.Score, Low: f.Low, High: f.High, Max: 100, Percent: true, UnitKey: "ui.unit." + string(l.Scale.Metric), N: f.N, Level: f.Level, source: l.Source}
	if l.Scale.Metric == stat.NPS {
		v.Min, v.Percent = -100, false
	}
	return v
}

// MeanOf shows the mean of a figure on its own scale, to two decimals.
func MeanOf(label string, l insight.Line) FigureView {
	f := l.Figure
	return FigureView{Label: label, Value: f.Mean, Low: f.MeanLow, High: f.MeanHigh,
		Min: float64(l.Scale.Lo), Max: float64(l.Scale.Hi), Decimals: 2, N: f.N, Level: f.Level, source: l.Source, mean: true}
}

// asked is the question a figure answers, as figures can be asked for it; a number that does not know its question is a
// mistake of ours and shown nowhere.
func (v FigureView) asked() (string, error) {
	if v.source.Key == "" {
		return "", fmt.Errorf("the figure %q does not know which question it answers", v.Label)
	}
	if v.mean {
		return v.source.String() + ":mean", nil
	}
	return v.source.String(), nil
}

// how says in the reader's words how the number is computed and what is counted.
func (v FigureView) how(r *i18n.Reader) string {
	key := "how.score_" + string(v.source.Scale.Metric)
	if v.mean {
		key = "how.mean"
	}
	said := []string{r.T(key, "lo", v.source.Scale.Lo, "hi", v.source.Scale.Hi)}
	if v.Low != nil && v.High != nil {
		said = append(said, r.T("how.interval", "low", isolate(v.number(r, *v.Low)), "high", isolate(v.number(r, *v.High)), "answers", r.N("common.answers", int(v.N))))
	}
	day := func(day int32) string { return r.Date(i18n.DayTime(day).Add(12 * time.Hour)) }
	switch {
	case v.source.From != 0 && v.source.To != 0:
		said = append(said, r.T("how.counted_between", "from", day(v.source.From), "to", day(v.source.To)))
	case v.source.From != 0:
		said = append(said, r.T("how.counted_since", "from", day(v.source.From)))
	default:
		said = append(said, r.T("how.counted_all"))
	}
	if v.source.From != 0 {
		said = append(said, r.T("how.weeks"))
	}
	if v.source.Journey != "" {
		said = append(said, r.T("how.counted_journey"))
	}
	return strings.Join(said, " ")
}

// shown says whether the number itself may be seen.
func (v FigureView) shown() bool {
	return v.Value != nil && v.N > 0 && v.Level != stat.Suppressed && v.Level != stat.None
}

func (v FigureView) number(r *i18n.Reader, x float64) string {
	if v.Percent {
		return r.Percent(x, v.Decimals)
	}
	return r.Float(x, v.Decimals)
}

// ChangeView is a difference between two times or two groups. Points are the figure's own unit.
type ChangeView struct {
	Diff, Low, High *float64
	Beyond          bool // beyond noise and beyond the smallest change that matters
	Decimals        int
}

// ChangeOf shows a tested change.
func ChangeOf(c stat.Change) ChangeView {
	return ChangeView{Diff: c.Diff, Low: c.Low, High: c.High, Beyond: c.Beyond}
}

// Bar is how many gave one answer.
type Bar struct {
	Label string
	Count int64
	Mood  stat.Mood
}

// DistributionView is how the answers spread, best or worst first as given.
type DistributionView struct {
	Caption string
	Bars    []Bar
}

// DistributionOf spreads the answers of a figure, highest first; a suppressed figure has no bars.
func DistributionOf(r *i18n.Reader, caption string, scale stat.Scale, f stat.Figure) DistributionView {
	v := DistributionView{Caption: caption}
	if f.Level == stat.Suppressed || f.Level == stat.None {
		return v
	}
	for x := scale.Hi; x >= scale.Lo; x-- {
		v.Bars = append(v.Bars, Bar{Label: r.Int(int64(x)), Count: f.Counts[x], Mood: scale.Mood(x)})
	}
	return v
}

func (v DistributionView) total() (n int64) {
	for _, b := range v.Bars {
		n += b.Count
	}
	return n
}

// QuoteView is one customer's words as one reader may see them.
type QuoteView struct {
	ID                      string // element id, so that the page can lead here; "" is none
	Text                    string // "" where only a rating was given
	Mood                    stat.Mood
	Score                   string // ScoreOf; "" shows none
	At                      time.Time
	Day                     string // At in words; "" is its date
	When                    string // in words, where At alone would not say enough or must not be told; "" shows Day
	Journey                 string
	Touchpoint              string
	JourneyIn, TouchpointIn i18n.Lang // another language than the reader's, where the text is in one
	By                      string    // whom it concerns; "" where the page says so already
	Href                    string    // the run; "" where this reader may not see it
	New                     bool
}

// ScoreOf is one answer on its scale in words: "4 of 5".
func ScoreOf(r *i18n.Reader, scale stat.Scale, x int) string {
	return r.T("ui.score", "x", x, "hi", scale.Hi)
}

// Column is the head of one column, none without a label. Sort is the name its list can be sorted by, "" when it cannot.
type Column struct {
	Label   string
	Sort    string
	Numeric bool
}

// TableView is a table's head; its rows are the children. Links keep everything else in Path and set sort, desc=1.
type TableView struct {
	Caption string // says what the rows are; read aloud, not shown
	Columns []Column
	Path    string // this page's path and query
	Stack   bool   // on a phone every row is a block; its cells then need data-label
	Sort    string
	Desc    bool
}

// PagerView leads through the pages of a list by page=N in Path.
type PagerView struct {
	Path          string
	Name          string // of the number in the address, where a page has two lists; "" is page
	Number, Pages int
	Total         int
}

// EmptyView says that there is nothing, and what to do next.
type EmptyView struct {
	TitleKey, HintKey string
	Action            ButtonView // an empty text shows none
}

// Unmatched is the empty view of a list that a filter has emptied, with the way back to everything; any other list is
// empty as given.
func Unmatched(ctx context.Context, filtered bool, clear string, otherwise EmptyView) EmptyView {
	if !filtered {
		return otherwise
	}
	return EmptyView{TitleKey: "common.nothing_found", HintKey: "common.nothing_matches", Action: ButtonView{Text: T(ctx, "common.clear_filters"), Href: clear}}
}

// sortable tells whether any column can be sorted by.
func (v TableView) sortable() bool {
	return slices.ContainsFunc(v.Columns, func(c Column) bool { return c.Sort != "" })
}

// PartView is a card that loads by itself.
type PartView struct {
	ID    string // element id
	Title string
	Part  string // address of what goes in
	Page  string // address of the same as a page, for readers without script
}

// Kind is how much a button weighs: one Primary a form.
type Kind string

// Button kinds.
const (
	Secondary Kind = "" // bordered
	Primary   Kind = "primary"
	Quiet     Kind = "quiet"
	Danger    Kind = "danger"
)

// ButtonView is a button, or with Href a link that looks like one.
type ButtonView struct {
	Text        string
	Kind        Kind
	Href        string
	Name, Value string
	Type        string // "" is submit
	Confirm     string // asked before the form is sent; names what goes
	Small       bool
	Icon        string
	Attrs       templ.Attributes
}

// ConfirmView is a button which asks first. Action is two addresses in one: POST does it; GET, with the same Hidden, is the
// page that asks readers without script (Confirmation).
type ConfirmView struct {
	Action string
	Button ButtonView // with Confirm
	Hidden map[string]string
}

// ConfirmationView is a page that asks before something is done that cannot be taken back, and names what goes.
type ConfirmationView struct {
	Text   string
	Goes   []string // what goes, by name; nil where Text has said it
	Action string   // POST
	Hidden map[string]string
	Reason *FieldView // why it is done; nil where nobody asks
	Button string     // what is done; also the page's title
	Kind   Kind       // "" is Danger
	Back   string
}

func (v ConfirmationView) kind() Kind {
	if v.Kind == Secondary {
		return Danger
	}
	return v.Kind
}

// FieldView is one input with its label and what is wrong with it.
type FieldView struct {
	Name, Label   string
	Hint, Problem string
	Value         string
	Type          string // "" is text
	Required      bool
	Filter        bool // narrows a list: nobody expects it to be required
	Autocomplete  string
	Dir           string // "ltr" for addresses and codes, "auto" for words; "" follows the page
	Rows          int    // of a text area; 0 is 4
	Options       []Option
	Attrs         templ.Attributes
}

// choice is the view of a select: a browser refuses an empty value where something is required, though "no team" or "the
// company's language" is an answer. Whoever really must choose is told so by the server.
func (v FieldView) choice() FieldView {
	v.Required = v.Required && !slices.ContainsFunc(v.Options, func(o Option) bool { return o.Value == "" })
	return v
}

// Option is one of several to choose from.
type Option struct {
	Value, Text string
	Hint        string
	Chosen      bool
}

// id is the input's element id; one form a page, or give the second Attrs of its own.
func (v FieldView) id() string {
	if own, ok := v.Attrs["id"].(string); ok {
		return own
	}
	return "f-" + v.Name
}

// told lists the elements that describe the input.
func (v FieldView) told() string {
	switch {
	case v.Hint != "" && v.Problem != "":
		return v.id() + "-hint " + v.id() + "-problem"
	case v.Hint != "":
		return v.id() + "-hint"
	case v.Problem != "":
		return v.id() + "-problem"
	}
	return ""
}

// attrs are the attributes every kind of input shares.
func (v FieldView) attrs() templ.Attributes {
	all := templ.Attributes{"id": v.id(), "name": v.Name}
	for name, value := range map[string]string{"aria-describedby": v.told(), "autocomplete": v.Autocomplete, "dir": v.Dir} {
		if value != "" {
			all[name] = value
		}
	}
	if v.Problem != "" {
		all["aria-invalid"] = "true"
	}
	if v.Required {
		all["required"] = true
	}
	for name, value := range v.Attrs {
		all[name] = value
	}
	return all
}

// Contact is one contact of a run, as the walk shows it.
type Contact struct {
	At           time.Time
	Wait         time.Duration // since the contact before; 0 shows none
	Long         bool          // the wait is longer than what was promised
	Touchpoint   string
	TouchpointIn i18n.Lang // as QuoteView has it
	Href         string
	Team         string
	People       []string
	Topic        string
	Note         string // e.g. the promise and whether it was kept
	NoteTone     Tone
	Marks        []Mark    // what else is worth a word: the channel, whether it was solved
	Mood         stat.Mood // of the rating it got; "" when none
	Score        string
}

// Mark is one word about something, with how it is meant.
type Mark struct {
	Tone Tone
	Text string
}

// TrendPoint is one moment of a trend; a nil value is a gap.
type TrendPoint struct {
	Label            string
	Value, Low, High *float64
}

// TrendView is a small line over time.
type TrendView struct {
	Title    string // what is drawn, e.g. "Satisfied, by month"
	Points   []TrendPoint
	Percent  bool
	Decimals int
}

// T is the reader's text for a key.
func T(ctx context.Context, key string, args ...any) string { return i18n.From(ctx).T(key, args...) }

// Problem is what is wrong with the named field, in the reader's language; "" when nothing is.
func Problem(ctx context.Context, fields []fault.Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return T(ctx, f.Key, f.Args...)
		}
	}
	return ""
}

// TextProblems picks the problems of the single languages of a text.
func TextProblems(ctx context.Context, fields []fault.Field, name string) map[i18n.Lang]string {
	out := map[i18n.Lang]string{}
	for _, lang := range i18n.Languages {
		out[lang] = Problem(ctx, fields, name+"_"+string(lang))
	}
	return out
}

// NotApplicable is what a rating sends when the question does not concern this customer.
const NotApplicable = "na"

// HeadView is the head of a page; TitleIn and LeadIn are set where the text is in another language than the reader's.
type HeadView struct {
	Title, Lead     string
	TitleIn, LeadIn i18n.Lang
}

// RatingView is one question on a scale of whole numbers.
type RatingView struct {
	Name, Label         string
	LabelIn             i18n.Lang // as HeadView has it
	Lo, Hi              int
	LowLabel, HighLabel string // what the ends mean
	Chosen              string // the answer in Latin digits, NotApplicable, or ""
	Required            bool
	MayNotApply         bool
	Problem             string
}

// JourneyLine is one journey among others.
type JourneyLine struct {
	ID     int64
	Name   string
	NameIn i18n.Lang // another language than the reader's, where the name is in one
	Leader string    // "" when nobody leads
	Figure FigureView
	Also   []FigureView // figures on other scales
	Trend  TrendView
	Change ChangeView
	Volume Volume
}

// JourneysView is one part of a list of journeys.
type JourneysView struct {
	Path   string
	Rows   page.Of[JourneyLine]
	Filter FilterView
	Empty  EmptyView
}

// JourneyOrders are the orders of such a list. Only a solid score or change has a place among the others: what is hidden or
// rests on few answers stands after them, in either direction, so that nothing is ranked on noise.
func JourneyOrders(r *i18n.Reader, desc bool) page.Orders[JourneyLine] {
	count := func(of func(Volume) int) func(a, b JourneyLine) int {
		return func(a, b JourneyLine) int { return cmp.Compare(of(a.Volume), of(b.Volume)) }
	}
	return page.Orders[JourneyLine]{
		"name":      func(a, b JourneyLine) int { return r.Compare(a.Name, b.Name) },
		"score":     func(a, b JourneyLine) int { return CompareFigures(a.Figure, b.Figure, desc) },
		"change":    func(a, b JourneyLine) int { return unknownLast(a.Change.solid(), b.Change.solid(), desc) },
		"opened":    count(func(v Volume) int { return v.Opened }),
		"completed": count(func(v Volume) int { return v.Completed }),
		"abandoned": count(func(v Volume) int { return v.Abandoned }),
		"open":      count(func(v Volume) int { return v.Open }),
	}
}

// CompareFigures orders figures of one unit by their value, those that are not solid after the others whichever way round
// the list is; figures of another unit follow apart.
func CompareFigures(a, b FigureView, desc bool) int {
	if a.UnitKey != b.UnitKey && a.solid() != nil && b.solid() != nil {
		if desc {
			return cmp.Compare(b.UnitKey, a.UnitKey)
		}
		return cmp.Compare(a.UnitKey, b.UnitKey)
	}
	return unknownLast(a.solid(), b.solid(), desc)
}

func (v FigureView) solid() *float64 {
	if !v.shown() || v.Level != stat.Solid {
		return nil
	}
	return v.Value
}

// solid is a change beyond noise; any other is none.
func (v ChangeView) solid() *float64 {
	if !v.Beyond {
		return nil
	}
	return v.Diff
}

// unknownLast compares numbers; one that is not known comes last, also in a list that is turned round.
func unknownLast(a, b *float64, desc bool) int {
	last := 1
	if desc {
		last = -1
	}
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return last
	case b == nil:
		return -last
	}
	return cmp.Compare(*a, *b)
}

// Volume is how many runs a journey had in the time shown; Open is now.
type Volume struct{ Opened, Completed, Abandoned, Open int }

// Words are customers' words with their filter and pages.
type Words struct {
	Moods    []Tab
	Quotes   []QuoteView
	Pager    PagerView
	Contrast string // where their words are held against each other
	Filtered bool   // a mood narrows them
	Clear    string // where all are shown
}

// Fact is a name and a value.
type Fact struct{ Name, Value string }
