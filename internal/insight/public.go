package insight

import (
	"context"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// publicMonths is how many whole months a figure for everybody is of: a day's or a week's difference tells of somebody.
const publicMonths = 12

// PublicFigure is how all customers of the last whole months rated their journeys, on the scale that most of them were
// asked by; first and last are its days. ok is false unless the figure is solid: nothing less is told to strangers.
func (s *Service) PublicFigure(ctx context.Context) (line Line, first, last time.Time, ok bool, err error) {
	y, m, _ := s.Now().In(s.Zone).Date()
	first, last = time.Date(y, m-publicMonths, 1, 12, 0, 0, 0, s.Zone), time.Date(y, m, 0, 12, 0, 0, 0, s.Zone)
	lines, err := s.Figures(ctx, Question{By: feedback.ByJourney, From: i18n.Day(first, s.Zone), To: i18n.Day(last, s.Zone)})
	if err != nil {
		return line, first, last, false, err
	}
	all := map[stat.Scale]stat.Tally{}
	for _, l := range lines {
		all[l.Scale] = all[l.Scale].Plus(l.Tally)
		if t := all[l.Scale]; t.N > line.Tally.N || t.N == line.Tally.N && l.Scale == line.Scale {
			line.Scale, line.Tally = l.Scale, t
		}
	}
	line.Figure = stat.Of(line.Scale, line.Tally).Shown()
	return line, first, last, line.Figure.Level == stat.Solid, nil
}
