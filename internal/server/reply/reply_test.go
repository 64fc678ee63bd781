package reply

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func TestTheMenuShowsWhereAPageBelongs(t *testing.T) {
	below := func(href string) []ui.Crumb { return []ui.Crumb{{Text: "above", Href: href}, {Text: "here"}} }
	for sentence, c := range map[string]struct {
		path   string
		crumbs []ui.Crumb
		active string
	}{
		"a part of the menu":                            {"/journeys", nil, "/journeys"},
		"what is below it":                              {"/journeys/7/edit", below("/journeys"), "/journeys"},
		"what stands elsewhere belongs to what it says": {"/signals", below("/company"), "/company"},
		"and below a page of another part":              {"/signals", below("/touchpoints/3"), "/touchpoints"},
		"some pages belong nowhere":                     {"/me", nil, ""},
	} {
		t.Run(sentence, func(t *testing.T) {
			active := ""
			for _, i := range menuOf(people.Actor{Manager: true}, c.path, c.crumbs, Waiting{}) {
				if i.Active {
					active += i.Href
				}
			}
			if active != c.active {
				t.Errorf("%q is active, want %q", active, c.active)
			}
		})
	}
}
