package normalize

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"vendorwatch/normalize/times"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// truth is what a vendor published, to be shown by documents of different exactness.
func truth(t *rapid.T) Raw {
	start := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 1e6).Draw(t,
		"start")) * time.Second)
	stamp := func(at time.Time) RawTime {
		return RawTime{Text: at.Add(17 * time.Second).Add(368 * time.Millisecond).Format(time.RFC3339Nano)}
	}
	raw := Raw{ID: "abc", URL: "https://status.acme.example/incidents/abc", Kind: "incident", Title: "Logins fail",
		Impact:  "major",
		Started: stamp(start), Components: []RawComponent{{ID: "c1", Name: "Web", Group: "EU", Status: "operational"},
			{ID: "c2", Name: "API", Status: "operational"}}}
	words := []string{"investigating", "identified", "monitoring", "resolved"}
	at := start
	last := 0
	for n := range rapid.IntRange(1, 7).Draw(t, "updates") {
		last = max(last, rapid.IntRange(last, 3).Draw(t, "state"))
		raw.Updates = append(raw.Updates, RawUpdate{ID: fmt.Sprintf("u%d", n), State: words[last], Posted: stamp(at),
			Format: FormatMarkdown,
			Body:   fmt.Sprintf("Post **%d** about it.\n\nSee [the note](https://x.example/%d).", n, n)})
		raw.State = words[last]
		if last == 3 {
			raw.Resolved = stamp(at)
			break
		}
		at = at.Add(time.Duration(rapid.IntRange(60, 90000).Draw(t, "gap")) * time.Second)
	}
	return raw
}

func minute(t RawTime) RawTime {
	at, err := times.Parse(t, "")
	if err != nil {
		return t
	}
	return RawTime{Text: at.Format("Jan 2, 2006 - 15:04 UTC")}
}

// documents shows the truth as the platform's documents do.
func documents(raw Raw) []Raw {
	json := raw
	json.Document = "incident"

	page := raw
	page.Document, page.Started, page.Resolved = "incident_page", RawTime{}, RawTime{}
	page.Components = []RawComponent{{Name: "Web", Group: "EU"}, {Name: "API"}}
	page.Updates = nil
	for n, u := range raw.Updates {
		u.ID, u.Posted, u.Format = "", minute(u.Posted), FormatHTML
		u.Body = fmt.Sprintf(`<p>Post <strong>%d</strong> about it.</p><p>See <a href="https://x.example/%d">`+
			`the note</a>.</p>`, n, n)
		if n > 0 && raw.Updates[n-1].State == u.State {
			u.State = "Update"
		}
		page.Updates = append(page.Updates, u)
	}
	feed := page
	feed.Document, feed.Impact, feed.Components = "atom", "", nil

	line := raw
	line.Document, line.Excerpt, line.State, line.Updates, line.Components = "history", true, "", nil, nil
	line.Started, line.Resolved = minute(raw.Started), RawTime{}
	if !raw.Resolved.IsZero() {
		line.Resolved = minute(raw.Resolved)
	}
	return []Raw{json, page, feed, line}
}

// Documents of one incident, read in any order and any number of times, give one and the same record.
func TestMergeDoesNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := documents(truth(t))
		order := rapid.SliceOfN(rapid.IntRange(0, len(docs)-1), 0, 8).Draw(t, "repeats")
		order = append(order, rapid.Permutation([]int{0, 1, 2, 3}).Draw(t, "order")...)
		read := func(order []int) Incident {
			record := map[string]Incident{}
			for _, n := range order {
				seen, findings := Incidents([]Raw{docs[n]}, Words{})
				if len(findings) > 0 {
					t.Fatalf("findings: %v", findings)
				}
				known, ok := record[seen[0].Key]
				if !ok {
					seen[0].Updates = tidy(seen[0].Updates)
					record[seen[0].Key] = seen[0]
					continue
				}
				merged, edits := merge(known, seen[0])
				if len(edits) > 0 {
					t.Fatalf("documents of one truth were taken for an edit: %+v", edits)
				}
				record[merged.Key] = merged
			}
			if len(record) != 1 {
				t.Fatalf("one incident became %d", len(record))
			}
			return record["abc"]
		}
		ignore := cmpopts.IgnoreFields(Incident{}, "Raws", "EndGiven")
		ignoreWas := cmpopts.IgnoreFields(Update{}, "Was")
		want, got := read([]int{0, 1, 2, 3}), read(order)
		if diff := cmp.Diff(want, got, ignore, ignoreWas); diff != "" {
			t.Fatalf("order %v gives another record (-in order +so):\n%s", order, diff)
		}
	})
}

func TestAnExactValueIsNeverReplacedByAVaguerOne(t *testing.T) {
	base, _ := read(t, outage())
	vague := outage()
	vague.Document, vague.Resolved, vague.Started = "incident_page", RawTime{}, RawTime{}
	for n := range vague.Updates {
		vague.Updates[n].ID = ""
		vague.Updates[n].Posted = minute(vague.Updates[n].Posted)
	}
	vague.Updates[1].State = "Update"
	vague.Updates[2].Body = "It is…"
	seen, _ := read(t, vague)
	merged := Merge(base, seen)
	ignore := cmpopts.IgnoreFields(Incident{}, "Raws", "EndGiven")
	if diff := cmp.Diff(base, merged, ignore); diff != "" {
		t.Errorf("(-known +merged):\n%s", diff)
	}
}

func TestAnOlderDocumentUndoesNothing(t *testing.T) {
	now, _ := read(t, outage())
	old := outage()
	old.State, old.Resolved, old.Title, old.Impact = "investigating", RawTime{}, "Logins slow", "none"
	old.Updates = old.Updates[:1]
	seen, _ := read(t, old)
	merged := Merge(now, seen)
	if merged.State != StateResolved || merged.Title != "Logins fail" || merged.Severity != SeverityMinor ||
		len(merged.Updates) != 3 {
		t.Errorf("merged: %s %q %s with %d updates", merged.State, merged.Title, merged.Severity, len(merged.Updates))
	}
}

func TestAHistoryLineTellsHowItEnded(t *testing.T) {
	open := outage()
	open.State, open.Resolved, open.Updates = "investigating", RawTime{}, open.Updates[:2]
	known, _ := read(t, open)
	seen, _ := read(t, Raw{Document: "history", ID: "abc123", Title: "Logins fail", Impact: "minor", Excerpt: true,
		Period: RawTime{Text: "Mar 1, 10:00 - 10:30 UTC", Near: "March 2026"}})
	merged := Merge(known, seen)
	if merged.State != StateResolved || FormatTime(merged.ResolvedAt) != "2026-03-01T10:30:00.000Z" ||
		len(merged.Updates) != 2 {
		t.Errorf("merged: %s at %q with %d updates", merged.State, FormatTime(merged.ResolvedAt), len(merged.Updates))
	}
}

func TestTwoPostsOfOneMinuteKeepTheirTexts(t *testing.T) {
	raw := outage()
	raw.Updates = []RawUpdate{
		{ID: "a", State: "investigating", Posted: printedAt("2026-03-01T10:00:01Z"), Body: "One."},
		{ID: "b", State: "investigating", Posted: printedAt("2026-03-01T10:00:40Z"), Body: "Two."},
	}
	raw.State, raw.Resolved = "investigating", RawTime{}
	known, _ := read(t, raw)
	page := raw
	page.Document = "incident_page"
	page.Updates = slices.Clone(raw.Updates)
	for n := range page.Updates {
		page.Updates[n].ID, page.Updates[n].Posted = "", printedAt("Mar 1, 2026 - 10:00 UTC")
	}
	slices.Reverse(page.Updates)
	seen, _ := read(t, page)
	merged, edits := merge(known, seen)
	var texts []string
	for _, u := range merged.Updates {
		texts = append(texts, u.Key+"="+u.Body)
	}
	if got := strings.Join(texts, " "); got != "a=One. b=Two." || len(edits) != 0 {
		t.Errorf("%s, edits %v", got, edits)
	}
}

// A link that leads elsewhere is an edit; the same link in another document's form is none.
func TestALinkThatLeadsElsewhereIsAnEdit(t *testing.T) {
	text := func(document, id, body, format string) Incident {
		raw := outage()
		raw.Document = document
		raw.Updates = slices.Clone(raw.Updates)
		raw.Updates[0].ID, raw.Updates[0].Body, raw.Updates[0].Format = id, body, format
		i, _ := read(t, raw)
		return i
	}
	id := outage().Updates[0].ID
	was := text("summary", id, "See [the note](https://acme.example/1).", FormatMarkdown)
	for what, c := range map[string]struct {
		seen  Incident
		edits int
		body  string
	}{
		"elsewhere": {text("summary", id, "See [the note](https://acme.example/2).", FormatMarkdown), 1,
			"See [the note](https://acme.example/2)."},
		"the same": {text("summary", id, "See  [the note](https://acme.example/1).", FormatMarkdown), 0,
			"See [the note](https://acme.example/1)."},
		"another's marks": {text("atom", "", `See <a href="https://acme.example/1">the note</a>.`, FormatHTML), 0,
			"See [the note](https://acme.example/1)."},
	} {
		merged, edits := merge(was, c.seen)
		if len(edits) != c.edits || merged.Updates[0].Body != c.body {
			t.Errorf("%s: edits %v, body %q", what, edits, merged.Updates[0].Body)
		}
	}
}

// Where two documents spell a title's spaces differently, the one with more of them is as it was written;
// where one document spells it anew, the vendor did.
func TestATitleIsSpeltAsItWasWritten(t *testing.T) {
	titled := func(document, title string) Incident {
		raw := outage()
		raw.Document, raw.Title = document, title
		i, _ := read(t, raw)
		return i
	}
	for _, c := range []struct{ known, seen, want string }{
		{"summary: Exports &amp;  imports", "page: Exports & imports", "Exports &  imports"},
		{"page: Exports & imports", "summary: Exports &  imports", "Exports &  imports"},
		{"summary: Exports &  imports", "summary: Exports & imports", "Exports & imports"},
		{"summary: Exports & imports", "summary: Exports &\n imports ", "Exports & imports"},
	} {
		document, title, _ := strings.Cut(c.known, ": ")
		known := titled(document, title)
		document, title, _ = strings.Cut(c.seen, ": ")
		merged, edits := merge(known, titled(document, title))
		if merged.Title != c.want || len(edits) != 0 {
			t.Errorf("%q, then %q: %q with edits %v", c.known, c.seen, merged.Title, edits)
		}
	}
}

// Two posts a minute apart with the same words, one of them edited: a document without seconds and ids tells both,
// and each stays one.
func TestPostsAMinuteApartStayTwo(t *testing.T) {
	at := func(clock string) time.Time {
		got, err := time.Parse(TimeLayout, "2026-03-28T"+clock+"Z")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	known := Incident{Key: "i", Updates: []Update{
		{Key: "a", State: StateScheduled, PostedAt: at("18:00:00.006"), Body: "Nothing is asked of you."},
		{Key: "b", State: StateScheduled, PostedAt: at("18:01:00.182"), Body: "Nothing is asked of you."},
	}}
	seen := Incident{Key: "i", Updates: []Update{
		{Key: "@2026-03-28T18:00Z/scheduled", State: StateScheduled, PostedAt: at("18:00:00.000"),
			Body: "Nothing is asked of you. More soon."},
		{Key: "@2026-03-28T18:01Z/scheduled", State: StateScheduled, PostedAt: at("18:01:00.000"),
			Body: "Nothing is asked of you."},
	}}
	got := Merge(known, seen).Updates
	if len(got) != 2 || got[0].Key != "a" || got[1].Key != "b" || got[0].Body != seen.Updates[0].Body ||
		got[1].Body != known.Updates[1].Body {
		t.Errorf("the timeline is %+v", got)
	}
}
