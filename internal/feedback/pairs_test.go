package feedback

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/stat"
)

var (
	likert = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	effort = stat.Scale{Metric: stat.CES, Lo: 1, Hi: 7, LowGood: true}
)

func said(overall int, met []int64, ratings ...Rating) *Response {
	return &Response{JourneyID: 7, Day: 3, Scale: likert, Overall: &overall, Met: met, Ratings: ratings}
}

func rating(touchpoint int64, scale stat.Scale, value int) Rating {
	return Rating{JourneyID: 7, Day: 3, TouchpointID: touchpoint, Scale: scale, Value: value}
}

func pairsOf(t *testing.T, rs ...*Response) *Pairs {
	t.Helper()
	var p Pairs
	for _, r := range rs {
		if err := p.Answer(r, 1); err != nil {
			t.Fatal(err)
		}
	}
	return &p
}

func TestAnswersPairWhatTheyMet(t *testing.T) {
	shop, call, walked := Side{1, "csat_1_5"}, Side{2, "ces_1_7_low"}, Side{ID: 3}
	p := pairsOf(t, said(4, []int64{1, 2, 3, 3}, rating(1, likert, 5), rating(2, effort, 1)), said(2, nil, rating(1, likert, 3)), &Response{Met: []int64{9}})
	for sentence, x := range map[string]struct {
		a, b Side
		want Both
	}{
		"the whole with itself counts the answers":              {Whole, Whole, Both{2, 6, 6, 20}},
		"a touchpoint with the whole":                           {Whole, shop, Both{2, 6, 8, 26}},
		"the same the other way round":                          {shop, Whole, Both{2, 8, 6, 26}},
		"the easiest of a low scale is its highest":             {shop, call, Both{1, 5, 7, 35}},
		"what was met and not rated adds nothing but its count": {shop, walked, Both{1, 5, 0, 0}},
		"what was not met together is no pair":                  {call, Side{9, ""}, Both{}},
	} {
		if got := p.Of(x.a, x.b); got != x.want {
			t.Errorf("%s: %+v, want %+v", sentence, got, x.want)
		}
	}
}

func TestPairsRefuseWhatIsOnNoScale(t *testing.T) {
	var p Pairs
	if err := p.Answer(said(4, nil, rating(1, stat.Scale{}, 5)), 1); err == nil || !p.Empty() {
		t.Errorf("%v, %+v", err, p)
	}
}

// anyAnswers draws answers of a few touchpoints.
func anyAnswers(t *rapid.T) []*Response {
	scales := []stat.Scale{likert, effort}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *Response {
		r := said(rapid.IntRange(1, 5).Draw(t, "overall"), rapid.SliceOfDistinct(rapid.Int64Range(-3, 6), rapid.ID).Draw(t, "met"))
		for _, id := range rapid.SliceOfDistinct(rapid.Int64Range(1, 6), rapid.ID).Draw(t, "rated") {
			r.Ratings = append(r.Ratings, rating(id, rapid.SampledFrom(scales).Draw(t, "scale"), rapid.IntRange(1, 5).Draw(t, "value")))
		}
		return r
	}), 0, 12).Draw(t, "answers")
}

func written(t *rapid.T, p *Pairs) []byte {
	raw, err := p.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestPairsAddUpInWhateverOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := anyAnswers(t)
		at := rapid.IntRange(0, len(answers)).Draw(t, "at")
		var all, left, right Pairs
		for i, r := range answers {
			part := &left
			if i >= at {
				part = &right
			}
			if all.Answer(r, 1) != nil || part.Answer(r, 1) != nil {
				t.Fatal("refused")
			}
		}
		right.Plus(&left)
		if !bytes.Equal(written(t, &right), written(t, &all)) {
			t.Error("added from the other side they are written differently")
		}
		var again Pairs
		if err := again.UnmarshalBinary(written(t, &all)); err != nil || !bytes.Equal(written(t, &again), written(t, &all)) {
			t.Errorf("read back they are others: %v", err)
		}
		for _, r := range answers {
			if again.Answer(r, -1) != nil {
				t.Fatal("refused")
			}
		}
		if !again.Empty() || len(written(t, &again)) != 2 {
			t.Errorf("taken back, they leave %d bytes", len(written(t, &again)))
		}
	})
}

func TestSumsTravelAsTheyAre(t *testing.T) {
	two := 2
	r := said(4, []int64{1, 3}, rating(1, likert, 5))
	r.Expectation = &two
	r.Ratings[0].Attributions = []Attribution{{EmployeeID: 11, TeamID: 21, Active: true}, {EmployeeID: 12, TeamID: 22, Active: true}}
	sums := NewSums()
	sums.Passes[Pass{7, 1, 20_000}] = 2
	if err := sums.Answer(r, 1); err != nil || sums.Size() != 11 || empty(sums) {
		t.Fatalf("%d cells, %v", sums.Size(), err)
	}
	raw, err := sums.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var got Sums
	for n := range raw {
		if got.UnmarshalBinary(raw[:n]) == nil {
			t.Errorf("%d bytes of %d were taken for the whole", n, len(raw))
		}
	}
	if err := got.UnmarshalBinary(append(raw[:len(raw):len(raw)], 0)); err == nil {
		t.Error("something after them was overlooked")
	}
	if err := got.UnmarshalBinary(raw); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sums.Tallies, got.Tallies) + cmp.Diff(sums.Sets, got.Sets) + cmp.Diff(sums.Passes, got.Passes); d != "" {
		t.Error(d)
	}
	got.Drivers[DriverDay{7, "csat_1_5", 3}].Minus(sums.Drivers[DriverDay{7, "csat_1_5", 3}])
	if err := got.Answer(&Response{}, 1); err != nil || !got.Drivers[DriverDay{7, "csat_1_5", 3}].Empty() {
		t.Errorf("other driver statistics arrived: %+v, %v", got.Drivers, err)
	}
	if err := sums.Answer(r, -1); err != nil || !empty(sums) {
		t.Errorf("taken back, they leave %+v, %v", sums, err)
	}
}

func FuzzPairs(f *testing.F) {
	p := Pairs{}
	if err := p.Answer(said(4, []int64{9}, rating(1, likert, 5)), 1); err != nil {
		f.Fatal(err)
	}
	raw, _ := p.MarshalBinary()
	f.Add(raw)
	f.Add(raw[:len(raw)-1])
	f.Add(append(raw[:len(raw):len(raw)], 0))
	f.Add([]byte{pairsFormat, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p, again Pairs
		if p.UnmarshalBinary(raw) != nil {
			return
		}
		out, _ := p.MarshalBinary()
		if err := again.UnmarshalBinary(out); err != nil {
			t.Fatal(err)
		}
		again.Minus(&p)
		if !again.Empty() {
			t.Errorf("%x came back as %x", raw, out)
		}
	})
}

// BenchmarkPairs is what an answer that rated 14 touchpoints costs the driver statistics.
func BenchmarkPairs(b *testing.B) {
	r := said(4, nil)
	for id := range int64(14) {
		r.Ratings = append(r.Ratings, rating(id+1, likert, 3))
	}
	var p Pairs
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Answer(r, 1); err != nil {
			b.Fatal(err)
		}
	}
}

// empty reports that sums change no figure.
func empty(s Sums) bool {
	for _, t := range s.Tallies {
		if t != (stat.Tally{}) {
			return false
		}
	}
	for _, p := range s.Drivers {
		if !p.Empty() {
			return false
		}
	}
	return true
}
