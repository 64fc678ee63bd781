package casework

import (
	"embed"
	"path"
	"strings"
	"unicode"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// The words that alarm, a file per kind: few and precise, one phrase a line, in any of our languages. A phrase is found at
// the beginning of a word and its last word may go on (inflections), unless the line ends with a full stop; "-" before a
// line is a phrase in which the words mean nothing ("no danger"). A joiner of Persian words stands for a space too: people
// write either.
//
//go:embed words/*.txt
var wordFiles embed.FS

// phrase is one line of a list, in search's form.
type phrase struct {
	text  string
	whole bool // its last word must end where the phrase does
}

type lexicon struct{ alarms, harmless []phrase }

var lexicons = map[Kind]lexicon{Danger: lexiconOf("danger"), Law: lexiconOf("law"), Leaving: lexiconOf("leaving")}

func lexiconOf(name string) (l lexicon) {
	raw, err := wordFiles.ReadFile(path.Join("words", name+".txt"))
	if err != nil {
		panic(err) // the file is part of the program
	}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		text, harmless := strings.CutPrefix(line, "-")
		text, whole := strings.CutSuffix(text, ".")
		for _, written := range ways(text) {
			p := phrase{text: plain(written), whole: whole}
			if harmless {
				l.harmless = append(l.harmless, p)
			} else {
				l.alarms = append(l.alarms, p)
			}
		}
	}
	return l
}

// ways are how a phrase may be written.
func ways(text string) []string {
	const joiner = "\u200c"
	if !strings.Contains(text, joiner) {
		return []string{text}
	}
	return []string{text, strings.ReplaceAll(text, joiner, " ")}
}

// plain is a text as the lists are compared with it: search's form, words with single spaces between and around them.
func plain(text string) string {
	words := strings.FieldsFunc(i18n.Normalize(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	return strings.Join(words, " ")
}

// alarm is what was found.
type alarm struct {
	kind Kind
	word string
}

// alarming lists the kinds of alarm in a comment, each once, with the phrase that gave it.
func alarming(comment string) []alarm {
	if comment == "" {
		return nil
	}
	said := " " + plain(comment) + " "
	var out []alarm
	for _, kind := range []Kind{Danger, Law, Leaving} {
		rest := said
		for _, p := range lexicons[kind].harmless {
			rest = p.cut(rest)
		}
		for _, p := range lexicons[kind].alarms {
			if p.in(rest) {
				out = append(out, alarm{kind, p.text})
				break
			}
		}
	}
	return out
}

func (p phrase) sought() string {
	if p.whole {
		return " " + p.text + " "
	}
	return " " + p.text
}

func (p phrase) in(said string) bool { return strings.Contains(said, p.sought()) }

func (p phrase) cut(said string) string { return strings.ReplaceAll(said, p.sought(), " … ") }
