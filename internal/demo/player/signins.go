package player

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/store"
)

// signInsKey is the setting that makes a database a demo: passwords that everybody at this machine may read.
const signInsKey = "demo_sign_ins"

// SignIns returns who may sign in to a demo with which password; none when the database is not a demo whose play came
// to its end.
func SignIns(ctx context.Context, s *store.Store) ([]SignIn, error) {
	var list []SignIn
	err := s.Setting(ctx, signInsKey, &list)
	return list, err
}

// handOutKeys gives each role of the demo a password and writes all of them down.
func (p *player) handOutKeys(ctx context.Context) ([]SignIn, error) {
	passwords := auth.NewPasswords()
	var list []SignIn
	err := p.store.InTx(ctx, func(ctx context.Context) error {
		for _, s := range demo.SignIns() {
			sign, err := p.handOut(ctx, passwords, s)
			if err != nil {
				return err
			}
			list = append(list, sign)
		}
		return p.store.SaveSetting(ctx, signInsKey, list)
	})
	return list, err
}

func (p *player) handOut(ctx context.Context, passwords *auth.Passwords, s demo.SignIn) (SignIn, error) {
	user, err := p.store.UserByID(ctx, p.people[p.employees[s.Employee]].user)
	if err != nil {
		return SignIn{}, err
	}
	sign := SignIn{SignIn: s, Name: user.Name, Login: user.Login, Password: password()}
	hash, err := passwords.Hash(ctx, sign.Password)
	if err != nil {
		return sign, err
	}
	if err := p.store.SetPassword(ctx, user.ID, hash); err != nil {
		return sign, fmt.Errorf("password of %s: %w", user.Login, err)
	}
	return sign, nil
}

// password is random and easy to type on any keyboard: 60 bits in three groups.
func password() string {
	text := strings.ToLower(rand.Text())[:12]
	return text[:4] + "-" + text[4:8] + "-" + text[8:]
}
