package simulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Site serves one vendor. It is an http.Handler, so that tests can wrap it with httptest; the
// addresses it prints are those by which it is asked.
type Site struct {
	vendor Vendor
	clock  func() time.Time

	mu    sync.Mutex
	count Requests
}

// Requests counts what a site was asked for.
type Requests struct {
	Total       int
	NotModified int            // of these, answered with 304
	ByPath      map[string]int // by path and query
}

// NewSite returns a vendor's site at the times that clock tells.
func NewSite(v Vendor, clock func() time.Time) *Site {
	return &Site{vendor: complete(v), clock: clock, count: Requests{ByPath: map[string]int{}}}
}

// Vendor returns the script that the site serves.
func (s *Site) Vendor() Vendor { return s.vendor }

// Requests returns the counts so far.
func (s *Site) Requests() Requests {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.count
	out.ByPath = maps.Clone(s.count.ByPath)
	return out
}

// document is the bytes of one answer.
type document struct {
	contentType string
	body        []byte
	changedAt   time.Time // when the body last became another
	etag        string    // empty: made when it is served
}

// ServeHTTP answers GET and HEAD with the page as it is at the clock's time, or with the vendor's
// fault of that moment.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := s.clock()
	s.mu.Lock()
	s.count.Total++
	s.count.ByPath[r.URL.RequestURI()]++
	s.mu.Unlock()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "Method not allowed", http.StatusMethodNotAllowed)
		return
	}
	fault, struck := s.vendor.fault(now, r.URL.Path)
	if struck && fault.Kind != FaultTruncated {
		fault.serve(w, r, s.vendor)
		return
	}
	doc, found := s.render(s.vendor.at(now, baseURL(r)), r)
	if !found {
		http.NotFound(w, r)
		return
	}
	if struck {
		truncate(w, doc)
		return
	}
	if doc.serve(w, r) == http.StatusNotModified {
		s.mu.Lock()
		s.count.NotModified++
		s.mu.Unlock()
	}
}

func (s *Site) render(p page, r *http.Request) (document, bool) {
	switch s.vendor.Platform {
	case PlatformPingoru:
		return pingoruDocument(p, r.URL.Path)
	case PlatformFeed:
		return feedDocument(p, r.URL.Path)
	default:
		return statuspageDocument(p, r.URL.Path, r.URL.Query().Get("page"))
	}
}

// pageURL is the address of the vendor's page under that of the site.
func (v Vendor) pageURL(site string) string {
	switch v.Platform {
	case PlatformPingoru:
		return site + "/providers/" + v.Slug + "/outage-history"
	case PlatformFeed:
		return site + feedPath
	default:
		return site
	}
}

func baseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// serve writes the document, or 304 if the client has these bytes, and returns the status written.
// The ETag is weak and made of the bytes, as on Statuspage; If-Modified-Since counts only where no
// If-None-Match is sent (RFC 9110, 13.1.3), which http.ServeContent sees to: Last-Modified has whole
// seconds and would hide the second of two changes within one.
func (d document) serve(w http.ResponseWriter, r *http.Request) int {
	if d.etag == "" {
		d.etag = etagOf(d.body)
	}
	h := w.Header()
	h.Set("Content-Type", d.contentType)
	h.Set("ETag", d.etag)
	h.Set("Cache-Control", "max-age=0, private, must-revalidate")
	kept := &statusKeeper{ResponseWriter: w, status: http.StatusOK}
	http.ServeContent(kept, r, "", d.changedAt, bytes.NewReader(d.body))
	return kept.status
}

func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + hex.EncodeToString(sum[:16]) + `"`
}

type statusKeeper struct {
	http.ResponseWriter
	status int
}

func (k *statusKeeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

// truncate promises the whole body, sends half of it and cuts the connection.
func truncate(w http.ResponseWriter, d document) {
	w.Header().Set("Content-Type", d.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(d.body)))
	w.Write(d.body[:len(d.body)/2])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// esc escapes text as Rails does in its templates.
func esc(s string) string { return escaper.Replace(s) }
