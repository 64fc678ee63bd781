package servertest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Password is everybody's in the small world.
const Password = "یک گذرواژهٔ بلند"

// CSAT is the scale of the world's survey, overall and at touchpoints.
var CSAT = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}

// passwordHash is weak on purpose: the tests sign in some thousand times, and a strong one takes its time to verify, too.
var passwordHash = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash(Password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
})

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// seed makes the people, the journey and its survey.
func (w *World) seed() {
	w.T.Helper()
	w.Nikos = employee("nikos", "Νίκος Παπαδόπουλος", i18n.Greek)
	w.Zahra = employee("zahra", "زهرا احمدی", i18n.Persian)
	w.Olga = employee("olga", "Ольга Иванова", i18n.Russian)
	w.Ann = employee("ann", "Ann Smith", i18n.English)
	w.Boris = employee("boris", "Борис Петров", i18n.Russian)
	w.Field = team("Field", "Field", 0, 0)
	w.North = team("Field / North", "North", w.Field.ID, w.Nikos.ID)
	w.South = team("Field / South", "South", w.Field.ID, 0)
	w.Nikos.TeamID, w.Zahra.TeamID, w.Boris.TeamID, w.Olga.TeamID, w.Ann.TeamID = w.North.ID, w.North.ID, w.South.ID, w.Field.ID, w.Field.ID
	ctx := context.Background()
	for _, t := range []people.Team{w.Field, w.North, w.South} {
		w.must(w.App.Store.SaveTeam(ctx, t))
	}
	for _, e := range []people.Employee{w.Nikos, w.Zahra, w.Olga, w.Ann, w.Boris} {
		w.must(w.App.Store.SaveEmployee(ctx, e))
		w.user(people.User{EmployeeID: e.ID, Login: e.Key, Name: e.Name, Manager: e.ID == w.Ann.ID})
	}
	w.user(people.User{Login: "admin", Name: "Admin", Administrator: true})
	w.design()
}

func employee(key, name string, lang i18n.Lang) people.Employee {
	return people.Employee{ID: id.New(), Key: key, Name: name, Search: i18n.Normalize(name + " " + key), Language: lang, Active: true, CreatedAt: Start}
}

func team(key, name string, parent, supervisor int64) people.Team {
	return people.Team{ID: id.New(), Key: key, Name: i18n.Plain(name), Search: i18n.Normalize(name), ParentID: parent, SupervisorID: supervisor, CreatedAt: Start}
}

// user adds a sign-in that reads English, so that tests say what they expect in one language; see Client.Language.
func (w *World) user(u people.User) {
	w.T.Helper()
	hash, err := passwordHash()
	w.must(err)
	u.ID, u.Language, u.PasswordHash, u.CreatedAt = id.New(), i18n.English, hash, Start
	w.must(w.App.Store.SaveUser(context.Background(), u))
}

// design makes the journey: the visit is judged as person and process, the call as person, the rest as process. Nikos owns
// the visit, Olga leads the journey.
func (w *World) design() {
	w.T.Helper()
	ctx := context.Background()
	w.Shop = touchpoint("shop", i18n.Text{i18n.English: "Shop", i18n.Greek: "Κατάστημα"}, "shop", journey.JudgedBoth, w.South.ID)
	w.Call = touchpoint("call", i18n.Text{i18n.English: "Call", i18n.Russian: "Звонок"}, "phone", journey.JudgedPerson, w.South.ID)
	w.Visit = touchpoint("visit", i18n.Text{i18n.English: "Visit", i18n.Persian: "ویزیت نصاب"}, "visit", journey.JudgedBoth, w.North.ID)
	w.Invoice = touchpoint("invoice", i18n.Text{i18n.English: "Invoice"}, "mail", journey.JudgedProcess, w.Field.ID)
	w.Visit.OwnerID = w.Nikos.ID
	for _, t := range []journey.Touchpoint{w.Shop, w.Call, w.Visit, w.Invoice} {
		w.must(w.App.Store.SaveTouchpoint(ctx, t))
	}
	w.Fibre = journey.Journey{ID: id.New(), Key: "fibre", Name: i18n.Text{i18n.English: "Fibre at home", i18n.Persian: "فیبر نوری در خانه"},
		Need: i18n.Plain("I want fibre at home"), Search: i18n.Normalize("fibre Fibre at home"), LeaderID: w.Olga.ID, VersionID: id.New(), CreatedAt: Start}
	w.Plan = journey.Plan{Version: journey.Version{ID: w.Fibre.VersionID, JourneyID: w.Fibre.ID, Number: 1, State: journey.Live,
		Completes: journey.ByLastMandatory, AbandonAfterDays: 60, CreatedAt: Start}}
	w.must(w.Plan.AddStage(i18n.Plain("Order")))
	w.must(w.Plan.AddStage(i18n.Plain("Installation")))
	for i, t := range []journey.Touchpoint{w.Shop, w.Call, w.Visit, w.Invoice} {
		w.must(w.Plan.AddStep(journey.Step{StageID: w.Plan.Stages[i/2].ID, TouchpointID: t.ID, Mandatory: t.ID == w.Visit.ID}))
	}
	w.must(w.App.Store.SaveJourney(ctx, w.Fibre))
	w.must(w.App.Store.SavePlan(ctx, w.Plan))
	w.Survey = survey.Survey{ID: id.New(), JourneyID: w.Fibre.ID, VersionID: w.Fibre.VersionID, Scale: CSAT, TouchpointScale: CSAT,
		Anonymity: survey.Identified, CreatedAt: Start}
	w.must(w.App.Store.SaveSurvey(ctx, w.Survey))
}

func touchpoint(key string, name i18n.Text, channel string, judged journey.Judged, team int64) journey.Touchpoint {
	return journey.Touchpoint{ID: id.New(), Key: key, Name: name, Search: i18n.Normalize(key + " " + name.In(i18n.English)), Channel: channel,
		TeamID: team, Judged: judged, CreatedAt: Start}
}

// Answered is a completed run of the fibre journey with an answer: Boris sold it in the shop, Zahra came for the visit.
// The customer gave overall to the journey and to the visit, and 5 to the shop; the words are hers about the journey.
func (w *World) Answered(key string, overall int, words string) ingest.Record {
	r := w.Completed(key)
	visit := ingest.Rating{Touchpoint: named(w.Visit.Key), Scale: CSAT, Value: overall, Comment: words}
	shop := ingest.Rating{Touchpoint: named(w.Shop.Key), Scale: CSAT, Value: 5}
	r.Answer = &ingest.Answer{Key: key + "/answer", At: w.Now().Add(-time.Hour), Scale: CSAT, Overall: &overall, Comment: words,
		Language: "fa", Ratings: []ingest.Rating{visit, shop}}
	return r
}

// Completed is the same run before anybody was asked: two days ago the shop, yesterday the visit.
func (w *World) Completed(key string) ingest.Record {
	sold, visited := w.Now().Add(-48*time.Hour), w.Now().Add(-24*time.Hour)
	return ingest.Record{Journey: named(w.Fibre.Key), Run: key,
		Customer: ingest.Customer{Key: "customer-" + key, Name: "Μαρία " + key, Email: key + "@example.org", Language: "fa"},
		Contacts: []ingest.Contact{
			{Key: key + "/1", Touchpoint: named(w.Shop.Key), Started: sold, People: []ingest.Person{{Employee: named(w.Boris.Key), Team: []string{"Field", "South"}}}},
			{Key: key + "/2", Touchpoint: named(w.Visit.Key), Started: visited, People: []ingest.Person{{Employee: named(w.Zahra.Key), Team: []string{"Field", "North"}}}},
		},
		Completed: visited.Add(time.Hour)}
}

func named(key string) ingest.Named { return ingest.Named{Key: key} }

// AddAnswered records such a run and returns it.
func (w *World) AddAnswered(key string, overall int, words string) run.Run {
	w.T.Helper()
	w.Take(w.Answered(key, overall, words))
	return w.RunOf(key)
}

// Crowd answers nine further runs without a word: who was promised to stay unknown is read only among ten.
func (w *World) Crowd() {
	w.T.Helper()
	records := make([]ingest.Record, 9)
	for i := range records {
		records[i] = w.Answered(fmt.Sprint("among-many-", i), 4, "")
	}
	w.Take(records...)
}

// RunOf finds a run by its business key.
func (w *World) RunOf(key string) run.Run {
	w.T.Helper()
	runs, err := w.App.Store.RunsByKey(context.Background(), key)
	w.must(err)
	if len(runs) != 1 {
		w.T.Fatalf("%d runs with the key %s", len(runs), key)
	}
	return runs[0]
}

// Actor is who a login would ask as.
func (w *World) Actor(login string) people.Actor {
	w.T.Helper()
	u, err := w.App.Store.UserByLogin(context.Background(), login)
	w.must(err)
	a, _, err := w.App.Store.ActorOf(context.Background(), u.ID)
	w.must(err)
	return a
}

// OpenCase opens a case about a run, as if the customer had asked to be contacted.
func (w *World) OpenCase(r run.Run) casework.Case {
	w.T.Helper()
	w.must(w.App.Cases.Raise(context.Background(), r.ID, casework.Trigger{Kind: casework.Contact, At: w.Now()}))
	cases, err := w.App.Store.CasesOf(context.Background(), r.CustomerID)
	w.must(err)
	return cases[0]
}
