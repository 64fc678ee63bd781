package ingest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/ingest"
)

func TestAMailIsRead(t *testing.T) {
	head := "From: =?utf-8?B?2YXYsduM2YU=?= <maryam@customer.example>\r\nTo: Care <care+abc@example.org>, x@example.org\r\nMessage-ID: <m1@customer.example>\r\nIn-Reply-To: <case.abc@example.org>\r\nSubject: =?utf-8?B?2YXZiNiv2YU=?=\r\n"
	for sentence, c := range map[string]struct{ raw, words string }{
		"plain":            {head + "\r\nYes, thanks\r\n", "Yes, thanks"},
		"quoted-printable": {head + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=D8=A8=D9=84=D9=87", "بله"},
		"Greek of old":     {head + "Content-Type: text/plain; charset=iso-8859-7\r\nContent-Transfer-Encoding: base64\r\n\r\nzeHp\r\n", "Ναι"},
		"two forms":        {head + "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYes\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Yes!</p>\r\n--b--\r\n", "Yes"},
		"HTML alone":       {head + "Content-Type: text/html; charset=utf-8\r\n\r\n<style>p{}</style><p>Yes,<br>thanks</p><div>On 2 Mar 10:00 Care wrote:</div><blockquote>Is it?</blockquote>", "Yes,\nthanks"},
		"with a file":      {head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee this\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nsecret\r\n--b--\r\n", "See this"},
		"cut short":        {head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee th", "See th"},
	} {
		l, err := ingest.ReadLetter([]byte(c.raw))
		if err != nil || casework.Unquoted(l.Words) != c.words || l.Subject != "مودم" || l.From != "maryam@customer.example" || l.MessageID != "m1@customer.example" || l.Automatic ||
			!slices.Equal(l.To, []string{"care+abc@example.org", "x@example.org"}) || !slices.Equal(l.Answers, []string{"case.abc@example.org"}) {
			t.Errorf("%s: %+v %v", sentence, l, err)
		}
	}
}

func TestFilesComeWithAMail(t *testing.T) {
	png := "iVBORw0KGgo=\r\n"
	part := func(header, body string) string { return "--b\r\n" + header + "\r\n\r\n" + body + "\r\n" }
	for sentence, c := range map[string]struct{ part, name, kind string }{
		"attached":                      {part("Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\nContent-Transfer-Encoding: base64", png), "a.png", "image/png"},
		"within the words":              {part("Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64", png), "a.png", "image/png"},
		"named in Persian":              {part("Content-Type: image/png; name=\"=?utf-8?B?2YXZiNiv2YU=?=\"\r\nContent-Transfer-Encoding: base64", png), "مودم", "image/png"},
		"named in Persian, as of today": {part("Content-Disposition: attachment; filename*=utf-8''%D9%85%D9%88%D8%AF%D9%85", "x"), "مودم", "text/plain; charset=utf-8"},
		"what it says it is counts not": {part("Content-Type: image/png; name=a.png", "<html>"), "a.png", "text/html; charset=utf-8"},
		"a text":                        {part("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt", "x"), "a.txt", "text/plain; charset=utf-8"},
	} {
		l, err := ingest.ReadLetter([]byte("From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part("Content-Type: text/plain", "See this") + c.part + "--b--\r\n"))
		if err != nil || l.Words != "See this" || len(l.Files) != 1 || l.Files[0].Name != c.name || l.Files[0].Type != c.kind || len(l.Files[0].Content) == 0 {
			t.Errorf("%s: %+v %v", sentence, l, err)
		}
	}
}

func TestWhatNoPersonWroteIsTold(t *testing.T) {
	for header, want := range map[string]bool{"Auto-Submitted: auto-replied": true, "Auto-Submitted: no": false, "Precedence: bulk": true, "X-Mailer: x": false} {
		l, err := ingest.ReadLetter([]byte("From: a@example.org\r\n" + header + "\r\n\r\nx"))
		if err != nil || l.Automatic != want || !strings.HasPrefix(l.MessageID, "sha256-") {
			t.Errorf("%s: %+v %v", header, l, err)
		}
	}
}

func FuzzReadLetter(f *testing.F) {
	f.Add([]byte("From: a@b\r\n\r\nx"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n<p>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if l, err := ingest.ReadLetter(raw); err == nil && l.MessageID == "" {
			t.Error("no Message-ID")
		}
		if _, err := ingest.ReadLetter(nil); err == nil {
			t.Error("nothing is a mail")
		}
	})
}
