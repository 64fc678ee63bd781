package ingest

import "slices"

// Report is what became of an import.
type Report struct {
	Runs         int `json:"runs"`
	Interactions int `json:"interactions"`
	Responses    int `json:"responses"`
	Ratings      int `json:"ratings"`
	Customers    int `json:"customers"`
	Employees    int `json:"employees"`
	Teams        int `json:"teams"`
	Touchpoints  int `json:"touchpoints"`
	Journeys     int `json:"journeys"`

	Rejected  int     `json:"rejected"`
	Unchanged int     `json:"unchanged"` // rows that said nothing new
	Seconds   float64 `json:"seconds"`

	Created  Created        `json:"created"`            // the first createdLimit names of each kind
	Warnings map[string]int `json:"warnings"`           // message key → rows that were taken, but not whole
	Problems []Trouble      `json:"problems,omitempty"` // the first problemLimit rejected rows
}

// Trouble is a Problem without the row itself, which may hold personal data.
type Trouble struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Key    string `json:"key"`
	Reason string `json:"reason"` // in the reader's language
}

const (
	createdLimit = 100
	problemLimit = 20
)

func (r *Report) add(o Outcome) {
	c := o.Counts
	r.Runs += c.Runs
	r.Interactions += c.Interactions
	r.Responses += c.Responses
	r.Ratings += c.Ratings
	r.Customers += c.Customers
	r.Employees += c.Employees
	r.Teams += c.Teams
	r.Touchpoints += c.Touchpoints
	r.Journeys += c.Journeys
	if o.Unchanged {
		r.Unchanged++
	}
	addNames(&r.Created.Employees, o.Created.Employees)
	addNames(&r.Created.Teams, o.Created.Teams)
	addNames(&r.Created.Touchpoints, o.Created.Touchpoints)
	addNames(&r.Created.Journeys, o.Created.Journeys)
}

func addNames(list *[]string, names []string) {
	if room := createdLimit - len(*list); room > 0 {
		*list = append(*list, slices.Clip(names[:min(room, len(names))])...)
	}
}
