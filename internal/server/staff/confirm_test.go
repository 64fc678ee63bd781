package staff_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// Without script a button that asks first leads to a page that asks, and changes nothing.
func TestWithoutScriptAPageAsksFirst(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.AddAnswered("E-1", 1, words)
		admin := w.As("admin")
		admin.Post("/settings/keys", url.Values{"name": {"Shop"}})
		admin.Post("/settings/holidays", url.Values{"name": {"Founders"}, "date": {"2026-05-27"}, "repeats": {"once"}})
		admin.Get("/me") // a second browser, so that there are others to end
		w.As("admin")
		for _, tt := range []struct{ sentence, login, page, form, names string }{
			{"a customer is not asked again", "ann", customerPath(r), `form[action$="/consent"]`, ""},
			{"a key is revoked", "admin", "/settings/keys", `form[action$="/revocation"]`, "Shop"},
			{"a holiday is removed", "admin", "/settings/holidays", `form[action$="/removal"]`, "Founders"},
			{"a country's holidays are added", "admin", "/settings/holidays", `form[action$="/sets"]`, "Nowruz"},
			{"other browsers are signed out", "admin", "/me", `form[action$="/end-others"]`, ""},
		} {
			c := w.As(tt.login)
			form := c.Get(tt.page).Find(tt.form).First()
			if form.AttrOr("method", "") != "get" || form.Find("button[data-confirm]").Length() != 1 {
				t.Errorf("%s: the button acts at once", tt.sentence)
				continue
			}
			query := url.Values{}
			for _, in := range form.Find("input").EachIter() {
				query.Set(in.AttrOr("name", ""), in.AttrOr("value", ""))
			}
			asks := c.Get(form.AttrOr("action", "") + "?" + query.Encode())
			expect(t, asks, 200, tt.names)
			sends := asks.Find("main form")
			if sends.AttrOr("method", "") != "post" || sends.AttrOr("action", "") != form.AttrOr("action", "") || sends.Find("button").Length() != 1 {
				t.Errorf("%s: the page does not send what was asked", tt.sentence)
			}
			values := url.Values{}
			for _, in := range sends.Find("input").EachIter() {
				values.Set(in.AttrOr("name", ""), in.AttrOr("value", ""))
			}
			if p := c.Post(sends.AttrOr("action", ""), values); p.Status != 303 || p.Location != sends.Find("a.btn").AttrOr("href", "") {
				t.Errorf("%s: %d to %q", tt.sentence, p.Status, p.Location)
			}
		}
		for _, tt := range []struct {
			sentence, login, path string
			want                  int
		}{
			{"who may not revoke keys is not asked", "ann", "/settings/keys/1/revocation", 403},
			{"a key there is not", "admin", "/settings/keys/1/revocation", 404},
			{"a holiday there is not", "admin", "/settings/holidays/once.0.0.7/removal", 404},
			{"holidays of a country without", "admin", "/settings/holidays/sets?country=XX", 404},
			{"a customer out of sight", "zahra", customerPath(r) + "/consent", 404},
			{"who sees her and may not decide", "olga", customerPath(r) + "/consent", 403},
			{"a user there is not", "admin", "/people/users/1/access?disabled=1", 404},
		} {
			if p := w.As(tt.login).Get(tt.path); p.Status != tt.want {
				t.Errorf("%s: %d, want %d", tt.sentence, p.Status, tt.want)
			}
		}
	})
}

func TestASignInIsClosedAfterAPageHasAsked(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	found, err := w.App.Store.UserByLogin(context.Background(), "zahra")
	if err != nil {
		t.Fatal(err)
	}
	at, admin := fmt.Sprintf("/people/users/%d", found.ID), w.As("admin")
	for path, button := range map[string]string{"/access?disabled=1": "disabled", "/access?disabled=0": "disabled", "/password": ""} {
		p := admin.Get(at + path)
		expect(t, p, 200, found.Name)
		if button != "" && p.Find("main form input[name="+button+"]").AttrOr("value", "") != path[len(path)-1:] {
			t.Errorf("%s forgets what it asks", path)
		}
	}
}

func TestThereAreFacesInDevelopmentOnly(t *testing.T) {
	if p := servertest.Open(t, "sqlite").Stranger().Get("/dev/faces"); p.Status != 404 {
		t.Errorf("a deployment shows its faces: %d", p.Status)
	}
	w := servertest.Open(t, "sqlite", servertest.Configure(func(c *config.Config) { c.Dev = true }))
	p := w.Stranger().Get("/dev/faces?only=fa&theme=dark")
	if p.Status != 200 || p.Find(`.face-box[lang="fa"][dir="rtl"]`).Length() < 40 || p.Find("html").AttrOr("data-theme", "") != "journeyloop-dark" {
		t.Errorf("the faces: %d, %d boxes", p.Status, p.Find(".face-box").Length())
	}
	for path, want := range map[string]int{"/dev/faces/part": 200, "/dev/faces/part?fail=1": 500} {
		if p := w.Stranger().Get(path); p.Status != want {
			t.Errorf("%s: %d, want %d", path, p.Status, want)
		}
	}
}
