package main

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
)

// asCommandDies makes the command kill itself when it comes to a moment of SQLite: its number, and how often it lets the
// moment pass.
const asCommandDies = "JOURNEYLOOP_TEST_DIES"

// dieAt prepares that: every connection that writes gets a trigger of its own, which nobody else sees.
func dieAt(which string) {
	var n, times int
	if _, err := fmt.Sscanf(which, "%d:%d", &n, &times); err != nil {
		return
	}
	m, met, ends := moments[n], atomic.Int64{}, atomic.Bool{}
	sqlite.MustRegisterScalarFunction("moment", 0, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		if met.Add(1) < int64(times) {
			return nil, nil
		}
		if ends.Store(true); !m.commits {
			die()
		}
		return nil, nil
	})
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, dsn string) error {
		if strings.Contains(dsn, "query_only") {
			return nil
		}
		conn.(sqlite.HookRegisterer).RegisterCommitHook(func() int32 {
			if ends.Load() { // at any point of the commit, or just after it
				time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, die)
			}
			return 0
		})
		when := ""
		if m.when != "" {
			when = "WHEN " + m.when
		}
		_, err := conn.ExecContext(context.Background(), "CREATE TEMP TRIGGER moment "+strings.Replace(m.change, " ON ", " ON main.", 1)+" "+when+" BEGIN SELECT moment(); END", nil)
		return err
	})
}

// die ends the process as kill -9 does: nothing more is done.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}
