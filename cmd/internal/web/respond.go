package web

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"vendorwatch/cmd/internal/web/site"
)

// serve makes the handler of a route.
func (s *Server) serve(route Route) http.Handler {
	if route.handler != nil {
		return route.handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route.streams(r) {
			s.follow(w, r, route)
			return
		}
		d, err := route.answer(r)
		if err != nil {
			d = s.failure(r, route, err)
		}
		s.send(w, r, d)
	})
}

// failure is the answer for an error, in the form of the route.
func (s *Server) failure(r *http.Request, route Route, err error) site.Document {
	switch route.Form {
	case JSON:
		return s.api.Failure(r, err)
	case Plain:
		s.site.Log.Error("web", "path", r.URL.Path, "error", err)
		d := plain("The file cannot be read.\n")
		d.Status = http.StatusServiceUnavailable
		return d
	}
	return s.pages.Failure(r, err)
}

func plain(text string) site.Document {
	return site.Document{Media: "text/plain; charset=utf-8", Body: []byte(text)}
}

// worthCompressing is the size in bytes from which on a document is compressed. A smaller one fits into one packet.
const worthCompressing = 1400

// newCompressor returns what compresses with gzip for readers that accept it. All documents are text.
func newCompressor() func(http.Handler) http.HandlerFunc {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(worthCompressing), gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.EnableZstd(false), gzhttp.SuffixETag(gzipSuffix), gzhttp.ContentTypeFilter(
			func(string) bool { return true }))
	if err != nil {
		panic(err) // the options are constants
	}
	return compress
}

// gzipSuffix tells the tag of a compressed document from that of the document.
const gzipSuffix = "-gzip"

// send answers with a document, or with 304 if the reader has it already.
func (s *Server) send(w http.ResponseWriter, r *http.Request, d site.Document) {
	if r.Method == http.MethodHead {
		// The headers are those of GET. net/http leaves out the body, since it knows the method that was asked for.
		r = r.Clone(r.Context())
		r.Method = http.MethodGet
	}
	deadline := http.NewResponseController(w)
	s.compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.More != nil {
			s.writeLong(w, r, d, deadline)
		} else {
			write(w, r, d)
		}
	})).ServeHTTP(w, r)
}

// writeLong answers with a document that is made while it is sent.
func (s *Server) writeLong(w http.ResponseWriter, r *http.Request, d site.Document,
	deadline *http.ResponseController) {
	h := w.Header()
	h.Set("Content-Type", d.Media)
	h.Set("Cache-Control", "private, no-store")
	for name, value := range d.Header {
		h.Set(name, value)
	}
	w.WriteHeader(http.StatusOK)
	out := &patient{w, deadline}
	if _, err := out.Write(d.Body); err != nil {
		return // the reader has gone
	}
	if err := d.More(r.Context(), out); err != nil {
		if r.Context().Err() == nil {
			s.site.Log.Error("web: an answer is broken off", "path", r.URL.Path, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// patient gives each part of a long answer its own time to arrive.
type patient struct {
	http.ResponseWriter
	deadline *http.ResponseController
}

// partTime is how long a reader may take for a part of a long answer.
const partTime = 30 * time.Second

func (p *patient) Write(part []byte) (int, error) {
	if err := p.deadline.SetWriteDeadline(time.Now().Add(partTime)); err != nil &&
		!errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.ResponseWriter.Write(part)
}

// write answers with a document through the compressor.
func write(w http.ResponseWriter, r *http.Request, d site.Document) {
	h := w.Header()
	h.Set("Content-Type", d.Media)
	for name, value := range d.Header {
		h.Set(name, value)
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	status := max(d.Status, http.StatusOK)
	if status == http.StatusOK {
		sum := sha256.Sum256(d.Body)
		tag := base64.RawURLEncoding.EncodeToString(sum[:12])
		h.Set("ETag", quoted(tag))
		if willCompress(w, d) {
			tag += gzipSuffix
		}
		if matches(r.Header.Get("If-None-Match"), quoted(tag)) {
			h.Set("ETag", quoted(tag)) // the compressor adds its suffix only where there is content
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(d.Body)))
	w.WriteHeader(status)
	// If the reader has gone, there is nobody to tell.
	_, _ = w.Write(d.Body)
}

// willCompress reports whether the compressor, which gave us this writer, compresses a document.
func willCompress(w http.ResponseWriter, d site.Document) bool {
	switch w.(type) {
	case *gzhttp.GzipResponseWriter, gzhttp.GzipResponseWriterWithCloseNotify:
		return len(d.Body) >= worthCompressing
	}
	return false
}

func quoted(tag string) string { return `"` + tag + `"` }

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
