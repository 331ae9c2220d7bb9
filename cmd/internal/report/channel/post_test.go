package channel

import (
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2025, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header string
		want   time.Duration
	}{
		{"", 0}, {"30", 30 * time.Second}, {" 1 ", time.Second}, {"-1", 0}, {"1e9", 0}, {"99999999", 24 * time.Hour},
		{"Mon, 24 Nov 2025 08:00:20 GMT", 20 * time.Second}, {"Mon, 24 Nov 2025 07:00:00 GMT", 0},
	} {
		if got := RetryAfter(c.header, now); got != c.want {
			t.Errorf("retryAfter(%q) = %v, want %v", c.header, got, c.want)
		}
	}
}
