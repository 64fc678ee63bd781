// Package web is the shelf of files a browser fetches: style, fonts, scripts, pictures. They are embedded, so that one
// binary serves everything and nothing comes from elsewhere. It is not for pages: those are made in templates.
//
// The files in static/ are built or copied by `npm run build` in this folder and committed; running needs no Node.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed static
var files embed.FS

// asset is one file with everything that never changes while the process runs.
type asset struct {
	body, small []byte // small is gzipped; nil where that does not pay
	kind, hash  string
}

// assets is read once, on first use; a broken embed is a broken build, hence the panic.
var assets = sync.OnceValue(func() map[string]asset {
	found := map[string]asset{}
	err := fs.WalkDir(files, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		found[strings.TrimPrefix(name, "static/")] = asset{body, gzipped(body, path.Ext(name)), kindOf(name), hex.EncodeToString(sum[:6])}
		return nil
	})
	if err != nil {
		panic("web: " + err.Error())
	}
	return found
})

// URL is the address of a file in static/, with its content's hash, so that it may be kept for ever.
// A name that does not exist panics: it is a typing error in a template.
func URL(name string) string {
	it, ok := assets()[name]
	if !ok {
		panic("web: no file static/" + name)
	}
	return "/static/" + name + "?v=" + it.hash
}

// Font is the address of a font by its name without the version, as the style sheet writes it. A name that does not exist
// panics, as in URL.
func Font(name string) string {
	for file := range assets() {
		if strings.HasPrefix(file, "fonts/"+name+"-") {
			return "/static/" + file
		}
	}
	panic("web: no font " + name)
}

// Handler serves /static/. What was asked for by its hash, and fonts (their version is in the name), is kept for a
// year; anything else is asked for again each time and mostly answered with 304.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	name, inside := strings.CutPrefix(r.URL.Path, "/static/")
	it, ok := assets()[name]
	if !inside || !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	head := w.Header()
	head.Set("Content-Type", it.kind)
	if path.Ext(name) != ".svg" { // what rules a document says nothing to a style sheet, a script or a font, and weighs on a first visit
		head.Del("Content-Security-Policy")
		head.Del("Cross-Origin-Opener-Policy")
	}
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", caching(name, r.URL.Query().Get("v") == it.hash))
	head.Set("ETag", `"`+it.hash+`"`)
	body := it.body
	if it.small != nil {
		head.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			head.Set("Content-Encoding", "gzip")
			head.Set("ETag", `"`+it.hash+`-gzip"`)
			body = it.small
		}
	}
	if r.Header.Get("If-None-Match") == head.Get("ETag") {
		head.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = io.Copy(w, bytes.NewReader(body)) // a browser that went away is nobody's fault
	}
}

func caching(name string, exact bool) string {
	if exact || strings.HasPrefix(name, "fonts/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// kindOf does not ask the machine, whose mime tables differ.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func gzipped(body []byte, ext string) []byte {
	if ext == ".woff2" || ext == ".png" || len(body) < 512 {
		return nil
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil || w.Close() != nil {
		return nil
	}
	return out.Bytes()
}
