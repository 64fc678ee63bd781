// Package session is the faces of signing in, of a person's own settings, and of what went wrong. Texts are already in
// the reader's language.
package session

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// SignInView is the sign-in form.
type SignInView struct {
	Next    string // where to go afterwards, on this server
	Login   string
	Problem string
	Demo    []Demo
	Kept    Kept
}

// Kept is a form that arrived after its session had ended. It rides along through signing in, so that nothing written is
// lost, and leaves only when its writer says so. The zero Kept is none.
type Kept struct {
	Action string // where it was sent, on this server
	Form   string // what was sent, encoded as it came
}

// values are what was sent, in order of the names.
func (k Kept) values() []ui.Fact {
	form, err := url.ParseQuery(k.Form)
	if err != nil {
		return nil
	}
	var out []ui.Fact
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			out = append(out, ui.Fact{Name: name, Value: value})
		}
	}
	return out
}

// words are the values that somebody wrote, rather than chose: those with a blank in them.
func (k Kept) words() []string {
	var out []string
	for _, v := range k.values() {
		if strings.ContainsAny(strings.TrimSpace(v.Value), " \n") {
			out = append(out, v.Value)
		}
	}
	return out
}

// Demo is one of the demo's people.
type Demo struct{ Role, Name, Login, Password string }

// MeView is a person's own settings.
type MeView struct {
	Name, Login string
	Lang        i18n.Lang
	Calendar    i18n.Calendar // "" is the language's own
	Theme       people.Theme
	Problems    []fault.Field
	Sessions    []Browser
	Absences    templ.Component // of an employee
}

// Browser is one place where a person is signed in.
type Browser struct {
	ID          string
	Agent       string
	Since, Seen time.Time
	This        bool
}

// ProblemView is what went wrong, in words.
type ProblemView struct {
	Text    string
	Fields  []fault.Field
	Request string // names the request in the log; "" where it would not help
	Href    string // the way out
	Link    string
}

func languages() []ui.Option {
	var out []ui.Option
	for _, l := range i18n.Languages {
		out = append(out, ui.Option{Value: string(l), Text: l.Name()})
	}
	return out
}

func calendars(r *i18n.Reader) []ui.Option {
	out := []ui.Option{{Text: r.T("session.calendar_usual")}}
	for _, c := range []i18n.Calendar{i18n.Gregorian, i18n.Jalali} {
		out = append(out, ui.Option{Value: string(c), Text: r.T("common.calendar_" + string(c))})
	}
	return out
}

// wrong marks both fields: which of them is wrong is nobody's business.
func (v SignInView) wrong() templ.Attributes {
	if v.Problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "sign-in-problem"}
}
