package simulate

import (
	"encoding/json"
	"html"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

// capture returns the bytes of a recorded page.
func capture(t *testing.T, name string) []byte {
	t.Helper()
	file := filepath.Join("..", "..", "..", "..", "shared", "captures", "statuspage", name)
	body, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skipf("no recorded page %s to compare with", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// moments renders a path of every Statuspage vendor of the demo at many moments of its story.
func moments(t *testing.T, path string) []document {
	t.Helper()
	p := newPlot(func() time.Time { return time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC) }, DemoLength)
	var out []document
	for _, v := range []Vendor{p.kustomer(), p.parcelwise(), p.ledgerline(), p.switchyard()} {
		v = Complete(v)
		for second := 0.0; second <= 50; second += 2.5 {
			page := v.at(p.at(second), "http://127.0.0.1:9999")
			where, number, _ := strings.Cut(path, "?page=")
			if strings.Contains(path, "<id>") {
				for _, s := range page.incidents {
					doc, found := statuspageDocument(page, strings.Replace(path, "<id>", s.ID, 1), "")
					if !found {
						t.Fatalf("%s: incident %q of %s is not there", path, s.title, v.Slug)
					}
					out = append(out, doc)
				}
				continue
			}
			doc, found := statuspageDocument(page, where, number)
			if !found {
				t.Fatalf("%s of %s is not there", path, v.Slug)
			}
			out = append(out, doc)
		}
	}
	return out
}

// keyPaths adds the path of every key of a JSON value: incidents[].incident_updates[].body.
func keyPaths(into map[string]bool, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			into[path+"."+k] = true
			keyPaths(into, path+"."+k, inner)
		}
	case []any:
		for _, inner := range v {
			keyPaths(into, path+"[]", inner)
		}
	}
}

func jsonPaths(t *testing.T, bodies ...[]byte) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, body := range bodies {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatalf("not JSON: %v", err)
		}
		keyPaths(out, "", v)
	}
	return out
}

func bodies(docs []document) [][]byte {
	var out [][]byte
	for _, d := range docs {
		out = append(out, d.body)
	}
	return out
}

func TestStatuspageJSONHasTheKeysOfRealPages(t *testing.T) {
	for _, tt := range []struct {
		path string
		real []string
	}{
		{"/api/v2/summary.json", []string{
			"anthropic-summary-2026-07-29-major.json", "bitbucket-summary-2026-05-14-critical-shared-incident.json",
			"digitalocean-summary-2026-07-07-maintenance-in-progress.json",
		}},
		{"/api/v2/status.json", []string{"digitalocean-status.json"}},
	} {
		t.Run(tt.path, func(t *testing.T) {
			var real [][]byte
			for _, name := range tt.real {
				real = append(real, capture(t, name))
			}
			if diff := cmp.Diff(jsonPaths(t, real...), jsonPaths(t, bodies(moments(t, tt.path))...)); diff != "" {
				t.Errorf("keys (-real +ours):\n%s", diff)
			}
		})
	}
}

func TestStatuspageIncidentJSONHasTheKeysOfARealOne(t *testing.T) {
	real := jsonPaths(t, capture(t, "claude-incident-vr9tpk8w7zr8-2026-09-27.json"))
	ours := jsonPaths(t, bodies(moments(t, "/api/v2/incidents/<id>.json"))...)
	for _, key := range []string{".incident.scheduled_for", ".incident.scheduled_until"} { // of a maintenance
		if !ours[key] {
			t.Errorf("no maintenance has %s", key)
		}
		delete(ours, key)
	}
	if diff := cmp.Diff(real, ours); diff != "" {
		t.Errorf("keys (-real +ours):\n%s", diff)
	}
}

// The order of the keys is part of the bytes: a reader that cuts a document short meets them in it.
func TestStatuspageJSONHasTheKeysInTheirOrder(t *testing.T) {
	real, ours := string(capture(t, "anthropic-summary-2026-07-29-major.json")), ""
	for _, d := range moments(t, "/api/v2/summary.json") {
		if strings.Contains(string(d.body), `"incidents":[{`) &&
			strings.Contains(string(d.body), `"affected_components":[{`) {
			ours = string(d.body)
			break
		}
	}
	if diff := cmp.Diff(keyOrder(t, real), keyOrder(t, ours)); diff != "" {
		t.Errorf("order (-real +ours):\n%s", diff)
	}
}

// keyOrder lists the paths of all keys of a JSON text in the order of their first appearance; the
// one key that only a group has is left out.
func keyOrder(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	dec := json.NewDecoder(strings.NewReader(text))
	token := func() json.Token {
		tok, err := dec.Token()
		if err != nil {
			t.Fatalf("not JSON: %v", err)
		}
		return tok
	}
	var walk func(path string)
	walk = func(path string) {
		switch token() {
		case json.Delim('{'):
			for dec.More() {
				name := path + "." + token().(string)
				if !slices.Contains(out, name) && name != ".components[].components" {
					out = append(out, name)
				}
				walk(name)
			}
			token()
		case json.Delim('['):
			for dec.More() {
				walk(path + "[]")
			}
			token()
		}
	}
	walk("")
	return out
}

func TestHistoryHasTheKeysOfARealOne(t *testing.T) {
	real := jsonPaths(t, capture(t, "claude-history-2024q1-HistoryIndex-props.json"))
	ours := jsonPaths(t, bodies(moments(t, "/history.json?page=1"))...)
	settings := func(key string) bool { return strings.HasPrefix(key, ".page_status.page.") }
	for key := range ours {
		if !real[key] && key != ".components[].components" {
			t.Errorf("%s is in no real history", key)
		}
	}
	for key := range real {
		if !ours[key] && !settings(key) {
			t.Errorf("%s is missing", key)
		}
	}
}

func TestHistoryPageHoldsTheDocumentInItsProps(t *testing.T) {
	pages, docs := moments(t, "/history?page=2"), moments(t, "/history.json?page=2")
	for i, d := range pages {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(d.body)))
		if err != nil {
			t.Fatal(err)
		}
		props, _ := doc.Find(`[data-react-class="HistoryIndex"]`).Attr("data-react-props")
		var got, want any
		if json.Unmarshal([]byte(props), &got) != nil || json.Unmarshal(docs[i].body, &want) != nil {
			t.Fatal("props are not JSON")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("props (-history.json +page):\n%s", diff)
		}
		if strings.Contains(html.UnescapeString(string(d.body)), `"timestamp":"`) && strings.Contains(props, "<var") {
			t.Error("the page escapes < in its props as \\u003c; here it does not")
		}
	}
}

// carriers are the elements of Statuspage's HTML that carry data.
var carriers = map[string][]string{
	"/": {
		`body.status.index`, `.layout-content.status.status-index .container`, `.page-status h2.status.font-large`,
		`.components-container .component-container ` +
			`.component-inner-container[data-component-id][data-component-status] .name`,
		`.component-inner-container .component-status`,
		`.incidents-list .status-day.font-regular .date.border-color.font-large`,
		`.status-day .date var[data-var="date"]`, `.status-day .date var[data-var="year"]`,
		`.status-day.no-incidents p.color-secondary`,
		`.incident-container .incident-title a.whitespace-pre-wrap[href^="/incidents/"]`,
		`.incident-title.impact-minor`,
		`.updates-container .update.font-regular.resolved strong`,
		`.updates-container .update span.whitespace-pre-wrap`,
		`.updates-container .update small var[data-var="date"]`,
		`.updates-container .update small var[data-var="time"]`,
		`a.history-footer-link[href="/history"]`, `link[rel="canonical"]`, `meta[name="issued"]`,
	},
	"/incidents/<id>": {
		`body.status.incident`, `.layout-content.status.status-incident`, `h1.incident-name`,
		`.page-title .subheader a[href="/"]`,
		`.incident-updates-container .row.update-row .update-title.span3.font-large`,
		`.update-container.span9 .update-body.font-regular`,
		`.update-body span.whitespace-pre-wrap`,
		`.update-timestamp.font-small.color-secondary span.ago[data-datetime-unix]`,
		`.update-timestamp var[data-var="date"]`, `.update-timestamp var[data-var="year"]`,
		`.update-timestamp var[data-var="time"]`,
		`.components-affected.font-small`, `meta[property="og:url"]`, `meta[property="og:title"]`,
	},
	"/history": {`body.status.history`,
		`.status-full-history .container [data-react-class="HistoryIndex"][data-react-props]`},
}

func TestStatuspageHTMLHasTheElementsOfRealPages(t *testing.T) {
	for path, name := range map[string]string{
		"/": "govuk-notify-home-2025-11-12.html", "/incidents/<id>": "govuk-notify-incident-2025-11-12.html",
		"/history": "govuk-notify-history-2025-11-12.html",
	} {
		t.Run(path, func(t *testing.T) {
			real := parse(t, capture(t, name))
			var ours []*goquery.Document
			for _, d := range moments(t, path) {
				ours = append(ours, parse(t, d.body))
			}
			for _, selector := range carriers[path] {
				if real.Find(selector).Length() == 0 {
					t.Errorf("the real page has no %s: this test is wrong", selector)
				}
				if !slices.ContainsFunc(ours, func(d *goquery.Document) bool { return d.Find(selector).Length() > 0 }) {
					t.Errorf("no page has %s", selector)
				}
			}
		})
	}
}

// Elements that no recorded page shows: postmortems, upcoming maintenances and maintenances' own pages.
var unrecorded = map[string]bool{
	"div.update.font-regular.verifying": true, "div.markdown-display": true, "div.update.font-regular.postmortem": true,
	"div.scheduled-for.font-regular.color-secondary": true,
	"div.scheduled-incidents-container":              true, "div.tab.font-small": true, "div.scheduled-incident": true,
}

func TestStatuspageHTMLHasNoElementsThatRealPagesLack(t *testing.T) {
	known := map[string]bool{}
	for _, name := range []string{
		"govuk-notify-home-2025-11-12.html", "govuk-notify-incident-2025-11-12.html",
		"govuk-notify-history-2025-11-12.html",
		"fastly-home.html", "acme-api-co.-home.html", "zoom-home.html",
	} {
		maps.Copy(known, elements(parse(t, capture(t, name))))
	}
	for path := range carriers {
		for _, d := range moments(t, path) {
			for element := range elements(parse(t, d.body)) {
				if !known[element] && !unrecorded[element] {
					t.Fatalf("%s: %s is on no real page", path, element)
				}
			}
		}
	}
}

func parse(t *testing.T, body []byte) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// elements lists the tags with their classes; what depends on an incident's impact, a component's
// status or an update's state is written as one.
func elements(doc *goquery.Document) map[string]bool {
	out := map[string]bool{}
	doc.Find(".layout-content [class]").Each(func(_ int, s *goquery.Selection) {
		name := goquery.NodeName(s)
		class, _ := s.Attr("class")
		for _, c := range strings.Fields(class) {
			for _, prefix := range []string{"impact-", "status-none", "status-green", "status-yellow", "status-orange",
				"status-red", "status-blue", "fa-"} {
				if strings.HasPrefix(c, prefix) {
					c = strings.SplitN(prefix, "-", 2)[0] + "-*"
				}
			}
			name += "." + c
		}
		out[name] = true
	})
	return out
}
