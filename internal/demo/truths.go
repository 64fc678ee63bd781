package demo

// The truths planted in the play. Everything not named here is chance: a dashboard that shows more than this is
// reading tea leaves, one that shows less is blind. play_test.go finds each of them again by plain arithmetic.

// Truth is one thing a good reader of the figures must find, or must not.
type Truth struct{ Key, Sentence string }

// Truths lists what is planted, for whoever checks the pages or shows the demo.
func Truths() []Truth {
	return []Truth{
		{"fibre-promise", "Shops promise fibre in 8 days, it takes 12 to 15: the promise is almost never kept and customers are unhappy, although the technicians do good work."},
		{"fibre-pilot", "The North Park shop promises 15 days for the same delivery, keeps it, and its customers are clearly happier."},
		{"broken-handback", "“My internet is broken” is green at every touchpoint, but turns red where field service hands the fault back to the service centre."},
		{"bill-review-worked", "Since billing writes down in plain words what was wrong, the review of the bill is rated clearly better."},
		{"remote-diagnosis-did-not", "The new script for remote diagnosis changed nothing."},
		{"employees-alike", "Employees at the same touchpoint differ by chance only, except one courier who is better and one agent who is worse than the rest."},
		{"product-slower", "“I want this product” got worse six weeks ago, when the warehouse began to pack days later."},
	}
}

// FibrePromise is what shops promise and what happens. The pilot team promises what can be kept.
var FibrePromise = struct {
	Journey, Touchpoint, DeliveredAt string
	Promised                         int // calendar days
	TakesLo, TakesHi                 int
	PilotTeam                        string
	PilotPromised                    int
}{"fibre", "shop-advice", "installation", 8, 12, 15, "shop-north", 15}

// HandOver is the one contact that spoils an otherwise green journey.
var HandOver = struct{ Journey, From, Touchpoint string }{"broken", "repair-visit", "fault-handback"}

// Improvement is a change made at a touchpoint DaysAgo; Lift is how much the share of satisfied customers rose.
type Improvement struct {
	Touchpoint string
	DaysAgo    int
	Lift       float64
}

var (
	// Worked is the improvement that worked, DidNotWork the one that did not.
	Worked     = Improvement{"bill-review", 150, .28}
	DidNotWork = Improvement{"remote-diagnosis", 130, 0}
)

// Standout is one of the only two employees who really differ, and by how much of the share of satisfied customers.
type Standout struct {
	Employee, Touchpoint string
	Effect               float64
}

// Standouts are real; every other difference between employees is chance.
var Standouts = []Standout{
	{"lefteris-manos", "parcel-delivery", +.19},
	{"christos-lambrou", "billing-call", -.32},
}

// Slowdown is the journey that got worse DaysAgo, because of the touchpoint named.
var Slowdown = struct {
	Journey, Touchpoint string
	DaysAgo             int
}{"product", "packing", 42}

// satisfied is the share of 4s and 5s at a touchpoint when nothing special happens.
var satisfied = map[string]float64{
	"shop-advice": .86, "contract-check": .74, "router-delivery": .85, "appointment": .82, "line-activation": .76, "installation": .88, "check-call": .88,
	"status-page": .91, "hotline": .90, "remote-diagnosis": .90, "repair-visit": .91, "fault-handback": .56, "fault-closing": .90,
	"my-account": .62, "billing-call": .82, "shop-bill-help": .80, "bill-review": .54, "correction": .75, "bill-answer": .84,
	"product-advice": .84, "web-order": .83, "shop-chat": .82, "payment": .89, "packing": .84, "parcel-delivery": .78,
}

// When a fibre promise was broken, customers blame the shop that made it and the line that was late.
var brokenPromise = map[string]float64{"shop-advice": -.52, "line-activation": -.14}

// How slower packing is felt at packing and at the door.
const slowPacking = -.36

// The share of the best answers to the journey question (9–10, 4–5, 5–7), and of 0–6 for the one asked as NPS.
var overall = map[string]float64{
	"fibre": .58, "fibre late": .14, "broken": .89, "broken handback": .27, "bill": .50, "bill improved": .68, "product": .80, "product slow": .45,
}

var detractors = map[string]float64{"fibre": .14, "fibre late": .60}
