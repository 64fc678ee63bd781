package server

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/server/reply"
)

const (
	zipLevel = 6
	zipsFrom = 1024 // bytes; less is not worth it
	// tells is the finest unit in which a remembered page tells the time: what was four minutes ago, what is overdue.
	tells = time.Minute
)

// remembering answers with the page that was made when the same person last asked the same, if nothing has changed since.
// It stands behind session and guard: whoever may not see a page any more does not come here. A page is kept until
// something changes that it was found in, or that was found out of its reader. A message that is shown once, and how far
// long work has come, are on pages that are made for that moment.
func (s *Server) remembering(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		g, _ := c.Get(guestKey).(*guest)
		if g == nil || g.working || reply.HasFlash(c) {
			own, err := record(c, next)
			return own.send(c, err)
		}
		var own *recording
		page, err := s.pages.find(c.Request().Context(), s.nameOf(c, g), func() (_ *leaf, err error) {
			look := lookOf(c)
			c.SetRequest(c.Request().WithContext(recall.With(c.Request().Context(), look)))
			own, err = record(c, next)
			if err != nil || !own.lasts() {
				return nil, err
			}
			page := newLeaf(own.body.Bytes(), look)
			page.hasty = s.pages.busy()
			return page, nil
		})
		switch {
		case page != nil:
			return hand(c, page)
		case own != nil:
			return own.send(c, err)
		}
		return err
	}
}

// anew makes a page from what is in the data now, and from nothing that anybody was told.
func anew(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.SetRequest(c.Request().WithContext(recall.Apart(c.Request().Context())))
		return next(c)
	}
}

// lookOf is the look at the data that the answer to a guest is a part of.
func lookOf(c echo.Context) *recall.Sight { return c.Get(lookKey).(*recall.Sight) }

// nameOf is all that a page is made of but the data: who asks and how she reads, what she asks, where she comes from as far as
// the page leads back there, and the time. The host is in the links of some.
func (s *Server) nameOf(c echo.Context, g *guest) string {
	r, reader := c.Request(), reply.Reader(c)
	return strings.Join([]string{g.print, string(reader.Lang()), string(reader.Calendar()),
		strconv.FormatInt(s.Now().Truncate(tells).Unix(), 10), r.Host, r.URL.RequestURI(), reply.CameFrom(r)}, "\x00")
}

// recording takes the place of the answer while a page is made.
type recording struct {
	header  http.Header
	cookies int // set before
	status  int
	body    bytes.Buffer
}

func record(c echo.Context, make echo.HandlerFunc) (*recording, error) {
	answer := c.Response()
	r := &recording{header: answer.Header(), cookies: len(answer.Header().Values(echo.HeaderSetCookie))}
	c.SetResponse(echo.NewResponse(r, c.Echo()))
	defer c.SetResponse(answer)
	return r, make(c)
}

func (r *recording) Header() http.Header         { return r.header }
func (r *recording) WriteHeader(status int)      { r.status = status }
func (r *recording) Write(p []byte) (int, error) { return r.body.Write(p) }

// lasts tells whether the answer is a page that says the same to who asks again.
func (r *recording) lasts() bool {
	return r.status == http.StatusOK && len(r.header.Values(echo.HeaderSetCookie)) == r.cookies && r.header.Get(echo.HeaderContentType) == echo.MIMETextHTMLCharsetUTF8
}

// send answers with what was recorded, for this once; err is what the handler had to say beside it.
func (r *recording) send(c echo.Context, err error) error {
	if r.status == 0 {
		return err
	}
	if wrong := write(c, r.status, newLeaf(r.body.Bytes(), nil)); wrong != nil {
		return wrong
	}
	return err
}

// hand answers with a remembered page, or with the word that the browser has it already.
func hand(c echo.Context, page *leaf) error {
	h, tag := c.Response().Header(), page.tag
	if zips(c, page) {
		tag += "-gz"
	}
	tag = `"` + tag + `"`
	h.Set("Cache-Control", "private, no-cache")
	if h.Set("ETag", tag); zips(c, page) {
		h.Set("ETag", "W/"+tag) // weak: the same page, though not packed as small at first
	}
	h.Set(echo.HeaderVary, "Accept-Encoding, Cookie") // after signing out no browser takes it from its own memory
	if has(c.Request().Header.Values("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	h.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	return write(c, http.StatusOK, page)
}

// has reports whether a browser names the tag among those it has; what a proxy made of it counts too.
func has(said []string, tag string) bool {
	for _, line := range said {
		for one := range strings.SplitSeq(line, ",") {
			if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}

func zips(c echo.Context, page *leaf) bool {
	return len(page.body) >= zipsFrom && strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip")
}

func write(c echo.Context, status int, page *leaf) error {
	h, body := c.Response().Header(), page.body
	if zips(c, page) {
		body = page.compressed()
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	if h.Get(echo.HeaderVary) == "" {
		h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	c.Response().WriteHeader(status)
	_, err := c.Response().Write(body)
	return err
}
