package store

import (
	"fmt"
	"testing"
)

func TestAConnectionKeepsStatementsThatNobodyUses(t *testing.T) {
	s := fresh(t, "sqlite")
	if err := s.Narrow(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	pool, err := s.r.DB()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const same = "SELECT value FROM json_each(?) ORDER BY value"
	outer, err := conn.QueryContext(ctx, same, "[1,2,3]")
	if err != nil {
		t.Fatal(err)
	}
	for x := 1; outer.Next(); x++ {
		var got, inner int
		if err := conn.QueryRowContext(ctx, same, fmt.Sprintf("[%d]", 10*x)).Scan(&inner); err != nil || inner != 10*x {
			t.Errorf("asked within itself: %d, %v", inner, err)
		}
		if err := outer.Scan(&got); err != nil || got != x {
			t.Errorf("row %d: %d, %v", x, got, err)
		}
	}
	if err := outer.Close(); err != nil {
		t.Fatal(err)
	}
	for x := range 2 * mostKept {
		var got int
		if err := conn.QueryRowContext(ctx, fmt.Sprintf("SELECT %d", x)).Scan(&got); err != nil || got != x {
			t.Fatalf("question %d: %d, %v", x, got, err)
		}
	}
	if err := conn.Raw(func(c any) error {
		if n := len(c.(*keeper).idle); n != mostKept {
			t.Errorf("%d statements are kept", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
