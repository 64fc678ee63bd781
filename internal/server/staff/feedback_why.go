package staff

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
	faces "github.com/journeyloop/journeyloop/templates/feedback"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// lately is how many days the sentence on top of the page looks back.
const lately = 7

// longWait is how long nothing has to happen before a contact for the wait to be worth a word.
const longWait = 48 * time.Hour

// background is what a walk says about how a contact came to be: the wait before it, a promise that was broken by then,
// and that it did not solve what it was for. It is what the customer lived through, not what she said.
type background struct {
	wait     time.Duration // 0: not worth a word
	broken   *run.Interaction
	unsolved bool
}

// named says which reasons it holds, in the order of the catalogue's feedback.why keys.
func (b background) named() []string {
	var out []string
	if b.broken != nil {
		out = append(out, "promise")
	}
	if b.wait > 0 {
		out = append(out, "wait")
	}
	if b.unsolved {
		out = append(out, "unsolved")
	}
	return out
}

// backgroundOf looks at the contact that a quote is about; one about the whole journey looks at all of them.
func backgroundOf(q feedback.Quote, contacts []run.Contact) background {
	var b background
	for i, c := range contacts {
		x := c.Interaction
		about := q.TouchpointID == 0 || x.TouchpointID == q.TouchpointID && (q.MetAt == nil || x.StartedAt.Equal(*q.MetAt))
		if !about {
			continue
		}
		if i > 0 {
			if wait := x.StartedAt.Sub(over(contacts[i-1].Interaction)); wait >= longWait && wait > b.wait {
				b.wait = wait
			}
		}
		b.unsolved = x.Resolved != nil && !*x.Resolved
		for _, before := range contacts[:i+1] {
			p := before.Interaction
			if p.PromiseDue != nil && p.PromiseDue.Before(q.AnsweredAt) && (p.PromiseKept == nil || p.PromiseKept.After(*p.PromiseDue)) {
				b.broken = &p
			}
		}
		if q.TouchpointID != 0 {
			return b
		}
	}
	return b
}

// backgrounds looks up what happened before negative feedback, by its place in the list. What was said anonymously stays
// without: a wait could tell who it was.
func (d *Desk) backgrounds(ctx context.Context, quotes []feedback.Quote) (map[int]background, error) {
	var ids []int64
	for _, q := range quotes {
		if explained(q) {
			ids = append(ids, q.RunID)
		}
	}
	runs, err := d.Store.RunsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	walks, err := d.Store.Walks(ctx, runs)
	if err != nil {
		return nil, err
	}
	out := map[int]background{}
	for i, q := range quotes {
		if explained(q) {
			out[i] = backgroundOf(q, walks[q.RunID].Contacts)
		}
	}
	return out, nil
}

func explained(q feedback.Quote) bool {
	return q.Feeling() == stat.Negative && q.Anonymity != survey.Anonymous
}

// told puts a background into words.
func (d *Desk) told(c echo.Context, b background) ([]string, error) {
	r := reply.Reader(c)
	var out []string
	if b.wait > 0 {
		out = append(out, r.T("feedback.before_wait", "wait", i18n.Isolate(r.Duration(b.wait))))
	}
	if b.broken != nil {
		week, err := d.Store.Week(c.Request().Context())
		if err != nil {
			return nil, err
		}
		p := walkPage{d: d, ctx: c.Request().Context(), r: r, week: week}
		words, _ := p.promise(*b.broken)
		out = append(out, words)
	}
	if b.unsolved {
		out = append(out, r.T("feedback.before_unsolved"))
	}
	return out, nil
}

// mostUnhappy is how many of the latest unhappy answers the sentence looks into for what their walks have in common.
const mostUnhappy = 100

// latelyView is the sentence that opens the page: how many of her customers were unhappy in the last days, what happened
// before, and the way to exactly those. It counts messages of her own, nobody else's.
func (d *Desk) latelyView(c echo.Context, scope people.Scope, employee int64, now time.Time) (*faces.LatelyView, error) {
	ctx, r := c.Request().Context(), reply.Reader(c)
	f := feedback.Filter{Audience: feedback.ToEmployee, Since: now.AddDate(0, 0, -lately)}
	unhappy, all, err := d.Store.UnhappyFor(ctx, scope, employee, f)
	if err != nil || all == 0 {
		return nil, err
	}
	if unhappy == 0 {
		return &faces.LatelyView{Text: r.N("feedback.lately_none", all, "days", lately)}, nil
	}
	v := &faces.LatelyView{Text: r.N("feedback.lately", unhappy, "days", lately, "all", all), Unhappy: true,
		Href: ui.Link("/feedback", "for", string(feedback.ToEmployee), "mood", string(stat.Negative), "days", "7")}
	f.Mood = stat.Negative
	found, err := d.Store.NoticesFor(ctx, scope, employee, f, page.Ask{Size: mostUnhappy})
	if err != nil {
		return nil, err
	}
	before, err := d.backgrounds(ctx, found.Rows)
	if err != nil {
		return nil, err
	}
	v.Reasons = reasons(r, found.Rows, before)
	return v, nil
}

// reasons counts customers, not answers, by what their walks show.
func reasons(r *i18n.Reader, quotes []feedback.Quote, before map[int]background) []string {
	type one struct {
		why      string
		response int64
	}
	counts, seen := map[string]int{}, map[one]bool{}
	for i, b := range before {
		for _, why := range b.named() {
			if who := (one{why, quotes[i].ResponseID}); !seen[who] {
				seen[who] = true
				counts[why]++
			}
		}
	}
	var out []string
	for _, why := range []string{"promise", "wait", "unsolved"} {
		if n := counts[why]; n > 0 {
			out = append(out, r.T("feedback.why_"+why, "n", n))
		}
	}
	return out
}

// processWords says how many of a person's negative answers are about the process rather than her: before them lay a broken
// promise or a long wait, or she said that it was the system (methods.md §5.5). Fewer than k say nothing; it looks into the
// latest hundred at most.
func (d *Desk) processWords(c echo.Context, scope people.Scope, employee int64) (string, error) {
	ctx, r := c.Request().Context(), reply.Reader(c)
	found, err := d.Store.NoticesFor(ctx, scope, employee, feedback.Filter{Audience: feedback.ToEmployee, Mood: stat.Negative, Since: d.Now().AddDate(0, 0, -insight.OwnDays)}, page.Ask{Size: mostUnhappy})
	if err != nil || len(found.Rows) < stat.K {
		return "", err
	}
	before, err := d.backgrounds(ctx, found.Rows)
	if err != nil {
		return "", err
	}
	process := int64(0)
	for i, q := range found.Rows {
		if b := before[i]; b.broken != nil || b.wait > 0 || q.Reply == feedback.ReplySystem {
			process++
		}
	}
	rate, err := stat.RateOf(process, int64(len(found.Rows)))
	if err != nil {
		return "", err
	}
	percent := func(x float64) string { return i18n.Isolate(r.Percent(100*x, 0)) }
	text := r.T("own.process", "days", insight.OwnDays, "n", rate.N, "x", rate.X, "share", percent(*rate.Share), "low", percent(*rate.Low), "high", percent(*rate.High))
	if found.Total > len(found.Rows) {
		text += " " + r.T("own.process_latest", "n", rate.N)
	}
	return text, nil
}
