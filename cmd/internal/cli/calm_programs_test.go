package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/report/channel/email"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/web/mcp"
	"vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/normalize/racetest"
)

// callTool asks a tool over HTTP and returns its answer as text.
func callTool(t *testing.T, r *webtest.Record, tool string, args map[string]any, out any) string {
	t.Helper()
	text, refused := webtest.CallTool(t, webtest.Assistant(t, r), tool, args)
	if refused {
		t.Fatalf("%s %v is refused: %s", tool, args, text)
	}
	decode(t, text, out)
	return text
}

func briefWell(v mcp.VendorBrief) bool { return v.Status == "operational" && v.Because != "incident" }

// toolOutputs reports for each tool and feed that tells of one vendor whether it calls it well.
func toolOutputs(t *testing.T, r *webtest.Record, slug string) map[string]bool {
	says := map[string]bool{}
	var state mcp.StateOut
	callTool(t, r, "vendor_state", map[string]any{"vendor": slug}, &state)
	says["vendor_state"] = briefWell(state.VendorBrief)
	var found mcp.SearchOut
	callTool(t, r, "search_vendors", map[string]any{"query": slug}, &found)
	says["search_vendors"] = len(found.Vendors) == 1 && briefWell(found.Vendors[0])
	var open mcp.OpenOut
	callTool(t, r, "open_incidents", map[string]any{"vendor": slug}, &open)
	says["open_incidents"] = open.VendorsWell == 1 && open.NotWellCount == 0 && len(open.NotWell) == 0
	if !state.Readable || state.Because == "unreadable" {
		var numbers mcp.NumbersOut
		callTool(t, r, "vendor_numbers", map[string]any{"vendor": slug}, &numbers)
		var history mcp.HistoryOut
		callTool(t, r, "incident_history", map[string]any{"vendor": slug}, &history)
		for tool, text := range map[string]string{"vendor_numbers": numbers.Coverage,
			"incident_history": history.Coverage, "vendor_state": state.Knowledge} {
			if !strings.Contains(text, "not known") {
				t.Errorf("%s of a vendor that is %s says %q", tool, state.Because, text)
			}
		}
		for n, i := range history.Incidents {
			var one mcp.IncidentOut
			for _, text := range []string{
				callTool(t, r, "incident", map[string]any{"incident_id": i.IncidentID}, &one),
				r.Get(fmt.Sprintf("/api/v1/incidents/%d", i.IncidentID)).Text,
				r.Get(fmt.Sprintf("/incidents/%d/json", i.IncidentID)).Text,
			} {
				if !state.Readable && strings.Contains(strings.ReplaceAll(text, " ", ""), `"status":"operational"`) {
					t.Errorf("incident %d calls a component well: %s", n, text)
				}
			}
		}
		if state.Pages[0].Health != "not_watched" {
			feed := r.Get("/vendors/" + slug + "/feed.atom").Text
			says["feed"] = !strings.Contains(feed, "known")
			if strings.Contains(feed, "0001") {
				t.Errorf("a feed has a time that is none: %s", feed)
			}
		}
	}
	return says
}

// toolsOfAll reports for each tool and feed that tells of all vendors whether it calls all of them well.
func toolsOfAll(t *testing.T, r *webtest.Record) map[string]bool {
	says := map[string]bool{}
	var open mcp.OpenOut
	callTool(t, r, "open_incidents", map[string]any{}, &open)
	says["open_incidents"] = open.NotWellCount == 0 && open.VendorsWell > 0
	if len(open.NotWell) != open.NotWellCount {
		t.Errorf("%d of %d vendors that are not well", len(open.NotWell), open.NotWellCount)
	}
	return says
}

// digestOutputs reports for each form of the digest whether it calls all vendors well.
func digestOutputs(t *testing.T, d *query.DB, now time.Time) map[string]bool {
	built, err := digest.Build(t.Context(), d, digest.Window{Since: now.Add(-webtest.Day)}, digest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	slack, err := json.Marshal(blockkit.Digest(built))
	if err != nil {
		t.Fatal(err)
	}
	m := message.Message{ID: "vw-1", Reason: message.ReasonDigest, Digest: &built}
	mail, err := email.HTML(m)
	if err != nil {
		t.Fatal(err)
	}
	posted, err := json.Marshal(message.NewEnvelope(m))
	if err != nil {
		t.Fatal(err)
	}
	c := built.Counts
	return map[string]bool{
		"digest":                  strings.Contains(message.DigestText(built, 80), "All quiet"),
		"digest in Slack":         strings.Contains(string(slack), "All quiet"),
		"digest as mail":          strings.Contains(mail, "All quiet"),
		"digest as JSON, text":    strings.Contains(string(posted), "All quiet"),
		"digest as JSON, counted": c.VendorsWell == c.Vendors,
	}
}

// unreadText is how show says that what it prints is as of the page's last reading.
var unreadText = regexp.MustCompile(`(?m)^as of +the last reading of its page`)

// noneOpen is a line of vendors with a page that was read and has nothing open.
var noneOpen = regexp.MustCompile(`\d\d:\d\d +0 +\d+ `)

// TestNoCommandCallsWellWhatIsNotKnownToBe is TestNoOutputCallsWellWhatIsNotKnownToBe for the command line, which reads
// the clock of the machine.
func TestNoCommandCallsWellWhatIsNotKnownToBe(t *testing.T) {
	racetest.Skip(t, "runs commands one after the other")
	for seed := range 12 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			now := time.Now().UTC()
			vendors := rapid.SliceOfN(worlds, 1, 4).Example(seed)
			r, allWell := inhabit(t, vendors, now)
			run := func(args ...string) (string, string) {
				var out, told bytes.Buffer
				code := cli.Run(t.Context(), append(args, "--db", r.File.Path()), strings.NewReader(""), &out, &told)
				if code != 0 {
					t.Fatalf("%q ends with %d: %s", args, code, told.String())
				}
				return out.String(), told.String()
			}
			var list []struct{ Slug, Status, Because string }
			text, _ := run("vendors", "--json")
			decode(t, text, &list)
			table, _ := run("vendors")
			for n, w := range vendors {
				slug := fmt.Sprint("v", n)
				says := map[string]bool{}
				for _, v := range list {
					if v.Slug == slug {
						says["vendors --json"] = v.Status == "operational" && v.Because != "incident"
					}
				}
				for line := range strings.Lines(table) {
					if !strings.HasPrefix(line, " "+slug+" ") {
						continue
					}
					says["vendors"] = strings.Contains(line, "  operational  ") ||
						strings.Contains(line, "  no open incident  ")
					if w.Reading != "good" && noneOpen.MatchString(line) {
						t.Errorf("vendors counts what is open on a page that is not read: %s", line)
					}
				}
				if w.Reading != "good" {
					for _, more := range [][]string{{"--open"}, {}} {
						args := append([]string{"incidents", "--vendor", slug}, more...)
						if _, told := run(args...); !strings.Contains(told, "not known: "+slug) {
							t.Errorf("%q does not say that it is not known how the vendor does: %s", args, told)
						}
					}
				}
				for output, says := range says {
					if says != w.well() && (says || w.Lists) {
						t.Errorf("%s: %+v is called well: %t", output, w, says)
					}
				}
				if len(says) != 2 {
					t.Errorf("%s is in %d listings", slug, len(says))
				}
			}
			ids, _ := run("incidents", "--json", "--all-sources")
			var incidents []struct {
				IncidentID    int64 `json:"incident_id"`
				Vendor, State string
			}
			decode(t, ids, &incidents)
			for _, i := range incidents {
				shown, _ := run("show", fmt.Sprint(i.IncidentID), "--json")
				var n int
				if _, err := fmt.Sscanf(i.Vendor, "v%d", &n); err != nil {
					t.Fatal(err)
				}
				if vendors[n].Reading != "good" && strings.Contains(shown, `"status": "operational"`) {
					t.Errorf("show calls a component of a page that is not read well: %s", shown)
				}
				unread := vendors[n].Reading != "good" && i.State != "resolved"
				if text, _ := run("show", fmt.Sprint(i.IncidentID)); unreadText.MatchString(text) != unread ||
					unread && strings.Contains(text, "operational") {
					t.Errorf("show says of an incident of %+v: %s", vendors[n], text)
				}
			}
			says := digestOutputs(t, r.DB, now)
			printed, _ := run("digest", "--dry-run", "--since", "24h")
			says["digest --dry-run"] = strings.Contains(printed, "All quiet")
			for output, says := range says {
				if says && !allWell {
					t.Errorf("%s: all is called well: %+v", output, vendors)
				}
			}
		})
	}
}
