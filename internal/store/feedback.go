package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// SettingOf gathers what decides whom an answer to a run concerns. Within a transaction the run is kept until its end.
func (s *Store) SettingOf(ctx context.Context, runID int64) (feedback.Setting, error) {
	found, err := s.SettingsOf(ctx, []int64{runID})
	if err != nil {
		return feedback.Setting{}, err
	}
	setting, ok := found[runID]
	if !ok {
		return setting, fault.Missing("errors.run_missing")
	}
	return setting, nil
}

// SettingsOf implements feedback.Store. Runs are locked in the order of their numbers.
func (s *Store) SettingsOf(ctx context.Context, runs []int64) (map[int64]feedback.Setting, error) {
	rows, err := in[run.Run](s.kept(ctx).Order("id"), "runs", "id", unique(runs))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	found, err := s.settings(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("gather settings of %d runs: %w", len(rows), err)
	}
	return found, nil
}

// settings gathers the surroundings of many runs at once.
func (s *Store) settings(ctx context.Context, runs []run.Run) (map[int64]feedback.Setting, error) {
	walks, err := s.meetings(ctx, runs)
	if err != nil {
		return nil, err
	}
	d, err := s.designOf(ctx, walks)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]feedback.Setting, len(walks))
	for id, w := range walks {
		out[id] = d.setting(s, w)
	}
	return out, nil
}

// ResponseOf loads the answer to a run whole; a Missing fault when there is none.
func (s *Store) ResponseOf(ctx context.Context, runID int64) (feedback.Response, error) {
	found, err := s.ResponsesOf(ctx, []int64{runID})
	if err != nil {
		return feedback.Response{}, err
	}
	r, ok := found[runID]
	if !ok {
		return r, fault.Missing("errors.response_missing")
	}
	return r, nil
}

// ResponsesOf loads answers whole, by run.
func (s *Store) ResponsesOf(ctx context.Context, runs []int64) (map[int64]feedback.Response, error) {
	rows, err := in[feedback.Response](s.read(ctx), "responses", "run_id", runs)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	ratings, err := s.ratingsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]feedback.Response, len(rows))
	for _, r := range rows {
		r.Ratings = ratings[r.ID]
		out[r.RunID] = r
	}
	return out, nil
}

// ratingsOf loads ratings with every attribution they ever had, by response.
func (s *Store) ratingsOf(ctx context.Context, responses []int64) (map[int64][]feedback.Rating, error) {
	attributions, err := in[feedback.Attribution](s.read(ctx).Order("employee_id, team_id"), "attributions", "response_id", responses)
	if err != nil {
		return nil, err
	}
	type place struct{ response, touchpoint int64 }
	of := map[place][]feedback.Attribution{}
	for _, a := range attributions {
		k := place{a.ResponseID, a.TouchpointID}
		of[k] = append(of[k], a)
	}
	rows, err := in[feedback.Rating](s.read(ctx).Order("at, touchpoint_id"), "ratings", "response_id", responses)
	if err != nil {
		return nil, err
	}
	out := map[int64][]feedback.Rating{}
	for _, r := range rows {
		r.Attributions = of[place{r.ResponseID, r.TouchpointID}]
		out[r.ResponseID] = append(out[r.ResponseID], r)
	}
	return out, nil
}

// AddResponses writes new answers whole, with the sums that will count them.
func (s *Store) AddResponses(ctx context.Context, rs ...feedback.Response) error {
	if len(rs) == 0 {
		return nil
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		s.soon(ctx)
		if err := pour(ctx, s, "responses", rs, ""); err != nil {
			return err
		}
		if err := s.addParts(ctx, rs, false); err != nil {
			return err
		}
		sums := feedback.NewSumsOf(len(rs))
		for i := range rs {
			if err := sums.Answer(&rs[i], +1); err != nil {
				return fmt.Errorf("count response %d: %w", rs[i].ID, err)
			}
		}
		return s.count(ctx, sums)
	})
}

// ratingRow is a rating with whom it plainly concerns; zeros leave that to further_attributions. Told says that she has it
// unread, and of what mood it is; 0 leaves that to notices.
type ratingRow struct {
	feedback.Rating
	EmployeeID int64
	TeamID     int64
	Told       int16
}

// packedRating is a ratingRow as it is kept; the view ratings reads it back.
type packedRating struct {
	ResponseID   int64
	TouchpointID int64
	EmployeeID   int64
	TeamID       int64
	At           time.Time
	AnsweredAt   time.Time
	Day          int32
	Value        int16
	Expectation  int16
	Scale        int16
	Judged       int16
	Told         int16
	Comment      string
}

// unsaid is the expectation nobody told.
const unsaid = 9

// metrics and judgements are what packed_ratings counts from 0.
var (
	metrics    = []stat.Metric{stat.NPS, stat.CSAT, stat.CES}
	judgements = []journey.Judged{journey.JudgedPerson, journey.JudgedProcess, journey.JudgedBoth}
)

// packed is the row as it is kept.
func (r ratingRow) packed() packedRating {
	p := packedRating{ResponseID: r.ResponseID, TouchpointID: r.TouchpointID, EmployeeID: r.EmployeeID, TeamID: r.TeamID, At: r.At,
		AnsweredAt: r.AnsweredAt, Day: r.Day, Value: int16(r.Value), Expectation: unsaid, Scale: packedScale(r.Scale),
		Judged: int16(slices.Index(judgements, r.Judged)), Told: r.Told, Comment: r.Comment}
	if r.Expectation != nil {
		p.Expectation = int16(*r.Expectation)
	}
	return p
}

// Packed is ratings as they are kept, of nobody plainly: for the bench, which writes them another way.
func Packed(rs []feedback.Rating) []packedRating {
	out := make([]packedRating, len(rs))
	for i, r := range rs {
		out[i] = ratingRow{Rating: r}.packed()
	}
	return out
}

// packedScale writes a scale in digits: its metric, the lowest answer, two of the highest, and whether low is good.
func packedScale(s stat.Scale) int16 {
	digits := 10000*slices.Index(metrics, s.Metric) + 1000*s.Lo + 10*s.Hi
	if s.LowGood {
		digits++
	}
	return int16(digits)
}

// moods are what packed_ratings.told counts.
var moods = []stat.Mood{1: stat.Negative, 2: stat.Neutral, 3: stat.Positive}

// notice is what a rating tells the employee it plainly concerns.
func (r ratingRow) notice() feedback.Notice {
	return feedback.Notice{ResponseID: r.ResponseID, TouchpointID: r.TouchpointID, EmployeeID: r.EmployeeID,
		Audience: feedback.ToEmployee, Mood: r.Scale.Mood(r.Value), At: r.AnsweredAt}
}

// tell lets the rating carry its employee's notice; the others are left.
func (r *ratingRow) tell(notices []feedback.Notice) (left []feedback.Notice) {
	i := slices.Index(notices, r.notice())
	if i < 0 {
		return notices
	}
	r.Told = int16(slices.Index(moods, notices[i].Mood))
	return slices.Delete(notices, i, i+1)
}

// addParts writes ratings, attributions and notices. Of an answer that was given anew all notices stand apart: there may be
// some that she replied to.
func (s *Store) addParts(ctx context.Context, rs []feedback.Response, anew bool) error {
	rated := 0
	for i := range rs {
		rated += len(rs[i].Ratings)
	}
	ratings := make([]packedRating, 0, rated)
	var further []feedback.Attribution
	var notices []feedback.Notice
	for _, r := range rs {
		apart := slices.Clone(r.Notices)
		for _, rating := range r.Ratings {
			row := ratingRow{Rating: rating}
			if a, ok := rating.Plainly(); ok {
				row.EmployeeID, row.TeamID = a.EmployeeID, a.TeamID
			} else {
				further = append(further, rating.Attributions...)
			}
			if row.EmployeeID != 0 && !anew {
				apart = row.tell(apart)
			}
			ratings = append(ratings, row.packed())
		}
		notices = append(notices, apart...)
	}
	if err := pour(ctx, s, "packed_ratings", ratings, ""); err != nil {
		return err
	}
	if err := pour(ctx, s, "further_attributions", further, ""); err != nil {
		return err
	}
	return pour(ctx, s, "notices", notices, "ON CONFLICT DO NOTHING")
}

// setApart gives the notices that the ratings of responses carry, of one employee or with 0 of all, rows of their own:
// before somebody reads or corrects them. It must be in a transaction, and keeps the ratings for it.
func (s *Store) setApart(ctx context.Context, employee int64, responses ...int64) error {
	where := "told <> 0"
	if employee != 0 {
		where = fmt.Sprintf("told <> 0 AND employee_id = %d", employee)
	}
	rows, err := in[ratingRow](s.kept(ctx).Where(where).Order("response_id, touchpoint_id"), "ratings", "response_id", unique(responses))
	if err != nil || len(rows) == 0 {
		return err
	}
	notices := make([]feedback.Notice, len(rows))
	for i, r := range rows {
		notices[i] = r.notice()
	}
	if err := pour(ctx, s, "notices", notices, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	return s.write(ctx).Exec("UPDATE packed_ratings SET told = 0 WHERE "+where+" AND response_id IN ?", unique(responses)).Error
}

// count queues sums for the fold: one row, however many answers they are of. It queues them though they may come to
// nothing, as of an answer whose words alone changed: open pages hear of it from the fold.
func (s *Store) count(ctx context.Context, sums feedback.Sums) error {
	payload, err := sums.MarshalBinary()
	if err != nil {
		return err
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		t, _ := s.txOf(ctx)
		t.moved, t.sums = true, append(t.sums, payload)
		return nil
	})
}

// ReplaceResponse puts a newer answer in the place of an older one: the old one goes to the history whole and its
// counts are taken back; what people already replied, and whom it was found to concern, stays on the touchpoints that are
// still rated. next is as Compose made it: the promises of the run, as they are on record now, are those of both.
func (s *Store) ReplaceResponse(ctx context.Context, old, next feedback.Response) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		s.soon(ctx)
		if err := s.KeepHistory(ctx, old.ID, old); err != nil {
			return err
		}
		next.ID, next.Revision, next.CreatedAt = old.ID, old.Revision+1, old.CreatedAt
		next.Inherit(old)
		rebind(&next)
		db := s.write(ctx)
		for _, q := range []string{
			"DELETE FROM packed_ratings WHERE response_id = ?", "DELETE FROM further_attributions WHERE response_id = ?",
			"DELETE FROM notices WHERE response_id = ? AND reply = ''"} {
			if err := db.Exec(q, old.ID).Error; err != nil {
				return fmt.Errorf("clear response %d: %w", old.ID, err)
			}
		}
		if err := db.Table("responses").Save(&next).Error; err != nil {
			return fmt.Errorf("replace response %d: %w", old.ID, err)
		}
		if err := s.addParts(ctx, []feedback.Response{next}, true); err != nil {
			return err
		}
		sums := feedback.NewSums()
		old.Promises = next.Promises
		if err := errors.Join(sums.Answer(&old, -1), sums.Answer(&next, +1)); err != nil {
			return fmt.Errorf("count response %d again: %w", old.ID, err)
		}
		return s.count(ctx, sums)
	})
}

// rebind gives the parts of a response its number.
func rebind(r *feedback.Response) {
	for i := range r.Ratings {
		r.Ratings[i].ResponseID = r.ID
		for j := range r.Ratings[i].Attributions {
			r.Ratings[i].Attributions[j].ResponseID = r.ID
		}
	}
	for i := range r.Notices {
		r.Notices[i].ResponseID = r.ID
	}
}

type historyRow struct {
	ResponseID int64
	AnsweredAt time.Time
	Key        string
	Said       string
}

// KeepHistory stores an answer that does not count (any more) beside the one that does.
func (s *Store) KeepHistory(ctx context.Context, response int64, said feedback.Response) error {
	said.Notices = nil
	raw, err := json.Marshal(said)
	if err != nil {
		return err
	}
	row := historyRow{ResponseID: response, AnsweredAt: said.AnsweredAt, Key: said.Key, Said: string(raw)}
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("response_history").Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
	})
}

// HistoryOf lists what an answer said before, the latest first.
func (s *Store) HistoryOf(ctx context.Context, response int64) ([]feedback.Response, error) {
	rows, err := all[historyRow](s.read(ctx).Table("response_history").Where("response_id = ?", response).Order("answered_at DESC"))
	if err != nil {
		return nil, err
	}
	out := make([]feedback.Response, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Said), &out[i]); err != nil {
			return nil, fmt.Errorf("read history of response %d: %w", response, err)
		}
	}
	return out, nil
}

// lockAnswers keeps what was said about runs for this transaction. A new answer locks the same runs in the same order (see
// SettingsOf): were only the ratings locked, one would be replaced with the attributions of a moment ago, and the figures
// would drift.
func (s *Store) lockAnswers(ctx context.Context, responses ...int64) error {
	lock := s.lock(ctx)
	if lock == "" {
		return nil
	}
	err := s.read(ctx).Exec("SELECT id FROM runs WHERE id IN (SELECT run_id FROM responses WHERE id IN ?) ORDER BY id"+lock, some(responses)).Error
	if err != nil {
		return fmt.Errorf("lock responses %d: %w", responses, err)
	}
	return nil
}

// RatingForChange loads one rating with all its attributions and keeps it for this transaction.
func (s *Store) RatingForChange(ctx context.Context, response, touchpoint int64) (feedback.Rating, error) {
	if err := s.lockAnswers(ctx, response); err != nil {
		return feedback.Rating{}, err
	}
	r, err := one[feedback.Rating](s.read(ctx).Table("ratings").Where("response_id = ? AND touchpoint_id = ?", response, touchpoint), "errors.rating_missing")
	if err != nil {
		return r, err
	}
	r.Attributions, err = all[feedback.Attribution](s.read(ctx).Table("attributions").
		Where("response_id = ? AND touchpoint_id = ?", response, touchpoint).Order("employee_id, team_id"))
	return r, err
}

// SaveAttributions writes the corrected attributions of a rating, all of them, and counts the difference.
func (s *Store) SaveAttributions(ctx context.Context, before, after feedback.Rating) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := s.setApart(ctx, 0, after.ResponseID); err != nil {
			return err
		}
		db := s.write(ctx)
		err := db.Exec("UPDATE packed_ratings SET employee_id = 0, team_id = 0 WHERE response_id = ? AND touchpoint_id = ?", after.ResponseID, after.TouchpointID).Error
		if err != nil {
			return fmt.Errorf("attribute rating %d/%d: %w", after.ResponseID, after.TouchpointID, err)
		}
		for _, a := range after.Attributions {
			if err := db.Table("further_attributions").Clauses(replacing).Create(&a).Error; err != nil {
				return fmt.Errorf("attribute rating %d/%d: %w", a.ResponseID, a.TouchpointID, err)
			}
		}
		sums := feedback.NewSums()
		sums.Count(append(before.Deltas(-1), after.Deltas(+1)...)...)
		return s.count(ctx, sums)
	})
}

// NoticeOf loads one person's feedback, and keeps it and its rating for this transaction; a Missing fault when it is not
// hers or was withdrawn.
func (s *Store) NoticeOf(ctx context.Context, employee, response, touchpoint int64) (feedback.Notice, error) {
	if employee == 0 {
		return feedback.Notice{}, fault.Missing("errors.feedback_missing")
	}
	if err := s.lockAnswers(ctx, response); err != nil {
		return feedback.Notice{}, err
	}
	return one[feedback.Notice](s.read(ctx).Table("feedback").
		Where("employee_id = ? AND response_id = ? AND touchpoint_id = ? AND withdrawn_at IS NULL", employee, response, touchpoint),
		"errors.feedback_missing")
}

// SaveNotice adds or replaces one person's feedback.
func (s *Store) SaveNotice(ctx context.Context, n feedback.Notice) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := s.setApart(ctx, 0, n.ResponseID); err != nil {
			return err
		}
		return s.write(ctx).Table("notices").Clauses(replacing).Create(&n).Error
	})
}

// replacing writes a row over the one that is there. GORM's Save only ever inserts when a part of the key is 0, which for
// a team (employee 0) and for a journey as a whole (touchpoint 0) is what the key says.
var replacing = clause.OnConflict{UpdateAll: true}

// NoticesOf lists who got an answer about one touchpoint.
func (s *Store) NoticesOf(ctx context.Context, response, touchpoint int64) ([]feedback.Notice, error) {
	return all[feedback.Notice](s.read(ctx).Table("feedback").Where("response_id = ? AND touchpoint_id = ?", response, touchpoint))
}

// missing reports whether err says that a row is not there.
func missing(err error) bool {
	return errors.Is(err, gorm.ErrRecordNotFound) || fault.KindOf(err) == fault.KindMissing
}
