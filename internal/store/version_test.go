package store

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/people"
)

// quietly lists what is written without moving the data's version, and why no remembered page can be wrong after it.
// Everything else goes through Store.write, which moves it.
var quietly = map[string]string{
	"Fold":                  "looks whether it leads; what it folds is not quiet",
	"Record":                "of looks alone: see event.Event.Changes",
	"SaveSession":           "a session that nobody has used yet",
	"TouchSession":          "when it was last used is shown on pages that are never remembered",
	"DeleteExpiredSessions": "what is over by the clock is looked at by the clock",
	"TouchAPIKey":           "when it was last used is shown on pages that are never remembered",
	"SaveToken":             "tokens are on no page",
	"AddLink":               "tokens are on no page",
	"WithErrands":           "errands are on no page",
	"ClaimTask":             "while a task waits or runs, its person's pages are not remembered",
	"BeatTask":              "while a task waits or runs, its person's pages are not remembered",
	"AddChunk":              "files are on no page",
	"DropFile":              "files are on no page",
	"DropTask":              "its file; the task itself is not quiet",
	"Meet":                  "how somebody wants her mail is on a page that is never remembered",
	"SavePerson":            "how somebody wants her mail is on a page that is never remembered",
	"SaveLetter":            "letters of notices are on no page",
	"Enclose":               "what a letter tells of is on no page",
	"SaveDue":               "when mail is due is on no page",
	"Postpone":              "when mail is due is on no page",
	"TakeMailEvent":         "which events came already is on no page",
	"SweepTasks":            "what goes is over, and on no page that is remembered",
}

func TestWhatIsWrittenQuietly(t *testing.T) {
	files, err := parser.ParseDir(token.NewFileSet(), ".", func(f os.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0) //nolint:staticcheck // one package, no build tags
	if err != nil {
		t.Fatal(err)
	}
	found, direct := map[string]bool{}, map[string]bool{}
	for _, file := range files["store"].Files {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				found[f.Name.Name] = uses(f, "quiet")
				direct[f.Name.Name] = uses(f, "w")
			}
		}
	}
	not := func(_ string, yes bool) bool { return !yes }
	maps.DeleteFunc(found, not)
	maps.DeleteFunc(direct, not)
	if got, want := slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(quietly)); !slices.Equal(got, want) {
		t.Errorf("quiet are\n%v\nand with a reason\n%v", got, want)
	}
	if got, want := slices.Sorted(maps.Keys(direct)), []string{"InTx", "Migrate", "Migrated", "Narrow", "onMoment", "openPools", "openPostgres", "quiet", "write"}; !slices.Equal(got, want) {
		t.Errorf("to the writing connection itself go\n%v, not only\n%v", got, want)
	}
}

// uses tells whether a method of the store asks for a part of it.
func uses(f *ast.FuncDecl, part string) (yes bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == part {
			of, isName := s.X.(*ast.Ident)
			yes = yes || isName && of.Name == "s"
		}
		return true
	})
	return yes
}

// versions is a store whose version can be asked for.
type versions struct {
	*Store
	t *testing.T
}

func (v versions) now() int64 {
	v.t.Helper()
	n, err := v.DataVersion(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

// moves is how far the version goes while do does something.
func (v versions) moves(do func(ctx context.Context) error) int64 {
	v.t.Helper()
	before := v.now()
	if err := do(v.t.Context()); err != nil && !errors.Is(err, errOnPurpose) {
		v.t.Fatal(err)
	}
	return v.now() - before
}

var errOnPurpose = errors.New("on purpose")

func TestWhenTheVersionMoves(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			v := versions{fresh(t, engine), t}
			now, hash := v.Now(), []byte("0123456789abcdef0123456789abcdef")
			user := people.User{ID: 7, Login: "olga", Name: "Ольга", CreatedAt: now}
			ledger := func(verb string) func(context.Context) error {
				return func(ctx context.Context) error {
					return v.Record(ctx, event.Event{Verb: verb, SubjectKind: "user", SubjectID: 7})
				}
			}
			contact := ingest.Record{Journey: ingest.Named{Key: "fibre"}, Run: "order-1", Customer: ingest.Customer{Key: "c1"},
				Contacts: []ingest.Contact{{Key: "k1", Touchpoint: ingest.Named{Key: "shop"}, Started: now}}}
			take := func(ctx context.Context) error { _, err := v.Take(ctx, []ingest.Record{contact}); return err }
			for _, c := range []struct {
				sentence string
				do       func(ctx context.Context) error
				by       int64
			}{
				{"a sign-in that is added", func(ctx context.Context) error { return v.SaveUser(ctx, user) }, 1},
				{"a ledger line", ledger(event.UserChanged), 1},
				{"somebody only came", ledger(event.UserSignedIn), 0},
				{"a language", func(ctx context.Context) error { return v.SetLanguage(ctx, 7, i18n.Greek) }, 1},
				{"a theme", func(ctx context.Context) error { return v.SetTheme(ctx, 7, people.KnownTheme("dark")) }, 1},
				{"a password", func(ctx context.Context) error { return v.SetPassword(ctx, 7, "x") }, 1},
				{"a session that begins", func(ctx context.Context) error {
					return v.SaveSession(ctx, auth.Session{Hash: hash, UserID: 7, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)})
				}, 0},
				{"a session that goes on", func(ctx context.Context) error { return v.TouchSession(ctx, hash, now) }, 0},
				{"a session that ends", func(ctx context.Context) error { return v.DeleteSession(ctx, hash) }, 1},
				{"several changes at once", func(ctx context.Context) error {
					return v.InTx(ctx, func(ctx context.Context) error {
						return errors.Join(v.SaveUser(ctx, user), v.SetLanguage(ctx, 7, i18n.Russian), ledger(event.UserChanged)(ctx))
					})
				}, 1},
				{"a change that is taken back", func(ctx context.Context) error {
					return v.InTx(ctx, func(ctx context.Context) error {
						return errors.Join(v.SaveUser(ctx, user), errOnPurpose)
					})
				}, 0},
				{"a transaction that only reads", func(ctx context.Context) error {
					return v.InTx(ctx, func(ctx context.Context) error { _, err := v.Tree(ctx); return err })
				}, 0},
				{"a contact, until the fold", take, 0},
				{"the fold after it", v.FoldAll, 1},
				{"the contact delivered again", take, 0},
				{"the fold after that", v.FoldAll, 0},
				{"answers, until the fold", func(ctx context.Context) error {
					return v.InTx(ctx, func(ctx context.Context) error {
						v.soon(ctx)
						return errors.Join(v.count(ctx, feedback.NewSums()), ledger(event.ResponseAnswered)(ctx))
					})
				}, 0},
				{"the fold after the answers", v.FoldAll, 1},
				{"sums that somebody's change made", func(ctx context.Context) error {
					return v.InTx(ctx, func(ctx context.Context) error { return v.count(ctx, feedback.NewSums()) })
				}, 1},
			} {
				if by := v.moves(c.do); by != c.by {
					t.Errorf("%s moves it by %d, not %d", c.sentence, by, c.by)
				}
			}
			if err := v.write(t.Context()).Exec("DELETE FROM users").Error; !errors.Is(err, errChangeAlone) {
				t.Errorf("a change outside a transaction: %v", err)
			}
		})
	}
}
