package cases

import (
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/templates/ui"
)

// LostView is the mails that belong to no case.
type LostView struct {
	Mails []LostMail
	Cases []ui.Option // the open ones, to choose from
	Pager ui.PagerView
}

// LostMail is one of them.
type LostMail struct {
	ID, Sender, Subject, Words string
	At                         time.Time
	Files                      []LostFile
	Suggested                  string // the case of whoever has the sender's address; "" where nobody does
}

// LostFile is what came with it; one that is left out no case takes.
type LostFile struct {
	Name    string
	LeftOut bool
}

// cases are the choices for one mail, the suggested one first of all.
func (v LostView) cases(m LostMail) []ui.Option {
	i := slices.IndexFunc(v.Cases, func(o ui.Option) bool { return o.Value == m.Suggested })
	if i < 0 {
		return v.Cases
	}
	return slices.Concat(v.Cases[i:i+1], v.Cases[:i], v.Cases[i+1:])
}
