package store

import "testing"

// TestRecordsThatBelongToNothingAreFound: no foreign key keeps them out, so verify must see each.
func TestRecordsThatBelongToNothingAreFound(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		if _, err := s.Take(t.Context(), withTeams(rated(0, 3))); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ name, lose string }{
			{"a run without its journey", "UPDATE runs SET journey_id = 7 WHERE id = (SELECT MIN(id) FROM runs)"},
			{"a contact without its run", "UPDATE interactions SET run_id = 7 WHERE id = (SELECT MIN(id) FROM interactions)"},
			{"a contact at a touchpoint that never was", "UPDATE interactions SET touchpoint_id = 7 WHERE id = (SELECT MIN(id) FROM interactions)"},
			{"people without their contact", "UPDATE interaction_people SET interaction_id = 7 WHERE interaction_id = (SELECT MIN(interaction_id) FROM interaction_people)"},
			{"a key without its customer", "INSERT INTO customer_keys (key, customer_id) VALUES ('lost', 7)"},
			{"a response without its run", "UPDATE responses SET run_id = -run_id WHERE id = (SELECT MIN(id) FROM responses)"},
			{"ratings, attributions and notices without their response", "DELETE FROM responses WHERE id = (SELECT MAX(id) FROM responses)"},
			{"a rating of a touchpoint that never was", "UPDATE packed_ratings SET touchpoint_id = 7 WHERE response_id = (SELECT MIN(response_id) FROM ratings)"},
		} {
			before, err := s.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.w.Exec(c.lose).Error; err != nil {
				t.Fatal(err)
			}
			after, err := s.Verify(t.Context())
			if err != nil || orphaned(after) <= orphaned(before) {
				t.Errorf("%s: %d orphans of %d differences, before it %d, %v", c.name, orphaned(after), len(after), orphaned(before), err)
			}
		}
	})
}

func orphaned(found []Difference) (n int) {
	for _, d := range found {
		if d.Dim == byOrphan {
			n++
		}
	}
	return n
}
