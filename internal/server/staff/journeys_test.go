package staff_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// other adds a journey that Boris leads, with nothing on it.
func other(t *testing.T, w *servertest.World) journey.Journey {
	t.Helper()
	ctx := context.Background()
	j := journey.Journey{ID: id.New(), Key: "bill", Name: i18n.Plain("My bill"), VersionID: id.New(), LeaderID: w.Boris.ID, CreatedAt: servertest.Start}
	plan := journey.Plan{Version: journey.Version{ID: j.VersionID, JourneyID: j.ID, Number: 1, State: journey.Live, Completes: journey.ByCall, AbandonAfterDays: 30, CreatedAt: servertest.Start}}
	if err := w.App.Store.SaveJourney(ctx, j); err != nil {
		t.Fatal(err)
	}
	if err := w.App.Store.SavePlan(ctx, plan); err != nil {
		t.Fatal(err)
	}
	return j
}

func at(j journey.Journey, rest string) string { return fmt.Sprintf("/journeys/%d%s", j.ID, rest) }

func text(name, en string) url.Values { return url.Values{name + "_en": {en}} }

// with adds values to a form.
func with(form url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

func version(v int64) string { return fmt.Sprint(v) }

func expect(t *testing.T, p servertest.Page, status int, sentences ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("status %d, want %d: %s", p.Status, status, strings.Join(strings.Fields(p.Find("main").Text()), " "))
		return
	}
	seen := plainly(p.Text())
	for _, s := range sentences {
		if !strings.Contains(seen, s) {
			t.Errorf("the page does not say %q: %s", s, plainly(p.Find("main").Text()))
		}
	}
}

// plainly is text without line breaks and the marks that isolate names.
func plainly(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(s)), " ")
}

// spoiled adds runs whose every contact was excellent and whose end was not, a few days before now.
func spoiled(w *servertest.World, runs int, overall int) {
	records := make([]ingest.Record, runs)
	for i := range records {
		r := w.Answered(fmt.Sprintf("s-%d-%d-%d", w.Now().Unix(), overall, i), overall, fmt.Sprintf("nobody told me anything %d", i))
		r.Answer.Ratings[0].Value, r.Answer.Ratings[0].Comment = 5, "the technician was kind"
		minus := -1
		r.Answer.Expectation = &minus
		records[i] = r
	}
	w.Take(records...)
}

func TestWhoSeesAndEditsAJourney(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		bill := other(t, w)
		for sentence, c := range map[string]struct {
			login, path string
			want        int
		}{
			"a leader sees her own":                                    {"olga", at(w.Fibre, ""), 200},
			"a leader edits her own":                                   {"olga", at(w.Fibre, "/edit"), 200},
			"another journey's leader finds nothing":                   {"boris", at(w.Fibre, ""), 404},
			"another journey's leader finds nothing to edit":           {"boris", at(w.Fibre, "/edit"), 404},
			"a touchpoint owner sees the journeys it is on":            {"nikos", at(w.Fibre, ""), 200},
			"a touchpoint owner does not edit them":                    {"nikos", at(w.Fibre, "/edit"), 403},
			"and does not change their questions":                      {"nikos", at(w.Fibre, "/survey"), 403},
			"a manager sees all":                                       {"ann", at(bill, ""), 200},
			"a manager edits all":                                      {"ann", at(bill, "/edit"), 200},
			"an employee may not knock":                                {"zahra", at(w.Fibre, ""), 403},
			"an administrator as such sees no journey":                 {"admin", at(w.Fibre, ""), 403},
			"a leader does not create":                                 {"olga", "/journeys/new", 403},
			"a leader does not see the company":                        {"olga", "/company", 403},
			"a number that is none is no page":                         {"ann", "/journeys/x", 404},
			"an owner sees her touchpoint":                             {"nikos", fmt.Sprintf("/touchpoints/%d", w.Visit.ID), 200},
			"an owner edits her touchpoint":                            {"nikos", fmt.Sprintf("/touchpoints/%d/edit", w.Visit.ID), 200},
			"an owner does not see another's":                          {"nikos", fmt.Sprintf("/touchpoints/%d", w.Shop.ID), 404},
			"a leader sees the touchpoints of her journey":             {"olga", fmt.Sprintf("/touchpoints/%d", w.Shop.ID), 200},
			"a leader does not see those of other journeys":            {"boris", fmt.Sprintf("/touchpoints/%d", w.Shop.ID), 404},
			"an owner who leads nothing describes no new touchpoint":   {"nikos", "/touchpoints/new", 403},
			"somebody who is not there is not edited by guessing a no": {"boris", fmt.Sprintf("/touchpoints/%d/edit", w.Visit.ID), 404},
		} {
			if p := w.As(c.login).Get(c.path); p.Status != c.want {
				t.Errorf("%s: %s got %d, want %d", sentence, c.login, p.Status, c.want)
			}
		}
		if p := w.As("boris").Post(at(w.Fibre, ""), text("name", "Mine now")); p.Status != 404 {
			t.Errorf("another journey's leader posted and got %d", p.Status)
		}
		list := plainly(w.As("boris").Get("/journeys").Find("tbody").Text())
		if !strings.Contains(list, "My bill") || strings.Contains(list, "Fibre") {
			t.Errorf("Boris's list: %s", list)
		}
	})
}

func TestTheJourneyIsShownBesideItsTouchpoints(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		spoiled(w, 40, 1)
		w.Take(w.Completed("unanswered"))
		olga := w.As("olga")
		p := olga.Get(at(w.Fibre, "?days=30"))
		expect(t, p, 200, "I want fibre at home", "Journey leader: Ольга Иванова",
			"Every touchpoint does well, the journey does not: on a scale from 0 to 100 the journey reaches 0", "reaches 100",
			"Satisfied customers0%", "40 answers", "Order", "Installation", "Visit100%", "Νίκος Παπαδόπουλος",
			"Better minus worse than expected: −100 points", "Begun41Completed41", "nobody told me anything 39")
		if n := p.Find("article.quote").Length(); n != 5 {
			t.Errorf("%d words on the first page, want 5", n)
		}
		expect(t, olga.Get(at(w.Fibre, "?days=30&mood=positive&page=8")), 200, "the technician was kind", "Page 8 of 8")
		if p := olga.Get(at(w.Fibre, "?mood=neutral")); p.Find("article.quote").Length() != 0 {
			t.Errorf("there are no neutral words: %s", p.Find("article.quote").Text())
		}
		if strings.Contains(p.Body, "Μαρία") {
			t.Error("the customer's name is on the journey's page")
		}
		owner := w.As("nikos").Get(at(w.Fibre, ""))
		if s := owner.Find("#words").Text(); !strings.Contains(s, "technician") || strings.Contains(s, "nobody told me") {
			t.Errorf("the owner of one touchpoint reads the words about it and no others: %s", plainly(s))
		}
		expect(t, w.As("nikos").Get(fmt.Sprintf("/touchpoints/%d", w.Visit.ID)), 200, "All journeys", "100%", "Fibre at home", "the technician was kind")
		for _, lang := range []string{"fa", "el", "ru"} {
			for _, path := range []string{"/journeys", at(w.Fibre, ""), at(w.Fibre, "/edit"), at(w.Fibre, "/survey"), "/touchpoints", fmt.Sprintf("/touchpoints/%d", w.Shop.ID)} {
				expect(t, olga.Language(lang).Get(path), 200)
			}
		}
		if s := olga.Language("fa").Get(at(w.Fibre, "")).Find("h1").Text(); plainly(s) != "فیبر نوری در خانه" {
			t.Errorf("the Persian name is %q", s)
		}
	})
}

func TestTheTouchpointThatSpoilsAJourneyIsNamed(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		olga := w.As("olga")
		visit := fmt.Sprintf("Customers who met “%s”", w.Visit.Name.In("en"))
		spoiled(w, 35, 1)
		if p := olga.Get(at(w.Fibre, "")); strings.Contains(plainly(p.Text()), visit) {
			t.Error("a touchpoint that everybody met is named")
		}
		for i := range 35 {
			r := w.Answered(fmt.Sprintf("no-visit-%d", i), 5, "")
			r.Contacts, r.Answer.Ratings = r.Contacts[:1], r.Answer.Ratings[1:]
			w.Take(r)
		}
		p := olga.Get(at(w.Fibre, ""))
		expect(t, p, 200, visit+" are less satisfied with the whole journey",
			"Satisfied customers: 0% (0% to 10%, 35 answers) among them, 100% (90% to 100%, 35 answers) among those who did not meet it")
		if marked := p.Find(".card:has(.flagged) .figure-label"); plainly(marked.Text()) != w.Visit.Name.In("en") {
			t.Errorf("marked is %q", marked.Text())
		}
		if to, _ := p.Find("#fix .spoiler a").First().Attr("href"); !strings.HasPrefix(to, fmt.Sprintf("/touchpoints/%d", w.Visit.ID)) {
			t.Errorf("its words are at %q", to)
		}
	})
}

func TestAFewAnswersAreHidden(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		spoiled(w, 3, 1)
		p := w.As("olga").Get(at(w.Fibre, ""))
		expect(t, p, 200)
		if p.Find(".figure-value").Length() != 0 {
			t.Errorf("a figure of three answers shows: %s", plainly(p.Find(".figure").Text()))
		}
		if strings.Contains(p.Text(), "Better minus worse") || strings.Contains(p.Text(), "Every touchpoint") {
			t.Error("three answers are drawn conclusions from")
		}
	})
}

func TestEditingAnAnsweredJourneyLeavesItsDataAlone(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := context.Background()
		spoiled(w, 6, 2)
		before, err := w.App.Insight.Figures(ctx, insight.Question{By: feedback.ByTouchpoint, Journey: w.Fibre.ID})
		if err != nil {
			t.Fatal(err)
		}
		olga := w.As("olga")
		expect(t, olga.Get(at(w.Fibre, "/edit")), 200, "This journey’s survey has answers, so version 1 stays as it is", "start draft version 2")
		live := version(w.Fibre.VersionID)
		if p := olga.Post(at(w.Fibre, fmt.Sprintf("/stages/%d", w.Plan.Stages[0].ID)), url.Values{"do": {"remove"}, "version": {live}}); p.Status != 409 {
			t.Fatalf("the answered version could be changed: %d", p.Status)
		}
		if p := olga.Post(at(w.Fibre, "/survey"), url.Values{"version": {live}, "scale": {"nps_0_10"}, "touchpoint_scale": {"csat_1_5"}, "anonymity": {"anonymous"}}); p.Status != 409 {
			t.Fatalf("the answered survey could be changed: %d", p.Status)
		}

		expect(t, olga.Follow(olga.Post(at(w.Fibre, "/draft"), nil)), 200, "You are editing draft version 2. Customers still follow version 1")
		draft := draftOf(t, w, w.Fibre)
		number := version(draft.Version.ID)
		expect(t, olga.Get(at(w.Fibre, fmt.Sprintf("/stages/%d/removal", draft.Stages[1].ID))), 200, "The stage Installation goes, and with it 2 steps", "Visit", "Invoice")
		for sentence, form := range map[string]struct {
			path string
			url.Values
		}{
			"remove a stage":     {fmt.Sprintf("/stages/%d", draft.Stages[1].ID), url.Values{"do": {"remove"}}},
			"make the shop last": {fmt.Sprintf("/steps/%d", draft.Steps[0].ID), url.Values{"do": {"mandatory"}}},
			"ask differently":    {"/survey", url.Values{"scale": {"nps_0_10"}, "touchpoint_scale": {"csat_1_7"}, "anonymity": {"confidential"}, "question_fa": {"سفارش خود را چگونه دیدید؟"}}},
		} {
			if p := olga.Post(at(w.Fibre, form.path), with(form.Values, "version", number)); p.Status != 303 {
				t.Fatalf("%s: %d %s", sentence, p.Status, plainly(p.Find("main").Text()))
			}
		}
		old, err := w.App.Store.PlanOf(ctx, w.Fibre.VersionID)
		if err != nil || len(old.Steps) != 4 || old.Version.State != journey.Live {
			t.Fatalf("the live version changed: %+v %v", old, err)
		}

		expect(t, olga.Follow(olga.Post(at(w.Fibre, "/publication"), url.Values{"version": {number}})), 200, "new walks follow this version")
		run := w.AddAnswered("after", 4, "now it works")
		if run.VersionID != draft.Version.ID {
			t.Errorf("a new run follows version %d, want the published %d", run.VersionID, draft.Version.ID)
		}
		if r := w.RunOf(fmt.Sprintf("s-%d-2-0", w.Now().Unix())); r.VersionID != w.Fibre.VersionID {
			t.Error("an old run was moved to the new version")
		}
		if sv, err := w.App.Store.SurveyOf(ctx, w.Fibre.VersionID); err != nil || sv.Scale != servertest.CSAT {
			t.Errorf("the answered survey is now %+v, %v", sv, err)
		}
		if sv, err := w.App.Store.SurveyOf(ctx, draft.Version.ID); err != nil || sv.Scale.String() != "nps_0_10" || sv.Question[i18n.Persian] == "" {
			t.Errorf("the published survey is %+v, %v", sv, err)
		}
		differs, err := w.App.Store.Verify(ctx)
		if err != nil || len(differs) != 0 {
			t.Errorf("figures differ from the raw records: %+v %v", differs, err)
		}
		after, err := w.App.Insight.Figures(ctx, insight.Question{By: feedback.ByTouchpoint, Journey: w.Fibre.ID})
		if err != nil || len(after) != len(before) {
			t.Fatalf("%d figures after, %d before: %v", len(after), len(before), err)
		}
		for i := range before {
			if after[i].Tally.N != before[i].Tally.N+1 {
				t.Errorf("%s had %d answers and has %d; one came", before[i].Key, before[i].Tally.N, after[i].Tally.N)
			}
		}
	})
}

// draftOf is the open draft of a journey.
func draftOf(t *testing.T, w *servertest.World, j journey.Journey) journey.Plan {
	t.Helper()
	ctx := context.Background()
	versions, err := w.App.Store.VersionsOf(ctx, j.ID)
	if err != nil || versions[0].State != journey.Draft {
		t.Fatalf("no draft: %+v %v", versions, err)
	}
	plan, err := w.App.Store.PlanOf(ctx, versions[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestADraftIsThrownAway(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("o1", 4, "")
		olga := w.As("olga")
		olga.Post(at(w.Fibre, "/draft"), nil)
		number := version(draftOf(t, w, w.Fibre).Version.ID)
		expect(t, olga.Get(at(w.Fibre, "/discard")), 200, "Draft version 2 goes", "Version 1 stays live", "Order", "Installation")
		if p := olga.Post(at(w.Fibre, "/discard"), url.Values{"version": {"1"}}); p.Status != 409 {
			t.Errorf("another version was named and it went: %d", p.Status)
		}
		expect(t, olga.Follow(olga.Post(at(w.Fibre, "/discard"), url.Values{"version": {number}})), 200, "The draft is gone", "start draft version 2")
		if p := olga.Get(at(w.Fibre, "/discard")); p.Status != 409 {
			t.Errorf("there is nothing to discard, got %d", p.Status)
		}
	})
}

func TestAJourneyIsMadeInTheBrowser(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := context.Background()
		ann := w.As("ann")
		form := url.Values{"key": {"claim"}, "name_en": {"My claim"}, "name_fa": {"خسارت من"}, "name_el": {"Η αποζημίωσή μου"}, "name_ru": {"Моё возмещение"}, "need_en": {"Pay my claim"}}
		editor := ann.Follow(ann.Post("/journeys", form))
		expect(t, editor, 200, "The journey has been created", "Nobody has answered about version 1 yet", "Nothing is asked yet")
		j, err := w.App.Store.JourneyByKey(ctx, "claim")
		if err != nil || j.Name[i18n.Greek] != "Η αποζημίωσή μου" || j.Name[i18n.Persian] != "خسارت من" || j.Name[i18n.Russian] != "Моё возмещение" {
			t.Fatalf("stored %+v, %v", j, err)
		}
		v := version(j.VersionID)
		post := func(path string, form url.Values, want int, sentences ...string) {
			t.Helper()
			p := ann.Post(at(j, path), with(form, "version", v))
			if p.Status == 303 {
				p2 := ann.Follow(p)
				p2.Status = p.Status
				p = p2
			}
			expect(t, p, want, sentences...)
		}
		plan := func() journey.Plan {
			t.Helper()
			p, err := w.App.Store.PlanOf(ctx, j.VersionID)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		post("/stages", text("name", "Report"), 303, "Report")
		post("/stages", text("name", "Payment"), 303)
		stages := plan().Stages
		post(fmt.Sprintf("/stages/%d", stages[1].ID), url.Values{"do": {"up"}}, 303)
		post(fmt.Sprintf("/stages/%d", stages[0].ID), with(text("name", "Telling us"), "do", "rename"), 303, "Telling us")
		if s := plan().Stages; s[0].ID != stages[1].ID || s[1].Name[i18n.English] != "Telling us" {
			t.Errorf("stages are %+v", s)
		}
		stage := fmt.Sprint(stages[0].ID)
		for _, tp := range []journey.Touchpoint{w.Shop, w.Visit, w.Invoice} {
			post("/steps", url.Values{"stage": {stage}, "touchpoint": {fmt.Sprint(tp.ID)}, "mandatory": {"1"}}, 303)
		}
		steps := plan().Steps
		post(fmt.Sprintf("/steps/%d", steps[2].ID), url.Values{"do": {"up"}}, 303)
		post(fmt.Sprintf("/steps/%d", steps[0].ID), url.Values{"do": {"optional"}}, 303)
		post(fmt.Sprintf("/steps/%d", steps[0].ID), url.Values{"do": {"repeatable"}}, 303)
		expect(t, ann.Get(at(j, fmt.Sprintf("/steps/%d/removal", steps[1].ID))), 200, "Visit is taken off this path")
		post(fmt.Sprintf("/steps/%d", steps[1].ID), url.Values{"do": {"remove"}}, 303)
		if s := plan().Steps; len(s) != 2 || s[1].TouchpointID != w.Invoice.ID || s[0].Mandatory || !s[0].Repeatable {
			t.Errorf("steps are %+v", s)
		}
		post("/end", url.Values{"completes": {"call"}, "abandon_after_days": {"۴۵"}}, 303)
		if p := plan(); p.Version.Completes != journey.ByCall || p.Version.AbandonAfterDays != 45 {
			t.Errorf("it ends %+v", p.Version)
		}
		post("/survey", url.Values{"scale": {"ces_1_7"}, "touchpoint_scale": {"csat_1_5"}, "anonymity": {"anonymous"}}, 303, "CES (ease), 1 to 7", "Anonymous")

		post("/steps", url.Values{"stage": {stage}, "mandatory": {"1"}}, 422, "Please fill this in.")
		post("/steps", url.Values{"stage": {"7"}, "touchpoint": {fmt.Sprint(w.Shop.ID)}}, 422)
		post("/end", url.Values{"completes": {"call"}, "abandon_after_days": {"0"}}, 422)
		post("/survey", url.Values{"scale": {"nps_0_7"}, "touchpoint_scale": {"csat_1_5"}, "anonymity": {"anonymous"}}, 422)
		post("/stages", text("name", " \t "), 422)
		post(fmt.Sprintf("/stages/%d", stages[0].ID), url.Values{"do": {"explode"}}, 409)
		post("/steps/12345", url.Values{"do": {"remove"}}, 404)
		if p := ann.Post(at(j, "/stages"), with(text("name", "Late"), "version", "1")); p.Status != 409 {
			t.Errorf("a form for another version was taken: %d", p.Status)
		}
	})
}

func TestWhatIsTypedWrongComesBack(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ann := w.As("ann")
		p := ann.Post("/journeys", url.Values{"key": {"fibre"}, "name_ru": {"Оптика <b>дома</b>"}, "need_el": {"θέλω ίνα"}})
		expect(t, p, 422)
		if p.Find("#f-key[aria-invalid]").Length() != 1 || p.Find("#f-name_ru").AttrOr("value", "") != "Оптика <b>дома</b>" || plainly(p.Find("#f-need_el").Text()) != "θέλω ίνα" {
			t.Errorf("the form came back without what was typed: %s", p.Find("form.card").Text())
		}
		expect(t, ann.Post("/journeys", url.Values{"key": {""}, "name_en": {""}}), 422)
		expect(t, ann.Post("/journeys", url.Values{"key": {"k"}, "name_en": {strings.Repeat("я", 121)}}), 422, "At most 120 characters fit here")
		edit := ann.Post(at(w.Fibre, ""), url.Values{"name_en": {strings.Repeat("x", 121)}, "need_en": {"kept"}})
		expect(t, edit, 422, "At most 120 characters fit here", "kept")
	})
}

func TestHostileNamesAreOnlyText(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const script = `"><script>alert(1)</script>{{.x}}'; DROP TABLE journeys--`
		ann := w.As("ann")
		p := ann.Post("/journeys", url.Values{"key": {script}, "name_en": {script + "\u202e"}, "need_fa": {"<img src=x onerror=alert(1)>"}})
		if p.Status != 303 {
			t.Fatalf("status %d", p.Status)
		}
		for _, path := range []string{p.Location, "/journeys", "/company", strings.TrimSuffix(p.Location, "/edit")} {
			page := ann.Get(path)
			expect(t, page, 200, "<script>alert(1)</script>")
			if n := page.Find("script:not([src]), img[onerror]").Length(); n != 0 {
				t.Errorf("%s: %d scripts of a stranger run", path, n)
			}
		}
	})
}

func TestTheLeaderIsSuggestedAndAppointedByAManager(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := context.Background()
		for _, tp := range []journey.Touchpoint{w.Shop, w.Call} {
			tp.OwnerID = w.Boris.ID
			if err := w.App.Store.SaveTouchpoint(ctx, tp); err != nil {
				t.Fatal(err)
			}
		}
		ann, olga := w.As("ann"), w.As("olga")
		p := ann.Get(at(w.Fibre, "/edit"))
		expect(t, p, 200, "Suggested: Борис Петров, who holds 2 of 4 touchpoints.")
		if n := p.Find("#f-leader option").Length(); n != 6 {
			t.Errorf("%d to choose from, want five people and nobody", n)
		}
		if p := olga.Get(at(w.Fibre, "/edit")); p.Find("#f-leader").Length() != 0 {
			t.Error("a leader is offered to appoint")
		}
		if p := olga.Post(at(w.Fibre, "/leader"), url.Values{"leader": {fmt.Sprint(w.Zahra.ID)}}); p.Status != 403 {
			t.Errorf("a leader appointed and got %d", p.Status)
		}
		expect(t, ann.Post(at(w.Fibre, "/leader"), url.Values{"leader": {"77"}}), 422)
		expect(t, ann.Follow(ann.Post(at(w.Fibre, "/leader"), url.Values{"leader": {fmt.Sprint(w.Boris.ID)}})), 200, "The journey leader is appointed", "Journey leader: Борис Петров")
		if p := olga.Get(at(w.Fibre, "")); p.Status != 403 && p.Status != 404 {
			t.Errorf("the former leader still gets %d", p.Status)
		}
		expect(t, w.As("boris").Get(at(w.Fibre, "/edit")), 200)
	})
}

func TestATouchpointIsDescribed(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := context.Background()
		ann, nikos := w.As("ann"), w.As("nikos")
		form := url.Values{"key": {"back-office"}, "name_en": {"Back office"}, "name_fa": {"پشتیبانی"}, "channel": {"mail"}, "element": {"support"}, "judged": {"process"},
			"team": {fmt.Sprint(w.South.ID)}, "owner": {fmt.Sprint(w.Boris.ID)}, "promise_days": {"۱۵"}, "promise_business": {"1"}, "cost": {"12,50"}, "currency": {"eur"}}
		expect(t, ann.Follow(ann.Post("/touchpoints", form)), 200, "Back office", "15 business days", "12.50 EUR", "never for a person", "Борис Петров")
		all, err := w.App.Store.Touchpoints(ctx)
		if err != nil {
			t.Fatal(err)
		}
		made := all[len(all)-1]
		if made.CostMinor != 1250 || made.PromiseDays != 15 || !made.PromiseBusiness || made.OwnerID != w.Boris.ID || made.Name[i18n.Persian] != "پشتیبانی" {
			t.Errorf("stored %+v", made)
		}
		for sentence, c := range map[string][]string{
			"a cost that is none":             {"cost", "lots"},
			"a currency that is none":         {"currency", "ZZZZ"},
			"a promise of words":              {"promise_days", "soon"},
			"a channel that is none":          {"channel", "pigeon"},
			"no name in any language":         {"name_en", "", "name_fa", ""},
			"a key that is taken":             {"key", "shop"},
			"an owner who is not there":       {"owner", "99"},
			"a team that is not there":        {"team", "99"},
			"judged by something unknown":     {"judged", "fate"},
			"a cost without a currency":       {"currency", ""},
			"a name longer than a page shows": {"name_el", strings.Repeat("μ", 121)},
		} {
			p := ann.Post("/touchpoints", with(with(form, "key", "again"), c...))
			if p.Status != 422 || p.Find("[role=alert] li").Length() == 0 {
				t.Errorf("%s: status %d", sentence, p.Status)
			}
		}
		p := ann.Post("/touchpoints", with(form, "key", "again", "cost", "lots"))
		if p.Find("#f-cost").AttrOr("value", "") != "lots" || p.Find("#f-promise_days").AttrOr("value", "") != "۱۵" {
			t.Error("what was typed is gone")
		}
		visit := fmt.Sprintf("/touchpoints/%d", w.Visit.ID)
		expect(t, nikos.Follow(nikos.Post(visit, url.Values{"name_en": {"Home visit"}, "judged": {"both"}, "owner": {fmt.Sprint(w.Boris.ID)}, "team": {"0"}})), 200, "Home visit", "Νίκος Παπαδόπουλος")
		if tp, err := w.App.Store.TouchpointByID(ctx, w.Visit.ID); err != nil || tp.OwnerID != w.Nikos.ID || tp.TeamID != w.North.ID || tp.Key != "visit" {
			t.Errorf("an owner gave the touchpoint away: %+v %v", tp, err)
		}
	})
}

func TestTheManagerSeesWhatChanged(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		bill := other(t, w)
		ann := w.As("ann")
		expect(t, ann.Get("/company"), 200, "2 journeys have too few answers", "No case is open", "No feedback has been there long enough to tell")
		spoiled(w, 40, 5)
		w.Wait(40 * 24 * time.Hour)
		spoiled(w, 40, 1)
		ctx := context.Background()
		runs, err := w.App.Store.RunsByKey(ctx, fmt.Sprintf("s-%d-1-0", w.Now().Unix()))
		if err != nil || len(runs) != 1 {
			t.Fatal(runs, err)
		}
		p := w.As("ann").Get("/company?days=30")
		expect(t, p, 200, "Fibre at home fell by 100 points", "40 answers against 40 before", "1 journey has too few answers", bill.Name[i18n.English],
			"Employees who served", "Supervisors", "Journey leaders", "Latest complaints", "nobody told me anything", "Latest praise")
		expect(t, w.As("ann").Get("/company?days=all"), 200, "There is no time before")
		for _, lang := range []string{"fa", "el", "ru"} {
			expect(t, w.As("ann").Language(lang).Get("/company?days=30"), 200)
		}
	})
}

func TestReadersAreCountedByDepartmentAndSmallOnesHidden(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		spoiled(w, 6, 3)
		w.Wait(10 * 24 * time.Hour)
		p := w.As("ann").Get("/company")
		expect(t, p, 200, "The whole companyToo few people")
		if s := plainly(p.Text()); strings.Contains(s, w.Zahra.Name) || strings.Contains(s, w.Boris.Name) {
			t.Error("a person is named on the company's page")
		}
	})
}

func TestNoJourneyIsAnEmptyPage(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		bill := other(t, w)
		expect(t, w.As("boris").Get(at(bill, "")), 200, "Nobody has answered about this journey", "No stages have been described yet", "No words here", "there is no response rate")
		expect(t, w.As("boris").Get("/touchpoints"), 200, "No touchpoints yet")
		if p := w.Stranger().Get(at(bill, "")); p.Status != http.StatusSeeOther {
			t.Errorf("a stranger got %d", p.Status)
		}
	})
}
