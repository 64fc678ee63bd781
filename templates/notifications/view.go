// Package notifications shows a person what concerns her, and lets her choose what mail tells her of it. It decides
// nothing; texts in its views are in the reader's language already.
package notifications

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Addresses.
const (
	Path     = "/notifications"
	ReadPath = Path + "/read" // POST, id; none is all
	Settings = "/me/notifications"
	Sample   = Settings + "/sample" // POST
)

// Say is a notification as a sentence.
func Say(r *i18n.Reader, names notify.Names, n notify.Notification) string {
	key, day := "notifications."+Key(n.Verb), n.Value
	if n.Verb == event.SignalSounded && day < 0 {
		key, day = key+"_down", -day
	}
	if part := key + "_" + string(n.Part); n.Part != notify.Hers && r.Has(part) {
		key = part
	}
	name := names.Users[n.ByID]
	switch n.SubjectKind {
	case "employee", "coaching":
		name = names.Employees[n.SubjectID]
	case "user":
		name = names.Users[n.SubjectID]
	}
	if name == "" {
		name = r.T("notifications.somebody")
	}
	out := r.T(key, "journey", i18n.Isolate(names.Journeys[n.JourneyID].In(r.Lang())), "name", i18n.Isolate(name), "percent", r.Percent(float64(n.Value), 0),
		"touchpoint", i18n.Isolate(names.Touchpoints[n.SubjectID].In(r.Lang())), "day", r.Date(i18n.DayTime(int32(day))))
	if stands := names.Employees[n.StandsFor]; n.StandsFor != 0 && stands != "" {
		out += ". " + r.T("notifications.stands_for", "name", i18n.Isolate(stands))
	}
	return out
}

// Key is a verb as part of a message key.
func Key(verb string) string { return strings.ReplaceAll(verb, ".", "_") }

// Open is the address that leads there and notes that it was read; "" where it leads nowhere.
func Open(n notify.Notification) string {
	if Href(n) == "" {
		return ""
	}
	return Path + "/" + strconv.FormatInt(n.ID, 10)
}

// Href is where a notification leads, "" for nowhere.
func Href(n notify.Notification) string {
	id := strconv.FormatInt(n.SubjectID, 10)
	switch n.SubjectKind {
	case "case":
		return "/cases/" + id
	case "observation":
		return "/observations/" + id
	case "response":
		return "/feedback"
	case "task":
		return "/tasks/" + id
	case "touchpoint":
		return "/touchpoints/" + id + "#watch"
	case "coaching":
		if n.Part == notify.Above {
			return "/team/employees/" + id + "/coaching"
		}
		return "/me/coaching"
	case "employee": // for whom she stands in
		return "/cases"
	case "user":
		if n.Part == notify.Above {
			return "/people/users/" + id
		}
		return Settings
	}
	return ""
}

// Item is one notification on the page.
type Item struct {
	ID       int64
	Text     string
	Customer string // whose case it is; "" where it is about no case in sight
	Href     string // "" where it leads nowhere that the reader may go
	Icon     string
	At       time.Time
	New      bool
}

// Day is what came on one day.
type Day struct {
	Title string
	Items []Item
}

// ListView is the page of what is new: unread first.
type ListView struct {
	Unread, Earlier []Day
	Pager           ui.PagerView
}

func (v ListView) empty() bool { return len(v.Unread)+len(v.Earlier) == 0 }

// Icons are drawn beside what a notification is about.
var Icons = map[string]string{"case": "speech", "observation": "edit", "response": "positive", "task": "clock", "employee": "person", "user": "person", "touchpoint": "alert", "coaching": "person"}

// SettingsView is what mail tells a person, and when.
type SettingsView struct {
	Now             notify.Settings
	Email, OwnEmail string
	Own             bool   // the address is hers to give
	Warning         string // why nothing is sent; "" while it is
	MaySend         bool
	Events          []string       // that she can hear of
	Days            []time.Weekday // in the order of her week
	Zone            string         // the company's
	Problems        []fault.Field
}

func (v SettingsView) address(ctx context.Context) ui.FieldView {
	return ui.FieldView{Name: "own_email", Type: "email", Label: ui.T(ctx, "notifications.own_email"), Hint: ui.T(ctx, "notifications.own_email_hint"), Value: v.OwnEmail, Dir: "ltr", Autocomplete: "email",
		Problem: ui.Problem(ctx, v.Problems, "own_email")}
}

// zones are offered to choose from; any other may be typed.
var zones = []string{"Africa/Cairo", "America/Los_Angeles", "America/New_York", "America/Toronto", "Asia/Almaty", "Asia/Dubai", "Asia/Dushanbe", "Asia/Kabul", "Asia/Nicosia", "Asia/Tashkent", "Asia/Tbilisi",
	"Asia/Tehran", "Asia/Vladivostok", "Asia/Yekaterinburg", "Asia/Yerevan", "Australia/Melbourne", "Europe/Athens", "Europe/Berlin", "Europe/Istanbul", "Europe/London", "Europe/Minsk", "Europe/Moscow"}

func (v SettingsView) zone(ctx context.Context) ui.FieldView {
	return ui.FieldView{Name: "zone", Label: ui.T(ctx, "notifications.zone"), Hint: ui.T(ctx, "notifications.zone_hint", "zone", i18n.Isolate(v.Zone)), Value: v.Now.Zone, Dir: "ltr", Autocomplete: "off",
		Problem: ui.Problem(ctx, v.Problems, "zone"), Attrs: map[string]any{"list": "zones"}}
}

func (v SettingsView) hour(ctx context.Context, name, label string, value int) ui.FieldView {
	f := ui.FieldView{Name: name, Label: ui.T(ctx, label), Required: true, Value: strconv.Itoa(value), Problem: ui.Problem(ctx, v.Problems, name)}
	r := i18n.From(ctx)
	for h := range 24 {
		f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(h), Text: r.Digits(time.Date(2000, 1, 1, h, 0, 0, 0, time.UTC).Format("15:04"))})
	}
	return f
}

func (v SettingsView) day(ctx context.Context) ui.FieldView {
	f := ui.FieldView{Name: "digest_day", Label: ui.T(ctx, "notifications.digest_day"), Required: true, Value: strconv.Itoa(int(v.Now.DigestDay)), Problem: ui.Problem(ctx, v.Problems, "digest_day")}
	for _, d := range v.Days {
		f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(int(d)), Text: i18n.From(ctx).WeekdayName(d)})
	}
	return f
}

func (v SettingsView) pace(ctx context.Context, verb string) ui.FieldView {
	f := ui.FieldView{Name: verb, Label: ui.T(ctx, "notifications.event_"+Key(verb)), Required: true, Value: string(v.Now.Of(verb)), Problem: ui.Problem(ctx, v.Problems, verb)}
	for _, p := range notify.Paces {
		f.Options = append(f.Options, ui.Option{Value: string(p), Text: ui.T(ctx, "notifications.pace_"+string(p))})
	}
	return f
}

// StopView asks whether mail is to end, or says that it has.
type StopView struct {
	Path string // of the form; "" once it is done
}
