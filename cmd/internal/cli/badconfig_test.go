package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
)

// TestBadChannels holds the message for every wrong file of testdata/badconfig: what the kinds of channels say of
// their keys. What is said of other keys is tested in package config.
func TestBadChannels(t *testing.T) {
	files, err := filepath.Glob("testdata/badconfig/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/badconfig: %v", err)
	}
	environment := map[string]string{
		"TEAM_URL":   "https://hooks.slack.test/services/T0/B0/verysecret",
		"NO_URL":     "verysecret",
		"TEAM_TOKEN": "xoxb-verysecret",
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = config.Parse("config.toml", data, service.ChannelKinds(),
				func(name string) string { return environment[name] })
			if err == nil {
				t.Fatal("no mistake was found")
			}
			text := err.Error() + "\n"
			for _, secret := range []string{"verysecret", "hunter2"} {
				if strings.Contains(text, secret) {
					t.Errorf("the message shows the secret %q:\n%s", secret, text)
				}
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".toml") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}
