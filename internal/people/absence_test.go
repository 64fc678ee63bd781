package people

import (
	"testing"

	"pgregory.net/rapid"
)

const (
	anna int64 = 1 + iota
	boris
	cyrus
	daphne
)

func TestWhoStandsIn(t *testing.T) {
	for sentence, c := range map[string]struct {
		away Away
		want int64 // for Anna
	}{
		"nobody is away":                                 {Away{}, anna},
		"others are away":                                {Away{boris: cyrus}, anna},
		"she is away":                                    {Away{anna: boris}, boris},
		"so is who stands in for her":                    {Away{anna: boris, boris: cyrus, cyrus: daphne}, daphne},
		"nobody was named":                               {Away{anna: 0}, 0},
		"nobody was named for who was":                   {Away{anna: boris, boris: 0}, 0},
		"a circle leads to nobody":                       {Away{anna: boris, boris: cyrus, cyrus: anna}, 0},
		"a circle that she is not in leads to nobody":    {Away{anna: boris, boris: cyrus, cyrus: boris}, 0},
		"somebody away in her own stead leads to nobody": {Away{anna: anna}, 0},
	} {
		if got := c.away.Standing(anna); got != c.want {
			t.Errorf("%s: %d, want %d", sentence, got, c.want)
		}
	}
}

func away(who int64, from, until int32, substitute int64) Absence {
	return Absence{EmployeeID: who, FromDay: from, UntilDay: until, SubstituteID: substitute}
}

func TestPeopleDoNotStandInForEachOtherAllRound(t *testing.T) {
	others := []Absence{away(boris, 10, 20, cyrus), away(cyrus, 15, 30, daphne), away(boris, 40, 50, anna)}
	for sentence, c := range map[string]struct {
		a    Absence
		want bool
	}{
		"who stands in is there":                              {away(anna, 1, 9, boris), false},
		"who stands in is away, somebody else stands in":      {away(anna, 5, 25, boris), false},
		"two for each other":                                  {away(anna, 45, 60, boris), true},
		"for each other, but one after the other":             {away(anna, 51, 60, boris), false},
		"three in a circle, on some days":                     {away(daphne, 5, 16, boris), true},
		"two days before it would close":                      {away(daphne, 5, 14, boris), false},
		"the circle begins in the middle of the new absence":  {away(daphne, 1, 60, cyrus), true},
		"nobody named closes nothing":                         {away(daphne, 1, 60, 0), false},
		"nobody stands in for herself by way of one who does": {away(anna, 30, 40, boris), true},
	} {
		if got := circle(others, c.a); got != c.want {
			t.Errorf("%s: %v", sentence, got)
		}
	}
}

// TestCirclesAreSeenDayByDay holds the few days looked at against all of them: while absences without a circle are let in
// and no others, whoever is away leads to somebody who was named, or to nobody because nobody was.
func TestCirclesAreSeenDayByDay(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var kept []Absence
		for range rapid.IntRange(1, 12).Draw(r, "absences") {
			from := rapid.Int32Range(0, 20).Draw(r, "from")
			a := away(rapid.Int64Range(1, 6).Draw(r, "who"), from, from+rapid.Int32Range(0, 8).Draw(r, "days"), rapid.Int64Range(0, 6).Draw(r, "substitute"))
			if a.SubstituteID == a.EmployeeID || a.meets(kept) {
				continue
			}
			naive := false
			for day := a.FromDay; day <= a.UntilDay; day++ {
				gone := AwayOn(append(kept[:len(kept):len(kept)], a), day)
				seen := map[int64]bool{}
				for at := a.EmployeeID; at != 0 && !naive; at = gone[at] {
					naive = seen[at]
					seen[at] = true
				}
			}
			if got := circle(kept, a); got != naive {
				r.Fatalf("%+v beside %+v: %v, want %v", a, kept, got, naive)
			}
			if !naive {
				kept = append(kept, a)
			}
		}
	})
}

// meets reports whether the same person is away already.
func (a Absence) meets(others []Absence) bool {
	for _, o := range others {
		if o.EmployeeID == a.EmployeeID && o.during(a.FromDay, a.UntilDay) {
			return true
		}
	}
	return false
}
