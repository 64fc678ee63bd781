package people

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/fault"
)

func TestAGuardedCellIsReadBackAsItWas(t *testing.T) {
	for _, cell := range []string{"", "Ann", "=1+1", "+30 210", "-", "@SUM(A1)", "\tx", "'quoted'", "O'Brien", "Ωμέγα", "'"} {
		if got := Unguarded(Guarded(cell)); got != cell {
			t.Errorf("%q came back as %q", cell, got)
		}
	}
	for _, cell := range []string{"=1+1", "+1", "-1", "@x", "\tx", "\rx"} {
		if Guarded(cell)[0] != '\'' {
			t.Errorf("%q could run", cell)
		}
	}
}

func TestTheHeadLineIsUnderstood(t *testing.T) {
	for sentence, c := range map[string]struct{ file, field string }{
		"commas":                        {"key,name\n", ""},
		"semicolons":                    {"key;name\n", ""},
		"tabs":                          {"key\tname\n", ""},
		"capitals and space around":     {" Key , NAME \r\n", ""},
		"a mark before it":              {"\ufeffkey,name\n", ""},
		"columns of somebody else's":    {"name,shoe size,key\n", ""},
		"no name":                       {"key,nom\n", "file"},
		"the key twice":                 {"key,name,key\n", "file"},
		"nothing but space":             {" \n\n", "file"},
		"another encoding":              {"key,name\n1,\xe1\n", "file"},
		"wide characters":               {"\xff\xfek\x00", "file"},
		"a quotation mark never closed": {"key,\"name\n", "file"},
	} {
		_, err := openSheet([]byte(c.file))
		f := fault.Of(err)
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", sentence, err)
		case c.field != "" && (f == nil || f.Kind != fault.KindInvalid || f.Fields[0].Name != c.field):
			t.Errorf("%s: %v, want a problem of the %s", sentence, err, c.field)
		}
	}
}
