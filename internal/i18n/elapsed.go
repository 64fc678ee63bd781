package i18n

import "time"

// unit is a length of time with a name; months and years are the rounded ones of everyday talk.
type unit struct {
	name   string
	length time.Duration
}

const day = 24 * time.Hour

var (
	agoUnits      = []unit{{"years", 365 * day}, {"months", 30 * day}, {"days", day}, {"hours", time.Hour}, {"minutes", time.Minute}}
	durationUnits = []unit{{"days", day}, {"hours", time.Hour}, {"minutes", time.Minute}, {"seconds", time.Second}}
)

// Ago says in words how far t lies from now, in the largest whole unit: "3 days ago", "in 2 hours", "just now" within a
// minute either way.
func (r *Reader) Ago(t, now time.Time) string {
	if t.IsZero() {
		return never
	}
	d, prefix := now.Sub(t), "common.ago_"
	if d < 0 {
		d, prefix = -d, "common.in_"
	}
	for _, u := range agoUnits {
		if d >= u.length {
			return r.N(prefix+u.name, int(d/u.length))
		}
	}
	return r.T("common.just_now")
}

// Duration says a length of time in words, in at most two neighbouring units: "2 days 4 hours". What is smaller is cut
// off; a negative length carries a minus.
func (r *Reader) Duration(d time.Duration) string {
	if d < 0 {
		if d > -time.Second {
			return r.N("common.seconds", 0)
		}
		return r.symbols().minus + r.Duration(-max(d, -1<<63+1))
	}
	for i, u := range durationUnits {
		if d < u.length {
			continue
		}
		first := r.N("common."+u.name, int(d/u.length))
		if i+1 == len(durationUnits) {
			return first
		}
		next := durationUnits[i+1]
		rest := int(d % u.length / next.length)
		if rest == 0 {
			return first
		}
		return r.T("common.duration_pair", "large", first, "small", r.N("common."+next.name, rest))
	}
	return r.N("common.seconds", 0)
}
