package demo

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
)

// The truths must hold on whatever day the demo is started.
var mornings = []time.Time{
	time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC),
	time.Date(2026, 3, 1, 23, 59, 59, 123456789, time.UTC),
	time.Date(2027, 7, 11, 3, 0, 0, 0, time.UTC),
	time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC),
	time.Date(2027, 9, 30, 17, 45, 0, 0, time.UTC),
	time.Date(2026, 12, 27, 8, 0, 0, 0, time.UTC),
}

// onEveryMorning runs a test on the plays of several days.
func onEveryMorning(t *testing.T, test func(t *testing.T, c *Company)) {
	t.Helper()
	for _, now := range mornings {
		t.Run(now.Format(time.DateOnly), func(t *testing.T) { test(t, Play(now, 1)) })
	}
}

// share counts yes among n.
type share struct{ yes, n float64 }

func (s *share) add(yes bool) {
	s.n++
	if yes {
		s.yes++
	}
}

func (s share) rate() float64 { return s.yes / s.n }

// z is the pooled two-proportion statistic of a against b.
func z(a, b share) float64 {
	p := (a.yes + b.yes) / (a.n + b.n)
	return (a.rate() - b.rate()) / math.Sqrt(p*(1-p)*(1/a.n+1/b.n))
}

// ratings yields every rating with the first contact it is about.
func ratings(c *Company, yield func(run Run, contact Contact, r Rating)) {
	for run := range c.Runs() {
		if run.Answer == nil {
			continue
		}
		for _, r := range run.Answer.Ratings {
			i := slices.IndexFunc(run.Contacts, func(k Contact) bool { return k.Touchpoint == r.Touchpoint })
			yield(run, run.Contacts[i], r)
		}
	}
}

func met(run Run, touchpoint string) bool {
	return slices.ContainsFunc(run.Contacts, func(k Contact) bool { return k.Touchpoint == touchpoint })
}

// best says whether an overall answer is among the best of its scale: 9–10, 4–5 of five, 5–7 of seven.
func best(run Run) bool {
	return run.Answer.Overall >= map[string]int{"fibre": 9, "broken": 4, "bill": 5, "product": 4}[run.Journey]
}

func TestTheSameMomentGivesTheSamePlay(t *testing.T) {
	written := func() string {
		c := Play(mornings[0], .2)
		raw, err := json.Marshal([]any{c, c.runs})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if written() != written() {
		t.Error("two plays of one moment differ")
	}
}

func TestAYearIsLargeEnough(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		var open, abandoned, silent, answers, comments int
		perCustomer := map[string]int{}
		languages := map[i18n.Lang]int{}
		for run := range c.Runs() {
			perCustomer[run.Customer]++
			switch {
			case run.Answer != nil:
				answers++
				languages[customer(c, run.Customer).Language]++
				if run.Answer.Comment != "" {
					comments++
				}
			case run.Abandoned:
				abandoned++
			case run.Completed.IsZero():
				open++
			default:
				silent++
			}
		}
		repeated := 0
		for _, n := range perCustomer {
			if n > 1 {
				repeated++
			}
		}
		t.Logf("%d runs, %d answers, %d overall comments, %d open, %d abandoned, %d silent, %d customers, %d of them repeatedly, %v",
			c.RunCount(), answers, comments, open, abandoned, silent, len(c.Customers), repeated, languages)
		floors := []struct {
			what         string
			got, atLeast int
		}{
			{"runs", c.RunCount(), 3200}, {"answers", answers, 1700}, {"answers with a comment", comments, 800}, {"open runs", open, 20}, {"abandoned runs", abandoned, 50},
			{"completed runs without an answer", silent, 500}, {"repeat customers", repeated, 300}, {"Persian answers", languages["fa"], 250},
			{"Greek answers", languages["el"], 250}, {"Russian answers", languages["ru"], 250}, {"English answers", languages["en"], 250},
		}
		for _, f := range floors {
			if f.got < f.atLeast {
				t.Errorf("%s: %d, want at least %d", f.what, f.got, f.atLeast)
			}
		}
	})
}

func customer(c *Company, key string) Customer {
	i := slices.IndexFunc(c.Customers, func(x Customer) bool { return x.Key == key })
	return c.Customers[i]
}

func TestAYearIsWrittenWithinASecond(t *testing.T) {
	begun := time.Now()
	Play(mornings[0], 1)
	if took := time.Since(begun); took > time.Second {
		t.Errorf("took %s", took)
	}
}

func TestWeeksAndSeasonsShow(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		zone, err := time.LoadLocation(c.Zone)
		if err != nil {
			t.Fatal(err)
		}
		weekday, month := [7]int{}, map[string]*[13]int{"product": {}, "broken": {}}
		for run := range c.Runs() {
			at := run.Contacts[0].Started.In(zone)
			weekday[at.Weekday()]++
			if m := month[run.Journey]; m != nil {
				m[at.Month()]++
			}
		}
		if weekday[time.Monday] < 2*weekday[time.Sunday] || weekday[time.Sunday] == 0 {
			t.Errorf("runs by weekday: %v", weekday)
		}
		if p, b := month["product"], month["broken"]; p[11]+p[12] < p[1]+p[2] || b[12]+b[1]+b[2] < b[5]+b[6]+b[7] {
			t.Errorf("runs by month: %v, %v", *p, *b)
		}
	})
}

func TestEverythingHappensInOrderAndNotInTheFuture(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		last := time.Time{}
		for run := range c.Runs() {
			if run.Contacts[0].Started.Before(last) {
				t.Fatalf("%s begins before the run in front of it", run.Key)
			}
			last = run.Contacts[0].Started
			if last.Before(c.Now.AddDate(-1, 0, -2)) {
				t.Errorf("%s begins more than a year ago, at %s", run.Key, last)
			}
			checkOrder(t, c, run)
		}
	})
}

func checkOrder(t *testing.T, c *Company, run Run) {
	t.Helper()
	end := run.Contacts[0].Started
	for _, k := range run.Contacts {
		if k.Started.Before(end) || !k.Ended.After(k.Started) || k.Ended.After(c.Now) {
			t.Errorf("%s is out of order: %s to %s after %s", k.Key, k.Started, k.Ended, end)
		}
		if !k.PromiseKept.IsZero() && (k.PromiseDue.IsZero() || k.PromiseKept.Before(k.Started) || k.PromiseKept.After(c.Now)) {
			t.Errorf("%s keeps a promise at %s that was due at %s", k.Key, k.PromiseKept, k.PromiseDue)
		}
		end = k.Ended
	}
	if a := run.Answer; a != nil && (a.At.Before(run.Completed) || a.At.After(c.Now) || a.At.Sub(run.Completed) > 14*24*time.Hour) {
		t.Errorf("%s was completed at %s and answered at %s", run.Key, run.Completed, a.At)
	}
	if run.Answer != nil && run.Completed.IsZero() || run.Abandoned && !run.Completed.IsZero() {
		t.Errorf("%s cannot be answered before it is completed, nor abandoned afterwards", run.Key)
	}
}

func TestTheCompanyIsWhole(t *testing.T) {
	c := Play(mornings[0], .1)
	teams, people, points := map[string]bool{"": true}, map[string]bool{}, map[string]bool{}
	for _, e := range c.Employees {
		people[e.Key] = true
	}
	for _, m := range c.Teams {
		if !teams[m.Parent] || !people[m.Supervisor] {
			t.Errorf("team %s: parent %q must come first, supervisor %q must work here", m.Key, m.Parent, m.Supervisor)
		}
		teams[m.Key] = true
	}
	for _, e := range c.Employees {
		if !teams[e.Team] {
			t.Errorf("%s works in unknown team %s", e.Key, e.Team)
		}
	}
	for _, p := range c.Touchpoints {
		points[p.Key] = true
		if !teams[p.Team] || !people[p.Owner] || satisfied[p.Key] == 0 || hours[p.pace()].close == 0 {
			t.Errorf("touchpoint %s: unknown team, owner, channel or quality", p.Key)
		}
	}
	for _, p := range c.Touchpoints {
		if p.Channel != "" && !slices.Contains(journey.Channels, p.Channel) || !slices.Contains(journey.Elements, p.Element) {
			t.Errorf("touchpoint %s: the journey package knows no channel %q or element %q", p.Key, p.Channel, p.Element)
		}
	}
	for _, j := range c.Journeys {
		steps := 0
		for _, s := range j.Stages {
			for _, step := range s.Steps {
				steps++
				if !points[step.Touchpoint] {
					t.Errorf("journey %s: unknown touchpoint %s", j.Key, step.Touchpoint)
				}
			}
		}
		if steps < 4 || steps > 8 || !people[j.Leader] {
			t.Errorf("journey %s: %d steps, leader %s", j.Key, steps, j.Leader)
		}
	}
	if n := len(c.Employees); n < 58 || n > 66 {
		t.Errorf("%d employees, want about 60", n)
	}
}

func TestKeysAreUnique(t *testing.T) {
	c := Play(mornings[0], 1)
	seen := map[string]bool{}
	once := func(kind, key string) {
		if seen[kind+key] {
			t.Errorf("%s %s exists twice", kind, key)
		}
		seen[kind+key] = true
	}
	for run := range c.Runs() {
		once("run", run.Key)
		for _, k := range run.Contacts {
			once("contact", k.Key)
		}
	}
	for _, x := range c.Customers {
		once("customer", x.Key)
	}
	for _, e := range c.Employees {
		once("employee", e.Key)
		once("name", e.Name)
	}
}

func TestEveryRunKeepsToItsJourney(t *testing.T) {
	c := Play(mornings[0], 1)
	steps := map[string]map[string]Step{}
	for _, j := range c.Journeys {
		steps[j.Key] = map[string]Step{}
		for _, s := range j.Stages {
			for _, step := range s.Steps {
				steps[j.Key][step.Touchpoint] = step
			}
		}
	}
	for run := range c.Runs() {
		seen := map[string]int{}
		for _, k := range run.Contacts {
			seen[k.Touchpoint]++
			if _, known := steps[run.Journey][k.Touchpoint]; !known {
				t.Errorf("%s meets %s, which is not on its journey", run.Key, k.Touchpoint)
			}
		}
		for key, step := range steps[run.Journey] {
			if step.Mandatory && seen[key] == 0 && !run.Completed.IsZero() || !step.Repeatable && seen[key] > 1 {
				t.Errorf("%s meets %s %d times", run.Key, key, seen[key])
			}
		}
	}
}

func TestSomeContactsAreSharedAndSomeHaveNobodyOnRecord(t *testing.T) {
	c := Play(mornings[0], 1)
	var shared, nobody, moved int
	for run := range c.Runs() {
		for _, k := range run.Contacts {
			switch {
			case len(k.People) > 1:
				shared++
			case len(k.People) == 0 && servingTeams[k.Touchpoint] != nil:
				nobody++
			}
			if slices.Contains(k.People, Person{moves[0].employee, moves[0].from}) {
				moved++
			}
		}
	}
	if shared < 150 || nobody < 150 || moved < 20 {
		t.Errorf("%d shared contacts, %d with nobody on record, %d in an earlier team", shared, nobody, moved)
	}
}

func TestAnswersStayOnTheirScales(t *testing.T) {
	c := Play(mornings[0], 1)
	scales := map[string]Survey{}
	for _, j := range c.Journeys {
		scales[j.Key] = j.Survey
	}
	for run := range c.Runs() {
		a := run.Answer
		if a == nil {
			continue
		}
		if s := scales[run.Journey]; a.Overall < s.Lo || a.Overall > s.Hi || a.Expectation < -2 || a.Expectation > 2 {
			t.Errorf("%s: overall %d, expectation %d", run.Key, a.Overall, a.Expectation)
		}
		for _, r := range a.Ratings {
			if r.Value < 1 || r.Value > 5 || r.Expectation < -2 || r.Expectation > 2 || !met(run, r.Touchpoint) {
				t.Errorf("%s: rating %+v", run.Key, r)
			}
		}
	}
}

func TestNobodyIsAskedTwiceWithinAMonth(t *testing.T) {
	answered := map[string]time.Time{}
	c := Play(mornings[0], 1)
	for run := range c.Runs() {
		if run.Answer == nil {
			continue
		}
		if gap := run.Completed.Sub(answered[run.Customer]).Abs(); gap < 30*24*time.Hour {
			t.Errorf("%s is completed %s after the customer's last answer", run.Key, gap)
		}
		answered[run.Customer] = run.Answer.At
	}
}

func TestCommentsAreInTheCustomersScriptAndSeldomRepeated(t *testing.T) {
	c := Play(mornings[0], 1)
	said := map[i18n.Lang]map[string]int{}
	for run := range c.Runs() {
		if run.Answer == nil {
			continue
		}
		lang := customer(c, run.Customer).Language
		for _, comment := range commentsOf(run.Answer) {
			if said[lang] == nil {
				said[lang] = map[string]int{}
			}
			said[lang][comment]++
			if strings.ContainsAny(comment, "{}[]") {
				t.Errorf("placeholder left in %q", comment)
			}
			if last := []rune(comment)[len([]rune(comment))-1]; !strings.ContainsRune(".!?;؟»”👍👏🌹", last) {
				t.Errorf("not a sentence: %q", comment)
			}
			if !strings.ContainsFunc(comment, func(r rune) bool { return r > ' ' && script(string(r)) == lang }) {
				t.Errorf("%s comment %q", lang, comment)
			}
		}
	}
	for _, lang := range i18n.Languages {
		total, most := 0, 0
		for comment, n := range said[lang] {
			total += n
			if len(strings.Fields(comment)) > 4 {
				most = max(most, n)
			}
		}
		t.Logf("%s: %d comments, %d different, the commonest sentence %d times", lang, total, len(said[lang]), most)
		if len(said[lang]) < 200 || most > total/20 {
			t.Errorf("%s: %d comments, %d different, the commonest sentence %d times", lang, total, len(said[lang]), most)
		}
	}
}

func commentsOf(a *Answer) (list []string) {
	if a.Comment != "" {
		list = append(list, a.Comment)
	}
	for _, r := range a.Ratings {
		if r.Comment != "" {
			list = append(list, r.Comment)
		}
	}
	return list
}

func TestEveryPhraseBookHasTheSameSections(t *testing.T) {
	books := phrasebooks()
	for _, lang := range i18n.Languages {
		lines := 0
		for section, deck := range books[i18n.English].sections {
			lines += len(deck)
			if !books[lang].has(section) && section != "family" {
				t.Errorf("%s lacks section %s", lang, section)
			}
		}
		for _, section := range []string{"weekday", "goods"} {
			if got, want := len(books[lang].sections[section]), len(books[i18n.English].sections[section]); got != want {
				t.Errorf("%s has %d items in %s, want %d", lang, got, section, want)
			}
		}
		for _, p := range touchpoints() {
			if !books[lang].has(p.Key+" +") || !books[lang].has(p.Key+" -") {
				t.Errorf("%s has nothing to say about %s", lang, p.Key)
			}
		}
	}
}

func TestEveryTextIsInFourLanguages(t *testing.T) {
	c := Play(mornings[0], .1)
	texts := []i18n.Text{c.Name}
	for _, m := range c.Teams {
		texts = append(texts, m.Name)
	}
	for _, p := range c.Touchpoints {
		texts = append(texts, p.Name)
	}
	for _, j := range c.Journeys {
		texts = append(texts, j.Name, j.Need, j.Survey.Question)
		for _, s := range j.Stages {
			texts = append(texts, s.Name)
		}
	}
	for _, s := range SignIns() {
		texts = append(texts, s.RoleName)
	}
	for _, x := range texts {
		for _, lang := range i18n.Languages {
			if x[lang] == "" {
				t.Errorf("%v is missing in %s", x, lang)
			}
		}
	}
}

func TestEverySignInHasSomethingNewToRead(t *testing.T) {
	for _, scale := range []float64{1, .01} {
		for _, now := range mornings {
			c := Play(now, scale)
			for _, s := range SignIns() {
				n := 0
				ratings(c, func(run Run, k Contact, r Rating) {
					if run.Answer.At.After(now.AddDate(0, 0, -7)) && concerns(c, s, run, k) {
						n++
					}
				})
				if n < 3 {
					t.Errorf("%s at scale %g: %d ratings of the last week concern the %s %s", now.Format(time.DateOnly), scale, n, s.Role, s.Employee)
				}
			}
		}
	}
}

// concerns says whether a rating of this contact reaches the person behind a sign-in.
func concerns(c *Company, s SignIn, run Run, k Contact) bool {
	switch s.Role {
	case "employee":
		return slices.ContainsFunc(k.People, func(p Person) bool { return p.Employee == s.Employee })
	case "supervisor":
		return slices.ContainsFunc(c.Teams, func(m Team) bool {
			return m.Supervisor == s.Employee && slices.ContainsFunc(k.People, func(p Person) bool { return p.Team == m.Key })
		})
	case "owner":
		return slices.ContainsFunc(c.Touchpoints, func(p Touchpoint) bool { return p.Key == k.Touchpoint && p.Owner == s.Employee })
	case "leader":
		return slices.ContainsFunc(c.Journeys, func(j Journey) bool { return j.Key == run.Journey && j.Leader == s.Employee })
	}
	return true
}

func TestTheTechnicianReadsPraiseAndBlame(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		var praise, blame int
		ratings(c, func(run Run, k Contact, r Rating) {
			if run.Answer.At.Before(c.Now.AddDate(0, 0, -7)) || r.Comment == "" || !concerns(c, signIns[0], run, k) {
				return
			}
			if r.Value >= 4 {
				praise++
			} else if r.Value <= 2 {
				blame++
			}
		})
		if praise < 3 || blame < 2 {
			t.Errorf("%d comments of praise and %d of blame in the last week", praise, blame)
		}
	})
}

func TestSignInsCoverSixRolesAndFourLanguages(t *testing.T) {
	c := Play(mornings[0], .01)
	roles, languages := map[string]bool{}, map[i18n.Lang]bool{}
	for _, s := range SignIns() {
		roles[s.Role], languages[s.Language] = true, true
		i := slices.IndexFunc(c.Employees, func(e Employee) bool { return e.Key == s.Employee })
		if i < 0 || c.Employees[i].Login == "" || c.Employees[i].Language != s.Language {
			t.Errorf("%s %s cannot sign in", s.Role, s.Employee)
		}
	}
	if len(roles) != 6 || len(languages) != 4 {
		t.Errorf("%d roles, %d languages", len(roles), len(languages))
	}
}

func BenchmarkAYear(b *testing.B) {
	for b.Loop() {
		Play(mornings[0], 1)
	}
}
