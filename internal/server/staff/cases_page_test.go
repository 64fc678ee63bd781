package staff_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestACaseTellsTheWholeStory(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.OpenCase(w.AddAnswered("E-1", 1, words))
		base := fmt.Sprintf("/cases/%d", c.ID)
		p := w.As("nikos").Get(base)
		for _, told := range []string{"Next: talk to the customer.", "Νίκος Παπαδόπουλος", "left", "business time:", words, "E-1@example.org", "Visit", "زهرا احمدی"} {
			if !has(p, told) {
				t.Errorf("the page does not tell %q: %s", told, said(p))
			}
		}
		if _, open := p.Find("#do-attempts").Attr("open"); !open || p.Find("#do-causes[open]").Length() != 0 {
			t.Error("not the contact stands open, but something else")
		}
		if p.Find("#do-unreachable").Length() != 0 {
			t.Error("a customer whom nobody has tried to reach can be given up")
		}
		want(t, "Zahra, who served her, opens it", w.As("zahra").Get(base).Status, http.StatusNotFound)
	})
}

func TestNothingTypedIsLostWhenSomebodyWasQuicker(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.OpenCase(w.AddAnswered("E-1", 1, words))
		base, from := fmt.Sprintf("/cases/%d", c.ID), fmt.Sprint(c.OwnerID)
		want(t, "Olga takes it over", w.As("olga").Post(base+"/owner", url.Values{"from": {from}}).Status, http.StatusSeeOther)
		p := w.As("ann").Post(base+"/handover", url.Values{"from": {from}, "to": {fmt.Sprint(w.Boris.ID)}, "tell": {"she called twice"}})
		want(t, "Ann hands over what she thinks is Nikos’", p.Status, http.StatusConflict)
		if alert := p.Find("main [role=alert]").Text(); !strings.Contains(alert, "Ольга Иванова") || p.Find("#f-tell").Text() != "she called twice" {
			t.Errorf("told %q, kept %q", alert, p.Find("#f-tell").Text())
		}
		p = w.As("ann").Post(base+"/solution", url.Values{"solution": {"we shall repair it"}})
		if p.Status != http.StatusConflict || !strings.Contains(p.Find("main [role=alert] blockquote").Text(), "we shall repair it") {
			t.Errorf("a form that is not offered: %d %s", p.Status, said(p))
		}
		p = w.As("olga").Post(base+"/notes", url.Values{"note": {""}})
		if p.Status != http.StatusUnprocessableEntity || p.Find("main [role=alert] a[href='#f-note']").Length() != 1 || p.Find("#f-note[aria-invalid=true]").Length() != 1 || p.Find("#do-notes[open]").Length() != 1 {
			t.Errorf("an empty note: %d %s", p.Status, said(p))
		}
		want(t, "Olga gives it to Zahra", w.As("olga").Post(base+"/handover", url.Values{"from": {fmt.Sprint(w.Olga.ID)}, "to": {fmt.Sprint(w.Zahra.ID)}, "tell": {"she speaks Persian"}}).Status, http.StatusSeeOther)
		if p := w.As("zahra").Get(base); p.Status != http.StatusOK || !has(p, "she speaks Persian") {
			t.Errorf("Zahra opens it: %d", p.Status)
		}
		p = w.As("zahra").Post(base+"/handover", url.Values{"from": {fmt.Sprint(w.Zahra.ID)}, "to": {fmt.Sprint(w.Boris.ID)}, "tell": {"it was sold wrongly"}})
		if p.Location != fmt.Sprintf("/cases?handed=%d", c.ID) {
			t.Errorf("Zahra has handed it on, and is led to %q", p.Location)
		}
	})
}

func TestWhoGivesACaseAwayMayTakeThatBack(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.OpenCase(w.AddAnswered("E-1", 1, words))
		base := fmt.Sprintf("/cases/%d", c.ID)
		give := func(login string, from, to int64) servertest.Page {
			return w.As(login).Post(base+"/handover", url.Values{"from": {fmt.Sprint(from)}, "to": {fmt.Sprint(to)}, "tell": {"she knows why"}})
		}
		owned := func(sentence string, by int64) {
			t.Helper()
			now, err := w.App.Store.CaseByID(t.Context(), c.ID)
			if err != nil || now.OwnerID != by {
				t.Errorf("%s: it belongs to %d, want %d, %v", sentence, now.OwnerID, by, err)
			}
		}
		want(t, "Olga takes it by mistake", w.As("olga").Post(base+"/owner", url.Values{"from": {fmt.Sprint(c.OwnerID)}}).Status, http.StatusSeeOther)
		if p := w.As("ann").Get(base); p.Find("form[action$='/return']").Length() != 0 {
			t.Error("Ann is offered to undo what Olga did")
		}
		want(t, "Ann undoes it all the same", w.As("ann").Post(base+"/return", nil).Status, http.StatusConflict)
		want(t, "Olga undoes it", w.As("olga").Post(w.As("olga").Get(base).Find("form[action$='/return']").AttrOr("action", ""), nil).Status, http.StatusSeeOther)
		owned("undone", c.OwnerID)
		give("olga", c.OwnerID, w.Zahra.ID)
		p := give("zahra", w.Zahra.ID, w.Boris.ID)
		if p = w.As("zahra").Get(p.Location); p.Find("form[action='"+base+"/return']").Length() != 1 {
			t.Fatalf("Zahra, who has lost sight of it, cannot take it back: %s", said(p))
		}
		want(t, "she takes it back", w.As("zahra").Post(base+"/return", nil).Status, http.StatusSeeOther)
		owned("taken back", w.Zahra.ID)
		give("zahra", w.Zahra.ID, w.Boris.ID)
		want(t, "something else has happened", w.As("boris").Post(base+"/notes", url.Values{"note": {"on it"}}).Status, http.StatusSeeOther)
		want(t, "so it is too late, and none of her business", w.As("zahra").Post(base+"/return", nil).Status, http.StatusNotFound)
		owned("too late", w.Boris.ID)
	})
}

func TestWhoIsWithTheCustomerCanHandHerTheQuestion(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.OpenCase(w.AddAnswered("E-1", 1, words))
		base := fmt.Sprintf("/cases/%d", c.ID)
		olga := w.As("olga")
		want(t, "nobody asks her yet", olga.Post(base+"/link", nil).Status, http.StatusConflict)
		for _, did := range []struct {
			what string
			form url.Values
		}{{"attempts", url.Values{"channel": {"call"}, "result": {"reached"}}}, {"causes", url.Values{"cause": {"system"}}}, {"solution", url.Values{"solution": {"repaired"}}}} {
			want(t, did.what, olga.Post(base+"/"+did.what, did.form).Status, http.StatusSeeOther)
		}
		want(t, "she has it sent, as the customer has an address", olga.Post(base+"/question", url.Values{"by": {"mail"}}).Status, http.StatusSeeOther)
		want(t, "and is shown no link", olga.Post(base+"/link", nil).Status, http.StatusConflict)
		customer, err := w.App.Store.CustomerByID(t.Context(), c.CustomerID)
		if customer.Email, customer.Phone = "", ""; err == nil {
			err = w.App.Store.SaveCustomer(t.Context(), customer)
		}
		if err != nil {
			t.Fatal(err)
		}
		link := olga.Post(olga.Get(base).Find("#do-link form").AttrOr("action", ""), nil).Find("#fresh-link").Text()
		at, err := url.Parse(link)
		if err != nil || at.Host == "" || !strings.HasPrefix(at.Path, "/solved/") {
			t.Fatalf("the link is %q: %v", link, err)
		}
		want(t, "the customer opens it", w.Stranger().Get(at.Path).Status, http.StatusOK)
		if p := olga.Get(base); !has(p, "A link for the customer was shown") || p.Find("#fresh-link").Length() != 0 {
			t.Errorf("the story does not tell it, or the link stays: %s", said(p))
		}
		want(t, "she says no to Olga", olga.Post(base+"/denial", url.Values{"channel": {"person"}, "denied": {"it smokes"}}).Status, http.StatusSeeOther)
		if p := olga.Get(base); !has(p, "The customer says that it is not solved: in person") || !has(p, "it smokes") {
			t.Errorf("her no: %s", said(p))
		}
	})
}

func TestAColleagueIsFoundByName(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		base := fmt.Sprintf("/cases/%d/handover", w.OpenCase(w.AddAnswered("E-1", 1, words)).ID)
		p := w.As("olga").Get(base + "?q=Smith")
		if got := p.Find("main input[name=to]"); got.Length() != 1 || got.AttrOr("value", "") != fmt.Sprint(w.Ann.ID) {
			t.Errorf("found %s", said(p))
		}
		if p := w.As("olga").Get(base + "?q=щщщ"); !has(p, "Nobody of this name") {
			t.Error(said(p))
		}
		want(t, "Zahra does not know of it", w.As("zahra").Get(base).Status, http.StatusNotFound)
	})
}

// attach sends a file to a case.
func attach(c *servertest.Client, to, name, content string) servertest.Page {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		c.T.Fatal(err)
	}
	r := c.Request(http.MethodPost, to, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Origin", c.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Do(r)
}

func TestFilesBelongToThoseWhoSeeTheCase(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.OpenCase(w.AddAnswered("E-1", 1, words))
		base := fmt.Sprintf("/cases/%d", c.ID)
		const photo = "\x89PNG\r\n\x1a\n and so on"
		for _, x := range []struct {
			sentence, login, name, content string
			want                           int
		}{
			{"a photo", "olga", `..\خرابی "1".png`, photo, 303},
			{"a page that could run", "olga", "photo.png", "<html><script>alert(1)</script></html>", 422},
			{"nothing at all", "olga", "empty.txt", "", 422},
			{"far too much", "olga", "long.txt", strings.Repeat("x", casework.MostFile+1), 422},
			{"from who does not know of the case", "zahra", "photo.png", photo, 404},
		} {
			if p := attach(w.As(x.login), base+"/attachments", x.name, x.content); p.Status != x.want {
				t.Errorf("%s: %d, want %d: %s", x.sentence, p.Status, x.want, said(p))
			}
		}
		link := w.As("olga").Get(base).Find("main a[href*='/attachments/']")
		if link.Length() != 1 || !strings.Contains(link.Text(), "خرابی _1_.png") {
			t.Fatalf("%d files, %q", link.Length(), link.Text())
		}
		href := link.AttrOr("href", "")
		p := w.As("olga").Get(href)
		if p.Status != http.StatusOK || p.Body != photo || p.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment;") {
			t.Errorf("she gets %d %v", p.Status, p.Header)
		}
		if step := link.Closest("li"); !strings.Contains(step.Text(), "A file was attached") {
			t.Errorf("it stands with %q, not where it was added", step.Text())
		}
		want(t, "Zahra does not", w.As("zahra").Get(href).Status, http.StatusNotFound)
		other := w.OpenCase(w.AddAnswered("E-2", 1, words))
		want(t, "nor does it belong to another case", w.As("olga").Get(fmt.Sprintf("/cases/%d/attachments/%s/file", other.ID, path.Base(path.Dir(href)))).Status, http.StatusNotFound)
	})
}

func TestTheRulesProposeWhatALateDeliveryIsWorth(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		rules := casework.DefaultRules()
		rules.Compensation = casework.Compensation{FromDays: 2, Minor: 1000, PerDayMinor: 250, Currency: "EUR"}
		if err := w.App.Cases.SetRules(t.Context(), w.Actor("ann"), 0, &rules); err != nil {
			t.Fatal(err)
		}
		late := w.Answered("E-1", 1, words)
		late.Contacts[0].PromiseDue, late.Contacts[0].PromiseKept = late.Contacts[0].Started, late.Contacts[0].Started.Add(4*24*time.Hour)
		w.Take(late)
		base := fmt.Sprintf("/cases/%d", w.OpenCase(w.RunOf("E-1")).ID)
		olga := w.As("olga")
		want(t, "a contact", olga.Post(base+"/attempts", url.Values{"channel": {"call"}, "result": {"reached"}}).Status, http.StatusSeeOther)
		want(t, "the causes", olga.Post(base+"/causes", url.Values{"cause": {"promise"}, "also": {"process", "price"}}).Status, http.StatusSeeOther)
		p := olga.Get(base)
		if got := p.Find("#f-compensation").AttrOr("value", ""); got != "15.00" || !has(p, "4 days late") {
			t.Errorf("proposed %q: %s", got, said(p))
		}
		if p.Find("input[name=also]:checked").Length() != 2 || p.Find("#do-solution[open]").Length() != 1 {
			t.Error("the secondary causes are forgotten, or the solution is not what helps most now")
		}
		p = olga.Post(base+"/solution", url.Values{"solution": {"repaired"}, "compensation": {"a lot"}})
		if p.Status != http.StatusUnprocessableEntity || p.Find("#f-compensation[aria-invalid=true]").AttrOr("value", "") != "a lot" {
			t.Errorf("an amount that is none: %d", p.Status)
		}
		want(t, "the solution", olga.Post(base+"/solution", url.Values{"solution": {"repaired"}, "compensation": {"۱۲٫۵"}}).Status, http.StatusSeeOther)
		if p := olga.Get(base); !has(p, "12.50") || !has(p, "Without an answer the case ends on") {
			t.Error(said(p))
		}
	})
}
