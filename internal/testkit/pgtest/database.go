package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/journeyloop/journeyloop/internal/id"
)

// patience bounds one database's making; a loaded machine needs seconds, a stuck one is told so.
const patience = 2 * time.Minute

// Database returns the address of a fresh database that migrate has prepared, and drops it when the test ends.
//
// migrate runs once per server and name of the function: packages that hand over the same function share its
// template. So it must build the same schema each time, from its code alone, and must leave no connection open.
// Without PostgreSQL the test fails and says what to install.
func Database(t testing.TB, migrate func(dsn string) error) (dsn string) {
	t.Helper()
	dsn, drop, err := clone(runtime.FuncForPC(reflect.ValueOf(migrate).Pointer()).Name(), migrate)
	if err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return dsn
}

func clone(schema string, migrate func(string) error) (dsn string, drop func() error, err error) {
	base, err := address()
	if err != nil {
		return "", nil, err
	}
	template, err := templateFor(base, schema, migrate)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), id.New())
	if err := execute(base, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return "", nil, err
	}
	drop = func() error { return execute(base, "DROP DATABASE "+name+" WITH (FORCE)") }
	return inside(base, name), drop, nil
}

// own is the server of a test binary that nobody gave one. It is never stopped by hand: its keeper does that when
// this process ends, however it ends.
var own = sync.OnceValues(func() (*Server, error) { return Start(context.Background()) })

func address() (string, error) {
	if dsn := os.Getenv(Env); dsn != "" {
		return dsn, nil
	}
	server, err := own()
	if err != nil {
		return "", err
	}
	return server.DSN, nil
}

// templateFor returns the database in which migrate has prepared the schema of this name. One connection at a time may prepare it, whatever its
// process; the others wait and find it done. It gets its name only when it is whole.
func templateFor(base, schema string, migrate func(string) error) (name string, err error) {
	key := sha256.Sum256([]byte(schema))
	name = fmt.Sprintf("template_%x", key[:8])
	lock := int64(binary.BigEndian.Uint64(key[:8]))
	err = with(base, func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil { // freed with the connection
			return err
		}
		var done bool
		err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&done)
		if err != nil || done {
			return err
		}
		return prepare(ctx, conn, base, name, migrate)
	})
	return name, err
}

func prepare(ctx context.Context, conn *pgx.Conn, base, name string, migrate func(string) error) error {
	draft := "draft_" + name
	if err := run(ctx, conn, "DROP DATABASE IF EXISTS "+draft+" WITH (FORCE)", "CREATE DATABASE "+draft); err != nil {
		return err
	}
	if err := migrate(inside(base, draft)); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// Connections the migration has closed may still be leaving; a database in use can be neither named nor cloned.
	return run(ctx, conn,
		"ALTER DATABASE "+draft+" ALLOW_CONNECTIONS false",
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '"+draft+"'",
		"ALTER DATABASE "+draft+" RENAME TO "+name)
}

// inside is the same server's address of another database.
func inside(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base // pgx has refused it before
	}
	u.Path = "/" + name
	return u.String()
}

func execute(base, sql string) error {
	return with(base, func(ctx context.Context, conn *pgx.Conn) error { return run(ctx, conn, sql) })
}

func run(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			verb, _, _ := strings.Cut(sql, " ")
			return fmt.Errorf("%s: %w", verb, err)
		}
	}
	return nil
}

// with lends one connection. None is kept, so that tests which count goroutines find only their own.
func with(base string, use func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return fmt.Errorf("reach PostgreSQL at %s: %w", base, err)
	}
	return errors.Join(use(ctx, conn), conn.Close(ctx))
}
