package coaching

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Rule is where the one thing to try comes from.
type Rule string

// Rules in the order in which they are asked: what most cases were coded to, what dissatisfied customers say more often, the
// touchpoint that is worth most to mend. Own is the team's own idea, before all of them.
const (
	Own     Rule = "own"
	ByCause Rule = "cause"
	ByWord  Rule = "word"
	ByFix   Rule = "fix"
)

// Outcome is what came of it, as the team says itself.
type Outcome string

// Outcomes in the order they are offered.
var Outcomes = []Outcome{"helped", "no_difference", "not_tried"}

func (o Outcome) known() bool { return slices.Contains(Outcomes, o) }

// Try is the one thing that a team tries until it meets again, N of Whole being what speaks for it.
type Try struct {
	TeamID       int64 `gorm:"primaryKey"`
	Day          int32 `gorm:"primaryKey"`
	Rule         Rule
	About        string // the team's words, a cause, a word of customers
	TouchpointID int64
	N, Whole     int
	AuthorID     int64 // a user
	At           time.Time
	Outcome      Outcome // "" until somebody said
	Remark       string
	NotedBy      int64
	NotedAt      *time.Time
}

// Said is a word, or a touchpoint, with how often it went wrong there.
type Said struct {
	Word         string
	TouchpointID int64
	N, Whole     int
}

// ByCases suggests the most frequent main cause of the cases that a team served, if it is that of enough; equal ones in
// the order of casework.Causes. What customers did themselves is nothing a team can change.
func ByCases(counted map[casework.Cause]int) (Try, bool) {
	t := Try{Rule: ByCause}
	for _, cause := range casework.Causes {
		t.Whole += counted[cause]
		if n := counted[cause]; n > t.N && cause != "customer" {
			t.About, t.N = string(cause), n
		}
	}
	return t, t.N >= stat.K
}

// Suggested is a try by a rule about the first of what was said; false where nothing was.
func Suggested(rule Rule, said ...Said) (Try, bool) {
	if len(said) == 0 {
		return Try{}, false
	}
	return Try{Rule: rule, About: said[0].Word, TouchpointID: said[0].TouchpointID, N: said[0].N, Whole: said[0].Whole}, true
}

// longestRest is how far back the last working day is looked for.
const longestRest = 31

// LastWorkingDay is the one before today.
func LastWorkingDay(w run.Week, today int32) int32 {
	for day := today - 1; day > today-longestRest; day-- {
		if w.Works(day) {
			return day
		}
	}
	return today - 1
}

// MayBeRead reports whether words can be read to a team without telling whom they are about: they name nobody of it, and
// it is large enough for "somebody of this team" to be nobody in particular (methods.md §1.12).
func MayBeRead(words string, members []string) bool {
	return len(members) >= stat.K && !Names(words, members)
}

// Names reports whether words have a part of one of these names in them; a name may be declined.
func Names(words string, members []string) bool {
	said := strings.FieldsFunc(i18n.Normalize(words), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) })
	for _, name := range members {
		for part := range strings.FieldsSeq(i18n.Normalize(name)) {
			if slices.ContainsFunc(said, func(word string) bool { return alike(part, word) }) {
				return true
			}
		}
	}
	return false
}

// A name has more letters than shortName where its last is often another in other cases; these put longestEnding after it.
const (
	shortName     = 3
	longestEnding = 3
)

// alike takes a word for a name rather once too often: both begin the same, a long name up to its last letter.
func alike(name, word string) bool {
	stem := name
	if utf8.RuneCountInString(name) > shortName {
		_, last := utf8.DecodeLastRuneInString(name)
		stem = name[:len(name)-last]
	}
	rest, ok := strings.CutPrefix(word, stem)
	return ok && utf8.RuneCountInString(rest) <= longestEnding
}
