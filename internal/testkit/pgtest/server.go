// Package pgtest gives every test its own PostgreSQL database: Database clones one that was migrated once, on a
// private server in a temporary folder, reached through a Unix socket by nobody else. The server starts in about a
// second, also under root, and ends with whoever started it, even when that process is killed.
//
// It is not for running Journeyloop: the server trusts everybody and forgets what it wrote when the machine stops.
// It needs the binaries of PostgreSQL 14 or newer and a Unix; it never skips a test because they are missing.
package pgtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env names the variable with the address of a server that several test binaries share; whoever sets it, stops it.
const Env = "JOURNEYLOOP_TEST_PG"

// ErrMissing says what to install; Find and Start return it when there is no server to start.
var ErrMissing = errors.New("no PostgreSQL server binaries (initdb and postgres, 14 or newer) in /usr/lib/postgresql/*/bin or PATH; " +
	"install them: `apt-get install postgresql` on Debian and Ubuntu, `brew install postgresql@17` on a Mac")

const prefix = "journeyloop-pg-"

// Find returns the folder of the newest server binaries. Debian keeps them out of PATH, so its folders come first.
func Find() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well-formed
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	return firstOf(append(dirs, filepath.SplitList(os.Getenv("PATH"))...))
}

func firstOf(dirs []string) (string, error) {
	for _, dir := range dirs {
		if executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", ErrMissing
}

func version(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin))) // not a number sorts last
	return n
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// Server is a running private server.
type Server struct {
	DSN string // its maintenance database, as a postgres:// address

	dir    string
	keeper *exec.Cmd
	leash  *os.File // the keeper stops the server when this end of its pipe closes, by our hand or by our death
}

// keep is the life of a server: made, run until the leash is let go, stopped, removed. It asks a server to end again
// and again, because one that has just begun does not listen yet.
const keep = `dir=$1 bin=$2; shift 2
if "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync </dev/null >"$dir/log" 2>&1; then
	"$bin/postgres" -D "$dir/data" -k "$dir" "$@" </dev/null >>"$dir/log" 2>&1 &
	server=$!
else
	>"$dir/failed"
fi
cat >/dev/null
while [ -n "$server" ] && kill -INT "$server" 2>/dev/null; do sleep 0.05; done
cd / && rm -rf "$dir"`

// durability is given up for speed: these databases live for one test.
var settings = []string{
	"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
	"max_wal_senders=0", "autovacuum=off", "jit=off", "max_connections=500", "timezone=UTC",
}

// Start initialises and starts a server and returns when it answers. Folders left by servers that died are removed.
func Start(ctx context.Context) (*Server, error) {
	bin, err := Find()
	if err != nil {
		return nil, err
	}
	sweep()
	dir, err := os.MkdirTemp("", prefix)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, DSN: "postgres://postgres@/postgres?sslmode=disable&host=" + url.QueryEscape(dir)}
	if err := s.start(ctx, bin); err != nil {
		err = errors.Join(fmt.Errorf("start PostgreSQL in %s: %w", dir, err), s.log())
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, bin string) error {
	as, err := servant(s.dir)
	if err != nil {
		return err
	}
	args := []string{"-c", keep, "keep", s.dir, bin}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	end, leash, err := os.Pipe()
	if err != nil {
		return err
	}
	defer end.Close()
	keeper := exec.Command("/bin/sh", args...)
	// A session of its own: Ctrl-C reaches us, not the keeper, who must still clean up after us.
	keeper.Dir, keeper.Stdin, keeper.SysProcAttr = s.dir, end, &syscall.SysProcAttr{Credential: as, Setsid: true}
	if err := keeper.Start(); err != nil {
		leash.Close()
		return err
	}
	s.keeper, s.leash = keeper, leash
	return s.ready(ctx)
}

// ready waits for the first answer.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.DSN)
		if err == nil {
			return conn.Close(ctx)
		}
		if _, absent := os.Stat(filepath.Join(s.dir, "failed")); absent == nil {
			return errors.New("initdb failed")
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer within a minute: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends the server, waits for it and removes its folder.
func (s *Server) Stop() {
	if s.keeper != nil {
		s.leash.Close()
		s.keeper.Wait() // its code is the last of a clean-up that has no better ending
	}
	os.RemoveAll(s.dir)
}

// log is the server's own account of why it did not start; nil when it never came that far.
func (s *Server) log() error {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil || len(text) == 0 {
		return nil
	}
	return errors.New(strings.TrimSpace(string(text)))
}

// servant returns whom the server runs as, and hands the folder over: PostgreSQL refuses to run as root. Nil means
// as ourselves.
func servant(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is neither a user postgres nor nobody: %w", err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
}

// sweep removes what a keeper that was itself killed left behind. A folder without a process number is either being
// initialised or was given up; ten minutes tell the two apart.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*")) // a temporary folder has no pattern characters
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil {
			continue // gone meanwhile
		}
		pid, known := serverIn(dir)
		if known && !alive(pid) || !known && time.Since(info.ModTime()) > 10*time.Minute {
			os.RemoveAll(dir)
		}
	}
}

func serverIn(dir string) (pid int, known bool) {
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	return pid, err == nil && pid > 0
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
