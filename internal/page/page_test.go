package page_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/journeyloop/journeyloop/internal/page"
)

func TestArrange(t *testing.T) {
	type row struct {
		name string
		n    int
	}
	rows := []row{{"b", 1}, {"a", 2}, {"d", 1}, {"c", 3}, {"e", 2}}
	by := page.Orders[row]{"name": func(a, b row) int { return cmp.Compare(a.name, b.name) }, "n": func(a, b row) int { return cmp.Compare(a.n, b.n) }}
	for does, x := range map[string]struct {
		ask  page.Ask
		want string
		is   page.Ask
	}{
		"its own order where none is asked for":    {page.Ask{}, "badce", page.Ask{Number: 1, Size: 25}},
		"its own order where nonsense is asked":    {page.Ask{Sort: "x' OR 1", Desc: true}, "badce", page.Ask{Number: 1, Size: 25}},
		"by a column":                              {page.Ask{Sort: "name"}, "abcde", page.Ask{Number: 1, Size: 25, Sort: "name"}},
		"downwards, equals in their own order":     {page.Ask{Sort: "n", Desc: true}, "caebd", page.Ask{Number: 1, Size: 25, Sort: "n", Desc: true}},
		"the second page":                          {page.Ask{Number: 2, Size: 2, Sort: "name"}, "cd", page.Ask{Number: 2, Size: 2, Sort: "name"}},
		"the last page is not full":                {page.Ask{Number: 3, Size: 2}, "e", page.Ask{Number: 3, Size: 2}},
		"the last page where a later one is asked": {page.Ask{Number: 99, Size: 2}, "e", page.Ask{Number: 3, Size: 2}},
		"the first page where one before is asked": {page.Ask{Number: -3, Size: 2}, "ba", page.Ask{Number: 1, Size: 2}},
	} {
		t.Run(does, func(t *testing.T) {
			before := slices.Clone(rows)
			got := page.Arrange(rows, x.ask, by)
			names := ""
			for _, r := range got.Rows {
				names += r.name
			}
			if names != x.want || got.Ask != x.is || got.Total != len(rows) || !slices.Equal(rows, before) {
				t.Errorf("%q of %d by %+v, want %q by %+v", names, got.Total, got.Ask, x.want, x.is)
			}
		})
	}
	if empty := page.Arrange([]row{}, page.Ask{Number: 7}, by); len(empty.Rows) != 0 || empty.Ask.Number != 1 || empty.Pages() != 1 {
		t.Errorf("an empty list: %+v", empty)
	}
}

func TestWithin(t *testing.T) {
	for _, x := range []struct{ number, size, total, want int }{{1, 25, 0, 1}, {2, 25, 25, 1}, {2, 25, 26, 2}, {9, 10, 31, 4}, {3, 0, 5, 3}} {
		if got := (page.Ask{Number: x.number, Size: x.size}).Within(x.total).Number; got != x.want {
			t.Errorf("page %d of %d by %d: %d, want %d", x.number, x.total, x.size, got, x.want)
		}
	}
}
