// Package site is what the parts of the dashboard share: the file they read, the clock, the address at which they
// are served, and how a request is read and a document is returned. It writes to no connection.
package site

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"vendorwatch/db/board"
	"vendorwatch/db/query"
)

// Site is what every part is given.
type Site struct {
	DB           *query.DB
	Board        *board.DB
	Prefix       string           // path that a proxy serves us under, such as "/status"; without a slash at its end
	DashboardURL string           // address of the dashboard as people reach it; empty: it is taken from the request
	Clock        func() time.Time // in UTC
	Zone         *time.Location   // in which pages tell times
	Log          *slog.Logger
	Version      string // of the program; empty if it is not known

	Late func() Lateness // what the service is late with; nil where none runs
}

// Lateness is what was due and is not read in time, because more is due than can be read. It is ours, and says nothing
// of the vendors.
type Lateness struct {
	PutOff  int64         // readings left out since the start
	Waiting int           // pages that wait now
	Longest time.Duration // how long the one that began first has waited
}

// AnswerTime is how long one answer may take. Streams are excepted.
const AnswerTime = 10 * time.Second

// MaxBody is the largest request that is read, in bytes.
const MaxBody = 1 << 20

// Window is a maintenance as calendars show it.
type Window = board.Window

// Link is the address of one of our paths as a browser has to ask for it.
func (s *Site) Link(path ...string) string { return s.Prefix + strings.Join(path, "") }

// Permalink is an address that also works elsewhere, in a mail or a chat.
func (s *Site) Permalink(r *http.Request, path string) string {
	if s.DashboardURL != "" {
		return s.DashboardURL + path
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + s.Link(path)
}

// Lateness returns what the service is late with.
func (s *Site) Lateness() Lateness {
	if s.Late == nil {
		return Lateness{}
	}
	return s.Late()
}
