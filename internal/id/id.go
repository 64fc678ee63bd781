// Package id makes the 63-bit, time-ordered numbers that every record carries, and the random tokens that travel in
// links. Numbers are made in the application, so that a batch can carry its own keys; they are not secret. Tokens are
// secret, and only their hashes are stored.
package id

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

// Layout: 42 bits of milliseconds since 2020, 21 bits that start at random in each millisecond and count up. Two
// nodes meet only when they draw the same start within one millisecond; the primary key then refuses the second.
const (
	countBits = 21
	countMask = 1<<countBits - 1
)

var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// maker hands out increasing numbers; it is the one place in the house that remembers the last one.
type maker struct {
	mu   sync.Mutex
	last int64
}

var shared maker

// New returns a number larger than every earlier one of this process.
func New() int64 { return shared.next(time.Now()) }

// Since is smaller than every number made at t or later.
func Since(t time.Time) int64 { return max(0, (t.UnixMilli()-epoch)<<countBits-1) }

func (m *maker) next(now time.Time) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := (now.UnixMilli()-epoch)<<countBits | int64(random32()&(countMask>>1))
	if n <= m.last || n>>countBits == m.last>>countBits {
		n = m.last + 1
	}
	m.last = n
	return n
}

func random32() uint32 {
	var b [4]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return binary.LittleEndian.Uint32(b[:])
}

// Token returns 128 random bits as 22 URL-safe characters.
func Token() string {
	var b [16]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Hash is how a token is stored: whoever reads the database cannot use the links.
func Hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
