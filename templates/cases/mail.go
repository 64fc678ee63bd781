package cases

import (
	"time"

	"github.com/journeyloop/journeyloop/templates/ui"
)

// LostView is the mails that belong to no case.
type LostView struct {
	Mails []LostMail
	Pager ui.PagerView
}

// LostMail is one of them, with the open cases that it could belong to.
type LostMail struct {
	ID, Base, Sender, Subject, Words string
	At                               time.Time
	Cases                            []ui.Option
	Problem                          string
	Files                            []LostFile
}

// LostFile is what came with it; one that is left out no case takes.
type LostFile struct {
	Name    string
	LeftOut bool
}

// FindView is the search for the case of one lost mail.
type FindView struct {
	Path, Query string
	Mail        LostMail
}
