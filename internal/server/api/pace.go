package api

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/journeyloop/journeyloop/internal/auth"
)

// How fast one key may knock at one node: a batch carries 1 000 interactions, so this is no limit for a company and one
// for a program gone wild.
const (
	perSecond = 50
	burst     = 200
)

// pace remembers how fast each key has been knocking. There are as many entries as keys, which people issue by hand.
type pace struct {
	mu   sync.Mutex
	keys map[string]*rate.Limiter
}

// wait spends one request of a key, or says how long until there is one.
func (p *pace) wait(key string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys == nil {
		p.keys = map[string]*rate.Limiter{}
	}
	l, ok := p.keys[key]
	if !ok {
		l = rate.NewLimiter(perSecond, burst)
		p.keys[key] = l
	}
	if l.AllowN(now, 1) {
		return 0
	}
	return time.Duration((1 - l.TokensAt(now)) / perSecond * float64(time.Second))
}

// paced refuses a key that knocks too fast. Its pace is its own: time here is the machine's, not the company's.
func (d *Desk) paced(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		wait := d.pace.wait(keyOf(c), time.Now())
		if wait <= 0 {
			return next(c)
		}
		seconds := int(math.Ceil(wait.Seconds()))
		c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
		return refuse(c, http.StatusTooManyRequests, "api.too_fast", "seconds", seconds)
	}
}

// keyOf is the public part of the key that the guard has recognised.
func keyOf(c echo.Context) string {
	_, text, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	prefix, _ := auth.PrefixOf(strings.TrimSpace(text))
	return prefix
}
