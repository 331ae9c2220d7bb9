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
		joined := joinedParts(t, d)
		for _, g := range d.Groups() {
			if !strings.Contains(joined, fmt.Sprintf("%s (%d)", g.Title, len(g.Lines))) {
				t.Fatalf("list %q of %d is not named", g.Title, len(g.Lines))
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

// joinedParts are the texts of a digest's messages, each of which keeps Slack's limits.
func joinedParts(t interface{ Fatalf(string, ...any) }, d message.Digest) string {
	var all []string
	for _, w := range Digest(d) {
		all = append(all, channeltest.CheckSlack(t, w))
	}
	return strings.Join(all, "\n")
}

func TestSlackOfABodyOf100000Characters(t *testing.T) {
	f := digest.Facts{Incidents: map[int64]query.Incident{1: {IncidentID: 1, Vendor: "v", VendorName: "V",
		Kind: "incident", State: "investigating", Severity: "major",
		Title: strings.Repeat("<!channel> ", 10000), LatestBody: strings.Repeat("🔥&", 50000)}},
		Events: []query.Event{{EventID: 1, IncidentID: 1, Vendor: "v", Kind: normalize.EventIncidentOpened}}}
	joined := joinedParts(t, digest.Assemble(f, digest.Window{Until: reporttest.Monday},
		digest.Options{Zone: reporttest.Monday.Location()}))
	if !strings.Contains(joined, "&lt;!channel&gt;…|") && !strings.Contains(joined, "&lt;!channel&gt;… ") ||
		!strings.Contains(joined, "&amp;…") {
		t.Errorf("want the title escaped and the words cut, got:\n%s", joined)
	}
}

// badWeek is a digest of a week in which many vendors had incidents, with posts of any length.
func badWeek(t *rapid.T, incidents int) message.Digest {
	f := digest.Facts{Incidents: map[int64]query.Incident{}}
	for id := range int64(incidents) {
		vendor := fmt.Sprintf("vendor%d", rapid.IntRange(0, 49).Draw(t, "vendor"))
		i := query.Incident{IncidentID: id + 1, Vendor: vendor, VendorName: vendor, SourceID: 1, Kind: "incident",
			State:    rapid.SampledFrom([]string{"investigating", "monitoring", "resolved"}).Draw(t, "state"),
			Severity: rapid.SampledFrom([]string{"critical", "major", "minor", "unknown"}).Draw(t, "severity"),
			Title: fmt.Sprintf("Trouble No%d ", id+1) +
				strings.Repeat("elsewhere ", rapid.IntRange(0, 12).Draw(t, "title")),
			URL:        fmt.Sprintf("https://status.%s.example/incidents/%024d", vendor, id),
			StartedAt:  "2025-11-20T10:00:00.000Z",
			Components: strings.Repeat("Group › Component, ", rapid.IntRange(0, 6).Draw(t, "components")) + "API",
			LatestBody: strings.Repeat("Everybody suffers. ", rapid.IntRange(0, 30).Draw(t, "body"))}
		f.Incidents[i.IncidentID] = i
		f.Events = append(f.Events, query.Event{EventID: id + 1, IncidentID: i.IncidentID, Vendor: vendor,
			Kind: normalize.EventIncidentOpened})
	}
	return digest.Assemble(f, digest.Window{Until: reporttest.Monday},
		digest.Options{Zone: reporttest.Monday.Location()})
}

func TestEveryIncidentOfABadWeekIsNamedOnce(t *testing.T) {
	racetest.Skip(t, "laying out a message is pure, and has no goroutines")
	rapid.Check(t, func(t *rapid.T) {
		incidents := rapid.SampledFrom([]int{1, 14, 94, 150}).Draw(t, "incidents")
		d := badWeek(t, incidents)
		parts := Digest(d)
		if len(parts) > mostMessages {
			t.Fatalf("%d messages", len(parts))
		}
		var texts []string
		for _, w := range parts {
			texts = append(texts, channeltest.CheckSlack(t, w))
		}
		joined := strings.Join(texts, "\n") + " "
		for _, i := range d.New {
			name := fmt.Sprintf("Trouble No%d", i.IncidentID)
			n := 0
			for _, behind := range []string{" ", "…", "|", ">", "\n"} {
				n += strings.Count(joined, name+behind)
			}
			if n != 1 {
				t.Fatalf("%s is named %d times in:\n%s", name, n, joined)
			}
			first := strings.Contains(texts[0]+" ", name)
			if open := i.State != "resolved"; open && i.Severity == "critical" && incidents <= 94 && !first {
				t.Fatalf("%s, critical and open, is not in the first message", name)
			}
		}
		for _, text := range texts {
			for line := range strings.Lines(text) {
				before, _, cut := strings.Cut(line, "…")
				if cut && !strings.HasSuffix(before, "elsewhere") && !strings.HasSuffix(before, "suffers.") &&
					!strings.HasSuffix(before, "Component ") {
					t.Fatalf("cut within a word: %q", line)
				}
			}
		}
	})
}

// Beyond what three short messages hold there are more of them, and still nothing is left out.
func TestNoDigestIsTooLongForSlack(t *testing.T) {
	d := message.Digest{Headline: "1500 new"}
	for n := range 1500 {
		d.New = append(d.New, message.Item{Incident: query.Incident{IncidentID: int64(n + 1), VendorName: "Acme",
			State: "investigating", Severity: "minor", Title: "Trouble No" + strings.Repeat(" elsewhere", 12)}})
	}
	if n := strings.Count(joinedParts(t, d), "Trouble No"); n != 1500 {
		t.Fatalf("%d of 1500 incidents are named", n)
	}
}

// A review names every vendor once before the parts, however many there are.
func TestAReviewKeepsSlacksLimits(t *testing.T) {
	for _, vendors := range []int{0, 5, 50, 300} {
		for _, text := range []string{"Vendor & Sons ", "<!channel> `🔥` ", "\u202e\x1b[31m\n@here "} {
			d := reporttest.LongReview(t, vendors, text)
			joined := joinedParts(t, d)
			for n := range vendors {
				if c := strings.Count(joined, fmt.Sprintf("*No%d.", n)) +
					strings.Count(joined, fmt.Sprintf("|No%d.", n)); c != 1 {
					t.Fatalf("%d vendors %q: vendor %d is named %d times", vendors, text, n, c)
				}
			}
			if n := len(Digest(d)); vendors <= 50 && n > mostMessages {
				t.Errorf("%d vendors %q: %d messages", vendors, text, n)
			}
		}
	}
}

func TestMrkdwnNeverCutsAnEscape(t *testing.T) {
	escapes := strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "")
	for limit := 1; limit < 30; limit++ {
		got := mrkdwn("ab<&>🔥<&>ab<&>", limit, "…")
		if size(got) > limit || strings.Contains(escapes.Replace(got), "&") {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
}
