package people

import "slices"

// MayAdminister: people, teams, sign-ins, policies and keys are the administrators' work.
func (a Actor) MayAdminister() bool { return a.Administrator }

// MaySeePeople: managers look at the organisation, administrators keep it.
func (a Actor) MaySeePeople() bool { return a.Manager || a.Administrator }

// MayAppoint: leaders and owners are appointed by managers.
func (a Actor) MayAppoint() bool { return a.Manager }

// MayKeepAbsences: each enters her own, a supervisor those of the teams below her, an administrator anybody's.
func (a Actor) MayKeepAbsences(of Employee) bool {
	return a.Administrator || a.MaySupervise(of.TeamID) || (a.EmployeeID != 0 && a.EmployeeID == of.ID)
}

// MaySupervise: a supervisor acts for the teams below her, a manager for all.
func (a Actor) MaySupervise(team int64) bool {
	return a.Manager || (team != 0 && slices.Contains(a.Supervises, team))
}
