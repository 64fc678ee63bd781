package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/server/reply"
)

// maxBody is how much one request may carry; a mail, with its files, reply.LargestMail.
const maxBody = 8 << 20

// refusal is why a request cannot be taken at all.
type refusal struct {
	status int
	key    string
	args   []any
}

func (r *refusal) Error() string { return r.key }

// unreadable is a body that is not the JSON it should be.
func unreadable(key string, args ...any) error { return &refusal{http.StatusBadRequest, key, args} }

// body opens the JSON of a request, after a byte order mark if there is one.
func body(c echo.Context) (*json.Decoder, error) {
	r := c.Request()
	kind, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	charset := strings.ToLower(params["charset"])
	if err != nil || kind != echo.MIMEApplicationJSON || charset != "" && charset != "utf-8" || r.Header.Get("Content-Encoding") != "" {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, key: "api.content_type"}
	}
	limit := int64(maxBody)
	if c.Path() == reply.MailPath {
		limit = reply.LargestMail
	}
	in := &marked{r: http.MaxBytesReader(c.Response(), r.Body, limit)}
	return json.NewDecoder(in), nil
}

// marked passes over a byte order mark at the beginning.
type marked struct {
	r     io.Reader
	begun bool
}

func (m *marked) Read(p []byte) (int, error) {
	if m.begun {
		return m.r.Read(p)
	}
	m.begun = true
	var first [3]byte
	n, err := io.ReadFull(m.r, first[:])
	head := bytes.TrimPrefix(first[:n], []byte("\xef\xbb\xbf"))
	m.r = io.MultiReader(bytes.NewReader(head), m.r)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, err
	}
	return m.r.Read(p)
}

// unread explains why JSON could not be read on; errors that are not about JSON stay as they are.
func unread(dec *json.Decoder, err error) error {
	if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
		return unreadable("api.json_broken", "offset", max(broken.Offset, dec.InputOffset()))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return unreadable("api.json_ends")
	}
	return err
}

// fail answers what went wrong with a body as a whole.
func fail(c echo.Context, err error) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return refuse(c, r.status, r.key, r.args...)
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refuse(c, http.StatusRequestEntityTooLarge, "api.too_large", "limit", large.Limit>>20)
	}
	return refuseFor(c, err)
}

// form reads one JSON value strictly: every member known, given once and of its kind. It goes on after a problem, so that
// one answer names all of them.
type form struct {
	now      time.Time
	problems fault.Problems
}

// mostProblems is how many problems of one item are worth telling.
const mostProblems = 20

func (f *form) blame(where, key string, args ...any) {
	if len(f.problems) < mostProblems {
		f.problems.Add(where, key, args...)
	}
}

// members reads an object; each known member is handed to its reader, with null read as "not said". It reports whether
// there was an object.
func (f *form) members(at string, raw json.RawMessage, known map[string]func(at string, raw json.RawMessage)) bool {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		f.blame(at, "api.not_object")
		return false
	}
	seen := map[string]bool{}
	for dec.More() {
		name, value, err := member(dec)
		if err != nil {
			f.blame(at, "api.not_object") // cannot be: raw has been read as JSON before
			return false
		}
		where := join(at, name)
		read, ok := known[name]
		switch {
		case !ok:
			f.blame(where, "api.member_unknown")
		case seen[name]:
			f.blame(where, "api.member_repeated")
		case string(value) != "null":
			read(where, value)
		}
		seen[name] = true
	}
	return true
}

func member(dec *json.Decoder) (string, json.RawMessage, error) {
	token, err := dec.Token()
	if err != nil {
		return "", nil, err
	}
	var value json.RawMessage
	err = dec.Decode(&value)
	name, _ := token.(string)
	return name, value, err
}

// longestMember is how much of a member's name an answer repeats, in characters.
const longestMember = 60

// join names a member within another; what a stranger named is cut short.
func join(at, name string) string {
	if r := []rune(name); len(r) > longestMember {
		name = string(r[:longestMember]) + "…"
	}
	if at == "" {
		return name
	}
	return at + "." + name
}

// text reads a string of at most limit characters into v, without the spaces around it.
func (f *form) text(v *string, limit int) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		s, key, args := readText(raw)
		if key == "" && utf8.RuneCountInString(s) > limit {
			key, args = "ingest.key_too_long", []any{"limit", limit}
		}
		if key != "" {
			f.blame(at, key, args...)
			return
		}
		*v = s
	}
}

// readText is the string in raw, or the message key of what is wrong with it.
func readText(raw json.RawMessage) (s, key string, args []any) {
	if raw[0] != '"' {
		return "", "api.not_text", nil
	}
	if !utf8.Valid(raw) {
		return "", "ingest.encoding_invalid", []any{"encoding", "UTF-8"}
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", "api.not_text", nil
	}
	// Half a surrogate pair is no character; the decoder puts a replacement in its place.
	if strings.ContainsRune(s, utf8.RuneError) && !bytes.ContainsRune(raw, utf8.RuneError) && !bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)) {
		return "", "ingest.encoding_invalid", []any{"encoding", "UTF-8"}
	}
	if strings.ContainsRune(s, 0) {
		return "", "ingest.nul_byte", nil
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) }) {
		return "", "api.control_character", nil
	}
	return strings.TrimSpace(s), "", nil
}

// flag reads true or false.
func (f *form) flag(set func(bool)) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		switch string(raw) {
		case "true":
			set(true)
		case "false":
			set(false)
		default:
			f.blame(at, "api.not_flag")
		}
	}
}

// slack is how far another machine's clock may be ahead of ours.
const slack = 5 * time.Minute

// past reads a moment that must have come.
func (f *form) past(v *time.Time) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		f.moment(v)(at, raw)
		if v.After(f.now.Add(slack)) {
			f.blame(at, "ingest.date_future", "value", v.Format(time.RFC3339))
			*v = time.Time{}
		}
	}
}

// moment reads a date and time of RFC 3339.
func (f *form) moment(v *time.Time) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		s, key, args := readText(raw)
		if key != "" {
			f.blame(at, key, args...)
			return
		}
		var t time.Time
		if err := t.UnmarshalText([]byte(s)); err != nil || t.Year() < 1970 || t.Year() >= 2200 {
			f.blame(at, "api.date_unreadable", "value", short(s), "form", "RFC 3339", "example", "2026-03-20T14:05:00+03:30")
			return
		}
		*v = t.UTC().Truncate(time.Microsecond)
	}
}

// short keeps a long value from filling the answer.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// list reads an array of at most limit elements.
func (f *form) list(limit int, each func(at string, raw json.RawMessage)) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		var all []json.RawMessage
		if raw[0] != '[' || json.Unmarshal(raw, &all) != nil {
			f.blame(at, "api.not_list")
			return
		}
		if len(all) > limit {
			f.blame(at, "api.list_too_long", "limit", limit)
			return
		}
		for i, element := range all {
			each(index(at, i), element)
		}
	}
}

// require notes a problem for each empty text.
func (f *form) require(at string, texts map[string]string) {
	for _, name := range sorted(texts) {
		where := join(at, name)
		if texts[name] == "" && !f.blamed(where) {
			f.blame(where, "ingest.value_missing")
		}
	}
}

// blamed tells whether a member has a problem already, so that it is not said to be missing too.
func (f *form) blamed(where string) bool {
	for _, p := range f.problems {
		if p.Name == where {
			return true
		}
	}
	return false
}
