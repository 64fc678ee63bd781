package browser

import (
	"context"
	"net/http"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Cookies gives the window cookies for an address: somebody who signed in elsewhere is signed in here. What other
// cookies it had is gone.
func Cookies(ctx context.Context, url string, cookies []*http.Cookie) error {
	if _, err := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		return err
	}
	for _, c := range cookies {
		if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: url}); err != nil {
			return err
		}
	}
	return nil
}

// Light and Dark are what a person can prefer pages to be.
const (
	Light = "light"
	Dark  = "dark"
)

// Prefers tells pages which colours the reader prefers and that she wants nothing to move, and waits until they are drawn so.
func Prefers(ctx context.Context, scheme string) error {
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	if err != nil {
		return err
	}
	return Settled(ctx)
}

// Resize changes the window's size in CSS pixels, and waits until the page is laid out anew.
func Resize(ctx context.Context, width, height int) error {
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		return err
	}
	return Settled(ctx)
}

// Settled waits for the page's fonts and for two frames: what was changed is then drawn.
func Settled(ctx context.Context) error {
	const drawn = `document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))`
	return chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](drawn, chromedp.EvalAwaitPromise))
}
