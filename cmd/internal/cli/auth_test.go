package cli_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/normalize/racetest"
)

// What the pages of TestSecretsReachNothing ask for.
const (
	pagePassword = "pa55word-of-the-page"
	pageToken    = "t0ken/of+the&page"
	pageCookie   = "cookie-of-the-page"
)

// guarded lets those in who have all credentials, and repeats them in whatever it says: in the links of the page, in
// the texts of incidents and in errors.
type guarded struct {
	site   *site
	answer atomic.Pointer[http.HandlerFunc] // in place of the page; nil for the page
	open   atomic.Int32                     // requests that were let in
}

func (g *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	cookie, err := r.Cookie("session")
	if user != "status" || password != pagePassword || err != nil || cookie.Value != pageCookie ||
		r.URL.Query().Get("token") != pageToken ||
		r.Header.Get("X-Token") != "Bearer "+pageToken {
		http.Error(w, fmt.Sprintf("not you: %s %v", r.URL, r.Header), http.StatusUnauthorized)
		return
	}
	g.open.Add(1)
	if answer := g.answer.Load(); answer != nil {
		(*answer)(w, r)
		return
	}
	page := httptest.NewRecorder()
	g.site.ServeHTTP(page, r)
	for name, values := range page.Header() {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(page.Code)
	base := "http://" + r.Host
	said := strings.ReplaceAll(page.Body.String(), "Searches take a minute.",
		"Searches take a minute with "+pageToken+" and "+pagePassword+".")
	_, _ = w.Write([]byte(strings.ReplaceAll(said, base+"/incidents",
		base+"/incidents?token="+url.QueryEscape(pageToken))))
}

// TestSecretsReachNothing holds that a page's credentials are in no line that the program prints, in no row of the
// file, and in no request to another server, whatever the page answers.
func TestSecretsReachNothing(t *testing.T) {
	racetest.Skip(t, "runs one command after the other")
	t.Parallel()
	w := startWorld(t, "kustomer")
	g := &guarded{site: w.sites["kustomer"]}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	var others []string
	other := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		others = append(others, fmt.Sprint(r.URL, r.Header))
		fmt.Fprint(rw, "<html><title>Sign in</title></html>")
	}))
	t.Cleanup(other.Close)
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)

	dir := t.TempDir()
	secret := func(name, value string) string {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%q", name)
	}
	config := fmt.Sprintf(`database = "vendorwatch.db"
[fetch]
private_hosts = ["127.0.0.1", "localhost"]
contact = "ops@vendorwatch.test"
delay = "0s"
retries = 0
[[vendor]]
name = "Kustomer"
url = %q
platform = %q
[vendor.auth]
user = "status"
password_file = %s
header = [{ name = "X-Token", file = %s, prefix = "Bearer " }]
cookie = [{ name = "session", file = %s }]
query = [{ name = "token", file = "token" }]
`, server.URL, simulate.PlatformStatuspage, secret("password", pagePassword), secret("token", pageToken),
		secret("cookie", pageCookie))
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	run := func(args ...string) int {
		return cli.Run(t.Context(), append([]string{"--config", path, "--verbose"}, args...), strings.NewReader(""),
			&printed, &printed)
	}
	if code := run("scrape"); code != 0 || !strings.Contains(printed.String(), "Searches are slow") {
		t.Fatalf("exit %d: %s", code, printed.String())
	}
	echo := func(r *http.Request) string {
		_, password, _ := r.BasicAuth()
		return fmt.Sprint(r.URL, " ", password, " ", r.URL.Query().Get("token"), " ", r.Header)
	}
	for _, answer := range []http.HandlerFunc{
		func(rw http.ResponseWriter, r *http.Request) { http.Error(rw, echo(r), http.StatusForbidden) },
		func(rw http.ResponseWriter, r *http.Request) { fmt.Fprintf(rw, `{"message":%q}`, echo(r)) },
		func(rw http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(rw, "<html><title>%s</title></html>", echo(r))
		},
		func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, elsewhere+"/login?back="+url.QueryEscape(r.URL.String()), http.StatusFound)
		},
		func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, elsewhere+r.URL.RequestURI(), http.StatusMovedPermanently)
		},
	} {
		g.answer.Store(&answer)
		if code := run("scrape"); code != 1 {
			t.Errorf("exit %d", code)
		}
	}
	g.answer.Store(nil)
	w.step(storyLength)
	run("scrape")
	run("incidents")
	run("vendors", "--json")
	run("show", "1", "--history", "--json")
	run("config", "check")
	run("digest", "--dry-run", "--json", "--since", "1d")
	if g.open.Load() < 8 {
		t.Errorf("%d requests were let in only:\n%s", g.open.Load(), printed.String())
	}
	file := everyText(t, filepath.Join(dir, "vendorwatch.db"))
	if !strings.Contains(file, "Searches take a minute with *** and ***.") {
		t.Error("the file does not hold what the page repeated, without the secrets")
	}
	for what, text := range map[string]string{"the output": printed.String(), "the file": file,
		"another server's requests": strings.Join(others, "\n")} {
		if len(text) < 100 {
			t.Errorf("%s is empty: %q", what, text)
		}
		for _, s := range []string{pagePassword, pageToken, url.QueryEscape(pageToken), pageCookie, `t0ken\/of`,
			`t0ken/of+the\u0026page`, "c3RhdHVzOnBhNTV3b3Jk"} {
			if n := strings.Index(text, s); n >= 0 {
				t.Errorf("%s shows %q: …%s…", what, s, text[max(0, n-200):min(len(text), n+200)])
			}
		}
	}
}

// everyText is all that a file holds, of every table.
func everyText(t *testing.T, path string) string {
	t.Helper()
	tables, err := rowsOf(path, `SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, table := range tables {
		columns, err := rowsOf(path, `SELECT name FROM pragma_table_info(?)`, table)
		if err != nil {
			t.Fatal(err)
		}
		for _, column := range columns {
			values, err := rowsOf(path, `SELECT CAST("`+column+`" AS TEXT) FROM "`+table+`"`)
			if err != nil {
				t.Logf("%s.%s: %v", table, column, err) // the inner tables of a search index
				continue
			}
			all.WriteString(strings.Join(values, "\n") + "\n")
		}
	}
	return all.String()
}
