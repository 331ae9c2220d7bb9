package words

import (
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/query"
)

func TestCount(t *testing.T) {
	for _, c := range []struct {
		n    int
		noun string
		want string
	}{
		{0, "incident", "0 incidents"},
		{1, "incident", "1 incident"},
		{2, "incident", "2 incidents"},
		{1, "entry", "1 entry"},
		{3, "entry", "3 entries"},
		{3, "day", "3 days"},
		{3, "reply", "3 replies"},
		{3, "match", "3 matches"},
		{3, "box", "3 boxes"},
		{3, "status", "3 statuses"},
		{3, "page", "3 pages"},
		{3, "more component", "3 more components"},
		{3, "further maintenance", "3 further maintenances"},
		{2, "y", "2 ys"},
	} {
		if got := Count(c.n, c.noun); got != c.want {
			t.Errorf("Count(%d, %q) = %q, want %q", c.n, c.noun, got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for n, want := range map[int]string{0: "0 times", 1: "once", 2: "twice", 3: "3 times"} {
		if got := Times(n); got != want {
			t.Errorf("Times(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestAnd(t *testing.T) {
	for _, c := range []struct {
		list []string
		want string
	}{
		{nil, ""},
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "a and b"},
		{[]string{"a", "b", "c"}, "a, b and c"},
	} {
		if got := And(c.list); got != c.want {
			t.Errorf("And(%q) = %q, want %q", c.list, got, c.want)
		}
	}
}

func TestSpell(t *testing.T) {
	for word, want := range map[string]string{"in_progress": "in progress", "resolved": "resolved", "": "",
		"a_b_c\n": "a b c"} {
		if got := Spell(word); got != want {
			t.Errorf("Spell(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestSeverity(t *testing.T) {
	for severity, want := range map[string]string{
		"": "severity unknown", "unknown": "severity unknown", "none": "no impact", "minor": "minor",
		"critical": "critical",
	} {
		if got := Severity(severity); got != want {
			t.Errorf("Severity(%q) = %q, want %q", severity, got, want)
		}
	}
}

func TestSeverityChange(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"minor", "critical", "minor → critical (worse)"},
		{"critical", "minor", "critical → minor (milder)"},
		{"none", "minor", "none → minor (worse)"},
		{"minor", "minor", "minor → minor"},
		{"unknown", "critical", "unknown → critical"},
		{"critical", "unknown", "critical → unknown"},
		{"", "major", "unknown → major"},
		{"major", "", "major → unknown"},
	} {
		if got := SeverityChange(c.from, c.to); got != c.want {
			t.Errorf("SeverityChange(%q, %q) = %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestLasted(t *testing.T) {
	length := int64(2*3600 + 300)
	for _, c := range []struct {
		incident query.Incident
		want     string
	}{
		{query.Incident{State: "resolved", DurationSeconds: &length}, "2 h 5 min"},
		{query.Incident{State: "resolved"}, "not known"},
		{query.Incident{State: "cancelled", Kind: "maintenance"}, "not known"},
		{query.Incident{State: "investigating"}, "ongoing"},
		{query.Incident{State: "investigating", LeftFeedAt: "2025-11-24T07:30:00.000Z"}, "left the page"},
		{query.Incident{State: "scheduled", Kind: "maintenance"}, "planned"},
		{query.Incident{State: "in_progress", Kind: "maintenance"}, "ongoing"},
		{query.Incident{State: "scheduled", Kind: "incident"}, "ongoing"},
	} {
		if got := Lasted(c.incident); got != c.want {
			t.Errorf("Lasted(%+v) = %q, want %q", c.incident, got, c.want)
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"a\r\n\tb":                 "a b",
		"  a  b  ":                 "a b",
		"\x1b[31mred\x1b[0m":       "[31mred [0m",
		"abc\u202edef\u2066":       "abcdef",
		"zero\u200bwidth":          "zerowidth",
		"👩\u200d🚒 at work":         "👩\u200d🚒 at work",
		"bad \xff byte":            "bad \ufffd byte",
		"line\u2028and\u2029block": "line and block",
		"":                         "",
	} {
		if got := OneLine(text); got != want {
			t.Errorf("OneLine(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		mark  string
		want  string
	}{
		{"short", 5, "…", "short"},
		{"größer", 6, "…", "größer"},
		{"größer", 5, "…", "größ…"},
		{"one two three", 11, "…", "one two…"},
		{"one twothreefour", 12, "…", "one twothre…"},
		{"the end, and more", 9, "…", "the end…"},
		{"one two three", 9, " (more)", "on (more)"},
		{"one two", 3, "(more)", "(mo"},
		{"one", 0, "…", ""},
		{"one", -1, "…", ""},
	} {
		if got := Cut(c.text, c.limit, c.mark); got != c.want {
			t.Errorf("Cut(%q, %d, %q) = %q, want %q", c.text, c.limit, c.mark, got, c.want)
		}
	}
}

func TestShortIsOneLineWithinItsLimit(t *testing.T) {
	holds := func(text string, limit uint8) bool {
		short := Short(text, int(limit))
		return utf8.RuneCountInString(short) <= int(limit) && !strings.ContainsAny(short, "\r\n\t\x1b") &&
			OneLine(short) == short
	}
	if err := quick.Check(holds, nil); err != nil {
		t.Error(err)
	}
}

func TestNearest(t *testing.T) {
	keys := []string{"schedule", "severity", "retry_after", "Europe/Berlin"}
	for word, want := range map[string]string{
		"shedule":       "schedule",
		"Schedule":      "schedule",
		"retry-after":   "retry_after",
		"sev":           "severity",
		"se":            "",
		"europe_berlin": "Europe/Berlin",
		"europe/berlni": "Europe/Berlin",
		"url":           "",
		"":              "",
	} {
		if got := Nearest(word, keys); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestSimilar(t *testing.T) {
	names := []string{"GitHub", "GitLab", "Git Tower", "Datadog", "GitHub"}
	for _, c := range []struct {
		name string
		most int
		want []string
	}{
		{"git-hub", 5, []string{"GitHub", "GitLab"}},
		{"git", 5, []string{"GitHub", "GitLab", "Git Tower"}},
		{"git", 2, []string{"GitHub", "GitLab"}},
		{"data dog", 5, []string{"Datadog"}},
		{"dataodg", 5, []string{"Datadog"}},
		{"quill", 5, []string{}},
		{"", 5, []string{}},
	} {
		if diff := cmp.Diff(c.want, Similar(c.name, names, c.most)); diff != "" {
			t.Errorf("Similar(%q, %d) (-want +got)\n%s", c.name, c.most, diff)
		}
	}
}
