package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/intake"
)

// Size measures how many bytes a rating takes with its indexes, after Size of them came in as the product takes them in.
// Whom one concerns is part of it where that is one person or team; where several share it, and what else an answer leaves,
// is told apart.
func Size(ctx context.Context, url string, o Options) (Report, error) {
	g, err := open(ctx, url, o.Zone)
	if err != nil {
		return Report{}, fmt.Errorf("prepare the bench: %w", err)
	}
	r, err := g.weigh(ctx, o)
	return r, errors.Join(err, g.close())
}

func (g *ground) weigh(ctx context.Context, o Options) (Report, error) {
	c, err := g.invite(ctx, "size", o.Size/met, true)
	if err != nil {
		return Report{}, err
	}
	service := &feedback.Service{Store: g.store, Ledger: g.store, Now: g.store.Now}
	desk := intake.Open(service, g.store, g.store.Writers())
	_, err = drive(ctx, 64, len(c.tokens), most*20, func(ctx context.Context, i int) error {
		_, err := desk.Answer(ctx, c.tokens[i], c.answer(i))
		return err
	})
	desk.Close()
	if err != nil {
		return Report{}, err
	}
	differs, err := g.store.Verify(ctx)
	if err != nil {
		return Report{}, err
	}
	parts, err := g.parts(ctx)
	return weighed(Report{Bench: "size", Engine: g.store.Engine(), Cores: runtime.NumCPU(), Size: len(c.tokens) * met, Unit: "ratings", Rounds: 1, Differs: len(differs)}, parts), err
}

// stored is a table or one of its indexes on the disk.
type stored struct {
	Name   string
	Belong string // the table
	Bytes  int64
}

// parts are the tables of answers and their indexes, as large as they are with the room they keep free.
func (g *ground) parts(ctx context.Context) ([]stored, error) {
	q := `SELECT c.relname AS name, t.relname AS belong, pg_relation_size(c.oid) AS bytes FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
		LEFT JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid IN (t.oid, i.indexrelid)
		WHERE n.nspname = current_schema() AND t.relkind = 'r' AND t.relname IN ? GROUP BY c.relname, t.relname, c.oid`
	if g.embedded {
		q = "SELECT s.name, m.tbl_name AS belong, SUM(s.pgsize) AS bytes FROM dbstat s JOIN sqlite_master m ON m.name = s.name WHERE m.tbl_name IN ? GROUP BY s.name, m.tbl_name"
	}
	var out []stored
	err := g.db.WithContext(ctx).Raw(q, answerTables).Scan(&out).Error
	slices.SortFunc(out, func(a, b stored) int { return cmp.Or(cmp.Compare(a.Belong, b.Belong), cmp.Compare(a.Name, b.Name)) })
	return out, err
}

// answerTables are what an answer leaves for good.
var answerTables = []string{"packed_ratings", "further_attributions", "responses", "notices"}

// weighed adds up the parts, in bytes for each rating.
func weighed(r Report, parts []stored) Report {
	each := func(bytes int64) float64 { return float64(bytes) / float64(r.Size) }
	all := map[string]int64{}
	for _, p := range parts {
		all[p.Belong] += p.Bytes
		all[""] += p.Bytes
	}
	r.Ratios = append(r.Ratios, atMost("bytes of a rating and whom it concerns, with its indexes", each(all[answerTables[0]]), 160))
	for _, t := range answerTables[1:] {
		r.Ratios = append(r.Ratios, Ratio{Name: "bytes of " + t + " with their indexes, for each rating", Is: each(all[t]), Met: true})
	}
	r.Ratios = append(r.Ratios, Ratio{Name: "bytes of all of these, for each rating", Is: each(all[""]), Met: true})
	for _, p := range parts {
		r.Notes = append(r.Notes, fmt.Sprintf("%6.1f bytes for each rating: %s", each(p.Bytes), p.Name))
	}
	return r
}
