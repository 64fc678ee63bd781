package deliver

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/respond"
)

// Inviter is how invitations leave the house: it writes them in the customer's language, as a mail or a text message. It
// implements survey.Sender.
type Inviter struct {
	Mailer    Mailer
	Texter    Texter
	PublicURL string // without a slash at the end
	Company   string
	Language  i18n.Lang // for customers whose language is not known
	Zone      *time.Location
}

// Send implements survey.Sender.
func (i Inviter) Send(ctx context.Context, m survey.Message) error {
	var err error
	switch m.Invitation.Channel {
	case survey.ByMail:
		var letter Mail
		if letter, err = i.Letter(m); err == nil {
			err = i.Mailer.Mail(ctx, letter)
		}
	case survey.BySMS:
		err = i.Texter.Text(ctx, i.Short(m))
	default:
		err = fault.Conflict("invitation.not_sendable")
	}
	if _, bounced := errors.AsType[*Bounced](err); bounced {
		return fmt.Errorf("%w: %w", survey.ErrBounced, err)
	}
	return err
}

// Letter writes the mail: the invitation, or one of its reminders.
func (i Inviter) Letter(m survey.Message) (Mail, error) {
	r := i.reader(m)
	v := respond.MailView{Subject: i.say(r, "mail.subject", m), Hello: hello(r, m.Customer.Name), Body: i.say(r, "mail.body", m), Company: i.Company,
		Link: i.PublicURL + survey.Path(m.Token), Stop: i.PublicURL + survey.StopPath(m.Token), Until: m.Invitation.ExpiresAt}
	var page strings.Builder
	if err := respond.Mail(v).Render(i18n.With(context.Background(), r), &page); err != nil {
		return Mail{}, fmt.Errorf("write invitation: %w", err)
	}
	to := mail.Address{Name: m.Customer.Name, Address: m.Customer.Email}
	return Mail{To: to.String(), Subject: v.Subject, Text: text(r, v), HTML: page.String(), Unsubscribe: v.Stop, Lang: string(r.Lang()),
		Reference: casework.InvitationReference(m.Invitation.ID, id.Token())}, nil
}

// Short writes the text message.
func (i Inviter) Short(m survey.Message) SMS {
	return SMS{To: m.Customer.Phone, Text: i.say(i.reader(m), "mail.sms", m)}
}

// reader is the customer: her language now, else the one she was planned to be asked in, else the company's.
func (i Inviter) reader(m survey.Message) *i18n.Reader {
	lang := i.Language
	for _, l := range []i18n.Lang{m.Invitation.Language, m.Customer.Language} {
		if known, ok := i18n.Known(string(l)); ok {
			lang = known
		}
	}
	return i18n.NewReader(lang, "", i.Zone)
}

// say is the wording for the first message or the reminder that this is.
func (i Inviter) say(r *i18n.Reader, key string, m survey.Message) string {
	switch {
	case m.Reminder == 1:
		key += "_reminder_1"
	case m.Reminder > 1:
		key += "_reminder_2"
	}
	name := m.Journey.In(r.Lang())
	if !m.Journey.Exact(r.Lang()) {
		name = i18n.Isolate(name) // of another script, perhaps
	}
	return r.T(key, "journey", name, "company", i.Company, "link", i.PublicURL+survey.Path(m.Token))
}

func hello(r *i18n.Reader, name string) string {
	if name == "" {
		return r.T("mail.hello")
	}
	return r.T("mail.hello_name", "name", i18n.Isolate(name))
}

// text is the letter for mail programs that show none of the HTML; links stand on lines of their own.
func text(r *i18n.Reader, v respond.MailView) string {
	return strings.Join([]string{
		v.Hello, "", v.Body, "", r.T("mail.minute"), "", v.Link, "", r.T("mail.until", "date", v.Until), "", v.Company, "",
		r.T("mail.stop"), v.Stop, "",
	}, "\n")
}
