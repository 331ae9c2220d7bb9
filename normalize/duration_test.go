package normalize

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Second, "unknown"},
		{0, "under 1 min"},
		{59 * time.Second, "under 1 min"},
		{time.Minute, "1 min"},
		{7*time.Minute + 59*time.Second, "7 min"},
		{59 * time.Minute, "59 min"},
		{time.Hour, "1 h"},
		{2*time.Hour + 5*time.Minute, "2 h 5 min"},
		{23*time.Hour + 59*time.Minute, "23 h 59 min"},
		{24 * time.Hour, "1 d"},
		{52*24*time.Hour + 22*time.Hour + 59*time.Minute, "52 d 22 h"},
	} {
		if got := Duration(c.d); got != c.want {
			t.Errorf("Duration(%v) = %q, want %q", c.d, got, c.want)
		}
	}
}
