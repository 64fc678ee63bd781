package insight

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// What the contrast of words is read from, whatever the size of the company: of the latest answers, the latest comments of
// each side. More would not change what is said, but what it costs.
const (
	LatestAnswers = 20_000
	MostComments  = 4_000
)

// LeastSaid is how many answers each side of a language needs before any words of it are told (methods.md §1.12: verbatims).
const LeastSaid = 10

// WordStore finds what customers wrote.
type WordStore interface {
	// CommentsOn lists comments of one mood in a scope, the latest first.
	CommentsOn(ctx context.Context, scope people.Scope, q WordsQuestion) ([]Comment, error)
	// ServedOn are the names of those who served on runs, by run.
	ServedOn(ctx context.Context, runs []int64) (map[int64][]string, error)
}

// WordsQuestion says whose comments are wanted: those of a journey, of a touchpoint, of what the teams in sight were rated
// for, or, with none of these, of all. Words are only ever found in the asker's scope.
type WordsQuestion struct {
	Journey, Touchpoint int64
	Teams               bool
	From                time.Time // of the answer; a zero time asks for all
	Mood                stat.Mood
	Answers, Comments   int // how many of the latest are looked at, and how many with words taken
}

// Comment is what one customer wrote about a journey as a whole (touchpoint 0) or about one touchpoint.
type Comment struct {
	ResponseID, TouchpointID     int64
	RunID, JourneyID, CustomerID int64
	Customer                     string // never to be shown
	Text                         string
	Language                     i18n.Lang // of the survey's page; "" where nobody has stored it
	Scale                        stat.Scale
	Value                        *int
	Anonymity                    survey.Anonymity
	AnsweredAt                   time.Time
}

// who tells customers apart; one who is not on record is whoever walked that run.
func (c Comment) who() int64 {
	if c.CustomerID == 0 {
		return -c.RunID
	}
	return c.CustomerID
}

// Telling is a word that one side says more often, as customers write it, with two of the shortest sentences around it.
type Telling struct {
	stat.Word
	Spelt  string
	Quotes []string
}

// Contrast is one language: how many comments each side wrote, and the words that tell the sides apart.
type Contrast struct {
	Language       i18n.Lang
	Low, High      int
	Unhappy, Happy []Telling
}

// Wording is what dissatisfied customers say more often than satisfied ones, and the reverse, each language for itself.
type Wording struct {
	Languages []Contrast // the most written first; only those with LeastSaid answers on each side
	Few       bool       // there are comments, but in no language enough of both sides
}

// Contrast answers for the comments in a scope (methods.md §9). Names are no finding: of each comment the names of the
// customer and of whoever served her are left out, and no sentence with one of them is quoted.
func (s *Service) Contrast(ctx context.Context, scope people.Scope, q WordsQuestion) (Wording, error) {
	var out Wording
	sides, err := s.sides(ctx, scope, q)
	if err != nil {
		return out, fmt.Errorf("contrast words: %w", err)
	}
	for lang, both := range sides {
		if answered(both[0]) < LeastSaid || answered(both[1]) < LeastSaid {
			out.Few = out.Few || len(both[0])+len(both[1]) > 0
			continue
		}
		c, err := contrasted(lang, both)
		if err != nil {
			return out, err
		}
		out.Languages = append(out.Languages, c)
	}
	out.Few = out.Few && len(out.Languages) == 0
	slices.SortFunc(out.Languages, func(a, b Contrast) int {
		return cmp.Or(cmp.Compare(b.Low+b.High, a.Low+a.High), cmp.Compare(a.Language, b.Language))
	})
	return out, nil
}

// Saying lists the comments of one side in one language that have a word in them, the latest first, at most so many.
func (s *Service) Saying(ctx context.Context, scope people.Scope, q WordsQuestion, lang i18n.Lang, word string, most int) ([]Comment, error) {
	sides, err := s.sides(ctx, scope, q)
	if err != nil {
		return nil, fmt.Errorf("comments with a word: %w", err)
	}
	side := sides[lang][0]
	if q.Mood == stat.Positive {
		side = sides[lang][1]
	}
	if answered(side) < LeastSaid {
		return nil, nil
	}
	var out []Comment
	for _, t := range side {
		if len(out) < most && slices.Contains(t.words, word) {
			out = append(out, t.Comment)
		}
	}
	return out, nil
}

// taken is a comment with its words, without names.
type taken struct {
	Comment
	words, names []string
}

// sides are the comments of dissatisfied and of satisfied customers, by language; with a mood only that side is there.
func (s *Service) sides(ctx context.Context, scope people.Scope, q WordsQuestion) (map[i18n.Lang]*[2][]taken, error) {
	sides := map[i18n.Lang]*[2][]taken{}
	for _, lang := range i18n.Languages {
		sides[lang] = &[2][]taken{}
	}
	q.Answers, q.Comments = LatestAnswers, MostComments
	only := q.Mood
	for side, mood := range []stat.Mood{stat.Negative, stat.Positive} {
		if only != "" && only != mood {
			continue
		}
		q.Mood = mood
		comments, err := s.Store.CommentsOn(ctx, scope, q)
		if err != nil {
			return nil, err
		}
		served, err := s.Store.ServedOn(ctx, runsOf(comments))
		if err != nil {
			return nil, err
		}
		for _, c := range comments {
			lang := i18n.WrittenIn(c.Language, c.Text)
			if into := sides[lang]; into != nil {
				into[side] = append(into[side], take(lang, c, served[c.RunID]))
			}
		}
	}
	return sides, nil
}

func runsOf(comments []Comment) []int64 {
	out := make([]int64, len(comments))
	for i, c := range comments {
		out[i] = c.RunID
	}
	return out
}

func take(lang i18n.Lang, c Comment, served []string) taken {
	t := taken{Comment: c, words: i18n.Words(lang, c.Text)}
	for _, name := range append([]string{c.Customer}, served...) {
		t.names = append(t.names, strings.Fields(i18n.Normalize(name))...)
	}
	t.words = slices.DeleteFunc(t.words, t.named)
	return t
}

// named says that a word, or one half of a joined one, is a name of somebody on the run.
func (t taken) named(word string) bool {
	for part := range strings.FieldsSeq(word) {
		if slices.ContainsFunc(t.names, func(name string) bool { return sameName(name, part) }) {
			return true
		}
	}
	return false
}

// sameName also knows the cases of Greek and Russian names: Ольгой is Ольга, Иваном is Иван, Дмитрию is Дмитрий, Νίκο is Νίκος.
func sameName(name, word string) bool {
	if name == word {
		return true
	}
	for _, c := range cases {
		stem, ok := strings.CutSuffix(name, c.name)
		if !ok || utf8.RuneCountInString(stem) < shortestStem {
			continue
		}
		if rest, ok := strings.CutPrefix(word, stem); ok && slices.Contains(strings.Fields(c.others), rest) || word == stem && c.bare {
			return true
		}
	}
	return false
}

// cases are what names end with, in search's form, and what they end with in other cases; bare where that may be nothing.
var cases = []struct {
	name, others string
	bare         bool
}{
	{"а", "ы и е у ой ою ей ею", false}, {"я", "и е ю ей ею", false}, {"й", "я ю е ем", false}, {"ь", "я ю е ем и ью", false},
	{"ий", "ого его ому ему им ом ем", false}, {"ый", "ого ому ым ом", false}, {"ой", "ого ому ым им ом", false},
	{"", "а у е ом ем ым", false}, // Russian names that end with a consonant
	{"σ", "υ", true}, {"η", "ησ", false}, {"α", "ασ", false},
}

const shortestStem = 2 // letters

// answered counts the answers behind comments: one may have several.
func answered(side []taken) int {
	seen := map[int64]bool{}
	for _, t := range side {
		seen[t.ResponseID] = true
	}
	return len(seen)
}

func contrasted(lang i18n.Lang, both *[2][]taken) (Contrast, error) {
	c := Contrast{Language: lang, Low: len(both[0]), High: len(both[1])}
	unhappy, happy, err := stat.Contrast(counted(both[0]), counted(both[1]), stat.Background{})
	if err != nil {
		return c, err
	}
	c.Unhappy, c.Happy = telling(lang, both[0], unhappy), telling(lang, both[1], happy)
	return c, nil
}

func counted(side []taken) []stat.Comment {
	out := make([]stat.Comment, len(side))
	for i, t := range side {
		out[i] = stat.Comment{Customer: t.who(), Words: t.words}
	}
	return out
}

// looked is how many comments with a word are looked through for how it is written and for sentences to quote.
const looked = 12

// telling are words with how they are written and what is quoted: a sentence stands under the clearest of the words it has.
func telling(lang i18n.Lang, side []taken, words []stat.Word) []Telling {
	out, told := make([]Telling, len(words)), map[string]bool{}
	for i, w := range words {
		out[i] = Telling{Word: w, Spelt: w.Word}
		var found []sentence
		spelt := map[string]int{}
		for _, t := range side {
			if len(found) == looked {
				break
			}
			if !slices.Contains(t.words, w.Word) {
				continue
			}
			start, end, ok := i18n.Spelt(lang, t.Text, w.Word)
			if !ok {
				continue
			}
			spelt[strings.ToLower(t.Text[start:end])]++
			said := i18n.Sentence(t.Text, start, end, longestQuote)
			found = append(found, sentence{who: t.who(), text: said, named: slices.ContainsFunc(i18n.Words(lang, said), t.named)})
		}
		out[i].Spelt, out[i].Quotes = mostWritten(spelt, w.Word), quoted(found, told)
	}
	return out
}

// mostWritten is how a word is most often written; search's form of it, where nobody could tell.
func mostWritten(spelt map[string]int, word string) string {
	best := word
	for s, n := range spelt {
		if n > spelt[best] || n == spelt[best] && s < best {
			best = s
		}
	}
	return best
}

// A sentence worth quoting is short enough to take in at a glance and long enough to tell something.
const (
	longestQuote = 140 // characters
	leastTelling = 4   // words
	quotes       = 2
)

type sentence struct {
	who   int64
	text  string
	named bool
}

// quoted are the two shortest telling sentences of two customers, of those not told yet.
func quoted(found []sentence, told map[string]bool) []string {
	found = slices.DeleteFunc(found, func(s sentence) bool { return s.named })
	slices.SortStableFunc(found, func(a, b sentence) int { return cmp.Compare(a.rank(), b.rank()) })
	var out []string
	heard := map[int64]bool{}
	for _, s := range found {
		if said := i18n.Normalize(s.text); len(out) < quotes && !heard[s.who] && !told[said] {
			heard[s.who], told[said] = true, true
			out = append(out, s.text)
		}
	}
	return out
}

// rank puts telling sentences first, the shortest of them first; then what is cut off at two or three words, the longest first.
func (s sentence) rank() int {
	n := len([]rune(s.text))
	if len(strings.Fields(s.text)) < leastTelling {
		return 2*longestQuote - n
	}
	return n
}
