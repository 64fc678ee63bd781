package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/deliver"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/testkit/smtptest"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// office is a world with a mail server in which Zahra, who reads Persian, is written to.
type office struct {
	*surveytest.World
	server  *smtptest.Server
	notices *notify.Service
	zahra   people.User
}

func openOffice(t *testing.T, w *surveytest.World) *office {
	t.Helper()
	w.Run(t, "before")
	o := &office{World: w, server: smtptest.Start(t)}
	c := config.SMTP{Host: o.server.Host(), Port: o.server.Port(), TLS: config.TLSNone, Timeout: 5 * time.Second, From: "care@example.org"}
	mailer, err := deliver.NewMailer(c)
	if err != nil {
		t.Fatal(err)
	}
	figures := &insight.Service{Store: w.Store, Zone: storetest.Zone, Now: w.Now}
	o.notices = &notify.Service{Store: w.Store, Ledger: w.Store, Zone: storetest.Zone, Now: w.Now,
		Writer: deliver.Notices{Mailer: mailer, PublicURL: public, Company: "Σύνδεση & Co", Zone: storetest.Zone, Own: figures.Own}}
	e, err := w.Store.EmployeeByKey(t.Context(), "zahra")
	if err != nil {
		t.Fatal(err)
	}
	e.Email = "zahra@company.example"
	o.zahra = people.User{ID: 7, EmployeeID: e.ID, Login: "zahra", Name: "زهرا", Language: i18n.Persian, CreatedAt: w.Now()}
	if err := errors.Join(w.Store.SaveEmployee(t.Context(), e), w.Store.SaveUser(t.Context(), o.zahra), o.notices.Acquaint(t.Context())); err != nil {
		t.Fatal(err)
	}
	return o
}

// told lets n things happen that Zahra is told of at once.
func (o *office) told(t *testing.T, n int) {
	t.Helper()
	var list []notify.Notification
	for range n {
		due := o.Now().Add(3 * time.Minute)
		list = append(list, notify.Notification{ID: id.New(), UserID: o.zahra.ID, EventID: id.New(), Verb: event.CaseAssigned, SubjectKind: "case", SubjectID: 5, At: o.Now(), MailDue: &due})
	}
	if err := o.Store.AddNotifications(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

// moved gives her employee's record another address.
func (o *office) moved(t *testing.T, address string) {
	t.Helper()
	e, err := o.Store.EmployeeByID(t.Context(), o.zahra.EmployeeID)
	e.Email = address
	if err := errors.Join(err, o.Store.SaveEmployee(t.Context(), e)); err != nil {
		t.Fatal(err)
	}
}

// returned is what a mail service tells of a letter.
func (o *office) returned(t *testing.T, messageID, recipient string) {
	t.Helper()
	o.Cases.Notices = o.notices
	if news, err := o.Cases.Returned(t.Context(), casework.Bounce{EventID: messageID + recipient, MessageID: messageID, Recipient: recipient, Hard: true}); err != nil || !news {
		t.Fatal(news, err)
	}
}

// wishes keeps her settings, with an own address.
func (o *office) wishes(t *testing.T, own string) {
	t.Helper()
	if err := o.notices.Wish(t.Context(), o.zahra.ID, notify.DefaultSettings(i18n.NewReader(i18n.Persian, "", storetest.Zone)), own); err != nil {
		t.Fatal(err)
	}
}

// post sends what is due, by two at once as two nodes would, and returns how many mails have arrived so far.
func (o *office) post(t *testing.T) int {
	t.Helper()
	due, err := o.notices.Due(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			for _, user := range due {
				if err := o.notices.Write(t.Context(), user); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	return len(o.server.Messages())
}

func TestManyEventsMakeOneMail(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		o := openOffice(t, w)
		for _, step := range []struct {
			sentence string
			do       func()
			want     int // mails so far
		}{
			{"nothing happened", func() {}, 0},
			{"three things did: they are gathered", func() { o.told(t, 3) }, 0},
			{"and told in one mail", func() { w.Wait(4 * time.Minute) }, 1},
			{"once", func() { w.Wait(time.Hour) }, 1},
			{"in the evening", func() { o.Turn(surveytest.Start.Add(9 * time.Hour)); o.told(t, 1); w.Wait(4 * time.Minute) }, 1},
			{"it waits for the morning", func() { w.Wait(12 * time.Hour) }, 2},
			{"the server has no time", func() { o.server.Defer("zahra@company.example"); o.told(t, 1); w.Wait(4 * time.Minute) }, 2},
			{"not at once again", func() { o.server.Accept("zahra@company.example") }, 2},
			{"but later", func() { w.Wait(time.Hour) }, 3},
			{"who is away is not written to", func() {
				day := i18n.Day(w.Now(), storetest.Zone)
				if err := w.Store.SaveAbsence(t.Context(), people.Absence{ID: 1, EmployeeID: o.zahra.EmployeeID, FromDay: day, UntilDay: day, CreatedAt: w.Now()}); err != nil {
					t.Fatal(err)
				}
				o.told(t, 2)
				w.Wait(4 * time.Minute)
			}, 3},
			{"until she is back", func() { w.Wait(24 * time.Hour) }, 4},
			{"the address is none any more", func() { o.server.Bounce("zahra@company.example"); o.told(t, 1); w.Wait(4 * time.Minute) }, 4},
			{"so nothing is tried", func() { o.server.Accept("zahra@company.example"); o.told(t, 1); w.Wait(48 * time.Hour) }, 4},
			{"but at a new address, from then on", func() { o.moved(t, "zahra@other.example"); o.told(t, 1); w.Wait(4 * time.Minute) }, 5},
			{"that letter comes back, from a mailbox that it was forwarded to", func() {
				sent := o.server.Messages()[4].Header.Get("Message-Id")
				o.returned(t, strings.Trim(sent, "<>"), "zahra@forwarded.example")
				o.told(t, 1)
				w.Wait(4 * time.Minute)
			}, 5},
			{"she says that it works again", func() { o.wishes(t, ""); o.told(t, 1); w.Wait(4 * time.Minute) }, 6},
			{"the address comes back, of no letter in particular", func() { o.returned(t, "", "Zahra@OTHER.example"); o.told(t, 1); w.Wait(4 * time.Minute) }, 6},
			{"her record has none: hers counts", func() { o.moved(t, ""); o.wishes(t, "zahra@home.example"); o.told(t, 1); w.Wait(4 * time.Minute) }, 7},
		} {
			step.do()
			if got := o.post(t); got != step.want {
				t.Fatalf("%s: %d mails, want %d", step.sentence, got, step.want)
			}
		}
		m := o.server.Messages()[0]
		p, err := w.Store.Person(t.Context(), o.zahra.ID)
		if err != nil {
			t.Fatal(err)
		}
		stop := public + "/s/" + p.Stop + "/notices"
		for what, there := range map[string]bool{
			"the count, in her digits": strings.Contains(m.Subject, "۳"),
			"one-click header":         m.Header.Get("List-Unsubscribe") == "<"+stop+">" && m.Header.Get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click",
			"its number":               strings.HasPrefix(m.Header.Get("Message-Id"), "<notice-"),
			"her language":             m.Header.Get("Content-Language") == "fa",
			"her calendar":             strings.Contains(m.Text, "۱۱ اسفند"),
			"links":                    strings.Count(m.Text, public+"/notifications/") == 3,
			"the same as a page":       strings.Count(m.HTML, public+"/notifications/") == 3 && strings.Contains(m.HTML, `dir="rtl"`),
		} {
			if !there {
				t.Errorf("the mail lacks %s:\n%s\n%s", what, m.Subject, m.Text)
			}
		}
	})
}

func TestHerWeekOpensWithPraiseAndHidesNothing(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		o := openOffice(t, w)
		for i := range 6 {
			run, overall := w.Run(t, fmt.Sprint("o", i)), 5-4*(i/5)
			if _, err := w.Feedback.Answer(t.Context(), w.Ask(t, run), feedback.Answer{Overall: &overall, Comment: map[bool]string{true: "چه خوب بود", false: "دیر آمدند"}[i < 5], Language: i18n.Persian}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Store.FoldAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.wishes(t, "")
		p, err := w.Store.Person(t.Context(), o.zahra.ID)
		if err != nil || p.DigestAt.In(storetest.Zone).Format("Mon 15:04") != "Sat 08:00" {
			t.Fatalf("her week ends %v %v", p.DigestAt, err)
		}
		w.Turn(*p.DigestAt)
		if n := o.post(t); n != 1 {
			t.Fatalf("%d mails", n)
		}
		w.Wait(time.Hour)
		if n := o.post(t); n != 1 {
			t.Fatalf("%d mails an hour later", n)
		}
		m := o.server.Messages()[0]
		r := i18n.NewReader(i18n.Persian, "", storetest.Zone)
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(m.HTML))
		if err != nil {
			t.Fatal(err)
		}
		if got := doc.Find("h2").First().Text(); got != r.T("notifications.mail_praise") {
			t.Errorf("it opens with %q", got)
		}
		for _, words := range []string{"چه خوب بود", "دیر آمدند"} {
			if !strings.Contains(m.Text, words) || !strings.Contains(m.HTML, words) || strings.Contains(m.Subject, words) {
				t.Errorf("%q is not in the letter, or in its subject:\n%s\n%s", words, m.Subject, m.Text)
			}
		}
		if strings.Contains(m.Text+m.Subject, "مریم") || strings.Contains(m.HTML, "⟦") || doc.Find("img, script, style, [style]").Length() != 0 {
			t.Errorf("a customer's name, a missing message, or what mail programs drop:\n%s", m.HTML)
		}
		if err := o.notices.Stop(t.Context(), o.zahra.ID); err != nil {
			t.Fatal(err)
		}
		w.Wait(surveytest.Days(7))
		if n := o.post(t); n != 1 {
			t.Errorf("%d mails after she wanted no more", n)
		}
		if err := o.notices.Sample(t.Context(), o.zahra.ID); err != nil {
			t.Fatal(err)
		}
		if n := o.post(t); n != 2 {
			t.Errorf("%d mails with the sample", n)
		}
	})
}

// A process that dies after the server took a letter leaves it to be tried again, under the same number.
func TestALetterKeepsItsNumber(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		o := openOffice(t, w)
		var numbers []int64
		dying, die := context.WithCancel(t.Context())
		o.notices.Writer = writing(func(m notify.Message) error {
			numbers = append(numbers, m.Letter.ID)
			die()
			return nil
		})
		o.told(t, 2)
		w.Wait(4 * time.Minute)
		if err := o.notices.Write(dying, o.zahra.ID); !errors.Is(err, context.Canceled) {
			t.Fatalf("it did not die: %v", err)
		}
		for _, wait := range []time.Duration{0, 5 * time.Minute, 6 * time.Minute, time.Hour} {
			w.Wait(wait)
			if err := o.notices.Write(t.Context(), o.zahra.ID); err != nil {
				t.Fatal(err)
			}
		}
		if len(numbers) != 2 || numbers[0] != numbers[1] {
			t.Errorf("letters %v", numbers)
		}
	})
}

type writing func(m notify.Message) error

func (w writing) Write(_ context.Context, m notify.Message) error { return w(m) }
