package chart

import (
	"math"
	"strconv"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// HeatView is a figure of many subjects over time. It is drawn as the table it is: every cell says its number, the shade
// only helps the eye. Numbers of all cells are of one unit.
type HeatView struct {
	Frame
	Subject  string   // what the rows are, the head of their column
	Columns  []string // the beginnings of equally long stretches of time
	Rows     []HeatRow
	Min, Max float64 // the ends of what is possible
	Percent  bool
}

// HeatRow is one subject with one cell a column.
type HeatRow struct {
	Name, Href string    // Href "" is no link
	NameIn     i18n.Lang // another language than the reader's, where the name is in one
	Cells      []HeatCell
}

// HeatCell is one figure; nil is nothing answered, a suppressed one tells nothing.
type HeatCell struct {
	Value, Low, High *float64
	N                int64
	Level            stat.Level
}

// shades is how many steps the scale has: what people can still tell apart.
const shades = 5

func (v HeatView) number(r *i18n.Reader, x float64) string {
	if v.Percent {
		return r.Percent(x, 0)
	}
	return r.Float(x, 0)
}

func (c HeatCell) shown() bool {
	return !hidden(c.Level) && !silent(c.Level, c.Value) && !math.IsNaN(*c.Value)
}

// axis spans what is shown in equal, round steps, one a shade.
func (v HeatView) axis() axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, row := range v.Rows {
		for _, c := range row.Cells {
			if c.shown() {
				low, high = math.Min(low, *c.Value), math.Max(high, *c.Value)
			}
		}
	}
	if !(low <= high) {
		low, high = v.Min, v.Max
	}
	step := roundStep(math.Max((high-low)/shades, (v.Max-v.Min)/40))
	low = step * math.Floor(low/step+1e-9)
	if low+shades*step < high-1e-9 {
		step = roundStep(step * 1.01)
		low = step * math.Floor(low/step+1e-9)
	}
	if over := low + shades*step - v.Max; over > 0 {
		low = math.Max(v.Min, low-step*math.Ceil(over/step-1e-9))
	}
	return axis{low: low, high: low + shades*step}
}

// shade is the step of a value, 1 for the lowest.
func (a axis) shade(x float64) int {
	if a.high <= a.low {
		return 1
	}
	return min(shades, max(1, 1+int(math.Floor(shades*(x-a.low)/(a.high-a.low)+1e-9))))
}

func (v HeatView) filled(r *i18n.Reader) HeatView {
	a, anyShown, anyHidden, anyFew := v.axis(), false, false, false
	for _, row := range v.Rows {
		for _, c := range row.Cells {
			anyShown = anyShown || c.shown()
			anyHidden = anyHidden || hidden(c.Level)
			anyFew = anyFew || c.shown() && c.Level == stat.Indicative
		}
	}
	if v.Empty == "" && !anyShown && !anyHidden {
		v.Empty = r.T("chart.nothing")
	}
	v.Key = nil
	if anyShown {
		step := (a.high - a.low) / shades
		for i := range shades {
			low := a.low + float64(i)*step
			v.Key = append(v.Key, Sign{"s" + strconv.Itoa(i+1), r.T("chart.range", "low", v.number(r, math.Max(low, v.Min)), "high", v.number(r, math.Min(low+step, v.Max)))})
		}
	}
	if anyFew {
		v.Key = append(v.Key, Sign{"few", r.T("chart.sign.hollow", "solid", stat.SolidFrom)})
	}
	if anyHidden {
		v.Key = append(v.Key, Sign{"hatched", r.T("chart.sign.hatched", "k", stat.K)})
	}
	return v
}

// noise is what a cell answers when asked, after its row and its column: chart.js puts them before it.
func (v HeatView) noise(r *i18n.Reader, c HeatCell) string {
	if c.Low == nil || c.High == nil {
		return r.N("common.answers", int(c.N))
	}
	return r.T("chart.heat.noise", "low", r.Float(*c.Low, 0), "high", r.Float(*c.High, 0), "answers", c.N)
}

// table leaves out the quotes and closing tags that HTML does not need: there are many cells.
func (v HeatView) table(r *i18n.Reader) string {
	p, a := pencilFor(r), v.axis()
	none, word := r.T("chart.none"), r.T("chart.hidden")
	p.put(`<table class="heat" data-grid><thead><tr><th scope=col>`)
	p.text(v.Subject)
	for _, c := range v.Columns {
		p.put(`<th scope=col>`)
		p.text(c)
	}
	p.put(`<tbody>`)
	for _, row := range v.Rows {
		p.put(`<tr><th scope=row>`)
		row.name(p)
		for _, c := range row.Cells {
			switch {
			case hidden(c.Level):
				p.put(`<td class=hatched>`)
				p.text(word)
			case !c.shown():
				p.put(`<td class=none title="`)
				p.text(none)
				p.put(`">–`)
			default:
				p.put(`<td class=`, v.class(a, c), ` title="`)
				p.text(v.noise(r, c))
				p.put(`">`)
				p.text(r.Float(*c.Value, 0))
			}
		}
	}
	p.put(`</table>`)
	return p.String()
}

func (v HeatView) class(a axis, c HeatCell) string {
	shade := "s" + strconv.Itoa(a.shade(*c.Value))
	if c.Level == stat.Indicative {
		return `"` + shade + ` few"`
	}
	return shade
}

func (row HeatRow) name(p *pencil) {
	name := `<bdi>`
	if row.NameIn != "" {
		name = `<bdi lang=` + string(row.NameIn) + `>`
	}
	if row.Href == "" {
		p.put(name)
		p.text(row.Name)
		p.put(`</bdi>`)
		return
	}
	p.put(`<a href="`)
	p.text(string(templ.URL(row.Href)))
	p.put(`">`, name)
	p.text(row.Name)
	p.put(`</bdi></a>`)
}

// SampleHeat is a company's journeys over twelve weeks, with every kind of cell.
func SampleHeat(r *i18n.Reader) HeatView {
	v := HeatView{Frame: Frame{ID: "sample-heat", Finding: r.N("chart.heat.none", 12), About: r.T("chart.heat.about")}, Subject: r.T("chart.journey"), Max: 100, Percent: true}
	for i := range 12 {
		v.Columns = append(v.Columns, dayMonth(r, sampleDay+int32(7*i)))
	}
	for j, name := range []string{"Fibre at home", "تعمیر اینترنت", "Αποζημίωση", "Смена тарифа", "Moving house"} {
		row := HeatRow{Name: name, Href: "/journeys/" + strconv.Itoa(j+1)}
		for i := range 12 {
			n := []int64{90, 61, 44, 18, 9}[j]
			if (i*7+j*5)%11 == 3 {
				n = 3
			} else if (i+j)%13 == 9 {
				n = 0
			}
			f := stat.Of(sampleScale, sampleTally(n, 0.55+0.08*float64(j)-0.03*float64((i*j)%7))).Shown()
			row.Cells = append(row.Cells, HeatCell{f.Score, f.Low, f.High, f.N, f.Level})
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
