package simulate

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FaultKind is a way in which a page misbehaves.
type FaultKind string

// The faults, each one that readers of status pages meet.
const (
	FaultServerError FaultKind = "server_error" // 500
	FaultRateLimit   FaultKind = "rate_limit"   // 429 with Retry-After
	FaultAPIRefused  FaultKind = "api_refused"  // 403 for everything below /api/ and every .json; the HTML stays
	FaultLogin       FaultKind = "login"        // 200 and a login form in place of every page
	FaultEmpty       FaultKind = "empty"        // 200 and no body
	FaultMarketing   FaultKind = "marketing"    // 200 and a page that sells something
	FaultHang        FaultKind = "hang"         // no answer until the client gives up
	FaultTruncated   FaultKind = "truncated"    // the connection is cut in the middle of the body
)

// Fault is a fault and when it is there.
type Fault struct {
	Kind       FaultKind
	From       time.Time     // zero: from the beginning
	Until      time.Time     // zero: for good
	RetryAfter time.Duration // of FaultRateLimit, in whole seconds
}

func (f Fault) on(t time.Time) bool {
	return !t.Before(f.From) && (f.Until.IsZero() || t.Before(f.Until))
}

// fault returns the fault that strikes a request at t, if there is one. The first in the script wins.
func (v Vendor) fault(t time.Time, path string) (Fault, bool) {
	for _, f := range v.Faults {
		if f.on(t) && (f.Kind != FaultAPIRefused || isAPI(path)) {
			return f, true
		}
	}
	return Fault{}, false
}

func isAPI(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasSuffix(path, ".json")
}

// serve answers in place of the page. FaultTruncated is not served here: it needs the page's bytes.
func (f Fault) serve(w http.ResponseWriter, r *http.Request, v Vendor) {
	switch f.Kind {
	case FaultServerError:
		http.Error(w, "We're sorry, but something went wrong.", http.StatusInternalServerError)
	case FaultRateLimit:
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
		http.Error(w, "Too many requests.", http.StatusTooManyRequests)
	case FaultAPIRefused:
		http.Error(w, "Forbidden", http.StatusForbidden)
	case FaultLogin:
		writeHTML(w, fmt.Sprintf(loginPage, esc(v.Name), esc(v.Name)))
	case FaultEmpty:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusOK)
	case FaultMarketing:
		writeHTML(w, fmt.Sprintf(marketingPage, esc(v.Name), esc(v.Name), esc(v.Name)))
	case FaultHang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

func writeHTML(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, body)
}

const loginPage = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Log in - %s</title>
  </head>
  <body class="login">
    <form action="/access/login" method="post">
      <h1>Log in to see the status of %s</h1>
      <label for="email">Email</label> <input type="email" name="email" id="email">
      <label for="password">Password</label> <input type="password" name="password" id="password">
      <input type="submit" value="Log in">
    </form>
  </body>
</html>
`

const marketingPage = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>%s | Built for teams that never stop</title>
    <meta name="description" content="Start your free trial today.">
  </head>
  <body class="home">
    <header><a href="/pricing">Pricing</a> <a href="/signup">Start a free trial</a></header>
    <h1>%s keeps your business moving</h1>
    <p>More than four thousand teams rely on %s. See what we can do for yours.</p>
    <a class="button" href="/demo">Book a demo</a>
  </body>
</html>
`
