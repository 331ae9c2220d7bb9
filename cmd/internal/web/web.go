// Package web shows what the file knows to people in a browser: pages rendered on the server, which need no
// script to be read. It only reads.
//
// Vendor text is never HTML of ours: html/template escapes it, Markdown is rendered without raw HTML, and the
// Content-Security-Policy lets a page load nothing but our own style sheet and script.
package web

import (
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"vendorwatch/db"
)

// Options are what New needs beside the file. Zero fields are defaults.
type Options struct {
	Prefix       string           // path that a proxy serves us under, such as "/status"; requests may come with it or without
	DashboardURL string           // address of Now as people reach it, for permalinks; where it is empty they are made from the request
	Auth         Auth             // who may read; zero: everybody who reaches the address
	Now          func() time.Time // clock; time.Now
	Log          *slog.Logger     // failures, and nothing of what is asked for; slog.Default
	Version      string           // of the program, shown on Health
	Poll         time.Duration    // how often the file is asked whether there is news for open pages; 2 s
}

// Server answers every request. It is safe for concurrent use.
type Server struct {
	db      *db.DB
	o       Options
	pages   map[string]*template.Template
	assets  map[string]asset
	stream  chan struct{} // a place for each connection that waits for news
	stopped chan struct{} // closed when Serve stops
}

// maxStreams is how many pages may wait for news at one time. Each costs a small query every few seconds.
const maxStreams = 200

// New returns the handler of all pages over an open file.
func New(file *db.DB, o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Poll <= 0 {
		o.Poll = 2 * time.Second
	}
	o.Prefix = strings.TrimRight(o.Prefix, "/")
	o.DashboardURL = strings.TrimRight(o.DashboardURL, "/")
	s := &Server{db: file, o: o, assets: loadAssets(), stream: make(chan struct{}, maxStreams), stopped: make(chan struct{})}
	s.pages = s.loadPages()
	return s
}

// Handler returns the server with all that stands before its routes.
func (s *Server) Handler() http.Handler {
	return s.guard(s.routes())
}

// now is the clock in UTC.
func (s *Server) now() time.Time { return s.o.Now().UTC() }

// link is the address of one of our paths as the browser has to ask for it.
func (s *Server) link(path ...string) string { return s.o.Prefix + strings.Join(path, "") }

// permalink is an address that works elsewhere too, in a mail or a chat.
func (s *Server) permalink(r *http.Request, path string) string {
	if s.o.DashboardURL != "" {
		return s.o.DashboardURL + path
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + s.link(path)
}
