package config

import (
	"slices"
	"strings"
	"testing"
)

func TestASlipOfThePenIsPointedOut(t *testing.T) {
	got := Unknown([]string{
		"JOURNEYLOOP_TIMEZONE=Europe/Athens", "JOURNEYLOOP_SMTP_PASSWROD=geheim", "JOURNEYLOOP_WEATHER=fine",
		"JOURNEYLOOP_TIME_ZONE=Europe/Athens", "JOURNEYLOOP_TEST_PG=x", "PATH=/bin", "DATABASE_URL=x",
	})
	want := []string{
		"JOURNEYLOOP_SMTP_PASSWROD is not a setting and was ignored; did you mean JOURNEYLOOP_SMTP_PASSWORD?",
		"JOURNEYLOOP_TIMEZONE is not a setting and was ignored; did you mean JOURNEYLOOP_TIME_ZONE?",
		"JOURNEYLOOP_WEATHER is not a setting and was ignored",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEverySettingIsExplained(t *testing.T) {
	all := Settings()
	if len(all) < 20 {
		t.Fatalf("only %d settings", len(all))
	}
	for _, s := range all {
		if s.Help == "" || strings.HasSuffix(s.Help, ".") {
			t.Errorf("%s is explained as %q", s.Name, s.Help)
		}
	}
}

func TestTheAddressToTypeIntoABrowser(t *testing.T) {
	for _, c := range []struct{ sentence, addr, listens, want string }{
		{"this machine", "127.0.0.1:8080", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"every address of this machine", ":8080", "[::]:8080", "http://localhost:8080"},
		{"the same, written out", "0.0.0.0:8080", "0.0.0.0:8080", "http://localhost:8080"},
		{"any free port", "127.0.0.1:0", "127.0.0.1:45678", "http://127.0.0.1:45678"},
		{"IPv6", "[::1]:80", "[::1]:80", "http://[::1]:80"},
	} {
		conf, err := Load([]string{"JOURNEYLOOP_ADDR=" + c.addr})
		if err != nil {
			t.Fatal(err)
		}
		conf.ListensAt(c.listens)
		same(t, c.sentence, conf.PublicURL, c.want)
	}
	conf, _ := Load([]string{"JOURNEYLOOP_ADDR=:0", "JOURNEYLOOP_PUBLIC_URL=https://a.example"})
	conf.ListensAt("[::]:4000")
	same(t, "said by the deployment", conf.PublicURL, "https://a.example")
}
