package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Counts that give the figures of methods.md §5.4 [C]: raw Ann 72.5 % < Bob 77.5 %, adjusted Ann 79.5 % > Bob 72.4 %. Ann
// had more of the hard stratum; being better in both, she only looks worse.
func TestMixReversesTheOrder(t *testing.T) {
	out, err := CaseMix([]Cell{{1, 1, 26, 65}, {1, 2, 119, 135}, {2, 1, 21, 60}, {2, 2, 289, 340}, {3, 1, 0, 0}})
	if err != nil || len(out) != 2 {
		t.Fatal(out, err)
	}
	ann, bob := out[0], out[1]
	if !near(ann.Raw, 0.725) || !near(bob.Raw, 0.775) || !within(ann.Share, 0.795, 5e-4) || !within(bob.Share, 0.724, 5e-4) {
		t.Errorf("Ann %+v, Bob %+v", ann, bob)
	}
	p := 455.0 / 600
	hard, easy := (21+p/2)/60.5, (289+p/2)/340.5 // the others of Ann's strata are Bob alone
	if expected := 65*hard + 135*easy; !near(ann.Expected, expected) ||
		!near(ann.Z, (145-expected)/math.Sqrt(65*hard*(1-hard)+135*easy*(1-easy))) {
		t.Errorf("Ann %+v, expected %v", ann, expected)
	}
}

func TestMixesThatCannotBe(t *testing.T) {
	if out, err := CaseMix(nil); err != nil || len(out) != 0 {
		t.Errorf("nobody: %v %v", out, err)
	}
	if out, err := CaseMix([]Cell{{1, 1, 0, 5}}); err != nil || !math.IsNaN(out[0].Z) || out[0].Share != 0 {
		t.Errorf("one who never satisfied anybody: %+v %v", out, err)
	}
	refused(t, map[string]error{
		"more than all":    second(CaseMix([]Cell{{1, 1, 3, 2}})),
		"negative answers": second(CaseMix([]Cell{{1, 1, 0, -2}})),
	})
}

// With one stratum the order is that of the raw shares; cells may come in pieces and in any order.
func TestCaseMixOfOneStratum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells []Cell
		for e := range rapid.Int64Range(2, 8).Draw(t, "employees") {
			n := rapid.Int64Range(1, 200).Draw(t, "n")
			cells = append(cells, Cell{e, 7, rapid.Int64Range(0, n).Draw(t, "satisfied"), n})
		}
		once, err := CaseMix(cells)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range once {
			for _, b := range once[:i] {
				if a.N == b.N && (a.Raw-b.Raw)*(a.Share-b.Share) < 0 {
					t.Fatalf("%+v and %+v", a, b)
				}
			}
		}
		twice, err := CaseMix(append(cells, cells...))
		if err != nil || len(twice) != len(once) || !near(twice[0].Raw, once[0].Raw) {
			t.Fatal(twice, err)
		}
	})
}

func FuzzCaseMix(f *testing.F) {
	f.Add([]byte{1, 1, 3, 5, 2, 1, 4, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		var cells []Cell
		for i := 3; i < len(b); i += 4 {
			cells = append(cells, Cell{int64(b[i-3] % 4), int64(b[i-2] % 4), int64(b[i-1]), int64(b[i])})
		}
		out, err := CaseMix(cells)
		for _, a := range out {
			if err == nil && !(a.Expected >= 0 && a.Expected <= float64(a.N) && finite(a.Share)) {
				t.Fatalf("%+v", a)
			}
		}
	})
}
