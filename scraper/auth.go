package scraper

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
)

// Credentials are what a page behind a login asks for. Every value is a secret.
type Credentials struct {
	User, Password string            // HTTP basic authentication; none if both are empty
	Headers        map[string]string // by name
	Cookies        map[string]string // by name
	Query          map[string]string // parameters added to the address, by name
}

// Auth is the credentials of a page, bound to the servers that may receive them. It always prints as ***, and is safe
// for concurrent use.
type Auth struct{ bound *bound }

// bound is kept behind a pointer, because fmt prints unexported fields of other structs without calling their methods,
// and prints a pointer as an address.
type bound struct {
	Credentials
	origins []string
	secrets []string // texts that must not be stored from a page, the longest first
	pairs   []*lazyregexp.Regexp
}

// NewAuth binds credentials to the server of a page, and to those of further addresses. Scheme, host and port must be
// the same, except that https is accepted for http. No other server receives the credentials, even if a page
// redirects or links to it. The error says which address is not absolute.
func NewAuth(c Credentials, page string, more ...string) (*Auth, error) {
	b := &bound{Credentials: c}
	for _, address := range append([]string{page}, more...) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("credentials: %q is not an absolute address", address)
		}
		b.origins = append(b.origins, originOf(u))
		if u.Scheme == "http" && u.Port() == "" {
			b.origins = append(b.origins, "https://"+strings.ToLower(u.Hostname())+":443")
		}
	}
	for name, value := range c.Query {
		pair := regexp.QuoteMeta(url.QueryEscape(name)) + "=" + regexp.QuoteMeta(url.QueryEscape(value))
		b.pairs = append(b.pairs, lazyregexp.New(`([?&]|&amp;|\\u0026|%3F|%26)`+pair+`(&amp;|\\u0026|&|%26)?`))
	}
	b.secrets = secretsOf(c)
	return &Auth{b}, nil
}

// leastScrubbed is the shortest secret that is searched for in texts. A shorter one would be found by chance.
const leastScrubbed = 6

// secretsOf returns the values, and the forms that they take in addresses, JSON and HTML.
func secretsOf(c Credentials) []string {
	var out []string
	add := func(value string) {
		for _, form := range []string{value, url.QueryEscape(value), url.PathEscape(value), inJSON(value, true),
			inJSON(value, false),
			strings.ReplaceAll(inJSON(value, false), "/", `\/`), htmlEscape.Replace(value)} {
			if len(value) >= leastScrubbed && !slices.Contains(out, form) {
				out = append(out, form)
			}
		}
	}
	add(c.Password)
	if c.User != "" || c.Password != "" {
		add(strings.TrimPrefix(basic(c.User, c.Password), "Basic "))
	}
	for _, values := range []map[string]string{c.Headers, c.Cookies, c.Query} {
		for _, value := range values {
			add(value)
			// Of "Bearer abc", the token may appear alone.
			if _, token, two := strings.Cut(value, " "); two {
				add(token)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

var htmlEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// inJSON returns a text as JSON writes it. html tells whether <, > and & are escaped.
func inJSON(text string, html bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if err := e.Encode(text); err != nil {
		return text
	}
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

func basic(user, password string) string {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return r.Header.Get("Authorization")
}

func originOf(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return strings.ToLower(u.Scheme) + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// covers reports whether the server of an address may receive the credentials. A nil Auth covers nothing.
func (a *Auth) covers(u *url.URL) bool {
	return a != nil && slices.Contains(a.bound.origins, originOf(u))
}

// sign returns a copy of the request with the credentials.
func (a *Auth) sign(r *http.Request) *http.Request {
	signed := r.Clone(r.Context())
	b := a.bound
	if b.User != "" || b.Password != "" {
		signed.SetBasicAuth(b.User, b.Password)
	}
	for name, value := range b.Headers {
		signed.Header.Set(name, value)
	}
	for name, value := range b.Cookies {
		signed.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if len(b.Query) > 0 {
		query := signed.URL.Query()
		for name, value := range b.Query {
			query.Set(name, value)
		}
		signed.URL.RawQuery = query.Encode()
	}
	return signed
}

// scrub removes the secrets from a text. Servers repeat the query of a request in the page's links.
func (a *Auth) scrub(text string) string { return string(a.scrubBytes([]byte(text))) }

func (a *Auth) scrubBytes(text []byte) []byte {
	if a == nil {
		return text
	}
	for _, pair := range a.bound.pairs {
		text = pair.ReplaceAllFunc(text, func(found []byte) []byte {
			m := pair.FindSubmatch(found)
			if len(m[2]) > 0 { // another parameter follows
				return m[1]
			}
			return nil
		})
	}
	for _, secret := range a.bound.secrets {
		text = bytes.ReplaceAll(text, []byte(secret), []byte(hiddenSecret))
	}
	return text
}

// scrubError returns err without secrets in its text.
func (a *Auth) scrubError(err error) error {
	if a == nil || err == nil {
		return err
	}
	if text := a.scrub(err.Error()); text != err.Error() {
		return &scrubbed{text, err}
	}
	return err
}

// scrubbed stands for an error whose text would show a secret. It matches the same classes, and does not unwrap to it.
type scrubbed struct {
	text  string
	under error
}

func (e *scrubbed) Error() string { return e.text }

// Is reports whether the hidden error matches target.
func (e *scrubbed) Is(target error) bool { return errors.Is(e.under, target) }

// scrubResult removes the secrets from a Result, in whatever form the page had them.
func (a *Auth) scrubResult(r Result) (Result, error) {
	if a == nil {
		return r, nil
	}
	said := struct {
		Incidents  []normalize.Raw
		Components []normalize.RawComponent
	}{r.Incidents, r.Components}
	text, err := json.Marshal(said)
	if err != nil {
		return r, err
	}
	said.Incidents, said.Components = nil, nil
	if err := json.Unmarshal(a.scrubBytes(text), &said); err != nil {
		return r, err
	}
	r.Incidents, r.Components = said.Incidents, said.Components
	for _, text := range []*string{&r.PageName, &r.PageURL, &r.Indicator, &r.Headline} {
		*text = a.scrub(*text)
	}
	for n := range r.Follow {
		r.Follow[n].URL = a.scrub(r.Follow[n].URL)
	}
	return r, nil
}

const hiddenSecret = "***"

// String returns ***.
func (a *Auth) String() string { return hiddenSecret }

// GoString returns ***.
func (a *Auth) GoString() string { return hiddenSecret }

// Format writes *** whatever the verb.
func (a *Auth) Format(f fmt.State, _ rune) {
	// There is nobody to report a failed write to.
	_, _ = io.WriteString(f, hiddenSecret)
}

// LogValue returns ***.
func (a *Auth) LogValue() slog.Value { return slog.StringValue(hiddenSecret) }

// MarshalText returns ***; JSON and TOML encoders use it.
func (a *Auth) MarshalText() ([]byte, error) { return []byte(hiddenSecret), nil }
