package chart

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// PathView draws what customers really walked: from the top down, touchpoints in layers by where they come in a walk. Steps
// to the next layer go straight down, those that skip a layer pass on the side where one begins to read, those that go back
// return dashed on the other side. The same on a phone and on a desk.
type PathView struct {
	Frame
	Process stat.Process     // as Shown: what tells of fewer than k walks is merged already
	Names   map[int64]string // of the places
	Links   map[int64]string // where a place's page is; none where there is none for this reader
}

// What one drawing carries: more is no picture any more. The rest is merged into the other paths.
const (
	mostPlaces = 10
	mostFlows  = 16
)

// The places of the drawing, in pixels; along the width as shares.
const (
	pathNode   = 28.0 // a touchpoint's height without its name
	pathLine   = 15.0 // what each line of the name adds
	pathLines  = 3    // of a name at most
	pathEnd    = 26.0 // that of the start and the ends
	pathGap    = 44.0 // between two layers
	pathInset  = 4.0
	pathLetter = 14 // letters a line of a name, as wide as a place is on a phone

	// The main line, where most walk, and the side line of what only some meet: their centres and half their widths.
	mainAt, mainHalf = 0.335, 0.195
	sideAt, sideHalf = 0.715, 0.165
	pathBegin        = 0.13 // what passes on the sides stays out of the middle
	pathStop         = 0.89
)

// node is a place on the drawing.
type node struct {
	stat.Place
	layer       int
	side        bool     // not on the main line
	lines       []string // its name
	u, half     float64  // centre and half the width
	top, height float64
}

// walk is the whole layout.
type walk struct {
	nodes  []node // in the order of the layers, the start first, the ends last
	byID   map[int64]int
	flows  []stat.Transition
	other  int64 // steps that are not drawn
	steps  int64
	height float64
}

// layout arranges a process: layers by mean position; on the main line what at least half of the walks come to and the
// more walked of two beside each other, on the side line the others.
func (v PathView) layout() walk {
	p := v.Process
	places := slices.Clone(p.Places)
	if len(places) > mostPlaces {
		slices.SortFunc(places, func(a, b stat.Place) int { return cmp.Or(cmp.Compare(b.Walks, a.Walks), cmp.Compare(a.ID, b.ID)) })
		places = places[:mostPlaces]
		slices.SortFunc(places, func(a, b stat.Place) int {
			return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
		})
	}
	w := walk{byID: map[int64]int{}, other: p.Other, steps: p.Steps}
	drawn := map[int64]bool{stat.Start: true, stat.End: true, stat.GaveUp: true}
	for _, place := range places {
		drawn[place.ID] = true
	}
	for _, t := range p.Transitions {
		if drawn[t.From] && drawn[t.To] && len(w.flows) < mostFlows {
			w.flows = append(w.flows, t)
		} else {
			w.other += t.N
		}
	}
	w.layers(places)
	for i, n := range w.nodes {
		w.nodes[i].lines = wrapped(v.Names[n.ID], pathLetter, pathLines)
	}
	w.order(p.Walks)
	return w
}

// alike is how close two places' mean positions are that may stand beside each other.
const alike = 0.12

// layers puts places beside each other, two at most, that come at much the same time and do not follow one another.
func (w *walk) layers(places []stat.Place) {
	w.nodes = []node{{Place: stat.Place{ID: stat.Start}}}
	layer, in := 0, 0
	for i, p := range places {
		if in == 0 || in == 2 || p.Position-places[i-1].Position > alike || w.follows(places[i-1].ID, p.ID) {
			layer, in = layer+1, 0
		}
		w.nodes = append(w.nodes, node{Place: p, layer: layer})
		in++
	}
	for _, id := range []int64{stat.End, stat.GaveUp} {
		if slices.ContainsFunc(w.flows, func(t stat.Transition) bool { return t.To == id }) {
			w.nodes = append(w.nodes, node{Place: stat.Place{ID: id}, layer: layer + 1})
		}
	}
}

// follows says that many who leave a go on to b, or the other way round.
func (w *walk) follows(a, b int64) bool {
	return slices.ContainsFunc(w.flows, func(t stat.Transition) bool {
		return t.Share >= 0.2 && (t.From == a && t.To == b || t.From == b && t.To == a)
	})
}

// order places the nodes of each layer along the width, and the layers down the page.
func (w *walk) order(walks int64) {
	y := pathInset
	for from := 0; from < len(w.nodes); {
		to := from + 1
		for to < len(w.nodes) && w.nodes[to].layer == w.nodes[from].layer {
			to++
		}
		row := w.nodes[from:to]
		slices.SortStableFunc(row, func(a, b node) int { return cmp.Compare(b.Walks, a.Walks) })
		height := pathEnd
		for _, n := range row {
			if n.ID > 0 {
				height = max(height, pathNode+pathLine*float64(len(n.lines)))
			}
		}
		for i := range row {
			row[i].side = i > 0 || row[i].ID > 0 && len(row) == 1 && 2*row[i].Walks < walks
			row[i].u, row[i].half = mainAt, mainHalf
			if row[i].side {
				row[i].u, row[i].half = sideAt, sideHalf
			}
			row[i].top, row[i].height = y, height
			w.byID[row[i].ID] = from + i
		}
		y += height + pathGap
		from = to
	}
	w.height = y - pathGap + pathInset
}

// free says that no place stands on the main line between two layers.
func (w *walk) free(from, to int) bool {
	return !slices.ContainsFunc(w.nodes, func(n node) bool { return from < n.layer && n.layer < to && !n.side })
}

// name of a place, the start and the ends included.
func (v PathView) name(r *i18n.Reader, id int64) string {
	switch id {
	case stat.Start:
		return r.T("path.start")
	case stat.End:
		return r.T("path.end")
	case stat.GaveUp:
		return r.T("path.gave_up")
	}
	return v.Names[id]
}

func portion(r *i18n.Reader, part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return r.Percent(100*float64(part)/float64(whole), 0)
}

// place says what is known of one place.
func (v PathView) place(r *i18n.Reader, p stat.Place) string {
	all := v.Process.Walks
	parts := []string{r.T("path.place", "name", i18n.Isolate(v.Names[p.ID]), "share", portion(r, p.Walks, all))}
	if p.Again >= stat.K {
		parts = append(parts, r.T("path.again", "share", portion(r, p.Again, p.Walks)))
	}
	if p.Waits >= stat.K {
		parts = append(parts, r.T("path.wait", "wait", r.Duration(p.Wait)))
	}
	if p.Promises >= stat.K {
		parts = append(parts, r.T("path.kept", "share", portion(r, p.Kept, p.Promises), "n", p.Promises))
	}
	return strings.Join(parts, " ")
}

// flow says one step in a sentence.
func (v PathView) flow(r *i18n.Reader, t stat.Transition) string {
	return r.T("path.flow", "from", i18n.Isolate(v.name(r, t.From)), "to", i18n.Isolate(v.name(r, t.To)), "share", percent(r, 100*t.Share), "n", t.N)
}

// others says what is not drawn; "" when everything is.
func (v PathView) others(r *i18n.Reader, w walk) string {
	if w.other == 0 || w.steps == 0 {
		return ""
	}
	x := 100 * float64(w.other) / float64(w.steps)
	if x < 1 {
		return r.T("path.other_few", "k", stat.K)
	}
	return r.T("path.other", "share", percent(r, x), "k", stat.K)
}

func (v PathView) table(r *i18n.Reader, w walk) Twin {
	t := Twin{Head: []string{r.T("path.from"), r.T("path.to"), r.T("path.share"), r.T("path.times")}, Numeric: []bool{false, false, true, true}}
	for _, f := range w.flows {
		t.Rows = append(t.Rows, []string{v.name(r, f.From), v.name(r, f.To), r.Percent(100*f.Share, 0), r.Int(f.N)})
	}
	return t
}

func (v PathView) filled(r *i18n.Reader, w walk) PathView {
	v.Twin = v.table(r, w)
	v.Key = []Sign{{"flow", r.T("path.sign")}, {"flow back", r.T("path.sign_back")}}
	if v.Empty == "" && len(w.flows) == 0 {
		v.Empty = r.T("path.none", "k", stat.K)
	}
	return v
}

func (v PathView) plot(r *i18n.Reader, w walk) string {
	p := pencilFor(r)
	height := int(math.Ceil(w.height))
	p.open(v.Frame, "chart-plot path-plot", height)
	p.put(`<svg viewBox="0 0 1000 `, strconv.Itoa(height), `" preserveAspectRatio="none" width="100%" height="`, strconv.Itoa(height), `">`)
	for i, t := range w.flows {
		v.stroke(p, r, w, i == 0, t)
	}
	p.put(`</svg>`)
	for _, n := range w.nodes {
		v.node(p, r, n)
	}
	p.close()
	return p.String()
}

// stroke draws one flow as a curve as wide as its share of all walks.
func (v PathView) stroke(p *pencil, r *i18n.Reader, w walk, first bool, t stat.Transition) {
	from, to := w.nodes[w.byID[t.From]], w.nodes[w.byID[t.To]]
	p.mark(first, v.flow(r, t))
	p.put(`<path `)
	if to.layer <= from.layer {
		p.put(`class="back" `)
	}
	p.put(`stroke-width="`, number(1.5+12*math.Min(1, float64(t.N)/float64(max(v.Process.Walks, 1)))), `" d="`)
	w.curve(p, from, to)
	p.put(`"/>`)
	p.markEnd()
}

// curve goes straight down to the next on the main line, or to the next layer; past what stands between, on the side where
// reading begins; back up, on the other side; and beside itself where a place follows itself.
func (w *walk) curve(p *pencil, from, to node) {
	bottom := from.top + from.height
	switch span := to.layer - from.layer; {
	case span == 1 || span > 1 && !from.side && !to.side && w.free(from.layer, to.layer):
		bend := (to.top - bottom) / 2
		p.bezier(from.u, bottom, from.u, bottom+bend, to.u, to.top-bend, to.u, to.top)
	case span > 1:
		begin, stop := from.u-from.half*0.6, to.u-to.half*0.6
		side := outer(begin, stop, math.Max(0.015, pathBegin-0.03*float64(span)))
		p.bezier(begin, bottom, side, bottom+pathGap, side, to.top-pathGap, stop, to.top)
	case span == 0 && from.ID != to.ID:
		p.bezier(from.u, bottom, from.u, bottom+pathGap*0.6, to.u, bottom+pathGap*0.6, to.u, bottom)
	default:
		out, in := from.u+from.half, to.u+to.half
		side := outer(out, in, math.Min(0.985, pathStop+0.05+0.02*float64(-span)))
		if from.ID == to.ID {
			side = outer(out, in, out+0.06)
		}
		down, up := from.top+from.height*0.75, to.top+to.height*0.25
		p.bezier(out, down, side, down, side, up, in, up)
	}
}

// outer is where the handles of a curve between a and b must lie for it to reach as far as at.
func outer(a, b, at float64) float64 { return (at - (a+b)/8) / 0.75 }

// bezier writes a curve from a to b with the handles c and d, for a nested drawing: whole units are fine enough for it.
func (p *pencil) bezier(au, ay, cu, cy, du, dy, bu, by float64) {
	whole := func(u, y float64) string {
		return number(math.Round(1000*p.at(u))) + " " + number(math.Round(y))
	}
	p.put("M", whole(au, ay), "C", whole(cu, cy), " ", whole(du, dy), " ", whole(bu, by))
}

func (v PathView) node(p *pencil, r *i18n.Reader, n node) {
	if n.ID <= 0 {
		p.rect("terminal", n.u-n.half*0.7, n.u+n.half*0.7, n.top, n.height)
		p.words("terminal-name", "middle", n.u, n.top+17, v.name(r, n.ID))
		return
	}
	end := "</g>"
	if href := v.Links[n.ID]; href != "" {
		end = "</a>"
		p.put(`<a class="mark" tabindex="-1" href="`)
		p.text(href)
		p.put(`"><title>`)
		p.text(v.place(r, n.Place))
		p.put(`</title>`)
	} else {
		p.mark(false, v.place(r, n.Place))
	}
	p.rect("at", n.u-n.half, n.u+n.half, n.top, n.height)
	y := n.top + 17 + (n.height-pathNode-pathLine*float64(len(n.lines)))/2
	for _, line := range n.lines {
		p.words("name", "middle", n.u, y, line)
		y += pathLine
	}
	p.words("tick", "middle", n.u, y+1, portion(r, n.Walks, v.Process.Walks))
	p.put(end)
}

// wrapped breaks a name into so many lines at most, between words where it can.
func wrapped(s string, most, lines int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		if longer := strings.TrimSpace(line + " " + word); line == "" || len([]rune(longer)) <= most || len(out) == lines-1 {
			line = longer
			continue
		}
		out, line = append(out, clipped(line, most)), word
	}
	return append(out, clipped(line, most))
}

// PathOf draws the walks of a journey. Its finding is the detour that most customers make: coming again, or giving up.
func PathOf(r *i18n.Reader, id string, w insight.Walks, links map[int64]string) PathView {
	v := PathView{Frame: Frame{ID: id, About: r.T("path.about")}, Process: w.Process, Names: map[int64]string{}, Links: links}
	for id, name := range w.Names {
		v.Names[id] = name.In(r.Lang())
	}
	drawn := "path.drawn"
	if w.Bounded {
		drawn = "path.drawn_latest"
	}
	if w.Walks > 0 {
		v.About += " " + r.N(drawn, int(w.Walks))
	}
	v.Finding = v.finding(r)
	return v
}

// detour is the least share that is worth a headline.
const detour = 0.1

// finding names the widest detour: the place that most come to again, or else how many give up.
func (v PathView) finding(r *i18n.Reader) string {
	p := v.Process
	var most stat.Place
	for _, place := range p.Places {
		if place.Again >= stat.K && place.Walks >= stat.SolidFrom && place.Again*max(most.Walks, 1) > most.Again*place.Walks {
			most = place
		}
	}
	var gaveUp int64
	for _, t := range p.Transitions {
		if t.To == stat.GaveUp {
			gaveUp += t.N
		}
	}
	interval := func(x, n int64) []any {
		low, high := stat.Wilson(x, n)
		return []any{"share", portion(r, x, n), "low", percent(r, 100*low), "high", percent(r, 100*high), "n", n}
	}
	switch {
	case most.Walks > 0 && float64(most.Again) >= detour*float64(most.Walks):
		return r.T("path.finding_again", append(interval(most.Again, most.Walks), "name", i18n.Isolate(v.Names[most.ID]))...)
	case p.Walks >= stat.SolidFrom && float64(gaveUp) >= detour*float64(p.Walks):
		return r.T("path.finding_gave_up", interval(gaveUp, p.Walks)...)
	}
	return r.N("path.finding_none", int(p.Walks))
}

// SamplePath is played by a few kinds of customers: most walk as designed, some call before the visit, some come back, some
// give up.
func SamplePath(r *i18n.Reader) PathView {
	var walks []stat.Walked
	play := func(times int, gaveUp bool, places ...int64) {
		for range times {
			w := stat.Walked{GaveUp: gaveUp}
			for i, p := range places {
				w.Visits = append(w.Visits, stat.Visit{Place: p, Wait: sampleWait(i, p), Promise: stat.Promised(1 + (len(walks)+i)%4/3)})
			}
			walks = append(walks, w)
		}
	}
	play(120, false, 1, 3, 4, 6)
	play(60, false, 2, 3, 4, 6)
	play(40, false, 2, 4, 6)
	play(36, false, 1, 3, 5, 4, 6)
	play(28, false, 1, 3, 4, 5, 3, 4, 6)
	play(14, true, 1, 3)
	play(9, true, 2, 5, 5)
	play(3, false, 1, 6)
	v := PathView{Frame: Frame{ID: "sample-path", Finding: r.T("path.sample_finding"), About: r.T("path.about")}, Process: stat.ProcessOf(walks).Shown(), Names: map[int64]string{}}
	for i := range 6 {
		v.Names[int64(i+1)] = sampleName(r, i)
	}
	return v
}

// sampleWait makes the visit at place 4 the one to wait for.
func sampleWait(i int, place int64) time.Duration {
	switch {
	case i == 0:
		return 0
	case place == 4:
		return 9 * 24 * time.Hour
	}
	return 26 * time.Hour
}
