package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/journeyloop/journeyloop/internal/testkit/browser"
	"github.com/journeyloop/journeyloop/internal/testkit/pgtest"
)

// need is a program the tests cannot do without, and the Debian package that holds it.
type need struct {
	debian string
	find   func() (string, error)
}

var needs = []need{{"postgresql", pgtest.Find}, {"chromium-headless-shell", browser.Find}}

// ensure installs what is missing when it may; otherwise its error says what a person must install.
func ensure(ctx context.Context, needs []need, install bool) error {
	packages, err := missing(needs)
	if err == nil || !install || !debianRoot() {
		return err
	}
	fmt.Fprintln(os.Stderr, "runtests: installing", packages)
	// Another apt-get may be at work; five minutes outlast it.
	apt := []string{"-q", "-o", "DPkg::Lock::Timeout=300"}
	for _, args := range [][]string{{"update"}, append([]string{"install", "-y", "--no-install-recommends"}, packages...)} {
		cmd := exec.CommandContext(ctx, "apt-get", append(apt, args...)...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if aptErr := cmd.Run(); aptErr != nil {
			return fmt.Errorf("apt-get %s: %w\n%w", args[0], aptErr, err)
		}
	}
	_, err = missing(needs)
	return err
}

func missing(needs []need) (packages []string, err error) {
	for _, n := range needs {
		if _, absent := n.find(); absent != nil {
			packages, err = append(packages, n.debian), errors.Join(err, absent)
		}
	}
	return packages, err
}

func debianRoot() bool {
	_, noApt := exec.LookPath("apt-get")
	return noApt == nil && os.Geteuid() == 0
}
