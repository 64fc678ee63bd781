package app

import (
	"context"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/deliver"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/notify"
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

// notices is how this deployment writes to employees; nil without a mail server.
func notices(c config.Config, own func(ctx context.Context, employee int64, colleagues bool) ([]insight.Own, error)) (notify.Writer, error) {
	if !c.SMTP.Configured() {
		return nil, nil
	}
	mailer, err := deliver.NewMailer(c.SMTP)
	if err != nil {
		return nil, fmt.Errorf("prepare mail: %w", err)
	}
	return deliver.Notices{Mailer: mailer, PublicURL: c.PublicURL, Company: c.CompanyName, Zone: c.TimeZone, Own: own}, nil
}
