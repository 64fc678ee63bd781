package demo

import "time"

// underWay begins walks on which somebody was there and promised to be back today or tomorrow: what a team can still keep.
func (w *writer) underWay() (drafts []draft) {
	for i, at := range []struct {
		touchpoint, employee string
	}{{"repair-visit", "kaveh-rostami"}, {"remote-diagnosis", ""}, {"repair-visit", "dmitri-fedorov"}, {"repair-visit", "daniel-reed"}, {"remote-diagnosis", ""}} {
		today := w.now.In(w.zone)
		ago := 1 + i%2
		if today.AddDate(0, 0, -ago).Weekday() == time.Sunday {
			ago++
		}
		y, m, d := today.Date()
		k := &walk{writer: w, first: time.Date(y, m, d-ago-1, 0, 0, 0, 0, w.zone)}
		k.topic = k.one("no connection", "drops in the evening", "router lights red")
		k.solved(k.meet("hotline", 0), false)
		contact := k.meet(at.touchpoint, 1)
		k.solved(contact, false)
		k.contacts[contact].PromiseDue = time.Date(y, m, d+i%2, 23, 59, 59, 0, w.zone).UTC()
		if at.employee != "" {
			k.contacts[contact].People = []Person{w.person(w.employee(at.employee), k.contacts[contact].Started)}
		}
		drafts = append(drafts, draft{Run: Run{Journey: "broken", Contacts: k.contacts}})
	}
	return drafts
}

// HeardOf is what customers told an employee in the last days about their own walk: a complaint, and to be called. The
// employee is who served on one that ended or goes on.
var HeardOf = []Heard{
	{Kind: "complaint", Touchpoint: "repair-visit", DaysAgo: 1, By: []string{"kaveh-rostami"},
		Words: text("Second visit, and the line still drops at night. Who decides what happens now?", "بار دوم است که می‌آیید و شب‌ها باز قطع می‌شود. حالا چه کسی تصمیم می‌گیرد؟", "Δεύτερη επίσκεψη και η γραμμή πέφτει πάλι τη νύχτα. Ποιος αποφασίζει τώρα;", "Второй визит, а ночью связь всё равно пропадает. Кто теперь решает?")},
	{Kind: "complaint", Touchpoint: "installation", DaysAgo: 2, By: []string{"dmitri-fedorov"},
		Words: text("I took a day off, and nobody told me that the visit was moved", "مرخصی گرفته بودم و کسی نگفت که بازدید عقب افتاده است", "Πήρα άδεια και κανείς δεν μου είπε ότι η επίσκεψη άλλαξε", "Я взял отгул, а о переносе визита никто не сообщил")},
	{Kind: "complaint", Touchpoint: "remote-diagnosis", DaysAgo: 3, By: []string{"saeed-ebrahimi"},
		Words: text("I have restarted the router eleven times for you", "یازده بار به خاطر شما مودم را خاموش و روشن کرده‌ام", "Έκανα έντεκα φορές επανεκκίνηση στο router για εσάς", "Ради вас я перезагружал роутер одиннадцать раз")},
}

// What goes to and fro by mail while a customer is won back: ours in her language.
var (
	LetterSubject = text("What happens next", "گام بعدی", "Τι γίνεται τώρα", "Что будет дальше")
	Letter        = text("Thank you for talking to me. As agreed: I look into it myself and write to you by the day after tomorrow. Could you send me a photograph of the router’s lights?",
		"سپاس از گفت‌وگو. همان‌طور که قرار گذاشتیم، خودم پیگیری می‌کنم و تا پس‌فردا برایتان می‌نویسم. می‌توانید عکسی از چراغ‌های مودم بفرستید؟",
		"Ευχαριστώ για τη συζήτηση. Όπως είπαμε, το αναλαμβάνω εγώ και σας γράφω ως μεθαύριο. Μπορείτε να μου στείλετε μια φωτογραφία με τα λαμπάκια του router;",
		"Спасибо за разговор. Как договорились, я разберусь лично и напишу вам до послезавтра. Пришлите, пожалуйста, фото индикаторов роутера.")
	Reply    = text("Here it is. The second light has been red since Monday.", "بفرمایید. چراغ دوم از دوشنبه قرمز است.", "Ορίστε. Το δεύτερο λαμπάκι είναι κόκκινο από τη Δευτέρα.", "Вот фото. Второй индикатор горит красным с понедельника.")
	Unasked  = text("Nobody has called me yet. Evenings after six are best.", "هنوز کسی زنگ نزده است. عصرها بعد از ساعت شش بهتر است.", "Δεν με έχει πάρει κανείς ακόμη. Καλύτερα μετά τις έξι το απόγευμα.", "Мне ещё никто не позвонил. Лучше вечером после шести.")
	HelpNote = text("The line was measured this morning: the fault is in the street, not in the house.", "امروز صبح خط را اندازه گرفتند: خرابی در خیابان است، نه در خانه.", "Μετρήθηκε η γραμμή σήμερα το πρωί: η βλάβη είναι στον δρόμο, όχι στο σπίτι.", "Утром измерили линию: повреждение на улице, а не в доме.")
	Photo    = text("router.png", "مودم.png", "router.png", "роутер.png")
)

// Manager is who brings mail from nowhere to its case.
const Manager = "maryam-ahmadi"

// Strays are mails that came from an address nobody knows.
var Strays = []struct {
	From, Subject, Words string
	HoursAgo             int
}{
	{"a.petrov.home@mail.example", "Интернет", "Здравствуйте! Пишу с почты сына. Вчера обещали позвонить и не позвонили. Алексей Петров", 5},
	{"maria@office.example", "Ερώτηση για τον λογαριασμό", "Καλημέρα, περιμένω ακόμη απάντηση για τη διπλή χρέωση. Μαρία", 31},
}
