package people

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
)

// Store is what people need kept. Finders answer Missing faults; a key or login that is taken is a Conflict.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// LockPeople lets one change of the organisation or of the roles happen at a time, until the transaction ends.
	LockPeople(ctx context.Context) error
	Tree(ctx context.Context) (Tree, error)
	SaveTeam(ctx context.Context, t Team) error
	EmployeeByID(ctx context.Context, id int64) (Employee, error)
	EmployeesByKey(ctx context.Context, keys []string) (map[string]Employee, error)
	SaveEmployee(ctx context.Context, e Employee) error
	UserByID(ctx context.Context, id int64) (User, error)
	UserByLogin(ctx context.Context, login string) (User, error)
	UserOf(ctx context.Context, employee int64) (User, error)
	SaveUser(ctx context.Context, u User) error
	// Administrators lists the sign-ins that may administer and are not disabled.
	Administrators(ctx context.Context) (users []int64, err error)
	// Absences lists those that have one of these days, of people who work here; a substitute who has left is 0.
	Absences(ctx context.Context, from, until int32) ([]Absence, error)
	// AbsencesOf lists an employee's that are not over on a day, the next first.
	AbsencesOf(ctx context.Context, employee int64, day int32) ([]Absence, error)
	SaveAbsence(ctx context.Context, a Absence) error
	RemoveAbsence(ctx context.Context, absence int64) error
}

// SignIns is what this package needs of passwords and sessions, which are not its business (see auth).
type SignIns interface {
	// SetPassword also ends every session of the user.
	SetPassword(ctx context.Context, user int64, login, password string) error
	SignOutEverywhere(ctx context.Context, user int64) error
}

// Service keeps the organisation. Its verbs are the administrators' (MayAdminister), others get Forbidden; absences are kept
// by more people (MayKeepAbsences).
type Service struct {
	Store   Store
	Ledger  event.Ledger
	SignIns SignIns
	Login   func(typed string) string // the form in which logins are kept
	Now     func() time.Time
	Zone    *time.Location // the company's
}

const maxName = 200 // characters of a name, key, login or address

// change runs one administrator's change in a transaction of its own.
func (s *Service) change(ctx context.Context, actor Actor, fn func(ctx context.Context) error) error {
	if !actor.MayAdminister() {
		return fault.Forbidden("people.administrators_only")
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.LockPeople(ctx); err != nil {
			return err
		}
		return fn(ctx)
	})
}

func (s *Service) tell(ctx context.Context, actor Actor, verb, kind string, subject int64, more map[string]any) error {
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: kind, SubjectID: subject, ActorID: actor.UserID, At: s.Now(), Particulars: more})
}

// SaveTeam adds (ID 0) or changes a team: its name, its place in the tree, its supervisor. A team cannot stand below
// itself.
func (s *Service) SaveTeam(ctx context.Context, actor Actor, t Team) (Team, error) {
	t.Key = clean(t.Key)
	for lang, name := range t.Name {
		t.Name[lang] = clean(name)
	}
	return t, s.change(ctx, actor, func(ctx context.Context) error {
		tree, err := s.Store.Tree(ctx)
		if err != nil {
			return err
		}
		if t.ID == 0 {
			t.ID, t.CreatedAt = id.New(), s.Now()
		} else if old, ok := tree.Teams[t.ID]; ok {
			t.Key, t.CreatedAt = old.Key, old.CreatedAt
		} else {
			return fault.Missing("people.team_missing")
		}
		if err := s.checkTeam(ctx, tree, t); err != nil {
			return err
		}
		t.Search = teamSearch(t)
		if err := s.Store.SaveTeam(ctx, t); err != nil {
			return taken(err)
		}
		return s.tell(ctx, actor, event.TeamChanged, "team", t.ID, map[string]any{"parent": fmt.Sprint(t.ParentID), "supervisor": fmt.Sprint(t.SupervisorID)})
	})
}

func (s *Service) checkTeam(ctx context.Context, tree Tree, t Team) error {
	var p fault.Problems
	line(&p, "key", t.Key, true)
	if t.Name.Empty() {
		p.Add("name_en", "errors.required")
	}
	for lang, name := range t.Name {
		line(&p, "name_"+string(lang), name, false)
	}
	if _, ok := tree.Teams[t.ParentID]; t.ParentID != 0 && !ok {
		p.Add("parent", "errors.choice")
	} else if slices.Contains(tree.Path(t.ParentID), t.ID) {
		p.Add("parent", "people.circle")
	}
	if t.SupervisorID != 0 {
		if _, err := s.Store.EmployeeByID(ctx, t.SupervisorID); fault.KindOf(err) == fault.KindMissing {
			p.Add("supervisor", "errors.choice")
		} else if err != nil {
			return err
		}
	}
	return p.Err()
}

// teamSearch is what a team can be found by.
func teamSearch(t Team) string {
	words := []string{t.Key}
	for _, lang := range i18n.Languages {
		words = append(words, t.Name[lang])
	}
	return i18n.Normalize(strings.Join(words, " "))
}

// SaveEmployee adds (ID 0) or changes an employee. An employee who leaves (not Active) keeps what she was rated for; her
// sign-in is disabled and her sessions end.
func (s *Service) SaveEmployee(ctx context.Context, actor Actor, e Employee) (Employee, error) {
	e.Key, e.Name, e.Email = clean(e.Key), clean(e.Name), clean(e.Email)
	return e, s.change(ctx, actor, func(ctx context.Context) error {
		tree, err := s.Store.Tree(ctx)
		if err != nil {
			return err
		}
		var old Employee
		if e.ID != 0 {
			if old, err = s.Store.EmployeeByID(ctx, e.ID); err != nil {
				return err
			}
			e.Key, e.CreatedAt = old.Key, old.CreatedAt
		}
		if err := e.check(tree); err != nil {
			return err
		}
		return s.put(ctx, actor, old, &e)
	})
}

// put writes an employee whose fields are right and tells the ledger; nothing changed is nothing told.
func (s *Service) put(ctx context.Context, actor Actor, old Employee, e *Employee) error {
	e.Search = i18n.Normalize(strings.Join([]string{e.Name, e.Key, e.Email}, " "))
	if e.ID == 0 {
		e.ID, e.CreatedAt = id.New(), s.Now()
	} else if old == *e {
		return nil
	}
	if err := s.Store.SaveEmployee(ctx, *e); err != nil {
		return taken(err)
	}
	if old.Active && !e.Active {
		if err := s.lockOut(ctx, actor, e.ID); err != nil {
			return err
		}
	}
	return s.tell(ctx, actor, event.EmployeeChanged, "employee", e.ID, map[string]any{"active": e.Active, "team": fmt.Sprint(e.TeamID)})
}

// lockOut disables the sign-in of somebody who left, if there is one.
func (s *Service) lockOut(ctx context.Context, actor Actor, employee int64) error {
	u, err := s.Store.UserOf(ctx, employee)
	if fault.KindOf(err) == fault.KindMissing || err == nil && u.Disabled {
		return nil
	}
	if err != nil {
		return err
	}
	return s.setDisabled(ctx, actor, u, true)
}

func (e Employee) check(tree Tree) error {
	var p fault.Problems
	line(&p, "key", e.Key, true)
	line(&p, "name", e.Name, true)
	line(&p, "email", e.Email, false)
	if e.Email != "" && !IsAddress(e.Email) {
		p.Add("email", "people.email_wrong")
	}
	if _, ok := tree.Teams[e.TeamID]; e.TeamID != 0 && !ok {
		p.Add("team", "errors.choice")
	}
	if e.Language != "" && !slices.Contains(i18n.Languages, e.Language) {
		p.Add("language", "people.language_wrong")
	}
	return p.Err()
}

// line checks one line of text.
func line(p *fault.Problems, name, value string, required bool) {
	switch {
	case required && value == "":
		p.Add(name, "errors.required")
	case len([]rune(value)) > maxName:
		p.Add(name, "errors.too_long", "max", maxName)
	}
}

// IsAddress tells what can be an e-mail address from what cannot; whether it takes mail only mail can tell.
func IsAddress(s string) bool {
	user, domain, ok := strings.Cut(s, "@")
	return ok && user != "" && domain != "" && !strings.ContainsAny(s, " ,;<>\"") && strings.Count(s, "@") == 1
}

// clean keeps every script and drops what no line of text holds: line breaks and runs of space become one space, other
// control characters go.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t':
			return ' '
		case r < ' ', r == 0x7f, r == '\uFFFD':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

// taken turns a Conflict about a unique key into a problem of the field it was typed into.
func taken(err error) error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.KindConflict {
		return err
	}
	field := map[string]string{"errors.key_taken": "key", "errors.login_taken": "login"}[f.Key]
	if field == "" {
		return err
	}
	return fault.Invalid(fault.Field{Name: field, Key: f.Key})
}

// AddUser gives an employee a sign-in and returns its first password, which is shown this once and kept nowhere. A
// blank login is her address, else her key.
func (s *Service) AddUser(ctx context.Context, actor Actor, employee int64, login string) (User, string, error) {
	var u User
	password := newPassword()
	err := s.change(ctx, actor, func(ctx context.Context) error {
		e, err := s.Store.EmployeeByID(ctx, employee)
		if err != nil {
			return err
		}
		if err := s.mayHaveUser(ctx, e); err != nil {
			return err
		}
		u = User{ID: id.New(), EmployeeID: e.ID, Login: s.Login(cmp.Or(clean(login), e.Email, e.Key)), Name: e.Name, Language: e.Language, CreatedAt: s.Now()}
		var p fault.Problems
		if line(&p, "login", u.Login, true); p != nil {
			return p.Err()
		}
		if err := s.loginFree(ctx, u.Login); err != nil {
			return err
		}
		if err := s.Store.SaveUser(ctx, u); err != nil {
			return taken(err)
		}
		if err := s.SignIns.SetPassword(ctx, u.ID, u.Login, password); err != nil {
			return err
		}
		return s.tell(ctx, actor, event.UserAdded, "user", u.ID, map[string]any{"employee": fmt.Sprint(e.ID)})
	})
	if err != nil {
		return User{}, "", err
	}
	return u, password, nil
}

func (s *Service) loginFree(ctx context.Context, login string) error {
	_, err := s.Store.UserByLogin(ctx, login)
	switch {
	case err == nil:
		return fault.Invalid(fault.Field{Name: "login", Key: "errors.login_taken"})
	case fault.KindOf(err) == fault.KindMissing:
		return nil
	}
	return err
}

func (s *Service) mayHaveUser(ctx context.Context, e Employee) error {
	if !e.Active {
		return fault.Conflict("people.left")
	}
	_, err := s.Store.UserOf(ctx, e.ID)
	if err == nil {
		return fault.Conflict("people.signs_in_already")
	}
	if fault.KindOf(err) != fault.KindMissing {
		return err
	}
	return nil
}

// newPassword is 80 random bits in four groups, to be read out or typed once.
func newPassword() string {
	s := strings.ToLower(rand.Text())
	return strings.Join([]string{s[0:4], s[4:8], s[8:12], s[12:16]}, "-")
}

// ResetPassword gives a sign-in a new password, returned this once, and ends every session it had.
func (s *Service) ResetPassword(ctx context.Context, actor Actor, user int64) (User, string, error) {
	var u User
	password := newPassword()
	err := s.change(ctx, actor, func(ctx context.Context) error {
		var err error
		if u, err = s.Store.UserByID(ctx, user); err != nil {
			return err
		}
		if err := s.SignIns.SetPassword(ctx, u.ID, u.Login, password); err != nil {
			return err
		}
		return s.tell(ctx, actor, event.UserChanged, "user", u.ID, map[string]any{"password": "reset"})
	})
	if err != nil {
		return User{}, "", err
	}
	return u, password, nil
}

// SetRoles makes somebody a manager, an administrator, both or neither. The last administrator stays one.
func (s *Service) SetRoles(ctx context.Context, actor Actor, user int64, manager, administrator bool) error {
	return s.change(ctx, actor, func(ctx context.Context) error {
		u, err := s.Store.UserByID(ctx, user)
		if err != nil || u.Manager == manager && u.Administrator == administrator {
			return err
		}
		if !administrator {
			if err := s.notTheLast(ctx, u); err != nil {
				return err
			}
		}
		u.Manager, u.Administrator = manager, administrator
		if err := s.Store.SaveUser(ctx, u); err != nil {
			return err
		}
		return s.tell(ctx, actor, event.UserChanged, "user", u.ID, map[string]any{"manager": manager, "administrator": administrator})
	})
}

// SetDisabled shuts a sign-in out at once, every session included, or lets it in again.
func (s *Service) SetDisabled(ctx context.Context, actor Actor, user int64, disabled bool) error {
	return s.change(ctx, actor, func(ctx context.Context) error {
		u, err := s.Store.UserByID(ctx, user)
		if err != nil || u.Disabled == disabled {
			return err
		}
		return s.setDisabled(ctx, actor, u, disabled)
	})
}

func (s *Service) setDisabled(ctx context.Context, actor Actor, u User, disabled bool) error {
	if disabled {
		if err := s.notTheLast(ctx, u); err != nil {
			return err
		}
	}
	u.Disabled = disabled
	if err := s.Store.SaveUser(ctx, u); err != nil {
		return err
	}
	if disabled {
		if err := s.SignIns.SignOutEverywhere(ctx, u.ID); err != nil {
			return err
		}
	}
	return s.tell(ctx, actor, event.UserChanged, "user", u.ID, map[string]any{"disabled": disabled})
}

// notTheLast keeps a company from locking itself out.
func (s *Service) notTheLast(ctx context.Context, u User) error {
	if !u.Administrator || u.Disabled {
		return nil
	}
	all, err := s.Store.Administrators(ctx)
	if err == nil && len(all) <= 1 {
		return fault.Conflict("people.last_administrator")
	}
	return err
}
