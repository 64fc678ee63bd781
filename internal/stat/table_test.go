package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPercentages(t *testing.T) {
	for sentence, c := range map[string]struct {
		counts []int64
		want   []int
	}{
		"thirds: the first gets the odd one":      {[]int64{1, 1, 1}, []int{34, 33, 33}},
		"the larger remainder is rounded up":      {[]int64{2, 1}, []int{67, 33}},
		"equal remainders: the larger count":      {[]int64{1, 3, 4}, []int{12, 38, 50}},
		"an empty cell stays empty":               {[]int64{0, 7, 0}, []int{0, 100, 0}},
		"nobody answered":                         {[]int64{0, 0}, nil},
		"no cells":                                {nil, nil},
		"a negative count":                        {[]int64{3, -1}, nil},
		"a total that does not fit":               {[]int64{math.MaxInt64, 1}, nil},
		"counts too large for a plain product":    {[]int64{math.MaxInt64 / 4, math.MaxInt64 / 4 * 3}, []int{25, 75}},
		"the answers of a real service centre":    {[]int64{2241, 227, 503, 2277, 11934}, []int{13, 1, 3, 13, 70}},
		"three small cells beside one large cell": {[]int64{1, 1, 1, 997}, []int{0, 0, 0, 100}},
	} {
		if got := Percentages(c.counts); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", sentence, got, c.want)
		}
	}
}

func TestPercentagesSumTo100(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, 1<<50), 1, 200).Draw(t, "counts")
		counts[0]++
		total, sum := 0.0, 0
		for _, n := range counts {
			total += float64(n)
		}
		percents := Percentages(counts)
		for i, p := range percents {
			sum += p
			if math.Abs(float64(p)-100*float64(counts[i])/total) > 1+1e-9 {
				t.Fatalf("%d of %v became %d %%", counts[i], total, p)
			}
			for j := range i {
				if counts[i] > counts[j] && p < percents[j] {
					t.Fatalf("%v became %v", counts, percents)
				}
			}
		}
		if sum != 100 {
			t.Fatalf("%v sum to %d", percents, sum)
		}
	})
}

func TestSuppress(t *testing.T) {
	for sentence, c := range map[string]struct {
		counts []int64
		hidden []int
	}{
		"large cells are shown":                      {[]int64{10, 20, 30}, nil},
		"empty cells are shown":                      {[]int64{0, 20, 0}, nil},
		"one small cell takes the smallest with it":  {[]int64{3, 20, 10, 30}, []int{0, 2}},
		"two small cells that hold enough":           {[]int64{3, 4, 20}, []int{0, 1}},
		"two small cells that hold too few":          {[]int64{1, 2, 20, 10}, []int{0, 1, 3}},
		"an empty cell hides nothing":                {[]int64{3, 0, 9}, []int{0, 2}},
		"of equal cells the first":                   {[]int64{9, 3, 9}, []int{0, 1}},
		"alone in its table":                         {[]int64{3}, []int{0}},
		"alone among empty cells":                    {[]int64{0, 3, 0}, []int{1}},
		"impossible counts hide the table":           {[]int64{10, -1, 20}, []int{0, 1, 2}},
		"exactly k is shown":                         {[]int64{5, 5}, nil},
		"nothing at all":                             {nil, nil},
		"small cells only, too few even all of them": {[]int64{1, 1, 1}, []int{0, 1, 2}},
	} {
		var hidden []int
		for i, h := range Suppress(c.counts) {
			if h {
				hidden = append(hidden, i)
			}
		}
		if !slices.Equal(hidden, c.hidden) {
			t.Errorf("%s: %v hides %v, want %v", sentence, c.counts, hidden, c.hidden)
		}
	}
}

func TestSuppressedCellsCannotBeSubtracted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOf(rapid.Int64Range(0, 12)).Draw(t, "counts")
		cells, answers, shown, small := 0, int64(0), 0, 0
		for i, hidden := range Suppress(counts) {
			switch n := counts[i]; {
			case hidden:
				cells++
				answers += n
				if n == 0 {
					t.Fatalf("%v hides an empty cell", counts)
				}
			case 0 < n && n < K:
				t.Fatalf("%v shows a cell of %d", counts, n)
			case n > 0:
				shown++
			}
			if 0 < counts[i] && counts[i] < K {
				small++
			}
		}
		if shown > 0 && cells > 0 && (cells < 2 || answers < K) || small == 0 && cells > 0 {
			t.Fatalf("%v: %d cells of %d answers hidden", counts, cells, answers)
		}
	})
}
