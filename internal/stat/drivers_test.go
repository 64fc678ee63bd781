package stat

import (
	"bufio"
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/testkit/shared"
)

func corr(rows ...[]float64) *mat.SymDense {
	m := mat.NewSymDense(len(rows), nil)
	for i, row := range rows {
		for j, x := range row {
			m.SetSym(i, j, x)
		}
	}
	return m
}

func closeTo(a, b, by float64) bool { return math.Abs(a-b) <= by }

// With two drivers the shares can be done by hand: (r₁² + R² − r₂²)/2.
func TestSharesOfTwoDriversAreThoseDoneByHand(t *testing.T) {
	m := corr([]float64{1}, []float64{.5, 1}, []float64{.6, .4, 1})
	r2 := (.36 + .16 - 2*.6*.4*.5) / (1 - .25)
	phi, err := Shapley(m, []int{1, 1})
	if err != nil || !closeTo(phi[0], (.36+r2-.16)/2, 1e-12) || !closeTo(phi[1], (.16+r2-.36)/2, 1e-12) {
		t.Errorf("%v, %v", phi, err)
	}
	eps, err := RelativeWeights(m)
	if err != nil || !closeTo(eps[0], phi[0], 1e-12) || !closeTo(eps[1], phi[1], 1e-12) {
		t.Errorf("relative weights of two are the same: %v, %v", eps, err)
	}
	vif, least, err := VIF(m)
	if err != nil || !closeTo(vif[0], 1/(1-.25), 1e-12) || !closeTo(vif[1], vif[0], 1e-12) || !closeTo(least, .5, 1e-12) {
		t.Errorf("inflation %v, least eigenvalue %v, %v", vif, least, err)
	}
}

func TestUncorrelatedDriversShareTheirOwnSquares(t *testing.T) {
	m := corr([]float64{1}, []float64{0, 1}, []float64{0, 0, 1}, []float64{.5, -.3, .1, 1})
	for name, share := range map[string]func() ([]float64, error){
		"shapley": func() ([]float64, error) { return Shapley(m, []int{1, 1, 1}) },
		"weights": func() ([]float64, error) { return RelativeWeights(m) },
	} {
		got, err := share()
		for j, want := range []float64{.25, .09, .01} {
			if err != nil || !closeTo(got[j], want, 1e-12) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
	}
}

// data draws correlations that data could have, of p columns and an outcome.
func data(t *rapid.T, p int) *mat.SymDense {
	seed := rapid.Uint64().Draw(t, "seed")
	r := rand.New(rand.NewPCG(seed, 1))
	rows := p + 2 + r.IntN(40)
	x := make([][]float64, rows)
	for i := range x {
		common := r.NormFloat64()
		x[i] = make([]float64, p+1)
		for j := range x[i] {
			x[i][j] = r.NormFloat64() + common*float64(j%3)
			if j == p {
				for _, other := range x[i][:p] {
					x[i][j] += other
				}
			}
		}
	}
	m := mat.NewSymDense(p+1, nil)
	for a := range p + 1 {
		for b := a; b <= p; b++ {
			m.SetSym(a, b, pearson(x, a, b))
		}
		m.SetSym(a, a, 1)
	}
	return m
}

func pearson(x [][]float64, a, b int) float64 {
	n := float64(len(x))
	var ma, mb, ab, aa, bb float64
	for _, row := range x {
		ma, mb = ma+row[a]/n, mb+row[b]/n
	}
	for _, row := range x {
		ab, aa, bb = ab+(row[a]-ma)*(row[b]-mb), aa+(row[a]-ma)*(row[a]-ma), bb+(row[b]-mb)*(row[b]-mb)
	}
	return ab / math.Sqrt(aa*bb)
}

// explained is R² of some columns by solving for them, another way than Shapley goes.
func explained(m mat.Symmetric, columns []int) float64 {
	if len(columns) == 0 {
		return 0
	}
	y := m.SymmetricDim() - 1
	a, b := mat.NewDense(len(columns), len(columns), nil), mat.NewVecDense(len(columns), nil)
	for i, ci := range columns {
		b.SetVec(i, m.At(ci, y))
		for j, cj := range columns {
			a.Set(i, j, m.At(ci, cj))
		}
	}
	var x mat.VecDense
	if err := x.SolveVec(a, b); err != nil {
		panic(err)
	}
	return mat.Dot(b, &x)
}

func total(list []float64) (s float64) {
	for _, x := range list {
		s += x
	}
	return s
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestSharesAreWhatEachAddsOnAverageOverAllOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := data(t, 5)
		sizes := rapid.SampledFrom([][]int{{1, 2, 2}, {2, 2, 1}, {1, 1, 3}, {3, 1, 1}}).Draw(t, "sizes")
		phi, err := Shapley(m, sizes)
		if err != nil {
			t.Fatal(err)
		}
		columns := all(5)
		groups := [][]int{columns[:sizes[0]], columns[sizes[0] : sizes[0]+sizes[1]], columns[sizes[0]+sizes[1]:]}
		want := make([]float64, 3)
		orders := [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
		for _, order := range orders {
			var in []int
			before := 0.0
			for _, g := range order {
				in = append(in, groups[g]...)
				now := explained(m, in)
				want[g] += (now - before) / 6
				before = now
			}
		}
		for g := range want {
			if !closeTo(phi[g], want[g], 1e-9) {
				t.Fatalf("shares %v, over all orders %v", phi, want)
			}
		}
	})
}

func TestSharesAddUpToWhatAllExplain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.IntRange(1, 9).Draw(t, "p")
		m := data(t, p)
		sizes := make([]int, p)
		for i := range sizes {
			sizes[i] = 1
		}
		phi, err := Shapley(m, sizes)
		eps, err2 := RelativeWeights(m)
		if r2 := explained(m, all(p)); err != nil || err2 != nil || !closeTo(total(phi), r2, 1e-9) || !closeTo(total(eps), r2, 1e-9) {
			t.Fatalf("shares add up to %v, weights to %v, R² is %v; %v %v", total(phi), total(eps), r2, err, err2)
		}
	})
}

func TestTheOrderOfDriversDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := data(t, 5)
		order := rapid.Permutation(all(5)).Draw(t, "order")
		turned := mat.NewSymDense(6, nil)
		place := append(append([]int{}, order...), 5)
		for i, a := range place {
			for j, b := range place {
				turned.SetSym(i, j, m.At(a, b))
			}
		}
		phi, err := Shapley(m, []int{1, 1, 1, 1, 1})
		again, err2 := Shapley(turned, []int{1, 1, 1, 1, 1})
		for i, a := range order {
			if err != nil || err2 != nil || !closeTo(phi[a], again[i], 1e-9) {
				t.Fatalf("%v and %v, %v %v", phi, again, err, err2)
			}
		}
	})
}

func TestACopyOfADriverSharesAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := data(t, 3)
		place := []int{0, 1, 2, 0, 3} // the fourth is the first again
		twin := mat.NewSymDense(5, nil)
		for i, a := range place {
			for j, b := range place {
				twin.SetSym(i, j, m.At(a, b))
			}
		}
		phi, err := Shapley(twin, []int{1, 1, 1, 1})
		if err != nil || !closeTo(phi[0], phi[3], 1e-7) || !closeTo(total(phi), explained(m, all(3)), 1e-7) {
			t.Fatalf("%v, %v", phi, err)
		}
		if vif, least, err := VIF(twin); err != nil || !math.IsInf(vif[0], 1) || least > singular {
			t.Fatalf("a copy is not noticed: %v, %v, %v", vif, least, err)
		}
	})
}

func TestWhatIsNotACorrelationMatrixIsRefused(t *testing.T) {
	for name, m := range map[string]*mat.SymDense{
		"no driver":               corr([]float64{1}),
		"a correlation above one": corr([]float64{1}, []float64{1.5, 1}),
		"not a number":            corr([]float64{1}, []float64{math.NaN(), 1}),
		"a diagonal of two":       corr([]float64{2}, []float64{.5, 1}),
		"an outcome all alike":    corr([]float64{1}, []float64{0, 0}),
		"impossible together":     corr([]float64{1}, []float64{.9, 1}, []float64{-.9, .9, 1}, []float64{.1, .1, .1, 1}),
	} {
		sizes := make([]int, m.SymmetricDim()-1)
		for i := range sizes {
			sizes[i] = 1
		}
		if phi, err := Shapley(m, sizes); err == nil {
			t.Errorf("%s: shares %v", name, phi)
		}
		if eps, err := RelativeWeights(m); err == nil {
			t.Errorf("%s: weights %v", name, eps)
		}
		if vif, _, err := VIF(m); err == nil {
			t.Errorf("%s: inflation %v", name, vif)
		}
	}
	good := corr([]float64{1}, []float64{.5, 1}, []float64{.6, .4, 1})
	for name, sizes := range map[string][]int{"too few columns": {1}, "too many": {1, 2}, "an empty group": {0, 2}, "sixteen groups": make([]int, 16)} {
		if phi, err := Shapley(good, sizes); err == nil {
			t.Errorf("%s: shares %v", name, phi)
		}
	}
}

func FuzzShapley(f *testing.F) {
	f.Add(.5, .6, .4, uint8(1))
	f.Add(1.0, 1.0, 1.0, uint8(2))
	f.Add(-1.0, 1.0, 1.0, uint8(1))
	f.Add(math.NaN(), 2.0, math.Inf(1), uint8(0))
	f.Fuzz(func(t *testing.T, a, b, c float64, size uint8) {
		m := corr([]float64{1}, []float64{a, 1}, []float64{b, c, 1})
		phi, err := Shapley(m, []int{int(size), 2 - int(size)})
		if err != nil {
			return
		}
		if s := total(phi); !(s >= -1e-6 && s <= 1+1e-6) || len(phi) != 2 {
			t.Errorf("correlations %v %v %v: shares %v", a, b, c, phi)
		}
	})
}

// sample makes answers about touchpoints: the first matters most, the second little, the third is met by some and costs
// everybody who meets it two points.
func sample(n int, seed uint64) []DriverSums {
	r := rand.New(rand.NewPCG(seed, 7))
	days := make([]DriverSums, 40)
	for d := range days {
		days[d] = NewDriverSums(3)
	}
	for i := range n {
		answers := make([]DriverAnswer, 3)
		y := 6.0
		for j := range answers {
			if j == 2 && r.Float64() < .6 {
				continue
			}
			answers[j] = DriverAnswer{Met: true}
			if r.Float64() < .9 {
				answers[j].Rated, answers[j].Value = true, 1+r.IntN(5)
				y += []float64{.8, .1, 0}[j] * float64(answers[j].Value-3)
			}
			if j == 2 {
				y -= 2
			}
		}
		outcome := int(math.Round(max(0, min(10, y+r.NormFloat64()))))
		if err := days[i%len(days)].Add(outcome, answers, 1); err != nil {
			panic(err)
		}
	}
	return days
}

func TestDriversOfFindsWhatWasPutIn(t *testing.T) {
	got, err := DriversOf(sample(4000, 1), 200, 1)
	if err != nil {
		t.Fatal(err)
	}
	first, second, third := got.Drivers[0], got.Drivers[1], got.Drivers[2]
	if !closeTo(first.Slope, .8, .05) || !closeTo(second.Slope, .1, .05) || !closeTo(third.Slope, 0, .05) || !closeTo(third.Meeting, -2, .1) {
		t.Errorf("slopes %v %v %v, meeting %v", first.Slope, second.Slope, third.Slope, third.Meeting)
	}
	if !math.IsNaN(first.Meeting) {
		t.Errorf("everybody met the first, and yet meeting it is worth %v", first.Meeting)
	}
	if !closeTo(first.Share+second.Share+third.Share, got.R2, 1e-12) || !(first.Share > third.Share && third.Share > 10*second.Share) {
		t.Errorf("shares %v %v %v of %v", first.Share, second.Share, third.Share, got.R2)
	}
	for i, d := range got.Drivers {
		if !(d.Low <= d.Share && d.Share <= d.High && d.High-d.Low < .1) || d.Out || d.Overlaps() {
			t.Errorf("driver %d: %+v", i, d)
		}
	}
	if first.First+second.First+third.First < .999 || first.First < .9 || !got.Stable || !got.Exact {
		t.Errorf("first in %v, %v, %v of the resamples", first.First, second.First, third.First)
	}
	if !closeTo(first.SlopeSE, 1/math.Sqrt(4000*.9*2), .006) {
		t.Errorf("standard error %v", first.SlopeSE)
	}
}

func TestTheSameQuestionGivesTheSameInterval(t *testing.T) {
	a, _ := DriversOf(sample(500, 2), 100, 9)
	b, _ := DriversOf(sample(500, 2), 100, 9)
	c, _ := DriversOf(sample(500, 2), 100, 10)
	if a.Drivers[0].Low != b.Drivers[0].Low || a.Drivers[0].Low == c.Drivers[0].Low {
		t.Errorf("%v, %v, with another seed %v", a.Drivers[0].Low, b.Drivers[0].Low, c.Drivers[0].Low)
	}
}

func TestItDoesNotMatterHowAnswersAreCutIntoDays(t *testing.T) {
	days := sample(600, 3)
	whole := days[0]
	for _, d := range days[1:] {
		var err error
		if whole, err = whole.Plus(d); err != nil {
			t.Fatal(err)
		}
	}
	a, err := DriversOf(days, 0, 1)
	b, err2 := DriversOf([]DriverSums{whole}, 0, 1)
	if err != nil || err2 != nil || a.R2 != b.R2 || a.Drivers[0].Slope != b.Drivers[0].Slope || !math.IsNaN(b.Drivers[0].Low) {
		t.Errorf("%+v and %+v, %v %v", a, b, err, err2)
	}
}

func TestTooLittleIsNotAnalysed(t *testing.T) {
	var few *TooFew
	if _, err := DriversOf(sample(49, 1), 10, 1); !errors.As(err, &few) || few.N != 49 || few.Need != 50 {
		t.Errorf("49 answers: %v", err)
	}
	alike := NewDriverSums(1)
	for i := range 100 {
		if err := alike.Add(5, []DriverAnswer{{Met: true, Rated: true, Value: 1 + i%5}}, 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := DriversOf([]DriverSums{alike}, 10, 1); !errors.Is(err, ErrNoVariance) {
		t.Errorf("everybody said 5: %v", err)
	}
	rare := NewDriverSums(2)
	for i := range 100 {
		err := rare.Add(i%10, []DriverAnswer{{Met: true, Rated: true, Value: 1 + i%5}, {Met: i < 29, Rated: i < 29, Value: i * b2i(i < 29) % 5}}, 1)
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := DriversOf([]DriverSums{rare}, 0, 1)
	if err != nil || got.Drivers[0].Out || !got.Drivers[1].Out || got.Drivers[1].Rated != 29 {
		t.Errorf("a touchpoint that 29 rated: %+v, %v", got.Drivers, err)
	}
	for name, days := range map[string][]DriverSums{"no days": nil, "other shapes": {NewDriverSums(1), NewDriverSums(2)}, "nonsense": {{Drivers: 1, N: 4}}} {
		if _, err := DriversOf(days, 0, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestDriverSumsTakeBackWhatTheyCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type answer struct {
			outcome int
			answers []DriverAnswer
		}
		one := rapid.Custom(func(t *rapid.T) answer {
			a := answer{outcome: rapid.IntRange(0, 10).Draw(t, "outcome"), answers: make([]DriverAnswer, 3)}
			for j := range a.answers {
				switch rapid.IntRange(0, 2).Draw(t, "how") {
				case 1:
					a.answers[j] = DriverAnswer{Met: true}
				case 2:
					a.answers[j] = DriverAnswer{Met: true, Rated: true, Value: rapid.IntRange(0, 10).Draw(t, "value")}
				}
			}
			return a
		})
		list := rapid.SliceOf(one).Draw(t, "answers")
		sums := NewDriverSums(3)
		for _, a := range list {
			if err := sums.Add(a.outcome, a.answers, 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := sums.Check(); err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			if err := sums.Add(a.outcome, a.answers, -1); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range append(append([]int64{sums.N}, sums.Sums...), sums.Cross...) {
			if x != 0 {
				t.Fatalf("left: %+v", sums)
			}
		}
	})
}

func TestDriverSumsRefuseNonsense(t *testing.T) {
	s := NewDriverSums(1)
	for name, err := range map[string]error{
		"another number of drivers":   s.Add(5, nil, 1),
		"an outcome of eleven":        s.Add(11, []DriverAnswer{{}}, 1),
		"a negative rating":           s.Add(5, []DriverAnswer{{Met: true, Rated: true, Value: -1}}, 1),
		"rated and not met":           s.Add(5, []DriverAnswer{{Rated: true, Value: 1}}, 1),
		"a value without a rating":    s.Add(5, []DriverAnswer{{Met: true, Value: 1}}, 1),
		"more met than were asked":    DriverSums{Drivers: 1, N: 1, Sums: []int64{5, 0, 0, 2}, Cross: make([]int64, 10)}.Check(),
		"fewer than nobody":           DriverSums{Drivers: 0, N: -1, Sums: []int64{0}, Cross: []int64{0}}.Check(),
		"indicators that are not 0/1": DriverSums{Drivers: 1, N: 3, Sums: []int64{5, 3, 1, 1}, Cross: make([]int64, 10)}.Check(),
	} {
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if s.N != 0 {
		t.Errorf("%d answers were counted", s.N)
	}
}

// airline reads the data set: 14 touchpoints, 0 is "not applicable".
func airline(t testing.TB) (names []string, days []DriverSums) {
	t.Helper()
	f, err := os.Open(shared.Data(t, "airline/airline.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(bufio.NewReader(f)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	first, last := 8, 22
	names = rows[0][first:last]
	answers := make([]DriverAnswer, last-first)
	for i, row := range rows[1:] {
		if i%100 == 0 { // the set has no days: blocks of a hundred instead
			days = append(days, NewDriverSums(len(answers)))
		}
		for j, text := range row[first:last] {
			x, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			answers[j] = DriverAnswer{Met: x > 0, Rated: x > 0, Value: x}
		}
		if err := days[len(days)-1].Add(b2i(row[len(row)-1] == "satisfied"), answers, 1); err != nil {
			t.Fatal(err)
		}
	}
	return names, days
}

func TestTheDriversOfTheAirlineAreThoseOfItsTruth(t *testing.T) {
	names, days := airline(t)
	got, err := DriversOf(days, 50, 1)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(shared.Data(t, "airline/truth.txt"))
	if err != nil {
		t.Fatal(err)
	}
	_, truth, found := strings.Cut(string(raw), "\nR2 ")
	lines := strings.Split(strings.TrimSpace(truth), "\n")
	if !found || len(lines) != 15 {
		t.Fatalf("the truth has %d lines", len(lines))
	}
	r2, err := strconv.ParseFloat(lines[0], 64)
	if err != nil || !closeTo(got.R2, r2, 1e-9) {
		t.Errorf("R² %.12f, in truth %.12f, %v", got.R2, r2, err)
	}
	share := map[string]float64{}
	added := 0.0
	for j, name := range names {
		share[name] = got.Drivers[j].Share
		added += got.Drivers[j].Share
	}
	if !closeTo(added, r2, 1e-9) {
		t.Errorf("the shares add up to %v", added)
	}
	for _, line := range lines[1:] {
		at := strings.LastIndex(line, " ")
		want, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil || !closeTo(share[line[:at]], want, 6e-7) {
			t.Errorf("%s: %.6f, in truth %.6f, %v", line[:at], share[line[:at]], want, err)
		}
	}
	t.Logf("Online boarding %.6f (%.6f to %.6f), first in %.0f %% of resamples", share["Online boarding"], got.Drivers[5].Low, got.Drivers[5].High, 100*got.Drivers[5].First)
}

// touchpoints draws answers about 14 touchpoints on some days; gaps lets customers skip some.
func touchpoints(n, days int, gaps bool) []DriverSums {
	r := rand.New(rand.NewPCG(5, 5))
	out := make([]DriverSums, days)
	for d := range out {
		out[d] = NewDriverSums(14)
	}
	answers := make([]DriverAnswer, 14)
	for i := range n {
		mood := r.NormFloat64()
		for j := range answers {
			answers[j] = DriverAnswer{}
			if !gaps || r.Float64() > .3 {
				answers[j] = DriverAnswer{Met: true, Rated: true, Value: int(max(1, min(5, math.Round(3.5+mood/2+r.NormFloat64()))))}
			}
		}
		if err := out[i%days].Add(int(max(0, min(10, math.Round(7+mood+r.NormFloat64())))), answers, 1); err != nil {
			panic(err)
		}
	}
	return out
}

func BenchmarkDrivers(b *testing.B) {
	for name, gaps := range map[string]bool{"complete": false, "with gaps": true} {
		for _, n := range []int{5_000, 50_000, 1_000_000} {
			whole := touchpoints(n, 1, gaps)
			b.Run(name+"/"+strconv.Itoa(n), func(b *testing.B) {
				for b.Loop() {
					if _, err := DriversOf(whole, 0, 1); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkDriverIntervals(b *testing.B) {
	for _, n := range []int{5_000, 50_000, 1_000_000} {
		days := touchpoints(n, 365, true)
		b.Run("1000 resamples/"+strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := DriversOf(days, 1000, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a rollup keeps pair by pair gives the same sums as the answers themselves.
func TestDriverSumsFromPairsAreThoseOfTheAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.IntRange(1, 4).Draw(t, "drivers")
		sums := NewDriverSums(p)
		var pairs [6][6]Products // by driver + 1; the outcome is 0
		for range rapid.IntRange(0, 20).Draw(t, "answers") {
			y := rapid.IntRange(1, 5).Draw(t, "outcome")
			vectors := [][3]int64{{int64(y), 1, 1}}
			answers := make([]DriverAnswer, p)
			for j := range answers {
				a := &answers[j]
				a.Met = rapid.Bool().Draw(t, "met")
				a.Rated = a.Met && rapid.Bool().Draw(t, "rated")
				v := [3]int64{}
				if a.Met {
					v[2] = 1
				}
				if a.Rated {
					a.Value = rapid.IntRange(1, 5).Draw(t, "value")
					v[0], v[1] = int64(a.Value), 1
				}
				vectors = append(vectors, v)
			}
			if err := sums.Add(y, answers, 1); err != nil {
				t.Fatal(err)
			}
			for a, va := range vectors {
				for b, vb := range vectors {
					for i := range 9 {
						pairs[a][b][i] += va[i/3] * vb[i%3]
					}
				}
			}
		}
		again := NewDriverSums(p)
		for a := range p + 1 {
			for b := a; b <= p; b++ {
				if err := again.AddProducts(a-1, b-1, pairs[a][b]); err != nil {
					t.Fatal(err)
				}
			}
		}
		both, err := again.Plus(NewDriverSums(p))
		if err != nil || both.N != sums.N || !slices.Equal(both.Sums, sums.Sums) || !slices.Equal(both.Cross, sums.Cross) {
			t.Fatalf("%+v, want %+v, %v", both, sums, err)
		}
	})
	one := NewDriverSums(1)
	refused(t, map[string]error{
		"a driver that is not there":     one.AddProducts(0, 1, Products{}),
		"the outcome after a driver":     one.AddProducts(0, Outcome, Products{}),
		"sums of another number of them": second(one.Plus(NewDriverSums(2))),
	})
}

// Above fifteen drivers the shares are Johnson's relative weights: they too add up to R² and put the planted one first.
func TestManyDriversAreWeighed(t *testing.T) {
	random := rand.New(rand.NewPCG(81, 82))
	const p = ExactDrivers + 1
	days := make([]DriverSums, 20)
	for d := range days {
		days[d] = NewDriverSums(p)
		for range 50 {
			answers := make([]DriverAnswer, p)
			for j := range answers {
				answers[j] = DriverAnswer{Met: true, Rated: true, Value: 1 + random.IntN(5)}
			}
			y := min(10, answers[3].Value+random.IntN(3)+answers[7].Value/3)
			if err := days[d].Add(y, answers, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, err := DriversOf(days, 50, 1)
	if err != nil || out.Exact || len(out.Drivers) != p {
		t.Fatalf("%+v %v", out, err)
	}
	sum := 0.0
	for j, d := range out.Drivers {
		sum += d.Share
		if j != 3 && d.Share > out.Drivers[3].Share/2 {
			t.Errorf("driver %d: %v", j, d.Share)
		}
	}
	if !near(sum, out.R2) || out.Drivers[3].First != 1 {
		t.Errorf("shares add up to %v of %v, the planted one first in %v", sum, out.R2, out.Drivers[3].First)
	}
}
