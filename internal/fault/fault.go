// Package fault names the failures a person can act on. It is not for bugs or broken disks: those are plain errors,
// reach the log with a request id, and show as "something went wrong".
//
// A fault carries a message *key* with its arguments, never a sentence: the sentence is made at the door, in the
// reader's language.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what a person can do about a failure; the doors translate it into a status.
type Kind uint8

// The zero Kind is Internal, so that a forgotten kind stays private.
const (
	KindInternal  Kind = iota
	KindMissing        // it does not exist, or not for you: 404
	KindForbidden      // you see it but may not do this: 403
	KindConflict       // somebody was faster, or the thing is no longer in a state for this: 409
	KindInvalid        // what was sent cannot be taken as it is: 422
	KindBusy           // try again later: 503, or 429 where it was the asker who was too fast
)

// Field is one problem of one named input.
type Field struct {
	Name string // the form field, JSON member or column
	Key  string // message key
	Args []any  // name, value pairs for the message
}

// Error is a failure somebody can act on.
type Error struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields []Field
}

func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Key
	}
	names := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		names[i] = fmt.Sprintf("%s: %s", f.Name, f.Key)
	}
	return e.Key + " (" + strings.Join(names, ", ") + ")"
}

// Missing is for what does not exist in the asker's scope.
func Missing(key string, args ...any) *Error { return &Error{Kind: KindMissing, Key: key, Args: args} }

// Forbidden is for what the asker may see but not do.
func Forbidden(key string, args ...any) *Error {
	return &Error{Kind: KindForbidden, Key: key, Args: args}
}

// Conflict is for what the state of the thing no longer allows.
func Conflict(key string, args ...any) *Error {
	return &Error{Kind: KindConflict, Key: key, Args: args}
}

// Busy is for what will work later.
func Busy(key string, args ...any) *Error { return &Error{Kind: KindBusy, Key: key, Args: args} }

// Invalid is for input with problems, one Field each.
func Invalid(fields ...Field) *Error {
	return &Error{Kind: KindInvalid, Key: "errors.invalid", Fields: fields}
}

// Of returns the fault inside err, or nil when err is internal.
func Of(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return nil
}

// KindOf returns the kind of err; anything that is not a fault is Internal.
func KindOf(err error) Kind {
	if e := Of(err); e != nil {
		return e.Kind
	}
	return KindInternal
}

// Problems gathers fields while a form is read; its Err is nil when there were none.
type Problems []Field

// Add notes one problem.
func (p *Problems) Add(name, key string, args ...any) {
	*p = append(*p, Field{Name: name, Key: key, Args: args})
}

// Err returns the gathered problems as one Invalid fault, or nil.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return Invalid(p...)
}
