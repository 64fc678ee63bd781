// Package browser opens pages in a real, headless Chromium for what only a browser shows: scripts, layout,
// direction, live updates. Whatever goes wrong on a page — a console error, an uncaught exception, a failed
// request, a broken security policy — fails the test that opened it, without being asked about.
//
// It is not for what an HTTP client and a CSS selector can see, and nothing outside this machine can be reached
// with it: a page that asks for a foreign script or font fails.
package browser

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ErrMissing says what to install; Find returns it when there is no browser.
var ErrMissing = errors.New("no headless Chromium (chromium-headless-shell, chromium or google-chrome) in PATH; " +
	"install it: `apt-get install chromium-headless-shell` on Debian, `brew install --cask chromium` on a Mac")

// patience bounds everything one test does in one browser.
const patience = 10 * time.Minute

var names = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}

// Find returns the browser's program, the smallest one first.
func Find() (string, error) { return firstOf(names) }

func firstOf(names []string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrMissing
}

type window struct {
	width, height int
	language      string
	scriptless    bool
	still         bool
}

// Option changes the window that Open opens; without any it is 1280 by 800, English, with JavaScript.
type Option func(*window)

// Viewport sets the window's size in CSS pixels; 390 by 844 is a usual phone.
func Viewport(width, height int) Option {
	return func(w *window) { w.width, w.height = width, height }
}

// Language sets what the browser asks pages for (Accept-Language) and its own locale, such as "fa".
func Language(tag string) Option { return func(w *window) { w.language = tag } }

// WithoutJavaScript opens the window of a reader who has it switched off.
func WithoutJavaScript() Option { return func(w *window) { w.scriptless = true } }

// Still opens a window whose pages do not hear of changes: what is looked at stays as it came, whatever others do meanwhile.
func Still() Option { return func(w *window) { w.still = true } }

// Open starts a browser of its own, with no cookies, and returns the context for chromedp.Do and chromedp.Run. It
// ends with the test, which fails for every problem that Problems has not taken by then.
func Open(t testing.TB, options ...Option) context.Context {
	t.Helper()
	program, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	w := window{width: 1280, height: 800, language: "en"}
	for _, option := range options {
		option(&w)
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), w.flags(program)...)
	t.Cleanup(endAlloc)
	ctx, end := chromedp.NewContext(alloc)
	ctx = w.watch(t, ctx, end)
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	return ctx
}

// Tab opens one more window in a browser that Open started, with cookies and a cache of its own. It ends with the test,
// which fails for this window's problems. Several tests may each use a tab of one browser at the same time.
func Tab(t testing.TB, browser context.Context, options ...Option) context.Context {
	t.Helper()
	w := window{width: 1280, height: 800}
	for _, option := range options {
		option(&w)
	}
	ctx, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	return w.watch(t, ctx, end)
}

// watch starts the window and collects its problems until the test ends.
func (w window) watch(t testing.TB, ctx context.Context, end context.CancelFunc) context.Context {
	t.Helper()
	seen := &problems{urls: map[string]string{}}
	t.Cleanup(func() {
		end()
		for _, problem := range seen.take() {
			t.Errorf("in the browser: %s", problem)
		}
	})
	// Started without a deadline: the browser lives as long as the first context it is given.
	if err := errors.Join(chromedp.Do(ctx), chromedp.Listen(ctx, seen.hear), chromedp.Do(ctx, w.prepare())); err != nil {
		t.Fatalf("open a window: %v", err)
	}
	return context.WithValue(ctx, key{}, seen)
}

func (w window) flags(program string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.NoSandbox, // containers forbid what the sandbox needs, and only our own pages are opened
		chromedp.DisableGPU,
		chromedp.Flag("js-flags", "--no-opt --no-maglev"), // no page lives long enough to earn what its scripts' optimising costs
		chromedp.WindowSize(w.width, w.height),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", w.language),
		chromedp.Flag("accept-lang", w.language),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1"),
	)
}

func (w window) prepare() chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: w.scriptless})
		if err != nil {
			return chromedp.Void{}, err
		}
		// Each window behaves as the one in front, however many there are.
		_, err = chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		if err != nil {
			return chromedp.Void{}, err
		}
		if w.still {
			_, err = chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: "delete window.EventSource"})
			if err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.EmulateViewport(int64(w.width), int64(w.height))(ctx, t)
	}
}

// Screenshot writes the whole page, not only its visible part, as a PNG.
func Screenshot(ctx context.Context, t testing.TB, path string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		t.Fatalf("take a screenshot %s: %v", path, err)
	}
}

// Picture is the whole page as a small JPEG: width CSS pixels become as many pixels as scale says.
func Picture(ctx context.Context, scale float64) ([]byte, error) {
	size, err := chromedp.Run(ctx, chromedp.Evaluate[[2]float64](`[document.documentElement.clientWidth, document.documentElement.scrollHeight]`))
	if err != nil {
		return nil, err
	}
	quality, beyond := int64(60), true
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatJpeg, Quality: &quality,
		CaptureBeyondViewport: &beyond, Clip: &page.Viewport{Width: size[0], Height: size[1], Scale: scale}})
	return shot.Data, err
}

// Problems takes what has gone wrong in this window so far, one line each. A test that expects a refused form takes
// and checks it; what nobody takes fails the test.
func Problems(ctx context.Context) []string {
	seen, ok := ctx.Value(key{}).(*problems)
	if !ok {
		panic("browser.Problems: the context is not one that browser.Open returned")
	}
	return seen.take()
}

type key struct{}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
