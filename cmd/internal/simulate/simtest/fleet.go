package simtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"vendorwatch/cmd/internal/simulate"
)

// Fleet is a large number of Statuspages, for benchmarks. Each has a host of its own, that is a port, as real ones
// have: a reader takes scheme and host for the page and is polite by host.
//
// A document is rendered once and kept until its vendor changes, so that serving costs next to nothing beside
// reading.
type Fleet struct {
	members  []*member
	urls     []string
	servers  []*http.Server
	requests atomic.Int64
}

// A member is one vendor of a fleet.
type member struct {
	fleet  *Fleet
	mu     sync.Mutex
	vendor simulate.Vendor
	docs   map[string]document // by address; empty after a change
}

// A document is a kept answer.
type document struct {
	request *http.Request
	answer  *httptest.ResponseRecorder
	etag    string
}

// NewFleet returns n vendors with so many incidents each, of which the newest is open. Each summary is filled up
// with components to about summaryBytes, as on real pages; 0 leaves it small.
func NewFleet(n, incidents, summaryBytes int) *Fleet {
	f := &Fleet{}
	for i := range n {
		f.members = append(f.members, &member{fleet: f, vendor: fleetVendor(i, incidents, summaryBytes),
			docs: map[string]document{}})
	}
	return f
}

// bytesAComponent is what a component takes in a summary, measured.
const bytesAComponent = 340

func fleetVendor(i, incidents, summaryBytes int) simulate.Vendor {
	now := time.Now().UTC()
	v := simulate.Vendor{
		Slug: fmt.Sprintf("vendor-%04d", i), Name: fmt.Sprintf("Vendor %04d", i),
		Platform: simulate.PlatformStatuspage, CreatedAt: now.AddDate(-2, 0, 0),
	}
	for c := range max(2, summaryBytes/bytesAComponent) {
		v.Components = append(v.Components, simulate.Component{Name: fmt.Sprintf("Region %03d", c)})
	}
	v = simulate.Complete(v)
	for k := range incidents {
		from := now.Add(-time.Duration(k+1) * 24 * time.Hour)
		region := v.Components[k%len(v.Components)].ID
		set := func(status string) []simulate.Status { return []simulate.Status{{Component: region, Status: status}} }
		inc := simulate.Incident{
			Name: fmt.Sprintf("Slow responses in region %03d", k), Impact: "minor",
			Updates: []simulate.Update{{
				State: "investigating", At: from, Body: "We are looking into slow responses in this region.",
				Sets: set("degraded_performance"),
			}},
		}
		if k > 0 {
			inc.Updates = append(inc.Updates,
				simulate.Update{State: "monitoring", At: from.Add(40 * time.Minute),
					Body: "Capacity has been added and responses are back to their usual speed. We keep watching."},
				simulate.Update{State: "resolved", At: from.Add(time.Hour),
					Body: "Responses have been fast for twenty minutes. This is over.", Sets: set("operational")})
		}
		v.Incidents = append(v.Incidents, inc)
	}
	return simulate.Complete(v)
}

// Len is the number of vendors.
func (f *Fleet) Len() int { return len(f.members) }

// Slug returns the slug of vendor i.
func (f *Fleet) Slug(i int) string { return f.members[i].vendor.Slug }

// URL returns the page of vendor i, without a slash at the end; empty before Start.
func (f *Fleet) URL(i int) string {
	if i < 0 || i >= len(f.urls) {
		return ""
	}
	return f.urls[i]
}

// Requests returns how many requests have come in, to all vendors together.
func (f *Fleet) Requests() int64 { return f.requests.Load() }

// Start listens on 127.0.0.1, on a port a vendor. On an error what is open is closed again.
func (f *Fleet) Start() error {
	for i, m := range f.members {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return errors.Join(fmt.Errorf("simulated fleet: vendor %d of %d: listen on loopback: %w", i+1,
				len(f.members), err), f.Close())
		}
		server := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second}
		go server.Serve(l)
		f.urls = append(f.urls, "http://"+l.Addr().String())
		f.servers = append(f.servers, server)
	}
	return nil
}

// Close stops serving.
func (f *Fleet) Close() error {
	var all error
	for _, s := range f.servers {
		all = errors.Join(all, s.Close())
	}
	f.servers, f.urls = nil, nil
	return all
}

// Change makes vendor i publish one more update of its open incident. What had been asked for before is rendered at
// once, so that a benchmark does not measure the rendering.
func (f *Fleet) Change(i int) {
	m := f.members[i]
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.vendor.Incidents) == 0 {
		return
	}
	inc := &m.vendor.Incidents[0]
	inc.Updates = append(inc.Updates, simulate.Update{
		State: "investigating", At: time.Now().UTC(),
		Body: fmt.Sprintf("We are still looking into it. This is update number %d.", len(inc.Updates)+1),
	})
	for key, doc := range m.docs {
		m.docs[key] = m.render(doc.request)
	}
}

// render returns a document of the vendor as it is now.
func (m *member) render(r *http.Request) document {
	plain := r.Clone(r.Context())
	plain.Header = http.Header{}
	answer := httptest.NewRecorder()
	simulate.NewSite(m.vendor, func() time.Time { return time.Now().UTC() }).ServeHTTP(answer, plain)
	sum := sha256.Sum256(answer.Body.Bytes())
	return document{request: plain, answer: answer, etag: `W/"` + hex.EncodeToString(sum[:16]) + `"`}
}

// ServeHTTP serves the vendor's page.
func (m *member) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.fleet.requests.Add(1)
	key := r.Host + r.URL.RequestURI()
	m.mu.Lock()
	doc, kept := m.docs[key]
	if !kept {
		doc = m.render(r)
		m.docs[key] = doc
	}
	m.mu.Unlock()
	if doc.answer.Code != http.StatusOK {
		http.Error(w, doc.answer.Body.String(), doc.answer.Code)
		return
	}
	w.Header().Set("Content-Type", doc.answer.Header().Get("Content-Type"))
	w.Header().Set("ETag", doc.etag)
	w.Header().Set("Cache-Control", "max-age=0, private, must-revalidate")
	changed, _ := http.ParseTime(doc.answer.Header().Get("Last-Modified"))
	http.ServeContent(w, r, "", changed, bytes.NewReader(doc.answer.Body.Bytes()))
}
