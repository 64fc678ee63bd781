// Package coaching is how people here learn together from what customers say: the short meeting of a team, and the talk of
// an employee with her supervisor. It decides what a meeting may read out, what it may try next, who keeps a sheet with
// whom, and what stands on it. It is not for judging anybody: nothing here is counted, compared or ranked, and what went
// wrong is told with how much of it lay in the way things are done. Feedback itself is in package feedback, figures are in
// insight.
package coaching

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// LongestWords bounds what anybody writes here, in characters.
const LongestWords = 2000

// Pair are the two whose sheet it is; nobody else reads it.
type Pair struct{ EmployeeID, SupervisorID int64 }

// Kind is what an entry of a sheet is.
type Kind string

// Feedback and observations are marked; a topic is something to talk about in one's own words; a note is what was said.
const (
	Feedback    Kind = "feedback"
	Observation Kind = "observation"
	Topic       Kind = "topic"
	Note        Kind = "note"
)

// Entry is something that one of the two put on the sheet, and may take off again until the talk was held.
type Entry struct {
	ID            int64
	EmployeeID    int64
	SupervisorID  int64
	TalkID        int64 // 0: for the next talk
	Kind          Kind
	ResponseID    int64 // of feedback
	TouchpointID  int64
	ObservationID int64
	Words         string
	AuthorID      int64 // one of the two
	At            time.Time
}

// Talk is one of theirs; at most one is still to be held.
type Talk struct {
	ID           int64
	EmployeeID   int64
	SupervisorID int64
	Planned      int32 // day; 0: not yet
	HeldAt       *time.Time
}

// GoalState is what became of a goal. Only she who set it says.
type GoalState string

// States of a goal.
const (
	GoalOpen    GoalState = "open"
	GoalReached GoalState = "reached"
	GoalDropped GoalState = "dropped"
)

// Goal is what an employee wants to change, in her words. Low and High are where her own range at the touchpoint stood when
// she set it, in per cent.
type Goal struct {
	ID           int64
	EmployeeID   int64
	Words        string
	TouchpointID int64 // 0: she measures nothing
	Scale        stat.Scale
	Low, High    *int
	N            int
	SetAt        time.Time
	Until        int32 // day; 0: none
	State        GoalState
	ClosedAt     *time.Time
}

// Held says how many talks somebody had, for those who may know nothing else of them.
type Held struct {
	N    int
	Last *time.Time
}

// Causes are coded cases by where their main cause lay: with a person's knowledge or attitude, with the way things are done
// (process, means, authority, promise, product, system, price, partner), or with neither.
type Causes struct{ People, Way, Neither int }

// CausesOf sorts main causes, counted.
func CausesOf(counted map[casework.Cause]int) (c Causes) {
	for cause, n := range counted {
		switch cause {
		case "knowledge", "attitude":
			c.People += n
		case "customer":
			c.Neither += n
		default:
			c.Way += n
		}
	}
	return c
}

// N is how many cases that is.
func (c Causes) N() int { return c.People + c.Way + c.Neither }

// written checks what somebody wrote in a field.
func written(p *fault.Problems, field, words string) string {
	words = strings.TrimSpace(words)
	if words == "" {
		p.Add(field, "errors.required")
	}
	if utf8.RuneCountInString(words) > LongestWords {
		p.Add(field, "coaching.words_long", "most", LongestWords)
	}
	return words
}
