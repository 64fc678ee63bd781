package casework

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// MailKind is what a letter about a case is for.
type MailKind string

// The first four are ours. Of the first two questions there is one each in a round of asking.
const (
	MailAsk      MailKind = "ask"      // whether it is solved
	MailReminder MailKind = "reminder" // the same once more
	MailAgain    MailKind = "again"    // and because she is there to answer it
	MailLetter   MailKind = "letter"   // what somebody here wrote
	MailReply    MailKind = "reply"    // from the customer
)

// MailState is what became of a letter.
type MailState string

// Ours wait until they are sent; a question that is no longer open is dropped. What comes in came to a case, or is lost
// until somebody says to which it belongs, or that it belongs to none.
const (
	MailWaiting  MailState = "waiting"
	MailSent     MailState = "sent"
	MailBounced  MailState = "bounced"
	MailFailed   MailState = "failed"
	MailDropped  MailState = "dropped"
	MailCame     MailState = "came"
	MailLost     MailState = "lost"
	MailSetAside MailState = "set_aside"
)

// Mail is one letter about a case, either way: row and outbox in one.
type Mail struct {
	ID        int64
	CaseID    int64 // 0: it came in and belongs to none yet
	Kind      MailKind
	State     MailState
	Channel   string // survey.ByMail or survey.BySMS
	Round     int    // of asking: how often the case had been reopened
	ActorID   int64  // the user who wrote it
	Token     string // leads the answer to ours back to the case
	MessageID string // of what came in
	Sender    string
	Subject   string
	Words     string
	MadeAt    time.Time
	NextAt    *time.Time // when it is to be sent, or tried again
	SentAt    *time.Time
	Begun     int // sendings begun of which nobody has reported the end
	Attempts  int
}

// reference is the Message-ID of a letter, ours without its domain.
func (m Mail) reference() string {
	if m.Token != "" {
		return reference + m.Token
	}
	return m.MessageID
}

// reference begins the Message-IDs of our letters about cases; what follows is the token.
const reference = "case."

// LetterTo is one letter on its way to a customer. Link is the token of the page on which she says whether it is solved, ""
// for a letter that does not ask.
type LetterTo struct {
	Mail     Mail
	Case     Case
	Customer run.Customer
	Journey  i18n.Text
	Link     string
	Thread   []string // Message-IDs of what went before, the oldest first; ours without their domain
}

// Reference is its Message-ID without the domain, Token what the address it is answered to carries.
func (l LetterTo) Reference() string { return l.Mail.reference() }

// Sender takes letters out of the house. An error that is survey.ErrBounced is final, a Conflict says that nothing can be
// sent at all yet; any other may pass.
type Sender interface {
	SendLetter(ctx context.Context, l LetterTo) error
}

// When she is reminded of the question, how often a letter is tried, how long one sending may take, and how long letters
// wait for somebody to configure the channel.
const (
	reminderAfter   = 3 * 24 * time.Hour
	attemptsAllowed = 6
	lease           = 10 * time.Minute
	unconfigured    = time.Hour
	mostSubject     = 200
	mostThread      = 10
)

// mailToken survives mail programs that change the case of an address.
func mailToken() string {
	var b [15]byte
	rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// Write puts a letter to the customer on its way. It becomes a step of the case when it has left. Faults: those of all work
// on a case, Conflict cases.no_address, Invalid.
func (s *Service) Write(ctx context.Context, actor people.Actor, caseID int64, subject, words string) (Case, error) {
	var p fault.Problems
	if words = text(words, &p); words == "" {
		p.Add("words", "errors.required")
	}
	if subject = strings.Join(strings.Fields(subject), " "); subject == "" {
		p.Add("subject", "errors.required")
	} else if len([]rune(subject)) > mostSubject {
		p.Add("subject", "errors.too_long", "max", mostSubject)
	}
	if err := p.Err(); err != nil {
		return Case{}, err
	}
	return s.work(ctx, actor, caseID, func(ctx context.Context, c *Case, _ Clock) (done, error) {
		customer, err := s.Store.CustomerByID(ctx, c.CustomerID)
		if err != nil {
			return done{}, err
		}
		if customer.MailTo() == "" {
			return done{}, fault.Conflict("cases.no_address")
		}
		return done{}, s.post(ctx, Mail{CaseID: c.ID, Kind: MailLetter, Channel: survey.ByMail, ActorID: actor.UserID, Subject: subject, Words: words}, s.Now())
	})
}

// post puts a letter into the outbox.
func (s *Service) post(ctx context.Context, m Mail, at time.Time) error {
	m.ID, m.State, m.Token, m.MadeAt, m.NextAt = id.New(), MailWaiting, mailToken(), s.Now(), &at
	_, err := s.Store.AddMail(ctx, m)
	return err
}

// Ask puts the question whether it is solved on its way, once in a round. Who does not want to be written to, or cannot be,
// is not: whoever talks to her can have it sent (see AskAgain).
func (s *Service) Ask(ctx context.Context, caseID int64) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Store.CaseByID(ctx, caseID)
		if err != nil || c.State != Proposed {
			return err
		}
		return s.ask(ctx, c, MailAsk, s.Now())
	})
}

// ask plans a question for the first hour at which people may be disturbed.
func (s *Service) ask(ctx context.Context, c Case, kind MailKind, at time.Time) error {
	customer, err := s.Store.CustomerByID(ctx, c.CustomerID)
	if err != nil || customer.OptedOutAt != nil {
		return err
	}
	policy, err := s.Store.ContactPolicy(ctx)
	if err != nil {
		return err
	}
	channel := policy.Channel(customer)
	if channel == "" {
		return nil
	}
	return s.post(ctx, Mail{CaseID: c.ID, Kind: kind, Channel: channel, Round: c.Reopened}, policy.OutOfQuiet(at, s.Zone))
}

// DueMails lists the letters to be sent now, the oldest first.
func (s *Service) DueMails(ctx context.Context, limit int) ([]int64, error) {
	return s.Store.DueMails(ctx, s.Now(), limit)
}

// Deliver sends one letter that is due, and says what became of it. Whoever takes one has it alone for ten minutes, so that
// it never leaves twice at once. A crash after it left and before that was noted costs one more copy, with the same
// Message-ID; after a second one it counts as failed, as nobody knows.
func (s *Service) Deliver(ctx context.Context, mail int64) error {
	letter, err := s.takeLetter(ctx, mail)
	if err != nil || letter == nil {
		return err
	}
	sent := s.Sender.SendLetter(ctx, *letter)
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		m, err := s.Store.MailByID(ctx, mail)
		if err != nil || m.State != MailWaiting {
			return err
		}
		m.Begun = 0
		if sent != nil {
			return s.notSent(ctx, m, sent)
		}
		return s.left(ctx, m)
	})
}

// takeLetter begins a sending; nil where nothing is to be sent (any more).
func (s *Service) takeLetter(ctx context.Context, mail int64) (*LetterTo, error) {
	var out *LetterTo
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		now := s.Now()
		m, err := s.Store.MailByID(ctx, mail)
		if err != nil || m.State != MailWaiting || m.NextAt == nil || m.NextAt.After(now) {
			return err
		}
		l := &LetterTo{Mail: m}
		if l.Case, err = s.Store.CaseByID(ctx, m.CaseID); err != nil {
			return err
		}
		if l.Customer, err = s.Store.CustomerByID(ctx, l.Case.CustomerID); err != nil {
			return err
		}
		switch {
		case m.Kind != MailLetter && (l.Case.State != Proposed || l.Case.Reopened != m.Round):
			return s.over(ctx, m, MailDropped)
		case !survey.Reaches(l.Customer, m.Channel):
			return s.cameBack(ctx, m)
		case s.Sender == nil:
			return s.later(ctx, m, unconfigured)
		case m.Begun >= 2:
			return s.over(ctx, m, MailFailed)
		}
		if err := s.around(ctx, l); err != nil {
			return err
		}
		m.Begun++
		out = l
		return s.later(ctx, m, lease)
	})
	return out, err
}

// around fills in what the letter says and what it answers.
func (s *Service) around(ctx context.Context, l *LetterTo) error {
	j, err := s.Store.JourneyByID(ctx, l.Case.JourneyID)
	if err != nil {
		return err
	}
	l.Journey = j.Name
	mails, err := s.Store.MailsOf(ctx, l.Case.ID)
	if err != nil {
		return err
	}
	for _, m := range mails {
		if m.SentAt != nil && m.Channel == survey.ByMail && m.reference() != "" {
			l.Thread = append(l.Thread, m.reference())
		}
	}
	l.Thread = l.Thread[max(0, len(l.Thread)-mostThread):]
	if l.Mail.Kind != MailLetter {
		var link Link
		l.Link, link = l.Case.NewLink(s.Now())
		err = s.Store.AddLink(ctx, link)
	}
	return err
}

// over ends a letter that is not sent.
func (s *Service) over(ctx context.Context, m Mail, state MailState) error {
	m.State, m.NextAt = state, nil
	return s.Store.SaveMail(ctx, m)
}

func (s *Service) later(ctx context.Context, m Mail, wait time.Duration) error {
	at := s.Now().Add(wait)
	m.NextAt = &at
	return s.Store.SaveMail(ctx, m)
}

// notSent plans another attempt after 2, 4, 8 … minutes, or gives up.
func (s *Service) notSent(ctx context.Context, m Mail, cause error) error {
	if errors.Is(cause, survey.ErrBounced) {
		return s.cameBack(ctx, m)
	}
	if fault.KindOf(cause) == fault.KindConflict {
		return s.later(ctx, m, unconfigured)
	}
	if m.Attempts++; m.Attempts >= attemptsAllowed {
		return s.over(ctx, m, MailFailed)
	}
	return s.later(ctx, m, time.Minute<<m.Attempts)
}

// left notes that a letter has left; after the first question comes one reminder.
func (s *Service) left(ctx context.Context, m Mail) error {
	now := s.Now()
	m.State, m.SentAt, m.NextAt = MailSent, &now, nil
	if err := s.Store.SaveMail(ctx, m); err != nil {
		return err
	}
	c, err := s.Store.CaseByID(ctx, m.CaseID)
	if err != nil {
		return err
	}
	if m.Kind == MailAsk && c.State == Proposed && c.Reopened == m.Round {
		if err := s.ask(ctx, c, MailReminder, c.ProposedAt.Add(reminderAfter)); err != nil {
			return err
		}
	}
	return s.tell(ctx, event.CaseWritten, c, m.step(StepMailOut))
}

// step is what the case's conversation keeps of a letter.
func (m Mail) step(kind StepKind) Step {
	words := m.Words
	if m.Subject != "" {
		words = strings.TrimSpace(m.Subject + "\n\n" + words)
	}
	return Step{Kind: kind, ActorID: m.ActorID, Channel: Channel(m.Channel), Result: string(m.Kind), Words: words}
}

// cameBack notes that a letter did not arrive and never will.
func (s *Service) cameBack(ctx context.Context, m Mail) error {
	if err := s.over(ctx, m, MailBounced); err != nil {
		return err
	}
	c, err := s.Store.CaseByID(ctx, m.CaseID)
	if err != nil {
		return err
	}
	return s.tell(ctx, event.CaseMailBounced, c, Step{Kind: StepBounced, Channel: Channel(m.Channel), Result: string(m.Kind), Words: m.Subject})
}
