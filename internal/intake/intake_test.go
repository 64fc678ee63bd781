package intake_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/intake"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// answers is the real service with something between it and the desk.
type answers struct {
	*surveytest.World
	around func(ctx context.Context, all []feedback.Submission, take func(ctx context.Context) error) error
}

func (a *answers) AnswerAll(ctx context.Context, all []feedback.Submission) (out []feedback.Outcome, err error) {
	take := func(ctx context.Context) error {
		out, err = a.Feedback.AnswerAll(ctx, all)
		return err
	}
	if a.around == nil {
		return out, take(ctx)
	}
	return out, a.around(ctx, all, take)
}

// asked are runs whose customers hold a link that was handed to them.
func asked(t *testing.T, w *surveytest.World, n int) (runs []int64, tokens []string) {
	t.Helper()
	for i := range n {
		run := w.Run(t, fmt.Sprint("order-", i))
		token, err := w.Surveys.HandOver(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		runs, tokens = append(runs, run), append(tokens, token)
	}
	return runs, tokens
}

func says(i int) feedback.Answer {
	x := 1 + i%5
	return feedback.Answer{Overall: &x, Comment: fmt.Sprint("πολύ καλά ", i), Language: i18n.Greek, WantsContact: i%3 == 0}
}

// allAtOnce answers with all tokens at the same time.
func allAtOnce(d *intake.Desk, tokens []string) []error {
	errs := make([]error, len(tokens))
	var all sync.WaitGroup
	for i, token := range tokens {
		all.Go(func() { _, errs[i] = d.Answer(context.Background(), token, says(i)) })
	}
	all.Wait()
	return errs
}

// onRecord holds a run against what was acknowledged about it, and its ledger lines.
func onRecord(t *testing.T, s *store.Store, run int64, i int) {
	t.Helper()
	r, err := s.ResponseOf(t.Context(), run)
	if err != nil || r.Comment != says(i).Comment || r.Revision != 1 {
		t.Errorf("answer %d is on record as %+v, %v", i, r, err)
	}
	lines, err := s.EventsOf(t.Context(), "run", run)
	n := 0
	for _, e := range lines {
		if e.Verb == "response.answered" {
			n++
		}
	}
	if err != nil || n != 1 {
		t.Errorf("answer %d has %d lines in the ledger, %v", i, n, err)
	}
}

func exact(t *testing.T, s *store.Store) {
	t.Helper()
	differs, err := s.Verify(t.Context())
	if err != nil || len(differs) != 0 {
		t.Errorf("figures differ from the records: %+v, %v", differs, err)
	}
}

func TestAnAnswerStoredWhoseConfirmationWasLostIsAcknowledged(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		runs, tokens := asked(t, w, 12)
		var lost sync.Map
		d := intake.Open(&answers{w, func(ctx context.Context, all []feedback.Submission, take func(context.Context) error) error {
			if err := take(ctx); err != nil {
				return err
			}
			if _, again := lost.LoadOrStore(all[0].Token, true); again {
				return nil
			}
			return fmt.Errorf("%w: connection reset", fault.Busy("errors.busy")) // committed, and then the connection is cut
		}}, w.Store, w.Store.Writers())
		defer d.Close()
		for i, err := range allAtOnce(d, tokens) {
			if err != nil {
				t.Errorf("answer %d was stored, its customer heard %v", i, err)
			}
			onRecord(t, w.Store, runs[i], i)
		}
		exact(t, w.Store)
	})
}

func TestABadAnswerIsAloneWithItsError(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		const bad = 5
		runs, tokens := asked(t, w, 13)
		broken := errors.New("a statement the engine refuses")
		d := intake.Open(&answers{w, func(ctx context.Context, all []feedback.Submission, take func(context.Context) error) error {
			return w.Store.InTx(ctx, func(ctx context.Context) error { // what was written before the bad one goes with it
				if err := take(ctx); err != nil {
					return err
				}
				for _, s := range all {
					if s.Token == tokens[bad] {
						return broken
					}
				}
				return nil
			})
		}}, w.Store, w.Store.Writers())
		defer d.Close()
		for i, err := range allAtOnce(d, tokens) {
			if i == bad {
				if _, found := w.Store.ResponseOf(t.Context(), runs[i]); !errors.Is(err, broken) || fault.KindOf(found) != fault.KindMissing {
					t.Errorf("the bad one: %v; on record: %v", err, found)
				}
				continue
			}
			if err != nil {
				t.Errorf("answer %d: %v", i, err)
			}
			onRecord(t, w.Store, runs[i], i)
		}
		exact(t, w.Store)
	})
}

// TestABatchIsAsIfOneCameAfterTheOther: what a batch of one would do, each answer of a larger one does.
func TestABatchIsAsIfOneCameAfterTheOther(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		first := w.Run(t, "order-1")
		letter := w.Ask(t, first)
		second := w.Run(t, "order-2")
		link, err := w.Surveys.HandOver(t.Context(), second)
		if err != nil {
			t.Fatal(err)
		}
		tooMuch := says(1)
		seven := 70
		tooMuch.Overall = &seven
		sub := func(token string, a feedback.Answer) feedback.Submission {
			return feedback.Submission{Token: token, Answer: a}
		}
		passed := time.Duration(0)
		service := &feedback.Service{Store: w.Store, Ledger: w.Store, Now: func() time.Time { passed += time.Microsecond; return w.Now().Add(passed) }}
		out, err := service.AnswerAll(t.Context(), []feedback.Submission{
			sub(letter, says(1)), sub(link, says(2)), sub("nobody's", says(3)), sub(letter, says(4)), sub(letter, says(4)), sub(letter, tooMuch),
			sub(link, says(2)), sub(link, says(6)), sub(letter, says(7))})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct {
			kind     fault.Kind
			key      string
			revision int
		}{{revision: 1}, {revision: 1}, {fault.KindMissing, "survey.unknown", 0}, {revision: 2}, {revision: 2},
			{fault.KindInvalid, "errors.invalid", 0}, {revision: 1}, {fault.KindConflict, "survey.used", 0}, {revision: 3}} {
			got := out[i]
			if fault.KindOf(got.Err) != want.kind || want.key != "" && fault.Of(got.Err).Key != want.key || got.Response.Revision != want.revision {
				t.Errorf("submission %d: revision %d, %v; want %+v", i, got.Response.Revision, got.Err, want)
			}
		}
		now, err := w.Store.ResponseOf(t.Context(), first)
		if err != nil || now.Comment != says(7).Comment || now.Revision != 3 {
			t.Errorf("the newest wins: %+v %v", now, err)
		}
		before, err := w.Store.HistoryOf(t.Context(), now.ID)
		if err != nil || len(before) != 2 {
			t.Errorf("history: %+v %v", before, err)
		}
		exact(t, w.Store)
	})
}

// TestClientsBeyondThePoolDoNotWaitForEachOther: with one connection, whatever takes a second one while its transaction
// holds the first never ends.
func TestClientsBeyondThePoolDoNotWaitForEachOther(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		runs, tokens := asked(t, w, 40)
		if err := w.Store.Narrow(); err != nil {
			t.Fatal(err)
		}
		d := intake.Open(w.Feedback, w.Store, 3)
		defer d.Close()
		for i, err := range allAtOnce(d, tokens) {
			if err != nil {
				t.Errorf("answer %d: %v", i, err)
			}
			onRecord(t, w.Store, runs[i], i)
		}
		exact(t, w.Store)
	})
}

func TestWhoLeavesIsNeitherLostNorDoubled(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		runs, tokens := asked(t, w, 30)
		d := intake.Open(w.Feedback, w.Store, w.Store.Writers())
		errs := make([]error, len(tokens))
		var all sync.WaitGroup
		for i, token := range tokens {
			ctx, leave := context.WithCancel(t.Context())
			all.Go(func() { _, errs[i] = d.Answer(ctx, token, says(i)) })
			if i%2 == 0 {
				all.Go(leave)
			}
			t.Cleanup(leave)
		}
		all.Wait()
		d.Close() // nothing is under way any more
		for i, err := range errs {
			_, found := w.Store.ResponseOf(t.Context(), runs[i])
			switch {
			case err == nil:
				onRecord(t, w.Store, runs[i], i)
			case i%2 == 1 || !errors.Is(err, context.Canceled) || fault.KindOf(found) != fault.KindMissing:
				t.Errorf("answer %d: %v; on record: %v", i, err, found)
			}
		}
		exact(t, w.Store)
	})
}

// TestContactsOfManyRequestsAreTakenTogether: each request gets its own outcomes, and what two of them bring is there once.
func TestContactsOfManyRequestsAreTakenTogether(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		w.Run(t, "order-0")
		d := intake.Open(w.Feedback, w.Store, w.Store.Writers())
		contact := func(run, key string) ingest.Record {
			return ingest.Record{Journey: ingest.Named{Key: "fibre"}, Run: run,
				Contacts: []ingest.Contact{{Key: key, Touchpoint: ingest.Named{Key: "shop"}, Started: w.Now()}}}
		}
		var created atomic.Int32
		var all sync.WaitGroup
		for i := range 24 {
			all.Go(func() {
				records := []ingest.Record{contact(fmt.Sprint("call-", i/2), fmt.Sprint("contact-", i/2)), contact("call-0", fmt.Sprint("own-", i)),
					contact("call-0", "everybody's")}[:2+i%2]
				out, err := d.Take(t.Context(), records)
				if err != nil || len(out) != len(records) || out[1].Counts.Interactions != 1 {
					t.Errorf("request %d: %+v %v", i, out, err)
					return
				}
				created.Add(int32(out[0].Counts.Interactions))
			})
		}
		all.Wait()
		d.Close()
		if n := created.Load(); n != 12 {
			t.Errorf("%d contacts of twice 12 were new, want 12", n)
		}
		if _, err := d.Take(t.Context(), nil); fault.KindOf(err) != fault.KindBusy {
			t.Errorf("after closing: %v", err)
		}
	})
}

// TestTwoNodesTakeTheSameAnswersOnce: numbers are made without asking what numbers there are (no MAX + 1), so two nodes
// that store at once never want the same; a double click that reaches both is one answer.
func TestTwoNodesTakeTheSameAnswersOnce(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		runs, tokens := asked(t, w, 40)
		other, err := store.Open(t.Context(), w.URL, w.Store.Zone())
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		here := intake.Open(w.Feedback, w.Store, w.Store.Writers())
		there := intake.Open(&feedback.Service{Store: other, Ledger: other, Now: w.Now}, other, other.Writers())
		var both sync.WaitGroup
		for _, d := range []*intake.Desk{here, there} {
			both.Go(func() {
				for i, err := range allAtOnce(d, tokens) {
					if err != nil {
						t.Errorf("answer %d: %v", i, err)
					}
				}
				d.Close()
			})
		}
		both.Wait()
		for i, run := range runs {
			onRecord(t, w.Store, run, i)
		}
		exact(t, w.Store)
	})
}
