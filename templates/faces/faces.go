// Package faces shows every component of templates/ui and templates/chart with sample data in the four languages. Those
// who work on the faces look at its page (JOURNEYLOOP_DEV, /dev/faces), and the component tests render the very same
// samples. It is not for pages people work with, and its data is nobody's.
//
// A new component is shown by one line in the list of its group; a chart by one line in charts.go.
package faces

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Addresses of the page and of what its self-loading card loads.
const (
	Path     = "/dev/faces"
	PartPath = "/dev/faces/part"
)

// Sample is one component in one state, made for one reader.
type Sample struct {
	Name string // the component's and the state's, as the code calls them
	Make func(*i18n.Reader) templ.Component
}

// Group is what belongs together.
type Group struct {
	Name    string
	Samples []Sample
}

// All is every sample there is.
func All() []Group {
	return []Group{words(), figures(), charts(), tables(), forms(), messages(), waiting()}
}

// View is what the page shows.
type View struct {
	Theme people.Theme
	Only  string // one language; "" is all four side by side
	Group string // one group; "" is all
}

// languages are those the page shows.
func (v View) languages() []i18n.Lang {
	if lang, ok := i18n.Known(v.Only); ok {
		return []i18n.Lang{lang}
	}
	return i18n.Languages
}

func (v View) groups() []Group {
	all := All()
	for _, g := range all {
		if g.Name == v.Group {
			return []Group{g}
		}
	}
	return all
}

// In shows a sample to a reader of its own, whoever reads the page around it.
func In(r *i18n.Reader, s Sample) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return s.Make(r).Render(i18n.With(ctx, r), w)
	})
}

// Reader is who reads samples in a language.
func Reader(lang i18n.Lang) *i18n.Reader { return i18n.NewReader(lang, "", time.UTC) }

// around puts a component into another as its children.
func around(outer, inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, inner), w)
	})
}

// noon is when everything happened.
var noon = time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC)

// id makes an element's id the language's own: four stand on one page.
func id(r *i18n.Reader, name string) string { return name + "-" + string(r.Lang()) }
