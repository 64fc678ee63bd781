package demo

import "github.com/journeyloop/journeyloop/internal/i18n"

// Heard is something that customers told several employees at work, each of whom wrote it down in the own language; what
// was said again was joined to what was said first. Became is "" while nobody has answered.
type Heard struct {
	Kind       string // wish, complaint, praise
	Touchpoint string
	DaysAgo    int // when it was heard first; further ones follow every third day
	By         []string
	Words      i18n.Text
	Became     string // planned, done, declined
	Answer     i18n.Text
	AnsweredBy string
}

// HeardAtWork is what staff of the play wrote down.
var HeardAtWork = []Heard{
	{Kind: "wish", Touchpoint: "installation", DaysAgo: 40, By: []string{"kaveh-rostami", "dmitri-fedorov", "daniel-reed", "spyros-antoniou"},
		Words: text("Call half an hour before you come, so that I can leave work", "نیم ساعت پیش از آمدن زنگ بزنید تا بتوانم از کار بیرون بیایم", "Να τηλεφωνείτε μισή ώρα πριν έρθετε, για να φύγω από τη δουλειά", "Позвоните за полчаса до приезда, чтобы я успел уйти с работы")},
	{Kind: "wish", Touchpoint: "installation", DaysAgo: 75, By: []string{"michael-shaw", "kaveh-rostami", "reza-nazari"},
		Words:  text("Visits on Saturdays too", "شنبه‌ها هم بیایید", "Επισκέψεις και το Σάββατο", "Приезжайте и по субботам"),
		Became: "planned", AnsweredBy: "sergei-volkov", Answer: text("From December two teams work on Saturdays.", "از دسامبر دو تیم شنبه‌ها کار می‌کنند.", "Από τον Δεκέμβριο δύο ομάδες δουλεύουν Σάββατο.", "С декабря две бригады работают по субботам.")},
	{Kind: "wish", Touchpoint: "shop-advice", DaysAgo: 60, By: []string{"lucy-bennett", "zahra-jafari"},
		Words:  text("Say in writing when the line will be ready", "زمان آماده شدن خط را کتبی بگویید", "Γράψτε μας πότε θα είναι έτοιμη η γραμμή", "Напишите, когда линия будет готова"),
		Became: "done", AnsweredBy: "helen-marsh", Answer: text("The order sheet names the day now.", "اکنون روز آن روی برگهٔ سفارش نوشته می‌شود.", "Το έντυπο της παραγγελίας γράφει πλέον την ημέρα.", "Теперь день указан в бланке заказа.")},
	{Kind: "wish", Touchpoint: "parcel-delivery", DaysAgo: 30, By: []string{"roman-kozlov", "omid-shirazi", "lefteris-manos"},
		Words: text("Leave the parcel with the neighbour", "بسته را به همسایه بدهید", "Αφήστε το δέμα στον γείτονα", "Оставьте посылку у соседа")},
	{Kind: "wish", Touchpoint: "shop-bill-help", DaysAgo: 21, By: []string{"stelios-vlachos"},
		Words:  text("A bill on paper again", "صورت‌حساب کاغذی مثل گذشته", "Πάλι λογαριασμό σε χαρτί", "Снова бумажный счёт"),
		Became: "declined", AnsweredBy: "helen-marsh", Answer: text("Too few use it to print for everybody; shops print it on request.", "کمتر از آن خواهان دارد که برای همه چاپ شود؛ فروشگاه‌ها به درخواست چاپ می‌کنند.", "Λίγοι το ζητούν για να τυπώνεται σε όλους· τα καταστήματα το τυπώνουν αν ζητηθεί.", "Слишком мало желающих, чтобы печатать всем; салоны печатают по просьбе.")},
	{Kind: "complaint", Touchpoint: "installation", DaysAgo: 12, By: []string{"kaveh-rostami", "panagiotis-kostas"},
		Words: text("Nobody told me that the wall has to be drilled", "هیچ‌کس نگفته بود که دیوار باید سوراخ شود", "Κανείς δεν μου είπε ότι θα τρυπηθεί ο τοίχος", "Никто не сказал, что придётся сверлить стену")},
	{Kind: "complaint", Touchpoint: "fault-handback", DaysAgo: 9, By: []string{"emily-foster", "mina-hosseini"},
		Words: text("I had to tell the whole story three times", "ناچار شدم همه چیز را سه بار بگویم", "Έπρεπε να τα πω όλα τρεις φορές", "Пришлось трижды рассказывать всё заново")},
	{Kind: "praise", Touchpoint: "installation", DaysAgo: 5, By: []string{"kaveh-rostami"},
		Words: text("Clean work, not a crumb left", "کار تمیز، بدون یک ذره خاک", "Καθαρή δουλειά, ούτε ψίχουλο", "Чисто сделано, ни соринки")},
	{Kind: "wish", Touchpoint: "repair-visit", DaysAgo: 1, By: []string{"dmitri-fedorov"},
		Words: text("Write me the name of who will come", "نام کسی را که می‌آید برایم بنویسید", "Γράψτε μου το όνομα όποιου θα έρθει", "Напишите, как зовут того, кто придёт")},
	{Kind: "wish", Touchpoint: "hotline", DaysAgo: 1, By: []string{"emily-foster"},
		Words: text("Call me back instead of letting me wait", "به‌جای منتظر گذاشتن، خودتان زنگ بزنید", "Πάρτε με εσείς, αντί να περιμένω", "Перезвоните сами, чтобы не ждать на линии")},
	{Kind: "praise", Touchpoint: "product-advice", DaysAgo: 4, By: []string{"yannis-dimou", "pavel-zaitsev"},
		Words: text("He did not sell me the dearest one", "گران‌ترین را به من نفروخت", "Δεν μου πούλησε το πιο ακριβό", "Не стал продавать мне самый дорогой")},
}
