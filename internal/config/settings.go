package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Setting is one variable, as it is explained to whoever runs a deployment.
type Setting struct{ Name, Default, Help string }

// Settings are all variables there are, in the order of Config.
func Settings() []Setting {
	return slices.Concat([]Setting{{databaseURL, defaultDatabase, "the database, sqlite:PATH or postgres://user:password@host/name"}},
		settings(Config{}, Prefix), settings(SMTP{}, Prefix+"SMTP_"), settings(SMS{}, Prefix+"SMS_"))
}

func settings(of any, prefix string) (list []Setting) {
	for field := range reflect.TypeOf(of).Fields() {
		if key, _, _ := strings.Cut(field.Tag.Get("env"), ","); key != "" {
			list = append(list, Setting{prefix + key, field.Tag.Get("envDefault"), field.Tag.Get("help")})
		}
	}
	return list
}

// testPrefix begins the variables of the project's own tests.
const testPrefix = Prefix + "TEST_"

// Unknown points out variables that look like ours and are none: most likely a slip of the pen, which would otherwise
// leave a default in force unnoticed. Values are not quoted.
func Unknown(environ []string) (hints []string) {
	var known []string
	for _, s := range Settings() {
		known = append(known, s.Name)
	}
	for name := range env.ToMap(environ) {
		if !strings.HasPrefix(name, Prefix) || strings.HasPrefix(name, testPrefix) || slices.Contains(known, name) {
			continue
		}
		hint := name + " is not a setting and was ignored"
		if near := nearest(name, known); near != "" {
			hint += fmt.Sprintf("; did you mean %s?", near)
		}
		hints = append(hints, hint)
	}
	slices.Sort(hints)
	return hints
}

// nearest is the name that differs in three letters at most, "" when there is none.
func nearest(name string, among []string) (near string) {
	best := 4
	for _, other := range among {
		if d := distance(name, other); d < best {
			best, near = d, other
		}
	}
	return near
}

// distance is how many letters must be added, dropped or replaced to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
