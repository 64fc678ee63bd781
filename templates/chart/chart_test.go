package chart

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

func reader(lang i18n.Lang) *i18n.Reader { return i18n.NewReader(lang, "", time.UTC) }

func render(t testing.TB, r *i18n.Reader, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(i18n.With(context.Background(), r), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parse(t *testing.T, html string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// samples are the charts of this package with their sample data.
func samples(r *i18n.Reader) map[string]templ.Component {
	return map[string]templ.Component{
		"trend":        Trend(SampleTrend(r)),
		"distribution": Distribution(SampleDistribution(r)),
		"heat":         Heat(SampleHeat(r)),
		"strip":        Strip(SampleStrip(r)),
	}
}

var (
	inline     = regexp.MustCompile(`(?i)<style|<script|\sstyle\s*=|\son[a-z]+\s*=|javascript:`)
	latinDigit = regexp.MustCompile(`[0-9]`)
	colour     = regexp.MustCompile(`#[0-9a-fA-F]{3,8}"|rgb\(`)
)

func TestEveryChartSpeaksEveryLanguageWithinThePolicy(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reader(lang)
		for name, c := range samples(r) {
			t.Run(string(lang)+" "+name, func(t *testing.T) {
				html := render(t, r, c)
				for what, bad := range map[string]bool{"a missing key": strings.Contains(html, "⟦"), "NaN": strings.Contains(html, "NaN"), "Inf": strings.Contains(html, "Inf"),
					"style or script": inline.MatchString(html), "a colour": colour.MatchString(html)} {
					if bad {
						t.Errorf("%s in\n%s", what, html)
					}
				}
				doc := parse(t, html)
				figure := doc.Find("figure.chart")
				if title := doc.Find("#" + figure.AttrOr("aria-labelledby", "-")); title.Length() != 1 || strings.TrimSpace(title.Text()) == "" {
					t.Error("the figure has no finding")
				}
				if doc.Find(".chart-twin table tbody tr, table.heat tbody tr").Length() == 0 {
					t.Error("no table says the same")
				}
				first := doc.Find(".mark[tabindex='0']")
				if written := doc.Find("table.heat, ol.strip"); written.Length() == 0 && (first.Length() != 1 || doc.Find(".mark").Length() < 2) {
					t.Errorf("%d marks in the tab order of %d", first.Length(), doc.Find(".mark").Length())
				}
				doc.Find(".mark").Each(func(_ int, m *goquery.Selection) {
					if strings.TrimSpace(m.ChildrenFiltered("title").Text()) == "" && m.AttrOr("aria-label", "") == "" {
						t.Error("a mark says nothing")
					}
				})
				if text := doc.Text(); lang == i18n.Persian && latinDigit.MatchString(text) {
					t.Errorf("Latin digits in Persian: %s", latinDigit.FindString(text))
				}
			})
		}
	}
}

// For whoever wants to look: CHART_SHEET=folder go test -run Sheet writes a page per language.
func TestSheet(t *testing.T) {
	folder := os.Getenv("CHART_SHEET")
	if folder == "" {
		folder = t.TempDir()
	}
	for _, lang := range i18n.Languages {
		r := reader(lang)
		var b strings.Builder
		b.WriteString(`<!doctype html><html lang="` + string(lang) + `" dir="` + lang.Dir() + `"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="app.css"><script src="chart.js" defer></script><body><main class="frame stack">`)
		for _, name := range []string{"trend", "distribution", "heat", "strip"} {
			b.WriteString(`<section class="card">` + render(t, r, samples(r)[name]) + `</section>`)
		}
		if err := os.WriteFile(filepath.Join(folder, string(lang)+".html"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
