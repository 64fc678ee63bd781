// Package axe holds an open page against the rules of accessibility that a machine can decide: axe-core 4.14.1 by Deque
// Systems, unchanged, under the Mozilla Public License 2.0 (LICENSE; parts by others: LICENSE-3RD-PARTY.txt). It is copied
// here by web/vendor.mjs and embedded by tests alone, never by the binary.
//
// It is not for what only a person can judge: whether words help, whether an order makes sense, whether keys suffice.
package axe

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

//go:embed axe.min.js
var script string

// standard is WCAG 2.2, levels A and AA, as axe-core tags its rules. The newest tag holds target-size, which axe-core
// leaves off unless it is asked for by name.
var standard = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"}

// Layout are the rules that can change when only colours and the window's width do.
var Layout = []string{"target-size", "scrollable-region-focusable", "color-contrast", "link-in-text-block"}

// Violation is one rule that one element breaks.
type Violation struct {
	Rule, Element, Why string
}

func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.Rule, v.Element, v.Why) }

// Check tells what breaks the standard on the page that is open, or which of the given rules. The script reaches the page
// through the DevTools protocol, which no content policy hinders, and once is enough until the page is left.
func Check(ctx context.Context, rules ...string) ([]Violation, error) {
	loaded, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!window.axe`))
	if err != nil {
		return nil, err
	}
	if !loaded {
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](script)); err != nil {
			return nil, fmt.Errorf("bring axe-core into the page: %w", err)
		}
	}
	options, err := json.Marshal(options(rules))
	if err != nil {
		return nil, err
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]Violation](fmt.Sprintf(run, options), chromedp.EvalAwaitPromise))
	for i := range found {
		found[i].Why = strings.Join(strings.Fields(found[i].Why), " ")
	}
	return found, err
}

// run flattens what axe-core reports to one line an element.
const run = `axe.run(document, %s).then(({violations}) => violations.flatMap(({id, nodes}) =>
	nodes.map((n) => ({Rule: id, Element: n.target.flat().join(" "), Why: n.failureSummary || ""}))))`

func options(rules []string) map[string]any {
	if len(rules) > 0 {
		return map[string]any{"resultTypes": []string{"violations"}, "runOnly": map[string]any{"type": "rule", "values": rules}}
	}
	return map[string]any{"resultTypes": []string{"violations"}, "runOnly": map[string]any{"type": "tag", "values": standard},
		"rules": map[string]any{"target-size": map[string]any{"enabled": true}}}
}
