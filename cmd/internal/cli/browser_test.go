//go:build browser

package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
)

// TestBrowserCopies opens incident pages in a browser and imports what a reader would save of them: the
// text that selecting all copies, and the HTML after the browser has read it. Both must tell the same
// incident as the vendor's own documents.
func TestBrowserCopies(t *testing.T) {
	browser := startBrowser(t)
	now := time.Now().UTC()
	world, clock := simulate.Demo(func() time.Time { return now }, time.Minute)
	if err := world.Start(); err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	now = now.Add(2 * time.Minute) // the story is over, postmortem and all

	t.Run("Statuspage", func(t *testing.T) {
		home := world.URL("kustomer")
		id := find(t, home+"/api/v2/incidents.json",
			`"name":\s*"\[PLATFORM\] \[403 ERROR\][^}]*?"id":\s*"(\w+)"|"id":\s*"(\w+)",`+
				`\s*"name":\s*"\[PLATFORM\] \[403 ERROR\]`)
		address := home + "/incidents/" + id
		text, html := browser.open(t, address)
		document := get(t, home+"/incidents/"+id+".json")
		want := importedCopy(t, clock.Now(), address, "page.json", document)
		if len(want.Updates) != 3 || len(want.Components) != 2 || want.ResolvedAt == "" {
			t.Fatalf("the JSON document holds %+v; want three updates, two components and an end", want)
		}
		if diff := cmp.Diff(want, importedCopy(t, clock.Now(), address, "page.txt", text)); diff != "" {
			t.Errorf("the copied text tells another incident than the JSON (-JSON +text):\n%s", diff)
		}
		if diff := cmp.Diff(want, importedCopy(t, clock.Now(), address, "page.html", html)); diff != "" {
			t.Errorf("the browser's HTML tells another incident than the JSON (-JSON +HTML):\n%s", diff)
		}
	})
	t.Run("Pingoru", func(t *testing.T) {
		history := world.URL("mailferry")
		path := find(t, history, `href="(/providers/mailferry/incidents/\d+)">Delayed`)
		address := history[:strings.Index(history, "/providers/")] + path
		text, html := browser.open(t, address)
		want := importedCopy(t, clock.Now(), address, "page.html", get(t, address))
		if len(want.Updates) != 3 || len(want.Components) != 1 || want.ResolvedAt == "" {
			t.Fatalf("the page holds %+v; want three updates, a component and an end", want)
		}
		copied := importedCopy(t, clock.Now(), address, "page.txt", text)
		if n := len(copied.Updates); n == len(want.Updates) {
			// Below the newest post stands the site's footer, which plain text does not tell from the post.
			last := &copied.Updates[n-1]
			last.Words = last.Words[:min(len(last.Words), len(want.Updates[n-1].Words))]
		}
		if diff := cmp.Diff(want, copied); diff != "" {
			t.Errorf("the copied text tells another incident than the page (-page +text):\n%s", diff)
		}
		if diff := cmp.Diff(want, importedCopy(t, clock.Now(), address, "page.html", html)); diff != "" {
			t.Errorf("the browser's HTML tells another incident than the page (-page +HTML):\n%s", diff)
		}
	})
}

// copied is what every form of an incident's page shows: a page prints times to the minute, and a
// copied text has neither links nor emphasis.
type copied struct {
	Title, State, StartedAt, ResolvedAt string
	Components                          []string
	Updates                             []copiedUpdate // oldest first
}

type copiedUpdate struct {
	State, PostedAt string
	Words           []string
}

// importedCopy imports one saved page into a file of its own and returns the one incident in it.
func importedCopy(t *testing.T, at time.Time, address, name string, body []byte) copied {
	t.Helper()
	dir := t.TempDir()
	page, file := filepath.Join(dir, name), filepath.Join(dir, "imported.db")
	if err := os.WriteFile(page, body, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	args := []string{"--db", file, "import", "--vendor", "copied", "--url", address, "--at", normalize.FormatTime(at),
		page}
	if code := cli.Run(t.Context(), args, nil, &out, &out); code != 0 {
		t.Fatalf("import of %s: exit %d: %s", name, code, &out)
	}
	saved, err := db.OpenReadOnly(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	incidents, err := query.New(saved).Incidents(t.Context(), query.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(incidents) != 1 {
		t.Fatalf("%s: %d incidents, want 1; import said: %s\n%s", name, len(incidents), &out, body)
	}
	i, err := query.New(saved).IncidentByID(t.Context(), incidents[0].IncidentID, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	minute := func(at string) string { return strings.TrimSuffix(at, at[min(len(at), len("2006-01-02T15:04")):]) }
	c := copied{Title: i.Title, State: i.State, StartedAt: minute(i.StartedAt), ResolvedAt: minute(i.ResolvedAt)}
	for _, component := range i.AffectedComponents {
		c.Components = append(c.Components, component.Name)
	}
	slices.Sort(c.Components)
	for _, u := range i.Updates {
		c.Updates = append(c.Updates, copiedUpdate{State: u.State, PostedAt: minute(u.PostedAt),
			Words: strings.Fields(markdown.Plain(u.Body))})
	}
	return c
}

// browser is a running Chromium.
type browser struct{ ctx context.Context }

// startBrowser starts Chromium, headless and without its own traffic. Without one the test is skipped,
// but fails where CI=true.
func startBrowser(t *testing.T) browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no chromium on the PATH, and with CI=true nothing may be skipped: apt-get install " +
				"chromium")
		}
		t.Skip("there is no chromium on the PATH; apt-get install chromium")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	}
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(cancel) // closes the browser and waits for it, before its folder is removed
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return browser{ctx}
}

// open loads a page and returns the text a reader would copy of it, and its HTML as the browser has it.
func (b browser) open(t *testing.T, address string) (text, html []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatalf("open %s: %v", address, err)
	}
	innerText, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		t.Fatalf("text of %s: %v", address, err)
	}
	outerHTML, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.documentElement.outerHTML`))
	if err != nil {
		t.Fatalf("HTML of %s: %v", address, err)
	}
	return []byte(innerText), []byte(outerHTML)
}

func get(t *testing.T, address string) []byte {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("get %s: %s, %v", address, resp.Status, err)
	}
	return body
}

// find returns what the groups of a pattern hold in a document.
func find(t *testing.T, address, pattern string) string {
	t.Helper()
	body := get(t, address)
	m := regexp.MustCompile(pattern).FindSubmatch(body)
	if m == nil {
		t.Fatalf("%s does not hold %s:\n%s", address, pattern, body)
	}
	return string(bytes.Join(m[1:], nil))
}
