package smtptest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
)

// Message is one mail as it arrived.
type Message struct {
	From    string      // envelope
	To      []string    // envelope
	Header  mail.Header // as sent; Subject below is decoded
	Subject string
	Text    string // the decoded text/plain part, lines end in \n
	HTML    string // the decoded text/html part
	Raw     []byte
}

// parse reads a mail strictly: what a mail program might guess at is an error here, and so a failing test.
func parse(raw []byte) (Message, error) {
	sent, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Message{}, fmt.Errorf("read mail: %w", err)
	}
	m := Message{Header: sent.Header, Raw: raw}
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(sent.Header.Get("Subject")); err != nil {
		return Message{}, fmt.Errorf("read subject: %w", err)
	}
	return m, m.part(textproto.MIMEHeader(sent.Header), sent.Body)
}

// part reads one part, and the parts inside it.
func (m *Message) part(header textproto.MIMEHeader, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("read content type: %w", err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		return m.parts(multipart.NewReader(body, params["boundary"]))
	}
	content, err := io.ReadAll(decoded(header.Get("Content-Transfer-Encoding"), body))
	if err != nil {
		return fmt.Errorf("read %s: %w", kind, err)
	}
	if !strings.EqualFold(params["charset"], "utf-8") {
		return fmt.Errorf("read %s: charset %q", kind, params["charset"])
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch kind {
	case "text/plain":
		m.Text = text
	case "text/html":
		m.HTML = text
	}
	return nil
}

func (m *Message) parts(r *multipart.Reader) error {
	for {
		p, err := r.NextRawPart() // raw: NextPart would decode by itself, and hide the header
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read part: %w", err)
		}
		if err := m.part(p.Header, p); err != nil {
			return err
		}
	}
}

func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}
