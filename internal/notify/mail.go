package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Letter is one mail to one person: of everything that was due when it was made.
type Letter struct {
	ID       int64
	UserID   int64
	Weekly   bool // it looks back on her week
	Sample   bool // she asked for it
	MadeAt   time.Time
	NextAt   *time.Time // when it is tried (again); nil once it left or never will
	Attempts int
	SentAt   *time.Time
	Failed   string // why the last attempt did, without anybody's words
}

// Message is what a letter says.
type Message struct {
	Letter Letter
	To     Person
	News   []Notification
	Week   *Week // nil where it does not look back
	Names  Names
}

// Week is what a person's last seven days were, as far as they are hers: good and bad.
type Week struct {
	Since    time.Time
	Good     []feedback.Quote
	Bad      []feedback.Quote
	Open     []casework.Case // hers, whenever they were opened
	Verified []casework.Case
	Answered []observation.Observation // what she wrote down
}

func (w Week) empty() bool {
	return len(w.Good)+len(w.Bad)+len(w.Open)+len(w.Verified)+len(w.Answered) == 0
}

// Names are the names that notifications say, by number.
type Names struct {
	Journeys    map[int64]i18n.Text
	Touchpoints map[int64]i18n.Text
	Users       map[int64]string
	Employees   map[int64]string
}

// ErrBounced is a Writer's word that an address takes no mail, now or later.
var ErrBounced = errors.New("the address takes no mail")

// Writer takes letters out of the house: ErrBounced for good, any other error may pass.
type Writer interface {
	Write(ctx context.Context, m Message) error
}

// Mail is how letters are kept.
type Mail interface {
	// Person finds somebody who can be told; Missing for who cannot any more.
	Person(ctx context.Context, user int64) (Person, error)
	// Meet gives a person a row of her own, with the token that ends mail to her, where she has none; and keeps it, so that
	// one at a time writes to her.
	Meet(ctx context.Context, user int64, stop string) error
	SavePerson(ctx context.Context, p Person) error
	// Addressed lists to whom a letter was written, or who has the address; the address is in small letters.
	Addressed(ctx context.Context, letter int64, address string) ([]Person, error)
	// Unmet lists who has an address and no row of her own.
	Unmet(ctx context.Context, limit int) ([]int64, error)
	// ToWrite lists the users with anything due.
	ToWrite(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// OpenLetter is the oldest that has not left; false for none.
	OpenLetter(ctx context.Context, user int64) (Letter, bool, error)
	SaveLetter(ctx context.Context, l Letter) error
	// Enclose puts what is due into a letter, and returns how much it was.
	Enclose(ctx context.Context, l Letter) (int, error)
	Enclosed(ctx context.Context, letter int64) ([]Notification, error)
	// Pending lists what mail has not told a user yet.
	Pending(ctx context.Context, user int64) ([]Notification, error)
	SaveDue(ctx context.Context, notification int64, due *time.Time) error
	// Postpone moves what is due to a later time; nil is never.
	Postpone(ctx context.Context, user int64, now time.Time, until *time.Time) error
	WeekOf(ctx context.Context, p Person, since time.Time) (Week, error)
	JourneysByID(ctx context.Context, ids []int64) (map[int64]i18n.Text, error)
	UserNames(ctx context.Context, ids []int64) (map[int64]string, error)
	EmployeeNames(ctx context.Context, ids []int64) (map[int64]string, error)
}

const (
	lease       = 10 * time.Minute // after which an attempt whose process died is made again
	mostTries   = 8
	week        = 7 * 24 * time.Hour
	metAtOnce   = 500
	digestKnown = 24 * time.Hour // a weekly mail later than this waits for the next week
)

// Writes tells whether a person is written to at all.
func (s *Service) Writes(p Person) bool {
	return s.Writer != nil && p.Email != "" && p.Email != p.DeadEmail
}

// Due lists the users to whom something is to be written now.
func (s *Service) Due(ctx context.Context, limit int) ([]int64, error) {
	if s.Writer == nil {
		return nil, nil
	}
	return s.Store.ToWrite(ctx, s.Now(), limit)
}

// Acquaint sets for whoever is new here when her first weekly mail is due.
func (s *Service) Acquaint(ctx context.Context) error {
	if s.Writer == nil {
		return nil
	}
	users, err := s.Store.Unmet(ctx, metAtOnce)
	for _, user := range users {
		err = errors.Join(err, s.Store.InTx(ctx, func(ctx context.Context) error {
			p, err := s.meet(ctx, user)
			if err != nil {
				return err
			}
			return s.digestNext(ctx, &p)
		}))
	}
	return err
}

// meet finds a person and keeps her.
func (s *Service) meet(ctx context.Context, user int64) (Person, error) {
	if err := s.Store.Meet(ctx, user, id.Token()); err != nil {
		return Person{}, err
	}
	return s.Store.Person(ctx, user)
}

// digestNext sets when the next weekly mail is due.
func (s *Service) digestNext(ctx context.Context, p *Person) error {
	settings, err := p.Wishes(s.Zone)
	if err != nil {
		return err
	}
	p.DigestAt = nil
	if due, ok := settings.MailDue(Weekly, s.Now(), s.Zone); ok && !settings.NoDigest {
		p.DigestAt = &due
	}
	return s.Store.SavePerson(ctx, *p)
}

// Wish keeps what a person wishes, also for what mail has not told her yet, and her own address, which counts where no
// employee's record has one. An address that bounced is tried again. Invalid for hours, days and paces there are not, and
// for an address that is none.
func (s *Service) Wish(ctx context.Context, user int64, wishes Settings, own string) error {
	if err := wishes.Check(own); err != nil {
		return err
	}
	kept, err := json.Marshal(wishes)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.meet(ctx, user)
		if err != nil {
			return err
		}
		p.Settings, p.OwnEmail, p.DeadEmail = string(kept), own, ""
		if err := s.digestNext(ctx, &p); err != nil {
			return err
		}
		pending, err := s.Store.Pending(ctx, user)
		for _, n := range pending {
			due, ok := wishes.MailDue(wishes.Of(n.Verb), s.Now().Add(gathered), s.Zone)
			n.MailDue = nil
			if ok {
				n.MailDue = &due
			}
			err = errors.Join(err, s.Store.SaveDue(ctx, n.ID, n.MailDue))
		}
		return err
	})
}

// Stop ends all mail to a person; the page goes on telling her.
func (s *Service) Stop(ctx context.Context, user int64) error {
	p, err := s.Store.Person(ctx, user)
	if err != nil {
		return err
	}
	wishes, err := p.Wishes(s.Zone)
	if err != nil {
		return err
	}
	wishes.NoDigest, wishes.Events = true, map[string]Pace{}
	for _, verb := range Events {
		wishes.Events[verb] = Never
	}
	return s.Wish(ctx, user, wishes, p.OwnEmail)
}

// Sample writes a person a look back on her week, soon and whatever the hour. Conflict where nobody can write to her.
func (s *Service) Sample(ctx context.Context, user int64) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.meet(ctx, user)
		if err != nil {
			return err
		}
		if !s.Writes(p) {
			return fault.Conflict("notifications.no_server")
		}
		now := s.Now()
		return s.Store.SaveLetter(ctx, Letter{ID: id.New(), UserID: user, Weekly: true, Sample: true, MadeAt: now, NextAt: &now})
	})
}

// Write writes one person what is due: at most one letter, whoever else tries at the same time. The attempt is noted before
// it is made, and the letter keeps its number: where a process dies between sending and noting that, the same letter goes
// again under the same name. Errors of the way out are kept with the letter, which is tried again later.
func (s *Service) Write(ctx context.Context, user int64) error {
	m, err := s.prepare(ctx, user)
	if err != nil || m == nil {
		return passed(err, "write to user", user)
	}
	out := s.Writer.Write(ctx, *m)
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.meet(ctx, user)
		if err != nil {
			return err
		}
		return s.noted(ctx, p, m.Letter, out)
	})
	return passed(err, "write to user", user)
}

// prepare makes the letter that is due, or takes up the one that has not left; nil where there is none, or not now.
func (s *Service) prepare(ctx context.Context, user int64) (*Message, error) {
	var out *Message
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		now := s.Now()
		p, err := s.meet(ctx, user)
		if fault.KindOf(err) == fault.KindMissing {
			return s.Store.Postpone(ctx, user, now, nil)
		}
		if err == nil && !s.Writes(p) { // her week goes on: there may be another address by then
			return errors.Join(s.Store.Postpone(ctx, user, now, nil), s.digestNext(ctx, &p))
		}
		if err != nil {
			return err
		}
		l, open, err := s.Store.OpenLetter(ctx, user)
		if err != nil || open && l.NextAt.After(now) {
			return err
		}
		if !l.Sample {
			if until, err := s.peace(ctx, p, now); err != nil || until != nil {
				return errors.Join(err, s.Store.Postpone(ctx, user, now, until))
			}
		}
		if !open {
			if l, open, err = s.fresh(ctx, p, now); err != nil || !open {
				return err
			}
		}
		next := now.Add(lease)
		l.Attempts, l.NextAt = l.Attempts+1, &next
		if err := s.Store.SaveLetter(ctx, l); err != nil {
			return err
		}
		m, err := s.message(ctx, p, l)
		if err != nil {
			return err
		}
		if len(m.News) == 0 && !l.Sample && (m.Week == nil || m.Week.empty()) {
			l.NextAt = nil // there is nothing to say
			return s.Store.SaveLetter(ctx, l)
		}
		out = &m
		return nil
	})
	return out, err
}

// peace is until when a person is not to be written to, nil for now: in quiet hours until their end, while she is away until
// the next day.
func (s *Service) peace(ctx context.Context, p Person, now time.Time) (*time.Time, error) {
	settings, err := p.Wishes(s.Zone)
	if err != nil {
		return nil, err
	}
	day := i18n.Day(now, s.Zone)
	absences, err := s.Store.Absences(ctx, day, day)
	if err != nil {
		return nil, err
	}
	if away := people.AwayOn(absences, day); p.EmployeeID != 0 && away.Standing(p.EmployeeID) != p.EmployeeID {
		until := next(settings.DigestHour, now, settings.clock(s.Zone))
		return &until, nil
	}
	if until, _ := settings.MailDue(AtOnce, now, s.Zone); until.After(now) {
		return &until, nil
	}
	return nil, nil
}

// fresh makes a letter of what is due; false where nothing is.
func (s *Service) fresh(ctx context.Context, p Person, now time.Time) (Letter, bool, error) {
	l := Letter{ID: id.New(), UserID: p.UserID, MadeAt: now, NextAt: &now}
	due := p.DigestAt != nil && !p.DigestAt.After(now)
	if due {
		l.Weekly = now.Sub(*p.DigestAt) < digestKnown
		if err := s.digestNext(ctx, &p); err != nil {
			return l, false, err
		}
	}
	n, err := s.Store.Enclose(ctx, l)
	return l, err == nil && (l.Weekly || n > 0), err
}

func (s *Service) message(ctx context.Context, p Person, l Letter) (Message, error) {
	m := Message{Letter: l, To: p}
	var err error
	if m.News, err = s.Store.Enclosed(ctx, l.ID); err != nil {
		return m, err
	}
	if l.Weekly {
		w, err := s.Store.WeekOf(ctx, p, l.MadeAt.Add(-week))
		if err != nil {
			return m, err
		}
		m.Week = &w
	}
	m.Names, err = s.names(ctx, m.News, m.Week)
	return m, err
}

// Names looks up the names that notifications say.
func (s *Service) Names(ctx context.Context, list []Notification) (Names, error) {
	return s.names(ctx, list, nil)
}

func (s *Service) names(ctx context.Context, list []Notification, w *Week) (Names, error) {
	var journeys, touchpoints, users, employees []int64
	for _, n := range list {
		journeys, users, employees = append(journeys, n.JourneyID), append(users, n.ByID), append(employees, n.StandsFor)
		switch n.SubjectKind {
		case "employee", "coaching":
			employees = append(employees, n.SubjectID)
		case "touchpoint":
			touchpoints = append(touchpoints, n.SubjectID)
		case "user":
			users = append(users, n.SubjectID)
		}
	}
	if w != nil {
		for _, c := range slices.Concat(w.Open, w.Verified) {
			journeys, touchpoints = append(journeys, c.JourneyID), append(touchpoints, c.TouchpointID)
		}
	}
	var out Names
	var errs [4]error
	out.Journeys, errs[0] = s.Store.JourneysByID(ctx, journeys)
	out.Users, errs[1] = s.Store.UserNames(ctx, users)
	out.Employees, errs[2] = s.Store.EmployeeNames(ctx, employees)
	places, wrong := s.Store.TouchpointsByID(ctx, touchpoints)
	out.Touchpoints, errs[3] = map[int64]i18n.Text{}, wrong
	for id, t := range places {
		out.Touchpoints[id] = t.Name
	}
	return out, errors.Join(errs[:]...)
}

// Reference begins the Message-IDs of letters to people here; the letter's number follows.
const Reference = "notice-"

// Returned takes in that mail came back for good: a letter, by its Message-ID, or whatever went to an address. It implements
// casework.Notices.
func (s *Service) Returned(ctx context.Context, messageID, address string) error {
	local, _, _ := strings.Cut(messageID, "@")
	number, _ := strings.CutPrefix(local, Reference)
	letter, _ := strconv.ParseInt(number, 10, 64) // 0 of what is no letter of ours
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		addressed, err := s.Store.Addressed(ctx, letter, strings.ToLower(address))
		for _, p := range addressed {
			if err == nil {
				p, err = s.meet(ctx, p.UserID)
			}
			if err == nil {
				err = s.bounced(ctx, p)
			}
		}
		return err
	})
}

// bounced ends mail to a person's address, and lets her and the administrators know.
func (s *Service) bounced(ctx context.Context, p Person) error {
	if p.DeadEmail == p.Email {
		return nil
	}
	p.DeadEmail = p.Email
	return errors.Join(s.Store.SavePerson(ctx, p), s.Store.Postpone(ctx, p.UserID, s.Now(), nil), s.digestNext(ctx, &p),
		s.Ledger.Record(ctx, event.Event{Verb: event.UserMailBounced, SubjectKind: "user", SubjectID: p.UserID, At: s.Now()}))
}

// noted writes down how an attempt went.
func (s *Service) noted(ctx context.Context, p Person, l Letter, out error) error {
	now := s.Now()
	l.Failed = ""
	switch {
	case out == nil:
		l.SentAt, l.NextAt = &now, nil
	case errors.Is(out, ErrBounced):
		l.NextAt, l.Failed = nil, out.Error()
		if err := s.bounced(ctx, p); err != nil {
			return err
		}
	default:
		again := now.Add(min(5*time.Minute<<l.Attempts, 6*time.Hour))
		l.NextAt, l.Failed = &again, out.Error()
		if l.Attempts >= mostTries {
			l.NextAt = nil
		}
	}
	if err := s.Store.SaveLetter(ctx, l); err != nil {
		return fmt.Errorf("note letter %d: %w", l.ID, err)
	}
	return nil
}
