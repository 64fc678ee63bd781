package stat

import (
	"testing"

	"pgregory.net/rapid"
)

func npsOf(promoters, passives, detractors int64) Figure {
	return Of(nps10, tallyOf(0, 0, 0, 0, 0, detractors, 0, passives, 0, promoters, 0))
}

func TestBandsOnlyWhenSure(t *testing.T) {
	for _, c := range []struct {
		sentence   string
		figure     Figure
		seed, bain Bands
	}{
		{"far above fifty", npsOf(9000, 900, 100), Bands{Favourite, Favourite}, Bands{WorldClass, WorldClass}},
		{"around fifty", npsOf(60, 30, 10), Bands{Recognised, Favourite}, Bands{Favourable, Excellent}},
		{"thirty of many", npsOf(5000, 3000, 2000), Bands{Recognised, Recognised}, Bands{Favourable, Favourable}},
		{"forty-eight, in the seed's gap", npsOf(58000, 32000, 10000), Bands{Recognised, Recognised}, Bands{Favourable, Favourable}},
		{"just above nothing", npsOf(35000, 35000, 30000), Bands{NotValued, NotValued}, Bands{Good, Good}},
		{"below nothing", npsOf(2000, 3000, 5000), Bands{NotValued, NotValued}, Bands{Poor, Poor}},
		{"twenty-nine answers", npsOf(29, 0, 0), Bands{}, Bands{}},
		{"nobody", npsOf(0, 0, 0), Bands{}, Bands{}},
	} {
		seed, err1 := SeedBands(nps10, c.figure)
		bain, err2 := BainBands(nps10, c.figure)
		if err1 != nil || err2 != nil || seed != c.seed || bain != c.bain {
			t.Errorf("%s: %v %v, %v %v", c.sentence, seed, bain, err1, err2)
		}
		if seed.Sure() != (seed != Bands{} && seed.Low == seed.High) {
			t.Errorf("%s: sure %v", c.sentence, seed.Sure())
		}
	}
	refused(t, map[string]error{
		"a scale of satisfaction": second(SeedBands(csat5, npsOf(100, 0, 0))),
		"no scale":                second(BainBands(Scale{}, npsOf(100, 0, 0))),
	})
}

// The band of the score lies between those of the ends.
func TestBandsHoldTheScore(t *testing.T) {
	order := map[Band]int{NotValued: 0, Recognised: 1, Favourite: 2, Poor: 0, Good: 1, Favourable: 2, Excellent: 3, WorldClass: 4}
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int64 { return rapid.Int64Range(10, 5000).Draw(t, name) }
		f := npsOf(n("promoters"), n("passives"), n("detractors"))
		seed, _ := SeedBands(nps10, f)
		bain, _ := BainBands(nps10, f)
		for b, at := range map[Bands]Band{seed: seedBand(*f.Score), bain: bainBand(*f.Score)} {
			if order[b.Low] > order[at] || order[at] > order[b.High] {
				t.Fatalf("%v of %v..%v: %v", *f.Score, *f.Low, *f.High, b)
			}
		}
	})
}

func FuzzBands(f *testing.F) {
	f.Add(int64(50), int64(30), int64(20))
	f.Fuzz(func(t *testing.T, p, n, d int64) {
		if b, err := SeedBands(nps10, npsOf(p, n, d)); err != nil || (b.Low == "") != (b.High == "") {
			t.Fatalf("%v %v", b, err)
		}
	})
}
