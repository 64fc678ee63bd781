package stat

import (
	"testing"

	"pgregory.net/rapid"
)

func TestResponseByHand(t *testing.T) {
	r, err := ResponseOf(Invitations{Sent: 1000, Bounced: 50, Completed: 190, Partial: 38})
	if err != nil {
		t.Fatal(err)
	}
	is(t, "sent", r.Sent.Share, 0.19, 1e-12)
	is(t, "delivered", r.Delivered.Share, 0.2, 1e-12)
	is(t, "with partials", r.Partial.Share, 0.24, 1e-12)
	if r, err := ResponseOf(Invitations{}); err != nil || r.Sent.Share != nil || r.Delivered.Share != nil {
		t.Errorf("an open link: %+v %v", r, err)
	}
	if r, err := ResponseOf(Invitations{Sent: 3, Bounced: 3}); err != nil || r.Delivered.Share != nil || *r.Sent.Share != 0 {
		t.Errorf("all bounced: %+v %v", r, err)
	}
}

func TestResponsesThatCannotBe(t *testing.T) {
	refused(t, map[string]error{
		"more bounced than sent":       second(ResponseOf(Invitations{Sent: 1, Bounced: 2})),
		"more completed than reached":  second(ResponseOf(Invitations{Sent: 5, Bounced: 2, Completed: 4})),
		"more partials than were left": second(ResponseOf(Invitations{Sent: 5, Completed: 4, Partial: 2})),
		"negative":                     second(ResponseOf(Invitations{Sent: 5, Partial: -1})),
	})
}

func TestResponseRatesAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := Invitations{Sent: rapid.Int64Range(1, 1e9).Draw(t, "sent")}
		i.Bounced = rapid.Int64Range(0, i.Sent-1).Draw(t, "bounced")
		i.Completed = rapid.Int64Range(0, i.Sent-i.Bounced).Draw(t, "completed")
		i.Partial = rapid.Int64Range(0, i.Sent-i.Bounced-i.Completed).Draw(t, "partial")
		r, err := ResponseOf(i)
		if err != nil || *r.Sent.Share > *r.Delivered.Share || *r.Delivered.Share > *r.Partial.Share || *r.Partial.Share > 1 {
			t.Fatalf("%+v: %+v %v", i, r, err)
		}
	})
}

func FuzzResponse(f *testing.F) {
	f.Add(int64(10), int64(1), int64(3), int64(2))
	f.Fuzz(func(t *testing.T, sent, bounced, completed, partial int64) {
		r, err := ResponseOf(Invitations{sent, bounced, completed, partial})
		if err == nil && r.Partial.Share != nil && !(*r.Partial.Share >= 0 && *r.Partial.Share <= 1) {
			t.Fatalf("%+v", r)
		}
	})
}
