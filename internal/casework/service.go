package casework

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Store is what cases need kept. Finders answer Missing faults.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// CaseFor finds a case in sight and keeps it for the transaction.
	CaseFor(ctx context.Context, scope people.Scope, id int64) (Case, error)
	// CaseByID finds a case regardless of who asks, for jobs and the customer's own word, and keeps it.
	CaseByID(ctx context.Context, id int64) (Case, error)
	// OpenCase adds a case unless the customer has one open on the journey; it returns the open one, kept, and whether it
	// is new.
	OpenCase(ctx context.Context, c Case) (open Case, opened bool, err error)
	// CasesOf lists a customer's cases, the latest first.
	CasesOf(ctx context.Context, customer int64) ([]Case, error)
	// ReopenCase is SaveCase of one that may have ended, unless the customer has another open on the journey; it returns the
	// open one, kept, and whether it is this.
	ReopenCase(ctx context.Context, c Case) (open Case, reopened bool, err error)
	// SaveCase replaces the case that was read: a Conflict where somebody else has saved it since.
	SaveCase(ctx context.Context, c *Case) error
	// AddTriggers leaves out those the case has already, and returns how many were new.
	AddTriggers(ctx context.Context, triggers ...Trigger) (int, error)
	RemoveTrigger(ctx context.Context, t Trigger) error
	// TriggersOf lists why cases were opened and what came to them.
	TriggersOf(ctx context.Context, cases ...int64) ([]Trigger, error)
	// TriggersFrom lists what a source has told.
	TriggersFrom(ctx context.Context, source int64) ([]Trigger, error)
	// TriggersOfRun lists what opened cases about a run, closed ones too.
	TriggersOfRun(ctx context.Context, run int64) ([]Trigger, error)
	AddSteps(ctx context.Context, steps ...Step) error
	// StepsOf lists what happened to a case, in order of time.
	StepsOf(ctx context.Context, id int64) ([]Step, error)
	// SaveCauses replaces the causes of a case.
	SaveCauses(ctx context.Context, id int64, causes []Coded) error
	AddFile(ctx context.Context, f File, content []byte) error
	// FilesOf lists what is attached to a case, in order of time.
	FilesOf(ctx context.Context, id int64) ([]File, error)
	AddLink(ctx context.Context, l Link) error
	// LinkByHash finds a link and keeps it for the transaction.
	LinkByHash(ctx context.Context, hash []byte) (Link, error)
	SaveLink(ctx context.Context, l Link) error
	// AddMail keeps a letter, unless the same question of the round, or the same message, is kept already.
	AddMail(ctx context.Context, m Mail) (added bool, err error)
	// MailByID and MailByToken keep the letter for the transaction.
	MailByID(ctx context.Context, id int64) (Mail, error)
	MailByToken(ctx context.Context, token string) (Mail, error)
	SaveMail(ctx context.Context, m Mail) error
	// MailsOf lists the letters of a case, the oldest first.
	MailsOf(ctx context.Context, caseID int64) ([]Mail, error)
	DueMails(ctx context.Context, now time.Time, limit int) ([]int64, error)
	AddMailFiles(ctx context.Context, files []MailFile) error
	// TakeMailFiles finds the files of a lost letter and removes them from it.
	TakeMailFiles(ctx context.Context, mail int64) ([]MailFile, error)
	// TakeMailEvent reports whether an event is told for the first time.
	TakeMailEvent(ctx context.Context, id string, at time.Time) (first bool, err error)
	// AddressDied notes that nothing sent to a customer's mail address, in small letters, or number arrives.
	AddressDied(ctx context.Context, address string) error
	ContactPolicy(ctx context.Context) (survey.Policy, error)
	// SaveCaseRating replaces the rating after a case.
	SaveCaseRating(ctx context.Context, r Rating) error
	// CaseRating is Missing where the customer has given none.
	CaseRating(ctx context.Context, id int64) (Rating, error)
	// DueCases lists the cases somebody or something has to look at, the longest due first.
	DueCases(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// CaseRules are a journey's own, else the company's, else DefaultRules.
	CaseRules(ctx context.Context, journey int64) (Rules, error)
	// SaveCaseRules keeps the rules of a journey, or of the company (0); nil makes a journey follow the company's again.
	SaveCaseRules(ctx context.Context, journey int64, rules *Rules) error
	// CaseCurrency is in which the company compensates: what its rules say, else the one that it counts costs in; "" is not
	// known.
	CaseCurrency(ctx context.Context) (string, error)
	// GivenSince is what the customer of a case was given in her other cases opened since a time.
	GivenSince(ctx context.Context, c Case, currency string, since time.Time) (minor int64, err error)
	// InTurn lists the people of a team, who was given a case least lately first.
	InTurn(ctx context.Context, team int64) ([]int64, error)
	// Absences are those that have one of these days (see people.Store).
	Absences(ctx context.Context, from, until int32) ([]people.Absence, error)

	// OverallBefore is how a customer answered the same question about another run last, before a moment; nil for never.
	OverallBefore(ctx context.Context, customer, run int64, scale stat.Scale, before time.Time) (*int, error)
	// ValueLine is the value from which a customer belongs to the top fifth, as last worked out; 0 is not known.
	ValueLine(ctx context.Context) (int64, error)
	// WorkOutValueLine does, and keeps it.
	WorkOutValueLine(ctx context.Context) error
	// Looked is until when runs were searched for reasons that no answer tells; the zero time is never.
	Looked(ctx context.Context) (time.Time, error)
	SaveLooked(ctx context.Context, until time.Time) error
	// Overdue lists promises, none of the imported past, that were due in a span and not kept in time.
	Overdue(ctx context.Context, from, until time.Time) ([]Promised, error)
	// ContactedAgain lists open runs with contacts since a moment, one of whose earlier ones has resolved nothing.
	ContactedAgain(ctx context.Context, since time.Time) ([]int64, error)

	WalkOf(ctx context.Context, run int64) (run.Walk, error)
	// SurveyOf is what is asked at the end of a version of a journey.
	SurveyOf(ctx context.Context, version int64) (survey.Survey, error)
	ResponseOf(ctx context.Context, run int64) (feedback.Response, error)
	JourneyByID(ctx context.Context, id int64) (journey.Journey, error)
	TouchpointsByID(ctx context.Context, ids []int64) (map[int64]journey.Touchpoint, error)
	CustomerByID(ctx context.Context, id int64) (run.Customer, error)
	EmployeeByID(ctx context.Context, id int64) (people.Employee, error)
	// Managers lists the employees who are managers and may sign in.
	Managers(ctx context.Context) ([]int64, error)
	Tree(ctx context.Context) (people.Tree, error)
	Week(ctx context.Context) (run.Week, error)
}

// Service is how cases come to be and are worked on.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Sender Sender // nil keeps letters waiting
	// Invitations hear of mail of theirs that came back; nil where there are none.
	Invitations Invitations
	// Notices hear of what may be mail to people here; nil where nobody does.
	Notices Notices
	Zone    *time.Location
	Now     func() time.Time
}

func (s *Service) clock(ctx context.Context) (Clock, error) {
	week, err := s.Store.Week(ctx)
	return Clock{Week: week, Zone: s.Zone}, err
}

// tell writes the step of the conversation and the line of the ledger. The step has its ID already where a file names it.
func (s *Service) tell(ctx context.Context, verb string, c Case, step Step) error {
	step.ID, step.CaseID, step.At = cmp.Or(step.ID, id.New()), c.ID, s.Now()
	if err := s.Store.AddSteps(ctx, step); err != nil {
		return err
	}
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "case", SubjectID: c.ID, ActorID: step.ActorID, At: step.At,
		Particulars: map[string]any{"run": fmt.Sprint(c.RunID), "step": fmt.Sprint(step.ID)}})
}

// end closes a case.
func (c *Case) end(state State, at time.Time) {
	c.State, c.ClosedAt, c.NextAt, c.WaitingSince = state, &at, nil, nil
}
