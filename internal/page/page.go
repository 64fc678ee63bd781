// Package page is how a list is asked for: which part, in which order. It knows nothing of what is listed.
package page

import "slices"

// Size is how many rows a page of a list holds unless asked otherwise.
const Size = 25

// Ask is one request for a part of a list.
type Ask struct {
	Number int    // from 1
	Size   int    // rows a page
	Sort   string // a column name the list knows; "" is the list's own order
	Desc   bool
}

const (
	largest = 200       // the most rows a page may have
	last    = 1_000_000 // the highest page that anybody may ask for: beyond it, counting rows would overflow
)

// Clean returns the request with nonsense replaced: page 1 at least, and Size rows where fewer than 1 or too many are asked for.
func (a Ask) Clean() Ask {
	a.Number = min(max(a.Number, 1), last)
	if a.Size < 1 || a.Size > largest {
		a.Size = Size
	}
	return a
}

// Within returns the request with the last page where a later one was asked for: a list that became shorter still shows
// its end. total is the length of the whole list.
func (a Ask) Within(total int) Ask {
	if a.Size > 0 {
		a.Number = min(a.Number, max(1, (total+a.Size-1)/a.Size))
	}
	return a
}

// Offset is the number of rows before this page.
func (a Ask) Offset() int { return (a.Number - 1) * a.Size }

// Of is one part of a list, with the count of the whole.
type Of[T any] struct {
	Rows  []T
	Total int
	Ask   Ask
}

// Pages is how many pages the whole list has, at least one.
func (o Of[T]) Pages() int {
	if o.Ask.Size == 0 {
		return 1
	}
	return max(1, (o.Total+o.Ask.Size-1)/o.Ask.Size)
}

// Orders are the columns that a list held in memory can be sorted by.
type Orders[T any] map[string]func(a, b T) int

// Arrange gives one part of a list that is wholly in memory. A column that is none leaves the list's own order, which also
// decides between equals.
func Arrange[T any](rows []T, ask Ask, by Orders[T]) Of[T] {
	ask = ask.Clean().Within(len(rows))
	if compare, known := by[ask.Sort]; known {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b T) int {
			if ask.Desc {
				return compare(b, a)
			}
			return compare(a, b)
		})
	} else {
		ask.Sort, ask.Desc = "", false
	}
	from := min(ask.Offset(), len(rows))
	return Of[T]{Rows: rows[from:min(from+ask.Size, len(rows))], Total: len(rows), Ask: ask}
}
