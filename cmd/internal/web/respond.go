package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

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

// send answers with a document, or with 304 if the reader has it already.
func (s *Server) send(w http.ResponseWriter, r *http.Request, d site.Document) {
	h := w.Header()
	h.Set("Content-Type", d.Media)
	for name, value := range d.Header {
		h.Set(name, value)
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	h.Set("Vary", "Accept-Encoding")
	status := max(d.Status, http.StatusOK)
	sent, isPacked := packed(r, d.Body)
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
		// If the reader has gone, there is nobody to tell.
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
