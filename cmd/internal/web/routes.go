package web

import (
	"errors"
	"net/http"
	"strings"

	"vendorwatch/cmd/internal/web/api"
	"vendorwatch/cmd/internal/web/feeds"
	"vendorwatch/cmd/internal/web/mcp"
	"vendorwatch/cmd/internal/web/metrics"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/web/statuspage"
	"vendorwatch/db"
)

// Route is one entry of the table of all paths.
type Route struct {
	Pattern string // as http.ServeMux has it, without the prefix, which the guard takes off
	Form    Form   // of its answers, and of its errors
	Open    bool   // it is answered without a password
	OwnSite bool   // what a page of another site asks is refused
	Writes  bool   // it changes something, and takes the token that may write
	Pushes  bool   // its path ends with a token, which only has a page read
	Long    bool   // its document may be long, and takes more than AnswerTime to be sent

	answer  answer       // makes its document
	stream  *stream      // instead of a document, or for requests that ask for a stream
	handler http.Handler // where the answer is the work of a library
}

// Form is the form of a route's answers.
type Form int

// The forms of answers.
const (
	Page  Form = iota // HTML of ours; an error is a page too
	File              // a document for people or for their programs; an error is a page
	JSON              // a document of the API; an error is one too
	Plain             // text; an error is text too
)

// answer makes a document of a request.
type answer func(*http.Request) (site.Document, error)

// Routes is the table of all paths. The server is made of it, and nothing else is served.
func (s *Server) Routes() []Route {
	p, f := s.pages, feeds.Feeds{Site: s.site}
	table := []Route{
		{Pattern: "GET /{$}", answer: p.Now},
		{Pattern: "GET /wall", answer: p.Wall},
		{Pattern: "GET /vendors", answer: p.Vendors},
		{Pattern: "GET /vendors/{slug}", answer: p.Vendor},
		{Pattern: "GET /services", answer: p.Services},
		{Pattern: "GET /services/{slug}", answer: p.Service},
		{Pattern: "GET /incidents/{id}", answer: p.Incident},
		{Pattern: "GET /trends", answer: p.Trends},
		{Pattern: "GET /history", answer: p.History},
		{Pattern: "GET /maintenance", answer: p.Maintenance},
		{Pattern: "GET /health", answer: p.Health},
		{Pattern: "/", answer: func(*http.Request) (site.Document, error) { return site.Document{}, db.ErrNotFound }},

		{Pattern: "GET /incidents/{id}/json", Form: File, answer: p.IncidentJSON},
		{Pattern: "GET /incidents/{id}/raw", Form: File, answer: p.IncidentRaw},
		{Pattern: "GET /history.csv", Form: File, Long: true, answer: p.HistoryCSV},
		{Pattern: "GET /history.json", Form: File, answer: p.HistoryJSON},
		{Pattern: "GET /static/{name}", Form: File, answer: p.Static},

		{Pattern: "GET /feed.atom", Form: File, answer: f.Atom},
		{Pattern: "GET /vendors/{slug}/feed.atom", Form: File, answer: f.Atom},
		{Pattern: "GET /feed.json", Form: File, answer: f.JSON},
		{Pattern: "GET /vendors/{slug}/feed.json", Form: File, answer: f.JSON},
		{Pattern: "GET /feed.rss", Form: File, answer: f.RSS},
		{Pattern: "GET /vendors/{slug}/feed.rss", Form: File, answer: f.RSS},
		{Pattern: "GET /maintenance.ics", Form: File, answer: f.Calendar},
		{Pattern: "GET /vendors/{slug}/maintenance.ics", Form: File, answer: f.Calendar},
		{Pattern: "GET /vendors/{slug}/badge.svg", Form: File, answer: f.Badge},

		{Pattern: "/api/", Form: JSON, answer: s.api.NoSuchPath},
		{Pattern: "/vendors/{slug}/api/", Form: JSON, answer: s.api.NoSuchPath},

		{Pattern: "GET /events", Form: Plain, stream: &stream{s.newest, s.news}},
		{Pattern: "GET /metrics", Form: Plain, handler: metrics.Handler(s.site)},
		{Pattern: "/mcp", Form: Plain, OwnSite: true, handler: mcp.Handler(s.site)},
		{Pattern: "GET /healthz", Form: Plain, Open: true, answer: healthz},
		{Pattern: "GET /readyz", Form: Plain, answer: s.readyz},
	}
	for path, build := range s.api.Answers() {
		r := Route{Pattern: "GET " + path, Form: JSON, answer: answer(build)}
		if path == api.EventsPath {
			r.stream = &stream{s.api.StreamFrom, s.api.StreamEvents}
		}
		table = append(table, r)
	}
	for path, build := range s.api.Writes() {
		pushes := strings.HasSuffix(path, "/{token}")
		table = append(table, Route{Pattern: "POST " + path, Form: JSON, Writes: !pushes, Pushes: pushes,
			answer: answer(build)})
	}
	for path, build := range statuspage.Documents(s.site) {
		table = append(table,
			Route{Pattern: "GET " + path, Form: JSON, answer: answer(build)},
			Route{Pattern: "GET /vendors/{slug}" + path, Form: JSON, answer: answer(build)})
	}
	return table
}

func healthz(*http.Request) (site.Document, error) { return plain("ok\n"), nil }

// readyz says whether the file can be read, and is the one that is at its path.
func (s *Server) readyz(r *http.Request) (site.Document, error) {
	_, err := s.site.DB.LastEventID(r.Context())
	if err = errors.Join(s.file.Standing(), err); err != nil {
		s.site.Log.Error("readyz", "error", err)
		d := plain("the file cannot be read\n")
		d.Status = http.StatusServiceUnavailable
		return d, nil
	}
	return plain("ok\n"), nil
}
