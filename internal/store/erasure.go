package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/run"
)

// What is a customer's, as sets of numbers: her runs, her answers, her cases, what employees heard from her, and the
// letters of her cases or from her address.
const (
	herRuns    = "(SELECT id FROM runs WHERE customer_id = @she)"
	herAnswers = "(SELECT id FROM responses WHERE run_id IN " + herRuns + ")"
	herCases   = "(SELECT id FROM cases WHERE customer_id = @she)"
	herWishes  = "(SELECT id FROM observations WHERE customer_id = @she OR run_id IN " + herRuns + ")"
	herMails   = "(SELECT id FROM case_mails WHERE case_id IN " + herCases + " OR (case_id = 0 AND sender <> '' AND sender = @address))"
)

// erasing takes a customer out of every table, in an order in which each statement still finds what is hers. Rows that
// something is counted from stay, as those of nobody.
var erasing = []string{
	"DELETE FROM invitation_tokens WHERE invitation_id IN (SELECT id FROM invitations WHERE run_id IN " + herRuns + ")",
	"DELETE FROM response_history WHERE response_id IN " + herAnswers,
	"DELETE FROM praise_shares WHERE response_id IN " + herAnswers,
	"DELETE FROM praise_consents WHERE response_id IN " + herAnswers,
	"UPDATE coaching_entries SET words = '' WHERE (response_id <> 0 AND response_id IN " + herAnswers + ") OR (observation_id <> 0 AND observation_id IN " + herWishes + ")",
	"UPDATE packed_ratings SET comment = '' WHERE comment <> '' AND response_id IN " + herAnswers,
	"UPDATE responses SET key = '', comment = '', search = '' WHERE run_id IN " + herRuns,
	"UPDATE observations SET words = '', search = '', answer = '', wants_call = @no WHERE id IN " + herWishes,
	"DELETE FROM mail_files WHERE mail_id IN " + herMails,
	`UPDATE case_mails SET sender = '', subject = '', words = '', token = '', message_id = '', next_at = NULL,
		state = CASE state WHEN 'waiting' THEN 'dropped' WHEN 'lost' THEN 'set_aside' ELSE state END WHERE id IN ` + herMails,
	"DELETE FROM case_files WHERE case_id IN " + herCases,
	"DELETE FROM case_links WHERE case_id IN " + herCases,
	"UPDATE case_steps SET words = '' WHERE case_id IN " + herCases,
	"UPDATE case_triggers SET particulars = '{}' WHERE case_id IN " + herCases,
	"UPDATE cases SET solution = '' WHERE customer_id = @she",
	"UPDATE outreach_members SET note = '' WHERE customer_id = @she",
	"UPDATE interactions SET key = 'erased.' || id WHERE run_id IN " + herRuns,
	"UPDATE runs SET key = 'erased.' || id, ask = @no WHERE customer_id = @she", // nobody asks or calls her about it any more
	"DELETE FROM customer_keys WHERE customer_id = @she",
	`UPDATE customers SET key = 'erased.' || id, name = '', search = '', email = '', dead_email = '', phone = '', dead_phone = '', language = '', channel = '',
		opted_out_at = COALESCE(opted_out_at, @at), erased_at = @at WHERE id = @she`,
}

// EraseCustomer implements privacy.Store.
func (s *Store) EraseCustomer(ctx context.Context, c run.Customer, at time.Time) error {
	keys, err := s.KeysOfCustomer(ctx, c.ID)
	if err != nil {
		return err
	}
	return s.change(ctx, func(db *gorm.DB) error {
		if err := eraseReasons(db, c.ID); err != nil {
			return err
		}
		for _, key := range append(keys, c.Key) {
			if err := db.Exec("INSERT INTO erased_keys (hash, at) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET at = excluded.at", hashOf(key), at).Error; err != nil {
				return fmt.Errorf("remember a key that was erased: %w", err)
			}
		}
		for _, statement := range erasing {
			if err := db.Exec(statement, sql.Named("she", c.ID), sql.Named("address", strings.ToLower(c.Email)), sql.Named("at", at), sql.Named("no", false)).Error; err != nil {
				return fmt.Errorf("%.40s: %w", statement, err)
			}
		}
		return nil
	})
}

// eraseReasons takes out of the ledger why supervisors said that ratings concern somebody else, or nobody: the only words
// in it that somebody wrote about what a customer said.
func eraseReasons(db *gorm.DB, she int64) error {
	lines, err := all[eventRow](db.Table("events").Where("subject_kind = 'response' AND subject_id IN "+herAnswers, sql.Named("she", she)))
	if err != nil {
		return err
	}
	for _, line := range lines {
		e, err := line.event()
		if err != nil {
			return err
		}
		if _, reasoned := e.Particulars["reason"]; !reasoned {
			continue
		}
		delete(e.Particulars, "reason")
		without, err := json.Marshal(e.Particulars)
		if err != nil {
			return err
		}
		if err := db.Exec("UPDATE events SET particulars = ? WHERE id = ?", string(without), line.ID).Error; err != nil {
			return fmt.Errorf("erase a reason: %w", err)
		}
	}
	return nil
}

// PublishedOf implements privacy.Store.
func (s *Store) PublishedOf(ctx context.Context, customer int64) ([]int64, error) {
	var ids []int64
	err := s.read(ctx).Table("praise_consents c").Joins("JOIN responses r ON r.id = c.response_id").Joins("JOIN runs ON runs.id = r.run_id").
		Where("runs.customer_id = ? AND c.chosen_at IS NOT NULL", customer).Order("c.response_id").Pluck("c.response_id", &ids).Error
	return ids, err
}

// lastErased is when somebody was erased last; the zero time is never.
func (s *Store) lastErased(ctx context.Context) (time.Time, error) {
	at, err := plucked[time.Time](s.read(ctx).Table("erased_keys").Order("at DESC").Limit(1), "at")
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return at[0], nil
}

// erasedAt says of keys since when nobody knows any more who had them.
func (s *Store) erasedAt(ctx context.Context, keys []string) (map[string]time.Time, error) {
	byHash := map[string]string{}
	for _, key := range keys {
		byHash[hashOf(key)] = key
	}
	type row struct {
		Hash string
		At   time.Time
	}
	rows, err := in[row](s.read(ctx), "erased_keys", "hash", slices.Collect(maps.Keys(byHash)))
	return mapped(rows, func(r row) (string, time.Time) { return byHash[r.Hash], r.At }), err
}

func hashOf(key string) string { return hex.EncodeToString(id.Hash(key)) }

// ObservationsOfCustomer lists what employees wrote down of a customer or of her walks, in order of time.
func (s *Store) ObservationsOfCustomer(ctx context.Context, customer int64) ([]observation.Observation, error) {
	return all[observation.Observation](s.read(ctx).Table("observations").Where("id IN "+herWishes, sql.Named("she", customer)).Order("at, id"))
}

// MembersOfCustomer lists on which lists of calls a customer was, in order of time.
func (s *Store) MembersOfCustomer(ctx context.Context, customer int64) ([]outreach.Member, error) {
	return all[outreach.Member](s.read(ctx).Table("outreach_members").Where("customer_id = ?", customer).Order("at, id"))
}

// UnmatchedMailsFrom lists the letters from an address that belong to no case, in order of time.
func (s *Store) UnmatchedMailsFrom(ctx context.Context, address string) ([]casework.Mail, error) {
	return all[casework.Mail](s.read(ctx).Table("case_mails").Where("case_id = 0 AND sender <> '' AND sender = ?", strings.ToLower(address)).Order("made_at, id"))
}
