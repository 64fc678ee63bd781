// Package praise is what becomes of good words beyond the one they are for: an employee may let her team read them, and
// the company may publish them where the customer allowed it. Both end the moment whoever said yes takes it back, the
// rating concerns somebody else, or the customer says something else. It is not for finding praise (feedback does) and
// not for sending anything.
package praise

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Share is praise for an employee that she lets her team read.
type Share struct {
	EmployeeID   int64 `gorm:"primaryKey"`
	ResponseID   int64 `gorm:"primaryKey"`
	TouchpointID int64 `gorm:"primaryKey"`
	TeamID       int64 // hers when she shared it: only that team reads it, and only while she is in it
	At           time.Time
}

// Consent is a customer's yes to publishing the words that she wrote about the journey. It holds for those very words: of an
// answer given anew it says nothing.
type Consent struct {
	ResponseID int64 `gorm:"primaryKey"`
	Revision   int
	Name       string // as she wants to be called; "" stays unnamed
	At         time.Time
	ChosenAt   *time.Time // somebody of the company published it
	ChosenBy   int64      // a user
}

// Allowed is praise that its customer lets the company publish.
type Allowed struct {
	Consent
	Journey    i18n.Text
	Comment    string
	Language   i18n.Lang
	Anonymity  survey.Anonymity
	AnsweredAt time.Time
}

// LongestName bounds what a customer may call herself, in characters.
const LongestName = 40

// named is a first name on one line.
func named(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) > LongestName {
		return "", fault.Invalid(fault.Field{Name: "name", Key: "praise.name_long", Args: []any{"most", LongestName}})
	}
	return name, nil
}
