package config

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
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

// TestSecretNeverPrints tries every way in which a value reaches a log, an error, a page or a file.
func TestSecretNeverPrints(t *testing.T) {
	const text = "https://hooks.slack.test/services/T0/B0/verysecret"
	s := NewSecret(text)
	if s.Reveal() != text {
		t.Fatalf("Reveal = %q", s.Reveal())
	}
	ch := Channel{Name: "team", URL: s, InFile: s}
	inside := struct{ hidden Secret }{s} // fmt asks no methods of unexported fields
	outputs := map[string]func(*bytes.Buffer) error{
		"Print":             func(b *bytes.Buffer) error { _, err := fmt.Fprint(b, s); return err },
		"String":            func(b *bytes.Buffer) error { b.WriteString(s.String()); return nil },
		"GoString":          func(b *bytes.Buffer) error { b.WriteString(s.GoString()); return nil },
		"pointer":           func(b *bytes.Buffer) error { _, err := fmt.Fprintf(b, "%v %+v %s", &s, &s, &s); return err },
		"in an error":       func(b *bytes.Buffer) error { b.WriteString(fmt.Errorf("post to %s: %v", s, s).Error()); return nil },
		"JSON":              func(b *bytes.Buffer) error { return json.NewEncoder(b).Encode(s) },
		"JSON of a channel": func(b *bytes.Buffer) error { return json.NewEncoder(b).Encode(ch) },
		"JSON map key": func(b *bytes.Buffer) error {
			return json.NewEncoder(b).Encode(map[Secret]int{s: 1})
		},
		"TOML of a channel": func(b *bytes.Buffer) error { return toml.NewEncoder(b).Encode(ch) },
		"TOML": func(b *bytes.Buffer) error {
			return toml.NewEncoder(b).Encode(map[string]Secret{"url": s})
		},
		"XML": func(b *bytes.Buffer) error { return xml.NewEncoder(b).Encode(s) },
		"text": func(b *bytes.Buffer) error {
			out, err := s.MarshalText()
			b.Write(out)
			return err
		},
		"slog text": func(b *bytes.Buffer) error {
			slog.New(slog.NewTextHandler(b, nil)).Info("sent", "url", s)
			return nil
		},
		"slog JSON": func(b *bytes.Buffer) error {
			slog.New(slog.NewJSONHandler(b, nil)).Info("sent", "url", s)
			return nil
		},
		"slog of a channel": func(b *bytes.Buffer) error {
			slog.New(slog.NewTextHandler(b, nil)).Info("sent", "channel", ch)
			return nil
		},
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%-5q"} {
		outputs[verb] = func(b *bytes.Buffer) error { _, err := fmt.Fprintf(b, verb, s); return err }
		outputs[verb+" of a channel"] = func(b *bytes.Buffer) error { _, err := fmt.Fprintf(b, verb, ch); return err }
	}
	for name, write := range outputs {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), "***") {
				t.Errorf("%q does not show ***", b.String())
			}
			noSecret(t, b.String())
		})
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		t.Run(verb+" of an unexported field", func(t *testing.T) {
			noSecret(t, fmt.Sprintf(verb, inside))
			noSecret(t, fmt.Sprintf(verb, &inside))
		})
	}
}

func noSecret(t *testing.T, out string) {
	t.Helper()
	if strings.Contains(out, "verysecret") || strings.Contains(out, fmt.Sprintf("%x", "verysecret")) ||
		strings.Contains(out, fmt.Sprintf("%X", "verysecret")) {
		t.Errorf("%q shows the secret", out)
	}
}
