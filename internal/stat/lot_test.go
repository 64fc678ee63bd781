package stat

import (
	"math"
	"testing"
)

func TestSplitMixAgreesWithItsPublishedNumbers(t *testing.T) {
	const step = 0x9e3779b97f4a7c15
	seed := uint64(1234567) // the reference sequence of the algorithm's authors
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := splitMix(seed + uint64(i)*step); got != want {
			t.Errorf("number %d is %d, want %d", i+1, got, want)
		}
	}
}

func TestLotsFallEvenlyAndTheSameEachTime(t *testing.T) {
	const n = 20_000
	for _, share := range []float64{0, .1, .25, .5, 1} {
		both, first, second := 0, 0, 0
		for subject := range int64(n) {
			a, b := Lot(7, subject) < share, Lot(8, subject) < share
			if a != (Lot(7, subject) < share) {
				t.Fatal("the same lot fell differently")
			}
			if a {
				first++
			}
			if b {
				second++
			}
			if a && b {
				both++
			}
		}
		near := func(what string, got int, p float64) {
			if off := math.Abs(float64(got) - n*p); off > 4*math.Sqrt(n*p*(1-p)) {
				t.Errorf("share %v: %s are %d of %d", share, what, got, n)
			}
		}
		near("drawn", first, share)
		near("drawn under another seed", second, share)
		near("drawn under both", both, share*share) // independent
	}
}
