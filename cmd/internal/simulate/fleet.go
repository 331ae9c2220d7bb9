package simulate

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fleet is a large number of Statuspages behind one listener, for benchmarks. Vendor i has its page
// at <site>/v/<i>, so that <page>/api/v2/summary.json is its summary.
//
// A document is rendered once and kept until its vendor changes, so that serving costs next to
// nothing beside reading.
type Fleet struct {
	members  []*member
	requests atomic.Int64
	server   *http.Server
	site     string
}

// member is one vendor of a fleet.
type member struct {
	mu     sync.Mutex
	vendor Vendor
	docs   map[string]document // by path below the page; empty after a change
}

// NewFleet returns n vendors with so many incidents each, of which the newest is open. Each summary
// is filled up with components to about summaryBytes, as on real pages; 0 leaves it small.
func NewFleet(n, incidents, summaryBytes int) *Fleet {
	f := &Fleet{}
	for i := range n {
		f.members = append(f.members, &member{vendor: fleetVendor(i, incidents, summaryBytes), docs: map[string]document{}})
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

// URL returns the page of vendor i, without a slash at the end. It is a path alone before Start.
func (f *Fleet) URL(i int) string { return f.site + "/v/" + strconv.Itoa(i) }

// Requests returns how many requests have come in.
func (f *Fleet) Requests() int64 { return f.requests.Load() }

// Start listens on 127.0.0.1.
func (f *Fleet) Start() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("simulated fleet: listen on loopback: %w", err)
	}
	f.site = "http://" + l.Addr().String()
	f.server = serve(context.Background(), l, f)
	return nil
}

// Close stops serving.
func (f *Fleet) Close() error {
	if f.server == nil {
		return nil
	}
	return f.server.Close()
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
	for key := range m.docs {
		delete(m.docs, key)
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

// ServeHTTP serves all vendors, below /v/<i>.
func (f *Fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.requests.Add(1)
	rest, found := strings.CutPrefix(r.URL.Path, "/v/")
	number, path, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(number)
	if !found || err != nil || i < 0 || i >= len(f.members) {
		http.NotFound(w, r)
		return
	}
	path = "/" + path
	if n := r.URL.Query().Get("page"); n != "" {
		path += "?page=" + n
	}
	m := f.members[i]
	m.mu.Lock()
	doc, found := m.render(baseURL(r)+"/v/"+number, path)
	m.mu.Unlock()
	if !found {
		http.NotFound(w, r)
		return
	}
	doc.serve(w, r)
}
