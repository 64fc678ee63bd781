// Package reply is how the doors answer: a route with its guard, a page in its frame, a redirect with a word about what
// happened, a reading of a form. It knows echo and templ, and nothing about journeys.
package reply

import (
	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/people"
)

// Guard says which kind of person may knock at a route. What they then see is the scope's business, what they may do the
// noun's policy.
type Guard string

// Guards. Managers pass every guard but Key and Administrator.
const (
	Public        Guard = "public"        // anybody: sign-in, survey links, static files
	Key           Guard = "key"           // a machine with an API key
	Signed        Guard = "signed"        // anybody signed in
	Employee      Guard = "employee"      // somebody with feedback of her own
	Supervisor    Guard = "supervisor"    // supervisors and managers
	Leader        Guard = "leader"        // journey leaders, touchpoint owners and managers
	Named         Guard = "named"         // who may know customers by name: supervisors, journey leaders and managers
	Manager       Guard = "manager"       // managers
	Office        Guard = "office"        // managers and administrators: who works here is their business
	Administrator Guard = "administrator" // administrators
)

// Admits reports whether the guard lets the actor pass; Public and Key do not look at actors.
func (g Guard) Admits(a people.Actor) bool {
	switch g {
	case Public, Key:
		return true
	case Signed:
		return a.Signed()
	case Employee:
		return a.Is(people.RoleEmployee)
	case Supervisor:
		return a.Manager || a.Is(people.RoleSupervisor)
	case Leader:
		return a.Manager || a.Is(people.RoleLeader) || a.Is(people.RoleOwner)
	case Named:
		return a.Manager || a.Is(people.RoleSupervisor) || a.Is(people.RoleLeader)
	case Manager:
		return a.Manager
	case Office:
		return a.MaySeePeople()
	case Administrator:
		return a.Administrator
	}
	return false
}

// Route is one line of the route table.
type Route struct {
	Method string
	Path   string
	Guard  Guard
	Handle echo.HandlerFunc
	Lasts  bool // while nothing changes, the page is not made again: it shows nothing that is not in the data
}
