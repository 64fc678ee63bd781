package respond_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/server/respond"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
	"github.com/journeyloop/journeyloop/web"
)

// site is the customer's door of a world, and a browser before it.
type site struct {
	*surveytest.World
	server *httptest.Server
	accept string // the browser's languages
}

func exercise(t *testing.T, test func(t *testing.T, s *site)) {
	t.Helper()
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) { test(t, open(t, w)) })
}

func open(t testing.TB, w *surveytest.World) *site {
	t.Helper()
	desk := &respond.Desk{Feedback: w.Feedback, Answers: w.Feedback, Surveys: w.Surveys, Praise: &praise.Service{Store: w.Store, Ledger: w.Store, Now: w.Now}, Cases: w.Cases, Company: "Εταιρεία & Co", Language: i18n.Greek, Zone: storetest.Zone}
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		t.Errorf("%s %s: %v", c.Request().Method, c.Request().URL, err)
		_ = c.NoContent(http.StatusInternalServerError)
	}
	for _, r := range desk.Routes() {
		e.Add(r.Method, r.Path, r.Handle)
	}
	e.GET("/static/*", echo.WrapHandler(web.Handler()))
	s := &site{World: w, server: httptest.NewServer(e)}
	t.Cleanup(s.server.Close)
	return s
}

// page is an answer as a browser has it, redirects not followed.
type page struct {
	*goquery.Document
	status int
	header http.Header
	body   string
}

func (p page) lang() string { return p.Find("html").AttrOr("lang", "") }

func (s *site) do(t testing.TB, method, path string, form url.Values) page {
	t.Helper()
	request, err := http.NewRequest(method, s.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if s.accept != "" {
		request.Header.Set("Accept-Language", s.accept)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	document, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), "⟦") {
		t.Errorf("%s %s misses a message:\n%s", method, path, body)
	}
	return page{document, response.StatusCode, response.Header, string(body)}
}

func (s *site) get(t testing.TB, path string) page { return s.do(t, http.MethodGet, path, nil) }

func (s *site) post(t testing.TB, path string, form url.Values) page {
	return s.do(t, http.MethodPost, path, form)
}

func (s *site) response(t testing.TB, run int64) feedback.Response {
	t.Helper()
	r, err := s.Store.ResponseOf(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *site) unanswered(t testing.TB, run int64) {
	t.Helper()
	if _, err := s.Store.ResponseOf(t.Context(), run); fault.KindOf(err) != fault.KindMissing {
		t.Errorf("an answer was recorded: %v", err)
	}
}

// names of the touchpoints' fields by key.
func (s *site) fields(t testing.TB) (rating, comment map[string]string) {
	t.Helper()
	all, err := s.Store.Touchpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rating, comment = map[string]string{}, map[string]string{}
	for _, tp := range all {
		rating[tp.Key], comment[tp.Key] = fmt.Sprintf("t%d", tp.ID), fmt.Sprintf("c%d", tp.ID)
	}
	return rating, comment
}

func TestTheSurveyAsksInOrderAndOnlyWhatConcernsHer(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		s.Run(t, "other", func(r *ingest.Record) {
			r.Contacts = []ingest.Contact{{Key: "other/1", Touchpoint: ingest.Named{Key: "hotline", Name: "Hotline"}, Started: r.Completed}}
		})
		run := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, run))
		p := s.get(t, path)
		if p.status != 200 || p.lang() != "fa" || p.Find("html").AttrOr("dir", "") != "rtl" {
			t.Fatalf("status %d, language %s", p.status, p.lang())
		}
		var order []string
		p.Find(".promise, fieldset, textarea[name=comment], input[name=contact]").Each(func(_ int, e *goquery.Selection) {
			order = append(order, e.Find("input").AddSelection(e).FilterFunction(func(_ int, e *goquery.Selection) bool { return e.AttrOr("name", "") != "" }).AttrOr("name", "promise"))
		})
		rating, _ := s.fields(t)
		if want := []string{"promise", "overall", "expectation", "comment", rating["shop"], rating["office"], rating["visit"], "contact"}; !slices.Equal(order, want) {
			t.Errorf("asked in the order %v, want %v", order, want)
		}
		if strings.Contains(p.body, "Hotline") {
			t.Error("asks about a touchpoint this customer never met")
		}
		for _, name := range []string{"Νίκος", "Ольга", "زهرا"} {
			if strings.Contains(p.body, name) {
				t.Errorf("shows the employee's name %s", name)
			}
		}
		if got := p.Find("input[name=overall] + span").Text(); got != "۱۲۳۴۵" {
			t.Errorf("labels %s, want Persian digits", got)
		}
		if n := p.Find("input[value=na]").Length(); n != 3 {
			t.Errorf("%d questions may not apply, want the three about touchpoints", n)
		}
		if n := p.Find("[required]").Length(); n != 0 {
			t.Errorf("%d answers are forced", n)
		}
		if n := p.Find("script, [style], [onclick]").Length(); n != 0 {
			t.Errorf("%d scripts or styles in the page", n)
		}
		for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"} {
			if p.header.Get(name) != want {
				t.Errorf("%s: %s", name, p.header.Get(name))
			}
		}
		if p.header.Get("Set-Cookie") != "" {
			t.Error("sets a cookie")
		}
	})
}

func TestLookingRecordsNothing(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		path := survey.Path(s.Ask(t, s.Run(t, "o1")))
		s.post(t, path, url.Values{"overall": {"4"}})
		open := survey.Path(s.Ask(t, s.Run(t, "o2")))
		before := s.Dump(t)
		for _, p := range []string{path, path + "?lang=ru", path + "?overall=1", path + "/thanks", path + "/stop", open, open + "/thanks", open + "/stop", "/s/unknown"} {
			s.get(t, p)
		}
		if p := s.post(t, open, url.Values{"overall": {"5"}, "comment": {"сохранить"}, "show": {"ru"}}); p.lang() != "ru" || p.Find("textarea[name=comment]").Text() != "сохранить" {
			t.Error("changing the language lost what was filled in")
		}
		if after := s.Dump(t); !slices.Equal(before, after) {
			t.Errorf("looking changed the database:\n%s", strings.Join(differing(before, after), "\n"))
		}
	})
}

func differing(a, b []string) []string {
	var out []string
	for _, line := range append(slices.Clone(a), b...) {
		if slices.Contains(a, line) != slices.Contains(b, line) {
			out = append(out, line)
		}
	}
	return out
}

func TestEveryStateOfALink(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		s.accept = "ru-RU,ru;q=0.9"
		run := s.Run(t, "o1")
		token := s.Ask(t, run)
		for sentence, c := range map[string]struct {
			path   string
			status int
		}{
			"unknown":                   {"/s/AAAAAAAAAAAAAAAAAAAAAA", 404},
			"tampered":                  {"/s/" + strings.ToLower(token) + "x", 404},
			"cut short":                 {"/s/" + token[:10], 404},
			"hostile":                   {"/s/%3Cscript%3E%00", 404},
			"thanks of an unknown link": {"/s/nothing/thanks", 404},
			"stop of an unknown link":   {"/s/nothing/stop", 404},
		} {
			if p := s.get(t, c.path); p.status != c.status || p.lang() != "ru" || p.Find("h1").Length() != 1 {
				t.Errorf("%s: %d in %s", sentence, p.status, p.lang())
			}
			if strings.HasSuffix(c.path, "/thanks") {
				continue // nothing is posted there
			}
			if p := s.post(t, c.path, url.Values{"overall": {"5"}}); p.status != c.status {
				t.Errorf("posted to %s: %d", sentence, p.status)
			}
		}
		if p := s.get(t, survey.Path(token)+"/thanks"); p.status != 303 || p.header.Get("Location") != survey.Path(token) {
			t.Errorf("thanks before an answer: %d to %s", p.status, p.header.Get("Location"))
		}
		s.Wait(surveytest.Days(14))
		for _, path := range []string{survey.Path(token), survey.Path(token) + "/thanks"} {
			if p := s.get(t, path); p.status != 410 || p.lang() != "ru" {
				t.Errorf("expired: %d in %s", p.status, p.lang())
			}
		}
		if p := s.post(t, survey.Path(token), url.Values{"overall": {"5"}}); p.status != 410 {
			t.Errorf("answered too late: %d", p.status)
		}
		s.unanswered(t, run)
		if p := s.get(t, survey.StopPath(token)); p.status != 200 || p.lang() != "fa" {
			t.Errorf("ending being asked after expiry: %d in %s", p.status, p.lang())
		}
		if p := s.post(t, survey.StopPath(token), nil); p.status != 200 {
			t.Errorf("ending being asked after expiry: %d", p.status)
		}
		if s.Customer(t, run).OptedOutAt == nil {
			t.Error("the late word that she does not want to be asked was lost")
		}
	})
}

func TestTheFormWithAndWithoutEachField(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		s.Run(t, "first")
		rating, comment := s.fields(t)
		whole := url.Values{"overall": {"2"}, "expectation": {"-2"}, "comment": {"دیر آمد"}, "contact": {"1"}, "lang": {"fa"},
			rating["shop"]: {"5"}, rating["office"]: {"1"}, rating["visit"]: {"na"}, comment["shop"]: {"عالی"}, comment["office"]: {""}}
		cases := map[string]url.Values{"everything": whole}
		for field := range whole {
			without, only := url.Values{}, url.Values{field: whole[field]}
			for f, v := range whole {
				if f != field {
					without[f] = v
				}
			}
			cases["all but "+field] = without
			if field != "lang" && field != comment["office"] && field != rating["visit"] {
				cases["only "+field] = only
			}
		}
		n := 0
		for sentence, form := range cases {
			n++
			run := s.Run(t, fmt.Sprintf("o%d", n))
			path := survey.Path(s.Ask(t, run))
			if p := s.post(t, path, form); p.status != 303 {
				t.Errorf("%s: %d\n%s", sentence, p.status, p.Find(".alarm").Text())
				continue
			}
			r := s.response(t, run)
			if got := number(r.Overall); got != form.Get("overall") {
				t.Errorf("%s: overall %s", sentence, got)
			}
			if got := number(r.Expectation); got != form.Get("expectation") {
				t.Errorf("%s: expectation %s", sentence, got)
			}
			if !strings.HasPrefix(r.Comment, form.Get("comment")) || r.WantsContact != (form.Get("contact") != "") {
				t.Errorf("%s: %+v", sentence, r)
			}
			words := r.Comment
			for _, x := range r.Ratings {
				words += x.Comment
				if got := fmt.Sprint(x.Value); got != form.Get(fmt.Sprintf("t%d", x.TouchpointID)) {
					t.Errorf("%s: touchpoint rated %s", sentence, got)
				}
			}
			if !strings.Contains(words, form.Get(comment["shop"])) {
				t.Errorf("%s: her words about the shop are lost", sentence)
			}
			if p := s.get(t, path+"/thanks"); p.status != 200 || p.lang() != "fa" || p.Find("a[href='"+path+"']").Length() != 1 {
				t.Errorf("%s: thanks %d in %s", sentence, p.status, p.lang())
			}
		}
		s.Verify(t)
	})
}

func number(x *int) string {
	if x == nil {
		return ""
	}
	return fmt.Sprint(*x)
}

func TestWhatCannotBeTakenIsShownAgainWithEverythingKept(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		s.Run(t, "other", func(r *ingest.Record) {
			r.Contacts = []ingest.Contact{{Key: "other/1", Touchpoint: ingest.Named{Key: "hotline", Name: "Hotline"}, Started: r.Completed}}
		})
		run := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, run))
		rating, comment := s.fields(t)
		for sentence, form := range map[string]url.Values{
			"nothing at all":                   {},
			"only blanks":                      {"comment": {" \r\n\t "}, comment["shop"]: {" "}},
			"above the scale":                  {"overall": {"6"}},
			"below the scale":                  {"overall": {"0"}},
			"no number":                        {"overall": {"five"}},
			"a number beyond numbers":          {"overall": {"99999999999999999999"}},
			"half a point":                     {"overall": {"4.5"}},
			"an expectation there is not":      {"expectation": {"3"}},
			"a touchpoint out of its scale":    {rating["shop"]: {"11"}},
			"a touchpoint she never met":       {rating["hotline"]: {"5"}},
			"a touchpoint that does not exist": {"t1": {"5"}},
			"more words than can be kept":      {"comment": {strings.Repeat("я", 10_000)}},
			"too many words on a touchpoint":   {rating["visit"]: {"3"}, comment["visit"]: {strings.Repeat("x", 4001)}},
		} {
			form.Set("lang", "el")
			if form.Get("comment") == "" && sentence != "nothing at all" && sentence != "only blanks" {
				form.Set("comment", "κρατήστε το")
			}
			p := s.post(t, path, form)
			if p.status != 422 || p.Find(".alarm li").Length() == 0 || p.lang() != "el" {
				t.Errorf("%s: %d in %s", sentence, p.status, p.lang())
			}
			if got := p.Find("textarea[name=comment]").Text(); strings.TrimSpace(got) != strings.TrimSpace(form.Get("comment")) {
				t.Errorf("%s: the comment was not kept", sentence)
			}
			if form.Get(comment["visit"]) != "" && p.Find("textarea[name="+comment["visit"]+"]").Text() == "" {
				t.Errorf("%s: the words about a touchpoint were not kept", sentence)
			}
		}
		s.unanswered(t, run)
	})
}

func TestTheNewLinesOfABrowserCountOnce(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, run))
		if p := s.post(t, path, url.Values{"comment": {strings.Repeat("x\r\n", 1999) + "en"}}); p.status != 303 {
			t.Errorf("4000 characters, with line ends as the page counts them: %d", p.status)
		}
	})
}

func TestHostileWordsAreKeptAndHarmless(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, run))
		rating, comment := s.fields(t)
		for sentence, said := range map[string]string{
			"a script":               `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`,
			"a right-to-left trick":  "price \u202e001\u202c $",
			"a NUL":                  "be\x00fore",
			"control characters":     "a\x1b[31mb\x7f",
			"bytes that are no text": "caf\xe9",
			"emoji":                  "👩‍👩‍👧‍👦 👍🏽 Ἀ",
			"SQL":                    `'; DROP TABLE responses; --`,
			"a template":             `{{.company}} ${7*7}`,
			"a closing text area":    `</textarea><script>alert(2)</script>`,
			"a formula":              `=HYPERLINK("http://x")`,
		} {
			form := url.Values{"overall": {"3"}, "comment": {said}, rating["shop"]: {"3"}, comment["shop"]: {said}, "lang": {said}}
			if p := s.post(t, path, form); p.status != 303 {
				t.Errorf("%s: %d", sentence, p.status)
			}
			r := s.response(t, run)
			want := strings.NewReplacer("\x00", "", "\x1b", "", "\x7f", "", "\xe9", "").Replace(said)
			if r.Comment != want || r.Ratings[0].Comment != want {
				t.Errorf("%s: kept as %q", sentence, r.Comment)
			}
			p := s.get(t, path)
			if got := p.Find("textarea[name=comment]").Text(); got != want || p.Find("script, img").Length() != 0 {
				t.Errorf("%s: shown as %q", sentence, got)
			}
		}
		s.Verify(t)
	})
}

func TestADoubleClickAndTwoTabsMakeOneAnswer(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, run))
		rating, _ := s.fields(t)
		var clicks sync.WaitGroup
		for i := range 8 {
			clicks.Go(func() {
				form := url.Values{"overall": {"4"}, "comment": {"once"}, rating["visit"]: {"5"}}
				if i%4 == 3 { // the other tab
					form.Set("overall", "2")
				}
				if p := s.post(t, path, form); p.status != 303 {
					t.Errorf("click %d: %d", i, p.status)
				}
			})
		}
		clicks.Wait()
		var responses, ratings int
		for _, line := range s.Dump(t) {
			if strings.HasPrefix(line, "responses:") {
				responses++
			}
			if strings.HasPrefix(line, "packed_ratings:") {
				ratings++
			}
		}
		if responses != 1 || ratings != 1 {
			t.Errorf("%d responses and %d ratings, want one of each", responses, ratings)
		}
		s.Verify(t)
	})
}

func TestAnsweringAgainReplacesAndKeepsHistory(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, run))
		rating, _ := s.fields(t)
		first := url.Values{"overall": {"1"}, "comment": {"بد"}, "expectation": {"-2"}, rating["shop"]: {"1"}, rating["visit"]: {"2"}, "contact": {"1"}}
		s.post(t, path, first)
		p := s.get(t, path)
		for _, chosen := range []string{"input[name=overall][value='1']", "input[name=expectation][value='-2']", "input[name=" + rating["shop"] + "][value='1']", "input[name=contact]"} {
			if _, ok := p.Find(chosen).Attr("checked"); !ok {
				t.Errorf("%s is not chosen any more", chosen)
			}
		}
		if p.Find("textarea[name=comment]").Text() != "بد" {
			t.Error("the comment is not there to be changed")
		}
		if err := s.Cases.Consider(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		s.Wait(surveytest.Days(1))
		s.post(t, path, url.Values{"overall": {"5"}, "comment": {"حل شد"}, rating["visit"]: {"5"}})
		s.post(t, path, url.Values{"overall": {"5"}, "comment": {"حل شد"}, rating["visit"]: {"5"}})
		r := s.response(t, run)
		if *r.Overall != 5 || r.Revision != 2 || len(r.Ratings) != 1 {
			t.Errorf("answer %+v", r)
		}
		h, err := s.Store.HistoryOf(t.Context(), r.ID)
		if err != nil || len(h) != 1 || *h[0].Overall != 1 || h[0].Comment != "بد" {
			t.Errorf("history %+v %v", h, err)
		}
		cases, err := s.Store.CasesOf(t.Context(), s.Customer(t, run).ID)
		if err != nil || len(cases) != 1 {
			t.Errorf("cases %+v %v: she asked once to be contacted", cases, err)
		}
		s.Verify(t)
	})
}

func TestWhoSeesTheAnswerIsSaidBeforeTheFirstQuestion(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, run))
		r := i18n.NewReader(i18n.Persian, "", nil)
		for _, a := range []survey.Anonymity{survey.Identified, survey.Confidential, survey.Anonymous} {
			s.Survey(t, run, func(sv *survey.Survey) { sv.Anonymity = a })
			p := s.get(t, path)
			if !strings.Contains(p.Find(".promise").Text(), r.T("survey.anonymity_"+string(a))) {
				t.Errorf("%s: %s", a, p.Find(".promise").Text())
			}
			if strings.Index(p.body, "promise") > strings.Index(p.body, "<fieldset") {
				t.Errorf("%s is said after the first question", a)
			}
		}
		s.post(t, path, url.Values{"overall": {"4"}})
		if got := s.response(t, run); got.CustomerID != 0 {
			t.Error("an anonymous answer knows the customer")
		}
	})
}

func TestEachMetricHasItsReadyQuestion(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, run))
		for scale, key := range map[string]string{"nps_0_10": "nps", "csat_1_5": "csat", "ces_1_7": "ces", "ces_1_5_low": "ces_effort"} {
			sc, err := stat.ParseScale(scale)
			if err != nil {
				t.Fatal(err)
			}
			s.Survey(t, run, func(sv *survey.Survey) { sv.Scale, sv.TouchpointScale = sc, sc })
			for _, lang := range i18n.Languages {
				r, p := i18n.NewReader(lang, "", nil), s.get(t, path+"?lang="+string(lang))
				first := p.Find("fieldset").First()
				if got := first.Find("legend").Text(); got != r.T("survey."+key) {
					t.Errorf("%s in %s asks %s", scale, lang, got)
				}
				if got := first.Find(".ends").Text(); got != r.T("survey."+key+"_low")+r.T("survey."+key+"_high") {
					t.Errorf("%s in %s ends with %s", scale, lang, got)
				}
				if n := first.Find("input[type=radio]").Length(); n != sc.Hi-sc.Lo+1 {
					t.Errorf("%s in %s offers %d answers", scale, lang, n)
				}
				if p.lang() != string(lang) || p.Find("html").AttrOr("dir", "") != lang.Dir() {
					t.Errorf("%s came in %s", lang, p.lang())
				}
			}
		}
		s.Survey(t, run, func(sv *survey.Survey) { sv.Question = i18n.Text{i18n.Persian: "اینترنت چطور است؟"} })
		if got := s.get(t, path).Find("legend").First().Text(); got != "اینترنت چطور است؟" {
			t.Errorf("the survey's own question is not asked: %s", got)
		}
	})
}

// weight is what a phone fetches for the heaviest survey we ask: ten touchpoints, each rated 0 to 10.
func TestThePageWeighsAtMost40kB(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1", func(r *ingest.Record) {
			for i := range 7 {
				key := fmt.Sprintf("stop-%d", i)
				r.Contacts = append(r.Contacts, ingest.Contact{Key: key, Touchpoint: ingest.Named{Key: key, Name: "Ένα σημείο επαφής με μακρύ όνομα " + key}, Started: r.Completed})
			}
		})
		path := survey.Path(s.Ask(t, run))
		s.Survey(t, run, func(sv *survey.Survey) {
			sv.Scale = stat.Scale{Metric: stat.NPS, Hi: 10}
			sv.TouchpointScale = sv.Scale
		})
		for _, lang := range i18n.Languages {
			p := s.get(t, path+"?lang="+string(lang))
			weight := len(p.body)
			p.Find("link[rel=stylesheet], link[rel=icon], img[src]").Each(func(_ int, e *goquery.Selection) {
				weight += len(s.get(t, e.AttrOr("href", e.AttrOr("src", ""))).body)
			})
			if n := p.Find("fieldset").Length(); n != 12 {
				t.Fatalf("%d questions, want 12", n)
			}
			if weight > 40_000 {
				t.Errorf("%s: %d bytes", lang, weight)
			}
			t.Logf("%s: %d bytes, uncompressed", lang, weight)
		}
	})
}

func TestShePicksHerLanguageAndKeepsIt(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		hers := s.Run(t, "o1")
		path := survey.Path(s.Ask(t, hers))
		unknown := s.Run(t, "o2", func(r *ingest.Record) { r.Customer.Language = "" })
		open := survey.Path(s.Ask(t, unknown))
		for sentence, c := range map[string]struct{ accept, path, want string }{
			"hers before her browser's":           {"ru", path, "fa"},
			"the one she switched to before hers": {"ru", path + "?lang=el", "el"},
			"one there is not changes nothing":    {"ru", path + "?lang=xx", "fa"},
			"her browser's where hers is unknown": {"ru,en;q=0.5", open, "ru"},
			"the company's where nothing is":      {"", open, "el"},
		} {
			s.accept = c.accept
			if p := s.get(t, c.path); p.lang() != c.want {
				t.Errorf("%s: %s", sentence, p.lang())
			}
		}
		p := s.post(t, path, url.Values{"overall": {"4"}, "lang": {"el"}})
		if to := p.header.Get("Location"); to != path+"/thanks?lang=el" || s.get(t, to).lang() != "el" {
			t.Errorf("thanks at %s", to)
		}
		if s.response(t, hers).Language != i18n.Greek {
			t.Error("the language she answered in is not kept")
		}
	})
}

func TestEndingBeingAsked(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1")
		token := s.Ask(t, run)
		if p := s.get(t, survey.StopPath(token)); p.Find("form[method=post] button").Length() != 1 || s.Customer(t, run).OptedOutAt != nil {
			t.Error("a look ended it, or no button asks")
		}
		for range 2 { // RFC 8058: one POST, no cookie, no redirect; a mail program may send it twice
			if p := s.post(t, survey.StopPath(token), url.Values{"List-Unsubscribe": {"One-Click"}}); p.status != 200 {
				t.Fatalf("one click: %d", p.status)
			}
		}
		if s.Customer(t, run).OptedOutAt == nil || s.Invitation(t, run).Reason != survey.BecauseOptedOut {
			t.Error("she is still asked")
		}
		if p := s.get(t, survey.Path(token)); p.status != 410 {
			t.Errorf("the survey after that: %d", p.status)
		}
		handed := s.Run(t, "walk-in", func(r *ingest.Record) { r.Customer = ingest.Customer{} })
		link, err := s.Surveys.HandOver(t.Context(), handed)
		if err != nil {
			t.Fatal(err)
		}
		p := s.get(t, survey.Path(link))
		if p.Find("input[name=contact]").Length() != 0 || p.Find("a[href$=stop]").Length() != 0 {
			t.Error("offers contact to somebody we do not know")
		}
		if p := s.post(t, survey.StopPath(link), nil); p.status != 200 {
			t.Errorf("nobody known wants to end being asked: %d", p.status)
		}
	})
}

func TestALinkThatWasHandedOverIsUsedUpByTheAnswer(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		run := s.Run(t, "o1")
		mailed := survey.Path(s.Ask(t, run))
		token, err := s.Surveys.HandOver(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		handed := survey.Path(token)
		said := url.Values{"overall": {"2"}, "comment": {"نصاب نیامد"}}
		for range 2 { // a double click is no second answer, and no refusal
			if p := s.post(t, handed, said); p.status != 303 {
				t.Fatalf("the answer: %d", p.status)
			}
		}
		if p := s.get(t, handed+"/thanks"); p.status != 200 || p.Find("a.go").Length() != 0 {
			t.Errorf("thanks: %d, or it offers a change that is not possible", p.status)
		}
		if p := s.get(t, handed); p.status != 410 || strings.Contains(p.body, "نصاب نیامد") {
			t.Errorf("whoever handed the link over opens it: %d", p.status)
		}
		if p := s.post(t, handed, url.Values{"overall": {"5"}}); p.status != 410 || *s.response(t, run).Overall != 2 {
			t.Errorf("whoever handed the link over changes the answer: %d", p.status)
		}
		if p := s.get(t, mailed); p.status != 200 || !strings.Contains(p.body, "نصاب نیامد") {
			t.Errorf("her own link: %d", p.status)
		}
		if p := s.post(t, mailed, url.Values{"overall": {"4"}}); p.status != 303 || *s.response(t, run).Overall != 4 {
			t.Errorf("she changes her mind by her own link: %d", p.status)
		}
		s.Verify(t)
	})
}

func TestATextThatHerLanguageLacksIsMarkedGently(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		path := survey.Path(s.Ask(t, s.Run(t, "o1")))
		for _, lang := range []string{"en", "ru"} {
			p := s.get(t, path+"?lang="+lang)
			foreign := p.Find("legend bdi[lang], .kicker bdi[lang]")
			said := strings.Contains(p.Find(".intro").Text(), i18n.NewReader(i18n.Lang(lang), "", nil).T("survey.other_language"))
			if said != (foreign.Length() > 0) || p.Find(`bdi[lang="`+lang+`"]`).Length() > 0 {
				t.Errorf("in %s: %d texts in another language, said: %v", lang, foreign.Length(), said)
			}
			if lang == "ru" && foreign.Length() == 0 {
				t.Error("nothing lacks Russian: the test sees nothing")
			}
		}
	})
}
