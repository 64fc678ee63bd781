package server_test

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/smtptest"
)

// TestOneRatingTravelsFromTheContactToThePageOfWhoServed is the product's main story, told through HTTP and a real mail
// server: interaction → completion → invitation → answer in Persian → the pages of everybody it concerns, and of nobody else.
func TestOneRatingTravelsFromTheContactToThePageOfWhoServed(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			tellStory(t, engine)
		})
	}
}

// TestTheStoryNeedsOneConnection holds that nothing takes a second connection of the pool while it has a transaction
// open: as soon as as many do so as the pool has connections, all of them would wait for ever.
func TestTheStoryNeedsOneConnection(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			tellStory(t, engine, servertest.Narrow())
		})
	}
}

const (
	praise = "نصاب خوش‌برخورد بود و همه‌چیز را توضیح داد؛ ممنونم!"
	blame  = "از فروشگاه سه بار پیگیری کردم و کسی جواب نداد."
)

var link = regexp.MustCompile(`http://[^\s"<>]+/s/[A-Za-z0-9_-]{22}`)

// feed is the company's CRM at the API's door.
func feed(t *testing.T, w *servertest.World) func(path, body string) {
	t.Helper()
	key, _, err := w.App.Keys.Issue(t.Context(), "CRM")
	if err != nil {
		t.Fatal(err)
	}
	return func(path, body string) {
		r := w.Stranger().Request("POST", path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		if page := w.Stranger().Do(r); page.Status != 200 {
			t.Fatalf("POST %s: %d %s", path, page.Status, page.Body)
		}
	}
}

func everybodyReadsTheirPart(t *testing.T, w *servertest.World) {
	t.Helper()
	run := "/runs/" + id(w.RunOf("order-1").ID)
	for _, c := range []struct {
		who, path    string
		sees, hidden []string
	}{
		{"zahra", "/feedback", []string{praise}, []string{"مینا"}},
		{"boris", "/feedback", []string{blame}, []string{praise, "مینا"}},
		{"nikos", "/team", []string{praise}, nil},
		{"olga", "/journeys/" + id(w.Fibre.ID), []string{praise, blame}, nil},
		{"ann", "/company", []string{blame}, nil},
		{"zahra", run, []string{praise}, []string{"مینا"}},
		{"ann", run, []string{praise, blame, "مینا رضایی"}, nil},
	} {
		page := w.As(c.who).Get(c.path)
		if page.Status != 200 {
			t.Errorf("%s opens %s: %d", c.who, c.path, page.Status)
			continue
		}
		for _, words := range c.sees {
			if !strings.Contains(page.Find("main").Text(), words) {
				t.Errorf("%s does not read %q on %s", c.who, words, c.path)
			}
		}
		for _, words := range c.hidden {
			if strings.Contains(page.Body, words) {
				t.Errorf("%s reads %q on %s, which is not hers", c.who, words, c.path)
			}
		}
	}
}

func tellStory(t *testing.T, engine string, options ...servertest.Option) {
	post := smtptest.Start(t)
	w := servertest.Open(t, engine, append(options, servertest.ByMail(post.Host(), post.Port()))...)
	crm := feed(t, w)
	at := func(ago time.Duration) string { return w.Now().Add(-ago).Format(time.RFC3339) }
	// Boris sells, Zahra comes; the CRM delivers the visit twice, as feeds do.
	shop := `{"key":"c1","journey":"fibre","run":"order-1","touchpoint":"shop","started":"` + at(72*time.Hour) + `",
		"customer":{"key":"mina","name":"مینا رضایی","email":"mina@example.org","language":"fa"},"people":[{"employee":"boris"}]}`
	visit := `{"key":"c2","journey":"fibre","run":"order-1","touchpoint":"visit","started":"` + at(3*time.Hour) + `","ended":"` + at(2*time.Hour) + `",
		"customer":{"key":"mina"},"people":[{"employee":"zahra"}]}`
	crm("/api/v1/interactions", "["+shop+","+visit+"]")
	crm("/api/v1/interactions", "["+visit+"]")
	crm("/api/v1/runs/order-1/completion", `{}`)

	// A day later, outside the quiet hours, she is asked in Persian.
	w.Drain()
	if n := len(post.Messages()); n != 0 {
		t.Fatalf("%d messages before the delay has passed", n)
	}
	w.Wait(25 * time.Hour)
	w.Drain()
	letter := post.WaitFor(t, 1)[0]
	if !strings.Contains(letter.Text, "فیبر نوری در خانه") || letter.Header.Get("List-Unsubscribe") == "" {
		t.Errorf("the letter: %q %v", letter.Text, letter.Header)
	}
	where, err := url.Parse(link.FindString(letter.Text))
	if err != nil || where.Path == "" {
		t.Fatalf("no link in %q", letter.Text)
	}

	// She opens the page, in Persian and right to left, and answers.
	mina := w.Stranger()
	sheet := mina.Get(where.Path)
	if dir, _ := sheet.Find("html").Attr("dir"); sheet.Status != 200 || dir != "rtl" {
		t.Fatalf("the survey: %d, dir %q", sheet.Status, dir)
	}
	visitField, shopField := "t"+id(w.Visit.ID), "t"+id(w.Shop.ID)
	if sheet.Find(`[name="`+visitField+`"]`).Length() == 0 || sheet.Find(`[name="t`+id(w.Call.ID)+`"]`).Length() != 0 {
		t.Error("the survey must ask about what she met, and nothing else")
	}
	answer := url.Values{"overall": {"2"}, "expectation": {"-1"}, "comment": {blame}, visitField: {"5"}, "c" + id(w.Visit.ID): {praise}, shopField: {"1"}}
	if page := mina.Post(where.Path, answer); page.Status != 303 {
		t.Fatalf("her answer: %d %s", page.Status, page.Body)
	}
	mina.Post(where.Path, answer) // a double click
	w.Fold()

	everybodyReadsTheirPart(t, w)
	// Zahra's rating is not Boris's: he had his own part in the same run, hers does not exist for him.
	answered, err := w.App.Store.ResponseOf(t.Context(), w.RunOf("order-1").ID)
	if err != nil {
		t.Fatal(err)
	}
	hers := "/feedback/" + id(answered.ID) + "/" + id(w.Visit.ID) + "/reply"
	if page := w.As("boris").Post(hers, url.Values{"reply": {"not_me"}}); page.Status != 404 {
		t.Errorf("boris replies to zahra's feedback: %d", page.Status)
	}
	if page := w.As("boris").Get("/team/ratings/" + id(answered.ID) + "/" + id(w.Visit.ID)); page.Status == 200 || strings.Contains(page.Body, praise) {
		t.Errorf("boris opens zahra's rating: %d", page.Status)
	}
	if page := w.As("zahra").Post(hers, url.Values{"reply": {"thanks"}}); page.Status != 303 {
		t.Errorf("zahra says thanks: %d", page.Status)
	}
	// A technician who was never there: the run does not exist for her, nor does the rating.
	w.AddAnswered("order-2", 4, "")
	stranger := w.As("boris")
	other := w.Completed("order-3")
	other.Contacts = other.Contacts[1:] // only Zahra
	w.Take(other)
	if page := stranger.Get("/runs/" + id(w.RunOf("order-3").ID)); page.Status != 404 {
		t.Errorf("boris opens a run he had no part in: %d", page.Status)
	}
	if found, err := w.App.Store.Verify(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("verify: %v %v", found, err)
	}
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// TestWhatIsSaidOfTheWholeReachesWhoServed: she rates the journey and no touchpoint; the technician hears of it, and it
// counts for nobody in person.
func TestWhatIsSaidOfTheWholeReachesWhoServed(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		record := w.Completed("order-1")
		record.Ask = true
		w.Take(record)
		link := "/s/" + w.Link(w.RunOf("order-1").ID)
		if page := w.Stranger().Post(link, url.Values{"overall": {"2"}, "comment": {blame}}); page.Status != 303 {
			t.Fatalf("her answer: %d", page.Status)
		}
		w.Fold()
		zahra := w.As("zahra")
		page := zahra.Get("/feedback")
		if text := page.Find("main").Text(); !strings.Contains(text, blame) || !strings.Contains(text, "About the whole journey") {
			t.Errorf("zahra does not read it, or not what it is about: %s", text)
		}
		answered, err := w.App.Store.ResponseOf(t.Context(), w.RunOf("order-1").ID)
		if err != nil {
			t.Fatal(err)
		}
		whole := "/feedback/" + id(answered.ID) + "/0/reply"
		if page := zahra.Post(whole, url.Values{"reply": {"not_me"}}); page.Status != 403 {
			t.Errorf("she disowns what counts for nobody: %d", page.Status)
		}
		if page := zahra.Post(whole, url.Values{"reply": {"thanks"}}); page.Status != 303 {
			t.Errorf("she says thanks: %d", page.Status)
		}
		if found, err := w.App.Store.Verify(t.Context()); err != nil || len(found) != 0 {
			t.Errorf("verify: %v %v", found, err)
		}
	})
}
