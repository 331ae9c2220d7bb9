package running_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/running"
	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/secret"
)

// TestHealth holds that a service works if it says that it is ready, to whoever it lets in.
func TestHealth(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case r.URL.Path != "/status/readyz":
			w.WriteHeader(http.StatusNotFound)
		case r.Header.Get("Authorization") != "Bearer sesame" && user+password != "oncallsesame":
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.WriteHeader(status)
		}
	}))
	defer server.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	token := config.Web{Listen: "0.0.0.0:" + port, Prefix: "/status", Token: secret.New("sesame")}
	password := config.Web{Listen: "127.0.0.1:" + port, Prefix: "/status", User: "oncall",
		Password: secret.New("sesame")}
	for name, c := range map[string]struct {
		web    config.Web
		status int
		err    string
	}{
		"by a token":        {token, 200, ""},
		"by a password":     {password, 200, ""},
		"without either":    {config.Web{Listen: "127.0.0.1:" + port, Prefix: "/status"}, 200, "401"},
		"it cannot read":    {token, 503, "503"},
		"another program":   {config.Web{Listen: "127.0.0.1:" + port}, 200, "404"},
		"nobody is there":   {config.Web{Listen: "127.0.0.1:1"}, 200, "is vendorwatch serve running?"},
		"no port is listed": {config.Web{Listen: "nonsense"}, 200, "write host:port"},
	} {
		t.Run(name, func(t *testing.T) {
			status = c.status
			var out bytes.Buffer
			s := running.Shell{Shell: shell.Shell{Stdout: &out, Stderr: &out,
				Takes: func(int, int, string) cobra.PositionalArgs { return cobra.NoArgs }},
				Config: func() (*config.Config, error) { return &config.Config{Web: c.web}, nil }}
			command := running.HealthCommand(s)
			command.SetArgs(nil)
			command.SilenceErrors, command.SilenceUsage = true, true
			err := command.Execute()
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%v, want %q", err, c.err)
			}
			if err == nil && out.String() != "the service works\n" {
				t.Errorf("it says %q", &out)
			}
		})
	}
}
