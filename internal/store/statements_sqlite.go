package store

import (
	"context"
	"database/sql/driver"
	"errors"
)

// keeping opens connections that keep the statements they have read: to read the text of one takes longer than to run most.
// It is below database/sql, where a connection belongs to one caller at a time: nothing is locked (see gormConfig).
type keeping struct{ driver.Connector }

// Connect implements driver.Connector.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeper{c.(connection), map[string]statement{}}, nil
}

// connection is the driver's, but for what runs a text without preparing it.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.SessionResetter
	driver.Validator
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keeper is a connection with the statements that nobody uses just now, by their text.
type keeper struct {
	connection
	idle map[string]statement
}

// mostKept is how many statements a connection keeps; each takes some kilobytes.
const mostKept = 128

// PrepareContext implements driver.ConnPrepareContext.
func (k *keeper) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if s, ok := k.idle[text]; ok {
		delete(k.idle, text)
		return &borrowed{s, k, text}, nil
	}
	s, err := k.connection.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &borrowed{s.(statement), k, text}, nil
}

// run runs a statement that asks for nothing.
func (k *keeper) run(ctx context.Context, text string, args []driver.NamedValue) error {
	s, err := k.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	_, err = s.(*borrowed).ExecContext(ctx, args)
	return errors.Join(err, s.Close())
}

// Close implements driver.Conn.
func (k *keeper) Close() error {
	for _, s := range k.idle {
		_ = s.Close() // the connection goes in any case
	}
	clear(k.idle)
	return k.connection.Close()
}

// borrowed is a statement in use.
type borrowed struct {
	statement
	by   *keeper
	text string
}

// Close implements driver.Stmt: the statement is there for whoever asks for it next. Where there are too many, any goes.
func (s *borrowed) Close() error {
	if _, twice := s.by.idle[s.text]; twice || !s.by.IsValid() {
		return s.statement.Close()
	}
	s.by.idle[s.text] = s.statement
	if len(s.by.idle) <= mostKept {
		return nil
	}
	for text, other := range s.by.idle {
		delete(s.by.idle, text)
		return other.Close()
	}
	return nil
}
