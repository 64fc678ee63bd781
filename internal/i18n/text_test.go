package i18n

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTextFallsBack(t *testing.T) {
	for _, c := range []struct {
		sentence string
		text     Text
		lang     Lang
		want     string
	}{
		{"the language itself", Text{English: "fibre", Persian: "فیبر"}, Persian, "فیبر"},
		{"else English", Text{English: "fibre", Persian: "فیبر"}, Greek, "fibre"},
		{"else the first language that has one", Text{Russian: "оптика", Greek: "ίνα"}, Persian, "ίνα"},
		{"an empty text counts as none", Text{Greek: "", English: "fibre"}, Greek, "fibre"},
		{"nothing at all", nil, Greek, ""},
		{"a plain text serves everybody", Plain("فیبر"), Russian, "فیبر"},
	} {
		if got := c.text.In(c.lang); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
	}
	if text := (Text{Greek: "ίνα", Russian: ""}); !text.Exact(Greek) || text.Exact(Russian) || text.Exact(English) {
		t.Error("Exact is wrong")
	}
}

func TestTextSurvivesTheDatabase(t *testing.T) {
	for _, text := range []Text{nil, {}, {English: `"<b>\ `}, {Persian: "می‌خواهم", Greek: "Θέλω", Russian: "Хочу", English: "I want"}} {
		value, err := text.Value()
		if err != nil {
			t.Fatal(err)
		}
		written, ok := value.(string)
		if !ok {
			t.Fatalf("Value gives %T", value)
		}
		for _, src := range []any{written, []byte(written)} {
			var back Text
			if err := back.Scan(src); err != nil {
				t.Fatal(err)
			}
			if len(text)+len(back) > 0 && !cmp.Equal(text, back) {
				t.Error(cmp.Diff(text, back))
			}
		}
	}
}

func TestTextScan(t *testing.T) {
	text := Plain("old")
	if err := text.Scan(nil); err != nil || text != nil {
		t.Errorf("NULL: %v, %v", text, err)
	}
	for _, src := range []any{"[]", "{", 7, `{"en": 1}`} {
		kept := Plain("old")
		if err := kept.Scan(src); err == nil || kept.In(English) != "old" {
			t.Errorf("%v was read as %v (%v)", src, kept, err)
		}
	}
}

func TestATextSaysInWhichLanguageItIsShown(t *testing.T) {
	for _, c := range []struct {
		sentence string
		text     Text
		reader   Lang
		shown    string
		other    Lang
		missing  int
	}{
		{"her own", Text{English: "Shop", Greek: "Κατάστημα"}, Greek, "Κατάστημα", "", 2},
		{"English where hers is missing", Text{English: "Shop", Greek: "Κατάστημα"}, Russian, "Shop", English, 2},
		{"the first there is where English is missing too", Text{English: "", Russian: "Салон"}, Persian, "Салон", Russian, 3},
		{"nothing where nobody wrote anything", Text{Persian: ""}, Persian, "", "", 4},
	} {
		shown, other := c.text.Shown(c.reader)
		if shown != c.shown || other != c.other || len(c.text.Missing()) != c.missing {
			t.Errorf("%s: %q in %q, missing in %v", c.sentence, shown, other, c.text.Missing())
		}
	}
}
