package ingest

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encodings a mapping may declare. A byte-order mark in the file wins over the declaration, so that a rejected file
// (always UTF-8 with a mark) can be read with the mapping of the file it came from.
var encodings = []string{"utf-8", "utf-16", "windows-1251", "windows-1253", "windows-1256"}

func decoderOf(name string) (transform.Transformer, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8":
		return transform.Nop, nil
	case "utf-16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), nil
	case "windows-1251":
		return charmap.Windows1251.NewDecoder(), nil
	case "windows-1253":
		return charmap.Windows1253.NewDecoder(), nil
	case "windows-1256":
		return charmap.Windows1256.NewDecoder(), nil
	}
	return nil, fmt.Errorf("encoding %q is not one of %s", name, strings.Join(encodings, ", "))
}

// decoded reads src as UTF-8. What cannot be decoded becomes U+FFFD, except in UTF-8 itself, which passes unchanged.
func decoded(src io.Reader, encoding string) (io.Reader, error) {
	d, err := decoderOf(encoding)
	if err != nil {
		return nil, err
	}
	return transform.NewReader(src, unicode.BOMOverride(d)), nil
}

// replaces tells whether a decoder of that name writes U+FFFD for what it cannot read.
func replaces(encoding string) bool {
	return !slices.Contains([]string{"", "utf-8", "utf8"}, strings.ToLower(encoding))
}
