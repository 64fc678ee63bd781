// Package deliver sends things out of the building: mail to a mail server, text messages to a webhook. It is not for
// what the messages say (templates, i18n), when and to whom they go (survey, notify), or trying again (jobs): one call
// is one attempt.
//
// Errors carry codes, never what the other side wrote: servers quote addresses and words of customers, and errors
// reach logs.
package deliver

import (
	"context"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/fault"
)

// Mail is one message to one person.
type Mail struct {
	To          string // an address, or Name <address>; any script
	Subject     string
	Text        string // needed: the message without pictures
	HTML        string // the same message, optional
	Unsubscribe string // http(s) address that ends such mail with one POST (RFC 8058), optional
	Lang        string // language of the words, optional
	Written     bool   // by a person: out-of-office answers are welcome
	// Reference is the Message-ID without its domain, Thread what it answers (see casework.LetterTo), AnswerTo the token of
	// the address for answers; all optional.
	Reference string
	Thread    []string
	AnswerTo  string
}

// Mailer sends mail. A nil error means the mail server took it. Otherwise:
//   - *Bounced: it will never arrive there, do not try again;
//   - a fault of kind Conflict, deliver.mail_not_configured: there is no mail server;
//   - anything else: try again later.
type Mailer interface {
	Mail(ctx context.Context, m Mail) error
}

// SMS is one text message to one phone.
type SMS struct {
	To   string // number, as the webhook's provider wants it
	Text string
}

// Texter sends text messages, with the errors of Mailer; the fault is deliver.sms_not_configured.
type Texter interface {
	Text(ctx context.Context, m SMS) error
}

// Bounced says that this message will never reach this recipient.
type Bounced struct {
	Code   int    // SMTP or HTTP status
	Status string // enhanced SMTP status (RFC 3463) such as 5.1.1, if there was one
}

func (b *Bounced) Error() string { return "bounced for good: " + reply(b.Code, b.Status) }

// Failed says that the other side did not take the message this time.
type Failed struct {
	Stage  string // what we were doing
	Code   int    // SMTP or HTTP status; 0 when there was no answer
	Status string
}

func (f *Failed) Error() string { return f.Stage + ": " + reply(f.Code, f.Status) }

func reply(code int, status string) string {
	switch {
	case code == 0:
		return "no answer"
	case status == "":
		return fmt.Sprintf("answer %d", code)
	}
	return fmt.Sprintf("answer %d %s", code, status)
}

// nowhere stands for what was not configured.
type nowhere struct{}

func (nowhere) Mail(context.Context, Mail) error {
	return fault.Conflict("deliver.mail_not_configured")
}

func (nowhere) Text(context.Context, SMS) error {
	return fault.Conflict("deliver.sms_not_configured")
}
