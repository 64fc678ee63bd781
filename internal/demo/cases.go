package demo

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Cure is how the company of the play wins a customer back: why it went wrong, and what it does about it. Compensation is
// in cents.
type Cure struct {
	Cause, Also  string // of casework.Causes; Also may be ""
	Solution     i18n.Text
	Compensation int64
}

// cures are by cause. Two of them are planted: a broken fibre promise, and a fault that was handed back.
var cures = map[string]Cure{
	"promise": {"promise", "", text("We promised a day nobody could keep, and said so. One month is free.", "روزی را قول داده بودیم که شدنی نبود و همین را گفتیم. یک ماه رایگان است.",
		"Υποσχεθήκαμε ημέρα που δεν γινόταν και το παραδεχτήκαμε. Ένας μήνας δωρεάν.", "Пообещали невозможный срок и признали это. Месяц бесплатно."), 2900},
	"process": {"process", "", text("One colleague keeps the fault until the line has held for a week, and calls back herself.", "یک همکار تا یک هفته پایداری خط پیگیر است و خودش زنگ می‌زند.",
		"Μία συνάδελφος κρατά τη βλάβη ώσπου η γραμμή να αντέξει μία εβδομάδα και τηλεφωνεί η ίδια.", "Одна сотрудница ведёт заявку, пока линия не продержится неделю, и перезванивает сама."), 1500},
	"capacity": {"capacity", "process", text("The parcel went out by express the same day, and delivery is free.", "بسته همان روز با پیک فوری فرستاده شد و هزینهٔ ارسال برگشت.",
		"Το δέμα έφυγε αυθημερόν με ταχυμεταφορά και η αποστολή είναι δωρεάν.", "Посылка ушла экспрессом в тот же день, доставка бесплатна."), 990},
	"knowledge": {"knowledge", "", text("Explained it again, line by line, and sent it in writing.", "دوباره خط به خط توضیح داده و نوشته‌اش فرستاده شد.",
		"Το εξηγήσαμε ξανά γραμμή προς γραμμή και το στείλαμε γραπτώς.", "Ещё раз объяснили по строчкам и прислали письменно."), 0},
	"attitude": {"attitude", "", text("The supervisor listened and apologised in person.", "سرپرست گوش داد و خودش عذرخواهی کرد.",
		"Ο προϊστάμενος άκουσε και ζήτησε συγγνώμη προσωπικά.", "Руководитель выслушал и лично извинился."), 0},
	"system": {"system", "price", text("The error in the bill is corrected and the difference paid back.", "خطای صورت‌حساب اصلاح شد و تفاوت آن برگشت داده شد.",
		"Το λάθος στον λογαριασμό διορθώθηκε και η διαφορά επιστράφηκε.", "Ошибка в счёте исправлена, разница возвращена."), 1240},
	"product": {"product", "", text("The router was exchanged for a new one.", "مودم با یک دستگاه نو عوض شد.", "Το router αντικαταστάθηκε με καινούργιο.", "Роутер заменили на новый."), 0},
	"price":   {"price", "", text("Moved to a tariff that fits what she uses.", "به تعرفه‌ای رفت که با مصرفش جور است.", "Πέρασε σε πρόγραμμα που ταιριάζει στη χρήση.", "Перевели на тариф по фактическому расходу."), 0},
	"customer": {"customer", "", text("Nothing was broken: shown on the telephone how it works.", "چیزی خراب نبود: روش کار تلفنی نشان داده شد.",
		"Τίποτα δεν είχε χαλάσει: το δείξαμε στο τηλέφωνο.", "Поломки не было: показали по телефону, как это работает."), 0},
}

// usual are the causes of what is not planted, by journey, as often as they are named.
var usual = map[string][]string{
	"fibre":   {"capacity", "knowledge", "process", "attitude", "customer"},
	"broken":  {"product", "knowledge", "capacity", "product", "customer"},
	"bill":    {"system", "price", "knowledge", "system", "attitude"},
	"product": {"knowledge", "product", "attitude", "price", "customer"},
}

// CureOf says how the customer of a run is won back; nth tells runs apart in which nothing planted happened.
func (c *Company) CureOf(r Run, nth int) Cure {
	switch {
	case r.brokePromise():
		return cures["promise"]
	case r.met(HandOver.Touchpoint):
		return cures["process"]
	case r.Journey == Slowdown.Journey && r.Completed.After(c.Now.AddDate(0, 0, -Slowdown.DaysAgo)):
		return cures["capacity"]
	}
	list := usual[r.Journey]
	return cures[list[nth%len(list)]]
}

func (r Run) met(touchpoint string) bool {
	for _, k := range r.Contacts {
		if k.Touchpoint == touchpoint {
			return true
		}
	}
	return false
}

// brokePromise reports whether the fibre promise was broken.
func (r Run) brokePromise() bool {
	for _, k := range r.Contacts {
		if k.Touchpoint == FibrePromise.Touchpoint && k.PromiseKept.After(k.PromiseDue) {
			return true
		}
	}
	return false
}

// What is said while a customer is won back: by staff in their language, by her in hers.
var (
	Reached = []i18n.Text{
		text("She told the whole story once more; I listened and said what happens next.", "همه را دوباره گفت؛ گوش دادم و گفتم گام بعدی چیست.", "Μου τα είπε όλα ξανά· άκουσα και είπα τι θα γίνει.", "Рассказала всё ещё раз; выслушал и сказал, что будет дальше."),
		text("Short call. Wants to know by when, not why.", "تماس کوتاه. می‌خواهد بداند تا کی، نه چرا.", "Σύντομη κλήση. Θέλει να ξέρει πότε, όχι γιατί.", "Короткий звонок. Важно когда, а не почему."),
		text("Was glad that somebody calls at all.", "خوشحال شد که اصلاً کسی زنگ زد.", "Χάρηκε που κάποιος τηλεφώνησε.", "Приятно удивлён, что вообще позвонили."),
	}
	AskedFor   = text("Asked for a photograph of the bill.", "عکس صورت‌حساب را خواستیم.", "Ζητήσαμε φωτογραφία του λογαριασμού.", "Попросили фотографию счёта.")
	HandedOn   = text("You know the house; please go on from here.", "شما خانه را می‌شناسید؛ لطفاً از اینجا پیگیری کنید.", "Ξέρεις το σπίτι· συνέχισε από εδώ, παρακαλώ.", "Ты знаешь этот дом; продолжай, пожалуйста.")
	NeverThere = text("Three attempts, no answer.", "سه بار تلاش، بی‌پاسخ.", "Τρεις προσπάθειες, καμία απάντηση.", "Три попытки, ответа нет.")
	SaysYes    = []i18n.Text{text("Thank you, it works now.", "ممنون، حالا درست شد.", "Ευχαριστώ, τώρα δουλεύει.", "Спасибо, теперь всё работает."), {}, {},
		text("I did not expect a call. Thanks.", "انتظار تماس نداشتم. سپاس.", "Δεν περίμενα τηλεφώνημα. Ευχαριστώ.", "Не ожидал звонка. Спасибо.")}
	SaysNo = []i18n.Text{text("Nothing has changed.", "هیچ چیز عوض نشده است.", "Δεν άλλαξε τίποτα.", "Ничего не изменилось."),
		text("You said Tuesday, and nobody came.", "گفتید سه‌شنبه و کسی نیامد.", "Είπατε Τρίτη και δεν ήρθε κανείς.", "Обещали во вторник, никто не пришёл.")}
)

// Absence is when somebody was not at work, in days before the end of the play (negative after it), and who stood in.
type Absence struct {
	Employee, Substitute string
	From, Until          int
}

// Absences of the play.
var Absences = []Absence{
	{"helen-marsh", "nasrin-karimi", 110, 97},
	{"margaret-hughes", "eleni-papadaki", 140, 130},
	{"sergei-volkov", "giorgos-nikolaou", 75, 62},
	{"olga-smirnova", "viktor-morozov", 48, 41},
	{"anna-sokolova", "despina-karra", 2, -5},
	{"kaveh-rostami", "dmitri-fedorov", -9, -16},
}

// Ago is the company's day so many days before the end of the play.
func (c *Company) Ago(days int) int32 {
	return i18n.Day(c.Now.Add(-time.Duration(days)*24*time.Hour), Zone())
}
