package feedback

import (
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Said is an answer as it came in, before it is known whom it concerns.
type Said struct {
	Key          string
	At           time.Time
	Scale        stat.Scale
	Overall      *int
	Expectation  *int
	Comment      string
	Language     i18n.Lang
	Resolved     *bool
	WantsContact bool
	Ratings      []SaidRating
}

// SaidRating is an answer about one touchpoint.
type SaidRating struct {
	TouchpointID int64
	Scale        stat.Scale
	Value        int
	Expectation  *int
	Comment      string
}

// Setting is everything around a run that decides whom an answer concerns.
type Setting struct {
	Walk        run.Walk
	Survey      survey.Survey
	Invitation  int64
	Leader      int64
	Touchpoints map[int64]journey.Touchpoint
	Supervisor  func(team int64) int64 // nearest supervisor at or above the team, 0 for none
	Zone        *time.Location
}

// Compose turns what was said into a response with its ratings, attributions and notices. It decides nothing by the
// clock: the people are those of the interactions, the days are those of the contacts.
func Compose(said Said, s Setting) Response {
	ended := s.Walk.Ended()
	r := Response{ID: id.New(), Key: said.Key, RunID: s.Walk.Run.ID, JourneyID: s.Walk.Run.JourneyID, SurveyID: s.Survey.ID,
		CustomerID: s.Walk.Run.CustomerID, InvitationID: s.Invitation, Scale: said.Scale, Overall: said.Overall,
		Expectation: said.Expectation, Comment: said.Comment, Search: i18n.Normalize(said.Comment), Language: said.Language,
		Resolved: said.Resolved, WantsContact: said.WantsContact, Anonymity: s.Survey.Anonymity, AnsweredAt: said.At,
		Day: i18n.Day(ended, s.Zone), Met: s.Walk.Met(), Revision: 1,
		Promises: PromisesOf(s.Walk, s.Zone)}
	if r.Anonymity == survey.Anonymous && !r.WantsContact {
		r.CustomerID = 0
	}
	r.Ratings = make([]Rating, 0, len(said.Ratings))
	for _, sr := range said.Ratings {
		r.Ratings = append(r.Ratings, compose(sr, r, s))
	}
	r.Notices = route(r, s)
	return r
}

func compose(said SaidRating, r Response, s Setting) Rating {
	tp := s.Touchpoints[said.TouchpointID]
	at := s.Walk.At(said.TouchpointID)
	rating := Rating{ResponseID: r.ID, TouchpointID: said.TouchpointID, JourneyID: r.JourneyID, At: at,
		Day: i18n.Day(at, s.Zone), Scale: said.Scale, Value: said.Value, Expectation: said.Expectation,
		Comment: said.Comment, Judged: tp.Judged, AnsweredAt: r.AnsweredAt}
	rating.Attributions = attribute(rating, tp, s.Walk.Served(said.TouchpointID))
	return rating
}

// attribute applies the rules of model.md: everyone who served shares the rating; a process-judged touchpoint concerns
// the teams that served, or its owning team, and no person; nobody on record leaves a person-judged rating unattributed.
func attribute(r Rating, tp journey.Touchpoint, served []run.Person) []Attribution {
	var out []Attribution
	add := func(employee, team int64, cause Cause) {
		for _, a := range out {
			if a.EmployeeID == employee && a.TeamID == team {
				return
			}
		}
		out = append(out, Attribution{ResponseID: r.ResponseID, TouchpointID: r.TouchpointID, EmployeeID: employee,
			TeamID: team, Active: true, Cause: cause, ChangedAt: r.AnsweredAt})
	}
	for _, p := range served {
		switch {
		case tp.Judged.AgainstPeople():
			add(p.EmployeeID, p.TeamID, CauseServed)
		case p.TeamID != 0:
			add(0, p.TeamID, CauseProcess)
		}
	}
	if len(out) == 0 && !tp.Judged.AgainstPeople() && tp.TeamID != 0 {
		add(0, tp.TeamID, CauseProcess)
	}
	return out
}

// Mood of the journey as a whole; neutral when the overall question was skipped.
func (r Response) Mood() stat.Mood {
	if r.Overall == nil {
		return stat.Neutral
	}
	return r.Scale.Mood(*r.Overall)
}

// route lists who gets to read the answer: who served, the touchpoint's owner, the supervisors, the journey's leader.
// Managers see everything in scope and are not notified one by one.
func route(r Response, s Setting) []Notice {
	out := make([]Notice, 0, len(r.Ratings)+2)
	add := func(touchpoint, person int64, audience Audience, mood stat.Mood) {
		told := func(n Notice) bool { return n.TouchpointID == touchpoint && n.EmployeeID == person }
		if person != 0 && !slices.ContainsFunc(out, told) {
			out = append(out, Notice{ResponseID: r.ID, TouchpointID: touchpoint, EmployeeID: person, Audience: audience, Mood: mood, At: r.AnsweredAt})
		}
	}
	for _, rating := range r.Ratings {
		mood := rating.Scale.Mood(rating.Value)
		tp := s.Touchpoints[rating.TouchpointID]
		for _, a := range rating.Attributions {
			add(rating.TouchpointID, a.EmployeeID, ToEmployee, mood)
		}
		for _, a := range rating.Attributions {
			add(rating.TouchpointID, s.Supervisor(a.TeamID), ToSupervisor, mood)
		}
		if len(rating.Attributions) == 0 {
			add(rating.TouchpointID, s.Supervisor(tp.TeamID), ToSupervisor, mood)
		}
		add(rating.TouchpointID, tp.OwnerID, ToOwner, mood)
	}
	for _, person := range s.unrated(r) {
		add(0, person, ToEmployee, r.Mood())
	}
	add(0, s.Leader, ToLeader, r.Mood())
	return out
}

// unrated lists who served this customer in person while none of the ratings concerns them: what she said of the journey
// as a whole is all they will hear.
func (s Setting) unrated(r Response) []int64 {
	if r.Overall == nil && r.Comment == "" {
		return nil
	}
	var out []int64
	for _, c := range s.Walk.Contacts {
		if !s.Touchpoints[c.Interaction.TouchpointID].Judged.AgainstPeople() {
			continue
		}
		for _, p := range c.People {
			if !slices.ContainsFunc(r.Ratings, func(rating Rating) bool { return rating.Concerns(p.EmployeeID) }) {
				out = append(out, p.EmployeeID)
			}
		}
	}
	return out
}
