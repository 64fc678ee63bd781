package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// comments writes n comments of the words, each by another customer.
func comments(first int64, n int, words ...string) (out []Comment) {
	for i := range n {
		out = append(out, Comment{first + int64(i), words})
	}
	return out
}

// By hand: "late" in 10 of the low and 2 of the high, "good" in 3 and 12. c = .1: α = 1.2 and 1.5, α₀ = 2.7.
func TestContrastByHand(t *testing.T) {
	low := append(comments(1, 10, "late", "late"), comments(50, 3, "good")...)
	high := append(comments(100, 2, "late"), comments(200, 12, "good")...)
	bad, good, err := Contrast(low, high, Background{})
	if err != nil || len(bad) != 1 || len(good) != 1 {
		t.Fatal(bad, good, err)
	}
	delta := math.Log((10+1.2)/(13+2.7-10-1.2)) - math.Log((2+1.2)/(14+2.7-2-1.2))
	z := delta / math.Sqrt(1/11.2+1/3.2)
	if w := bad[0]; w.Word != "late" || w.Low != 10 || w.High != 2 || w.Customers != 10 || !near(w.LogOdds, delta) || !near(w.Z, z) || !slices.Equal(w.Comments, []int{0, 1}) {
		t.Errorf("%+v, want δ %v z %v", w, delta, z)
	}
	if w := good[0]; w.Word != "good" || w.Z >= 0 || !slices.Equal(w.Comments, []int{2, 3}) {
		t.Errorf("%+v", w)
	}
}

func TestWordsThatAreLeftOut(t *testing.T) {
	filler := append(comments(300, 40, "order"), comments(400, 40, "today")...)
	for sentence, low := range map[string][]Comment{
		"two comments":                append(comments(1, 2, "late"), filler...),
		"many comments by one person": append(slices.Repeat([]Comment{{1, []string{"late"}}}, 30), filler...),
	} {
		if bad, _, err := Contrast(low, filler, Background{}); err != nil || len(bad) != 0 {
			t.Errorf("%s: %+v %v", sentence, bad, err)
		}
	}
	if bad, good, err := Contrast(comments(1, 9, "late"), nil, Background{}); err != nil || len(bad)+len(good) != 0 {
		t.Errorf("one word alone: %v %v %v", bad, good, err)
	}
	_, _, err := Contrast(nil, nil, Background{Words: map[string]int64{"late": -1}})
	refused(t, map[string]error{"a negative background": err})
}

// A background that knows a word as common takes more to be convinced that it is only common here.
func TestBackgroundIsHeeded(t *testing.T) {
	low := append(comments(1, 12, "late"), comments(50, 30, "order")...)
	high := append(comments(100, 3, "late"), comments(200, 30, "order")...)
	zOf := func(b Background) float64 {
		bad, _, err := Contrast(low, high, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range bad {
			if w.Word == "late" {
				return w.Z
			}
		}
		return 0
	}
	own, small := zOf(Background{}), zOf(Background{Comments: 2000, Words: map[string]int64{"late": 900}})
	common := zOf(Background{Comments: 3000, Words: map[string]int64{"late": 2000, "order": 100}})
	if own != small || own <= 0 || common >= own {
		t.Errorf("alone %v, with too small a background %v, with a large one %v", own, small, common)
	}
}

// methods.md §9 [C]: where both sides draw from the same words, about 1.3 % of them stand out.
func TestContrastOfNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(61, 62))
	vocabulary := make([]string, 300)
	for i := range vocabulary {
		vocabulary[i] = fmt.Sprint("word", i)
	}
	write := func(n int) (out []Comment) {
		for i := range n {
			c := Comment{Customer: int64(i)}
			for range 8 {
				c.Words = append(c.Words, vocabulary[int(300*math.Pow(random.Float64(), 2))])
			}
			slices.Sort(c.Words)
			out = append(out, c)
		}
		return out
	}
	c := contrasts{words: map[string]*wordCount{}}
	c.count(write(400), 0)
	c.count(write(400), 1)
	if err := c.weigh(Background{}); err != nil {
		t.Fatal(err)
	}
	out := 0
	for word, w := range c.words {
		if math.Abs(c.judge(word, w).Z) > significantWord {
			out++
		}
	}
	if out > 12 {
		t.Errorf("%d of 300 words stand out", out)
	}
}

// Turned around, the same words stand on the other side.
func TestContrastTurnsAround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (out []Comment) {
			for i := range rapid.IntRange(0, 40).Draw(t, name) {
				words := rapid.SliceOfN(rapid.SampledFrom([]string{"late", "good", "order", "phone", "nobody"}), 1, 4).Draw(t, name)
				out = append(out, Comment{int64(i), words})
			}
			return out
		}
		low, high := draw("low"), draw("high")
		bad, good, err1 := Contrast(low, high, Background{})
		good2, bad2, err2 := Contrast(high, low, Background{})
		if err1 != nil || err2 != nil || len(bad) != len(bad2) || len(good) != len(good2) {
			t.Fatal(bad, bad2, good, good2)
		}
		for i, w := range bad {
			same(t, "z", bad2[i].Z, -w.Z)
		}
	})
}

func FuzzContrast(f *testing.F) {
	f.Add("late late nobody", "good fast", int64(2500))
	f.Fuzz(func(t *testing.T, a, b string, n int64) {
		var low, high []Comment
		for i := range len(a) {
			low = append(low, Comment{int64(i), []string{a[i : i+1], "x"}})
		}
		for i := range len(b) {
			high = append(high, Comment{int64(i), []string{b[i : i+1]}})
		}
		bad, good, err := Contrast(low, high, Background{Comments: n, Words: map[string]int64{"x": 7}})
		if err != nil || len(bad) > wordsPerSide || len(good) > wordsPerSide {
			t.Fatal(bad, good, err)
		}
	})
}
