package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/server/staff"
)

// want compares one answer's status and says what it was asked for.
func want(t *testing.T, story string, page servertest.Page, status int) {
	t.Helper()
	if page.Status != status {
		t.Errorf("%s: status %d, want %d", story, page.Status, status)
	}
}

func TestSigningInAndOut(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.Stranger()
		want(t, "a page before signing in", c.Get("/me"), http.StatusSeeOther)
		page := c.Post("/sign-in", url.Values{"login": {" ZAHRA "}, "password": {servertest.Password}, "next": {"/me?x=1"}})
		if page.Status != http.StatusSeeOther || page.Location != "/me?x=1" {
			t.Fatalf("status %d to %q, want back to where she was going", page.Status, page.Location)
		}
		me := c.Get("/me")
		if want(t, "her page", me, http.StatusOK); !strings.Contains(me.Find("main").Text(), "زهرا احمدی") {
			t.Errorf("her page does not name her: %s", me.Find("main").Text())
		}
		if page := c.Get("/sign-in?next=/me"); page.Location != "/me" {
			t.Errorf("the sign-in page shows to who is signed in: %d", page.Status)
		}
		before := cookie(t, c, w.URL)
		if page := c.Post("/sign-out", nil); page.Location != "/sign-in" {
			t.Errorf("signing out leads to %q", page.Location)
		}
		want(t, "a page after signing out", c.Get("/me"), http.StatusSeeOther)
		want(t, "the old cookie after signing out", withCookie(w, before, "/me"), http.StatusSeeOther)
	})
}

func cookie(t *testing.T, c *servertest.Client, base string) *http.Cookie {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range c.HTTP.Jar.Cookies(u) {
		if k.Name == "journeyloop" {
			return k
		}
	}
	t.Fatal("no session cookie")
	return nil
}

func withCookie(w *servertest.World, k *http.Cookie, path string) servertest.Page {
	c := w.Stranger()
	r := c.Request(http.MethodGet, path, nil)
	r.AddCookie(k)
	return c.Do(r)
}

func TestWhoMayNotSignInIsToldNothingMore(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	disabled, err := w.App.Store.UserByLogin(context.Background(), "boris")
	if err != nil {
		t.Fatal(err)
	}
	disabled.Disabled = true
	if err := w.App.Store.SaveUser(context.Background(), disabled); err != nil {
		t.Fatal(err)
	}
	var said []string
	for story, form := range map[string][2]string{
		"a wrong password":     {"zahra", "not her password"},
		"nobody of that name":  {"nobody", servertest.Password},
		"a disabled sign-in":   {"boris", servertest.Password},
		"nothing at all":       {"", ""},
		"a script as a login":  {"<script>alert(1)</script>", "x"},
		"a database's grammar": {"' OR 1=1 --", "x"},
	} {
		page := w.Stranger().SignIn(form[0], form[1])
		want(t, story, page, http.StatusUnprocessableEntity)
		if page.Find("#f-login").AttrOr("value", "?") != form[0] {
			t.Errorf("%s: the login is not kept in the form", story)
		}
		if strings.Contains(page.Body, "<script>alert") || page.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v %s", story, page.Header["Set-Cookie"], page.Body)
		}
		said = append(said, page.Find("[role=alert]").Text())
	}
	for _, s := range said {
		if s != said[0] || !strings.Contains(s, "not right") {
			t.Errorf("the answers differ: %q and %q", said[0], s)
		}
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	c := w.Stranger()
	var last servertest.Page
	for range 11 {
		last = c.SignIn("nikos", "guess")
	}
	want(t, "the eleventh guess", last, http.StatusTooManyRequests)
	want(t, "then the right password", c.SignIn("nikos", servertest.Password), http.StatusTooManyRequests)
	want(t, "somebody else meanwhile", w.Stranger().SignIn("olga", servertest.Password), http.StatusSeeOther)
	w.Wait(2 * time.Minute)
	want(t, "two minutes later", c.SignIn("nikos", servertest.Password), http.StatusSeeOther)
}

func TestNextNeverLeadsElsewhere(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", "/\t/evil.example", "evil", "/a\r\nX: y"} {
		page := w.Stranger().Post("/sign-in", url.Values{"login": {"ann"}, "password": {servertest.Password}, "next": {next}})
		if page.Status != http.StatusSeeOther || page.Location != "/" {
			t.Errorf("next=%q leads to %q (%d)", next, page.Location, page.Status)
		}
		if page := w.Stranger().Get("/sign-in?next=" + url.QueryEscape(next)); page.Find("input[name=next]").AttrOr("value", "?") != "" {
			t.Errorf("the form keeps next=%q", next)
		}
	}
}

func TestATamperedCookieIsNobodys(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	good := cookie(t, w.As("zahra"), w.URL)
	for story, value := range map[string]string{"one letter more": good.Value + "A", "cut short": good.Value[:len(good.Value)-1], "empty": "", "long": strings.Repeat("x", 3000)} {
		want(t, story, withCookie(w, &http.Cookie{Name: good.Name, Value: value}, "/me"), http.StatusSeeOther)
	}
	want(t, "as it was given", withCookie(w, good, "/me"), http.StatusOK)
}

func TestTheSessionCookieIsKeptFromScriptsAndOtherSites(t *testing.T) {
	plain := servertest.Open(t, "sqlite")
	secure := servertest.Open(t, "sqlite", servertest.Configure(func(c *config.Config) { c.SessionSecure = true }))
	for name, w := range map[string]*servertest.World{"journeyloop": plain, "__Host-journeyloop": secure} {
		page := w.Stranger().SignIn("zahra", servertest.Password)
		line := page.Header.Get("Set-Cookie")
		for _, part := range []string{name + "=", "; Path=/;", "HttpOnly", "SameSite=Lax"} {
			if !strings.Contains(line, part) {
				t.Errorf("%s: %q has no %s", name, line, part)
			}
		}
		if strings.Contains(line, "Secure") != (w == secure) || strings.Contains(line, "Domain") {
			t.Errorf("%s: %q", name, line)
		}
		if (page.Header.Get("Strict-Transport-Security") != "") != (w == secure) {
			t.Errorf("%s: HSTS is %q", name, page.Header.Get("Strict-Transport-Security"))
		}
	}
}

func TestSigningInAgainEndsTheSessionBefore(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	c := w.As("zahra")
	first := cookie(t, c, w.URL)
	c.SignIn("nikos", servertest.Password)
	want(t, "the first session", withCookie(w, first, "/me"), http.StatusSeeOther)
	if !strings.Contains(c.Get("/me").Find("main").Text(), "Νίκος") {
		t.Error("the second sign-in is not who is signed in")
	}
}

func TestASessionEndsByItselfAndByHand(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		desk, phone := w.As("zahra"), w.As("zahra")
		other := w.As("nikos")
		page := desk.Get("/me")
		button := page.Find(`button[name=session]`)
		if button.Length() != 1 || page.Find("[action='/me/sessions/end-others']").Length() != 1 {
			t.Fatalf("%d other browsers listed, want 1", button.Length())
		}
		session := url.Values{"session": {button.AttrOr("value", "")}}
		want(t, "somebody else's session", other.Post("/me/sessions/end", session), http.StatusNotFound)
		want(t, "no session", desk.Post("/me/sessions/end", url.Values{"session": {"zz"}}), http.StatusNotFound)
		want(t, "the phone, still", phone.Get("/me"), http.StatusOK)
		told := desk.Follow(desk.Post("/me/sessions/end", session))
		if text := told.Find("[role=status]").Text(); !strings.Contains(text, "signed out") {
			t.Errorf("told %q", text)
		}
		want(t, "the phone after its session ended", phone.Get("/me"), http.StatusSeeOther)
		third := w.As("zahra")
		want(t, "ending all others", desk.Post("/me/sessions/end-others", nil), http.StatusSeeOther)
		want(t, "another after that", third.Get("/me"), http.StatusSeeOther)
		want(t, "the desk", desk.Get("/me"), http.StatusOK)
		w.Wait(auth.Idle)
		want(t, "the desk after half a day of nothing", desk.Get("/me"), http.StatusSeeOther)
	})
}

func TestADisabledSignInIsShutOutAtOnce(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	c := w.As("boris")
	u, err := w.App.Store.UserByLogin(context.Background(), "boris")
	if err != nil {
		t.Fatal(err)
	}
	u.Disabled = true
	if err := w.App.Store.SaveUser(context.Background(), u); err != nil {
		t.Fatal(err)
	}
	want(t, "his page", c.Get("/me"), http.StatusSeeOther)
}

func TestChangingThePasswordEndsAllOtherSessions(t *testing.T) {
	const next = "πολύ καλός κωδικός"
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		desk, phone := w.As("zahra"), w.As("zahra")
		old := cookie(t, desk, w.URL)
		form := func(current, password, again string) url.Values {
			return url.Values{"current": {current}, "password": {password}, "again": {again}}
		}
		for field, values := range map[string]url.Values{
			"current":  form("wrong", next, next),
			"password": form(servertest.Password, "short", "short"),
			"again":    form(servertest.Password, next, next+"!"),
		} {
			page := desk.Post("/me/password", values)
			if want(t, "a problem with "+field, page, http.StatusUnprocessableEntity); page.Find("#f-"+field+"-problem").Length() != 1 {
				t.Errorf("no word beside the field %s", field)
			}
			if strings.Contains(page.Body, next) {
				t.Error("a password came back in the page")
			}
		}
		want(t, "the change", desk.Post("/me/password", form(servertest.Password, next, next)), http.StatusSeeOther)
		want(t, "this browser", desk.Get("/me"), http.StatusOK)
		want(t, "the other browser", phone.Get("/me"), http.StatusSeeOther)
		want(t, "this browser's old token", withCookie(w, old, "/me"), http.StatusSeeOther)
		want(t, "the old password", w.Stranger().SignIn("zahra", servertest.Password), http.StatusUnprocessableEntity)
		want(t, "the new password", w.Stranger().SignIn("zahra", next), http.StatusSeeOther)
	})
}

func TestTheLanguageStaysWithThePerson(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.As("zahra")
		page := c.Post("/me/language", url.Values{"lang": {"fa"}, "calendar": {"gregorian"}, "back": {"/me"}})
		if page.Location != "/me" {
			t.Errorf("led to %q", page.Location)
		}
		for _, browser := range []*servertest.Client{c, w.As("zahra")} {
			me := browser.Get("/me?lang=ru")
			if me.Find("html").AttrOr("lang", "") != "fa" || me.Find("html").AttrOr("dir", "") != "rtl" {
				t.Errorf("her page is in %s", me.Find("html").AttrOr("lang", ""))
			}
			if me.Find("select[name=calendar] option[selected]").AttrOr("value", "") != "gregorian" {
				t.Error("her calendar was forgotten")
			}
		}
		c.Language("ru")
		if c.Get("/me").Find("select[name=calendar] option[selected]").AttrOr("value", "") != "gregorian" {
			t.Error("the menu of languages changed her calendar")
		}
		want(t, "a language nobody speaks", c.Post("/me/language", url.Values{"lang": {"xx"}}), http.StatusUnprocessableEntity)
		if page := c.Post("/me/language", url.Values{"lang": {"el"}, "back": {"https://evil.example"}}); page.Location != "/" {
			t.Errorf("led to %q", page.Location)
		}
	})
}

func TestTheLightStaysWithThePerson(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.As("zahra")
		for _, tt := range []struct{ sentence, theme, want, scheme, chosen string }{
			{"who chose nothing follows the device", "-", "", "light dark", ""},
			{"dark stays dark", "dark", "journeyloop-dark", "dark", "dark"},
			{"light stays light", "light", "journeyloop", "light", "light"},
			{"a theme there is not follows the device", "sepia", "", "light dark", ""},
			{"and back to the device", "", "", "light dark", ""},
		} {
			if tt.theme != "-" {
				if page := c.Post("/me/theme", url.Values{"theme": {tt.theme}, "back": {"/me"}}); page.Location != "/me" {
					t.Errorf("%s: led to %q", tt.sentence, page.Location)
				}
			}
			for _, browser := range []*servertest.Client{c, w.As("zahra")} {
				me := browser.Get("/me")
				got := [3]string{me.Find("html").AttrOr("data-theme", ""), me.Find("meta[name=color-scheme]").AttrOr("content", ""),
					me.Find("#main button[name=theme][aria-current]").AttrOr("value", "-")}
				if got != [3]string{tt.want, tt.scheme, tt.chosen} {
					t.Errorf("%s: %q", tt.sentence, got)
				}
			}
		}
		want(t, "a page that is not there keeps her light", c.Get("/nowhere"), http.StatusNotFound)
		want(t, "nobody's choice", w.Stranger().Post("/me/theme", url.Values{"theme": {"dark"}}), http.StatusUnauthorized)
		if page := c.Post("/me/theme", url.Values{"theme": {"dark"}, "back": {"https://evil.example"}}); page.Location != "/" {
			t.Errorf("led to %q", page.Location)
		}
		if got := w.Stranger().Get("/sign-in").Find("html[data-theme]").Length(); got != 0 {
			t.Error("signing in has a light of its own")
		}
	})
}

func TestTheLanguageOfAStranger(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	in := func(c *servertest.Client, path, accept string) string {
		r := c.Request(http.MethodGet, path, nil)
		if accept != "" {
			r.Header.Set("Accept-Language", accept)
		}
		return c.Do(r).Find("html").AttrOr("lang", "")
	}
	chosen, linked := w.Stranger(), w.Stranger()
	chosen.Post("/me/language", url.Values{"lang": {"ru"}})
	in(linked, "/sign-in?lang=fa", "")
	for story, got := range map[string][2]string{
		"the deployment's":             {in(w.Stranger(), "/sign-in", ""), "en"},
		"the browser's":                {in(w.Stranger(), "/sign-in", "el-GR,el;q=0.9"), "el"},
		"the link's":                   {in(w.Stranger(), "/sign-in?lang=fa", "el"), "fa"},
		"the one chosen before":        {in(chosen, "/sign-in", "el"), "ru"},
		"the link's, remembered":       {in(linked, "/sign-in", "el"), "fa"},
		"of an error page too":         {in(chosen, "/nowhere", "el"), "ru"},
		"a link in an unknown tongue":  {in(w.Stranger(), "/sign-in?lang=tlh", "el"), "el"},
		"a browser's unknown language": {in(w.Stranger(), "/sign-in", "tlh"), "en"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", story, got[0], got[1])
		}
	}
}

func TestOnlyTheDemoOffersItsPeople(t *testing.T) {
	offer := staff.SignIn{Role: people.RoleEmployee, Name: "زهرا", Login: "zahra", Password: servertest.Password}
	demo := servertest.Open(t, "sqlite", servertest.Demo(offer))
	c := demo.Stranger()
	form := c.Get("/sign-in").Find("section form")
	if form.Length() != 1 {
		t.Fatalf("%d people offered", form.Length())
	}
	value := func(name string) string { return form.Find("[name="+name+"]").AttrOr("value", "") }
	if page := c.SignIn(value("login"), value("password")); page.Status != http.StatusSeeOther {
		t.Errorf("the offer does not sign in: %d", page.Status)
	}
	if page := servertest.Open(t, "sqlite").Stranger().Get("/sign-in"); strings.Contains(page.Body, servertest.Password) || page.Find("section").Length() != 0 {
		t.Error("a deployment offers people")
	}
}

func TestTheDoorSpeaksFourLanguages(t *testing.T) {
	w := servertest.Open(t, "sqlite", servertest.Demo(staff.SignIn{Role: people.RoleManager, Name: "Ann", Login: "ann", Password: "x"}))
	said := map[string]string{}
	for lang, dir := range map[string]string{"en": "ltr", "fa": "rtl", "el": "ltr", "ru": "ltr"} {
		stranger, zahra := w.Stranger(), w.As("zahra").Language(lang)
		w.As("zahra") // a second browser to list
		for story, page := range map[string]servertest.Page{
			"sign-in":               stranger.Get("/sign-in?lang=" + lang),
			"sign-in gone wrong":    stranger.SignIn("zahra", "x"),
			"nothing there":         stranger.Get("/nowhere"),
			"her settings":          zahra.Get("/me"),
			"a password too short":  zahra.Post("/me/password", url.Values{"current": {"x"}, "password": {"x"}, "again": {"x"}}),
			"not her role":          zahra.Get("/people"),
			"nothing there for her": zahra.Get("/nowhere"),
		} {
			html := page.Find("html")
			if html.AttrOr("lang", "") != lang || html.AttrOr("dir", "") != dir {
				t.Errorf("%s in %s is marked %s %s", story, lang, html.AttrOr("lang", ""), html.AttrOr("dir", ""))
			}
			title := page.Find("h1").Text()
			if before, ok := said[story+title]; ok || title == "" {
				t.Errorf("%s has the title %q in %s and in %s", story, title, lang, before)
			}
			if story != "her settings" && story != "a password too short" { // their title is her name
				said[story+title] = lang
			}
		}
	}
}

func TestWhatWasWrittenOutlivesTheSession(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		w := servertest.Open(t, engine)
		admin := w.As("admin")
		form := url.Values{"key": {"West"}, "name_en": {"Field crew of the west"}, "name_fa": {"گروه غرب"}, "parent": {"0"}, "supervisor": {"0"}}
		admin.Post("/sign-out", nil)
		refused := admin.Post("/people/teams", form)
		if refused.Status != http.StatusUnauthorized || refused.Find("input[name=kept]").Length() == 0 {
			t.Fatalf("%s: status %d: %s", engine, refused.Status, refused.Find("main").Text())
		}
		again := url.Values{"login": {"admin"}, "password": {"wrong"}, "kept_action": {refused.Find("input[name=kept_action]").AttrOr("value", "")},
			"kept": {refused.Find("input[name=kept]").AttrOr("value", "")}}
		mistyped := admin.Post("/sign-in", again)
		if mistyped.Status != http.StatusUnprocessableEntity || mistyped.Find("input[name=kept]").AttrOr("value", "") != again.Get("kept") {
			t.Errorf("%s: a mistyped password loses what was written", engine)
		}
		again.Set("password", servertest.Password)
		resumed := admin.Post("/sign-in", again)
		if resumed.Status != http.StatusOK || !strings.Contains(resumed.Find("blockquote").Text(), "Field crew of the west") {
			t.Fatalf("%s: status %d: %s", engine, resumed.Status, resumed.Find("main").Text())
		}
		sent := url.Values{}
		for _, in := range resumed.Find("main form input[type=hidden]").EachIter() {
			sent.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
		}
		if saved := admin.Post(resumed.Find("main form").AttrOr("action", ""), sent); saved.Status != http.StatusSeeOther {
			t.Errorf("%s: it is not taken then: %d %s", engine, saved.Status, saved.Find("[role=alert]").Text())
		}
		stranger := w.Stranger()
		if p := stranger.Post("/me/password", url.Values{"current": {"a"}, "password": {"secret words"}, "again": {"b"}}); strings.Contains(p.Body, "secret") {
			t.Errorf("%s: a password comes back", engine)
		}
		again.Set("kept_action", "https://evil.example/")
		if p := stranger.Post("/sign-in", again); p.Status != http.StatusSeeOther || p.Location != "/" {
			t.Errorf("%s: what was kept goes elsewhere: %d %s", engine, p.Status, p.Location)
		}
	}
}
