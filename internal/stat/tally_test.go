package stat

import (
	"testing"

	"pgregory.net/rapid"
)

func TestTallyAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := rapid.SliceOf(rapid.IntRange(0, MaxAnswer)).Draw(t, "answers")
		cut := rapid.IntRange(0, len(answers)).Draw(t, "cut")
		var whole, first, second Tally
		for i, x := range answers {
			whole.Add(x, 1)
			whole.AddExpectation(x-5, 1)
			part := &first
			if i >= cut {
				part = &second
			}
			part.Add(x, 1)
			part.AddExpectation(x-5, 1)
		}
		if first.Plus(second) != whole || second.Plus(first) != whole {
			t.Fatalf("%+v and %+v are not %+v", first, second, whole)
		}
		if err := whole.Check(nps10); err != nil {
			t.Fatal(err)
		}
		for _, x := range answers {
			whole.Add(x, -1)
			whole.AddExpectation(x-5, -1)
		}
		if whole != (Tally{}) {
			t.Fatalf("after taking all answers back %+v is left", whole)
		}
	})
}

func TestTallySums(t *testing.T) {
	tally := tallyOf(0, 1, 0, 0, 0, 2) // 1, 5, 5
	tally.AddExpectation(-2, 1)
	tally.AddExpectation(0, 2)
	tally.AddExpectation(1, 3)
	want := Tally{N: 3, Sum: 11, SumSq: 51, Below: 1, Met: 2, Above: 3}
	want.Counts[1], want.Counts[5] = 1, 2
	if tally != want {
		t.Errorf("got %+v", tally)
	}
}

func TestTallyRefusesAnAnswerOnNoScale(t *testing.T) {
	for _, x := range []int{-1, 11} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d was counted", x)
				}
			}()
			new(Tally).Add(x, 1)
		}()
	}
}

func TestImpossibleTallies(t *testing.T) {
	for what, spoil := range map[string]func(*Tally){
		"an answer not on the scale":  func(t *Tally) { t.Add(7, 1) },
		"a negative count":            func(t *Tally) { t.Add(2, -1) },
		"n that is not the counts'":   func(t *Tally) { t.N++ },
		"a sum that is not theirs":    func(t *Tally) { t.Sum++ },
		"squares that are not theirs": func(t *Tally) { t.SumSq-- },
		"negative expectations":       func(t *Tally) { t.Met = -1 },
	} {
		tally := tallyOf(0, 5, 0, 5)
		if err := tally.Check(csat5); err != nil {
			t.Fatal(err)
		}
		spoil(&tally)
		if tally.Check(csat5) == nil {
			t.Errorf("%s passed", what)
		}
	}
	if tallyOf(1).Check(Scale{}) == nil {
		t.Error("no scale at all passed")
	}
}
