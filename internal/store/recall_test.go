package store

import (
	"context"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/recall"
)

// named is what the team of an id is called in sight of a ctx.
func named(t *testing.T, s *Store, ctx context.Context, team int64) string {
	t.Helper()
	tree, err := s.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return tree.Teams[team].Name[i18n.English]
}

// looking is ctx within a look at the data as it is now.
func looking(t *testing.T, s *Store) context.Context {
	t.Helper()
	sight, err := s.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return recall.With(t.Context(), sight)
}

func TestWhatIsRemembered(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s, ctx := fresh(t, engine), t.Context()
			rename := func(name string) {
				t.Helper()
				if err := s.SaveTeam(ctx, people.Team{ID: 7, Key: "shop", Name: i18n.Text{i18n.English: name}}); err != nil {
					t.Fatal(err)
				}
			}
			rename("Shop")
			first := looking(t, s)
			named(t, s, first, 7)
			rename("Store")
			before := named(t, s, first, 7)
			within := ""
			if err := s.View(first, func(ctx context.Context) error { within = named(t, s, ctx, 7); return nil }); err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct{ sentence, got, want string }{
				{"until somebody looks again the same is told", before, "Shop"},
				{"whoever does not look asks for herself", named(t, s, ctx, 7), "Store"},
				{"a transaction is told what is", within, "Store"},
				{"the next look sees what is", named(t, s, looking(t, s), 7), "Store"},
				{"and so does the first from then on", named(t, s, first, 7), "Store"},
			} {
				if c.got != c.want {
					t.Errorf("%s: %q, want %q", c.sentence, c.got, c.want)
				}
			}
		})
	}
}

func TestOtherQuestionsAreOthers(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := fresh(t, engine)
			for id, key := range map[int64]string{1: "a", 2: "b"} {
				if err := s.SaveEmployee(t.Context(), people.Employee{ID: id, Key: key, Name: key, Active: true}); err != nil {
					t.Fatal(err)
				}
			}
			ctx := looking(t, s)
			for id, key := range map[int64]string{1: "a", 2: "b"} {
				for range 2 {
					if e, err := s.EmployeeByID(ctx, id); err != nil || e.Key != key {
						t.Errorf("employee %d is %q (%v)", id, e.Key, err)
					}
					if names, err := s.EmployeeNames(ctx, []int64{id}); err != nil || len(names) != 1 || names[id] != key {
						t.Errorf("employee %d is called %v (%v)", id, names, err)
					}
				}
			}
			if e, err := s.EmployeesByKey(ctx, []string{"a", "b"}); err != nil || len(e) != 2 {
				t.Errorf("both are %v (%v)", e, err)
			}
		})
	}
}

func TestValuesOfQuestions(t *testing.T) {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for sentence, c := range map[string]struct {
		a, b []any
		same bool
	}{
		"the same minute is the same time":    {[]any{noon}, []any{noon.Add(59 * time.Second)}, true},
		"the next minute is another":          {[]any{noon}, []any{noon.Add(time.Minute)}, false},
		"numbers do not run into each other":  {[]any{1, 23}, []any{12, 3}, false},
		"words do not run into each other":    {[]any{"a", "b"}, []any{"ab"}, false},
		"a word that holds a quote stays one": {[]any{`a"b`}, []any{"a", "b"}, false},
		"two lists are not one longer list":   {[]any{[]int64{1}, []int64{2}}, []any{[]int64{1, 2}, []int64{}}, false},
		"a word is the same by whatever type": {[]any{people.RoleManager}, []any{string(people.RoleManager)}, true},
	} {
		t.Run(sentence, func(t *testing.T) {
			text := func(values []any) (b []byte) {
				for _, x := range values {
					var ok bool
					if b, ok = appendValue(b, x); !ok {
						t.Fatalf("%v has no words", x)
					}
				}
				return b
			}
			if a, b := string(text(c.a)), string(text(c.b)); (a == b) != c.same {
				t.Errorf("%s and %s", a, b)
			}
		})
	}
	if _, ok := appendValue(nil, struct{}{}); ok {
		t.Error("a value without words must not be remembered")
	}
}
