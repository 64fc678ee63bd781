package served

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"
)

// watched notes how large this process was at most while it was watched; 0 where the system does not say (no /proc).
type watched struct{ peak float64 }

// watch looks until ctx ends. Clients and server are in one process here, so the server alone is smaller.
func (w *watched) watch(ctx context.Context) error {
	for tick := time.Tick(20 * time.Millisecond); ; {
		w.peak = max(w.peak, resident())
		select {
		case <-tick:
		case <-ctx.Done():
			return nil
		}
	}
}

// resident is the memory of this process in MB.
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
