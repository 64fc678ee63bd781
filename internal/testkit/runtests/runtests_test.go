package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// module writes a small module and returns the command that runs its tests.
func module(t *testing.T, ctx context.Context, files map[string]string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.org/m\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-timeout", "1m", "./...")
	cmd.Dir = dir
	return cmd
}

const head = "import (\"fmt\"; \"os\"; \"testing\")\nvar _, _ = fmt.Sprint, os.Exit\n"

func TestARunIsCountedAndEverythingAboutAFailureIsPrinted(t *testing.T) {
	for _, c := range []struct {
		name, test  string
		code        int
		says, hides []string
		count       string
	}{
		{"passes are counted with their subtests, quietly",
			`func TestA(t *testing.T) { t.Log("chatter"); t.Run("sub", func(t *testing.T) {}) }`,
			0, []string{"ok  \texample.org/m/p"}, []string{"chatter", "PASS"}, "2 passed, 0 failed, 0 skipped"},
		{"a failure is printed whole, its passing neighbour is not",
			`func TestA(t *testing.T) { t.Log("chatter") }
			 func TestB(t *testing.T) { fmt.Println("before"); t.Error("four is not five") }`,
			1, []string{"before", "four is not five", "--- FAIL: TestB", "FAIL\texample.org/m/p"}, []string{"chatter"},
			"1 passed, 1 failed, 0 skipped"},
		{"a skip gives its reason",
			`func TestA(t *testing.T) { t.Skip("not run: no data") }`,
			0, []string{"skip\texample.org/m/p\tTestA\t", "not run: no data"}, nil, "0 passed, 0 failed, 1 skipped"},
		{"a panic fails the test it cut off",
			`func TestA(t *testing.T) {}
			 func TestB(t *testing.T) { panic("out of order") }`,
			1, []string{"panic: out of order"}, nil, "1 passed, 1 failed, 0 skipped"},
		{"code that does not build is a failure",
			`func TestA(t *testing.T) { undefined() }`,
			1, []string{"undefined: undefined", "[build failed]"}, nil, "0 passed, 1 failed, 0 skipped"},
		{"a package that ends early is a failure though its tests passed",
			`func TestA(t *testing.T) {}
			 func TestMain(m *testing.M) { m.Run(); os.Exit(3) }`,
			1, []string{"FAIL\texample.org/m/p"}, nil, "1 passed, 1 failed, 0 skipped"},
		{"a package without tests is not a failure",
			`func helper(t *testing.T) {}`, 0, nil, nil, "0 passed, 0 failed, 0 skipped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cmd := module(t, t.Context(), map[string]string{"p/p_test.go": "package p\n" + head + c.test})
			var out bytes.Buffer
			code, err := goTest(t.Context(), cmd, &report{out: &out})
			if code != c.code || err != nil {
				t.Errorf("code %d, %v", code, err)
			}
			for _, want := range c.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("does not say %q", want)
				}
			}
			for _, chatter := range c.hides {
				if strings.Contains(out.String(), chatter) {
					t.Errorf("says %q", chatter)
				}
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if last := lines[len(lines)-1]; last != c.count {
				t.Errorf("the last line is %q", last)
			}
			if t.Failed() {
				t.Logf("all of it:\n%s", out.String())
			}
		})
	}
}

func TestAnInterruptionEndsTheTestsAndIsNotSuccess(t *testing.T) {
	begun := filepath.Join(t.TempDir(), "begun")
	ctx, interrupt := context.WithCancel(t.Context())
	cmd := module(t, ctx, map[string]string{"p/p_test.go": "package p\n" + head +
		`func TestA(t *testing.T) { os.WriteFile("` + begun + `", nil, 0o644); select {} }`})
	go func() {
		defer interrupt()
		for range 600 {
			if _, err := os.Stat(begun); err == nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	var out bytes.Buffer
	code, err := goTest(ctx, cmd, &report{out: &out})
	if code != 130 || err != nil {
		t.Errorf("code %d, %v", code, err)
	}
	if !strings.HasSuffix(out.String(), "0 passed, 1 failed, 0 skipped\n") {
		t.Errorf("printed %s", out.String())
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	absent := func() (string, error) { return "", errors.New("install the thing") }
	present := func() (string, error) { return "/bin/thing", nil }
	for _, c := range []struct {
		name  string
		needs []need
		want  string
	}{
		{"nothing is missing", []need{{"a", present}, {"b", present}}, ""},
		{"one package is missing", []need{{"a", present}, {"b", absent}}, "b"},
		{"both are", []need{{"a", absent}, {"b", absent}}, "a b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			packages, err := missing(c.needs)
			if got := strings.Join(packages, " "); got != c.want || (err == nil) != (c.want == "") {
				t.Fatalf("%q, %v", got, err)
			}
		})
	}
}

// fakeApt stands first in PATH, writes down how it was called, and "installs" by creating the file thing.
func fakeApt(t *testing.T, code string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	script := "#!/bin/sh\necho \"$@\" >>" + dir + "/calls\n[ \"$4\" = install ] && >" + dir + "/thing\nexit " + code + "\n"
	if err := os.WriteFile(filepath.Join(dir, "apt-get"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return dir
}

func TestWhatIsMissingIsInstalledWhereThatIsAllowed(t *testing.T) {
	const apt = "-q -o DPkg::Lock::Timeout=300 "
	for _, c := range []struct {
		name, code string
		install    bool
		calls      string
		done       bool
	}{
		{"root on Debian installs, after one update", "0", true, apt + "update\n" + apt + "install -y --no-install-recommends thing\n", true},
		{"nothing is installed against somebody's will", "0", false, "", false},
		{"what apt-get cannot do is told", "7", true, apt + "update\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := fakeApt(t, c.code)
			find := func() (string, error) {
				_, err := os.Stat(filepath.Join(dir, "thing"))
				return "", err
			}
			err := ensure(t.Context(), []need{{"thing", find}}, c.install)
			calls, _ := os.ReadFile(filepath.Join(dir, "calls")) // absent when it was never called
			if os.Geteuid() != 0 {                               // then nobody may install
				c.calls, c.done = "", false
			}
			if string(calls) != c.calls || (err == nil) != c.done {
				t.Errorf("called\n%s%v", calls, err)
			}
		})
	}
}

func TestWhatTestsWriteInMemoryIsGoneWithThem(t *testing.T) {
	for _, name := range []string{"TMPDIR", "GOTMPDIR", "GOGC"} {
		t.Setenv(name, os.Getenv(name)) // and back when the test ends
	}
	disk := os.TempDir()
	clear, err := lightly()
	if err != nil {
		t.Fatal(err)
	}
	if os.TempDir() == disk {
		t.Logf("%s has no room: all stays where it was", memory)
		return
	}
	if build := os.Getenv("GOTMPDIR"); build == os.TempDir() {
		t.Errorf("programs are built in memory too, at %s", build)
	}
	if err := os.WriteFile(filepath.Join(os.TempDir(), "database"), []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	clear()
	if _, err := os.Stat(os.TempDir()); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", os.TempDir(), err)
	}
}
