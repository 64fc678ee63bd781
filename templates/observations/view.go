// Package observations is where employees write down what customers tell them at work, and read what became of it. It
// decides nothing; texts in its views are in the reader's language already, except the employees' own words.
package observations

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Path is where observations are; Similar offers what says the same as what is being typed.
const (
	Path    = "/observations"
	Similar = Path + "/similar"
)

// Href is the page of one.
func Href(id int64) string { return Path + "/" + strconv.FormatInt(id, 10) }

// FormView is the form that writes one down, or writes it over.
type FormView struct {
	Action   string
	Kind     observation.Kind
	Words    string
	About    string
	Call     bool
	Here     []ui.Option // where she and her team usually serve
	Others   []ui.Option
	At       ui.FieldView // the touchpoint as a choice, where it is written over; without a name it is a row of buttons
	Alike    []AlikeView
	Problems []fault.Field
}

// AlikeView is a theme that says much the same.
type AlikeView struct {
	ID           int64 // of the theme
	Words        string
	Touchpoint   string
	TouchpointIn i18n.Lang
	N            int
}

// ItemView is one observation as a reader sees it.
type ItemView struct {
	ID           int64
	Kind         observation.Kind
	Words        string
	Touchpoint   string
	TouchpointIn i18n.Lang
	By           string // "" where the reader wrote it down
	At           time.Time
	Call         bool
	Run          string // where the walk is; "" where it is not known or not in sight
	Customer     string // her name, where the reader may know it
	CustomerHref string
}

// PageView is one observation with all that say the same.
type PageView struct {
	Item      ItemView
	State     observation.State
	Answer    string
	Answered  string // by whom and when
	N         int
	Candidate bool
	Same      []ItemView // the others in sight
	Edit      *FormView  // while its author may change it
	Until     time.Time
	Leave     string // takes it out of its theme; "" where it stands alone
	Join      string // where joining goes; "" where she may not
	Alike     []AlikeView
	Reply     *ReplyView // for who answers for it
}

// ReplyView is the form that says what becomes of it.
type ReplyView struct {
	Action   string
	State    observation.State
	Words    string
	Problems []fault.Field
}

// ListView is a list of themes.
type ListView struct {
	Path        string
	File        string
	Words       string
	Kind        observation.Kind
	State       observation.State
	Touchpoints []ui.Option
	Tabs        []ui.Tab
	MayRecord   bool
	Rows        page.Of[Line]
	Now         time.Time
}

// Line is one theme in a list.
type Line struct {
	Href         string
	Kind         observation.Kind
	Words        string
	Touchpoint   string
	TouchpointIn i18n.Lang
	N            int
	Last         time.Time
	State        observation.State
	Waits        bool // an answer that the reader has not read
	Candidate    bool
}

func (v ListView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterOf(v.Path, ui.T(ctx, "observations.title"), "q", "kind", "state", "touchpoint")
}

func kinds(ctx context.Context) []ui.Option {
	out := []ui.Option{{Text: ui.T(ctx, "common.all")}}
	for _, k := range observation.Kinds {
		out = append(out, ui.Option{Value: string(k), Text: ui.T(ctx, "observations.kind_"+string(k))})
	}
	return out
}

func states(ctx context.Context, all []observation.State) (out []ui.Option) {
	for _, s := range all {
		out = append(out, ui.Option{Value: string(s), Text: ui.T(ctx, "observations.state_"+string(s))})
	}
	return out
}

var kindIcons = map[observation.Kind]string{observation.Wish: "plus", observation.Complaint: "alert", observation.Praise: "thanks"}

var tones = map[observation.State]ui.Tone{observation.New: ui.Plain, observation.Seen: ui.Info, observation.Planned: ui.Info, observation.Done: ui.Success, observation.Declined: ui.Plain}

// moods give a card the bar of a customer's words.
var moods = map[observation.Kind]stat.Mood{observation.Complaint: stat.Negative, observation.Praise: stat.Positive, observation.Wish: stat.Neutral}

// withdraw asks before it is taken back, and names what goes.
func (o ItemView) withdraw(ctx context.Context) string {
	return Withdraw(i18n.From(ctx), o.Kind, o.Words)
}

// Withdraw asks before an observation is taken back, and names what goes.
func Withdraw(r *i18n.Reader, kind observation.Kind, words string) string {
	return r.T("observations.withdraw_confirm", "what", i18n.Isolate(cmp.Or(words, r.T("observations.kind_"+string(kind)))))
}
