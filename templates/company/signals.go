package company

import (
	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// SignalsView is what changed and stayed so. Budget says what false alarms are put up with; who may set that has a field.
type SignalsView struct {
	List        []Signal
	Budget, Few string
	How         templ.Component
	MaySet      bool
	Problems    []fault.Field // of the form
	Tolerated   ui.FieldView
}

// Signal is one touchpoint in a sentence; Href leads to its chart.
type Signal struct {
	Text, Href string
	Better     bool
}

func (s Signal) tone() ui.Tone { return Change{Better: s.Better}.tone() }
