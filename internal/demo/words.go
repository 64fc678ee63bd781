package demo

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// words/<lang>.txt hold what customers are called and what they say. A section is a line in brackets: a touchpoint,
// journey or situation with a mood, or a list that fills a {placeholder}. Every other line is one sentence or item.
//
//go:embed words/*.txt
var wordFiles embed.FS

// phrasebook is one language. Every section is a deck: all its lines are used before one comes back.
type phrasebook struct {
	sections map[string][]string
	next     map[string]int
	digits   string // own digits of the language, "" for Latin
}

func phrasebooks() map[i18n.Lang]*phrasebook {
	books := map[i18n.Lang]*phrasebook{}
	for _, lang := range i18n.Languages {
		raw, err := wordFiles.ReadFile("words/" + string(lang) + ".txt")
		if err != nil {
			panic(fmt.Sprintf("read phrase book %s: %v", lang, err)) // embedded, so this is a broken build
		}
		books[lang] = parseBook(string(raw))
	}
	books[i18n.Persian].digits = "۰۱۲۳۴۵۶۷۸۹"
	return books
}

func parseBook(raw string) *phrasebook {
	b := &phrasebook{sections: map[string][]string{}, next: map[string]int{}}
	section := ""
	for line := range strings.Lines(raw) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			b.sections[section] = append(b.sections[section], line)
		}
	}
	return b
}

// draw takes the next line of a section, shuffling the deck when it is used up. An unknown section is a damaged book.
func (b *phrasebook) draw(w *writer, section string) string {
	deck := b.sections[section]
	if len(deck) == 0 {
		panic("phrase book without section " + section)
	}
	at := b.next[section] % len(deck)
	if at == 0 {
		w.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
	}
	b.next[section] = at + 1
	return deck[at]
}

func (b *phrasebook) has(section string) bool { return len(b.sections[section]) > 0 }

// name draws a full name; given and family names agree, as Greek and Russian ones must.
func (b *phrasebook) name(w *writer) string {
	gender := []string{" f", " m"}[w.IntN(2)]
	family := "family"
	if b.has(family + gender) {
		family += gender
	}
	return b.draw(w, "given"+gender) + " " + b.pick(w, family)
}

// pick takes any line of a section, so that decks of equal length do not march in step.
func (b *phrasebook) pick(w *writer, section string) string {
	deck := b.sections[section]
	return deck[w.IntN(len(deck))]
}

// aboutTouchpoint comments one rating.
func (b *phrasebook) aboutTouchpoint(w *writer, d *draft, r Rating) string {
	section := r.Touchpoint + " +"
	switch {
	case r.Value == 3 || r.Value < 3 && r.Touchpoint == FibrePromise.Touchpoint && !d.late:
		section = "any " + sign(r.Value-3)
	case r.Value < 3:
		section = r.Touchpoint + " -"
	}
	return b.fill(w, d, contactAt(d, r.Touchpoint), b.draw(w, section))
}

// allTheSame is what customers say who are pleased although something special went wrong: the ordinary praise of the
// journey would contradict what happened to them.
var allTheSame = map[string]string{"fibre late": "installation +", "broken handback": "fault-handback +", "product slow": "any +"}

// aboutJourney comments the whole run: what was special about it first, if anything was; sometimes only a few words.
func (b *phrasebook) aboutJourney(w *writer, d *draft, situation string, mood int) string {
	section := d.Journey + " " + sign(mood)
	if mood > 0 {
		section = b.praise(d, situation, section)
	}
	if mood <= 0 && b.has(situation) && w.chance(.75) {
		section = situation
	}
	if w.chance(.16) {
		section = "any " + sign(mood)
	}
	said := b.draw(w, section)
	if w.chance(.35) {
		said = strings.TrimSpace(said + " " + b.detail(w, d, mood))
	}
	if w.chance(.3) {
		said += " " + b.draw(w, "close "+sign(mood))
	}
	return b.fill(w, d, d.Contacts[len(d.Contacts)-1], said)
}

// praise chooses the words of a pleased customer by what happened to her.
func (b *phrasebook) praise(d *draft, situation, ordinary string) string {
	visited := slices.ContainsFunc(d.Contacts, func(c Contact) bool { return c.Touchpoint == HandOver.From })
	if after, special := allTheSame[situation]; special {
		return after
	}
	if visited {
		return "broken visited +"
	}
	return ordinary
}

// detail is a sentence about one touchpoint that felt like the whole run, "" where none did. Customers who comment a
// touchpoint by itself do not repeat it here.
func (b *phrasebook) detail(w *writer, d *draft, mood int) string {
	fitting := []Rating{}
	for _, r := range d.Answer.Ratings {
		blamesShop := r.Touchpoint == FibrePromise.Touchpoint // the promise has its own sentences
		if r.Comment == "" && !blamesShop && (mood > 0 && r.Value == 5 || mood < 0 && r.Value < 3) {
			fitting = append(fitting, r)
		}
	}
	if len(fitting) == 0 {
		return ""
	}
	return b.aboutTouchpoint(w, d, fitting[w.IntN(len(fitting))])
}

func sign(mood int) string {
	switch {
	case mood > 0:
		return "+"
	case mood < 0:
		return "-"
	}
	return "0"
}

func contactAt(d *draft, touchpoint string) Contact {
	i := slices.IndexFunc(d.Contacts, func(c Contact) bool { return c.Touchpoint == touchpoint })
	return d.Contacts[i]
}

// fill replaces the placeholders: days and hours from the contact the comment is about, the rest from the run or a list.
func (b *phrasebook) fill(w *writer, d *draft, about Contact, said string) string {
	for strings.Contains(said, "{") {
		open := strings.Index(said, "{")
		end := open + strings.Index(said[open:], "}")
		said = said[:open] + b.value(w, d, about, said[open+1:end]) + said[end+1:]
	}
	return said
}

func (b *phrasebook) value(w *writer, d *draft, about Contact, name string) string {
	switch name {
	case "promised":
		return b.number(d.promised)
	case "taken":
		return b.number(d.taken)
	case "day":
		return b.sections["weekday"][int(about.Started.In(w.zone).Weekday())]
	case "n":
		return b.number(w.between(2, 4))
	case "minutes":
		return b.number(5 * w.between(3, 9))
	case "hour":
		return b.number(about.Ended.In(w.zone).Hour())
	case "product":
		return b.sections["goods"][max(0, slices.Index(products, about.Topic))]
	}
	return b.pick(w, name)
}

// products are the topics of the shop, in the order of the section “goods” of every phrase book.
var products = []string{"phone", "headphones", "tablet", "router", "smart watch", "charger", "speaker"}

// number writes digits as the language's readers type them.
func (b *phrasebook) number(n int) string {
	s := fmt.Sprint(n)
	if b.digits == "" {
		return s
	}
	own := []rune(b.digits)
	return strings.Map(func(r rune) rune { return own[r-'0'] }, s)
}
