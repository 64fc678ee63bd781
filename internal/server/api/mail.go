package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/ingest"
)

// Mail is one mail that came in: raw, or its parts.
type Mail struct {
	Raw         string       `json:"raw"` // the message as it travelled (RFC 5322), in base64
	MessageID   string       `json:"message_id"`
	InReplyTo   string       `json:"in_reply_to"`
	References  []string     `json:"references"`
	From        string       `json:"from"`
	To          []string     `json:"to"`
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`
	HTML        string       `json:"html"`
	Attachments []Attachment `json:"attachments"`
	Automatic   bool         `json:"automatic"`
}

// Attachment is a file that came with a mail.
type Attachment struct {
	Name    string `json:"name"`
	Content string `json:"content"` // in base64
}

// Taken is what became of what was told.
type Taken struct {
	Outcome string `json:"outcome"`
}

// What can become of it: it came to a case, is kept for somebody to look at, was taken, or was known.
const (
	matched = "matched"
	kept    = "kept"
	taken   = "taken"
	known   = "known"
)

// incoming takes a mail in. The same mail told again changes nothing.
func (d *Desk) incoming(c echo.Context) error {
	x, err := readMail(c)
	if err != nil {
		return fail(c, err)
	}
	m, news, err := d.Cases.Receive(c.Request().Context(), x)
	if err != nil {
		return refuseFor(c, err)
	}
	outcome := known
	switch {
	case news && m.State == casework.MailCame:
		outcome = matched
	case news:
		outcome = kept
	}
	return answer(c, http.StatusOK, echo.MIMEApplicationJSON, Taken{outcome})
}

// Bounce is a message that did not arrive.
type Bounce struct {
	Event     string `json:"event"`
	MessageID string `json:"message_id"`
	Recipient string `json:"recipient"`
	Hard      bool   `json:"hard"`
}

// bounces takes in that a message did not arrive. The same event told again changes nothing.
func (d *Desk) bounces(c echo.Context) error {
	var b Bounce
	err := readObject(c, func(f *form, raw json.RawMessage) {
		if !f.members("", raw, map[string]func(string, json.RawMessage){"event": f.text(&b.Event, keyLength), "message_id": f.text(&b.MessageID, referenceLength),
			"recipient": f.text(&b.Recipient, mailLength), "hard": f.flag(func(yes bool) { b.Hard = yes })}) {
			return
		}
		f.require("", map[string]string{"event": b.Event, "recipient": b.Recipient})
	})
	if err != nil {
		return fail(c, err)
	}
	news, err := d.Cases.Returned(c.Request().Context(), casework.Bounce{EventID: b.Event, MessageID: bare(b.MessageID), Recipient: b.Recipient, Hard: b.Hard})
	if err != nil {
		return refuseFor(c, err)
	}
	outcome := known
	if news {
		outcome = taken
	}
	return answer(c, http.StatusOK, echo.MIMEApplicationJSON, Taken{outcome})
}

// referenceLength is how long a Message-ID may be, mostAddresses how many of them, and of addresses, one mail may name.
const (
	referenceLength = 500
	mostAddresses   = 100
)

// readObject reads a body that is one object.
func readObject(c echo.Context, read func(f *form, raw json.RawMessage)) error {
	dec, err := body(c)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return unread(dec, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return unreadable("api.json_goes_on", "offset", dec.InputOffset())
	}
	f := &form{}
	read(f, raw)
	return f.problems.Err()
}

func readMail(c echo.Context) (out casework.LetterFrom, err error) {
	var m Mail
	err = readObject(c, func(f *form, raw json.RawMessage) {
		object := f.members("", raw, map[string]func(string, json.RawMessage){"raw": f.prose(&m.Raw), "message_id": f.text(&m.MessageID, referenceLength),
			"in_reply_to": f.text(&m.InReplyTo, referenceLength), "references": f.texts(&m.References, referenceLength), "from": f.text(&m.From, mailLength),
			"to": f.texts(&m.To, mailLength), "subject": f.prose(&m.Subject), "text": f.prose(&m.Text), "html": f.prose(&m.HTML),
			"attachments": f.attachments(&out.Files), "automatic": f.flag(func(yes bool) { m.Automatic = yes })})
		switch {
		case !object:
			return
		case m.Raw == "":
			f.require("", map[string]string{"message_id": m.MessageID, "from": m.From})
			files := out.Files
			out = m.letter()
			out.Files = files
			return
		}
		bytes, failed := base64.StdEncoding.DecodeString(m.Raw)
		if failed == nil {
			out, failed = ingest.ReadLetter(bytes)
		}
		if failed != nil {
			f.blame("raw", "api.mail_unreadable")
		}
	})
	return out, err
}

func (m Mail) letter() casework.LetterFrom {
	l := casework.LetterFrom{MessageID: bare(m.MessageID), From: m.From, To: m.To, Subject: m.Subject, Words: m.Text, Automatic: m.Automatic}
	for _, reference := range append(m.References, m.InReplyTo) {
		l.Answers = append(l.Answers, bare(reference))
	}
	if strings.TrimSpace(l.Words) == "" {
		l.Words = ingest.PlainOf(m.HTML)
	}
	return l
}

// bare is a Message-ID without its angle brackets.
func bare(reference string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(reference), "<"), ">")
}

// prose reads a text of any length, whatever is in it: strangers write mail.
func (f *form) prose(v *string) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		if json.Unmarshal(raw, v) != nil {
			f.blame(at, "api.not_text")
		}
	}
}

// attachments reads the files of a mail.
func (f *form) attachments(files *[]casework.FileFrom) func(string, json.RawMessage) {
	return f.list(mostAddresses, func(at string, raw json.RawMessage) {
		var a Attachment
		if !f.members(at, raw, map[string]func(string, json.RawMessage){"name": f.prose(&a.Name), "content": f.prose(&a.Content)}) {
			return
		}
		content, err := base64.StdEncoding.DecodeString(a.Content)
		if err != nil {
			f.blame(join(at, "content"), "api.mail_unreadable")
		}
		*files = append(*files, casework.FileFrom{Name: a.Name, Type: http.DetectContentType(content), Content: content})
	})
}

// texts reads a list of short texts.
func (f *form) texts(v *[]string, limit int) func(string, json.RawMessage) {
	return f.list(mostAddresses, func(at string, raw json.RawMessage) {
		var s string
		f.text(&s, limit)(at, raw)
		*v = append(*v, s)
	})
}
