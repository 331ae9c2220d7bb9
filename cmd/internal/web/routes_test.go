package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/normalize/racetest"
)

// A new route fails here until webtest.Addresses asks for it: the tests of guards and pages walk these addresses. What
// is posted has tests of its own.
func TestEveryRouteIsTried(t *testing.T) {
	racetest.Skip(t, "every page, asked for one after the other")
	r := Rich(t, web.Options{})
	for _, pattern := range Untried(r, Addresses(r), func(route web.Route) bool {
		return !route.Writes && !route.Pushes
	}) {
		t.Errorf("%s is asked for by no test: add an address to webtest.Addresses", pattern)
	}
}

// The table is all there is: handlers are registered in one place, from the table.
func TestNothingIsServedBesideTheTable(t *testing.T) {
	var found []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "webtest" {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if method, ok := call.Fun.(*ast.SelectorExpr); ok &&
					(method.Sel.Name == "Handle" || method.Sel.Name == "HandleFunc") {
					found = append(found, set.Position(call.Pos()).String())
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || !strings.HasPrefix(found[0], "guard.go:") {
		t.Errorf("handlers are registered at %q; only the guard may, from the table", found)
	}
}

// begin requests an address and returns the answer without its body, which may never end.
func begin(t *testing.T, r *Record, address string, change ...func(*http.Request)) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(req)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res
}

// Every route requires the password, unless the table says otherwise, and every answer has the headers that protect a
// reader.
func TestEveryRouteIsGuarded(t *testing.T) {
	racetest.Skip(t, "asks for hundreds of pages, one after the other")
	open := 0
	r := Rich(t, web.Options{Auth: web.Auth{}.Bearer("sesame"), Prefix: "/status"})
	token := func(q *http.Request) { q.Header.Set("Authorization", "Bearer sesame") }
	for _, address := range Addresses(r) {
		route := RouteOf(r, address)
		for _, prefix := range []string{"", "/status"} {
			without, with := begin(t, r, prefix+address), begin(t, r, prefix+address, token)
			if route.Open {
				open++
			} else if without.StatusCode != http.StatusUnauthorized || without.Header.Get("WWW-Authenticate") == "" ||
				without.Header.Get("ETag") != "" {
				t.Errorf("%s without the password: status %d, headers %v", address, without.StatusCode, without.Header)
			}
			if with.StatusCode == http.StatusUnauthorized || with.StatusCode >= 500 {
				t.Errorf("%s with the password: status %d", address, with.StatusCode)
			}
			for _, res := range []*http.Response{without, with} {
				h := res.Header
				if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
					h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" ||
					h.Get("Referrer-Policy") != "no-referrer" || h.Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%s: status %d, headers %v", address, res.StatusCode, h)
				}
				if cross := h.Get("Cross-Origin-Resource-Policy") == "cross-origin"; cross &&
					!strings.HasSuffix(address, "badge.svg") {
					t.Errorf("%s can be embedded by other sites", address)
				}
			}
			problem := strings.HasPrefix(without.Header.Get("Content-Type"), "application/problem+json")
			if !route.Open && problem != (route.Form == web.JSON) {
				t.Errorf("%s is refused with %s", address, without.Header.Get("Content-Type"))
			}
		}
	}
	for _, route := range r.Server.Routes() {
		if !route.Writes && !route.Pushes {
			continue
		}
		address := strings.NewReplacer("{id}", "1", "{slug}", "acme", "{token}", "sesame").Replace(
			strings.TrimPrefix(route.Pattern, "POST "))
		post := func(q *http.Request) { q.Method = http.MethodPost }
		if got := begin(t, r, address, post).StatusCode; got != http.StatusForbidden {
			t.Errorf("%s without a token that may write: status %d", address, got)
		}
		if got := begin(t, r, address, post, token).StatusCode; got != http.StatusForbidden {
			t.Errorf("%s with the token that reads: status %d", address, got)
		}
	}
	if open != 2 {
		t.Errorf("%d addresses are answered without a password, want /healthz only", open/2)
	}
}

// Requests from pages of other sites are refused if the table says so, and no answer lets them read it.
func TestOtherSites(t *testing.T) {
	racetest.Skip(t, "asks for hundreds of pages, one after the other")
	r := Rich(t, web.Options{})
	other := func(q *http.Request) { q.Header.Set("Origin", "https://evil.example") }
	for _, address := range Addresses(r) {
		res := begin(t, r, address, other)
		if refused := res.StatusCode == http.StatusForbidden; refused != RouteOf(r, address).OwnSite {
			t.Errorf("%s asked by another site: status %d", address, res.StatusCode)
		}
		if res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may be read by another site", address)
		}
	}
}
