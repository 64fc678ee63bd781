package coaching

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

var members = []string{"زهرا احمدی", "Νίκος Παπαδόπουλος", "Ольга Иванова", "Ann Smith", "Борис Петров"}

func TestWhatMayBeReadToATeam(t *testing.T) {
	for sentence, c := range map[string]struct {
		words   string
		members []string
		may     bool
	}{
		"words that name nobody":                     {"Quick and friendly", members, true},
		"a colleague's name":                         {"Ann was quick", members, false},
		"a family name":                              {"Mr SMITH was quick", members, false},
		"a name in another case":                     {"Спасибо Ольге за помощь", members, false},
		"a Greek one as it is called":                {"Ο Νίκο ήταν ευγενικός", members, false},
		"a Persian one beside a word of respect":     {"زهرا خانم عالی بود", members, false},
		"a word that only begins like a short name":  {"Annoyed at first, then fine", members, true},
		"anything, to a team where each is somebody": {"Quick and friendly", members[:4], false},
	} {
		t.Run(sentence, func(t *testing.T) {
			if may := MayBeRead(c.words, c.members); may != c.may {
				t.Errorf("%q may be read: %t", c.words, may)
			}
		})
	}
}

func TestTheMostFrequentCauseIsSuggestedIfItIsThatOfEnough(t *testing.T) {
	for sentence, c := range map[string]struct {
		counted map[casework.Cause]int
		about   string
		n, of   int
	}{
		"nothing was coded":                      {nil, "", 0, 0},
		"too few say the same":                   {map[casework.Cause]int{"process": 4, "price": 3}, "", 0, 0},
		"the most frequent":                      {map[casework.Cause]int{"process": 7, "price": 5}, "process", 7, 12},
		"what customers did is nobody's to mend": {map[casework.Cause]int{"customer": 9, "price": 5}, "price", 5, 14},
		"of equal ones the first in the list":    {map[casework.Cause]int{"system": 6, "promise": 6}, "promise", 6, 12},
	} {
		t.Run(sentence, func(t *testing.T) {
			got, ok := ByCases(c.counted)
			if ok != (c.about != "") || ok && (got.About != c.about || got.N != c.n || got.Whole != c.of) {
				t.Errorf("%+v, %t", got, ok)
			}
		})
	}
}

func TestTheLastWorkingDay(t *testing.T) {
	day := func(date string) int32 {
		at, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return i18n.Day(at, time.UTC)
	}
	for today, last := range map[string]string{"2026-03-04": "2026-03-03", "2026-03-02": "2026-02-27", "2026-03-01": "2026-02-27"} {
		if got := LastWorkingDay(run.DefaultWeek(), day(today)); got != day(last) {
			t.Errorf("before %s it was %s", today, i18n.DayTime(got).Format(time.DateOnly))
		}
	}
}

func TestWhoTalksWithAnEmployee(t *testing.T) {
	tree := people.NewTree([]people.Team{{ID: 1, SupervisorID: 10}, {ID: 2, ParentID: 1, SupervisorID: 20}, {ID: 3, ParentID: 2}})
	for sentence, c := range map[string]struct {
		e    people.Employee
		with int64
	}{
		"the supervisor of her team":                 {people.Employee{ID: 7, TeamID: 2}, 20},
		"the nearest above, where her team has none": {people.Employee{ID: 7, TeamID: 3}, 20},
		"not herself":            {people.Employee{ID: 20, TeamID: 2}, 10},
		"nobody, at the top":     {people.Employee{ID: 10, TeamID: 1}, 0},
		"nobody, without a team": {people.Employee{ID: 7}, 0},
	} {
		t.Run(sentence, func(t *testing.T) {
			if got := Supervisor(tree, c.e); got != c.with {
				t.Errorf("%d", got)
			}
		})
	}
}

func TestCausesLieWithPeopleOrWithTheWayThingsAreDone(t *testing.T) {
	counted := map[casework.Cause]int{}
	for _, c := range casework.Causes {
		counted[c] = 1
	}
	if got := CausesOf(counted); got != (Causes{People: 2, Way: 8, Neither: 1}) || got.N() != len(casework.Causes) {
		t.Errorf("%+v of %d", got, len(casework.Causes))
	}
}
