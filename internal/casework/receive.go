package casework

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// LetterFrom is a mail that came in. Message-IDs are without their angle brackets.
type LetterFrom struct {
	MessageID string
	Answers   []string // In-Reply-To and References
	From      string   // an address
	To        []string // the addresses it went to
	Subject   string
	Words     string // plain text
	Files     []FileFrom
	Automatic bool // no person wrote it (RFC 3834)
}

// Receive takes a mail in, once however often it is told. It belongs to the case whose letter it answers, which only who
// has that letter can know; any other is kept as lost until somebody says where it belongs, as anybody can write a
// customer's address above a mail. Her answer lets the clock run again, and both sides have talked now; whoever is asked whether
// it is solved is not silent. Automatic answers are kept, and do none of this.
func (s *Service) Receive(ctx context.Context, l LetterFrom) (m Mail, news bool, err error) {
	m = Mail{ID: id.New(), Kind: MailReply, State: MailLost, Channel: survey.ByMail, MessageID: cut(printable(l.MessageID), mostReference), Sender: cut(strings.ToLower(printable(l.From)), mostReference),
		Subject: cut(strings.Join(strings.Fields(printable(l.Subject)), " "), mostSubject), Words: cut(text(Unquoted(printable(l.Words)), nil), mostWords), MadeAt: s.Now()}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		caseID, err := s.answered(ctx, l)
		if err != nil {
			return err
		}
		if caseID != 0 {
			m.CaseID, m.State, m.SentAt = caseID, MailCame, &m.MadeAt
		}
		if news, err = s.Store.AddMail(ctx, m); err != nil || !news {
			return err
		}
		files := l.enclosed(m.ID)
		if caseID == 0 {
			return s.Store.AddMailFiles(ctx, files)
		}
		return s.arrive(ctx, m, files, !l.Automatic, !l.Automatic)
	})
	return m, news, err
}

// mostReference is how much of a Message-ID or address is kept, in characters.
const mostReference = 500

// printable leaves out what no text has: strangers write mail.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// cut keeps what fits.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// answered is the case whose letter a mail answers; 0 where it answers none of ours.
func (s *Service) answered(ctx context.Context, l LetterFrom) (int64, error) {
	for _, token := range l.tokens() {
		m, err := s.Store.MailByToken(ctx, token)
		if fault.KindOf(err) != fault.KindMissing {
			return m.CaseID, err
		}
	}
	return 0, nil
}

// mostEnclosed is how many files of one letter are told of at all.
const mostEnclosed = 50

// enclosed are the files of a letter. Of one that no case takes only the name is kept.
func (l LetterFrom) enclosed(mail int64) []MailFile {
	out := make([]MailFile, 0, len(l.Files))
	for i, f := range l.Files[:min(len(l.Files), mostEnclosed)] {
		e := MailFile{ID: id.New(), MailID: mail, Name: fileName(f.Name), Type: f.Type, Size: int64(len(f.Content)), Bytes: f.Content, Refused: f.refused(i)}
		if e.Refused != "" {
			e.Bytes = []byte{}
		}
		out = append(out, e)
	}
	return out
}

// tokens are what could lead to a case: what stands after the plus of an address, and in what it answers.
func (l LetterFrom) tokens() []string {
	var out []string
	for _, to := range l.To {
		local, _, _ := strings.Cut(to, "@")
		if _, token, ok := strings.Cut(local, "+"); ok {
			out = append(out, strings.ToLower(token))
		}
	}
	for _, answered := range l.Answers {
		if token, ok := tokenOf(answered); ok {
			out = append(out, token)
		}
	}
	return out
}

func tokenOf(messageID string) (token string, ok bool) {
	local, _, _ := strings.Cut(strings.ToLower(messageID), "@")
	return strings.CutPrefix(local, reference)
}

// arrive adds what came in to its case, with its files.
func (s *Service) arrive(ctx context.Context, m Mail, files []MailFile, talked, resumes bool) error {
	step := m.step(StepMailIn)
	step.ID, step.CaseID = id.New(), m.CaseID
	if err := s.came(ctx, step, talked, resumes); err != nil {
		return err
	}
	for _, f := range files {
		if err := s.enclose(ctx, step, f); err != nil {
			return err
		}
	}
	return nil
}

// enclose keeps a file with the step of its letter, or says that it was left out and why.
func (s *Service) enclose(ctx context.Context, letter Step, f MailFile) (err error) {
	why := f.Refused
	if why == "" {
		why, err = s.attach(ctx, letter, FileFrom{f.Name, f.Type, f.Bytes})
	}
	if err != nil || why == "" {
		return err
	}
	return s.Store.AddSteps(ctx, Step{ID: id.New(), CaseID: letter.CaseID, At: s.Now(), Kind: StepLeftOut, Result: string(why), Words: f.Name})
}

// came notes on its case that a letter came.
func (s *Service) came(ctx context.Context, step Step, talked, resumes bool) error {
	c, err := s.Store.CaseByID(ctx, step.CaseID)
	if err != nil {
		return err
	}
	if c.Closed() || !resumes {
		return s.tell(ctx, event.CaseAnswered, c, step)
	}
	clock, err := s.clock(ctx)
	if err != nil {
		return err
	}
	now := s.Now()
	c.resume(clock, now)
	if talked {
		c.contact(now)
	}
	if c.State == Proposed { // her silence begins anew
		c.ProposedAt = &now
	}
	_, err = s.keep(ctx, c, clock, done{event.CaseAnswered, step})
	return err
}

// Assign says to which case a lost mail belongs, and its files go there; 0 sets it aside without them. Faults: Forbidden for who is no manager, Missing, and
// Conflict cases.mail_found for one that is lost no more.
func (s *Service) Assign(ctx context.Context, actor people.Actor, mail, caseID int64) error {
	if !actor.Manager {
		return fault.Forbidden("cases.not_yours")
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		m, err := s.Store.MailByID(ctx, mail)
		if err != nil {
			return err
		}
		if m.State != MailLost {
			return fault.Conflict("cases.mail_found")
		}
		files, err := s.Store.TakeMailFiles(ctx, m.ID)
		if err != nil {
			return err
		}
		if caseID == 0 {
			return s.over(ctx, m, MailSetAside)
		}
		c, err := s.Store.CaseFor(ctx, actor.Scope(), caseID)
		if err != nil {
			return err
		}
		m.CaseID, m.State, m.SentAt = c.ID, MailCame, &m.MadeAt
		if err := s.Store.SaveMail(ctx, m); err != nil {
			return err
		}
		return s.arrive(ctx, m, files, false, true)
	})
}

// Bounce is what a mail service tells of a message that did not arrive. Hard says that it never will.
type Bounce struct {
	EventID   string
	MessageID string // "" where the service does not say
	Recipient string
	Hard      bool
}

// Invitations are told of theirs that came back.
type Invitations interface {
	Bounced(ctx context.Context, invitation int64) error
}

// Notices are told of mail that came back for good: its Message-ID, "" where that is not known, and where it went.
type Notices interface {
	Returned(ctx context.Context, messageID, address string) error
}

// InvitationReference is the Message-ID of an invitation's mail, without its domain; unique tells copies apart.
func InvitationReference(invitation int64, unique string) string {
	return invited + strconv.FormatInt(invitation, 36) + "." + unique
}

const invited = "ask."

// Returned takes a bounce in, once however often it is told, and reports whether it is news. After a hard one the address
// gets nothing more.
func (s *Service) Returned(ctx context.Context, b Bounce) (news bool, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if news, err = s.Store.TakeMailEvent(ctx, b.EventID, s.Now()); err != nil || !news || !b.Hard {
			return err
		}
		if b.Recipient != "" {
			if err := s.Store.AddressDied(ctx, strings.ToLower(b.Recipient)); err != nil {
				return err
			}
		}
		if s.Notices != nil {
			if err := s.Notices.Returned(ctx, b.MessageID, b.Recipient); err != nil {
				return err
			}
		}
		return s.returned(ctx, b.MessageID)
	})
	return news, err
}

func (s *Service) returned(ctx context.Context, messageID string) error {
	local, _, _ := strings.Cut(messageID, "@")
	if rest, ok := strings.CutPrefix(local, invited); ok {
		number, _, _ := strings.Cut(rest, ".")
		invitation, err := strconv.ParseInt(number, 36, 64)
		if err != nil || s.Invitations == nil {
			return nil //nolint:nilerr // a Message-ID that somebody made up
		}
		return s.Invitations.Bounced(ctx, invitation)
	}
	token, ok := tokenOf(messageID)
	if !ok {
		return nil
	}
	m, err := s.Store.MailByToken(ctx, token)
	if fault.KindOf(err) == fault.KindMissing || err == nil && m.State == MailBounced {
		return nil
	}
	if err != nil {
		return err
	}
	return s.cameBack(ctx, m)
}

var (
	// below begins what mail programs put under an answer: the letter it answers, or a signature.
	below = regexp.MustCompile(`(?i)^(-- |-{2,}\s*(original message|forwarded message|исходное сообщение|пересылаемое сообщение|αρχικό μήνυμα|پیام اصلی)\s*-{2,}|_{20,})\s*$`)
	// said introduces quoted text: it names a sender or a time, and ends with a colon.
	said  = regexp.MustCompile(`(@|\d[:٫۰-۹\d]+|wrote|έγραψε|пишет|написал|نوشت).*:\s*[\x{200e}\x{200f}]*$`)
	timed = regexp.MustCompile(`\b\d{1,2}:\d{2}\b.*[^.!?]$`)
)

// Unquoted is what somebody wrote in an answer, without the letter that was answered. Where nothing else is left it is all
// of it.
func Unquoted(words string) string {
	var kept []string
	for _, line := range strings.Split(strings.ReplaceAll(words, "\r\n", "\n"), "\n") {
		if below.MatchString(line) {
			break
		}
		if strings.HasPrefix(strings.TrimSpace(line), ">") {
			kept = unintroduced(kept)
			continue
		}
		kept = append(kept, line)
	}
	if out := strings.TrimSpace(strings.Join(kept, "\n")); out != "" {
		return out
	}
	return strings.TrimSpace(words)
}

// unintroduced takes off the line that introduces a quotation, and the one before where it was broken into two.
func unintroduced(lines []string) []string {
	end := len(lines)
	for end > 0 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	if end == 0 || !said.MatchString(lines[end-1]) {
		return lines
	}
	if end--; end > 0 && timed.MatchString(lines[end-1]) {
		end--
	}
	return lines[:end]
}
