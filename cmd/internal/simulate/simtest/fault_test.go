package simtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/simulate"
)

// broken serves a vendor with a fault.
func broken(t *testing.T, kind simulate.FaultKind) string {
	t.Helper()
	v := simulate.Vendor{
		Slug: "small", Name: "Small & Sons", Platform: simulate.PlatformStatuspage,
		CreatedAt:  time.Now().AddDate(-1, 0, 0),
		Components: []simulate.Component{{ID: "c1", Name: "API"}},
	}
	server := httptest.NewServer(Broken(v, time.Now, kind))
	t.Cleanup(server.Close)
	return server.URL
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		kind   simulate.FaultKind
		status int
		body   string // in the body; empty: the body is empty
		header string
	}{
		{kind: FaultServerError, status: 500, body: "went wrong"},
		{kind: FaultRateLimit, status: 429, body: "Too many", header: "1"},
		{kind: FaultEmpty, status: 200},
		{kind: simulate.FaultAPIRefused, status: 403, body: "Forbidden"},
		{kind: simulate.FaultLogin, status: 200, body: `type="password"`},
		{kind: simulate.FaultMarketing, status: 200, body: "free trial"},
	} {
		t.Run(string(tt.kind), func(t *testing.T) {
			resp, body := get(t, broken(t, tt.kind)+"/api/v2/summary.json")
			if resp.StatusCode != tt.status || !strings.Contains(body, tt.body) || (tt.body == "") != (body == "") {
				t.Errorf("status %d, want %d with %q in the body:\n%s", resp.StatusCode, tt.status, tt.body, body)
			}
			if got := resp.Header.Get("Retry-After"); got != tt.header {
				t.Errorf("Retry-After %q, want %q", got, tt.header)
			}
		})
	}
}

func TestATruncatedBodyIsAnErrorToItsReader(t *testing.T) {
	resp, err := http.Get(broken(t, FaultTruncated) + "/api/v2/summary.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 || int64(len(body)) >= resp.ContentLength {
		t.Errorf("read %d of %d bytes with error %v, want a part and an unexpected end", len(body), resp.ContentLength,
			err)
	}
}

func TestAHangingPageAnswersNobody(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, broken(t, FaultHang), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultClient.Do(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of a client that gave up", err)
	}
}
