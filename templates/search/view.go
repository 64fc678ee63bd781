// Package search is the page of what a search found, in groups.
package search

import "strings"

// PageView is what was looked for and found. Groups without anything are left out.
type PageView struct {
	Query  string
	Total  int
	Groups []Group
}

// Group is one kind of thing.
type Group struct {
	Key   string // search.people …
	Total int
	Hits  []Hit
	More  string // where all of them are; "" where there is no such list
}

// id is the group's element id: found-people.
func (g Group) id() string { return "found-" + strings.TrimPrefix(g.Key, "search.") }

// Hit is one thing found. Href is "" where the reader has no page for it.
type Hit struct{ Text, Href, Note string }
