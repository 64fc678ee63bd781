package people

import (
	"context"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// AbsencesView is when an employee is not at work, and a form for another absence as it was typed.
type AbsencesView struct {
	Employee    int64
	Name        string
	Lines       []AbsenceLine
	From, Until string
	Substitutes []ui.Option
	Example     string // a date as it is typed
	Problems    []fault.Field
}

func (v AbsencesView) href() string { return fmt.Sprintf("/employees/%d/absences", v.Employee) }

// AbsenceLine is one absence; Substitute is "" where nobody stands in.
type AbsenceLine struct {
	ID               int64
	Days, Substitute string
	Now              bool // it has begun
}

// Ending is what is asked before the absence ends, and what the button says.
func (l AbsenceLine) Ending(ctx context.Context, name string) (question, button string) {
	if l.Now {
		return ui.T(ctx, "absences.end_confirm", "name", i18n.Isolate(name)), ui.T(ctx, "absences.end_now")
	}
	return ui.T(ctx, "absences.take_back_confirm", "name", i18n.Isolate(name)), ui.T(ctx, "absences.take_back")
}

func (v AbsencesView) ending(ctx context.Context, l AbsenceLine) ui.ConfirmView {
	question, button := l.Ending(ctx, v.Name)
	return ui.ConfirmView{Action: fmt.Sprintf("%s/%d/ending", v.href(), l.ID), Button: ui.ButtonView{Text: button, Confirm: question, Small: true}}
}
