// Package task is long work that somebody asked for and may watch: an import, a large export, a check of the figures. It
// says who asked, how far the work has come, who holds it now and what came of it. It is not for doing the work (the
// workshop's business) and not for background work nobody asked for (see jobs).
//
// A task outlives the process that works on it. Whoever works holds it by the number of the attempt and says so every
// half second; when nothing was heard for Patience, another node may take it up as the next attempt. Everything the
// former one still tries to write down is then refused, so that nothing is counted twice.
//
// Files of a task are kept in the database, in chunks: the node that works need not be the one that got the upload, and
// nothing personal is left on a disk. What was uploaded goes when the work ends, a draft nobody started after
// DraftKept, what was made after FileKept.
package task

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Kind is what a task does.
type Kind string

// Kinds.
const (
	Import Kind = "import" // takes a file in
	Words  Kind = "words"  // writes customers' words into a file
	Check  Kind = "check"  // recounts the raw records against the figures
)

// Kinds lists them.
var Kinds = []Kind{Import, Words, Check}

// State is how far a task is.
type State string

// States are all of them, in the order a task may go through them.
var States = []State{Draft, Waiting, Running, Done, Failed, Cancelled}

// States. A draft waits for somebody to say go; the last three are the end.
const (
	Draft     State = "draft"
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Limits.
const (
	MaxUpload  = 64 << 20 // bytes of a file to import
	Patience   = 30 * time.Second
	Beat       = 500 * time.Millisecond // how often who works says how far it is
	DraftKept  = time.Hour
	FileKept   = 24 * time.Hour
	Kept       = 90 * 24 * time.Hour // a task that ended
	MaxCrashes = 4                   // then it is given up: the work itself seems to be what kills its node
)

// Format is how an export is written.
type Format string

// Formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Ask is what is wanted.
type Ask struct {
	File     string        `json:"file,omitempty"` // name of the upload
	Size     int64         `json:"size,omitempty"` // of the upload, in bytes
	Digest   string        `json:"digest,omitempty"`
	Mapping  string        `json:"mapping,omitempty"`
	Journey  int64         `json:"journey,omitempty,string"` // whose words; 0 is the company's
	Format   Format        `json:"format,omitempty"`
	Language i18n.Lang     `json:"language"` // what is written in the file is in the language of who asked
	Calendar i18n.Calendar `json:"calendar,omitempty"`
}

// Task is one piece of long work.
type Task struct {
	ID        int64
	Kind      Kind
	State     State
	UserID    int64 // who asked
	Asked     Ask
	Done      int64 // of Total, in the unit of the kind: lines, rows, tallies
	Total     int64 // 0 is not known yet
	Attempt   int   // how often somebody took it up
	Crashes   int   // how often whoever had it fell silent
	Cancel    bool  // somebody wants it to end
	Mark      string
	Result    Result
	CreatedAt time.Time
	StartedAt *time.Time // when the present attempt began
	BeatAt    *time.Time // when whoever works was heard of last
	EndedAt   *time.Time
}

// Result is what came of a task.
type Result struct {
	Key      string         `json:"key,omitempty"` // why it failed, a message key
	Args     []any          `json:"args,omitempty"`
	Taken    int            `json:"taken,omitempty"` // rows that said something new
	Known    int            `json:"known,omitempty"` // rows that said nothing new
	Refused  int            `json:"refused,omitempty"`
	Skipped  int            `json:"skipped,omitempty"` // rows the mapping passes over
	New      map[string]int `json:"new,omitempty"`     // runs, interactions, …: how many were added
	Problems []Problem      `json:"problems,omitempty"`
	Rows     int            `json:"rows,omitempty"`    // of the file made
	Differ   int            `json:"differ,omitempty"`  // tallies that do not agree
	Cells    []Difference   `json:"cells,omitempty"`   // the first of them
	File     string         `json:"file,omitempty"`    // name of the file made; "" is none
	Size     int64          `json:"size,omitempty"`    // of the file made
	Seconds  float64        `json:"seconds,omitempty"` // of the last attempt
}

// MaxListed is how many problems and differences a result lists.
const MaxListed = 50

// Problem is one refused row, without the row itself, which may hold personal data.
type Problem struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Key    string `json:"key"`
	Args   []any  `json:"args,omitempty"`
}

// Difference is one tally that the figures keep differently from what the raw records say.
type Difference struct {
	Dim    string `json:"dim"`
	ID     int64  `json:"id,string"`
	Scale  string `json:"scale"`
	Day    int32  `json:"day"`
	Raw    int64  `json:"raw"`
	Rollup int64  `json:"rollup"`
}

// Ended reports whether nothing more will happen.
func (t Task) Ended() bool { return t.State == Done || t.State == Failed || t.State == Cancelled }

// Underway reports whether it waits to be worked on or is being worked on.
func (t Task) Underway() bool { return t.State == Waiting || t.State == Running }

// Left is how long the rest will take at the pace so far; false while that cannot be said.
func (t Task) Left(now time.Time) (time.Duration, bool) {
	if t.State != Running || t.StartedAt == nil || t.Done <= 0 || t.Done > t.Total {
		return 0, false
	}
	spent := now.Sub(*t.StartedAt)
	if spent < 2*time.Second || t.Done*50 < t.Total {
		return 0, false
	}
	return time.Duration(float64(spent) / float64(t.Done) * float64(t.Total-t.Done)), true
}

// HasFile reports whether the file that was made may still be fetched.
func (t Task) HasFile(now time.Time) bool {
	return t.Result.File != "" && t.EndedAt != nil && now.Before(t.EndedAt.Add(FileKept))
}
