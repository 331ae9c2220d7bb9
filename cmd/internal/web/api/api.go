// Package api answers programs in JSON. The names in its answers are those of the SQL columns, and it only reads.
package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db"
)

// OpenAPI describes the API in OpenAPI 3.1; a test compares every answer with it.
//
//go:embed openapi.json
var OpenAPI []byte

// API answers for a site.
type API struct{ *site.Site }

// An Answer makes one document.
type Answer func(*http.Request) (site.Document, error)

// Answers are the paths of the API.
func (a API) Answers() map[string]Answer {
	return map[string]Answer{
		"/api/v1/vendors":                inJSON(a.vendors),
		"/api/v1/vendors/{slug}":         inJSON(a.vendor),
		"/api/v1/sources":                inJSON(a.sources),
		"/api/v1/components":             inJSON(a.components),
		"/api/v1/incidents":              inJSON(a.incidents),
		"/api/v1/incidents/{id}":         inJSON(a.incident),
		"/api/v1/incidents/{id}/updates": inJSON(a.incidentUpdates),
		"/api/v1/updates":                inJSON(a.updates),
		EventsPath:                       inJSON(a.events),
		"/api/v1/health":                 inJSON(a.health),
		"/api/v1/openapi.json":           a.document,
	}
}

// inJSON makes an answer of what builds a value.
func inJSON[T any](build func(*http.Request) (T, error)) Answer {
	return func(r *http.Request) (site.Document, error) {
		v, err := build(r)
		if err != nil {
			return site.Document{}, err
		}
		return site.JSON(v)
	}
}

// document serves the description of the API. Its server is the one that is asked.
func (a API) document(r *http.Request) (site.Document, error) {
	if _, err := site.ReadParams(r); err != nil {
		return site.Document{}, err
	}
	// The prefix comes from the configuration and is a path: nothing in it needs to be escaped in JSON.
	own := bytes.Replace(OpenAPI, []byte(`"url": "/"`), []byte(`"url": "`+a.Link("/")+`"`), 1)
	return site.Document{Media: "application/json", Body: own}, nil
}

// NoSuchPath answers for every path and method that there is not.
func (a API) NoSuchPath(r *http.Request) (site.Document, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return site.Document{}, Problem{http.StatusMethodNotAllowed, "This API only reads; ask with GET."}
	}
	return site.Document{}, Problem{http.StatusNotFound,
		"There is no such path; see " + a.Link("/api/v1/openapi.json") + " for those that there are."}
}

// Problem is an answer other than success, in the form of RFC 9457.
type Problem struct {
	Status int
	Detail string
}

func (p Problem) Error() string { return p.Detail }

// Failure is the answer for an error. An error that is not the reader's fault is logged, and not told.
func (a API) Failure(r *http.Request, err error) site.Document {
	var p Problem
	var bad site.BadRequest
	switch {
	case errors.As(err, &p):
	case errors.As(err, &bad):
		p = Problem{http.StatusBadRequest, string(bad)}
	case errors.Is(err, db.ErrNotFound):
		p = Problem{http.StatusNotFound, "Nothing is on record under this address."}
	default:
		a.Log.Error("api", "path", r.URL.Path, "error", err)
		p = Problem{http.StatusInternalServerError, "The file could not be read; the log of vendorwatch says why."}
	}
	var b bytes.Buffer
	// A bytes.Buffer takes everything, and there is nothing in the value that JSON cannot hold.
	_ = json.NewEncoder(&b).Encode(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{"about:blank", http.StatusText(p.Status), p.Status, p.Detail})
	d := site.Document{Status: p.Status, Media: "application/problem+json", Body: b.Bytes()}
	if p.Status == http.StatusMethodNotAllowed {
		d.Header = map[string]string{"Allow": "GET, HEAD"}
	}
	return d
}
