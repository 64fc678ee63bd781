package respond

import "github.com/journeyloop/journeyloop/internal/i18n"

// PublishedPath is the page for everybody, BadgePath its figure as a picture.
const (
	PublishedPath = "/praise"
	BadgePath     = "/praise/badge.svg"
)

// PublishedView is the page for everybody.
type PublishedView struct {
	Frame  Frame
	Figure *FigureView // nil where too few answered
	Words  []PublishedWords
}

// FigureView is a figure with its interval, how many it rests on and when they answered, in words.
type FigureView struct{ Score, Basis string }

// PublishedWords are one customer's.
type PublishedWords struct {
	Text      string
	Lang      string // "" where it is not known
	By        string // her first name, or that she is a customer
	Journey   string
	JourneyIn i18n.Lang
}

// BadgeView is the figure as a picture.
type BadgeView struct{ Company, Score, Basis, Period string }
