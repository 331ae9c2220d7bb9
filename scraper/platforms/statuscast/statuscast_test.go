package statuscast

import (
	"bytes"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	address := regexp.MustCompile(`class="incident-partial-title-url[^>]*/incident/(\d+)"`)
	badge := regexp.MustCompile(`badge-component notranslate`)
	post := regexp.MustCompile(`class="row incident-update-body"`)
	row := regexp.MustCompile(`<tr data-id="\d+" data-pid=`)
	for _, file := range platformtest.CaptureFiles(t, "statuscast/*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := platformtest.CapturePage(t, file)
			page.URL = "https://status.acme.example/"
			if !scraper.Detects(Platform{}, page) {
				t.Error("it is not detected")
			}
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			// An incident that two lists show is cut out of the file once, with all that belongs to it.
			want, seen := [3]int{}, map[string]bool{}
			entries := bytes.Split(page.Body, []byte(`<div class="row no-gutters mb-3 incident-row"`))[1:]
			for _, entry := range entries {
				id := string(address.FindSubmatch(entry)[1])
				if seen[id] {
					continue
				}
				seen[id] = true
				want[0]++
				want[1] += len(post.FindAll(entry, -1))
				want[2] += len(badge.FindAll(entry, -1))
			}
			got := [3]int{len(res.Incidents)}
			for _, raw := range res.Incidents {
				got[1] += len(raw.Updates)
				got[2] += len(raw.Components)
			}
			if got != want {
				t.Errorf("%v incidents, updates and affected components; the file has %v", got, want)
			}
			if n := len(row.FindAll(page.Body, -1)); len(res.Components) != n || !res.Coverage.Components {
				t.Errorf("%d components, the file has %d; coverage %+v", len(res.Components), n, res.Coverage)
			}
			if res.PageName != "fastly" || res.PageURL != "https://www.fastlystatus.com" {
				t.Errorf("page %q at %q", res.PageName, res.PageURL)
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
			_, more := normalize.Components(res.Components, scraper.WordsOf(Platform{}))
			if len(incidents) != want[0] || len(findings)+len(more) > 0 {
				t.Errorf("%d incidents, findings %v %v", len(incidents), findings, more)
			}
			for _, i := range incidents {
				if i.State == normalize.StateUnknown || i.Severity == normalize.SeverityUnknown || i.URL == "" ||
					(i.StartedAt.IsZero() && i.ScheduledStartAt.IsZero()) {
					t.Errorf("%s: state %s, severity %s, start %s, address %q", i.Key, i.State, i.Severity,
						i.StartedAt, i.URL)
				}
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"/incident/1": "/incident/1",
		"/web/20230120001406/https://status.acme.example/" +
			"incident/1": "https://status.acme.example/incident/1",
		"https://web.archive.org/web/20230120001406im_/https://" +
			"status.acme.example/": "https://status.acme.example/",
		"https://web.archive.org/web/20230120001406/http://status.acme.example/web/1/" +
			"https://b": "http://status.acme.example/web/1/https://b",
		"https://status.acme.example/web/story": "https://status.acme.example/web/story",
	} {
		if got := unarchived(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestTitles(t *testing.T) {
	for title, want := range map[string]string{
		"Status Page for acme | Service Status powered by StatusCast": "acme",
		"Status page for Acme Inc.":                                   "Acme Inc.",
		"Acme Trust":                                                  "",
	} {
		if got := name(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

// TestChildrenOfOneName holds that components of one name in two groups stay two.
func TestChildrenOfOneName(t *testing.T) {
	body := `<html><head></head><body class="statuspage page-index"><div class="widgets">` +
		`<div class="widget widget-grid" data-id="a">
<table class="historygrid" data-requestcomponentid="7"><tbody>
<tr data-id="1" data-pid="0"><td><a class="notranslate">East</a></td><td><i class="fa component-available"></i></td>` +
		`</tr>
<tr data-id="2" data-pid="1"><td><a class="notranslate">API</a></td><td><i class="fa component-sunny"></i></td></tr>
<tr data-id="3" data-pid="0"><td><a class="notranslate">West</a></td><td></td></tr>
<tr data-id="4" data-pid="3"><td><a class="notranslate">API</a></td><td><i class="fa component-unavailable"></i>` +
		`</td><td><i class="fa component-available"></i></td></tr>
</tbody></table></div></div></body></html>`
	res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	want := []normalize.RawComponent{
		{ID: "1", Name: "East", Status: "available"}, {ID: "2", Name: "API", Group: "East", Status: "sunny"},
		{ID: "3", Name: "West"}, {ID: "4", Name: "API", Group: "West", Status: "unavailable"},
	}
	if diff := cmp.Diff(want, res.Components); diff != "" {
		t.Error(diff)
	}
	if res.Coverage.Components {
		t.Error("a grid of one part of the page claims to list all components")
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "statuscast")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
