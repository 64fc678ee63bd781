package main

import (
	"cmp"
	"errors"
	"os"
	"syscall"
)

// memory is where Linux keeps files that no disk needs to see.
const memory = "/dev/shm"

// room is what the files of a run, their databases above all, take at most, with as much again to spare.
const room = 4 << 30

// lightly makes tests cheap: what they write lives for one test and stays in memory, where the machine has room for it
// there; and their memory, which is small, is swept seldom. The programs are built where they were before. clear removes
// what is left.
func lightly() (clear func(), err error) {
	clear = func() {}
	set := map[string]string{"GOGC": cmp.Or(os.Getenv("GOGC"), "400")}
	if dir, ok := inMemory(); ok {
		set["GOTMPDIR"], set["TMPDIR"] = cmp.Or(os.Getenv("GOTMPDIR"), os.TempDir()), dir
		clear = func() { os.RemoveAll(dir) }
	}
	for name, value := range set {
		err = errors.Join(err, os.Setenv(name, value))
	}
	return clear, err
}

func inMemory() (dir string, ok bool) {
	var free syscall.Statfs_t
	if syscall.Statfs(memory, &free) != nil || free.Bavail*uint64(free.Bsize) < room {
		return "", false
	}
	dir, err := os.MkdirTemp(memory, "journeyloop-tests-")
	if err != nil {
		return "", false
	}
	return dir, os.Chmod(dir, os.ModeSticky|0o777) == nil // as /tmp: the database server is somebody else, and clears up after itself
}
