package staff

import (
	"context"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/run"
)

// What the file of a customer's data says of winning her back, and of what she told us beside surveys. What an answer in
// confidence gave as a reason for a case is not in it.

type caseData struct {
	Journey      string         `json:"journey"`
	State        casework.State `json:"state"`
	Reasons      []reasonData   `json:"reasons"`
	Causes       []string       `json:"causes"`
	OpenedAt     time.Time      `json:"opened_at"`
	ContactedAt  *time.Time     `json:"contacted_at"`
	ClosedAt     *time.Time     `json:"closed_at"`
	Solution     string         `json:"solution"`
	Compensation int64          `json:"compensation_minor"`
	Currency     string         `json:"currency"`
	Conversation []stepData     `json:"conversation"`
	Letters      []letterData   `json:"letters"`
	Files        []fileData     `json:"files"`
	Rating       *afterData     `json:"rating_after"`
}

type reasonData struct {
	Kind        casework.Kind     `json:"kind"`
	At          time.Time         `json:"at"`
	Particulars map[string]string `json:"particulars"`
}

type stepData struct {
	At      time.Time         `json:"at"`
	Kind    casework.StepKind `json:"kind"`
	Channel casework.Channel  `json:"channel,omitempty"`
	Result  string            `json:"result,omitempty"`
	Words   string            `json:"words"`
}

type letterData struct {
	At      time.Time          `json:"at"`
	Kind    casework.MailKind  `json:"kind"`
	State   casework.MailState `json:"state"`
	Sender  string             `json:"sender,omitempty"`
	Subject string             `json:"subject"`
	Words   string             `json:"words"`
	Files   []fileData         `json:"files,omitempty"` // of a case they stand beside its letters
}

type fileData struct {
	At      time.Time `json:"at"`
	Name    string    `json:"name"`
	Type    string    `json:"type"`
	Content []byte    `json:"content_base64"`
}

type afterData struct {
	At    time.Time `json:"at"`
	Scale string    `json:"scale"`
	Value int       `json:"value"`
}

type heardData struct {
	At         time.Time         `json:"at"`
	Kind       observation.Kind  `json:"kind"`
	Touchpoint string            `json:"touchpoint"`
	Words      string            `json:"words"`
	WantsCall  bool              `json:"wants_call"`
	State      observation.State `json:"state"`
	Answer     string            `json:"answer"`
}

type callData struct {
	ListedAt time.Time        `json:"listed_at"`
	HeldOut  bool             `json:"held_out_to_compare"`
	CalledAt *time.Time       `json:"called_at"`
	Outcome  outreach.Outcome `json:"outcome"`
	Note     string           `json:"note"`
}

type consentData struct {
	As          string     `json:"as"`
	At          time.Time  `json:"at"`
	PublishedAt *time.Time `json:"published_at"`
}

func (d *Desk) addCases(ctx context.Context, data *customerData, customer int64) error {
	cases, err := d.Store.CasesOf(ctx, customer)
	if err != nil {
		return err
	}
	ids := make([]int64, len(cases))
	for i, c := range cases {
		ids[i] = c.JourneyID
	}
	names, err := d.Store.JourneysByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, c := range cases {
		x := caseData{Journey: names[c.JourneyID].In(i18n.From(ctx).Lang()), State: c.State, OpenedAt: c.OpenedAt, ContactedAt: c.ContactedAt, ClosedAt: c.ClosedAt,
			Solution: c.Solution, Compensation: c.CompensationMinor, Currency: c.Currency, Reasons: []reasonData{}, Causes: []string{}, Letters: []letterData{}, Files: []fileData{}}
		if !data.confidential[c.RunID] {
			if err := d.addReasons(ctx, &x, c.ID); err != nil {
				return err
			}
		}
		if err := d.addConversation(ctx, &x, c.ID); err != nil {
			return err
		}
		data.Cases = append(data.Cases, x)
	}
	return nil
}

func (d *Desk) addReasons(ctx context.Context, x *caseData, id int64) error {
	triggers, err := d.Store.TriggersOf(ctx, id)
	for _, t := range triggers {
		x.Reasons = append(x.Reasons, reasonData{Kind: t.Kind, At: t.At, Particulars: t.Particulars})
	}
	return err
}

func (d *Desk) addConversation(ctx context.Context, x *caseData, id int64) error {
	causes, err := d.Store.CausesOf(ctx, id)
	if err != nil {
		return err
	}
	for _, c := range causes {
		x.Causes = append(x.Causes, string(c.Cause))
	}
	steps, err := d.Store.StepsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, s := range steps {
		x.Conversation = append(x.Conversation, stepData{At: s.At, Kind: s.Kind, Channel: s.Channel, Result: s.Result, Words: s.Words})
	}
	letters, err := d.Store.MailsOf(ctx, id)
	if err != nil {
		return err
	}
	x.Letters = lettersOf(letters)
	if err := d.addFiles(ctx, x, id); err != nil {
		return err
	}
	switch r, err := d.Store.CaseRating(ctx, id); {
	case err == nil:
		x.Rating = &afterData{At: r.At, Scale: r.Scale.String(), Value: r.Value}
	case fault.KindOf(err) != fault.KindMissing:
		return err
	}
	return nil
}

func lettersOf(mails []casework.Mail) []letterData {
	out := make([]letterData, len(mails))
	for i, m := range mails {
		out[i] = letterData{At: m.MadeAt, Kind: m.Kind, State: m.State, Sender: m.Sender, Subject: m.Subject, Words: m.Words}
	}
	return out
}

func (d *Desk) addFiles(ctx context.Context, x *caseData, id int64) error {
	files, err := d.Store.FilesOf(ctx, id)
	if err != nil {
		return err
	}
	for _, f := range files {
		_, content, err := d.Store.CaseFile(ctx, id, f.ID)
		if err != nil {
			return err
		}
		x.Files = append(x.Files, fileData{At: f.At, Name: f.Name, Type: f.Type, Content: content})
	}
	return nil
}

// addHeard adds what she told employees, the calls that she was on a list for, and letters from her that belong to no case.
func (d *Desk) addHeard(ctx context.Context, data *customerData, c run.Customer) error {
	heard, err := d.Store.ObservationsOfCustomer(ctx, c.ID)
	if err != nil {
		return err
	}
	places := make([]int64, len(heard))
	for i, o := range heard {
		places[i] = o.TouchpointID
	}
	touchpoints, err := d.Store.TouchpointsByID(ctx, places)
	if err != nil {
		return err
	}
	data.Heard = make([]heardData, len(heard))
	for i, o := range heard {
		data.Heard[i] = heardData{At: o.At, Kind: o.Kind, Touchpoint: touchpoints[o.TouchpointID].Name.In(i18n.From(ctx).Lang()), Words: o.Words, WantsCall: o.WantsCall, State: o.State, Answer: o.Answer}
	}
	members, err := d.Store.MembersOfCustomer(ctx, c.ID)
	if err != nil {
		return err
	}
	data.Calls = make([]callData, len(members))
	for i, m := range members {
		data.Calls[i] = callData{ListedAt: m.At, HeldOut: m.Held, CalledAt: m.CalledAt, Outcome: m.Outcome, Note: m.Note}
	}
	return d.addLost(ctx, data, c.Email)
}

func (d *Desk) addLost(ctx context.Context, data *customerData, address string) error {
	lost, err := d.Store.UnmatchedMailsFrom(ctx, address)
	if err != nil {
		return err
	}
	data.Lost = lettersOf(lost)
	for i, m := range lost {
		files, err := d.Store.MailFilesOf(ctx, []int64{m.ID}, true)
		if err != nil {
			return err
		}
		for _, f := range files {
			data.Lost[i].Files = append(data.Lost[i].Files, fileData{At: m.MadeAt, Name: f.Name, Type: f.Type, Content: f.Bytes})
		}
	}
	return nil
}

// consentTo is a customer's yes to publishing an answer; nil where she gave none.
func (d *Desk) consentTo(ctx context.Context, response int64) (*consentData, error) {
	c, found, err := d.Store.ConsentOf(ctx, response)
	if err != nil || !found {
		return nil, err
	}
	return &consentData{As: c.Name, At: c.At, PublishedAt: c.ChosenAt}, nil
}
