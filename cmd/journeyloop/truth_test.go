package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/testkit/shared"
)

// jl runs the command and returns what it printed; it must succeed.
func jl(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, []string{"JOURNEYLOOP_TIME_ZONE=UTC"}, &out, &errs); code != 0 {
		t.Fatalf("journeyloop %s: exit %d: %s", strings.Join(args, " "), code, errs.String())
	}
	return out.Bytes()
}

// imported is a data set in a database, by the real command.
type imported struct {
	url    string
	report map[string]any
}

func (i imported) count(name string) int { return int(i.report[name].(float64)) }

func (i imported) figures(t *testing.T, args ...string) []byte {
	t.Helper()
	return jl(t, append([]string{"figures", "--db", i.url, "--json"}, args...)...)
}

// onBoth imports the same files into both engines and lets check look at each; every figure must come out the same.
func onBoth(t *testing.T, mapping string, files []string, questions [][]string, check func(t *testing.T, i imported)) {
	t.Parallel()
	for n, f := range files {
		files[n] = shared.Data(t, f)
	}
	var mu sync.Mutex
	answers := map[string][]string{}
	t.Run("engines", func(t *testing.T) {
		for _, engine := range []string{"sqlite", "postgres"} {
			t.Run(engine, func(t *testing.T) {
				t.Parallel()
				i := imported{url: storetest.URL(t, engine)}
				out := jl(t, slices.Concat([]string{"import", "--db", i.url, "--json", "--mapping", mapping}, files)...)
				if err := json.Unmarshal(out, &i.report); err != nil {
					t.Fatal(err)
				}
				check(t, i)
				jl(t, "verify", "--db", i.url)
				mu.Lock()
				defer mu.Unlock()
				for _, q := range questions {
					answers[engine] = append(answers[engine], string(i.figures(t, q...)))
				}
			})
		}
	})
	for n, q := range questions {
		if len(answers["sqlite"]) > n && len(answers["postgres"]) > n && answers["sqlite"][n] != answers["postgres"][n] {
			t.Errorf("figures %v differ between the engines", q)
		}
	}
}

func read(t *testing.T, raw []byte) map[string]figure {
	t.Helper()
	var list []figure
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	out := map[string]figure{}
	for _, f := range list {
		if _, twice := out[f.Name]; twice {
			t.Errorf("%q has two figures", f.Name)
		}
		out[f.Name] = f
	}
	return out
}

func near(t *testing.T, what string, got *float64, want, within float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > within {
		t.Errorf("%s: %s, want %v", what, number(got, 6), want)
	}
}

// truths reads the lines of a truth.txt that match the pattern between two headings.
func truths(t *testing.T, file, from, to string, pattern *regexp.Regexp) [][]string {
	t.Helper()
	f, err := os.Open(shared.Data(t, file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out [][]string
	inside := from == ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if from != "" && strings.HasPrefix(line, from) {
			inside = true
			continue
		}
		if to != "" && strings.HasPrefix(line, to) {
			break
		}
		if m := pattern.FindStringSubmatch(line); inside && m != nil {
			out = append(out, m)
		}
	}
	return out
}

func float(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestTheServiceCentreComesOutAsItsTruth(t *testing.T) {
	lines := regexp.MustCompile(`^\s+(\S.*?)\s+n=\s*(\d+) mean=([\d.]+) top2=([\d.]+)%`)
	onBoth(t, "service-centre", []string{"callcentre/customer_support.csv"}, [][]string{{"--by", "team"}, {"--by", "employee"}, {"--by", "touchpoint"}, {"--by", "journey"}},
		func(t *testing.T, i imported) {
			if i.count("runs") != 17182 || i.count("responses") != 17182 || i.count("rejected") != 0 || i.count("employees") != 1368 {
				t.Errorf("report %v", i.report)
			}
			whole := read(t, i.figures(t, "--by", "journey"))["I need help"]
			if whole.N != 17182 {
				t.Errorf("n = %d", whole.N)
			}
			near(t, "mean", whole.Mean, 4.247585, 5e-7)
			near(t, "CSAT", whole.Score, 82.708649, 5e-7)
			teams, categories := read(t, i.figures(t, "--by", "team")), read(t, i.figures(t, "--by", "touchpoint"))
			checked := 0
			for _, group := range []struct {
				from, to string
				got      map[string]figure
			}{{"--by Manager", "--by Supervisor", teams}, {"--by Supervisor", "--by Product", teams}, {"--by category", "--by Tenure", categories}} {
				for _, m := range truths(t, "callcentre/truth.txt", group.from, group.to, lines) {
					f := group.got[m[1]]
					if want, _ := strconv.ParseInt(m[2], 10, 64); f.N != want {
						t.Errorf("%s: n = %d, want %d", m[1], f.N, want)
					}
					near(t, m[1]+", mean", f.Mean, float(t, m[3]), 5e-7)
					near(t, m[1]+", CSAT", f.Score, float(t, m[4]), 5e-5)
					checked++
				}
			}
			if checked != 6+40+12 {
				t.Errorf("%d lines of the truth were compared, want 58", checked)
			}
		})
}

func TestTheAirlineComesOutAsItsTruth(t *testing.T) {
	lines := regexp.MustCompile(`^(\S.*?) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|`)
	onBoth(t, "touchpoint-survey", []string{"airline/airline.csv"}, [][]string{{"--by", "touchpoint"}, {"--by", "journey"}},
		func(t *testing.T, i imported) {
			if i.count("runs") != 25976 || i.count("responses") != 25976 || i.count("ratings") != 359462 {
				t.Errorf("report %v", i.report)
			}
			for _, f := range read(t, i.figures(t, "--by", "journey")) {
				near(t, "satisfied", f.Score, 43.8982, 5e-5)
			}
			got := read(t, i.figures(t, "--by", "touchpoint"))
			all := truths(t, "airline/truth.txt", "touchpoint |", "Drivers", lines)
			if len(all) != 14 {
				t.Fatalf("%d touchpoints in the truth", len(all))
			}
			for _, m := range all {
				zeros, _ := strconv.ParseInt(m[2], 10, 64)
				if f := got[m[1]]; f.N != 25976-zeros {
					t.Errorf("%s: n = %d, want %d: a zero does not apply and is no score", m[1], f.N, 25976-zeros)
				}
				near(t, m[1]+", mean", got[m[1]].Mean, float(t, m[3]), 5e-7)
				near(t, m[1]+", top two", got[m[1]].Score, float(t, m[4]), 5e-5)
			}
			airlineDrivers(t, i.url)
		})
}

// airlineDrivers finds the shares of the truth in the daily driver statistics: in order of the share, adding up to R².
func airlineDrivers(t *testing.T, url string) {
	t.Helper()
	s, err := store.Open(t.Context(), url, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.JourneysFor(t.Context(), people.Actor{Manager: true}.Scope())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d journeys %v", len(list), err)
	}
	d, err := (&insight.Service{Store: s, Zone: time.UTC, Now: time.Now}).Drivers(t.Context(), list[0].ID, 0, 0)
	if err != nil || !d.Known() {
		t.Fatalf("drivers %+v %v", d.TooFew, err)
	}
	near(t, "R²", &d.Analysis.R2, 0.5049638223113833, 1e-9)
	lines := truths(t, "airline/truth.txt", "R2 ", "", regexp.MustCompile(`^(\S.*) (0\.\d{6})$`))
	if len(lines) != 14 || len(d.Touchpoints) != 14 || lines[0][1] != "Online boarding" || lines[13][1] != "Gate location" {
		t.Fatalf("%d drivers, %d in the truth", len(d.Touchpoints), len(lines))
	}
	sum := 0.0
	for n, line := range lines {
		share := d.Analysis.Drivers[n].Share
		if sum += share; d.Touchpoints[n].Name.In(i18n.English) != line[1] {
			t.Errorf("number %d is %s, in truth %s", n+1, d.Touchpoints[n].Name.In(i18n.English), line[1])
		}
		near(t, line[1], &share, float(t, line[2]), 6e-7)
	}
	near(t, "the sum of the shares", &sum, d.Analysis.R2, 1e-9)
}

func TestTheHelpdeskComesOutAsItsTruth(t *testing.T) {
	files := []string{"helpdesk/helpdesk.csv"}
	onBoth(t, "event-log", files, nil, func(t *testing.T, i imported) {
		if i.count("runs") != 4580 || i.count("interactions") != 21348 || i.count("employees") != 22 || i.count("customers") != 397 {
			t.Errorf("report %v", i.report)
		}
		var again map[string]any
		if err := json.Unmarshal(jl(t, "import", "--db", i.url, "--json", "--mapping", "event-log", shared.Data(t, "helpdesk/helpdesk.csv")), &again); err != nil {
			t.Fatal(err)
		}
		if again["runs"] != 0.0 || again["interactions"] != 0.0 || again["unchanged"] != 21348.0 {
			t.Errorf("the same file again: %v", again)
		}
	})
}

// Of several answers to an order the one given last counts: 20,698 of the 20,795 reviews in the truth.
func TestTheShopComesOutAsItsTruth(t *testing.T) {
	files := []string{"olist/order_reviews.csv", "olist/order_items.csv", "olist/orders.csv", "olist/customers.csv"}
	onBoth(t, "shop-orders", files, [][]string{{"--by", "journey"}, {"--by", "promise"}}, func(t *testing.T, i imported) {
		if i.count("runs") != 20864 || i.count("responses") != 20698 || i.count("customers") != 20702 || i.count("interactions") != 82433 {
			t.Errorf("report %v", i.report)
		}
		for _, f := range read(t, i.figures(t, "--by", "journey")) {
			near(t, "mean of the answers that count", f.Mean, 4.083486, 5e-7)
		}
		checkShopPromises(t, i)
	})
}

// shopOrder is an order as the files have it, read without the program: days by the calendar, and late as truth.txt says,
// which is delivered after the promised day.
type shopOrder struct {
	promised, took int // took −1: not delivered
	reviews        []shopReview
}

type shopReview struct {
	id, at string
	score  int
}

// last is the review given last, by time and then by its key: the one that counts.
func (o shopOrder) last() []shopReview {
	if len(o.reviews) == 0 {
		return nil
	}
	return []shopReview{slices.MaxFunc(o.reviews, func(a, b shopReview) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })}
}

func shopOrders(t *testing.T) map[string]*shopOrder {
	t.Helper()
	rows := func(file string, take func(cell func(string) string)) {
		f, err := os.Open(shared.Data(t, file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r := csv.NewReader(f)
		head, err := r.Read()
		for err == nil {
			var row []string
			if row, err = r.Read(); err == nil {
				take(func(name string) string { return row[slices.Index(head, name)] })
			}
		}
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
	day := func(s string) int {
		at, err := time.Parse(time.DateOnly, s[:10])
		if err != nil {
			t.Fatal(err)
		}
		return int(at.Unix() / 86_400)
	}
	out := map[string]*shopOrder{}
	rows("olist/orders.csv", func(cell func(string) string) {
		bought := day(cell("order_purchase_timestamp"))
		o := &shopOrder{promised: day(cell("order_estimated_delivery_date")) - bought, took: -1}
		if at := cell("order_delivered_customer_date"); at != "" {
			o.took = day(at) - bought
		}
		out[cell("order_id")] = o
	})
	rows("olist/order_reviews.csv", func(cell func(string) string) {
		o := out[cell("order_id")]
		o.reviews = append(o.reviews, shopReview{cell("review_id") + "/" + cell("order_id"), cell("review_answer_timestamp"), int(float(t, cell("review_score")))})
	})
	return out
}

// meansOf are the mean scores on time and late, of the reviews that are asked for.
func meansOf(orders map[string]*shopOrder, reviews func(shopOrder) []shopReview) (n, mean [2]float64) {
	for _, o := range orders {
		late := 0
		if o.took > o.promised {
			late = 1
		}
		for _, r := range reviews(*o) {
			if o.took >= 0 {
				n[late], mean[late] = n[late]+1, mean[late]+float64(r.score)
			}
		}
	}
	return n, [2]float64{mean[0] / n[0], mean[1] / n[1]}
}

// checkShopPromises holds the promise desk to truth.txt. That counts all 20,795 reviews; a figure counts the last of an
// order, as everywhere. So the rule is held to the truth with all of them, and the figure to the same rule with the last.
func checkShopPromises(t *testing.T, i imported) {
	orders := shopOrders(t)
	n, means := meansOf(orders, func(o shopOrder) []shopReview { return o.reviews })
	near(t, "all reviews on time", &n[0], 18891, 0)
	near(t, "all reviews late", &n[1], 1321, 0)
	near(t, "mean of all on time", &means[0], 4.282039, 5e-7)
	near(t, "mean of all late", &means[1], 2.258138, 5e-7)

	var list []promised
	if err := json.Unmarshal(i.figures(t, "--by", "promise"), &list); err != nil || len(list) != 1 || list[0].Key != "purchase" || list[0].Business {
		t.Fatalf("%+v, %v", list, err)
	}
	p := list[0]
	if p.Made != 20864 || p.Delivered.N != 20253 || p.Delivered.N-p.Delivered.X != 1349 || *p.PastDue != 611 || p.Kept.N != 20864 || p.Kept.X != 18904 || *p.Waiting != 0 {
		t.Errorf("%+v, %+v, %d past due", p.Delivered, p.Kept, *p.PastDue)
	}
	late := 100 * (1 - *p.Delivered.Share)
	near(t, "late by calendar date", &late, 6.6607, 5e-5)
	n, means = meansOf(orders, shopOrder.last)
	whole := p.Ratings[0]
	if whole.Of != "journey" || float64(whole.Kept.N) != n[0] || float64(whole.Late.N) != n[1] {
		t.Errorf("%d on time, %d late, want %v", whole.Kept.N, whole.Late.N, n)
	}
	near(t, "mean on time", whole.Kept.Mean, means[0], 1e-9)
	near(t, "mean late", whole.Late.Mean, means[1], 1e-9)
	near(t, "mean on time, near the truth of all reviews", whole.Kept.Mean, 4.2820, 1e-3)
	near(t, "mean late, near the truth of all reviews", whole.Late.Mean, 2.2581, 1e-3)
	near(t, "late minus on time", &whole.Less.Diff, means[1]-means[0], 1e-9)
	within := 0.0
	for _, o := range orders {
		if o.took >= 0 && o.took <= int(*p.Safe.Promise) {
			within++
		}
	}
	if share := within / 20864; p.Safe.N != 20864 || share < .9 || *p.Safe.Promise != 26 {
		t.Errorf("safe promise %s of %d, kept by %v", number(p.Safe.Promise, 0), p.Safe.N, share)
	}
}
