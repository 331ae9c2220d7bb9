package web_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/cmd/internal/web/site"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/normalize/racetest"
)

// Where no password is asked for, a page of another site whose name leads here must not be taken for ours.
func TestOwnHostNames(t *testing.T) {
	racetest.Skip(t, "a server for each of many names, asked one after the other")
	open, named := web.Options{}, web.Options{DashboardURL: "https://watch.example/status",
		Hosts: []string{"Watch.intern.example", "fd00::1"}}
	for _, c := range []struct {
		options web.Options
		host    string
		path    string
		want    int
	}{
		{open, "127.0.0.1:8080", "/", 200},
		{open, "192.0.2.7", "/", 200},
		{open, "[::1]:8080", "/", 200},
		{open, "localhost:8080", "/", 200},
		{open, "LocalHost.", "/", 200},
		{open, "x.localhost", "/", 200},
		{open, "evil.example", "/", 421},
		{open, "evil.example:8080", "/api/v1/incidents", 421},
		{open, "evil.example:8080", "/static/style.css", 421},
		{open, "evil.example:8080", "/events", 421},
		{open, "evil.example:8080", "/metrics", 421},
		{open, "evil.example:8080", "/nowhere", 421},
		{open, "127.0.0.1.evil.example", "/", 421},
		{open, "localhost.evil.example", "/", 421},
		{open, "evil.example:8080", "/healthz", 200},
		{named, "watch.example", "/", 200},
		{named, "WATCH.example:443", "/readyz", 200},
		{named, "watch.intern.example:8080", "/", 200},
		{named, "intern.example", "/", 421},
		{web.Options{Auth: web.Auth{}.Bearer("sesame")}, "any.example", "/", 200},
	} {
		r := NewRecord(t, c.options)
		a := r.Get(c.path, func(q *http.Request) {
			q.Host = c.host
			q.Header.Set("Authorization", "Bearer sesame")
		})
		if a.Status != c.want {
			t.Errorf("%s of %s: status %d, want %d", c.path, c.host, a.Status, c.want)
		}
		if c.want == 421 && (!strings.Contains(a.Text, "hosts = [") || strings.Contains(a.Text, "vendor-")) {
			t.Errorf("%s of %s: it says %q", c.path, c.host, a.Text)
		}
	}
}

// Wrong secrets are logged and slowed down, the right one is not, and who guesses costs no memory.
func TestWrongPasswords(t *testing.T) {
	now := Now
	var log strings.Builder
	r := NewRecord(t, web.Options{Auth: web.Auth{}.Basic("oncall", "sesame"), Now: func() time.Time { return now },
		Log: slog.New(slog.NewTextHandler(&log, nil))})
	status := func(user, password string) int {
		return r.Get("/", func(q *http.Request) { q.SetBasicAuth(user, password) }).Status
	}
	for range 30 {
		if got := status("oncall", "sesame"); got != 200 {
			t.Fatalf("the right one: status %d", got)
		}
	}
	wrong := 0
	for n := range 100 {
		if got := status("oncall", fmt.Sprint("guess", n)); got == 401 {
			wrong++
		} else if got != 429 {
			t.Fatalf("a wrong one: status %d", got)
		}
	}
	if wrong > 10 {
		t.Errorf("%d of 100 guesses in no time were looked at", wrong)
	}
	if a := r.Get("/", func(q *http.Request) { q.SetBasicAuth("oncall", "sesame") }); a.Status != 429 ||
		a.Header.Get("Retry-After") == "" {
		t.Errorf("while somebody guesses: status %d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
	}
	if a := r.Get("/"); a.Status != 401 {
		t.Errorf("without a password: status %d", a.Status)
	}
	now = now.Add(5 * time.Second)
	if got := status("oncall", "sesame"); got != 200 {
		t.Errorf("five seconds later: status %d", got)
	}
	if n := strings.Count(log.String(), "wrong password"); n != wrong || !strings.Contains(log.String(),
		"from=127.0.0.1") || strings.Contains(log.String(), "guess") {
		t.Errorf("%d of %d wrong ones are logged:\n%s", n, wrong, &log)
	}
}

// What the service is late with is told as its own, on the health page and as metrics.
func TestLatenessIsOurs(t *testing.T) {
	r := NewRecord(t, web.Options{Late: func() site.Lateness { return site.Lateness{PutOff: 7, Waiting: 3} }})
	if a := r.Page("/health"); !strings.Contains(a.Says("main"), "itself is late: 3 pages wait for their turn") {
		t.Errorf("the health page says %s", a.Says("main"))
	}
	metrics := r.Get("/metrics").Text
	for _, line := range []string{"vendorwatch_scrapes_put_off_total 7\n", "vendorwatch_scrapes_waiting 3\n"} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
}
