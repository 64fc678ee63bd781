package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Notification is what one person is told of one event.
type Notification struct {
	ID          int64
	UserID      int64
	EventID     int64 // the line in the ledger; of praise the answer it is in, of what was heard the observation
	Verb        string
	Part        Part
	SubjectKind string
	SubjectID   int64
	JourneyID   int64 // 0 for none
	ByID        int64 // the user who did it; 0 for the customer or the clock
	StandsFor   int64 // the employee whose work the person does today; 0 for her own
	Value       int   // of a warning per cent of the deadline; of a talk its day; of a signal the day since when, below 0 for a fall
	At          time.Time
	ReadAt      *time.Time
	MailDue     *time.Time // when mail may tell of it; nil once it did, or when it does not
	LetterID    int64      // the mail that did
}

// Part is which part a person has in an event, where there are several.
type Part string

// Parts. The plain one is hers who is to do something: the owner of a case.
const (
	Hers   Part = ""
	Lost   Part = "lost"   // it was hers
	Helped Part = "helped" // she has worked on it
	Above  Part = "above"  // she answers for the owner, or for the journey
)

// Person is somebody who can be told: she may sign in, and works here if she is an employee.
type Person struct {
	UserID     int64
	EmployeeID int64
	Name       string
	Email      string // of her employee's record, else her own; "" is written to nowhere
	OwnEmail   string // what she gave herself
	DeadEmail  string // mail to it came back for good
	Language   i18n.Lang
	Calendar   i18n.Calendar
	Settings   string // JSON; "" is the usual
	DigestAt   *time.Time
	Stop       string // the token that ends all mail to her; "" before the first
}

// Reader reads as the person does.
func (p Person) Reader(zone *time.Location) *i18n.Reader {
	return i18n.NewReader(p.Language, p.Calendar, zone)
}

// Wishes are hers, or the usual ones.
func (p Person) Wishes(zone *time.Location) (Settings, error) {
	s := DefaultSettings(p.Reader(zone))
	if p.Settings == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(p.Settings), &s); err != nil {
		return s, fmt.Errorf("read the settings of user %d: %w", p.UserID, err)
	}
	return s, nil
}

// Store is what notices need kept. Finders answer Missing faults.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	EventByID(ctx context.Context, id int64) (event.Event, error)
	CaseByID(ctx context.Context, id int64) (casework.Case, error)
	StepsOf(ctx context.Context, id int64) ([]casework.Step, error)
	Managers(ctx context.Context) ([]int64, error)
	ObservationByID(ctx context.Context, id int64) (observation.Observation, error)
	TalkByID(ctx context.Context, id int64) (coaching.Talk, error)
	TouchpointsByID(ctx context.Context, ids []int64) (map[int64]journey.Touchpoint, error)
	JourneysOfTouchpoint(ctx context.Context, scope people.Scope, touchpoint int64) ([]journey.Journey, error)
	Setting(ctx context.Context, key string, v any) error
	SaveSetting(ctx context.Context, key string, v any) error
	SayingTheSame(ctx context.Context, scope people.Scope, theme int64) ([]observation.Observation, error)
	Absences(ctx context.Context, from, until int32) ([]people.Absence, error)
	// Praised are the employees for whom the answer about a run is good to hear, and the answer; nobody where there is none, or
	// where we promised not to tell when it came.
	Praised(ctx context.Context, run int64) (Praise, error)
	Administrators(ctx context.Context) (users []int64, err error)
	// TaskAsker is the user who asked for a task.
	TaskAsker(ctx context.Context, task int64) (int64, error)
	// ToTell finds by employees and by users those who can be told anything.
	ToTell(ctx context.Context, employees, users []int64) ([]Person, error)
	// AddNotifications leaves out those of whom the person was told already.
	AddNotifications(ctx context.Context, list []Notification) error
	Mail
}

// Praise is an answer that is good to hear.
type Praise struct {
	ResponseID int64
	JourneyID  int64
	Employees  []int64
}

// Service tells people what concerns them.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Writer Writer // nil: nobody is written to
	Zone   *time.Location
	Now    func() time.Time
}

// hearer is somebody whom an event concerns: an employee, or a user.
type hearer struct {
	employee, user int64
	part           Part
	subject        int64 // her own, where it is another than the event's
}

// Follow tells those concerned of an event. Told twice changes nothing; what an event was about may be gone meanwhile.
func (s *Service) Follow(ctx context.Context, eventID int64) error {
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		e, err := s.Store.EventByID(ctx, eventID)
		if err != nil {
			return err
		}
		n := Notification{EventID: e.ID, Verb: e.Verb, SubjectKind: e.SubjectKind, SubjectID: e.SubjectID, ByID: e.ActorID, At: e.At}
		var who []hearer
		switch e.SubjectKind {
		case "case":
			who, err = s.ofCase(ctx, e, &n)
		case "observation":
			who, err = s.ofObservation(ctx, e, &n)
		case "touchpoint":
			who, err = s.ofSignal(ctx, e, &n)
		case "coaching":
			who, err = s.ofTalk(ctx, e, &n)
		case "employee":
			who = []hearer{{employee: number(e, "substitute")}}
		case "task":
			who, err = s.ofTask(ctx, e)
		case "user":
			who, err = s.ofUser(ctx, e)
		}
		if err != nil {
			return err
		}
		return s.tell(ctx, n, who)
	})
	return passed(err, "follow event", eventID)
}

// Praise tells the employees the same day that an answer about a run is good to hear.
func (s *Service) Praise(ctx context.Context, run int64) error {
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.Store.Praised(ctx, run)
		if err != nil || len(p.Employees) == 0 {
			return err
		}
		var who []hearer
		for _, employee := range p.Employees {
			who = append(who, hearer{employee: employee})
		}
		return s.tell(ctx, Notification{EventID: p.ResponseID, Verb: PraiseArrived, SubjectKind: "response", SubjectID: p.ResponseID, JourneyID: p.JourneyID, At: s.Now()}, who)
	})
	return passed(err, "praise for run", run)
}

// passed leaves out that something is no longer there.
func passed(err error, what string, id int64) error {
	if err == nil || fault.KindOf(err) == fault.KindMissing {
		return nil
	}
	return fmt.Errorf("%s %d: %w", what, id, err)
}

// ofCase are who hears of what happened to a case. The step that was written beside the event says to whom it went.
func (s *Service) ofCase(ctx context.Context, e event.Event, n *Notification) ([]hearer, error) {
	c, err := s.Store.CaseByID(ctx, e.SubjectID)
	if err != nil {
		return nil, err
	}
	n.JourneyID = c.JourneyID
	steps, err := s.Store.StepsOf(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(steps, func(step casework.Step) bool { return step.ID == number(e, "step") })
	if at < 0 {
		return nil, nil
	}
	step, before := steps[at], steps[:at]
	switch e.Verb {
	case event.CaseTakenOver, event.CaseHandedOver:
		return []hearer{{employee: step.EmployeeID}, {employee: casework.OwnerIn(before), part: Lost}}, nil
	case event.CaseAssigned:
		return []hearer{{employee: step.EmployeeID}}, nil
	case event.CaseVerified:
		return append([]hearer{{employee: c.OwnerID}}, helpers(before)...), nil
	case event.CaseWarned:
		_, _ = fmt.Sscan(step.Result, &n.Value)
		return s.warned(ctx, c, step)
	}
	return []hearer{{employee: c.OwnerID}}, nil
}

// warned are the owner and whoever was named above her; nobody named are the managers.
func (s *Service) warned(ctx context.Context, c casework.Case, step casework.Step) ([]hearer, error) {
	above := []int64{step.EmployeeID}
	if step.EmployeeID == 0 {
		var err error
		if above, err = s.Store.Managers(ctx); err != nil {
			return nil, err
		}
	}
	who := []hearer{{employee: c.OwnerID}}
	for _, employee := range above {
		who = append(who, hearer{employee: employee, part: Above})
	}
	return who, nil
}

// helpers are who has worked on a case.
func helpers(steps []casework.Step) (who []hearer) {
	for _, step := range steps {
		who = append(who, hearer{user: step.ActorID, part: Helped})
	}
	return who
}

// ofObservation are, of an answer, all who wrote the same down, each of her own; of what nobody has answered yet, those
// who answer for the touchpoint, as soon as it has words. What joins a theme is no news to them until it is a candidate.
func (s *Service) ofObservation(ctx context.Context, e event.Event, n *Notification) (who []hearer, err error) {
	o, err := s.Store.ObservationByID(ctx, e.SubjectID)
	if err != nil {
		return nil, err
	}
	switch e.Verb {
	case event.ObservationCandidate:
		return s.answering(ctx, o.TouchpointID, true)
	case event.ObservationRecorded, event.ObservationChanged:
		n.Verb, n.EventID = event.ObservationRecorded, o.ID
		if o.Words == "" || o.ThemeID != o.ID {
			return nil, nil
		}
		return s.answering(ctx, o.TouchpointID, false)
	}
	same, err := s.Store.SayingTheSame(ctx, people.System().Scope(), o.ThemeID)
	for _, o := range same {
		who = append(who, hearer{employee: o.EmployeeID, subject: o.ID})
	}
	return who, err
}

// ofSignal are those who answer for a touchpoint whose ratings have changed.
func (s *Service) ofSignal(ctx context.Context, e event.Event, n *Notification) ([]hearer, error) {
	n.Value = int(number(e, "since"))
	if down, _ := e.Particulars["down"].(bool); down {
		n.Value = -n.Value
	}
	return s.answering(ctx, e.SubjectID, true)
}

// answering are the owner of a touchpoint and, if they are to hear it too, the leaders of the journeys that have it.
func (s *Service) answering(ctx context.Context, touchpoint int64, leaders bool) ([]hearer, error) {
	found, err := s.Store.TouchpointsByID(ctx, []int64{touchpoint})
	who := []hearer{{employee: found[touchpoint].OwnerID}}
	if err != nil || !leaders {
		return who, err
	}
	journeys, err := s.Store.JourneysOfTouchpoint(ctx, people.System().Scope(), touchpoint)
	for _, j := range journeys {
		who = append(who, hearer{employee: j.LeaderID})
	}
	return who, err
}

// ofTalk are the two who are to talk; a day taken back is told to nobody.
func (s *Service) ofTalk(ctx context.Context, e event.Event, n *Notification) ([]hearer, error) {
	t, err := s.Store.TalkByID(ctx, e.SubjectID)
	if err != nil || t.Planned == 0 {
		return nil, err
	}
	n.Value, n.SubjectID = int(t.Planned), t.EmployeeID
	return []hearer{{employee: t.EmployeeID}, {employee: t.SupervisorID, part: Above}}, nil
}

// ofUser are the person whose mail came back, and those who may know a better address.
func (s *Service) ofUser(ctx context.Context, e event.Event) ([]hearer, error) {
	administrators, err := s.Store.Administrators(ctx)
	who := []hearer{{user: e.SubjectID}}
	for _, user := range administrators {
		who = append(who, hearer{user: user, part: Above})
	}
	return who, err
}

func (s *Service) ofTask(ctx context.Context, e event.Event) ([]hearer, error) {
	user, err := s.Store.TaskAsker(ctx, e.SubjectID)
	return []hearer{{user: user}}, err
}

// tell writes a notification for each of those who are to hear, but not for who did it. Whoever stands in for somebody hears
// what she hears.
func (s *Service) tell(ctx context.Context, n Notification, who []hearer) error {
	day := i18n.Day(s.Now(), s.Zone)
	absences, err := s.Store.Absences(ctx, day, day)
	if err != nil {
		return err
	}
	away := people.AwayOn(absences, day)
	found, err := s.find(ctx, who, away)
	if err != nil {
		return err
	}
	told := map[int64]bool{0: true, n.ByID: true}
	var list []Notification
	add := func(p Person, h hearer, standsFor int64) error {
		if told[p.UserID] {
			return nil
		}
		told[p.UserID] = true
		one, err := s.forOne(p, n)
		one.Part, one.StandsFor = h.part, standsFor
		if h.subject != 0 {
			one.SubjectID = h.subject
		}
		list = append(list, one)
		return err
	}
	for _, h := range who {
		if err := add(found.one(h), h, 0); err != nil {
			return err
		}
		if stands := away.Standing(h.employee); n.SubjectKind == "case" && h.part != Lost && stands != h.employee {
			if err := add(found.employees[stands], h, h.employee); err != nil {
				return err
			}
		}
	}
	return s.Store.AddNotifications(ctx, list)
}

// crowd are people by their two numbers.
type crowd struct{ employees, users map[int64]Person }

func (c crowd) one(h hearer) Person {
	if h.user != 0 {
		return c.users[h.user]
	}
	return c.employees[h.employee]
}

// find looks up who is to hear, and who stands in for them.
func (s *Service) find(ctx context.Context, who []hearer, away people.Away) (crowd, error) {
	var employees, users []int64
	for _, h := range who {
		employees, users = append(employees, h.employee, away.Standing(h.employee)), append(users, h.user)
	}
	found, err := s.Store.ToTell(ctx, employees, users)
	out := crowd{map[int64]Person{}, map[int64]Person{}}
	for _, p := range found {
		out.users[p.UserID] = p
		if p.EmployeeID != 0 {
			out.employees[p.EmployeeID] = p
		}
	}
	return out, err
}

// forOne is how one person is told: by her settings.
func (s *Service) forOne(p Person, n Notification) (Notification, error) {
	settings, err := p.Wishes(s.Zone)
	if err != nil {
		return n, err
	}
	n.ID, n.UserID = id.New(), p.UserID
	if !s.Writes(p) {
		return n, nil
	}
	if due, ok := settings.MailDue(settings.Of(n.Verb), s.Now().Add(gathered), s.Zone); ok {
		n.MailDue = &due
	}
	return n, nil
}

// gathered is how long what is told at once waits for more.
const gathered = 3 * time.Minute

// number reads a number that an event carries as text.
func number(e event.Event, name string) (n int64) {
	text, _ := e.Particulars[name].(string)
	_, _ = fmt.Sscan(text, &n)
	return n
}
