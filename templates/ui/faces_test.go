package ui_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/faces"
)

var (
	ownStyle   = regexp.MustCompile(`(?i)<style|\sstyle\s*=`)
	ownColour  = regexp.MustCompile(`(?i)"#[0-9a-f]{3,8}"|rgba?\(|hsla?\(`)
	latinDigit = regexp.MustCompile(`[0-9]`)
)

// What /dev/faces shows is what is tested here.
func TestEveryFaceInEveryLanguage(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := faces.Reader(lang)
		for _, group := range faces.All() {
			for _, sample := range group.Samples {
				t.Run(string(lang)+" "+sample.Name, func(t *testing.T) {
					html := render(t, faces.In(r, sample))
					if strings.Contains(html, "⟦") {
						t.Errorf("a key or an argument is missing:\n%s", html)
					}
					if ownStyle.MatchString(html) {
						t.Errorf("style outside the style sheet:\n%s", html)
					}
					if ownColour.MatchString(html) {
						t.Errorf("a colour that is not a token:\n%s", html)
					}
					doc := parse(t, html)
					doc.Find("[dir]").Each(func(_ int, s *goquery.Selection) {
						if spoken, ok := i18n.Known(s.AttrOr("lang", "")); ok && s.AttrOr("dir", "") != spoken.Dir() {
							t.Errorf("%s runs %s", spoken, s.AttrOr("dir", ""))
						}
					})
					if text := doc.Find("body").Text(); lang == i18n.Persian && latinDigit.MatchString(text) {
						t.Errorf("Latin digits for a Persian reader: %q", text)
					}
				})
			}
		}
	}
}

func TestTheFacesPageShowsEachInItsOwnLanguageAndDirection(t *testing.T) {
	n := 0
	for _, g := range faces.All() {
		n += len(g.Samples)
	}
	for _, tt := range []struct {
		sentence string
		view     faces.View
		want     int
	}{
		{"all four side by side", faces.View{}, 4 * n},
		{"one language", faces.View{Only: "fa"}, n},
		{"a language there is not", faces.View{Only: "xx"}, 4 * n},
	} {
		boxes := parse(t, render(t, faces.Page(tt.view))).Find(".face-box")
		if boxes.Length() != tt.want {
			t.Errorf("%s: %d boxes, want %d", tt.sentence, boxes.Length(), tt.want)
		}
		boxes.Each(func(_ int, s *goquery.Selection) {
			if lang, ok := i18n.Known(s.AttrOr("lang", "")); !ok || s.AttrOr("dir", "") != lang.Dir() {
				t.Errorf("%s: lang=%q dir=%q", tt.sentence, s.AttrOr("lang", ""), s.AttrOr("dir", ""))
			}
		})
	}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(i18n.With(context.Background(), faces.Reader(i18n.English)), &b); err != nil {
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
