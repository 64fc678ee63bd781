package deliver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/fault"
)

var question = SMS{To: "+306900000000", Text: "Μαρία, πώς ήταν η σύνδεση; <1 λεπτό> & τέλος"}

// webhook answers every request with the status, and hands over what it got.
func webhook(t *testing.T, status int) (url string, last func() (*http.Request, []byte)) {
	t.Helper()
	type got struct {
		request *http.Request
		body    []byte
	}
	var seen atomic.Pointer[got]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen.Store(&got{r, body})
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "about +306900000000: Μαρία")
	}))
	t.Cleanup(server.Close)
	return server.URL, func() (*http.Request, []byte) {
		if g := seen.Load(); g != nil {
			return g.request, g.body
		}
		return nil, nil
	}
}

func sms(url string) config.SMS {
	return config.SMS{URL: url, AllowPrivate: true, Timeout: 2 * time.Second}
}

func TestATextMessageReachesTheWebhook(t *testing.T) {
	url, last := webhook(t, http.StatusAccepted)
	c := sms(url)
	c.Secret, c.SigningSecret = "bearer of news", "signing secret"
	sender := NewTexter(c).(*texter)
	sender.now = func() time.Time { return time.Unix(1_770_000_000, 0) }
	if err := sender.Text(t.Context(), question); err != nil {
		t.Fatal(err)
	}
	request, body := last()
	var sent map[string]string
	if err := json.Unmarshal(body, &sent); err != nil || len(sent) != 2 || sent["to"] != question.To || sent["text"] != question.Text {
		t.Errorf("sent %s, %v", body, err)
	}
	if request.Method != http.MethodPost || request.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %v", request.Method, request.Header)
	}
	if got := request.Header.Get("Authorization"); got != "Bearer bearer of news" {
		t.Errorf("authorization %q", got)
	}
	mac := hmac.New(sha256.New, []byte("signing secret"))
	mac.Write([]byte(request.Header.Get("webhook-id") + ".1770000000." + string(body)))
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); request.Header.Get("webhook-signature") != want {
		t.Errorf("signature %q, not %q", request.Header.Get("webhook-signature"), want)
	}
}

func TestTheSignatureIsThatOfStandardWebhooks(t *testing.T) {
	// The worked example of the specification; its secret is whsec_ + base64 of these bytes.
	secret, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	sign(h, secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got := h.Get("webhook-signature"); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signature %s", got)
	}
}

func TestAWebhookWithoutSecretsGetsNone(t *testing.T) {
	url, last := webhook(t, http.StatusOK)
	if err := NewTexter(sms(url)).Text(t.Context(), question); err != nil {
		t.Fatal(err)
	}
	request, _ := last()
	for _, name := range []string{"Authorization", "webhook-id", "webhook-timestamp", "webhook-signature"} {
		if request.Header.Get(name) != "" {
			t.Errorf("%s: %s", name, request.Header.Get(name))
		}
	}
}

func TestWhatTheWebhookAnswersIsJudged(t *testing.T) {
	for sentence, c := range map[string]struct {
		status         int
		taken, bounced bool
	}{
		"done":                           {200, true, false},
		"done, without a word":           {204, true, false},
		"a number that is none bounces":  {422, false, true},
		"a message that is none bounces": {400, false, true},
		"a wrong secret can be mended":   {401, false, false},
		"a wrong address can be mended":  {404, false, false},
		"too many can wait":              {429, false, false},
		"a broken gateway can wait":      {503, false, false},
	} {
		t.Run(sentence, func(t *testing.T) {
			url, _ := webhook(t, c.status)
			err := NewTexter(sms(url)).Text(t.Context(), question)
			private(t, err)
			_, bounced := errors.AsType[*Bounced](err)
			if taken := err == nil; taken != c.taken || bounced != c.bounced {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		elsewhere, last := webhook(t, http.StatusOK)
		server := httptest.NewServer(http.RedirectHandler(elsewhere, status))
		err := NewTexter(sms(server.URL)).Text(t.Context(), question)
		server.Close()
		if f, ok := errors.AsType[*Failed](err); !ok || f.Code != status {
			t.Errorf("%d: %v", status, err)
		}
		if request, _ := last(); request != nil {
			t.Errorf("%d: the message went elsewhere", status)
		}
	}
}

func TestTheOwnNetworkIsOutOfReach(t *testing.T) {
	url, last := webhook(t, http.StatusOK)
	port := url[strings.LastIndex(url, ":"):]
	for sentence, address := range map[string]string{
		"by its address":            "http://127.0.0.1" + port,
		"by a name":                 "http://localhost" + port,
		"by its address in IPv6":    "http://[::ffff:127.0.0.1]" + port,
		"by no address at all":      "http://0.0.0.0" + port,
		"with a key in its address": "http://127.0.0.1" + port + "/?key=hunter2",
	} {
		t.Run(sentence, func(t *testing.T) {
			c := sms(address)
			c.AllowPrivate = false
			err := NewTexter(c).Text(t.Context(), question)
			private(t, err)
			if !errors.Is(err, ErrPrivate) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v", err)
			}
			if request, _ := last(); request != nil {
				t.Error("was reached")
			}
		})
	}
}

func TestWhichAddressesAreOnThePublicInternet(t *testing.T) {
	for address, is := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "172.32.0.1": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "255.255.255.255": false, "224.0.0.1": false,
		"198.18.0.1": false, "::1": false, "::": false, "fe80::1": false, "fc00::1": false, "fd12::1": false, "ff02::1": false,
		"::ffff:10.0.0.1": false, "64:ff9b::10.0.0.1": false, "2002:a00:1::": false, "::127.0.0.1": false, "2001::1": false,
		"fe80::1%eth0": false, "240.0.0.1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != is {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestASlowWebhookIsNotWaitedForForever(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	c := sms(server.URL + "/?key=hunter2")
	c.Timeout = 100 * time.Millisecond
	err := NewTexter(c).Text(t.Context(), question)
	private(t, err)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}

func TestNoWebhookIsSaidSo(t *testing.T) {
	f := fault.Of(NewTexter(config.SMS{}).Text(t.Context(), question))
	if f == nil || f.Kind != fault.KindConflict || f.Key != "deliver.sms_not_configured" {
		t.Errorf("%v", f)
	}
}
