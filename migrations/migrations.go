// Package migrations holds the numbered SQL files that make and change the tables, one folder per engine. It only
// embeds them; internal/store runs them. The two folders must describe the same tables: a test of the store compares them.
package migrations

import "embed"

// Files are postgres/*.sql and sqlite/*.sql.
//
//go:embed postgres/*.sql sqlite/*.sql
var Files embed.FS
