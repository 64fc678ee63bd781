package demo

import "github.com/journeyloop/journeyloop/internal/i18n"

// Tried is what a team tried from one meeting to the next. Outcome is "" while nobody has said.
type Tried struct {
	Team, By string
	DaysAgo  int
	Words    i18n.Text
	Outcome  string
	Remark   i18n.Text
}

// TriedByTeams is what teams of the play tried, in the order of time.
var TriedByTeams = []Tried{
	{Team: "field-east", By: "kaveh-rostami", DaysAgo: 9, Outcome: "no_difference",
		Words:  text("Ring the bell and step back", "زنگ بزنیم و یک گام عقب برویم", "Χτυπάμε το κουδούνι και κάνουμε ένα βήμα πίσω", "Звоним в дверь и отходим на шаг"),
		Remark: text("Nobody minded either way.", "برای کسی فرقی نداشت.", "Κανέναν δεν πείραξε.", "Никто не заметил разницы.")},
	{Team: "field-east", By: "giorgos-nikolaou", DaysAgo: 3, Outcome: "helped",
		Words:  text("Call when we leave for the next customer, not when we are there", "وقتی به سوی مشتری بعدی راه می‌افتیم زنگ بزنیم، نه وقتی رسیده‌ایم", "Τηλεφωνούμε όταν ξεκινάμε για τον επόμενο, όχι όταν φτάσουμε", "Звоним, когда выезжаем к следующему клиенту, а не когда приехали"),
		Remark: text("Two customers thanked us on the phone.", "دو مشتری پشت تلفن تشکر کردند.", "Δύο πελάτες μας ευχαρίστησαν στο τηλέφωνο.", "Двое поблагодарили по телефону.")},
}

// Coached is what an employee and her supervisor prepare their talks with: one that was held, and the next.
type Coached struct {
	Employee, Supervisor    string
	HeldDaysAgo, NextInDays int
	Goal                    i18n.Text // the employee's
	Said                    i18n.Text // at the talk that was held, by the supervisor
	Topic                   i18n.Text // for the next, by the employee
}

// CoachedPairs are those of the play.
var CoachedPairs = []Coached{
	{Employee: "kaveh-rostami", Supervisor: "giorgos-nikolaou", HeldDaysAgo: 13, NextInDays: 3,
		Goal:  text("Explain each step before I drill", "پیش از سوراخ کردن هر گام را توضیح می‌دهم", "Εξηγώ κάθε βήμα πριν τρυπήσω", "Объясняю каждый шаг, прежде чем сверлить"),
		Said:  text("The drilling is decided in the shop; I take it up there. The explaining is yours, and it pleases people.", "سوراخ‌کاری در فروشگاه تصمیم‌گیری می‌شود؛ آنجا پیگیری می‌کنم. توضیح دادن کار توست و مردم خوششان می‌آید.", "Το τρύπημα αποφασίζεται στο κατάστημα· θα το πάω εκεί. Η εξήγηση είναι δική σου και αρέσει.", "Сверление решают в салоне, этим займусь я. Объяснения — твоя часть, и людям они нравятся."),
		Topic: text("The new routers take an hour longer", "روترهای تازه یک ساعت بیشتر وقت می‌برند", "Τα νέα ρούτερ θέλουν μία ώρα παραπάνω", "Новые роутеры отнимают на час больше")},
}
