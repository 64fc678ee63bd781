// Package shared finds the public data sets that tests and benchmarks run on. They lie beside the project, in
// ../shared/data, because their licences do not let us carry them.
//
// It is not for data a test can make itself. It holds the one skip of the house: a clone without the data sets
// still tests everything else, and says plainly what it did not run.
package shared

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Data returns the path of a data set, such as "callcentre/customer_support.csv". Without the folder the test is
// reported as not run and counted among the skipped; a name the folder does not have is a mistake and fails.
func Data(t testing.TB, name string) string {
	t.Helper()
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	path, found, err := find(wd, name)
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Skip("not run: shared/data absent")
	}
	return path
}

// find looks beside the module that holds the directory.
func find(dir, name string) (path string, found bool, err error) {
	root, err := moduleRoot(dir)
	if err != nil {
		return "", false, err
	}
	data := filepath.Join(filepath.Dir(root), "shared", "data")
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	path = filepath.Join(data, filepath.FromSlash(name))
	_, err = os.Stat(path)
	return path, err == nil, err
}

func moduleRoot(dir string) (string, error) {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the test")
		}
		dir = parent
	}
}
