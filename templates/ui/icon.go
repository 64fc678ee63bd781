package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// Icon is a small line drawing beside a word that says the same; those with a direction turn round in right-to-left.
// An unknown name draws nothing.
func Icon(name string) templ.Component { return templ.Raw(drawings[name]) }

// drawings are the icons as they stand in pages, which have dozens of them.
var drawings = func() map[string]string {
	out := map[string]string{}
	for name, strokes := range icons {
		class := "icon"
		if turns(name) {
			class = "icon flip"
		}
		out[name] = `<svg class="` + class + `" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><path d="` + strings.Join(strokes, "") + `"></path></svg>`
	}
	return out
}()

// icons are drawn on a field of 24 by 24.
var icons = map[string][]string{
	"loop":     {"M12 12c-1.8-3-3.6-4.5-5.6-4.5a4.5 4.5 0 0 0 0 9c2 0 3.8-1.5 5.6-4.5s3.6-4.5 5.6-4.5a4.5 4.5 0 1 1-3.4 7.4"},
	"bell":     {"M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15z", "M10 20.5h4"},
	"phone":    {"M6.5 4h3l1.5 5-2 1.5a12 12 0 0 0 4.5 4.5l1.5-2 5 1.5v3a2.5 2.5 0 0 1-2.5 2.5A13.5 13.5 0 0 1 4 6.5 2.5 2.5 0 0 1 6.5 4z"},
	"search":   {"M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14z", "M20 20l-4-4"},
	"down":     {"M6 9l6 6l6-6"},
	"up":       {"M6 15l6-6l6 6"},
	"next":     {"M9 6l6 6l-6 6"},
	"previous": {"M15 6l-6 6l6 6"},
	"positive": {"M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z", "M8 14.5c1 1.5 2.4 2.2 4 2.2s3-.7 4-2.2", "M9 9.5h.01", "M15 9.5h.01"},
	"neutral":  {"M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z", "M8.5 15.5h7", "M9 9.5h.01", "M15 9.5h.01"},
	"negative": {"M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z", "M8 16.5c1-1.5 2.4-2.2 4-2.2s3 .7 4 2.2", "M9 9.5h.01", "M15 9.5h.01"},
	"clock":    {"M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z", "M12 7v5l3 2"},
	"check":    {"M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z", "M8 12.5l2.7 2.7l5.3-6"},
	"info":     {"M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z", "M12 11v5", "M12 8h.01"},
	"alert":    {"M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z", "M12 7.5v5", "M12 16h.01"},
	"empty":    {"M4 13l2.5-8h11l2.5 8v6h-16z", "M4 13h5a3 3 0 0 0 6 0h5"},
	"plus":     {"M12 5v14", "M5 12h14"},
	"close":    {"M6 6l12 12", "M18 6l-12 12"},
	"edit":     {"M4 20l1-4l11-11l3 3l-11 11z"},
	"remove":   {"M5 7h14", "M10 7v-2h4v2", "M7 7l1 12h8l1-12"},
	"person":   {"M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8z", "M4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5"},
	"speech":   {"M4 5h16v11h-9l-4 4v-4h-3z", "M8 9h8", "M8 12h5"},
	"bars":     {"M5 20v-7", "M12 20v-15", "M19 20v-10"},
	"people":   {"M9 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7z", "M3 19c.7-3 2.8-4.5 6-4.5s5.3 1.5 6 4.5", "M15.5 5.4a3.5 3.5 0 0 1 0 6.4", "M17.5 14.8c2 .6 3.1 2 3.5 4.2"},
	"stops":    {"M5 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5z", "M19 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5z", "M7.5 12h9"},
	"pin":      {"M12 21c-4.5-5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2 6-6.5 11z", "M12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4z"},
	"steps":    {"M4 19h5v-5h5v-5h6"},
	"sliders":  {"M4 8h9", "M17 8h3", "M15 6v4", "M4 16h3", "M11 16h9", "M9 14v4"},
	"more":     {"M5 12h.01", "M12 12h.01", "M19 12h.01"},
	"thanks":   {"M12 20c-5-3.5-8-6.5-8-10a4.2 4.2 0 0 1 8-1.8a4.2 4.2 0 0 1 8 1.8c0 3.5-3 6.5-8 10z"},
}

// turns says whether an icon points along the line of reading.
func turns(name string) bool { return name == "next" || name == "previous" }
