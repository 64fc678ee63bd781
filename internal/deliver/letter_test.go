package deliver

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/testkit/smtptest"
)

func letter(kind casework.MailKind, lang i18n.Lang) casework.LetterTo {
	l := casework.LetterTo{Mail: casework.Mail{Kind: kind, Channel: survey.ByMail, Token: "abc234"}, Case: casework.Case{Solution: "مودم عوض شد\nو تمام"},
		Customer: run.Customer{Name: "مریم", Email: "maryam@customer.example", Phone: "+98", Language: lang}, Journey: i18n.Text{"en": "Fibre", "fa": "فیبر"}}
	if kind == casework.MailLetter {
		l.Mail.Subject, l.Mail.Words, l.Thread = "مودم شما", "سلام مریم،\nدوشنبه می‌آییم.", []string{"case.first", "her@customer.example", "bad id\r\nBcc: x@y"}
	} else {
		l.Link = "t0ken"
	}
	return l
}

func inviter(m Mailer, t Texter) Inviter {
	return Inviter{Mailer: m, Texter: t, PublicURL: "https://ask.example.org", Company: "Εταιρεία", Language: i18n.Greek, Zone: time.UTC}
}

func TestALetterAboutACaseHoldsItsThread(t *testing.T) {
	server := smtptest.Start(t)
	c := settings(server)
	c.ReplyTo = "care@example.org"
	if err := inviter(newMailer(t, c), nil).SendLetter(t.Context(), letter(casework.MailLetter, i18n.Persian)); err != nil {
		t.Fatal(err)
	}
	m := server.WaitFor(t, 1)[0]
	for name, want := range map[string]string{"Message-Id": "<case.abc234@example.org>", "In-Reply-To": "<her@customer.example>", "References": "<case.first@example.org> <her@customer.example>",
		"Reply-To": "<care+abc234@example.org>", "Content-Language": "fa", "Auto-Submitted": "", "Bcc": "", "List-Unsubscribe": ""} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if m.Subject != "مودم شما" || !strings.Contains(m.Text, "دوشنبه می‌آییم.") || !strings.Contains(m.HTML, `dir="rtl"`) || !strings.Contains(m.HTML, "<br> دوشنبه") {
		t.Errorf("%s\n%s\n%s", m.Subject, m.Text, m.HTML)
	}
}

func TestTheQuestionSpeaksHerLanguage(t *testing.T) {
	for _, lang := range append([]i18n.Lang{""}, i18n.Languages...) {
		for _, kind := range []casework.MailKind{casework.MailAsk, casework.MailReminder} {
			l := letter(kind, lang)
			m, err := inviter(nil, nil).CaseLetter(l)
			short := inviter(nil, nil).ShortLetter(l)
			want := lang
			if lang == "" {
				want = i18n.Greek
			}
			if err != nil || m.Lang != string(want) || strings.Contains(m.Text+m.HTML+m.Subject+short.Text, "⟦") {
				t.Errorf("%s in %q: %+v %v", kind, lang, m, err)
			}
			for _, text := range []string{m.Text, m.HTML, short.Text} {
				if !strings.Contains(text, "https://ask.example.org/solved/t0ken") {
					t.Errorf("%s in %q has no link: %s", kind, lang, text)
				}
			}
			if !strings.Contains(m.Text, "مودم عوض شد") || m.Written || short.To != "+98" {
				t.Errorf("%s in %q: %+v", kind, lang, m)
			}
		}
	}
}

// keys are private ones of both kinds, each with what the DNS says of it.
func keys(t *testing.T) map[string]struct {
	pem    []byte
	record string
} {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := func(key crypto.Signer) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	rsaRecord := "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(spki)
	return map[string]struct {
		pem    []byte
		record string
	}{
		"RSA, PKCS #1":     {pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}), rsaRecord},
		"RSA, PKCS #8":     {pkcs8(key), rsaRecord},
		"Ed25519, PKCS #8": {pkcs8(private), "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)},
	}
}

func TestMailIsSignedForWhoeverReadsTheDNS(t *testing.T) {
	for sentence, key := range keys(t) {
		server := smtptest.Start(t)
		c := settings(server)
		c.DKIMSelector, c.DKIMKey = "june", config.Secret(key.pem)
		if err := newMailer(t, c).Mail(t.Context(), invitation); err != nil {
			t.Fatal(err)
		}
		raw := string(server.WaitFor(t, 1)[0].Raw)
		valid := func(raw string) error {
			found, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
				if name != "june._domainkey.example.org" {
					t.Errorf("%s: asks for %s", sentence, name)
				}
				return []string{key.record}, nil
			}})
			if err != nil || len(found) != 1 || found[0].Domain != "example.org" {
				t.Fatalf("%s: %d signatures: %v", sentence, len(found), err)
			}
			return found[0].Err
		}
		if err := valid(raw); err != nil {
			t.Errorf("%s: %v", sentence, err)
		}
		for _, change := range []string{"List-Unsubscribe: ", "Content-Type: multipart/alternative", "Date: "} {
			if changed := strings.Replace(raw, change, change+"x", 1); changed == raw || valid(changed) == nil {
				t.Errorf("%s: still valid with another %s", sentence, change)
			}
		}
	}
}

func TestAKeyThatIsNoneIsRefusedWithoutBeingQuoted(t *testing.T) {
	for _, key := range []string{"geheim", "-----BEGIN PRIVATE KEY-----\nZ2VoZWlt\n-----END PRIVATE KEY-----\n"} {
		if _, err := NewMailer(config.SMTP{Host: "localhost", From: "a@example.org", DKIMSelector: "june", DKIMKey: config.Secret(key)}); err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "Z2Vo") {
			t.Errorf("%v", err)
		}
	}
}
