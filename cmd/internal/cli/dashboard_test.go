package cli_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/normalize/racetest"
)

var dashboardLine = regexp.MustCompile(`address=(http://[^\s/]+/\S*)`)

// address waits for the nth dashboard that the service says it serves, and returns where that is.
func (s *service) address(nth int) string {
	s.t.Helper()
	var found [][]string
	s.until("it names its dashboard", func() bool {
		found = dashboardLine.FindAllStringSubmatch(s.out.String(), -1)
		return len(found) >= nth
	})
	return found[nth-1][1]
}

func TestServeShowsTheDashboard(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "kustomer")
	dir := t.TempDir()
	text := strings.Replace(w.configText([]string{"kustomer"}, ""), `web.listen = ""`,
		"web.listen = \"127.0.0.1:0\"\nweb.token_env = \"VENDORWATCH_TEST_TOKEN\"", 1)
	writeConfig(t, dir, text)
	s := serve(t, dir, "VENDORWATCH_TEST_TOKEN=sesame")
	get := func(url, token string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	first := s.address(1)
	if res := get(first, ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: %s", res.Status)
	}
	if res := get(first+"healthz", ""); res.StatusCode != http.StatusOK {
		t.Errorf("healthz: %s", res.Status)
	}
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "1")
	res := get(first+"vendors/kustomer", "sesame")
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK ||
		!strings.Contains(string(body), "Kustomer") {
		t.Errorf("the vendor's page: %s %v", res.Status, err)
	}

	writeConfig(t, dir, strings.Replace(text, "web.listen", "web.prefix = \"/status\"\nweb.listen", 1))
	s.signal(syscall.SIGHUP)
	second := s.address(2)
	if !strings.HasSuffix(second, "/status/") {
		t.Errorf("with a prefix the dashboard is at %s", second)
	}
	if res := get(second, "sesame"); res.StatusCode != http.StatusOK {
		t.Errorf("after SIGHUP: %s", res.Status)
	}
	// An open stream of news must not hold the service up.
	if res := get(second+"events", "sesame"); res.StatusCode != http.StatusOK {
		t.Errorf("the stream: %s", res.Status)
	}
	s.stop()
	if strings.Contains(s.out.String(), "sesame") {
		t.Error("the token is in the log")
	}
}

func TestServeRefuses(t *testing.T) {
	racetest.Skip(t, "starts one program after the other, and none gets as far as goroutines")
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	w := startWorld(t, "kustomer")
	for name, c := range map[string]struct {
		config string
		args   []string
		want   string
	}{
		"an address in use": {"", []string{"--listen", taken.Addr().String()},
			"is in use by another program; choose another port"},
		"no address": {"", []string{"--listen", "nonsense"}, "write host:port, such as 127.0.0.1:8080"},
		"a token that is not": {"web.token_env = \"VENDORWATCH_TEST_UNSET\"\n", []string{"--listen", "127.0.0.1:0"},
			"VENDORWATCH_TEST_UNSET is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeConfig(t, dir, c.config+w.configText([]string{"kustomer"}, ""))
			var out bytes.Buffer
			args := append([]string{"--config", filepath.Join(dir, "config.toml"), "serve"}, c.args...)
			if code := cli.Run(t.Context(), args, strings.NewReader(""), &out, &out); code != 1 ||
				!strings.Contains(out.String(), c.want) {
				t.Errorf("exit code %d, want 1 and %q\n%s", code, c.want, &out)
			}
		})
	}
}
