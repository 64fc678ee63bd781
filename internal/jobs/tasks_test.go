package jobs

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/task"
)

// asked starts an import of n lines.
func asked(t *testing.T, w Work, n int) task.Task {
	t.Helper()
	ctx := context.Background()
	u := people.User{ID: 1, Login: "Μαρία", Name: "Μαρία", Administrator: true, CreatedAt: noon}
	if err := w.Store.SaveUser(ctx, u); err != nil {
		t.Fatal(err)
	}
	actor, _, err := w.Store.ActorOf(ctx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	text.WriteString("Case ID,Activity,Complete Timestamp\n")
	for i := range n {
		fmt.Fprintf(&text, "case-%d,Asked,%s\n", i, noon.Add(-time.Hour).Format("2006/01/02 15:04:05"))
	}
	asks, err := w.Tasks.Prepare(ctx, actor, task.Ask{File: "log.csv", Mapping: "event-log", Language: "fa"}, strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Tasks.Start(ctx, actor, asks.ID); err != nil {
		t.Fatal(err)
	}
	return asks
}

func taskNow(t *testing.T, w Work, id int64) task.Task {
	t.Helper()
	now, err := w.Store.TaskFor(context.Background(), people.System(), id)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

func TestTheCrewDoesTasks(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		w, _, _ := world(s)
		crew := begin(t, w)
		begun := asked(t, w, 1200)
		settle(t, crew)
		if over := taskNow(t, w, begun.ID); over.State != task.Done || over.Result.Taken != 1200 || over.Attempt != 1 {
			t.Errorf("%s after %d attempts: %+v", over.State, over.Attempt, over.Result)
		}
	})
}

func TestATaskWhoseNodeFellSilentIsTakenUpByAnother(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		w, _, c := world(s)
		begun := asked(t, w, 1200)
		if _, ok, err := w.Tasks.Claim(context.Background(), begun.ID, 0); err != nil || !ok { // and no more is heard
			t.Fatal(ok, err)
		}
		crew := begin(t, w)
		settle(t, crew)
		if now := taskNow(t, w, begun.ID); now.State != task.Running || now.Attempt != 1 {
			t.Errorf("it was taken away at once: %s, attempt %d", now.State, now.Attempt)
		}
		c.Wait(task.Patience)
		settle(t, crew)
		if over := taskNow(t, w, begun.ID); over.State != task.Done || over.Result.Taken != 1200 || over.Attempt != 2 {
			t.Errorf("%s after %d attempts: %+v", over.State, over.Attempt, over.Result)
		}
	})
}

func TestACrewThatStopsGivesItsTaskToTheNext(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		w, _, _ := world(s)
		begun := asked(t, w, 6000)
		crew := begin(t, w)
		for taskNow(t, w, begun.ID).Mark == "" {
			time.Sleep(5 * time.Millisecond)
		}
		crew.Stop()
		if now := taskNow(t, w, begun.ID); now.State != task.Waiting {
			t.Fatalf("it is %s", now.State)
		}
		settle(t, begin(t, w))
		over := taskNow(t, w, begun.ID)
		if over.State != task.Done || over.Result.Taken != 6000 || over.Result.New["interactions"] != 6000 || over.Crashes != 0 {
			t.Errorf("%s, crashes %d: %+v", over.State, over.Crashes, over.Result)
		}
	})
}
