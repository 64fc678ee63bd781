package staff_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

func policyForm(change url.Values) url.Values {
	form := url.Values{"delay_hours": {"12"}, "quarantine_answered": {"60"}, "quarantine_silent": {"20"}, "yearly_cap": {"4"}, "quiet_from": {"21"},
		"quiet_until": {"8"}, "reminders": {"۲, ۵"}, "expiry": {"10"}, "channel": {"sms"}}
	for name, values := range change {
		form[name] = values
	}
	return form
}

func TestTheContactPolicy(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		if p := admin.Get("/settings"); p.Find("#f-delay_hours").AttrOr("value", "") != "24" || p.Find("#f-reminders").AttrOr("value", "") != "3 7" {
			t.Errorf("the recommended policy is not in the form: %s", said(p))
		}
		for sentence, c := range map[string]struct {
			field, typed, want string
		}{
			"a word for a number":                 {"delay_hours", "soon", "whole number"},
			"an hour that no day has":             {"quiet_from", "24", "from 0 to 23"},
			"reminders that go back":              {"reminders", "7 3", "one after the other"},
			"a reminder on the last day":          {"reminders", "3 10", "before day 10"},
			"reminders in words":                  {"reminders", "3 days", "whole numbers"},
			"no time to answer":                   {"expiry", "0", "from 1 to 365"},
			"a channel that is none":              {"channel", "pigeon", "choose one"},
			"a hostile number":                    {"yearly_cap", hostile, "whole number"},
			"a number larger than any computer's": {"yearly_cap", "99999999999999999999", "whole number"},
		} {
			p := admin.Post("/settings", policyForm(url.Values{c.field: {c.typed}}))
			if p.Status != 422 || !has(p, c.want) || p.Find("main script").Length() != 0 {
				t.Errorf("%s: %d %s", sentence, p.Status, said(p))
			}
			if c.field != "channel" && p.Find("#f-"+c.field).AttrOr("value", "") != c.typed {
				t.Errorf("%s: what was typed is lost", sentence)
			}
			if p.Find("#f-quarantine_answered").AttrOr("value", "") != "60" {
				t.Errorf("%s: the rest is lost", sentence)
			}
		}
		if p := admin.Follow(admin.Post("/settings", policyForm(nil))); p.Status != 200 || !has(p, "Saved") {
			t.Fatalf("saving: %d %s", p.Status, said(p))
		}
		got, err := w.App.Store.ContactPolicy(context.Background())
		if err != nil || got.DelayHours != 12 || got.DefaultChannel != survey.BySMS || len(got.ReminderDays) != 2 || got.ReminderDays[1] != 5 {
			t.Errorf("kept %+v (%v)", got, err)
		}
		if p := w.As("ann").Post("/settings", policyForm(nil)); p.Status != 403 {
			t.Errorf("a manager sets the policy: %d", p.Status)
		}
	})
}

func TestAKeyWorksUntilItIsRevoked(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		if p := admin.Post("/settings/keys", url.Values{"name": {"  "}}); p.Status != 422 || p.Find(".problem").Length() == 0 {
			t.Errorf("a key for nothing: %d", p.Status)
		}
		p := admin.Post("/settings/keys", url.Values{"name": {hostile}})
		key := p.Find("#fresh-key").Text()
		if p.Status != 200 || key == "" || p.Find("main script").Length() != 0 || p.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("issuing: %d %s", p.Status, said(p))
		}
		if p := admin.Get("/settings/keys"); strings.Contains(p.Body, key) || !has(p, key[:15]) {
			t.Error("the key is shown twice, or cannot be recognised")
		}
		ctx := context.Background()
		if _, err := w.App.Keys.Recognise(ctx, key); err != nil {
			t.Errorf("the key does not open: %v", err)
		}
		revoke := admin.Get("/settings/keys").Find(`form[action$="/revocation"]`)
		if revoke.Find("button[data-confirm]").Length() != 1 {
			t.Error("revoking does not ask first")
		}
		at := revoke.AttrOr("action", "")
		if p := admin.Follow(admin.Post(at, nil)); p.Status != 200 || !has(p, "Revoked") {
			t.Errorf("revoking: %d %s", p.Status, said(p))
		}
		if _, err := w.App.Keys.Recognise(ctx, key); err == nil {
			t.Error("a revoked key opens")
		}
		if p := admin.Post(at, nil); p.Status != 404 {
			t.Errorf("revoking twice: %d", p.Status)
		}
		if p := w.As("ann").Post("/settings/keys", url.Values{"name": {"x"}}); p.Status != http.StatusForbidden {
			t.Errorf("a manager issues a key: %d", p.Status)
		}
	})
}

func TestInvitationsByReason(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := context.Background()
		past, live := w.Completed("P-1"), w.Completed("P-2")
		past.Ask, live.Ask = false, true
		w.Take(past, live)
		for _, key := range []string{"P-1", "P-2"} {
			if _, err := w.App.Surveys.Plan(ctx, w.RunOf(key).ID); err != nil {
				t.Fatal(err)
			}
		}
		w.Wait(time.Hour)
		admin := w.As("admin")
		for query, want := range map[string]string{"": "P-1 P-2", "?state=planned": "P-2", "?state=suppressed": "P-1", "?reason=" + survey.BecausePast: "P-1", "?state=nonsense": "P-1 P-2", "?reason=x": "P-1 P-2"} {
			p := admin.Get("/settings/invitations" + query)
			keys := map[string]bool{}
			for _, n := range p.Find("tbody th").EachIter() {
				keys[strings.TrimSpace(n.Text())] = true
			}
			if len(keys) != len(strings.Fields(want)) || (want != "" && !keys[strings.Fields(want)[0]]) {
				t.Errorf("%q lists %v, want %s", query, keys, want)
			}
			if strings.Contains(p.Body, "Μαρία") || p.Find(`main a[href^="/runs/"]`).Length() != 0 {
				t.Errorf("%q names customers or leads an administrator to their walks", query)
			}
		}
		if p := w.As("ann").Get(runPath(w.RunOf("P-1"))); !has(p, "imported from the past") {
			t.Errorf("the walk does not say why nobody was asked: %s", said(p))
		}
	})
}
