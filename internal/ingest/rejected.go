package ingest

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// RejectedPath is where the rejected rows of a file usually go: orders.csv → orders.rejected.csv beside it.
func RejectedPath(file string) string {
	return strings.TrimSuffix(file, filepath.Ext(file)) + ".rejected.csv"
}

// rejects writes the rows of one file that were not taken, with the original header and two more columns: the line and
// the reason. It opens its file with the first row. The text is UTF-8 with a byte-order mark, whatever was read.
type rejects struct {
	open   func() (io.WriteCloser, error)
	header []string
	comma  byte
	guard  func(cell string) string // keeps cells from being run as formulas; nil keeps them as they are

	file io.WriteCloser
	text *bufio.Writer
	csv  *csv.Writer
}

// write adds a row. A line whose quotes do not match is copied as it is; everything else is quoted anew.
func (r *rejects) write(number int, fields []string, raw bool, reason string) error {
	if r.open == nil {
		return nil
	}
	if r.file == nil {
		if err := r.begin(); err != nil {
			return err
		}
	}
	extra := []string{strconv.Itoa(number), reason}
	if r.guard != nil {
		fields = slices.Clone(fields)
		for i := range fields {
			fields[i] = r.guard(fields[i])
		}
		extra[1] = r.guard(reason)
	}
	if !raw {
		return r.csv.Write(slices.Concat(r.withoutExtra(fields), extra))
	}
	r.csv.Flush()
	if _, err := r.text.WriteString(strings.Join(fields, "") + string(r.comma)); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	return r.csv.Write(extra)
}

// withoutExtra drops the line and reason of a row that was rejected before.
func (r *rejects) withoutExtra(fields []string) []string {
	if n := len(original(r.header)); len(fields) == len(r.header) {
		return fields[:n]
	}
	return fields
}

func (r *rejects) begin() (err error) {
	if r.file, err = r.open(); err != nil {
		return fmt.Errorf("open file for rejected rows: %w", err)
	}
	r.text = bufio.NewWriter(r.file)
	r.csv = csv.NewWriter(r.text)
	r.csv.Comma = rune(r.comma)
	r.text.WriteString("\ufeff")
	return r.csv.Write(slices.Concat(original(r.header), []string{rejectedLine, rejectedReason}))
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	r.csv.Flush()
	err := r.csv.Error()
	if flushed := r.text.Flush(); err == nil {
		err = flushed
	}
	if closed := r.file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	return nil
}
