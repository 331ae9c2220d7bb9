package simulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// Site serves one vendor. It is an http.Handler, so that tests can wrap it with httptest; the
// addresses it prints are those by which it is asked.
type Site struct {
	vendor Vendor
	clock  func() time.Time
}

// NewSite returns a vendor's site at the times that clock tells.
func NewSite(v Vendor, clock func() time.Time) *Site {
	return &Site{vendor: Complete(v), clock: clock}
}

// document is the bytes of one answer.
type document struct {
	contentType string
	body        []byte
	changedAt   time.Time // when the body last became another
}

// ServeHTTP answers GET and HEAD with the page as it is at the clock's time, or with the vendor's
// fault of that moment.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := s.clock()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "Method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if fault, struck := s.vendor.fault(now, r.URL.Path); struck {
		fault.serve(w, s.vendor)
		return
	}
	doc, found := s.render(s.vendor.at(now, baseURL(r)), r)
	if !found {
		http.NotFound(w, r)
		return
	}
	doc.serve(w, r)
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

// serve writes the document, or 304 if the client has these bytes. The ETag is weak and made of the bytes, as on
// Statuspage; If-Modified-Since counts only where no If-None-Match is sent (RFC 9110, 13.1.3), which
// http.ServeContent sees to: Last-Modified has whole seconds and would hide the second of two changes within one.
func (d document) serve(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256(d.body)
	h := w.Header()
	h.Set("Content-Type", d.contentType)
	h.Set("ETag", `W/"`+hex.EncodeToString(sum[:16])+`"`)
	h.Set("Cache-Control", "max-age=0, private, must-revalidate")
	http.ServeContent(w, r, "", d.changedAt, bytes.NewReader(d.body))
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// esc escapes text as Rails does in its templates.
func esc(s string) string { return escaper.Replace(s) }
