package ui

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/journeyloop/journeyloop/internal/page"
)

// ListView is a list as every page shows one: its rows in a table, its pages, and what to say where there is nothing. A
// list that a filter has emptied leads back to everything; one with nothing in it yet says what to do next.
type ListView struct {
	Table    TableView
	Pager    PagerView
	Filtered bool   // something narrows it
	Clear    string // where nothing narrows it any more
	Empty    EmptyView
}

// ListOf is one part of a list at an address, in the order it was asked for.
func ListOf[T any](path string, of page.Of[T], filter FilterView, table TableView, empty EmptyView) ListView {
	table.Path, table.Sort, table.Desc, table.Stack = path, of.Ask.Sort, of.Ask.Desc, true
	return ListView{Table: table, Pager: PagerOf(path, of), Filtered: filter.Filtered, Clear: filter.clear(), Empty: empty}
}

// FilterView is the form that narrows a list down. What else stands in the address (an order, a time, a tab) stays; the
// number of the page does not.
type FilterView struct {
	Path     string // this page's path and query
	Label    string // what is narrowed down
	Own      []string
	Filtered bool
	Page     string // the name under which the address has the number of the page; "" is page
}

// FilterOf is the filter of a list by its own fields: it narrows where one of them stands in the address with a value.
func FilterOf(path, label string, own ...string) FilterView {
	u, err := url.Parse(path)
	filtered := err == nil && slices.ContainsFunc(own, func(name string) bool { return strings.TrimSpace(u.Query().Get(name)) != "" })
	return FilterView{Path: path, Label: label, Own: own, Filtered: filtered}
}

func (v FilterView) page() string {
	if v.Page == "" {
		return "page"
	}
	return v.Page
}

// clear is the address without the filter.
func (v FilterView) clear() string {
	pairs := []string{v.page(), ""}
	for _, name := range v.Own {
		pairs = append(pairs, name, "")
	}
	return Link(v.Path, pairs...)
}

// action is where the form leads: a form sends its own query in place of the address's.
func (v FilterView) action() string {
	path, _, _ := strings.Cut(v.Path, "?")
	return path
}

// carried is what stands in the address besides the form's own fields.
func (v FilterView) carried() []Fact {
	u, err := url.Parse(v.Path)
	if err != nil {
		return nil
	}
	var out []Fact
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name != v.page() && !slices.Contains(v.Own, name) {
			out = append(out, Fact{Name: name, Value: query.Get(name)})
		}
	}
	return out
}
