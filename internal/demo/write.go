package demo

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
	_ "time/tzdata" // the play keeps the company's opening hours on machines without a zone database, too

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// How many runs of each journey start within the year, at scale 1.
var volume = []struct {
	journey string
	runs    float64
}{{"fibre", 800}, {"broken", 1200}, {"bill", 720}, {"product", 880}}

const (
	answering  = .60                 // share of the asked who answer
	newcomers  = .74                 // share of runs by a customer never seen before
	quarantine = 45 * 24 * time.Hour // between two questions to one customer; wider than the default contact policy
	skipping   = .10                 // share of touchpoints marked “does not apply”
	unrecorded = .05                 // share of contacts for which nobody noted who served
)

// writer holds what the play needs while it is being written. One source of chance, used in one order.
type writer struct {
	*rand.Rand
	now    time.Time
	zone   *time.Location
	c      *Company
	points map[string]Touchpoint
	pool   map[string][]Employee // who serves at a touchpoint
	books  map[i18n.Lang]*phrasebook
	debts  map[string]float64
	asked  map[string]time.Time // customer → last question
	active map[string]time.Time // customer → end of the last run
}

// draft is a run before it has a customer, a key and an answer.
type draft struct {
	Run
	facts
	fresh     bool // must be answered within the last days, so that every sign-in has something new to read
	blamed    bool // … and not only praise
	speaks    i18n.Lang
	abandoned bool
}

// facts are what happened on a run as far as the planted truths are concerned.
type facts struct {
	late     bool // the fibre promise was broken
	handback bool
	promised int // days promised and taken, for the comments
	taken    int
}

// Play writes the company and its last twelve months. Scale 1 gives at least 3,200 runs; the runs that give every
// demo sign-in something recent to read come on top of any scale. Play panics only when a phrase book is damaged.
func Play(now time.Time, scale float64) *Company {
	w := newWriter(now)
	drafts := slices.Concat(w.year(scale), w.lastDays(), w.underWay())
	slices.SortStableFunc(drafts, func(a, b draft) int { return a.Contacts[0].Started.Compare(b.Contacts[0].Started) })
	numbers := map[string]int{}
	for i := range drafts {
		d := &drafts[i]
		w.name(d, numbers)
		w.answer(d)
		w.c.runs = append(w.c.runs, d.Run)
	}
	return w.c
}

func newWriter(now time.Time) *writer {
	now = now.UTC().Truncate(time.Microsecond)
	w := &writer{
		Rand: rand.New(rand.NewPCG(20, 26)), now: now, zone: Zone(),
		c:      &Company{Name: companyName, Zone: zone, Now: now, Teams: teams(), Employees: employees(), Touchpoints: touchpoints(), Journeys: journeys()},
		points: map[string]Touchpoint{}, pool: map[string][]Employee{}, books: phrasebooks(),
		debts: map[string]float64{}, asked: map[string]time.Time{}, active: map[string]time.Time{},
	}
	for _, t := range w.c.Touchpoints {
		w.points[t.Key] = t
		w.pool[t.Key] = w.servers(t.Key)
	}
	return w
}

// servingTeams says who serves where; touchpoints that are missing here are served by machines.
var servingTeams = map[string][]string{
	"shop-advice": {"shop-centre", "shop-harbour", "shop-north"}, "contract-check": {"contracts"}, "router-delivery": {"couriers"}, "appointment": {"dispatch"},
	"line-activation": {"activation"}, "installation": {"field-east", "field-west"}, "check-call": {"care"},
	"hotline": {"hotline"}, "remote-diagnosis": {"tech-support"}, "repair-visit": {"field-east", "field-west"}, "fault-handback": {"hotline"},
	"billing-call": {"hotline"}, "shop-bill-help": {"shop-centre", "shop-harbour", "shop-north"}, "bill-review": {"billing"}, "bill-answer": {"care"},
	"product-advice": {"shop-centre", "shop-harbour", "shop-north"}, "shop-chat": {"web-shop"}, "packing": {"warehouse"}, "parcel-delivery": {"couriers"},
}

// servers lists the people of a touchpoint, the busier ones several times; supervisors serve least.
func (w *writer) servers(touchpoint string) (pool []Employee) {
	supervises := map[string]bool{}
	for _, t := range w.c.Teams {
		supervises[t.Supervisor] = true
	}
	for i, e := range w.c.Employees {
		if !slices.Contains(servingTeams[touchpoint], e.Team) {
			continue
		}
		share := 3 + i%3
		if supervises[e.Key] {
			share = 2
		}
		for range share {
			pool = append(pool, e)
		}
	}
	return pool
}

// year walks all runs of the last twelve months, journey by journey, the oldest run first.
func (w *writer) year(scale float64) (drafts []draft) {
	for _, v := range volume {
		for _, daysAgo := range w.days(v.journey, int(math.Round(v.runs*scale))) {
			if d, ok := w.walk(v.journey, daysAgo); ok {
				drafts = append(drafts, d)
			}
		}
	}
	return drafts
}

// lastDays walks the few runs that end in the last five days: broken lines repaired by the technician who has a
// sign-in (his supervisor, the leader and the managers read the same), and parcels for the touchpoint owner.
func (w *writer) lastDays() (drafts []draft) {
	wanted := []string{"broken", "broken", "product", "broken", "fibre", "product", "broken", "bill", "fibre", "broken", "product", "broken", "fibre", "broken", "product", "broken"}
	for i, journey := range wanted {
		d := w.ending(journey)
		d.fresh, d.speaks = true, i18n.Languages[i%len(i18n.Languages)]
		d.blamed = i == 3 || i == 6
		w.staffWith(&d, "kaveh-rostami")
		drafts = append(drafts, d)
	}
	return drafts
}

// ending walks until a run ends between five days and six hours ago and, for a broken line, had a visit.
func (w *writer) ending(journey string) draft {
	for {
		d, ok := w.walk(journey, w.IntN(30))
		visited := slices.ContainsFunc(d.Contacts, func(c Contact) bool { return c.Touchpoint == HandOver.From })
		ago := w.now.Sub(d.Completed)
		if ok && !d.Completed.IsZero() && ago < 5*24*time.Hour && ago > 6*time.Hour && (visited || journey != HandOver.Journey) {
			return d
		}
	}
}

// staffWith puts one employee, with his team of today, on every visit of a run.
func (w *writer) staffWith(d *draft, employee string) {
	for i, c := range d.Contacts {
		if w.points[c.Touchpoint].pace() == "visit" {
			d.Contacts[i].People = []Person{w.person(w.employee(employee), c.Started)}
		}
	}
}

func (w *writer) employee(key string) Employee {
	i := slices.IndexFunc(w.c.Employees, func(e Employee) bool { return e.Key == key })
	return w.c.Employees[i]
}

// calendar weighs the last 365 days: index 0 is today. Returned are the sums up to each day.
func (w *writer) calendar(journey string) []float64 {
	sums, total := make([]float64, 365), 0.0
	for ago := range sums {
		total += busy(journey, w.now.In(w.zone).AddDate(0, 0, -ago))
		sums[ago] = total
	}
	return sums
}

// days draws when n runs of a journey start, in days ago, the longest ago first.
func (w *writer) days(journey string, n int) []int {
	sums := w.calendar(journey)
	days := make([]int, n)
	for i := range days {
		at, _ := slices.BinarySearch(sums, w.Float64()*sums[len(sums)-1])
		days[i] = min(at, len(sums)-1)
	}
	slices.Sort(days)
	slices.Reverse(days)
	return days
}

var (
	weekdays = [7]float64{.45, 1.3, 1.1, 1, 1, 1.05, .8}
	months   = map[string][12]float64{ // January first
		"fibre":   {1, 1, 1.05, 1, .95, .9, .8, .65, 1.35, 1.3, 1.1, .9},
		"broken":  {1.3, 1.2, 1.05, .95, .85, .8, .9, .9, .95, 1.05, 1.2, 1.25},
		"bill":    {1.15, 1, 1, 1, 1, 1, .95, .85, 1.1, 1, 1, 1},
		"product": {.8, .85, .9, .95, 1, 1, .95, .8, 1.05, 1, 1.45, 1.7},
	}
)

// busy is how many runs of a journey start on a day, relative to an ordinary one. Bills arrive at the beginning of the month.
func busy(journey string, day time.Time) float64 {
	weight := weekdays[day.Weekday()] * months[journey][day.Month()-1]
	if journey == "bill" && day.Day() >= 3 && day.Day() <= 10 {
		weight *= 2
	}
	return weight
}

// deal decides something that happens with probability p. It remembers what it owes to p under this name and leans
// towards paying it back, so that a planted share is met on every day the play is written, not only on lucky ones.
func (w *writer) deal(name string, p, lean float64) bool {
	name = fmt.Sprintf("%s %.3f", name, p)
	happened := w.Float64() < p+lean+.35*w.debts[name]
	w.debts[name] += p
	if happened {
		w.debts[name]--
	}
	return happened
}

func (w *writer) chance(p float64) bool { return w.Float64() < p }

func (w *writer) between(lo, hi int) int { return lo + w.IntN(hi-lo+1) }

// weighted draws an index with the given weights.
func (w *writer) weighted(weights ...float64) int {
	total := 0.0
	for _, x := range weights {
		total += x
	}
	at := w.Float64() * total
	for i, x := range weights {
		if at -= x; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

func clamp[T cmp.Ordered](x, lo, hi T) T { return max(lo, min(hi, x)) }
