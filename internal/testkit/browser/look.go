package browser

import (
	"context"
	_ "embed"

	"github.com/chromedp/chromedp"
)

//go:embed look.js
var look string

// Sight is what somebody who looks at a page would find wrong with its layout, one line each.
type Sight struct {
	Overflow []string // the page is wider than the window, and what sticks out
	Overlaps []string // two texts, or a text and a field, on one spot
	Cut      []string // words of which a part cannot be seen or scrolled to
	Moves    []string // what still moves although the reader asked for rest; see Prefers
}

// All lists every finding with its kind.
func (s Sight) All() []string {
	var out []string
	for _, kind := range []struct {
		name  string
		lines []string
	}{{"wider than the window", s.Overflow}, {"one on the other", s.Overlaps}, {"cut off", s.Cut}, {"moves", s.Moves}} {
		for _, line := range kind.lines {
			out = append(out, kind.name+": "+line)
		}
	}
	return out
}

// Look looks at the page that is open, as it is drawn now.
func Look(ctx context.Context) (Sight, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[Sight](look))
}
