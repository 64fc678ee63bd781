package stat

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Comment is what one customer wrote, as the words it is made of (i18n.Words). A word that is there twice counts once: long
// rants do not dominate.
type Comment struct {
	Customer int64
	Words    []string
}

// Word is one that tells the comments of the dissatisfied from those of the satisfied.
type Word struct {
	Word      string
	Low, High int64   // comments with it among the dissatisfied and the satisfied
	Customers int64   // different customers on the side it belongs to
	LogOdds   float64 // δ: above 0 with the dissatisfied
	Z         float64
	Comments  []int // the first two comments with it on its side, for quotation
}

// Background is how common words are with the company as a whole; it is used from 2000 comments on.
type Background struct {
	Comments int64
	Words    map[string]int64 // comments with the word
}

const (
	priorWeight     = 0.1 // c of methods.md §9
	backgroundFrom  = 2000
	leastComments   = 3
	leastCustomers  = 3
	wordsPerSide    = 10
	quotedPerWord   = 2
	significantWord = 1.96
)

// Contrast finds the words that tell comments of dissatisfied customers (low) from those of satisfied ones (high), of one
// language: weighted log-odds with an informative Dirichlet prior, α = .1·(y₁+y₂), or by the background's shares when that is
// large enough (methods.md §9; Monroe, Colaresi & Quinn 2008, eq. 16, 19, 22). Up to ten words a side, the strongest first,
// with |z| ≥ 1.96 and on their side at least three comments of three customers. An error for a negative count of the
// background.
func Contrast(low, high []Comment, background Background) (dissatisfied, satisfied []Word, err error) {
	c := contrasts{words: map[string]*wordCount{}}
	c.count(low, 0)
	c.count(high, 1)
	if err := c.weigh(background); err != nil {
		return nil, nil, err
	}
	for word, w := range c.words {
		found := c.judge(word, w)
		switch {
		case math.Abs(found.Z) < significantWord, found.Customers < leastCustomers, max(found.Low, found.High) < leastComments:
		case found.Z > 0 && found.Low >= leastComments:
			dissatisfied = append(dissatisfied, found)
		case found.Z < 0 && found.High >= leastComments:
			satisfied = append(satisfied, found)
		}
	}
	return strongest(dissatisfied), strongest(satisfied), nil
}

type wordCount struct {
	comments [2][]int // which, by side
	people   [2]map[int64]bool
	prior    float64
}

type contrasts struct {
	words map[string]*wordCount
	n     [2]float64 // all words of a side
	prior float64
}

func (c *contrasts) count(comments []Comment, side int) {
	for i, comment := range comments {
		for _, word := range comment.Words {
			w := c.words[word]
			if w == nil {
				w = &wordCount{people: [2]map[int64]bool{{}, {}}}
				c.words[word] = w
			}
			if last := len(w.comments[side]) - 1; last >= 0 && w.comments[side][last] == i {
				continue
			}
			w.comments[side] = append(w.comments[side], i)
			w.people[side][comment.Customer] = true
			c.n[side]++
		}
	}
}

// weigh gives every word its α. A word the background does not know weighs like one it knows from half a comment.
func (c *contrasts) weigh(b Background) error {
	total := 0.0
	for word, n := range b.Words {
		if n < 0 {
			return fmt.Errorf("contrast: %d comments with %q", n, word)
		}
	}
	for word, w := range c.words {
		w.prior = float64(len(w.comments[0]) + len(w.comments[1]))
		if b.Comments > backgroundFrom {
			w.prior = max(0.5, float64(b.Words[word]))
		}
		total += w.prior
	}
	c.prior = priorWeight * (c.n[0] + c.n[1])
	for _, w := range c.words {
		w.prior *= c.prior / total
	}
	return nil
}

func (c *contrasts) judge(word string, w *wordCount) Word {
	y1, y2 := float64(len(w.comments[0])), float64(len(w.comments[1]))
	rest1, rest2 := c.n[0]+c.prior-y1-w.prior, c.n[1]+c.prior-y2-w.prior
	out := Word{Word: word, Low: int64(y1), High: int64(y2)}
	if rest1 <= 0 || rest2 <= 0 { // there is no other word
		return out
	}
	out.LogOdds = math.Log((y1+w.prior)/rest1) - math.Log((y2+w.prior)/rest2)
	out.Z = out.LogOdds / math.Sqrt(1/(y1+w.prior)+1/(y2+w.prior))
	side := 0
	if out.Z < 0 {
		side = 1
	}
	out.Customers = int64(len(w.people[side]))
	out.Comments = slices.Clone(w.comments[side][:min(quotedPerWord, len(w.comments[side]))])
	return out
}

func strongest(words []Word) []Word {
	slices.SortFunc(words, func(a, b Word) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Z), math.Abs(a.Z)), cmp.Compare(a.Word, b.Word))
	})
	return words[:min(wordsPerSide, len(words))]
}
