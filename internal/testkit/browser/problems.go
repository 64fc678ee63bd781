package browser

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// problems collects what goes wrong in one window, in the order the browser tells it.
type problems struct {
	mu   sync.Mutex
	all  []string
	urls map[string]string // request → address: a failure names only the request
}

func (p *problems) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.all
	p.all = nil
	return all
}

// hear runs inside the browser's message loop: it must be quick and must send no command.
func (p *problems) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			p.add("console %s: %s", e.Type, arguments(e.Args))
		}
	case *runtime.EventExceptionThrown:
		p.add("uncaught exception: %s", exception(e.ExceptionDetails))
	case *log.EventEntryAdded:
		// The network's own entries repeat the responses and failures below.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			p.add("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		p.urls[string(e.RequestID)] = e.Request.Method + " " + e.Request.URL
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			p.add("failed request: %s: status %d", p.urls[string(e.RequestID)], e.Response.Status)
		}
	case *network.EventLoadingFailed:
		if !abandoned(e) {
			p.add("failed request: %s: %s %s", p.urls[string(e.RequestID)], e.ErrorText, e.BlockedReason)
		}
	}
}

func (p *problems) add(format string, args ...any) {
	p.all = append(p.all, oneLine(fmt.Sprintf(format, args...)))
}

// abandoned tells a request the page itself gave up, as by leaving while a live update is open, from one that failed.
func abandoned(e *network.EventLoadingFailed) bool {
	return e.BlockedReason == "" && (e.Canceled || e.ErrorText == "net::ERR_ABORTED")
}

func arguments(args []*runtime.RemoteObject) string {
	words := make([]string, 0, len(args))
	for _, arg := range args {
		words = append(words, object(arg))
	}
	return strings.Join(words, " ")
}

func object(o *runtime.RemoteObject) string {
	texts := []string{o.Description, strings.Trim(string(o.Value), `"`), string(o.UnserializableValue), string(o.Type)}
	return texts[slices.IndexFunc(texts, func(s string) bool { return s != "" })]
}

func exception(d *runtime.ExceptionDetails) string {
	text := d.Text
	if d.Exception != nil {
		text += " " + object(d.Exception)
	}
	return fmt.Sprintf("%s (%s:%d)", text, d.URL, d.LineNumber+1)
}
