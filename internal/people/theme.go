package people

// Theme is in which light a person reads; "" is what her device says.
type Theme string

// Themes there are.
const (
	AsDevice Theme = ""
	Light    Theme = "light"
	Dark     Theme = "dark"
)

// Themes in the order they are offered.
var Themes = []Theme{AsDevice, Light, Dark}

// KnownTheme reads a theme; anything else is what the device says.
func KnownTheme(s string) Theme {
	if t := Theme(s); t == Light || t == Dark {
		return t
	}
	return AsDevice
}
