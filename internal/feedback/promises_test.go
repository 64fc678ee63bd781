package feedback

import (
	"maps"
	"testing"

	"pgregory.net/rapid"
)

func anyPromises() *rapid.Generator[Promises] {
	cell := rapid.Custom(func(t *rapid.T) PromiseCell {
		c := PromiseCell{Business: rapid.Bool().Draw(t, "business"), Promised: rapid.Int32Range(0, 40).Draw(t, "promised"),
			Took: rapid.Int32Range(Open, 200).Draw(t, "took"), Late: rapid.Bool().Draw(t, "late"), Beside: Beside(rapid.IntRange(0, 2).Draw(t, "beside"))}
		if c.Beside != Alone {
			c.Scale, c.Value = rapid.SampledFrom([]string{"csat_1_5", "nps_0_10"}).Draw(t, "scale"), rapid.IntRange(0, 10).Draw(t, "value")
		}
		return c
	})
	return rapid.Map(rapid.MapOf(cell, rapid.Int64Range(1, 1000)), func(m map[PromiseCell]int64) Promises { return m })
}

func TestPromisesAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPromises().Draw(t, "promises")
		raw, err := p.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var read Promises
		if err := read.UnmarshalBinary(raw); err != nil || !maps.Equal(p, read) {
			t.Fatalf("%v, %v", read, err)
		}
		for cut := range raw {
			if p := (Promises{}); p.UnmarshalBinary(raw[:cut]) == nil && maps.Equal(p, read) {
				t.Fatalf("the same without its end from %d", cut)
			}
		}
	})
}

func TestPromisesAddUpAndCancelOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyPromises().Draw(t, "a"), anyPromises().Draw(t, "b")
		sums := NewSums()
		at := PromiseDay{JourneyID: 1, TouchpointID: 2, TeamID: 3, Day: 4}
		sums.promises(at).Plus(a, 1)
		sums.promises(at).Plus(b, 1)
		sums.promises(at).Plus(a, -1)
		if !maps.Equal(sums.Promises[at], b) {
			t.Fatalf("%v, want %v", sums.Promises[at], b)
		}
		raw, err := sums.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var read Sums
		if err := read.UnmarshalBinary(raw); err != nil || !maps.Equal(read.Promises[at], b) && len(b) > 0 {
			t.Fatalf("%v, %v", read.Promises, err)
		}
		if sums.promises(at).Plus(b, -1); !sums.NoPromise() {
			t.Fatalf("left %v", sums.Promises)
		}
	})
}

func FuzzPromises(f *testing.F) {
	for _, p := range []Promises{{}, {{Promised: 8, Took: Open}: 3, {Promised: 8, Took: 12, Late: true, Beside: BesideWhole, Scale: "csat_1_5", Value: 2}: 1}} {
		raw, _ := p.MarshalBinary()
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p Promises
		if p.UnmarshalBinary(raw) != nil {
			return
		}
		again, _ := p.MarshalBinary()
		var q Promises
		if err := q.UnmarshalBinary(again); err != nil || !maps.Equal(p, q) {
			t.Errorf("%v, %v, %v", p, q, err)
		}
	})
}
