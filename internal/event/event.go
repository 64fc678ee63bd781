// Package event is the ledger: what happened, to what, by whom, when. It is not a log (nobody greps it) and not a
// command bus: an event never says what to do, though some events travel on to background work.
package event

import (
	"context"
	"time"
)

// Verbs, in the past tense. A verb that Travels becomes a job after its transaction committed.
const (
	RunOpened            = "run.opened"
	RunCompleted         = "run.completed"
	RunAbandoned         = "run.abandoned"
	InvitationPlanned    = "invitation.planned"
	InvitationSuppressed = "invitation.suppressed"
	InvitationSent       = "invitation.sent"
	InvitationReminded   = "invitation.reminded"
	InvitationBounced    = "invitation.bounced"
	InvitationHandedOver = "invitation.handed_over"
	InvitationExpired    = "invitation.expired"
	CustomerOptedOut     = "customer.opted_out"
	CustomerOptedIn      = "customer.opted_in"
	CustomerErased       = "customer.erased"
	ResponseAnswered     = "response.answered"
	ResponseReplaced     = "response.replaced"
	FeedbackReplied      = "feedback.replied"
	RatingDisowned       = "rating.disowned"
	RatingReclaimed      = "rating.reclaimed"
	RatingReattributed   = "rating.reattributed"
	RatingSettled        = "rating.settled"
	ObservationRecorded  = "observation.recorded"
	ObservationChanged   = "observation.changed"
	ObservationWithdrawn = "observation.withdrawn"
	ObservationJoined    = "observation.joined"
	ObservationLeft      = "observation.left"
	ObservationAnswered  = "observation.answered"
	ObservationCandidate = "observation.became_candidate"
	PraiseShared         = "praise.shared"
	PraiseTakenBack      = "praise.taken_back"
	PraiseAllowed        = "praise.allowed"
	PraiseRefused        = "praise.refused"
	PraisePublished      = "praise.published"
	PraiseTakenDown      = "praise.taken_down"
	PraisePublicChanged  = "praise.public_changed"
	HuddleTryWritten     = "huddle.try_written"
	HuddleOutcomeNoted   = "huddle.outcome_noted"
	CoachingMarked       = "coaching.marked"
	CoachingWithdrawn    = "coaching.withdrawn"
	CoachingPlanned      = "coaching.planned"
	CoachingHeld         = "coaching.held"
	GoalSet              = "coaching.goal_set"
	GoalClosed           = "coaching.goal_closed"
	CaseOpened           = "case.opened"
	CaseTriggered        = "case.triggered"
	CaseTriggerWithdrawn = "case.trigger_withdrawn"
	CaseAssigned         = "case.assigned"
	CaseTakenOver        = "case.taken_over"
	CaseHandedOver       = "case.handed_over"
	CaseAttempted        = "case.contact_attempted"
	CaseContacted        = "case.contacted"
	CaseNoted            = "case.noted"
	CaseCoded            = "case.coded"
	CaseWaiting          = "case.waiting"
	CaseResumed          = "case.resumed"
	CaseProposed         = "case.proposed"
	CaseCompensated      = "case.compensated"
	CaseVerified         = "case.verified"
	CaseReopened         = "case.reopened"
	CaseUnverified       = "case.unverified"
	CaseUnreachable      = "case.unreachable"
	CaseWithdrawn        = "case.withdrawn"
	CaseWarned           = "case.warned"
	CaseRated            = "case.rated"
	CaseWritten          = "case.written"
	CaseAnswered         = "case.answered"
	CaseMailBounced      = "case.mail_bounced"
	CaseErased           = "case.erased"
	CaseRulesChanged     = "case.rules_changed"
	OutreachMade         = "outreach.made"
	OutreachSought       = "outreach.sought"
	OutreachFilled       = "outreach.filled"
	OutreachEnded        = "outreach.ended"
	OutreachAnswered     = "outreach.answered"
	OutreachUndone       = "outreach.undone"
	JourneyCreated       = "journey.created"
	JourneyChanged       = "journey.changed"
	JourneyPublished     = "journey.published"
	LeaderAppointed      = "journey.leader_appointed"
	EffortEstimated      = "journey.effort_estimated"
	TouchpointChanged    = "touchpoint.changed"
	TeamChanged          = "team.changed"
	EmployeeChanged      = "employee.changed"
	AbsenceSet           = "absence.set"
	AbsenceEnded         = "absence.ended"
	UserAdded            = "user.added"
	UserChanged          = "user.changed"
	UserSignedIn         = "user.signed_in"
	UserViewedAs         = "user.viewed_as"
	UserMailBounced      = "user.mail_bounced"
	KeyIssued            = "api_key.issued"
	KeyRevoked           = "api_key.revoked"
	PolicyChanged        = "policy.changed"
	WeekChanged          = "week.changed"
	HolidaysAdded        = "week.holidays_added"
	HolidayRemoved       = "week.holiday_removed"
	SignalsTolerated     = "signals.tolerated_changed"
	BaselineFrozen       = "signals.baseline_frozen"
	SignalSounded        = "signals.sounded"
	DataExported         = "data.exported"
	FiguresRepaired      = "figures.repaired"
	TaskStarted          = "task.started"
	TaskDone             = "task.done"
	TaskFailed           = "task.failed"
	TaskCancelled        = "task.cancelled"
)

// travels lists the verbs that background work follows.
var travels = map[string]bool{RunCompleted: true, CaseProposed: true, OutreachMade: true, OutreachSought: true,
	// Somebody is told of these.
	CaseAssigned: true, CaseTakenOver: true, CaseHandedOver: true, CaseTriggered: true, CaseWarned: true, CaseReopened: true, CaseVerified: true, CaseUnverified: true, CaseAnswered: true, CaseMailBounced: true,
	ObservationRecorded: true, ObservationChanged: true, ObservationWithdrawn: true, ObservationAnswered: true, ObservationCandidate: true, SignalSounded: true, CoachingPlanned: true, AbsenceSet: true, TaskFailed: true, UserMailBounced: true}

// looks lists the verbs by which nothing changes but the ledger: no page shows the difference.
var looks = map[string]bool{UserSignedIn: true, UserViewedAs: true, DataExported: true}

// Event is one line of the ledger.
type Event struct {
	ID          int64
	At          time.Time
	Verb        string
	SubjectKind string // run, response, rating, journey …
	SubjectID   int64
	ActorID     int64 // the user; 0 for the system and for customers
	Particulars map[string]any
	Heed        bool // somebody may have to act on it: it travels, whatever its verb, together with what is recorded beside it
}

// Travels reports whether a job follows this event.
func (e Event) Travels() bool { return e.Heed || travels[e.Verb] }

// Changes reports whether pages may show something else after it.
func (e Event) Changes() bool { return !looks[e.Verb] }

// Ledger writes events. Record joins the transaction in ctx, so that a change and its line stand or fall together.
type Ledger interface {
	Record(ctx context.Context, events ...Event) error
}
