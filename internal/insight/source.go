package insight

import (
	"net/url"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Source is the question that a figure answers, in the company's own keys, so that it can be asked again:
// journeyloop figures --by … --journey … --from … --to … prints the same figure.
type Source struct {
	By           feedback.Dim
	Key, Journey string // Journey "" is all journeys
	Scale        stat.Scale
	From, To     int32 // days, both included; 0 leaves that side open
}

// String is "touchpoint:visit@fibre:csat_1_5:2026-01-05..2026-03-01"; keys are escaped as in an address.
func (s Source) String() string {
	key := url.QueryEscape(s.Key)
	if s.Journey != "" {
		key += "@" + url.QueryEscape(s.Journey)
	}
	return string(s.By) + ":" + key + ":" + s.Scale.String() + ":" + isoDay(s.From) + ".." + isoDay(s.To)
}

func isoDay(day int32) string {
	if day == 0 {
		return ""
	}
	return i18n.DayTime(day).Format(time.DateOnly)
}
