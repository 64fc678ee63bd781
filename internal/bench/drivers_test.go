package bench

import "testing"

func TestTheDriversBenchAsksAboutEverySize(t *testing.T) {
	r, err := drivers(t.Context(), Options{Size: 6000, Rounds: 1}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Measured) != 9 || len(r.Ratios) != 10 {
		t.Errorf("%+v", r)
	}
	for _, x := range r.Ratios {
		if x.Is <= 0 {
			t.Errorf("%+v", x)
		}
	}
}
