package i18n

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
)

// cardinals are CLDR's plural forms; Russian "other" is for fractions and for T, which has no count.
var cardinals = map[Lang][]plural.Form{
	English: {plural.One, plural.Other},
	Persian: {plural.One, plural.Other},
	Greek:   {plural.One, plural.Other},
	Russian: {plural.One, plural.Few, plural.Many, plural.Other},
}

type entries map[string]*goi18n.Message

func area(t *testing.T, name string, lang Lang) entries {
	t.Helper()
	file := "catalogue/" + name + "." + string(lang) + ".toml"
	list, err := readArea(files, file)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	found := entries{}
	for _, m := range list {
		found[m.ID] = m
	}
	return found
}

func areas(t *testing.T) []string {
	t.Helper()
	paths, err := fs.Glob(files, "catalogue/*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	found := map[string]bool{}
	for _, p := range paths {
		words := strings.Split(path.Base(p), ".")
		if len(words) != 3 || words[2] != "toml" {
			t.Errorf("%s is not named <area>.<lang>.toml", p)
			continue
		}
		if _, known := Known(words[1]); !known {
			t.Errorf("%s: no language %s", p, words[1])
		}
		found[words[0]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// eachMessage walks every area with its four languages side by side.
func eachMessage(t *testing.T, check func(t *testing.T, key string, in map[Lang]*goi18n.Message)) {
	for _, name := range areas(t) {
		t.Run(name, func(t *testing.T) {
			sides := map[Lang]entries{}
			keys := map[string]bool{}
			for _, lang := range Languages {
				sides[lang] = area(t, name, lang)
				for key := range sides[lang] {
					keys[key] = true
				}
			}
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				in := map[Lang]*goi18n.Message{}
				for _, lang := range Languages {
					if m := sides[lang][key]; m != nil {
						in[lang] = m
					}
				}
				check(t, key, in)
			}
		})
	}
}

func TestEveryKeyExistsInAllLanguages(t *testing.T) {
	eachMessage(t, func(t *testing.T, key string, in map[Lang]*goi18n.Message) {
		for _, lang := range Languages {
			if in[lang] == nil {
				t.Errorf("%s is missing in %s", key, lang)
			}
		}
		if !regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`).MatchString(key) {
			t.Errorf("%s is not a flat dotted key", key)
		}
	})
}

func TestTheCatalogueLoads(t *testing.T) {
	for _, lang := range Languages {
		if _, err := load(files, lang); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
}

func TestPluralFormsAreThoseOfTheLanguage(t *testing.T) {
	eachMessage(t, func(t *testing.T, key string, in map[Lang]*goi18n.Message) {
		counted := false
		for _, m := range in {
			counted = counted || len(present(m)) > 1
		}
		for lang, m := range in {
			want := []plural.Form{plural.Other}
			if counted {
				want = cardinals[lang]
			}
			if got := present(m); !sameForms(got, want) {
				t.Errorf("%s in %s has plural forms %v, want %v (0 other, 2 one, 4 few, 5 many)", key, lang, got, want)
			}
		}
	})
}

func present(m *goi18n.Message) []plural.Form {
	var forms []plural.Form
	for form, text := range formsOf(m) {
		if text != "" {
			forms = append(forms, form)
		}
	}
	return forms
}

func sameForms(a, b []plural.Form) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// The form "one" may leave out the count only where it means exactly 1: English and Greek. In Russian it also means 21, in
// Persian 0.
func TestPlaceholdersAgree(t *testing.T) {
	eachMessage(t, func(t *testing.T, key string, in map[Lang]*goi18n.Message) {
		if in[English] == nil {
			return // reported by the test of keys
		}
		want := placeholders(in[English].Other)
		for lang, m := range in {
			for form, text := range formsOf(m) {
				got := placeholders(text)
				if form == plural.One && (lang == English || lang == Greek) && !slices.Contains(got, "n") {
					got = slices.Sorted(slices.Values(append(got, "n")))
				}
				if text != "" && !slices.Equal(got, want) {
					t.Errorf("%s in %s has placeholders %v, English has %v", key, lang, got, want)
				}
			}
		}
	})
}

func placeholders(text string) []string {
	found := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// What glossary.md asks of spelling, as far as a machine can see it.
var spelling = []struct {
	lang  Lang
	wrong *regexp.Regexp
	rule  string
}{
	{Persian, regexp.MustCompile(`[يىكة]`), "Persian letters are ی ک ه, not the Arabic ones"},
	{Persian, regexp.MustCompile(`(^|[\s(«])ن?می\s`), "می takes a zero-width non-joiner, not a space"},
	{Persian, regexp.MustCompile(`\s(ها|های|هایی|هایش|هایشان|ترین)([\s.،:؟!)»]|$)`), "a suffix takes a zero-width non-joiner, not a space"},
	{Persian, regexp.MustCompile(`\?(\s|$)|;(\s|$)|,\s`), "Persian has its own ؟ ؛ ،"},
	{Persian, regexp.MustCompile("\u200c(\\s|$)|(^|\\s)\u200c"), "a zero-width non-joiner stands between two letters"},
	{Persian, regexp.MustCompile(`(^|\s)[0-9]+([\s،.؛]|$)`), "digits in Persian sentences are Persian"},
	{Greek, regexp.MustCompile(`\?(\s|$)`), "the Greek question mark is ;"},
	{Greek, regexp.MustCompile(`σ([\s.,;!)»]|$)`), "sigma at a word's end is ς"},
}

func TestSpelling(t *testing.T) {
	eachMessage(t, func(t *testing.T, key string, in map[Lang]*goi18n.Message) {
		for lang, m := range in {
			for _, text := range formsOf(m) {
				checkSpelling(t, key, lang, text)
			}
		}
	})
}

func checkSpelling(t *testing.T, key string, lang Lang, text string) {
	t.Helper()
	if text != strings.TrimSpace(text) {
		t.Errorf("%s in %s begins or ends with white space", key, lang)
	}
	for _, rule := range spelling {
		if rule.lang == lang && rule.wrong.MatchString(text) {
			t.Errorf("%s in %s: %s: %q", key, lang, rule.rule, text)
		}
	}
	if word := mixedWord(placeholder.ReplaceAllString(text, " ")); word != "" {
		t.Errorf("%s in %s: letters of two alphabets in %q", key, lang, word)
	}
}

// mixedWord finds look-alikes: a Latin o inside a Greek or Russian word breaks search and screen readers.
func mixedWord(text string) string {
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) }) {
		scripts := 0
		for _, table := range []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic} {
			if strings.ContainsFunc(word, func(c rune) bool { return unicode.Is(table, c) }) {
				scripts++
			}
		}
		if scripts > 1 {
			return word
		}
	}
	return ""
}

func TestABrokenCatalogueIsRefused(t *testing.T) {
	for sentence, texts := range map[string][]string{
		"two areas with the same key":            {"[\"a.b\"]\nother = \"x\"", "[\"a.b\"]\nother = \"y\""},
		"a template action beyond a placeholder": {"[\"a.b\"]\nother = \"{{if .x}}x{{end}}\""},
		"no form other":                          {"[\"a.b\"]\none = \"x\""},
		"not TOML":                               {"["},
	} {
		broken := fstest.MapFS{}
		for i, text := range texts {
			broken["catalogue/area"+string(rune('a'+i))+".en.toml"] = &fstest.MapFile{Data: []byte(text)}
		}
		if _, err := load(broken, English); err == nil {
			t.Errorf("%s: loaded", sentence)
		}
	}
}
