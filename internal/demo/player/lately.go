package player

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/people"
)

// recent reports whether the play has come to its last days: then letters go to and fro, for who signs in to read.
func (p *player) recent() bool { return p.now.After(p.company.Now.Add(-lately)) }

// Shares of the last days' cases: where the owner writes after the call, where the customer writes by herself before anybody
// called, and where a colleague helps.
const (
	writes    = .6
	impatient = .5
	helps     = .4
)

// SendLetter implements casework.Sender.
func (postman) SendLetter(context.Context, casework.LetterTo) error { return nil }

// post takes letters out of the house.
func (p *player) post(ctx context.Context) error {
	due, err := p.cases.DueMails(ctx, slice)
	for _, mail := range due {
		if err := p.cases.Deliver(ctx, mail); err != nil {
			return err
		}
	}
	return err
}

// write lets the owner write to the customer after the call; she answers within a day.
func (p *player) write(r *recovery) {
	if !p.recent() || p.luck.Float64() >= writes {
		return
	}
	language := p.customers[r.walk.Customer].Language
	p.at(p.now.Add(15*time.Minute), func(ctx context.Context) error {
		err := p.work(ctx, r, func(actor people.Actor, c casework.Case, _ func(i18n.Text) string) (casework.Case, error) {
			written, err := p.cases.Write(ctx, actor, c.ID, demo.LetterSubject.In(language), demo.Letter.In(language))
			if fault.KindOf(err) == fault.KindConflict {
				return c, nil // mail does not reach her
			}
			p.at(p.now.Add(time.Duration(3+p.luck.IntN(20))*time.Hour), func(ctx context.Context) error {
				return p.answers(ctx, r, demo.LetterSubject.In(language), demo.Reply.In(language))
			})
			return written, err
		})
		if err != nil {
			return err
		}
		return p.post(ctx)
	})
}

// ask puts the question whether it is solved on its way; what waits for the morning leaves then (see night).
func (p *player) ask(ctx context.Context, id int64) error {
	if !p.recent() { // nobody reads older ones
		return nil
	}
	return errors.Join(p.cases.Ask(ctx, id), p.post(ctx))
}

// answers lets the customer answer the last letter, with a photograph.
func (p *player) answers(ctx context.Context, r *recovery, subject, words string) error {
	mails, err := p.store.MailsOf(ctx, r.id)
	if err != nil || len(mails) == 0 {
		return err
	}
	language := p.customers[r.walk.Customer].Language
	return p.mailed(ctx, r, casework.LetterFrom{To: []string{"care+" + mails[len(mails)-1].Token + "@mirava.example"}, Subject: "Re: " + subject, Words: words,
		Files: []casework.FileFrom{{Name: demo.Photo.In(language), Type: "image/png", Content: photo()}}})
}

// mailed lets the customer's mail come in.
func (p *player) mailed(ctx context.Context, r *recovery, l casework.LetterFrom) error {
	l.From, l.MessageID = p.customers[r.walk.Customer].Email, fmt.Sprintf("%s.%d@customers.example", r.walk.Key, p.now.Unix())
	m, _, err := p.cases.Receive(ctx, l)
	if err != nil || m.CaseID == 0 {
		return errors.Join(err, p.bring(ctx, r, m))
	}
	c, err := p.store.CaseByID(ctx, r.id)
	p.watch(r, c)
	return err
}

// leftLost is how long before the end of the play mail that came from nowhere is left for whoever signs in.
const leftLost = 2 * 24 * time.Hour

// bring lets the manager say to which case a mail belongs.
func (p *player) bring(ctx context.Context, r *recovery, m casework.Mail) error {
	if p.now.After(p.company.Now.Add(-leftLost)) {
		return nil
	}
	manager, err := p.actor(ctx, demo.Manager)
	if err != nil {
		return err
	}
	if err := p.cases.Assign(ctx, manager, m.ID, r.id); err != nil {
		return err
	}
	c, err := p.store.CaseByID(ctx, r.id)
	p.watch(r, c)
	return err
}

// photo is a router in the dark, its second light red.
func photo() []byte {
	picture := image.NewPaletted(image.Rect(0, 0, 320, 200), color.Palette{color.Gray{24}, color.RGBA{40, 180, 90, 255}, color.RGBA{220, 40, 40, 255}})
	for light, shines := range []uint8{1, 2, 1, 1, 1} {
		for i := range 20 * 12 {
			picture.SetColorIndex(40+light*56+i%20, 94+i/20, shines)
		}
	}
	var out bytes.Buffer
	_ = png.Encode(&out, picture) // a buffer takes everything
	return out.Bytes()
}

// untold is what happens to a case that is left to whoever signs in: the customer asks where the call is, a colleague helps.
func (p *player) untold(r *recovery, c casework.Case) {
	owner := p.people[c.OwnerID]
	if owner == nil || !owner.signsIn || !p.recent() {
		return
	}
	if c := p.customers[r.walk.Customer]; c.Email != "" && p.luck.Float64() < impatient {
		p.at(p.now.Add(time.Duration(4+p.luck.IntN(16))*time.Hour), func(ctx context.Context) error {
			return p.mailed(ctx, r, casework.LetterFrom{Words: demo.Unasked.In(c.Language)})
		})
	}
	if p.luck.Float64() < helps {
		p.at(p.atWork(p.now.Add(6*time.Hour)), func(ctx context.Context) error { return p.help(ctx, r, owner.team) })
	}
}

// help lets the owner's supervisor write a note.
func (p *player) help(ctx context.Context, r *recovery, team string) error {
	actor, err := p.actor(ctx, p.supervisors[team])
	if err != nil {
		return err
	}
	_, err = p.cases.Note(ctx, actor, r.id, demo.HelpNote.In(p.people[p.employees[p.supervisors[team]]].language))
	if k := fault.KindOf(err); k == fault.KindMissing || k == fault.KindConflict { // not hers to see, or over
		return nil
	}
	return err
}

// planLately puts on the agenda what is told about single walks, and mail from addresses that nobody knows.
func (p *player) planLately() {
	for _, h := range demo.HeardOf {
		at := p.midnight(p.company.Now.AddDate(0, 0, -h.DaysAgo)).Add(15 * time.Hour)
		p.at(at, func(ctx context.Context) error { return p.hearOf(ctx, h) })
	}
	p.at(p.company.Now.Add(-20*time.Hour), p.handOn)
	for _, s := range demo.Strays {
		p.at(p.company.Now.Add(-time.Duration(s.HoursAgo)*time.Hour), func(ctx context.Context) error {
			_, _, err := p.cases.Receive(ctx, casework.LetterFrom{MessageID: s.From, From: s.From, Subject: s.Subject, Words: s.Words})
			return err
		})
	}
}

// handOn gives the technician who signs in two cases of the last days that nobody has begun with: he was there.
func (p *player) handOn(ctx context.Context) error {
	given := 0
	for _, id := range slices.Sorted(maps.Keys(p.recoveries)) {
		r := p.recoveries[id]
		to := p.visitor(r)
		c, err := p.store.CaseByID(ctx, id)
		if err != nil {
			return err
		}
		if to == nil || !to.signsIn || c.Closed() || c.ContactedAt != nil || c.OwnerID == p.employees[to.key] {
			continue
		}
		actor, err := p.actor(ctx, p.people[c.OwnerID].key)
		if err != nil {
			return err
		}
		if c, err = p.cases.HandOver(ctx, actor, id, c.OwnerID, p.employees[to.key], demo.HandedOn.In(to.language)); err != nil {
			return err
		}
		p.watch(r, c)
		if given++; given == 2 {
			break
		}
	}
	return nil
}

// hearOf writes down what the customer of the employee's latest walk has told, who wants to be called.
func (p *player) hearOf(ctx context.Context, h demo.Heard) error {
	who := h.By[0]
	var about *walk
	for _, w := range p.known {
		last := w.Contacts[len(w.Contacts)-1].Started
		served := slices.ContainsFunc(w.Contacts, func(k demo.Contact) bool {
			return k.Touchpoint == h.Touchpoint && k.Ended.Before(p.now) && slices.ContainsFunc(k.People, func(x demo.Person) bool { return x.Employee == who })
		})
		if served && w.told > 0 && (about == nil || last.After(about.Contacts[len(about.Contacts)-1].Started)) {
			about = w
		}
	}
	if about == nil { // in a small play she served nobody there
		return nil
	}
	actor, err := p.actor(ctx, who)
	if err != nil {
		return err
	}
	language := p.people[p.employees[who]].language
	_, err = p.observations.Record(ctx, actor, observation.Draft{Kind: observation.Kind(h.Kind), Touchpoint: p.touchpoints[h.Touchpoint], About: about.Key,
		Words: h.Words.In(language), Language: language, WantsCall: true})
	if fault.KindOf(err) == fault.KindInvalid { // as in hear
		return nil
	}
	if err != nil {
		return err
	}
	_, err = p.follow(ctx)
	return err
}
