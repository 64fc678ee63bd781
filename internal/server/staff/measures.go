package staff

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/company"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) measureRoutes() []reply.Route {
	return []reply.Route{{Method: http.MethodGet, Path: "/company/measures", Guard: reply.Manager, Handle: d.measuresPage}}
}

func (d *Desk) measuresPage(c echo.Context) error {
	p, r := d.periodOf(c), reply.Reader(c)
	m, err := d.Insight.Measures(c.Request().Context(), p.from(), p.today)
	if err != nil {
		return err
	}
	l, err := d.Insight.Loop(c.Request().Context(), insight.LoopQuestion{Scope: reply.Actor(c).Scope(), From: p.from(), To: p.to()})
	if err != nil {
		return err
	}
	w := measureWords{Measures: m, r: r}
	v := company.MeasuresView{Period: p.tabs(c), Sections: []company.Measure{w.scores(), w.response(), w.firstContact(), w.stay(), w.closing(), loopWords{measureWords: w, loop: l}.recovery(), w.value()}}
	return reply.Page(c, reply.Frame{Title: r.T("measures.title"), Live: true, Charts: true,
		Crumbs: []ui.Crumb{{Text: r.T("company.title"), Href: "/company"}, {Text: r.T("measures.title")}}}, company.MeasuresPage(v))
}

// measureWords puts measures into the reader's words.
type measureWords struct {
	insight.Measures
	r *i18n.Reader
}

func (w measureWords) number(x float64, decimals int) string {
	return i18n.Isolate(w.r.Float(x, decimals))
}

// days is how many there are: a time begins on a Monday, so that they are about as many as were asked for.
func (w measureWords) days() int { return int(w.To - w.From + 1) }

// percent is a share 0..1.
func (w measureWords) percent(x float64) string { return i18n.Isolate(w.r.Percent(100*x, 0)) }

// how is the rule of a measure and what it was counted on.
func (w measureWords) how(rule string) company.Measure {
	basis := w.r.T("measures.basis_all", "n", w.Runs)
	if w.From != 0 {
		basis = w.r.T("measures.basis_since", "n", w.Runs, "from", fullDay(w.r, w.From))
	}
	more := ""
	if w.Bounded {
		more = w.r.T("measures.bounded")
	}
	return company.Measure{How: chart.How(rule, basis, more)}
}

// rows are the company and its journeys.
func (w measureWords) rows(cells func(insight.Measured) []company.MeasureCell) []company.MeasureRow {
	out := []company.MeasureRow{{Name: w.r.T("measures.all"), Cells: cells(w.Company)}}
	for _, m := range w.Of {
		row := company.MeasureRow{Href: "/journeys/" + strconv.FormatInt(m.ID, 10), Cells: cells(m)}
		row.Name, row.NameIn = m.Name.Shown(w.r.Lang())
		out = append(out, row)
	}
	return out
}

// hidden says why there is no value: it rests on too few, or with it what rests on too few could be computed.
func (w measureWords) hidden(n int64) company.MeasureCell {
	if n >= stat.K {
		return company.MeasureCell{Note: w.r.T("ui.figure.concealed")}
	}
	return company.MeasureCell{Note: w.r.T("measures.hidden", "k", stat.K)}
}

func (w measureWords) rate(x stat.Rate) company.MeasureCell {
	switch {
	case x.N == 0:
		return company.MeasureCell{Note: w.r.T("measures.none")}
	case x.Share == nil || x.Level == stat.Suppressed:
		return w.hidden(x.N)
	}
	return company.MeasureCell{Value: w.r.Percent(100**x.Share, 0), Range: w.r.T("ui.figure.range", "low", w.percent(*x.Low), "high", w.percent(*x.High)),
		Of: w.r.T("measures.of", "x", x.X, "n", x.N), Level: x.Level}
}

// saidOf is a sentence about a rate, or that there is none.
func (w measureWords) saidOf(key string, x stat.Rate, args ...any) string {
	if x.Share == nil {
		return w.r.T("measures.nothing")
	}
	return w.r.T(key, append(args, "share", w.percent(*x.Share), "low", w.percent(*x.Low), "high", w.percent(*x.High))...)
}

func (w measureWords) scores() company.Measure {
	m := company.Measure{ID: "scores", Title: w.r.T("measures.scores"), Said: w.r.T("measures.scores_said"),
		Columns: []string{w.r.T("measures.score"), w.r.T("measures.scale"), w.r.T("measures.band")}}
	answers := int64(0)
	for _, s := range w.Scores {
		row := company.MeasureRow{Name: w.r.T("measures.all_on"), Cells: []company.MeasureCell{w.score(s), w.scale(s.Scale), w.band(s)}}
		if s.ID != 0 {
			row.Href = "/journeys/" + strconv.FormatInt(s.ID, 10)
			row.Name, row.NameIn = s.Name.Shown(w.r.Lang())
			answers += told(s.Figure)
		}
		m.Rows = append(m.Rows, row)
	}
	if len(m.Rows) == 0 {
		m.Said = w.r.T("measures.nothing")
	}
	m.How = chart.How(w.r.T("measures.how_scores"), basis(w.r, w.From, answers))
	return m
}

func (w measureWords) score(s insight.Score) company.MeasureCell {
	f := s.Figure
	if f.Score == nil {
		return w.hidden(f.N)
	}
	number := func(x float64) string {
		if s.Scale.Metric == stat.NPS {
			return w.r.Float(x, 0)
		}
		return w.r.Percent(x, 0)
	}
	return company.MeasureCell{Value: number(*f.Score), Range: w.r.T("ui.figure.range", "low", i18n.Isolate(number(*f.Low)), "high", i18n.Isolate(number(*f.High))),
		Of: w.r.N("common.answers", int(f.N)), Level: f.Level}
}

func (w measureWords) scale(s stat.Scale) company.MeasureCell {
	cell := company.MeasureCell{Note: w.r.T("measures.scale_of", "metric", w.r.T("journeys.score_of_"+string(s.Metric)), "lo", s.Lo, "hi", s.Hi)}
	if s.LowGood {
		cell.Note += ". " + w.r.T("measures.turned")
	}
	return cell
}

// band is the word for an NPS, or between which words it lies; nothing for other scales.
func (w measureWords) band(s insight.Score) company.MeasureCell {
	word := func(b stat.Band) string { return w.r.T("measures.band_" + string(b)) }
	switch {
	case s.Scale.Metric != stat.NPS:
		return company.MeasureCell{Note: company.NoMeasure}
	case s.Bands.Sure():
		return company.MeasureCell{Value: word(s.Bands.Low)}
	case s.Bands.Low != "":
		return company.MeasureCell{Note: w.r.T("measures.band_between", "low", word(s.Bands.Low), "high", word(s.Bands.High))}
	}
	return company.MeasureCell{Note: w.r.T("measures.band_few")}
}

func (w measureWords) response() company.Measure {
	m := w.how(w.r.T("measures.how_response"))
	m.ID, m.Title, m.Said = "response", w.r.T("measures.response"), w.saidOf("measures.response_said", w.Company.Response.Delivered)
	if w.Company.Response.Sent.N == 0 {
		m.Said = w.r.T("journeys.rate_none")
		return m
	}
	m.Columns = []string{w.r.T("measures.delivered"), w.r.T("measures.sent")}
	m.Rows = w.rows(func(x insight.Measured) []company.MeasureCell {
		return []company.MeasureCell{w.rate(x.Response.Delivered), w.rate(x.Response.Sent)}
	})
	return m
}

func (w measureWords) firstContact() company.Measure {
	m := w.how(w.r.T("measures.how_first"))
	f := w.Company.FirstContact
	m.ID, m.Title, m.Said = "first", w.r.T("measures.first"), w.r.T("measures.nothing")
	if f.Resolved.N == 0 {
		return m
	}
	if f.Contacts != nil {
		m.Said = w.saidOf("measures.first_said", f.Resolved, "contacts", w.number(*f.Contacts, 1))
	}
	m.Columns = []string{w.r.T("measures.solved"), w.r.T("measures.contacts")}
	m.Rows = w.rows(func(x insight.Measured) []company.MeasureCell {
		per := company.MeasureCell{Note: company.NoMeasure}
		if x.FirstContact.Contacts != nil {
			per = company.MeasureCell{Value: w.r.Float(*x.FirstContact.Contacts, 1)}
		}
		return []company.MeasureCell{w.rate(x.FirstContact.Resolved), per}
	})
	return m
}

func (w measureWords) stay() company.Measure {
	m := w.how(w.r.T("measures.how_stay", "days", w.days()))
	m.ID, m.Title = "stay", w.r.T("measures.stay")
	kept := w.Company.Retention
	switch {
	case w.From == 0:
		m.Said = w.r.T("measures.stay_all")
		return m
	case w.Since == 0:
		m.Said = w.r.T("measures.nothing")
		return m
	case kept == nil:
		m.Said = w.r.T("measures.stay_short", "since", fullDay(w.r, w.Since))
		return m
	}
	m.Said = w.saidOf("measures.stay_said", kept.Kept, "days", w.days())
	m.Columns = []string{w.r.T("measures.stayed"), w.r.T("measures.left"), w.r.T("measures.left_average"), w.r.T("measures.end_start")}
	m.Rows = w.rows(func(x insight.Measured) []company.MeasureCell {
		if x.Retention == nil {
			none := company.MeasureCell{Note: company.NoMeasure}
			return []company.MeasureCell{none, none, none, none}
		}
		return []company.MeasureCell{w.rate(x.Retention.Kept), w.rate(x.Attrition.PerStart), w.ratio(x.Attrition.PerAverage), w.ratio(x.Retention.EndPerStart)}
	})
	return m
}

// ratio is a share that may exceed 1 and has no interval.
func (w measureWords) ratio(x *float64) company.MeasureCell {
	if x == nil {
		return company.MeasureCell{Note: company.NoMeasure}
	}
	return company.MeasureCell{Value: w.r.Percent(100**x, 0)}
}

func (w measureWords) closing() company.Measure {
	m := w.how(w.r.T("measures.how_closing"))
	c := w.Company.Closing
	m.ID, m.Title, m.Said = "closing", w.r.T("measures.closing"), w.r.T("measures.nothing")
	if c.N == 0 {
		return m
	}
	switch {
	case c.N < stat.K:
		m.Said = w.r.T("measures.hidden", "k", stat.K)
	case c.Median.At == nil || c.Most.At == nil:
		m.Said = w.r.T("measures.closing_short", "n", c.N, "open", c.N-c.Closed)
	default:
		m.Said = w.r.T("measures.closing_said", "median", w.number(*c.Median.At, 1), "most", w.number(*c.Most.At, 1), "n", c.N, "open", c.N-c.Closed)
	}
	m.Columns = []string{w.r.T("measures.median"), w.r.T("measures.most")}
	m.Rows = w.rows(func(x insight.Measured) []company.MeasureCell {
		return []company.MeasureCell{w.wait(x.Closing, x.Closing.Median), w.wait(x.Closing, x.Closing.Most)}
	})
	return m
}

func (w measureWords) wait(c insight.Closing, s stat.Span) company.MeasureCell {
	switch {
	case c.N == 0:
		return company.MeasureCell{Note: w.r.T("measures.none")}
	case c.Level == stat.Suppressed:
		return w.hidden(c.N)
	case s.At == nil:
		return company.MeasureCell{Note: w.r.T("measures.not_reached")}
	}
	end := func(x *float64) string {
		if x == nil {
			return w.r.T("measures.not_reached")
		}
		return w.number(*x, 1)
	}
	return company.MeasureCell{Value: w.r.T("measures.days", "n", w.r.Float(*s.At, 1)), Range: w.r.T("ui.figure.range", "low", end(s.Low), "high", end(s.High)),
		Of: w.r.T("measures.closed_of", "closed", c.Closed, "n", c.N), Level: c.Level}
}

func (w measureWords) value() company.Measure {
	m, v := w.how(w.r.T("measures.how_value")), w.Measures.Value
	m.ID, m.Title, m.Said = "value", w.r.T("measures.value"), w.r.T("measures.value_none")
	if v.Revenue == nil {
		return m
	}
	money := func(minor float64) string {
		if v.Currency == "" {
			return w.number(minor/100, 2)
		}
		return i18n.Isolate(w.r.Money(int64(minor), v.Currency))
	}
	m.Said = w.r.T("measures.value_said", "revenue", money(*v.Revenue), "low", money(*v.Low), "high", money(*v.High), "margin", money(*v.Margin), "n", v.Customers)
	if v.Rough == nil {
		m.More = []string{w.r.T("measures.value_needs_year", "since", fullDay(w.r, cmp.Or(w.Since, w.To)))}
		return m
	}
	if v.Projected != nil {
		m.More = append(m.More, w.r.T("measures.value_a", "value", money(*v.Projected), "discount", w.percent(insight.Discount)))
	}
	m.More = append(m.More, w.r.T("measures.value_b", "value", money(*v.Rough)))
	return m
}
