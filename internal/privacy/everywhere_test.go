package privacy_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/i18n"
	ids "github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// holding says what a table holds of a customer, column by column. Every column there is stands in exactly one list: whoever
// adds one has to say here what becomes of it when a customer asks for her data or wants to be forgotten.
type holding struct {
	hers   string // which rows are hers, SQL with her number as %d; "" none ever is
	goes   bool   // the rows go when she is erased
	told   string // columns with her words, or words about her: in the file of her data, and erased
	erased string // columns that are erased and not in the file: what only we need to find or to reach her
	stays  string // numbers, times, choices from a list, and the company's own words
}

// Which numbers are hers.
const (
	ofHerRuns    = "run_id IN (SELECT id FROM runs WHERE customer_id = %d)"
	ofHerAnswers = "response_id IN (SELECT id FROM responses WHERE customer_id = %d)"
	ofHerCases   = "case_id IN (SELECT id FROM cases WHERE customer_id = %d)"
	ofHerLetters = "mail_id IN (SELECT m.id FROM case_mails m JOIN customers c ON lower(c.email) = m.sender WHERE m.case_id = 0 AND c.id = %d)"
)

var holdings = map[string]holding{
	// The company's: who works there, what it offers, how it asks, what it keeps count of.
	"settings":         {stays: "key value updated_at"},
	"teams":            {stays: "id key name search parent_id supervisor_id created_at"},
	"employees":        {stays: "id key name search team_id email language active created_at"},
	"users":            {stays: "id employee_id login name password_hash manager administrator language calendar theme disabled created_at"},
	"sessions":         {stays: "hash user_id data agent created_at seen_at expires_at"}, // of employees
	"api_keys":         {stays: "id name prefix hash created_at last_used_at revoked_at"},
	"touchpoints":      {stays: "id key name search channel element team_id owner_id judged promise_days promise_business cost_minor currency created_at"},
	"journeys":         {stays: "id key name need search leader_id version_id created_at"},
	"journey_versions": {stays: "id journey_id number state completes abandon_after_days created_at"},
	"stages":           {stays: "id version_id position name"},
	"steps":            {stays: "id version_id stage_id touchpoint_id position mandatory repeatable"},
	"surveys":          {stays: "id journey_id version_id scale touchpoint_scale question anonymity created_at"},
	"case_policies":    {stays: "journey_id value updated_at"},
	"absences":         {stays: "id employee_id from_day until_day substitute_id created_at"},
	"efforts":          {stays: "journey_id touchpoint_id days"},
	"team_sets":        {stays: "id team_id"},
	"data_version":     {stays: "id version"},
	"outreach_lists":   {stays: "id name journey_id team_id rule times at_least days most share horizon seed made_at made_by ended_at sought_at found left_out"},
	"huddle_tries":     {stays: "team_id day rule about touchpoint_id n whole author_id at outcome remark noted_by noted_at"}, // about: one word that many customers said
	"coaching_talks":   {stays: "id employee_id supervisor_id planned held_at"},
	"coaching_goals":   {stays: "id employee_id words touchpoint_id scale low high n set_at until state closed_at"}, // the employee's words about herself
	"mail_events":      {stays: "id at"},

	// Figures: sums over many.
	"marginals":    {stays: "dim id journey_id touchpoint_id scale day n sum sumsq n0 n1 n2 n3 n4 n5 n6 n7 n8 n9 n10 below met above"},
	"folds":        {stays: "version cells sums"},
	"driver_days":  {stays: "journey_id scale day pairs"},
	"promise_days": {stays: "touchpoint_id team_id journey_id day cells"},
	"passes":       {stays: "journey_id touchpoint_id day n"},

	// What happened, by number; the ledger's only words about a customer's are a supervisor's reasons, and messages to employees
	// are made when they are read.
	"events": {hers: "verb = 'rating.settled' AND subject_id IN (SELECT id FROM responses WHERE customer_id = %d)", erased: "particulars",
		stays: "id at verb subject_kind subject_id actor_id"},
	"outbox":         {stays: "id topic payload changed"},
	"notifications":  {stays: "id user_id event_id verb part subject_kind subject_id journey_id by_id stands_for value at read_at mail_due letter_id"},
	"notify_people":  {stays: "user_id settings stop digest_at own_email dead_email"},
	"notify_letters": {stays: "id user_id weekly sample made_at next_at attempts sent_at failed"},

	// Files on their way: an upload goes when its task ends, what was made after a day (task.FileKept).
	"tasks":      {stays: "id kind state user_id asked done total attempt crashes cancel mark result created_at started_at beat_at ended_at"},
	"task_files": {stays: "task_id part seq bytes"},

	// The customer.
	"customers": {hers: "id = %d", told: "key name email phone language channel", erased: "search dead_email dead_phone",
		stays: "id segment value_minor opted_out_at created_at erased_at"},
	"customer_keys": {hers: "customer_id = %d", goes: true, told: "key", stays: "customer_id"},
	"erased_keys":   {stays: "hash at"}, // what is left of her: that a key may not bring her back

	// Her walks.
	"runs": {hers: "customer_id = %d", told: "key", stays: "id journey_id version_id customer_id state ask opened_at last_contact_at ended_at created_at"},
	"interactions": {hers: ofHerRuns, erased: "key", // topic: the company's own word for what a contact was about
		stays: "id run_id touchpoint_id channel started_at ended_at topic resolved cost_minor promise_due promise_kept promise_business created_at"},
	"interaction_people": {stays: "interaction_id employee_id team_id position"},

	// What she was asked and said.
	"invitations": {hers: "customer_id = %d", stays: "id run_id customer_id survey_id channel language state reason planned_at next_at sent_at opened_at answered_at expires_at " +
		"reminders attempts created_at"},
	"invitation_tokens": {hers: "invitation_id IN (SELECT id FROM invitations WHERE customer_id = %d)", goes: true, erased: "hash", stays: "invitation_id handed created_at"},
	"responses": {hers: "customer_id = %d", told: "comment", erased: "key search",
		stays: "id run_id journey_id survey_id customer_id invitation_id scale overall expectation language resolved wants_contact anonymity answered_at day met revision created_at"},
	"response_history":     {hers: ofHerAnswers, goes: true, told: "said", erased: "key", stays: "response_id answered_at"},
	"packed_ratings":       {hers: ofHerAnswers, told: "comment", stays: "response_id touchpoint_id employee_id team_id at answered_at day value expectation scale judged told"},
	"further_attributions": {stays: "response_id touchpoint_id employee_id team_id active cause changed_at"},
	"notices":              {stays: "response_id touchpoint_id employee_id audience mood at read_at reply replied_at settled_at withdrawn_at"},
	"praise_shares":        {hers: ofHerAnswers, goes: true, stays: "employee_id response_id touchpoint_id team_id at"},
	"praise_consents":      {hers: ofHerAnswers, goes: true, told: "name", stays: "response_id revision at chosen_at chosen_by"},
	"observations": {hers: "customer_id = %d", told: "words answer", erased: "search",
		stays: "id employee_id team_id kind touchpoint_id run_id journey_id customer_id language at wants_call theme_id state answered_at answered_by heard_at withdrawn_at"},
	"coaching_entries": {hers: ofHerAnswers, erased: "words", // two colleagues' talk: about themselves, with her words before them
		stays: "id employee_id supervisor_id talk_id kind response_id touchpoint_id observation_id author_id at"},
	"outreach_members": {hers: "customer_id = %d", told: "note",
		stays: "id list_id customer_id run_id usual silent at until held caller_id taken_at after tries called_at outcome reason observation_id done_at came_back"},

	// Winning her back.
	"cases": {hers: "customer_id = %d", told: "solution",
		stays: "id customer_id run_id journey_id touchpoint_id state severity owner_id opened_at clock_at contact_due resolve_due contacted_at waiting_since waited proposed_at " +
			"closed_at closed_by next_at warned reopened cause compensation_minor currency version"},
	"case_triggers": {hers: ofHerCases, told: "particulars", stays: "case_id kind run_id touchpoint_id source_id at"},
	"case_steps":    {hers: ofHerCases, told: "words", stays: "id case_id at kind actor_id employee_id channel result"},
	"case_causes":   {stays: "case_id cause main"},
	"case_files":    {hers: ofHerCases, goes: true, told: "name bytes", stays: "id case_id step_id type size at"},
	"case_links":    {hers: ofHerCases, goes: true, erased: "hash", stays: "case_id round asked_at used_at verdict"},
	"case_ratings":  {stays: "case_id value scale at"},
	"case_mails": {hers: ofHerCases, told: "subject words", erased: "token message_id sender",
		stays: "id case_id kind state channel round actor_id made_at next_at sent_at begun attempts"},
	"mail_files": {hers: ofHerLetters, goes: true, told: "name bytes", stays: "id mail_id type size refused"},
}

func (h holding) columns() []string {
	return slices.Sorted(slices.Values(strings.Fields(h.told + " " + h.erased + " " + h.stays)))
}

// beside asks the world's database beside the server.
func beside(t *testing.T, w *servertest.World) *sql.DB {
	t.Helper()
	driver, url := "pgx", w.Database
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, url = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// columnsSQL lists "table column" of our own tables and the job library's.
var columnsSQL = map[string]string{
	"sqlite":   `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`,
	"postgres": `SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' AND table_schema = 'public'`,
}

func tablesOf(t *testing.T, w *servertest.World, db *sql.DB) map[string][]string {
	t.Helper()
	rows, err := db.Query(columnsSQL[w.App.Store.Engine()])
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		out[table] = append(out[table], column)
	}
	return out
}

// everything is the whole database in words.
func everything(t *testing.T, w *servertest.World, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	for table, columns := range tablesOf(t, w, db) {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				if bytes, ok := v.([]byte); ok {
					v = string(bytes)
				}
				fmt.Fprintf(&b, "%s: %v\n", table, v)
			}
		}
		rows.Close()
	}
	return b.String()
}

// lived is a customer with a row in every table that can hold one of hers.
func lived(t *testing.T, w *servertest.World, key string) run.Customer {
	t.Helper()
	ctx, st := t.Context(), w.App.Store
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	walk := w.Completed(key)
	walk.Ask = true
	w.Take(walk)
	r := w.RunOf(key)
	w.Link(r.ID)
	for i, words := range []string{"at first", "thanks"} {
		said := w.Answered(key, 5, words)
		said.Answer.Key, said.Answer.At = fmt.Sprint(said.Answer.Key, i), said.Answer.At.Add(time.Duration(i)*time.Minute)
		w.Take(said)
	}
	customer, err := st.CustomerByID(ctx, r.CustomerID)
	must(err)
	customer.Phone, customer.Channel, customer.DeadEmail = "+30 210", "mail", "x"
	must(st.SaveCustomer(ctx, customer))
	answer, err := st.ResponseOf(ctx, r.ID)
	must(err)
	c := w.OpenCase(r)
	must(st.Record(ctx, event.Event{Verb: event.RatingSettled, SubjectKind: "response", SubjectID: answer.ID, Particulars: map[string]any{"touchpoint": "1", "reason": "x"}}))
	must(st.SaveCauses(ctx, c.ID, []casework.Coded{{CaseID: c.ID, Cause: "process", Main: true}}))
	must(st.AddFile(ctx, casework.File{ID: ids.New(), CaseID: c.ID, Name: "x", Type: "text/plain; charset=utf-8", Size: 1, At: w.Now()}, []byte("x")))
	hash := make([]byte, 32)
	rand.Read(hash)
	must(st.AddLink(ctx, casework.Link{Hash: hash, CaseID: c.ID, AskedAt: w.Now()}))
	must(st.SaveCaseRating(ctx, casework.Rating{CaseID: c.ID, Value: 4, Scale: servertest.CSAT, At: w.Now()}))
	due := w.Now().Add(time.Hour)
	letter := casework.Mail{ID: ids.New(), CaseID: c.ID, Kind: casework.MailLetter, State: casework.MailWaiting, Channel: survey.ByMail, Token: key + "token", MadeAt: w.Now(), NextAt: &due}
	lost := casework.Mail{ID: ids.New(), Kind: casework.MailReply, State: casework.MailLost, Channel: survey.ByMail, MessageID: key + "lost", Sender: customer.Email, Subject: key + " lost subject", MadeAt: w.Now()}
	for _, m := range []casework.Mail{letter, lost} {
		_, err := st.AddMail(ctx, m)
		must(err)
	}
	must(st.AddMailFiles(ctx, []casework.MailFile{{ID: ids.New(), MailID: lost.ID, Name: "x", Type: "text/plain", Size: 1, Bytes: []byte("x")}}))
	observed := observation.Observation{ID: ids.New(), EmployeeID: w.Zahra.ID, TeamID: w.North.ID, Kind: observation.Wish, RunID: r.ID, JourneyID: r.JourneyID, CustomerID: customer.ID, Words: "x", At: w.Now(), WantsCall: true, State: observation.New}
	observed.ThemeID = observed.ID
	must(st.SaveObservation(ctx, observed))
	must(st.SaveShare(ctx, praise.Share{EmployeeID: w.Zahra.ID, ResponseID: answer.ID, TouchpointID: w.Visit.ID, TeamID: w.North.ID, At: w.Now()}))
	now := w.Now()
	must(st.SaveConsent(ctx, praise.Consent{ResponseID: answer.ID, Revision: answer.Revision, Name: "x", At: now, ChosenAt: &now}))
	must(st.SaveEntry(ctx, coaching.Entry{ID: ids.New(), EmployeeID: w.Zahra.ID, SupervisorID: w.Nikos.ID, Kind: coaching.Feedback, ResponseID: answer.ID, TouchpointID: w.Visit.ID, Words: "x", AuthorID: w.Zahra.ID, At: now}))
	list := outreach.Usual()
	list.ID, list.Name, list.TeamID, list.MadeAt, list.LeftOut = ids.New(), "Lapsed", w.North.ID, now, map[string]int{}
	must(st.SaveOutreach(ctx, list))
	must(st.AddMembers(ctx, []outreach.Member{{ID: ids.New(), ListID: list.ID, CustomerID: customer.ID, RunID: r.ID, At: now, Until: due, After: now, Outcome: outreach.Fine, Note: "x"}}))
	return customer
}

// marked writes a mark into every column with words of a customer, so that each can be found again.
func marked(t *testing.T, w *servertest.World, db *sql.DB, c run.Customer, mark string) {
	t.Helper()
	if _, err := db.Exec("UPDATE case_mails SET sender = '" + mark + ".customers.email', subject = '" + mark + ".lost' WHERE case_id = 0 AND sender = '" + strings.ToLower(c.Email) + "'"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(fmt.Sprintf("UPDATE customers SET email = '%s.customers.email' WHERE id = %d", mark, c.ID)); err != nil {
		t.Fatal(err)
	}
	for table, h := range holdings {
		if h.hers == "" {
			continue
		}
		hers := fmt.Sprintf(h.hers, c.ID)
		if count(t, db, table, h, c) == 0 {
			t.Fatalf("%s holds no row of hers: give lived one", table)
		}
		for _, column := range strings.Fields(h.told + " " + h.erased) {
			value := "'" + mark + "." + table + "." + column + "'"
			switch table + "." + column {
			case "customers.language":
				continue // a choice from a list, which the program reads
			case "interactions.key":
				value += " || id"
			case "case_triggers.particulars":
				value = `'{"word":"` + mark + `.case_triggers.particulars"}'`
			case "events.particulars":
				value = `'{"touchpoint":"1","reason":"` + mark + `.events.particulars"}'`
			case "response_history.said":
				value = "replace(said, 'at first', " + value + ")"
			case "case_mails.sender":
				value = "'" + mark + ".customers.email'"
			case "invitation_tokens.hash", "case_links.hash":
				continue // of nothing that could be read; the rows go
			case "case_files.bytes", "mail_files.bytes":
				value = binary(w, mark+"."+table+"."+column)
			}
			if _, err := db.Exec("UPDATE " + table + " SET " + column + " = " + value + " WHERE " + hers); err != nil {
				t.Fatalf("%s.%s: %v", table, column, err)
			}
		}
	}
}

// count is how many rows of a table are hers.
func count(t *testing.T, db *sql.DB, table string, h holding, c run.Customer) (n int) {
	t.Helper()
	if h.hers == "" {
		return 0
	}
	if err := db.QueryRow("SELECT COUNT(*) FROM " + table + " WHERE " + fmt.Sprintf(h.hers, c.ID)).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func binary(w *servertest.World, s string) string {
	if w.App.Store.Engine() == "postgres" {
		return fmt.Sprintf(`'\x%x'`, s)
	}
	return fmt.Sprintf("x'%x'", s)
}

// TestEveryColumnIsClassed holds the list above to the tables there are.
func TestEveryColumnIsClassed(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		classed, there := map[string][]string{}, map[string][]string{}
		for table, h := range holdings {
			classed[table] = h.columns()
		}
		for table, columns := range tablesOf(t, w, beside(t, w)) {
			if !strings.HasPrefix(table, "river") && !strings.HasPrefix(table, "goose") {
				there[table] = slices.Sorted(slices.Values(columns))
			}
		}
		if d := cmp.Diff(there, classed); d != "" {
			t.Errorf("say in holdings what becomes of each column when a customer is erased (-there +classed):\n%s", d)
		}
	})
}

// TestACustomerIsForgotten gives two customers a mark in every column that can hold words of theirs. The first asks for her
// data and is erased: all of her marks were in the file, none is left in the database, and nothing else has changed.
func TestACustomerIsForgotten(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		db, ann := beside(t, w), w.As("ann")
		she, other := lived(t, w, "forgets"), lived(t, w, "stays")
		w.Drain()
		marked(t, w, db, she, "qq")
		marked(t, w, db, other, "ww")
		if p := ann.Post("/praise/choice", map[string][]string{"public": {"1"}}); p.Status >= 400 {
			t.Fatalf("praise is published: %d", p.Status)
		}
		figures := figuresOf(t, db)
		before := strings.Count(everything(t, w, db), "ww.")

		file := ann.Get(fmt.Sprintf("/customers/%d/data.json", she.ID))
		for table, h := range holdings {
			for _, column := range strings.Fields(h.told) {
				mark := "qq." + table + "." + column
				if column == "language" || strings.Contains(file.Body, mark) || strings.Contains(file.Body, base64.StdEncoding.EncodeToString([]byte(mark))) {
					continue
				}
				t.Errorf("the file of her data is without %s", mark)
			}
		}
		if !strings.Contains(file.Body, "qq.lost") || strings.Contains(file.Body, "ww.") {
			t.Error("the file is without her lost letter, or with somebody else's words")
		}

		erasure := fmt.Sprintf("/customers/%d/erasure", she.ID)
		for _, who := range []string{"admin", "nikos"} {
			if p := w.As(who).Post(erasure, nil); p.Status != http.StatusForbidden {
				t.Errorf("%s erases her: %d", who, p.Status)
			}
		}
		if p := ann.Post(erasure, nil); p.Status != http.StatusSeeOther {
			t.Fatalf("she is erased: %d", p.Status)
		}
		all := everything(t, w, db)
		for _, line := range strings.Split(all, "\n") {
			if strings.Contains(line, "qq.") || strings.Contains(line, "forgets") {
				t.Errorf("left of her: %.200s", line)
			}
		}
		for table, h := range holdings {
			if n := count(t, db, table, h, she); h.goes && n != 0 {
				t.Errorf("%d rows of hers are left in %s", n, table)
			}
		}
		if after := strings.Count(all, "ww."); after != before {
			t.Errorf("of the other's %d marks %d are left", before, after)
		}
		w.Fold()
		if d := cmp.Diff(figures, figuresOf(t, db)); d != "" {
			t.Errorf("figures moved: %s", d)
		}
		if found, err := w.App.Store.Verify(t.Context()); err != nil || len(found) != 0 {
			t.Errorf("verify: %v %v", found, err)
		}
		isForgotten(t, w, ann, she, other)
	})
}

func figuresOf(t *testing.T, db *sql.DB) string {
	t.Helper()
	var out []string
	rows, err := db.Query("SELECT dim, id, journey_id, touchpoint_id, scale, day, n, sum, sumsq FROM marginals WHERE n <> 0")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var dim, scale string
		var n [7]int64
		if err := rows.Scan(&dim, &n[0], &n[1], &n[2], &scale, &n[3], &n[4], &n[5], &n[6]); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(dim, scale, n))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// isForgotten looks at what pages and later feeds make of it.
func isForgotten(t *testing.T, w *servertest.World, ann *servertest.Client, she, other run.Customer) {
	t.Helper()
	ctx := context.Background()
	for path, want := range map[string]int{fmt.Sprintf("/customers/%d", she.ID): 404, fmt.Sprintf("/customers/%d/data.json", she.ID): 404, fmt.Sprintf("/customers/%d/erasure", she.ID): 404, fmt.Sprintf("/customers/%d", other.ID): 200} {
		if p := ann.Get(path); p.Status != want {
			t.Errorf("%s: %d, want %d", path, p.Status, want)
		}
	}
	if p := ann.Get("/customers"); strings.Contains(p.Body, "erased.") || !strings.Contains(p.Body, "ww.customers.name") {
		t.Error("the list names her, or not the other")
	}
	if p := w.Stranger().Get("/praise"); strings.Contains(p.Body, "qq.") {
		t.Error("her praise is still public")
	}
	cases, err := w.App.Store.CasesOf(ctx, she.ID)
	if err != nil || len(cases) != 1 || cases[0].State != casework.Unreachable || cases[0].ClosedBy != w.Actor("ann").UserID {
		t.Fatalf("her case: %+v %v", cases, err)
	}
	if p := ann.Get(fmt.Sprintf("/cases/%d", cases[0].ID)); p.Status != 200 || !strings.Contains(p.Body, i18n.NewReader(i18n.English, "", time.UTC).T("cases.step_erased")) {
		t.Errorf("her case says nothing of it: %d", p.Status)
	}
	if p := ann.Get(fmt.Sprintf("/runs/%d", cases[0].RunID)); p.Status != 200 || strings.Contains(p.Body, fmt.Sprintf("/customers/%d", she.ID)) {
		t.Errorf("her walk leads to her: %d", p.Status)
	}
	events, err := w.App.Store.EventsOf(ctx, "customer", she.ID)
	if err != nil || len(events) == 0 || events[0].Verb != "customer.erased" || events[0].ActorID != w.Actor("ann").UserID {
		t.Errorf("the ledger: %+v %v", events, err)
	}
	if err := w.App.Drain(ctx); err != nil {
		t.Errorf("what was on its way to her fails: %v", err)
	}
	past, later := w.Completed("forgets"), w.Completed("returns")
	past.Customer.Key, later.Customer.Key = "qq.customer_keys.key", "qq.customer_keys.key"
	for i := range later.Contacts {
		later.Contacts[i].Started = w.Now().Add(time.Hour)
	}
	later.Completed = time.Time{}
	for _, c := range []struct {
		sentence string
		record   ingest.Record
		refused  bool
	}{{"the past does not bring her back", past, true}, {"who comes again is a new customer", later, false}, {"nor is the past hers then", past, true}} {
		out, err := w.App.Store.Take(ctx, []ingest.Record{c.record})
		if err != nil || (out[0].Problem != nil) != c.refused {
			t.Errorf("%s: %+v %v", c.sentence, out, err)
		}
	}
}
