package shared

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDataLiesBesideTheModule(t *testing.T) {
	beside := t.TempDir()
	inside := filepath.Join(beside, "project", "internal", "room")
	write(t, filepath.Join(beside, "project", "go.mod"))
	write(t, filepath.Join(inside, "room_test.go"))

	t.Run("without the folder nothing is found and nothing is wrong", func(t *testing.T) {
		if path, found, err := find(inside, "set/rows.csv"); found || err != nil {
			t.Fatalf("%q, %t, %v", path, found, err)
		}
	})
	want := filepath.Join(beside, "shared", "data", "set", "rows.csv")
	write(t, want)
	t.Run("a set is found from any depth", func(t *testing.T) {
		if path, found, err := find(inside, "set/rows.csv"); path != want || !found || err != nil {
			t.Fatalf("%q, %t, %v", path, found, err)
		}
	})
	t.Run("a set the folder does not have is a mistake", func(t *testing.T) {
		if path, found, err := find(inside, "set/other.csv"); found || err == nil {
			t.Fatalf("%q, %t, %v", path, found, err)
		}
	})
	t.Run("outside a module there is nothing beside it", func(t *testing.T) {
		if path, found, err := find(beside, "set/rows.csv"); found || err == nil {
			t.Fatalf("%q, %t, %v", path, found, err)
		}
	})
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}
