package respond_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Through the whole front door: what browsers and mail providers really send must not be refused on the way.
func TestTheFrontDoorLetsCustomersIn(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.Completed("o1")
		r.Ask = true
		w.Take(r)
		run := w.RunOf("o1").ID
		inv, err := w.App.Surveys.Plan(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		w.Wait(inv.PlannedAt.Sub(w.Now()))
		if err := w.App.Surveys.Deliver(t.Context(), inv.ID); err != nil {
			t.Fatal(err)
		}
		token := w.Mail.Sent()[0].Token
		post := func(path, form string, headers ...string) servertest.Page {
			c := w.Stranger()
			request := c.Request(http.MethodPost, path, strings.NewReader(form))
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for i := 0; i < len(headers); i += 2 {
				request.Header.Set(headers[i], headers[i+1])
			}
			return c.Do(request)
		}
		for sentence, headers := range map[string][]string{
			"a browser that tells no origin":               {"Origin", "null"},
			"a browser that opened the link from its mail": {"Origin", "null", "Sec-Fetch-Site", "cross-site"},
			"a browser of old":                             nil,
		} {
			if p := post(survey.Path(token), "overall=4", headers...); p.Status != 303 {
				t.Errorf("%s: %d", sentence, p.Status)
			}
		}
		p := w.Stranger().Get(survey.Path(token))
		if p.Status != 200 || p.Header.Get("Referrer-Policy") != "no-referrer" || p.Header.Get("Cache-Control") != "no-store" || !strings.Contains(p.Header.Get("Content-Security-Policy"), "form-action 'self'") {
			t.Errorf("%d %v", p.Status, p.Header)
		}
		if p := post(survey.StopPath(token), "List-Unsubscribe=One-Click", "Origin", "https://mail.example", "Sec-Fetch-Site", "cross-site"); p.Status != 200 {
			t.Errorf("one-click unsubscribing from a mail provider: %d", p.Status)
		}
		if p := w.Stranger().Get("/s/unknown"); p.Status != 404 || p.Find("h1").Length() != 1 {
			t.Errorf("an unknown link: %d", p.Status)
		}
	})
}
