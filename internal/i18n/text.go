package i18n

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// Text is the company's own words, per language: a touchpoint's name, a question. The database keeps it as a JSON
// object. It is not for the product's words, which are in the catalogue.
type Text map[Lang]string

// Plain is a text known in one language only; it stands under English, the language every other falls back to.
func Plain(s string) Text { return Text{English: s} }

// In is the text in that language, else in English, else in the first language that has one, else empty.
func (t Text) In(lang Lang) string {
	if s := t[lang]; s != "" {
		return s
	}
	for _, l := range Languages {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// Shown is In, and the language the text is really in where that is another one: for the lang attribute and for saying so.
// other is empty where nothing is missing.
func (t Text) Shown(lang Lang) (text string, other Lang) {
	text = t.In(lang)
	if text == "" || t.Exact(lang) {
		return text, ""
	}
	if t[English] != "" {
		return text, English
	}
	for _, l := range Languages {
		if t[l] != "" {
			return text, l
		}
	}
	return text, ""
}

// Missing are the languages that have no text, in the order of Languages.
func (t Text) Missing() []Lang {
	var out []Lang
	for _, l := range Languages {
		if t[l] == "" {
			out = append(out, l)
		}
	}
	return out
}

// Exact tells whether the text exists in that very language, so that a page can mark what it falls back from.
func (t Text) Exact(lang Lang) bool { return t[lang] != "" }

// Value is the JSON object; no text at all is an empty object, never NULL.
func (t Text) Value() (driver.Value, error) {
	if t == nil {
		return "{}", nil
	}
	body, err := json.Marshal(map[Lang]string(t))
	return string(body), err
}

// Scan reads what Value wrote; NULL is no text.
func (t *Text) Scan(src any) error {
	var body []byte
	switch src := src.(type) {
	case nil:
		*t = nil
		return nil
	case []byte:
		body = src
	case string:
		body = []byte(src)
	default:
		return fmt.Errorf("scan text: cannot read %T", src)
	}
	read := Text{}
	if err := json.Unmarshal(body, &read); err != nil {
		return fmt.Errorf("scan text: %w", err)
	}
	*t = read
	return nil
}

// Empty reports whether no language says anything.
func (t Text) Empty() bool {
	for _, s := range t {
		if s != "" {
			return false
		}
	}
	return true
}
