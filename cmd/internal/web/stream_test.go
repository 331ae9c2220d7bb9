package web_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/record"
)

// Streams end when the service stops, so that it does not wait for them. One too many is refused.
func TestStreamEnds(t *testing.T) {
	r := Story(t, web.Options{})
	server := web.New(r.File, web.Options{Now: func() time.Time { return Now }, Poll: time.Hour})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	here := r.At("http://" + listener.Addr().String())
	lines, _ := OpenStream(t, here, t.Context(), "/api/v1/events", "")
	server.FillStreams()
	a := here.Get("/api/v1/events", func(req *http.Request) { req.Header.Set("Accept", "text/event-stream") })
	if a.Status != 503 || a.Header.Get("Retry-After") == "" ||
		a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("one stream too many: status %d, headers %v", a.Status, a.Header)
	}
	stop()
	if _, more := NextEvent(lines); more {
		t.Error("the stream went on")
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestLive(t *testing.T) {
	r := Story(t, web.Options{Poll: 5 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "retry:") {
		t.Fatalf("the stream begins with %q", lines.Text())
	}
	source := r.Watched[1]
	r.Save(record.Scrape{SourceID: source, At: Now, AllOpen: true,
		Incidents: Read(Incident("new", "Something new", "minor", nil, Says("investigating", Now, "x")))})
	for lines.Scan() {
		if lines.Text() == "event: news" {
			return
		}
	}
	t.Fatalf("the stream ended without news: %v", lines.Err())
}
