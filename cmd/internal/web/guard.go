package web

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/web/api"
	"vendorwatch/cmd/internal/web/site"
)

// maxURL is the longest path and query of a request, in bytes.
const maxURL = 4 << 10

// policy lets a page use our own style sheet, script and images, ask our own server, and nothing else. No
// inline style or script is allowed: colours of the drawings come from classes in the style sheet.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard serves a table of routes. Before each of them stand headers, limits, the password and the recovery from
// panics; a route can be excepted from the password only.
func (s *Server) guard(table []Route) http.Handler {
	mux := http.NewServeMux()
	byPattern := map[string]Route{}
	for _, route := range table {
		mux.Handle(route.Pattern, s.serve(route))
		byPattern[route.Pattern] = route
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		r, prefixAlone := s.withoutPrefix(r)
		_, pattern := mux.Handler(r)
		route := byPattern[pattern] // the zero Route, which is guarded, where the mux redirects
		if route.Pushes {
			r = tokenOutOfPath(r)
		}
		defer s.recovered(w, r, route)
		switch {
		case len(r.URL.RequestURI()) > maxURL:
			s.refuse(w, r, route, http.StatusRequestURITooLong, "The address is too long.")
		case prefixAlone:
			http.Redirect(w, r, s.site.Prefix+"/", http.StatusMovedPermanently)
		case !route.Open && !s.letIn(w, r, route):
		case route.OwnSite && !s.fromOwnSite(w, r):
		default:
			r.Body = http.MaxBytesReader(w, r.Body, site.MaxBody)
			if !route.Long && !route.streams(r) {
				ctx, cancel := context.WithTimeout(r.Context(), site.AnswerTime)
				defer cancel()
				r = r.WithContext(ctx)
			}
			mux.ServeHTTP(w, r)
		}
	})
}

// withoutPrefix takes the prefix off a request's path, and reports whether there is nothing else in it.
func (s *Server) withoutPrefix(r *http.Request) (_ *http.Request, alone bool) {
	path, prefix := r.URL.Path, s.site.Prefix
	if prefix == "" || path != prefix && !strings.HasPrefix(path, prefix+"/") {
		return r, false
	}
	if path == prefix {
		return r, true
	}
	r = r.Clone(r.Context())
	r.URL.Path, r.URL.RawPath = strings.TrimPrefix(path, prefix), ""
	return r, false
}

// pushHeader is where the token is that a push has in its path, after the guard has taken it out.
const pushHeader = "Vendorwatch-Push-Token"

// tokenOutOfPath takes the token off the end of a request's path, so that no log shows it.
func tokenOutOfPath(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	dir, token := path.Split(r.URL.Path)
	r.URL.Path, r.URL.RawPath, r.RequestURI = dir+"-", "", dir+"-"
	r.Header.Set(pushHeader, token)
	return r
}

// refuse answers before a route does.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, route Route, status int, detail string) {
	if route.Form == JSON {
		s.send(w, r, s.api.Failure(r, api.Problem{Status: status, Detail: detail}))
		return
	}
	http.Error(w, detail, status)
}

// recovered answers for a handler that panicked, and lets the others go on.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request, route Route) {
	problem := recover()
	if problem == nil {
		return
	}
	if problem == http.ErrAbortHandler {
		panic(problem)
	}
	s.site.Log.Error("page", "path", r.URL.Path, "panic", problem, "stack", string(debug.Stack()))
	s.refuse(w, r, route, http.StatusInternalServerError, "This page failed; the log says why.")
}

// letIn reports whether a request may be answered, and answers the others: those without the secret, or, where there
// is none, under a host name that is not ours.
func (s *Server) letIn(w http.ResponseWriter, r *http.Request, route Route) bool {
	if !route.Writes && !route.Pushes && !s.auth.required() && !s.own(r) {
		w.Header().Set("Cache-Control", "no-store")
		s.refuse(w, r, route, http.StatusMisdirectedRequest, foreignHost(r))
		return false
	}
	status, why := s.admit(r, route)
	if status == 0 {
		return true
	}
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(int(triesEvery.Seconds())*triesAtOnce))
	} else if route.Writes || route.Pushes {
		w.Header().Set("WWW-Authenticate", `Bearer realm="vendorwatch"`)
	} else {
		w.Header().Set("WWW-Authenticate", `Basic realm="vendorwatch", charset="UTF-8"`)
	}
	w.Header().Set("Cache-Control", "no-store")
	s.refuse(w, r, route, status, why)
	return false
}

// fromOwnSite refuses requests that a page of another site makes a browser send.
func (s *Server) fromOwnSite(w http.ResponseWriter, r *http.Request) bool {
	ours := ""
	if u, err := url.Parse(s.site.DashboardURL); err == nil {
		ours = u.Host
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) && !strings.EqualFold(u.Host, ours) {
			http.Error(w, "Requests from pages of other sites are refused.", http.StatusForbidden)
			return false
		}
	}
	return true
}
