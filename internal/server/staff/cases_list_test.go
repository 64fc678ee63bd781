package staff_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestTheInboxOpensWithWhatNeedsMeNow(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		first, second := w.OpenCase(w.AddAnswered("E-1", 2, words)), w.OpenCase(w.AddAnswered("E-2", 2, words))
		base := fmt.Sprintf("/cases/%d", first.ID)
		if first.OwnerID != w.Nikos.ID || second.OwnerID != w.Nikos.ID {
			t.Fatalf("owned by %d and %d", first.OwnerID, second.OwnerID)
		}
		if p := w.As("olga").Get("/cases"); !has(p, "Nothing waits for you right now.") || !has(p, "left") || !has(p, "business time:") {
			t.Errorf("Olga leads the journey, and nothing is hers: %s", said(p))
		}
		if p := w.As("nikos").Get("/cases"); !has(p, "Nothing presses") || p.Find("#first a").AttrOr("href", "") != base {
			t.Errorf("Nikos is not told which of his is due next: %s", said(p))
		}
		w.Wait(20 * 24 * time.Hour)
		want(t, "Olga takes one", w.As("olga").Post(base+"/owner", url.Values{"from": {fmt.Sprint(w.Nikos.ID)}}).Status, http.StatusSeeOther)
		for _, x := range []struct{ login, needs, waiting string }{
			{"nikos", "1 of your cases is overdue", "1 waiting"},
			{"olga", "1 of your cases is overdue", "1 waiting"},
			{"nikos", "Start with this one", "1 waiting"},
			{"nikos", "First contact:", "1 waiting"},
			{"ann", "Nothing waits for you right now.", ""},
			{"ann", "2 cases of others are overdue", ""},
		} {
			p := w.As(x.login).Get("/cases")
			if !has(p, x.needs) {
				t.Errorf("%s needs %q: %s", x.login, x.needs, said(p))
			}
			if got := strings.TrimSpace(p.Find("#nav a[href='/cases'] .sr-only").Text()); got != x.waiting {
				t.Errorf("%s: the menu says %q", x.login, got)
			}
		}
		for query, n := range map[string]int{
			"": 2, "whose=mine": 1, "whose=team": 1, "overdue=1": 2, "need=late": 1, "need=today": 0, "need=unowned": 0, "state=open": 2, "state=closed": 0, "state=all": 2, "q=E-2": 1,
			"severity=grave": 0, "severity=normal": 2, "reopened=1": 0, "cause=price": 0, "state=all&sort=customer&desc=1": 2, fmt.Sprintf("run=%d", second.RunID): 1, fmt.Sprintf("journey=%d", w.Fibre.ID): 2,
		} {
			if p := w.As("olga").Get("/cases?" + query); p.Find("main tbody tr").Length() != n {
				t.Errorf("%q lists %d cases, want %d", query, p.Find("main tbody tr").Length(), n)
			}
		}
		for login, n := range map[string]int{"olga": 3, "zahra": 1} {
			if p := w.As(login).Get("/cases.csv"); strings.Count(p.Body, "\n") != n || p.Status != http.StatusOK {
				t.Errorf("%s: a file of %q", login, p.Body)
			}
		}
		if p := w.As("zahra").Get("/feedback"); p.Find("#nav a[href='/cases']").Length() != 0 {
			t.Error("Zahra has no case, and a place for them in her menu")
		}
	})
}
