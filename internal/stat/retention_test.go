package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestRetentionByHand(t *testing.T) {
	r, err := RetentionOf(Customers{Start: 200, End: 210, New: 30})
	if err != nil || r.Kept.X != 180 || r.Kept.N != 200 {
		t.Fatal(r, err)
	}
	is(t, "standard", r.Kept.Share, 0.9, 1e-12)
	is(t, "seed", r.EndPerStart, 1.05, 1e-12)

	empty, err := RetentionOf(Customers{End: 5, New: 5})
	if err != nil || empty.Kept.Share != nil || empty.EndPerStart != nil {
		t.Errorf("nobody at the start: %+v %v", empty, err)
	}
}

func TestAttritionByHand(t *testing.T) {
	a, err := AttritionOf(Customers{Start: 200, End: 210, New: 30})
	if err != nil {
		t.Fatal(err)
	}
	is(t, "per start", a.PerStart.Share, 0.1, 1e-12)
	is(t, "per average", a.PerAverage, 20.0/205, 1e-12)
	is(t, "literal", a.StayedPerAverage, 180.0/205, 1e-12)
	if a, err := AttritionOf(Customers{}); err != nil || a.PerAverage != nil || a.StayedPerAverage != nil || a.PerStart.Share != nil {
		t.Errorf("no customers: %+v %v", a, err)
	}
}

// 1.5 % a month are 16.6 % a year, not 18 %.
func TestTwelveMonths(t *testing.T) {
	months := make([]float64, 12)
	for i := range months {
		months[i] = 0.985
	}
	year, err := OverPeriods(months)
	if err != nil || !near(year, math.Pow(0.985, 12)) || !within(1-year, 0.1658, 1e-3) {
		t.Errorf("%v %v", year, err)
	}
}

func TestCustomersWhoCannotBe(t *testing.T) {
	refused(t, map[string]error{
		"more new ones than at the end":       second(RetentionOf(Customers{10, 5, 6})),
		"more kept than there were":           second(RetentionOf(Customers{10, 12, 1})),
		"a negative start":                    second(AttritionOf(Customers{-1, 0, 0})),
		"negative new ones":                   second(AttritionOf(Customers{1, 0, -1})),
		"no periods":                          second(OverPeriods(nil)),
		"a period that kept more than all":    second(OverPeriods([]float64{0.9, 1.1})),
		"a period that is no number":          second(OverPeriods([]float64{math.NaN()})),
		"a period that kept fewer than none ": second(OverPeriods([]float64{-0.1})),
	})
}

func TestRetentionAndAttritionAreOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Customers{Start: rapid.Int64Range(1, 1e6).Draw(t, "start"), New: rapid.Int64Range(0, 1e6).Draw(t, "new")}
		c.End = c.New + rapid.Int64Range(0, c.Start).Draw(t, "stayed")
		r, err1 := RetentionOf(c)
		a, err2 := AttritionOf(c)
		if err1 != nil || err2 != nil || !near(*r.Kept.Share+*a.PerStart.Share, 1) {
			t.Fatalf("%+v: %v %v", c, err1, err2)
		}
		if c.New == 0 && !near(*r.EndPerStart, *r.Kept.Share) || *r.EndPerStart < *r.Kept.Share {
			t.Fatalf("%+v: %v against %v", c, *r.EndPerStart, *r.Kept.Share)
		}
	})
}

func FuzzCustomers(f *testing.F) {
	f.Add(int64(10), int64(12), int64(4))
	f.Fuzz(func(t *testing.T, start, end, new int64) {
		c := Customers{start, end, new}
		r, err := RetentionOf(c)
		if err == nil && r.Kept.Share != nil && !(0 <= *r.Kept.Share && *r.Kept.Share <= 1) {
			t.Fatalf("%+v: %+v", c, r)
		}
		if a, err := AttritionOf(c); err == nil && a.PerAverage != nil && !(*a.PerAverage >= 0 && *a.PerAverage <= 2) {
			t.Fatalf("%+v: %+v", c, a)
		}
	})
}
