package staff_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

const hostile = `"><script>alert(1)</script>`

func TestTeams(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		id := func(n int64) string { return fmt.Sprint(n) }
		team := func(n int64) string { return "/people/teams/" + id(n) }
		p := admin.Follow(admin.Post("/people/teams", url.Values{"key": {"west"}, "name_en": {"West"}, "name_fa": {hostile}, "parent": {id(w.Field.ID)}, "supervisor": {id(w.Olga.ID)}}))
		if p.Status != 200 || !has(p, "Saved") || p.Find("main script").Length() != 0 {
			t.Fatalf("a new team: %d %s", p.Status, said(p))
		}
		if p := admin.Get("/people"); !has(p, "West") || !has(p, "Ольга Иванова") {
			t.Errorf("the tree lacks the new team: %s", said(p))
		}
		if p := w.As("admin").Language("fa").Get("/people"); p.Find("main script").Length() != 0 || !has(p, hostile) {
			t.Errorf("a hostile name is not shown as text: %s", said(p))
		}
		admin.Language("en")
		for sentence, c := range map[string]struct {
			path string
			form url.Values
			want string
		}{
			"a team cannot stand below itself":         {team(w.Field.ID), url.Values{"name_en": {"Field"}, "parent": {id(w.Field.ID)}}, "below it"},
			"a team cannot stand below one of its own": {team(w.Field.ID), url.Values{"name_en": {"Field"}, "parent": {id(w.North.ID)}}, "below it"},
			"a team needs a name":                      {team(w.North.ID), url.Values{"parent": {id(w.Field.ID)}}, "Please fill this in"},
			"a key is given once":                      {"/people/teams", url.Values{"key": {"west"}, "name_en": {"Another"}}, "already in use"},
			"the parent is a team":                     {team(w.North.ID), url.Values{"name_en": {"North"}, "parent": {"99"}}, "choose one"},
			"the supervisor is an employee":            {team(w.North.ID), url.Values{"name_en": {"North"}, "supervisor": {"99"}}, "choose one"},
			"what was typed stays in the form":         {"/people/teams", url.Values{"key": {"kept"}}, "Please fill this in"},
		} {
			p := admin.Post(c.path, c.form)
			if p.Status != 422 || !has(p, c.want) {
				t.Errorf("%s: %d %s", sentence, p.Status, said(p))
			}
			if key := c.form.Get("key"); key != "" && p.Find("#f-key").AttrOr("value", "") != key {
				t.Errorf("%s: the key is lost", sentence)
			}
		}
		p = admin.Follow(admin.Post(team(w.South.ID), url.Values{"name_en": {"South"}, "parent": {id(w.North.ID)}, "supervisor": {"0"}}))
		if p.Status != 200 {
			t.Errorf("moving a team: %d", p.Status)
		}
		if got := w.Actor("nikos").Supervises; len(got) != 2 {
			t.Errorf("after the move the supervisor of North answers for %d teams, want 2", len(got))
		}
		if p := w.As("ann").Get(team(w.South.ID)); p.Status != 200 || p.Find("main form").Length() != 0 {
			t.Errorf("a manager may look and not change: %d, %d forms", p.Status, p.Find("main form").Length())
		}
	})
}

func TestASignInFromItsFirstDayToItsLast(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		made := admin.Post("/people/employees", url.Values{"key": {"77"}, "name": {"Мария " + hostile}, "email": {"maria@example.org"}, "active": {"1"}})
		at := made.Location
		p := admin.Follow(made)
		if p.Status != 200 || p.Find("main script").Length() != 0 {
			t.Fatalf("the new employee: %d %s", p.Status, said(p))
		}
		shown := admin.Post(at+"/sign-in", nil)
		login, password := shown.Find("#login").Text(), shown.Find("#password").Text()
		if login != "maria@example.org" || len(password) != 19 || shown.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("shown once: %q %q", login, password)
		}
		maria := w.Stranger()
		if p := maria.SignIn(login, password); p.Status != http.StatusSeeOther {
			t.Fatalf("the first password does not open: %d", p.Status)
		}
		if p := admin.Post(at+"/sign-in", nil); p.Status != 409 {
			t.Errorf("a second sign-in for the same person: %d", p.Status)
		}
		user := shown.Find(`main a.btn[href^="/people/users/"]`).AttrOr("href", "")
		if p := maria.Get("/people"); p.Status != 403 {
			t.Errorf("an employee opens the organisation: %d", p.Status)
		}
		admin.Post(user+"/roles", url.Values{"manager": {"1"}})
		if p := maria.Get("/people"); p.Status != 200 {
			t.Errorf("a manager of this minute does not: %d", p.Status)
		}
		fresh := admin.Post(user+"/password", nil).Find("#password").Text()
		if p := maria.Get("/me"); p.Status != http.StatusSeeOther {
			t.Errorf("the session outlives its password: %d", p.Status)
		}
		if p := maria.SignIn(login, password); p.Status != 422 {
			t.Errorf("the old password still opens: %d", p.Status)
		}
		if p := maria.SignIn(login, fresh); p.Status != http.StatusSeeOther {
			t.Errorf("the new one does not: %d", p.Status)
		}
		admin.Post(user+"/access", url.Values{"disabled": {"1"}})
		if p := maria.Get("/me"); p.Status != http.StatusSeeOther {
			t.Errorf("the session outlives being disabled: %d", p.Status)
		}
		if p := maria.SignIn(login, fresh); p.Status != 422 {
			t.Errorf("a disabled sign-in opens: %d", p.Status)
		}
		admin.Post(user+"/access", url.Values{"disabled": {"0"}})
		if p := maria.SignIn(login, fresh); p.Status != http.StatusSeeOther {
			t.Errorf("let in again, and not: %d", p.Status)
		}
		admin.Post(at, url.Values{"name": {"Мария"}})
		if p := maria.Get("/me"); p.Status != http.StatusSeeOther {
			t.Errorf("the session outlives the job: %d", p.Status)
		}
	})
}

func TestOneAdministratorStays(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		own := fmt.Sprintf("/people/users/%d", w.Actor("admin").UserID)
		for path, form := range map[string]url.Values{own + "/roles": {}, own + "/access": {"disabled": {"1"}}} {
			if p := admin.Post(path, form); p.Status != 409 {
				t.Errorf("%s: %d", path, p.Status)
			}
		}
		other := fmt.Sprintf("/people/users/%d/roles", w.Actor("ann").UserID)
		if p := admin.Post(other, url.Values{"manager": {"1"}, "administrator": {"1"}}); p.Status != http.StatusSeeOther {
			t.Errorf("a second administrator: %d", p.Status)
		}
		if p := admin.Post(own+"/roles", nil); p.Location != "/" {
			t.Errorf("giving the right away: %d to %q", p.Status, p.Location)
		}
		if p := admin.Get("/people"); p.Status != 403 {
			t.Errorf("without the right: %d", p.Status)
		}
	})
}

func upload(c *servertest.Client, file string) servertest.Page {
	c.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "employees.csv")
	if err != nil {
		c.T.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		c.T.Fatal(err)
	}
	if err := form.Close(); err != nil {
		c.T.Fatal(err)
	}
	r := c.Request(http.MethodPost, "/people/employees/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Origin", c.URL)
	return c.Do(r)
}

// counts reads the report: added, changed, unchanged, new teams, rejected.
func counts(p servertest.Page) string {
	var out []string
	for _, n := range p.Find(".figure-value").EachIter() {
		out = append(out, strings.TrimSpace(n.Text()))
	}
	return strings.Join(out, " ")
}

func TestEmployeesFromAFile(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		file := "\ufeffname;key;team;language;active\n" +
			"Γιώργος Νικολάου;101;Field / North;el;\n" +
			"\"سارا\nکریمی\";102;Field/East/Night;fa;true\n" +
			"Ann Smith;ann;Field;en;yes\n" +
			";103;Field;en;\n" +
			"Twice;101;Field;en;\n" +
			"Lingua;104;Field;tlh;\n" +
			"Maybe;105;Field;en;perhaps\n"
		p := upload(admin, file)
		if got := counts(p); p.Status != 200 || got != "2 0 1 2 4" {
			t.Fatalf("the report says %q: %d %s", got, p.Status, said(p))
		}
		for _, part := range []string{"Line 6, column 1 (name)", "Please fill this in.", "Line 7, column 2 (key)", "This key stands in line 2 already.", "Line 8, column 4 (language)", "Line 9, column 5 (active)"} {
			if !has(p, part) {
				t.Errorf("the report lacks %q: %s", part, said(p))
			}
		}
		if got := counts(upload(admin, file)); got != "0 0 3 0 4" {
			t.Errorf("the same file again: %q, want nothing changed", got)
		}
		p = admin.Get("/people/employees?q=" + url.QueryEscape("سارا كريمي"))
		if p.Find("tbody tr").Length() != 1 || !has(p, "Night") {
			t.Errorf("found by another keyboard: %s", said(p))
		}
	})
}

func TestAFileComesBackAsItWent(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		admin.Post("/people/employees", url.Values{"key": {"=1+1"}, "name": {"@SUM(A1)"}, "active": {"1"}, "team": {fmt.Sprint(w.North.ID)}})
		p := admin.Get("/people/employees.csv")
		if !strings.Contains(p.Body, "'=1+1,'@SUM(A1),Field / North,") || !strings.Contains(p.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("formulas are not guarded: %s", p.Body)
		}
		if got := counts(upload(admin, p.Body)); got != "0 0 6 0 0" {
			t.Errorf("the export is not what the import reads: %q", got)
		}
	})
}

func TestFilesThatAreNone(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	admin := w.As("admin")
	for sentence, c := range map[string]struct{ file, want string }{
		"UTF-16":                      {"\xff\xfek\x00e\x00y\x00", "not in UTF-8"},
		"Latin-1":                     {"key,name\n1,Andr\xe9\n", "not in UTF-8"},
		"nothing":                     {"", "not empty"},
		"a mark and nothing":          {"\ufeff\n", "not empty"},
		"no key column":               {"name,team\nx,y\n", "column key is missing"},
		"a column twice":              {"key,name,name\n1,a,b\n", "twice"},
		"a picture":                   {"\x89PNG\r\n\x1a\n\x00\x00", "not in UTF-8"},
		"a head line that never ends": {"\"key,name\n1,a\n", "head line"},
	} {
		if p := upload(admin, c.file); p.Status != 422 || !has(p, c.want) {
			t.Errorf("%s: %d %s", sentence, p.Status, said(p))
		}
	}
	if p := upload(admin, "key,name\n1,"+strings.Repeat("x", people.MaxImport+1<<20)); p.Status != http.StatusRequestEntityTooLarge && p.Status != 422 {
		t.Errorf("too large: %d", p.Status)
	}
	p := upload(admin, "key,name\n1,\"open\n2,b\n")
	if p.Status != 200 || !has(p, "quotation mark") {
		t.Errorf("an open quotation mark: %d %s", p.Status, said(p))
	}
	p = upload(admin, "key,name\n1,a\x00b\n2,"+strings.Repeat("ж", 300)+"\n3,"+`"""><script>alert(1)</script>"`+"\n")
	if counts(p) != "1 0 0 0 2" || p.Find("main script").Length() != 0 || !has(p, "nobody can read") || !has(p, "too long") {
		t.Errorf("NUL, a long cell and a hostile one: %s", said(p))
	}
	if p := w.As("ann").Get("/people/employees/import"); p.Status != 403 {
		t.Errorf("a manager imports: %d", p.Status)
	}
}

func TestSearchInFourScripts(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.AddAnswered("S-100%", 5, "")
		customer, err := w.App.Store.CustomerByID(context.Background(), r.CustomerID)
		if err != nil {
			t.Fatal(err)
		}
		customer.Name, customer.Search = "Семён Ёлкин", i18n.Normalize("Семён Ёлкин")
		if err := w.App.Store.SaveCustomer(context.Background(), customer); err != nil {
			t.Fatal(err)
		}
		for sentence, c := range map[string]struct {
			login, q string
			want     []string // hits
		}{
			"Persian with an Arabic yeh":                        {"ann", "احمدي", []string{"زهرا احمدی"}},
			"Greek without tonos, in capitals":                  {"ann", "ΠΑΠΑΔΟΠΟΥΛΟΣ", []string{"Νίκος Παπαδόπουλος"}},
			"Russian with е for ё":                              {"ann", "елкин", []string{"Семён Ёлкин"}},
			"Russian with ё where there is е":                   {"ann", "пётров", []string{"Борис Петров"}},
			"Latin":                                             {"ann", "smith", []string{"Ann Smith"}},
			"a journey and the name in it":                      {"ann", "FIBRE", []string{"Fibre at home"}},
			"a run by its key, percent a letter":                {"ann", "s-100%", []string{"S-100%", "Семён Ёлкин"}},
			"underscore is no wildcard":                         {"ann", "S_100", nil},
			"who served finds the walk and not the customer":    {"zahra", "S-100", []string{"S-100%"}},
			"who served finds no colleagues":                    {"zahra", "Борис", nil},
			"a supervisor finds her people":                     {"nikos", "زهرا", []string{"زهرا احمدی"}},
			"a supervisor finds nobody else's":                  {"nikos", "Борис", nil},
			"a supervisor whose team served finds the customer": {"nikos", "семен", []string{"Семён Ёлкин"}},
			"the leader finds the customer":                     {"olga", "семен", []string{"Семён Ёлкин"}},
			"an administrator finds people and no customers":    {"admin", "Борис", []string{"Борис Петров"}},
			"an administrator as such finds no customers":       {"admin", "семен", nil},
			"nothing was asked":                                 {"ann", "   ", nil},
			"only a mark":                                       {"ann", "\u200c", nil},
			"hostile":                                           {"ann", hostile, nil},
		} {
			p := w.As(c.login).Get("/search?q=" + url.QueryEscape(c.q))
			var got []string
			for _, n := range p.Find("main section:not(#found-places) li > :first-child").EachIter() {
				got = append(got, strings.TrimSpace(n.Text()))
			}
			if p.Status != 200 || len(got) != len(c.want) || !contains(got, c.want) {
				t.Errorf("%s: %q, want %q", sentence, got, c.want)
			}
			if p.Find("main script").Length() != 0 {
				t.Errorf("%s: a script came of it", sentence)
			}
			for _, a := range p.Find("main section li a").EachIter() {
				if strings.Contains(a.AttrOr("href", ""), "%!") {
					t.Errorf("%s: leads to %s", sentence, a.AttrOr("href", ""))
				}
			}
		}
		found, err := w.App.Store.Search(context.Background(), w.Actor("ann"), strings.Repeat("ю", 10))
		if err != nil || found.Total() != 0 {
			t.Error(found, err)
		}
	})
}
