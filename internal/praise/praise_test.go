package praise_test

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/stat"
)

func TestGoodWordsMayBeShared(t *testing.T) {
	one, five, scale := 1, 5, stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	quote := func(value, whole *int, comment, said string) feedback.Quote {
		return feedback.Quote{Audience: feedback.ToEmployee, Scale: scale, WholeScale: scale, Value: value, Overall: whole, Comment: comment, Said: said}
	}
	disowned := quote(&five, &five, "kind", "")
	disowned.Reply = feedback.ReplyNotMe
	led := quote(&five, &five, "kind", "")
	led.Audience = feedback.ToLeader
	for sentence, c := range map[string]struct {
		q    feedback.Quote
		want bool
	}{
		"about her work":                                       {quote(&five, &one, "kind", "slow"), true},
		"about the whole, which pleased":                       {quote(&five, &five, "", "all was well"), true},
		"not about a whole that did not, though her work did":  {quote(&five, &one, "", "I explained it three times"), false},
		"not about a whole that nobody rated":                  {quote(&five, nil, "", "hm"), false},
		"not blame":                                            {quote(&one, &five, "rude", ""), false},
		"not without words":                                    {quote(&five, &five, "", ""), false},
		"not what she says is about somebody else":             {disowned, false},
		"not what she reads because she answers for something": {led, false},
	} {
		if got := praise.MayShare(c.q); got != c.want {
			t.Errorf("%s: %v", sentence, got)
		}
	}
}
