package stat

import (
	"testing"

	"pgregory.net/rapid"
)

func TestScaleInTheDatabase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := anyScale.Draw(t, "scale")
		stored, err := scale.Value()
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []any{stored, []byte(stored.(string))} { // engines hand back either
			read := Scale{Metric: "other"}
			if err := read.Scan(form); err != nil || read != scale {
				t.Fatalf("%v became %v: %v", scale, read, err)
			}
		}
	})
	none := csat5
	if stored, err := (Scale{}).Value(); err != nil || stored != "" || none.Scan(stored) != nil || none != (Scale{}) {
		t.Errorf("no scale: %q %v, read as %v", stored, err, none)
	}
	refused(t, map[string]error{
		"a scale that cannot be": second(Scale{Metric: "mood", Lo: 1, Hi: 5}.Value()),
		"a number":               none.Scan(7),
		"another word":           none.Scan("stars"),
	})
}

func TestTallyTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tally := anyTally(csat5, 50).Draw(t, "tally")
		if left := tally.Plus(tally.Negative()); left != (Tally{}) {
			t.Fatalf("%+v is left", left)
		}
	})
}
