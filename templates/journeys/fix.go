package journeys

import (
	"strconv"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// FixView is what to fix first on a journey, and why.
type FixView struct {
	Head     string  // what to fix first, in one sentence
	Spoiler  Spoiler // of a touchpoint that is not in First
	Note     string  // why the ranking is not what it could be yet, or why there is none; "" says nothing
	First    []FixItem
	More     []FixItem
	Rest     []string // touchpoints that are not ranked, in sentences
	Quadrant *chart.QuadrantView
	How      []ui.Fact
	Drivers  []FixDriver
}

// FixItem is one touchpoint of the ranking.
type FixItem struct {
	Touchpoint int64
	Rank       int
	Name, Href string
	NameIn     i18n.Lang // another language than the reader's, where the name is in one
	Spoiler    Spoiler   // what its customers say of the journey, beside the others
	Why        string    // the sentence that explains the rank
	Chance     bool      // its effect cannot be told from chance yet
	Swing      string    // what would change it; "" when nothing does
	Factors    []FixFactor
	Uplift     string // the predicted uplift with its if; "" when there is none
	Promise    string // where what came of its promises is told; "" where it promises nothing
	Estimate   string // where an estimate of the effort goes; "" for whoever may not estimate
	Days       string // the estimate as typed or kept
	Problem    string // what is wrong with it
}

// FixFactor is one factor with what it rests on and where the answers behind it are.
type FixFactor struct{ Name, Value, Detail, Href string }

// FixDriver is one line of how importance came out.
type FixDriver struct{ Name, Share, Slope, Meeting, Rated string }

// Blame puts what is said of a touchpoint to its place in the ranking, or above it when it is not among the first.
func (v *FixView) Blame(touchpoint int64, s Spoiler) {
	for i := range v.First {
		if v.First[i].Touchpoint == touchpoint {
			v.First[i].Spoiler = s
			return
		}
	}
	v.Spoiler = s
}

// field is the element id of its estimate.
func (i FixItem) field() string { return "days-" + strconv.FormatInt(i.Touchpoint, 10) }

// refused reports whether the estimate typed for it could not be taken.
func (i FixItem) refused() bool { return i.Problem != "" }
