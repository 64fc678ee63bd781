package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// hush is a number that nobody may find: it looks like no coordinate and no other figure.
const hush = 87.654321

func TestAHiddenPointOfAQuadrantTellsNothing(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reader(lang)
		v := SampleQuadrant(r)
		seen := len(v.Points) - 1 // one of the sample is hidden itself
		with := func(x float64) string {
			v.Points = append(SampleQuadrant(r).Points, QuadrantPoint{Name: "Secret", N: 4, Level: stat.Suppressed, Importance: new(x), ImportanceLow: new(x - 1), ImportanceHigh: new(x + 1),
				Performance: new(x), PerformanceLow: new(x - 2), PerformanceHigh: new(x + 2)})
			return render(t, r, Quadrant(v))
		}
		html := with(hush)
		if html != with(1) {
			t.Errorf("%s: the drawing depends on a hidden figure", lang)
		}
		doc := parse(t, html)
		if n := doc.Find(".quadrant-plot .mark").Length(); n != seen {
			t.Errorf("%s: %d points are drawn, want %d", lang, n, seen)
		}
		if !strings.Contains(doc.Find(".quadrant-names .unseen").Text(), r.T("chart.hidden")) {
			t.Errorf("%s: the list does not say that a point is hidden", lang)
		}
	}
}

func TestAHiddenEndOfADumbbellTellsNothing(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reader(lang)
		with := func(x float64) string {
			v := SampleDumbbell(r)
			v.Rows = append(v.Rows, DumbbellRow{Name: "Secret", Beyond: true, Diff: new(x - 50), DiffLow: new(x - 60), DiffHigh: new(x - 40),
				Before: DumbbellEnd{Value: new(50.), Low: new(45.), High: new(55.), N: 90, Level: stat.Solid},
				After:  DumbbellEnd{Value: new(x), Low: new(x - 5), High: new(x + 5), N: 4, Level: stat.Suppressed}})
			return render(t, r, Dumbbell(v))
		}
		if with(hush) != with(12) {
			t.Errorf("%s: the drawing depends on a hidden figure", lang)
		}
	}
}

func TestWhatADumbbellSaysOfNoise(t *testing.T) {
	r := reader(i18n.English)
	row := func(before, after int64, from, to float64) DumbbellRow {
		return DumbbellRowOf("Shop", sampleScale, sampleTally(before, from), sampleTally(after, to))
	}
	for sentence, c := range map[string]struct {
		row         DumbbellRow
		class, says string
	}{
		"better":                       {row(240, 260, .58, .79), "better", "Better beyond noise: +21 points (+13 to +29)"},
		"worse":                        {row(310, 290, .81, .66), "worse", "Worse beyond noise: −15 points (−22 to −8)"},
		"within noise is grey":         {row(120, 115, .7, .74), "noise", "Within noise: +4 points"},
		"a small side is not compared": {row(90, 3, .6, .5), "noise", "Not compared: fewer than 5 answers"},
		"nobody asked before":          {row(0, 140, .5, .83), "noise", "Not compared: no answers on one side"},
	} {
		v := DumbbellView{Frame: Frame{ID: "d", Finding: "f"}, Rows: []DumbbellRow{c.row}, Before: "Before", After: "After", Max: 100, Percent: true}
		doc := parse(t, render(t, r, Dumbbell(v)))
		if doc.Find(".mark > g."+c.class).Length() != 1 || doc.Find(".verdict").Text() != c.says {
			t.Errorf("%s: says %q", sentence, doc.Find(".verdict").Text())
		}
		if twin := twinOf(doc); len(twin) != 1 || twin[0][3] != c.says {
			t.Errorf("%s: the table says %v", sentence, twin)
		}
	}
}

// Every number of a mark stands in its row of the table.
func TestTheTablesSayWhatTheMarksSay(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reader(lang)
		q := SampleQuadrant(r)
		rows := twinOf(parse(t, render(t, r, Quadrant(q))))
		for i, p := range q.Points {
			if rows[i][0] != p.Name {
				t.Errorf("%s: row %d is %s", lang, i, rows[i][0])
			}
			for _, x := range []*float64{p.Importance, p.ImportanceLow, p.ImportanceHigh} {
				if p.shown() != strings.Contains(rows[i][1], r.Percent(*x, 0)) {
					t.Errorf("%s quadrant: %v beside %v", lang, rows[i], *x)
				}
			}
		}
		d := SampleDumbbell(r)
		rows = twinOf(parse(t, render(t, r, Dumbbell(d))))
		for i, w := range d.Rows {
			for k, e := range []DumbbellEnd{w.Before, w.After} {
				if e.shown() && !(strings.Contains(rows[i][k+1], r.Percent(*e.Value, 0)) && strings.Contains(rows[i][k+1], r.Percent(*e.Low, 0)) && strings.Contains(rows[i][k+1], r.Int(e.N))) {
					t.Errorf("%s dumbbell: %v", lang, rows[i])
				}
			}
		}
		p := SamplePath(r)
		doc := parse(t, render(t, r, Path(p)))
		rows = twinOf(doc)
		if drawn := doc.Find(".path-plot svg .mark").Length(); drawn != len(rows) || drawn != len(p.Process.Transitions) {
			t.Errorf("%s path: %d curves, %d rows, %d steps", lang, drawn, len(rows), len(p.Process.Transitions))
		}
		for i, f := range p.Process.Transitions {
			if rows[i][0] != p.name(r, f.From) || rows[i][1] != p.name(r, f.To) || rows[i][3] != r.Int(f.N) {
				t.Errorf("%s path: %v for %+v", lang, rows[i], f)
			}
		}
	}
}

func TestDegenerateDrawings(t *testing.T) {
	r := reader(i18n.Persian)
	nan, inf := math.NaN(), math.Inf(1)
	frame := Frame{ID: "x", Finding: "x"}
	point := QuadrantPoint{Name: "x", Importance: new(20.), Performance: new(50.), N: 40, Level: stat.Solid}
	broken := QuadrantPoint{Name: "x", Importance: &nan, Performance: &inf, PerformanceLow: &nan, N: 40, Level: stat.Solid}
	half := point
	half.ImportanceLow, half.ImportanceHigh, half.PerformanceLow = &nan, &inf, nil
	for name, html := range map[string]string{
		"a quadrant of nothing":                render(t, r, Quadrant(QuadrantView{Frame: frame, Max: 100})),
		"a quadrant of one point":              render(t, r, Quadrant(QuadrantView{Frame: frame, Points: []QuadrantPoint{point}, CutX: 20, CutY: 50, Max: 100})),
		"a quadrant of what is no number":      render(t, r, Quadrant(QuadrantView{Frame: frame, Points: []QuadrantPoint{broken, half}, CutX: nan, CutY: inf, Max: 100})),
		"a quadrant of points on one place":    render(t, r, Quadrant(QuadrantView{Frame: frame, Points: slices.Repeat([]QuadrantPoint{point}, 5), Max: 100})),
		"a dumbbell of nothing":                render(t, r, Dumbbell(DumbbellView{Frame: frame, Max: 100})),
		"a dumbbell of what is no number":      render(t, r, Dumbbell(DumbbellView{Frame: frame, Max: 100, Rows: []DumbbellRow{{Name: "x", Before: DumbbellEnd{Value: &nan, N: 40, Level: stat.Solid}, After: DumbbellEnd{Value: &inf, Level: stat.Solid}}}})),
		"a dumbbell without room":              render(t, r, Dumbbell(DumbbellView{Frame: frame, Rows: []DumbbellRow{DumbbellRowOf("x", sampleScale, sampleTally(40, 1), sampleTally(40, 1))}})),
		"a path of nothing":                    render(t, r, Path(PathView{Frame: frame})),
		"a path of one place":                  render(t, r, Path(PathView{Frame: frame, Process: stat.ProcessOf(slices.Repeat([]stat.Walked{{Visits: []stat.Visit{{Place: 7}}}}, 9)).Shown()})),
		"a calendar of nothing":                render(t, r, Calendar(CalendarView{Frame: frame, From: 5, To: 4})),
		"a calendar of a day before the epoch": render(t, r, Calendar(CalendarView{Frame: frame, From: -3, To: -3, Days: []CalendarDay{{Day: -3, Positive: 1, Href: "?day=1"}}})),
	} {
		for _, bad := range []string{"NaN", "Inf", "⟦"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s: %s in\n%s", name, bad, html)
			}
		}
		within(t, parse(t, html))
	}
}

// No two names of a quadrant touch, and none leaves it, however wide it is drawn.
func TestNamesOfAQuadrantNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := QuadrantView{CutX: 20, CutY: 70, Max: 100}
		for range rapid.IntRange(0, 14).Draw(t, "points") {
			v.Points = append(v.Points, QuadrantPoint{Name: strings.Repeat("n", rapid.IntRange(1, 40).Draw(t, "letters")), Level: stat.Solid, N: 90,
				Importance: new(rapid.Float64Range(0, 100).Draw(t, "importance")), Performance: new(rapid.Float64Range(0, 100).Draw(t, "performance"))})
		}
		x, y := v.axes()
		labels := v.labels(x, y)
		for width := quadrantNarrow; width <= quadrantWide; width += 8 {
			var taken [][4]float64
			var names []bool
			for i, q := range v.Points {
				u, at := x.share(*q.Importance)*width, y.y(*q.Performance, quadrantTop, quadrantFloor)
				taken = append(taken, [4]float64{u - quadrantRadius, u + quadrantRadius, at - quadrantRadius, at + quadrantRadius})
				names = append(names, false)
				if labels[i] < 0 {
					continue
				}
				place, w := labelPlaces[labels[i]], letterWidth*float64(len(q.Name))
				begin := u + place.dx - map[string]float64{"start": 0, "middle": w / 2, "end": w}[place.anchor]
				taken = append(taken, [4]float64{begin, begin + w, at + place.dy - 12, at + place.dy + 4})
				names = append(names, true)
				if begin < 0 || begin+w > width {
					t.Fatalf("at %v px the name %d leaves the drawing", width, i)
				}
			}
			for i, a := range taken {
				for k, b := range taken[:i] {
					text := names[i] || names[k] // points may lie on one another, names may not
					if text && a[0] < b[1] && b[0] < a[1] && a[2] < b[3] && b[2] < a[3] {
						t.Fatalf("at %v px %v and %v overlap", width, a, b)
					}
				}
			}
		}
	})
}

// Whatever was walked: every place is drawn once, layers go down, and nothing stands on anything else.
func TestAPathIsLaidOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var walks []stat.Walked
		for range rapid.IntRange(1, 12).Draw(t, "kinds") {
			var w stat.Walked
			for range rapid.IntRange(1, 8).Draw(t, "visits") {
				w.Visits = append(w.Visits, stat.Visit{Place: rapid.Int64Range(1, 14).Draw(t, "place")})
			}
			w.GaveUp = rapid.Bool().Draw(t, "gave up")
			walks = append(walks, slices.Repeat([]stat.Walked{w}, rapid.IntRange(1, 30).Draw(t, "times"))...)
		}
		v := PathView{Process: stat.ProcessOf(walks).Shown(), Names: map[int64]string{3: "a name of many words that goes on and on", 4: "x"}}
		w := v.layout()
		steps := w.other
		for _, f := range w.flows {
			steps += f.N
		}
		if steps != v.Process.Steps {
			t.Fatalf("%d of %d steps", steps, v.Process.Steps)
		}
		for i, a := range w.nodes {
			if a.u-a.half < pathBegin-0.001 || a.u+a.half > pathStop || a.top < 0 || a.top+a.height > w.height {
				t.Fatalf("outside: %+v", a)
			}
			for _, b := range w.nodes[:i] {
				apart := a.u-a.half >= b.u+b.half || b.u-b.half >= a.u+a.half || a.top >= b.top+b.height || b.top >= a.top+a.height
				if !apart || b.layer > a.layer || a.ID == b.ID {
					t.Fatalf("%+v and %+v", a, b)
				}
			}
		}
	})
}

func TestTheLinesOfAName(t *testing.T) {
	for s, want := range map[string][]string{
		"Shop":                                 {"Shop"},
		"Ordering online":                      {"Ordering", "online"},
		"Fault handed back to the centre":      {"Fault handed", "back to the", "centre"},
		"Kundendienstmitarbeiterin":            {"Kundendienstm…"},
		"A very long name of one single place": {"A very long", "name of one", "single place"},
	} {
		if got := wrapped(s, 14, 3); !slices.Equal(got, want) {
			t.Errorf("%s: %q", s, got)
		}
	}
}

func TestACalendarBeginsWhereTheReadersWeekBegins(t *testing.T) {
	day := func(y int, m time.Month, d int) int32 { return i18n.Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), nil) }
	saturday := day(2026, 3, 21) // Nowruz 1405
	for lang, want := range map[i18n.Lang]struct {
		head, month string
		column      int // of the Saturday, from 0
	}{
		i18n.English: {"Mon", "March 2026", 5}, i18n.Persian: {"ش", "فروردین ۱۴۰۵", 0}, i18n.Greek: {"Δευ", "Μάρτιος 2026", 5}, i18n.Russian: {"пн", "март 2026\u00a0г.", 5},
	} {
		r := reader(lang)
		doc := parse(t, render(t, r, Calendar(CalendarView{Frame: Frame{ID: "c", Finding: "f"}, From: saturday, To: saturday + 8,
			Days: []CalendarDay{{Day: saturday, Positive: 2, Negative: 1, Href: "?day=x"}}})))
		if head := doc.Find("thead th").First().Text(); head != want.head {
			t.Errorf("%s begins with %s", lang, head)
		}
		if month := doc.Find(".calendar-month").First().Text(); month != want.month {
			t.Errorf("%s is headed %q", lang, month)
		}
		week := doc.Find("tbody tr").Eq(1).Find("td")
		if week.Eq(want.column).Find("a").Length() != 1 || week.Length() != 7 {
			t.Errorf("%s: the Saturday is not in column %d", lang, want.column)
		}
		for class, n := range map[string]string{"up": r.Int(2), "down": ""} { // a single one goes without a number
			if got, is := week.Eq(want.column).Find("i[data-" + class + "]").Attr("data-" + class); !is || got != n {
				t.Errorf("%s: %s %q", lang, class, got)
			}
		}
		if days := doc.Find("tbody td").Length(); days%7 != 0 {
			t.Errorf("%s: %d cells", lang, days)
		}
		if got := strconv.Itoa(doc.Find("tbody td:not(:empty)").Length()); got != "9" {
			t.Errorf("%s: %s days, want 9", lang, got)
		}
	}
}
