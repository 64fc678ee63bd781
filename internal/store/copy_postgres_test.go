package store

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
)

// copiedRow has a column of every kind that rows are copied with.
type copiedRow struct {
	ID     int64
	Small  int
	Middle *int32
	Yes    *bool
	At     time.Time
	Until  *time.Time
	Words  string
	Raw    []byte
	Met    []int64 `gorm:"serializer:json"`
}

func TestWhatIsCopiedIsReadAgain(t *testing.T) {
	s := fresh(t, "postgres")
	ctx := t.Context()
	err := s.InTx(ctx, func(ctx context.Context) error {
		return s.write(ctx).Exec(`CREATE TABLE copied_rows (id bigint, small smallint, middle integer, yes boolean, at timestamptz, until timestamptz,
			words text, raw bytea, met text)`).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	middle, yes, at := int32(math.MinInt32), true, time.Date(1969, 7, 20, 20, 17, 40, 123000, time.UTC)
	full := copiedRow{math.MaxInt64, math.MinInt16, &middle, &yes, at, &at, "نصاب به‌موقع آمد", []byte{0, 255}, []int64{1, 2}}
	want := []copiedRow{full, {ID: 1, At: at, Met: []int64{}}, {ID: 2, At: at, Met: []int64{}}, {ID: 3, At: at, Raw: []byte{}, Met: []int64{}}}
	put := func(rows ...copiedRow) error {
		return s.InTx(ctx, func(ctx context.Context) error { return pour(ctx, s, "copied_rows", rows, "") })
	}
	if err := put(want...); err != nil {
		t.Fatal(err)
	}
	got, err := all[copiedRow](s.read(ctx).Table("copied_rows").Order("id = 1 DESC"))
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for _, g := range got {
		if g.ID == full.ID && (g.Small != full.Small || *g.Middle != middle || !*g.Yes || !g.At.Equal(at) || !g.Until.Equal(at) || g.Words != full.Words ||
			string(g.Raw) != string(full.Raw) || len(g.Met) != 2) {
			t.Errorf("read %+v, want %+v", g, full)
		}
		if g.ID != full.ID && (g.Middle != nil || g.Yes != nil || g.Until != nil || (g.Raw == nil) != (g.ID != 3)) {
			t.Errorf("read %+v, want nothing in it", g)
		}
	}
	if err := put(want[1], want[2], want[3], copiedRow{Small: math.MaxInt16 + 1}); !errors.Is(err, errWide) {
		t.Errorf("a number too large: %v", err)
	}
	if err := put(want[1], want[2], want[3], copiedRow{Words: strings.Repeat("\xff", 3)}); err == nil || errors.Is(err, gorm.ErrInvalidTransaction) {
		t.Errorf("bytes that are no text: %v", err)
	}
}
