package internal

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

var (
	keyLiteral = regexp.MustCompile(`"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)"`)
	catalogued = regexp.MustCompile(`^([a-z0-9_]+)\.[a-z]{2}\.toml$`)
	keyLine    = regexp.MustCompile(`(?m)^\["([a-z0-9_]+)\.`)
)

// areas lists the first words of all message keys: a literal that starts with one of them and has the shape of a key is
// taken for a key.
func areas(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	files, err := filepath.Glob("i18n/catalogue/*.toml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d catalogue files, %v", len(files), err)
	}
	for _, f := range files {
		if !catalogued.MatchString(filepath.Base(f)) {
			t.Errorf("%s is not named area.language.toml", f)
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keyLine.FindAllStringSubmatch(string(raw), -1) {
			out[m[1]] = true
		}
	}
	return out
}

// notKey: literals that only look like message keys are verbs of the ledger, columns in SQL, and names of files.
func notKey(file, literal string) bool {
	if strings.HasPrefix(file, "../internal/store/") {
		return !strings.HasPrefix(literal, "errors.") && !strings.HasPrefix(literal, "ingest.")
	}
	return strings.HasPrefix(file, "../internal/event/") || strings.HasPrefix(literal, "ui.js") ||
		strings.HasSuffix(literal, ".js") || strings.HasSuffix(literal, ".css") || strings.HasSuffix(literal, ".csv") || strings.HasSuffix(literal, ".svg") ||
		strings.HasSuffix(literal, ".json") || strings.HasSuffix(literal, ".db") || strings.HasSuffix(literal, ".id") || strings.HasSuffix(literal, ".key")
}

func TestEveryMessageKeyInTheSourceIsInTheCatalogue(t *testing.T) {
	known := areas(t)
	reader := i18n.NewReader(i18n.English, "", time.UTC)
	checked := 0
	for _, root := range []string{"../internal", "../templates", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") ||
				!(strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".templ")) || strings.Contains(path, "/testkit/") || strings.Contains(path, "test/") {
				return err
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range keyLiteral.FindAllStringSubmatch(string(raw), -1) {
				area, _, _ := strings.Cut(m[1], ".")
				if !known[area] || strings.HasSuffix(m[1], "_") || notKey(filepath.ToSlash(path), m[1]) {
					continue
				}
				checked++
				if !reader.Has(m[1]) {
					t.Errorf("%s: %q is not in the catalogue", path, m[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if checked < 100 {
		t.Errorf("only %d keys were found in the source: the test looks at the wrong things", checked)
	}
}
