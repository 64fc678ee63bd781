package i18n

import (
	"testing"
	"time"
)

func TestDatesReadAsInEachLanguage(t *testing.T) {
	at := time.Date(2026, 3, 5, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		sentence string
		got      string
		want     string
	}{
		{"English", NewReader(English, "", nil).Date(at), "5 March 2026"},
		{"Persian counts by the Jalali calendar", NewReader(Persian, "", nil).Date(at), "۱۴ اسفند ۱۴۰۴"},
		{"Greek months stand in the genitive", NewReader(Greek, "", nil).Date(at), "5 Μαρτίου 2026"},
		{"Russian months too", NewReader(Russian, "", nil).Date(at), "5 марта 2026\u00a0г."},
		{"ago, Russian", NewReader(Russian, "", nil).Ago(at.Add(-72*time.Hour), at), "3 дня назад"},
		{"ago, Persian", NewReader(Persian, "", nil).Ago(at.Add(-72*time.Hour), at), "۳ روز پیش"},
		{"ago, Greek", NewReader(Greek, "", nil).Ago(at.Add(-72*time.Hour), at), "πριν από 3 ημέρες"},
		{"ago, English", NewReader(English, "", nil).Ago(at.Add(-72*time.Hour), at), "3 days ago"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, c.got, c.want)
		}
	}
}
