package demo

import "github.com/journeyloop/journeyloop/internal/i18n"

// Campaign is a list of customers whom a team of the play calls unasked. It is searched every so many days, from so many days
// before the end of the play on; PerDay is how many calls the team makes on a working day. Journey "" is the company.
type Campaign struct {
	Name           i18n.Text
	By, Team       string
	Journey, Rule  string
	Callers        []string
	DaysAgo, Every int
	PerDay         int
	Times          float64
	Days, Most     int
	Share, Horizon int
}

// Campaigns are the lists of the play: one whose effect can be known, and one that a sign-in calls from.
var Campaigns = []Campaign{
	{Name: text("We have not heard from you", "دلمان برایتان تنگ شده", "Μας λείψατε", "Давно вас не было"), By: "maryam-ahmadi", Team: "care", Rule: "lapsed", Callers: []string{"tatiana-orlova", "leila-ghasemi", "jack-turner"},
		DaysAgo: 150, Every: 14, PerDay: 3, Times: 1.5, Days: 7, Most: 30, Share: 45, Horizon: 40},
	{Name: text("Does the line hold?", "خط پایدار است؟", "Κρατάει η γραμμή;", "Линия держится?"), By: "margaret-hughes", Team: "field-east", Journey: "broken", Rule: "first_use", Callers: []string{"dmitri-fedorov", "michael-shaw", "kaveh-rostami"},
		DaysAgo: 27, Every: 1, PerDay: 1, Times: 3, Days: 7, Most: 2, Share: 20, Horizon: 30},
}

// SaidOnCalls is what callers note, by what the call came to; the first of ten calls comes to the first of CallsComeTo, and so on.
var (
	CallsComeTo = []string{"fine", "not_reached", "fine", "fine", "wants", "fine", "not_reached", "wrong", "fine", "opted_out"}
	SaidOnCalls = map[string]i18n.Text{
		"fine":      text("All is well; was glad to be asked.", "همه‌چیز روبه‌راه است؛ از پرسش خوشحال شد.", "Όλα καλά· χάρηκε που ρωτήσαμε.", "Всё в порядке; приятно, что спросили."),
		"wants":     text("Would like to choose the hour of the visit online.", "می‌خواهد ساعت مراجعه را خودش برخط انتخاب کند.", "Θα ήθελε να διαλέγει την ώρα της επίσκεψης στο διαδίκτυο.", "Хочет выбирать час визита на сайте."),
		"wrong":     text("It has failed again since, and nobody called back.", "از آن پس باز قطع شده و کسی زنگ نزده است.", "Χάλασε ξανά και δεν τηλεφώνησε κανείς.", "С тех пор снова сломалось, и никто не перезвонил."),
		"opted_out": text("Asks for no more calls.", "خواست دیگر زنگ نزنیم.", "Ζητά να μην ξανακαλέσουμε.", "Просит больше не звонить."),
	}
)
