package player

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/insight"
)

// TestThePromiseDeskFindsThePlantedPromise: everybody but the pilot promises what is never kept, the promise that can be
// kept is the one the pilot makes, and no data of this play could tell what the promise alone does to ratings, as a shop
// either always promises what is kept or never does.
func TestThePromiseDeskFindsThePlantedPromise(t *testing.T) {
	service := &insight.Service{Store: played(t), Zone: demo.Zone(), Now: func() time.Time { return morning }}
	list, err := service.Promises(t.Context(), insight.PromiseQuestion{Journey: journeyID(t, demo.FibrePromise.Journey), PerTeam: true})
	if err != nil || len(list) != 1 || list[0].Key != demo.FibrePromise.Touchpoint || list[0].Business {
		t.Fatalf("%+v, %v", list, err)
	}
	p := list[0]
	low, high, most := insight.Usual(p.PromiseFigures.Promised)
	if low != demo.FibrePromise.Promised || most != low || high != demo.FibrePromise.PilotPromised {
		t.Errorf("promised %d to %d, mostly %d", low, high, most)
	}
	if first, last := p.Took[0].Days, p.Took[len(p.Took)-1].Days; first != demo.FibrePromise.TakesLo || last != demo.FibrePromise.TakesHi {
		t.Errorf("took %d to %d days", first, last)
	}
	if p.Safe.Promise == nil || int(*p.Safe.Promise) != demo.FibrePromise.PilotPromised || p.Safe.N < p.Safe.Need {
		t.Errorf("safe promise %+v, want %d days", p.Safe, demo.FibrePromise.PilotPromised)
	}
	names, err := played(t).Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, team := range p.Teams {
		share := *team.Kept.Share
		if pilot := names.Teams[team.ID].Key == demo.FibrePromise.PilotTeam; pilot && share < .9 || !pilot && team.Delivered.X > 0 {
			t.Errorf("%s keeps %v of %d", names.Teams[team.ID].Key, share, team.Kept.N)
		}
	}
	for _, r := range p.Ratings {
		if r.Less == nil || r.Less.High >= 0 || !r.Effect.Unknown {
			t.Errorf("on %s: %+v, identifiable %v", r.Scale, r.Less, !r.Effect.Unknown)
		}
	}
	if len(p.Ratings) != 2 {
		t.Errorf("%d kinds of ratings, want the shop's and the journey's", len(p.Ratings))
	}
}
