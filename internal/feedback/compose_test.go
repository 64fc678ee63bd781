package feedback

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// The people and teams of these stories.
const (
	zahra, nikos, olga, boss, leader int64 = 1, 2, 3, 4, 5
	north, south, office             int64 = 11, 12, 13
	visit, invoice, shop             int64 = 21, 22, 23
)

var csat = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}

func day(d int) time.Time { return time.Date(2026, 3, d, 22, 0, 0, 0, time.UTC) }

func contact(touchpoint int64, at time.Time, people ...run.Person) run.Contact {
	return run.Contact{Interaction: run.Interaction{TouchpointID: touchpoint, StartedAt: at}, People: people}
}

func setting(contacts ...run.Contact) Setting {
	ended := day(9)
	return Setting{
		Walk:   run.Walk{Run: run.Run{ID: 100, JourneyID: 7, CustomerID: 55, EndedAt: &ended, LastContactAt: ended}, Contacts: contacts},
		Survey: survey.Survey{ID: 9, Anonymity: survey.Identified}, Leader: leader, Zone: time.FixedZone("Tehran", 12600),
		Touchpoints: map[int64]journey.Touchpoint{
			visit:   {ID: visit, Judged: journey.JudgedBoth, TeamID: north, OwnerID: nikos},
			shop:    {ID: shop, Judged: journey.JudgedPerson, TeamID: south},
			invoice: {ID: invoice, Judged: journey.JudgedProcess, TeamID: office},
		},
		Supervisor: func(team int64) int64 { return map[int64]int64{north: boss, south: olga}[team] },
	}
}

func answer(touchpoint int64, value int) Said {
	overall := 2
	return Said{At: day(12), Scale: csat, Overall: &overall, Ratings: []SaidRating{{TouchpointID: touchpoint, Scale: csat, Value: value}}}
}

type who struct{ employee, team int64 }

func concerned(r Rating) []who {
	var out []who
	for _, a := range r.Active() {
		out = append(out, who{a.EmployeeID, a.TeamID})
	}
	slices.SortFunc(out, func(a, b who) int { return int(a.employee*100 + a.team - b.employee*100 - b.team) })
	return out
}

func TestARatingConcernsThoseWhoServedThisCustomerThere(t *testing.T) {
	for _, c := range []struct {
		story    string
		at       int64
		contacts []run.Contact
		want     []who
	}{
		{"the one who came", visit, []run.Contact{contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north})}, []who{{zahra, north}}},
		{"two who came together share it", visit, []run.Contact{contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}, run.Person{EmployeeID: nikos, TeamID: north})},
			[]who{{zahra, north}, {nikos, north}}},
		{"somebody who came twice has it once", visit, []run.Contact{contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}), contact(visit, day(4), run.Person{EmployeeID: zahra, TeamID: north})},
			[]who{{zahra, north}}},
		{"the team she was in then, though she moved between two visits", visit, []run.Contact{contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}), contact(visit, day(4), run.Person{EmployeeID: zahra, TeamID: south})},
			[]who{{zahra, north}, {zahra, south}}},
		{"nobody who served elsewhere on the run", visit, []run.Contact{contact(shop, day(2), run.Person{EmployeeID: olga, TeamID: south}), contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north})},
			[]who{{zahra, north}}},
		{"nobody when no contact is on record", visit, nil, nil},
		{"nobody when the contact names nobody", shop, []run.Contact{contact(shop, day(3))}, nil},
		{"no person where the process is judged", invoice, []run.Contact{contact(invoice, day(3), run.Person{EmployeeID: zahra, TeamID: north})}, []who{{0, north}}},
		{"the owning team where a process is judged and nobody is on record", invoice, nil, []who{{0, office}}},
		{"a unit without a person", visit, []run.Contact{contact(visit, day(3), run.Person{TeamID: south})}, []who{{0, south}}},
	} {
		r := Compose(answer(c.at, 1), setting(c.contacts...))
		if d := cmp.Diff(c.want, concerned(r.Ratings[0]), cmp.AllowUnexported(who{})); d != "" {
			t.Errorf("%s:\n%s", c.story, d)
		}
	}
}

func TestARatingBelongsToTheDayOfTheContactInTheCompanysZone(t *testing.T) {
	r := Compose(answer(visit, 1), setting(contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north})))
	// 22:00 in London is 01:30 of the next day in Tehran.
	if want := int32(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC).Unix() / 86400); r.Ratings[0].Day != want {
		t.Errorf("day %d, want %d", r.Ratings[0].Day, want)
	}
	if want := int32(time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC).Unix() / 86400); r.Day != want {
		t.Errorf("the journey's day is %d, want the day the run ended, %d", r.Day, want)
	}
}

func TestEveryAudienceGetsAnAnswerOnceForItsClosestReason(t *testing.T) {
	r := Compose(answer(visit, 5), setting(contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}, run.Person{EmployeeID: nikos, TeamID: north})))
	got := map[int64]Audience{}
	for _, n := range r.Notices {
		if n.TouchpointID == visit {
			got[n.EmployeeID] = n.Audience
			if n.Mood != stat.Positive {
				t.Errorf("praise came to %d as %s", n.EmployeeID, n.Mood)
			}
		}
	}
	// Nikos owns the touchpoint and was there: he reads it as the one who served.
	want := map[int64]Audience{zahra: ToEmployee, nikos: ToEmployee, boss: ToSupervisor}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !slices.ContainsFunc(r.Notices, func(n Notice) bool { return n.TouchpointID == 0 && n.EmployeeID == leader && n.Mood == stat.Negative }) {
		t.Error("the leader does not get the journey's own answer")
	}
}

func TestWhoServedAndWasNotRatedHearsWhatSheSaidOfTheWhole(t *testing.T) {
	s := setting(contact(shop, day(2), run.Person{EmployeeID: olga, TeamID: south}), contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}),
		contact(invoice, day(4), run.Person{EmployeeID: boss, TeamID: office}))
	told := func(r Response) map[int64]Audience {
		out := map[int64]Audience{}
		for _, n := range r.Notices {
			if n.TouchpointID == 0 {
				out[n.EmployeeID] = n.Audience
			}
		}
		return out
	}
	if d := cmp.Diff(map[int64]Audience{olga: ToEmployee, leader: ToLeader}, told(Compose(answer(visit, 5), s))); d != "" {
		t.Errorf("the visit is rated, the shop is not, the invoice judges nobody:\n%s", d)
	}
	whole := answer(visit, 5)
	whole.Ratings = nil
	if d := cmp.Diff(map[int64]Audience{olga: ToEmployee, zahra: ToEmployee, leader: ToLeader}, told(Compose(whole, s))); d != "" {
		t.Errorf("only the journey is rated:\n%s", d)
	}
	whole.Overall = nil
	if d := cmp.Diff(map[int64]Audience{leader: ToLeader}, told(Compose(whole, s))); d != "" {
		t.Errorf("nothing was said at all:\n%s", d)
	}
}

func TestAnAnonymousAnswerCarriesNoCustomerUnlessSheAsksToBeContacted(t *testing.T) {
	s := setting(contact(visit, day(3)))
	s.Survey.Anonymity = survey.Anonymous
	said := answer(visit, 1)
	if r := Compose(said, s); r.CustomerID != 0 {
		t.Error("the customer is stored with an anonymous answer")
	}
	said.WantsContact = true
	if r := Compose(said, s); r.CustomerID != 55 {
		t.Error("nobody can contact a customer who asked for it")
	}
}

// cells adds up deltas by dimension and id.
func cells(deltas []Delta) map[Dim]map[int64]int64 {
	out := map[Dim]map[int64]int64{}
	for _, d := range deltas {
		if out[d.Dim] == nil {
			out[d.Dim] = map[int64]int64{}
		}
		out[d.Dim][d.ID] += int64(d.Times)
	}
	return out
}

func TestASharedRatingCountsOncePerTouchpointPersonAndTeam(t *testing.T) {
	r := Compose(answer(visit, 1), setting(contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}, run.Person{EmployeeID: nikos, TeamID: north}, run.Person{EmployeeID: olga, TeamID: south})))
	got := cells(r.Deltas(+1))
	set, _ := TeamSet([]int64{south, north})
	want := map[Dim]map[int64]int64{
		ByJourney: {7: 1}, ByTouchpoint: {visit: 1}, ByEmployeeTouchpoint: {zahra: 1, nikos: 1, olga: 1},
		ByTeam: {north: 1, south: 1}, ByTeamSet: {set: 1}, ByMet: {visit: 1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for dim, ids := range cells(append(r.Deltas(+1), r.Deltas(-1)...)) {
		for id, n := range ids {
			if n != 0 {
				t.Errorf("taking back leaves %d in %s %d", n, dim, id)
			}
		}
	}
}

func TestNotMeTakesARatingOffThePersonAndLeavesItWithTheTeam(t *testing.T) {
	r := Compose(answer(visit, 1), setting(contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}, run.Person{EmployeeID: nikos, TeamID: north}))).Ratings[0]
	if !r.Disown(zahra, day(13)) || r.Concerns(zahra) || !r.Concerns(nikos) {
		t.Errorf("after her not me: %+v", r.Attributions)
	}
	if got := cells(r.Deltas(+1)); got[ByTeam][north] != 1 || got[ByEmployeeTouchpoint][zahra] != 0 {
		t.Errorf("counts %v: the team keeps it, she does not", got)
	}
	if r.Disown(zahra, day(14)) {
		t.Error("a second not me changed something")
	}
	if r.Disown(0, day(14)) || r.Disown(olga, day(14)) {
		t.Error("somebody disowned what was not hers")
	}
}

func TestMovingARatingTakesItFromEverybodyBefore(t *testing.T) {
	r := Compose(answer(visit, 1), setting(contact(visit, day(3), run.Person{EmployeeID: zahra, TeamID: north}))).Ratings[0]
	if err := r.Move(olga, south, day(13)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]who{{olga, south}}, concerned(r), cmp.AllowUnexported(who{})); d != "" {
		t.Error(d)
	}
	if err := r.Move(zahra, north, day(14)); err != nil || !r.Concerns(zahra) || len(r.Attributions) != 2 {
		t.Errorf("moved back: %v %+v", err, r.Attributions)
	}
	if err := r.Move(0, 0, day(15)); err == nil {
		t.Error("a rating was moved to nobody at all")
	}
}

func TestTheSameWordsTwiceAreADoubleClick(t *testing.T) {
	s := setting(contact(visit, day(3)))
	a, b := Compose(answer(visit, 1), s), Compose(answer(visit, 1), s)
	if !a.Says(b) {
		t.Error("the same answer counts as another")
	}
	if b.Comment = "δεν ήρθε"; a.Says(b) {
		t.Error("another comment counts as the same")
	}
	if c := Compose(answer(visit, 2), s); a.Says(c) {
		t.Error("another rating counts as the same")
	}
}
