// Package outreach is the pages of customers called unasked: the lists, how far each is and whether it helps, and the one
// call that somebody has in hand. It decides nothing; texts in its views are in the reader's language already.
package outreach

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Path is where the lists are.
const Path = "/outreach"

// Href is the page of a list, NextHref that of the call in hand.
func Href(list int64) string { return Path + "/" + strconv.FormatInt(list, 10) }

// NextHref is where a caller calls from a list.
func NextHref(list int64) string { return Href(list) + "/next" }

// ListView is the lists in sight.
type ListView struct {
	Path    string
	MayMake bool
	Rows    page.Of[Line]
}

// Line is one list.
type Line struct {
	Href, Name      string
	Rule            outreach.Rule
	Journey         string // "": the company
	JourneyIn       i18n.Lang
	Team            string
	Waiting, Called int64
	Ended           bool
}

// FormView is the form that makes one. Values are as typed, by field.
type FormView struct {
	Values   map[string]string
	Journeys []ui.Option
	Teams    []ui.Option
	Problems []fault.Field
}

func (v FormView) field(ctx context.Context, name string) ui.FieldView {
	f := ui.FieldView{Name: name, Label: ui.T(ctx, "outreach."+name), Value: v.Values[name], Problem: ui.Problem(ctx, v.Problems, name)}
	if i18n.From(ctx).Has("outreach." + name + "_hint") {
		f.Hint = ui.T(ctx, "outreach."+name+"_hint")
	}
	return f
}

func (v FormView) number(ctx context.Context, name string) ui.FieldView {
	f := v.field(ctx, name)
	f.Required, f.Attrs = true, map[string]any{"inputmode": "decimal"}
	return f
}

func (v FormView) words(ctx context.Context, name string) ui.FieldView {
	f := v.field(ctx, name)
	f.Required, f.Dir = true, "auto"
	return f
}

func (v FormView) choice(ctx context.Context, name string, options []ui.Option) ui.FieldView {
	f := v.field(ctx, name)
	f.Required, f.Options = true, options
	return f
}

func (v FormView) rules(ctx context.Context) ui.FieldView {
	var options []ui.Option
	for _, r := range outreach.Rules {
		key := "outreach.rule_" + string(r)
		options = append(options, ui.Option{Value: string(r), Text: ui.T(ctx, key), Hint: ui.T(ctx, key+"_hint"), Chosen: v.Values["rule"] == string(r)})
	}
	return v.choice(ctx, "rule", options)
}

// PageView is one list.
type PageView struct {
	Path, Name, Lead string
	Ended            bool
	Keeps            bool   // may look for customers and end it
	Calls            bool   // may call
	InHand           bool   // has somebody to call
	File             string // "" for who may not have all of it
	Progress, Came   []ui.Fact
	SetUp            []ui.Fact // how its maker wants it
	Searching        bool      // customers are being looked for
	Search           string    // what the last search found
	Found            []ui.Fact
	Effect           Effect
	Filter           outreach.Filter
	Rows             page.Of[Call]
}

// Effect is what comparing says, in words and then in numbers.
type Effect struct {
	Verdict string
	Tone    ui.Tone
	Facts   []ui.Fact
	Aim     string // what is counted
	How     string // "" without a hold-out, as Aim
}

// Call is what one call came to.
type Call struct {
	Customer, CustomerHref string // Href "" where she is not in the reader's sight
	Outcome                outreach.Outcome
	Reason                 string
	Note                   string
	By                     string
	At                     *time.Time
	Undo                   string // where it can be taken back; "" where it cannot
}

// NextView is the call that somebody has in hand; without a Customer there is none.
type NextView struct {
	List, Action, Back string // addresses
	Name               string // of the list
	Waiting            int
	NextAt             *time.Time // when nobody waits now, but later
	Ended              bool
	Customer           string
	Phone, Mail        string
	Why                string
	Facts              []ui.Fact
	Run                string // address of the walk, where it is in sight
	Said               string // her words, likewise
	Note               string
	Problems           []fault.Field
	Just               *Call // what the caller noted last, while she may take it back
}

func (v PageView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterOf(v.Path, ui.T(ctx, "outreach.find"), "q", "outcome")
}

func (v PageView) outcomes(ctx context.Context) []ui.Option {
	out := []ui.Option{{Text: ui.T(ctx, "outreach.any_outcome")}}
	for _, o := range append(slices.Clone(outreach.Outcomes), outreach.Dropped) {
		out = append(out, ui.Option{Value: string(o), Text: ui.T(ctx, "outreach.outcome_"+string(o)), Chosen: v.Filter.Outcome == o})
	}
	return out
}

var tones = map[outreach.Outcome]ui.Tone{outreach.Fine: ui.Success, outreach.Wrong: ui.Error, outreach.Wants: ui.Info}

func outcomeKind(o outreach.Outcome) ui.Kind {
	if o == outreach.Fine {
		return ui.Primary
	}
	return ui.Secondary
}

func tel(phone string) string {
	out := []rune("tel:")
	for _, r := range phone {
		if r == '+' || r >= '0' && r <= '9' {
			out = append(out, r)
		}
	}
	return string(out)
}

// base is the address of the list, without its query.
func (v PageView) base() string {
	path, _, _ := strings.Cut(v.Path, "?")
	return path
}

func (v PageView) next() string { return v.base() + "/next" }
