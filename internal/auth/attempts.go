package auth

import (
	"container/list"
	"crypto/sha256"
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
)

// allowance is a token bucket: so many at once, then one more each time.
type allowance struct {
	burst float64
	every time.Duration
}

var (
	// A forgetful person gets ten tries, then one a minute: at most 1 450 guesses a day at one login.
	perLogin = allowance{burst: 10, every: time.Minute}
	// An office behind one address may mistype a lot; a machine trying many logins from there runs dry.
	perAddress = allowance{burst: 50, every: 5 * time.Second}
)

// maxRemembered bounds each table; about 10 MB for both when full.
const maxRemembered = 50_000

// Attempts limits sign-in attempts per login and per address, in the memory of this process: every node counts for
// itself, a restart forgets. Only failures cost, because a success is given back. Whoever keeps failing on somebody's
// login delays that person too; that is the price of not letting many addresses guess at one login.
type Attempts struct {
	now    func() time.Time
	mu     sync.Mutex
	logins table
	addrs  table
}

// NewAttempts starts with everybody's allowance full.
func NewAttempts(now func() time.Time) *Attempts {
	return &Attempts{now: now, logins: newTable(perLogin, maxRemembered), addrs: newTable(perAddress, maxRemembered)}
}

// Take spends one attempt before the password is looked at, so that parallel guesses count too. The fault is Busy
// auth.too_many with the argument minutes, rounded up. An empty login or address is not limited on that side.
func (a *Attempts) Take(login, addr string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	// The address first: one that ran dry cannot fill the table of logins.
	if wait := a.addrs.take(key(network(addr)), now); wait > 0 {
		return tooMany(wait)
	}
	if wait := a.logins.take(key(Login(login)), now); wait > 0 {
		return tooMany(wait)
	}
	return nil
}

// Forgive gives back after a success: the whole allowance of the login, the one attempt of the address.
func (a *Attempts) Forgive(login, addr string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.logins.give(key(Login(login)), a.logins.burst)
	a.addrs.give(key(network(addr)), 1)
}

func tooMany(wait time.Duration) error {
	return fault.Busy("auth.too_many", "minutes", int(math.Ceil(wait.Minutes())))
}

// network is whom an address belongs to: an IPv4 address, or the /64 that one IPv6 customer gets.
func network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return addr
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		return netip.PrefixFrom(ip, 64).Masked().String()
	}
	return ip.String()
}

// digest bounds the memory of an entry and keeps logins out of it.
type digest [sha256.Size]byte

func key(s string) *digest {
	if s == "" {
		return nil
	}
	d := digest(sha256.Sum256([]byte(s)))
	return &d
}

// table holds the buckets that are not full, least recently used last; beyond its size those are forgotten.
type table struct {
	allowance
	size    int
	entries map[digest]*list.Element
	recent  *list.List
}

type bucket struct {
	key    digest
	tokens float64
	at     time.Time
}

func newTable(a allowance, size int) table {
	return table{allowance: a, size: size, entries: map[digest]*list.Element{}, recent: list.New()}
}

// take spends a token, or says how long until there is one.
func (t *table) take(k *digest, now time.Time) time.Duration {
	if k == nil {
		return 0
	}
	b := t.bucket(*k, now)
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) * float64(t.every))
	}
	b.tokens--
	return 0
}

// bucket finds or makes the bucket, filled up to now.
func (t *table) bucket(k digest, now time.Time) *bucket {
	if e, ok := t.entries[k]; ok {
		t.recent.MoveToFront(e)
		b := e.Value.(*bucket)
		if passed := now.Sub(b.at); passed > 0 {
			b.tokens = min(t.burst, b.tokens+float64(passed)/float64(t.every))
			b.at = now
		}
		return b
	}
	if t.recent.Len() >= t.size {
		t.forget(t.recent.Back())
	}
	b := &bucket{key: k, tokens: t.burst, at: now}
	t.entries[k] = t.recent.PushFront(b)
	return b
}

// give adds tokens; a full bucket is the same as none.
func (t *table) give(k *digest, tokens float64) {
	if k == nil {
		return
	}
	e, ok := t.entries[*k]
	if !ok {
		return
	}
	b := e.Value.(*bucket)
	if b.tokens += tokens; b.tokens >= t.burst {
		t.forget(e)
	}
}

func (t *table) forget(e *list.Element) {
	t.recent.Remove(e)
	delete(t.entries, e.Value.(*bucket).key)
}
