package deliver

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/id"
)

// NewTexter sends through the configured webhook: POST {"to": …, "text": …} as JSON, with the secret as bearer token.
// With a signing secret it carries the headers of Standard Webhooks (webhook-id, webhook-timestamp,
// webhook-signature: "v1," + base64 of the HMAC-SHA256 of "id.timestamp.body"). Without a webhook, every Text is
// answered with deliver.sms_not_configured.
func NewTexter(c config.SMS) Texter {
	if !c.Configured() {
		return nowhere{}
	}
	return &texter{config: c, client: guarded(c.AllowPrivate, c.Timeout), now: time.Now}
}

type texter struct {
	config config.SMS
	client *http.Client
	now    func() time.Time
}

func (t *texter) Text(ctx context.Context, m SMS) error {
	request, err := t.request(ctx, m)
	if err != nil {
		return err
	}
	response, err := t.client.Do(request)
	if err != nil {
		return fmt.Errorf("send text message: %w", withoutURL(err))
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10) // a short answer read to its end lets the connection live on
	return verdict(response.StatusCode)
}

func (t *texter) request(ctx context.Context, m SMS) (*http.Request, error) {
	body, err := json.Marshal(struct {
		To   string `json:"to"`
		Text string `json:"text"`
	}{m.To, m.Text})
	if err != nil {
		return nil, errors.New("write text message as JSON")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.config.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("prepare text message: %w", withoutURL(err))
	}
	request.Header.Set("Content-Type", "application/json")
	if t.config.Secret != "" {
		request.Header.Set("Authorization", "Bearer "+string(t.config.Secret))
	}
	if t.config.SigningSecret != "" {
		sign(request.Header, []byte(t.config.SigningSecret), "msg_"+id.Token(), t.now(), body)
	}
	return request, nil
}

// sign follows https://www.standardwebhooks.com; the secret is used as it is, byte for byte.
func sign(h http.Header, secret []byte, messageID string, at time.Time, body []byte) {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%s.%s", messageID, seconds, body)
	h.Set("webhook-id", messageID)
	h.Set("webhook-timestamp", seconds)
	h.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// verdict: these four speak about the message; the rest (not allowed, not found, moved, too many, broken) about the
// webhook, and can be mended.
func verdict(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusBadRequest, status == http.StatusGone, status == http.StatusRequestEntityTooLarge,
		status == http.StatusUnprocessableEntity:
		return &Bounced{Code: status}
	}
	return &Failed{Stage: "send text message", Code: status}
}

// withoutURL unwraps the address out of an error: providers put keys into addresses.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
