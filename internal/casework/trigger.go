package casework

import "time"

// Kind is why a case was opened (methods.md §7).
type Kind string

// What can open a case. A repeated contact, and a low rating while the run is still open, are early: it can still be
// turned round.
const (
	LowOverall Kind = "low_overall" // the journey as a whole was rated low, by its scale
	LowRating  Kind = "low_rating"  // a touchpoint was
	Unresolved Kind = "unresolved"
	Contact    Kind = "contact" // she asked to be contacted
	MuchWorse  Kind = "much_worse"
	Fall       Kind = "fall" // far lower than her last answer
	Promise    Kind = "promise"
	Repeated   Kind = "repeated"
	Danger     Kind = "danger" // by her words
	Law        Kind = "law"
	Leaving    Kind = "leaving"
	Complaint  Kind = "complaint" // an employee wrote it down
	Called     Kind = "called"    // she said so when we called her unasked
)

// Kinds in the order they are shown, what weighs most first.
var Kinds = []Kind{Danger, Law, Leaving, Contact, Complaint, Called, LowOverall, LowRating, Unresolved, MuchWorse, Fall, Promise, Repeated}

// Trigger is one reason for a case. What one source tells of a run and a touchpoint opens one case once.
type Trigger struct {
	CaseID       int64 `gorm:"primaryKey"`
	Kind         Kind  `gorm:"primaryKey"`
	RunID        int64 `gorm:"primaryKey"`
	TouchpointID int64 `gorm:"primaryKey"`
	SourceID     int64 `gorm:"primaryKey"` // the answer, observation, contact, call or earlier case that tells it; 0 somebody here
	At           time.Time
	Grave        bool              `gorm:"-"`
	Particulars  map[string]string `gorm:"serializer:json"` // value and scale of a rating, the word that was found
}

// same reports whether both tell the same of a run.
func (t Trigger) same(o Trigger) bool {
	return t.Kind == o.Kind && t.RunID == o.RunID && t.TouchpointID == o.TouchpointID && t.SourceID == o.SourceID
}
