package touchpoints

import (
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// PromiseView is what a touchpoint promised, what came of it and which promise can be kept.
type PromiseView struct {
	ID      int64
	Name    string
	NameIn  i18n.Lang // as Line has it
	Period  []ui.Tab
	Clocks  []ui.Tab // calendar and business days, where it promised in both
	None    bool     // nothing was promised in this time
	Few     bool     // too little is known of it to be told
	Finding string
	Advice  string
	Sure    string // how sure the advice is; "" where there is none
	Keeps   bool   // what is promised now can be kept
	Open    []string
	Cards   []PromiseCard
	Gaps    chart.DistributionView
	Curve   chart.TrendView
	Weeks   chart.TrendView
	Ratings []PromiseRatings
	Teams   []PromiseTeam
	Broken  string // where the walks with broken promises are
	How     []ui.Fact
}

// PromiseCard is one figure with its sentence.
type PromiseCard struct{ Label, Value, Hint string }

// PromiseRatings is how customers rated beside what became of the promise.
type PromiseRatings struct {
	Title string
	Rows  []PromiseRated
	Notes []string
}

// PromiseRated is one line of them; a mean with its interval and count, or why there is none.
type PromiseRated struct{ Name, Mean, Interval, N string }

// PromiseTeam is what one team promised.
type PromiseTeam struct {
	Name                                 string
	NameIn                               i18n.Lang // as Line has it
	Promised, Took, Kept, Interval, Safe string
	N                                    string
}

func (v PromiseView) tone() ui.Tone {
	if v.Keeps {
		return ui.Success
	}
	return ui.Warning
}
