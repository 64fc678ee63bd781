package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestADeploymentThatSaysNothingRunsOnThisMachine(t *testing.T) {
	c, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "database", string(c.DatabaseURL), "sqlite:journeyloop.db")
	same(t, "address", c.Addr, "127.0.0.1:8080")
	same(t, "public address", c.PublicURL, "http://127.0.0.1:8080")
	same(t, "secure cookie", c.SessionSecure, false)
	same(t, "zone", c.TimeZone.String(), "UTC")
	same(t, "language", c.Language, "en")
	same(t, "log level", c.LogLevel, slog.LevelInfo)
	same(t, "mail", c.SMTP.Configured(), false)
	same(t, "text messages", c.SMS.Configured(), false)
}

func TestACompanyInAthensSaysEverything(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load([]string{
		"DATABASE_URL=postgres://app:pw@db/journeyloop",
		"JOURNEYLOOP_PUBLIC_URL=https://feedback.example.gr/",
		"JOURNEYLOOP_COMPANY_NAME=Τηλεφωνία Αθηνών",
		"JOURNEYLOOP_TIME_ZONE=Europe/Athens",
		"JOURNEYLOOP_LANGUAGE=el",
		"JOURNEYLOOP_TRUSTED_PROXIES=10.0.0.0/8,192.0.2.7/32",
		"JOURNEYLOOP_LOG_LEVEL=debug",
		"JOURNEYLOOP_SMTP_HOST=mail.example.gr",
		"JOURNEYLOOP_SMTP_TLS=implicit",
		"JOURNEYLOOP_SMTP_USER=app",
		"JOURNEYLOOP_SMTP_PASSWORD_FILE=" + file,
		"JOURNEYLOOP_SMTP_FROM=Φροντίδα <care@example.gr>",
		"JOURNEYLOOP_SMS_URL=https://sms.example.gr/send",
		"JOURNEYLOOP_SMS_TIMEOUT=3s",
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "public address", c.PublicURL, "https://feedback.example.gr")
	same(t, "secure cookie", c.SessionSecure, true)
	same(t, "company", c.CompanyName, "Τηλεφωνία Αθηνών")
	same(t, "zone", c.TimeZone.String(), "Europe/Athens")
	same(t, "proxy", c.TrustedProxies[1], netip.MustParsePrefix("192.0.2.7/32"))
	same(t, "log level", c.LogLevel, slog.LevelDebug)
	same(t, "password without the line break of its file", string(c.SMTP.Password), "s3cret")
	same(t, "port of implicit TLS", c.SMTP.Port, 465)
	same(t, "timeout", c.SMS.Timeout, 3*time.Second)
}

func TestACookieMayBeSecureBehindAProxyThatSpeaksHTTP(t *testing.T) {
	c, err := Load([]string{"JOURNEYLOOP_SESSION_SECURE=true"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "secure cookie", c.SessionSecure, true)
}

func TestAProblemNamesItsVariable(t *testing.T) {
	mail := []string{"JOURNEYLOOP_SMTP_HOST=mail.example.org", "JOURNEYLOOP_SMTP_FROM=care@example.org"}
	for sentence, c := range map[string]struct {
		environ []string
		names   string
	}{
		"a database nobody knows":                {[]string{"DATABASE_URL=mysql://root:hunter2@db/x"}, "DATABASE_URL"},
		"a database without a path":              {[]string{"DATABASE_URL=sqlite:"}, "DATABASE_URL"},
		"an address without a port":              {[]string{"JOURNEYLOOP_ADDR=localhost"}, "JOURNEYLOOP_ADDR"},
		"a public address without a scheme":      {[]string{"JOURNEYLOOP_PUBLIC_URL=example.org"}, "JOURNEYLOOP_PUBLIC_URL"},
		"a company without a name":               {[]string{"JOURNEYLOOP_COMPANY_NAME=  "}, "JOURNEYLOOP_COMPANY_NAME"},
		"a zone that does not exist":             {[]string{"JOURNEYLOOP_TIME_ZONE=Europe/Atlantis"}, "JOURNEYLOOP_TIME_ZONE"},
		"a language we do not speak":             {[]string{"JOURNEYLOOP_LANGUAGE=de"}, "JOURNEYLOOP_LANGUAGE"},
		"a yes that is neither true nor false":   {[]string{"JOURNEYLOOP_SESSION_SECURE=jein"}, "JOURNEYLOOP_SESSION_SECURE"},
		"a proxy that is not a network":          {[]string{"JOURNEYLOOP_TRUSTED_PROXIES=10.0.0.1"}, "JOURNEYLOOP_TRUSTED_PROXIES"},
		"a log level out of the air":             {[]string{"JOURNEYLOOP_LOG_LEVEL=loud"}, "JOURNEYLOOP_LOG_LEVEL"},
		"a log format out of the air":            {[]string{"JOURNEYLOOP_LOG_FORMAT=xml"}, "JOURNEYLOOP_LOG_FORMAT"},
		"a port in words":                        {append(mail, "JOURNEYLOOP_SMTP_PORT=smtp"), "JOURNEYLOOP_SMTP_PORT"},
		"a port out of range":                    {append(mail, "JOURNEYLOOP_SMTP_PORT=70000"), "JOURNEYLOOP_SMTP_PORT"},
		"a protection that does not exist":       {append(mail, "JOURNEYLOOP_SMTP_TLS=ssl"), "JOURNEYLOOP_SMTP_TLS"},
		"a mail user without a password":         {append(mail, "JOURNEYLOOP_SMTP_USER=app"), "JOURNEYLOOP_SMTP_PASSWORD"},
		"a password file that is not there":      {append(mail, "JOURNEYLOOP_SMTP_PASSWORD_FILE=/does/not/exist"), "JOURNEYLOOP_SMTP_PASSWORD_FILE"},
		"a mail server without a sender":         {[]string{"JOURNEYLOOP_SMTP_HOST=mail.example.org"}, "JOURNEYLOOP_SMTP_FROM"},
		"no time for mail":                       {append(mail, "JOURNEYLOOP_SMTP_TIMEOUT=0s"), "JOURNEYLOOP_SMTP_TIMEOUT"},
		"text messages over a line anyone reads": {[]string{"JOURNEYLOOP_SMS_URL=http://sms.example.org"}, "JOURNEYLOOP_SMS_URL"},
		"no time for text messages":              {[]string{"JOURNEYLOOP_SMS_TIMEOUT=-1s"}, "JOURNEYLOOP_SMS_TIMEOUT"},
	} {
		t.Run(sentence, func(t *testing.T) {
			_, err := Load(c.environ)
			if err == nil {
				t.Fatal("was taken")
			}
			if !strings.HasPrefix(err.Error(), c.names+" ") && !strings.HasPrefix(err.Error(), c.names+":") {
				t.Errorf("%q does not begin with %s", err, c.names)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q tells a password", err)
			}
		})
	}
}

func TestEveryProblemIsToldAtOnce(t *testing.T) {
	_, err := Load([]string{"JOURNEYLOOP_SMTP_PORT=x", "JOURNEYLOOP_SMS_TIMEOUT=y", "JOURNEYLOOP_LOG_LEVEL=z"})
	for _, name := range []string{"JOURNEYLOOP_SMTP_PORT", "JOURNEYLOOP_SMS_TIMEOUT", "JOURNEYLOOP_LOG_LEVEL"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not mention %s", err, name)
		}
	}
}

func TestASecretIsNotPrinted(t *testing.T) {
	c, err := Load([]string{"DATABASE_URL=postgres://app:hunter2@db/x", "JOURNEYLOOP_SMS_SECRET=hunter2"})
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(c.SMS)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c.SMS), string(asJSON)} {
		if strings.Contains(printed, "hunter2") {
			t.Errorf("printed as %s", printed)
		}
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, not %v", what, got, want)
	}
}
