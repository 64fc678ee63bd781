package feedback

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/journeyloop/journeyloop/internal/run"
)

func TestADisownedRatingCanBeTakenBackUntilSomebodyElseHasIt(t *testing.T) {
	both := []run.Person{{EmployeeID: zahra, TeamID: north}, {EmployeeID: nikos, TeamID: north}}
	for sentence, c := range map[string]struct {
		do      func(t *testing.T, r *Rating)
		changes bool
		after   []who
	}{
		"what she disowned is hers again, and the team has it through her": {
			func(_ *testing.T, r *Rating) { r.Disown(zahra, day(13)) }, true, []who{{zahra, north}, {nikos, north}}},
		"what her colleague disowned stays disowned": {
			func(_ *testing.T, r *Rating) { r.Disown(zahra, day(13)); r.Disown(nikos, day(13)) }, true, []who{{zahra, north}}},
		"what she never disowned does not change": {
			func(*testing.T, *Rating) {}, false, []who{{zahra, north}, {nikos, north}}},
		"what was given to somebody else meanwhile does not come back": {
			func(t *testing.T, r *Rating) {
				r.Disown(zahra, day(13))
				if err := r.Move(olga, south, day(14)); err != nil {
					t.Fatal(err)
				}
			}, false, []who{{olga, south}}},
	} {
		t.Run(sentence, func(t *testing.T) {
			r := Compose(answer(visit, 1), setting(contact(visit, day(3), both...))).Ratings[0]
			c.do(t, &r)
			if changed := r.Reclaim(zahra, day(15)); changed != c.changes {
				t.Errorf("changed: %v", changed)
			}
			if d := cmp.Diff(c.after, concerned(r), cmp.AllowUnexported(who{})); d != "" {
				t.Error(d)
			}
			if r.Reclaim(0, day(16)) {
				t.Error("nobody took something back")
			}
		})
	}
}

func TestAChangedAnswerKeepsWhomItWasFoundToConcern(t *testing.T) {
	s := setting(contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}))
	old, next := Compose(answer(visit, 1), s), Compose(answer(visit, 4), s)
	if err := old.Ratings[0].Move(nikos, north, day(13)); err != nil {
		t.Fatal(err)
	}
	next.Inherit(old)
	if d := cmp.Diff([]who{{nikos, north}}, concerned(next.Ratings[0]), cmp.AllowUnexported(who{})); d != "" {
		t.Error(d)
	}
	told := func(employee int64, a Audience) bool {
		return slices.ContainsFunc(next.Notices, func(n Notice) bool {
			return n.EmployeeID == employee && n.Audience == a && n.TouchpointID == visit
		})
	}
	// Nikos owns the touchpoint and has watched the rating so far.
	if told(zahra, ToEmployee) || !told(nikos, ToEmployee) || told(nikos, ToOwner) || !told(boss, ToSupervisor) {
		t.Errorf("told: %+v", next.Notices)
	}
	fresh := Compose(answer(visit, 4), s)
	fresh.Inherit(Compose(answer(visit, 1), s))
	if !fresh.Ratings[0].Concerns(zahra) {
		t.Error("what was never corrected was not composed anew")
	}
}

func TestQuotesSayWhatIsClosestToTheTouchpoint(t *testing.T) {
	two, five := 2, 5
	for sentence, c := range map[string]struct {
		quote Quote
		words string
		mood  string
	}{
		"words about the touchpoint first":                 {Quote{Comment: "late", Said: "fine", Scale: csat, Value: &two, WholeScale: csat, Overall: &five}, "late", "negative"},
		"without them the journey's":                       {Quote{Said: "fine", WholeScale: csat, Overall: &five}, "fine", "positive"},
		"a corrected number counts more than the old mood": {Quote{Scale: csat, Value: &five, Mood: "negative"}, "", "positive"},
		"nothing was said at all":                          {Quote{}, "", "neutral"},
	} {
		if c.quote.Words() != c.words || string(c.quote.Feeling()) != c.mood {
			t.Errorf("%s: %q, %s", sentence, c.quote.Words(), c.quote.Feeling())
		}
	}
}
