package cases

import (
	"context"
	"strings"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// RuleFields are the numbers and amounts of the rules, in the order of the form.
var RuleFields = []string{"nps", "rating", "ease", "fall", "promise_late", "repeat_contacts", "repeat", "lowest", "contact_hours", "grave_contact_hours", "resolve_days", "grave_resolve_days", "late_from", "late_amount", "late_more", "late_most", "late_year"}

// RulesView is what opens cases, how soon the customer must hear from us, who gets them, and what is proposed to her.
type RulesView struct {
	Path     string
	Tabs     []ui.NavItem // the other settings; nil for who has none
	Journey  string       // "" is the company
	Own      bool         // the journey does not follow the company's
	Kinds    []ui.Option  // what can open a case, what does chosen
	Routes   [][]ui.Option
	Teams    []ui.Option
	Others   []ui.Crumb // journeys with rules of their own
	Values   map[string]string
	Problems []fault.Field
}

func (v RulesView) lead(ctx context.Context) string {
	if v.Journey != "" {
		return ui.T(ctx, "cases.rules_of", "name", v.Journey)
	}
	return ui.T(ctx, "cases.rules_lead")
}

// number is a field of the rules; those of money may stay empty.
func (v RulesView) number(ctx context.Context, name string) ui.FieldView {
	mode, required := "numeric", true
	if strings.HasPrefix(name, "late_") && name != "late_from" {
		mode, required = "decimal", false
	}
	return ui.FieldView{Name: name, Label: ui.T(ctx, "cases.rule_"+name), Value: v.Values[name], Dir: "ltr", Required: required, Problem: ui.Problem(ctx, v.Problems, name),
		Attrs: map[string]any{"inputmode": mode, "maxlength": "12"}}
}
