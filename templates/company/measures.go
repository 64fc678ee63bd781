package company

import (
	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// MeasuresView is managers' measures, each with its sentence, its table and how it is computed.
type MeasuresView struct {
	Period   []ui.Tab
	Sections []Measure
}

// Measure is one of them. Said stands before the table; More are further sentences below it.
type Measure struct {
	ID, Title, Said string
	More            []string
	First           string   // what the rows are; "" journeys
	Columns         []string // after that
	Rows            []MeasureRow
	How             templ.Component
}

// MeasureRow is one of what the rows are; Href "" leads nowhere.
type MeasureRow struct {
	Name   string
	NameIn i18n.Lang
	Href   string
	Cells  []MeasureCell
}

// NoMeasure stands where a measure is not told of a journey.
const NoMeasure = "–"

// MeasureCell is one value in words: the value, its interval, how many it rests on. Without a value Note says why.
type MeasureCell struct {
	Value, Range, Of, Note string
	Level                  stat.Level
	Figure                 string // the question it answers; "" where nobody can ask it again
}

// blank says that there is nothing to say here for a journey alone; a phone leaves such a cell out.
func (c MeasureCell) blank() bool { return c == MeasureCell{Note: NoMeasure} }

// heads are the columns of the table, the first for what the rows are.
func (m Measure) heads(first string) []ui.Column {
	out := []ui.Column{{Label: first}}
	for _, c := range m.Columns {
		out = append(out, ui.Column{Label: c})
	}
	return out
}
