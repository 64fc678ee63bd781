package stat

import "fmt"

// Band is a word for how high an NPS is.
type Band string

// The bands of seed 002, and those usually credited to Bain (methods.md §1.1).
const (
	NotValued  Band = "not_valued" // below 10
	Recognised Band = "recognised" // 10..50
	Favourite  Band = "favourite"  // above 50

	Poor       Band = "poor"        // 0 or below
	Good       Band = "good"        // above 0
	Favourable Band = "favourable"  // above 20
	Excellent  Band = "excellent"   // above 50
	WorldClass Band = "world_class" // above 80
)

// Bands is the band of either end of an interval.
type Bands struct{ Low, High Band }

// Sure tells whether the whole interval lies in one band: only then is there one to print; otherwise it is between both.
func (b Bands) Sure() bool { return b.Low != "" && b.Low == b.High }

// SeedBands are the bands of seed 002 that the interval of an NPS reaches from and to; BainBands the other set (methods.md
// §1.1). Both are zero when the figure is not solid (§1.0). They are not for comparing countries, whose habits of answering
// differ. An error when the scale is not one of NPS.
func SeedBands(s Scale, f Figure) (Bands, error) { return bands(s, f, seedBand) }

// BainBands are like SeedBands, by the set usually credited to Bain.
func BainBands(s Scale, f Figure) (Bands, error) { return bands(s, f, bainBand) }

func bands(s Scale, f Figure, of func(float64) Band) (Bands, error) {
	if s.Check() != nil || s.Metric != NPS {
		return Bands{}, fmt.Errorf("bands: %s is no NPS", s)
	}
	if f.Level != Solid || f.Low == nil || f.High == nil {
		return Bands{}, nil
	}
	return Bands{of(*f.Low), of(*f.High)}, nil
}

func seedBand(nps float64) Band {
	switch {
	case nps > 50:
		return Favourite
	case nps >= 10:
		return Recognised
	}
	return NotValued
}

func bainBand(nps float64) Band {
	switch {
	case nps > 80:
		return WorldClass
	case nps > 50:
		return Excellent
	case nps > 20:
		return Favourable
	case nps > 0:
		return Good
	}
	return Poor
}
