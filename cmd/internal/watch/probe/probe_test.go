package probe

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAsk(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/down":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/slow":
			<-r.Context().Done()
		case "/broken":
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write([]byte(`{"status": "ok", "parts": [{"up": true}, {"up": false}], "n": 3}`))
	}))
	defer server.Close()
	for name, c := range map[string]struct {
		path     string
		expect   Expect
		want     string // part of what is wrong; empty: nothing
		answered bool
	}{
		"any status below 400": {"/", Expect{}, "", false},
		"an error":             {"/down", Expect{}, "it answers 503 Service Unavailable", true},
		"an expected error":    {"/down", Expect{Status: []int{503}}, "", false},
		"another status":       {"/", Expect{Status: []int{204}}, "it answers 200 OK", true},
		"text":                 {"/", Expect{Text: `"ok"`}, "", false},
		"text that lacks":      {"/", Expect{Text: "fine"}, `does not contain "fine"`, true},
		"JSON": {"/", Expect{JSON: map[string]string{"status": "ok", "parts.0.up": "true", "n": "3"}},
			"", false},
		"JSON that differs": {"/", Expect{JSON: map[string]string{"parts.1.up": "true"}},
			`parts.1.up in its answer is "false"`, true},
		"JSON that lacks":    {"/", Expect{JSON: map[string]string{"parts.2.up": "true"}}, "has no parts.2.up", true},
		"in time":            {"/", Expect{Within: time.Minute}, "", false},
		"late":               {"/", Expect{Within: 1}, "later than", true},
		"no answer":          {"/slow", Expect{}, "no answer within", false},
		"a broken answer":    {"/broken", Expect{}, "EOF", false},
		"a certificate":      {"/", Expect{CertificateDays: 10}, "", false},
		"a certificate ends": {"/", Expect{CertificateDays: 100000}, "its certificate is valid for", true},
	} {
		t.Run(name, func(t *testing.T) {
			timeout := 10 * time.Second
			if c.path == "/slow" {
				timeout = 50 * time.Millisecond
			}
			got := ask(t.Context(), server.Client(), "test", Probe{URL: server.URL + c.path, Timeout: timeout,
				Expect: c.expect}, time.Now)
			switch {
			case c.want == "" && got != nil:
				t.Errorf("missed: %+v", got)
			case c.want != "" && (got == nil || !strings.Contains(got.text, c.want) || got.answered != c.answered):
				t.Errorf("got %+v, want %q, answered %v", got, c.want, c.answered)
			}
		})
	}
}
