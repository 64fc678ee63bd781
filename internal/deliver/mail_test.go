package deliver

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/testkit/smtptest"
)

func settings(s *smtptest.Server) config.SMTP {
	return config.SMTP{
		Host: s.Host(), Port: s.Port(), TLS: config.TLSNone, Timeout: 5 * time.Second,
		From: "Φροντίδα πελατών <care@example.org>",
	}
}

func newMailer(t *testing.T, c config.SMTP) *mailer {
	t.Helper()
	m, err := NewMailer(c)
	if err != nil {
		t.Fatal(err)
	}
	return m.(*mailer)
}

var invitation = Mail{
	To: "Maryam <maryam@customer.example>", Subject: "تجربهٔ شما از راه‌اندازی اینترنت چطور بود؟ یک دقیقه وقت دارید تا برایمان بگویید؟",
	Text: "سلام مریم،\nیک پرسش کوتاه:\n.\nhttps://feedback.example.org/s/abc", HTML: `<p dir="rtl">سلام مریم،</p>`,
	Unsubscribe: "https://feedback.example.org/unsubscribe/abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789", Lang: "fa",
}

func TestAnInvitationArrivesAsItWasWritten(t *testing.T) {
	server := smtptest.Start(t)
	m := newMailer(t, settings(server))
	for range 2 {
		if err := m.Mail(t.Context(), invitation); err != nil {
			t.Fatal(err)
		}
	}
	got := server.WaitFor(t, 2)
	first := got[0]
	for what, c := range map[string]struct{ got, want string }{
		"sender":           {first.From, "care@example.org"},
		"recipient":        {strings.Join(first.To, " "), "maryam@customer.example"},
		"subject":          {first.Subject, invitation.Subject},
		"text":             {strings.TrimSpace(first.Text), invitation.Text},
		"html":             {strings.TrimSpace(first.HTML), invitation.HTML},
		"unsubscribe":      {first.Header.Get("List-Unsubscribe"), "<" + invitation.Unsubscribe + ">"},
		"unsubscribe post": {first.Header.Get("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click"},
		"language":         {first.Header.Get("Content-Language"), "fa"},
		"automatic":        {first.Header.Get("Auto-Submitted"), "auto-generated"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, not %q", what, c.got, c.want)
		}
	}
	if from, err := first.Header.AddressList("From"); err != nil || from[0].Name != "Φροντίδα πελατών" {
		t.Errorf("from %v, %v", from, err)
	}
	if mid := first.Header.Get("Message-Id"); !strings.HasSuffix(mid, "@example.org>") || mid == got[1].Header.Get("Message-Id") {
		t.Errorf("message ids %s and %s", mid, got[1].Header.Get("Message-Id"))
	}
	if _, err := first.Header.Date(); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(first.Header.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("content type %s", first.Header.Get("Content-Type"))
	}
}

func TestAMailOfTextOnly(t *testing.T) {
	server := smtptest.Start(t)
	if err := newMailer(t, settings(server)).Mail(t.Context(), Mail{To: "ivan@почта.рф", Subject: "Ответ", Text: "Готово"}); err != nil {
		t.Fatal(err)
	}
	m := server.WaitFor(t, 1)[0]
	if strings.TrimSpace(m.Text) != "Готово" || m.HTML != "" || m.To[0] != "ivan@xn--80a1acny.xn--p1ai" {
		t.Errorf("%q %q to %v", m.Text, m.HTML, m.To)
	}
	if m.Header.Get("List-Unsubscribe") != "" || m.Header.Get("List-Unsubscribe-Post") != "" {
		t.Error("a mail nobody can unsubscribe from says otherwise")
	}
}

func TestAnAddressInGreekLettersNeedsAServerThatReadsThem(t *testing.T) {
	server := smtptest.Start(t)
	if err := newMailer(t, settings(server)).Mail(t.Context(), Mail{To: "ελένη@example.org", Subject: "α", Text: "β"}); err != nil {
		t.Fatal(err)
	}
	if to := server.WaitFor(t, 1)[0].To[0]; to != "ελένη@example.org" {
		t.Errorf("to %s", to)
	}
}

func TestNobodyAddsAHeader(t *testing.T) {
	server := smtptest.Start(t)
	m := newMailer(t, settings(server))
	hostile := "Hello\r\nBcc: everybody@example.org\r\n\r\nbuy"
	if err := m.Mail(t.Context(), Mail{To: "a@example.org", Subject: hostile, Text: "x", Lang: "en\r\nBcc: b@example.org"}); err != nil {
		t.Fatal(err)
	}
	got := server.WaitFor(t, 1)[0]
	if got.Header.Get("Bcc") != "" || len(got.To) != 1 || got.Subject != "Hello Bcc: everybody@example.org buy" {
		t.Errorf("%v to %v", got.Header, got.To)
	}
	for sentence, mail := range map[string]Mail{
		"in the recipient":               {To: "a@example.org\r\nBcc: b@example.org", Text: "x"},
		"in the address to unsubscribe":  {To: "a@example.org", Text: "x", Unsubscribe: "https://x/\r\nBcc: b@example.org"},
		"with a script to unsubscribe":   {To: "a@example.org", Text: "x", Unsubscribe: "javascript:alert(1)"},
		"with a second one after a > in": {To: "a@example.org", Text: "x", Unsubscribe: "https://x.example/> <mailto:a@b"},
	} {
		if err := m.Mail(t.Context(), mail); err == nil {
			last := server.Messages()[len(server.Messages())-1]
			if sent := last.Header.Get("List-Unsubscribe"); last.Header.Get("Bcc") != "" || strings.Count(sent, ">") > 1 {
				t.Errorf("%s: sent %v", sentence, last.Header)
			}
		}
	}
}

func TestWhatTheServerSaysIsJudged(t *testing.T) {
	for sentence, c := range map[string]struct {
		told    func(*smtptest.Server)
		bounced bool
		code    int
		status  string
	}{
		"an unknown recipient bounces":        {func(s *smtptest.Server) { s.Bounce("maryam@customer.example") }, true, 550, "5.1.1"},
		"a full mailbox is tried again":       {func(s *smtptest.Server) { s.Refuse("maryam@customer.example", 452, [3]int{4, 2, 2}) }, false, 452, "4.2.2"},
		"greylisting is tried again":          {func(s *smtptest.Server) { s.Defer("maryam@customer.example") }, false, 450, "4.2.0"},
		"our sender refused is not her fault": {func(s *smtptest.Server) { s.RefuseSender(550, [3]int{5, 7, 1}) }, false, 550, "5.7.1"},
	} {
		t.Run(sentence, func(t *testing.T) {
			server := smtptest.Start(t)
			c.told(server)
			err := newMailer(t, settings(server)).Mail(t.Context(), invitation)
			private(t, err)
			if b, ok := errors.AsType[*Bounced](err); ok != c.bounced || ok && (b.Code != c.code || b.Status != c.status) {
				t.Errorf("%v", err)
			}
			if f, ok := errors.AsType[*Failed](err); ok == c.bounced || ok && (f.Code != c.code || f.Status != c.status) {
				t.Errorf("%v", err)
			}
			if n := len(server.Messages()); n != 0 {
				t.Errorf("%d messages arrived", n)
			}
		})
	}
}

func TestAnAddressThatIsNoneBounces(t *testing.T) {
	m := newMailer(t, settings(smtptest.Start(t)))
	for _, to := range []string{"", "maryam", "maryam@", "@customer.example", "a@b@c", "maryam@-customer-.example", "maryam@customer.example, b@c.example"} {
		mail := invitation
		mail.To = to
		err := m.Mail(t.Context(), mail)
		private(t, err)
		if _, ok := errors.AsType[*Bounced](err); !ok {
			t.Errorf("%q: %v", to, err)
		}
	}
}

func TestASlowServerIsNotWaitedForForever(t *testing.T) {
	server := smtptest.Start(t)
	server.Slow(time.Hour)
	impatient := settings(server)
	impatient.Timeout = 300 * time.Millisecond
	err := newMailer(t, impatient).Mail(t.Context(), invitation)
	private(t, err)
	if _, ok := errors.AsType[*Failed](err); !ok {
		t.Errorf("after the timeout: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	err = newMailer(t, settings(server)).Mail(ctx, invitation)
	private(t, err)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 3*time.Second {
		t.Errorf("after the context: %v in %v", err, time.Since(start))
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := config.SMTP{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Timeout: time.Second, From: "care@example.org"}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	err = newMailer(t, c).Mail(t.Context(), invitation)
	private(t, err)
	if err == nil || !strings.Contains(err.Error(), "reach the mail server") {
		t.Errorf("%v", err)
	}
}

func TestHowTheConnectionIsProtected(t *testing.T) {
	for sentence, c := range map[string]struct {
		offered, trusted bool
		tls              config.TLS
		user             string
		taken            bool
	}{
		"required and offered by a server we trust":        {true, true, config.TLSRequired, "", true},
		"required and offered by a stranger":               {true, false, config.TLSRequired, "", false},
		"required and not offered":                         {false, false, config.TLSRequired, "", false},
		"opportunistic and not offered":                    {false, false, config.TLSOpportunistic, "", true},
		"opportunistic and offered by a stranger":          {true, false, config.TLSOpportunistic, "", true},
		"opportunistic, a password, and a stranger":        {true, false, config.TLSOpportunistic, "app", false},
		"opportunistic, a password, and a server we trust": {true, true, config.TLSOpportunistic, "app", true},
		"none, though offered":                             {true, false, config.TLSNone, "", true},
		"implicit, to a server that begins in the clear":   {true, true, config.TLSImplicit, "", false},
	} {
		t.Run(sentence, func(t *testing.T) {
			options := []smtptest.Option{}
			if c.offered {
				options = append(options, smtptest.WithTLS())
			}
			if c.user != "" {
				options = append(options, smtptest.WithUser(c.user, "secret"))
			}
			server := smtptest.Start(t, options...)
			s := settings(server)
			s.TLS, s.User, s.Password, s.Timeout = c.tls, c.user, "secret", time.Second
			m := newMailer(t, s)
			if c.trusted {
				m.roots = server.Roots()
			}
			err := m.Mail(t.Context(), invitation)
			private(t, err)
			if taken := err == nil; taken != c.taken {
				t.Errorf("taken: %v (%v)", taken, err)
			}
			if n := len(server.Messages()); n == 1 != c.taken {
				t.Errorf("%d messages arrived", n)
			}
		})
	}
}

func TestAWrongPasswordIsNotTheCustomersFault(t *testing.T) {
	server := smtptest.Start(t, smtptest.WithUser("app", "secret"))
	s := settings(server)
	s.User, s.Password = "app", "hunter2"
	err := newMailer(t, s).Mail(t.Context(), invitation)
	private(t, err)
	if _, bounced := errors.AsType[*Bounced](err); err == nil || bounced || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}

func TestNoMailServerIsSaidSo(t *testing.T) {
	m, err := NewMailer(config.SMTP{})
	if err != nil {
		t.Fatal(err)
	}
	f := fault.Of(m.Mail(t.Context(), invitation))
	if f == nil || f.Kind != fault.KindConflict || f.Key != "deliver.mail_not_configured" {
		t.Errorf("%v", f)
	}
}

func TestASenderThatIsNoneIsSaidAtTheStart(t *testing.T) {
	for _, from := range []string{"care", "care@-x-.example"} {
		if _, err := NewMailer(config.SMTP{Host: "localhost", From: from}); err == nil {
			t.Errorf("%q was taken", from)
		}
	}
}

// private fails when an error quotes the customer.
func private(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, word := range []string{"maryam", "Maryam", "مریم", "customer", "+306900000000"} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("the error %q tells %q", err, word)
		}
	}
}
