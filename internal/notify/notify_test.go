package notify

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

const form = "2006-01-02 15:04"

func TestWhenMailTells(t *testing.T) {
	usual := DefaultSettings(i18n.NewReader(i18n.Greek, "", time.UTC)) // quiet from 20 to 8, digests at 8, weekly ones on Mondays
	loud, late, persian := usual, usual, DefaultSettings(i18n.NewReader(i18n.Persian, "", time.UTC))
	loud.QuietFrom, loud.QuietUntil = 0, 0
	late.DigestHour = 22
	abroad := usual
	abroad.Zone = "Asia/Tehran"
	for sentence, c := range map[string]struct {
		s    Settings
		pace Pace
		at   string // in Athens
		want string // in Athens; "" is never
	}{
		"at once by day":                              {usual, AtOnce, "2026-11-20 14:00", "2026-11-20 14:00"},
		"at night it waits for the morning":           {usual, AtOnce, "2026-11-20 23:30", "2026-11-21 08:00"},
		"before the morning too":                      {usual, AtOnce, "2026-11-20 03:00", "2026-11-20 08:00"},
		"quiet begins with its hour":                  {usual, AtOnce, "2026-11-20 20:00", "2026-11-21 08:00"},
		"and ends with its hour":                      {usual, AtOnce, "2026-11-20 08:00", "2026-11-20 08:00"},
		"who has no quiet hours hears at night":       {loud, AtOnce, "2026-11-20 23:30", "2026-11-20 23:30"},
		"daily is the next morning":                   {usual, Daily, "2026-11-20 14:00", "2026-11-21 08:00"},
		"or the same":                                 {usual, Daily, "2026-11-20 07:59", "2026-11-20 08:00"},
		"not at the very moment":                      {usual, Daily, "2026-11-20 08:00", "2026-11-21 08:00"},
		"a digest in quiet hours waits for their end": {late, Daily, "2026-11-20 14:00", "2026-11-21 08:00"},
		"weekly is Monday":                            {usual, Weekly, "2026-11-20 14:00", "2026-11-23 08:00"},
		"on Monday after the hour it is the next":     {usual, Weekly, "2026-11-23 08:01", "2026-11-30 08:00"},
		"a Persian week begins on Saturday":           {persian, Weekly, "2026-11-20 14:00", "2026-11-21 08:00"},
		"never":                                       {usual, Never, "2026-11-20 14:00", ""},
		"a pace there is not":                         {usual, "hourly", "2026-11-20 14:00", ""},
		"her own clock decides":                       {abroad, AtOnce, "2026-11-20 19:00", "2026-11-21 06:30"},
		"the night the clock goes forward":            {usual, AtOnce, "2026-03-28 23:00", "2026-03-29 08:00"},
	} {
		athens, err := time.LoadLocation("Europe/Athens")
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.ParseInLocation(form, c.at, athens)
		if err != nil {
			t.Fatal(err)
		}
		due, told := c.s.MailDue(c.pace, at, athens)
		if got := due.In(athens).Format(form); told != (c.want != "") || told && got != c.want {
			t.Errorf("%s: %s (%v), want %s", sentence, got, told, c.want)
		}
	}
}

func TestWhatIsToldUnlessOneSaysOtherwise(t *testing.T) {
	quiet := Settings{Events: map[string]Pace{event.CaseWarned: Never}}
	for sentence, c := range map[string]struct {
		verb string
		want Pace
	}{
		"what asks for something is mailed at once": {event.CaseAssigned, AtOnce},
		"what is good to know is mailed daily":      {event.CaseVerified, Daily},
		"what she has said counts":                  {event.CaseWarned, Never},
	} {
		if got := quiet.Of(c.verb); got != c.want {
			t.Errorf("%s: %s", sentence, got)
		}
	}
}

func TestSettingsThatAreSome(t *testing.T) {
	fine := DefaultSettings(i18n.NewReader(i18n.English, "", time.UTC))
	for sentence, c := range map[string]struct {
		change func(s *Settings)
		ok     bool
	}{
		"the usual":             {func(*Settings) {}, true},
		"a zone of her own":     {func(s *Settings) { s.Zone = "Asia/Tehran" }, true},
		"a zone there is not":   {func(s *Settings) { s.Zone = "Asia/Atlantis" }, false},
		"an hour there is not":  {func(s *Settings) { s.QuietFrom = 24 }, false},
		"a day there is not":    {func(s *Settings) { s.DigestDay = 7 }, false},
		"an event nobody hears": {func(s *Settings) { s.Events = map[string]Pace{event.UserSignedIn: Daily} }, false},
		"a pace there is not":   {func(s *Settings) { s.Events = map[string]Pace{event.CaseWarned: "hourly"} }, false},
	} {
		s := fine
		c.change(&s)
		if err := s.Check(""); (err == nil) != c.ok {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}
