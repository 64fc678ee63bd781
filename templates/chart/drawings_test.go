package chart

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// drawings are the charts that have their own signs, with their sample data.
func drawings(r *i18n.Reader) map[string]templ.Component {
	return map[string]templ.Component{
		"quadrant": Quadrant(SampleQuadrant(r)),
		"dumbbell": Dumbbell(SampleDumbbell(r)),
		"path":     Path(SamplePath(r)),
		"calendar": Calendar(SampleCalendar(r)),
		"control":  Trend(SampleControl(r)),
	}
}

func TestDrawingsSpeakEveryLanguage(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reader(lang)
		for name, c := range drawings(r) {
			t.Run(string(lang)+" "+name, func(t *testing.T) { sound(t, r, render(t, r, c)) })
		}
	}
}

// sound checks what holds for every chart.
func sound(t *testing.T, r *i18n.Reader, html string) {
	t.Helper()
	for what, bad := range map[string]bool{"a missing key": strings.Contains(html, "⟦"), "NaN": strings.Contains(html, "NaN"), "Inf": strings.Contains(html, "Inf"),
		"style or script": inline.MatchString(html), "a colour": colour.MatchString(html)} {
		if bad {
			t.Errorf("%s in\n%s", what, html)
		}
	}
	doc := parse(t, html)
	if title := doc.Find("#" + doc.Find("figure.chart").AttrOr("aria-labelledby", "-")); strings.TrimSpace(title.Text()) == "" {
		t.Error("the figure has no finding")
	}
	if doc.Find("figure table tbody tr").Length() == 0 {
		t.Error("no table says the same")
	}
	doc.Find(".mark").Each(func(_ int, m *goquery.Selection) {
		if strings.TrimSpace(m.ChildrenFiltered("title").Text()) == "" && m.AttrOr("aria-label", "") == "" {
			t.Error("a mark says nothing")
		}
	})
	if text := doc.Text(); r.Lang() == i18n.Persian && latinDigit.MatchString(text) {
		t.Errorf("Latin digits in Persian: %s", text)
	}
	within(t, doc)
}

// within checks that everything is drawn inside the drawing's width.
func within(t *testing.T, doc *goquery.Document) {
	t.Helper()
	for _, attr := range []string{"x", "x1", "x2", "cx"} {
		doc.Find(".chart-body svg [" + attr + "$='%']").Each(func(_ int, s *goquery.Selection) {
			x, err := strconv.ParseFloat(strings.TrimSuffix(s.AttrOr(attr, ""), "%"), 64)
			if err != nil || x < 0 || x > 100 {
				t.Errorf("%s at %s", goquery.NodeName(s), s.AttrOr(attr, ""))
			}
		})
	}
}

// sentences are what the marks of a chart answer.
func sentences(doc *goquery.Document) (out []string) {
	doc.Find(".chart-body .mark").Each(func(_ int, m *goquery.Selection) {
		out = append(out, m.ChildrenFiltered("title").Text()+m.AttrOr("aria-label", ""))
	})
	return out
}

// twin is a chart's table, row by row.
func twinOf(doc *goquery.Document) (out [][]string) {
	doc.Find(".chart-twin tbody tr").Each(func(_ int, tr *goquery.Selection) {
		var row []string
		tr.Find("th, td").Each(func(_ int, c *goquery.Selection) { row = append(row, c.Text()) })
		out = append(out, row)
	})
	return out
}

func TestRightToLeftIsTheMirrorImage(t *testing.T) {
	for name := range drawings(reader(i18n.English)) {
		if name == "calendar" {
			continue // a table: the page's direction turns it round
		}
		left, right := parse(t, render(t, reader(i18n.English), drawings(reader(i18n.English))[name])), parse(t, render(t, reader(i18n.Persian), drawings(reader(i18n.Persian))[name]))
		places := func(doc *goquery.Document, mirrored bool) (out []float64) {
			doc.Find(".chart-body .mark circle, .chart-body text.name").Each(func(_ int, c *goquery.Selection) {
				x, err := strconv.ParseFloat(strings.TrimSuffix(c.AttrOr("cx", c.AttrOr("x", "")), "%"), 64)
				if err != nil {
					t.Fatal(err)
				}
				if mirrored {
					x = 100 - x
				}
				out = append(out, x)
			})
			return out
		}
		a, b := places(left, false), places(right, true)
		if name == "path" { // names take one line or two, as their length wants: compare places once each
			a, b = distinct(a), distinct(b)
		}
		if len(a) != len(b) || len(a) == 0 {
			t.Fatalf("%s: %d against %d marks", name, len(a), len(b))
		}
		for i := range a {
			if math.Abs(a[i]-b[i]) > 0.11 {
				t.Errorf("%s: mark %d at %v, mirrored %v", name, i, a[i], b[i])
			}
		}
	}
}

func distinct(xs []float64) (out []float64) {
	seen := map[float64]bool{}
	for _, x := range xs {
		if k := math.Round(x*5) / 5; !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}

// heaviest are the charts at realistic maximum data.
func heaviest(r *i18n.Reader) map[string]templ.Component {
	return map[string]templ.Component{
		"quadrant": Quadrant(heaviestQuadrant(r)),
		"dumbbell": Dumbbell(heaviestDumbbell(r)),
		"path":     Path(heaviestPath(r)),
		"calendar": Calendar(heaviestCalendar(r)),
	}
}

func heaviestQuadrant(r *i18n.Reader) QuadrantView {
	v := SampleQuadrant(r)
	v.Points = nil
	for i := range 10 {
		x, y := float64(3+7*(i%6)), float64(50+4*(i*5%11))
		v.Points = append(v.Points, QuadrantPoint{Name: sampleName(r, i), Importance: &x, ImportanceLow: new(x - 2.5), ImportanceHigh: new(x + 3.5),
			Performance: &y, PerformanceLow: new(y - 4.4), PerformanceHigh: new(y + 4.4), N: 12_345, Level: stat.Solid})
	}
	return v
}

func heaviestDumbbell(r *i18n.Reader) DumbbellView {
	v := SampleDumbbell(r)
	v.Rows = nil
	for i := range 8 {
		v.Rows = append(v.Rows, DumbbellRowOf(sampleName(r, i), sampleScale, sampleTally(2345, .5+.03*float64(i)), sampleTally(1234, .75-.02*float64(i))))
	}
	return v
}

// heaviestPath goes along eight touchpoints, with as many steps as one drawing carries.
func heaviestPath(r *i18n.Reader) PathView {
	var walks []stat.Walked
	for i := range 2000 {
		var w stat.Walked
		for p := int64(1); p <= 8; p++ {
			if (i+int(p))%7 != 0 {
				w.Visits = append(w.Visits, stat.Visit{Place: p, Wait: 27 * 3600e9, Promise: stat.Kept})
			}
			if (i+int(p))%13 == 0 && p > 2 {
				w.Visits = append(w.Visits, stat.Visit{Place: p - 1, Wait: 5 * 3600e9})
			}
		}
		w.GaveUp = i%9 == 0
		walks = append(walks, w)
	}
	v := SamplePath(r)
	v.Process = stat.ProcessOf(walks).Shown()
	v.Names = map[int64]string{}
	for i := range 8 {
		v.Names[int64(i+1)] = sampleName(r, i)
	}
	return v
}

// heaviestCalendar is twelve weeks of somebody who is rated every working day.
func heaviestCalendar(r *i18n.Reader) CalendarView {
	v := SampleCalendar(r)
	v.Days = nil
	for day := v.From; day <= v.To; day++ {
		if day%7 < 5 {
			d := CalendarDay{Day: day, Positive: 1 + int(day%4), Href: "?day=2026-03-05"}
			switch day % 4 {
			case 0:
				d.Negative = 1
			case 1:
				d.Neutral = 2
			}
			v.Days = append(v.Days, d)
		}
	}
	return v
}

// A page carries several charts: a drawing is 10 kB at most, its table beside it.
func TestWeight(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reader(lang)
		for name, c := range heaviest(r) {
			html := render(t, r, c)
			sound(t, r, html)
			_, body, _ := strings.Cut(html, `<div class="chart-body">`)
			body, _, _ = strings.Cut(body, `<output`)
			t.Logf("%s %s: %d bytes, drawing %d", lang, name, len(html), len(body))
			if len(body) > 10_000 {
				t.Errorf("%s %s: %d bytes", lang, name, len(body))
			}
		}
	}
}

func BenchmarkDrawings(b *testing.B) {
	r := reader(i18n.Persian)
	ctx := i18n.With(context.Background(), r)
	for name, c := range heaviest(r) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := c.Render(ctx, io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// For whoever wants to look: DRAWING_SHEET=folder go test -run DrawingSheet writes a page per language.
func TestDrawingSheet(t *testing.T) {
	folder := os.Getenv("DRAWING_SHEET")
	if folder == "" {
		folder = t.TempDir()
	}
	for _, lang := range i18n.Languages {
		r := reader(lang)
		var b strings.Builder
		b.WriteString(`<!doctype html><html lang="` + string(lang) + `" dir="` + lang.Dir() + `"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="app.css"><script src="chart.js" defer></script><body><main class="frame stack">`)
		for _, name := range []string{"quadrant", "dumbbell", "path", "calendar"} {
			b.WriteString(`<section class="card">` + render(t, r, drawings(r)[name]) + `</section>`)
		}
		if err := os.WriteFile(filepath.Join(folder, string(lang)+".html"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
