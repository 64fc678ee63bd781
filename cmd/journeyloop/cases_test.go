package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// helped plays cases to different ends, and lets all the others become overdue long ago: what is told of them then does not
// change with the day.
func helped(t *testing.T, w *servertest.World) {
	t.Helper()
	ctx, ann := t.Context(), w.Actor("ann")
	for i := range 12 {
		c := w.OpenCase(w.AddAnswered(fmt.Sprint("helped-", i), 1, ""))
		if i%4 == 3 {
			continue // nobody ever talks to her
		}
		w.Wait(time.Duration(i*i) * time.Hour)
		_, err := w.App.Cases.Attempt(ctx, ann, c.ID, casework.Tried{Channel: "call", Result: casework.Reached})
		if err == nil {
			_, err = w.App.Cases.Code(ctx, ann, c.ID, casework.Causes[i*i%5])
		}
		c, failed := w.App.Cases.Propose(ctx, ann, c.ID, casework.Solved{Solution: "done"})
		if err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		token := surveytest.Link(t, w.App.Store, c)
		w.Wait(time.Duration(5*i) * time.Hour)
		_, err = w.App.Cases.Verdict(ctx, token, i != 4, "")
		if err == nil {
			err = w.App.Cases.Rate(ctx, token, 1+i%5)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Wait(90 * 24 * time.Hour)
}

// TestThePageOfCasesTellsWhatTheCommandPrints asks the command for every number on the page by the question it names.
func TestThePageOfCasesTellsWhatTheCommandPrints(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		helped(t, w)
		code, out, errs := call(t, []string{"JOURNEYLOOP_TIME_ZONE=Asia/Tehran"}, "cases", "--json", "--days", "0", "--db", w.Database)
		var printed map[string]any
		if err := json.Unmarshal([]byte(out), &printed); code != 0 || err != nil {
			t.Fatalf("exit %d, %v: %s", code, err, errs)
		}
		for _, lang := range []i18n.Lang{i18n.English, i18n.Persian} {
			r, parts := i18n.NewReader(lang, "", time.UTC), map[string]bool{}
			found := w.As("ann").Language(string(lang)).Get("/cases/figures?days=all").Find("main [data-figure]")
			found.Each(func(_ int, s *goquery.Selection) {
				asked := strings.Split(s.AttrOr("data-figure", ""), ":")
				parts[asked[1]] = true
				if want := inLoop(t, r, printed, asked); !strings.Contains(isolates.Replace(s.Text()), isolates.Replace(want)) {
					t.Errorf("%s in %s: %q, the command prints %q", asked, lang, strings.Join(strings.Fields(s.Text()), " "), want)
				}
			})
			if found.Length() < 30 || len(parts) != 6 {
				t.Errorf("in %s: %d numbers about %v", lang, found.Length(), parts)
			}
		}
		if code, out, _ := call(t, nil, "cases", "--days", "0", "--journey", w.Fibre.Key, "--db", w.Database); code != 0 || !strings.Contains(out, "journey") || !strings.Contains(out, w.Fibre.Key) {
			t.Errorf("as a table: exit %d, %s", code, out)
		}
		if code, _, _ := call(t, nil, "cases", "--days", "-1", "--db", w.Database); code != 2 {
			t.Errorf("a negative length of time: exit %d", code)
		}
	})
}

// inLoop is what the command prints for "cases:part:key:measure:span", in the reader's words.
func inLoop(t *testing.T, r *i18n.Reader, printed map[string]any, asked []string) string {
	t.Helper()
	key, err := url.QueryUnescape(asked[2])
	at := printed[asked[1]]
	if lines, ok := at.([]any); ok {
		at = nil
		for _, line := range lines {
			if line.(map[string]any)["key"] == key {
				at = line
			}
		}
	}
	for _, name := range strings.Split(asked[3], ".") {
		parts, ok := at.(map[string]any)
		if !ok || err != nil {
			t.Fatalf("the command prints nothing of %v (%v)", asked, err)
		}
		at = parts[name]
	}
	number := func(x any, factor float64, write func(float64) string) string {
		if x == nil {
			return r.T("measures.not_reached")
		}
		return write(x.(float64) * factor)
	}
	switch v := at.(type) {
	case float64:
		return r.Int(int64(v))
	case map[string]any:
		key, times := "loop.hours", 1.
		if strings.HasPrefix(asked[3], "to_close") {
			key, times = "measures.days", 1./24
		}
		value, low, high, factor := v["share"], v["low"], v["high"], 100.
		write := func(x float64) string { return r.Percent(x, 0) }
		if _, share := v["share"]; !share {
			value, factor, write = v["at"], times, func(x float64) string { return r.Float(x, 1) }
			return r.T(key, "n", number(value, factor, write))
		}
		if asked[1] == "all" && asked[3] == "verified" {
			return number(value, factor, write)
		}
		return number(value, factor, write) + " " + r.T("ui.figure.range", "low", number(low, factor, write), "high", number(high, factor, write))
	}
	t.Fatalf("the command prints %v of %v", at, asked)
	return ""
}
