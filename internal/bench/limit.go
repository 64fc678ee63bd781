package bench

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// atOnce is how many answers the limit writes with one commit.
const atOnce = 512

// limit writes the very rows of answers again, into tables like those they came from, as fast as the engine takes them:
// by 8 clients with binary COPY on PostgreSQL, by INSERT … SELECT on SQLite. It needs no rules, no reading and no reply.
type limit struct {
	*ground
	tables []string
	parts  []part
}

// part is the rows of up to atOnce answers: their numbers from … to, and on PostgreSQL the rows of each table.
type part struct {
	from, to, answers int64
	rows              [][]byte
}

// rowsOf says which column of a table tells what answer a row belongs to; of the ledger and the outbox, which know
// no answer, the numbers were given out at the same time.
var rowsOf = map[string]string{"responses": "id", "packed_ratings": "response_id", "further_attributions": "response_id", "notices": "response_id", "events": "id", "outbox": "id",
	"customers": "id", "runs": "id", "interactions": "id", "interaction_people": "interaction_id"}

// newLimit keeps what is on record now.
func (g *ground) newLimit(ctx context.Context, tables ...string) (*limit, error) {
	l := &limit{ground: g, tables: tables}
	db := g.db.WithContext(ctx)
	var ids []int64
	if err := db.Table("responses").Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := l.twin(ctx, t); err != nil {
			return nil, err
		}
	}
	for at := 0; at < len(ids); at += atOnce {
		end := min(len(ids), at+atOnce)
		p := part{from: ids[at], to: 1<<63 - 1, answers: int64(end - at)}
		if at == 0 {
			p.from = 0
		}
		if end < len(ids) {
			p.to = ids[end] - 1
		}
		l.parts = append(l.parts, p)
	}
	return l, l.fetch(ctx)
}

// references are left out of the twins, as LIKE does on PostgreSQL: the limit is the harder for it.
var references = regexp.MustCompile(`REFERENCES \w+ ?\(\w+\)`)

// twin makes an empty table like t, with its indexes; on SQLite also one with a copy of the rows.
func (l *limit) twin(ctx context.Context, t string) error {
	db := l.db.WithContext(ctx)
	if !l.embedded {
		return db.Exec("CREATE TABLE IF NOT EXISTS limit_" + t + " (LIKE " + t + " INCLUDING ALL)").Error
	}
	var there int64
	if err := db.Raw("SELECT COUNT(*) FROM sqlite_master WHERE name = ?", "limit_"+t).Scan(&there).Error; err != nil || there > 0 {
		return err
	}
	var made []string
	if err := db.Raw("SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC", t).Scan(&made).Error; err != nil {
		return err
	}
	for _, q := range append(made, "CREATE TABLE kept_"+t+" AS SELECT * FROM "+t, "CREATE INDEX kept_"+t+"_of ON kept_"+t+" ("+rowsOf[t]+")") {
		q = strings.Replace(q, "CREATE TABLE "+t, "CREATE TABLE limit_"+t, 1)
		q = strings.Replace(q, "INDEX "+t+"_", "INDEX limit_"+t+"_", 1)
		q = strings.Replace(q, "ON "+t+" ", "ON limit_"+t+" ", 1)
		q = references.ReplaceAllString(q, "")
		if err := db.Exec(q).Error; err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

func where(t string, p part) string {
	return fmt.Sprintf(" WHERE %s BETWEEN %d AND %d", rowsOf[t], p.from, p.to)
}

// fetch keeps the rows in memory, as COPY wants them.
func (l *limit) fetch(ctx context.Context) error {
	if l.embedded {
		return nil
	}
	conn, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for i := range l.parts {
		for _, t := range l.tables {
			var b bytes.Buffer
			if _, err := conn.PgConn().CopyTo(ctx, &b, "COPY (SELECT * FROM "+t+where(t, l.parts[i])+") TO STDOUT (FORMAT binary)"); err != nil {
				return err
			}
			l.parts[i].rows = append(l.parts[i].rows, b.Bytes())
		}
	}
	return nil
}

// measure empties the tables and fills them again; its rate is answers per second.
func (l *limit) measure(ctx context.Context) (lap, error) {
	for _, t := range l.tables {
		empty := "DELETE FROM limit_" + t
		if !l.embedded {
			empty = "TRUNCATE limit_" + t
		}
		if err := l.db.WithContext(ctx).Exec(empty).Error; err != nil {
			return lap{}, err
		}
	}
	var answers int64
	for _, p := range l.parts {
		answers += p.answers
	}
	began := time.Now()
	var err error
	if !l.embedded {
		err = l.copyAll(ctx)
	} else {
		err = l.insertAll(ctx)
	}
	return lap{rate: float64(answers) / time.Since(began).Seconds()}, err
}

func (l *limit) insertAll(ctx context.Context) error {
	for _, p := range l.parts {
		tx := l.db.WithContext(ctx).Begin()
		for _, t := range l.tables {
			if err := tx.Exec("INSERT INTO limit_" + t + " SELECT * FROM kept_" + t + where(t, p)).Error; err != nil {
				tx.Rollback()
				return err
			}
		}
		if err := tx.Commit().Error; err != nil {
			return err
		}
	}
	return nil
}

// copyAll lets 8 clients copy, each with a connection that stands already.
func (l *limit) copyAll(ctx context.Context) error {
	pool := make(chan *pgx.Conn, 8)
	for range cap(pool) {
		conn, err := pgx.Connect(ctx, l.url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		pool <- conn
	}
	_, err := drive(ctx, cap(pool), len(l.parts), time.Hour, func(ctx context.Context, i int) error {
		conn := <-pool
		defer func() { pool <- conn }()
		return l.copyPart(ctx, conn.PgConn(), l.parts[i])
	})
	return err
}

func (l *limit) copyPart(ctx context.Context, conn *pgconn.PgConn, p part) error {
	if _, err := conn.Exec(ctx, "BEGIN").ReadAll(); err != nil {
		return err
	}
	for n, t := range l.tables {
		if _, err := conn.CopyFrom(ctx, bytes.NewReader(p.rows[n]), "COPY limit_"+t+" FROM STDIN (FORMAT binary)"); err != nil {
			return err
		}
	}
	_, err := conn.Exec(ctx, "COMMIT").ReadAll()
	return err
}
