package survey

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/run"
)

var (
	tehran = time.FixedZone("Tehran", 3*3600+1800)
	noon   = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC) // 12:00 in Tehran
)

func ago(days int) *time.Time {
	at := noon.Add(-time.Duration(days) * 24 * time.Hour)
	return &at
}

func TestWhomThePolicyLetsUsAsk(t *testing.T) {
	maryam := run.Customer{ID: 1, Email: "maryam@customers.example"}
	with := func(change func(*run.Customer)) run.Customer {
		c := maryam
		change(&c)
		return c
	}
	for sentence, c := range map[string]struct {
		customer run.Customer
		history  History
		want     string
	}{
		"a customer never asked before may be asked":         {maryam, History{}, ""},
		"nobody may be asked who is not known":               {run.Customer{Email: "x@y.example"}, History{}, BecauseNoCustomer},
		"one who opted out may not":                          {with(func(c *run.Customer) { c.OptedOutAt = ago(900) }), History{}, BecauseOptedOut},
		"one without an address may not":                     {run.Customer{ID: 1}, History{}, BecauseNoContact},
		"a phone is an address":                              {run.Customer{ID: 1, Phone: "+98"}, History{}, ""},
		"one with an open case may not":                      {maryam, History{OpenCase: true}, BecauseOpenCase},
		"asked 13 days ago without an answer is too soon":    {maryam, History{LastAsked: ago(13), AskedInYear: 1}, BecauseQuarantine},
		"asked 14 days ago without an answer is long enough": {maryam, History{LastAsked: ago(14), AskedInYear: 1}, ""},
		"answered 29 days ago is too soon":                   {maryam, History{LastAsked: ago(29), LastAnswered: ago(29), AskedInYear: 1}, BecauseQuarantine},
		"answered 30 days ago is long enough":                {maryam, History{LastAsked: ago(31), LastAnswered: ago(30), AskedInYear: 1}, ""},
		"five times a year may become six":                   {maryam, History{LastAsked: ago(40), AskedInYear: 5}, ""},
		"six times a year are enough":                        {maryam, History{LastAsked: ago(40), AskedInYear: 6}, BecauseYearlyCap},
		"one whose survey goes out tomorrow may not":         {maryam, History{SurveyAt: ago(-1)}, BecauseQuarantine},
		"one who is to be called may not":                    {maryam, History{CallPlanned: true}, BecauseCall},
		"the lasting reason is told before the passing one":  {with(func(c *run.Customer) { c.OptedOutAt = ago(1) }), History{OpenCase: true, LastAsked: ago(1), AskedInYear: 9}, BecauseOptedOut},
	} {
		if got := DefaultPolicy().Suppress(c.customer, c.history, noon); got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
	free := DefaultPolicy()
	free.YearlyCap, free.QuarantineAnsweredDays, free.QuarantineSilentDays = 0, 0, 0
	if got := free.Suppress(maryam, History{LastAsked: ago(0), LastAnswered: ago(0), AskedInYear: 99}, noon); got != "" {
		t.Errorf("a policy without limits suppressed: %s", got)
	}
}

func TestWhomThePolicyLetsUsCall(t *testing.T) {
	phone := run.Customer{ID: 1, Phone: "+98"}
	for sentence, c := range map[string]struct {
		customer run.Customer
		history  History
		want     string
	}{
		"a customer with a telephone may be called":        {phone, History{}, ""},
		"one with an e-mail address only may not":          {run.Customer{ID: 1, Email: "maryam@customers.example"}, History{}, BecauseNoPhone},
		"a survey that has not gone out gives way":         {phone, History{SurveyAt: ago(-1)}, ""},
		"one that went out 13 days ago does not":           {phone, History{LastAsked: ago(13), AskedInYear: 1}, BecauseQuarantine},
		"whose call it is is decided, not whether":         {phone, History{CallPlanned: true}, ""},
		"one with an open case is talked to already":       {phone, History{OpenCase: true}, BecauseOpenCase},
		"calls and surveys together have their yearly cap": {phone, History{LastAsked: ago(40), AskedInYear: 6}, BecauseYearlyCap},
	} {
		if got := DefaultPolicy().SuppressCall(c.customer, c.history, noon); got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestHowACustomerIsReached(t *testing.T) {
	for sentence, c := range map[string]struct {
		customer run.Customer
		company  string
		want     string
	}{
		"as she prefers": {run.Customer{Email: "a@b", Phone: "1", Channel: BySMS}, ByMail, BySMS},
		"as the company does where she prefers nothing":    {run.Customer{Email: "a@b", Phone: "1"}, BySMS, BySMS},
		"otherwise where her preference has no address":    {run.Customer{Email: "a@b", Channel: BySMS}, ByMail, ByMail},
		"not by a number that takes nothing":               {run.Customer{Email: "a@b", Phone: "1", DeadPhone: "1", Channel: BySMS}, BySMS, ByMail},
		"by what there is":                                 {run.Customer{Phone: "1"}, ByMail, BySMS},
		"not at all without an address":                    {run.Customer{Channel: ByMail}, ByMail, ""},
		"a channel that is none does not keep her from us": {run.Customer{Email: "a@b", Channel: "pigeon"}, "pigeon", ByMail},
	} {
		p := DefaultPolicy()
		p.DefaultChannel = c.company
		if got := p.Channel(c.customer); got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestTheQuietHoursOfTheCompanysDay(t *testing.T) {
	local := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, tehran) }
	for sentence, c := range map[string]struct {
		from, until int
		at, want    time.Time
	}{
		"noon is not quiet":                             {20, 9, local(2, 12, 0), local(2, 12, 0)},
		"a minute before eight in the evening is not":   {20, 9, local(2, 19, 59), local(2, 19, 59)},
		"the evening waits for the next morning":        {20, 9, local(2, 20, 0), local(3, 9, 0)},
		"after midnight waits for this morning":         {20, 9, local(3, 0, 30), local(3, 9, 0)},
		"a minute before nine waits a minute":           {20, 9, local(3, 8, 59), local(3, 9, 0)},
		"nine is not quiet":                             {20, 9, local(3, 9, 0), local(3, 9, 0)},
		"quiet hours within one day":                    {0, 7, local(3, 6, 0), local(3, 7, 0)},
		"after quiet hours within one day":              {0, 7, local(3, 7, 0), local(3, 7, 0)},
		"equal hours mean that no time is quiet":        {9, 9, local(3, 9, 30), local(3, 9, 30)},
		"the end of a month is followed by the next":    {20, 9, local(31, 23, 0), local(32, 9, 0)},
		"the hours are those of the zone, not of UTC":   {20, 9, time.Date(2026, 3, 2, 16, 45, 0, 0, time.UTC), local(3, 9, 0)},
		"just before them in the zone, whatever UTC is": {20, 9, time.Date(2026, 3, 2, 16, 15, 0, 0, time.UTC), local(2, 19, 45)},
	} {
		p := Policy{QuietFrom: c.from, QuietUntil: c.until}
		if got := p.OutOfQuiet(c.at, tehran); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", sentence, got.In(tehran), c.want)
		}
	}
}

func TestWhenTheFirstMessageIsPlanned(t *testing.T) {
	p := DefaultPolicy()
	for sentence, c := range map[string]struct{ ended, now, want time.Time }{
		"a day after the end":              {noon.Add(-time.Hour), noon, noon.Add(23 * time.Hour)},
		"now where the day is over":        {noon.Add(-90 * time.Hour), noon, noon},
		"out of the quiet hours":           {noon.Add(9 * time.Hour), noon.Add(9 * time.Hour), time.Date(2026, 3, 4, 5, 30, 0, 0, time.UTC)},
		"over, but not in the quiet hours": {noon.Add(-90 * time.Hour), noon.Add(9 * time.Hour), time.Date(2026, 3, 3, 5, 30, 0, 0, time.UTC)},
	} {
		if got := p.PlannedAt(c.ended, c.now, tehran); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", sentence, got, c.want)
		}
	}
}

func TestWhatIsDueNext(t *testing.T) {
	p, day := DefaultPolicy(), 24*time.Hour
	inv := Invitation{SentAt: &noon, ExpiresAt: noon.Add(14 * day)}
	for reminders, want := range []time.Time{noon.Add(3 * day), noon.Add(7 * day), noon.Add(14 * day), noon.Add(14 * day)} {
		inv.Reminders = reminders
		if got := p.Next(inv, tehran); !got.Equal(want) {
			t.Errorf("after %d reminders: %s, want %s", reminders, got, want)
		}
	}
	inv.Reminders, inv.ExpiresAt = 0, noon.Add(2*day)
	if got := p.Next(inv, tehran); !got.Equal(inv.ExpiresAt) {
		t.Errorf("a reminder after the expiry: %s", got)
	}
}
