package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/store"
)

// maxItems is how many interactions one batch may carry.
const maxItems = 1000

// What became of an item.
const (
	created   = "created"
	unchanged = "unchanged" // known before; what it says beyond that has been filled in
	rejected  = "rejected"
)

// Report says what became of a batch.
type Report struct {
	Dry       bool     `json:"dry"` // only checked, nothing was taken
	Created   int      `json:"created"`
	Unchanged int      `json:"unchanged"`
	Rejected  int      `json:"rejected"`
	Items     []Result `json:"items"`
}

// Result says what became of the item with this place in the batch, from 0.
type Result struct {
	Index  int      `json:"index"`
	Key    string   `json:"key,omitempty"`
	Status string   `json:"status"`
	Errors []Defect `json:"errors,omitempty"`
}

// refusedReport is the answer when nothing of a batch could be taken: a problem with the report in it.
type refusedReport struct {
	Problem
	Report
}

// item is one element of a batch on its way in.
type item struct {
	Interaction
	problems []fault.Field
	known    bool
}

// interactions takes a batch of contacts: those that are right are taken in one transaction, the others are reported.
func (d *Desk) interactions(c echo.Context) error {
	dry, dryErr := flag(c, "dry")
	create, createErr := flag(c, "create")
	if err := errors.Join(dryErr, createErr); err != nil {
		return fail(c, err)
	}
	items, err := readBatch(c, d.Now())
	if err != nil {
		return fail(c, err)
	}
	ctx := c.Request().Context()
	if err := d.check(ctx, items, create); err != nil {
		return err
	}
	if !dry {
		if err := d.take(ctx, items); err != nil {
			return err
		}
	}
	return respond(c, report(reader(c), items, dry))
}

// flag reads a switch of the query: 1 or 0.
func flag(c echo.Context, name string) (bool, error) {
	switch s := c.QueryParam(name); s {
	case "":
		return false, nil
	default:
		on, err := strconv.ParseBool(s)
		if err != nil {
			return false, fault.Invalid(fault.Field{Name: "?" + name, Key: "api.choice", Args: []any{"value", short(s), "allowed", "1, 0"}})
		}
		return on, nil
	}
}

// readBatch reads a JSON array element by element. A problem within an element is the element's; one with the JSON
// itself spoils the batch.
func readBatch(c echo.Context, now time.Time) ([]item, error) {
	dec, err := body(c)
	if err != nil {
		return nil, err
	}
	open, err := dec.Token()
	if err != nil {
		return nil, unread(dec, err)
	}
	if open != json.Delim('[') {
		return nil, unreadable("api.not_batch")
	}
	items := []item{}
	for dec.More() {
		if len(items) == maxItems {
			return nil, &refusal{http.StatusRequestEntityTooLarge, "api.too_many_items", []any{"limit", maxItems}}
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, unread(dec, err)
		}
		x, problems := readInteraction(raw, now)
		items = append(items, item{Interaction: x, problems: problems})
	}
	if _, err := dec.Token(); err != nil {
		return nil, unread(dec, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, unreadable("api.json_goes_on", "offset", dec.InputOffset())
	}
	return items, nil
}

// check holds the items against what is known: keys that must exist, and contacts that already are on a run.
func (d *Desk) check(ctx context.Context, items []item, create bool) error {
	keys := map[string][]string{}
	for _, x := range items {
		keys["journey"] = append(keys["journey"], x.Journey)
		keys["touchpoint"] = append(keys["touchpoint"], x.Touchpoint)
		keys["contact"] = append(keys["contact"], x.Key)
	}
	journeys, err := d.Store.KnownJourneys(ctx, keys["journey"])
	if err != nil {
		return err
	}
	touchpoints, err := d.Store.KnownTouchpoints(ctx, keys["touchpoint"])
	if err != nil {
		return err
	}
	where, err := d.Store.WhereContacts(ctx, keys["contact"])
	if err != nil {
		return err
	}
	for i := range items {
		x := &items[i]
		if !create && len(x.problems) == 0 {
			x.expect(journeys, "journey", x.Journey, "api.journey_unknown")
			x.expect(touchpoints, "touchpoint", x.Touchpoint, "api.touchpoint_unknown")
		}
		x.place(where)
	}
	return nil
}

func (x *item) expect(known map[string]bool, member, key, message string) {
	if !known[key] {
		x.problems = append(x.problems, fault.Field{Name: member, Key: message, Args: []any{"value", short(key)}})
	}
}

// place notes where the contact is or will be; a contact is on one run only.
func (x *item) place(where map[string]store.Whereabouts) {
	if len(x.problems) > 0 {
		return
	}
	here := store.Whereabouts{Journey: x.Journey, Run: x.Run}
	at, ok := where[x.Key]
	x.known = ok
	switch {
	case ok && at != here:
		x.problems = []fault.Field{{Name: "key", Key: "ingest.contact_elsewhere", Args: []any{"key", x.Key}}}
	case !ok:
		where[x.Key] = here
	}
}

// take writes down the items that are right.
func (d *Desk) take(ctx context.Context, items []item) error {
	var records []ingest.Record
	var of []int
	for i, x := range items {
		if len(x.problems) == 0 {
			records, of = append(records, x.record()), append(of, i)
		}
	}
	if len(records) == 0 {
		return nil
	}
	outcomes, err := d.Records.Take(ctx, records)
	if err != nil {
		return err
	}
	for n, o := range outcomes {
		x := &items[of[n]]
		x.known = o.Counts.Interactions == 0
		if p := o.Problem; p != nil {
			x.problems = []fault.Field{{Name: p.Column, Key: p.Key, Args: p.Args}}
		}
	}
	return nil
}

func report(r *i18n.Reader, items []item, dry bool) Report {
	out := Report{Dry: dry, Items: make([]Result, len(items))}
	for i, x := range items {
		result := Result{Index: i, Key: x.Key, Status: created}
		switch {
		case len(x.problems) > 0:
			result.Status, result.Errors = rejected, defects(r, x.problems)
			out.Rejected++
		case x.known:
			result.Status = unchanged
			out.Unchanged++
		default:
			out.Created++
		}
		out.Items[i] = result
	}
	return out
}

// respond answers 200, or 422 when all of a batch was rejected.
func respond(c echo.Context, r Report) error {
	if r.Rejected == 0 || r.Rejected < len(r.Items) {
		return answer(c, http.StatusOK, echo.MIMEApplicationJSON, r)
	}
	status := http.StatusUnprocessableEntity
	return answer(c, status, "application/problem+json", refusedReport{problemOf(c, status, "api.all_rejected"), r})
}
