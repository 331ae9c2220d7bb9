package scraper

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"vendorwatch/scraper/page"
)

// The secrets of the tests; none of them may be seen anywhere but in requests to the page's own server.
const (
	secretPassword = "pa55word-of-acme"
	secretHeader   = "header-s3cret"
	secretCookie   = "cookie-s3cret"
	secretQuery    = "query/s3cret+&="
)

var allCredentials = Credentials{
	User: "status", Password: secretPassword, Headers: map[string]string{"X-Token": secretHeader,
		"X-Auth": "Bearer bearer-s3cret"},
	Cookies: map[string]string{"session": secretCookie}, Query: map[string]string{"token": secretQuery},
}

// leaks returns the secrets that a text holds, in any form.
func leaks(text string) []string {
	var found []string
	for _, s := range append(secretsOf(allCredentials), url.QueryEscape(secretQuery)) {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

// server keeps what it was asked.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // requests with everything that could hold a secret
}

func newServer(t *testing.T, tls bool, answer http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, fmt.Sprintf("%s %v", r.URL, r.Header))
		s.mu.Unlock()
		answer(w, r)
	})
	if tls {
		s.Server = httptest.NewTLSServer(h)
	} else {
		s.Server = httptest.NewServer(h)
	}
	t.Cleanup(s.Close)
	return s
}

func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func authFor(t *testing.T, c Credentials, page string, more ...string) *Auth {
	t.Helper()
	a, err := NewAuth(c, page, more...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// closed answers those only who show all of the credentials.
func closed(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	cookie, err := r.Cookie("session")
	switch {
	case user != "status" || password != secretPassword, r.Header.Get("X-Token") != secretHeader, err != nil ||
		cookie.Value != secretCookie,
		r.URL.Query().Get("token") != secretQuery, r.URL.Query().Get("page") != "2":
		w.WriteHeader(http.StatusUnauthorized)
	default:
		fmt.Fprint(w, "ok")
	}
}

func TestCredentialsOpenAPage(t *testing.T) {
	s := newServer(t, false, closed)
	page, err := collector(t, nil).Fetch(context.Background(), Request{URL: s.URL + "/a?page=2",
		Auth: authFor(t, allCredentials, s.URL)})
	if err != nil || string(page.Body) != "ok" {
		t.Fatalf("page %+v, error %v", page, err)
	}
	if page.URL != s.URL+"/a?page=2" {
		t.Errorf("the address of the page is %s", page.URL)
	}
}

func TestEachKindOfCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		give Credentials
		want string
	}{
		"basic": {Credentials{User: "status", Password: secretPassword}, "Authorization:[" + basic("status",
			secretPassword) + "]"},
		"header": {Credentials{Headers: map[string]string{"X-Token": secretHeader}}, "X-Token:[" + secretHeader +
			"]"},
		"cookies": {Credentials{Cookies: map[string]string{"session": secretCookie}},
			"Cookie:[session=" + secretCookie + "]"},
		"query": {Credentials{Query: map[string]string{"token": secretQuery}},
			"/a?token=" + url.QueryEscape(secretQuery)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, false, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
			if _, err := collector(t, nil).Fetch(context.Background(), Request{URL: s.URL + "/a",
				Auth: authFor(t, c.give, s.URL)}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(s.requests(), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("the request was %s, want %s in it", got, c.want)
			}
		})
	}
}

// TestCredentialsStayWithTheirServer holds that no other server sees any of them: one that a page redirects to, one
// that a page leads to, the same one under another name or port, or without encryption.
func TestCredentialsStayWithTheirServer(t *testing.T) {
	other := newServer(t, false, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "elsewhere") })
	otherName := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	for name, c := range map[string]struct {
		tls   bool
		to    string
		After int // redirects on the own server before
	}{
		"to another port":        {to: other.URL},
		"to another name":        {to: otherName},
		"to another name, later": {to: otherName, After: 2},
		"from https to http":     {tls: true, to: other.URL},
		"with a token in its address": {to: otherName + "/?back=" +
			url.QueryEscape("https://a.example/?token="+url.QueryEscape(secretQuery)) + "&token=" +
			url.QueryEscape(secretQuery)},
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				before := len(other.requests())
				var own *server
				own = newServer(t, c.tls, func(w http.ResponseWriter, r *http.Request) {
					if hop := len(own.requests()); hop <= c.After {
						http.Redirect(w, r, fmt.Sprintf("/hop%d", hop), status)
						return
					}
					w.Header().Set("Set-Cookie", "given="+secretCookie)
					http.Redirect(w, r, c.to, status)
				})
				f := collector(t, nil)
				if c.tls {
					f.base.WithTransport(visitor{own.Client().Transport})
				}
				page, err := f.Fetch(context.Background(), Request{URL: own.URL + "/a",
					Auth: authFor(t, allCredentials, own.URL)})
				if err != nil || string(page.Body) != "elsewhere" {
					t.Fatalf("page %+v, error %v", page, err)
				}
				if found := leaks(strings.Join(other.requests()[before:], "\n")); len(found) > 0 {
					t.Errorf("the other server was sent %q", found)
				}
				for n, r := range own.requests() {
					if !strings.Contains(r, secretHeader) || !strings.Contains(r, url.QueryEscape(secretQuery)) {
						t.Errorf("request %d to its own server had no credentials: %s", n, r)
					}
				}
				if found := leaks(fmt.Sprintf("%+v", page)); len(found) > 0 {
					t.Errorf("the page holds %q", found)
				}
			})
		}
	}
}

func TestCredentialsGoToListedServersToo(t *testing.T) {
	own := newServer(t, false, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	listed := newServer(t, false, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	a := authFor(t, allCredentials, own.URL, listed.URL)
	for _, s := range []*server{own, listed} {
		if _, err := collector(t, nil).Fetch(context.Background(), Request{URL: s.URL, Auth: a}); err != nil {
			t.Fatal(err)
		}
		if len(leaks(strings.Join(s.requests(), "\n"))) == 0 {
			t.Errorf("%s was sent no credentials", s.URL)
		}
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		page, asked string
		want        bool
	}{
		{"https://status.acme.example", "https://STATUS.acme.example:443/x", true},
		{"https://status.acme.example", "http://status.acme.example/x", false},
		{"https://status.acme.example", "https://acme.example", false},
		{"https://acme.example", "https://status.acme.example", false},
		{"https://status.acme.example", "https://status.acme.example:8443", false},
		{"http://status.acme.example", "https://status.acme.example", true},
		{"http://status.acme.example:8080", "https://status.acme.example:8080", false},
		{"https://status.acme.example", "https://status.acme.example.evil.example", false},
	} {
		u, err := url.Parse(c.asked)
		if err != nil {
			t.Fatal(err)
		}
		if got := authFor(t, allCredentials, c.page).covers(u); got != c.want {
			t.Errorf("credentials of %s are sent to %s: %v, want %v", c.page, c.asked, got, c.want)
		}
	}
	if _, err := NewAuth(allCredentials, "status.acme.example"); err == nil {
		t.Error("an address without a scheme was taken")
	}
}

// leaky is a Platform that keeps all it sees of a page.
type leaky struct{}

func (leaky) Start(s Source) []Request { return []Request{{URL: s.URL + "/list"}} }

func (leaky) Parse(_ Source, p Page) (Result, error) {
	if bytes.HasPrefix(p.Body, []byte("link ")) {
		return Result{PageName: string(p.Body), Follow: []Request{{URL: string(p.Body[5:])}}}, nil
	}
	return Result{}, page.Errorf("%s at %s", page.Describe(p), p.URL)
}

// TestNoMessageHoldsASecret holds that whatever a server answers, repeating the credentials it was sent, nothing of
// them is in what a scrape returns.
func TestNoMessageHoldsASecret(t *testing.T) {
	echo := func(r *http.Request) string {
		user, password, _ := r.BasicAuth()
		return fmt.Sprintf("%s %s %s %s", user, password, r.URL.Query().Get("token"), r.Header)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"an error status": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401); fmt.Fprint(w, echo(r)) },
		"another page":    func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, echo(r)) },
		"an error in JSON": func(w http.ResponseWriter, r *http.Request) {
			text, err := json.Marshal(map[string]string{"message": echo(r)})
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write(text)
		},
		"a title": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "<html><title>%s</title></html>", htmlEscape.Replace(echo(r)))
		},
		"a link that repeats the query": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/list" {
				fmt.Fprintf(w, "link http://%s/next?%s", r.Host, r.URL.RawQuery)
				return
			}
			fmt.Fprint(w, echo(r))
		},
		"a link to another server": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "link http://127.0.0.1:1/next?%s", r.URL.RawQuery)
		},
		"a redirect that cannot be followed": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "gopher://"+r.Host+"/?"+r.URL.RawQuery)
			w.WriteHeader(302)
		},
		"a redirect that is no address": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[?"+r.URL.RawQuery)
			w.WriteHeader(302)
		},
		"redirects without end": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x?"+r.URL.RawQuery, http.StatusFound)
		},
		"a broken answer": func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprintf(conn, "HTTP/1.1 %s\r\n\r\n", echo(r))
			conn.Close()
		},
		"too large a page": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, echo(r), strings.Repeat("x",
				9999))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, false, answer)
			source := Source{Name: "acme", URL: s.URL, Auth: authFor(t, allCredentials, s.URL)}
			out, err := Scrape(context.Background(), collector(t, func(o *FetchOptions) { o.Retries = 0 }), leaky{},
				source, nil)
			if err == nil {
				t.Fatal("it was read")
			}
			if len(leaks(strings.Join(s.requests(), "\n"))) == 0 {
				t.Error("no credentials were sent")
			}
			var logged bytes.Buffer
			slog.New(slog.NewTextHandler(&logged, nil)).Info("scrape", "source", source, "auth", source.Auth,
				"outcome", out, "error", err)
			text, jsonErr := json.Marshal(source.Auth)
			if jsonErr != nil {
				t.Error(jsonErr)
			}
			all := fmt.Sprintf("%v\n%+v\n%#v\n%+v\n%s\n%s", err, out, out, source, text, logged.String())
			if found := leaks(all); len(found) > 0 {
				t.Errorf("it shows %q:\n%s", found, all)
			}
		})
	}
}

func TestALoginIsCalledOne(t *testing.T) {
	const form = `<html><title>Sign in to Acme</title><form action="/login"><input type="password"></form></html>`
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		auth   bool
		want   string
		not    string
	}{
		"401": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, false,
			"401 Unauthorized: a login page (give its credentials under [vendor.auth])", ""},
		"403 with a form": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			fmt.Fprint(w,
				form)
		}, false, "403 Forbidden: a login page (give its credentials", ""},
		"403 alone": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, false,
			"403 Forbidden", "login"},
		"wrong credentials": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, true,
			"403 Forbidden: the credentials under [vendor.auth] are not accepted", ""},
		"a form with a status": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, form) }, false,
			`a login page, titled "Sign in to Acme" (give its credentials under [vendor.auth])`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, false, c.answer)
			source := Source{URL: s.URL}
			if c.auth {
				source.Auth = authFor(t, allCredentials, s.URL)
			}
			_, err := Scrape(context.Background(), collector(t, nil), leaky{}, source, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || c.not != "" && strings.Contains(err.Error(),
				c.not) {
				t.Errorf("%v\nwant %s, and not %q", err, c.want, c.not)
			}
		})
	}
}

// TestPermanentRedirects holds that a page counts as moved as far as permanent redirects alone led.
func TestPermanentRedirects(t *testing.T) {
	for chain, want := range map[string]string{
		"": "", "301": "/1", "308": "/1", "301 301": "/2", "302": "", "302 301": "", "301 302": "/1", "307": "",
		"303 308": "",
	} {
		hops := strings.Fields(chain)
		s := newServer(t, false, func(w http.ResponseWriter, r *http.Request) {
			hop := 0
			if _, err := fmt.Sscanf(r.URL.Path, "/%d", &hop); err != nil {
				t.Error(err)
			}
			if hop == len(hops) {
				fmt.Fprint(w, "ok")
				return
			}
			var status int
			if _, err := fmt.Sscan(hops[hop], &status); err != nil {
				t.Error(err)
			}
			http.Redirect(w, r, fmt.Sprintf("/%d", hop+1), status)
		})
		page, err := collector(t, nil).Fetch(context.Background(), Request{URL: s.URL + "/0"})
		if err != nil || strings.TrimPrefix(page.MovedTo, s.URL) != want {
			t.Errorf("%q: moved to %q, want %q (%v)", chain, page.MovedTo, want, err)
		}
	}
}
