package insight

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/stat"
)

var five = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}

func tally(good, bad int64) (t stat.Tally) {
	t.Add(5, good)
	t.Add(1, bad)
	return t
}

// shelf answers counts from memory: by employee at touchpoint 1, now and in the days before, and at touchpoint 2.
type shelf struct {
	Store
	now, before, elsewhere map[int64]stat.Tally
	today                  int32
}

func (s shelf) Counts(_ context.Context, c Count) ([]Counted, error) {
	from := s.now
	if c.To < s.today {
		from = s.before
	}
	var out []Counted
	for id, t := range from {
		if c.IDs == nil || c.IDs[0] == id {
			out = append(out, Counted{ID: id, Scale: five, TouchpointID: 1, Tally: t})
		}
	}
	for id, t := range s.elsewhere {
		if c.IDs == nil && c.TouchpointIDs == nil {
			out = append(out, Counted{ID: id, Scale: five, TouchpointID: 2, Tally: t})
		}
	}
	return out, nil
}

func (shelf) Look(context.Context) (*recall.Sight, error) { return new(recall.Changes).Look(1), nil }

func (shelf) Names(context.Context, feedback.Dim, []int64) (map[int64]Named, error) { return nil, nil }

func TestAPersonsOwnRange(t *testing.T) {
	team := func(own stat.Tally, colleagues int64) map[int64]stat.Tally {
		m := map[int64]stat.Tally{1: own}
		for id := int64(2); id <= 1+colleagues; id++ {
			m[id] = tally(30+id%2*9, 20-id%2*9) // they do differ: 30 or 39 of 50
		}
		return m
	}
	for sentence, c := range map[string]struct {
		now, before   map[int64]stat.Tally
		colleagues    bool
		hidden        bool
		shrunk, alike bool
		past, beyond  bool
	}{
		"below five answers there is no range":                      {now: team(tally(4, 0), 20), colleagues: true, hidden: true},
		"few colleagues teach nothing":                              {now: team(tally(9, 1), 3), colleagues: true},
		"many steady the range, and she is one of them":             {now: team(tally(9, 3), 20), colleagues: true, shrunk: true, alike: true},
		"far from them the range says so":                           {now: team(tally(5, 95), 20), colleagues: true, shrunk: true},
		"her supervisor sees no trace of colleagues":                {now: team(tally(9, 3), 20)},
		"her past is compared from five answers on":                 {now: team(tally(9, 3), 3), before: team(tally(5, 0), 0), past: true},
		"four answers in the past are too few":                      {now: team(tally(9, 3), 3), before: team(tally(4, 0), 0)},
		"a change beyond noise needs many answers and a difference": {now: team(tally(90, 10), 3), before: team(tally(50, 50), 0), past: true, beyond: true},
	} {
		t.Run(sentence, func(t *testing.T) {
			s := Service{Store: shelf{now: c.now, before: c.before, today: 20_000}, Zone: time.UTC, Now: func() time.Time { return time.Unix(20_000*86_400, 0) }}
			own, err := s.Own(context.Background(), 1, c.colleagues)
			if err != nil || len(own) != 1 {
				t.Fatal(own, err)
			}
			o := own[0]
			if hidden := o.Low == nil; hidden != c.hidden || hidden && o.Satisfied != 0 {
				t.Errorf("range %v..%v, %d satisfied", o.Low, o.High, o.Satisfied)
			}
			if o.Shrunk != c.shrunk || o.Alike != c.alike || (o.Past.Diff != nil) != c.past || o.Past.Beyond != c.beyond {
				t.Errorf("%+v", o)
			}
			n := c.now[1]
			if low, high := stat.Wilson(n.Counts[5], n.N); !c.hidden && !c.shrunk && (*o.Low != 100*low || *o.High != 100*high) {
				t.Errorf("range %v..%v, want Wilson's %v..%v", *o.Low, *o.High, 100*low, 100*high)
			}
		})
	}
}

func TestPromotersAreTheSatisfiedOfNPS(t *testing.T) {
	nps := stat.Scale{Metric: stat.NPS, Lo: 0, Hi: 10}
	var x stat.Tally
	x.Add(10, 3)
	x.Add(8, 5)
	x.Add(2, 4)
	if n := satisfied(nps, x); n != 3 {
		t.Errorf("%d of NPS, want 3 promoters", n)
	}
	if n := satisfied(five, tally(7, 2)); n != 7 {
		t.Errorf("%d of CSAT, want 7", n)
	}
	if n := satisfied(five, stat.Tally{}); n != 0 {
		t.Errorf("%d of nothing", n)
	}
}

func TestAShownTotalGivesNoSmallPartAway(t *testing.T) {
	//        1
	//     2     3
	//   4   5
	tree := people.NewTree([]people.Team{{ID: 1}, {ID: 2, ParentID: 1}, {ID: 3, ParentID: 1}, {ID: 4, ParentID: 2}, {ID: 5, ParentID: 2}})
	for sentence, c := range map[string]struct {
		teams  []int64
		counts map[int64]int64
		hidden []int64
		guard  []int64
	}{
		"large parts are shown":                                    {nil, map[int64]int64{1: 100, 2: 50, 3: 50, 4: 25, 5: 25}, nil, nil},
		"a small part takes the next with it":                      {nil, map[int64]int64{1: 103, 2: 100, 3: 3, 4: 50, 5: 50}, []int64{2, 3, 4, 5}, nil},
		"what a team has besides its parts is a part":              {nil, map[int64]int64{1: 102, 2: 60, 3: 40, 4: 30, 5: 30}, []int64{3}, nil},
		"parts of a small team are hidden":                         {nil, map[int64]int64{1: 4, 2: 4, 4: 4}, []int64{2, 3, 4, 5}, nil},
		"a total out of sight gives nothing away":                  {[]int64{4, 5}, map[int64]int64{4: 3, 5: 50}, nil, nil},
		"one hidden for another reason takes the next with it":     {nil, map[int64]int64{1: 100, 2: 60, 3: 40, 4: 30, 5: 30}, []int64{4, 5}, []int64{4}},
		"the parts of one hidden for another reason are hidden":    {nil, map[int64]int64{1: 100, 2: 60, 3: 40, 4: 30, 5: 30}, []int64{2, 3, 4, 5}, []int64{2}},
		"ratings shared by parts make a total less than their sum": {nil, map[int64]int64{1: 80, 2: 50, 3: 50, 4: 25, 5: 25}, nil, nil},
	} {
		t.Run(sentence, func(t *testing.T) {
			tallies := map[int64]stat.Tally{}
			for id, n := range c.counts {
				tallies[id] = tally(n, 0)
			}
			guarded := map[int64]bool{}
			for _, id := range c.guard {
				guarded[id] = true
			}
			hidden := conceal(tree, Arrange(tree, c.teams), tallies, guarded)
			var got []int64
			for id := int64(1); id <= 5; id++ {
				if hidden[id] {
					got = append(got, id)
				}
			}
			if d := cmp.Diff(c.hidden, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTeamsStandBelowTheirNearestInSight(t *testing.T) {
	tree := people.NewTree([]people.Team{{ID: 1}, {ID: 2, ParentID: 1}, {ID: 3, ParentID: 2}, {ID: 4}})
	for sentence, c := range map[string]struct {
		teams []int64
		want  [][2]int64
	}{
		"all":                        {nil, [][2]int64{{1, 0}, {2, 1}, {3, 2}, {4, 0}}},
		"a gap closes":               {[]int64{1, 3}, [][2]int64{{1, 0}, {3, 1}}},
		"what is below the top":      {[]int64{2, 3}, [][2]int64{{2, 0}, {3, 1}}},
		"an empty list shows none":   {[]int64{}, nil},
		"a team nobody has heard of": {[]int64{9}, nil},
	} {
		var got [][2]int64
		for _, l := range Arrange(tree, c.teams) {
			got = append(got, [2]int64{l.Team.ID, int64(l.Depth)})
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", sentence, d)
		}
	}
}

// TestWhereFewServeTheCompanySaysHowMuchPeopleDiffer: five at a touchpoint are too few to learn from, but by what people differ
// elsewhere they steady the range; her own mean stays that of the touchpoint, whose customers are harder to please.
func TestWhereFewServeTheCompanySaysHowMuchPeopleDiffer(t *testing.T) {
	here, company := map[int64]stat.Tally{}, map[int64]stat.Tally{}
	for id := int64(1); id <= 5; id++ {
		here[id] = tally(10, 10)
	}
	for id := int64(11); id <= 30; id++ {
		company[id] = tally(40+id%2*8, 10-id%2*8)
	}
	for sentence, c := range map[string]struct {
		elsewhere map[int64]stat.Tally
		shrunk    bool
	}{"the company is large enough": {company, true}, "nobody is elsewhere": {nil, false}} {
		s := Service{Store: shelf{now: here, elsewhere: c.elsewhere, today: 20_000}, Zone: time.UTC, Now: func() time.Time { return time.Unix(20_000*86_400, 0) }}
		own, err := s.Own(context.Background(), 1, true)
		if err != nil || len(own) != 1 {
			t.Fatal(own, err)
		}
		low, high := stat.Wilson(10, 20)
		if o := own[0]; o.Shrunk != c.shrunk || o.Alike != c.shrunk || c.shrunk && (*o.High-*o.Low >= 100*(high-low) || *o.Low > 50 || *o.High < 50) {
			t.Errorf("%s: %v..%v, shrunk %t, alike %t", sentence, *own[0].Low, *own[0].High, o.Shrunk, o.Alike)
		}
	}
}
