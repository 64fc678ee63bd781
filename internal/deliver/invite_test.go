package deliver_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/deliver"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/testkit/smtptest"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

const public = "https://voice.example.org"

// invite plans a run's invitation and delivers it when it is due.
func invite(t *testing.T, w *surveytest.World, runID int64) {
	t.Helper()
	inv, err := w.Surveys.Plan(t.Context(), runID)
	if err != nil {
		t.Fatal(err)
	}
	w.Turn(inv.PlannedAt)
	if err := w.Surveys.Deliver(t.Context(), inv.ID); err != nil {
		t.Fatal(err)
	}
}

func inviter(t *testing.T, change func(*config.Config)) deliver.Inviter {
	t.Helper()
	c := config.Config{PublicURL: public, CompanyName: "Σύνδεση & Co", Language: "el", TimeZone: storetest.Zone}
	if change != nil {
		change(&c)
	}
	mailer, err := deliver.NewMailer(c.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	return deliver.Inviter{Mailer: mailer, Texter: deliver.NewTexter(c.SMS), PublicURL: c.PublicURL, Company: c.CompanyName,
		Language: i18n.Lang(c.Language), Zone: c.TimeZone}
}

func through(server *smtptest.Server) func(*config.Config) {
	return func(c *config.Config) {
		c.SMTP = config.SMTP{Host: server.Host(), Port: server.Port(), TLS: config.TLSNone, Timeout: 5 * time.Second, From: "care@example.org"}
	}
}

// The whole way: planned by the policy, carried by a real mail server, opened by its link, answered.
func TestAnInvitationArrivesByMailAndLeadsToAnAnswer(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		server := smtptest.Start(t)
		w.Surveys.Sender = inviter(t, through(server))
		runID := w.Run(t, "o1")
		inv, err := w.Surveys.Plan(t.Context(), runID)
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range []int{0, 3, 7} {
			w.Turn(inv.PlannedAt.Add(surveytest.Days(after)))
			if err := w.Surveys.Deliver(t.Context(), inv.ID); err != nil {
				t.Fatal(err)
			}
		}
		mails := server.WaitFor(t, 3)
		r := i18n.NewReader(i18n.Persian, "", storetest.Zone)
		subjects, links := map[string]bool{}, map[string]bool{}
		for i, m := range mails {
			link := linkIn(t, m.Text)
			subjects[m.Subject], links[link] = true, true
			for what, there := range map[string]bool{
				"recipient":                   m.To[0] == "o1@customers.example",
				"her name":                    strings.Contains(m.Text, "مریم"),
				"the journey":                 strings.Contains(m.Subject, "I want fibre at home") && strings.Contains(m.Text, "I want fibre at home"),
				"the company":                 strings.Contains(m.Text, "Σύνδεση & Co") && strings.Contains(m.HTML, "Σύνδεση &amp; Co"),
				"the expiry, in her calendar": strings.Contains(m.Text, r.Date(inv.PlannedAt.Add(surveytest.Days(14)))) && strings.Contains(m.Text, "۱۴۰۴"),
				"one-click header":            m.Header.Get("List-Unsubscribe") == "<"+link+"/stop>" && m.Header.Get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click",
				"a link to stop":              strings.Contains(m.Text, link+"/stop") && strings.Contains(m.HTML, link+"/stop"),
				"language":                    m.Header.Get("Content-Language") == "fa",
			} {
				if !there {
					t.Errorf("mail %d lacks %s:\n%s\n%s", i, what, m.Subject, m.Text)
				}
			}
			page(t, m.HTML, link)
		}
		if len(subjects) != 3 || len(links) != 3 {
			t.Errorf("%d different subjects and %d links in three mails", len(subjects), len(links))
		}
		token := strings.TrimPrefix(linkIn(t, mails[0].Text), public+"/s/")
		if _, err := w.Feedback.Answer(t.Context(), token, feedback.Answer{Comment: "سپاس", Language: i18n.Persian}); err != nil {
			t.Error(err)
		}
		w.Verify(t)
	})
}

func linkIn(t *testing.T, text string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, public+"/s/") {
			return line
		}
	}
	t.Fatalf("no link in %s", text)
	return ""
}

// page checks the HTML of a mail: direction, the link twice, nothing that mail programs drop or fetch.
func page(t *testing.T, html, link string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Find("html[lang=fa][dir=rtl] body[dir=rtl]").Length() != 1 || doc.Find("td[align=right]").Length() == 0 {
		t.Error("the page does not read from right to left")
	}
	if n := doc.Find("a[href='" + link + "']").Length(); n != 2 {
		t.Errorf("%d links to the survey, want the button and the plain one", n)
	}
	if n := doc.Find("img, script, link, style, [style]").Length(); n != 0 {
		t.Errorf("%d things that mail programs drop, or that tell who opened it", n)
	}
	if strings.Contains(html, "⟦") {
		t.Error("a message is missing")
	}
}

func TestTheWordsOfEveryLanguageAndReminder(t *testing.T) {
	journey := i18n.Text{i18n.English: "My bill is wrong", i18n.Persian: "قبضم اشتباه است", i18n.Greek: "Λάθος λογαριασμός", i18n.Russian: "Ошибка в счёте"}
	until := time.Date(2026, 3, 31, 9, 0, 0, 0, time.UTC)
	for _, lang := range i18n.Languages {
		var seen []string
		for reminder := range 3 {
			m := survey.Message{Customer: run.Customer{Name: `Ann "<b>" O'Hara`, Email: "ann@customers.example", Phone: "+30", Language: lang},
				Invitation: survey.Invitation{ExpiresAt: until}, Journey: journey, Token: "tOkEn", Reminder: reminder}
			letter, err := inviter(t, nil).Letter(m)
			if err != nil {
				t.Fatal(err)
			}
			short := inviter(t, nil).Short(m)
			all := letter.Subject + letter.Text + letter.HTML + short.Text
			if strings.Contains(all, "⟦") || strings.Contains(letter.HTML, "<b>\" O'Hara") {
				t.Errorf("%s, reminder %d: a word is missing, or her name is markup:\n%s", lang, reminder, all)
			}
			for _, text := range []string{letter.Subject, letter.Text, letter.HTML, short.Text} {
				if !strings.Contains(text, journey[lang]) {
					t.Errorf("%s, reminder %d: does not name the journey: %s", lang, reminder, text)
				}
			}
			if !strings.HasSuffix(short.Text, public+"/s/tOkEn") || len([]rune(short.Text)) > 140 {
				t.Errorf("%s: text message %q", lang, short.Text)
			}
			if letter.Lang != string(lang) || !strings.Contains(letter.HTML, `dir="`+lang.Dir()+`"`) {
				t.Errorf("%s: written in %s", lang, letter.Lang)
			}
			for _, text := range []string{letter.Subject, letter.Text, short.Text} {
				if slices.Contains(seen, text) {
					t.Errorf("%s: reminder %d says the same as one before", lang, reminder)
				}
				seen = append(seen, text)
			}
		}
	}
}

func TestWhoseLanguageIsNotKnownReadsTheCompanys(t *testing.T) {
	for sentence, c := range map[string]struct {
		planned, now, want i18n.Lang
	}{
		"nobody's":                 {"", "", i18n.Greek},
		"hers":                     {"", i18n.Russian, i18n.Russian},
		"as planned":               {i18n.Persian, "", i18n.Persian},
		"changed since it planned": {i18n.Persian, i18n.English, i18n.English},
		"one we do not speak":      {"", "xx", i18n.Greek},
	} {
		letter, err := inviter(t, nil).Letter(survey.Message{Invitation: survey.Invitation{Language: c.planned, ExpiresAt: surveytest.Start}, Customer: run.Customer{Language: c.now}, Token: "t"})
		if err != nil || letter.Lang != string(c.want) {
			t.Errorf("%s: %s %v, want %s", sentence, letter.Lang, err, c.want)
		}
	}
}

func TestWhatTheMailServerRefusesForGoodBounces(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		server := smtptest.Start(t)
		server.Bounce("gone@customers.example")
		server.Defer("full@customers.example")
		w.Surveys.Sender = inviter(t, through(server))
		for address, want := range map[string]survey.State{"gone@customers.example": survey.Bounced, "no address": survey.Bounced, "full@customers.example": survey.Planned} {
			runID := w.Run(t, address, func(r *ingest.Record) { r.Customer.Email = address })
			invite(t, w, runID)
			if got := w.Invitation(t, runID); got.State != want || got.Attempts != 1 {
				t.Errorf("%s: %s after %d attempts, want %s", address, got.State, got.Attempts, want)
			}
			w.Turn(surveytest.Start)
		}
		if n := len(server.Messages()); n != 0 {
			t.Errorf("%d mails arrived", n)
		}
	})
}

func TestATextMessageGoesWhereThereIsOnlyAPhone(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		got := make(chan struct{ To, Text string }, 1)
		hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			var m struct{ To, Text string }
			if err := errors.Join(err, json.Unmarshal(body, &m)); err != nil {
				t.Error(err)
			}
			got <- m
		}))
		defer hook.Close()
		w.Surveys.Sender = inviter(t, func(c *config.Config) {
			c.SMS = config.SMS{URL: hook.URL, AllowPrivate: true, Timeout: 5 * time.Second}
		})
		runID := w.Run(t, "o1", func(r *ingest.Record) { r.Customer.Email, r.Customer.Phone = "", "+989120000000" })
		invite(t, w, runID)
		if m := <-got; m.To != "+989120000000" || !strings.Contains(m.Text, public+"/s/") {
			t.Errorf("%+v", m)
		}
		if state := w.Invitation(t, runID).State; state != survey.Sent {
			t.Errorf("the invitation is %s", state)
		}
	})
}

func TestWithoutAMailServerTheReasonIsKept(t *testing.T) {
	err := inviter(t, nil).Send(t.Context(), survey.Message{Invitation: survey.Invitation{Channel: survey.ByMail}, Customer: run.Customer{Email: "a@b.example"}, Token: "t"})
	if err == nil || errors.Is(err, survey.ErrBounced) || !strings.Contains(err.Error(), "mail_not_configured") {
		t.Errorf("%v", err)
	}
	err = inviter(t, nil).Send(t.Context(), survey.Message{Invitation: survey.Invitation{Channel: survey.ByHandover}})
	if err == nil || !strings.Contains(err.Error(), "not_sendable") {
		t.Errorf("%v", err)
	}
}
