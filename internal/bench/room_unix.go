//go:build unix

package bench

import "syscall"

// room is how many bytes are free where a folder is; known is false where that cannot be told.
func room(folder string) (free int64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
