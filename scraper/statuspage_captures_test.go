package scraper

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
)

func readCapture(t testing.TB, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no recorded page %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// counted is what a reader of the raw bytes finds, by means other than the parser's.
type counted struct{ Incidents, Updates, Components int }

// countBytes counts by patterns in the text and by undeclared JSON.
func countBytes(t *testing.T, body []byte) counted {
	t.Helper()
	text := string(body)
	count := func(pattern string) int { return len(regexp.MustCompile(pattern).FindAllString(text, -1)) }
	switch {
	case strings.HasPrefix(text, "{"):
		return countJSON(t, body)
	case strings.Contains(text, "<feed "), strings.Contains(text, "<rss "):
		content := html.UnescapeString(text)
		return counted{
			Incidents: count(`<entry>|<item>`),
			Updates:   len(regexp.MustCompile(`<small>[^/]*?\d`).FindAllString(content, -1)),
		}
	case strings.Contains(text, `data-react-class="HistoryIndex"`):
		props := html.UnescapeString(regexp.MustCompile(`data-react-props="([^"]*)"`).FindStringSubmatch(text)[1])
		return countJSON(t, []byte(props))
	case strings.Contains(text, "incident-updates-container"):
		return counted{Incidents: 1, Updates: count(`class="row update-row"`)}
	case strings.Contains(text, "status-index"):
		return counted{
			Incidents:  count(`class="unresolved-incident |class="scheduled-maintenance"|class="incident-container"`),
			Updates:    count(`<div class="update"|<div class="update font-regular`),
			Components: count(`data-component-id=`) - count(`data-js-hook="component-group-opener"`),
		}
	}
	words := `(?m)^(Postmortem|Resolved|Update|Monitoring|Identified|Investigating)$`
	return counted{Incidents: count(`(?m)^Incident Report for `), Updates: count(words)}
}

func countJSON(t *testing.T, body []byte) counted {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	var n counted
	list := func(v any) []any { l, _ := v.([]any); return l }
	add := func(v any) {
		for _, in := range list(v) {
			n.Incidents++
			n.Updates += len(list(in.(map[string]any)["incident_updates"]))
		}
	}
	add(doc["incidents"])
	add(doc["scheduled_maintenances"])
	if one, ok := doc["incident"]; ok {
		add([]any{one})
	}
	for _, month := range list(doc["months"]) {
		add(month.(map[string]any)["incidents"])
	}
	for _, c := range list(doc["components"]) {
		if group, _ := c.(map[string]any)["group"].(bool); !group {
			n.Components++
		}
	}
	return n
}

// TestStatuspageCaptures reads every recorded page, or refuses it for the right reason.
func TestStatuspageCaptures(t *testing.T) {
	refused := map[string]string{
		"digitalocean-summary-2023-03-21-empty-body.json": "an empty body",
		"status-kustomer-com-ynpzl8z0r8wc.txt":            "text of another kind", // the middle of a postmortem, without head or times
	}
	for _, path := range captureFiles(t, "statuspage/*", "kustomer/*") {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			body := readCapture(t, path)
			page := Page{Body: body, At: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
			result, err := statuspage{}.Parse(Source{}, page)
			if why, ok := refused[name]; ok {
				if !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), why) {
					t.Fatalf("error %v, want ErrShape with %q", err, why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !Detects(statuspage{}, page) {
				t.Error("it is not detected")
			}
			got := counted{Incidents: len(result.Incidents), Components: len(result.Components)}
			for _, raw := range result.Incidents {
				got.Updates += len(raw.Updates)
				checkStatuspageRaw(t, raw)
			}
			if diff := cmp.Diff(countBytes(t, body), got); diff != "" {
				t.Errorf("counted in the bytes (-) against read (+):\n%s", diff)
			}
			_, findings := normalize.Incidents(result.Incidents, normalize.Words{})
			for _, f := range findings {
				if f.Field != "title" && !strings.HasPrefix(name, "status-kustomer") { // a demo post; text that is cut off
					t.Errorf("finding: %+v", f)
				}
			}
		})
	}
}

// checkStatuspageRaw checks what is true of every incident of Statuspage.
func checkStatuspageRaw(t *testing.T, raw normalize.Raw) {
	t.Helper()
	if raw.Title == "" || raw.Kind == "" || raw.Document == "" {
		t.Errorf("incident %q lacks title, kind or document: %+v", raw.ID, raw)
	}
	if raw.Document != docIncidentText && (raw.ID == "" || !strings.HasSuffix(raw.URL, "/incidents/"+raw.ID)) {
		t.Errorf("incident %q has id %q and URL %q", raw.Title, raw.ID, raw.URL)
	}
	for i, u := range raw.Updates {
		cut := raw.Document == docIncidentText && i == 0 && raw.Excerpt
		if u.State == "" || u.Body == "" || (u.Posted.Text == "" && !cut) {
			t.Errorf("update %d of %q lacks state, body or time: %+v", i, raw.Title, u)
		}
		for _, left := range []string{"<var", "<small", "Posted on", "\t\t"} {
			if strings.Contains(u.Body, left) || strings.Contains(u.Posted.Text, left) {
				t.Errorf("update %d of %q keeps %q: %+v", i, raw.Title, left, u)
			}
		}
		if strings.HasPrefix(u.Body, "- ") && u.Format == normalize.FormatHTML || strings.HasSuffix(u.Body, "<br/>") {
			t.Errorf("update %d of %q keeps what stands around its text: %q", i, raw.Title, u.Body)
		}
	}
}

// TestStatuspageGovUK compares three pages that were saved in one minute.
func TestStatuspageGovUK(t *testing.T) {
	read := func(name string) Result {
		body := readCapture(t, filepath.Join(capturesDir(), "statuspage", name))
		result, err := statuspage{}.Parse(Source{}, Page{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	home, history, incident := read("govuk-notify-home-2025-11-12.html"), read("govuk-notify-history-2025-11-12.html"), read("govuk-notify-incident-2025-11-12.html")
	for _, r := range []Result{history, incident} {
		if r.PageName != home.PageName || r.PageURL != home.PageURL {
			t.Errorf("%s says %q at %q, home says %q at %q", r.Document, r.PageName, r.PageURL, home.PageName, home.PageURL)
		}
	}
	if diff := cmp.Diff(home.Components, history.Components); diff != "" {
		t.Errorf("components of home (-) and history (+):\n%s", diff)
	}
	affected := incident.Incidents[0].Components
	if len(affected) != 1 || affected[0].Name != home.Components[1].Name {
		t.Errorf("the incident affected %+v, which is not the component %+v", affected, home.Components[1])
	}
	for _, r := range []Result{home, history, incident} {
		if want := home.PageURL + "/incidents/"; !strings.HasPrefix(r.Incidents[0].URL, want) {
			t.Errorf("%s: URL %q lies not below %q", r.Document, r.Incidents[0].URL, want)
		}
	}
}

// TestStatuspageMachineTimes holds that the machine's time of a page is the printed instant.
func TestStatuspageMachineTimes(t *testing.T) {
	body := string(readCapture(t, filepath.Join(capturesDir(), "statuspage", "govuk-notify-incident-2025-11-12.html")))
	result, err := statuspage{}.Parse(Source{}, Page{Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	without, err := statuspage{}.Parse(Source{}, Page{Body: []byte(strings.ReplaceAll(body, "data-datetime-unix", "data-x"))})
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range result.Incidents[0].Updates {
		printed := without.Incidents[0].Updates[i].Posted
		a, errA := normalize.ParseTime(u.Posted, "")
		b, errB := normalize.ParseTime(printed, "")
		if errA != nil || errB != nil || !a.Truncate(time.Minute).Equal(b) {
			t.Errorf("update %d: machine %v (%v), printed %v (%v)", i, a, errA, b, errB)
		}
	}
	for _, path := range captureFiles(t, "statuspage/*-home.html") {
		body := readCapture(t, path)
		if !bytes.Contains(body, []byte("data-unix-time")) {
			continue
		}
		raws, err := statuspage{}.Parse(Source{}, Page{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		noUnix, err := statuspage{}.Parse(Source{}, Page{Body: bytes.ReplaceAll(body, []byte("data-unix-time"), []byte("data-x"))})
		if err != nil {
			t.Fatal(err)
		}
		for i, raw := range raws.Incidents {
			if raw.ScheduledStart.IsZero() || strings.Contains(path, "stride") { // two years old when saved
				continue
			}
			a, errA := normalize.ParseTime(raw.ScheduledStart, "")
			b, errB := normalize.ParseTime(noUnix.Incidents[i].ScheduledStart, "")
			if errA != nil || errB != nil || !a.Equal(b) {
				t.Errorf("%s: %q starts at %v (%v), printed %v (%v)", filepath.Base(path), raw.Title, a, errA, b, errB)
			}
		}
	}
}

// TestForeignCapturesAreNotStatuspage holds that no other platform's page passes for Statuspage's.
func TestForeignCapturesAreNotStatuspage(t *testing.T) {
	for _, path := range captureFiles(t, "*/*") {
		if dir := filepath.Base(filepath.Dir(path)); dir == "statuspage" || dir == "kustomer" {
			continue
		}
		page := Page{Body: readCapture(t, path)}
		if _, err := (statuspage{}).Parse(Source{}, page); !errors.Is(err, ErrShape) || Detects(statuspage{}, page) {
			t.Errorf("%s: error %v, want ErrShape", path, err)
		}
	}
}
