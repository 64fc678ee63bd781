package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
)

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add a sign-in."`
	Role     userRoleCmd     `cmd:"" help:"Say whether somebody is a manager or an administrator."`
	Password userPasswordCmd `cmd:"" help:"Give a sign-in another password and end its sessions."`
}

func (userCmd) Help() string {
	return "Example:\n  journeyloop user add maria --administrator"
}

// given are the two roles that are given to people; all others follow from the organisation.
type given struct {
	Manager       *bool `help:"Sees the whole company, or no longer does." negatable:""`
	Administrator *bool `help:"Keeps people, sign-ins and keys, or no longer does." negatable:""`
}

func (g given) to(u people.User) (manager, administrator bool) {
	manager, administrator = u.Manager, u.Administrator
	if g.Manager != nil {
		manager = *g.Manager
	}
	if g.Administrator != nil {
		administrator = *g.Administrator
	}
	return manager, administrator
}

// secret says where a password comes from.
type secret struct {
	PasswordStdin bool `help:"Read the password from the first line of standard input instead of making one."`
	JSON          bool `help:"Print JSON."`
}

// password is the one that was given, or a new one.
func (s secret) password() (string, error) {
	if !s.PasswordStdin {
		made := strings.ToLower(rand.Text())
		return strings.Join([]string{made[0:4], made[4:8], made[8:12], made[12:16]}, "-"), nil
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// tell prints the sign-in, with its password only when it was made here.
func (s secret) tell(w *world, u people.User, password string) error {
	if s.PasswordStdin {
		password = ""
	}
	if s.JSON {
		return w.print(map[string]string{"login": u.Login, "name": u.Name, "password": password})
	}
	if password == "" {
		_, err := fmt.Fprintf(w.out, "%s can sign in.\n", oneLine(u.Login))
		return err
	}
	_, err := fmt.Fprintf(w.out, "%s can sign in with the password %s (it is not shown again).\n", oneLine(u.Login), password)
	return err
}

type userAddCmd struct {
	Login    string `arg:"" help:"What the person types to sign in, in any script."`
	Name     string `help:"The person's name (default: the employee's, else the login)."`
	Employee string `help:"The employee this person is, by key." placeholder:"KEY"`
	given
	secret
}

func (userAddCmd) Help() string {
	return "A password is made and printed once, unless one is given.\n\nExample:\n  journeyloop user add maria --employee 1042 --manager"
}

func (c userAddCmd) Run(w *world) error {
	login := auth.Login(c.Login)
	if login == "" {
		return usage{errors.New("the login must not be blank")}
	}
	password, err := c.password()
	if err != nil {
		return err
	}
	var u people.User
	err = w.withApp(w.open, func(a *app.App) error {
		return a.Store.InTx(w.ctx, func(ctx context.Context) error {
			var err error
			if u, err = c.add(ctx, a, login); err != nil {
				return err
			}
			if err := a.Auth.SetPassword(ctx, u.ID, u.Login, password); err != nil {
				return err
			}
			manager, administrator := c.to(u)
			return a.People.SetRoles(ctx, people.System(), u.ID, manager, administrator)
		})
	})
	if err != nil {
		return err
	}
	return c.tell(w, u, password)
}

// add makes the sign-in of an employee, or of somebody who is none: the first administrator of a new company.
func (c userAddCmd) add(ctx context.Context, a *app.App, login string) (people.User, error) {
	if c.Employee != "" {
		e, err := a.Store.EmployeeByKey(ctx, c.Employee)
		if err != nil {
			return people.User{}, err
		}
		u, _, err := a.People.AddUser(ctx, people.System(), e.ID, login)
		return u, err
	}
	if _, err := a.Store.UserByLogin(ctx, login); fault.KindOf(err) != fault.KindMissing {
		return people.User{}, errors.Join(err, fault.Conflict("errors.login_taken"))
	}
	u := people.User{ID: id.New(), Login: login, Name: strings.TrimSpace(c.Name), CreatedAt: a.Now()}
	if u.Name == "" {
		u.Name = strings.TrimSpace(c.Login)
	}
	if err := a.Store.SaveUser(ctx, u); err != nil {
		return u, err
	}
	return u, a.Store.Record(ctx, event.Event{Verb: event.UserAdded, SubjectKind: "user", SubjectID: u.ID, At: a.Now()})
}

type userRoleCmd struct {
	Login string `arg:"" help:"Whose sign-in."`
	given
}

func (userRoleCmd) Help() string {
	return "Supervisors, owners and leaders are appointed in the application.\n\nExample:\n  journeyloop user role maria --manager --no-administrator"
}

func (c userRoleCmd) Run(w *world) error {
	if c.Manager == nil && c.Administrator == nil {
		return usage{errors.New("say --manager, --no-manager, --administrator or --no-administrator")}
	}
	return w.withApp(w.openKept, func(a *app.App) error {
		u, err := a.Store.UserByLogin(w.ctx, auth.Login(c.Login))
		if err != nil {
			return err
		}
		manager, administrator := c.to(u)
		if err := a.People.SetRoles(w.ctx, people.System(), u.ID, manager, administrator); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.out, "%s: manager %t, administrator %t.\n", oneLine(u.Login), manager, administrator)
		return err
	})
}

type userPasswordCmd struct {
	Login string `arg:"" help:"Whose sign-in."`
	secret
}

func (userPasswordCmd) Help() string {
	return "A password is made and printed once, unless one is given.\n\nExample:\n  journeyloop user password maria --password-stdin < secret.txt"
}

func (c userPasswordCmd) Run(w *world) error {
	password, err := c.password()
	if err != nil {
		return err
	}
	return w.withApp(w.openKept, func(a *app.App) error {
		u, err := a.Store.UserByLogin(w.ctx, auth.Login(c.Login))
		if err != nil {
			return err
		}
		if err := a.Auth.SetPassword(w.ctx, u.ID, u.Login, password); err != nil {
			return err
		}
		return c.tell(w, u, password)
	})
}

// withApp opens the house for one piece of work.
func (w *world) withApp(open func() (*store.Store, error), work func(*app.App) error) error {
	sender, err := app.Sender(w.config)
	if err != nil {
		return err
	}
	s, err := open()
	if err != nil {
		return err
	}
	a, err := app.On(s, w.config, sender, app.Clock)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return errors.Join(work(a), a.Close())
}
