package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// methods.md §6.1 [C], which agree with Lucas & Saccucci 1990; its 370 is Shewhart's 370.4.
func TestLimitsOfTheTable(t *testing.T) {
	for lambda, row := range map[float64]map[float64]float64{
		0.2: {370.398: 2.8593, 500: 2.9622, 1000: 3.1866, 2000: 3.3954},
		0.1: {370.398: 2.7015, 500: 2.8143, 1000: 3.0586, 2000: 3.2834},
	} {
		for arl, want := range row {
			if l, err := LimitFor(lambda, arl); err != nil || !within(l, want, 1.5e-4) {
				t.Errorf("λ %v, ARL %v: %v, want %v, %v", lambda, arl, l, want, err)
			}
		}
	}
}

// With all weight on the newest point the chart is Shewhart's: 370.4 at three sigma, 43.9 and 6.3 after one and two.
func TestRunLengthOfShewhart(t *testing.T) {
	for shift, want := range map[float64]float64{0: 370.398, 1: 43.895, 2: 6.303} {
		if l, err := RunLength(1, 3, shift); err != nil || !within(l, want, 2e-3) {
			t.Errorf("shift %v: %v %v", shift, l, err)
		}
	}
	// methods.md §6.1: a shift of 1σ is found in about 10 points, 2σ in about 3.6.
	one, _ := RunLength(0.2, 2.8593, 1)
	two, _ := RunLength(0.2, 2.8593, 2)
	if !within(one, 9.6, 0.6) || !within(two, 3.6, 0.2) {
		t.Errorf("1σ in %v, 2σ in %v", one, two)
	}
	refused(t, map[string]error{
		"no weight":             second(RunLength(0, 3, 0)),
		"no limit":              second(RunLength(0.2, 0, 0)),
		"a shift of nothing":    second(RunLength(0.2, 3, math.NaN())),
		"too much weight":       second(LimitFor(1.1, 370)),
		"a run length too long": second(LimitFor(0.2, 1e9)),
	})
}

// methods.md §6.1: 40 charts at 370 sound 5.6 times a year, 200 charts 28 times.
func TestAlarmBudget(t *testing.T) {
	for charts, want := range map[int64]float64{40: 5.62, 200: 28.1} {
		if n, err := (AlarmBudget{charts}).Alarms(370); err != nil || !within(n, want, 0.01) {
			t.Errorf("%d charts: %v %v", charts, n, err)
		}
	}
	if arl, err := (AlarmBudget{200}).RunLength(10); err != nil || arl != 1040 {
		t.Errorf("%v %v", arl, err)
	}
	refused(t, map[string]error{
		"no false alarm at all": second(AlarmBudget{4}.RunLength(0)),
		"fewer than no charts":  second(AlarmBudget{-1}.Alarms(370)),
	})
}

// draws are periods of n answers at p, with a spread of the periods' own beyond luck.
func draws(periods int, n int64, p, beyond float64, seed uint64) (out []Count) {
	random := rand.New(rand.NewPCG(seed, 17))
	for range periods {
		at := min(0.999, max(0.001, p+beyond*random.NormFloat64()))
		out = append(out, Count{int64(distuv.Binomial{N: float64(n), P: at, Src: random}.Rand()), n})
	}
	return out
}

// Montgomery's orange juice cans: 30 samples of 50 with 347 bad ones, p̄ .2313, limits .0524 and .4102.
func TestPChartOfMontgomery(t *testing.T) {
	var cans []Count
	for _, bad := range []int64{12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6} {
		cans = append(cans, Count{bad, 50})
	}
	b, err := BaselineOf(cans)
	if err != nil || b.Periods != 30 || !within(b.Rate, 0.2313, 5e-5) {
		t.Fatal(b, err)
	}
	b.Spread = 1
	points, err := PChart(b, append(cans, Count{}))
	if err != nil || !within(points[0].Low, 0.0524, 5e-4) || !within(points[0].High, 0.4102, 5e-4) || points[0].Kind != ThreeSigma {
		t.Fatalf("%+v %v", points[0], err)
	}
	for i, p := range points {
		if want := i == 14 || i == 22; p.Out != want {
			t.Errorf("sample %d: out %v", i+1, p.Out)
		}
	}
	if last := points[30]; last.Share != nil || last.Out {
		t.Errorf("a period without answers: %+v", last)
	}
}

// Laney's σ_z by hand: what the deviates move from period to period, and the limits that much wider.
func TestLaney(t *testing.T) {
	counts := draws(60, 2000, 0.85, 0.04, 3)
	b, err := BaselineOf(append(counts, Count{}))
	if err != nil {
		t.Fatal(err)
	}
	x := 0.0
	for _, c := range counts {
		x += float64(c.X)
	}
	p := x / 120_000
	moves := 0.0
	for i := 1; i < 60; i++ {
		moves += math.Abs(float64(counts[i].X-counts[i-1].X)) / 2000 / math.Sqrt(p*(1-p)/2000)
	}
	if !near(b.Spread, moves/59/1.128) || b.Spread < 3 {
		t.Fatalf("spread %v, want %v", b.Spread, moves/59/1.128)
	}
	points, err := PChart(b, counts)
	if err != nil {
		t.Fatal(err)
	}
	out := 0
	for _, point := range points {
		if point.Kind != Laneys || !near(point.High, min(1, p+3*math.Sqrt(p*(1-p)/2000)*b.Spread)) {
			t.Fatalf("%+v", point)
		}
		if point.Out {
			out++
		}
	}
	if out > 2 {
		t.Errorf("%d of 60 out though nothing happened", out)
	}
	if luck, err := BaselineOf(draws(400, 200, 0.85, 0, 4)); err != nil || !within(luck.Spread, 1, 0.1) || luck.widening() != 1 {
		t.Errorf("luck alone: %+v %v", luck, err)
	}
}

// methods.md §6.1 [C]: at p .95, n 20 three sigma sound up to .016 a point; the exact limits keep to .00135 a side.
func TestExactLimits(t *testing.T) {
	b := Baseline{Periods: 20, Rate: 0.95, Spread: 1}
	points, err := PChart(b, []Count{{16, 20}, {15, 20}, {20, 20}})
	if err != nil || points[0].Kind != ExactTails {
		t.Fatal(points, err)
	}
	low := int(math.Round(points[0].Low * 20))
	if binomialSum(low-1, 20, 0.95) > tail || binomialSum(low, 20, 0.95) < tail || points[0].High != 1 || points[2].Out {
		t.Errorf("%+v", points[0])
	}
	if sigma := binomialSum(int(math.Ceil(20*(0.95-3*math.Sqrt(0.95*0.05/20))))-1, 20, 0.95); !within(sigma, 0.016, 0.0005) {
		t.Errorf("three sigma sound %v", sigma)
	}
}

func TestNPSChart(t *testing.T) {
	baseline := make([]NetCount, 21)
	for i := range 20 {
		baseline[i] = NetCount{50, 20, 100}
	}
	points, err := NPSChart(baseline, []NetCount{{50, 20, 100}, {20, 60, 100}, {0, 0, 0}, {9, 0, 9}})
	if err != nil {
		t.Fatal(err)
	}
	half := 300 * math.Sqrt((0.7-0.09)/100)
	if !near(points[0].Low, 30-half) || !near(points[0].High, 30+half) || points[0].Out || !points[1].Out || points[2].Score != nil || points[3].High != 100 || points[3].Out {
		t.Errorf("%+v", points)
	}
	var few *TooFew
	if _, err := NPSChart(baseline[:19], nil); !errors.As(err, &few) {
		t.Error(err)
	}
	alike := make([]NetCount, 20)
	for i := range alike {
		alike[i] = NetCount{5, 0, 5}
	}
	if _, err := NPSChart(alike, nil); !errors.Is(err, ErrNoVariance) {
		t.Error(err)
	}
	refused(t, map[string]error{"more classes than answers": second(NPSChart(baseline, []NetCount{{3, 3, 5}}))})
}

// Simulated with the limits as they are: about one alarm in 360 points in control (methods.md §6.1 [C]: 362), and a shift of
// one standard error is found in about ten.
func TestEWMASoundsAsOftenAsItShould(t *testing.T) {
	random := rand.New(rand.NewPCG(21, 22))
	b := Baseline{Periods: 20, Rate: 0.5, Spread: 1}
	const n = 1_000_000 // many answers, so that the deviates are normal
	run := func(shift float64) (length int) {
		average := make([]Count, 0, 64)
		for {
			at := 0.5 + (shift+random.NormFloat64())*b.sigma(n)
			average = append(average, Count{int64(math.Round(at * n)), n})
			if len(average)%64 != 0 {
				continue
			}
			alarms, err := EWMA(b, average, 2.8593)
			if err != nil {
				t.Fatal(err)
			}
			for i, a := range alarms {
				if a.Sounds {
					return i + 1
				}
			}
		}
	}
	mean := func(runs int, shift float64) float64 {
		sum := 0
		for range runs {
			sum += run(shift)
		}
		return float64(sum) / float64(runs)
	}
	if inControl := mean(700, 0); inControl < 310 || inControl > 420 {
		t.Errorf("in control it runs %v points", inControl)
	}
	if shifted := mean(700, 1); shifted < 8 || shifted > 11 {
		t.Errorf("a shift of 1σ is found in %v points", shifted)
	}
}

func TestEWMAByHand(t *testing.T) {
	b := Baseline{Periods: 20, Rate: 0.5, Spread: 1}
	alarms, err := EWMA(b, []Count{{40, 100}, {0, 0}, {30, 100}}, 2.8593) // z −2, none, −4
	if err != nil || !near(alarms[0].Average, -0.4) || alarms[0].Sounds || !near(alarms[1].Average, -0.4) || alarms[1].Sounds ||
		!near(alarms[2].Average, -1.12) || !alarms[2].Sounds || !alarms[2].Down {
		t.Errorf("%+v %v", alarms, err)
	}
	if !near(alarms[0].Limit, 2.8593*0.2) || alarms[1].Limit != alarms[0].Limit || !near(alarms[2].Limit, 2.8593*0.2*math.Sqrt(1.64)) {
		t.Errorf("limits %+v", alarms)
	}
	b.Spread = 2
	if alarms, _ := EWMA(b, []Count{{40, 100}}, 3); !near(alarms[0].Average, -0.2) {
		t.Errorf("with twice the spread %+v", alarms)
	}
}

func TestChartsThatCannotBe(t *testing.T) {
	good := Baseline{Periods: 20, Rate: 0.5, Spread: 1}
	var few *TooFew
	if _, err := BaselineOf(draws(19, 100, 0.5, 0, 1)); !errors.As(err, &few) || few.Need != 20 {
		t.Error(err)
	}
	if _, err := BaselineOf(make([]Count, 30)); !errors.As(err, &few) || few.N != 0 {
		t.Error(err)
	}
	all := make([]Count, 20)
	for i := range all {
		all[i] = Count{5, 5}
	}
	if _, err := BaselineOf(all); !errors.Is(err, ErrNoVariance) {
		t.Error(err)
	}
	bad := []Count{{3, 2}}
	refused(t, map[string]error{
		"a baseline of impossible counts": second(BaselineOf(bad)),
		"impossible counts":               second(PChart(good, bad)),
		"no baseline":                     second(PChart(Baseline{}, nil)),
		"an alarm of impossible counts":   second(EWMA(good, bad, 3)),
		"an alarm without a limit":        second(EWMA(good, nil, 0)),
		"an alarm without a baseline":     second(EWMA(Baseline{}, nil, 3)),
		"weeks that cannot be":            second(MergeWeeks(bad, 20)),
		"weeks of no answers":             second(MergeWeeks(nil, 0)),
	})
}

func TestMergedWeeks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var weeks []Count
		var x, n int64
		for range rapid.IntRange(0, 30).Draw(t, "weeks") {
			w := Count{N: rapid.Int64Range(0, 40).Draw(t, "n")}
			w.X = rapid.Int64Range(0, w.N).Draw(t, "x")
			weeks, x, n = append(weeks, w), x+w.X, n+w.N
		}
		merged, err := MergeWeeks(weeks, 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range merged {
			if m.N < 20 && len(merged) > 1 {
				t.Fatalf("%v from %v", merged, weeks)
			}
			x, n = x-m.X, n-m.N
		}
		if x != 0 || n != 0 {
			t.Fatalf("%v from %v", merged, weeks)
		}
	})
}

func FuzzCharts(f *testing.F) {
	f.Add([]byte("how many were satisfied of how many, week by week, over many weeks"), 2.86)
	f.Fuzz(func(t *testing.T, bytes []byte, limit float64) {
		var counts []Count
		for i := 1; i < len(bytes); i += 2 {
			counts = append(counts, Count{int64(min(bytes[i-1], bytes[i])), int64(bytes[i])})
		}
		b, err := BaselineOf(counts)
		if err != nil {
			return
		}
		points, err := PChart(b, counts)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range points {
			if !(0 <= p.Low && p.Low <= b.Rate+1 && p.High <= 1 && p.Low <= p.High) {
				t.Fatalf("%+v", p)
			}
		}
		if _, err := EWMA(b, counts, limit); (err == nil) != (finite(limit) && limit > 0) {
			t.Fatal(limit, err)
		}
	})
}
