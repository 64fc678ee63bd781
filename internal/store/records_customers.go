package store

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/run"
)

// customerKey is a key by which a customer is known: the own one or an alias.
type customerKey struct {
	Key        string `gorm:"primaryKey"`
	CustomerID int64
}

// takeCustomers finds customers by any of their keys and creates the rest; details not known before are filled in.
func (t *taking) takeCustomers() error {
	if err := t.findCustomers(); err != nil {
		return err
	}
	if err := t.refuseErased(); err != nil {
		return err
	}
	var freshKeys []customerKey
	var fresh []run.Customer
	made := map[int64]int{}    // where in fresh
	var said []ingest.Customer // about customers known already
	for i, r := range t.good() {
		c := r.Customer
		if c.Key == "" {
			continue
		}
		who, ok := t.customers[c.Key]
		if !ok {
			who = id.New()
			made[who] = len(fresh)
			fresh = append(fresh, run.Customer{ID: who, Key: c.Key, CreatedAt: t.now})
			t.out[i].Counts.Customers++
		}
		for _, key := range append([]string{c.Key}, c.Aliases...) {
			if _, ok := t.customers[key]; !ok {
				t.customers[key] = who
				freshKeys = append(freshKeys, customerKey{key, who})
			}
		}
		if n, isNew := made[who]; isNew {
			describe(&fresh[n], c)
		} else if c.Name+c.Email+c.Phone+c.Language+c.Segment+c.Channel != "" {
			said = append(said, c)
		}
	}
	if err := add(t, "customers", fresh); err != nil {
		return err
	}
	if err := add(t, "customer_keys", freshKeys); err != nil {
		return err
	}
	return t.describeKnown(said)
}

func (t *taking) findCustomers() error {
	var keys []string
	for _, r := range t.good() {
		keys = append(append(keys, r.Customer.Key), r.Customer.Aliases...)
	}
	known, err := byKey(t.s.read(t.ctx), "customer_keys", keys, func(k customerKey) string { return k.Key })
	t.customers = make(map[string]int64, len(known))
	for key, k := range known {
		t.customers[key] = k.CustomerID
	}
	return err
}

// refuseErased refuses what a feed tells again of a customer who was erased. Who comes back is known by what she does then.
// What happens now asks for no key: nobody was erased since.
func (t *taking) refuseErased() error {
	last, err := t.s.lastErased(t.ctx)
	if err != nil || last.IsZero() {
		return err
	}
	var keys []string
	for _, r := range t.good() {
		if !r.HappenedAfter(last) {
			keys = append(append(keys, r.Customer.Key), r.Customer.Aliases...)
		}
	}
	erased, err := t.s.erasedAt(t.ctx, distinct(keys))
	if err != nil {
		return err
	}
	for i, r := range t.good() {
		for _, key := range append([]string{r.Customer.Key}, r.Customer.Aliases...) {
			if at, ok := erased[key]; ok && !r.HappenedAfter(at) {
				t.refuse(i, "customer", "customers.erased_before")
				break
			}
		}
	}
	return nil
}

// describe fills in what was not known of a customer; what is known is not overwritten by a feed.
func describe(c *run.Customer, said ingest.Customer) bool {
	before := *c
	set := func(have *string, say string) {
		if *have == "" {
			*have = norm.NFC.String(say)
		}
	}
	set(&c.Name, said.Name)
	set(&c.Email, said.Email)
	set(&c.Phone, said.Phone)
	set(&c.Segment, said.Segment)
	set(&c.Channel, said.Channel)
	if lang, ok := i18n.Known(said.Language); ok && c.Language == "" {
		c.Language = lang
	}
	c.Search = i18n.Normalize(strings.Join([]string{c.Key, c.Name, c.Email, c.Phone}, " "))
	return before != *c
}

func (t *taking) describeKnown(said []ingest.Customer) error {
	ids := make([]int64, len(said))
	for i, c := range said {
		ids[i] = t.customers[c.Key]
	}
	rows, err := in[run.Customer](t.s.kept(t.ctx).Order("id"), "customers", "id", unique(ids))
	if err != nil {
		return err
	}
	byID := map[int64]*run.Customer{}
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	for _, c := range said {
		if row := byID[t.customers[c.Key]]; row != nil && describe(row, c) {
			if err := t.s.SaveCustomer(t.ctx, *row); err != nil {
				return err
			}
		}
	}
	return nil
}
