package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// texts returns every text of a message with Slack's limit for it.
func texts(t interface{ Fatalf(string, ...any) }, m slack.WebhookMessage) (all []string) {
	for _, b := range m.Blocks.BlockSet {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			all = append(all, b.Text.Text)
			if n := utf8.RuneCountInString(b.Text.Text); n == 0 || n > 150 {
				t.Fatalf("header of %d characters", n)
			}
		case *slack.SectionBlock:
			all = append(all, b.Text.Text)
			if n := utf8.RuneCountInString(b.Text.Text); n == 0 || n > 3000 {
				t.Fatalf("section of %d characters", n)
			}
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				text := e.(*slack.TextBlockObject).Text
				all = append(all, text)
				if n := utf8.RuneCountInString(text); n == 0 || n > 3000 {
					t.Fatalf("context of %d characters", n)
				}
			}
		default:
			t.Fatalf("block %T", b)
		}
	}
	return append(all, m.Text)
}

var (
	slackLink   = regexp.MustCompile(`<https?://[^<>| ]+\|[^<>\n]+>`)
	slackEscape = regexp.MustCompile(`&(amp|lt|gt);`)
)

// checkSlack fails unless the message keeps Slack's limits and holds no control sequence but our own links.
func checkSlack(t interface{ Fatalf(string, ...any) }, m slack.WebhookMessage) string {
	all := texts(t, m)
	joined := strings.Join(all, "\n")
	if n := len(m.Blocks.BlockSet); n > 50 {
		t.Fatalf("%d blocks", n)
	}
	if n := utf8.RuneCountInString(joined); n > 11000 {
		t.Fatalf("%d characters in all", n)
	}
	bare := slackLink.ReplaceAllString(joined, "")
	if at := strings.IndexAny(bare, "<>"); at >= 0 {
		t.Fatalf("unescaped %q in %q", bare[at], bare[max(0, at-40):min(len(bare), at+40)])
	}
	if rest := slackEscape.ReplaceAllString(bare, ""); strings.Contains(rest, "&") {
		t.Fatalf("unescaped or broken & in %q", rest)
	}
	for _, r := range joined {
		if (unicode.IsControl(r) && r != '\n') || r == '\u202e' {
			t.Fatalf("control character %U", r)
		}
	}
	if !utf8.ValidString(joined) {
		t.Fatalf("invalid UTF-8")
	}
	if _, err := json.Marshal(m); err != nil {
		t.Fatalf("%v", err)
	}
	return joined
}

// hostile draws text as a vendor might write it who is careless, or means harm.
func hostile() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		piece := rapid.SampledFrom([]string{"<!channel>", "<!here|x>", "<https://evil.example|click>", "&", "<", ">", "&lt;!channel&gt;", "&amp", "`", "```", "*", "_",
			"\n", "\r\n", "\t", "\x00", "\x1b[31m", "\u202e", "\u2066", "🔥", "👩‍👩‍👧‍👦", "خدمة متوقفة", "|", "a very long word", " ", "\xff\xfe", "\u2028", "x", "@here", "![i](http://x)", "[l](javascript:alert(1))", "# ", "<script>"})
		parts := rapid.SliceOfN(rapid.OneOf(piece, rapid.String()), 0, 12).Draw(t, "parts")
		return strings.Repeat(strings.Join(parts, ""), rapid.SampledFrom([]int{1, 1, 1, 1, 20, 400}).Draw(t, "times"))
	})
}

func TestSlackLimitsHoldWhateverVendorsWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := hostile()
		link := rapid.OneOf(text, rapid.SampledFrom([]string{"", "javascript:alert(1)", "https://status.example/i?a=1&b=<x>|y", "http://[::1", "//host/x",
			"https://user:secret@status.example/x", "https://status.example/" + strings.Repeat("é", 3000)}))
		word := func(words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }
		var f facts
		f.incidents = map[int64]db.Incident{}
		for id := range int64(rapid.SampledFrom([]int{0, 1, 3, 60}).Draw(t, "incidents")) {
			i := db.Incident{IncidentID: id + 1, Vendor: word("a", "b", "c", "d"), SourceID: 1, Kind: word("incident", "maintenance", "notice", "?"),
				Severity: word("none", "minor", "major", "critical", "unknown", ""), State: word("investigating", "resolved", "scheduled", "unknown", ""),
				StartedAt: word("", "2025-11-23T17:46:00.000Z", "not a time", "2035-01-01T00:00:00.000Z"), FirstSeenAt: "2025-11-23T17:46:00.000Z"}
			if id < 5 {
				i.Title, i.VendorName, i.LatestBody = text.Draw(t, "title"), text.Draw(t, "vendor"), text.Draw(t, "body")
				i.Components, i.VendorState, i.URL, i.PageURL = text.Draw(t, "components"), text.Draw(t, "state"), link.Draw(t, "url"), link.Draw(t, "page")
			} else {
				i.Title = strings.Repeat("Something is broken & slow ", int(id%20))
				i.LatestBody = strings.Repeat("<b>", 300)
			}
			f.incidents[i.IncidentID] = i
			f.events = append(f.events, db.Event{EventID: id, IncidentID: i.IncidentID, Vendor: i.Vendor, At: "2025-11-23T18:00:00.000Z",
				Kind: normalize.EventKind(word("incident_opened", "incident_edited", "postmortem_posted", "severity_changed", "component_changed", "source_readable", "indicator_raised", "indicator_cleared", "?")),
				Body: i.LatestBody, Detail: map[string]string{"from": i.Title, "to": i.VendorState, "fields": i.Title, "component": i.Title, "reason": i.Title,
					"indicator": i.Title, "description": i.Title, "from_name": word("", i.Title)}})
		}
		blind := rapid.SampledFrom([]int{0, 1, 40, 200}).Draw(t, "blind")
		for id := range int64(blind) {
			h := db.SourceHealth{SourceID: id, Vendor: fmt.Sprintf("v%d", id), VendorName: "Vendor & Sons", Watched: 1, Health: "unreadable", LastError: strings.Repeat("<", 500)}
			if id < 3 {
				h.VendorName, h.LastError, h.PageURL = text.Draw(t, "blind vendor"), text.Draw(t, "error"), link.Draw(t, "blind page")
			}
			f.health = append(f.health, h)
		}
		raised := rapid.SampledFrom([]int{0, 1, 60}).Draw(t, "raised")
		for id := range int64(raised) {
			h := db.SourceHealth{SourceID: 1000 + id, Vendor: fmt.Sprintf("r%d", id), VendorName: strings.Repeat("<Vendor> ", 20), Watched: 1, Health: "ok",
				LastSuccessAt: "2025-11-24T07:58:00.000Z", Indicator: "minor & more", IndicatorSinceAt: "2025-11-24T07:00:00.000Z"}
			f.health = append(f.health, h)
			f.blind = append(f.blind, db.Blind{SourceID: h.SourceID, VendorName: h.VendorName, Watched: 1, Reason: db.BlindUnreadable, FromAt: "2025-11-24T01:00:00.000Z", ToAt: "2025-11-24T02:00:00.000Z"})
		}
		d := assemble(f, Window{Until: monday}, Options{Zone: monday.Location(), Now: monday})
		joined := checkSlack(t, SlackBlocks(d))
		if blind > 0 && !strings.Contains(joined, fmt.Sprintf("Could not read (%d)", blind)) {
			t.Fatalf("the digest does not say that %d pages could not be read", blind)
		}
		if raised > 0 && !strings.Contains(joined, fmt.Sprintf("*%s (%d)*", alarmsTitle, len(d.Indicators))) {
			t.Fatalf("the digest does not say that %d pages have their indicator raised", len(d.Indicators))
		}
		for _, s := range d.sections() {
			if !strings.Contains(joined, fmt.Sprintf("%s (%d)", s.title, len(s.items))) {
				t.Fatalf("section %q of %d is not named", s.title, len(s.items))
			}
		}
		plain := Text(d, 80)
		if strings.ContainsAny(plain, "\x1b\x00\r\u202e") {
			t.Fatalf("control characters in %q", plain)
		}
		for _, e := range f.events {
			if line := Line(e, nil); strings.ContainsAny(line, "\n\r\x1b\x00\u202e") {
				t.Fatalf("control characters in the line %q", line)
			}
		}
	})
}

func TestSlackOfABodyOf100000Characters(t *testing.T) {
	f := facts{incidents: map[int64]db.Incident{1: {IncidentID: 1, Vendor: "v", VendorName: "V", Kind: "incident", State: "investigating",
		Title: strings.Repeat("<!channel> ", 10000), LatestBody: strings.Repeat("🔥&", 50000)}},
		events: []db.Event{{EventID: 1, IncidentID: 1, Vendor: "v", Kind: normalize.EventIncidentOpened}}}
	joined := checkSlack(t, SlackBlocks(assemble(f, Window{Until: monday}, Options{Zone: monday.Location()})))
	if !strings.Contains(joined, "&lt;!channel&gt;") || !strings.Contains(joined, cutToPage) {
		t.Errorf("want the title escaped and the words cut with %q, got:\n%s", cutToPage, joined)
	}
}

func TestSlackCountsWhatFindsNoRoom(t *testing.T) {
	f := facts{incidents: map[int64]db.Incident{}}
	for id := int64(1); id <= 300; id++ {
		vendor := "vendor" + string(rune('a'+id%10))
		f.incidents[id] = db.Incident{IncidentID: id, Vendor: vendor, VendorName: vendor, Kind: "incident", State: "investigating", Severity: "major",
			Title: fmt.Sprintf("Trouble %d", id), LatestBody: strings.Repeat("word ", 100)}
		f.events = append(f.events, db.Event{EventID: id, IncidentID: id, Vendor: vendor, Kind: normalize.EventIncidentOpened})
	}
	joined := checkSlack(t, SlackBlocks(assemble(f, Window{Until: monday}, Options{Zone: monday.Location()})))
	shown := strings.Count(joined, "🟠")
	if want := fmt.Sprintf("… and %d more: vendor", 300-shown); shown == 0 || !strings.Contains(joined, want) {
		t.Errorf("%d items are shown; want %q in:\n%s", shown, want, joined)
	}
}

func TestMrkdwnNeverCutsAnEscape(t *testing.T) {
	for limit := 1; limit < 30; limit++ {
		got := mrkdwn("ab<&>🔥<&>ab<&>", limit, "…")
		if size(got) > limit || strings.Contains(slackEscape.ReplaceAllString(got, ""), "&") {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
}
