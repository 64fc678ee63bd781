package company

import "github.com/journeyloop/journeyloop/templates/ui"

// LoopView is how customers are won back: what stands first in a few numbers, then each in a table.
type LoopView struct {
	Period   []ui.Tab
	Cards    []LoopCard
	Sections []Measure // none: no case was opened in this time
}

// LoopCard is one number; Figure names the question it answers.
type LoopCard struct{ Figure, Label, Value, Hint string }
