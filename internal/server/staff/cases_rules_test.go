package staff_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// asShown is a form as a browser would send it back untouched.
func asShown(form *goquery.Selection) url.Values {
	out := url.Values{}
	for _, e := range form.Find("input[name], select[name]").EachIter() {
		_, ticked := e.Attr("checked")
		_, off := e.Attr("disabled")
		switch {
		case off, e.AttrOr("type", "") == "checkbox" && !ticked:
		case e.Is("select"):
			out.Add(e.AttrOr("name", ""), e.Find("option[selected]").Last().AttrOr("value", ""))
		default:
			out.Add(e.AttrOr("name", ""), e.AttrOr("value", ""))
		}
	}
	return out
}

func TestLeadersSetWhatOpensACaseOnTheirJourney(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const company = "/settings/cases"
		journey := fmt.Sprintf("/journeys/%d/cases", w.Fibre.ID)
		for _, x := range []struct {
			login, path string
			want        int
		}{{"ann", company, 200}, {"admin", company, 200}, {"olga", company, 403}, {"olga", journey, 200}, {"ann", journey, 200}, {"nikos", journey, 403}, {"zahra", journey, 403}} {
			want(t, x.login+" at "+x.path, w.As(x.login).Get(x.path).Status, x.want)
		}
		rules := func(journey int64) casework.Rules {
			t.Helper()
			r, err := w.App.Store.CaseRules(t.Context(), journey)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		currency := asShown(w.As("ann").Get(company).Find("main form[action='" + company + "']"))
		currency.Set("late_currency", "money")
		if p := w.As("ann").Post(company, currency); p.Status != http.StatusUnprocessableEntity || p.Find("#f-late_currency[aria-invalid=true]").AttrOr("value", "") != "money" {
			t.Errorf("a currency that is none: %d %s", p.Status, said(p))
		}
		currency.Set("late_currency", "eur")
		want(t, "Ann names the currency", w.As("ann").Post(company, currency).Status, http.StatusSeeOther)
		untouched := asShown(w.As("ann").Get(company).Find("main form[action='" + company + "']"))
		want(t, "Ann saves what she saw", w.As("ann").Post(company, untouched).Status, http.StatusSeeOther)
		recommended := casework.DefaultRules()
		recommended.Compensation.Currency = "EUR"
		if got, want := fmt.Sprint(rules(0)), fmt.Sprint(recommended); got != want {
			t.Errorf("what was saved untouched has become %s, want %s", got, want)
		}
		form := asShown(w.As("olga").Get(journey).Find("main form:not(:has([name=follow]))"))
		form.Set("contact_hours", "۳۶")
		form.Set("late_amount", "12,5")
		form.Set("late_most", "50")
		form.Del("opens")
		form.Set("opens", "danger")
		want(t, "Olga sets those of her journey", w.As("olga").Post(journey, form).Status, http.StatusSeeOther)
		if r := rules(w.Fibre.ID); r.ContactHours != 36 || r.Compensation.Minor != 1250 || r.Compensation.MostMinor != 5000 || r.Opens(casework.LowRating) || !r.Opens(casework.Danger) || !r.Opens(casework.Contact) || rules(0).ContactHours != 48 {
			t.Errorf("rules %+v", r)
		}
		if p := w.As("ann").Get(company); p.Find("main a[href='"+journey+"']").Length() != 1 {
			t.Error("the company's page does not lead to the journey's own rules")
		}
		form.Set("contact_hours", "many")
		form.Set("late_year", "much")
		p := w.As("olga").Post(journey, form)
		if p.Status != http.StatusUnprocessableEntity || p.Find("#f-contact_hours[aria-invalid=true]").AttrOr("value", "") != "many" || p.Find("#f-late_year[aria-invalid=true]").AttrOr("value", "") != "much" {
			t.Errorf("nonsense: %d %s", p.Status, said(p))
		}
		want(t, "Nikos sets nothing", w.As("nikos").Post(journey, form).Status, http.StatusForbidden)
		want(t, "Olga follows the company again", w.As("olga").Post(journey, url.Values{"follow": {"1"}}).Status, http.StatusSeeOther)
		if r := rules(w.Fibre.ID); r.ContactHours != 48 {
			t.Errorf("rules %+v", r)
		}
	})
}
