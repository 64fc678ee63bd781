// Package sqlite3 stands in for the cgo driver that GORM's SQLite dialect imports only for its side effect.
// Journeyloop opens SQLite through modernc.org/sqlite, in pure Go; nothing here is ever called.
package sqlite3
