package casework

import (
	"slices"
	"testing"
)

func TestWordsThatAlarm(t *testing.T) {
	for said, want := range map[string][]Kind{
		"The socket was left open. This is dangerous for my children!":   {Danger},
		"It smells of gas since your man was here":                       {Danger},
		"You will hear from my lawyer":                                   {Law},
		"I am leaving. Cancel my contract, or I will take you to court.": {Law, Leaving},
		"Never again.":             {Leaving},
		"Not dangerous, just slow": nil,
		"I do not want to cancel my contract, only to understand the bill": nil,
		"Never again had a problem since":                                  nil,
		"He suede-polished the table":                                      nil,
		"Fast and friendly. I would order again.":                          nil,
		"سیم لخت رها شده بود، خیلی خطرناک است":                             {Danger},
		"بوی گاز می‌آید و کسی جواب نمی‌دهد":                                {Danger},
		"از طریق وکیل پیگیری می‌کنم":                                       {Law},
		"به سازمان حمایت از مصرف‌کننده شکایت می‌کنم":                       {Law},
		"می‌خواهم قراردادم را لغو کنم":                                     {Leaving},
		"دیگه از شما خرید نمی‌کنم، آخرین بارم بود":                         {Leaving},
		"خطرناک نیست، فقط دیر شد":                                          nil,
		"کارشان عالی بود و زود رسیدند":                                     nil,
		"Άφησαν τα καλώδια γυμνά, είναι επικίνδυνο":                        {Danger},
		"ΜΥΡΙΖΕΙ ΚΑΜΕΝΟ ΑΠΟ ΧΘΕΣ":                                          {Danger},
		"Θα απευθυνθώ στον δικηγόρο μου":                                   {Law},
		"Θα κάνω μήνυση και θα αλλάξω εταιρεία":                            {Law, Leaving},
		"Ήταν η τελευταία φορά που παρήγγειλα":                             {Leaving},
		"Δεν ήταν επικίνδυνο, απλώς άργησαν":                               nil,
		"Ευγενικός τεχνικός, όλα καλά":                                     nil,
		"Провода торчат, это опасно для детей":                             {Danger},
		"Меня ударило током!":                                              {Danger},
		"Обращусь в Роспотребнадзор и в суд.":                              {Law},
		"Мой адвокат уже пишет вам":                                        {Law},
		"Хочу расторгнуть договор, больше никогда к вам":                   {Leaving},
		"Установили безопасно и быстро":                                    nil,
		"Рассудили по справедливости":                                      nil,
		"The last time I called they were very kind":                       nil,
		"Την τελευταία φορά που κάλεσα ήταν ευγενικοί":                     nil,
		"В последний раз мастер пришёл вовремя, никто не пострадал":        nil,
		"شعبهٔ وکیل‌آباد خیلی خوب بود":                                     nil,
		"وکیلم با شما تماس می‌گیرد":                                        {Law},
		"می روم سراغ شرکت دیگری":                                           {Leaving},
		"Всё хорошо, спасибо":                                              nil,
		"":                                                                 nil,
	} {
		var got []Kind
		for _, a := range alarming(said) {
			got = append(got, a.kind)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", said, got, want)
		}
	}
}
