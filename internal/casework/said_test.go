package casework

import (
	"slices"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

var (
	noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	nps  = stat.Scale{Metric: stat.NPS, Hi: 10}
	csat = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	ces  = stat.Scale{Metric: stat.CES, Lo: 1, Hi: 7}
)

func TestWhatOpensACase(t *testing.T) {
	hours := func(n int) *time.Time { at := noon.Add(time.Duration(n) * time.Hour); return &at }
	no, yes := new(false), new(true)
	said := func(scale stat.Scale, overall int, change ...func(*Story)) Story {
		s := Story{Walk: run.Walk{Run: run.Run{ID: 7, Ask: true, State: run.Completed}}, Now: noon,
			Response: &feedback.Response{ID: 9, Scale: scale, Overall: &overall, Anonymity: survey.Identified, AnsweredAt: noon, InvitationID: 3}}
		for _, f := range change {
			f(&s)
		}
		return s
	}
	met := func(open bool, contacts ...run.Interaction) Story {
		s := Story{Walk: run.Walk{Run: run.Run{ID: 7, Ask: true, State: run.Completed}}, Now: noon}
		if open {
			s.Walk.Run.State = run.Open
		}
		for _, x := range contacts {
			s.Walk.Contacts = append(s.Walk.Contacts, run.Contact{Interaction: x})
		}
		return s
	}
	rated := func(scale stat.Scale, value int) func(*Story) {
		return func(s *Story) {
			s.Response.Ratings = append(s.Response.Ratings, feedback.Rating{TouchpointID: int64(len(s.Response.Ratings) + 1), Scale: scale, Value: value})
		}
	}
	contact := func(touchpoint int64, topic string, at int, resolved *bool) run.Interaction {
		return run.Interaction{TouchpointID: touchpoint, Topic: topic, StartedAt: *hours(at), Resolved: resolved}
	}
	for sentence, c := range map[string]struct {
		story Story
		want  []Kind
		grave bool
	}{
		"a detractor":                              {said(nps, 6), []Kind{LowOverall}, false},
		"a passive opens none":                     {said(nps, 7), nil, false},
		"one of the lowest scores is grave":        {said(nps, 3), []Kind{LowOverall}, true},
		"the second lowest of five":                {said(csat, 2), []Kind{LowOverall}, false},
		"the lowest of five is grave":              {said(csat, 1), []Kind{LowOverall}, true},
		"the middle of five opens none":            {said(csat, 3), nil, false},
		"three of seven was hard":                  {said(ces, 3), []Kind{LowOverall}, false},
		"four of seven was not":                    {said(ces, 4), nil, false},
		"how difficult was it, the other way":      {said(stat.Scale{Metric: stat.CES, Lo: 1, Hi: 7, LowGood: true}, 5), []Kind{LowOverall}, false},
		"and its best answer":                      {said(stat.Scale{Metric: stat.CES, Lo: 1, Hi: 7, LowGood: true}, 1), nil, false},
		"one low touchpoint of a happy answer":     {said(nps, 10, rated(csat, 5), rated(csat, 2)), []Kind{LowRating}, false},
		"one low touchpoint of a lukewarm one":     {said(nps, 8, rated(csat, 5), rated(csat, 2)), []Kind{LowRating}, false},
		"one low touchpoint, nothing of it all":    {said(nps, 10, rated(csat, 2), func(s *Story) { s.Response.Overall = nil }), []Kind{LowRating}, false},
		"a touchpoint rated as low as can be":      {said(nps, 10, rated(csat, 1)), []Kind{LowRating}, false},
		"not resolved":                             {said(nps, 9, func(s *Story) { s.Response.Resolved = no }), []Kind{Unresolved}, false},
		"resolved":                                 {said(nps, 9, func(s *Story) { s.Response.Resolved = yes }), nil, false},
		"wants to be contacted":                    {said(nps, 10, func(s *Story) { s.Response.WantsContact = true }), []Kind{Contact}, false},
		"much worse than expected":                 {said(nps, 9, func(s *Story) { s.Response.Expectation = new(-2) }), []Kind{MuchWorse}, false},
		"somewhat worse opens none":                {said(nps, 9, func(s *Story) { s.Response.Expectation = new(-1) }), nil, false},
		"words of danger are grave":                {said(nps, 9, func(s *Story) { s.Response.Comment = "It smells of gas" }), []Kind{Danger}, true},
		"words about a touchpoint":                 {said(nps, 9, rated(csat, 5), func(s *Story) { s.Response.Ratings[0].Comment = "Мой адвокат напишет" }), []Kind{Law}, true},
		"a fall of four points":                    {said(nps, 6, func(s *Story) { s.Before = new(10) }), []Kind{LowOverall, Fall}, false},
		"a fall of three":                          {said(nps, 7, func(s *Story) { s.Before = new(10) }), nil, false},
		"on another scale points are no points":    {said(csat, 3, func(s *Story) { s.Before = new(5) }), nil, false},
		"high value raises":                        {said(nps, 6, func(s *Story) { s.ValueLine, s.Walk.Customer.ValueMinor = 100, 100 }), []Kind{LowOverall}, true},
		"low value lowers nothing":                 {said(nps, 3, func(s *Story) { s.ValueLine, s.Walk.Customer.ValueMinor = 100, 1 }), []Kind{LowOverall}, true},
		"high value alone opens none":              {said(nps, 9, func(s *Story) { s.ValueLine, s.Walk.Customer.ValueMinor = 100, 100 }), nil, false},
		"what was said in confidence":              {said(nps, 0, func(s *Story) { s.Response.Anonymity, s.Response.Comment = survey.Confidential, "gas leak" }), nil, false},
		"in confidence, but she asks for us":       {said(nps, 0, func(s *Story) { s.Response.Anonymity, s.Response.WantsContact = survey.Confidential, true }), []Kind{Contact}, false},
		"the imported past":                        {said(nps, 0, func(s *Story) { s.Walk.Run.Ask, s.Response.InvitationID = false, 0 }), nil, false},
		"a past run, answered to us":               {said(nps, 5, func(s *Story) { s.Walk.Run.Ask = false }), []Kind{LowOverall}, false},
		"a promise a day overdue":                  {met(true, run.Interaction{TouchpointID: 1, StartedAt: *hours(-48), PromiseDue: hours(-24)}), []Kind{Promise}, false},
		"a promise an hour overdue":                {met(true, run.Interaction{TouchpointID: 1, StartedAt: *hours(-30), PromiseDue: hours(-1)}), nil, false},
		"a promise kept two days late":             {met(false, run.Interaction{TouchpointID: 1, StartedAt: *hours(-90), PromiseDue: hours(-72), PromiseKept: hours(-24)}), []Kind{Promise}, false},
		"a promise kept":                           {met(false, run.Interaction{TouchpointID: 1, StartedAt: *hours(-90), PromiseDue: hours(-72), PromiseKept: hours(-73)}), nil, false},
		"two broken promises, two reasons":         {met(true, run.Interaction{TouchpointID: 1, StartedAt: *hours(-50), PromiseDue: hours(-24)}, run.Interaction{TouchpointID: 1, StartedAt: *hours(-50), PromiseDue: hours(-48)}), []Kind{Promise, Promise}, false},
		"promised in twenty days, nine days late":  {met(true, run.Interaction{TouchpointID: 1, StartedAt: *hours(-29 * 24), PromiseDue: hours(-9 * 24)}), nil, false},
		"promised in twenty days, ten days late":   {met(true, run.Interaction{TouchpointID: 1, StartedAt: *hours(-30 * 24), PromiseDue: hours(-10 * 24)}), []Kind{Promise}, false},
		"promised in a year, a month late":         {met(true, run.Interaction{TouchpointID: 1, StartedAt: *hours(-395 * 24), PromiseDue: hours(-30 * 24)}), []Kind{Promise}, false},
		"twice about what was not resolved":        {met(true, contact(1, "", -50, no), contact(1, "", -2, nil)), nil, false},
		"three times about what was not resolved":  {met(true, contact(1, "", -90, no), contact(1, "", -50, nil), contact(1, "", -2, nil)), []Kind{Repeated}, false},
		"three times about what was":               {met(true, contact(1, "", -90, yes), contact(1, "", -50, yes), contact(1, "", -2, nil)), nil, false},
		"three times, elsewhere on the same topic": {met(true, contact(1, "bill", -90, no), contact(2, "bill", -50, no), contact(3, "bill", -2, nil)), []Kind{Repeated}, false},
		"three times about something else":         {met(true, contact(1, "bill", -90, no), contact(2, "router", -50, no), contact(3, "fibre", -2, nil)), nil, false},
		"three times in a month":                   {met(true, contact(1, "", -24*30, no), contact(1, "", -50, no), contact(1, "", -2, nil)), nil, false},
		"three times on a run that has ended":      {met(false, contact(1, "", -90, no), contact(1, "", -50, no), contact(1, "", -2, nil)), nil, false},
		"nothing said and nothing wrong":           {met(true), nil, false},
	} {
		got := DefaultRules().Triggers(c.story)
		var kinds []Kind
		for _, trigger := range got {
			kinds = append(kinds, trigger.Kind)
		}
		grave := len(got) > 0 && c.story.severity(got) == Grave
		if !slices.Equal(kinds, c.want) || grave != c.grave {
			t.Errorf("%s: %v grave %v, want %v grave %v", sentence, kinds, grave, c.want, c.grave)
		}
		off := DefaultRules()
		off.Off = c.want
		if left := off.Triggers(c.story); len(left) != 0 {
			t.Errorf("%s, switched off: %v", sentence, left)
		}
	}
}

func TestRulesThatMakeSense(t *testing.T) {
	for sentence, c := range map[string]struct {
		change func(*Rules)
		ok     bool
	}{
		"the recommended ones":              {func(*Rules) {}, true},
		"no low ratings of touchpoints":     {func(r *Rules) { r.Off = []Kind{LowRating} }, true},
		"nobody hears who asks for contact": {func(r *Rules) { r.Off = []Kind{Contact} }, false},
		"promoters as cases":                {func(r *Rules) { r.NPSAtMost = 9 }, false},
		"grave ones later than others":      {func(r *Rules) { r.GraveContactHours = 72 }, false},
		"to nobody":                         {func(r *Rules) { r.Route = nil }, false},
		"to a team that is not named":       {func(r *Rules) { r.Route = []Route{ToTeam} }, false},
		"to a team in turn":                 {func(r *Rules) { r.Route, r.TeamID = []Route{ToTeam}, 5 }, true},
		"a way that there is not":           {func(r *Rules) { r.Route = []Route{"pigeon"} }, false},
	} {
		r := DefaultRules()
		c.change(&r)
		if err := r.Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}
