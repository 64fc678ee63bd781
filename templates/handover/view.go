// Package handover is the page on which an employee gives a customer the survey in person: a link, and the same link as a
// code for a phone's camera. It is not for the survey itself, and knows nothing of who the customer is.
package handover

import (
	"fmt"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// View is the page before (Link "") and after a link was made.
type View struct {
	Run     string // business key
	Action  string // where a link is made
	Back    string // the run's page
	Link    string
	Code    Code
	Problem string // why there is none, in the reader's language
}

// Code is a QR code as one SVG path on a square of Size modules, its quiet zone included.
type Code struct {
	Size int
	Path string
}

// CodeOf draws a link. A link too long for a code is an error.
func CodeOf(link string) (Code, error) {
	q, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		return Code{}, fmt.Errorf("draw a code: %w", err)
	}
	modules := q.Bitmap()
	var path strings.Builder
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from { // one bar for dark modules beside each other
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return Code{Size: len(modules), Path: path.String()}, nil
}

func (c Code) viewBox() string { return fmt.Sprintf("0 0 %d %d", c.Size, c.Size) }
