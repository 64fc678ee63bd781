package stat

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Metric is what kind of question a rating answers.
type Metric string

const (
	NPS  Metric = "nps"  // how likely to recommend: promoters minus detractors (methods.md §1.1)
	CSAT Metric = "csat" // how satisfied, or any rating: share of the top box (methods.md §1.2)
	CES  Metric = "ces"  // how easy: share of those who agree that it was (methods.md §1.3)
)

// MaxAnswer is the highest answer any scale may offer; the lowest is 0.
const MaxAnswer = 10

// Scale is what answers a question offers: the whole numbers Lo..Hi within 0..MaxAnswer. Ratings of different scales
// are never pooled (methods.md §1.1, §1.2), so the scale travels with every rating and every figure.
type Scale struct {
	Metric  Metric
	Lo, Hi  int
	LowGood bool // the lowest answer is the best one, as in "how difficult was it?" (methods.md §1.3)
}

// Check says what is wrong with the scale: an unknown metric, no two answers, answers outside 0..10, or an NPS that is
// not asked 0..10 or 1..10 with the highest the best (methods.md §1.1).
func (s Scale) Check() error {
	switch {
	case s.Metric != NPS && s.Metric != CSAT && s.Metric != CES:
		return fmt.Errorf("scale %q: unknown metric", s)
	case s.Lo < 0 || s.Hi > MaxAnswer || s.Lo >= s.Hi:
		return fmt.Errorf("scale %q: needs 0 <= lowest < highest <= %d", s, MaxAnswer)
	case s.Metric == NPS && (s.Lo > 1 || s.Hi != 10 || s.LowGood):
		return fmt.Errorf("scale %q: NPS is asked 0..10 or 1..10", s)
	}
	return nil
}

// names are those of all scales there can be: an answer is asked for one many times.
var names = func() map[Scale]string {
	out := map[Scale]string{}
	for _, metric := range []Metric{NPS, CSAT, CES} {
		for hi := range MaxAnswer + 1 {
			for lo := range hi {
				for _, low := range []bool{false, true} {
					s := Scale{metric, lo, hi, low}
					out[s] = s.name()
				}
			}
		}
	}
	return out
}()

// String names the scale as it is stored and written in files: "nps_0_10", "csat_1_5", "ces_1_5_low".
func (s Scale) String() string {
	if name, ok := names[s]; ok {
		return name
	}
	return s.name()
}

func (s Scale) name() string {
	name := string(s.Metric) + "_" + strconv.Itoa(s.Lo) + "_" + strconv.Itoa(s.Hi)
	if s.LowGood {
		name += "_low"
	}
	return name
}

// ParseScale reads what String writes, and nothing else: no blanks, capitals or leading zeros, so that one scale has
// one name. The error says what is wrong.
func ParseScale(name string) (Scale, error) {
	rest, low := strings.CutSuffix(name, "_low")
	parts := strings.Split(rest, "_")
	if len(parts) != 3 {
		return Scale{}, fmt.Errorf("scale %q: want metric_lowest_highest, such as csat_1_5", name)
	}
	lo, errLo := strconv.Atoi(parts[1])
	hi, errHi := strconv.Atoi(parts[2])
	s := Scale{Metric: Metric(parts[0]), Lo: lo, Hi: hi, LowGood: low}
	if errLo != nil || errHi != nil || s.String() != name {
		return Scale{}, fmt.Errorf("scale %q: lowest and highest must be plain whole numbers", name)
	}
	if err := s.Check(); err != nil {
		return Scale{}, err
	}
	return s, nil
}

// MarshalText writes the scale's name.
func (s Scale) MarshalText() ([]byte, error) { return []byte(s.String()), s.Check() }

// UnmarshalText reads the scale's name; the error is ParseScale's.
func (s *Scale) UnmarshalText(name []byte) (err error) {
	*s, err = ParseScale(string(name))
	return err
}

// Valid tells whether x is one of the answers offered. A scale that fails Check offers none.
func (s Scale) Valid(x int) bool { return s.Check() == nil && s.Lo <= x && x <= s.Hi }

// U returns the answer normalised to 0..1 so that high is good, (x−lo)/(hi−lo); NaN for what is not an answer
// (methods.md §1.2). Only U may be compared between scales.
func (s Scale) U(x int) float64 {
	if !s.Valid(x) {
		return math.NaN()
	}
	return float64(s.Good(x)-s.Lo) / float64(s.Hi-s.Lo)
}

// Mood is what an answer says of the experience, for praise and for triggers.
type Mood string

const (
	Positive Mood = "positive"
	Neutral  Mood = "neutral"
	Negative Mood = "negative"
)

// Mood returns the class of an answer: 9–10, 7–8 and up to 6 for NPS (methods.md §1.1); otherwise positive from
// u ≥ .75 and negative to u ≤ .25 (§1.2), which on 1..5 is {4,5} and {1,2}. "" for what is not an answer.
func (s Scale) Mood(x int) Mood {
	switch {
	case !s.Valid(x):
		return ""
	case s.Metric == NPS:
		return npsMood(x)
	}
	// In whole numbers, so that no rounding moves an answer across the line.
	over, width := s.Good(x)-s.Lo, s.Hi-s.Lo
	switch {
	case 4*over >= 3*width:
		return Positive
	case 4*over <= width:
		return Negative
	}
	return Neutral
}

func npsMood(x int) Mood {
	switch {
	case x >= 9:
		return Positive
	case x >= 7:
		return Neutral
	}
	return Negative
}

// Good turns an answer so that high is good and it stays on the scale: 1..5 of a LowGood scale becomes 5..1 (methods.md
// §1.3).
func (s Scale) Good(x int) int {
	if s.LowGood {
		return s.Lo + s.Hi - x
	}
	return x
}

// top tells whether an answer counts for the score of a box metric: u ≥ ¾ for CSAT (§1.2), u ≥ ⅔ for CES, which on
// 1..7 is "at least somewhat agree", 5..7 (§1.3).
func (s Scale) top(x int) bool {
	over, width := s.Good(x)-s.Lo, s.Hi-s.Lo
	if s.Metric == CES {
		return 3*over >= 2*width
	}
	return 4*over >= 3*width
}
