package server_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/i18n"
	ids "github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// house is one of two companies in one database that have nothing to do with each other, with everything in it that must
// not be told next door. Every secret ends in letters that nothing else has, so that asking for its beginning echoes none.
type house struct {
	words, identity, keys, staff, design []string

	told    []string // beside surveys
	private []string // between an employee and her supervisor

	ids map[string][]string // by the name of the parameter, with the thing it is of where that is not one
}

func (h *house) all() []string {
	var out []string
	for _, secrets := range [][]string{h.words, h.identity, h.keys, h.staff, h.design, h.told, h.private} {
		out = append(out, secrets...)
	}
	return out
}

// said is all that customers said, and what was written about it.
func (h *house) said() []string { return slices.Concat(h.words, h.told) }

// neighbours are the two: the small world's own house, and the one next door.
type neighbours struct {
	*servertest.World
	own, next house

	Petra, Quentin, Lena, Otto people.Employee // next door: supervisor, employee, leader, owner
	East                       people.Team
	Bill                       journey.Journey
	Desk, Ledger               journey.Touchpoint
}

func build(t *testing.T, w *servertest.World) *neighbours {
	t.Helper()
	n := &neighbours{World: w, own: house{ids: map[string][]string{}}, next: house{ids: map[string][]string{}}}
	n.nextDoor(t)
	for i := range 3 {
		n.answered(t, &n.own, fmt.Sprintf("own-%d", i), w.Fibre.Key, w.Shop.Key, w.Visit.Key, "boris", "zahra", i)
		n.answered(t, &n.next, fmt.Sprintf("next-%d", i), n.Bill.Key, n.Desk.Key, n.Ledger.Key, "petra", "quentin", i)
	}
	n.inner(t, &n.own, "qqown", n.Zahra, n.Nikos, n.North, n.Visit)
	n.inner(t, &n.next, "qqnext", n.Quentin, n.Petra, n.East, n.Ledger)
	n.Fold()
	n.own.ids["employee"] = []string{id(w.Zahra.ID), id(w.Nikos.ID), id(w.Boris.ID)}
	n.own.ids["journey"] = []string{id(w.Fibre.ID)}
	n.own.ids["touchpoint"] = []string{id(w.Visit.ID), id(w.Shop.ID)}
	return n
}

// nextDoor makes the other house as a feed does, and appoints its people.
func (n *neighbours) nextDoor(t *testing.T) {
	t.Helper()
	ctx, st := t.Context(), n.App.Store
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	n.East = people.Team{ID: ids.New(), Key: "Abroad / East", Name: i18n.Plain("Eastern team qqteam"), Search: i18n.Normalize("Eastern team qqteam"), CreatedAt: n.Now()}
	must(st.SaveTeam(ctx, n.East))
	hash, err := st.UserByLogin(ctx, "zahra")
	must(err)
	for _, e := range []struct {
		key, name string
		into      *people.Employee
	}{{"petra", "Petra Supervising qqpetra", &n.Petra}, {"quentin", "Quentin Serving qqquentin", &n.Quentin}, {"lena", "Lena Leading qqlena", &n.Lena}, {"otto", "Otto Owning qqotto", &n.Otto}} {
		*e.into = people.Employee{ID: ids.New(), Key: e.key, Name: e.name, Search: i18n.Normalize(e.name), TeamID: n.East.ID, Active: true, CreatedAt: n.Now()}
		must(st.SaveEmployee(ctx, *e.into))
		u := people.User{ID: ids.New(), EmployeeID: e.into.ID, Login: e.key, Name: e.name, Language: i18n.English, PasswordHash: hash.PasswordHash, CreatedAt: n.Now()}
		must(st.SaveUser(ctx, u))
		n.next.staff = append(n.next.staff, e.name)
		n.next.ids["employee"] = append(n.next.ids["employee"], id(e.into.ID))
		n.next.ids["user"] = append(n.next.ids["user"], id(u.ID))
	}
	n.East.SupervisorID = n.Petra.ID
	must(st.SaveTeam(ctx, n.East))
	n.Desk = journey.Touchpoint{ID: ids.New(), Key: "desk", Name: i18n.Plain("Desk of next door qqdesk"), Search: i18n.Normalize("desk"), TeamID: n.East.ID, OwnerID: n.Otto.ID, Judged: journey.JudgedBoth, CreatedAt: n.Now()}
	n.Ledger = journey.Touchpoint{ID: ids.New(), Key: "ledger", Name: i18n.Plain("Ledger of next door qqledger"), Search: i18n.Normalize("ledger"), TeamID: n.East.ID, Judged: journey.JudgedBoth, CreatedAt: n.Now()}
	n.Bill = journey.Journey{ID: ids.New(), Key: "bill", Name: i18n.Plain("Bill of next door qqbill"), Need: i18n.Plain("Need of next door qqneed"), Search: i18n.Normalize("bill"), LeaderID: n.Lena.ID, VersionID: ids.New(), CreatedAt: n.Now()}
	plan := journey.Plan{Version: journey.Version{ID: n.Bill.VersionID, JourneyID: n.Bill.ID, Number: 1, State: journey.Live, Completes: journey.ByLastMandatory, AbandonAfterDays: 60, CreatedAt: n.Now()}}
	must(plan.AddStage(i18n.Plain("Stage of next door qqstage")))
	for _, tp := range []journey.Touchpoint{n.Desk, n.Ledger} {
		must(st.SaveTouchpoint(ctx, tp))
		must(plan.AddStep(journey.Step{StageID: plan.Stages[0].ID, TouchpointID: tp.ID, Mandatory: tp.ID == n.Ledger.ID}))
	}
	must(st.SaveJourney(ctx, n.Bill))
	must(st.SavePlan(ctx, plan))
	must(st.SaveSurvey(ctx, survey.Survey{ID: ids.New(), JourneyID: n.Bill.ID, VersionID: n.Bill.VersionID, Scale: servertest.CSAT, TouchpointScale: servertest.CSAT, Anonymity: survey.Identified, CreatedAt: n.Now()}))
	n.next.design = append(n.next.design, "qqteam", "qqdesk", "qqledger", "qqbill", "qqneed", "qqstage")
	n.next.ids["team"], n.next.ids["journey"] = []string{id(n.East.ID)}, []string{id(n.Bill.ID)}
	n.next.ids["touchpoint"], n.next.ids["stage"] = []string{id(n.Desk.ID), id(n.Ledger.ID)}, []string{id(plan.Stages[0].ID)}
	n.next.ids["step"] = []string{id(plan.Steps[0].ID)}
}

// answered is one customer's walk through a house: served by the first person at the first place, by the second at the
// second. The first customer wants to be called, the second was never asked.
func (n *neighbours) answered(t *testing.T, h *house, run, journey, first, second, one, two string, i int) {
	t.Helper()
	mark := "qq" + strings.ReplaceAll(run, "-", "") + "x"
	at := n.Now().Add(-48 * time.Hour)
	overall := 2 + i
	r := ingest.Record{Journey: ingest.Named{Key: journey}, Run: "Run " + mark + "key", Completed: at.Add(25 * time.Hour), Ask: i == 1,
		Customer: ingest.Customer{Key: "Customer " + mark + "buyer", Name: "Δέσποινα " + mark + "name", Email: mark + "mail@example.org", Phone: "+30 " + fmt.Sprint(6900000+i) + " " + mark + "phone", Language: "el"},
		Contacts: []ingest.Contact{
			{Key: run + "/1", Touchpoint: ingest.Named{Key: first}, Started: at, People: []ingest.Person{{Employee: ingest.Named{Key: one}}}},
			{Key: run + "/2", Touchpoint: ingest.Named{Key: second}, Started: at.Add(24 * time.Hour), People: []ingest.Person{{Employee: ingest.Named{Key: two}}}},
		},
		Answer: &ingest.Answer{Key: run + "/a", At: at.Add(30 * time.Hour), Scale: servertest.CSAT, Overall: &overall, Comment: "Συνολικά " + mark + "whole", Language: "el",
			Ratings: []ingest.Rating{{Touchpoint: ingest.Named{Key: first}, Scale: servertest.CSAT, Value: overall, Comment: "Πρώτα " + mark + "first"},
				{Touchpoint: ingest.Named{Key: second}, Scale: servertest.CSAT, Value: overall, Comment: "Μετά " + mark + "second"}}}}
	n.Take(r)
	stored := n.RunOf(r.Run)
	answer, err := n.App.Store.ResponseOf(t.Context(), stored.ID)
	if err != nil {
		t.Fatal(err)
	}
	if i == 0 {
		n.OpenCase(stored)
	}
	cases, err := n.App.Store.CasesOf(t.Context(), stored.CustomerID)
	if err != nil || len(cases) != 1-min(i, 1) {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		h.ids["case"] = append(h.ids["case"], id(c.ID))
	}
	h.ids["run"], h.ids["customer"] = append(h.ids["run"], id(stored.ID)), append(h.ids["customer"], id(stored.CustomerID))
	h.ids["response"] = append(h.ids["response"], id(answer.ID))
	h.words = append(h.words, mark+"whole", mark+"first", mark+"second")
	h.identity = append(h.identity, mark+"buyer", mark+"name", mark+"mail", mark+"phone")
	h.keys = append(h.keys, mark+"key")
}

// inner is what a house knows beside surveys: what an employee heard, what she and her supervisor talk about, when she is
// away, whom her team calls, and what was written and sent in about the case of the first customer.
func (n *neighbours) inner(t *testing.T, h *house, mark string, employee, supervisor people.Employee, team people.Team, at journey.Touchpoint) {
	t.Helper()
	ctx, st, now := t.Context(), n.App.Store, n.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	number := func(kind string) int64 {
		x := ids.New()
		h.ids[kind] = append(h.ids[kind], id(x))
		return x
	}
	numberOf := func(kind string) (x int64) {
		_, err := fmt.Sscan(h.ids[kind][0], &x)
		must(err)
		return x
	}
	heard := observation.Observation{ID: number("observation"), EmployeeID: employee.ID, TeamID: team.ID, Kind: observation.Wish, TouchpointID: at.ID, Words: "Heard " + mark + "heard",
		Search: "heard", At: now, State: observation.New}
	heard.ThemeID = heard.ID
	must(st.SaveObservation(ctx, heard))
	must(st.SaveTalk(ctx, coaching.Talk{ID: ids.New(), EmployeeID: employee.ID, SupervisorID: supervisor.ID}))
	must(st.SaveEntry(ctx, coaching.Entry{ID: number("entry"), EmployeeID: employee.ID, SupervisorID: supervisor.ID, Kind: coaching.Note, Words: mark + "talk", AuthorID: employee.ID, At: now}))
	must(st.SaveGoal(ctx, coaching.Goal{ID: number("goal"), EmployeeID: employee.ID, Words: mark + "goal", SetAt: now, State: coaching.GoalOpen}))
	today := i18n.Day(now, n.App.Config.TimeZone)
	must(st.SaveAbsence(ctx, people.Absence{ID: number("absence"), EmployeeID: employee.ID, FromDay: today + 5, UntilDay: today + 6, CreatedAt: now}))
	list := outreach.Usual()
	list.ID, list.Name, list.TeamID, list.MadeAt, list.LeftOut = number("outreach"), "List "+mark+"list", team.ID, now, map[string]int{}
	must(st.SaveOutreach(ctx, list))
	must(st.AddMembers(ctx, []outreach.Member{{ID: number("member"), ListID: list.ID, CustomerID: numberOf("customer"), RunID: numberOf("run"), At: now, Until: now.Add(time.Hour), After: now,
		CallerID: supervisor.ID, CalledAt: &now, DoneAt: &now, Outcome: outreach.Fine, Note: mark + "note"}}))
	c := numberOf("case")
	must(st.AddSteps(ctx, casework.Step{ID: ids.New(), CaseID: c, At: now, Kind: casework.StepMailIn, Words: mark + "letter"}))
	must(st.AddFile(ctx, casework.File{ID: number("attachment"), CaseID: c, Name: mark + "file.txt", Type: "text/plain; charset=utf-8", Size: 4, At: now}, []byte(mark+"content")))
	_, err := st.AddMail(ctx, casework.Mail{ID: number("mail"), Kind: casework.MailReply, State: casework.MailLost, MessageID: mark, Sender: mark + "mail@example.org", Words: mark + "lost", MadeAt: now})
	must(err)
	u, err := st.UserByLogin(ctx, employee.Key)
	must(err)
	must(st.AddNotifications(ctx, []notify.Notification{{ID: number("notification"), UserID: u.ID, EventID: ids.New(), Verb: event.CaseAssigned, SubjectKind: "case", SubjectID: c, At: now}}))
	h.told = append(h.told, mark+"heard", mark+"note", mark+"letter", mark+"file", mark+"content", mark+"lost")
	h.private = append(h.private, mark+"talk", mark+"goal")
	h.design = append(h.design, mark+"list")
}

// addresses are a route's paths with every one of a house's things in the place of its parameters.
func (h *house) addresses(route string) []string {
	kinds := map[string]string{"response": "response", "touchpoint": "touchpoint", "stage": "stage", "step": "step", "member": "member", "entry": "entry", "goal": "goal", "absence": "absence",
		"attachment": "attachment"}
	for prefix, kind := range map[string]string{"/runs": "run", "/customers": "customer", "/journeys": "journey", "/touchpoints": "touchpoint", "/cases": "case",
		"/team/employees": "employee", "/people/employees": "employee", "/people/teams": "team", "/people/users": "user", "/settings/keys": "key", "/observations": "observation", "/outreach": "outreach",
		"/employees": "employee", "/notifications": "notification", "/cases/mail": "mail"} {
		if strings.HasPrefix(route, prefix+"/:id") {
			kinds["id"] = kind
		}
	}
	out := []string{route}
	for _, part := range strings.Split(route, "/") {
		name, isParameter := strings.CutPrefix(part, ":")
		if !isParameter {
			continue
		}
		var next []string
		for _, path := range out {
			for _, id := range h.ids[kinds[name]] {
				next = append(next, strings.Replace(path, part, id, 1))
			}
		}
		out = next
	}
	return out
}

// claims is one form with what any of the forms asks for.
func (n *neighbours) claims() url.Values {
	return url.Values{"reply": {"thanks"}, "ask": {"0"}, "to": {"e" + id(n.Zahra.ID)}, "reason": {"mine"}, "why": {"mine"}, "name_en": {"Stolen"}, "need_en": {"Stolen"},
		"version": {id(n.Bill.VersionID)}, "touchpoint": {id(n.Visit.ID)}, "stage": {n.next.ids["stage"][0]}, "leader": {id(n.Olga.ID)}, "owner": {id(n.Nikos.ID)}, "team": {id(n.North.ID)},
		"judged": {"both"}, "scale": {"csat_1_5"}, "touchpoint_scale": {"csat_1_5"}, "anonymity": {"identified"}, "action": {"remove"}, "do": {"remove"}, "completes": {"call"}, "abandon": {"9"}}
}

// tells fails the test when an answer holds any of the secrets.
func tells(t *testing.T, story string, p servertest.Page, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(p.Body, s) || strings.Contains(p.Location, s) {
			t.Errorf("%s (status %d) tells %s", story, p.Status, s)
		}
	}
}

// TestNextDoorDoesNotExist knocks at every route with the numbers of another house, as everybody who is not a manager.
func TestNextDoorDoesNotExist(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		n := build(t, w)
		for _, who := range []string{"zahra", "nikos", "olga", "boris", "admin"} {
			client, actor := w.As(who), w.Actor(who)
			secrets := n.next.all()
			if who == "admin" {
				secrets = slices.Concat(n.next.said(), n.next.identity, n.next.private)
			}
			for _, r := range w.Server.Routes() {
				if !strings.Contains(r.Path, ":") || r.Guard == reply.Public || r.Guard == reply.Key || who == "admin" && r.Guard.Admits(actor) && r.Guard != reply.Signed {
					continue
				}
				if who == "admin" && strings.HasPrefix(r.Path, "/employees/") {
					continue // administrators keep everybody's absences
				}
				for _, path := range n.next.addresses(r.Path) {
					var answers []servertest.Page
					if r.Method == http.MethodGet {
						answers = []servertest.Page{client.Get(path), client.Part(path)}
					} else {
						answers = []servertest.Page{client.Post(path, n.claims())}
					}
					for _, p := range answers {
						want := http.StatusForbidden // told by the guard, whatever the number
						if r.Guard.Admits(actor) {
							want = http.StatusNotFound
						}
						if p.Status != want {
							t.Errorf("%s at %s %s: status %d, want %d", who, r.Method, path, p.Status, want)
						}
						tells(t, who+" at "+r.Method+" "+path, p, secrets)
					}
				}
			}
		}
		if found, err := w.App.Store.Verify(t.Context()); err != nil || len(found) != 0 {
			t.Errorf("verify: %v %v", found, err)
		}
	})
}

// forbidden is what a person must not come across, of her own house and of the next.
func (n *neighbours) forbidden(who string) []string {
	next := n.next.all()
	switch who {
	case "zahra": // words about Boris's part are his, and the case is her supervisor's
		return append(append(next, n.own.identity...), ending(n.own.said(), "first", "note", "letter", "file", "content", "lost")...)
	case "boris":
		return append(append(append(next, n.own.identity...), n.own.private...), ending(n.own.said(), "second", "heard", "note", "letter", "file", "content", "lost")...)
	case "nikos":
		return append(next, ending(n.own.said(), "first", "lost")...)
	case "olga": // who designs a journey may choose among all touchpoints
		return append(append(without(next, "qqdesk", "qqledger"), n.own.private...), ending(n.own.said(), "note", "lost")...)
	case "admin":
		return slices.Concat(n.own.said(), n.own.identity, n.own.private, n.next.said(), n.next.identity, n.next.private)
	case "quentin":
		return append(append(n.own.all(), n.next.identity...), ending(n.next.said(), "first", "note", "letter", "file", "content", "lost")...)
	case "petra":
		return append(n.own.all(), ending(n.next.said(), "lost")...)
	case "lena":
		return append(append(n.own.all(), n.next.private...), ending(n.next.said(), "lost")...)
	case "otto": // he sees what was said at his desk, and hears at the huddle what his team was told
		return append(append(append(n.own.all(), n.next.identity...), n.next.private...), ending(n.next.said(), "second", "note", "lost")...)
	}
	return nil
}

func ending(all []string, with ...string) []string {
	var out []string
	for _, s := range all {
		if slices.ContainsFunc(with, func(end string) bool { return strings.HasSuffix(s, end) }) {
			out = append(out, s)
		}
	}
	return out
}

func without(all []string, some ...string) []string {
	var out []string
	for _, s := range all {
		keep := true
		for _, x := range some {
			keep = keep && s != x
		}
		if keep {
			out = append(out, s)
		}
	}
	return out
}

// TestNobodyReadsWhatIsNotHers follows every link as everybody, and asks lists, filters and the search for what is
// somebody else's.
func TestNobodyReadsWhatIsNotHers(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		n := build(t, w)
		for _, who := range []string{"zahra", "boris", "nikos", "olga", "admin", "quentin", "petra", "lena", "otto"} {
			t.Run(who, func(t *testing.T) {
				t.Parallel()
				secrets, read := n.forbidden(who), 0
				c := crawl(t, w, who)
				for _, at := range c.order {
					tells(t, who+" at "+at, c.pages[at], secrets)
					for _, words := range slices.Concat(n.own.words, n.next.words) {
						read += strings.Count(c.pages[at].Body, words)
					}
				}
				ask := func(path string) {
					p := c.client.Get(path)
					if p.Status >= 500 {
						t.Errorf("%s at %s: %d", who, path, p.Status)
					}
					tells(t, who+" at "+path, p, secrets)
				}
				for _, q := range []string{"Δέσποινα", "next door", "Eastern", "Run", "qq", "example.org", "+30"} {
					ask("/search?q=" + url.QueryEscape(q))
				}
				for _, h := range []house{n.own, n.next} {
					for _, list := range []string{"/runs", "/feedback", "/team", "/journeys", "/touchpoints", "/company"} {
						for kind, ids := range h.ids {
							ask(list + "?" + kind + "=" + ids[0] + "&id=" + ids[0] + "&for=leader")
						}
					}
					for _, secret := range slices.Concat(h.words[:3], h.identity[:4], h.keys[:1], h.staff, h.design) {
						part := url.QueryEscape(secret[:len(secret)-1])
						ask("/search?q=" + part)
						ask("/runs?key=" + part)
						ask("/team?who=" + part)
					}
					for _, place := range h.ids["touchpoint"] {
						ask("/team/ratings/" + h.ids["response"][0] + "/" + place + "?who=q")
					}
				}
				if (read == 0) != (who == "admin") {
					t.Errorf("words were read %d times", read)
				}
			})
		}
	})
}

// TestWhatIsHersCannotBeTiedToWhatIsNot names foreign things in forms about one's own.
func TestWhatIsHersCannotBeTiedToWhatIsNot(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		n := build(t, w)
		nikos, olga, zahra := w.As("nikos"), w.As("olga"), w.As("zahra")
		rating := "/team/ratings/" + n.own.ids["response"][0] + "/" + id(w.Visit.ID)
		for to, who := range map[string]string{"e" + id(n.Quentin.ID): "somebody next door", "t" + id(n.East.ID): "a team next door", "e" + id(w.Boris.ID): "another team's man", "e1": "nobody"} {
			p := nikos.Post(rating+"/attribution", url.Values{"to": {to}, "reason": {"so"}})
			if p.Status != http.StatusUnprocessableEntity && p.Status != http.StatusNotFound {
				t.Errorf("a rating is given to %s: %d", who, p.Status)
			}
			tells(t, "giving it to "+who, p, n.next.all())
		}
		mine := "/journeys/" + id(w.Fibre.ID)
		if p := olga.Post(mine+"/draft", nil); p.Status != http.StatusSeeOther {
			t.Fatalf("a draft: %d", p.Status)
		}
		draft, err := w.App.Journeys.Editable(t.Context(), w.Fibre)
		if err != nil {
			t.Fatal(err)
		}
		form := n.claims()
		form.Set("version", id(draft.Version.ID))
		for _, path := range []string{"/stages/" + n.next.ids["stage"][0], "/steps/" + n.next.ids["step"][0]} {
			for _, deed := range []string{"up", "down", "rename", "change", "remove"} {
				form.Set("do", deed)
				p := olga.Post(mine+path, form)
				if p.Status != http.StatusNotFound && p.Status != http.StatusConflict {
					t.Errorf("%s %s within her journey: %d", deed, path, p.Status)
				}
				tells(t, path, p, without(n.next.all(), "qqdesk", "qqledger"))
			}
		}
		form.Set("stage", n.next.ids["stage"][0])
		if p := olga.Post(mine+"/steps", form); p.Status == http.StatusSeeOther {
			t.Error("a step is put on a stage of another journey")
		}
		steal := url.Values{"name_en": {"Visit"}, "judged": {"both"}, "owner": {id(n.Quentin.ID)}, "team": {id(n.East.ID)}}
		for who, c := range map[string]*servertest.Client{"its owner": nikos, "the leader": olga} {
			if p := c.Post("/touchpoints/"+id(w.Visit.ID), steal); p.Status != http.StatusSeeOther {
				t.Errorf("%s describes the visit: %d", who, p.Status)
			}
		}
		if tp, err := w.App.Store.TouchpointByID(t.Context(), w.Visit.ID); err != nil || tp.OwnerID != w.Nikos.ID || tp.TeamID != w.North.ID {
			t.Errorf("the visit was given away: %+v %v", tp, err)
		}
		// What was said about Boris is not Zahra's to reply to, though she met the same customer.
		if p := zahra.Post("/feedback/"+n.own.ids["response"][0]+"/"+id(w.Shop.ID)+"/reply", url.Values{"reply": {"not_me"}}); p.Status != http.StatusNotFound {
			t.Errorf("Zahra replies to what is Boris's: %d", p.Status)
		}
		// Nor are other people's sessions hers to end, nor consent hers to decide.
		sessions, err := w.App.Store.SessionsOf(t.Context(), w.Actor("nikos").UserID)
		if err != nil || len(sessions) == 0 {
			t.Fatal("Nikos has no session", err)
		}
		zahra.Post("/me/sessions/end", url.Values{"session": {hex.EncodeToString(sessions[0].Hash)}})
		if p := nikos.Get("/team"); p.Status != http.StatusOK {
			t.Errorf("Zahra ended Nikos's session: %d", p.Status)
		}
		for who, c := range map[string]*servertest.Client{"Zahra": zahra, "Nikos": nikos} {
			path := "/customers/" + n.own.ids["customer"][0] + "/consent"
			if p := c.Post(path, url.Values{"ask": {"0"}}); p.Status != http.StatusNotFound && p.Status != http.StatusForbidden {
				t.Errorf("%s at %s: %d", who, path, p.Status)
			}
		}
	})
}

// TestAHandedOverLinkDoesNotOpenAnAnswer: the one link an employee can make herself must not show her what a customer
// said about her colleagues, nor let her change it.
func TestAHandedOverLinkDoesNotOpenAnAnswer(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.Completed("order-1")
		r.Ask = true
		w.Take(r)
		token, err := w.App.Surveys.HandOver(t.Context(), w.RunOf("order-1").ID)
		if err != nil {
			t.Fatal(err)
		}
		at := fmt.Sprintf("/runs/%d/handover", w.RunOf("order-1").ID)
		zahra := w.As("zahra")
		if p := zahra.Post(at, nil); p.Status != http.StatusOK || p.Find("#handover-link, main").Length() == 0 {
			t.Errorf("before the answer a link can be given: %d", p.Status)
		}
		said := url.Values{"overall": {"2"}, fmt.Sprintf("t%d", w.Shop.ID): {"1"}, fmt.Sprintf("c%d", w.Shop.ID): {"qqaboutboris"}}
		if p := w.Stranger().Post("/s/"+token, said); p.Status != http.StatusSeeOther {
			t.Fatalf("the answer: %d", p.Status)
		}
		imported := w.Answered("order-2", 2, "qqimported")
		imported.Ask = true
		w.Take(imported)
		for _, run := range []string{"order-1", "order-2"} {
			p := zahra.Post(fmt.Sprintf("/runs/%d/handover", w.RunOf(run).ID), nil)
			if p.Status != http.StatusConflict || strings.Contains(p.Body, "/s/") {
				t.Errorf("%s: after the answer she still gets a link to it: %d", run, p.Status)
			}
		}
	})
}

// TestARightThatEndsEndsAtOnce: sessions do not outlive what they were given for.
func TestARightThatEndsEndsAtOnce(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		n := build(t, w)
		ctx, st, admin := t.Context(), w.App.Store, w.As("admin")
		user := func(login string) string { return id(w.Actor(login).UserID) }
		out := func(story string, c *servertest.Client, path string) {
			t.Helper()
			p := c.Get(path)
			if p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, "/sign-in") {
				t.Errorf("%s: %d to %q", story, p.Status, p.Location)
			}
			tells(t, story, p, append(n.own.all(), n.next.all()...))
		}
		zahra, elsewhere := w.As("zahra"), w.As("zahra")
		elsewhere.Post("/me/sessions/end-others", nil)
		out("a session ended from elsewhere", zahra, "/feedback")
		if p := admin.Post("/people/users/"+user("zahra")+"/access", url.Values{"disabled": {"1"}}); p.Status != http.StatusSeeOther {
			t.Fatalf("disabling: %d", p.Status)
		}
		out("a disabled sign-in", elsewhere, "/feedback")
		if p := w.Stranger().SignIn("zahra", servertest.Password); p.Status == http.StatusSeeOther {
			t.Error("a disabled person signs in")
		}
		boris := w.As("boris")
		if p := admin.Post("/people/employees/"+id(w.Boris.ID), url.Values{"name": {w.Boris.Name}, "team": {id(w.South.ID)}}); p.Status != http.StatusSeeOther {
			t.Fatalf("Boris leaves: %d", p.Status)
		}
		out("somebody who left", boris, "/feedback")
		if p := w.Stranger().SignIn("boris", servertest.Password); p.Status == http.StatusSeeOther {
			t.Error("somebody who left signs in")
		}
		ann := w.As("ann")
		admin.Post("/people/users/"+user("ann")+"/roles", url.Values{})
		if p := ann.Get("/company"); p.Status != http.StatusForbidden {
			t.Errorf("a manager no more: %d", p.Status)
		}
		if p := ann.Get("/runs/" + n.own.ids["run"][0]); p.Status != http.StatusNotFound {
			t.Errorf("a manager no more opens a walk: %d", p.Status)
		}
		nikos := w.As("nikos")
		w.North.SupervisorID = 0
		if err := st.SaveTeam(ctx, w.North); err != nil {
			t.Fatal(err)
		}
		if p := nikos.Get("/team"); p.Status != http.StatusForbidden {
			t.Errorf("a supervisor no more: %d", p.Status)
		}
		olga := w.As("olga")
		w.Fibre.LeaderID = 0
		if err := st.SaveJourney(ctx, w.Fibre); err != nil {
			t.Fatal(err)
		}
		if p := olga.Get("/journeys/" + id(w.Fibre.ID)); p.Status != http.StatusForbidden {
			t.Errorf("a leader no more: %d", p.Status)
		}
		tells(t, "a leader no more searches", olga.Get("/search?q=Run"), n.own.all())
	})
}

// TestWordsInConfidenceStandBesideNobody: a manager reads the words and knows the customer, but not of each other.
func TestWordsInConfidenceStandBesideNobody(t *testing.T) {
	t.Parallel()
	for _, promise := range []survey.Anonymity{survey.Confidential, survey.Anonymous} {
		t.Run(string(promise), func(t *testing.T) {
			w := servertest.Open(t, "sqlite")
			w.Survey.Anonymity = promise
			if err := w.App.Store.SaveSurvey(t.Context(), w.Survey); err != nil {
				t.Fatal(err)
			}
			n := build(t, w)
			if promise == survey.Anonymous { // the words of fewer than ten are read by nobody
				for _, who := range []string{"ann", "nikos", "zahra"} {
					c := crawl(t, w, who)
					c.pages["/team/praise"], c.pages["/team/huddle"] = c.client.Get("/team/praise"), c.client.Get("/team/huddle")
					for at, p := range c.pages {
						tells(t, who+" at "+at+", where three have answered", p, n.own.words)
					}
				}
			}
			w.Crowd()
			shared := "/feedback/" + n.own.ids["response"][2] + "/" + id(w.Visit.ID) + "/sharing"
			if p := w.As("zahra").Post(shared, url.Values{"share": {"1"}}); p.Status != http.StatusSeeOther {
				t.Fatalf("zahra shares praise: %d", p.Status)
			}
			read := false
			for _, who := range []string{"ann", "olga", "nikos"} {
				c := crawl(t, w, who)
				for _, at := range c.order {
					body := c.pages[at].Body
					for i, secret := range n.own.words {
						run := i / 3
						read = read || strings.Contains(body, secret)
						for _, name := range n.own.identity[4*run : 4*run+4] {
							if strings.Contains(body, secret) && strings.Contains(body, name) {
								t.Errorf("%s at %s reads %s beside %s", who, at, secret, name)
							}
						}
					}
				}
				for i, customer := range n.own.ids["customer"] {
					p := c.client.Get("/customers/" + customer)
					tells(t, who+" at a customer", p, append(n.own.words, n.own.keys[i], n.own.ids["run"][i]))
				}
			}
			if !read {
				t.Error("nobody reads the words at all")
			}
		})
	}
}
