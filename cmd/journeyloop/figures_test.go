package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// answeredOften gives a world answers of many moods over a year: on two scales at the visit, and at the shop too few on one
// of them to be shown.
func answeredOften(w *servertest.World) {
	nps := stat.Scale{Metric: stat.NPS, Lo: 0, Hi: 10}
	ces := stat.Scale{Metric: stat.CES, Lo: 1, Hi: 7, LowGood: true}
	var records []ingest.Record
	for i := range 96 {
		r := w.Answered(fmt.Sprint("often-", i), 1+i*i%5, "")
		ago := time.Duration(i*i%340) * 24 * time.Hour
		for n := range r.Contacts {
			r.Contacts[n].Started = r.Contacts[n].Started.Add(-ago)
		}
		r.Completed, r.Answer.At = r.Completed.Add(-ago), r.Answer.At.Add(-ago)
		switch {
		case i%4 == 0:
			overall := i * 7 % 11
			r.Answer.Scale, r.Answer.Overall = nps, &overall
		case i%3 == 0:
			r.Answer.Ratings[0].Scale, r.Answer.Ratings[0].Value = ces, 1+i%7
		case i == 1 || i == 2:
			r.Answer.Ratings[1].Scale, r.Answer.Ratings[1].Value = ces, 3
		}
		records = append(records, r)
	}
	w.Take(records...)
}

// TestEveryFigureOnAPageIsWhatTheCommandPrints opens the pages as each role, and asks the command for every figure that
// stands on them by the question the figure names.
func TestEveryFigureOnAPageIsWhatTheCommandPrints(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		answeredOften(w)
		fibre, visit := fmt.Sprintf("/journeys/%d", w.Fibre.ID), fmt.Sprintf("/touchpoints/%d", w.Visit.ID)
		printed := map[string][]figure{}
		for who, pages := range map[string][]string{
			"olga":  {"/journeys?days=365", fibre + "?days=all", fibre + "?days=365", fibre, "/touchpoints?days=all", visit + "?days=all", visit},
			"ann":   {"/company?days=365", "/company?days=all", "/team"},
			"nikos": {fibre + "?days=all", "/touchpoints", visit + "?days=365", "/team"},
			"zahra": {"/feedback"},
		} {
			for _, lang := range []i18n.Lang{i18n.English, i18n.Persian} {
				c, r := w.As(who).Language(string(lang)), i18n.NewReader(lang, "", time.UTC)
				for _, path := range pages {
					p := c.Get(path)
					found := p.Find("main [data-figure]")
					if p.Status != 200 || found.Length() == 0 && who != "zahra" {
						t.Errorf("%s at %s: status %d, %d figures", who, path, p.Status, found.Length())
					}
					if stray := p.Find("main .figure-number, main .figure-mean, main .figure-value bdi[dir]").Not("[data-figure] *"); stray.Length() != 0 {
						t.Errorf("%s at %s: a number does not say which question it answers: %s", who, path, stray.First().Parent().Text())
					}
					found.Each(func(_ int, s *goquery.Selection) {
						asked := s.AttrOr("data-figure", "")
						if difference := told(s, r, answer(t, w.Database, asked, printed), strings.HasSuffix(asked, ":mean")); difference != "" {
							t.Errorf("%s at %s in %s: %s: %s", who, path, lang, asked, difference)
						}
					})
				}
			}
		}
		if len(printed) < 10 {
			t.Errorf("only %d questions were asked", len(printed))
		}
	})
}

// answer is what the command prints for a figure's question; each question is asked once.
func answer(t *testing.T, database, asked string, printed map[string][]figure) figure {
	t.Helper()
	parts := strings.Split(strings.TrimSuffix(asked, ":mean"), ":")
	key, on, _ := strings.Cut(parts[1], "@")
	from, to, _ := strings.Cut(parts[3], "..")
	args := []string{"figures", "--json", "--db", database, "--by", parts[0]}
	for flag, value := range map[string]string{"--journey": on, "--from": from, "--to": to} {
		if value != "" {
			plain, err := url.QueryUnescape(value)
			if err != nil {
				t.Fatal(err)
			}
			args = append(args, flag+"="+plain)
		}
	}
	question := parts[0] + on + parts[3]
	if _, known := printed[question]; !known {
		code, out, errs := call(t, nil, args...)
		var lines []figure
		if err := json.Unmarshal([]byte(out), &lines); code != 0 || err != nil {
			t.Fatalf("%v: exit %d, %v: %s", args, code, err, errs)
		}
		printed[question] = lines
	}
	plain, err := url.QueryUnescape(key)
	i := slices.IndexFunc(printed[question], func(f figure) bool { return f.Key == plain && f.Scale.String() == parts[2] })
	if err != nil || i < 0 {
		t.Fatalf("%v prints nothing of %s", args, asked)
	}
	return printed[question][i]
}

// told says what a figure on a page tells otherwise than the command; "" is nothing.
func told(s *goquery.Selection, r *i18n.Reader, f figure, mean bool) string {
	value, low, high := f.Score, f.Low, f.High
	write := func(x float64) string { return r.Percent(x, 0) }
	if f.Metric == stat.NPS {
		write = func(x float64) string { return r.Float(x, 0) }
	}
	if mean {
		value, low, high = f.Mean, f.MeanLow, f.MeanHigh
		write = func(x float64) string { return r.Float(x, 2) }
	}
	plain := func(s string) string { return strings.Join(strings.Fields(isolates.Replace(s)), " ") }
	text := plain(s.Text())
	switch {
	case value == nil:
		return "it is hidden by the command"
	case plain(s.Find(".figure-value bdi, .figure-number bdi, .figure-mean bdi").First().Text()) != plain(write(*value)):
		return fmt.Sprintf("%q, printed %v", plain(s.Find("bdi").First().Text()), *value)
	case low != nil && !strings.Contains(text, plain(r.T("ui.figure.range", "low", write(*low), "high", write(*high)))):
		return fmt.Sprintf("%q, printed between %v and %v", text, *low, *high)
	case !mean && plain(s.Find(".figure-n").First().Text()) != plain(r.N("common.answers", int(f.N))):
		return fmt.Sprintf("%q, printed %d answers", s.Find(".figure-n").Text(), f.N)
	}
	return ""
}

// isolates are the marks around numbers in a sentence.
var isolates = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")
