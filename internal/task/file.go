package task

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"time"
)

// Part is one of the two files a task may have.
type Part string

// Parts: what was uploaded, and what was made.
const (
	In  Part = "in"
	Out Part = "out"
)

const chunk = 256 << 10

// Writer keeps a file in chunks. What it wrote is whole after Close.
type Writer struct {
	Size  int64
	ctx   context.Context
	s     *Service
	task  Task
	part  Part
	seq   int
	held  []byte
	sum   hash.Hash
	lines int64
	last  byte
}

// Write begins a file of a task. An attempt that lost its task gets ErrLost instead of mixing its chunks with those of
// the next one.
func (s *Service) Write(ctx context.Context, t Task, p Part) *Writer {
	return &Writer{ctx: ctx, s: s, task: t, part: p, sum: sha256.New()}
}

func (w *Writer) Write(p []byte) (int, error) {
	w.Size += int64(len(p))
	w.lines += int64(bytes.Count(p, []byte("\n")))
	if len(p) > 0 {
		w.last = p[len(p)-1]
	}
	w.sum.Write(p)
	w.held = append(w.held, p...)
	for len(w.held) >= chunk {
		if err := w.keep(w.held[:chunk]); err != nil {
			return 0, err
		}
		w.held = append(w.held[:0], w.held[chunk:]...)
	}
	return len(p), nil
}

func (w *Writer) keep(p []byte) error {
	err := w.s.Store.InTx(w.ctx, func(ctx context.Context) error {
		if w.task.State == Running {
			if _, err := w.s.Tell(ctx, w.task); err != nil {
				return err
			}
		}
		return w.s.Store.AddChunk(ctx, w.task.ID, w.part, w.seq, p)
	})
	w.seq++
	return err
}

// Close implements io.Closer.
func (w *Writer) Close() error {
	if len(w.held) == 0 {
		return nil
	}
	p := w.held
	w.held = nil
	return w.keep(p)
}

// Lines is how many lines were written; a last one without a line end counts.
func (w *Writer) Lines() int64 {
	if w.Size > 0 && w.last != '\n' {
		return w.lines + 1
	}
	return w.lines
}

func (w *Writer) digest() string { return hex.EncodeToString(w.sum.Sum(nil)) }

// Files is a task's upload as a file system of one file, under the name it was uploaded by. read is told how many lines
// were read since it was told last; nil is fine.
func (s *Service) Files(ctx context.Context, t Task, read func(lines int64)) fs.FS {
	return oneFile{ctx: ctx, s: s, task: t, read: read}
}

// Fetch reads the file that was made, from its beginning.
func (s *Service) Fetch(ctx context.Context, t Task) io.Reader {
	return &reader{oneFile: oneFile{ctx: ctx, s: s, task: t}, part: Out}
}

type oneFile struct {
	ctx  context.Context
	s    *Service
	task Task
	read func(lines int64)
}

// Open implements fs.FS.
func (f oneFile) Open(name string) (fs.File, error) {
	if name != f.task.Asked.File {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &reader{oneFile: f, part: In}, nil
}

// reader reads chunk by chunk; it holds one.
type reader struct {
	oneFile
	part Part
	seq  int
	held []byte
}

func (r *reader) Read(p []byte) (int, error) {
	if len(r.held) == 0 {
		held, err := r.s.Store.Chunk(r.ctx, r.task.ID, r.part, r.seq)
		if errors.Is(err, io.EOF) && r.seq == 0 {
			return 0, fs.ErrNotExist // it was deleted meanwhile
		}
		if err != nil {
			return 0, err
		}
		r.held = held
		r.seq++
	}
	n := copy(p, r.held)
	if r.read != nil {
		r.read(int64(bytes.Count(r.held[:n], []byte("\n"))))
	}
	r.held = r.held[n:]
	return n, nil
}

// Close implements fs.File.
func (r *reader) Close() error { return nil }

// Stat implements fs.File.
func (r *reader) Stat() (fs.FileInfo, error) { return info{r.task}, nil }

type info struct{ t Task }

func (i info) Name() string       { return i.t.Asked.File }
func (i info) Size() int64        { return i.t.Asked.Size }
func (i info) Mode() fs.FileMode  { return 0o400 }
func (i info) ModTime() time.Time { return i.t.CreatedAt }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
