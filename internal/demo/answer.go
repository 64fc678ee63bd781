package demo

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// answer lets the customer say how it was, if she is asked and cares to answer.
func (w *writer) answer(d *draft) {
	c := w.customerOf(d)
	if !w.mayAsk(d, c) || !d.fresh && !w.chance(answering) {
		return
	}
	at := w.answered(d)
	if at.After(w.now) {
		return // she will answer tomorrow
	}
	a := &Answer{At: at}
	d.Answer = a
	strict := clamp(.05*w.NormFloat64(), -.1, .1)
	surprise := 0.0
	for _, contact := range d.Contacts {
		if rated(a, contact.Touchpoint) || w.chance(skipping) && !d.fresh {
			continue
		}
		r, delta := w.rate(d, contact, strict, c.Language)
		a.Ratings = append(a.Ratings, r)
		surprise += delta
	}
	w.sumUp(d, a, strict+.8*surprise/float64(max(1, len(a.Ratings))), c.Language)
}

func (w *writer) customerOf(d *draft) Customer {
	i, _ := strconv.Atoi(d.Customer[1:]) // keys count from C00001
	return w.c.Customers[i-1]
}

func rated(a *Answer, touchpoint string) bool {
	return slices.ContainsFunc(a.Ratings, func(r Rating) bool { return r.Touchpoint == touchpoint })
}

// answered draws when: most within a day, some after a reminder, always before the invitation expires, rarely at night.
func (w *writer) answered(d *draft) time.Time {
	if d.fresh {
		return d.Completed.Add(time.Duration(10+w.IntN(100)) * time.Minute)
	}
	hours := clamp(w.ExpFloat64()*20, .3, 12*24)
	at := d.Completed.Add(time.Duration(hours * float64(time.Hour))).Truncate(time.Second)
	if hour := at.In(w.zone).Hour(); hour < 7 {
		at = at.Add(time.Duration(8-hour)*time.Hour + time.Duration(w.IntN(12*60))*time.Minute)
	}
	return at
}

// rate draws the rating of one touchpoint, and by how much it was better than could be expected.
func (w *writer) rate(d *draft, contact Contact, strict float64, lang i18n.Lang) (Rating, float64) {
	p := w.chanceOf(d, contact)
	name := contact.Touchpoint
	if d.handback {
		name += " handed back" // its own account: these touchpoints must be green in exactly these runs
	}
	happy := w.deal(name, p, strict)
	r := Rating{Touchpoint: contact.Touchpoint, Value: 5 - w.weighted(.6, .4)}
	if !happy {
		r.Value = 3 - w.weighted(.42, .32, .26)
	}
	visit := w.points[contact.Touchpoint].pace() == "visit"
	if d.blamed && visit {
		happy, r.Value = false, 2
	}
	r.Expectation = w.expected(float64(r.Value-1)/4, d.late && brokenPromise[contact.Touchpoint] != 0)
	if talks := [6]float64{0, .38, .30, .10, .09, .17}; d.fresh && visit || w.chance(talks[r.Value]) {
		r.Comment = w.books[lang].aboutTouchpoint(w, d, r)
	}
	return r, float64(btoi(happy)) - p
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// chanceOf is the planted share of satisfied customers for this contact: everything that makes a difference is here.
func (w *writer) chanceOf(d *draft, contact Contact) float64 {
	p := satisfied[contact.Touchpoint]
	if d.late {
		p += brokenPromise[contact.Touchpoint]
	}
	for _, i := range []Improvement{Worked, DidNotWork} {
		if contact.Touchpoint == i.Touchpoint && contact.Started.After(w.ago(i.DaysAgo)) {
			p += i.Lift
		}
	}
	if contact.Touchpoint == Slowdown.Touchpoint && w.slow(d) {
		p += slowPacking
	}
	for _, s := range Standouts {
		if contact.Touchpoint == s.Touchpoint && len(contact.People) > 0 && contact.People[0].Employee == s.Employee {
			p += s.Effect
		}
	}
	return p
}

func (w *writer) slow(d *draft) bool {
	return d.Journey == Slowdown.Journey && d.Completed.After(w.ago(Slowdown.DaysAgo))
}

// situation names the run for the overall question.
func (w *writer) situation(d *draft) string {
	switch {
	case d.late:
		return "fibre late"
	case d.handback:
		return "broken handback"
	case w.slow(d):
		return "product slow"
	case d.Journey == "bill" && d.Completed.After(w.ago(Worked.DaysAgo)):
		return "bill improved"
	}
	return d.Journey
}

// sumUp draws the answer to the journey question. Lean carries over how the touchpoints went.
func (w *writer) sumUp(d *draft, a *Answer, lean float64, lang i18n.Lang) {
	situation := w.situation(d)
	mood := 0
	if w.deal(situation, overall[situation], lean) {
		mood = 1
	} else if bad, asked := detractors[situation]; !asked || w.deal(situation+" bad", bad/(1-overall[situation]), -lean) {
		mood = -1
	}
	a.Overall = w.overallValue(d.Journey, mood)
	lo, hi := w.scale(d.Journey)
	a.Expectation = w.expected(float64(a.Overall-lo)/float64(hi-lo), d.late || d.handback)
	a.WantsContact = w.chance([]float64{.28, .05, .02}[mood+1])
	if mood < 0 && 2*a.Overall == lo+hi {
		mood = 0 // the middle of the scale sounds lukewarm
	}
	if w.chance([]float64{.74, .5, .56}[mood+1]) {
		a.Comment = w.books[lang].aboutJourney(w, d, situation, mood)
	}
}

func (w *writer) scale(journey string) (lo, hi int) {
	for _, j := range w.c.Journeys {
		if j.Key == journey {
			return j.Survey.Lo, j.Survey.Hi
		}
	}
	return 0, 0
}

// overallValue spreads a mood over the journey's scale: 9–10, 7–8, 0–6 for NPS; the upper end and the rest otherwise.
func (w *writer) overallValue(journey string, mood int) int {
	switch {
	case journey == "fibre" && mood > 0:
		return 9 + w.weighted(.55, .45)
	case journey == "fibre" && mood == 0:
		return 7 + w.weighted(.4, .6)
	case journey == "fibre":
		return 6 - w.weighted(.3, .24, .13, .13, .1, .06, .04)
	case journey == "bill" && mood > 0:
		return 5 + w.weighted(.22, .43, .35)
	case journey == "bill":
		return 4 - w.weighted(.34, .3, .21, .15)
	case mood > 0:
		return 4 + w.weighted(.45, .55)
	}
	return 3 - w.weighted(.4, .34, .26)
}

// expected compares with what the customer had expected, from a rating between 0 and 1; a broken promise lowers it.
func (w *writer) expected(u float64, disappointed bool) int {
	x := 3*(u-.6) + .55*w.NormFloat64()
	if disappointed {
		x -= .7
	}
	return clamp(int(math.Round(x)), -2, 2)
}
