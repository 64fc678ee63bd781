package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// nameLimit is how many characters a key, a name or a contact detail may have.
const nameLimit = 255

// shaper makes records of the rows of one file.
type shaper struct {
	kind    *kind
	columns map[string]int
	zone    *time.Location
	now     time.Time
	repeats *repeats
	warn    func(key string)
	again   bool // the file is one of rejected rows, which may have been guarded against formulas
}

func newShaper(k *kind, header []string, zone *time.Location, now time.Time, warn func(string)) *shaper {
	s := &shaper{kind: k, columns: map[string]int{}, zone: zone, now: now, repeats: newRepeats(recentRuns), warn: warn, again: len(original(header)) < len(header)}
	for i, name := range header {
		s.columns[name] = i
	}
	return s
}

// row is one row being read. The first problem found is the one reported.
type row struct {
	*shaper
	fields  []string
	problem *Problem
	dayOnly bool // the date read last had no time of day
}

// record says what the fields mean; skipped when the kind's conditions leave the row out.
func (s *shaper) record(fields []string) (rec Record, skipped bool, problem *Problem) {
	r := &row{shaper: s, fields: fields}
	if !r.meets(s.kind.Where) {
		return Record{}, true, nil
	}
	rec.Customer = r.customer(&s.kind.Customer)
	if s.kind.Run.said() {
		rec.Run = r.needed(&s.kind.Run)
		rec.Journey = r.named(s.kind.Journey, true)
		r.contacts(&rec)
		rec.Answer = r.answer(&rec)
		rec.Completed = r.completed(&rec)
	} else if rec.Customer.Key == "" {
		r.needed(&s.kind.Customer.Key)
	}
	if r.problem == nil {
		r.sayOften(&rec)
	}
	return rec, false, r.problem
}

func (r *row) fail(column, key string, args ...any) {
	if r.problem == nil {
		r.problem = &Problem{Column: column, Key: key, Args: args}
	}
}

func (r *row) meets(conditions []condition) bool {
	for i := range conditions {
		c := &conditions[i]
		value := strings.ToLower(r.text(&c.Column))
		if !slices.ContainsFunc(c.In, func(s string) bool { return strings.ToLower(s) == value }) {
			return false
		}
	}
	return true
}

// cell is the cleaned field of a column, "" where the file has no such column.
func (r *row) cell(column string) string {
	i, ok := r.columns[column]
	if !ok || i >= len(r.fields) {
		return ""
	}
	if r.again {
		return clean(people.Unguarded(r.fields[i]))
	}
	return clean(r.fields[i])
}

// clean is the text in the form texts are kept in: NFC, no blanks around it.
func clean(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// text is a source's value, "" when the row does not say or it does not apply.
func (r *row) text(s *source) string {
	value := s.fixed
	for _, column := range s.any {
		if value = r.cell(column); value != "" {
			break
		}
	}
	if len(s.join) > 0 {
		value = r.joined(s)
	}
	if value == "" || slices.Contains(s.none, value) {
		return ""
	}
	if s.words == nil {
		return value
	}
	meaning, ok := s.words[strings.ToLower(value)]
	if !ok {
		r.fail(s.column(), "ingest.word_unknown", "value", short(value))
	}
	return meaning
}

func (r *row) joined(s *source) string {
	var parts []string
	for _, column := range s.join {
		if part := r.cell(column); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, s.with)
}

// short is enough of a value to recognise it by in a message.
func short(s string) string {
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:40]) + "…"
}

// label is a text that must stay short: a key, a name, a contact detail.
func (r *row) label(s *source) string {
	value := r.text(s)
	if utf8.RuneCountInString(value) > nameLimit {
		r.fail(s.column(), "ingest.key_too_long", "limit", nameLimit)
	}
	return value
}

func (r *row) needed(s *source) string {
	value := r.label(s)
	if value == "" {
		r.fail(s.column(), "ingest.value_missing")
	}
	return value
}

func (r *row) named(n *named, needed bool) Named {
	if n.fixed != "" {
		return n.constant()
	}
	key := r.label(&n.from)
	if key == "" && needed {
		r.fail(n.from.column(), "ingest.value_missing")
	}
	if name := r.label(&n.label); key != "" && name != key {
		return Named{Key: key, Name: name}
	}
	return Named{Key: key}
}

func (r *row) yes(s *source) *bool {
	switch value := r.text(s); {
	case !s.said() || value == "":
		return nil
	case value == "yes" || value == "no":
		resolved := value == "yes"
		return &resolved
	default:
		r.fail(s.column(), "ingest.word_unknown", "value", short(value))
		return nil
	}
}

// date is a moment in UTC, to the microsecond; zero when the row does not say.
func (r *row) date(s *source) time.Time {
	value := r.text(s)
	if value == "" {
		return time.Time{}
	}
	forms := s.forms
	if len(forms) == 0 {
		forms = r.kind.forms
	}
	at, clock, ok := parseDate(value, forms, r.zone)
	if !ok {
		key := "ingest.date_unreadable"
		if isJalali(value) {
			key = "ingest.date_jalali"
		}
		r.fail(s.column(), key, "value", short(value))
		return time.Time{}
	}
	r.dayOnly = !clock
	return at
}

// past is a date that cannot lie in the future.
func (r *row) past(s *source) time.Time {
	at := r.date(s)
	if at.After(r.now) {
		r.fail(s.column(), "ingest.date_future", "value", short(r.text(s)))
	}
	return utc(at)
}

func utc(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.UTC().Truncate(time.Microsecond)
}

// number is a whole number; files that went through a spreadsheet write 4 as 4.0.
func (r *row) number(s *source) *int {
	value := r.text(s)
	if value == "" {
		return nil
	}
	x, err := strconv.ParseFloat(i18n.LatinDigits(value), 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1e6 {
		r.fail(s.column(), "ingest.number_unreadable", "value", short(value))
		return nil
	}
	n := int(x)
	return &n
}

func (r *row) rating(s *source, on stat.Scale) *int {
	x := r.number(s)
	if x != nil && !on.Valid(*x) {
		r.fail(s.column(), "ingest.rating_off_scale", "value", *x, "low", on.Lo, "high", on.Hi)
	}
	return x
}

func (r *row) expectation(s *source) *int {
	x := r.number(s)
	if x != nil && (*x < -2 || *x > 2) {
		r.fail(s.column(), "ingest.rating_off_scale", "value", *x, "low", -2, "high", 2)
	}
	return x
}

func (r *row) customer(c *customerRule) Customer {
	customer := Customer{
		Key: r.label(&c.Key), Name: r.label(&c.Name), Email: r.label(&c.Email), Phone: r.label(&c.Phone),
		Language: r.label(&c.Language), Segment: r.label(&c.Segment),
	}
	for i := range c.Aliases {
		if alias := r.label(&c.Aliases[i]); alias != "" {
			customer.Aliases = append(customer.Aliases, alias)
		}
	}
	return customer
}

func (r *row) contacts(rec *Record) {
	for i := range r.kind.Contacts {
		rule := &r.kind.Contacts[i]
		started, ended := r.past(&rule.Started), r.past(&rule.Ended)
		if rule.Started.said() && started.IsZero() && ended.IsZero() {
			continue // it did not happen (yet)
		}
		c := r.contact(rule)
		c.Started, c.Ended = started, ended
		if started.IsZero() {
			c.Started = ended
		}
		if !ended.IsZero() && ended.Before(c.Started) {
			c.Ended = time.Time{}
			r.warn("ingest.ended_before_started")
		}
		if c.Key == "" && rule.Touchpoint.fixed != "" {
			c.Key = shortKey(rec.Journey.Key + "/" + rec.Run + "/" + c.Touchpoint.Key)
		}
		rec.Contacts = append(rec.Contacts, c)
	}
}

func (r *row) contact(rule *contact) Contact {
	c := Contact{
		Key: r.label(&rule.Key), Touchpoint: r.named(&rule.Touchpoint, true), Judged: rule.Judged, Element: rule.Element,
		Channel: r.label(&rule.Channel), Topic: r.label(&rule.Topic), Resolved: r.yes(&rule.Resolved),
		PromiseKept: r.past(&rule.Promise.Kept),
	}
	for _, p := range rule.people() {
		if served := r.person(&p); served.Employee.Key != "" || len(served.Team) > 0 {
			c.People = append(c.People, served)
		}
	}
	if due := r.date(&rule.Promise.Due); !due.IsZero() {
		if rule.Promise.Late == "by date" {
			due = endOfDay(due)
		}
		c.PromiseDue, c.PromiseBusiness = utc(due), rule.Promise.Business
	}
	return c
}

func (c *contact) people() []person {
	return append([]person{{Employee: c.Employee, Team: c.Team}}, c.People...)
}

func (r *row) person(rule *person) Person {
	p := Person{Employee: r.named(&rule.Employee, false)}
	for i := range rule.Team {
		if team := r.label(&rule.Team[i]); team != "" {
			p.Team = append(p.Team, team)
		}
	}
	return p
}

func (r *row) answer(rec *Record) *Answer {
	rule := r.kind.Answer
	if rule == nil {
		return nil
	}
	a := &Answer{
		Scale: rule.Scale.Scale, Overall: r.rating(&rule.Overall, rule.Scale.Scale), Expectation: r.expectation(&rule.Expectation),
		Comment: r.text(&rule.Comment), Resolved: r.yes(&rule.Resolved),
	}
	for i := range rule.Ratings {
		r.ratings(a, &rule.Ratings[i])
	}
	if wants := r.yes(&rule.WantsContact); wants != nil {
		a.WantsContact = *wants
	}
	if a.Overall == nil && a.Comment == "" && len(a.Ratings) == 0 && a.Expectation == nil && !a.WantsContact {
		return nil
	}
	if a.Language = r.label(&rule.Language); a.Comment == "" {
		a.Language = ""
	}
	if a.Key = r.label(&rule.Key); a.Key == "" {
		a.Key = rec.Run
	}
	a.At = r.answered(&rule.At, rec)
	return a
}

// answered is when the customer answered. A day without a clock begins at midnight, before the contacts of that day;
// the answer came after them.
func (r *row) answered(s *source, rec *Record) time.Time {
	at := r.past(s)
	if at.IsZero() {
		r.fail(s.column(), "ingest.value_missing")
	}
	if last := lastContact(rec); r.dayOnly && last.After(at) && i18n.Day(last, r.zone) == i18n.Day(at, r.zone) {
		return last
	}
	return at
}

func (r *row) ratings(a *Answer, rule *ratingRule) {
	on := rule.Scale.Scale
	for _, column := range rule.Columns {
		if x := r.rating(&source{any: []string{column}, none: rule.None}, on); x != nil {
			a.Ratings = append(a.Ratings, Rating{Touchpoint: Named{Key: column}, Judged: rule.Judged, Scale: on, Value: *x})
		}
	}
	if !rule.Value.said() {
		return
	}
	if x := r.rating(&rule.Value, on); x != nil {
		a.Ratings = append(a.Ratings, Rating{
			Touchpoint: r.named(&rule.Touchpoint, true), Judged: rule.Judged, Scale: on, Value: *x,
			Expectation: r.expectation(&rule.Expectation), Comment: r.text(&rule.Comment),
		})
	}
}

func (r *row) completed(rec *Record) time.Time {
	rule := &r.kind.Completed
	switch {
	case rule.lastContact:
		return lastContact(rec)
	case len(rule.touchpoints) > 0:
		for _, c := range rec.Contacts {
			if slices.Contains(rule.touchpoints, c.Touchpoint.Key) {
				return contactEnd(c)
			}
		}
		return time.Time{}
	}
	return r.past(&rule.from)
}

func contactEnd(c Contact) time.Time {
	if !c.Ended.IsZero() {
		return c.Ended
	}
	return c.Started
}

func lastContact(rec *Record) (last time.Time) {
	for _, c := range rec.Contacts {
		if end := contactEnd(c); end.After(last) {
			last = end
		}
	}
	return last
}

// sayOften gives contacts without a key one made of what they say and how often the run's events said it before.
func (r *row) sayOften(rec *Record) {
	for i := range rec.Contacts {
		c := &rec.Contacts[i]
		if c.Key != "" {
			continue
		}
		sum := fingerprint(rec, c)
		c.Key = hex.EncodeToString(sum[:]) + "-" + strconv.Itoa(r.repeats.count(rec.Journey.Key+"\x00"+rec.Run, sum))
	}
}

// shortKey keeps a made-up key readable where it is short enough to be one.
func shortKey(key string) string {
	if utf8.RuneCountInString(key) <= nameLimit {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
