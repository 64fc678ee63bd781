package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/stat"
	faces "github.com/journeyloop/journeyloop/templates/notifications"
)

// Notices is how letters to employees leave the house, in their language and calendar. It implements notify.Writer.
type Notices struct {
	Mailer    Mailer
	PublicURL string // without a slash at the end
	Company   string
	Zone      *time.Location
	// Own are a person's own figures, for her eyes only; nil leaves them out.
	Own func(ctx context.Context, employee int64, colleagues bool) ([]insight.Own, error)
}

// Write implements notify.Writer.
func (n Notices) Write(ctx context.Context, m notify.Message) error {
	letter, err := n.Letter(ctx, m)
	if err != nil {
		return err
	}
	err = n.Mailer.Mail(ctx, letter)
	if _, bounced := errors.AsType[*Bounced](err); bounced {
		return fmt.Errorf("%w: %w", notify.ErrBounced, err)
	}
	return err
}

// Letter writes the mail. Its subject names no customer and nothing a customer said. Tried again it bears the same Message-ID, so
// that a mailbox which has it already can tell.
func (n Notices) Letter(ctx context.Context, m notify.Message) (Mail, error) {
	r := m.To.Reader(n.Zone)
	v := faces.MailView{Subject: n.subject(r, m), Hello: r.T("notifications.hello", "name", i18n.Isolate(m.To.Name)), Company: n.Company,
		All: n.PublicURL + faces.Path, Change: n.PublicURL + faces.Settings, Stop: n.PublicURL + "/s/" + m.To.Stop + "/notices"}
	if m.Letter.Sample {
		v.Lead = r.T("notifications.mail_sample")
	}
	if m.Week != nil {
		v.Parts = append(v.Parts, n.quotes(r, "notifications.mail_praise", m.Week.Good))
	}
	v.Parts = append(v.Parts, n.news(r, m))
	if m.Week != nil {
		own, err := n.figures(ctx, r, m.To.EmployeeID)
		if err != nil {
			return Mail{}, fmt.Errorf("write letter %d: %w", m.Letter.ID, err)
		}
		v.Parts = append(v.Parts, n.cases(r, "notifications.mail_open", m, m.Week.Open), n.cases(r, "notifications.mail_verified", m, m.Week.Verified), n.answered(r, m.Week.Answered),
			n.quotes(r, "notifications.mail_unhappy", m.Week.Bad), own)
	}
	v.Parts = filled(v.Parts)
	if len(v.Parts) == 0 {
		v.Lead = strings.TrimSpace(v.Lead + " " + r.T("notifications.mail_quiet_week"))
	}
	var page strings.Builder
	if err := faces.Mail(v).Render(i18n.With(ctx, r), &page); err != nil {
		return Mail{}, fmt.Errorf("write letter %d: %w", m.Letter.ID, err)
	}
	to := mail.Address{Name: m.To.Name, Address: m.To.Email}
	return Mail{To: to.String(), Subject: v.Subject, Text: v.Plain(r), HTML: page.String(), Unsubscribe: v.Stop, Lang: string(r.Lang()),
		Reference: fmt.Sprint(notify.Reference, m.Letter.ID)}, nil
}

// filled leaves out the parts with nothing in them.
func filled(parts []faces.MailPart) (out []faces.MailPart) {
	for _, p := range parts {
		if len(p.Lines) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func (n Notices) subject(r *i18n.Reader, m notify.Message) string {
	switch {
	case m.Letter.Sample:
		return r.T("notifications.subject_sample", "company", n.Company)
	case m.Letter.Weekly:
		return r.T("notifications.subject_weekly", "company", n.Company)
	}
	return r.T("notifications.subject", "company", n.Company, "n", len(m.News))
}

func (n Notices) news(r *i18n.Reader, m notify.Message) faces.MailPart {
	part := faces.MailPart{Title: r.T("notifications.mail_news")}
	for _, one := range m.News {
		l := faces.MailLine{Text: faces.Say(r, m.Names, one), Beside: r.DateTime(one.At)}
		if href := faces.Open(one); href != "" {
			l.Href = n.PublicURL + href
		}
		part.Lines = append(part.Lines, l)
	}
	return part
}

// quotes are what customers said, with where; their names are not known here.
func (n Notices) quotes(r *i18n.Reader, title string, quotes []feedback.Quote) faces.MailPart {
	part := faces.MailPart{Title: r.T(title)}
	for _, q := range quotes {
		where := q.Touchpoint.In(r.Lang())
		if q.TouchpointID == 0 {
			where = q.Journey.In(r.Lang())
		}
		l := faces.MailLine{Text: q.Words(), Said: true, Beside: where}
		if l.Text == "" || q.Feeling() == stat.Positive && !q.Praises() {
			l.Text, l.Said = r.T("notifications.mail_no_words"), false
		}
		part.Lines = append(part.Lines, l)
	}
	return part
}

func (n Notices) cases(r *i18n.Reader, title string, m notify.Message, cases []casework.Case) faces.MailPart {
	part := faces.MailPart{Title: r.T(title)}
	for _, c := range cases {
		l := faces.MailLine{Text: m.Names.Journeys[c.JourneyID].In(r.Lang()), Href: fmt.Sprint(n.PublicURL, "/cases/", c.ID)}
		if due := c.Due(); !due.IsZero() {
			l.Beside = r.T("notifications.mail_due", "at", r.DateTime(due))
			if c.Overdue(m.Letter.MadeAt) {
				l.Beside += " · " + r.T("notifications.mail_overdue")
			}
		}
		if where := m.Names.Touchpoints[c.TouchpointID].In(r.Lang()); where != "" {
			l.Text += " · " + i18n.Isolate(where)
		}
		part.Lines = append(part.Lines, l)
	}
	return part
}

func (n Notices) answered(r *i18n.Reader, list []observation.Observation) faces.MailPart {
	part := faces.MailPart{Title: r.T("notifications.mail_answered")}
	for _, o := range list {
		part.Lines = append(part.Lines, faces.MailLine{Text: cmp.Or(i18n.Sentence(o.Words, 0, 0, 80), r.T("notifications.mail_no_words")), Href: fmt.Sprint(n.PublicURL, "/observations/", o.ID),
			Beside: r.T("observations.state_" + string(o.State))})
	}
	return part
}

// figures are her own ranges, each with how many answers it is from; below k there is none.
func (n Notices) figures(ctx context.Context, r *i18n.Reader, employee int64) (faces.MailPart, error) {
	part := faces.MailPart{Title: r.T("notifications.mail_figures")}
	if n.Own == nil || employee == 0 {
		return part, nil
	}
	own, err := n.Own(ctx, employee, true)
	for _, o := range own {
		if o.Low == nil || o.High == nil {
			continue
		}
		percent := func(x float64) string { return i18n.Isolate(r.Percent(x, 0)) }
		part.Lines = append(part.Lines, faces.MailLine{Text: i18n.Isolate(o.Name.In(r.Lang())) + " — " + r.T("feedback.own.range", "low", percent(*o.Low), "high", percent(*o.High)),
			Beside: r.T("feedback.own.raw", "x", o.Satisfied, "n", o.Figure.N)})
	}
	return part, err
}
