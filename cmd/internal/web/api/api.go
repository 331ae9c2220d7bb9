// Package api answers programs in JSON. The names in its answers are those of the SQL columns. It only reads, but for
// what people do (mutes, acknowledgements and notes) and what our own monitoring posts.
package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/record/signals"
)

// API answers for a site.
type API struct {
	*site.Site
	Told
	Ledger    *ledger.Ledger         // where actions are kept
	Signals   signals.Recorder       // where alerts of our own monitoring are
	OnAction  func()                 // called after an action was put on record; may be nil
	described func() ([]byte, error) // the OpenAPI document, made when it is first asked for
}

// New returns the API of a site.
func New(s *site.Site) *API {
	a := &API{Site: s}
	a.described = sync.OnceValues(a.OpenAPI)
	return a
}

// NoSuchPath answers for every path and method that there is not.
func (a *API) NoSuchPath(r *http.Request) (site.Document, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return site.Document{}, Problem{http.StatusMethodNotAllowed, "This path only reads; ask with GET."}
	}
	return site.Document{}, Problem{http.StatusNotFound,
		"There is no such path; see " + a.Link(DocumentPath) + " for those that there are."}
}

// Problem is an answer other than success, in the form of RFC 9457.
type Problem struct {
	Status int
	Detail string
}

// problem is a Problem as it is sent.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (p Problem) Error() string { return p.Detail }

// Failure is the answer for an error. An error that is not the reader's fault is logged, and not told.
func (a *API) Failure(r *http.Request, err error) site.Document {
	var p Problem
	var bad site.BadRequest
	switch {
	case errors.As(err, &p):
	case errors.As(err, &bad):
		p = Problem{http.StatusBadRequest, string(bad)}
	case errors.Is(err, db.ErrNotFound):
		p = Problem{http.StatusNotFound, "Nothing is on record under this address."}
	case site.IsTooSlow(r, err):
		a.Log.Warn("api: it took too long", "path", r.URL.Path, "error", err)
		p = Problem{http.StatusServiceUnavailable, site.TooSlow}
	default:
		a.Log.Error("api", "path", r.URL.Path, "error", err)
		p = Problem{http.StatusInternalServerError, "The file could not be read; the log of vendorwatch says why."}
	}
	var b bytes.Buffer
	// A bytes.Buffer takes everything, and there is nothing in the value that JSON cannot hold.
	_ = json.NewEncoder(&b).Encode(problem{"about:blank", http.StatusText(p.Status), p.Status, p.Detail})
	d := site.Document{Status: p.Status, Media: "application/problem+json", Body: b.Bytes()}
	if p.Status == http.StatusMethodNotAllowed {
		d.Header = map[string]string{"Allow": "GET, HEAD"}
	}
	return d
}
