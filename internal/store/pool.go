package store

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"
)

// pool is database/sql's, whose transactions know their connection: rows go in there in ways of the driver's own.
type pool struct{ *sql.DB }

// GetDBConn implements gorm.GetDBConnector.
func (p pool) GetDBConn() (*sql.DB, error) { return p.DB, nil }

// BeginTx implements gorm.ConnPoolBeginner.
func (p pool) BeginTx(ctx context.Context, options *sql.TxOptions) (gorm.ConnPool, error) {
	conn, err := p.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, options)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &pooled{tx, conn}, nil
}

// pooled is a transaction with the connection it holds.
type pooled struct {
	*sql.Tx
	conn *sql.Conn
}

// Commit implements gorm.TxCommitter.
func (p *pooled) Commit() error {
	defer p.conn.Close()
	return p.Tx.Commit()
}

// Rollback implements gorm.TxCommitter.
func (p *pooled) Rollback() error {
	defer p.conn.Close()
	return p.Tx.Rollback()
}
