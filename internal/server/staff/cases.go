package staff

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/respond"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// caseVerb is one thing that can be done about a case from its page. words is the field of its form for what is said in
// words: names differ from form to form, so that a problem leads to one place.
type caseVerb struct {
	below, words, done string
	do                 func(c echo.Context, actor people.Actor, id int64) error
}

func (d *Desk) caseVerbs() []caseVerb {
	return []caseVerb{
		{"owner", "", "cases.taken", d.takeCase},
		{"return", "", "cases.took_back", d.returnCase},
		{"handover", "tell", "cases.handed", d.handCase},
		{"attempts", "said", "cases.attempted", d.attemptCase},
		{"letters", "letter", "letters.written", d.writeCase},
		{"notes", "note", "cases.noted", d.noteCase},
		{"causes", "", "cases.coded", d.codeCase},
		{"solution", "solution", "cases.proposed", d.proposeCase},
		{"denial", "denied", "cases.denied", d.denyCase},
		{"question", "", "cases.asked_again", d.askCase},
		{"waiting", "asked", "cases.waited", d.waitCase},
		{"resumption", "", "cases.resumed", d.resumeCase},
		{"unreachable", "reason", "cases.gave_up", d.giveUpCase},
		{"attachments", "", "cases.attached", d.attachToCase},
	}
}

func (d *Desk) caseRoutes() []reply.Route {
	routes := []reply.Route{
		{Method: http.MethodGet, Path: "/cases", Guard: reply.Signed, Handle: d.caseList},
		{Method: http.MethodGet, Path: "/cases.csv", Guard: reply.Signed, Handle: d.exportCases},
		{Method: http.MethodGet, Path: "/cases/:id", Guard: reply.Signed, Handle: d.casePage},
		{Method: http.MethodGet, Path: "/cases/:id/handover", Guard: reply.Signed, Handle: d.caseHandover},
		{Method: http.MethodGet, Path: "/cases/:id/attachments/:attachment/file", Guard: reply.Signed, Handle: d.caseFile},
	}
	for _, verb := range d.caseVerbs() {
		routes = append(routes, reply.Route{Method: http.MethodPost, Path: "/cases/:id/" + verb.below, Guard: reply.Signed, Handle: d.onCase(verb)})
	}
	routes = append(routes, reply.Route{Method: http.MethodPost, Path: "/cases/:id/link", Guard: reply.Signed, Handle: d.caseLink})
	return append(routes, d.caseMailRoutes()...)
}

func caseHref(id int64) string { return fmt.Sprintf("/cases/%d", id) }

// onCase does one thing about a case and comes back to its page: with what was typed where it cannot be taken, or where
// somebody was quicker.
func (d *Desk) onCase(verb caseVerb) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := reply.ID(c, "id")
		if err != nil {
			return err
		}
		err = verb.do(c, reply.Actor(c), id)
		if problems, ok := reply.Problems(err); ok {
			for i, p := range problems {
				if p.Name == "words" || p.Name == "note" {
					problems[i].Name = verb.words
				}
			}
			return d.showCase(c, http.StatusUnprocessableEntity, came{verb: verb, problems: problems})
		}
		if f := fault.Of(err); f != nil && f.Kind == fault.KindConflict {
			return d.showCase(c, http.StatusConflict, came{verb: verb, conflict: reply.T(c, f.Key, f.Args...)})
		}
		if err != nil {
			return err
		}
		return d.backToCase(c, id, verb.done)
	}
}

// backToCase leads to the case, or to the list where it is not in sight any more: it was handed over, which the list lets
// her take back.
func (d *Desk) backToCase(c echo.Context, id int64, done string) error {
	_, err := d.Store.CaseFor(c.Request().Context(), reply.Actor(c).Scope(), id)
	if fault.KindOf(err) == fault.KindMissing {
		return reply.Done(c, ui.Link("/cases", "handed", fmt.Sprint(id)), done)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, caseHref(id), done)
}

func (d *Desk) takeCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.TakeOver(c.Request().Context(), actor, id, reply.FormID(c, "from"))
	return err
}

func (d *Desk) returnCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.TakeBack(c.Request().Context(), actor, id)
	return err
}

// caseLink shows, once, a link for the customer to somebody who is with her.
func (d *Desk) caseLink(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	token, err := d.Cases.Hand(c.Request().Context(), reply.Actor(c), id)
	if f := fault.Of(err); f != nil && f.Kind == fault.KindConflict {
		return d.showCase(c, http.StatusConflict, came{conflict: reply.T(c, f.Key, f.Args...)})
	}
	if err != nil {
		return err
	}
	return d.showCase(c, http.StatusOK, came{link: d.PublicURL + respond.SolvedPath(token)})
}

func (d *Desk) handCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.HandOver(c.Request().Context(), actor, id, reply.FormID(c, "from"), reply.FormID(c, "to"), c.FormValue("tell"))
	return err
}

func (d *Desk) attemptCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Attempt(c.Request().Context(), actor, id, casework.Tried{Channel: casework.Channel(c.FormValue("channel")),
		Result: casework.Result(c.FormValue("result")), Words: c.FormValue("said")})
	return err
}

func (d *Desk) noteCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Note(c.Request().Context(), actor, id, c.FormValue("note"))
	return err
}

func (d *Desk) codeCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Code(c.Request().Context(), actor, id, casework.Cause(c.FormValue("cause")), typedCauses(c)...)
	return err
}

// typedCauses are the secondary causes that were ticked.
func typedCauses(c echo.Context) (out []casework.Cause) {
	form, err := c.FormParams()
	if err != nil {
		return nil
	}
	for _, other := range form["also"] {
		out = append(out, casework.Cause(other))
	}
	return out
}

func (d *Desk) proposeCase(c echo.Context, actor people.Actor, id int64) error {
	ctx, v := c.Request().Context(), casework.Solved{Solution: c.FormValue("solution")}
	currency, err := d.Store.CaseCurrency(ctx)
	if err != nil {
		return err
	}
	if currency == "" && strings.TrimSpace(c.FormValue("compensation")) != "" {
		return fault.Conflict("cases.no_currency")
	}
	var p fault.Problems
	v.CompensationMinor = typedMoney(c, "compensation", currency, "compensation", &p)
	if err := p.Err(); err != nil {
		return err
	}
	_, err = d.Cases.Propose(ctx, actor, id, v)
	return err
}

// typedMoney reads an amount of a currency; nothing typed is none.
func typedMoney(c echo.Context, name, currency, currencyName string, p *fault.Problems) int64 {
	typed := strings.TrimSpace(c.FormValue(name))
	if typed == "" || strings.Trim(i18n.LatinDigits(typed), "0") == "" {
		return 0
	}
	if _, known := i18n.MinorDigits(currency); !known {
		p.Add(currencyName, "cases.currency_wrong")
		return 0
	}
	minor, err := i18n.ParseMoney(typed, currency)
	if err != nil {
		p.Add(name, "cases.money_wrong")
	}
	return minor
}

func (d *Desk) denyCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Deny(c.Request().Context(), actor, id, casework.Channel(c.FormValue("channel")), c.FormValue("denied"))
	return err
}

func (d *Desk) askCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.AskAgain(c.Request().Context(), actor, id, c.FormValue("by"))
	return err
}

func (d *Desk) waitCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Wait(c.Request().Context(), actor, id, c.FormValue("asked"))
	return err
}

func (d *Desk) resumeCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Resume(c.Request().Context(), actor, id)
	return err
}

func (d *Desk) giveUpCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.GiveUp(c.Request().Context(), actor, id, c.FormValue("reason"))
	return err
}

func (d *Desk) attachToCase(c echo.Context, actor people.Actor, id int64) error {
	name, content, err := sentFile(c)
	if err != nil {
		return err
	}
	_, err = d.Cases.Attach(c.Request().Context(), actor, id, casework.FileFrom{Name: name, Type: http.DetectContentType(content), Content: content})
	return err
}

// sentFile reads the file of a form, one byte more of it than is allowed at most; nothing chosen is an empty one.
func sentFile(c echo.Context) (name string, content []byte, err error) {
	head, err := c.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	file, err := head.Open()
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = file.Close() }()
	content, err = io.ReadAll(io.LimitReader(file, casework.MostFile+1))
	return head.Filename, content, err
}

// caseFile hands over a file of a case, to be kept and never shown by the browser itself.
func (d *Desk) caseFile(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	attachment, err := reply.ID(c, "attachment")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := d.Store.CaseFor(ctx, reply.Actor(c).Scope(), id); err != nil {
		return err
	}
	file, content, err := d.Store.CaseFile(ctx, id, attachment)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(file.Name)}))
	return c.Blob(http.StatusOK, file.Type, content)
}
