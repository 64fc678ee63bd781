package cases

import (
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
}
