package simulate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fleet is a large number of Statuspages, for benchmarks. Each has a host of its own, that is a port,
// as real ones have: a reader takes scheme and host for the page and is polite by host.
//
// A document is rendered once and kept until its vendor changes, so that serving costs next to
// nothing beside reading.
type Fleet struct {
	members  []*member
	urls     []string
	servers  []*http.Server
	requests atomic.Int64
}

// member is one vendor of a fleet.
type member struct {
	fleet  *Fleet
	mu     sync.Mutex
	vendor Vendor
	docs   map[string]document // by address and path; empty after a change
}

// NewFleet returns n vendors with so many incidents each, of which the newest is open. Each summary
// is filled up with components to about summaryBytes, as on real pages; 0 leaves it small.
func NewFleet(n, incidents, summaryBytes int) *Fleet {
	f := &Fleet{}
	for i := range n {
		f.members = append(f.members, &member{fleet: f, vendor: fleetVendor(i, incidents, summaryBytes), docs: map[string]document{}})
	}
	return f
}

// bytesAComponent is what a component takes in a summary, measured.
const bytesAComponent = 340

func fleetVendor(i, incidents, summaryBytes int) Vendor {
	now := time.Now().UTC()
	slug := fmt.Sprintf("vendor-%04d", i)
	v := Vendor{Slug: slug, Name: fmt.Sprintf("Vendor %04d", i), Platform: PlatformStatuspage, CreatedAt: now.AddDate(-2, 0, 0)}
	for c := range max(2, summaryBytes/bytesAComponent) {
		name := fmt.Sprintf("Region %03d", c)
		v.Components = append(v.Components, Component{ID: code(slug, name), Name: name})
	}
	for k := range incidents {
		from := now.Add(-time.Duration(k+1) * 24 * time.Hour)
		inc := Incident{
			ID: code(slug, "incident", strconv.Itoa(k)), Name: fmt.Sprintf("Slow responses in region %03d", k), Impact: "minor",
			Updates: []Update{{State: "investigating", At: from, Body: "We are looking into slow responses in this region.",
				Sets: []Status{{v.Components[k%len(v.Components)].ID, "degraded_performance"}}}},
		}
		if k > 0 {
			inc.Updates = append(inc.Updates,
				Update{State: "monitoring", At: from.Add(40 * time.Minute), Body: "Capacity has been added and responses are back to their usual speed. We keep watching."},
				Update{State: "resolved", At: from.Add(time.Hour), Body: "Responses have been fast for twenty minutes. This is over.",
					Sets: []Status{{v.Components[k%len(v.Components)].ID, "operational"}}})
		}
		v.Incidents = append(v.Incidents, inc)
	}
	return complete(v)
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

// Handler returns what serves vendor i, for tests that bring a server of their own.
func (f *Fleet) Handler(i int) http.Handler { return f.members[i] }

// Requests returns how many requests have come in, to all vendors together.
func (f *Fleet) Requests() int64 { return f.requests.Load() }

// Start listens on 127.0.0.1, on a port a vendor. On an error what is open is closed again.
func (f *Fleet) Start() error {
	for i, m := range f.members {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return errors.Join(fmt.Errorf("simulated fleet: vendor %d of %d: listen on loopback: %w", i+1, len(f.members), err), f.Close())
		}
		f.urls = append(f.urls, "http://"+l.Addr().String())
		f.servers = append(f.servers, serve(context.Background(), l, m))
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

// Change makes vendor i publish one more update of its open incident. What had been asked for before
// is rendered at once, so that a benchmark does not measure the rendering.
func (f *Fleet) Change(i int) {
	m := f.members[i]
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.vendor.Incidents) == 0 {
		return
	}
	inc := &m.vendor.Incidents[0]
	n := len(inc.Updates) + 1
	inc.Updates = append(inc.Updates, Update{
		ID: code(inc.ID, strconv.Itoa(n)), State: "investigating", At: time.Now().UTC(),
		Body: fmt.Sprintf("We are still looking into it. This is update number %d.", n),
	})
	asked := slices.Collect(maps.Keys(m.docs))
	clear(m.docs)
	for _, key := range asked {
		base, path, _ := strings.Cut(key, "\x00")
		m.render(base, path)
	}
}

// render returns a document of the vendor, from the store where it is there. The caller holds mu.
func (m *member) render(base, path string) (document, bool) {
	key := base + "\x00" + path
	if doc, kept := m.docs[key]; kept {
		return doc, true
	}
	bare, query, _ := strings.Cut(path, "?page=")
	doc, found := statuspageDocument(m.vendor.at(time.Now().UTC(), base), bare, query)
	if found {
		doc.etag = etagOf(doc.body)
		m.docs[key] = doc
	}
	return doc, found
}

// ServeHTTP serves the vendor's page.
func (m *member) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.fleet.requests.Add(1)
	path := r.URL.Path
	if n := r.URL.Query().Get("page"); n != "" {
		path += "?page=" + n
	}
	m.mu.Lock()
	doc, found := m.render(baseURL(r), path)
	m.mu.Unlock()
	if !found {
		http.NotFound(w, r)
		return
	}
	doc.serve(w, r)
}
