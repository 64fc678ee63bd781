package staff_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestAManagerBringsALostMailToItsCaseAndAnswersIt(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.Completed("order-9")
		r.Customer.Key, r.Customer.Name, r.Customer.Email = "k-9", "Μαρία", "maria@example.org"
		w.Take(r)
		run := w.RunOf("order-9")
		if err := w.App.Cases.Raise(t.Context(), run.ID, casework.Trigger{Kind: casework.Contact, At: w.Now()}); err != nil {
			t.Fatal(err)
		}
		cases, err := w.App.Store.CasesOf(t.Context(), run.CustomerID)
		if err != nil || len(cases) != 1 {
			t.Fatalf("%d cases: %v", len(cases), err)
		}
		mail, _, err := w.App.Cases.Receive(t.Context(), casework.LetterFrom{MessageID: "m1", From: "else@example.com", Subject: "Hello", Words: "It is I, Μαρία"})
		if err != nil {
			t.Fatal(err)
		}
		ann, path, lost := w.As("ann"), fmt.Sprintf("/cases/%d", cases[0].ID), fmt.Sprintf("/cases/mail/%d", mail.ID)
		if p := w.As("zahra").Get("/cases/mail"); p.Status != http.StatusForbidden {
			t.Errorf("an employee sees it: %d", p.Status)
		}
		if ann.Get("/cases").Find("a[href='/cases/mail']").Length() != 1 || ann.Get("/cases/mail").Find("a[href='"+lost+"']").Length() != 1 {
			t.Error("nothing leads there, or from there to the search for its case")
		}
		if p := ann.Get(lost); p.Find("input[name=case]").Length() != 0 {
			t.Errorf("a stranger's address is offered a case: %s", said(p))
		}
		if p := ann.Get(lost + "?q=" + url.QueryEscape("μαρια")); p.Find("input[name=case]").AttrOr("value", "") != fmt.Sprint(cases[0].ID) {
			t.Errorf("her name does not find her case: %s", said(p))
		}
		if p := ann.Post(lost, nil); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("without a case: %d", p.Status)
		}
		if p := ann.Post(lost, url.Values{"case": {fmt.Sprint(cases[0].ID)}}); p.Status != http.StatusSeeOther || p.Location != path {
			t.Errorf("brought: %d to %s", p.Status, p.Location)
		}
		if ann.Get("/cases").Find("a[href='/cases/mail']").Length() != 0 || !strings.Contains(ann.Get(path).Text(), "It is I, Μαρία") {
			t.Error("it did not come to its case")
		}
		if p := ann.Post(path+"/letters", url.Values{"subject": {""}, "letter": {"Dear Μαρία"}}); p.Status != http.StatusUnprocessableEntity || p.Find("[name=letter]").Text() != "Dear Μαρία" {
			t.Errorf("without a subject: %d", p.Status)
		}
		if p := ann.Post(path+"/letters", url.Values{"subject": {"Hello"}, "letter": {"Dear Μαρία"}}); p.Status != http.StatusSeeOther {
			t.Errorf("a letter: %d", p.Status)
		}
		mails, err := w.App.Store.MailsOf(t.Context(), cases[0].ID)
		if err != nil || len(mails) != 2 || mails[1].Words != "Dear Μαρία" || mails[1].State != casework.MailWaiting {
			t.Errorf("%+v %v", mails, err)
		}
		if _, err := w.App.Cases.Returned(t.Context(), casework.Bounce{EventID: "e", Recipient: "maria@example.org", Hard: true}); err != nil {
			t.Fatal(err)
		}
		p := ann.Post(path+"/letters", url.Values{"subject": {"Hello"}, "letter": {"Once more"}})
		if p.Status != http.StatusConflict || !strings.Contains(p.Find("[role=alert]").Text(), "Once more") || p.Find("[name=letter]").Length() != 0 {
			t.Errorf("to an address that is no more: %d %s", p.Status, p.Find("[role=alert]").Text())
		}
	})
}
