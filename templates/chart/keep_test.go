package chart

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// secret is a number that stands nowhere else in a chart.
const secret = 47.47

// A caller may forget to empty what is marked hidden: the chart still says nothing.
func TestAHiddenGroupTellsNothing(t *testing.T) {
	value, low, high := secret, 37.37, 57.57
	r := reader(i18n.English)
	plain := sampleTally(90, 0.8)
	fine := stat.Of(sampleScale, plain)
	for name, c := range map[string]templ.Component{
		"trend": Trend(TrendView{Frame: Frame{ID: "x", Finding: "f"}, Max: 100, Decimals: 2, Points: []TrendPoint{
			{When: "a", Value: fine.Score, Low: fine.Low, High: fine.High, N: 90, Level: stat.Solid},
			{When: "b", Value: &value, Low: &low, High: &high, N: 4, Level: stat.Suppressed}}}),
		"heat": Heat(HeatView{Frame: Frame{ID: "x", Finding: "f"}, Max: 100, Columns: []string{"a", "b"}, Rows: []HeatRow{{Name: "row", Cells: []HeatCell{
			{fine.Score, fine.Low, fine.High, 90, stat.Solid}, {&value, &low, &high, 4, stat.Suppressed}}}}}),
		"strip": Strip(StripView{Frame: Frame{ID: "x", Finding: "f"}, Steps: []StripStep{
			{Name: "a", StripFigure: StripFigure{Value: &value, Low: &low, High: &high, N: 4, Level: stat.Suppressed, Percent: true}}}}),
		"distribution": Distribution(DistributionOf(r, "x", sampleScale, stat.Figure{N: 4, Score: &value, Low: &low, High: &high, Counts: [11]int64{1: 2, 5: 2}, Level: stat.Suppressed})),
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, r, c)
			for _, told := range []string{"47", "37", "57.", "58", "4 answers", ">4<"} {
				if strings.Contains(html, told) {
					t.Errorf("%q gives a hidden group away:\n%s", told, html)
				}
			}
			if !strings.Contains(html, "idden") {
				t.Errorf("nothing says that it is hidden:\n%s", html)
			}
		})
	}
}

func TestTheTableSaysWhatTheMarksSay(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reader(lang)
		for name, c := range map[string]templ.Component{"trend": Trend(SampleTrend(r)), "distribution": Distribution(SampleDistribution(r))} {
			doc := parse(t, render(t, r, c))
			marks, rows := doc.Find(".mark"), doc.Find(".chart-twin tbody tr")
			if marks.Length() != rows.Length() {
				t.Fatalf("%s in %s: %d marks, %d rows", name, lang, marks.Length(), rows.Length())
			}
			rows.Each(func(i int, row *goquery.Selection) {
				sentence := marks.Eq(i).ChildrenFiltered("title").Text()
				row.Find("th, td").Each(func(_ int, cell *goquery.Selection) {
					word := cell.Text()
					if word != "" && word != "–" && word != r.T("chart.hidden") && word != r.T("ui.figure.indicative") && !strings.Contains(sentence, word) {
						t.Errorf("%s in %s: the table says %q, the mark %q", name, lang, word, sentence)
					}
				})
			})
		}
	}
}

func TestTheSharesOfADistributionSumToAHundred(t *testing.T) {
	for _, counts := range [][]int64{{1, 1, 1}, {5, 0, 0, 1}, {333, 333, 334, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}} {
		v := DistributionView{}
		for _, n := range counts {
			v.Bars = append(v.Bars, DistributionBar{Count: n})
		}
		sum := 0
		for i, s := range v.shares() {
			sum += s.whole
			if s.low > s.exact || s.exact > s.high {
				t.Errorf("%v: the interval of bar %d leaves its share out: %+v", counts, i, s)
			}
		}
		if sum != 100 {
			t.Errorf("%v: shares sum to %d", counts, sum)
		}
	}
}

// Nothing a caller can hand over makes a chart fail or draw what is no number.
func TestDegenerateDataIsDrawnOrRefused(t *testing.T) {
	nan, inf, zero := math.NaN(), math.Inf(1), 0.0
	r := reader(i18n.English)
	frame := Frame{ID: "x", Finding: "f"}
	for name, c := range map[string]templ.Component{
		"a trend of nothing":            Trend(TrendView{Frame: frame}),
		"a trend of one point":          Trend(TrendView{Frame: frame, Max: 100, Points: []TrendPoint{{When: "a", Value: &zero, Low: &zero, High: &zero, N: 9, Level: stat.Indicative}}}),
		"a trend without an extent":     Trend(TrendView{Frame: frame, Points: []TrendPoint{{Value: &zero, Level: stat.Solid}, {Value: &zero, Level: stat.Solid}}}),
		"a trend of no numbers":         Trend(TrendView{Frame: frame, Max: 100, Points: []TrendPoint{{Value: &nan, Low: &nan, High: &inf, Level: stat.Solid}, {Value: &inf, Low: &nan, High: &inf, Level: stat.Solid}}}),
		"a trend of gaps":               Trend(TrendView{Frame: frame, Max: 100, Points: []TrendPoint{{}, {}, {Level: stat.None}}}),
		"a trend with half a band":      Trend(TrendView{Frame: frame, Max: 100, Points: []TrendPoint{{Value: &zero, Low: &zero, N: 40, Level: stat.Solid}, {Value: &zero, N: 40, Level: stat.Solid}}}),
		"a distribution of nothing":     Distribution(DistributionView{Frame: frame}),
		"a distribution of zeroes":      Distribution(DistributionView{Frame: frame, Bars: []DistributionBar{{Label: "1"}, {Label: "2"}}}),
		"a distribution of debts":       Distribution(DistributionView{Frame: frame, Bars: []DistributionBar{{Label: "1", Count: -3}, {Label: "2", Count: 8}}}),
		"a heat map of nothing":         Heat(HeatView{Frame: frame}),
		"a heat map of one value":       Heat(HeatView{Frame: frame, Columns: []string{"a"}, Rows: []HeatRow{{Name: "r", Cells: []HeatCell{{Value: &zero, N: 50, Level: stat.Solid}}}}}),
		"a heat map of no numbers":      Heat(HeatView{Frame: frame, Max: 100, Columns: []string{"a", "b"}, Rows: []HeatRow{{Name: "r", Cells: []HeatCell{{Value: &nan, Low: &nan, High: &inf, N: 50, Level: stat.Solid}, {Value: &inf, N: 50, Level: stat.Solid}}}}}),
		"a strip of nothing":            Strip(StripView{Frame: frame}),
		"a strip of no numbers":         Strip(StripView{Frame: frame, Steps: []StripStep{{Name: "a", StripFigure: StripFigure{Value: &nan, Low: &inf, High: &nan, Level: stat.Solid}}}}),
		"a strip of another scale":      Strip(StripView{Frame: frame, Steps: []StripStep{{Name: "a", StripFigure: StripFigure{Value: &zero, N: 40, Level: stat.Solid, Other: true}}}}),
		"a name that is markup":         Heat(HeatView{Frame: Frame{ID: "x", Finding: "<script>"}, Max: 100, Columns: []string{"<b>"}, Rows: []HeatRow{{Name: "<i>", Href: "javascript:alert(1)", Cells: []HeatCell{{Value: &zero, N: 50, Level: stat.Solid}}}}}),
		"a reason that is markup":       Trend(TrendView{Frame: frame, Max: 100, Points: []TrendPoint{{When: "<i>", Value: &zero, N: 50, Level: stat.Solid}, {When: `"`, Break: "<script>", Value: &zero, N: 50, Level: stat.Solid}}}),
		"a figure of impossible counts": Distribution(DistributionOf(r, "x", sampleScale, stat.Figure{})),
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, r, c)
			for _, bad := range []string{"NaN", "Inf", "<script>", "<b>", "<i>", "javascript:", "⟦"} {
				if strings.Contains(html, bad) {
					t.Errorf("%q in\n%s", bad, html)
				}
			}
			if figure := parse(t, html).Find("figure.chart"); figure.Length() != 1 {
				t.Errorf("%d figures", figure.Length())
			}
		})
	}
}

// largest are the charts with as much as a page will ever put into them.
func largest(r *i18n.Reader) map[string]templ.Component {
	var points []insight.Point
	for i := range 27 { // half a year of weeks
		tally := sampleTally(412+int64(i), 0.7)
		points = append(points, insight.Point{From: sampleDay + int32(7*i), To: sampleDay + int32(7*i+6), Tally: tally, Figure: stat.Of(sampleScale, tally)})
	}
	heat := SampleHeat(r)
	heat.Rows = append(heat.Rows, heat.Rows...)
	heat.Rows = append(heat.Rows, heat.Rows[:2]...)
	for i := range heat.Rows {
		heat.Rows[i].Href = "/journeys/7246381920017408" + strconv.Itoa(i)
	}
	strip := SampleStrip(r)
	strip.Steps = append(strip.Steps, strip.Steps...)
	nps := stat.Scale{Metric: stat.NPS, Lo: 0, Hi: 10}
	var t stat.Tally
	for x := range 11 {
		t.Add(x, 1000+int64(x))
	}
	return map[string]templ.Component{"trend": Trend(TrendOf(r, "trend-7246381920017408", sampleScale, points, nil)), "heat": Heat(heat), "strip": Strip(strip),
		"distribution": Distribution(DistributionOf(r, "spread-7246381920017408", nps, stat.Of(nps, t)))}
}

// What a chart weighs without its table, which stands folded beside it: ten kilobytes at most, in any language.
func TestNoChartWeighsMoreThanTenKilobytes(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reader(lang)
		for name, c := range largest(r) {
			html := render(t, r, c)
			drawn := len(html) - len(tableOf(html))
			t.Logf("%s %s: %d bytes, %d with the table", lang, name, drawn, len(html))
			if drawn > 10_000 {
				t.Errorf("%s in %s weighs %d bytes", name, lang, drawn)
			}
		}
	}
}

func tableOf(html string) string {
	from := strings.Index(html, `<details class="chart-twin"`)
	if from < 0 {
		return ""
	}
	return html[from : from+strings.Index(html[from:], "</details>")]
}

// Half a millisecond is what one may take.
func BenchmarkCharts(b *testing.B) {
	r := reader(i18n.Persian)
	for name, c := range largest(r) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				render(b, r, c)
			}
		})
	}
}

func TestAnAxisHasFewRoundTicksAroundWhatIsDrawn(t *testing.T) {
	for _, tt := range []struct{ low, high, min, max float64 }{
		{61, 78, 0, 100}, {0, 100, 0, 100}, {99, 100, 0, 100}, {0, 0, 0, 100}, {-35, -12, -100, 100}, {4.1, 4.3, 1, 5}, {math.Inf(1), math.Inf(-1), 0, 100}, {50, 50, 0, 100},
	} {
		a := axisFor(tt.low, tt.high, tt.min, tt.max, (tt.max-tt.min)/5)
		if len(a.ticks) < 3 || len(a.ticks) > 7 {
			t.Errorf("%+v: ticks %v", tt, a.ticks)
		}
		if a.low < tt.min-1e-9 || a.high > tt.max+1e-9 || tt.low <= tt.high && (a.low > tt.low || a.high < tt.high) {
			t.Errorf("%+v: from %v to %v", tt, a.low, a.high)
		}
	}
}

func TestTimeRunsWithTheScript(t *testing.T) {
	first := func(lang i18n.Lang) float64 {
		r := reader(lang)
		x, ok := parse(t, render(t, r, Trend(SampleTrend(r)))).Find(".chart-plot circle").First().Attr("cx")
		at, err := strconv.ParseFloat(strings.TrimSuffix(x, "%"), 64)
		if !ok || err != nil {
			t.Fatal(x, err)
		}
		return at
	}
	if ltr, rtl := first(i18n.Greek), first(i18n.Persian); ltr >= 50 || math.Abs(100-ltr-rtl) > 0.01 {
		t.Errorf("the first point stands at %v %% from the left, in Persian at %v %%", ltr, rtl)
	}
}

func TestALineIsNotDrawnAcrossABreakOrAGap(t *testing.T) {
	r := reader(i18n.English)
	doc := parse(t, render(t, r, Trend(SampleTrend(r))))
	doc.Find("path.line").Each(func(_ int, line *goquery.Selection) {
		d := line.AttrOr("d", "")
		var least, most = 1000.0, 0.0
		for _, f := range strings.FieldsFunc(d, func(c rune) bool { return c == 'M' || c == 'L' }) {
			x, _ := strconv.ParseFloat(strings.Fields(f)[0], 64)
			least, most = min(least, x), max(most, x)
		}
		// The hidden week, the empty one and the break lie between 500 and 690.
		if least < 600 && most > 600 {
			t.Errorf("a line goes from %v to %v", least, most)
		}
	})
	if doc.Find("line.break").Length() != 2 { // in the plot and in its key
		t.Errorf("%d lines of a break", doc.Find("line.break").Length())
	}
}

func TestAFindingIsOnlyWhatWasTested(t *testing.T) {
	r := reader(i18n.English)
	series := func(share func(i int) float64, n int64) []insight.Point {
		var out []insight.Point
		for i := range 12 {
			tally := sampleTally(n, share(i))
			out = append(out, insight.Point{From: sampleDay + int32(7*i), To: sampleDay + int32(7*i+6), Tally: tally, Figure: stat.Of(sampleScale, tally).Shown()})
		}
		return out
	}
	for name, tt := range map[string]struct {
		points []insight.Point
		breaks []Break
		want   string
	}{
		"level":                         {series(func(int) float64 { return 0.7 }, 200), nil, "No change beyond noise"},
		"falling":                       {series(func(i int) float64 { return 0.8 - 0.03*float64(i) }, 200), nil, "Down 24 points"},
		"rising":                        {series(func(i int) float64 { return 0.5 + 0.03*float64(i) }, 200), nil, "Up 24 points"},
		"falling, too few to tell":      {series(func(i int) float64 { return 0.8 - 0.03*float64(i) }, 6), nil, "Too few answers"},
		"nothing":                       {nil, nil, "Too few answers"},
		"fell at a break, level since":  {series(func(i int) float64 { return 0.8 - 0.3*float64(i/6) }, 200), []Break{{Day: sampleDay + 42, Why: "x"}}, "No change beyond noise from 13 April"},
		"a break before the first week": {series(func(i int) float64 { return 0.8 - 0.03*float64(i) }, 200), []Break{{Day: sampleDay + 1, Why: "x"}}, "Down 24 points"},
	} {
		if got := TrendOf(r, "x", sampleScale, tt.points, tt.breaks).Finding; !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
