package stat

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func day(n float64) time.Time { return monday.Add(time.Duration(n * 24 * float64(time.Hour))) }

func TestEpisodes(t *testing.T) {
	contacts := []Contact{
		{Customer: 1, Topic: 1, At: day(7)}, // within seven days of the next above: out of order on purpose
		{Customer: 1, Topic: 1, At: day(0), Cause: NoAuthority},
		{Customer: 1, Topic: 1, At: day(14.1)}, // more than seven days later: another episode
		{Customer: 1, Topic: 2, At: day(1), Beyond: true},
		{Customer: 2, Topic: 1, At: day(3)},
		{Customer: 3, Topic: 1, At: day(20)},
		{Customer: 4, Topic: 9, At: day(2), Beyond: true},
		{Customer: 4, Topic: 9, At: day(3)},
	}
	episodes, err := EpisodesOf(contacts, UsualGap)
	if err != nil || len(episodes) != 6 {
		t.Fatal(episodes, err)
	}
	if e := episodes[0]; e.Contacts != 2 || e.Cause != NoAuthority || !e.First.Equal(day(0)) || !e.Last.Equal(day(7)) {
		t.Errorf("first episode: %+v", e)
	}
	f, err := FirstContactOf(episodes, UsualGap, day(22))
	if err != nil || f.Open != 1 {
		t.Fatalf("%+v %v", f, err)
	}
	is(t, "resolved", f.Resolved.Share, 3.0/5, 1e-12) // 1/2, 2/1 and the second of 1/1
	is(t, "net", f.Net.Share, 2.0/3, 1e-12)
	is(t, "contacts", f.Contacts, 7.0/5, 1e-12)
	if f.Causes[NoAuthority] != 1 || f.Causes[NoCause] != 1 {
		t.Errorf("causes: %v", f.Causes)
	}
	if f, err := FirstContactOf(nil, UsualGap, monday); err != nil || f.Resolved.Share != nil || f.Contacts != nil {
		t.Errorf("no episodes: %+v %v", f, err)
	}
}

func TestEpisodesThatCannotBe(t *testing.T) {
	refused(t, map[string]error{
		"no gap":                      second(EpisodesOf(nil, 0)),
		"an unknown cause":            second(EpisodesOf([]Contact{{Cause: "weather"}}, UsualGap)),
		"no gap at all":               second(FirstContactOf(nil, -1, monday)),
		"an episode without contacts": second(FirstContactOf([]Episode{{}}, UsualGap, monday)),
	})
}

// Every contact is in one episode; a longer gap never makes more of them.
func TestEpisodesHoldEveryContact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		contacts := make([]Contact, rapid.IntRange(0, 40).Draw(t, "contacts"))
		for i := range contacts {
			contacts[i] = Contact{Customer: rapid.Int64Range(1, 4).Draw(t, "customer"), Topic: rapid.Int64Range(1, 2).Draw(t, "topic"),
				At: day(float64(rapid.IntRange(0, 60).Draw(t, "day")))}
		}
		short, err1 := EpisodesOf(contacts, UsualGap)
		long, err2 := EpisodesOf(contacts, 30*24*time.Hour)
		var n int64
		for _, e := range short {
			n += e.Contacts
		}
		if err1 != nil || err2 != nil || n != int64(len(contacts)) || len(long) > len(short) {
			t.Fatalf("%d contacts in %d episodes, %d with longer gaps", n, len(short), len(long))
		}
	})
}

func FuzzEpisodes(f *testing.F) {
	f.Add([]byte{1, 2, 3, 40}, int64(UsualGap))
	f.Fuzz(func(t *testing.T, days []byte, gap int64) {
		contacts := make([]Contact, len(days))
		for i, d := range days {
			contacts[i] = Contact{Customer: int64(d % 3), At: day(float64(d))}
		}
		episodes, err := EpisodesOf(contacts, time.Duration(gap))
		if err != nil {
			return
		}
		first, err := FirstContactOf(episodes, time.Duration(gap), day(1000))
		if err != nil || first.Resolved.N+first.Open != int64(len(episodes)) {
			t.Fatalf("%+v %v", first, err)
		}
	})
}
