package auth

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
)

func newKeyring() (Keyring, *memory, *time.Time) {
	clock := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	m := &memory{}
	return Keyring{Store: m, Now: func() time.Time { return clock }}, m, &clock
}

func TestAShopSystemUsesItsKeyUntilItIsRevoked(t *testing.T) {
	ring, m, clock := newKeyring()
	text, k, err := ring.Issue(t.Context(), " سامانهٔ فروشگاه ")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^jl_[a-z2-7]{12}_[a-z2-7]{26}$`).MatchString(text) || !strings.HasPrefix(text, "jl_"+k.Prefix+"_") {
		t.Errorf("key %s, prefix %s", text, k.Prefix)
	}
	for range 120 {
		*clock = clock.Add(time.Second)
		who, err := ring.Recognise(t.Context(), text)
		if err != nil || who.ID != k.ID || who.Name != "سامانهٔ فروشگاه" {
			t.Fatalf("%+v, %v", who, err)
		}
	}
	if m.touches != 2 {
		t.Errorf("%d writes for two minutes of use", m.touches)
	}
	if err := ring.Revoke(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	_, err = ring.Recognise(t.Context(), text)
	wantFault(t, err, fault.KindForbidden, "auth.key_revoked")
	_, err = ring.Recognise(t.Context(), text+"x")
	wantFault(t, err, fault.KindForbidden, "auth.key_unknown")
	keys, err := ring.Keys(t.Context())
	if err != nil || len(keys) != 1 || keys[0].RevokedAt == nil || keys[0].LastUsedAt == nil {
		t.Errorf("%+v, %v", keys, err)
	}
}

func TestAKeyThatIsNotOne(t *testing.T) {
	ring, _, _ := newKeyring()
	text, k, err := ring.Issue(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	other, _ := Generate("another company's", time.Now())
	for sentence, presented := range map[string]string{
		"nothing":                 "",
		"a word":                  "secret",
		"another company's":       other,
		"the prefix alone":        "jl_" + k.Prefix,
		"the prefix and nothing":  "jl_" + k.Prefix + "_",
		"the prefix and a guess":  "jl_" + k.Prefix + "_aaaaaaaaaaaaaaaaaaaaaaaaaa",
		"the key in capitals":     strings.ToUpper(text),
		"the key with more to it": text + "_",
	} {
		t.Run(sentence, func(t *testing.T) {
			_, err := ring.Recognise(t.Context(), presented)
			wantFault(t, err, fault.KindForbidden, "auth.key_unknown")
		})
	}
}

func TestAKeyHasAName(t *testing.T) {
	ring, m, _ := newKeyring()
	_, _, err := ring.Issue(t.Context(), "  ")
	wantFault(t, err, fault.KindInvalid, "auth.key_name_required")
	if len(m.keys) != 0 {
		t.Error("a nameless key was kept")
	}
}
