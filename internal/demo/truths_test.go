package demo

import (
	"math"
	"slices"
	"testing"
)

// Each planted truth is found again by counting, on several days, without looking at how it was planted.

func TestFibrePromisedInEightDaysIsNeverKeptAndFifteenIs(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		var kept, happy [2]share // everybody else, the pilot
		var shop [2]share
		takes := map[int]int{}
		for run := range c.Runs() {
			first := run.Contacts[0]
			if run.Journey != FibrePromise.Journey || first.PromiseKept.IsZero() {
				continue
			}
			pilot := 0
			if len(first.People) > 0 && first.People[0].Team == FibrePromise.PilotTeam {
				pilot = 1
			}
			takes[int(math.Round(first.PromiseKept.Sub(first.Started).Hours()/24))]++
			kept[pilot].add(!first.PromiseKept.After(first.PromiseDue))
			if run.Answer != nil {
				happy[pilot].add(best(run))
			}
		}
		ratings(c, func(run Run, k Contact, r Rating) {
			if r.Touchpoint == FibrePromise.Touchpoint {
				pilot := 0
				if len(k.People) > 0 && k.People[0].Team == FibrePromise.PilotTeam {
					pilot = 1
				}
				shop[pilot].add(r.Value >= 4)
			}
		})
		t.Logf("kept %.2f and %.2f, recommend %.2f and %.2f, shop %.2f and %.2f, days %v", kept[0].rate(), kept[1].rate(), happy[0].rate(), happy[1].rate(), shop[0].rate(), shop[1].rate(), takes)
		if kept[0].rate() > .02 || kept[1].rate() < .95 {
			t.Errorf("kept: %.2f elsewhere, %.2f in the pilot", kept[0].rate(), kept[1].rate())
		}
		if z(happy[1], happy[0]) < 5 || z(shop[1], shop[0]) < 4 || happy[0].rate() > .25 {
			t.Errorf("recommend %+v, shop %+v", happy, shop)
		}
	})
}

func TestOneHandOverSpoilsAJourneyWhoseTouchpointsAreGreen(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		points := map[string]*share{}
		ratings(c, func(run Run, k Contact, r Rating) {
			if run.Journey == HandOver.Journey && met(run, HandOver.Touchpoint) {
				if points[r.Touchpoint] == nil {
					points[r.Touchpoint] = &share{}
				}
				points[r.Touchpoint].add(r.Value >= 4)
			}
		})
		var with, without share
		for run := range c.Runs() {
			if run.Journey == HandOver.Journey && run.Answer != nil {
				if met(run, HandOver.Touchpoint) {
					with.add(best(run))
				} else {
					without.add(best(run))
				}
			}
		}
		for key, s := range points {
			if key != HandOver.Touchpoint && (s.rate() < .8 || z(with, *s) > -4) {
				t.Errorf("%s is rated %.2f where the journey is rated %.2f", key, s.rate(), with.rate())
			}
		}
		t.Logf("with hand-over %.2f of %.0f, without %.2f of %.0f", with.rate(), with.n, without.rate(), without.n)
		if with.rate() > .45 || without.rate() < .8 || len(points) < 5 {
			t.Errorf("with hand-over %.2f, without %.2f, %d touchpoints", with.rate(), without.rate(), len(points))
		}
	})
}

// around counts the ratings of an improved touchpoint before and after.
func around(c *Company, i Improvement) (before, after share) {
	ratings(c, func(run Run, k Contact, r Rating) {
		switch {
		case r.Touchpoint != i.Touchpoint:
		case k.Started.After(c.Now.AddDate(0, 0, -i.DaysAgo)):
			after.add(r.Value >= 4)
		default:
			before.add(r.Value >= 4)
		}
	})
	return before, after
}

func TestOneImprovementWorkedAndOneDidNot(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		before, after := around(c, Worked)
		t.Logf("worked: %.2f of %.0f, %.2f of %.0f", before.rate(), before.n, after.rate(), after.n)
		if z(after, before) < 3.5 {
			t.Errorf("%s went from %.2f to %.2f", Worked.Touchpoint, before.rate(), after.rate())
		}
		before, after = around(c, DidNotWork)
		t.Logf("did not: %.2f of %.0f, %.2f of %.0f", before.rate(), before.n, after.rate(), after.n)
		if math.Abs(z(after, before)) > 1.5 || before.n < 100 || after.n < 60 {
			t.Errorf("%s went from %.2f to %.2f", DidNotWork.Touchpoint, before.rate(), after.rate())
		}
	})
}

func TestOneJourneyGotWorseInTheLastSixWeeks(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		change := map[string]float64{}
		for _, j := range c.Journeys {
			var before, after share
			for run := range c.Runs() {
				if run.Journey != j.Key || run.Answer == nil {
					continue
				}
				if run.Completed.After(c.Now.AddDate(0, 0, -Slowdown.DaysAgo)) {
					after.add(best(run))
				} else {
					before.add(best(run))
				}
			}
			change[j.Key] = z(after, before)
			if j.Key == Slowdown.Journey {
				t.Logf("%.2f of %.0f, then %.2f of %.0f", before.rate(), before.n, after.rate(), after.n)
			}
		}
		for key, z := range change {
			if key == Slowdown.Journey && z > -3 || key != Slowdown.Journey && z < -2.5 {
				t.Errorf("%s changed by z = %.1f", key, z)
			}
		}
	})
}

// byEmployee counts the ratings of touchpoints judged by person, by touchpoint and team of that time, then by employee.
// Only contacts served by one person count, so that every rating is counted once.
func byEmployee(c *Company) map[[2]string]map[string]*share {
	groups := map[[2]string]map[string]*share{}
	person := map[string]bool{}
	for _, p := range c.Touchpoints {
		person[p.Key] = p.Judged == "person"
	}
	ratings(c, func(run Run, k Contact, r Rating) {
		if !person[r.Touchpoint] || len(k.People) != 1 {
			return
		}
		key := [2]string{r.Touchpoint, k.People[0].Team}
		if groups[key] == nil {
			groups[key] = map[string]*share{}
		}
		if groups[key][k.People[0].Employee] == nil {
			groups[key][k.People[0].Employee] = &share{}
		}
		groups[key][k.People[0].Employee].add(r.Value >= 4)
	})
	return groups
}

func standsOut(touchpoint, employee string) bool {
	return slices.ContainsFunc(Standouts, func(s Standout) bool { return s.Touchpoint == touchpoint && s.Employee == employee })
}

func TestEmployeesDifferByChanceOnlyExceptTheTwoPlanted(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		chi, degrees := 0.0, 0.0
		for key, people := range byEmployee(c) {
			var all share
			members := 0.0
			for employee, s := range people {
				if s.n >= 8 && !standsOut(key[0], employee) {
					all.yes, all.n, members = all.yes+s.yes, all.n+s.n, members+1
				}
			}
			if members < 2 {
				continue
			}
			p := all.rate()
			degrees += members - 1
			for employee, s := range people {
				if s.n >= 8 && !standsOut(key[0], employee) {
					chi += (s.yes - s.n*p) * (s.yes - s.n*p) / (s.n * p * (1 - p))
				}
			}
		}
		t.Logf("chi-square %.1f on %.0f degrees of freedom", chi, degrees)
		if degrees < 25 || math.Abs(chi-degrees) > 3*math.Sqrt(2*degrees) {
			t.Errorf("chi-square %.1f on %.0f degrees of freedom is not chance", chi, degrees)
		}
	})
}

func TestTheTwoPlantedEmployeesReallyDiffer(t *testing.T) {
	onEveryMorning(t, func(t *testing.T, c *Company) {
		groups := byEmployee(c)
		for _, s := range Standouts {
			var own, others share
			for key, people := range groups {
				for employee, x := range people {
					switch {
					case key[0] != s.Touchpoint:
					case employee == s.Employee:
						own.yes, own.n = own.yes+x.yes, own.n+x.n
					default:
						others.yes, others.n = others.yes+x.yes, others.n+x.n
					}
				}
			}
			t.Logf("%s: %.2f of %.0f, others %.2f of %.0f", s.Employee, own.rate(), own.n, others.rate(), others.n)
			if z(own, others)*s.Effect/math.Abs(s.Effect) < 2.5 {
				t.Errorf("%s: %.2f of %.0f, others %.2f of %.0f", s.Employee, own.rate(), own.n, others.rate(), others.n)
			}
		}
	})
}

func TestEveryTruthIsASentence(t *testing.T) {
	for _, truth := range Truths() {
		if truth.Key == "" || len(truth.Sentence) < 20 || truth.Sentence[len(truth.Sentence)-1] != '.' {
			t.Errorf("%+v", truth)
		}
	}
}
