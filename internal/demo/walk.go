package demo

import "time"

// walk is one run while it is walked: contacts are placed on days counted from the first one.
type walk struct {
	*writer
	first    time.Time // local midnight of the first day
	contacts []Contact
	facts
	topic string
}

// paces are the touchpoints that keep other hours than their channel: parcels take no hour, machines do not sleep late.
var paces = map[string]string{
	"contract-check": "machine", "router-delivery": "parcel", "line-activation": "machine", "fault-closing": "machine",
	"correction": "machine", "payment": "machine", "packing": "machine", "parcel-delivery": "parcel",
}

func (t Touchpoint) pace() string {
	if p, ok := paces[t.Key]; ok {
		return p
	}
	return t.Channel
}

// hours says when a pace (mostly a channel) is open and how long a contact takes, in minutes.
var hours = map[string]struct {
	open, close, short, long int
	sunday                   bool
}{
	"shop": {9, 19, 8, 35, false}, "phone": {8, 20, 3, 18, false}, "chat": {8, 21, 6, 30, true}, "mail": {8, 17, 10, 40, false},
	"web": {7, 23, 2, 14, true}, "visit": {8, 17, 35, 110, false}, "parcel": {9, 19, 2, 7, false}, "machine": {6, 22, 1, 2, true},
}

// meet places a contact on a day, or as soon as possible after the previous one, and returns its index.
func (k *walk) meet(touchpoint string, day int) int {
	h := hours[k.points[touchpoint].pace()]
	at := k.first.AddDate(0, 0, day)
	if at.Weekday() == time.Sunday && !h.sunday {
		at = at.AddDate(0, 0, 1)
	}
	at = at.Add(time.Duration(h.open*3600+k.IntN((h.close-h.open)*3600)) * time.Second)
	if n := len(k.contacts); n > 0 && !at.After(k.contacts[n-1].Ended) {
		at = k.contacts[n-1].Ended.Add(time.Duration(k.between(3*60, 90*60)) * time.Second)
	}
	at = at.UTC()
	length := time.Duration(k.between(h.short*60, h.long*60)) * time.Second
	k.contacts = append(k.contacts, Contact{Touchpoint: touchpoint, Started: at, Ended: at.Add(length), People: k.serve(touchpoint, at), Topic: k.topic})
	return len(k.contacts) - 1
}

// pairs is how often two people serve together.
var pairs = map[string]float64{"installation": .3, "repair-visit": .15, "remote-diagnosis": .1, "shop-advice": .06}

func (w *writer) serve(touchpoint string, at time.Time) []Person {
	pool := w.pool[touchpoint]
	if len(pool) == 0 || w.chance(unrecorded) {
		return nil
	}
	people := []Person{w.person(pool[w.IntN(len(pool))], at)}
	if w.chance(pairs[touchpoint]) {
		second := w.person(pool[w.IntN(len(pool))], at)
		if second.Employee != people[0].Employee && second.Team == people[0].Team {
			people = append(people, second)
		}
	}
	return people
}

// person is the snapshot of an employee in the team of that time.
func (w *writer) person(e Employee, at time.Time) Person {
	for _, m := range moves {
		if m.employee == e.Key && at.Before(w.ago(m.daysAgo)) {
			return Person{e.Key, m.from}
		}
	}
	return Person{e.Key, e.Team}
}

func (w *writer) ago(days int) time.Time { return w.now.AddDate(0, 0, -days) }

// solved notes on a contact whether it settled the customer's question.
func (k *walk) solved(contact int, yes bool) { k.contacts[contact].Resolved = &yes }

// promise notes what was promised at one contact and that it was kept when the other one began. A promise of a day
// holds until the end of that day in the company's zone.
func (k *walk) promise(at int, days int, kept int) {
	day := k.contacts[at].Started.In(k.zone)
	due := time.Date(day.Year(), day.Month(), day.Day()+days, 23, 59, 59, 0, k.zone)
	k.contacts[at].PromiseDue, k.contacts[at].PromiseKept = due.UTC(), k.contacts[kept].Started
}

// abandoning is the share of runs that simply stop.
var abandoning = map[string]float64{"fibre": .05, "broken": .02, "bill": .05, "product": .07}

// walk lets somebody pursue a need that began some days ago, and cuts off what has not happened yet. It is false when
// nothing has happened yet.
func (w *writer) walk(journey string, daysAgo int) (draft, bool) {
	start := w.now.In(w.zone).AddDate(0, 0, -daysAgo)
	k := &walk{writer: w, first: time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, w.zone)}
	scenes[journey](k)
	d := draft{Run: Run{Journey: journey, Contacts: k.contacts}, facts: k.facts}
	if n := len(d.Contacts); w.chance(abandoning[journey]) {
		d.Contacts = d.Contacts[:w.between(1, n-1)]
		d.abandoned = true
	}
	whole := w.cut(&d) && !d.abandoned
	if len(d.Contacts) == 0 {
		return d, false
	}
	w.finish(&d, whole)
	return d, true
}

// cut removes what lies in the future and what was left undone, and says whether everything has happened.
func (w *writer) cut(d *draft) bool {
	n := 0
	for n < len(d.Contacts) && d.Contacts[n].Ended.Before(w.now) {
		n++
	}
	whole := n == len(d.Contacts)
	d.Contacts = d.Contacts[:n]
	for i := range d.Contacts {
		if kept := d.Contacts[i].PromiseKept; n > 0 && kept.After(d.Contacts[n-1].Started) {
			d.Contacts[i].PromiseKept = time.Time{}
		}
	}
	return whole
}

// finish completes a run that was walked to its end; one that stopped is abandoned once it has been silent for long enough.
func (w *writer) finish(d *draft, whole bool) {
	last := d.Contacts[len(d.Contacts)-1].Ended
	for _, j := range w.c.Journeys {
		switch {
		case j.Key != d.Journey:
		case whole:
			d.Completed = last
		case d.abandoned:
			d.Abandoned = last.Before(w.ago(j.AbandonAfterDays))
		}
	}
}

// scenes is how each need is usually pursued.
var scenes = map[string]func(*walk){"fibre": fibre, "broken": broken, "bill": bill, "product": product}

func (k *walk) one(topics ...string) string { return topics[k.IntN(len(topics))] }

func fibre(k *walk) {
	k.topic = k.one("fibre 200", "fibre 500", "fibre 1000", "fibre and TV")
	shop := k.meet("shop-advice", 0)
	k.meet("contract-check", k.between(1, 2))
	if k.chance(.6) {
		k.meet("router-delivery", k.between(3, 6))
	}
	k.meet("appointment", k.between(5, 8))
	k.meet("line-activation", k.between(9, 11))
	day := k.fibreDay(k.contacts[shop].Started)
	visit := k.meet("installation", day)
	k.solved(visit, k.chance(.95))
	k.solved(k.meet("check-call", day+k.between(1, 2)), true)

	k.promised = FibrePromise.Promised
	if people := k.contacts[shop].People; len(people) > 0 && people[0].Team == FibrePromise.PilotTeam {
		k.promised = FibrePromise.PilotPromised
	}
	k.promise(shop, k.promised, visit)
	k.late = k.contacts[shop].PromiseKept.After(k.contacts[shop].PromiseDue)
}

// fibreDay draws how long fibre takes from the day in the shop, and returns the day of the installation; nobody
// installs on a Sunday.
func (k *walk) fibreDay(shop time.Time) int {
	begun := 0
	if shop.In(k.zone).Day() != k.first.Day() {
		begun = 1 // the run began on a Sunday, the shop opened on Monday
	}
	for {
		k.taken = k.between(FibrePromise.TakesLo, FibrePromise.TakesHi)
		if day := begun + k.taken; k.first.AddDate(0, 0, day).Weekday() != time.Sunday {
			return day
		}
	}
}

func broken(k *walk) {
	k.topic = k.one("no connection", "slow line", "drops in the evening", "wifi", "router lights red")
	if k.chance(.4) {
		k.meet("status-page", 0)
	}
	hotline := k.meet("hotline", 0)
	remote, visits := k.chance(.8), k.deal("visit", .6, 0)
	k.solved(hotline, !remote && !visits)
	day, diagnosis := k.between(0, 1), hotline
	if remote {
		diagnosis = k.meet("remote-diagnosis", day)
		if k.chance(.1) {
			k.solved(diagnosis, false)
			diagnosis = k.meet("remote-diagnosis", day+1)
		}
		k.solved(diagnosis, !visits)
	}
	if visits {
		day = k.visit(day, diagnosis, remote)
	}
	k.meet("fault-closing", day)
}

// visit sends a technician and, now and then, sends the fault back to the service centre. It returns the last day.
func (k *walk) visit(day, diagnosis int, promised bool) int {
	day += k.between(1, 2)
	if k.chance(.14) {
		day += k.between(2, 3)
	}
	repair := k.meet("repair-visit", day)
	if promised {
		k.promise(diagnosis, k.points["remote-diagnosis"].PromiseDays, repair)
	}
	k.handback = k.deal("handback", .4, 0)
	k.solved(repair, !k.handback)
	if !k.handback {
		return day
	}
	day += k.between(1, 3)
	back := k.meet(HandOver.Touchpoint, day)
	again := k.chance(.45)
	k.solved(back, !again)
	if again {
		day += k.between(1, 3)
		k.solved(k.meet("repair-visit", day), true)
	}
	return day + 1
}

func bill(k *walk) {
	k.topic = k.one("charged twice", "unknown service", "roaming", "old contract still billed", "discount missing")
	if k.chance(.55) {
		k.meet("my-account", 0)
	}
	call := k.meet("billing-call", k.between(0, 1))
	if k.chance(.18) {
		k.meet("shop-bill-help", k.between(1, 2))
	}
	k.meet("bill-review", k.between(2, 3))
	if k.chance(.65) {
		k.meet("correction", k.between(3, 4))
	}
	answer := k.meet("bill-answer", k.between(3, 5)+k.weighted(.75, .1, .08, .07))
	k.solved(answer, k.chance(.92))
	k.promise(call, k.points["billing-call"].PromiseDays, answer)
}

func product(k *walk) {
	k.topic = k.one(products...)
	slow := k.first.After(k.ago(Slowdown.DaysAgo + 2))
	if k.chance(.2) {
		k.meet("product-advice", 0)
	}
	for range k.weighted(.62, .28, .1) {
		k.solved(k.meet("shop-chat", k.between(0, 1)), k.chance(.85))
	}
	order := k.meet("web-order", k.between(0, 1))
	k.meet("payment", 0)
	day := 1
	if slow {
		day += k.between(2, 5)
	}
	k.meet("packing", day)
	parcel := k.meet("parcel-delivery", day+k.between(1, 2))
	k.promise(order, k.points["web-order"].PromiseDays, parcel)
}
