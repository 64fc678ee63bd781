package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/server/api"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// complained is a case of the customer of a run.
func (m machine) complained() casework.Case {
	m.t.Helper()
	m.post(interactions, batch(contact("c-1", map[string]any{"customer": map[string]any{"key": "k-7", "email": "maria@example.org"}})))
	r := m.walk("order-1").Run
	if err := m.App.Cases.Raise(m.t.Context(), r.ID, casework.Trigger{Kind: casework.Contact, At: m.Now()}); err != nil {
		m.t.Fatal(err)
	}
	cases, err := m.App.Store.CasesOf(m.t.Context(), r.CustomerID)
	if err != nil || len(cases) != 1 {
		m.t.Fatalf("%d cases: %v", len(cases), err)
	}
	return cases[0]
}

// wrote is the token of a letter that was sent about a case.
func (m machine) wrote(c casework.Case) string {
	m.t.Helper()
	token := "token" + fmt.Sprint(c.ID)
	if _, err := m.App.Store.AddMail(m.t.Context(), casework.Mail{ID: c.ID, CaseID: c.ID, Kind: casework.MailLetter, State: casework.MailSent, Token: token, MadeAt: m.Now()}); err != nil {
		m.t.Fatal(err)
	}
	return token
}

func (m machine) steps(id int64, kind casework.StepKind) (words []string) {
	m.t.Helper()
	steps, err := m.App.Store.StepsOf(m.t.Context(), id)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, s := range steps {
		if s.Kind == kind {
			words = append(words, s.Words)
		}
	}
	return words
}

// became is what became of what was told.
func (r reply) became(t *testing.T) string {
	t.Helper()
	var taken api.Taken
	if err := json.Unmarshal([]byte(r.body), &taken); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return taken.Outcome
}

func TestAMailThatCameInCountsOnce(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		c := m.complained()
		raw := base64.StdEncoding.EncodeToString([]byte("From: Maria <MARIA@example.org>\r\nTo: care+" + m.wrote(c) + "@example.org\r\nMessage-ID: <m1@x>\r\nSubject: Hello\r\n\r\nIt \x00is broken\r\n> Dear Maria\r\n"))
		for i, want := range []string{"matched", "known"} {
			if got := m.post("/api/v1/mail", fmt.Sprintf(`{"raw":%q}`, raw)); got.code != 200 || got.became(t) != want {
				t.Errorf("time %d: %d %s", i, got.code, got.body)
			}
		}
		if got := m.post("/api/v1/mail", `{"message_id":"<m1@x>","from":"maria@example.org","text":"the same in parts"}`); got.became(t) != "known" {
			t.Errorf("in parts: %s", got.body)
		}
		if got := m.post("/api/v1/mail", `{"message_id":"<m2@x>","from":"stranger@example.org","html":"<p>Who <b>am</b> I?","to":["care+nonsense@example.org"],"references":["<case.nonsense@x>"],"subject":null}`); got.became(t) != "kept" {
			t.Errorf("a stranger: %s", got.body)
		}
		if words := m.steps(c.ID, casework.StepMailIn); len(words) != 1 || words[0] != "Hello\n\nIt is broken" {
			t.Errorf("%q", words)
		}
		if got := m.post("/api/v1/mail", `{"message_id":"<m3@x>","from":"MARIA@example.org","text":"Send it to my new address","attachments":[{"name":"../a.txt","content":"aGVsbG8="}]}`); got.became(t) != "kept" {
			t.Errorf("whoever writes her address above a mail: %s", got.body)
		}
		lost, err := w.App.Store.LostMails(t.Context(), w.Actor("ann").Scope(), page.Ask{})
		if err != nil || lost.Total != 2 || lost.Rows[1].Words != "Who am I?" {
			t.Fatalf("%+v %v", lost, err)
		}
		if files, err := w.App.Store.MailFilesOf(t.Context(), []int64{lost.Rows[0].ID}, false); err != nil || len(files) != 1 || files[0].Name != "a.txt" || files[0].Size != 5 {
			t.Errorf("what came with it: %+v %v", files, err)
		}
	})
}

func TestABounceCountsOnce(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		c := m.complained()
		for i, want := range []string{"taken", "known"} {
			if got := m.post("/api/v1/bounces", `{"event":"e1","recipient":"Maria@example.org","hard":true,"message_id":"<x@y>"}`); got.code != 200 || got.became(t) != want {
				t.Errorf("time %d: %d %s", i, got.code, got.body)
			}
		}
		customer, err := w.App.Store.CustomerByID(t.Context(), c.CustomerID)
		if err != nil || customer.MailTo() != "" || customer.Email != "maria@example.org" {
			t.Errorf("%+v %v", customer, err)
		}
	})
}

func TestMailAndBouncesThatCannotBeTaken(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		for sentence, c := range map[string]struct {
			path, body string
			code       int
			complaint  string
		}{
			"no mail at all":      {"mail", `{}`, 422, "from ingest.value_missing, message_id ingest.value_missing"},
			"no base64":           {"mail", `{"raw":"<>"}`, 422, "raw api.mail_unreadable"},
			"a damaged file":      {"mail", `{"message_id":"a","from":"b","attachments":[{"name":"c","content":"<>"}]}`, 422, "attachments[0].content api.mail_unreadable"},
			"no header":           {"mail", `{"raw":"eA=="}`, 422, "raw api.mail_unreadable"},
			"an unknown member":   {"mail", `{"message_id":"a","from":"b","cc":"c"}`, 422, "cc api.member_unknown"},
			"a list":              {"mail", `[]`, 422, " api.not_object"},
			"half of it":          {"mail", `{"raw":`, 400, ""},
			"a bounce of nothing": {"bounces", `{"hard":true}`, 422, "event ingest.value_missing, recipient ingest.value_missing"},
			"too large":           {"mail", `{"text":"` + strings.Repeat("x", 41<<20) + `"}`, 413, ""},
		} {
			got := m.post("/api/v1/"+c.path, c.body)
			var complaints []string
			for _, e := range got.Problem.Errors {
				complaints = append(complaints, e.Member+" "+e.Code)
			}
			if got.code != c.code || strings.Join(complaints, ", ") != c.complaint {
				t.Errorf("%s: %d %v", sentence, got.code, complaints)
			}
		}
		got := m.send("/api/v1/mail", strings.NewReader(`{}`), func(r *http.Request) { r.Header.Del("Authorization") })
		if got.code != http.StatusUnauthorized {
			t.Errorf("without a key: %d", got.code)
		}
	})
}
