package notifications

import (
	"strings"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// MailView is a letter; texts are in the reader's language, but for customers' words.
type MailView struct {
	Subject, Hello, Lead string // the lead may be ""
	Company              string
	Parts                []MailPart
	All, Change, Stop    string // addresses
}

// MailPart is one thing a letter tells of.
type MailPart struct {
	Title string
	Lines []MailLine
}

// MailLine is one line: words, where they lead, and what belongs to them.
type MailLine struct {
	Text, Href, Beside string
	Said               bool // the words are a customer's
}

// Plain is the letter for mail programs that show none of the HTML; links stand on lines of their own.
func (v MailView) Plain(r *i18n.Reader) string {
	out := []string{v.Hello, ""}
	if v.Lead != "" {
		out = append(out, v.Lead, "")
	}
	for _, part := range v.Parts {
		out = append(out, part.Title)
		for _, l := range part.Lines {
			text := "- " + l.Text
			if l.Beside != "" {
				text += " (" + l.Beside + ")"
			}
			if out = append(out, text); l.Href != "" {
				out = append(out, l.Href)
			}
		}
		out = append(out, "")
	}
	out = append(out, r.T("notifications.mail_all"), v.All, "", v.Company, r.T("notifications.mail_why"), r.T("notifications.mail_change"), v.Change,
		r.T("notifications.mail_stop"), v.Stop, "")
	return strings.Join(out, "\n")
}

// start is where a line begins, for programs that know no direction.
func start(r *i18n.Reader) string {
	if r.Dir() == "rtl" {
		return "right"
	}
	return "left"
}
