package staff_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestWorkingOnACase(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.OpenCase(w.AddAnswered("E-1", 1, words))
		base := fmt.Sprintf("/cases/%d", c.ID)
		from := url.Values{"from": {fmt.Sprint(c.OwnerID)}}
		for _, x := range []struct {
			sentence, login, below string
			form                   url.Values
			want                   int
		}{
			{"who served her does not know of it", "zahra", "/notes", url.Values{"note": {"x"}}, 404},
			{"an administrator as such does not either", "admin", "/owner", from, 404},
			{"an empty note comes back", "olga", "/notes", nil, 422},
			{"nobody is asked before she was contacted", "olga", "/solution", url.Values{"solution": {"repaired"}}, 409},
			{"a contact", "olga", "/attempts", url.Values{"channel": {"call"}, "result": {"reached"}, "said": {"در دسترس بود"}}, 303},
			{"a contact by pigeon comes back", "olga", "/attempts", url.Values{"channel": {"pigeon"}, "result": {"reached"}}, 422},
			{"why", "olga", "/causes", url.Values{"cause": {"process"}}, 303},
			{"what was done", "olga", "/solution", url.Values{"solution": {"repaired"}}, 303},
			{"and not twice", "olga", "/solution", url.Values{"solution": {"repaired"}}, 409},
		} {
			if p := w.As(x.login).Post(base+x.below, x.form); p.Status != x.want {
				t.Errorf("%s: %d, want %d", x.sentence, p.Status, x.want)
			}
		}
		p := w.As("olga").Get(base)
		for _, told := range []string{"Asked whether it is solved", "Asked to be contacted", "Contact: phone, reached", "در دسترس بود", "Cause: Process and hand-over", "repaired"} {
			if !has(p, told) {
				t.Errorf("the page does not tell %q: %s", told, said(p))
			}
		}
		if p := w.As("olga").Get("/cases"); p.Find(`a[href="`+base+`"]`).Length() != 1 {
			t.Error("the list does not lead to it")
		}
		if p := w.As("zahra").Get("/cases"); p.Status != 200 || p.Find(`a[href="`+base+`"]`).Length() != 0 {
			t.Error("the list leads to what is not hers")
		}
	})
}
