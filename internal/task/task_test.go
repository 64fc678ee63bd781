package task

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/people"
)

func TestWhoMayAskForWhat(t *testing.T) {
	for sentence, c := range map[string]struct {
		who  people.Actor
		kind Kind
		of   int64
		may  bool
	}{
		"an administrator imports":                        {people.Actor{Administrator: true}, Import, 0, true},
		"an administrator checks the figures":             {people.Actor{Administrator: true}, Check, 0, true},
		"an administrator reads nobody's words":           {people.Actor{Administrator: true}, Words, 0, false},
		"a manager does not import":                       {people.Actor{Manager: true}, Import, 0, false},
		"a manager does not check":                        {people.Actor{Manager: true}, Check, 0, false},
		"a manager takes the words of the company":        {people.Actor{Manager: true}, Words, 0, true},
		"a leader takes the words of her journey":         {people.Actor{Leads: []int64{7}}, Words, 7, true},
		"a leader does not take those of another":         {people.Actor{Leads: []int64{7}}, Words, 8, false},
		"a leader does not take the company's":            {people.Actor{Leads: []int64{7}}, Words, 0, false},
		"an owner takes what she sees of a journey":       {people.Actor{Owns: []int64{3}}, Words, 7, true},
		"an owner does not take the company's":            {people.Actor{Owns: []int64{3}}, Words, 0, false},
		"a supervisor takes none":                         {people.Actor{Supervises: []int64{3}}, Words, 7, false},
		"nobody does what a newer node may know of later": {people.Actor{Manager: true, Administrator: true}, "dance", 0, false},
	} {
		if got := MayAsk(c.who, c.kind, Ask{Journey: c.of}); got != c.may {
			t.Errorf("%s: %t", sentence, got)
		}
	}
}

func TestWhoMayFetchAndCancel(t *testing.T) {
	mine := Task{UserID: 1}
	if !mine.MayFetch(people.Actor{UserID: 1}) || mine.MayFetch(people.Actor{UserID: 2, Administrator: true}) || (Task{}).MayFetch(people.Actor{}) {
		t.Error("a file is for who asked and nobody else")
	}
	for state, may := range map[State]bool{Draft: false, Waiting: true, Running: true, Done: false, Failed: false, Cancelled: false} {
		if got := (Task{State: state}).MayCancel(); got != may {
			t.Errorf("%s: %t", state, got)
		}
	}
}

func TestHowLongTheRestWillTake(t *testing.T) {
	began := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for sentence, c := range map[string]struct {
		state       State
		done, total int64
		spent, left time.Duration
		known       bool
	}{
		"a quarter in ten seconds leaves thirty": {Running, 250, 1000, 10 * time.Second, 30 * time.Second, true},
		"all of it leaves nothing":               {Running, 1000, 1000, 10 * time.Second, 0, true},
		"the first second says little":           {Running, 250, 1000, time.Second, 0, false},
		"one in a hundred says little":           {Running, 10, 1000, 10 * time.Second, 0, false},
		"nothing yet says nothing":               {Running, 0, 1000, 10 * time.Second, 0, false},
		"an unknown total says nothing":          {Running, 10, 0, 10 * time.Second, 0, false},
		"what waits goes at no pace":             {Waiting, 250, 1000, 10 * time.Second, 0, false},
	} {
		left, known := Task{State: c.state, Done: c.done, Total: c.total, StartedAt: &began}.Left(began.Add(c.spent))
		if left != c.left || known != c.known {
			t.Errorf("%s: %v %t", sentence, left, known)
		}
	}
}
