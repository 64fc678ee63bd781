package store

import (
	"iter"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/people"
)

// teamKey is the key of a team made from its path: names from the top, joined by " / ".
func teamKey(path []string) string { return strings.Join(path, " / ") }

// served walks everybody who served in the batch.
func (t *taking) served() iter.Seq2[int, ingest.Person] {
	return func(yield func(int, ingest.Person) bool) {
		for i, r := range t.good() {
			for _, c := range r.Contacts {
				for _, p := range c.People {
					if !yield(i, p) {
						return
					}
				}
			}
		}
	}
}

func (t *taking) takeTeams() error {
	var keys []string
	for _, p := range t.served() {
		for n := range p.Team {
			keys = append(keys, teamKey(p.Team[:n+1]))
		}
	}
	var err error
	if t.teams, err = byKey(t.s.read(t.ctx), "teams", keys, func(team people.Team) string { return team.Key }); err != nil {
		return err
	}
	var fresh []people.Team
	for i, p := range t.served() {
		parent := int64(0)
		for n := range p.Team {
			key := teamKey(p.Team[:n+1])
			if _, ok := t.teams[key]; !ok {
				name := norm.NFC.String(p.Team[n])
				t.teams[key] = people.Team{ID: id.New(), Key: key, Name: i18n.Plain(name), Search: i18n.Normalize(name), ParentID: parent, CreatedAt: t.now}
				fresh = append(fresh, t.teams[key])
				t.out[i].Counts.Teams++
				t.out[i].Created.Teams = append(t.out[i].Created.Teams, name)
			}
			parent = t.teams[key].ID
		}
	}
	return add(t, "teams", fresh)
}

func (t *taking) takeEmployees() error {
	var keys []string
	for _, p := range t.served() {
		keys = append(keys, p.Employee.Key)
	}
	var err error
	if t.employees, err = byKey(t.s.read(t.ctx), "employees", keys, func(e people.Employee) string { return e.Key }); err != nil {
		return err
	}
	var fresh []people.Employee
	for i, p := range t.served() {
		if _, ok := t.employees[p.Employee.Key]; ok || p.Employee.Key == "" {
			continue
		}
		name := norm.NFC.String(p.Employee.Display())
		e := people.Employee{ID: id.New(), Key: p.Employee.Key, Name: name, Search: i18n.Normalize(name), Active: true,
			TeamID: t.teams[teamKey(p.Team)].ID, CreatedAt: t.now}
		t.employees[e.Key] = e
		fresh = append(fresh, e)
		t.out[i].Counts.Employees++
		t.out[i].Created.Employees = append(t.out[i].Created.Employees, name)
	}
	return add(t, "employees", fresh)
}
