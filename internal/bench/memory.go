package bench

import (
	"context"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// Memory notes how large this process was at most while it was watched, in MB; 0 where the system does not say (no /proc).
type Memory struct{ Peak float64 }

func (m *Memory) watch(ctx context.Context) {
	for tick := time.Tick(20 * time.Millisecond); ; {
		m.Peak = max(m.Peak, resident())
		select {
		case <-tick:
		case <-ctx.Done():
			return
		}
	}
}

// While watches as long as do takes. What the bench itself needs is in it, but for what preparing needed, so that the
// product alone is smaller.
func (m *Memory) While(ctx context.Context, do func() error) error {
	debug.FreeOSMemory()
	ctx, stop := context.WithCancel(ctx)
	seen := make(chan struct{})
	go func() { m.watch(ctx); close(seen) }()
	err := do()
	stop()
	<-seen
	return err
}

func resident() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseFloat(fields[1], 64) // the kernel's number
	return pages * float64(os.Getpagesize()) / (1 << 20)
}
