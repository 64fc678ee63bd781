package staff

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Lists as files. Each has the guard, the scope and the filter of its page, and the same address with ".csv" behind it.
func (d *Desk) exportRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/people/employees.csv", Guard: reply.Office, Handle: d.exportEmployees},
		{Method: http.MethodGet, Path: "/runs.csv", Guard: reply.Leader, Handle: d.exportRuns},
		{Method: http.MethodGet, Path: "/feedback.csv", Guard: reply.Employee, Handle: d.exportFeedback},
		{Method: http.MethodGet, Path: "/team/words.csv", Guard: reply.Supervisor, Handle: d.exportTeamWords},
		{Method: http.MethodGet, Path: "/journeys/figures.csv", Guard: reply.Leader, Handle: d.exportJourneyFigures},
		{Method: http.MethodGet, Path: "/journeys/:id/figures.csv", Guard: reply.Leader, Handle: d.exportTouchpointFigures},
		{Method: http.MethodGet, Path: "/journeys/:id/words.csv", Guard: reply.Leader, Handle: d.exportWords},
		{Method: http.MethodGet, Path: "/company/figures.csv", Guard: reply.Manager, Handle: d.exportJourneyFigures},
		{Method: http.MethodGet, Path: "/settings/invitations.csv", Guard: reply.Administrator, Handle: d.exportInvitations},
		{Method: http.MethodGet, Path: "/customers/:id/data.json", Guard: reply.Manager, Handle: d.exportCustomer},
	}
}

// export is one file: what it is about, how many rows it has, and its columns in words.
type export struct {
	what    string // names the file, and the subject in the ledger
	subject int64
	rows    int
	columns []string
}

// longestFilter is how much of an address the ledger keeps. Of what somebody typed to search by it keeps only that she
// did: it may be a customer's name, and lines of the ledger are for ever.
const longestFilter = 1000

var typedFilters = []string{"q", "who", "key", "word", "about"}

// tell writes into the ledger who takes what, and how much of it, before the first byte leaves: nothing goes without a
// line.
func (d *Desk) tellExport(c echo.Context, e export) error {
	query := c.QueryParams()
	for _, name := range []string{"page", "said", "sort", "desc"} {
		query.Del(name)
	}
	for _, name := range typedFilters {
		if query.Has(name) {
			query.Set(name, "…")
		}
	}
	filter := query.Encode()
	return d.Store.Record(c.Request().Context(), event.Event{Verb: event.DataExported, SubjectKind: e.what, SubjectID: e.subject, ActorID: reply.Actor(c).UserID, At: d.Now(),
		Particulars: map[string]any{"what": e.what, "filter": filter[:min(len(filter), longestFilter)], "rows": e.rows}})
}

func (d *Desk) export(c echo.Context, e export, fill func(*reply.Sheet) error) error {
	if err := d.tellExport(c, e); err != nil {
		return err
	}
	return reply.CSV(c, e.what+".csv", e.columns, fill)
}

// columns are heads in the reader's language.
func columns(c echo.Context, names ...string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = reply.T(c, "export."+name)
	}
	return out
}

// fileOf is the address of a file with the filter of the page at hand.
func fileOf(c echo.Context, path string) string {
	return ui.Link(path+"?"+c.Request().URL.RawQuery, "page", "", "said", "", "sort", "", "desc", "")
}

// first asks a list for its length.
var first = page.Ask{Size: 1}

// exportEmployees hands over every employee as the import reads them back.
func (d *Desk) exportEmployees(c echo.Context) error {
	ctx := c.Request().Context()
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	found, err := d.Store.EmployeesBy(ctx, store.EmployeeFilter{Left: true}, first)
	if err != nil {
		return err
	}
	return d.export(c, export{what: "employees", rows: found.Total, columns: people.Columns}, func(sheet *reply.Sheet) error {
		return d.Store.EachEmployee(ctx, func(e people.Employee) error {
			active := "false"
			if e.Active {
				active = "true"
			}
			return sheet.Row(e.Key, e.Name, teamPath(tree, e.TeamID), e.Email, string(e.Language), active)
		})
	})
}

func yesNo(r *i18n.Reader, yes bool) string {
	if yes {
		return r.T("common.yes")
	}
	return r.T("common.no")
}

// exportRuns hands over the walks in sight, without their customers. A date that is none is refused: the file would be
// another than was asked for.
func (d *Desk) exportRuns(c echo.Context) error {
	ctx, r, scope := c.Request().Context(), reply.Reader(c), reply.Actor(c).Scope()
	f, problems := d.runFilter(c)
	if len(problems) > 0 {
		return fault.Invalid(problems...)
	}
	if f.Broken != 0 {
		if _, err := d.Store.TouchpointFor(ctx, scope, f.Broken); err != nil {
			return err
		}
	}
	found, err := d.Store.RunsFor(ctx, scope, f, first)
	if err != nil {
		return err
	}
	names, _, err := d.journeyOptions(ctx, 0)
	if err != nil {
		return err
	}
	e := export{what: "runs", rows: found.Total, columns: columns(c, "run", "journey", "state", "opened", "last_contact", "ended", "contacts", "answered")}
	return d.export(c, e, func(sheet *reply.Sheet) error {
		return d.Store.EachRun(ctx, scope, f, func(rows []run.Listed) error {
			for _, l := range rows {
				err := sheet.Row(l.Run.Key, names[l.Run.JourneyID].In(r.Lang()), r.T("runs.state_"+string(l.Run.State)), l.Run.OpenedAt, l.Run.LastContactAt, l.Run.EndedAt, l.Contacts, yesNo(r, l.Answered))
				if err != nil {
					return err
				}
			}
			return sheet.Flush()
		})
	})
}

// answerDay is the day an answer may be told by: of an anonymous one the Monday of its week (methods.md §1.12).
func answerDay(at time.Time, anonymity survey.Anonymity, zone *time.Location) reply.Day {
	if anonymity == survey.Anonymous {
		return reply.Day(monday(at, zone))
	}
	return reply.Day(at)
}

// rated is what a row says of one number: the value and its scale, or nothing.
func rated(scale stat.Scale, value *int) (any, string) {
	if value == nil {
		return "", ""
	}
	return *value, scale.String()
}

// quoteCells are what every file of quotes begins with.
func quoteCells(r *i18n.Reader, q feedback.Quote) []any {
	touchpoint := q.Touchpoint.In(r.Lang())
	if q.TouchpointID == 0 {
		touchpoint = r.T("journeys.whole_journey")
	}
	value, scale := rated(q.Scale, q.Value)
	overall, whole := rated(q.WholeScale, q.Overall)
	return []any{answerDay(q.AnsweredAt, q.Anonymity, r.Zone()), q.Journey.In(r.Lang()), touchpoint, r.T("mood." + string(q.Feeling())),
		value, scale, q.Comment, overall, whole, q.Said}
}

var quoteColumns = []string{"answered_on", "journey", "touchpoint", "mood", "value", "scale", "comment", "overall", "overall_scale", "overall_comment"}

// exportFeedback hands over the reader's own feedback. Taking a file is not reading it: what is new stays new.
func (d *Desk) exportFeedback(c echo.Context) error {
	ctx, actor, r := c.Request().Context(), reply.Actor(c), reply.Reader(c)
	scope, ask := actor.OwnScope(), readFeedbackAsk(c)
	f := ask.within(d.Now(), reply.Reader(c).Zone())
	if ask.audience == "" {
		tallies, err := d.Store.TalliesFor(ctx, scope, actor.EmployeeID, f)
		if err != nil {
			return err
		}
		ask.audience = closest(tallies)
	}
	f.Audience, f.Mood = ask.audience, ask.mood
	found, err := d.Store.NoticesFor(ctx, scope, actor.EmployeeID, f, first)
	if err != nil {
		return err
	}
	e := export{what: "feedback", subject: actor.EmployeeID, rows: found.Total, columns: columns(c, append(quoteColumns, "reply")...)}
	return d.export(c, e, func(sheet *reply.Sheet) error {
		return d.Store.EachNotice(ctx, scope, actor.EmployeeID, f, func(rows []feedback.Quote) error {
			for _, q := range rows {
				said := ""
				if q.Reply != feedback.ReplyNone {
					said = r.T("feedback.reply." + string(q.Reply))
				}
				if err := sheet.Row(append(quoteCells(r, q), said)...); err != nil {
					return err
				}
			}
			return sheet.Flush()
		})
	})
}

// exportTeamWords hands over all words of the time that the page of the team shows the latest of, with whom they concern.
func (d *Desk) exportTeamWords(c echo.Context) error {
	ctx, r, scope := c.Request().Context(), reply.Reader(c), reply.Actor(c).Scope()
	f := d.teamWordsAsked(c)
	found, err := d.Store.TeamWordsFor(ctx, scope, f, first)
	if err != nil {
		return err
	}
	e := export{what: "words-of-teams", rows: found.Total, columns: columns(c, append(quoteColumns, "concerns")...)}
	return d.export(c, e, func(sheet *reply.Sheet) error {
		return d.Store.EachTeamWord(ctx, scope, f, func(rows []feedback.Quote) error {
			for _, q := range rows {
				if err := sheet.Row(append(quoteCells(r, q), strings.Join(whom(r, q), "; "))...); err != nil {
					return err
				}
			}
			return sheet.Flush()
		})
	})
}

// exportWords hands over what customers wrote on a journey. Only an answer that was not given in confidence tells its run,
// where the walk is in sight, and its customer, where she is in sight by name.
func (d *Desk) exportWords(c echo.Context) error {
	ctx, scope := c.Request().Context(), reply.Actor(c).Scope()
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	j, err := d.Store.JourneyFor(ctx, scope, id)
	if err != nil {
		return err
	}
	f := store.WordFilter{Journey: j.ID, Span: d.periodOf(c).span(), Mood: oneOf(stat.Mood(c.QueryParam("mood")), moods...)}
	found, err := d.Store.WordsFor(ctx, scope, f, first)
	if err != nil {
		return err
	}
	e := export{what: "words", subject: j.ID, rows: found.Total, columns: columns(c, "answered_on", "touchpoint", "mood", "value", "scale", "comment", "run", "customer")}
	return d.export(c, e, func(sheet *reply.Sheet) error {
		return d.Store.EachWord(ctx, scope, f, func(rows []store.Word) error {
			if err := d.wordRows(c, sheet, rows); err != nil {
				return err
			}
			return sheet.Flush()
		})
	})
}

func (d *Desk) wordRows(c echo.Context, sheet *reply.Sheet, words []store.Word) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	var touchpoints, runs []int64
	for _, w := range words {
		touchpoints = append(touchpoints, w.TouchpointID)
		if w.Anonymity == survey.Identified {
			runs = append(runs, w.RunID)
		}
	}
	at, err := d.Store.Names(ctx, feedback.ByTouchpoint, touchpoints)
	if err != nil {
		return err
	}
	keys, customers, err := d.Store.RunsSeen(ctx, reply.Actor(c).Scope(), runs)
	if err != nil {
		return err
	}
	for _, w := range words {
		touchpoint := r.T("journeys.whole_journey")
		if w.TouchpointID != 0 {
			touchpoint = at[w.TouchpointID].Name.In(r.Lang())
		}
		key, who := "", ""
		if w.Anonymity == survey.Identified {
			key, who = keys[w.RunID], customerName(customers[w.RunID])
		}
		value, scale := rated(w.Scale, w.Value)
		if err := sheet.Row(answerDay(w.AnsweredAt, w.Anonymity, d.Zone), touchpoint, r.T("mood."+string(w.Mood)), value, scale, w.Text, key, who); err != nil {
			return err
		}
	}
	return nil
}

// exportJourneyFigures hands over the figures of the journeys in sight, for the managers' page and the leaders'.
func (d *Desk) exportJourneyFigures(c echo.Context) error {
	list, err := d.Store.JourneysFor(c.Request().Context(), reply.Actor(c).Scope())
	if err != nil {
		return err
	}
	ids := make([]int64, len(list))
	for i, j := range list {
		ids[i] = j.ID
	}
	return d.exportFigures(c, export{what: "figures-of-journeys"}, insight.Question{By: feedback.ByJourney, IDs: ids})
}

// exportTouchpointFigures hands over what a journey's touchpoints score on it.
func (d *Desk) exportTouchpointFigures(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	j, err := d.Store.JourneyFor(c.Request().Context(), reply.Actor(c).Scope(), id)
	if err != nil {
		return err
	}
	return d.exportFigures(c, export{what: "figures-of-touchpoints", subject: j.ID}, insight.Question{By: feedback.ByTouchpoint, Journey: j.ID})
}

// exportFigures hands over figures of the page's period; what is hidden there is empty here.
func (d *Desk) exportFigures(c echo.Context, e export, q insight.Question) error {
	r := reply.Reader(c)
	p := d.periodOf(c)
	q.From, q.To = p.from(), p.to()
	lines, err := d.Insight.Figures(c.Request().Context(), q)
	if err != nil {
		return err
	}
	e.rows, e.columns = len(lines), columns(c, "key", "name", "metric", "scale", "n", "score", "low", "high", "level")
	return d.export(c, e, func(sheet *reply.Sheet) error {
		for _, l := range lines {
			f := l.Figure
			if err := sheet.Row(l.Key, l.Name.In(r.Lang()), string(l.Scale.Metric), l.Scale.String(), f.N, f.Score, f.Low, f.High, r.T("export.level_"+string(f.Level))); err != nil {
				return err
			}
		}
		return nil
	})
}

// exportInvitations hands over who was asked and who was not, without names, as the page does.
func (d *Desk) exportInvitations(c echo.Context) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	f, _, err := d.invitationFilter(c)
	if err != nil {
		return err
	}
	found, err := d.Store.Invitations(ctx, f, first)
	if err != nil {
		return err
	}
	all, err := d.Store.Journeys(ctx)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, j := range all {
		names[j.ID] = j.Name.In(r.Lang())
	}
	e := export{what: "invitations", rows: found.Total, columns: columns(c, "run", "journey", "state", "reason", "channel", "planned", "sent", "opened_by_customer", "answered_at", "expires", "reminders")}
	return d.export(c, e, func(sheet *reply.Sheet) error {
		return d.Store.EachInvitation(ctx, f, func(rows []store.InvitationLine) error {
			for _, i := range rows {
				reason, channel := "", ""
				if i.Reason != "" {
					reason = wordOf(r, "", i.Reason)
				}
				if i.Channel != "" {
					channel = wordOf(r, "invitation.channel_", i.Channel)
				}
				err := sheet.Row(i.RunKey, names[i.JourneyID], r.T("invitation.state_"+string(i.State)), reason, channel, i.PlannedAt, i.SentAt, i.OpenedAt, i.AnsweredAt, i.ExpiresAt, i.Reminders)
				if err != nil {
					return err
				}
			}
			return sheet.Flush()
		})
	})
}

// invitationFilter reads what the list of invitations is narrowed to; reasons are those that occur.
func (d *Desk) invitationFilter(c echo.Context) (f store.InvitationFilter, reasons []string, err error) {
	reasons, err = d.Store.InvitationReasons(c.Request().Context())
	return store.InvitationFilter{Reason: oneOf(c.QueryParam("reason"), reasons...), State: oneOf(survey.State(c.QueryParam("state")), invitationStates...)}, reasons, err
}
