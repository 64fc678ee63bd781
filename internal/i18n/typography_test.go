package i18n

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// foreign are the Latin words that texts in other alphabets may hold: names of formats, measures and things one types.
var foreign = strings.Fields(`Journeyloop Ctrl K Esc n= XLSX XES csv xes .csv .xes NPS CSAT CES CSV JSON XML DOCTYPE API SMS E-mail e-mail UTF-8 POST /api/v1/runs/{key}/completion
	application/json ?create=1 true false en fa el ru fibre-order hotline name@example.com Asia/Tehran EUR IRR RUB Tab MB kB byte n`)

var latinRun = regexp.MustCompile(`[/?]?[A-Za-z][A-Za-z0-9/@{}=.\-]*`)

func foreignWord(text string) string {
	for _, word := range latinRun.FindAllString(text, -1) {
		if word = strings.TrimRight(word, ".,-"); !slices.Contains(foreign, word) {
			return word
		}
	}
	return ""
}

// typography are the rules of glossary.md for every language or one of them; lang "" is every language. They are held
// against the text without its placeholders, each of which stands as one letter x.
var typography = []struct {
	lang  Lang
	wrong *regexp.Regexp
	rule  string
}{
	{"", regexp.MustCompile(`["']`), "quotes and apostrophes are “ ” ’ in English and « » elsewhere, never straight"},
	{"", regexp.MustCompile(`  |[ \x{00a0}][ \x{00a0}]`), "two spaces"},
	{"", regexp.MustCompile(`\.\.`), "an ellipsis is one sign: …"},
	{"", regexp.MustCompile(`\S ([.,;:!،؛؟»)]|\?(\s|$))`), "no space before a mark"},
	{"", regexp.MustCompile(` - |--`), "a dash is – or —, not a hyphen"},
	{"", regexp.MustCompile(`[٠-٩]`), "no Arabic digits; Persian ones are others"},
	{English, regexp.MustCompile(`[«»„]|\d %`), "English quotes are “ ”, and no space stands before %"},
	{Greek, regexp.MustCompile(`[“”„]|\d %`), "Greek quotes are « », and no space stands before %"},
	{Greek, regexp.MustCompile(`[\x{1F00}-\x{1FFF}]`), "Greek accents are monotonic"},
	{Greek, regexp.MustCompile(`ος/η|ης/τρια|\(η\)|\(τρια\)`), "say it without naming two genders"},
	{Russian, regexp.MustCompile(`[“”„]`), "Russian quotes are « »"},
	{Russian, regexp.MustCompile(`\d ?%`), "an unbreakable space stands before % in Russian"},
	{Russian, regexp.MustCompile(`\((а|ла|ась|на)\)`), "say it without naming two genders"},
	{Russian, regexp.MustCompile(`[\p{Ll},:;–—] (Вы|Вас|Вам|Вами|Ваш\pL*)(\PL|$)`), "вы takes a small letter"},
	{Russian, regexp.MustCompile(`(?i)(^|\PL)(еще|ее|нее|мое|твое|свое|чье|все еще|учет\pL*|прочтет|придет|идет|дает|найдем|счет|прошел|пришел|вошел)(\PL|$)`), "ё is written"},
	{Russian, regexp.MustCompile(` – `), "the Russian dash is —"},
	{Persian, regexp.MustCompile(`[“”„]|%`), "Persian has « » and ٪"},
	{Persian, regexp.MustCompile(`ه\x{200c}ی(\s|$)|ۀ`), "the ezafe of a silent heh is هٔ"},
	{Persian, regexp.MustCompile(`(^|[^\pL])(این|آن)\x{200c}(جا|که)`), "اینجا، آنجا، اینکه are written as one word"},
	{Persian, regexp.MustCompile(`\x{200c}\x{200c}`), "one zero-width non-joiner is enough"},
}

// glued are Persian words that only look as if they lacked a zero-width non-joiner. After a letter that joins nothing on its
// left (ا د ر ز و) it would change nothing and is not asked for.
var (
	verbPrefix = regexp.MustCompile(`^ن?می\pL{2,}$`)
	pluralEnd  = regexp.MustCompile(`[^اآدذرزژو\x{200c}\x{0654}](ها|های|هایی)$`)
	glued      = strings.Fields(`میان میانگین میلادی میزان میلیون میل میز میزبان میدان تنها تنهایی به‌تنهایی منهای بها بهای انتها انتهای نمی نهایی`)
)

func gluedWord(text string) string {
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && c != '\u200c' && c != '\u0654' }) {
		if (verbPrefix.MatchString(word) || pluralEnd.MatchString(word)) && !slices.Contains(glued, word) {
			return word
		}
	}
	return ""
}

// unaccented finds a Greek word of several syllables without its accent; capitals need none.
func unaccented(text string) string {
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return !unicode.Is(unicode.Greek, c) }) {
		if strings.ContainsAny(word, "άέήίόύώΐΰΆΈΉΊΌΎΏ") || word == strings.ToUpper(word) {
			continue
		}
		if syllables := strings.FieldsFunc(word, func(c rune) bool { return !strings.ContainsRune("αεηιουωΑΕΗΙΟΥΩϊϋ", c) }); len(syllables) > 1 {
			return word
		}
	}
	return ""
}

func checkTypography(lang Lang, text string) (problems []string) {
	bare := placeholder.ReplaceAllString(text, "x")
	for _, rule := range typography {
		if (rule.lang == "" || rule.lang == lang) && rule.wrong.MatchString(bare) {
			problems = append(problems, rule.rule)
		}
	}
	bare = placeholder.ReplaceAllString(text, " ")
	if lang != Persian && strings.ContainsFunc(bare, func(c rune) bool { return c >= '۰' && c <= '۹' }) {
		problems = append(problems, "Persian digits")
	}
	if lang == English {
		return problems
	}
	if word := foreignWord(bare); word != "" {
		problems = append(problems, "an English word where a translation is expected: "+word)
	}
	if lang == Persian && regexp.MustCompile(`[0-9]`).MatchString(latinRun.ReplaceAllString(bare, "")) {
		problems = append(problems, "Latin digits")
	}
	if word := gluedWord(bare); lang == Persian && word != "" {
		problems = append(problems, "a zero-width non-joiner is missing: "+word)
	}
	if word := unaccented(bare); lang == Greek && word != "" {
		problems = append(problems, "an accent is missing: "+word)
	}
	return problems
}

func TestTypography(t *testing.T) {
	for _, name := range areas(t) {
		for _, lang := range Languages {
			for key, m := range area(t, name, lang) {
				for _, text := range formsOf(m) {
					for _, problem := range checkTypography(lang, text) {
						t.Errorf("%s in %s: %s: %q", key, lang, problem, text)
					}
				}
			}
		}
	}
}

// The rules must see what they are for, or a clean catalogue proves nothing.
func TestTypographySeesMistakes(t *testing.T) {
	for _, c := range []struct {
		sentence string
		lang     Lang
		text     string
	}{
		{"untranslated", Greek, "Save the journey"},
		{"an English word inside", Russian, "Этот journey пуст"},
		{"an English word inside Persian", Persian, "این journey خالی است"},
		{"Latin digits in Persian", Persian, "تا 30 روز"},
		{"Arabic digits", Persian, "تا ٣ روز"},
		{"Persian digits in Greek", Greek, "έως ۳ ημέρες"},
		{"a glued می", Persian, "او میخواهد"},
		{"a glued نمی", Persian, "او نمیخواهد"},
		{"a glued plural", Persian, "همهٔ سفرها و پاسخها"},
		{"an ezafe as a letter", Persian, "همه‌ی سفر"},
		{"a Latin per cent sign in Persian", Persian, "۹۵%"},
		{"a straight apostrophe", English, "the customer's words"},
		{"straight quotes", Russian, `Путь "Оптика"`},
		{"three points", English, "Loading..."},
		{"two spaces", Greek, "Δεν  βρέθηκε"},
		{"a space before a full stop", Greek, "Δεν βρέθηκε ."},
		{"a hyphen as a dash", Russian, "Путь - это потребность"},
		{"no accent", Greek, "Δεν βρεθηκε"},
		{"polytonic Greek", Greek, "Ὁ πελάτης"},
		{"two genders in Russian", Russian, "Обслуживал(а)"},
		{"a capital Вы", Russian, "Если Вы хотите"},
		{"е for ё", Russian, "Показать еще"},
		{"a per cent sign without its space", Russian, "95%"},
	} {
		if got := checkTypography(c.lang, c.text); len(got) == 0 {
			t.Errorf("%s is not seen: %q", c.sentence, c.text)
		}
	}
}
