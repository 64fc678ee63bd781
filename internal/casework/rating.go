package casework

import (
	"context"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Rating is how a customer rates the journey after her case, on the scale it was rated on before. It tells who was won back
// (methods.md §1.10), and enters no score.
type Rating struct {
	CaseID int64 `gorm:"primaryKey;autoIncrement:false"`
	Value  int
	Scale  stat.Scale
	At     time.Time
}

// Rate takes a customer's rating after her word on the case; a later one replaces it. Faults: those of Question, Conflict
// cases.link_over before her word, and Invalid for what is not on the journey's scale.
func (s *Service) Rate(ctx context.Context, token string, value int) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		link, err := s.Store.LinkByHash(ctx, id.Hash(token))
		if err != nil {
			return unknown(err)
		}
		c, err := s.Store.CaseByID(ctx, link.CaseID)
		if err != nil {
			return unknown(err)
		}
		scale, err := s.scale(ctx, c)
		switch {
		case err != nil:
			return err
		case link.Verdict == "":
			return fault.Conflict("cases.link_over")
		case !scale.Valid(value):
			return fault.Invalid(fault.Field{Name: "rating", Key: "errors.choice"})
		}
		r := Rating{CaseID: c.ID, Value: value, Scale: scale, At: s.Now()}
		if err := s.Store.SaveCaseRating(ctx, r); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.CaseRated, SubjectKind: "case", SubjectID: c.ID, At: r.At})
	})
}

// scale is the one that the journey is rated on; the zero scale where nothing is asked at its end.
func (s *Service) scale(ctx context.Context, c Case) (stat.Scale, error) {
	walk, err := s.Store.WalkOf(ctx, c.RunID)
	if err != nil {
		return stat.Scale{}, err
	}
	sv, err := s.Store.SurveyOf(ctx, walk.Run.VersionID)
	if fault.KindOf(err) == fault.KindMissing {
		return stat.Scale{}, nil
	}
	return sv.Scale, err
}
