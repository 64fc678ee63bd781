// Package chart draws figures for those who would rather look than read: a finding as the title, a drawing, the sentence
// behind every mark, and the same as a table. Drawn here on the server, so that axes run from right to left, digits and
// dates are the reader's, and nothing needs a script; chart.js only lets arrow keys walk the marks and shows their sentence.
//
// A chart is one View (plain numbers and words already in the reader's language, with its Frame), one component, one
// Sample… for the page of faces and the tests. Every interval is drawn, an indicative figure is drawn hollow, a hidden one is
// hatched and tells nothing, nowhere. Colour never says anything alone.
//
// It is not for computing figures (stat, insight), for asking anything, or for deciding what may be shown: whoever fills a
// View has hidden what must be hidden, and a chart only takes care not to show what is marked so.
//
// The outer svg has no viewBox, so that text keeps its size on a phone: x is in percent, y in pixels; lines and areas are
// drawn in a nested svg that stretches. See pencil.
package chart

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Frame says what a chart shows to those who look and to those who cannot.
type Frame struct {
	ID      string          // element id, unique on the page
	Finding string          // the title: a sentence that states what is to be seen, in the reader's language
	About   string          // how to read it, one sentence; the drawing's description
	Twin    Twin            // the same as a table
	Empty   string          // why there is nothing to draw; "" draws
	Key     []Sign          // what the signs mean
	How     templ.Component // how it is computed, in words; nil shows nothing
}

// Twin is a chart as a table; a row's first cell is its head.
type Twin struct {
	Head    []string
	Numeric []bool
	Rows    [][]string
}

func (t Twin) class(column int) string {
	if column < len(t.Numeric) && t.Numeric[column] {
		return "num"
	}
	return ""
}

// Sign explains one way of drawing a mark. Class is the mark's own: solid, hollow, hatched, line, band, break.
type Sign struct{ Class, Text string }

func (f Frame) title() string { return f.ID + "-title" }
func (f Frame) about() string { return f.ID + "-about" }

// drawing is a component made of markup that a pencil wrote.
func drawing(svg string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, svg)
		return err
	})
}

// hidden says that a mark must tell nothing but that it is there.
func hidden(l stat.Level) bool { return l == stat.Suppressed }

// silent says that there is nothing to tell.
func silent(l stat.Level, value *float64) bool { return l == stat.None || value == nil }

// How says how a chart is computed, one sentence after the other.
func How(sentences ...string) templ.Component {
	return drawing(templ.EscapeString(strings.Join(sentences, " ")))
}

// HowOf says how a score and its changes are computed (methods.md §1.1, §1.2, §1.3, §1.11).
func HowOf(r *i18n.Reader, m stat.Metric) templ.Component {
	return drawing(templ.EscapeString(r.T("chart.how_" + string(m))))
}

// Wording is what a chart counts, where that is not answers: keys of messages.
type Wording struct {
	Value  string // "Score"
	Count  string // "5 answers", with its plural
	Counts string // "Answers"
	Hidden string // "{{.when}}: hidden …"
	None   string // "{{.when}}: no answers"
	Few    string // "Few answers: indicative."
	Solid  string // "{{.solid}} answers or more"
}

// or is w, or that of answers.
func (w Wording) or() Wording {
	if w == (Wording{}) {
		return Wording{"chart.value", "common.answers", "chart.answers", "chart.point.hidden", "chart.point.none", "chart.point.indicative", "chart.sign.solid"}
	}
	return w
}
