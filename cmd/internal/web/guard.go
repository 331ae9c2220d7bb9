package web

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

const (
	answerTime = 10 * time.Second // for one answer; the stream of news excepted
	maxBody    = 1 << 20          // of a request
	maxURL     = 4 << 10          // of a request's path and query
)

// policy lets a page use our own style sheet, script and images, ask our own server, and nothing else. No
// inline style or script is allowed: colours of the drawings come from classes in the style sheet.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard is what stands before every route: headers, panics, limits, who may read, and the prefix.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		defer s.recovered(w, r)
		if len(r.URL.RequestURI()) > maxURL {
			s.refuse(w, r, http.StatusRequestURITooLong, "The address is too long.")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		path := r.URL.Path
		if s.o.Prefix != "" && (path == s.o.Prefix || strings.HasPrefix(path, s.o.Prefix+"/")) {
			path = strings.TrimPrefix(path, s.o.Prefix)
			if path == "" {
				http.Redirect(w, r, s.o.Prefix+"/", http.StatusMovedPermanently)
				return
			}
			r = withPath(r, path)
		}
		if path != "/healthz" && !s.o.Auth.allows(r) {
			h.Set("WWW-Authenticate", `Basic realm="vendorwatch", charset="UTF-8"`)
			h.Set("Cache-Control", "no-store")
			s.refuse(w, r, http.StatusUnauthorized, "This dashboard asks for a password or a token.")
			return
		}
		if path != "/events" && !(path == "/api/v1/events" && wantsStream(r)) {
			ctx, cancel := context.WithTimeout(r.Context(), answerTime)
			defer cancel()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// withPath returns the request for another path.
func withPath(r *http.Request, path string) *http.Request {
	r2 := r.Clone(r.Context())
	r2.URL.Path, r2.URL.RawPath = path, ""
	return r2
}

// recovered answers for a handler that panicked, and lets the others go on.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	problem := recover()
	if problem == nil {
		return
	}
	if problem == http.ErrAbortHandler {
		panic(problem)
	}
	s.o.Log.Error("page", "path", r.URL.Path, "panic", problem, "stack", string(debug.Stack()))
	s.refuse(w, r, http.StatusInternalServerError, "This page failed; the log says why.")
}
