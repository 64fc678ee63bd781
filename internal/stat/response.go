package stat

import "fmt"

// Invitations are matured ones only: sent at least as long ago as they stay open. Those who opted out and those who let it
// expire are among the sent (methods.md §1.8).
type Invitations struct{ Sent, Bounced, Completed, Partial int64 }

// Response is how many answered (methods.md §1.8; the analogue of AAPOR's RR1 and RR2). Without invitations, as with an
// open link, there is no rate.
type Response struct {
	Delivered Rate `json:"delivered"`     // completed of those that did not bounce: the headline
	Sent      Rate `json:"sent"`          // completed of all
	Partial   Rate `json:"with_partials"` // completed or begun, of those that did not bounce
}

// ResponseOf is the response to matured invitations. An error when more answered than were reached, or a count is
// negative.
func ResponseOf(i Invitations) (Response, error) {
	delivered := i.Sent - i.Bounced
	if min(i.Sent, i.Bounced, i.Completed, i.Partial) < 0 || delivered < 0 ||
		i.Completed > delivered || i.Partial > delivered-i.Completed {
		return Response{}, fmt.Errorf("response: %+v cannot be", i)
	}
	var out Response
	out.Delivered, _ = RateOf(i.Completed, delivered) // the counts have been checked
	out.Sent, _ = RateOf(i.Completed, i.Sent)
	out.Partial, _ = RateOf(i.Completed+i.Partial, delivered)
	return out, nil
}
