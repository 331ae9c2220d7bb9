package simulate

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// FaultKind is a way in which a page misbehaves.
type FaultKind string

// The faults of the demo, each one that readers of status pages meet.
const (
	FaultAPIRefused FaultKind = "api_refused" // 403 for everything below /api/ and every .json; the HTML stays
	FaultLogin      FaultKind = "login"       // 200 and a login form in place of every page
	FaultMarketing  FaultKind = "marketing"   // 200 and a page that sells something
)

// Fault is a fault and when it is there.
type Fault struct {
	Kind  FaultKind
	From  time.Time // zero: from the beginning
	Until time.Time // zero: for good
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

// serve answers in place of the page.
func (f Fault) serve(w http.ResponseWriter, v Vendor) {
	switch f.Kind {
	case FaultAPIRefused:
		http.Error(w, "Forbidden", http.StatusForbidden)
	case FaultLogin:
		writeHTML(w, fmt.Sprintf(loginPage, esc(v.Name), esc(v.Name)))
	case FaultMarketing:
		writeHTML(w, fmt.Sprintf(marketingPage, esc(v.Name), esc(v.Name), esc(v.Name)))
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
