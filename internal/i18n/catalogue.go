package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/collate"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed catalogue
var files embed.FS

// book is everything one language knows. It is built once and only read afterwards; the collators are borrowed one at a
// time because x/text's keep buffers.
type book struct {
	lang      Lang
	tag       language.Tag
	messages  map[string]message
	collators sync.Pool
}

// message is a text cut at its placeholders: go-i18n's own templates are an order of magnitude slower and build a
// localizer's match on every call, and a page asks hundreds of times. Indexed by plural.Form; Other is always there.
type message [plural.Many + 1][]part

// part is literal text, or the name of a placeholder.
type part struct{ text, name string }

var books = map[Lang]func() *book{
	English: sync.OnceValue(func() *book { return openBook(English) }),
	Persian: sync.OnceValue(func() *book { return openBook(Persian) }),
	Greek:   sync.OnceValue(func() *book { return openBook(Greek) }),
	Russian: sync.OnceValue(func() *book { return openBook(Russian) }),
}

// openBook panics on a broken catalogue: it is part of the binary, and no page can be written without it.
func openBook(lang Lang) *book {
	messages, err := load(files, lang)
	if err != nil {
		panic(fmt.Sprintf("i18n: %v", err))
	}
	b := &book{lang: lang, tag: language.Make(string(lang)), messages: messages}
	b.collators.New = func() any { return collate.New(b.tag, collate.Numeric) }
	return b
}

// load reads every area of one language; a key may stand in one area only.
func load(files fs.FS, lang Lang) (map[string]message, error) {
	names, err := fs.Glob(files, "catalogue/*."+string(lang)+".toml")
	if err != nil {
		return nil, err
	}
	messages := map[string]message{}
	for _, name := range names {
		entries, err := readArea(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Base(name), err)
		}
		for _, entry := range entries {
			if _, twice := messages[entry.ID]; twice {
				return nil, fmt.Errorf("read %s: %s is already in another area", path.Base(name), entry.ID)
			}
			if messages[entry.ID], err = compile(entry); err != nil {
				return nil, fmt.Errorf("read %s: %s: %w", path.Base(name), entry.ID, err)
			}
		}
	}
	return messages, nil
}

func readArea(files fs.FS, name string) ([]*goi18n.Message, error) {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	file, err := goi18n.ParseMessageFileBytes(body, name, map[string]goi18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return nil, err
	}
	return file.Messages, nil
}

func compile(entry *goi18n.Message) (message, error) {
	var m message
	for form, text := range formsOf(entry) {
		if text == "" {
			continue
		}
		parts, err := cut(text)
		if err != nil {
			return m, err
		}
		m[form] = parts
	}
	if m[plural.Other] == nil {
		return m, fmt.Errorf("has no text under other")
	}
	return m, nil
}

func formsOf(m *goi18n.Message) map[plural.Form]string {
	return map[plural.Form]string{plural.Other: m.Other, plural.Zero: m.Zero, plural.One: m.One,
		plural.Two: m.Two, plural.Few: m.Few, plural.Many: m.Many}
}

var placeholder = regexp.MustCompile(`\{\{\s*\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}`)

// cut puts a literal, empty or not, around every placeholder: a text in one part has no placeholder.
func cut(text string) ([]part, error) {
	var parts []part
	done := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		parts = append(parts, part{text: text[done:at[0]]}, part{name: text[at[2]:at[3]]})
		done = at[1]
	}
	parts = append(parts, part{text: text[done:]})
	for _, p := range parts {
		if strings.Contains(p.text, "{{") || strings.Contains(p.text, "}}") {
			return nil, fmt.Errorf("only {{.name}} is a placeholder: %q", text)
		}
	}
	return parts, nil
}

// form picks the parts for a count by CLDR's cardinal rule; a message without that form has no plural.
func (b *book) form(m message, n int) []part {
	if n < 0 {
		n = -n
	}
	if parts := m[plural.Cardinal.MatchPlural(b.tag, n, 0, 0, 0, 0)]; parts != nil {
		return parts
	}
	return m[plural.Other]
}
