package insight

import (
	"context"
	"sync"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// recall remembers what was worked out from one version of the data at one time: a day, or a minute where what is overdue
// counts. It is shared: nobody changes any of it. It is for what costs more to work out than to look up; whatever needs it
// asks for its own name.
type recall struct {
	mu      sync.Mutex
	version int64
	when    int64
	known   map[string]any
}

// maxRecalled bounds the memory until the next version; beyond it the rest is worked out every time.
const maxRecalled = 1_000

// recalled finds what a name stands for today, or works it out. The version was read before anything that it is worked out
// from, a moment of the figures too: so nothing is older than its version. Within a transaction, which may see more than its
// version says, nothing is remembered.
func recalled[T any](ctx context.Context, s *Service, version int64, name string, find func() (T, error)) (T, error) {
	return recalledAt(ctx, s, &s.told, version, int64(i18n.Day(s.Now(), s.Zone)), name, find)
}

// remembered is recalled as of the version now, or that of the page that ctx belongs to.
func remembered[T any](ctx context.Context, s *Service, name string, find func() (T, error)) (T, error) {
	version, err := s.Store.DataVersion(ctx)
	if err != nil {
		var none T
		return none, err
	}
	return recalled(ctx, s, version, name, find)
}

func recalledAt[T any](ctx context.Context, s *Service, in *recall, version, when int64, name string, find func() (T, error)) (T, error) {
	if r, ok := s.Store.(Rollups); ok && r.Within(ctx) {
		return find()
	}
	if known, ok := in.find(version, when, name); ok {
		return known.(T), nil
	}
	found, err := find()
	if err == nil {
		in.keep(version, when, name, found)
	}
	return found, err
}

func (r *recall) find(version, when int64, name string) (any, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.version != version || r.when != when {
		return nil, false
	}
	known, ok := r.known[name]
	return known, ok
}

func (r *recall) keep(version, when int64, name string, found any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.version > version {
		return // worked out for a page that began before others
	}
	if r.version != version || r.when != when || r.known == nil {
		r.version, r.when, r.known = version, when, map[string]any{}
	}
	if len(r.known) < maxRecalled {
		r.known[name] = found
	}
}
