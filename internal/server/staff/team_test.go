package staff_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func attributionPath(response, touchpoint int64) string {
	return fmt.Sprintf("/team/ratings/%d/%d/attribution", response, touchpoint)
}

// southern gives the other team a supervisor: Boris.
func southern(t *testing.T, w *servertest.World) {
	t.Helper()
	w.South.SupervisorID = w.Boris.ID
	if err := w.App.Store.SaveTeam(context.Background(), w.South); err != nil {
		t.Fatal(err)
	}
}

func TestNotMeIsMovedToWhoItWasWithAReason(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		southern(t, w)
		response := visited(t, w, "o1", 1, "σπασμένο καλώδιο")
		zahra, nikos, boris := w.As("zahra"), w.As("nikos"), w.As("boris")
		zahra.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {"not_me"}})
		if n := answersOf(t, w, w.Zahra.ID); n != 0 {
			t.Errorf("%d answers count for Zahra after “not me”", n)
		}
		path := fmt.Sprintf("/team/ratings/%d/%d", response, w.Visit.ID)
		team := nikos.Get("/team")
		if team.Find("section[aria-labelledby=settle] a[href='"+path+"']").Length() != 1 || !strings.Contains(team.Find("section[aria-labelledby=settle]").Text(), "Not me") {
			t.Error("her supervisor has nothing to decide")
		}
		to := url.Values{"to": {fmt.Sprint("e", w.Nikos.ID)}, "reason": {"Nikos drove <b>there</b>"}}
		for who, c := range map[string]*servertest.Client{"another team's supervisor": boris} {
			want(t, who+" opens it", c.Get(path).Status, http.StatusNotFound)
			want(t, who+" moves it", c.Post(attributionPath(response, w.Visit.ID), to).Status, http.StatusNotFound)
			want(t, who+" settles it", c.Post(path+"/settlement", url.Values{"why": {"so"}}).Status, http.StatusNotFound)
			want(t, who+" opens Zahra's page", c.Get(fmt.Sprintf("/team/employees/%d", w.Zahra.ID)).Status, http.StatusNotFound)
			if c.Get("/team").Find(quoteID(response, w.Visit.ID)).Length() != 0 {
				t.Errorf("%s sees the rating", who)
			}
		}
		want(t, "Zahra herself moves it", zahra.Post(attributionPath(response, w.Visit.ID), to).Status, http.StatusForbidden)

		p := nikos.Post(attributionPath(response, w.Visit.ID), url.Values{"to": to["to"], "reason": {"  "}})
		if p.Status != http.StatusUnprocessableEntity || p.Find("#f-reason-problem").Length() != 1 {
			t.Errorf("without a reason: %d %s", p.Status, p.Find(".problem").Text())
		}
		if p.Find("option[selected]").AttrOr("value", "") != to.Get("to") {
			t.Error("the form forgot who was chosen")
		}
		p = nikos.Post(attributionPath(response, w.Visit.ID), url.Values{"to": {fmt.Sprint("e", w.Boris.ID)}, "reason": {"him"}})
		want(t, "to somebody of another team", p.Status, http.StatusUnprocessableEntity)
		want(t, "to nobody", nikos.Post(attributionPath(response, w.Visit.ID), url.Values{"to": {""}, "reason": {"him"}}).Status, http.StatusUnprocessableEntity)
		want(t, "to Nikos", nikos.Post(attributionPath(response, w.Visit.ID), to).Status, http.StatusSeeOther)

		if !strings.Contains(nikos.Get("/feedback").Find(quoteID(response, w.Visit.ID)).Text(), "σπασμένο") {
			t.Error("it did not come to whom it was given")
		}
		if zahra.Get("/feedback").Find(quoteID(response, w.Visit.ID)).Length() != 0 {
			t.Error("Zahra still has it")
		}
		want(t, "Zahra replies to what is not hers", zahra.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {"thanks"}}).Status, http.StatusNotFound)
		if z, n := answersOf(t, w, w.Zahra.ID), answersOf(t, w, w.Nikos.ID); z != 0 || n != 1 {
			t.Errorf("%d answers count for Zahra, %d for Nikos", z, n)
		}
		past := nikos.Get(path)
		for _, line := range []string{"زهرا احمدی", "Not me", "Νίκος Παπαδόπουλος", "Nikos drove <b>there</b>"} {
			if !strings.Contains(past.Find("ol").Text(), line) {
				t.Errorf("the past does not say %q", line)
			}
		}
		if nikos.Get("/team").Find("section[aria-labelledby=settle] .quote").Length() != 0 {
			t.Error("it still waits for a decision")
		}
		verified(t, w)
	})
}

func TestTheSystemIsSettledAsItStands(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		response := visited(t, w, "o1", 1, "the app crashed")
		zahra, nikos := w.As("zahra"), w.As("nikos")
		zahra.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {"system"}})
		path := fmt.Sprintf("/team/ratings/%d/%d", response, w.Visit.ID)
		p := nikos.Post(path+"/settlement", url.Values{"why": {""}})
		if p.Status != http.StatusUnprocessableEntity || p.Find("#f-why-problem").Length() != 1 {
			t.Errorf("without a reason: %d", p.Status)
		}
		want(t, "settle", nikos.Post(path+"/settlement", url.Values{"why": {"yes, the app"}}).Status, http.StatusSeeOther)
		if text := zahra.Get("/feedback").Find(quoteID(response, w.Visit.ID)).Text(); !strings.Contains(text, "it does not count for you") || strings.Contains(text, "Change the reply") {
			t.Errorf("Zahra reads %q", text)
		}
		want(t, "a reply after the decision", zahra.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {"thanks"}}).Status, http.StatusConflict)
		if n := answersOf(t, w, w.Zahra.ID); n != 0 {
			t.Errorf("%d answers count for Zahra", n)
		}
		if nikos.Get(path).Find("form[action$=settlement]").Length() != 0 {
			t.Error("a settled rating can be settled again")
		}
		verified(t, w)
	})
}

func TestAnUnattributedRatingFindsItsPerson(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.Answered("o1", 2, "who was that?")
		for i := range r.Contacts {
			r.Contacts[i].People = []ingest.Person{}
		}
		w.Take(r)
		answer, err := w.App.Store.ResponseOf(context.Background(), w.RunOf("o1").ID)
		if err != nil {
			t.Fatal(err)
		}
		nikos := w.As("nikos")
		settle := nikos.Get("/team").Find("section[aria-labelledby=settle]")
		if settle.Find(quoteID(answer.ID, w.Visit.ID)).Length() != 1 || settle.Find(quoteID(answer.ID, w.Shop.ID)).Length() != 0 {
			t.Errorf("to decide: %q", settle.Text())
		}
		form := url.Values{"to": {fmt.Sprint("t", w.North.ID)}, "reason": {"nobody remembers"}}
		want(t, "leave it with the team", nikos.Post(attributionPath(answer.ID, w.Visit.ID), form).Status, http.StatusSeeOther)
		form = url.Values{"to": {fmt.Sprint("e", w.Zahra.ID)}, "reason": {"she does"}}
		want(t, "then to Zahra", nikos.Post(attributionPath(answer.ID, w.Visit.ID), form).Status, http.StatusSeeOther)
		if n := answersOf(t, w, w.Zahra.ID); n != 1 {
			t.Errorf("%d answers count for Zahra", n)
		}
		if w.As("zahra").Get("/feedback").Find(quoteID(answer.ID, w.Visit.ID)).Length() != 1 {
			t.Error("Zahra does not have it")
		}
		verified(t, w)
	})
}

func TestASupervisorPreparesAOneToOne(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		talk, other := visited(t, w, "o1", 1, "let us talk"), visited(t, w, "o2", 5, "lovely")
		w.As("zahra").Post(replyPath(talk, w.Visit.ID), url.Values{"reply": {"one_to_one"}})
		nikos, path := w.As("nikos"), fmt.Sprintf("/team/employees/%d", w.Zahra.ID)
		if p := nikos.Get(path); p.Find(quoteID(talk, w.Visit.ID)).Length() != 1 || p.Find(quoteID(other, w.Visit.ID)).Length() != 1 || strings.Contains(p.Body, "/reply") {
			t.Error("her supervisor does not see her feedback, or can reply to it")
		}
		if p := nikos.Get(path + "?list=one-to-one"); p.Find(".quote").Length() != 1 || p.Find(quoteID(talk, w.Visit.ID)).Length() != 1 {
			t.Error("the list for the talk is wrong")
		}
		row := nikos.Get("/team?who=زهرا").Find("section[aria-labelledby=employees] tbody tr")
		if row.Length() != 1 || strings.Join(strings.Fields(row.Find(".num").Text()), "") != "211" && row.Find(".num").Eq(0).Text() != "2" {
			t.Errorf("her row says %q", row.Text())
		}
		for who, status := range map[string]int{"ann": http.StatusOK, "zahra": http.StatusForbidden, "olga": http.StatusForbidden, "admin": http.StatusForbidden} {
			want(t, who+" opens her page", w.As(who).Get(path).Status, status)
		}
		want(t, "Nikos opens one of another team", nikos.Get(fmt.Sprintf("/team/employees/%d", w.Boris.ID)).Status, http.StatusNotFound)
	})
}

func TestTeamsWithSmallPartsGiveNothingAway(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 6 {
			visited(t, w, fmt.Sprint("o", i), 5, "fine")
		}
		// Zahra's visits and Boris's shop: North and South have six answers each. One more of Field itself would be found
		// by subtraction, were both shown.
		r := w.Completed("f1")
		r.Contacts[0].People[0].Team = []string{"Field"}
		five := 5
		r.Answer = &ingest.Answer{Key: "f1/a", At: w.Now(), Scale: servertest.CSAT, Ratings: []ingest.Rating{{Touchpoint: ingest.Named{Key: w.Shop.Key}, Scale: servertest.CSAT, Value: five}}}
		w.Take(r)
		rows := w.As("ann").Get("/team").Find("section[aria-labelledby=teams] tbody tr")
		if rows.Length() != 3 {
			t.Fatalf("%d teams, want 3", rows.Length())
		}
		rows.Find("details p").Remove() // how it is computed tells the same again
		text := rows.Text()
		if !strings.Contains(rows.First().Text(), "13 answers") || strings.Count(text, "6 answers") != 1 || !strings.Contains(text, "Hidden, so that") {
			t.Errorf("the teams are shown as %q", text)
		}
	})
}

func TestACorrectionOutlivesAChangeOfTheAnswer(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		response := visited(t, w, "o1", 1, "first words")
		nikos := w.As("nikos")
		nikos.Post(attributionPath(response, w.Visit.ID), url.Values{"to": {fmt.Sprint("e", w.Nikos.ID)}, "reason": {"it was me"}})
		w.As("boris").Post(replyPath(response, w.Shop.ID), url.Values{"reply": {"not_me"}})
		again := w.Answered("o1", 2, "second words")
		w.Wait(time.Hour)
		again.Answer.Key, again.Answer.At = "o1/again", w.Now()
		w.Take(again)
		if q := nikos.Get("/feedback").Find(quoteID(response, w.Visit.ID)); !strings.Contains(q.Text(), "second words") {
			t.Errorf("Nikos reads %q", q.Text())
		}
		if w.As("zahra").Get("/feedback").Find(quoteID(response, w.Visit.ID)).Length() != 0 {
			t.Error("it came back to Zahra")
		}
		for who, n := range map[int64]int64{w.Zahra.ID: 0, w.Boris.ID: 0, w.Nikos.ID: 1} {
			if got := answersOf(t, w, who); got != n {
				t.Errorf("%d answers count for %d, want %d", got, who, n)
			}
		}
		verified(t, w)
	})
}

func TestFeedbackAboutAWholeJourneyCanBeAnsweredTwice(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		response := visited(t, w, "o1", 4, "all in all good")
		olga := w.As("olga")
		p := olga.Get("/feedback")
		if !strings.Contains(p.Find(quoteID(response, 0)).Text(), "all in all good") || p.Find("section[aria-labelledby=own]").Length() != 0 {
			t.Error("the leader does not find it, or is shown a range of her own")
		}
		for range 2 {
			want(t, "thanks", olga.Post(replyPath(response, 0), url.Values{"reply": {"thanks"}}).Status, http.StatusSeeOther)
			want(t, "to talk about", olga.Post(replyPath(response, 0), url.Values{"reply": {"one_to_one"}}).Status, http.StatusSeeOther)
		}
	})
}

func TestTheSupervisorThanksThenTalksThenDecides(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		nikos := w.As("nikos")
		expect(t, nikos.Get("/team"), 200, "No words yet", "Nothing waits for you")
		for i := range 9 {
			w.Take(w.Answered(fmt.Sprintf("glad-%d", i), 5, fmt.Sprintf("glad %d", i)))
		}
		p := nikos.Get("/team")
		expect(t, p, 200, "Nobody has complained")
		if n := p.Find("section[aria-labelledby=thank] .quote").Length(); n != 8 {
			t.Errorf("%d words of praise are shown where there are no others", n)
		}
		for i := range 2 {
			w.Take(w.Answered(fmt.Sprintf("cross-%d", i), 1+2*i, fmt.Sprintf("cross %d", i)))
		}
		p = nikos.Get("/team")
		if thank, talk := p.Find("section[aria-labelledby=thank] .quote").Length(), p.Find("section[aria-labelledby=talk] .quote").Length(); thank != 6 || talk != 2 {
			t.Errorf("%d to thank for and %d to talk about", thank, talk)
		}
		if said := p.Find("section[aria-labelledby=thank]").Text(); strings.Contains(said, "cross") {
			t.Error("a complaint stands among the praise")
		}
	})
}
