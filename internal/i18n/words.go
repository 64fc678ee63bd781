package i18n

import (
	"strings"
	"unicode"
)

// Words are the words of a comment as the analysis of comments counts them (methods.md §9): normalised, without the
// language's function words, single letters and numbers. Negations stay, and each is also joined to the next word that
// counts ("not good"). Persian prefixes and suffixes that stand free are glued on, so that می‌کند, می کند and میکند are one
// word. There is no stemming: in small data wrong conflations are worse than split counts. It is not for search: that is
// Normalize.
func Words(lang Lang, text string) []string {
	tokens := strings.FieldsFunc(apart(Normalize(text)), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) })
	if lang == Persian {
		tokens = joined(tokens)
	}
	var out []string
	negation := ""
	for _, t := range tokens {
		switch {
		case negations[lang][t]:
			out = append(out, t)
			negation = t
			continue
		case functionWords[lang][t] || !isWord(t):
			continue
		case negation != "":
			out = append(out, negation+" "+t)
		}
		out = append(out, t)
		negation = ""
	}
	return out
}

// ByScript is the language of a text whose language nobody has stored, by the first of our scripts in it; false when there
// is none (methods.md §9).
func ByScript(text string) (Lang, bool) {
	for _, c := range text {
		switch {
		case unicode.Is(unicode.Arabic, c):
			return Persian, true
		case unicode.Is(unicode.Greek, c):
			return Greek, true
		case unicode.Is(unicode.Cyrillic, c):
			return Russian, true
		case unicode.Is(unicode.Latin, c):
			return English, true
		}
	}
	return "", false
}

// apart takes English endings off: ’s goes, n’t is a not of its own.
var apart = strings.NewReplacer("n't", " not", "n’t", " not", "'s", "", "’s", "").Replace

func isWord(t string) bool {
	letters, runes := false, 0
	for _, c := range t {
		runes++
		letters = letters || unicode.IsLetter(c)
	}
	return letters && runes >= 2
}

// joined glues free-standing Persian prefixes to the word after and suffixes to the word before.
func joined(tokens []string) []string {
	var out []string
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if persianPrefixes[t] && i+1 < len(tokens) {
			i++
			t += tokens[i]
		}
		if persianSuffixes[t] && len(out) > 0 {
			out[len(out)-1] += t
			continue
		}
		out = append(out, t)
	}
	return out
}

var (
	persianPrefixes = listed("می نمی بی")
	persianSuffixes = listed("ها های هایی تر ترین ام ات اش اند ای ایم اید مان تان شان")
)

var negations = map[Lang]map[string]bool{
	English: listed("not no never"),
	Persian: listed("نه هیچ بدون هرگز"),
	Greek:   listed("δεν δε μην όχι ποτέ χωρίς"),
	Russian: listed("не нет ни никогда без"),
}

// functionWords are our own short lists: words that only hold a sentence together. Words of experience (good, late, wait,
// problem, call) are not among them, and negations neither.
var functionWords = map[Lang]map[string]bool{
	English: listed(`the and or but if then than that this these those there here it its he she they them their his her
		we us our you your me my mine of in on at to from for by with about into over as is are was were be been being am
		do does did done have has had having will would shall should can ca could may might must wo what which who whom when
		where how so such too also just very only own same any some all each both im ive ll re ve`),
	Persian: listed(`و در به از که را با این آن برای تا بر یا هم هر است بود شد شده می نمی من ما شما او آنها ایشان تو خود اما ولی
		اگر پس چون یک دو بعد قبل همین همان چه کی آیا نیز باید شود کرد کرده کردند کردم دارد داشت دارم داریم هستند هستم هستیم
		بودم بودند باشد باشند شدم شدند دادم داد دادند داده رو تون اون اینکه آنکه وقتی البته یعنی خیلی چند`),
	Greek: listed(`ο η το οι τα του της των τον την τους τις στο στη στην στον στα στις στους σε με και κι ή αλλά αν ότι πως που
		να θα για από προς ως κατά μετά πριν είναι ήταν είμαι είχα είχε είχαν έχω έχει έχουν έχετε έχουμε ήμουν εγώ εσύ εμείς εσείς
		αυτός αυτή αυτό αυτά αυτοί μου σου μας σας τι πώς όπως όταν ενώ επειδή γιατί ένα ένας μια μία εδώ εκεί λοιπόν όμως ας πολύ όλα όλοι κάτι κάθε`),
	Russian: listed(`и в во на с со к ко от до из у о об за по для при над под про через а но или что чтобы как так то же ли бы
		если когда где кто это этот эта эти тот та те я мы вы ты он она они оно меня мне мной нас нам вас вам его её ему ей их им
		мой моя мои наш ваш свой был была было были есть быть будет буду все всё весь там тут здесь уже ещё ведь вот даже только
		потом который которая которые
		очень этого этому этом этой того тем`),
}

// listed is the set of the words, in the form Normalize gives them.
func listed(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(Normalize(words)) {
		out[w] = true
	}
	return out
}
