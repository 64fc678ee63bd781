package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/respond"
)

// SendLetter implements casework.Sender: letters about a case, in the customer's language, as a mail or a text message.
func (i Inviter) SendLetter(ctx context.Context, l casework.LetterTo) error {
	var err error
	if l.Mail.Channel == survey.BySMS {
		err = i.Texter.Text(ctx, i.ShortLetter(l))
	} else {
		var m Mail
		if m, err = i.CaseLetter(l); err == nil {
			err = i.Mailer.Mail(ctx, m)
		}
	}
	if _, bounced := errors.AsType[*Bounced](err); bounced {
		return fmt.Errorf("%w: %w", survey.ErrBounced, err)
	}
	return err
}

// CaseLetter writes the mail: a question whether it is solved, or what somebody here wrote. Answers to it lead to the case.
func (i Inviter) CaseLetter(l casework.LetterTo) (Mail, error) {
	r := i.readerOf(l.Customer.Language)
	v := respond.LetterView{Subject: l.Mail.Subject, Hello: hello(r, l.Customer.Name), Body: l.Mail.Words, Company: i.Company}
	if l.Link != "" {
		v.Subject, v.Body = i.asks(r, "solved.mail_subject", l), i.asks(r, "solved.mail_body", l)
		v.Solution, v.Link = l.Case.Solution, i.PublicURL+respond.SolvedPath(l.Link)
		if l.Case.CompensationMinor > 0 {
			v.Compensation = r.T("solved.compensation", "amount", i18n.Isolate(r.Money(l.Case.CompensationMinor, l.Case.Currency)))
		}
	} else {
		v.Hello = "" // who wrote it said so herself
	}
	var page strings.Builder
	if err := respond.Letter(v).Render(i18n.With(context.Background(), r), &page); err != nil {
		return Mail{}, fmt.Errorf("write letter: %w", err)
	}
	to := mail.Address{Name: l.Customer.Name, Address: l.Customer.Email}
	return Mail{To: to.String(), Subject: v.Subject, Text: letterText(r, v), HTML: page.String(), Lang: string(r.Lang()), Written: l.Link == "",
		Reference: l.Reference(), Thread: l.Thread, AnswerTo: l.Mail.Token}, nil
}

// ShortLetter writes the text message; only questions go by that way.
func (i Inviter) ShortLetter(l casework.LetterTo) SMS {
	return SMS{To: l.Customer.Phone, Text: i.asks(i.readerOf(l.Customer.Language), "solved.sms", l)}
}

// asks is the wording of the question, or of its reminder.
func (i Inviter) asks(r *i18n.Reader, key string, l casework.LetterTo) string {
	if l.Mail.Kind == casework.MailReminder {
		key += "_reminder"
	}
	name := l.Journey.In(r.Lang())
	if !l.Journey.Exact(r.Lang()) {
		name = i18n.Isolate(name)
	}
	return r.T(key, "journey", name, "company", i.Company, "link", i.PublicURL+respond.SolvedPath(l.Link))
}

// readerOf is whoever reads a language, the company's where it is not known.
func (i Inviter) readerOf(lang i18n.Lang) *i18n.Reader {
	known, ok := i18n.Known(string(lang))
	if !ok {
		known = cmp.Or(i.Language, i18n.English)
	}
	return i18n.NewReader(known, "", i.Zone)
}

func letterText(r *i18n.Reader, v respond.LetterView) string {
	var out []string
	if v.Hello != "" {
		out = append(out, v.Hello, "")
	}
	out = append(out, v.Body, "")
	if v.Link != "" {
		out = append(out, r.T("solved.done")+":", v.Solution)
		if v.Compensation != "" {
			out = append(out, v.Compensation)
		}
		out = append(out, "", r.T("solved.mail_answer"), v.Link, "")
	}
	return strings.Join(append(out, v.Company, ""), "\n")
}
