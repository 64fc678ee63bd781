// Command journeyloop is the whole product in one binary, a file per verb. It reads the environment once, opens the
// house and prints results; it decides nothing.
//
// Exit codes: 0 done, 1 failed, 2 wrong usage. Errors are one clear line on standard error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
)

// cli is the command line; scripts rely on these names.
type cli struct {
	DB string `help:"Database: sqlite:PATH or postgres://… (default: DATABASE_URL, else sqlite:journeyloop.db)." placeholder:"URL"`

	Serve    serveCmd    `cmd:"" help:"Serve the web application."`
	Demo     demoCmd     `cmd:"" help:"Play a believable company into an embedded database and serve it."`
	Import   importCmd   `cmd:"" help:"Import files: contacts, runs and answers."`
	Figures  figuresCmd  `cmd:"" help:"Print figures with n, interval and level."`
	Measures measuresCmd `cmd:"" help:"Print managers’ measures: response, first contact, staying, closing, value."`
	Cases    casesCmd    `cmd:"" help:"Print how customers are won back: open, overdue, in time, solved, how long."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the tables up to date."`
	Verify   verifyCmd   `cmd:"" help:"Recount raw records against the figures; exits 1 when they differ."`
	User     userCmd     `cmd:"" help:"Manage sign-ins."`
	Bench    benchCmd    `cmd:"" help:"Measure this machine against itself."`
}

// world is what every verb gets.
type world struct {
	ctx    context.Context
	config config.Config
	db     string // of the command line, "" when it named none
	reader *i18n.Reader
	out    io.Writer
	err    io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// over is the environment with what the command line says instead, so that both are checked by the same rules.
func (c cli) over(environ []string) []string {
	environ = slices.Clip(environ)
	if c.DB != "" {
		environ = append(environ, "DATABASE_URL="+c.DB)
	}
	if addr := c.Serve.Addr + c.Demo.Addr; addr != "" { // only one of the two was called
		environ = append(environ, config.Prefix+"ADDR="+addr)
	}
	return environ
}

// usage marks an error of how the command was called: exit code 2.
type usage struct{ error }

func (u usage) Unwrap() error { return u.error }

// run is main without the process.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	var c cli
	asked := -1
	parser, err := kong.New(&c, kong.Name("journeyloop"), kong.Writers(stdout, stderr),
		kong.Description("Closes the customer-journey feedback loop."), kong.Exit(func(code int) { asked = code }),
		kong.Vars{"mappings": strings.Join(ingest.Mappings(), ", ")},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return failed(stderr, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if asked >= 0 {
		return asked // help was printed
	}
	if err != nil {
		return failed(stderr, usage{err})
	}
	for _, hint := range config.Unknown(environ) {
		fmt.Fprintln(stderr, "journeyloop: "+hint)
	}
	conf, err := config.Load(c.over(environ))
	if err != nil {
		return failed(stderr, usage{err})
	}
	reader := i18n.NewReader(i18n.English, i18n.Gregorian, conf.TimeZone)
	w := &world{ctx: people.With(i18n.With(ctx, reader), people.System()), config: conf, db: c.DB, reader: reader, out: stdout, err: stderr}
	if err := k.Run(w); err != nil {
		return failed(stderr, err)
	}
	return 0
}

// failed prints one line and chooses the exit code.
func failed(stderr io.Writer, err error) int {
	reader := i18n.NewReader(i18n.English, i18n.Gregorian, nil)
	fmt.Fprintln(stderr, "journeyloop: "+oneLine(explain(reader, err)))
	if _, ok := errors.AsType[usage](err); ok {
		return 2
	}
	return 1
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// explain puts a fault into words; any other error speaks for itself.
func explain(r *i18n.Reader, err error) string {
	f := fault.Of(err)
	if f == nil {
		return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ") // several errors joined
	}
	if len(f.Fields) == 0 {
		return r.T(f.Key, f.Args...)
	}
	parts := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		parts[i] = field.Name + ": " + r.T(field.Key, field.Args...)
	}
	return strings.Join(parts, "; ")
}

// open opens the database and, when it is an embedded file, brings its tables up to date: nobody else would.
func (w *world) open() (*store.Store, error) {
	s, err := store.Open(w.ctx, string(w.config.DatabaseURL), w.config.TimeZone)
	if err != nil {
		return nil, err
	}
	if s.Engine() == "sqlite" {
		_, err = s.Migrate(w.ctx)
	} else if ready, checkErr := s.Migrated(w.ctx); checkErr != nil || !ready {
		err = errors.Join(checkErr, errors.New("the tables are not up to date: run journeyloop migrate first"))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openKept opens a database that must be there: a slip of the pen in its path is not to become an empty one.
func (w *world) openKept() (*store.Store, error) {
	if path, embedded := strings.CutPrefix(string(w.config.DatabaseURL), "sqlite:"); embedded {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no database at %s: name another with --db, or make this one with journeyloop migrate", path)
		}
	}
	return w.open()
}

// print writes a value as indented JSON.
func (w *world) print(v any) error {
	enc := json.NewEncoder(w.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
