package config

import (
	"strings"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		err  string // part of the message; empty if there is none
	}{
		{text: "90s", want: 90 * time.Second},
		{text: "0s", want: 0},
		{text: "1h30m", want: 90 * time.Minute},
		{text: " 24h ", want: 24 * time.Hour},
		{text: "7d", want: 7 * 24 * time.Hour},
		{text: "0d", want: 0},
		{text: "1d12h", want: 36 * time.Hour},
		{text: "60", err: `write it with one, for example "60s"`},
		{text: "0", err: "has no unit"},
		{text: "-5m", err: "is negative"},
		{text: "1d-2h", err: "is negative"},
		{text: "-7d", err: "is not a duration"},
		{text: "", err: "is not a duration"},
		{text: "d", err: "is not a duration"},
		{text: "1.5d", err: "is not a duration"},
		{text: "90 minutes", err: "is not a duration"},
		{text: "65535d", want: 65535 * 24 * time.Hour},
		{text: "65535d9999999h", err: "is not a duration"},
		{text: "99999999999d", err: "is not a duration"},
	}
	for _, tt := range tests {
		var d Duration
		err := d.UnmarshalText([]byte(tt.text))
		if tt.err == "" && (err != nil || d.Duration != tt.want) {
			t.Errorf("%q = %v, %v; want %v", tt.text, d, err, tt.want)
		}
		if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%q = %v, %v; want an error with %q", tt.text, d, err, tt.err)
		}
	}
}

func TestSize(t *testing.T) {
	tests := []struct {
		text  string
		want  Size
		print string // empty for an error
	}{
		{"16MiB", 16 << 20, "16MiB"},
		{"16 mib", 16 << 20, "16MiB"},
		{"1GiB", 1 << 30, "1GiB"},
		{"64KiB", 64 << 10, "64KiB"},
		{"500KB", 500_000, "500000B"},
		{"2MB", 2_000_000, "2000000B"},
		{"1000", 1000, "1000B"},
		{"7b", 7, "7B"},
		{text: ""}, {text: "MiB"}, {text: "-1MiB"}, {text: "1.5MiB"}, {text: "16 megs"},
		{text: "99999999999GiB"}, {text: "1KiB2"},
	}
	for _, tt := range tests {
		var z Size
		err := z.UnmarshalText([]byte(tt.text))
		if tt.print == "" {
			if err == nil {
				t.Errorf("%q = %v; want an error", tt.text, z)
			}
			continue
		}
		if err != nil || z != tt.want || z.String() != tt.print {
			t.Errorf("%q = %d (%s), %v; want %d (%s)", tt.text, int64(z), z, err, int64(tt.want), tt.print)
		}
	}
}
