package blockkit

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

// hostile draws text as a vendor might write it who is careless, or means harm.
func hostile() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		piece := rapid.SampledFrom([]string{"<!channel>", "<!here|x>", "<https://evil.example|click>", "&", "<", ">",
			"&lt;!channel&gt;", "&amp", "`", "```", "*", "_",
			"\n", "\r\n", "\t", "\x00", "\x1b[31m", "\u202e", "\u2066", "🔥", "👩‍👩‍👧‍👦", "خدمة متوقفة", "|",
			"a very long word", " ", "\xff\xfe", "\u2028", "x", "@here", "![i](http://x)", "[l](javascript:alert(1))",
			"# ", "<script>"})
		parts := rapid.SliceOfN(rapid.OneOf(piece, rapid.String()), 0, 12).Draw(t, "parts")
		return strings.Repeat(strings.Join(parts, ""), rapid.SampledFrom([]int{1, 1, 1, 1, 20, 400}).Draw(t, "times"))
	})
}

func TestSlackLimitsHoldWhateverVendorsWrite(t *testing.T) {
	racetest.Skip(t, "laying out a message is pure, and has no goroutines")
	rapid.Check(t, func(t *rapid.T) {
		text := hostile()
		link := rapid.OneOf(text, rapid.SampledFrom([]string{"", "javascript:alert(1)",
			"https://status.example/i?a=1&b=<x>|y", "http://[::1", "//host/x",
			"https://user:secret@status.example/x", "https://status.example/" + strings.Repeat("é", 3000)}))
		word := func(words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }
		var f digest.Facts
		f.Incidents = map[int64]query.Incident{}
		for id := range int64(rapid.SampledFrom([]int{0, 1, 3, 60}).Draw(t, "incidents")) {
			i := query.Incident{IncidentID: id + 1, Vendor: word("a", "b", "c", "d"), SourceID: 1,
				Kind:        word("incident", "maintenance", "notice", "?"),
				Severity:    word("none", "minor", "major", "critical", "unknown", ""),
				State:       word("investigating", "resolved", "scheduled", "unknown", ""),
				StartedAt:   word("", "2025-11-23T17:46:00.000Z", "not a time", "2035-01-01T00:00:00.000Z"),
				FirstSeenAt: "2025-11-23T17:46:00.000Z"}
			if id < 5 {
				i.Title, i.VendorName, i.LatestBody = text.Draw(t, "title"), text.Draw(t, "vendor"),
					text.Draw(t, "body")
				i.Components, i.VendorState, i.URL, i.PageURL = text.Draw(t, "components"), text.Draw(t, "state"),
					link.Draw(t, "url"), link.Draw(t, "page")
			} else {
				i.Title = strings.Repeat("Something is broken & slow ", int(id%20))
				i.LatestBody = strings.Repeat("<b>", 300)
			}
			f.Incidents[i.IncidentID] = i
			f.Events = append(f.Events, query.Event{EventID: id, IncidentID: i.IncidentID, Vendor: i.Vendor,
				At: "2025-11-23T18:00:00.000Z",
				Kind: normalize.EventKind(word("incident_opened", "incident_edited", "postmortem_posted",
					"severity_changed", "component_changed", "source_readable", "?")),
				Body: i.LatestBody, Detail: map[string]string{"from": i.Title, "to": i.VendorState, "fields": i.Title,
					"component": i.Title, "reason": i.Title,
					"from_name": word("", i.Title)}})
		}
		blind := rapid.SampledFrom([]int{0, 1, 40, 200}).Draw(t, "blind")
		for id := range int64(blind) {
			h := query.SourceHealth{SourceID: id, Vendor: fmt.Sprintf("v%d", id), VendorName: "Vendor & Sons",
				Watched: 1, Health: "unreadable", LastError: strings.Repeat("<", 500)}
			if id < 3 {
				h.VendorName, h.LastError, h.PageURL = text.Draw(t, "blind vendor"), text.Draw(t, "error"),
					link.Draw(t, "blind page")
			}
			f.Health = append(f.Health, h)
		}
		unseen := rapid.SampledFrom([]int{0, 1, 60}).Draw(t, "not fully seen")
		for id := range int64(unseen) {
			h := query.SourceHealth{SourceID: 1000 + id, Vendor: fmt.Sprintf("r%d", id),
				VendorName: strings.Repeat("<Vendor> ", 20), Watched: 1, Health: "ok",
				LastSuccessAt: "2025-11-24T07:58:00.000Z", Indicator: "minor & more"}
			f.Health = append(f.Health, h)
			f.Gaps = append(f.Gaps, query.Gap{SourceID: h.SourceID, VendorName: h.VendorName, Watched: 1,
				Reason: query.GapUnreadable, FromAt: "2025-11-24T01:00:00.000Z", ToAt: "2025-11-24T02:00:00.000Z"})
		}
		d := digest.Assemble(f, digest.Window{Until: reporttest.Monday},
			digest.Options{Zone: reporttest.Monday.Location(), Now: reporttest.Monday})
		joined := channeltest.CheckSlack(t, Digest(d))
		if blind > 0 && !strings.Contains(joined, fmt.Sprintf("Could not read (%d)", blind)) {
			t.Fatalf("the digest does not say that %d pages could not be read", blind)
		}
		for _, s := range d.Sections() {
			if !strings.Contains(joined, fmt.Sprintf("%s (%d)", s.Title, len(s.Items))) {
				t.Fatalf("section %q of %d is not named", s.Title, len(s.Items))
			}
		}
		plain := message.DigestText(d, 80)
		if strings.ContainsAny(plain, "\x1b\x00\r\u202e") {
			t.Fatalf("control characters in %q", plain)
		}
		for _, e := range f.Events {
			if line := message.EventLine(e, nil); strings.ContainsAny(line, "\n\r\x1b\x00\u202e") {
				t.Fatalf("control characters in the line %q", line)
			}
		}
	})
}

func TestSlackOfABodyOf100000Characters(t *testing.T) {
	f := digest.Facts{Incidents: map[int64]query.Incident{1: {IncidentID: 1, Vendor: "v", VendorName: "V",
		Kind: "incident", State: "investigating",
		Title: strings.Repeat("<!channel> ", 10000), LatestBody: strings.Repeat("🔥&", 50000)}},
		Events: []query.Event{{EventID: 1, IncidentID: 1, Vendor: "v", Kind: normalize.EventIncidentOpened}}}
	joined := channeltest.CheckSlack(t, Digest(digest.Assemble(f, digest.Window{Until: reporttest.Monday},
		digest.Options{Zone: reporttest.Monday.Location()})))
	if !strings.Contains(joined, "&lt;!channel&gt;") || !strings.Contains(joined, message.MoreOnPage) {
		t.Errorf("want the title escaped and the words cut with %q, got:\n%s", message.MoreOnPage, joined)
	}
}

func TestSlackCountsWhatFindsNoRoom(t *testing.T) {
	f := digest.Facts{Incidents: map[int64]query.Incident{}}
	for id := int64(1); id <= 300; id++ {
		vendor := "vendor" + string(rune('a'+id%10))
		f.Incidents[id] = query.Incident{IncidentID: id, Vendor: vendor, VendorName: vendor, Kind: "incident",
			State: "investigating", Severity: "major",
			Title: fmt.Sprintf("Trouble %d", id), LatestBody: strings.Repeat("word ", 100)}
		f.Events = append(f.Events, query.Event{EventID: id, IncidentID: id, Vendor: vendor,
			Kind: normalize.EventIncidentOpened})
	}
	joined := channeltest.CheckSlack(t, Digest(digest.Assemble(f, digest.Window{Until: reporttest.Monday},
		digest.Options{Zone: reporttest.Monday.Location()})))
	shown := strings.Count(joined, "🟠")
	if want := fmt.Sprintf("… and %d more: vendor", 300-shown); shown == 0 || !strings.Contains(joined, want) {
		t.Errorf("%d items are shown; want %q in:\n%s", shown, want, joined)
	}
}

func TestMrkdwnNeverCutsAnEscape(t *testing.T) {
	for limit := 1; limit < 30; limit++ {
		got := mrkdwn("ab<&>🔥<&>ab<&>", limit, "…")
		if size(got) > limit || strings.Contains(channeltest.SlackEscape.ReplaceAllString(got, ""), "&") {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
}
