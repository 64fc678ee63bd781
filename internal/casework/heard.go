package casework

import "github.com/journeyloop/journeyloop/internal/observation"

// Heard are the reasons for a case in what a customer told an employee: a complaint, and that she asked to be called.
func Heard(o observation.Observation) []Trigger {
	var out []Trigger
	if !o.OpensCase() {
		return nil
	}
	if o.Kind == observation.Complaint {
		out = append(out, Trigger{Kind: Complaint, TouchpointID: o.TouchpointID, SourceID: o.ID, At: o.At})
	}
	if o.WantsCall {
		out = append(out, Trigger{Kind: Contact, TouchpointID: o.TouchpointID, SourceID: o.ID, At: o.At})
	}
	return out
}
