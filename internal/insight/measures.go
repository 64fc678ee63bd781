package insight

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// MostServed is how many runs of one stretch of time the measures are counted on that no marginal holds. Of more, as many
// are taken from each sixtieth of the time: what is counted then costs the same at any size, with an interval of at most two
// points either way.
const MostServed = 3_600

// Served is one run with its customer, 0 where nobody knows who it was.
type Served struct{ RunID, JourneyID, CustomerID int64 }

// Sample is the runs whose last contact lay in a stretch of time.
type Sample struct {
	Runs    []Served
	Bounded bool      // there were more
	Since   time.Time // the earliest last contact on record; zero when there is none
}

// Invited is a matured invitation, one that can no longer be answered (methods.md §1.8).
type Invited struct {
	RunID             int64
	Bounced, Answered bool
}

// Solving is a contact that was to solve something: at a touchpoint of support or of no element, and it is on record
// whether it did.
type Solving struct {
	CustomerID, RunID, JourneyID int64
	Topic                        string
	StartedAt                    time.Time
}

// Waited is a case, open while ClosedAt is nil.
type Waited struct {
	RunID, JourneyID int64
	OpenedAt         time.Time
	ClosedAt         *time.Time
}

// Money is what a customer brings in a year and what a year of her contacts cost, in minor units.
type Money struct{ CustomerID, Revenue, Cost int64 }

// Measures are managers' measures of one stretch of time (methods.md §1). What customers say comes from the marginals;
// everything else is counted on a bounded number of runs, all of them where there are not more.
type Measures struct {
	From    int32      `json:"from"` // days, both included; 0 is open
	To      int32      `json:"to"`
	Runs    int        `json:"runs"`    // counted on
	Bounded bool       `json:"bounded"` // there were more
	Since   int32      `json:"since"`   // first day on record, 0 without any
	Scores  []Score    `json:"scores"`
	Company Measured   `json:"company"`
	Of      []Measured `json:"journeys"`
	Value   Value      `json:"value"`
}

// Score is what customers say of a journey as a whole on one scale; without a key it is all journeys on that scale, where
// there are several. Bands are those of the interval's ends.
type Score struct {
	Line
	Bands stat.Bands `json:"bands"`
}

// Measured is what is counted of a journey; without a key it is the company.
type Measured struct {
	ID           int64             `json:"-"`
	Key          string            `json:"key"`
	Name         i18n.Text         `json:"-"`
	Response     stat.Response     `json:"response"`
	FirstContact stat.FirstContact `json:"first_contact"`
	// Retention and Attrition are of those customers who were there at the start (see Kept); nil when nobody can say yet.
	Retention *stat.Retention `json:"retention"`
	Attrition *stat.Attrition `json:"attrition"`
	Closing   Closing         `json:"closing"`
}

// Closing is how many days cases take until they are closed, those still open not left out (methods.md §1.9).
type Closing struct {
	N      int64      `json:"n"`
	Closed int64      `json:"closed"`
	Median stat.Span  `json:"median"`
	Most   stat.Span  `json:"p90"`
	Level  stat.Level `json:"level"`
}

// Value is what customers are worth (methods.md §1.6), in minor units of the currency, from what each brings in a year.
type Value struct {
	Currency  string    `json:"currency"`
	Customers int64     `json:"customers"` // whose yearly revenue is known
	Revenue   *float64  `json:"revenue"`   // mean of a year, with its interval
	Low       *float64  `json:"low"`
	High      *float64  `json:"high"`
	Margin    *float64  `json:"margin"` // revenue less the cost of the contacts of a year
	Kept      stat.Rate `json:"kept"`   // over a year
	// Projected is source A for a steady margin, Rough source B, AOV·(1+r) with a year as the order; nil while nobody can
	// say how many customers stay for a year.
	Projected *float64 `json:"source_a_projected"`
	Rough     *float64 `json:"source_b_rough"`
}

// Discount is what a year of waiting takes off money, for Value.
const Discount = 0.1

const yearDays = 365

// Measures answers for days, both included; 0 leaves a side open.
func (s *Service) Measures(ctx context.Context, from, to int32) (Measures, error) {
	if to == 0 {
		to = i18n.Day(s.Now(), s.Zone)
	}
	m := Measures{From: from, To: to}
	sample, err := s.servedIn(ctx, from, to)
	if err != nil {
		return m, fmt.Errorf("measures: %w", err)
	}
	m.Runs, m.Bounded = len(sample.Runs), sample.Bounded
	if !sample.Since.IsZero() {
		m.Since = i18n.Day(sample.Since, s.Zone)
	}
	q := counting{s: s, sample: sample, from: s.dayStart(from), lines: map[int64]*Measured{0: &m.Company}}
	if m.Scores, err = s.scores(ctx, from, to, q.lines); err != nil {
		return m, fmt.Errorf("measures: %w", err)
	}
	q.know()
	for _, count := range []func(context.Context) error{q.responses, q.firstContacts, q.closings} {
		if err := count(ctx); err != nil {
			return m, fmt.Errorf("measures: %w", err)
		}
	}
	if err := s.kept(ctx, from, to, sample, q.lines); err != nil {
		return m, fmt.Errorf("measures: %w", err)
	}
	if m.Value, err = s.value(ctx, to, q.customers); err != nil {
		return m, fmt.Errorf("measures: %w", err)
	}
	delete(q.lines, 0)
	m.Of, err = s.named(ctx, q.lines)
	hide(m.Of, &m.Company)
	return m, err
}

func (s *Service) servedIn(ctx context.Context, from, to int32) (Sample, error) {
	return s.Store.ServedIn(ctx, s.dayStart(from), s.dayStart(to+1), MostServed)
}

// scores are the figures of the journeys, and of all on one scale where several journeys are on it. It puts a line for every
// journey into lines.
func (s *Service) scores(ctx context.Context, from, to int32, lines map[int64]*Measured) ([]Score, error) {
	figures, err := s.Figures(ctx, Question{By: feedback.ByJourney, From: from, To: to})
	if err != nil {
		return nil, err
	}
	var out []Score
	for _, scale := range Scales(figures) {
		parts := slices.DeleteFunc(slices.Clone(figures), func(l Line) bool { return l.Scale != scale })
		if len(parts) > 1 {
			parts = slices.Insert(parts, 0, totalOf(scale, parts))
		}
		for _, l := range parts {
			score := Score{Line: l}
			if scale.Metric == stat.NPS {
				score.Bands, _ = stat.SeedBands(scale, l.Figure) // it is NPS
			}
			out = append(out, score)
			lines[l.ID] = cmp.Or(lines[l.ID], &Measured{ID: l.ID})
		}
	}
	return out, nil
}

// totalOf adds up journeys. It is hidden where taking the others from it would tell of one that is hidden, or of few: they
// are told on pages of their own, so that hiding them here would hide nothing (methods.md §1.12).
func totalOf(scale stat.Scale, parts []Line) Line {
	out, hidden, answers := Line{Scale: scale}, 0, int64(0)
	for _, l := range parts {
		out.Tally = out.Tally.Plus(l.Tally)
		if l.Figure.Level == stat.Suppressed {
			hidden, answers = hidden+1, answers+l.Tally.N
		}
	}
	out.Figure = stat.Of(scale, out.Tally).Shown()
	if hidden == 1 || hidden > 0 && answers < stat.K {
		out.Figure = out.Figure.Hidden()
	}
	return out
}

// counting counts on one sample.
type counting struct {
	s         *Service
	sample    Sample
	from      time.Time
	lines     map[int64]*Measured // by journey; 0 is the company
	journey   map[int64]int64     // by run
	runs      []int64
	strangers []int64 // runs of customers nobody knows
	customers []int64
}

func (q *counting) know() {
	q.journey = map[int64]int64{}
	known := map[int64]bool{}
	for _, r := range q.sample.Runs {
		q.journey[r.RunID] = r.JourneyID
		q.runs = append(q.runs, r.RunID)
		q.lines[r.JourneyID] = cmp.Or(q.lines[r.JourneyID], &Measured{ID: r.JourneyID})
		switch {
		case r.CustomerID == 0:
			q.strangers = append(q.strangers, r.RunID)
		case !known[r.CustomerID]:
			known[r.CustomerID] = true
			q.customers = append(q.customers, r.CustomerID)
		}
	}
}

func (q *counting) responses(ctx context.Context) error {
	invited, err := q.s.Store.InvitedOn(ctx, q.runs, q.s.Now())
	counts := map[int64]stat.Invitations{}
	for _, i := range invited {
		for _, of := range []int64{0, q.journey[i.RunID]} {
			c := counts[of]
			c.Sent++
			switch {
			case i.Answered:
				c.Completed++
			case i.Bounced:
				c.Bounced++
			}
			counts[of] = c
		}
	}
	for of, line := range q.lines {
		if err == nil {
			line.Response, err = stat.ResponseOf(counts[of])
		}
	}
	return err
}

// firstContacts puts the contacts of the customers together to episodes. What has no topic is about its journey's need.
func (q *counting) firstContacts(ctx context.Context) error {
	since := q.from
	if !since.IsZero() {
		since = since.Add(-stat.UsualGap)
	}
	solving, err := q.s.Store.SolvingContacts(ctx, q.customers, q.strangers, since)
	if err != nil {
		return err
	}
	type matter struct {
		journey int64
		topic   string
	}
	topics, journeys := map[matter]int64{}, map[int64]int64{}
	contacts := make([]stat.Contact, len(solving))
	for i, c := range solving {
		about := matter{c.JourneyID, c.Topic}
		if topics[about] == 0 {
			topics[about] = int64(len(topics) + 1)
			journeys[topics[about]] = c.JourneyID
		}
		who := c.CustomerID
		if who == 0 {
			who = -c.RunID
		}
		contacts[i] = stat.Contact{Customer: who, Topic: topics[about], At: c.StartedAt}
	}
	episodes, err := stat.EpisodesOf(contacts, stat.UsualGap)
	by := map[int64][]stat.Episode{}
	for _, e := range episodes {
		if !e.First.Before(q.from) {
			by[0], by[journeys[e.Topic]] = append(by[0], e), append(by[journeys[e.Topic]], e)
		}
	}
	for of, line := range q.lines {
		if err == nil {
			line.FirstContact, err = stat.FirstContactOf(by[of], stat.UsualGap, q.s.Now())
		}
	}
	return err
}

func (q *counting) closings(ctx context.Context) error {
	cases, err := q.s.Store.CasesOn(ctx, q.customers)
	spells := map[int64][]stat.Spell{}
	for _, c := range cases {
		if _, sampled := q.journey[c.RunID]; !sampled {
			continue
		}
		end, closed := q.s.Now(), c.ClosedAt != nil
		if closed {
			end = *c.ClosedAt
		}
		spell := stat.Spell{Lasted: max(0, end.Sub(c.OpenedAt).Hours()/24), Ended: closed}
		spells[0], spells[c.JourneyID] = append(spells[0], spell), append(spells[c.JourneyID], spell)
	}
	for of, line := range q.lines {
		if err == nil {
			line.Closing, err = closingOf(spells[of])
		}
	}
	return err
}

func closingOf(spells []stat.Spell) (Closing, error) {
	curve, err := stat.SurvivalOf(spells)
	if err != nil {
		return Closing{}, err
	}
	out := Closing{N: curve.N, Closed: curve.Ended, Level: stat.LevelOf(curve.N)}
	if out.N >= stat.K {
		out.Median, _ = curve.Within(0.5) // both are shares
		out.Most, _ = curve.Within(0.9)
	}
	return out, nil
}

// kept counts who stayed. A customer is there on a day when she was last served within the days before it, as many as the
// time asked for has: at the start within the equally long time before, at the end within the time itself. A customer of the
// start stayed when she was served again within the time, whatever she came for; for a journey, the customers of the start are
// those who walked it. Nobody can say when the records do not reach back to that start.
func (s *Service) kept(ctx context.Context, from, to int32, now Sample, lines map[int64]*Measured) error {
	if from == 0 {
		return nil
	}
	days := to - from + 1
	begin := s.dayStart(from - days)
	if now.Since.IsZero() || now.Since.After(begin.AddDate(0, 0, int(days)/10+1)) {
		return nil
	}
	before, err := s.servedIn(ctx, from-days, from-1)
	if err != nil {
		return err
	}
	start := customersOf(before)
	again, err := s.Store.ServedAgain(ctx, slices.Collect(maps.Keys(start[0])), s.dayStart(from), s.dayStart(to+1))
	if err != nil {
		return err
	}
	end := customersOf(now)[0]
	for of, line := range lines {
		c := stat.Customers{Start: int64(len(start[of]))}
		for _, who := range again {
			if start[of][who] {
				c.End++
			}
		}
		whole := of == 0 && !before.Bounded && !now.Bounded
		if whole {
			c.New = int64(len(end)) - c.End
			c.End += c.New
		}
		if err := line.stayed(c, whole); err != nil {
			return err
		}
	}
	return nil
}

// customersOf are those known in a sample, of each journey and of all.
func customersOf(s Sample) map[int64]map[int64]bool {
	out := map[int64]map[int64]bool{0: {}}
	for _, r := range s.Runs {
		if r.CustomerID == 0 {
			continue
		}
		for _, of := range []int64{0, r.JourneyID} {
			if out[of] == nil {
				out[of] = map[int64]bool{}
			}
			out[of][r.CustomerID] = true
		}
	}
	return out
}

// stayed fills in the shares; what needs everybody at the end has no value unless they were all counted.
func (m *Measured) stayed(c stat.Customers, whole bool) error {
	retention, err := stat.RetentionOf(c)
	if err != nil {
		return err
	}
	attrition, err := stat.AttritionOf(c)
	if !whole {
		retention.EndPerStart, attrition.PerAverage, attrition.StayedPerAverage = nil, nil, nil
	}
	m.Retention, m.Attrition = &retention, &attrition
	return err
}

// value is worked out from the customers given, when any of them has a yearly revenue on record.
func (s *Service) value(ctx context.Context, to int32, customers []int64) (Value, error) {
	money, err := s.Store.MoneyOf(ctx, customers, s.dayStart(to-yearDays+1))
	out := Value{Customers: int64(len(money))}
	if err != nil || out.Customers < stat.K {
		return out, err
	}
	if out.Currency, err = s.Store.Currency(ctx); err != nil {
		return out, err
	}
	revenue, margin := make([]float64, len(money)), 0.0
	for i, m := range money {
		revenue[i] = float64(m.Revenue)
		margin += float64(m.Revenue-m.Cost) / float64(len(money))
	}
	mean, low, high := stat.MeanOf(revenue)
	out.Revenue, out.Low, out.High, out.Margin = &mean, &low, &high, &margin
	year, err := s.servedIn(ctx, to-yearDays+1, to)
	if err != nil {
		return out, err
	}
	company := &Measured{}
	if err := s.kept(ctx, to-yearDays+1, to, year, map[int64]*Measured{0: company}); err != nil || company.Retention == nil {
		return out, err
	}
	out.Kept = company.Retention.Kept
	return out, out.worth()
}

// worth fills in both formulas.
func (v *Value) worth() (err error) {
	if v.Kept.Share == nil || v.Kept.Level == stat.Suppressed {
		return nil
	}
	if v.Projected, err = stat.ProjectedValue(*v.Margin, *v.Kept.Share, Discount, true); err != nil {
		return err
	}
	rough, _, err := stat.RoughValue(*v.Revenue, *v.Kept.Share)
	v.Rough = &rough
	return err
}

// named gives the journeys their names, in the order of keys.
func (s *Service) named(ctx context.Context, lines map[int64]*Measured) ([]Measured, error) {
	ids := slices.Collect(maps.Keys(lines))
	names, err := s.Store.Names(ctx, feedback.ByJourney, ids)
	var out []Measured
	for _, id := range ids {
		line := *lines[id]
		line.Key, line.Name = names[id].Key, names[id].Name
		out = append(out, line)
	}
	slices.SortFunc(out, func(a, b Measured) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID)) })
	return out, err
}

// hide takes the values from what rests on too few, and from as many journeys as subtraction from the company's would need
// (methods.md §1.12).
func hide(of []Measured, company *Measured) {
	for _, part := range []struct {
		n    func(*Measured) int64
		hide func(*Measured)
	}{
		{func(m *Measured) int64 { return m.Response.Sent.N }, (*Measured).hideResponse},
		{func(m *Measured) int64 { return m.FirstContact.Resolved.N }, (*Measured).hideFirstContact},
		{func(m *Measured) int64 { return m.Closing.N }, (*Measured).hideClosing},
		{(*Measured).start, (*Measured).hideStay},
	} {
		counts := make([]int64, len(of))
		for i := range of {
			counts[i] = part.n(&of[i])
		}
		for i, small := range stat.Suppress(counts) {
			if small {
				part.hide(&of[i])
			}
		}
		if n := part.n(company); 0 < n && n < stat.K {
			part.hide(company)
		}
	}
}

func hidden(r stat.Rate) stat.Rate { return stat.Rate{N: r.N, Level: stat.Suppressed} }

func (m *Measured) hideResponse() {
	r := &m.Response
	r.Delivered, r.Sent, r.Partial = hidden(r.Delivered), hidden(r.Sent), hidden(r.Partial)
}

func (m *Measured) hideFirstContact() {
	m.FirstContact = stat.FirstContact{Open: m.FirstContact.Open, Resolved: hidden(m.FirstContact.Resolved), Net: hidden(m.FirstContact.Net)}
}

func (m *Measured) hideClosing() { m.Closing = Closing{N: m.Closing.N, Level: stat.Suppressed} }

func (m *Measured) hideStay() {
	m.Retention = &stat.Retention{Kept: hidden(m.Retention.Kept)}
	m.Attrition = &stat.Attrition{PerStart: hidden(m.Attrition.PerStart)}
}

// start is how many customers were there at the start.
func (m *Measured) start() int64 {
	if m.Retention == nil {
		return 0
	}
	return m.Retention.Kept.N
}
