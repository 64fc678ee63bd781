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
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// visited records an answered run and returns the number of the response.
func visited(t *testing.T, w *servertest.World, key string, overall int, words string) int64 {
	t.Helper()
	r, err := w.App.Store.ResponseOf(context.Background(), w.AddAnswered(key, overall, words).ID)
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

func replyPath(response, touchpoint int64) string {
	return fmt.Sprintf("/feedback/%d/%d/reply", response, touchpoint)
}

func quoteID(response, touchpoint int64) string { return fmt.Sprintf("#q-%d-%d", response, touchpoint) }

func verified(t *testing.T, w *servertest.World) {
	t.Helper()
	differs, err := w.App.Store.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differs {
		t.Errorf("figures differ from raw records: %+v", d)
	}
}

// answersOf is how many answers count for an employee.
func answersOf(t *testing.T, w *servertest.World, employee int64) (n int64) {
	t.Helper()
	w.Fold()
	rows, err := w.App.Store.Counts(context.Background(), insight.Count{Dim: feedback.ByEmployee, IDs: []int64{employee}, From: 0, To: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		n += r.Tally.N
	}
	return n
}

func want(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: status %d, want %d", what, got, want)
	}
}

func TestAnEmployeeReadsHerOwnFeedbackAndNobodyElses(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const words = "نصاب دیر آمد <script>alert('x')</script> & پرسید “چرا؟”"
		response := visited(t, w, "o1", 2, words)
		zahra, olga, boris := w.As("zahra"), w.As("olga"), w.As("boris")

		p := zahra.Get("/feedback")
		q := p.Find(quoteID(response, w.Visit.ID))
		if got := q.Find("blockquote").Text(); got != words {
			t.Errorf("Zahra reads %q", got)
		}
		if p.Find("script:not([src])").Length() != 0 {
			t.Error("the words became a script")
		}
		for _, part := range []string{"Fibre at home", "Visit", "2 of 5", "New", "Contact: "} {
			if !strings.Contains(q.Text(), part) {
				t.Errorf("the quote does not say %q", part)
			}
		}
		if p.Find(quoteID(response, w.Shop.ID)).Length() != 0 {
			t.Error("Zahra reads what was said about the shop, where Boris served")
		}
		if strings.Contains(p.Body, "Μαρία") {
			t.Error("the employee's page names the customer")
		}
		if strings.Contains(boris.Get("/feedback").Find(quoteID(response, w.Visit.ID)).Text(), "نصاب") {
			t.Error("Boris reads feedback on Zahra's visit")
		}
		for _, touchpoint := range []int64{w.Visit.ID, w.Shop.ID, 0, 7} {
			want(t, fmt.Sprintf("Ann replies about %d", touchpoint), w.As("ann").Post(replyPath(response, touchpoint), url.Values{"reply": {"not_me"}}).Status, http.StatusNotFound)
		}
		want(t, "Boris replies to Zahra's", boris.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {"not_me"}}).Status, http.StatusNotFound)
		want(t, "the leader disowns what is about the journey", olga.Post(replyPath(response, 0), url.Values{"reply": {"not_me"}}).Status, http.StatusForbidden)
		want(t, "a reply nobody knows", zahra.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {"shout"}}).Status, http.StatusUnprocessableEntity)
		want(t, "no number", zahra.Post("/feedback/x/y/reply", url.Values{"reply": {"thanks"}}).Status, http.StatusNotFound)
		if p := w.Stranger().Get("/feedback"); p.Status == http.StatusOK {
			t.Error("a stranger sees the page")
		}
		verified(t, w)
	})
}

func TestFeedbackIsReadByBeingShownAndStaysNewForAWhile(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		response := visited(t, w, "o1", 3, "kind and late")
		notice := func() feedback.Notice {
			n, err := w.App.Store.NoticeOf(context.Background(), w.Zahra.ID, response, w.Visit.ID)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		w.As("nikos").Get(fmt.Sprintf("/team/employees/%d", w.Zahra.ID))
		if notice().ReadAt != nil {
			t.Error("read because her supervisor looked")
		}
		zahra := w.As("zahra")
		isNew := func() bool {
			return strings.Contains(zahra.Get("/feedback").Find(quoteID(response, w.Visit.ID)).Text(), "New")
		}
		if !isNew() || notice().ReadAt == nil {
			t.Error("shown first: it must be new on the page, and read afterwards")
		}
		if p := zahra.Get("/feedback?unread=1"); !isNew() || p.Find(quoteID(response, w.Visit.ID)).Length() != 1 {
			t.Error("a moment later it is gone from under the reader")
		}
		w.Wait(time.Hour)
		if p := zahra.Get("/feedback?unread=1"); isNew() || p.Find(".quote").Length() != 0 || p.Find(".empty").Length() != 1 {
			t.Error("an hour later it is still new")
		}
	})
}

func TestRepliesOfAnEmployee(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		response := visited(t, w, "o1", 1, "wrong person")
		zahra := w.As("zahra")
		for _, step := range []struct {
			reply, says string
			counts      int64
		}{
			{"thanks", "You said: Thanks", 1},
			{"one_to_one", "You said: Bring to one-to-one", 1},
			{"not_me", "You said: Not me", 0},
			{"system", "You said: This was the system", 0},
			{"thanks", "You said: Thanks", 1},
			{"system", "your supervisor has yet to decide", 0},
			{"one_to_one", "You said: Bring to one-to-one", 1},
		} {
			p := zahra.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {step.reply}, "back": {"/feedback?days=30"}})
			if p.Status != http.StatusSeeOther || p.Location != "/feedback?days=30"+quoteID(response, w.Visit.ID) {
				t.Fatalf("%s: %d to %q", step.reply, p.Status, p.Location)
			}
			if text := zahra.Get("/feedback").Find(quoteID(response, w.Visit.ID)).Text(); !strings.Contains(text, step.says) {
				t.Errorf("after %s the page says %q", step.reply, text)
			}
			if n := answersOf(t, w, w.Zahra.ID); n != step.counts {
				t.Errorf("after %s %d answers count for her, want %d", step.reply, n, step.counts)
			}
			verified(t, w)
		}
		p := zahra.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {"thanks"}, "back": {"https://evil.example/"}})
		if !strings.HasPrefix(p.Location, "/feedback") {
			t.Errorf("a reply leads to %s", p.Location)
		}
	})
}

func TestPraiseOpensThePageAndNothingIsHidden(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		praise := visited(t, w, "good", 5, "wonderful")
		var bad []int64
		for i := range 30 {
			w.Wait(time.Hour)
			bad = append(bad, visited(t, w, fmt.Sprint("bad", i), 1, fmt.Sprint("bad words ", i)))
		}
		zahra := w.As("zahra")
		first := zahra.Get("/feedback")
		if id, _ := first.Find(".quote").First().Attr("id"); "#"+id != quoteID(praise, w.Visit.ID) {
			t.Errorf("the page opens with %s", id)
		}
		if id, _ := first.Find(".quote").Eq(1).Attr("id"); "#"+id != quoteID(bad[29], w.Visit.ID) {
			t.Errorf("then comes %s, not the newest", id)
		}
		seen := map[string]int{}
		pages := 0
		for next, more := "/feedback", true; more && pages < 9; pages++ {
			p := zahra.Get(next)
			for _, q := range p.Find(".quote").EachIter() {
				seen[q.AttrOr("id", "")]++
			}
			if p.Find(".quote").Length() == 0 {
				t.Errorf("%s has nothing on it", next)
			}
			next, more = p.Find("a[rel=next]").Attr("href")
		}
		if len(seen) != 31 || pages != 2 {
			t.Errorf("%d different quotes on %d pages, want 31 on 2: the praise and twice 15", len(seen), pages)
		}
		if text := first.Find(".pager").Text(); !strings.Contains(text, "31") {
			t.Errorf("the length of the list is told as %q", text)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s is there %d times", id, n)
			}
		}
		if text := first.Find("nav[aria-label=Mood]").Text(); !strings.Contains(text, "31") || !strings.Contains(text, "30") {
			t.Errorf("the proportion is told as %q", text)
		}
		if zahra.Get("/feedback?mood=negative").Find(".quote-positive").Length() != 0 {
			t.Error("praise among the negative")
		}
		w.Wait(31 * 24 * time.Hour)
		if zahra.Get("/feedback").Find(".quote").First().HasClass("quote-positive") {
			t.Error("praise of more than a month ago still opens the page")
		}
	})
}

func TestThePromiseOfAnonymityIsKept(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for _, c := range []struct {
			anonymity survey.Anonymity
			run, day  bool
		}{{survey.Identified, true, true}, {survey.Confidential, false, true}, {survey.Anonymous, false, false}} {
			w.Survey.Anonymity = c.anonymity
			if err := w.App.Store.SaveSurvey(context.Background(), w.Survey); err != nil {
				t.Fatal(err)
			}
			if c.anonymity == survey.Anonymous {
				w.Crowd()
			}
			response := visited(t, w, string(c.anonymity), 2, "said in "+string(c.anonymity))
			for _, p := range []servertest.Page{w.As("zahra").Get("/feedback"), w.As("nikos").Get("/team"),
				w.As("nikos").Get(fmt.Sprintf("/team/employees/%d", w.Zahra.ID)), w.As("nikos").Get(fmt.Sprintf("/team/ratings/%d/%d", response, w.Visit.ID))} {
				q := p.Find(quoteID(response, w.Visit.ID))
				if !strings.Contains(q.Find("blockquote").Text(), string(c.anonymity)) {
					t.Errorf("%s: the words are not there", c.anonymity)
				}
				if strings.Contains(p.Body, "Μαρία") || strings.Contains(p.Body, "@example.org") {
					t.Errorf("%s: the customer is named", c.anonymity)
				}
				if got := q.Find("a[href^='/runs/']").Length() == 1; got != c.run {
					t.Errorf("%s: leads to the run: %v", c.anonymity, got)
				}
				if got := strings.Contains(q.Text(), "Contact: "); got != c.day {
					t.Errorf("%s: tells the day: %v", c.anonymity, got)
				}
			}
		}
	})
}

func TestPagesOfFeedbackSpeakFourLanguagesAndAreKindWhenEmpty(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		zahra, nikos := w.As("zahra"), w.As("nikos")
		if p := zahra.Get("/feedback"); p.Find(".empty").Length() != 1 || p.Find(".quote").Length() != 0 {
			t.Error("an empty page does not say so")
		}
		if p := nikos.Get("/team"); !strings.Contains(p.Body, "Nothing waits for you.") || p.Find(".empty").Length() == 0 {
			t.Error("an empty team page does not say so")
		}
		for i, words := range []string{"Ευχαριστώ πολύ", "Спасибо ёлки", "خیلی ممنون", "Thanks a lot"} {
			visited(t, w, fmt.Sprint("o", i), 5, words)
		}
		response := visited(t, w, "bad", 1, "")
		zahra.Post(replyPath(response, w.Visit.ID), url.Values{"reply": {"not_me"}})
		for lang, title := range map[string]string{"en": "My feedback", "fa": "بازخوردهای من", "el": "Τα σχόλια για μένα", "ru": "Отзывы обо мне"} {
			p := zahra.Language(lang).Get("/feedback")
			if p.Find("h1").Text() != title || p.Find("html").AttrOr("lang", "") != lang {
				t.Errorf("%s: headed %q", lang, p.Find("h1").Text())
			}
			for _, words := range []string{"Ευχαριστώ πολύ", "Спасибо ёлки", "خیلی ممنون", "Thanks a lot"} {
				if !strings.Contains(p.Find("blockquote").Text(), words) {
					t.Errorf("%s: no %q", lang, words)
				}
			}
			nikos.Language(lang)
			for _, path := range []string{"/team", fmt.Sprintf("/team/employees/%d?list=one-to-one", w.Zahra.ID), fmt.Sprintf("/team/ratings/%d/%d?who=زهرا", response, w.Visit.ID)} {
				want(t, lang+" "+path, nikos.Get(path).Status, http.StatusOK)
			}
		}
		if p := zahra.Language("fa").Get("/feedback"); !strings.Contains(p.Find(".quote").Text(), "۵ از ۵") {
			t.Error("the rating is not in Persian digits")
		}
	})
}

func TestHerOwnRangeIsHiddenBelowFive(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		zahra := w.As("zahra")
		aside := func() string { return zahra.Get("/feedback").Find("section[aria-labelledby=own]").Text() }
		for i := range 4 {
			visited(t, w, fmt.Sprint("o", i), 5, "fine")
		}
		if text := aside(); !strings.Contains(text, "Fewer than 5 answers") || strings.Contains(text, "%") {
			t.Errorf("of four answers the page says %q", text)
		}
		visited(t, w, "o5", 1, "bad")
		low, high := stat.Wilson(4, 5)
		text := aside()
		for _, part := range []string{"4 satisfied of 5 answers", fmt.Sprintf("%.0f", 100*low), fmt.Sprintf("%.0f", 100*high), "Too few answers to compare"} {
			if !strings.Contains(text, part) {
				t.Errorf("of five answers the page says %q, not %q", text, part)
			}
		}
		if strings.Contains(text, "the team") {
			t.Error("two employees were compared")
		}
	})
}

func TestFeedbackIsListedOnlyForWhoMaySeeIt(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 3 {
			visited(t, w, fmt.Sprint("o", i), 5, "fine")
		}
		ctx, nikos := context.Background(), w.Actor("nikos")
		list, err := w.App.Store.NoticesFor(ctx, nikos.Scope(), w.Zahra.ID, feedback.Filter{}, page.Ask{})
		if err != nil || list.Total != 3 {
			t.Errorf("her supervisor lists %d %v", list.Total, err)
		}
		for name, scope := range map[string]func() (int, error){
			"another supervisor's": func() (int, error) {
				l, err := w.App.Store.NoticesFor(ctx, w.Actor("boris").Scope(), w.Zahra.ID, feedback.Filter{}, page.Ask{})
				return l.Total, err
			},
			"nobody's": func() (int, error) {
				l, err := w.App.Store.NoticesFor(ctx, w.Actor("admin").Scope(), w.Zahra.ID, feedback.Filter{}, page.Ask{})
				return l.Total, err
			},
			"an employee of number 0": func() (int, error) {
				l, err := w.App.Store.NoticesFor(ctx, w.Actor("admin").OwnScope(), 0, feedback.Filter{}, page.Ask{})
				return l.Total, err
			},
		} {
			if n, err := scope(); err != nil || n != 0 {
				t.Errorf("%s scope sees %d (%v)", name, n, err)
			}
		}
	})
}
