package demo

import (
	"fmt"
	"math"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// prefixes of the business keys by which contacts are linked into runs.
var prefixes = map[string]string{"fibre": "FO", "broken": "TT", "bill": "BC", "product": "SO"}

// name gives a draft its customer and its keys.
func (w *writer) name(d *draft, numbers map[string]int) {
	numbers[d.Journey]++
	d.Key = fmt.Sprintf("%s-%d", prefixes[d.Journey], 10000+numbers[d.Journey])
	for i := range d.Contacts {
		d.Contacts[i].Key = fmt.Sprintf("%s/%d", d.Key, i+1)
	}
	d.Customer = w.c.Customers[w.who(d)].Key
	w.active[d.Customer] = d.Contacts[len(d.Contacts)-1].Ended
}

// who pursues this need: mostly somebody new, else a customer whose last run has ended.
func (w *writer) who(d *draft) int {
	const tries = 5
	for range tries {
		if d.fresh || len(w.c.Customers) == 0 || w.chance(newcomers) {
			break
		}
		i := w.IntN(len(w.c.Customers))
		if w.active[w.c.Customers[i].Key].Before(d.Contacts[0].Started) {
			return i
		}
	}
	w.c.Customers = append(w.c.Customers, w.customer(d.speaks, d.fresh))
	return len(w.c.Customers) - 1
}

var segments = []struct {
	name  string
	value float64 // typical yearly revenue in cents
}{{"home", 42000}, {"family", 68000}, {"student", 21000}, {"business", 160000}}

// customer makes somebody who can be called by nobody: the mail domain and the country code +999 belong to no one.
func (w *writer) customer(speaks i18n.Lang, reachable bool) Customer {
	if speaks == "" {
		speaks = i18n.Languages[w.weighted(.25, .28, .27, .2)]
	}
	segment := segments[w.weighted(.52, .27, .13, .08)]
	n := len(w.c.Customers) + 1
	c := Customer{
		Key: fmt.Sprintf("C%05d", n), Name: w.books[speaks].name(w), Language: speaks, Channel: "mail", Segment: segment.name,
		Email: fmt.Sprintf("c%05d@customers.example", n), Phone: fmt.Sprintf("+999210%06d", n),
		ValueMinor: int64(segment.value * math.Exp(.35*w.NormFloat64())),
	}
	switch i := w.weighted(.62, .22, .13, .03); {
	case reachable || i == 0:
	case i == 1:
		c.Channel = "sms"
	case i == 2:
		c.Phone = ""
	default:
		c.Email, c.Phone = "", ""
	}
	return c
}

// mayAsk keeps the play within the contact policy: nobody is asked twice in a short time, nobody who cannot be reached.
func (w *writer) mayAsk(d *draft, c Customer) bool {
	if d.Completed.IsZero() || c.Email == "" && c.Phone == "" {
		return false
	}
	if last, ok := w.asked[c.Key]; ok && d.Completed.Sub(last) < quarantine {
		return false
	}
	w.asked[c.Key] = d.Completed.Add(24 * time.Hour)
	return true
}
