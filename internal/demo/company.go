package demo

import (
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// zone is where the company lives: a city in which all four languages can be heard.
const zone = "Europe/Athens"

// Zone is the company's time zone: a store that keeps the play must be opened with it.
func Zone() *time.Location {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(fmt.Sprintf("load zone %s: %v", zone, err)) // embedded by time/tzdata, so this is a broken build
	}
	return loc
}

// text puts one thing in the four languages, always in this order.
func text(en, fa, el, ru string) i18n.Text {
	return i18n.Text{i18n.English: en, i18n.Persian: fa, i18n.Greek: el, i18n.Russian: ru}
}

// Brand is how the company signs its letters.
const Brand = "Mirava"

var companyName = text("Mirava Telecom & Shop", "میراوا، تلکام و فروشگاه", "Mirava Τηλεπικοινωνίες & Καταστήματα", "Мирава: связь и магазины")

func teams() []Team {
	return []Team{
		{"mirava", companyName, "", "dimitris-alexiou"},

		{"shops", text("Shops", "فروشگاه‌ها", "Καταστήματα", "Салоны"), "mirava", "helen-marsh"},
		{"shop-centre", text("Centre shop", "فروشگاه مرکز شهر", "Κατάστημα Κέντρου", "Салон в центре"), "shops", "nasrin-karimi"},
		{"shop-harbour", text("Harbour shop", "فروشگاه بندر", "Κατάστημα Λιμανιού", "Салон у порта"), "shops", "stelios-vlachos"},
		{"shop-north", text("North Park shop", "فروشگاه پارک شمالی", "Κατάστημα Βόρειου Πάρκου", "Салон «Северный парк»"), "shops", "irina-belova"},

		{"service-centre", text("Service centre", "مرکز خدمات مشتریان", "Κέντρο Εξυπηρέτησης", "Центр обслуживания"), "mirava", "eleni-papadaki"},
		{"hotline", text("Hotline", "خط پاسخ‌گویی", "Τηλεφωνική γραμμή", "Горячая линия"), "service-centre", "behrouz-tehrani"},
		{"tech-support", text("Technical support", "پشتیبانی فنی", "Τεχνική υποστήριξη", "Техническая поддержка"), "service-centre", "margaret-hughes"},
		{"care", text("Customer care", "امور مشتریان", "Φροντίδα πελατών", "Забота о клиентах"), "service-centre", "tatiana-orlova"},

		{"field-service", text("Field service", "خدمات در محل", "Τεχνική υπηρεσία πεδίου", "Выездная служба"), "mirava", "sergei-volkov"},
		{"dispatch", text("Visit planning", "برنامه‌ریزی مراجعه", "Προγραμματισμός επισκέψεων", "Планирование выездов"), "field-service", "maria-kalogirou"},
		{"field-east", text("Technicians East", "تکنسین‌های شرق", "Τεχνικοί Ανατολικά", "Монтажники, восток"), "field-service", "giorgos-nikolaou"},
		{"field-west", text("Technicians West", "تکنسین‌های غرب", "Τεχνικοί Δυτικά", "Монтажники, запад"), "field-service", "daniel-reed"},

		{"back-office", text("Back office and billing", "پشتیبانی اداری و صورت‌حساب", "Υποστήριξη και τιμολόγηση", "Бэк-офис и расчёты"), "mirava", "hamid-sadeghi"},
		{"billing", text("Billing", "صورت‌حساب", "Τιμολόγηση", "Расчёты"), "back-office", "anna-sokolova"},
		{"contracts", text("Contracts", "قراردادها", "Συμβόλαια", "Договоры"), "back-office", "katerina-mavridi"},
		{"activation", text("Line activation", "فعال‌سازی خطوط", "Ενεργοποίηση γραμμών", "Подключение линий"), "back-office", "peter-lang"},

		{"web-logistics", text("Web and logistics", "فروش اینترنتی و لجستیک", "Ηλεκτρονικές πωλήσεις και εφοδιαστική", "Интернет-магазин и логистика"), "mirava", "nikos-stavrou"},
		{"web-shop", text("Web shop", "فروشگاه اینترنتی", "Ηλεκτρονικό κατάστημα", "Интернет-магазин"), "web-logistics", "shirin-moradi"},
		{"warehouse", text("Warehouse", "انبار", "Αποθήκη", "Склад"), "web-logistics", "viktor-morozov"},
		{"couriers", text("Couriers", "پیک‌ها", "Διανομείς", "Курьеры"), "web-logistics", "thomas-field"},
	}
}

// staff are the people, one team after another; everybody's language is that of the name.
var staff = []struct{ key, name, team string }{
	{"dimitris-alexiou", "Δημήτρης Αλεξίου", "mirava"},
	{"maryam-ahmadi", "مریم احمدی", "mirava"},
	{"sofia-ioannou", "Σοφία Ιωάννου", "mirava"},

	{"helen-marsh", "Helen Marsh", "shops"},
	{"nasrin-karimi", "نسرین کریمی", "shop-centre"},
	{"yannis-dimou", "Γιάννης Δήμου", "shop-centre"},
	{"lucy-bennett", "Lucy Bennett", "shop-centre"},
	{"pavel-zaitsev", "Павел Зайцев", "shop-centre"},
	{"stelios-vlachos", "Στέλιος Βλάχος", "shop-harbour"},
	{"arash-mohammadi", "آرش محمدی", "shop-harbour"},
	{"ekaterina-lebedeva", "Екатерина Лебедева", "shop-harbour"},
	{"irina-belova", "Ирина Белова", "shop-north"},
	{"zahra-jafari", "زهرا جعفری", "shop-north"},
	{"oliver-grant", "Oliver Grant", "shop-north"},
	{"vasiliki-pappa", "Βασιλική Παππά", "shop-north"},

	{"eleni-papadaki", "Ελένη Παπαδάκη", "service-centre"},
	{"behrouz-tehrani", "بهروز تهرانی", "hotline"},
	{"anastasia-kuznetsova", "Анастасия Кузнецова", "hotline"},
	{"christos-lambrou", "Χρήστος Λάμπρου", "hotline"},
	{"emily-foster", "Emily Foster", "hotline"},
	{"mina-hosseini", "مینا حسینی", "hotline"},
	{"margaret-hughes", "Margaret Hughes", "tech-support"},
	{"alexei-popov", "Алексей Попов", "tech-support"},
	{"saeed-ebrahimi", "سعید ابراهیمی", "tech-support"},
	{"ioanna-georgiou", "Ιωάννα Γεωργίου", "tech-support"},
	{"tatiana-orlova", "Татьяна Орлова", "care"},
	{"leila-ghasemi", "لیلا قاسمی", "care"},
	{"jack-turner", "Jack Turner", "care"},

	{"sergei-volkov", "Сергей Волков", "field-service"},
	{"maria-kalogirou", "Μαρία Καλογήρου", "dispatch"},
	{"simon-clarke", "Simon Clarke", "dispatch"},
	{"giorgos-nikolaou", "Γιώργος Νικολάου", "field-east"},
	{"kaveh-rostami", "کاوه رستمی", "field-east"},
	{"dmitri-fedorov", "Дмитрий Фёдоров", "field-east"},
	{"michael-shaw", "Michael Shaw", "field-east"},
	{"panagiotis-kostas", "Παναγιώτης Κώστας", "field-east"},
	{"daniel-reed", "Daniel Reed", "field-west"},
	{"reza-nazari", "رضا نظری", "field-west"},
	{"ivan-smirnov", "Иван Смирнов", "field-west"},
	{"spyros-antoniou", "Σπύρος Αντωνίου", "field-west"},
	{"morteza-bagheri", "مرتضی باقری", "field-west"},

	{"hamid-sadeghi", "حمید صادقی", "back-office"},
	{"anna-sokolova", "Анна Соколова", "billing"},
	{"despina-karra", "Δέσποινα Καρρά", "billing"},
	{"grace-palmer", "Grace Palmer", "billing"},
	{"ali-rahimi", "علی رحیمی", "billing"},
	{"katerina-mavridi", "Κατερίνα Μαυρίδη", "contracts"},
	{"parisa-yousefi", "پریسا یوسفی", "contracts"},
	{"nikolai-vasiliev", "Николай Васильев", "contracts"},
	{"peter-lang", "Peter Lang", "activation"},
	{"marina-egorova", "Марина Егорова", "activation"},

	{"nikos-stavrou", "Νίκος Σταύρου", "web-logistics"},
	{"shirin-moradi", "شیرین مرادی", "web-shop"},
	{"laura-hill", "Laura Hill", "web-shop"},
	{"artem-nikitin", "Артём Никитин", "web-shop"},
	{"viktor-morozov", "Виктор Морозов", "warehouse"},
	{"olga-smirnova", "Ольга Смирнова", "warehouse"},
	{"thanasis-raptis", "Θανάσης Ράπτης", "warehouse"},
	{"thomas-field", "Thomas Field", "couriers"},
	{"omid-shirazi", "امید شیرازی", "couriers"},
	{"lefteris-manos", "Λευτέρης Μάνος", "couriers"},
	{"roman-kozlov", "Роман Козлов", "couriers"},
}

// moves are transfers: until daysAgo the employee worked in the team named here, and contacts of that time say so.
var moves = []struct {
	employee, from string
	daysAgo        int
}{
	{"morteza-bagheri", "field-east", 100},
}

func employees() []Employee {
	signs := map[string]bool{}
	for _, s := range signIns {
		signs[s.Employee] = true
	}
	list := make([]Employee, 0, len(staff))
	for _, s := range staff {
		e := Employee{Key: s.key, Name: s.name, Team: s.team, Email: s.key + "@mirava.example", Language: script(s.name)}
		if signs[s.key] {
			e.Login = e.Email
		}
		list = append(list, e)
	}
	return list
}

// script guesses a name's language from its first letter.
func script(name string) i18n.Lang {
	switch r := []rune(name)[0]; {
	case r >= 0x0600 && r <= 0x06FF:
		return i18n.Persian
	case r >= 0x0370 && r <= 0x03FF:
		return i18n.Greek
	case r >= 0x0400 && r <= 0x04FF:
		return i18n.Russian
	}
	return i18n.English
}

var signIns = []SignIn{
	{"employee", text("Technician", "تکنسین", "Τεχνικός", "Монтажник"), "kaveh-rostami", i18n.Persian},
	{"supervisor", text("Team supervisor", "سرپرست تیم", "Προϊστάμενος ομάδας", "Руководитель группы"), "giorgos-nikolaou", i18n.Greek},
	{"owner", text("Touchpoint owner", "مسئول نقطهٔ تماس", "Υπεύθυνη σημείου επαφής", "Ответственная за точку контакта"), "olga-smirnova", i18n.Russian},
	{"leader", text("Journey leader", "راهبر سفر مشتری", "Επικεφαλής ταξιδιού", "Лидер пути клиента"), "margaret-hughes", i18n.English},
	{"manager", text("Manager", "مدیر", "Διευθύντρια", "Руководство компании"), "maryam-ahmadi", i18n.Persian},
	{"administrator", text("Administrator", "مدیر سامانه", "Διαχειρίστρια", "Администратор"), "sofia-ioannou", i18n.Greek},
}

// SignIns names one person per role, with languages that differ; who plays them gives them passwords.
func SignIns() []SignIn { return append([]SignIn(nil), signIns...) }

func touchpoints() []Touchpoint {
	return []Touchpoint{
		{"shop-advice", text("Fibre advice in the shop", "مشاورهٔ فیبر در فروشگاه", "Ενημέρωση για οπτική ίνα στο κατάστημα", "Консультация по оптике в салоне"), "shop", "positioning", "shops", "helen-marsh", "both", FibrePromise.Promised, 950},
		{"contract-check", text("Contract and address check", "بررسی قرارداد و نشانی", "Έλεγχος συμβολαίου και διεύθυνσης", "Проверка договора и адреса"), "mail", "product", "contracts", "katerina-mavridi", "process", 0, 420},
		{"router-delivery", text("Router delivery", "تحویل مودم", "Παράδοση του router", "Доставка роутера"), "visit", "logistics", "couriers", "thomas-field", "both", 0, 680},
		{"appointment", text("Appointment call", "هماهنگی وقت نصب", "Τηλεφώνημα για ραντεβού", "Звонок о времени визита"), "phone", "support", "dispatch", "maria-kalogirou", "person", 0, 310},
		{"line-activation", text("Line activation", "فعال‌سازی خط", "Ενεργοποίηση γραμμής", "Активация линии"), "sms", "product", "activation", "peter-lang", "process", 0, 540},
		{"installation", text("Installation at home", "نصب در منزل", "Εγκατάσταση στο σπίτι", "Подключение на дому"), "visit", "product", "field-service", "sergei-volkov", "person", 0, 5200},
		{"check-call", text("“Is everything working?” call", "تماس «همه‌چیز درست کار می‌کند؟»", "Κλήση «Όλα λειτουργούν;»", "Звонок «Всё работает?»"), "phone", "support", "care", "tatiana-orlova", "person", 0, 280},

		{"status-page", text("Network status page", "صفحهٔ وضعیت شبکه", "Σελίδα κατάστασης δικτύου", "Страница состояния сети"), "web", "site", "tech-support", "saeed-ebrahimi", "process", 0, 4},
		{"hotline", text("Call to the hotline", "تماس با خط پاسخ‌گویی", "Κλήση στη γραμμή εξυπηρέτησης", "Звонок на горячую линию"), "phone", "support", "hotline", "margaret-hughes", "person", 0, 410},
		{"remote-diagnosis", text("Remote diagnosis", "عیب‌یابی از راه دور", "Απομακρυσμένος έλεγχος", "Удалённая диагностика"), "chat", "support", "tech-support", "margaret-hughes", "person", 2, 620},
		{"repair-visit", text("Repair visit", "مراجعه برای رفع خرابی", "Επίσκεψη για επισκευή", "Ремонтный выезд"), "visit", "support", "field-service", "sergei-volkov", "person", 0, 5900},
		{"fault-handback", text("Fault handed back to the service centre", "بازگشت خرابی به مرکز خدمات", "Επιστροφή της βλάβης στο κέντρο εξυπηρέτησης", "Возврат заявки в центр обслуживания"), "phone", "support", "service-centre", "margaret-hughes", "both", 0, 730},
		{"fault-closing", text("Message that the fault is gone", "پیام رفع خرابی", "Μήνυμα αποκατάστασης βλάβης", "Сообщение об устранении"), "sms", "support", "tech-support", "margaret-hughes", "process", 0, 12},

		{"my-account", text("Bill in the online account", "صورت‌حساب در حساب کاربری", "Λογαριασμός στο διαδικτυακό προφίλ", "Счёт в личном кабинете"), "web", "site", "billing", "grace-palmer", "process", 0, 5},
		{"billing-call", text("Call about the bill", "تماس دربارهٔ صورت‌حساب", "Κλήση για τον λογαριασμό", "Звонок по поводу счёта"), "phone", "support", "hotline", "behrouz-tehrani", "person", 5, 430},
		{"shop-bill-help", text("Help with the bill in the shop", "راهنمایی صورت‌حساب در فروشگاه", "Βοήθεια για τον λογαριασμό στο κατάστημα", "Помощь со счётом в салоне"), "shop", "support", "shops", "helen-marsh", "person", 0, 700},
		{"bill-review", text("Review of the bill", "بازبینی صورت‌حساب", "Έλεγχος του λογαριασμού", "Проверка счёта"), "mail", "support", "billing", "anna-sokolova", "both", 0, 880},
		{"correction", text("Correction by the billing system", "اصلاح در سامانهٔ صورت‌حساب", "Διόρθωση από το σύστημα τιμολόγησης", "Исправление в расчётной системе"), "", "product", "billing", "anna-sokolova", "process", 0, 35},
		{"bill-answer", text("Call with the result", "تماس برای اعلام نتیجه", "Κλήση με το αποτέλεσμα", "Звонок с результатом"), "phone", "support", "care", "tatiana-orlova", "person", 0, 330},

		{"product-advice", text("Product advice in the shop", "مشاورهٔ خرید در فروشگاه", "Συμβουλή αγοράς στο κατάστημα", "Консультация о товаре в салоне"), "shop", "positioning", "shops", "helen-marsh", "person", 0, 820},
		{"web-order", text("Order in the web shop", "سفارش در فروشگاه اینترنتی", "Παραγγελία στο ηλεκτρονικό κατάστημα", "Заказ в интернет-магазине"), "web", "site", "web-shop", "shirin-moradi", "process", 3, 30},
		{"shop-chat", text("Chat with the web shop", "گفت‌وگوی برخط با فروشگاه", "Συνομιλία με το ηλεκτρονικό κατάστημα", "Чат интернет-магазина"), "chat", "support", "web-shop", "shirin-moradi", "person", 0, 260},
		{"payment", text("Payment", "پرداخت", "Πληρωμή", "Оплата"), "web", "site", "web-shop", "laura-hill", "process", 0, 18},
		{"packing", text("Picking and packing", "آماده‌سازی و بسته‌بندی", "Προετοιμασία και συσκευασία", "Сборка и упаковка"), "", "logistics", "warehouse", "olga-smirnova", "process", 0, 240},
		{"parcel-delivery", text("Parcel delivery", "تحویل بسته", "Παράδοση δέματος", "Доставка посылки"), "visit", "logistics", "couriers", "olga-smirnova", "person", 0, 590},
	}
}

func must(key string) Step               { return Step{Touchpoint: key, Mandatory: true} }
func may(key string) Step                { return Step{Touchpoint: key} }
func again(key string) Step              { return Step{Touchpoint: key, Repeatable: true} }
func stage(n i18n.Text, s ...Step) Stage { return Stage{n, s} }

func journeys() []Journey {
	return []Journey{
		{
			Key:    "fibre",
			Name:   text("I want fibre at home", "می‌خواهم در خانه فیبر نوری داشته باشم", "Θέλω οπτική ίνα στο σπίτι", "Хочу оптику домой"),
			Need:   text("Fast internet in my home, on the day I was told, without having to chase anybody.", "اینترنت پرسرعت در خانه، در همان روزی که گفته‌اند، بدون پیگیری‌های پی‌درپی.", "Γρήγορο ίντερνετ στο σπίτι μου, την ημέρα που μου είπαν, χωρίς να κυνηγάω κανέναν.", "Быстрый интернет дома в обещанный день, без бесконечных напоминаний."),
			Leader: "sergei-volkov",
			Stages: []Stage{
				stage(text("Choosing", "انتخاب", "Επιλογή", "Выбор"), must("shop-advice"), must("contract-check")),
				stage(text("Preparing", "آماده‌سازی", "Προετοιμασία", "Подготовка"), may("router-delivery"), must("appointment"), must("line-activation")),
				stage(text("Connecting", "اتصال", "Σύνδεση", "Подключение"), must("installation"), must("check-call")),
			},
			Completes: CompletesLastMandatory, AbandonAfterDays: 45,
			Survey: Survey{"nps", 0, 10, text(
				"How likely are you to recommend getting fibre from us to a friend or colleague?",
				"چقدر احتمال دارد گرفتن فیبر نوری از ما را به دوست یا همکارتان توصیه کنید؟",
				"Πόσο πιθανό είναι να συστήσετε σε έναν φίλο ή συνάδελφο να βάλει οπτική ίνα από εμάς;",
				"Насколько вероятно, что вы посоветуете другу или коллеге подключить у нас оптику?"), touchpointScale},
		},
		{
			Key:    "broken",
			Name:   text("My internet is broken", "اینترنتم قطع است", "Δεν λειτουργεί το ίντερνετ μου", "У меня не работает интернет"),
			Need:   text("I am cut off. I want to be online again soon, and to explain the problem only once.", "ارتباطم قطع شده است. می‌خواهم زود وصل شوم و مشکل را فقط یک بار توضیح بدهم.", "Έμεινα χωρίς σύνδεση. Θέλω να επανέλθει γρήγορα και να εξηγήσω το πρόβλημα μόνο μία φορά.", "Связи нет. Хочу снова быть в сети, и объяснять проблему только один раз."),
			Leader: "margaret-hughes",
			Stages: []Stage{
				stage(text("Reporting", "اعلام خرابی", "Αναφορά βλάβης", "Обращение"), may("status-page"), must("hotline")),
				stage(text("Finding and repairing", "عیب‌یابی و تعمیر", "Εντοπισμός και επισκευή", "Поиск и ремонт"), again("remote-diagnosis"), again("repair-visit"), may("fault-handback")),
				stage(text("Closing", "پایان", "Ολοκλήρωση", "Завершение"), must("fault-closing")),
			},
			Completes: CompletesLastMandatory, AbandonAfterDays: 21,
			Survey: Survey{"csat", 1, 5, text(
				"How satisfied are you with how we got your internet working again?",
				"از روند وصل‌شدن دوبارهٔ اینترنتتان چقدر راضی هستید؟",
				"Πόσο ικανοποιημένοι είστε από τον τρόπο που αποκαταστάθηκε το ίντερνετ σας;",
				"Насколько вы довольны тем, как мы восстановили ваш интернет?"), touchpointScale},
		},
		{
			Key:    "bill",
			Name:   text("My bill is wrong", "صورت‌حسابم اشتباه است", "Ο λογαριασμός μου είναι λάθος", "В моём счёте ошибка"),
			Need:   text("I was charged something I do not understand. I want it explained, and put right if it is wrong.", "مبلغی در صورت‌حسابم هست که نمی‌فهمم. می‌خواهم توضیح بدهند و اگر اشتباه است درستش کنند.", "Χρεώθηκα κάτι που δεν καταλαβαίνω. Θέλω μια εξήγηση και, αν είναι λάθος, διόρθωση.", "С меня взяли непонятную сумму. Хочу объяснения, а если это ошибка, то исправления."),
			Leader: "anna-sokolova",
			Stages: []Stage{
				stage(text("Asking", "پرسش", "Ερώτηση", "Вопрос"), may("my-account"), must("billing-call"), may("shop-bill-help")),
				stage(text("Checking", "بررسی", "Έλεγχος", "Проверка"), must("bill-review"), may("correction")),
				stage(text("Answering", "پاسخ", "Απάντηση", "Ответ"), must("bill-answer")),
			},
			Completes: CompletesCall, AbandonAfterDays: 30,
			Survey: Survey{"ces", 1, 7, text(
				"Mirava made it easy for me to have my bill put right. Do you agree?",
				"میراوا کار اصلاح صورت‌حساب را برایم آسان کرد. چقدر موافقید؟",
				"Η Mirava μου έκανε εύκολη τη διόρθωση του λογαριασμού μου. Συμφωνείτε;",
				"В «Мираве» мне было легко разобраться со счётом. Согласны?"), touchpointScale},
		},
		{
			Key:    "product",
			Name:   text("I want this product", "این کالا را می‌خواهم", "Θέλω αυτό το προϊόν", "Хочу этот товар"),
			Need:   text("I know what I want, or nearly. I want it at my door, whole, when you say so.", "می‌دانم چه می‌خواهم، یا تقریباً. می‌خواهم سالم و سرِ وقت به دستم برسد.", "Ξέρω τι θέλω, ή περίπου. Το θέλω στην πόρτα μου, άθικτο, όταν μου το υποσχεθείτε.", "Я знаю, чего хочу, ну почти. Пусть привезут целым и в обещанный срок."),
			Leader: "nikos-stavrou",
			Stages: []Stage{
				stage(text("Looking", "جست‌وجو", "Αναζήτηση", "Выбор"), may("product-advice"), again("shop-chat")),
				stage(text("Buying", "خرید", "Αγορά", "Покупка"), must("web-order"), must("payment")),
				stage(text("Receiving", "دریافت", "Παραλαβή", "Получение"), must("packing"), must("parcel-delivery")),
			},
			Completes: CompletesLastMandatory, AbandonAfterDays: 21,
			Survey: Survey{"csat", 1, 5, text(
				"How satisfied are you with your purchase, from choosing to receiving?",
				"از خریدتان، از انتخاب تا تحویل، چقدر راضی هستید؟",
				"Πόσο ικανοποιημένοι είστε από την αγορά σας, από την επιλογή ως την παραλαβή;",
				"Насколько вы довольны покупкой, от выбора до получения?"), touchpointScale},
		},
	}
}

// touchpointScale is the scale of every touchpoint rating, as stat.Scale prints it.
const touchpointScale = "csat_1_5"
