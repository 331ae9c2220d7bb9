package stated

import (
	"testing"
	"time"
)

func TestLength(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"7m": 7 * time.Minute, "8h 38m": 8*time.Hour + 38*time.Minute, "1d 3h": 27 * time.Hour, "2h": 2 * time.Hour,
		"9 hours and 18 minutes": 9*time.Hour + 18*time.Minute, "~2.5 hours": 150 * time.Minute, "—": 0, "": 0,
	} {
		if got, _ := Length(text); got != want {
			t.Errorf("Length(%q) = %s, want %s", text, got, want)
		}
	}
}
