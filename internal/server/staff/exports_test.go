package staff_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// opened reads a downloaded file as a spreadsheet does.
func opened(t *testing.T, p servertest.Page) [][]string {
	t.Helper()
	if p.Status != 200 || !strings.HasPrefix(p.Header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("no file: %d %s %q", p.Status, p.Header.Get("Content-Type"), p.Body)
	}
	body, marked := strings.CutPrefix(p.Body, "\ufeff")
	if !marked {
		t.Error("the mark of UTF-8 is missing")
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("not a table: %v %q", err, p.Body)
	}
	return rows
}

// column is one column of a file, without its head.
func column(rows [][]string, name string) []string {
	i := slices.Index(rows[0], name)
	var out []string
	for _, r := range rows[1:] {
		if i < 0 {
			return nil
		}
		out = append(out, r[i])
	}
	return out
}

// told is the latest line of the ledger about a file.
func told(t *testing.T, w *servertest.World, what string, subject int64) event.Event {
	t.Helper()
	events, err := w.App.Store.EventsOf(context.Background(), what, subject)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Verb == event.DataExported {
			return e
		}
	}
	return event.Event{}
}

// hard are words that a file has to survive: four alphabets, formulas, quotes, lines, scripts.
var hard = []string{"نصاب دیر آمد،\nولی «مؤدب» بود", "=HYPERLINK(\"http://evil.example\")", "+7 звонил; «долго», очень", "@Ήρθε αργά", "-2+3", "<script>alert(1)</script>", "＝1+1", "a \"quoted\", comma"}

func spoken(w *servertest.World) {
	w.T.Helper()
	for i, words := range hard {
		w.AddAnswered(fmt.Sprintf("X-%d", i+1), 1+i%5, words)
	}
}

// written is how words stand in a cell: guarded where a spreadsheet would run them.
func written(words string) string {
	if strings.ContainsAny(words[:1], "=+-@") || strings.HasPrefix(words, "＝") {
		return "'" + words
	}
	return words
}

func TestFilesHoldTheWordsAsTheyWereSaidAndRunNothing(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		spoken(w)
		journey := fmt.Sprintf("/journeys/%d/words.csv", w.Fibre.ID)
		for sentence, c := range map[string]struct{ login, path, column string }{
			"who served, of her own work":    {"zahra", "/feedback.csv", "Words"},
			"a supervisor, of her team":      {"nikos", "/team/words.csv", "Words"},
			"the leader, of the journey":     {"olga", journey, "Words"},
			"a manager, of the journey":      {"ann", journey + "?days=all", "Words"},
			"a manager, of all teams' words": {"ann", "/team/words.csv", "Words"},
		} {
			got := column(opened(t, w.As(c.login).Get(c.path)), c.column)
			for _, words := range hard {
				if !slices.Contains(got, written(words)) {
					t.Errorf("%s: %q is not among %q", sentence, words, got)
				}
			}
			for _, cell := range got {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
					t.Errorf("%s: a spreadsheet would run %q", sentence, cell)
				}
			}
		}
	})
}

func TestAFileReachesAsFarAsItsPage(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.AddAnswered("X-1", 2, words)
		journey := fmt.Sprintf("/journeys/%d", w.Fibre.ID)
		customer := fmt.Sprintf("/customers/%d/data.json", r.CustomerID)
		for sentence, c := range map[string]struct {
			login, path string
			status      int
		}{
			"an employee has no list of runs":                          {"zahra", "/runs.csv", 403},
			"an employee has no journey's words":                       {"zahra", journey + "/words.csv", 403},
			"an employee has no team's words":                          {"zahra", "/team/words.csv", 403},
			"a leader has no company's figures":                        {"olga", "/company/figures.csv", 403},
			"a leader has no customer's data, though she sees her":     {"olga", customer, 403},
			"a supervisor has no customer's data, though he sees her":  {"nikos", customer, 403},
			"an administrator has no customer's data":                  {"admin", customer, 403},
			"a manager has no list of invitations":                     {"ann", "/settings/invitations.csv", 403},
			"an administrator has it":                                  {"admin", "/settings/invitations.csv", 200},
			"an administrator has no words":                            {"admin", journey + "/words.csv", 403},
			"an owner of a touchpoint on it has the journey's figures": {"nikos", journey + "/figures.csv", 200},
			"a journey that is none":                                   {"ann", "/journeys/1/words.csv", 404},
			"figures of a journey that is none":                        {"ann", "/journeys/1/figures.csv", 404},
			"a customer who is none":                                   {"ann", "/customers/1/data.json", 404},
			"a date that is none":                                      {"ann", "/runs.csv?from=soon", 422},
		} {
			if got := w.As(c.login).Get(c.path).Status; got != c.status {
				t.Errorf("%s: %d, want %d", sentence, got, c.status)
			}
		}
		if got := opened(t, w.As("boris").Get("/feedback.csv")); len(got) != 2 || slices.Contains(column(got, "Touchpoint"), "Visit") {
			t.Errorf("Boris got another's feedback: %q", got)
		}
		if got := opened(t, w.As("nikos").Get(journey+"/words.csv")); len(got) != 2 || column(got, "Touchpoint")[0] != "Visit" {
			t.Errorf("who owns the visit got more than was said about it: %q", got)
		}
		if got := opened(t, w.As("nikos").Get("/team/words.csv")); len(got) != 2 || column(got, "Concerns")[0] != w.Zahra.Name {
			t.Errorf("the supervisor's file: %q", got)
		}
	})
}

func TestAFileHasTheFilterOfItsPage(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		spoken(w)
		open := w.Completed("=Y-1")
		open.Contacts, open.Completed = open.Contacts[:1], time.Time{}
		w.Take(open)
		ann := w.As("ann")
		all := opened(t, ann.Get("/runs.csv"))
		if len(all) != len(hard)+2 || !slices.Contains(column(all, "Order, claim or ticket"), "'=Y-1") {
			t.Fatalf("all runs: %q", all)
		}
		p := ann.Get("/runs?state=open&sort=key&page=1")
		link := p.Find("a[download]").AttrOr("href", "")
		if link != "/runs.csv?state=open" {
			t.Fatalf("the page leads to %q", link)
		}
		if got := opened(t, ann.Get(link)); len(got) != 2 || column(got, "State")[0] != "Under way" || column(got, "Answered")[0] != "No" {
			t.Errorf("open runs: %q", got)
		}
		for path, want := range map[string]int{"/runs.csv?key=X-": len(hard), "/runs.csv?journey=1": 0, "/runs.csv?to=2026-03-01": 0, "/runs.csv?from=2026-03-01": len(hard) + 1,
			"/feedback.csv?mood=positive": 0, fmt.Sprintf("/journeys/%d/words.csv?mood=negative", w.Fibre.ID): 8} {
			client := ann
			if strings.HasPrefix(path, "/feedback") {
				client = w.As("nikos")
			}
			rows := opened(t, client.Get(path))
			if path == "/feedback.csv?mood=positive" {
				list, err := w.App.Store.NoticesFor(t.Context(), w.Actor("nikos").OwnScope(), w.Nikos.ID, feedback.Filter{Mood: "positive"}, page.Ask{})
				if err != nil {
					t.Fatal(err)
				}
				want = list.Total
			}
			if len(rows)-1 != want {
				t.Errorf("%s: %d rows, want %d", path, len(rows)-1, want)
			}
		}
		for _, day := range column(all, "First contact") {
			if at, err := time.Parse(time.RFC3339, day); err != nil || !at.Equal(servertest.Start.Add(-48*time.Hour)) {
				t.Errorf("a moment as %q: %v", day, err)
			}
		}
	})
}

// TestAListLongerThanAPageComesWhole: every row once, whatever the page's size and the scope.
func TestAListLongerThanAPageComesWhole(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const n = 1203
		var records []ingest.Record
		for i := range n {
			records = append(records, w.Answered("L-"+strconv.Itoa(i), 1+i%5, "words "+strconv.Itoa(i)))
		}
		w.Take(records...)
		for sentence, c := range map[string]struct {
			login, path, column string
			rows, distinct      int
		}{
			"a manager's runs":               {"ann", "/runs.csv", "Order, claim or ticket", n, n},
			"a leader's runs":                {"olga", "/runs.csv", "Order, claim or ticket", n, n},
			"an owner's runs":                {"nikos", "/runs.csv", "Order, claim or ticket", n, n},
			"her own feedback":               {"zahra", "/feedback.csv", "Words", n, n},
			"a team's words":                 {"nikos", "/team/words.csv", "Words", n, n},
			"a journey's words, twice a run": {"olga", fmt.Sprintf("/journeys/%d/words.csv", w.Fibre.ID), "Words", 2 * n, n},
		} {
			got := column(opened(t, w.As(c.login).Get(c.path)), c.column)
			slices.Sort(got)
			if len(got) != c.rows || len(slices.Compact(got)) != c.distinct {
				t.Errorf("%s: %d rows, want %d", sentence, len(got), c.rows)
			}
		}
		if e := told(t, w, "runs", 0); e.Particulars["rows"] != float64(n) {
			t.Errorf("the ledger tells %v", e.Particulars)
		}
	})
}

func TestEveryFileLeavesALineInTheLedger(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.AddAnswered("X-1", 2, words)
		for _, c := range []struct {
			login, path, what string
			subject           int64
			filter            string
			rows              int
		}{
			{"ann", "/runs.csv?state=completed&sort=key&page=3", "runs", 0, "state=completed", 1},
			{"ann", "/cases.csv?q=%CE%9C%CE%B1%CF%81%CE%AF%CE%B1&severity=2", "cases", 0, "q=%E2%80%A6&severity=2", 0}, // whom she looked for is nobody's business for ever
			{"zahra", "/feedback.csv", "feedback", w.Zahra.ID, "", 1},
			{"nikos", "/team/words.csv", "words-of-teams", 0, "", 1},
			{"olga", fmt.Sprintf("/journeys/%d/words.csv?days=30", w.Fibre.ID), "words", w.Fibre.ID, "days=30", 2},
			{"olga", "/journeys/figures.csv?days=all", "figures-of-journeys", 0, "days=all", 1},
			{"olga", fmt.Sprintf("/journeys/%d/figures.csv", w.Fibre.ID), "figures-of-touchpoints", w.Fibre.ID, "", 2},
			{"admin", "/settings/invitations.csv?state=sent", "invitations", 0, "state=sent", 0},
			{"admin", "/people/employees.csv", "employees", 0, "", 5},
			{"ann", fmt.Sprintf("/customers/%d/data.json", r.CustomerID), "customer", r.CustomerID, "", 1},
		} {
			if p := w.As(c.login).Get(c.path); p.Status != 200 {
				t.Errorf("%s: %d", c.path, p.Status)
			}
			e := told(t, w, c.what, c.subject)
			if e.ActorID != w.Actor(c.login).UserID || e.Particulars["what"] != c.what || e.Particulars["filter"] != c.filter || e.Particulars["rows"] != float64(c.rows) {
				t.Errorf("%s by %s: the ledger tells %+v", c.path, c.login, e)
			}
		}
		if w.As("zahra").Get("/runs.csv"); told(t, w, "runs", 0).ActorID != w.Actor("ann").UserID {
			t.Error("what was refused is told as taken")
		}
	})
}

func TestWordsInConfidenceLeaveWithoutTheirCustomer(t *testing.T) {
	for anonymity, known := range map[survey.Anonymity]bool{survey.Identified: true, survey.Confidential: false, survey.Anonymous: false} {
		t.Run(string(anonymity), func(t *testing.T) {
			servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
				w.Survey.Anonymity = anonymity
				if err := w.App.Store.SaveSurvey(context.Background(), w.Survey); err != nil {
					t.Fatal(err)
				}
				w.Crowd()
				r := w.AddAnswered("C-3", 4, words)
				ann := w.As("ann")
				p := ann.Get(fmt.Sprintf("/journeys/%d/words.csv", w.Fibre.ID))
				if strings.Contains(p.Body, "Μαρία C-3") != known || strings.Contains(p.Body, "C-3") != known {
					t.Errorf("words with their customer: %q", p.Body)
				}
				day := column(opened(t, p), "Answered on (anonymous: the week’s Monday)")[0]
				if want := map[bool]string{true: "2026-03-16", false: "2026-03-20"}[anonymity == survey.Anonymous]; day != want {
					t.Errorf("the day is told as %s, want %s", day, want)
				}
				if p := w.As("nikos").Get("/team/words.csv"); strings.Contains(p.Body, "Μαρία") {
					t.Errorf("a team's words name the customer: %q", p.Body)
				}
				data := ann.Get(fmt.Sprintf("/customers/%d/data.json", r.CustomerID))
				if data.Status != 200 || strings.Contains(data.Body, words) != known || strings.Contains(data.Body, `"C-3"`) != known {
					t.Errorf("her data: %s", data.Body)
				}
				if strings.Contains(data.Body, `"because"`) == known {
					t.Errorf("what is withheld is not said: %s", data.Body)
				}
			})
		})
	}
}

func TestAnOwnerKnowsTheRunAndNotTheCustomer(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.Shop.OwnerID = w.Boris.ID
		if err := w.App.Store.SaveTouchpoint(context.Background(), w.Shop); err != nil {
			t.Fatal(err)
		}
		record := w.Answered("O-1", 4, words)
		record.Answer.Ratings[1].Comment = "shop words"
		w.Take(record)
		rows := opened(t, w.As("boris").Get(fmt.Sprintf("/journeys/%d/words.csv", w.Fibre.ID)))
		if len(rows) != 2 || column(rows, "Words")[0] != "shop words" || column(rows, "Order, claim or ticket")[0] != "O-1" || column(rows, "Customer")[0] != "" {
			t.Errorf("the owner's file: %q", rows)
		}
	})
}

func TestFiguresInAFileAreThoseOfTheCommandLine(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		spoken(w)
		other := w.Answered("few-1", 5, "")
		other.Journey = ingest.Named{Key: "-few", Name: "＝Few"}
		w.Take(other)
		for path, q := range map[string]insight.Question{
			"/company/figures.csv?days=all":                                   {By: feedback.ByJourney},
			"/journeys/figures.csv?days=all":                                  {By: feedback.ByJourney},
			fmt.Sprintf("/journeys/%d/figures.csv?days=all", w.Fibre.ID):      {By: feedback.ByTouchpoint, Journey: w.Fibre.ID},
			fmt.Sprintf("/journeys/%d/figures.csv?mood=negative", w.Fibre.ID): {By: feedback.ByTouchpoint, Journey: w.Fibre.ID, From: i18n.Day(w.Now(), w.App.Config.TimeZone) - 89},
		} {
			lines, err := w.App.Insight.Figures(t.Context(), q)
			if err != nil || len(lines) == 0 {
				t.Fatalf("%v %v", lines, err)
			}
			rows := opened(t, w.As("ann").Get(path))
			if head := strings.Join(rows[0], ","); head != "Key,Name,Metric,Scale,Answers,Score,Low (95%),High (95%),Reliability" {
				t.Errorf("%s: %s", path, head)
			}
			if len(rows)-1 != len(lines) {
				t.Fatalf("%s: %d rows, want %d", path, len(rows)-1, len(lines))
			}
			number := func(x *float64) string {
				if x == nil {
					return ""
				}
				return strconv.FormatFloat(*x, 'g', -1, 64)
			}
			for i, l := range lines {
				want := []string{written(l.Key), written(l.Name.In(i18n.English)), string(l.Scale.Metric), l.Scale.String(), fmt.Sprint(l.Figure.N), number(l.Figure.Score), number(l.Figure.Low), number(l.Figure.High), string(l.Figure.Level)}
				if !slices.Equal(rows[i+1], want) {
					t.Errorf("%s: %q, want %q", path, rows[i+1], want)
				}
				if l.Figure.Level == "suppressed" && strings.Join(rows[i+1][5:8], "") != "" {
					t.Errorf("%s: a hidden figure shows: %q", path, rows[i+1])
				}
			}
		}
	})
}

func TestHeadsReadInTheReadersLanguage(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	w.AddAnswered("X-1", 2, words)
	if head := opened(t, w.As("ann").Language("fa").Get("/journeys/figures.csv?days=all")); !strings.Contains(fmt.Sprint(head[1:]), "پنهان") {
		t.Errorf("how far a figure is to be trusted is told in Persian as %q", head[1:])
	}
	for lang, want := range map[string]string{"fa": "سفارش، درخواست یا تیکت", "el": "Παραγγελία, αίτημα ή δελτίο", "ru": "Заказ, претензия или заявка"} {
		rows := opened(t, w.As("ann").Language(lang).Get("/runs.csv"))
		if rows[0][0] != want || rows[1][0] != "X-1" || !strings.HasPrefix(rows[1][3], "2026-03-18T") {
			t.Errorf("in %s: %q", lang, rows)
		}
	}
}

func TestACustomerGetsAllThatIsKeptAboutHer(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		record := w.Answered("D-1", 1, hard[0])
		record.Contacts[1].Topic = hard[5]
		record.Contacts[1].PromiseDue, record.Contacts[1].PromiseKept = w.Now().Add(-30*time.Hour), w.Now()
		again := w.Completed("D-2")
		again.Customer, again.Ask = record.Customer, true
		w.Take(record, again, w.Answered("D-3", 5, "another's words"))
		ann := w.As("ann")
		r := w.RunOf("D-1")
		token, err := w.App.Surveys.HandOver(t.Context(), w.RunOf("D-2").ID)
		if err != nil {
			t.Fatal(err)
		}
		if p := w.Stranger().Post(survey.Path(token), url.Values{"overall": {"2"}, "comment": {"Ήρθε αργά"}, "contact": {"1"}}); p.Status != 303 {
			t.Fatalf("her answer: %d", p.Status)
		}
		if err := w.App.Cases.Consider(t.Context(), w.RunOf("D-2").ID); err != nil {
			t.Fatal(err)
		}
		if p := ann.Post(customerPath(r)+"/consent", url.Values{"ask": {"0"}}); p.Status != 303 {
			t.Fatalf("opt out: %d", p.Status)
		}
		if link := ann.Get(customerPath(r)).Find("a[download]").AttrOr("href", ""); link != customerPath(r)+"/data.json" {
			t.Errorf("her page leads to %q", link)
		}
		if n := w.As("olga").Get(customerPath(r)).Find("a[download]").Length(); n != 0 {
			t.Errorf("a leader is offered %d files", n)
		}
		p := ann.Get(customerPath(r) + "/data.json")
		var data struct {
			Customer struct {
				Key, Name, Email string
				OptedOutAt       *time.Time `json:"opted_out_at"`
			}
			Runs []struct {
				Key      string
				State    run.State
				Contacts []struct {
					Touchpoint, Topic string
					Teams             []string
					PromiseDue        *time.Time `json:"promise_due"`
				}
				Answer *struct {
					Overall *int
					Comment string
					Ratings []struct{ Touchpoint, Comment string }
				}
			}
			Cases  []struct{ Cause string }
			Events []struct{ What string }
		}
		if err := json.Unmarshal([]byte(p.Body), &data); err != nil || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("not a file: %v %s", err, p.Body)
		}
		if data.Customer.Name != "Μαρία D-1" || data.Customer.Email != "D-1@example.org" || data.Customer.OptedOutAt == nil || len(data.Events) != 1 {
			t.Errorf("the customer: %+v %+v", data.Customer, data.Events)
		}
		if len(data.Runs) != 2 || len(data.Cases) != 1 || strings.Contains(p.Body, "D-3") || strings.Contains(p.Body, "another's words") {
			t.Fatalf("not what is hers: %s", p.Body)
		}
		first := data.Runs[0]
		if first.Answer == nil || first.Answer.Comment != hard[0] || *first.Answer.Overall != 1 || len(first.Answer.Ratings) != 2 || len(first.Contacts) != 2 ||
			first.Contacts[1].Topic != hard[5] || first.Contacts[1].PromiseDue == nil || !slices.Equal(first.Contacts[1].Teams, []string{"North"}) {
			t.Errorf("the run: %+v", first)
		}
		if strings.Contains(p.Body, w.Zahra.Name) {
			t.Error("an employee's name left with a customer's data")
		}
	})
}
