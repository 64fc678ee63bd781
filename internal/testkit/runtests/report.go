package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action, Package, ImportPath, Test, Output string
}

// report prints what a person wants of a test run: a line per package, all output of what failed, the reason of
// what was skipped, and the count. Tests, subtests, examples and fuzz seeds count one each; a package that fails
// without a failed test, because it did not build or ended early, counts as one failure too.
type report struct {
	out      io.Writer
	verbose  bool
	packages map[string]*pack

	passed, failed, skipped int
}

// pack is a package whose tests are under way.
type pack struct {
	lines  []line
	open   map[string]bool // tests that have begun and not ended
	failed bool
}

type line struct{ test, text string }

// read takes events until the stream ends. What is no event (go's own complaints) is printed as it is.
func (r *report) read(events io.Reader) error {
	r.packages = map[string]*pack{}
	in := bufio.NewReader(events)
	for {
		text, err := in.ReadBytes('\n')
		var e event
		if len(text) > 0 && json.Unmarshal(text, &e) != nil {
			r.out.Write(text)
		} else if len(text) > 0 {
			r.hear(e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read go test's events: %w", err)
		}
	}
}

func (r *report) hear(e event) {
	if e.Action == "build-output" || e.Action == "output" && r.verbose {
		io.WriteString(r.out, e.Output)
	}
	if e.Package == "" {
		return
	}
	p := r.packages[e.Package]
	if p == nil {
		p = &pack{open: map[string]bool{}}
		r.packages[e.Package] = p
	}
	switch {
	case e.Action == "output":
		p.lines = append(p.lines, line{e.Test, e.Output})
	case e.Test != "":
		r.test(p, e)
	case e.Action == "pass" || e.Action == "skip" || e.Action == "fail":
		r.end(e.Package, p, e.Action == "fail")
	}
}

func (r *report) test(p *pack, e event) {
	switch e.Action {
	case "run":
		p.open[e.Test] = true
	case "pass":
		r.passed++
		p.forget(e.Test)
	case "skip":
		r.skipped++
		r.reason(p, e)
		p.forget(e.Test)
	case "fail":
		r.failed++
		p.failed = true
		delete(p.open, e.Test)
	}
}

// reason prints why a test did not run, so that a count of skips never stands unexplained.
func (r *report) reason(p *pack, e event) {
	if r.verbose {
		return
	}
	fmt.Fprintf(r.out, "skip\t%s\t%s", e.Package, e.Test)
	for _, l := range p.lines {
		text := strings.TrimSpace(l.text)
		if l.test == e.Test && !strings.HasPrefix(text, "=== ") && !strings.HasPrefix(text, "--- ") {
			fmt.Fprintf(r.out, "\t%s", text)
		}
	}
	fmt.Fprintln(r.out)
}

// forget drops the output of a test that ended well.
func (p *pack) forget(test string) {
	delete(p.open, test)
	p.lines = slices.DeleteFunc(p.lines, func(l line) bool { return l.test == test })
}

func (r *report) end(name string, p *pack, failed bool) {
	delete(r.packages, name)
	if failed {
		r.failed += len(p.open) // cut off in the middle
		if len(p.open) == 0 && !p.failed {
			r.failed++
		}
	}
	if r.verbose {
		return
	}
	for _, l := range p.lines {
		if failed || l.test == "" && l.text != "PASS\n" {
			io.WriteString(r.out, l.text)
		}
	}
}

// close ends the packages an interruption cut off, and prints the count as the last line.
func (r *report) close() {
	for _, name := range slices.Sorted(maps.Keys(r.packages)) {
		r.end(name, r.packages[name], true)
	}
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
}
