// Package praise is where good words are read by more people than the one they are for: her team, if she lets it; and
// everybody, if the customer lets the company. Texts in its views are in the reader's language already.
package praise

import "github.com/journeyloop/journeyloop/templates/ui"

// TeamPath is what employees let their team read.
const TeamPath = "/team/praise"

// TeamView is that page.
type TeamView struct {
	Quotes []ui.QuoteView
	Pager  ui.PagerView
}
