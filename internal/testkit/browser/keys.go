package browser

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

//go:embed walk.js
var walk string

// Walk presses Tab from the top of the open page until it has been everywhere, and tells what is wrong for somebody who has
// only a keyboard: what is not reached, or not in the order it is seen in, what shows no mark of the focus or is hidden
// while it has it, where the keys stay.
func Walk(ctx context.Context) ([]string, error) {
	stops, err := chromedp.Run(ctx, chromedp.Evaluate[int](walk))
	if err != nil {
		return nil, err
	}
	for range stops + 3 {
		if err := tab(ctx); err != nil {
			return nil, err
		}
	}
	return chromedp.Run(ctx, chromedp.Evaluate[[]string](`__walk.report()`))
}

// TabTo presses Tab until the focus is on what the selector names, as somebody does who knows what she looks for.
func TabTo(ctx context.Context, selector string) error {
	const most = 200
	for range most {
		if err := tab(ctx); err != nil {
			return err
		}
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`document.activeElement.matches(%q)`, selector)))
		if there || err != nil {
			return err
		}
	}
	return fmt.Errorf("%d times Tab did not reach %s", most, selector)
}

var errFalse = errors.New("it was false")

// Until waits until a script is true of the page that is open; on the way there the page may be left for another one.
func Until(ctx context.Context, script string) error {
	const enough = 20 * time.Second
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		if is {
			return nil
		}
		if time.Since(began) > enough || ctx.Err() != nil {
			return fmt.Errorf("after %v it is still not so that %s: %w", enough, script, cmp.Or(err, ctx.Err(), errFalse))
		}
	}
}

// tab is one press of the key, without the letters' events that chromedp sends for it.
func tab(ctx context.Context) error {
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9, NativeVirtualKeyCode: 9})
		if err != nil {
			return err
		}
	}
	return nil
}
