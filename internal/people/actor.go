package people

import "context"

// Actor is who asks. It is made once per request from the session, never from what a request says.
type Actor struct {
	UserID        int64
	EmployeeID    int64
	Name          string
	Manager       bool
	Administrator bool
	Supervises    []int64 // teams, whole subtrees
	Owns          []int64 // touchpoints
	Leads         []int64 // journeys
	system        bool
}

// System is the actor of imports, jobs and the command line: whoever runs the binary has the database anyway.
func System() Actor { return Actor{Manager: true, Administrator: true, system: true} }

// Signed reports whether somebody is signed in.
func (a Actor) Signed() bool { return a.UserID != 0 }

// Role is what a person is; one person can hold several.
type Role string

// The roles of model.md, the widest last.
const (
	RoleEmployee      Role = "employee"
	RoleSupervisor    Role = "supervisor"
	RoleOwner         Role = "owner"
	RoleLeader        Role = "leader"
	RoleManager       Role = "manager"
	RoleAdministrator Role = "administrator"
)

// Roles lists what the actor is.
func (a Actor) Roles() []Role {
	var roles []Role
	for _, r := range []Role{RoleEmployee, RoleSupervisor, RoleOwner, RoleLeader, RoleManager, RoleAdministrator} {
		if a.Is(r) {
			roles = append(roles, r)
		}
	}
	return roles
}

// Is reports whether the actor holds the role.
func (a Actor) Is(r Role) bool {
	switch r {
	case RoleEmployee:
		return a.EmployeeID != 0
	case RoleSupervisor:
		return len(a.Supervises) > 0
	case RoleOwner:
		return len(a.Owns) > 0
	case RoleLeader:
		return len(a.Leads) > 0
	case RoleManager:
		return a.Manager
	case RoleAdministrator:
		return a.Administrator
	}
	return false
}

// Scope is how far somebody sees. Only this package makes one, so no query can invent a wider one; the zero Scope
// sees nothing.
type Scope struct {
	company     bool
	employee    int64
	teams       []int64
	touchpoints []int64
	journeys    []int64
}

// Scope is all that the actor may see of customers' words and walks. Administrators as such see none of them.
func (a Actor) Scope() Scope {
	return Scope{company: a.Manager, employee: a.EmployeeID, teams: a.Supervises, touchpoints: a.Owns, journeys: a.Leads}
}

// OwnScope is only what customers said about the actor's own work.
func (a Actor) OwnScope() Scope { return Scope{employee: a.EmployeeID} }

// TeamScope is only the teams the actor supervises.
func (a Actor) TeamScope() Scope { return Scope{teams: a.Supervises} }

// AnswerScope is only what the actor answers for: the touchpoints she owns, the journeys she leads, the company.
func (a Actor) AnswerScope() Scope {
	return Scope{company: a.Manager, touchpoints: a.Owns, journeys: a.Leads}
}

// MeetingScope is what a team sees together when it meets, for a member of it and for who supervises it; nobody else sees
// anything of it. Pages made with it show no customer, and of a colleague nothing that she has not shared.
func (a Actor) MeetingScope(me Employee, team int64) Scope {
	member := me.ID != 0 && me.ID == a.EmployeeID && me.Active && me.TeamID == team
	if team == 0 || !member && !a.MaySupervise(team) {
		return Scope{}
	}
	return Scope{teams: []int64{team}}
}

// Company reports whether everything is in sight.
func (s Scope) Company() bool { return s.company }

// Employee is the person whose own feedback is in sight, 0 for nobody.
func (s Scope) Employee() int64 { return s.employee }

// Teams are the teams in sight.
func (s Scope) Teams() []int64 { return s.teams }

// Touchpoints are the touchpoints in sight.
func (s Scope) Touchpoints() []int64 { return s.touchpoints }

// Journeys are the journeys in sight.
func (s Scope) Journeys() []int64 { return s.journeys }

type actorKey struct{}

// With puts the actor into ctx.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// From returns the actor in ctx; the zero Actor is nobody and may nothing.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
