// Package clock is a time that only moves when a test moves it. It is for tests, and not for measuring how long anything
// takes.
package clock

import (
	"sync"
	"time"
)

// Clock may be read and moved by several goroutines.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// At is a clock that stands at a time.
func At(t time.Time) *Clock { return &Clock{at: t} }

// Now is what the clock says.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Turn sets the clock.
func (c *Clock) Turn(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = to
}

// Wait lets time pass.
func (c *Clock) Wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
