package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/demo/player"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/staff"
	"github.com/journeyloop/journeyloop/internal/store"
)

// demoDB is where the demo lives unless --db says otherwise; DATABASE_URL is a company's, not a demo's.
const demoDB = "sqlite:journeyloop-demo.db"

type demoCmd struct {
	Addr  string  `help:"Where to listen (default: JOURNEYLOOP_ADDR, else 127.0.0.1:8080)." placeholder:"HOST:PORT"`
	Scale float64 `default:"1" help:"How large the company's year is on the first start; 1 is more than 3,000 runs." placeholder:"X"`
}

func (demoCmd) Help() string {
	return "The first start plays a year of a made-up company into journeyloop-demo.db (or --db), which takes less than a minute; later starts keep the data. Everybody who reaches the address sees the passwords: not for real data.\n\nExample:\n  journeyloop demo --addr 127.0.0.1:8080"
}

func (c demoCmd) Run(w *world) error {
	if c.Scale <= 0 || c.Scale > 10 {
		return usage{errors.New("--scale must be more than 0 and at most 10")}
	}
	if w.db == "" {
		w.config.DatabaseURL = demoDB
	}
	l, err := w.listen()
	if err != nil {
		return err
	}
	defer l.Close()                 // where the server did not get to
	w.config.TimeZone = demo.Zone() // the days of its figures are that company's
	signIns, err := c.prepare(w)
	if err != nil {
		return err
	}
	if w.config.CompanyName == "Journeyloop" { // nobody named it
		w.config.CompanyName = demo.Brand
	}
	if err := w.introduce(signIns); err != nil {
		return err
	}
	return w.withApp(w.open, func(a *app.App) error { return w.serve(a, l, offered(signIns)...) })
}

// errNotADemo keeps the play out of anything that is somebody's.
var errNotADemo = errors.New("this database is not a demo (or its first start was interrupted): choose another with --db")

// prepare returns the sign-ins of the demo, after playing it where there is none yet.
func (c demoCmd) prepare(w *world) ([]player.SignIn, error) {
	path, embedded := strings.CutPrefix(string(w.config.DatabaseURL), "sqlite:")
	if embedded {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return c.playInto(w, path)
		}
	}
	s, err := store.Open(w.ctx, string(w.config.DatabaseURL), w.config.TimeZone)
	if err != nil {
		return nil, err
	}
	signIns, err := c.found(w, s)
	return signIns, errors.Join(err, s.Close())
}

// found looks at a database that is there already. One in which nothing was ever kept may become a demo; another is
// refused as it is.
func (c demoCmd) found(w *world, s *store.Store) ([]player.SignIn, error) {
	empty, err := s.Untouched(w.ctx)
	if err != nil {
		return nil, err
	}
	if empty {
		return c.play(w, s)
	}
	signIns, err := player.SignIns(w.ctx, s)
	if err != nil || len(signIns) == 0 {
		return nil, errNotADemo // a database of something else has no settings to read
	}
	return signIns, nil
}

// playInto plays into a draft beside path and gives it its name only when it is whole: an interrupted first start leaves
// no half of a company. The draft is this process's own, because another may be playing too; who is first, is kept.
func (c demoCmd) playInto(w *world, path string) ([]player.SignIn, error) {
	sweepDrafts(path)
	draft := fmt.Sprintf("%s.draft-%d", path, os.Getpid())
	s, err := store.Open(w.ctx, "sqlite:"+draft, w.config.TimeZone)
	if err != nil {
		return nil, err
	}
	signIns, err := c.play(w, s)
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted: nothing was kept, the next start begins again")
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return nil, errors.Join(err, removeDatabase(draft))
	}
	if _, err := os.Stat(path); err == nil {
		if err := removeDatabase(draft); err != nil {
			return nil, err
		}
		return c.prepare(w)
	}
	return signIns, os.Rename(draft, path)
}

// belongings are the ends of the names of files that belong to an embedded database.
var belongings = regexp.MustCompile(`-(wal|shm|journal)$`)

// sweepDrafts removes what starts that were killed have left; what cannot be removed does no harm.
func sweepDrafts(path string) {
	left, _ := filepath.Glob(globbed(path) + ".draft*") // the pattern is well-formed
	for _, name := range left {
		draft := belongings.ReplaceAllString(name, "")
		if !playing(strings.TrimPrefix(draft, path+".draft-")) {
			_ = removeDatabase(draft)
		}
	}
}

// playing tells whether another process of this number is alive.
func playing(number string) bool {
	pid, err := strconv.Atoi(number)
	if err != nil || pid == os.Getpid() {
		return false
	}
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}

// globbed is a path as a pattern that means only itself.
func globbed(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// removeDatabase removes an embedded database with what belongs to it.
func removeDatabase(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (c demoCmd) play(w *world, s *store.Store) ([]player.SignIn, error) {
	if _, err := s.Migrate(w.ctx); err != nil {
		return nil, err
	}
	fmt.Fprintln(w.err, "Playing a year of a company; this happens once.")
	p := newProgress(w.err)
	defer p.clear()
	return player.Play(w.ctx, s, player.Options{Now: app.Clock(), Scale: c.Scale, Progress: p.show})
}

// introduce says who is who, one line for each role.
func (w *world) introduce(signIns []player.SignIn) error {
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "role\tname\tlogin\tpassword\tlanguage")
	for _, s := range signIns {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", s.RoleName.In(i18n.English), s.Name, s.Login, s.Password, s.Language.Name())
	}
	return t.Flush()
}

// offered is what the sign-in page shows.
func offered(signIns []player.SignIn) []staff.SignIn {
	out := make([]staff.SignIn, len(signIns))
	for i, s := range signIns {
		out[i] = staff.SignIn{Role: people.Role(s.Role), Name: s.Name, Login: s.Login, Password: s.Password}
	}
	return out
}
