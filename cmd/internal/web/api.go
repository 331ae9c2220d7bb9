package web

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/db"
)

// openAPI describes the API in OpenAPI 3.1; a test compares every answer with it.
//
//go:embed openapi.json
var openAPI []byte

// apiPaths are the paths of the JSON API. Its names are those of the SQL columns, and it only reads.
func (s *Server) apiPaths() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"/api/v1/vendors":                s.api(s.apiVendors),
		"/api/v1/vendors/{slug}":         s.api(s.apiVendor),
		"/api/v1/sources":                s.api(s.apiSources),
		"/api/v1/components":             s.api(s.apiComponents),
		"/api/v1/incidents":              s.api(s.apiIncidents),
		"/api/v1/incidents/{id}":         s.api(s.apiIncident),
		"/api/v1/incidents/{id}/updates": s.api(s.apiIncidentUpdates),
		"/api/v1/updates":                s.api(s.apiUpdates),
		"/api/v1/events":                 s.apiEvents,
		"/api/v1/health":                 s.api(s.apiHealth),
		"/api/v1/openapi.json":           s.apiDocument,
	}
}

// apiRoutes adds the JSON API and the documents in the form of Statuspage.
func (s *Server) apiRoutes(mux *http.ServeMux) {
	for path, answer := range s.apiPaths() {
		mux.HandleFunc("GET "+path, answer)
	}
	s.statuspageRoutes(mux)
	mux.HandleFunc("/api/", s.api(s.noSuchPath))
}

// apiDocument serves the description of the API, its server being the one that is asked.
func (s *Server) apiDocument(w http.ResponseWriter, r *http.Request) {
	if _, err := parameters(r); err != nil {
		s.apiProblem(w, r, err)
		return
	}
	// A prefix comes from the configuration and is a path; JSON needs nothing of it escaped that a path may have.
	s.send(w, r, http.StatusOK, "application/json", bytes.Replace(openAPI, []byte(`"url": "/"`), []byte(`"url": "`+s.link("/")+`"`), 1))
}

func (s *Server) noSuchPath(r *http.Request) (any, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, problem{http.StatusMethodNotAllowed, "This API only reads; ask with GET."}
	}
	return nil, problem{http.StatusNotFound, "There is no such path; see " + s.link("/api/v1/openapi.json") + " for those that there are."}
}

// problem is an answer other than success, as RFC 9457 has it.
type problem struct {
	status int
	detail string
}

func (p problem) Error() string { return p.detail }

// api makes a handler of what builds a JSON value.
func (s *Server) api(build func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := build(r)
		if err != nil {
			s.apiProblem(w, r, err)
			return
		}
		d, err := jsonDocument(v)
		if err != nil {
			s.apiProblem(w, r, err)
			return
		}
		s.send(w, r, http.StatusOK, d.media, d.body)
	}
}

// isAPI reports whether a request is for a path that programs ask for, which is answered in JSON whatever goes wrong.
func (s *Server) isAPI(r *http.Request) bool {
	path := strings.TrimPrefix(r.URL.Path, s.o.Prefix)
	return strings.HasPrefix(path, "/api/") || (strings.HasPrefix(path, "/vendors/") && strings.Contains(path, "/api/"))
}

// refuse answers before any handler does: with a problem where a program asks, else in plain text.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, detail string) {
	if s.isAPI(r) {
		s.apiProblem(w, r, problem{status, detail})
		return
	}
	http.Error(w, detail, status)
}

func (s *Server) apiProblem(w http.ResponseWriter, r *http.Request, err error) {
	var p problem
	var bad badRequest
	switch {
	case errors.As(err, &p):
	case errors.As(err, &bad):
		p = problem{http.StatusBadRequest, bad.problem}
	case errors.Is(err, errNotFound):
		p = problem{http.StatusNotFound, "Nothing is on record under this address."}
	default:
		s.o.Log.Error("api", "path", r.URL.Path, "error", err)
		p = problem{http.StatusInternalServerError, "The file could not be read; the log of vendorwatch says why."}
	}
	var b bytes.Buffer
	// A bytes.Buffer takes everything, and there is nothing in the value that JSON cannot hold.
	_ = json.NewEncoder(&b).Encode(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{"about:blank", http.StatusText(p.status), p.status, p.detail})
	if p.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, HEAD")
	}
	s.send(w, r, p.status, "application/problem+json", b.Bytes())
}

// The sizes of a page of a listing.
const (
	apiLimit    = 100
	apiMaxLimit = 500
)

// asked are the parameters of a request, of which every one has to be known: one that is misspelt would answer
// what was not asked for.
type asked struct{ url.Values }

// parameters reads those of a request; the error names the one that is not known, or given twice.
func parameters(r *http.Request, known ...string) (asked, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return asked{}, badRequest{"The part of the address after ? cannot be read."}
	}
	for name, all := range values {
		if !slices.Contains(known, name) {
			if len(known) == 0 {
				return asked{}, badRequest{fmt.Sprintf("There is no parameter %q; this path takes none.", name)}
			}
			return asked{}, badRequest{fmt.Sprintf("There is no parameter %q; there are: %s.", name, strings.Join(known, ", "))}
		}
		if len(all) > 1 {
			return asked{}, badRequest{fmt.Sprintf("The parameter %s is given twice.", name)}
		}
	}
	return asked{values}, nil
}

// number reads a whole number from least to most.
func (a asked) number(name string, otherwise, least, most int64) (int64, error) {
	text := a.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, badRequest{fmt.Sprintf("%s=%q is not a number from %d to %d.", name, text, least, most)}
	}
	return n, nil
}

func (a asked) limit() (int, error) {
	n, err := a.number("limit", apiLimit, 1, apiMaxLimit)
	return int(n), err
}

// moment reads a time, or a day that stands for its beginning in UTC.
func (a asked) moment(name string) (time.Time, error) {
	text := a.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, badRequest{fmt.Sprintf("%s=%q is not a time; write one like 2026-11-23T10:02:05Z, or a day like 2026-11-23.", name, text)}
}

// vendorAsked reads the slug of a vendor, "" for all. One that is not on record is an error: a list without anything,
// for a name that is misspelt, would look like a vendor without trouble.
func (s *Server) vendorAsked(r *http.Request, a asked) (string, error) {
	slug := strings.ToLower(strings.TrimSpace(a.Get("vendor")))
	if slug == "" {
		return "", nil
	}
	known, err := s.db.HasVendor(r.Context(), slug)
	if err == nil && !known {
		err = badRequest{fmt.Sprintf("vendor=%q is not on record; %s lists the slugs of those that are.", slug, s.link("/api/v1/vendors"))}
	}
	return slug, err
}

// oneOf reads a word of a list, "" where it is not asked for.
func (a asked) oneOf(name string, words []string) (string, error) {
	word := a.Get(name)
	if word != "" && !slices.Contains(words, word) {
		return "", badRequest{fmt.Sprintf("%s=%q is not known; write one of: %s.", name, word, strings.Join(words, ", "))}
	}
	return word, nil
}

// after reads the number of the last row of the page before, and the size of the page.
func (a asked) after() (after int64, limit int, err error) {
	if after, err = a.number("after", 0, 0, 1<<62); err != nil {
		return 0, 0, err
	}
	limit, err = a.limit()
	return after, limit, err
}

// next is the parameter after of the page that follows; empty where a page is the last one.
func next[T any](rows []T, limit int, id func(T) int64) string {
	if len(rows) < limit {
		return ""
	}
	return strconv.FormatInt(id(rows[len(rows)-1]), 10)
}

func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, db.ErrNotFound
	}
	return id, nil
}
