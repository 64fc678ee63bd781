// Package words draws what dissatisfied customers say more often than satisfied ones. It gets the words as customers write
// them; what search makes of them travels only in a form's body, never in an address.
package words

import (
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// View is the words of one journey, one touchpoint, the teams of a supervisor, or the company.
type View struct {
	Title, Lead string
	About       string // what it is about: the name of a journey or touchpoint
	AboutIn     i18n.Lang
	Period      []ui.Tab // nil where the time is fixed
	Action      string   // where a word is sent to, to be read about
	Languages   []Language
	Empty       ui.EmptyView // shown where there is no language
	How         []string
}

// Language is the comments of one language.
type Language struct {
	Lang           i18n.Lang
	Title, Written string // how many comments were compared, in a sentence
	Sides          []Side
}

// Side is one side's words, the clearest first.
type Side struct {
	ID, Title, Mood string
	Words           []Word
}

// Word is one word with how often it is said and two quotations. Sent is what search makes of it.
type Word struct {
	Spelt, Sent, In, Read string
	Quotes                []string
}

// SaidView is the comments with one word.
type SaidView struct {
	Title, Note string // Note says that not all are shown
	Back        string
	Quotes      []ui.QuoteView
}
