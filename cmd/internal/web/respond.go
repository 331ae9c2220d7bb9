package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"vendorwatch/db"
)

// errNotFound is answered with a page that says so, and status 404.
var errNotFound = db.ErrNotFound

// badRequest is answered with a page that says what is wrong with the address, and status 400.
type badRequest struct{ problem string }

func (e badRequest) Error() string { return e.problem }

// view is a page before it is rendered.
type view struct {
	Template string // name of its file in templates, without the ending
	Title    string // of the window; the name of the program is added
	Nav      string // entry of the navigation that it belongs to
	Static   bool   // it does not ask for news
	Body     any    // what its template is given

	// Filled in by render.
	Now time.Time
}

// page makes a handler of what builds a view.
func (s *Server) page(build func(*http.Request) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		v, err := build(r)
		if err != nil {
			status, v = s.failure(r, err)
		}
		body, err := s.render(v)
		if err != nil {
			s.o.Log.Error("page", "path", r.URL.Path, "error", err)
			http.Error(w, "This page failed; the log says why.", http.StatusInternalServerError)
			return
		}
		s.send(w, r, status, "text/html; charset=utf-8", body)
	}
}

// failure is the page for an error, and its status.
func (s *Server) failure(r *http.Request, err error) (int, view) {
	type body struct{ Head, Text string }
	var bad badRequest
	switch {
	case errors.Is(err, errNotFound):
		return http.StatusNotFound, view{Template: "error", Title: "Not found", Static: true,
			Body: body{"There is no such page", "Nothing is on record under this address. Perhaps it was cut off, or it is of another file."}}
	case errors.As(err, &bad):
		return http.StatusBadRequest, view{Template: "error", Title: "Not understood", Static: true, Body: body{"This was not understood", bad.problem}}
	}
	s.o.Log.Error("page", "path", r.URL.Path, "error", err)
	return http.StatusInternalServerError, view{Template: "error", Title: "Failed", Static: true,
		Body: body{"This page failed", "The file could not be read. The log of vendorwatch says why; whether vendors are well is not told by this."}}
}

func (s *Server) render(v view) ([]byte, error) {
	t := s.pages[v.Template]
	if t == nil {
		return nil, fmt.Errorf("there is no template %q", v.Template)
	}
	v.Now = s.now()
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", v); err != nil {
		return nil, err
	}
	return bytes.Map(readInOrder, b.Bytes()), nil
}

// readInOrder drops the marks that turn round the direction in which the text after them is read, for a vendor's
// could reach beyond its own words. Letters that are written from right to left have their direction without.
func readInOrder(r rune) rune {
	if '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
		return -1
	}
	return r
}

// data makes a handler of what builds a document: its media type and its bytes. A name that is not empty makes
// browsers keep it as a file.
func (s *Server) data(build func(*http.Request) (document, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := build(r)
		if err != nil {
			s.page(func(*http.Request) (view, error) { return view{}, err })(w, r)
			return
		}
		if d.name != "" {
			w.Header().Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
		}
		s.send(w, r, http.StatusOK, d.media, d.body)
	}
}

type document struct {
	media, name string
	body        []byte
}

// jsonDocument is a value as JSON, with the names of the SQL columns.
func jsonDocument(v any) (document, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return document{}, err
	}
	return document{media: "application/json", body: b.Bytes()}, nil
}

// send answers with a body, or with 304 where the reader has it already.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, media string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", media)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	h.Set("Vary", "Accept-Encoding")
	sent, isPacked := packed(r, body)
	if isPacked {
		h.Set("Content-Encoding", "gzip")
	}
	if status == http.StatusOK {
		sum := sha256.Sum256(sent)
		tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		h.Set("ETag", tag)
		if matches(r.Header.Get("If-None-Match"), tag) {
			h.Del("Content-Encoding") // there is no content
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(sent)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		// A reader that has gone has nobody to be told.
		_, _ = w.Write(sent)
	}
}

// matches reports whether a list of tags names this one, or any.
func matches(list, tag string) bool {
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}

func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	s.send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
}

// readyz says whether the file can be read.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if _, err := s.db.LastEventID(r.Context()); err != nil {
		s.o.Log.Error("readyz", "error", err)
		s.send(w, r, http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte("the file cannot be read\n"))
		return
	}
	s.send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
}
