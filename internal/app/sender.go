package app

import (
	"fmt"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/deliver"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Sender is how this deployment sends invitations, and letters about cases (it is a casework.Sender too). Without a mail server or SMS service theirs wait, and say why.
func Sender(c config.Config) (survey.Sender, error) {
	mailer, err := deliver.NewMailer(c.SMTP)
	if err != nil {
		return nil, fmt.Errorf("prepare mail: %w", err)
	}
	return deliver.Inviter{Mailer: mailer, Texter: deliver.NewTexter(c.SMS), PublicURL: c.PublicURL, Company: c.CompanyName,
		Language: i18n.Lang(c.Language), Zone: c.TimeZone}, nil
}
