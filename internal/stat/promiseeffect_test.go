package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// planted draws deliveries whose ratings are made of known effects: −.05 a day, +.03 a day early, −.1 a day late, −.8 for
// missing it.
func planted(n int, promises []float64, noise float64) []RatedDelivery {
	random := rand.New(rand.NewPCG(11, uint64(n)))
	out := make([]RatedDelivery, n)
	for i := range out {
		d := RatedDelivery{Promised: promises[random.IntN(len(promises))], Took: float64(4 + random.IntN(12))}
		d.Rating = 4.5 - 0.05*d.Took + 0.03*d.early() - 0.1*d.late() - 0.8*d.missed() + noise*random.NormFloat64()
		out[i] = d
	}
	return out
}

func TestPromiseEffectFindsWhatWasPlanted(t *testing.T) {
	e, err := PromiseEffectOf(planted(4000, []float64{6, 8, 10, 12}, 0.5))
	if err != nil || e.UpperBound || e.Early == nil || e.Least != 6 || e.Longest != 12 {
		t.Fatal(e, err)
	}
	for sentence, c := range map[string]struct {
		got  Coefficient
		want float64
	}{"slower": {e.Slower, -0.05}, "early": {*e.Early, 0.03}, "late": {e.Late, -0.1}, "missed": {e.Missed, -0.8}} {
		if math.Abs(c.got.Slope-c.want) > 4*c.got.SE || c.got.SE > 0.06 {
			t.Errorf("%s: %+v, planted %v", sentence, c.got, c.want)
		}
	}
	if e.R2 < 0.3 || e.R2 > 0.9 {
		t.Errorf("R² %v", e.R2)
	}
}

// Without noise the counterfactual is exactly what the planted effects say of every delivery.
func TestPromisingOtherwise(t *testing.T) {
	ds := planted(500, []float64{6, 8, 10, 12}, 0)
	e, err := PromiseEffectOf(ds)
	if err != nil || !near(e.R2, 1) {
		t.Fatal(e.R2, err)
	}
	for q, outside := range map[float64]bool{6: false, 9: false, 12: false, 5: true, 15: true} {
		got, err := e.Promising(q)
		want := 0.0
		for _, d := range ds {
			n := RatedDelivery{q, d.Took, 0}
			want += (0.03*(n.early()-d.early()) - 0.1*(n.late()-d.late()) - 0.8*(n.missed()-d.missed())) / 500
		}
		if err != nil || !near(got.Change, want) || got.Extrapolated != outside || got.Low > got.Change || got.High < got.Change {
			t.Errorf("promising %v: %+v, want %v, %v", q, got, want, err)
		}
	}
	refused(t, map[string]error{
		"a negative promise":         second(e.Promising(-1)),
		"an endless promise":         second(e.Promising(math.Inf(1))),
		"an effect of no deliveries": second(PromiseEffect{}.Promising(3)),
	})
}

func TestOnePromiseIsAnUpperBound(t *testing.T) {
	e, err := PromiseEffectOf(planted(500, []float64{9}, 0.3))
	if err != nil || !e.UpperBound || e.Early != nil {
		t.Fatalf("%+v %v", e, err)
	}
	// What stands in "slower" is slowness less earliness: −.05 − .03.
	if math.Abs(e.Slower.Slope-(-0.08)) > 4*e.Slower.SE {
		t.Errorf("slower %+v", e.Slower)
	}
	if o, err := e.Promising(12); err != nil || !o.Extrapolated || o.Change <= 0 {
		t.Errorf("twelve days: %+v %v", o, err)
	}
}

func TestPromisesThatTellNothing(t *testing.T) {
	seed := make([]RatedDelivery, 120)
	for i := range seed {
		seed[i] = RatedDelivery{8, float64(12 + i%4), float64(1 + i%3)}
	}
	varied := make([]RatedDelivery, 120)
	for i := range varied {
		varied[i] = RatedDelivery{float64(20 + i%7), float64(5 + i%5), float64(1 + i%5)}
	}
	alone := planted(60, []float64{30, 32, 35}, 0.1)
	alone[0].Promised, alone[1].Promised = 1, 2
	for sentence, ds := range map[string][]RatedDelivery{
		"everything late, as in the seed": seed, "everything on time": varied, "two late ones only": alone,
	} {
		if _, err := PromiseEffectOf(ds); !errors.Is(err, ErrNotIdentifiable) {
			t.Errorf("%s: %v", sentence, err)
		}
	}
	var few *TooFew
	if _, err := PromiseEffectOf(seed[:49]); !errors.As(err, &few) || few.Need != 50 {
		t.Errorf("forty-nine: %v", err)
	}
	refused(t, map[string]error{"a negative wait": second(PromiseEffectOf([]RatedDelivery{{1, -1, 1}}))})

	for i := range varied {
		varied[i] = RatedDelivery{float64(5 + i%7), float64(4 + i%9), 3}
	}
	if e, err := PromiseEffectOf(varied); err != nil || e.R2 != 0 || !within(e.Late.Slope, 0, 1e-9) {
		t.Errorf("everybody content alike: %+v %v", e, err)
	}
}

// Everything measured in other points of the rating scales with it.
func TestPromiseEffectScales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, factor := rapid.IntRange(80, 300).Draw(t, "n"), rapid.Float64Range(0.1, 20).Draw(t, "factor")
		ds := planted(n, []float64{5, 8, 11}, 0.4)
		a, err := PromiseEffectOf(ds)
		if err != nil {
			t.Fatal(err)
		}
		for i := range ds {
			ds[i].Rating *= factor
		}
		b, err := PromiseEffectOf(ds)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "slope", b.Missed.Slope, factor*a.Missed.Slope)
		same(t, "error", b.Missed.SE, factor*a.Missed.SE)
		same(t, "R²", b.R2, a.R2)
	})
}

func FuzzPromiseEffect(f *testing.F) {
	f.Add([]byte("promises, promises and what became of them, every one of them rated by somebody who waited for it all day long; some of them twice, none of them happy, one of them early"), 9.0)
	f.Fuzz(func(t *testing.T, b []byte, q float64) {
		var ds []RatedDelivery
		for i := 2; i < len(b); i += 3 {
			ds = append(ds, RatedDelivery{float64(b[i-2] % 16), float64(b[i-1] % 16), float64(b[i] % 5)})
		}
		e, err := PromiseEffectOf(ds)
		if err != nil {
			return
		}
		if o, err := e.Promising(q); err == nil && !(o.SE >= 0) {
			t.Fatalf("%+v", o)
		}
	})
}
