package chart

import (
	"math"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// pencil writes the markup of a drawing. Places along the reading direction are shares 0..1 of the width, from where the
// reader begins; the pencil turns them round for right-to-left. Places down the page are pixels.
type pencil struct {
	strings.Builder
	rtl bool
}

func pencilFor(r *i18n.Reader) *pencil {
	p := &pencil{rtl: r.Dir() == "rtl"}
	p.Grow(8192)
	return p
}

// at is a share of the width as seen from the left.
func (p *pencil) at(u float64) float64 {
	if p.rtl {
		return 1 - u
	}
	return u
}

// x is a place along the width in percent.
func (p *pencil) x(u float64) string { return number(100*p.at(u)) + "%" }

// put writes parts one after the other: markup of our own and numbers only, never a text from outside.
func (p *pencil) put(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
}

// text writes words; they are escaped.
func (p *pencil) text(s string) { p.WriteString(templ.EscapeString(s)) }

// open begins a drawing of that height which its frame describes.
func (p *pencil) open(f Frame, class string, height int) {
	p.put(`<svg class="`, class, `" width="100%" height="`, strconv.Itoa(height), `" role="group" aria-labelledby="`, f.title(), `"`)
	if f.About != "" {
		p.put(` aria-describedby="`, f.about(), `"`)
	}
	p.put(`>`)
}

func (p *pencil) close() { p.put(`</svg>`) }

// hatching defines the pattern of what is hidden, once a drawing.
func (p *pencil) hatching(f Frame) {
	p.put(`<defs><pattern id="`, f.ID, `-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" y2="6"/></pattern></defs>`)
}

// hatched is a rectangle from u to v filled with the pattern.
func (p *pencil) hatched(f Frame, u, v, y, height float64) {
	p.rect("hatch-ground", u, v, y, height)
	left, right := min(p.at(u), p.at(v)), max(p.at(u), p.at(v))
	p.put(`<rect fill="url(#`, f.ID, `-hatch)" x="`, number(100*left), `%" y="`, number(y), `" width="`, number(100*(right-left)), `%" height="`, number(height), `"/>`)
}

// mark opens what a reader may ask about, with the sentence it answers; close it with markEnd. The first mark of a chart
// takes part in the tab order, arrow keys lead to the others.
func (p *pencil) mark(first bool, sentence string) {
	tab := "-1"
	if first {
		tab = "0"
	}
	p.put(`<g class="mark" role="img" tabindex="`, tab, `"><title>`)
	p.text(sentence)
	p.put(`</title>`)
}

func (p *pencil) markEnd() { p.put(`</g>`) }

// stretch opens the nested drawing for lines and areas, 1000 units wide whatever the screen.
func (p *pencil) stretch(height int) {
	h := strconv.Itoa(height)
	p.put(`<svg viewBox="0 0 1000 `, h, `" preserveAspectRatio="none" width="100%" height="`, h, `" aria-hidden="true">`)
}

// point writes a place in a stretch's path.
func (p *pencil) point(pen byte, u, y float64) {
	p.WriteByte(pen)
	p.put(number(1000*p.at(u)), " ", number(y))
}

// rect writes a rectangle from u to v along the width.
func (p *pencil) rect(class string, u, v, y, height float64) {
	left, right := p.at(u), p.at(v)
	if left > right {
		left, right = right, left
	}
	p.put(`<rect class="`, class, `" x="`, number(100*left), `%" y="`, number(y), `" width="`, number(100*(right-left)), `%" height="`, number(height), `"/>`)
}

// line writes a straight line.
func (p *pencil) line(class string, u1, y1, u2, y2 float64) {
	p.put(`<line class="`, class, `" x1="`, p.x(u1), `" y1="`, number(y1), `" x2="`, p.x(u2), `" y2="`, number(y2), `"/>`)
}

func (p *pencil) circle(class string, u, y, radius float64) {
	p.put(`<circle class="`, class, `" cx="`, p.x(u), `" cy="`, number(y), `" r="`, number(radius), `"/>`)
}

// words writes a text that begins, ends or is centred at u: anchor is start, middle or end in the reading direction, which
// an svg inherits from its page.
func (p *pencil) words(class, anchor string, u, y float64, s string) {
	p.put(`<text class="`, class, `" x="`, p.x(u), `" y="`, number(y), `" text-anchor="`, anchor, `">`)
	p.text(s)
	p.put(`</text>`)
}

// number writes a coordinate: a tenth of a unit is finer than any screen, what is no number is 0.
func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		x = 0
	}
	return strconv.FormatFloat(math.Round(x*10)/10+0, 'f', -1, 64)
}

// markup writes the table; caption says what its rows are.
func (t Twin) markup(caption string) string {
	var p pencil
	p.put(`<table><caption class="sr-only">`)
	p.text(caption)
	p.put(`</caption><thead><tr>`)
	for i, h := range t.Head {
		t.cell(&p, "th", i, ` scope="col"`, h)
	}
	p.put(`</tr></thead><tbody>`)
	for _, row := range t.Rows {
		p.put(`<tr>`)
		for i, c := range row {
			if i == 0 {
				t.cell(&p, "th", i, ` scope="row"`, c)
			} else {
				t.cell(&p, "td", i, "", c)
			}
		}
		p.put(`</tr>`)
	}
	p.put(`</tbody></table>`)
	return p.String()
}

func (t Twin) cell(p *pencil, tag string, column int, attrs, s string) {
	p.put(`<`, tag, attrs)
	if class := t.class(column); class != "" {
		p.put(` class="`, class, `"`)
	}
	p.put(`>`)
	p.text(s)
	p.put(`</`, tag, `>`)
}

// axis is what a scale of values shows: its ends and a few round values between them.
type axis struct {
	low, high float64
	ticks     []float64
}

// axisFor fits an axis to what is drawn: it covers low..high and no less than span, stays within min..max, and has three to
// five round ticks. What is not finite, or upside down, gives the whole of min..max.
func axisFor(low, high, min, max, span float64) axis {
	if !(low <= high) || math.IsInf(low, 0) || math.IsInf(high, 0) {
		low, high = min, max
	}
	low, high = math.Max(low, min), math.Min(high, max)
	if short := span - (high - low); short > 0 {
		low, high = low-short/2, high+short/2
		if low < min {
			low, high = min, high+min-low
		}
		if high > max {
			low, high = math.Max(min, low+max-high), max
		}
	}
	step := roundStep((high - low) / 4)
	a := axis{low: math.Max(min, step*math.Floor(low/step+1e-9)), high: math.Min(max, step*math.Ceil(high/step-1e-9))}
	for i := math.Ceil(a.low/step - 1e-9); i*step <= a.high+step*1e-9; i++ {
		a.ticks = append(a.ticks, i*step)
	}
	return a
}

// roundStep is the least of 1, 2, 2.5, 5, 10 … that is not below x; a tenth at least.
func roundStep(x float64) float64 {
	if !(x > 0.1) || math.IsInf(x, 0) {
		return 0.1
	}
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*unit >= x-1e-9 {
			return m * unit
		}
	}
	return 10 * unit
}

// y is where a value stands between top and bottom.
func (a axis) y(x, top, bottom float64) float64 {
	if a.high <= a.low {
		return (top + bottom) / 2
	}
	return bottom - (math.Min(math.Max(x, a.low), a.high)-a.low)/(a.high-a.low)*(bottom-top)
}
