package server_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// do runs actions in a window; evaluate asks the page.
func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for i, action := range actions {
		if err := chromedp.Do(ctx, action); err != nil {
			t.Fatalf("action %d of %d: %v", i+1, len(actions), err)
		}
	}
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

// signIn types login and password, as a person would.
func signIn(t *testing.T, ctx context.Context, w *servertest.World, login string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(w.URL+"/sign-in"), chromedp.SendKeys("[name=login]", login), chromedp.SendKeys("[name=password]", servertest.Password),
		chromedp.Submit("[name=password]"), chromedp.WaitReady("header nav a"))
}

// photograph keeps a picture where JOURNEYLOOP_PICTURES says, for people who want to look.
func photograph(t *testing.T, ctx context.Context, name string) {
	if dir := os.Getenv("JOURNEYLOOP_PICTURES"); dir != "" {
		browser.Screenshot(ctx, t, filepath.Join(dir, name+".png"))
	}
}

// TestEveryRoleOpensItsPagesInTwoDirections signs in as each role, on a desk in English and on a phone in Persian, and
// opens everything the menu offers. The window fails the test for console errors and failed requests.
func TestEveryRoleOpensItsPagesInTwoDirections(t *testing.T) {
	for _, reader := range []struct {
		lang, dir, engine string
		width             int
	}{{"en", "ltr", "sqlite", 1280}, {"fa", "rtl", "postgres", 360}} {
		w := servertest.Open(t, reader.engine)
		for i := range 12 {
			w.AddAnswered(fmt.Sprintf("order-%d", i), 1+i%5, []string{"نصاب خیلی خوب بود", "Ήρθε πολύ αργά", "Всё быстро", ""}[i%4])
		}
		for _, login := range []string{"zahra", "nikos", "olga", "ann", "admin"} {
			t.Run(login+" in "+reader.lang, func(t *testing.T) {
				t.Parallel()
				w.As(login).Language(reader.lang)
				ctx := browser.Open(t, browser.Language(reader.lang), browser.Viewport(reader.width, 800))
				signIn(t, ctx, w, login)
				places := evaluate[[]string](t, ctx, `[...document.querySelectorAll("header nav a")].map(a => a.getAttribute("href"))`)
				if len(places) == 0 {
					t.Fatal("the menu is empty")
				}
				for _, place := range places {
					do(t, ctx, chromedp.Navigate(w.URL+place), chromedp.WaitVisible("main h1"))
					photograph(t, ctx, login+"-"+reader.lang+strings.ReplaceAll(place, "/", "-"))
					if dir := evaluate[string](t, ctx, `document.documentElement.dir`); dir != reader.dir {
						t.Errorf("%s: dir %q", place, dir)
					}
					if over := evaluate[float64](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
						t.Errorf("%s is %v pixels wider than the window", place, over)
					}
					if text := evaluate[string](t, ctx, `document.body.innerText`); strings.Contains(text, "⟦") {
						t.Errorf("%s: a message is missing: %s", place, text)
					}
				}
			})
		}
	}
}

// TestACustomerAnswersWithAndWithoutJavaScript fills in the survey on a phone, in Persian.
func TestACustomerAnswersWithAndWithoutJavaScript(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		w := servertest.Open(t, engine)
		for name, options := range map[string][]browser.Option{"with": nil, "without": {browser.WithoutJavaScript()}} {
			t.Run(name+" JavaScript on "+engine, func(t *testing.T) {
				run := engine + name
				record := w.Completed(run)
				record.Ask = true
				w.Take(record)
				token, err := w.App.Surveys.HandOver(t.Context(), w.RunOf(run).ID)
				if err != nil {
					t.Fatal(err)
				}
				ctx := browser.Open(t, append(options, browser.Language("fa"), browser.Viewport(360, 740))...)
				do(t, ctx, chromedp.Navigate(w.URL+"/s/"+token), chromedp.WaitVisible(`[name=comment]`))
				photograph(t, ctx, "survey-"+name)
				do(t, ctx,
					chromedp.Click(`label:has([name=overall][value="4"]), [name=overall][value="4"] + label`),
					chromedp.SendKeys(`[name=comment]`, "نصاب خوب و مؤدب بود"),
					chromedp.Click(fmt.Sprintf(`label:has([name=t%d][value="5"]), [name=t%d][value="5"] + label`, w.Visit.ID, w.Visit.ID)),
					chromedp.Click(`button.go`), chromedp.WaitNotPresent(`[name=comment]`))
				r, err := w.App.Store.ResponseOf(t.Context(), w.RunOf(run).ID)
				if err != nil || r.Overall == nil || *r.Overall != 4 || r.Comment != "نصاب خوب و مؤدب بود" || len(r.Ratings) != 1 || r.Ratings[0].Value != 5 {
					t.Errorf("on record: %+v, %v", r, err)
				}
			})
		}
	}
}

// TestAnAnswerAppearsOnAnOpenPageByItself: nobody reloads.
func TestAnAnswerAppearsOnAnOpenPageByItself(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			w := servertest.Open(t, engine)
			record := w.Completed("order-1")
			record.Ask = true
			w.Take(record)
			token, err := w.App.Surveys.HandOver(t.Context(), w.RunOf("order-1").ID)
			if err != nil {
				t.Fatal(err)
			}
			ctx := browser.Open(t)
			signIn(t, ctx, w, "zahra")
			do(t, ctx, chromedp.Navigate(w.URL+"/feedback"), chromedp.WaitVisible("main h1"))
			time.Sleep(500 * time.Millisecond) // the page has to listen before somebody speaks
			here := `document.activeElement.tagName + " " + document.activeElement.getAttribute("href")`
			stood := evaluate[string](t, ctx, `document.querySelector("main a:not([id])").focus(), `+here)
			answer := url.Values{"overall": {"5"}, fmt.Sprintf("t%d", w.Visit.ID): {"5"}, fmt.Sprintf("c%d", w.Visit.ID): {"ممنون از زهرا"}}
			if page := w.Stranger().Post("/s/"+token, answer); page.Status != 303 {
				t.Fatalf("the answer: %d", page.Status)
			}
			said := time.Now()
			for !strings.Contains(evaluate[string](t, ctx, `document.querySelector("main").innerText`), "ممنون از زهرا") {
				if time.Since(said) > 20*time.Second {
					t.Fatal("the words did not appear")
				}
				time.Sleep(20 * time.Millisecond)
			}
			if stands := evaluate[string](t, ctx, here); stands != stood {
				t.Errorf("she stood at %q, and stands at %q", stood, stands)
			}
			t.Logf("on the page after %v", time.Since(said).Round(time.Millisecond))
		})
	}
}
