package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

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
		})
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
	onBoth(t, "shop-orders", files, [][]string{{"--by", "journey"}}, func(t *testing.T, i imported) {
		if i.count("runs") != 20864 || i.count("responses") != 20698 || i.count("customers") != 20702 || i.count("interactions") != 82433 {
			t.Errorf("report %v", i.report)
		}
		for _, f := range read(t, i.figures(t, "--by", "journey")) {
			near(t, "mean of the answers that count", f.Mean, 4.083486, 5e-7)
		}
	})
}
