package normalize

import (
	"regexp"
	"testing"
	"time"
	"vendorwatch/normalize/times"

	"pgregory.net/rapid"
)

func TestWord(t *testing.T) {
	for word, want := range map[string]string{
		"In Progress": "in_progress", " Degraded—Performance! ": "degraded_performance", "POST-MORTEM": "post_mortem",
		"Störung": "störung", "障害": "障害", "3 of 4": "3_of_4", "": "", "…": "",
	} {
		if got := Word(word); got != want {
			t.Errorf("Word(%q) = %q, want %q", word, got, want)
		}
	}
	folded := regexp.MustCompile(`^$|^[^_\s]+(_[^_\s]+)*$`)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.String().Draw(t, "word")
		once := Word(word)
		if Word(once) != once || !folded.MatchString(once) {
			t.Fatalf("%q is folded to %q, and that to %q", word, once, Word(once))
		}
	})
}

// TestAPlatformsOwnWordsGoFirst holds the order of look-up, for words as the vendor writes them and as they are folded.
func TestAPlatformsOwnWordsGoFirst(t *testing.T) {
	own := Words{
		States:     map[string]State{"resolved": StateMonitoring, "under_watch": StateMonitoring},
		Severities: map[string]Severity{"major": SeverityCritical, "sev_1": SeverityCritical},
		Statuses:   map[string]ComponentStatus{"operational": StatusUnknown, "wobbly": StatusDegraded},
	}
	for _, c := range []struct {
		words Words
		word  string
		want  State
		known bool
	}{
		{Words{}, "resolved", StateResolved, true},
		{Words{}, "Resolved.", StateResolved, true},
		{own, "resolved", StateMonitoring, true},
		{own, "RESOLVED", StateMonitoring, true},
		{own, "Under Watch", StateMonitoring, true},
		{own, "identified", StateIdentified, true},
		{Words{}, "Under Watch", StateUnknown, false},
		{own, "", StateUnknown, false},
	} {
		if got, known := c.words.State(c.word); got != c.want || known != c.known {
			t.Errorf("state %q: %s, %v", c.word, got, known)
		}
	}
	for word, want := range map[string]Severity{"Major": SeverityCritical, "SEV-1": SeverityCritical,
		"minor": SeverityMinor, "huge": SeverityUnknown} {
		if got, known := own.Severity(word); got != want || known != (want != SeverityUnknown) {
			t.Errorf("severity %q: %s, %v", word, got, known)
		}
	}
	for word, want := range map[string]ComponentStatus{"Wobbly": StatusDegraded, "Major Outage": StatusMajor,
		"operational": StatusUnknown} {
		if got, known := own.Status(word); got != want || !known {
			t.Errorf("status %q: %s, %v", word, got, known)
		}
	}
}

// Every meaning of a common word is one of the words that the database knows.
func TestCommonWordsAreFolded(t *testing.T) {
	for word := range states {
		if word != Word(word) {
			t.Errorf("state %q", word)
		}
	}
	for word := range severities {
		if word != Word(word) {
			t.Errorf("severity %q", word)
		}
	}
	for word := range statuses {
		if word != Word(word) {
			t.Errorf("status %q", word)
		}
	}
}

func TestSeveritiesAreRanked(t *testing.T) {
	mildestFirst := []Severity{SeverityNone, SeverityMinor, SeverityUnknown, SeverityMajor, SeverityCritical}
	for n, s := range mildestFirst {
		if s.Rank() != n {
			t.Errorf("%s has rank %d, want %d", s, s.Rank(), n)
		}
	}
	if Severity("odd").Rank() != SeverityUnknown.Rank() {
		t.Error("an odd severity is not unknown")
	}
}

func TestStatesThatEndAnIncident(t *testing.T) {
	over := map[State]bool{StateResolved: true, StateCompleted: true, StateCancelled: true}
	for _, s := range []State{
		StateInvestigating, StateIdentified, StateMonitoring, StateResolved, StateScheduled, StateInProgress,
		StateVerifying,
		StateCompleted, StateCancelled, StateUnknown, StateUpdate, StatePostmortem,
	} {
		if s.Over() != over[s] {
			t.Errorf("%s: over %v", s, s.Over())
		}
	}
}

// What is stored of a time sorts as the times do, and reads back.
func TestFormatTime(t *testing.T) {
	if got := FormatTime(time.Time{}); got != "" {
		t.Errorf("no time is written as %q", got)
	}
	if got := FormatTime(time.Date(2026, 3, 1, 12, 0, 5, 7e6,
		time.FixedZone("", 2*3600))); got != "2026-03-01T10:00:05.007Z" {
		t.Errorf("got %s", got)
	}
	millisecond := rapid.Int64Range(0, 4e12)
	rapid.Check(t, func(t *rapid.T) {
		a, b := time.UnixMilli(millisecond.Draw(t, "a")), time.UnixMilli(millisecond.Draw(t, "b"))
		if a.Before(b) != (FormatTime(a) < FormatTime(b)) {
			t.Fatalf("%s and %s do not sort as their times", FormatTime(a), FormatTime(b))
		}
		if a.Year() < 1990 {
			return
		}
		if back, err := times.Parse(RawTime{Text: FormatTime(a)}, ""); err != nil || !back.Equal(a) {
			t.Fatalf("%s reads back as %s, %v", FormatTime(a), FormatTime(back), err)
		}
	})
}
