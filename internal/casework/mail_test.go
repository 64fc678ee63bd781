package casework_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// post is the way out of the house: it keeps what left, and fails as it is told, once for each.
type post struct {
	left  []casework.LetterTo
	fails []error
}

// SendLetter implements casework.Sender.
func (p *post) SendLetter(_ context.Context, l casework.LetterTo) error {
	p.left = append(p.left, l)
	if len(p.fails) > 0 {
		var err error
		err, p.fails = p.fails[0], p.fails[1:]
		return err
	}
	return nil
}

// written is a case of a customer who was called, and the post.
func written(t *testing.T, w *surveytest.World, key string) (casework.Case, people.Actor, *post) {
	t.Helper()
	out := &post{}
	w.Cases.Sender = out
	c, olga := opened(t, w, key)
	ctx := people.With(t.Context(), olga)
	if _, err := w.Cases.Attempt(ctx, olga, c.ID, casework.Tried{Channel: "call", Result: casework.Reached}); err != nil {
		t.Fatal(err)
	}
	c, err := w.Cases.Code(ctx, olga, c.ID, "system")
	if err != nil {
		t.Fatal(err)
	}
	return c, olga, out
}

// deliver sends what is due, as the jobs do.
func deliver(t *testing.T, w *surveytest.World) {
	t.Helper()
	due, err := w.Cases.DueMails(t.Context(), 100)
	for _, letter := range due {
		err = errors.Join(err, w.Cases.Deliver(t.Context(), letter), w.Cases.Deliver(t.Context(), letter))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, w *surveytest.World, actor people.Actor, id int64) {
	t.Helper()
	if _, err := w.Cases.Write(people.With(t.Context(), actor), actor, id, " Your\r\n router ", "We will come\r\non Monday."); err != nil {
		t.Fatal(err)
	}
}

// propose says that it is solved, and the errand that follows is done, twice.
func propose(t *testing.T, w *surveytest.World, actor people.Actor, id int64) {
	t.Helper()
	_, err := w.Cases.Propose(people.With(t.Context(), actor), actor, id, casework.Solved{Solution: "repaired"})
	if err = errors.Join(err, w.Cases.Ask(t.Context(), id), w.Cases.Ask(t.Context(), id)); err != nil {
		t.Fatal(err)
	}
}

func sorts(p *post) string {
	var out []string
	for _, l := range p.left {
		out = append(out, string(l.Mail.Kind))
	}
	return strings.Join(out, ", ")
}

func TestTheQuestionAndOneReminderLeaveOnce(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga, out := written(t, w, "o1")
		propose(t, w, olga, c.ID)
		for range 8 {
			deliver(t, w)
			w.Wait(surveytest.Days(1))
		}
		if got := sorts(out); got != "ask, reminder" {
			t.Errorf("left: %s", got)
		}
		for _, l := range out.left {
			asked, err := w.Cases.Question(t.Context(), l.Link)
			if err != nil || asked.Case.ID != c.ID {
				t.Errorf("the link of the %s: %v", l.Mail.Kind, err)
			}
		}
		if got := told(t, w, c.ID); strings.Count(got, "mail_out ask")+strings.Count(got, "mail_out reminder") != 2 {
			t.Errorf("told %s", got)
		}
		if _, err := w.Cases.Verdict(t.Context(), out.left[0].Link, false, ""); err != nil {
			t.Fatal(err)
		}
		propose(t, w, olga, c.ID)
		deliver(t, w)
		if _, err := w.Cases.Verdict(t.Context(), out.left[2].Link, true, ""); err != nil {
			t.Fatal(err)
		}
		w.Wait(surveytest.Days(4))
		deliver(t, w)
		if got := sorts(out); got != "ask, reminder, ask" {
			t.Errorf("she was asked again in the next round, and not reminded after her word: %s", got)
		}
	})
}

func TestALetterIsTriedAgainAndNeverSentTwice(t *testing.T) {
	passing := &struct{ error }{errors.New("greylisted")}
	for sentence, c := range map[string]struct {
		fails []error
		left  int // tries
		state casework.MailState
	}{
		"it left":                         {nil, 1, casework.MailSent},
		"the server was busy twice":       {[]error{passing, passing}, 3, casework.MailSent},
		"her address takes nothing":       {[]error{fmt.Errorf("%w: 550", survey.ErrBounced)}, 1, casework.MailBounced},
		"nothing is configured for hours": {[]error{fault.Conflict("deliver.mail_not_configured"), fault.Conflict("deliver.mail_not_configured")}, 3, casework.MailSent},
		"the server is always busy":       {[]error{passing, passing, passing, passing, passing, passing}, 6, casework.MailFailed},
	} {
		t.Run(sentence, func(t *testing.T) {
			surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
				k, olga, out := written(t, w, "o1")
				out.fails = c.fails
				write(t, w, olga, k.ID)
				for range 8 {
					deliver(t, w)
					w.Wait(2 * time.Hour)
				}
				mails, err := w.Store.MailsOf(t.Context(), k.ID)
				if err != nil || len(mails) != 1 || mails[0].State != c.state || mails[0].NextAt != nil || len(out.left) != c.left {
					t.Errorf("%d tries, %+v %v", len(out.left), mails, err)
				}
				steps := told(t, w, k.ID)
				if (c.state == casework.MailSent) != strings.Contains(steps, "mail_out letter") || (c.state == casework.MailBounced) != strings.Contains(steps, "bounced letter") {
					t.Errorf("told %s", steps)
				}
			})
		})
	}
}

func TestACrashBetweenSendingAndNotingItCostsOneCopy(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga, out := written(t, w, "o1")
		write(t, w, olga, c.ID)
		w.Cases.Sender = crashing{out}
		for range 4 {
			due, err := w.Cases.DueMails(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, letter := range due {
				func() {
					defer func() { _ = recover() }()
					_ = w.Cases.Deliver(t.Context(), letter)
				}()
				if err := w.Cases.Deliver(t.Context(), letter); err != nil {
					t.Error(err)
				}
			}
			w.Wait(time.Hour)
		}
		if len(out.left) != 2 || out.left[0].Reference() != out.left[1].Reference() {
			t.Errorf("%d copies", len(out.left))
		}
	})
}

type crashing struct{ *post }

func (c crashing) SendLetter(ctx context.Context, l casework.LetterTo) error {
	_ = c.post.SendLetter(ctx, l)
	panic("the machine lost its power")
}

func TestAnAnswerComesBackToItsCase(t *testing.T) {
	from := func(change func(*casework.LetterFrom)) casework.LetterFrom {
		l := casework.LetterFrom{MessageID: "m1@customers.example", From: "O1@customers.example", To: []string{"care@example.org"}, Subject: "Re: Your router", Words: "Thanks!\n\n> We will come"}
		change(&l)
		return l
	}
	for sentence, c := range map[string]struct {
		change func(token string) func(*casework.LetterFrom)
		state  casework.MailState
		runs   bool // the clock does
	}{
		"by the address it went to": {func(token string) func(*casework.LetterFrom) {
			return func(l *casework.LetterFrom) {
				l.From, l.To = "else@example.com", []string{"Care+" + strings.ToUpper(token) + "@example.org"}
			}
		}, casework.MailCame, true},
		"by what it answers": {func(token string) func(*casework.LetterFrom) {
			return func(l *casework.LetterFrom) {
				l.From, l.Answers = "else@example.com", []string{"x@y", "case." + token + "@example.org"}
			}
		}, casework.MailCame, true},
		"not by who sent it, which anybody can write": {func(string) func(*casework.LetterFrom) { return func(*casework.LetterFrom) {} }, casework.MailLost, false},
		"not by a stranger": {func(string) func(*casework.LetterFrom) {
			return func(l *casework.LetterFrom) { l.From = "else@example.com" }
		}, casework.MailLost, false},
		"an out-of-office answer, but the clock stands": {func(token string) func(*casework.LetterFrom) {
			return func(l *casework.LetterFrom) {
				l.Automatic, l.Answers = true, []string{"case." + token + "@example.org"}
			}
		}, casework.MailCame, false},
	} {
		t.Run(sentence, func(t *testing.T) {
			surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
				k, olga, out := written(t, w, "o1")
				write(t, w, olga, k.ID)
				deliver(t, w)
				if _, err := w.Cases.Wait(people.With(t.Context(), olga), olga, k.ID, "which day?"); err != nil {
					t.Fatal(err)
				}
				l := from(c.change(out.left[0].Mail.Token))
				for range 2 {
					if _, _, err := w.Cases.Receive(t.Context(), l); err != nil {
						t.Fatal(err)
					}
				}
				after := again(t, w, k.ID)
				if (after.WaitingSince == nil) != c.runs {
					t.Errorf("waiting since %v", after.WaitingSince)
				}
				if n := strings.Count(told(t, w, k.ID), "mail_in"); n != map[casework.MailState]int{casework.MailCame: 1}[c.state] {
					t.Errorf("told %d times", n)
				}
				lost, err := w.Store.LostMails(t.Context(), people.Actor{Manager: true}.Scope(), page.Ask{})
				if err != nil || (lost.Total == 1) != (c.state == casework.MailLost) {
					t.Errorf("%d are lost: %v", lost.Total, err)
				}
				mails, err := w.Store.MailsOf(t.Context(), k.ID)
				if err != nil || c.state == casework.MailCame && (len(mails) != 2 || mails[1].Words != "Thanks!") {
					t.Errorf("%+v %v", mails, err)
				}
			})
		})
	}
}

func TestALostMailIsBroughtToItsCaseByAManager(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		k, olga, _ := written(t, w, "o1")
		m, _, err := w.Cases.Receive(t.Context(), casework.LetterFrom{MessageID: "m1", From: "else@example.com", Words: "It is me"})
		if err != nil || m.State != casework.MailLost {
			t.Fatalf("%+v %v", m, err)
		}
		if lost, err := w.Store.LostMails(t.Context(), olga.Scope(), page.Ask{}); err != nil || lost.Total != 0 {
			t.Errorf("the leader sees %d: %v", lost.Total, err)
		}
		refused(t, "the leader brings it", w.Cases.Assign(t.Context(), olga, m.ID, k.ID), "cases.not_yours")
		boss := people.Actor{UserID: 9, Manager: true}
		ctx := people.With(t.Context(), boss)
		if err := w.Cases.Assign(ctx, boss, m.ID, k.ID); err != nil {
			t.Fatal(err)
		}
		refused(t, "once more", w.Cases.Assign(ctx, boss, m.ID, 0), "cases.mail_found")
		if got := told(t, w, k.ID); strings.Count(got, "mail_in") != 1 {
			t.Errorf("told %s", got)
		}
	})
}

func TestWhatComesWithALetterIsKeptOrNamed(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		k, olga, out := written(t, w, "o1")
		write(t, w, olga, k.ID)
		deliver(t, w)
		letter := func(id string, answers ...string) casework.LetterFrom {
			return casework.LetterFrom{MessageID: id, Answers: answers, From: "o1@customers.example", Words: "See", Files: []casework.FileFrom{
				{Name: `C:\photo.png`, Type: "image/png", Content: []byte("png")},
				{Name: "run.exe", Type: "application/octet-stream", Content: []byte("MZ")},
				{Name: "film.pdf", Type: "application/pdf", Content: make([]byte, casework.MostFile+1)},
				{Name: "nothing.txt", Type: "text/plain; charset=utf-8"},
			}}
		}
		boss := people.Actor{UserID: 9, Manager: true}
		ctx := people.With(t.Context(), boss)
		for i, bring := range []func() (casework.Mail, error){
			func() (casework.Mail, error) { // it answers ours
				m, _, err := w.Cases.Receive(t.Context(), letter("m1", out.left[0].Reference()+"@example.org"))
				return m, err
			},
			func() (casework.Mail, error) { // somebody says where it belongs
				m, _, err := w.Cases.Receive(t.Context(), letter("m2"))
				if err == nil {
					err = w.Cases.Assign(ctx, boss, m.ID, k.ID)
				}
				return m, err
			},
		} {
			m, err := bring()
			if err != nil {
				t.Fatal(err)
			}
			files, err := w.Store.FilesOf(t.Context(), k.ID)
			if err != nil || len(files) != i+1 || files[i].Name != "photo.png" {
				t.Fatalf("kept are %+v: %v", files, err)
			}
			steps, err := w.Store.StepsOf(t.Context(), k.ID)
			var came int64 // the latest letter
			var leftOut []string
			for _, s := range steps {
				switch s.Kind {
				case casework.StepMailIn:
					came, leftOut = s.ID, nil
				case casework.StepLeftOut:
					leftOut = append(leftOut, s.Words+" "+s.Result)
				}
			}
			if got := strings.Join(leftOut, ", "); err != nil || came != files[i].StepID || got != "run.exe kind, film.pdf large, nothing.txt needed" {
				t.Errorf("with letter %d of %d, left out are %s: %v", came, files[i].StepID, got, err)
			}
			if lost, err := w.Store.MailFilesOf(t.Context(), []int64{m.ID}, false); err != nil || len(lost) != 0 {
				t.Errorf("twice there: %+v %v", lost, err)
			}
		}
		m, _, err := w.Cases.Receive(t.Context(), letter("m3"))
		if err != nil {
			t.Fatal(err)
		}
		if lost, err := w.Store.MailFilesOf(t.Context(), []int64{m.ID}, false); err != nil || len(lost) != 4 || lost[1].Refused != casework.FileKind {
			t.Errorf("waiting are %+v: %v", lost, err)
		}
		if err := w.Cases.Assign(ctx, boss, m.ID, 0); err != nil {
			t.Fatal(err)
		}
		if lost, err := w.Store.MailFilesOf(t.Context(), []int64{m.ID}, false); err != nil || len(lost) != 0 {
			t.Errorf("set aside, with %+v: %v", lost, err)
		}
	})
}

func TestAHardBounceIsHeardOnceAndNothingMoreIsSentThere(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		w.Cases.Invitations = w.Surveys
		c, olga, out := written(t, w, "o1")
		write(t, w, olga, c.ID)
		write(t, w, olga, c.ID)
		deliver(t, w)
		b := casework.Bounce{EventID: "e0", MessageID: out.left[0].Reference() + "@example.org", Recipient: "O1@customers.example"}
		if news, err := w.Cases.Returned(t.Context(), b); err != nil || !news || strings.Contains(told(t, w, c.ID), "bounced") {
			t.Errorf("a soft one changes nothing: %v %v", news, err)
		}
		b.EventID, b.Hard = "e1", true
		for i := range 2 {
			if news, err := w.Cases.Returned(t.Context(), b); err != nil || news != (i == 0) {
				t.Errorf("time %d: %v %v", i, news, err)
			}
		}
		if got := told(t, w, c.ID); strings.Count(got, "bounced letter") != 1 {
			t.Errorf("told %s", got)
		}
		_, err := w.Cases.Write(people.With(t.Context(), olga), olga, c.ID, "Hello", "again")
		refused(t, "another letter there", err, "cases.no_address")
		propose(t, w, olga, c.ID)
		deliver(t, w)
		if len(out.left) != 2 {
			t.Errorf("left: %s", sorts(out))
		}
	})
}

func TestAnInvitationThatCameBackIsOver(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		w.Cases.Invitations = w.Surveys
		run := w.Run(t, "o1")
		w.Ask(t, run)
		inv, err := w.Store.InvitationOfRun(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range []string{"ask.nonsense.x@y", "other@y", casework.InvitationReference(inv.ID, "x") + "@example.org"} {
			if _, err := w.Cases.Returned(t.Context(), casework.Bounce{EventID: fmt.Sprint(i), MessageID: id, Recipient: "o1@customers.example", Hard: true}); err != nil {
				t.Fatal(err)
			}
		}
		if inv, err = w.Store.InvitationOfRun(t.Context(), run); err != nil || inv.State != survey.Bounced || inv.NextAt != nil {
			t.Errorf("%+v %v", inv, err)
		}
		if w.Customer(t, run).MailTo() != "" {
			t.Error("mail would still be sent there")
		}
		c := w.Customer(t, run)
		c.Phone = "+30 210 555"
		if err := w.Store.SaveCustomer(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		for _, number := range []string{"+30 210 556", c.Phone} {
			if _, err := w.Cases.Returned(t.Context(), casework.Bounce{EventID: number, Recipient: number, Hard: true}); err != nil {
				t.Fatal(err)
			}
			if ended := w.Customer(t, run).TextTo() == ""; ended != (number == c.Phone) {
				t.Errorf("after a message to %s came back: %v", number, ended)
			}
		}
	})
}

func TestWhatWasAnsweredIsCutOff(t *testing.T) {
	for sentence, c := range map[string]struct{ words, want string }{
		"nothing quoted":              {"Thank you.\nMaria", "Thank you.\nMaria"},
		"a quotation below":           {"Yes.\n\nOn Mon, 2 Mar 2026 at 10:00, Care <care@example.org> wrote:\n> Is it solved?\n> Bye", "Yes."},
		"its introduction broken":     {"Yes.\n\nOn Mon, 2 Mar 2026 at 10:00, Care\n<care@example.org> wrote:\n> Is it solved?", "Yes."},
		"answers between":             {"> Which day?\nMonday: or\n> Which hour?\nTen", "Monday: or\nTen"},
		"in Persian":                  {"بله، ممنون\n\nدر دوشنبه ۱۱ اسفند ۱۴۰۴، مراقبت نوشت:\n> حل شد؟", "بله، ممنون"},
		"in Greek":                    {"Ναι\n\nΣτις Δευ 2 Μαρ, ο χρήστης Care έγραψε:\n> Λύθηκε;", "Ναι"},
		"in Russian":                  {"Да\n\nпн, 2 мар. 2026 г. в 10:00, Care пишет:\n> Решено?", "Да"},
		"an original message":         {"No!\n\n-----Original Message-----\nFrom: Care\nIs it?", "No!"},
		"a signature":                 {"No!\n-- \nMaria\nDirector", "No!"},
		"a line of hers with a colon": {"My wishes:\nfibre", "My wishes:\nfibre"},
		"only a quotation":            {"> Is it solved?", "> Is it solved?"},
	} {
		if got := casework.Unquoted(c.words); got != c.want {
			t.Errorf("%s: %q", sentence, got)
		}
	}
}
