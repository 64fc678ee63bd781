package store

import (
	"cmp"
	"slices"
	"testing"

	"github.com/journeyloop/journeyloop/internal/feedback"
)

// TestWhomARatingConcernsIsFoundWhereverItIsKept: with the rating while that is plain, apart from it once several share it
// or somebody corrected it; never in both places.
func TestWhomARatingConcernsIsFoundWhereverItIsKept(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		if _, err := s.Take(t.Context(), withTeams(rated(0, 4))); err != nil { // every second is shared by two
			t.Fatal(err)
		}
		ratings, err := all[feedback.Rating](s.r.Table("ratings").Order("response_id, touchpoint_id"))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range ratings {
			before, err := s.RatingForChange(t.Context(), r.ResponseID, r.TouchpointID)
			if err != nil || len(before.Attributions) == 0 {
				t.Fatalf("%+v, %v", before, err)
			}
			want := map[bool]int64{true: 0, false: int64(len(before.Attributions))}[len(before.Attributions) == 1]
			if n := s.apart(t, r); n != want {
				t.Errorf("%d of %d attributions stand apart, want %d", n, len(before.Attributions), want)
			}
			after := before
			after.Attributions = slices.Clone(before.Attributions)
			if !after.Disown(before.Attributions[0].EmployeeID, s.Now()) {
				t.Fatalf("nothing to disown: %+v", before)
			}
			if err := s.SaveAttributions(t.Context(), before, after); err != nil {
				t.Fatal(err)
			}
			found, err := s.RatingForChange(t.Context(), r.ResponseID, r.TouchpointID)
			slices.SortFunc(after.Attributions, func(a, b feedback.Attribution) int {
				return cmp.Or(cmp.Compare(a.EmployeeID, b.EmployeeID), cmp.Compare(a.TeamID, b.TeamID))
			})
			if err != nil || !slices.EqualFunc(found.Attributions, after.Attributions, sameAttribution) || s.apart(t, r) != int64(len(found.Attributions)) {
				t.Errorf("corrected to %+v, found %+v, %v", after.Attributions, found.Attributions, err)
			}
		}
		if found, err := s.Verify(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

func sameAttribution(a, b feedback.Attribution) bool {
	same := a.ChangedAt.Equal(b.ChangedAt)
	a.ChangedAt = b.ChangedAt
	return same && a == b
}

// apart counts the attributions of a rating that stand apart from it.
func (s *Store) apart(t *testing.T, r feedback.Rating) (n int64) {
	t.Helper()
	if err := s.r.Table("further_attributions").Where("response_id = ? AND touchpoint_id = ?", r.ResponseID, r.TouchpointID).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}
