package statuspage

import (
	"bytes"
	"errors"
	"html"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// countBytes counts by patterns in the text and by undeclared JSON.
func countBytes(t *testing.T, body []byte) platformtest.Counted {
	t.Helper()
	text := string(body)
	count := func(pattern string) int { return len(regexp.MustCompile(pattern).FindAllString(text, -1)) }
	switch {
	case strings.HasPrefix(text, "{"):
		return platformtest.CountJSON(t, body)
	case strings.Contains(text, "<feed "), strings.Contains(text, "<rss "):
		content := html.UnescapeString(text)
		return platformtest.Counted{
			Incidents: count(`<entry>|<item>`),
			Updates:   len(regexp.MustCompile(`<small>[^/]*?\d`).FindAllString(content, -1)),
		}
	case strings.Contains(text, `data-react-class="HistoryIndex"`):
		props := html.UnescapeString(regexp.MustCompile(`data-react-props="([^"]*)"`).FindStringSubmatch(text)[1])
		return platformtest.CountJSON(t, []byte(props))
	case strings.Contains(text, "incident-updates-container"):
		return platformtest.Counted{Incidents: 1, Updates: count(`class="row update-row"`)}
	case strings.Contains(text, "status-index"):
		return platformtest.Counted{
			Incidents:  count(`class="unresolved-incident |class="scheduled-maintenance"|class="incident-container"`),
			Updates:    count(`<div class="update"|<div class="update font-regular`),
			Components: count(`data-component-id=`) - count(`data-js-hook="component-group-opener"`),
		}
	}
	words := `(?m)^(Postmortem|Resolved|Update|Monitoring|Identified|Investigating)$`
	return platformtest.Counted{Incidents: count(`(?m)^Incident Report for `), Updates: count(words)}
}

// TestCaptures reads every recorded page, or refuses it for the right reason.
func TestCaptures(t *testing.T) {
	refused := map[string]string{
		"digitalocean-summary-2023-03-21-empty-body.json": "an empty body",
		// the middle of a postmortem, without head or times
		"status-kustomer-com-ynpzl8z0r8wc.txt": "text of another kind",
	}
	for _, path := range platformtest.CaptureFiles(t, "statuspage/*", "kustomer/*") {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			body := platformtest.ReadCapture(t, path)
			p := page.Page{Body: body, At: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
			result, err := Platform{}.Parse(scraper.Source{}, p)
			if why, ok := refused[name]; ok {
				if !errors.Is(err, page.ErrShape) || !strings.Contains(err.Error(), why) {
					t.Fatalf("error %v, want ErrShape with %q", err, why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !scraper.Detects(Platform{}, p) {
				t.Error("it is not detected")
			}
			got := platformtest.Counted{Incidents: len(result.Incidents), Components: len(result.Components)}
			for _, raw := range result.Incidents {
				got.Updates += len(raw.Updates)
				checkRaw(t, raw)
			}
			if diff := cmp.Diff(countBytes(t, body), got); diff != "" {
				t.Errorf("counted in the bytes (-) against read (+):\n%s", diff)
			}
			_, findings := normalize.Incidents(result.Incidents, normalize.Words{})
			for _, f := range findings {
				if f.Field != "title" && !strings.HasPrefix(name,
					"status-kustomer") { // a demo post; text that is cut off
					t.Errorf("finding: %+v", f)
				}
			}
		})
	}
}

// checkRaw checks what is true of every incident of Statuspage.
func checkRaw(t *testing.T, raw normalize.Raw) {
	t.Helper()
	// A line of the history with the impact "maintenance" does not say in which list it stands.
	silent := raw.Document == page.DocHistory && strings.EqualFold(raw.Impact, "maintenance")
	if raw.Title == "" || raw.Kind == "" && !silent || raw.Document == "" {
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

// TestGovUK compares three pages that were saved in one minute.
func TestGovUK(t *testing.T) {
	read := func(name string) scraper.Result {
		body := platformtest.ReadCapture(t, filepath.Join(platformtest.Captures(), "statuspage", name))
		result, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	home, history, incident := read("govuk-notify-home-2025-11-12.html"), read("govuk-notify-history-2025-11-12.html"),
		read("govuk-notify-incident-2025-11-12.html")
	for _, r := range []scraper.Result{history, incident} {
		if r.PageName != home.PageName || r.PageURL != home.PageURL {
			t.Errorf("%s says %q at %q, home says %q at %q", r.Document, r.PageName, r.PageURL, home.PageName,
				home.PageURL)
		}
	}
	if diff := cmp.Diff(home.Components, history.Components); diff != "" {
		t.Errorf("components of home (-) and history (+):\n%s", diff)
	}
	affected := incident.Incidents[0].Components
	if len(affected) != 1 || affected[0].Name != home.Components[1].Name {
		t.Errorf("the incident affected %+v, which is not the component %+v", affected, home.Components[1])
	}
	for _, r := range []scraper.Result{home, history, incident} {
		if want := home.PageURL + "/incidents/"; !strings.HasPrefix(r.Incidents[0].URL, want) {
			t.Errorf("%s: URL %q lies not below %q", r.Document, r.Incidents[0].URL, want)
		}
	}
}

// TestMachineTimes holds that the machine's time of a page is the printed instant.
func TestMachineTimes(t *testing.T) {
	body := string(platformtest.ReadCapture(t, filepath.Join(platformtest.Captures(), "statuspage",
		"govuk-notify-incident-2025-11-12.html")))
	result, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	without, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(strings.ReplaceAll(body,
		"data-datetime-unix", "data-x"))})
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range result.Incidents[0].Updates {
		printed := without.Incidents[0].Updates[i].Posted
		a, errA := times.Parse(u.Posted, "")
		b, errB := times.Parse(printed, "")
		if errA != nil || errB != nil || !a.Truncate(time.Minute).Equal(b) {
			t.Errorf("update %d: machine %v (%v), printed %v (%v)", i, a, errA, b, errB)
		}
	}
	for _, path := range platformtest.CaptureFiles(t, "statuspage/*-home.html") {
		body := platformtest.ReadCapture(t, path)
		if !bytes.Contains(body, []byte("data-unix-time")) {
			continue
		}
		raws, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		noUnix, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: bytes.ReplaceAll(body,
			[]byte("data-unix-time"), []byte("data-x"))})
		if err != nil {
			t.Fatal(err)
		}
		for i, raw := range raws.Incidents {
			if raw.ScheduledStart.IsZero() || strings.Contains(path, "stride") { // two years old when saved
				continue
			}
			a, errA := times.Parse(raw.ScheduledStart, "")
			b, errB := times.Parse(noUnix.Incidents[i].ScheduledStart, "")
			if errA != nil || errB != nil || !a.Equal(b) {
				t.Errorf("%s: %q starts at %v (%v), printed %v (%v)", filepath.Base(path), raw.Title, a, errA, b, errB)
			}
		}
	}
}

// TestForeignCapturesAreNot holds that no other platform's page passes for Statuspage's.
func TestForeignCapturesAreNot(t *testing.T) {
	for _, path := range platformtest.CaptureFiles(t, "*/*") {
		if dir := filepath.Base(filepath.Dir(path)); dir == "statuspage" || dir == "kustomer" {
			continue
		}
		p := page.Page{Body: platformtest.ReadCapture(t, path)}
		if _, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) ||
			scraper.Detects(Platform{}, p) {
			t.Errorf("%s: error %v, want ErrShape", path, err)
		}
	}
}
