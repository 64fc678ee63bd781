package ingest

import (
	"math"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/testkit/shared"
)

func dataFiles(t *testing.T, names ...string) []string {
	t.Helper()
	paths := make([]string, len(names))
	for i, n := range names {
		paths[i] = shared.Data(t, n)
	}
	return paths
}

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func mustLoad(t *testing.T, name string) *Mapping {
	t.Helper()
	m, err := LoadMapping(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustImport(t *testing.T, sink Sink, mapping string, files ...string) Report {
	t.Helper()
	report, err := Run(t.Context(), Import{Mapping: mustLoad(t, mapping), Files: files, Sink: sink, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestServiceCentreReproducesTheTruth(t *testing.T) {
	files := dataFiles(t, "callcentre/customer_support.csv")
	m := newMemory()
	r := mustImport(t, m, "service-centre", files...)
	equal(t, "runs", r.Runs, 17182)
	equal(t, "interactions", r.Interactions, 17182)
	equal(t, "responses", r.Responses, 17182)
	equal(t, "ratings", r.Ratings, 17182)
	equal(t, "customers", r.Customers, 17182)
	equal(t, "employees", r.Employees, 1368)
	// The 40 supervisors are not nested in the 6 managers (117 pairs occur): each is a team of its own.
	equal(t, "teams (6 managers and 40 supervisors)", r.Teams, 46)
	equal(t, "touchpoints", r.Touchpoints, 12)
	equal(t, "rejected", r.Rejected, 0)
	equal(t, "ends before the start", r.Warnings["ingest.ended_before_started"], 635)
	near(t, "mean", mean(m.counted()), 4.247585, 5e-7)
	near(t, "top two", share(m.counted(), 4), 82.708649, 5e-7)

	by := map[string][]int{}
	for _, w := range m.runs {
		c := w.contacts[0]
		for _, person := range c.People {
			by[person.Team[0]] = append(by[person.Team[0]], *w.answer.Overall)
		}
		if w.answer.At.Before(c.Started) {
			t.Fatal("an answer came before its contact")
		}
	}
	for _, c := range []struct {
		name       string
		n          int
		mean, top2 float64
	}{
		{"John Smith", 5092, 4.240770, 82.3841},
		{"Emily Chen", 2887, 4.393142, 86.5258},
		{"Olivia Tan", 849, 4.153121, 80.5654},
		{"Carter Park", 851, 4.330200, 85.5464},
		{"Zoe Yamamoto", 702, 4.078348, 78.3476},
		{"Sophia Chen", 69, 3.782609, 69.5652},
	} {
		equal(t, c.name+", n", len(by[c.name]), c.n)
		near(t, c.name+", mean", mean(by[c.name]), c.mean, 5e-7)
		near(t, c.name+", top two", share(by[c.name], 4), c.top2, 5e-5)
	}

	again := mustImport(t, m, "service-centre", files...)
	equal(t, "runs the second time", again.Runs+again.Interactions+again.Responses+again.Ratings+again.Customers, 0)
	equal(t, "unchanged the second time", again.Unchanged, 17182)
}

func TestShopOrdersReproduceTheTruth(t *testing.T) {
	// Given in the wrong order on purpose.
	files := dataFiles(t, "olist/order_reviews.csv", "olist/sellers.csv", "olist/order_items.csv", "olist/orders.csv", "olist/customers.csv")
	m := newMemory()
	r := mustImport(t, m, "shop-orders", files...)
	equal(t, "runs", r.Runs, 20864)
	equal(t, "customers", r.Customers, 20702)
	equal(t, "responses", r.Responses, 20795)
	equal(t, "interactions", r.Interactions, 82433)
	equal(t, "sellers and the team above them", r.Teams, 2119+1)
	equal(t, "employees", r.Employees, 0)
	equal(t, "touchpoints", r.Touchpoints, 4)
	equal(t, "rejected", r.Rejected, 0)
	equal(t, "ignored files", r.Warnings["ingest.file_ignored"], 1)

	// truth.txt counts all 20,795 reviews; of several answers to an order the last one counts here.
	equal(t, "runs with an answer", len(m.counted()), 20698)
	near(t, "mean of the answers that count", mean(m.counted()), 4.083486, 5e-7)
	var all []int
	for _, a := range m.answers {
		all = append(all, *a.Overall)
	}
	near(t, "mean of all answers", mean(all), 4.083049, 5e-7)

	delivered, late, lateByDate, several := 0, 0, 0, 0
	for _, w := range m.runs {
		for _, c := range w.contacts {
			if c.Touchpoint.Key == "handed-to-carrier" && len(c.People) > 1 {
				several++
			}
			if c.Touchpoint.Key != "purchase" || c.PromiseKept.IsZero() { // the promise is made with the order
				continue
			}
			delivered++
			if c.PromiseKept.After(c.PromiseDue) {
				late++
			}
			if i18n.Day(c.PromiseKept, time.UTC) > i18n.Day(c.PromiseDue, time.UTC) {
				lateByDate++
			}
		}
	}
	equal(t, "late: after the promised day", late, lateByDate)
	equal(t, "delivered", delivered, 20253)
	equal(t, "late: by calendar date", late, 1349)
	equal(t, "orders of several sellers", several, 246)
	again := mustImport(t, m, "shop-orders", files...)
	equal(t, "new the second time", again.Runs+again.Interactions+again.Responses+again.Customers+again.Teams, 0)
}

func TestEventLogReproducesTheTruth(t *testing.T) {
	files := dataFiles(t, "helpdesk/helpdesk.csv")
	m := newMemory()
	r := mustImport(t, m, "event-log", files...)
	equal(t, "runs", r.Runs, 4580)
	equal(t, "interactions", r.Interactions, 21348)
	equal(t, "employees", r.Employees, 22)
	equal(t, "customers", r.Customers, 397)
	equal(t, "touchpoints", r.Touchpoints, 14)
	equal(t, "rejected", r.Rejected, 0)
	resolved := 0
	for _, w := range m.runs {
		n := 0
		for _, c := range w.contacts {
			if c.Touchpoint.Key == "Resolve ticket" {
				n++
			}
		}
		if n > 1 {
			resolved++
		}
	}
	equal(t, "cases resolved more than once", resolved, 386)
	again := mustImport(t, m, "event-log", files...)
	equal(t, "new the second time", again.Runs+again.Interactions+again.Customers+again.Employees, 0)
	equal(t, "unchanged the second time", again.Unchanged, 21348)
}

func TestTouchpointSurveyReproducesTheTruth(t *testing.T) {
	files := dataFiles(t, "airline/airline.csv")
	m := newMemory()
	r := mustImport(t, m, "touchpoint-survey", files...)
	equal(t, "runs", r.Runs, 25976)
	equal(t, "responses", r.Responses, 25976)
	equal(t, "touchpoints", r.Touchpoints, 14)
	equal(t, "interactions", r.Interactions, 0)
	equal(t, "rejected", r.Rejected, 0)
	near(t, "satisfied", share(m.counted(), 1), 43.8982, 5e-5)
	by := map[string][]int{}
	for _, a := range m.answers {
		for _, x := range a.Ratings {
			by[x.Touchpoint.Key] = append(by[x.Touchpoint.Key], x.Value)
		}
	}
	for _, c := range []struct {
		touchpoint string
		zeros      int
		mean, top2 float64
	}{
		{"Online boarding", 652, 3.345640, 51.3860},
		{"Inflight entertainment", 4, 3.358270, 52.7453},
		{"Inflight wifi service", 813, 2.812781, 31.2681},
		{"Seat comfort", 0, 3.449222, 56.5099},
		{"On-board service", 2, 3.385924, 52.6681},
		{"Cleanliness", 2, 3.286479, 48.1905},
		{"Leg room service", 126, 3.366499, 51.5861},
		{"Baggage handling", 0, 3.633238, 62.0765},
		{"Inflight service", 2, 3.649534, 62.8629},
		{"Checkin service", 0, 3.314175, 48.2830},
		{"Ease of Online booking", 1195, 2.889714, 34.0826},
		{"Food and drink", 25, 3.218450, 45.6553},
		{"Gate location", 0, 2.977094, 36.8417},
		{"Departure/Arrival time convenient", 1381, 3.217890, 48.5017},
	} {
		equal(t, c.touchpoint+", n", len(by[c.touchpoint]), 25976-c.zeros)
		near(t, c.touchpoint+", mean", mean(by[c.touchpoint]), c.mean, 5e-7)
		near(t, c.touchpoint+", top two", share(by[c.touchpoint], 4), c.top2, 5e-5)
	}
}

func TestAFileNamedLikeAKindIsToldWhatItLacksOfThatKind(t *testing.T) {
	path := writeFile(t, "orders.csv", []byte("order_id,seller\n"))
	_, err := Run(t.Context(), Import{Mapping: mustLoad(t, "shop-orders"), Files: []string{path}, Sink: newMemory(), Now: now})
	f := fault.Of(err)
	if f == nil || f.Fields[0].Args[1] != "orders" {
		t.Fatalf("%v, want what it lacks as orders", err)
	}
	equal(t, "columns", f.Fields[0].Args[3], any("customer_id, order_purchase_timestamp, order_estimated_delivery_date, order_delivered_customer_date, order_approved_at, order_delivered_carrier_date"))
}
