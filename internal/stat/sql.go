package stat

import (
	"database/sql/driver"
	"fmt"
)

// Value stores a scale under its name; the zero Scale ("no scale") as the empty string.
func (s Scale) Value() (driver.Value, error) {
	if s == (Scale{}) {
		return "", nil
	}
	return s.String(), s.Check()
}

// Scan reads what Value wrote.
func (s *Scale) Scan(v any) error {
	name, ok := v.(string)
	if b, isBytes := v.([]byte); isBytes {
		name, ok = string(b), true
	}
	if !ok {
		return fmt.Errorf("scale: cannot read %T", v)
	}
	if name == "" {
		*s = Scale{}
		return nil
	}
	return s.UnmarshalText([]byte(name))
}
