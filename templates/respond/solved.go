package respond

import (
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// SolvedPath is where a customer says whether it is solved.
func SolvedPath(token string) string { return "/solved/" + token }

// FieldSolved is her word, FieldRating how she rates the journey afterwards.
const (
	FieldSolved = "solved"
	FieldRating = "rating"
)

// SolvedView asks whether it is solved.
type SolvedView struct {
	Frame        Frame
	Action       string
	Journey      string
	JourneyIn    i18n.Lang // another language than hers, where the name is in one
	Solution     string    // what we say we have done, in our words
	Compensation string    // "" for none
	Words        CommentView
}

// SaidView is what she has said, and a question that she may leave open.
type SaidView struct {
	Frame  Frame
	Solved bool
	Words  string
	Action string         // where the rating goes
	Rating *ui.RatingView // nil where the journey is not rated
	Rated  string         // "4 of 5"; "" not yet
	Lang   string
}
