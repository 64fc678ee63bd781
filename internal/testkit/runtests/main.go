// Command runtests runs the tests on both engines and in a browser, with everything they need and nothing left
// behind: it sees to the programs that must be installed, starts one private PostgreSQL server for all packages,
// runs `go test`, prints the package lines and everything about what failed, counts, stops the server, and ends
// with go test's code, also when it is interrupted.
//
//	go run ./internal/testkit/runtests [-timeout 20m] [-install=false] [-v] -- [flags and packages of go test]
//
// It is not needed for one package: `go test ./internal/store` starts a server of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/journeyloop/journeyloop/internal/testkit/pgtest"
)

func main() {
	flags := flag.NewFlagSet("runtests", flag.ExitOnError) // ends with 2 on wrong usage
	timeout := flags.Duration("timeout", 20*time.Minute, "how long one package's tests may take")
	install := flags.Bool("install", true, "install what is missing with apt-get, where that is possible")
	verbose := flags.Bool("v", false, "print everything, not only what failed")
	flags.Parse(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	code, err := runTests(ctx, *timeout, *install, *verbose, flags.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "runtests:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(ctx context.Context, timeout time.Duration, install, verbose bool, args []string) (code int, err error) {
	if err := ensure(ctx, needs, install); err != nil {
		return 0, err
	}
	clear, err := lightly()
	if err != nil {
		return 0, err
	}
	defer clear()
	server, err := pgtest.Start(ctx)
	if err != nil {
		return 0, err
	}
	defer server.Stop()
	if len(args) == 0 {
		// What takes longest begins first.
		args = []string{"./internal/server", "./cmd/journeyloop", "./internal/server/staff", "./internal/demo/player", "./internal/store", "./..."}
	}
	// Tests wait for browsers, disks and clocks half of their time: twice as many as there are cores keep all of them busy.
	parallel := fmt.Sprint(2 * runtime.GOMAXPROCS(0))
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json", "-timeout", timeout.String(), "-parallel", parallel}, args...)...)
	cmd.Env = append(os.Environ(), pgtest.Env+"="+server.DSN)
	return goTest(ctx, cmd, &report{out: os.Stdout, verbose: verbose})
}

// goTest runs the command, tells the report its events and returns its code.
func goTest(ctx context.Context, cmd *exec.Cmd, r *report) (code int, err error) {
	// A group of its own: an interruption reaches go, the test binaries and their browsers together, once, from here.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stderr = os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	unread := r.read(events)
	err = cmd.Wait()
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whoever of the group is still there has had its time
	r.close()
	if ctx.Err() != nil {
		return 130, nil
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, errors.Join(err, unread)
}
