package casework

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
)

// File is something that belongs to a case: a photo of the damage, a bill. It is personal data like the case itself.
type File struct {
	ID     int64
	CaseID int64
	StepID int64 // what it came with in the conversation; 0 is not known
	Name   string
	Type   string
	Size   int64
	At     time.Time
}

// MostFile is how large a file may be, in bytes, and MostFiles how many a case may have.
const (
	MostFile  = 5 << 20
	MostFiles = 20
)

// FileTypes are what may be attached: what people look at, nothing that runs.
var FileTypes = []string{"application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif", "text/plain; charset=utf-8"}

// longestFileName is in characters.
const longestFileName = 120

// FileFrom is a file that somebody sends. Type is what its content looks like, whatever its name says.
type FileFrom struct {
	Name, Type string
	Content    []byte
}

// MailFile is a file that came with a letter which belongs to no case yet. One that no case would take has no bytes.
type MailFile struct {
	ID, MailID int64
	Name, Type string
	Size       int64
	Bytes      []byte
	Refused    Refused
}

// Refused is why a file is not kept; "" for one that is.
type Refused string

// In the order they are looked for.
const (
	FileNeeded Refused = "needed" // there is nothing in it
	FileLarge  Refused = "large"
	FileKind   Refused = "kind"
	FileMany   Refused = "many"
)

// refused tells whether a case that has so many files takes another.
func (f FileFrom) refused(have int) Refused {
	switch {
	case len(f.Content) == 0:
		return FileNeeded
	case len(f.Content) > MostFile:
		return FileLarge
	case !slices.Contains(FileTypes, f.Type):
		return FileKind
	case have >= MostFiles:
		return FileMany
	}
	return ""
}

// Attach adds a file to a case, as a step of its own. Faults are of the field file.
func (s *Service) Attach(ctx context.Context, actor people.Actor, caseID int64, sent FileFrom) (Case, error) {
	return s.work(ctx, actor, caseID, func(ctx context.Context, _ *Case, _ Clock) (done, error) {
		step := Step{ID: id.New(), CaseID: caseID, Kind: StepFile, Words: fileName(sent.Name)}
		why, err := s.attach(ctx, step, sent)
		if why != "" {
			return done{}, fault.Invalid(fault.Field{Name: "file", Key: "cases.file_" + string(why), Args: []any{"mb", MostFile >> 20, "n", MostFiles}})
		}
		return done{event.CaseNoted, step}, err
	})
}

// attach keeps a file with the step of a case that it came with, or tells why not.
func (s *Service) attach(ctx context.Context, step Step, sent FileFrom) (Refused, error) {
	have, err := s.Store.FilesOf(ctx, step.CaseID)
	if err != nil {
		return "", err
	}
	if why := sent.refused(len(have)); why != "" {
		return why, nil
	}
	f := File{ID: id.New(), CaseID: step.CaseID, StepID: step.ID, Name: fileName(sent.Name), Type: sent.Type, Size: int64(len(sent.Content)), At: s.Now()}
	return "", s.Store.AddFile(ctx, f, sent.Content)
}

// fileName is the last part of a name, without what would confuse a line of a header or a folder.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(norm.NFC.String(name), `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if c < ' ' || strings.ContainsRune(`"<>:|?*;`, c) {
			return '_'
		}
		return c
	}, strings.ToValidUTF8(name, "_"))
	if letters := []rune(name); len(letters) > longestFileName {
		name = string(letters[len(letters)-longestFileName:])
	}
	return name
}
