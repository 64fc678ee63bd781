package ui

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Drawings are 200 units wide whatever their size on the screen.
const width = 200.0

// px writes a coordinate; a tenth of a unit is finer than any screen.
func px(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

func clamp01(x float64) float64 { return min(max(x, 0), 1) }

func abs(x float64) float64 { return math.Abs(x) }

// interval drawing: a band from low to high and a mark at the value, mirrored for right-to-left.
type intervalDrawing struct{ band, width, point string }

const markWidth = 4

func (v FigureView) drawn(rtl bool) (intervalDrawing, bool) {
	if !v.shown() || v.Max <= v.Min {
		return intervalDrawing{}, false
	}
	at := func(x *float64) float64 {
		u := clamp01((*x - v.Min) / (v.Max - v.Min))
		if rtl {
			u = 1 - u
		}
		return u * width
	}
	point := at(v.Value)
	from, to := point, point
	if v.Low != nil && v.High != nil {
		from, to = min(at(v.Low), at(v.High)), max(at(v.Low), at(v.High))
	}
	mark := min(max(point-markWidth/2, 0), width-markWidth)
	return intervalDrawing{px(from), px(to - from), px(mark)}, true
}

// absence is the key that says why there is no number.
func (v FigureView) absence() string {
	switch {
	case v.Level == stat.Suppressed && v.N >= stat.K: // with it a smaller group could be computed
		return "ui.figure.concealed"
	case v.Level == stat.Suppressed:
		return "ui.figure.suppressed"
	}
	return "ui.figure.none"
}

func (v ChangeView) verdict() string {
	switch {
	case v.Diff == nil || !v.Beyond:
		return "none"
	case *v.Diff > 0:
		return "better"
	}
	return "worse"
}

// least and most are the interval in the direction of the verdict: worse by 20 is between 8 and 32, not between −32 and −8.
func (v ChangeView) least() float64 {
	if *v.Diff < 0 {
		return -*v.High
	}
	return *v.Low
}

func (v ChangeView) most() float64 {
	if *v.Diff < 0 {
		return -*v.Low
	}
	return *v.High
}

// share is in percent.
func share(n, total int64) float64 {
	if total == 0 {
		return 0
	}
	return 100 * float64(n) / float64(total)
}

func barLength(n, total int64) string { return px(share(n, total) / 100 * width) }

func barStart(n, total int64, rtl bool) string {
	if !rtl {
		return "0"
	}
	return px(width - share(n, total)/100*width)
}

type trendDrawing struct{ line, band string }

const trendHeight = 40.0

// drawn scales the line to its own least and greatest value, bands included; a single point or none is not a line.
func (v TrendView) drawn(rtl bool) trendDrawing {
	low, high, known := v.extent()
	if known < 2 {
		return trendDrawing{}
	}
	if high == low {
		low, high = low-1, high+1
	}
	x := func(i int) string {
		u := float64(i) / float64(len(v.Points)-1)
		if rtl {
			u = 1 - u
		}
		return px(2 + u*(width-4))
	}
	y := func(f float64) string { return px(trendHeight - 2 - (f-low)/(high-low)*(trendHeight-4)) }
	var d trendDrawing
	for from := 0; from < len(v.Points); {
		to := v.unbroken(from)
		d.line += v.stroke(from, to, x, y)
		d.band += v.area(from, to, x, y)
		from = max(to, from+1)
	}
	return d
}

// unbroken returns the end of the stretch of values that starts at from.
func (v TrendView) unbroken(from int) int {
	for from < len(v.Points) && v.Points[from].Value != nil {
		from++
	}
	return from
}

func (v TrendView) stroke(from, to int, x func(int) string, y func(float64) string) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		b.WriteString(pen(i == from) + x(i) + " " + y(*v.Points[i].Value))
	}
	if to-from == 1 {
		b.WriteString("h0.1") // a lone point would not be drawn
	}
	return b.String()
}

func (v TrendView) area(from, to int, x func(int) string, y func(float64) string) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if v.Points[i].Low == nil || v.Points[i].High == nil {
			return ""
		}
		b.WriteString(pen(i == from) + x(i) + " " + y(*v.Points[i].High))
	}
	for i := to - 1; i >= from; i-- {
		b.WriteString("L" + x(i) + " " + y(*v.Points[i].Low))
	}
	if b.Len() > 0 {
		b.WriteString("Z")
	}
	return b.String()
}

func pen(first bool) string {
	if first {
		return "M"
	}
	return "L"
}

func (v TrendView) extent() (low, high float64, known int) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range v.Points {
		if p.Value != nil {
			known++
		}
		for _, f := range []*float64{p.Value, p.Low, p.High} {
			if f != nil {
				low, high = min(low, *f), max(high, *f)
			}
		}
	}
	return low, high, known
}

// told is the trend in words: its first and its last value.
func (v TrendView) told(r *i18n.Reader) string {
	var first, last *TrendPoint
	for i := range v.Points {
		if p := &v.Points[i]; p.Value != nil {
			if first == nil {
				first = p
			}
			last = p
		}
	}
	if first == nil || first == last {
		return r.T("ui.trend.none", "title", v.Title)
	}
	number := FigureView{Percent: v.Percent, Decimals: v.Decimals}.number
	return r.T("ui.trend.span", "title", v.Title, "first", isolate(number(r, *first.Value)), "from", first.Label,
		"last", isolate(number(r, *last.Value)), "to", last.Label)
}

// isolate keeps a number or name in one piece inside a sentence of the other direction.
func isolate(s string) string { return i18n.Isolate(s) }

// Listed joins names as a sentence of the reader's language does: "Ann, Boris and Zahra".
func Listed(ctx context.Context, names []string) string { return listed(ctx, names) }

func listed(ctx context.Context, names []string) string {
	isolated := make([]string, len(names))
	for i, name := range names {
		isolated[i] = isolate(name)
	}
	return i18n.From(ctx).List(isolated...)
}

// otherLanguage says why a text is not in the reader's language.
func otherLanguage(ctx context.Context, other i18n.Lang) string {
	return T(ctx, "ui.own.other", "language", T(ctx, "common.language_"+string(other)))
}

// Link returns path with the query's name=value pairs set; an empty value removes the name. What else stood in the
// query stays.
func Link(path string, pairs ...string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// down says whether following a column's link sorts it downwards: a second click turns round, numbers start with the
// greatest.
func (v TableView) down(c Column) bool {
	if c.Sort == v.Sort {
		return !v.Desc
	}
	return c.Numeric
}

func (v TableView) sortLink(c Column) string {
	desc := ""
	if v.down(c) {
		desc = "1"
	}
	return Link(v.Path, "sort", c.Sort, "desc", desc, "page", "")
}

func (v TableView) sortKey(c Column) string {
	if v.down(c) {
		return "ui.table.sort_down"
	}
	return "ui.table.sort_up"
}

func direction(desc bool) string {
	if desc {
		return "descending"
	}
	return "ascending"
}

func (v PagerView) name() string {
	if v.Name == "" {
		return "page"
	}
	return v.Name
}

func previous(n int) string {
	if n <= 2 {
		return "" // the first page needs no number
	}
	return strconv.Itoa(n - 1)
}

func following(n int) string { return strconv.Itoa(n + 1) }

func depthClass(depth int) string {
	if depth <= 0 {
		return ""
	}
	return "depth-" + strconv.Itoa(min(depth, 6))
}

// initials are the first letters of the first and the last name, in any script that has letters.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(c rune) bool { return unicode.IsSpace(c) })
	if len(words) == 0 {
		return ""
	}
	first := firstLetter(words[0])
	if len(words) == 1 {
		return first
	}
	return first + "\u200c" + firstLetter(words[len(words)-1]) // letters that join would read as a word
}

func firstLetter(word string) string {
	for _, c := range word {
		if unicode.IsLetter(c) {
			return string(unicode.ToUpper(c))
		}
	}
	return ""
}

func named(app string) string {
	if app == "" {
		return Product
	}
	return app
}

// headline is the document's title; that of a form that came back says so.
func (v BareView) headline(ctx context.Context) string {
	if v.Wrong {
		return T(ctx, "ui.form.title_wrong", "title", v.Title)
	}
	return v.Title
}

func headline(title, app string) string {
	if title == "" {
		return app
	}
	return title + " · " + app
}

// underThumb is how many places stand side by side at the foot of a phone; with more, the last of them unfolds the rest.
const underThumb = 5

// thumbed reports whether there is anywhere to go from the foot of the page.
func (v Shell) thumbed() bool { return len(v.Nav) > 1 }

// near is how many places stand at the foot themselves.
func near(items []NavItem) int {
	if len(items) > underThumb {
		return underThumb - 1
	}
	return len(items)
}

// here reports whether the reader is at one of the places.
func here(items []NavItem) bool {
	return slices.ContainsFunc(items, func(i NavItem) bool { return i.Active })
}

// navIcons are drawn beside the places of the main navigation.
var navIcons = map[string]string{
	"/company": "bars", "/feedback": "speech", "/observations": "edit", "/team": "people", "/journeys": "stops", "/touchpoints": "pin", "/runs": "steps",
	"/customers": "person", "/cases": "speech", "/outreach": "phone", "/people": "people", "/settings": "sliders",
}

// fonts are what a page in a language is written in; names in other scripts are in the device's.
var fonts = map[i18n.Lang][]string{
	i18n.English: {"inter-latin"},
	i18n.Persian: {"vazirmatn-arabic", "vazirmatn-latin"},
	i18n.Greek:   {"inter-greek", "inter-latin"},
	i18n.Russian: {"inter-cyrillic", "inter-latin"},
}

// dataTheme is the name of a theme in app.css; "" leaves it to the device.
func dataTheme(t people.Theme) string {
	switch t {
	case people.Light:
		return "journeyloop"
	case people.Dark:
		return "journeyloop-dark"
	}
	return ""
}

// colourScheme tells a browser what to paint before the style sheet is there.
func colourScheme(t people.Theme) string {
	if t == people.AsDevice {
		return "light dark"
	}
	return string(t)
}

func themeKey(t people.Theme) string {
	if t == people.AsDevice {
		return "ui.theme.device"
	}
	return "ui.theme." + string(t)
}

func toneOr(tone, other Tone) Tone {
	if tone == Plain {
		return other
	}
	return tone
}

func toneIcon(tone Tone) string {
	switch tone {
	case Success:
		return "check"
	case Warning, Error:
		return "alert"
	}
	return "info"
}

func (v ButtonView) classes() string {
	c := "btn"
	switch v.Kind {
	case Primary:
		c += " btn-primary"
	case Quiet:
		c += " btn-ghost"
	case Danger:
		c += " btn-error"
	default:
		c += " btn-plain"
	}
	if v.Small {
		c += " btn-sm"
	}
	return c
}

func (v ButtonView) kind() string {
	if v.Type == "" {
		return "submit"
	}
	return v.Type
}

func (v FieldView) inputType() string {
	if v.Type == "" {
		return "text"
	}
	return v.Type
}

func (v FieldView) rows() string { return strconv.Itoa(max(v.Rows, 4)) }

func (v FieldView) tickValue() string {
	if v.Value == "" {
		return "1"
	}
	return v.Value
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func answer(x int) string { return strconv.Itoa(x) }

// paletteID is the element id of something in the palette's list.
func paletteID(what string, group, n int) string {
	return "palette-" + what + "-" + strconv.Itoa(group) + "-" + strconv.Itoa(n)
}
