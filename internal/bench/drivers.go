package bench

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// drivenBy is how many touchpoints the journey of the drivers has, on how many days.
const drivenBy, drivenDays = 14, 365

// Drivers measures the analysis of what drives a journey's score: of everybody who met all of its touchpoints, and with
// gaps. Its cost must not depend on how many answered, up to Size. It needs no database.
func Drivers(ctx context.Context, o Options) (Report, error) { return drivers(ctx, o, 1000) }

func drivers(ctx context.Context, o Options, resamples int) (Report, error) {
	r := Report{Bench: "drivers", Engine: "in memory", Unit: "analyses"}
	var things []*Thing
	limits := map[*Thing]float64{}
	for _, n := range []int{5_000, 50_000, o.Size} {
		for _, gaps := range []bool{false, true} {
			days, err := driven(n, gaps)
			if err != nil {
				return r, err
			}
			name, most := fmt.Sprintf("%d answers about %d touchpoints", n, drivenBy), 1.
			if gaps {
				name, most = name+", with gaps", 1.5
			}
			once := NewThing(name, 1, analysed([]stat.DriverSums{whole(days)}, 0, 100))
			things, limits[once] = append(things, once), most
			if gaps {
				again := NewThing(fmt.Sprintf("%s, %d resamples", name, resamples), 1, analysed(days, resamples, 1))
				things, limits[again] = append(things, again), 2000
			}
		}
	}
	if err := r.Measure(ctx, o, things...); err != nil {
		return r, err
	}
	for _, t := range things {
		r.AtMost("ms, "+t.name, t.Median(p50Of), limits[t])
	}
	few, many := things[1], things[len(things)-2]
	r.Ratios = append(r.Ratios, Ratio{Name: fmt.Sprintf("%d answers against 5000, with gaps", o.Size), Is: many.Against(few, p50Of), Met: true})
	return r, nil
}

// analysed works the same drivers out several times.
func analysed(days []stat.DriverSums, resamples, times int) func(ctx context.Context) (Lap, error) {
	return func(ctx context.Context) (Lap, error) {
		return Drive(ctx, 1, times, func(context.Context, int) error {
			_, err := stat.DriversOf(days, resamples, 1)
			return err
		})
	}
}

// driven are answers of people in good and in bad moods, by day; with gaps, three of ten did not meet a touchpoint.
func driven(n int, gaps bool) ([]stat.DriverSums, error) {
	r := rand.New(rand.NewPCG(5, 5))
	days := make([]stat.DriverSums, drivenDays)
	for d := range days {
		days[d] = stat.NewDriverSums(drivenBy)
	}
	answers := make([]stat.DriverAnswer, drivenBy)
	for i := range n {
		mood := r.NormFloat64()
		for j := range answers {
			answers[j] = stat.DriverAnswer{}
			if !gaps || r.Float64() > .3 {
				answers[j] = stat.DriverAnswer{Met: true, Rated: true, Value: near(3.5+mood/2+r.NormFloat64(), 1, 5)}
			}
		}
		if err := days[i%drivenDays].Add(near(7+mood+r.NormFloat64(), 0, stat.MaxAnswer), answers, 1); err != nil {
			return nil, err
		}
	}
	return days, nil
}

func near(x float64, lo, hi int) int { return min(hi, max(lo, int(math.Round(x)))) }

// whole is all days in one.
func whole(days []stat.DriverSums) stat.DriverSums {
	out := stat.NewDriverSums(drivenBy)
	for _, d := range days {
		out.N += d.N
		for i, x := range d.Sums {
			out.Sums[i] += x
		}
		for i, x := range d.Cross {
			out.Cross[i] += x
		}
	}
	return out
}
