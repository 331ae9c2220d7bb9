// Package web serves what the file knows: pages to people, documents and streams to programs. It only
// reads, but for what people do through the API: mutes, acknowledgements and notes.
//
// This package has the server and what stands before its routes. The folders below it make the answers: pages, api,
// statuspage, feeds, mcp and metrics. None of these imports another; what they share is in site and prose.
package web

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vendorwatch/cmd/internal/web/api"
	"vendorwatch/cmd/internal/web/mcp"
	"vendorwatch/cmd/internal/web/pages"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db"
	"vendorwatch/db/board"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record/signals"
)

// Told are the parts of a service that signals and pushes reach.
type Told = api.Told

// Lateness is what was due and is not read in time.
type Lateness = site.Lateness

// Options are what New needs beside the file. Zero fields stand for defaults.
type Options struct {
	Prefix       string           // path under which a proxy serves us, such as "/status"; requests may lack it
	DashboardURL string           // address of the dashboard as people reach it; empty: it is taken from requests
	Hosts        []string         // further names by which people reach it; needed where no password is asked for
	Auth         Auth             // who may read, and write; zero: everybody who reaches the address reads
	OnAction     func()           // called after somebody muted, acknowledged or noted something; may be nil
	Signals      signals.Recorder // where alerts of our own monitoring are put on record
	Told         Told             // of signals and pushes
	Now          func() time.Time // clock; time.Now
	Zone         *time.Location   // in which pages tell times to readers without a script; UTC
	Log          *slog.Logger     // failures, and nothing of what is asked for; slog.Default
	Version      string           // of the program, shown on Health
	Late         func() Lateness  // what the service is late with; nil where none runs
	Poll         time.Duration    // how often streams ask the file for new events; 2 s
}

// Server answers every request. It is safe for concurrent use.
type Server struct {
	site  *site.Site
	file  *db.DB
	auth  Auth
	tries *tries   // wrong passwords so far
	names []string // host names that are ours
	poll  time.Duration
	pages *pages.Pages
	api   *api.API
	// compress compresses what a handler writes, if the reader accepts that.
	compress func(http.Handler) http.HandlerFunc
	streams  chan struct{} // a place for each connection that waits for events
	stopped  chan struct{} // closed when Serve stops
}

// maxStreams is how many connections may wait for events at one time. Each costs a small query every few seconds.
const maxStreams = 200

// New returns the server over an open file.
func New(file *db.DB, o Options) *Server {
	now := o.Now
	if now == nil {
		now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Poll <= 0 {
		o.Poll = 2 * time.Second
	}
	s := &site.Site{
		DB:           query.New(file),
		Board:        board.New(file),
		Prefix:       strings.TrimRight(o.Prefix, "/"),
		DashboardURL: strings.TrimRight(o.DashboardURL, "/"),
		Clock:        func() time.Time { return now().UTC() },
		Zone:         o.Zone,
		Log:          o.Log,
		Version:      o.Version,
		Late:         o.Late,
	}
	answers := api.New(s)
	answers.Ledger, answers.OnAction = ledger.New(file), o.OnAction
	answers.Signals, answers.Told = o.Signals, o.Told
	return &Server{
		site: s, file: file, auth: o.Auth, tries: newTries(), names: ownNames(o),
		poll: o.Poll, pages: pages.New(s), api: answers, compress: newCompressor(),
		streams: make(chan struct{}, maxStreams), stopped: make(chan struct{}),
	}
}

// MCP returns a server of the Model Context Protocol whose tools read the file. The caller runs it on a transport.
func (s *Server) MCP() *sdk.Server { return mcp.Server(s.site) }

// Handler returns all routes with what guards them.
func (s *Server) Handler() http.Handler {
	return s.guard(s.Routes())
}
