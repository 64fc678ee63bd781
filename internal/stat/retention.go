package stat

import "fmt"

// Customers is the book of a period: who was there at its start, who at its end, and how many of those at the end came
// within it. Count by identity, so that one who left and came back is not new.
type Customers struct{ Start, End, New int64 }

// stayed is E − N: those of the start who are there at the end.
func (c Customers) stayed() (int64, error) {
	stayed := c.End - c.New
	if min(c.Start, c.End, c.New) < 0 || stayed < 0 || stayed > c.Start {
		return 0, fmt.Errorf("customers: %d at the start, %d at the end with %d new ones: cannot be", c.Start, c.End, c.New)
	}
	return stayed, nil
}

// Retention is how many customers were kept (methods.md §1.4).
type Retention struct {
	Kept Rate `json:"kept"` // (E − N) / S, the definition to use

	// EndPerStart is E / S, the seed's definition: new customers raise it, and it can exceed 1. It is for those who know
	// the figure by that definition and always labelled so; nil when nobody was there at the start.
	EndPerStart *float64 `json:"end_per_start"`
}

// RetentionOf is the retention of a period, shares 0..1 (methods.md §1.4). An error when more stayed than there were.
func RetentionOf(c Customers) (Retention, error) {
	stayed, err := c.stayed()
	if err != nil {
		return Retention{}, fmt.Errorf("retention: %w", err)
	}
	kept, _ := RateOf(stayed, c.Start) // stayed has been checked
	out := Retention{Kept: kept}
	if c.Start > 0 {
		ratio := float64(c.End) / float64(c.Start)
		out.EndPerStart = &ratio
	}
	return out, nil
}

// Attrition is how many customers left (methods.md §1.5).
type Attrition struct {
	PerStart Rate `json:"per_start"` // lost / S, which is 1 − retention; the definition to use

	// PerAverage is lost per average of start and end; nil when there was nobody at all. It has no interval: those at the
	// end are not those who could leave.
	PerAverage *float64 `json:"per_average"`
	// StayedPerAverage is what the seed's text literally says, a slip of translation; for export under that name only.
	StayedPerAverage *float64 `json:"seed001_literal_stayed_per_average"`
}

// AttritionOf is the attrition of a period (methods.md §1.5). An error when more stayed than there were.
func AttritionOf(c Customers) (Attrition, error) {
	stayed, err := c.stayed()
	if err != nil {
		return Attrition{}, fmt.Errorf("attrition: %w", err)
	}
	lost := c.Start - stayed
	perStart, _ := RateOf(lost, c.Start)
	out := Attrition{PerStart: perStart}
	if average := (float64(c.Start) + float64(c.End)) / 2; average > 0 {
		perAverage, literal := float64(lost)/average, float64(stayed)/average
		out.PerAverage, out.StayedPerAverage = &perAverage, &literal
	}
	return out, nil
}

// OverPeriods is the retention of periods in a row, shares 0..1: their product, never their mean times twelve (methods.md
// §1.4). An error for no periods, or for one outside 0..1.
func OverPeriods(kept []float64) (float64, error) {
	if len(kept) == 0 {
		return 0, fmt.Errorf("retention over periods: none given")
	}
	product := 1.0
	for _, r := range kept {
		if !(r >= 0 && r <= 1) {
			return 0, fmt.Errorf("retention over periods: %v is no share", r)
		}
		product *= r
	}
	return product, nil
}
