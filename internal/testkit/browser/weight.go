package browser

import (
	"context"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Scales weigh what a window receives.
type Scales struct {
	mu    sync.Mutex
	bytes float64
}

// Weigh puts scales under a window; they count from now on.
func Weigh(ctx context.Context, t testing.TB) *Scales {
	t.Helper()
	s := &Scales{}
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*network.EventLoadingFinished); ok {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.bytes += e.EncodedDataLength
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Take tells how many bytes have come over the network since it was last asked, headers and all; what the cache had
// weighs nothing.
func (s *Scales) Take() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.bytes
	s.bytes = 0
	return int(n)
}

// Timing is when a page showed its largest part, in milliseconds after it was asked for, and how far it shifted while it
// loaded, as the share of the window times the distance. Moved says what shifted, from where to where, and when.
type Timing struct {
	Paint float64
	Shift float64
	Moved []string
}

// timing waits for what the browser noticed before it was asked.
const timing = `new Promise((done) => {
	let paint = 0, shift = 0;
	const moved = [], at = (r) => [r.x, r.y, r.width, r.height].map(Math.round).join(" ");
	const named = (n) => !n ? "gone" : n.nodeType === 3 ? "text in " + named(n.parentNode) : n.tagName + "#" + n.id + "." + n.className;
	const shifted = (e) => {
		shift += e.value;
		for (const s of e.sources) moved.push(Math.round(e.startTime) + " ms: " + named(s.node) + ": " + at(s.previousRect) + " to " + at(s.currentRect));
	};
	const seen = (list) => { for (const e of list) e.entryType === "layout-shift" ? shifted(e) : paint = e.startTime; };
	const watch = new PerformanceObserver((l) => seen(l.getEntries()));
	watch.observe({ type: "layout-shift", buffered: true });
	watch.observe({ type: "largest-contentful-paint", buffered: true });
	setTimeout(() => { seen(watch.takeRecords()); done({ Paint: paint, Shift: shift, Moved: moved }); }, 50);
})`

// Timed tells how the open page came to be.
func Timed(ctx context.Context) (Timing, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[Timing](timing, chromedp.EvalAwaitPromise))
}

// Throttled makes the window that of a slow phone: 1.6 Mbit/s down, half of it up, 150 ms there and back, a processor
// four times as slow.
func Throttled(ctx context.Context) error {
	const down, up = 1.6e6 / 8, 0.8e6 / 8
	_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Latency: 150, DownloadThroughput: down, UploadThroughput: up}}})
	if err != nil {
		return err
	}
	_, err = chromedp.Call(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
	return err
}
