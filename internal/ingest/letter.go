package ingest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/htmlindex"

	"github.com/journeyloop/journeyloop/internal/casework"
)

// errLetter says that bytes are no mail.
var errLetter = errors.New("not a mail")

// deepest is how many parts may lie within parts, and largest how much of a text is read.
const (
	deepest = 10
	largest = 1 << 20
)

// ReadLetter reads a mail as it travels (RFC 5322): who wrote what, and what it answers. Of several forms it takes the plain
// one. It is lenient, as mail is: only what has no header at all is refused.
func ReadLetter(raw []byte) (casework.LetterFrom, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil || len(m.Header) == 0 {
		return casework.LetterFrom{}, errLetter
	}
	words := &mime.WordDecoder{CharsetReader: inCharset}
	subject, err := words.DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		subject = m.Header.Get("Subject")
	}
	l := casework.LetterFrom{Subject: subject, Automatic: automatic(m.Header), Answers: References(m.Header.Get("References") + " " + m.Header.Get("In-Reply-To"))}
	if ids := References(m.Header.Get("Message-Id")); len(ids) > 0 {
		l.MessageID = ids[0]
	} else {
		sum := sha256.Sum256(raw) // the same mail has the same name
		l.MessageID = "sha256-" + hex.EncodeToString(sum[:])
	}
	parser := mail.AddressParser{WordDecoder: words}
	if from, err := parser.ParseList(m.Header.Get("From")); err == nil {
		l.From = from[0].Address
	}
	for _, name := range []string{"To", "Cc", "Delivered-To", "X-Original-To"} {
		for _, value := range m.Header[textproto.CanonicalMIMEHeaderKey(name)] {
			if list, err := parser.ParseList(value); err == nil {
				for _, a := range list {
					l.To = append(l.To, a.Address)
				}
			}
		}
	}
	c := contents{words: words}
	c.read(textproto.MIMEHeader(m.Header), m.Body, 0)
	if l.Words = c.plain; strings.TrimSpace(l.Words) == "" {
		l.Words = PlainOf(c.marked)
	}
	l.Files = c.files
	return l, nil
}

// automatic tells what no person wrote: RFC 3834, and what came before it.
func automatic(h mail.Header) bool {
	said := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted")))
	precedence := strings.ToLower(h.Get("Precedence"))
	return said != "" && said != "no" || precedence == "bulk" || precedence == "auto_reply" || precedence == "junk" || h.Get("X-Autoreply") != ""
}

var reference = regexp.MustCompile(`<([^<>\s]+)>`)

// References are the Message-IDs in a header, without their angle brackets.
func References(header string) []string {
	var out []string
	for _, m := range reference.FindAllStringSubmatch(header, -1) {
		out = append(out, m[1])
	}
	return out
}

// contents is what a mail says, plainly and in HTML, and what came with it.
type contents struct {
	words         *mime.WordDecoder
	plain, marked string
	files         []casework.FileFrom
}

func (c *contents) read(header textproto.MIMEHeader, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	disposition, named, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	switch {
	case depth > deepest:
	case strings.HasPrefix(kind, "multipart/"):
		parts := multipart.NewReader(body, params["boundary"])
		for part, err := parts.NextRawPart(); err == nil; part, err = parts.NextRawPart() { // cut short: what came is what there is
			c.read(part.Header, part, depth+1)
		}
	case disposition == "attachment", kind != "text/plain" && kind != "text/html":
		c.keep(cmp.Or(named["filename"], params["name"]), unpacked(header, body))
	case kind == "text/plain":
		c.plain = join(c.plain, inUTF8(header, params["charset"], body))
	default:
		c.marked = join(c.marked, inUTF8(header, params["charset"], body))
	}
}

// keep reads a file, one byte more of it than is allowed at most.
func (c *contents) keep(name string, body io.Reader) {
	if plain, err := c.words.DecodeHeader(name); err == nil {
		name = plain
	}
	content, _ := io.ReadAll(io.LimitReader(body, casework.MostFile+1)) // what cannot be read ends it
	c.files = append(c.files, casework.FileFrom{Name: name, Type: http.DetectContentType(content), Content: content})
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// unpacked is a body without its transfer encoding.
func unpacked(header textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

// inUTF8 is a text in UTF-8; what cannot be read ends it.
func inUTF8(header textproto.MIMEHeader, charset string, body io.Reader) string {
	body = unpacked(header, body)
	if r, err := inCharset(charset, body); err == nil {
		body = r
	}
	text, _ := io.ReadAll(io.LimitReader(body, largest)) // see above
	return string(text)
}

func inCharset(charset string, body io.Reader) (io.Reader, error) {
	if charset == "" {
		return body, nil
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(body), nil
}

// PlainOf is the text of HTML, a line for each block; of a quotation, a mark.
func PlainOf(marked string) string {
	root, err := html.Parse(strings.NewReader(marked))
	if err != nil {
		return ""
	}
	var out strings.Builder
	plainly(root, &out, 0)
	lines := strings.Split(out.String(), "\n")
	for i := range lines {
		lines[i] = strings.Join(strings.Fields(lines[i]), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// nested is how deep HTML is read.
const nested = 200

func plainly(n *html.Node, out *strings.Builder, depth int) {
	switch {
	case depth > nested, n.Type == html.CommentNode:
		return
	case n.Type == html.TextNode:
		out.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		return
	}
	switch n.DataAtom {
	case atom.Head, atom.Style, atom.Script:
		return
	case atom.Blockquote:
		out.WriteString("\n>\n")
		return
	case atom.Br, atom.P, atom.Div, atom.Tr, atom.Li, atom.H1, atom.H2, atom.H3:
		out.WriteString("\n")
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		plainly(child, out, depth+1)
	}
}
