// Package praise is where good words are read by more people than the one they are for: her team, if she lets it; and
// everybody, if the customer lets the company. Texts in its views are in the reader's language already.
package praise

import (
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// TeamPath is what employees let their team read, ChoicePath where the company chooses what everybody may on PublicPath.
const (
	PublicPath = "/praise"
	TeamPath   = "/team/praise"
	ChoicePath = "/praise/choice"
)

// TeamView is that page.
type TeamView struct {
	Quotes []ui.QuoteView
	Pager  ui.PagerView
	Choice bool // she may also choose what everybody reads
}

// ChoiceView is what customers let the company publish.
type ChoiceView struct {
	Public  bool // the company does
	MaySet  bool
	Address string // of the page for everybody
	Badge   string
	Offers  []Offer
	Pager   ui.PagerView
}

// Offer is one customer's words.
type Offer struct {
	ID        int64
	Words     string
	By        string
	Journey   string
	JourneyIn i18n.Lang
	Published bool
}
