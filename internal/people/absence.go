package people

import "time"

// Absence says that an employee is away from a day up to and with another (days since 1970-01-01 in the company's zone),
// and who stands in; 0 is nobody.
type Absence struct {
	ID           int64
	EmployeeID   int64
	FromDay      int32
	UntilDay     int32
	SubstituteID int64
	CreatedAt    time.Time
}

// On reports whether the absence covers a day.
func (a Absence) On(day int32) bool { return a.FromDay <= day && day <= a.UntilDay }

// Present is who does an employee's work on a day: herself, or the first substitute in turn who is there; 0 is nobody.
func Present(employee int64, absences []Absence, day int32) int64 {
	for range len(absences) + 1 { // a longer chain goes in a circle
		away, substitute := false, int64(0)
		for _, a := range absences {
			if a.EmployeeID == employee && a.On(day) {
				away, substitute = true, max(substitute, a.SubstituteID)
			}
		}
		if !away || employee == 0 {
			return employee
		}
		employee = substitute
	}
	return 0
}
