package stat

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestParseScale(t *testing.T) {
	for name, want := range map[string]Scale{
		"nps_0_10":     nps10,
		"nps_1_10":     {Metric: NPS, Lo: 1, Hi: 10},
		"csat_1_5":     csat5,
		"csat_0_1":     csatYes,
		"ces_1_7":      ces7,
		"ces_1_5_low":  ces5low,
		"csat_1_10":    {Metric: CSAT, Lo: 1, Hi: 10},
		"csat_0_4_low": {Metric: CSAT, Lo: 0, Hi: 4, LowGood: true},
	} {
		got, err := ParseScale(name)
		if err != nil || got != want || got.String() != name {
			t.Errorf("%s: got %+v (%s), %v", name, got, got, err)
		}
	}
}

func TestParseScaleRefuses(t *testing.T) {
	for why, name := range map[string]string{
		"nothing":                   "",
		"a metric alone":            "nps",
		"an unknown metric":         "stars_1_5",
		"capitals":                  "NPS_0_10",
		"blanks":                    "csat_1_5 ",
		"leading zeros":             "csat_01_5",
		"a sign":                    "csat_+1_5",
		"a negative answer":         "csat_-1_5",
		"more than ten":             "csat_0_100",
		"one answer only":           "csat_5_5",
		"highest before lowest":     "csat_5_1",
		"NPS on five points":        "nps_1_5",
		"NPS from two":              "nps_2_10",
		"NPS whose lowest is best":  "nps_0_10_low",
		"a number that overflows":   "csat_1_99999999999999999999",
		"digits of another script":  "csat_۱_۵",
		"something after direction": "ces_1_5_low_low",
		"a half":                    "csat_1_5.5",
	} {
		if got, err := ParseScale(name); err == nil {
			t.Errorf("%s (%q) was taken as %+v", why, name, got)
		} else if got != (Scale{}) {
			t.Errorf("%s (%q): refused, yet gave %+v", why, name, got)
		}
	}
}

func FuzzParseScale(f *testing.F) {
	for _, name := range []string{"nps_0_10", "csat_1_5", "ces_1_5_low", "", "_", "csat_-0_5", "csat__5_low"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s, err := ParseScale(name)
		if err != nil {
			return
		}
		if s.Check() != nil || s.String() != name || !s.Valid(s.Lo) || !s.Valid(s.Hi) || s.Valid(s.Hi+1) || s.Valid(s.Lo-1) {
			t.Errorf("%q became %+v", name, s)
		}
	})
}

func TestScaleTravelsInJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale.Draw(t, "scale")
		data, err := json.Marshal(s)
		var back Scale
		if err != nil || json.Unmarshal(data, &back) != nil || back != s {
			t.Fatalf("%+v became %s became %+v, %v", s, data, back, err)
		}
	})
	if data, err := json.Marshal(Scale{}); err == nil {
		t.Errorf("no scale at all was written as %s", data)
	}
}

// The classes that methods.md §1.1–§1.3 lists for each scale.
func TestClassesOfAnswers(t *testing.T) {
	for name, want := range map[string]struct{ positive, negative, top []int }{
		"nps_0_10":     {positive: []int{9, 10}, negative: []int{0, 1, 2, 3, 4, 5, 6}},
		"nps_1_10":     {positive: []int{9, 10}, negative: []int{1, 2, 3, 4, 5, 6}},
		"csat_1_5":     {positive: []int{4, 5}, negative: []int{1, 2}, top: []int{4, 5}},
		"csat_1_7":     {positive: []int{6, 7}, negative: []int{1, 2}, top: []int{6, 7}},
		"csat_1_10":    {positive: []int{8, 9, 10}, negative: []int{1, 2, 3}, top: []int{8, 9, 10}},
		"csat_0_1":     {positive: []int{1}, negative: []int{0}, top: []int{1}},
		"csat_1_5_low": {positive: []int{1, 2}, negative: []int{4, 5}, top: []int{1, 2}},
		"ces_1_7":      {positive: []int{6, 7}, negative: []int{1, 2}, top: []int{5, 6, 7}},
		"ces_1_5_low":  {positive: []int{1, 2}, negative: []int{4, 5}, top: []int{1, 2}},
	} {
		s, err := ParseScale(name)
		if err != nil {
			t.Fatal(err)
		}
		var positive, negative, top []int
		for x := s.Lo; x <= s.Hi; x++ {
			switch s.Mood(x) {
			case Positive:
				positive = append(positive, x)
			case Negative:
				negative = append(negative, x)
			}
			if s.Metric != NPS && s.top(x) {
				top = append(top, x)
			}
		}
		if !slices.Equal(positive, want.positive) || !slices.Equal(negative, want.negative) || !slices.Equal(top, want.top) {
			t.Errorf("%s: positive %v, negative %v, top %v", name, positive, negative, top)
		}
	}
}

func TestNormalisedAnswer(t *testing.T) {
	for _, c := range []struct {
		scale Scale
		x     int
		want  float64
	}{
		{csat5, 1, 0}, {csat5, 4, 0.75}, {csat5, 5, 1}, {nps10, 7, 0.7}, {ces5low, 1, 1}, {ces5low, 4, 0.25}, {csatYes, 1, 1},
	} {
		if got := c.scale.U(c.x); !near(got, c.want) {
			t.Errorf("%s: u(%d) = %v, want %v", c.scale, c.x, got, c.want)
		}
	}
}

func TestWhatIsNotAnAnswer(t *testing.T) {
	for _, c := range []struct {
		scale Scale
		x     int
	}{{csat5, 0}, {csat5, 6}, {nps10, -1}, {nps10, 11}, {Scale{}, 0}, {Scale{Metric: "stars", Lo: 1, Hi: 5}, 3}, {Scale{Metric: CSAT, Lo: 5, Hi: 1}, 3}} {
		if c.scale.Valid(c.x) || c.scale.Mood(c.x) != "" || !math.IsNaN(c.scale.U(c.x)) {
			t.Errorf("%s took %d: mood %q, u %v", c.scale, c.x, c.scale.Mood(c.x), c.scale.U(c.x))
		}
	}
}

func TestBetterAnswerIsNeverWorse(t *testing.T) {
	rank := map[Mood]int{Negative: 0, Neutral: 1, Positive: 2}
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale.Draw(t, "scale")
		for x := s.Lo; x < s.Hi; x++ {
			worse, better := x, x+1
			if s.LowGood {
				worse, better = better, worse
			}
			if s.U(worse) >= s.U(better) || rank[s.Mood(worse)] > rank[s.Mood(better)] {
				t.Fatalf("%s: %d should be worse than %d", s, worse, better)
			}
		}
		if s.U(s.Lo)+s.U(s.Hi) != 1 || s.U(s.Lo)*s.U(s.Hi) != 0 {
			t.Fatalf("%s: ends are %v and %v", s, s.U(s.Lo), s.U(s.Hi))
		}
	})
}
