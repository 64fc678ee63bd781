package staff

import (
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/journeys"
)

// fillMissing lists the texts of a journey that some reader's language lacks: its own, its stages', its touchpoints' and
// its question. A text nobody wrote in any language is not missing anywhere.
func (d *Desk) fillMissing(c echo.Context, j drafted, v *journeys.EditView) error {
	ctx, r, a := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	path := "/journeys/" + strconv.FormatInt(j.ID, 10)
	writable := func(href string) string {
		if v.Locked {
			return ""
		}
		return href
	}
	lack := func(key string, t i18n.Text, href string) {
		if m, ok := missing(r, t); ok {
			m.What, m.Href = r.T(key), href
			v.Missing = append(v.Missing, m)
		}
	}
	lack("journeys.name", j.Name, path+"/edit#f-name")
	lack("journeys.need", j.Need, path+"/edit#f-need")
	touchpoints, err := d.Store.Touchpoints(ctx)
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, s := range j.Plan.Stages {
		lack("journeys.stage", s.Name, writable(path+"/stages/"+strconv.FormatInt(s.ID, 10)))
		for _, step := range j.Plan.StageSteps(s.ID) {
			i := slices.IndexFunc(touchpoints, func(t journey.Touchpoint) bool { return t.ID == step.TouchpointID })
			if i < 0 || seen[step.TouchpointID] {
				continue
			}
			seen[step.TouchpointID] = true
			href := ""
			if mayEditTouchpoint(a, touchpoints[i]) {
				href = "/touchpoints/" + strconv.FormatInt(step.TouchpointID, 10) + "/edit"
			}
			lack("journeys.touchpoint", touchpoints[i].Name, href)
		}
	}
	sv, err := d.asked(ctx, j)
	if err != nil {
		return err
	}
	lack("journeys.question", sv.Question, writable(path+"/survey"))
	return nil
}

func missing(r *i18n.Reader, t i18n.Text) (journeys.Missing, bool) {
	lacks := t.Missing()
	if t.Empty() || len(lacks) == 0 {
		return journeys.Missing{}, false
	}
	names := make([]string, len(lacks))
	for i, l := range lacks {
		names[i] = r.T("common.language_" + string(l))
	}
	m := journeys.Missing{Languages: r.List(names...)}
	m.Text, m.TextIn = t.Shown(r.Lang())
	return m, true
}
