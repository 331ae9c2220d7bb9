//go:build browser

package pages_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// look is how a page is shown: the size of the window in pixels and the colour scheme.
type look struct {
	name          string
	width, height int64
	scheme        string
}

var (
	light = look{"light", 1280, 900, "light"}
	dark  = look{"dark", 1280, 900, "dark"}
	phone = look{"phone", 390, 844, "light"}
)

// browserWait is how long a page may take to become what a test waits for.
const browserWait = 30 * time.Second

// startBrowser starts Chromium, headless and without traffic of its own. If there is none, the test is skipped, or
// fails if CI=true.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		cannot(t, "there is no chromium on the PATH; apt-get install chromium")
	}
	allocated, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync",
			true), chromedp.Flag("hide-scrollbars", true))
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(cancel) // closes the browser and waits for it, before its folder is removed
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// cannot skips a test for a reason. If CI=true, the test fails instead.
func cannot(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why + "; with CI=true nothing may be skipped")
	}
	t.Skip(why)
}

// tab is one tab of a browser, with everything that went wrong in it and all requests that it sent.
type tab struct {
	t    *testing.T
	ctx  context.Context
	own  string // address of our server
	mu   sync.Mutex
	url  map[network.RequestID]string
	asks []string // addresses, in the order in which they were asked for
	bad  []string // console errors and warnings, failed requests, dialogs, requests to other servers
	size float64  // bytes received for what has ended
}

// openTab opens an empty tab with this look, for the pages of the server at own.
func openTab(t *testing.T, browser context.Context, own string, l look) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	tb := &tab{t: t, ctx: ctx, own: own, url: map[network.RequestID]string{}}
	if err := chromedp.Do(ctx); err != nil { // a tab lives as long as the context that is its first
		t.Fatal(err)
	}
	tb.do(chromedp.EmulateViewport(l.width, l.height))
	call(tb, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	})
	if err := chromedp.Listen(ctx, tb.hear); err != nil {
		t.Fatal(err)
	}
	return tb
}

// hear records what the browser reports.
func (tb *tab) hear(event any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	wrong := func(format string, args ...any) { tb.bad = append(tb.bad, fmt.Sprintf(format, args...)) }
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tb.url[e.RequestID] = e.Request.URL
		tb.asks = append(tb.asks, e.Request.URL)
		// Images in the browser's own form fields are data URLs, which send no request.
		if !strings.HasPrefix(e.Request.URL, tb.own+"/") && !strings.HasPrefix(e.Request.URL, "about:") &&
			!strings.HasPrefix(e.Request.URL, "data:") {
			wrong("a request to another server: %s", e.Request.URL)
		}
	case *network.EventLoadingFinished:
		tb.size += e.EncodedDataLength
	case *network.EventLoadingFailed:
		// A stream ends with its page.
		if !strings.HasSuffix(tb.url[e.RequestID], "/events") {
			wrong("%s: %s %s", tb.url[e.RequestID], e.ErrorText, e.BlockedReason)
		}
	case *network.EventResponseReceived:
		if u, err := url.Parse(e.Response.URL); e.Response.Status >= 400 && e.Type != network.ResourceTypeDocument ||
			err != nil {
			wrong("%s: status %d", u, e.Response.Status)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning ||
			e.Type == runtime.ConsoleAPICalledTypeAssert {
			args, _ := json.Marshal(e.Args)
			wrong("console.%s: %s", e.Type, args)
		}
	case *runtime.EventExceptionThrown:
		wrong("exception: %s", e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		// One of the pages does not exist; for everything else, the answer itself is recorded.
		if (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) &&
			!strings.HasPrefix(e.Entry.Text, "Failed to load resource") {
			wrong("log: %s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *page.EventJavascriptDialogOpening:
		wrong("a dialog says %q", e.Message)
		go func() { _, _ = chromedp.Call(tb.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}) }()
	}
}

// fine fails the test for everything that went wrong since the last time.
func (tb *tab) fine() {
	tb.t.Helper()
	tb.mu.Lock()
	defer tb.mu.Unlock()
	for _, b := range tb.bad {
		tb.t.Error(b)
	}
	tb.bad = nil
}

// call runs a command of the protocol, within browserWait.
func call(tb *tab, command func(context.Context) error) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, browserWait)
	defer cancel()
	if err := command(ctx); err != nil {
		tb.t.Fatal(err)
	}
}

func (tb *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	call(tb, func(ctx context.Context) error { return chromedp.Do(ctx, steps...) })
}

// eval is the value of a script's expression. A promise is awaited.
func eval[T any](tb *tab, script string) (value T) {
	tb.t.Helper()
	call(tb, func(ctx context.Context) (err error) {
		value, err = chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
		return err
	})
	return value
}

// until waits until an expression is true. Between one page and the next there may be nothing to evaluate it in.
func (tb *tab) until(script string) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, browserWait)
	defer cancel()
	for {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		if is {
			return
		}
		select {
		case <-ctx.Done():
			tb.t.Fatalf("%s does not become true (%v); the page says:\n%s", script, err,
				eval[string](tb, `document.title + "\n" + document.body.innerText`))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// open loads a path with its script and images, and returns how many bytes were received.
func (tb *tab) open(path string) int {
	tb.t.Helper()
	tb.mu.Lock()
	tb.size = 0
	tb.mu.Unlock()
	tb.do(chromedp.Navigate(tb.own + path))
	tb.until(`document.readyState === "complete"`)
	if eval[bool](tb, `!!document.body.dataset.events`) { // the page waits for news; the stream is its last request
		tb.until(`document.getElementById("live").textContent === "Live"`)
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return int(tb.size)
}
