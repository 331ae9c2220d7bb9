package webtest

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
)

// SSE is an event of a stream.
type SSE struct{ ID, Name, Data string }

// OpenStream opens a stream, and returns the id with which it begins.
func OpenStream(t testing.TB, r *Record, ctx context.Context, path, last string) (*bufio.Scanner, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	start := ""
	for lines.Scan() && lines.Text() != "" {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			start = id
		}
	}
	return lines, start
}

// NextEvent reads the next event of a stream; false at its end.
func NextEvent(lines *bufio.Scanner) (e SSE, ok bool) {
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			e.ID = value
		case "event":
			e.Name = value
		case "data":
			e.Data = value
		case "":
			if e.Data != "" {
				return e, true
			}
		}
	}
	return e, false
}
