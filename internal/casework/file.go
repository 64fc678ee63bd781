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

// Attach adds a file to a case; kind is what its content looks like, whatever its name says. Faults are of the field file.
func (s *Service) Attach(ctx context.Context, actor people.Actor, caseID int64, name, kind string, content []byte) (Case, error) {
	var p fault.Problems
	switch {
	case len(content) == 0:
		p.Add("file", "cases.file_needed")
	case len(content) > MostFile:
		p.Add("file", "cases.file_large", "mb", MostFile>>20)
	case !slices.Contains(FileTypes, kind):
		p.Add("file", "cases.file_kind")
	}
	if err := p.Err(); err != nil {
		return Case{}, err
	}
	f := File{ID: id.New(), CaseID: caseID, StepID: id.New(), Name: fileName(name), Type: kind, Size: int64(len(content)), At: s.Now()}
	return s.work(ctx, actor, caseID, func(ctx context.Context, _ *Case, _ Clock) (done, error) {
		have, err := s.Store.FilesOf(ctx, caseID)
		if err != nil {
			return done{}, err
		}
		if len(have) >= MostFiles {
			return done{}, fault.Invalid(fault.Field{Name: "file", Key: "cases.file_many", Args: []any{"n", MostFiles}})
		}
		return done{event.CaseNoted, Step{ID: f.StepID, Kind: StepFile, Words: f.Name}}, s.Store.AddFile(ctx, f, content)
	})
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
