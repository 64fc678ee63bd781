package feedback

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Store is what answers and their readers need kept. Finders answer Missing faults.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// View runs fn on one moment of what is kept, without waiting for changes under way.
	View(ctx context.Context, fn func(ctx context.Context) error) error
	InvitationByToken(ctx context.Context, hash []byte) (survey.Invitation, error)
	// InvitationsByToken finds what the tokens open, by hash, and keeps it for this transaction. Unknown ones are left out.
	InvitationsByToken(ctx context.Context, hashes [][]byte) (map[string]survey.Invitation, error)
	// AnswerInvitations notes in invitations that are there that they were answered.
	AnswerInvitations(ctx context.Context, answered ...survey.Invitation) error
	SettingOf(ctx context.Context, run int64) (Setting, error)
	// SettingsOf gathers many settings, by run; the runs are kept for this transaction, so that answers to one run follow
	// one another.
	SettingsOf(ctx context.Context, runs []int64) (map[int64]Setting, error)
	JourneyName(ctx context.Context, journey int64) (i18n.Text, error)
	ResponseOf(ctx context.Context, run int64) (Response, error)
	ResponsesOf(ctx context.Context, runs []int64) (map[int64]Response, error)
	AddResponses(ctx context.Context, rs ...Response) error
	ReplaceResponse(ctx context.Context, old, next Response) error
	RatingForChange(ctx context.Context, response, touchpoint int64) (Rating, error)
	SaveAttributions(ctx context.Context, before, after Rating) error
	NoticeOf(ctx context.Context, employee, response, touchpoint int64) (Notice, error)
	NoticesOf(ctx context.Context, response, touchpoint int64) ([]Notice, error)
	SaveNotice(ctx context.Context, n Notice) error
	EmployeeByID(ctx context.Context, id int64) (people.Employee, error)
	TouchpointByID(ctx context.Context, id int64) (journey.Touchpoint, error)
	// MarkRead notes that an employee has seen feedback; what was read before keeps its time, and what a customer has said
	// anew since a notice's At stays unread.
	MarkRead(ctx context.Context, employee int64, at time.Time, notices []Notice) error
}

// Service takes answers in and lets people respond to them.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Now    func() time.Time
}

// Sheet is what the survey page needs to know: what is asked, about which touchpoints, and what was said before.
type Sheet struct {
	Invitation  survey.Invitation
	Survey      survey.Survey
	Journey     i18n.Text
	Touchpoints []journey.Touchpoint // those this customer really met, in her order
	Language    i18n.Lang            // the customer's, "" when unknown
	Before      *Response            // her answer so far
	Used        bool                 // answered, and opened by a link that an employee handed over and may still hold
}

// Sheet opens the page behind a token and records nothing. Faults: survey.unknown (Missing), survey.expired and
// survey.closed (Conflict); with the latter two the sheet still knows her language.
func (s *Service) Sheet(ctx context.Context, token string) (Sheet, error) {
	var sheet Sheet
	err := s.Store.View(ctx, func(ctx context.Context) error {
		var err error
		sheet, _, err = s.open(ctx, token)
		return err
	})
	if sheet.Used {
		sheet.Before = nil // what she said is not for whoever handed her the link
	}
	return sheet, err
}

func (s *Service) open(ctx context.Context, token string) (Sheet, Setting, error) {
	inv, err := s.Store.InvitationByToken(ctx, id.Hash(token))
	switch {
	case fault.KindOf(err) == fault.KindMissing:
		return Sheet{}, Setting{}, fault.Missing("survey.unknown")
	case err != nil:
		return Sheet{}, Setting{}, fmt.Errorf("open survey: %w", err)
	}
	if err := admit(inv, s.Now()); err != nil {
		return Sheet{Language: inv.Language}, Setting{}, err
	}
	setting, err := s.Store.SettingOf(ctx, inv.RunID)
	if err != nil {
		return Sheet{}, setting, err
	}
	sheet := sheetOf(inv, setting)
	if sheet.Journey, err = s.Store.JourneyName(ctx, setting.Walk.Run.JourneyID); err != nil {
		return sheet, setting, err
	}
	before, err := s.Store.ResponseOf(ctx, inv.RunID)
	if fault.KindOf(err) == fault.KindMissing {
		return sheet, setting, nil
	}
	sheet.Before, sheet.Used = &before, inv.Handed
	return sheet, setting, err
}

// admit says why an invitation takes no answer.
func admit(inv survey.Invitation, now time.Time) error {
	switch {
	case inv.State == survey.Suppressed:
		return fault.Conflict("survey.closed")
	case !inv.MayAnswer(now):
		return fault.Conflict("survey.expired")
	}
	return nil
}

// sheetOf is what an invitation asks about a run.
func sheetOf(inv survey.Invitation, setting Setting) Sheet {
	sheet := Sheet{Invitation: inv, Survey: setting.Survey, Language: inv.Language}
	met := setting.Walk.Met()
	sheet.Touchpoints = make([]journey.Touchpoint, 0, len(met))
	for _, tp := range met {
		sheet.Touchpoints = append(sheet.Touchpoints, setting.Touchpoints[tp])
	}
	return sheet
}

// MaxComment is how many characters a comment may have.
const MaxComment = 4000

// Answer is what a customer filled in. Nothing is forced, but an empty sheet is not an answer.
type Answer struct {
	Overall      *int
	Expectation  *int
	Comment      string
	Language     i18n.Lang
	Resolved     *bool
	WantsContact bool
	Ratings      map[int64]int // by touchpoint; those that did not apply are left out
	Comments     map[int64]string
}

func (a Answer) check(sheet Sheet) error {
	var p fault.Problems
	scale, each := sheet.Survey.Scale, sheet.Survey.TouchpointScale
	if a.Overall != nil && !scale.Valid(*a.Overall) {
		p.Add("overall", "survey.out_of_scale")
	}
	if a.Expectation != nil && (*a.Expectation < -2 || *a.Expectation > 2) {
		p.Add("expectation", "survey.no_choice")
	}
	if utf8.RuneCountInString(a.Comment) > MaxComment {
		p.Add("comment", "survey.too_long", "max", MaxComment)
	}
	for tp, x := range a.Ratings {
		if !slices.ContainsFunc(sheet.Touchpoints, func(t journey.Touchpoint) bool { return t.ID == tp }) {
			p.Add(fmt.Sprintf("t%d", tp), "survey.not_met")
		} else if !each.Valid(x) {
			p.Add(fmt.Sprintf("t%d", tp), "survey.out_of_scale")
		}
	}
	for tp, c := range a.Comments {
		if utf8.RuneCountInString(c) > MaxComment {
			p.Add(fmt.Sprintf("c%d", tp), "survey.too_long", "max", MaxComment)
		}
	}
	if len(p) == 0 && a.empty() {
		p.Add("overall", "survey.empty")
	}
	return p.Err()
}

func (a Answer) empty() bool {
	for _, c := range a.Comments {
		if clean(c) != "" {
			return false
		}
	}
	return a.Overall == nil && a.Expectation == nil && clean(a.Comment) == "" && !a.WantsContact && len(a.Ratings) == 0
}

func (a Answer) said(sheet Sheet, now time.Time) Said {
	said := Said{At: now, Scale: sheet.Survey.Scale, Overall: a.Overall, Expectation: a.Expectation, Comment: clean(a.Comment),
		Language: a.Language, Resolved: a.Resolved, WantsContact: a.WantsContact}
	for _, tp := range sheet.Touchpoints {
		comment := clean(a.Comments[tp.ID])
		if x, ok := a.Ratings[tp.ID]; ok {
			said.Ratings = append(said.Ratings, SaidRating{TouchpointID: tp.ID, Scale: sheet.Survey.TouchpointScale, Value: x, Comment: comment})
		} else if comment != "" { // words without a number are not lost: they join those about the whole journey
			said.Comment = strings.TrimSpace(said.Comment + "\n" + tp.Name.In(a.Language) + ": " + comment)
		}
	}
	return said
}

// clean keeps every script and line break and drops what no person types: NUL and other control characters.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r == 0x7f || r == utf8.RuneError) {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.TrimSpace(norm.NFC.String(s))
}

// Says reports whether two responses to a run say the same: then the second is a double click, not a change of mind.
func (r Response) Says(other Response) bool {
	if !equal(r.Overall, other.Overall) || !equal(r.Expectation, other.Expectation) || !equal(r.Resolved, other.Resolved) ||
		r.Comment != other.Comment || r.WantsContact != other.WantsContact || len(r.Ratings) != len(other.Ratings) {
		return false
	}
	for _, rating := range r.Ratings {
		if !slices.ContainsFunc(other.Ratings, func(o Rating) bool {
			return o.TouchpointID == rating.TouchpointID && o.Value == rating.Value && o.Comment == rating.Comment
		}) {
			return false
		}
	}
	return true
}

func equal[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// Read notes that the actor has seen these notices.
func (s *Service) Read(ctx context.Context, actor people.Actor, notices []Notice) error {
	if actor.EmployeeID == 0 || len(notices) == 0 {
		return nil
	}
	return s.Store.MarkRead(ctx, actor.EmployeeID, s.Now(), notices)
}

// Reply answers feedback: thanks, bring to one-to-one, or "not me" / "this was the system", which take the rating off
// the person at once and put it before her supervisor. Until the supervisor has settled that, another reply takes it
// back; afterwards nothing changes any more (Conflict).
func (s *Service) Reply(ctx context.Context, actor people.Actor, response, touchpoint int64, reply Reply) error {
	if !slices.Contains(Replies, reply) {
		return fault.Invalid(fault.Field{Name: "reply", Key: "errors.choice"})
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.NoticeOf(ctx, actor.EmployeeID, response, touchpoint)
		if err != nil {
			return err
		}
		if n.Reply == reply {
			return nil
		}
		if n.SettledAt != nil {
			return fault.Conflict("feedback.settled_already")
		}
		if err := s.own(ctx, actor, n, reply); err != nil {
			return err
		}
		now := s.Now()
		n.Reply, n.RepliedAt = reply, &now
		if n.ReadAt == nil {
			n.ReadAt = &now
		}
		if err := s.Store.SaveNotice(ctx, n); err != nil {
			return err
		}
		return s.rated(ctx, actor, event.FeedbackReplied, response, touchpoint, map[string]any{"reply": string(reply)})
	})
}

// own makes the rating hers or not hers, as the reply says.
func (s *Service) own(ctx context.Context, actor people.Actor, n Notice, reply Reply) error {
	change, verb := (*Rating).Disown, event.RatingDisowned
	switch {
	case reply.Disowns() && (n.Audience != ToEmployee || n.TouchpointID == 0): // the journey as a whole counts for nobody
		return fault.Forbidden("feedback.not_yours_to_disown")
	case reply.Disowns() == n.Reply.Disowns():
		return nil
	case n.Reply.Disowns():
		change, verb = (*Rating).Reclaim, event.RatingReclaimed
	}
	before, err := s.Store.RatingForChange(ctx, n.ResponseID, n.TouchpointID)
	if err != nil {
		return err
	}
	after := before
	after.Attributions = slices.Clone(before.Attributions)
	if !change(&after, actor.EmployeeID, s.Now()) {
		return nil // moved meanwhile
	}
	if err := s.Store.SaveAttributions(ctx, before, after); err != nil {
		return err
	}
	return s.rated(ctx, actor, verb, n.ResponseID, n.TouchpointID, map[string]any{"reply": string(reply), "employee": fmt.Sprint(actor.EmployeeID)})
}

func (s *Service) rated(ctx context.Context, actor people.Actor, verb string, response, touchpoint int64, more map[string]any) error {
	more["touchpoint"] = fmt.Sprint(touchpoint)
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "response", SubjectID: response, ActorID: actor.UserID, At: s.Now(), Particulars: more})
}

// Move re-attributes a rating to an employee of her present team, or with employee 0 to a team alone. The supervisor of
// a team that holds it (or of the touchpoint's team while nobody does) may, within the teams she answers for; managers
// may everywhere. The reason is required.
func (s *Service) Move(ctx context.Context, actor people.Actor, response, touchpoint, employee, team int64, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		before, err := s.forSupervisor(ctx, actor, response, touchpoint)
		if err != nil {
			return err
		}
		if employee != 0 {
			e, err := s.Store.EmployeeByID(ctx, employee)
			if err != nil {
				return err
			}
			team = e.TeamID
		}
		if !actor.MaySupervise(team) {
			return fault.Invalid(fault.Field{Name: "to", Key: "errors.choice"})
		}
		after := before
		after.Attributions = slices.Clone(before.Attributions)
		if err := after.Move(employee, team, s.Now()); err != nil {
			return err
		}
		if err := s.Store.SaveAttributions(ctx, before, after); err != nil {
			return err
		}
		if err := s.reroute(ctx, before, after); err != nil {
			return err
		}
		if err := s.settle(ctx, response, touchpoint); err != nil {
			return err
		}
		return s.rated(ctx, actor, event.RatingReattributed, response, touchpoint,
			map[string]any{"employee": fmt.Sprint(employee), "team": fmt.Sprint(team), "reason": reason})
	})
}

// MaxReason is how many characters the reason of a correction may have.
const MaxReason = 500

// because is a reason as it is kept.
func because(reason string) (string, error) {
	reason = clean(reason)
	if reason == "" {
		return "", fault.Invalid(fault.Field{Name: "reason", Key: "errors.required"})
	}
	if utf8.RuneCountInString(reason) > MaxReason {
		return "", fault.Invalid(fault.Field{Name: "reason", Key: "errors.too_long", Args: []any{"max", MaxReason}})
	}
	return reason, nil
}

// forSupervisor loads a rating that the actor may correct; what is out of her sight does not exist.
func (s *Service) forSupervisor(ctx context.Context, actor people.Actor, response, touchpoint int64) (Rating, error) {
	r, err := s.Store.RatingForChange(ctx, response, touchpoint)
	if err != nil {
		return r, err
	}
	teams := []int64{}
	for _, a := range r.Active() {
		teams = append(teams, a.TeamID)
	}
	if len(teams) == 0 {
		tp, err := s.Store.TouchpointByID(ctx, touchpoint)
		if err != nil {
			return r, err
		}
		teams = append(teams, tp.TeamID)
	}
	if !slices.ContainsFunc(teams, actor.MaySupervise) {
		return r, fault.Missing("errors.rating_missing")
	}
	return r, nil
}

// reroute brings a moved rating to its new owner and takes it from those it no longer concerns.
func (s *Service) reroute(ctx context.Context, before, after Rating) error {
	notices, err := s.Store.NoticesOf(ctx, before.ResponseID, before.TouchpointID)
	if err != nil {
		return err
	}
	now := s.Now()
	has := map[int64]bool{}
	for _, n := range notices {
		has[n.EmployeeID] = true
		gone := n.Audience == ToEmployee && !after.Concerns(n.EmployeeID)
		switch {
		case n.Audience != ToEmployee && after.Concerns(n.EmployeeID): // she only watched it so far
			n.Audience = ToEmployee
		case gone && n.WithdrawnAt == nil:
			n.WithdrawnAt = &now
		case !gone && n.WithdrawnAt != nil:
			n.WithdrawnAt, n.Reply, n.RepliedAt, n.ReadAt, n.SettledAt = nil, ReplyNone, nil, nil, nil
		default:
			continue
		}
		if err := s.Store.SaveNotice(ctx, n); err != nil {
			return err
		}
	}
	for _, a := range after.Active() {
		if a.EmployeeID == 0 || has[a.EmployeeID] {
			continue
		}
		n := Notice{ResponseID: after.ResponseID, TouchpointID: after.TouchpointID, EmployeeID: a.EmployeeID, Audience: ToEmployee,
			Mood: after.Scale.Mood(after.Value), At: after.AnsweredAt}
		if err := s.Store.SaveNotice(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// Settle ends a dispute as it stands: the supervisor agrees that the rating is nobody's in person. The reason is
// required.
func (s *Service) Settle(ctx context.Context, actor people.Actor, response, touchpoint int64, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.forSupervisor(ctx, actor, response, touchpoint); err != nil {
			return err
		}
		if err := s.settle(ctx, response, touchpoint); err != nil {
			return err
		}
		return s.rated(ctx, actor, event.RatingSettled, response, touchpoint, map[string]any{"reason": reason})
	})
}

func (s *Service) settle(ctx context.Context, response, touchpoint int64) error {
	notices, err := s.Store.NoticesOf(ctx, response, touchpoint)
	if err != nil {
		return err
	}
	now := s.Now()
	for _, n := range notices {
		if n.Reply.Disowns() && n.SettledAt == nil {
			n.SettledAt = &now
			if err := s.Store.SaveNotice(ctx, n); err != nil {
				return err
			}
		}
	}
	return nil
}
