package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/normalize/goldentest"
	"vendorwatch/scraper/platforms"
)

// environment is what the environment holds in these tests.
func environment(name string) string {
	return map[string]string{
		"TEAM_URL":   "https://hooks.slack.test/services/T0/B0/verysecret",
		"PLAIN_URL":  "http://127.0.0.1:9/verysecret",
		"NO_URL":     "verysecret",
		"TEAM_TOKEN": "xoxb-verysecret",
	}[name]
}

// TestBadFiles holds the message for every wrong file of testdata/bad. The list of platforms grows,
// so that it stands as {platforms} in the expected text.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/bad: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Parse("config.toml", data, testKinds, environment)
			var mistakes tomlcheck.Mistakes
			if !errors.As(err, &mistakes) || len(mistakes) == 0 || got != nil {
				t.Fatalf("Parse = %v, %v; want mistakes only", got, err)
			}
			text := strings.ReplaceAll(err.Error(), strings.Join(platforms.Names(), ", "), "{platforms}") + "\n"
			for _, secret := range []string{"verysecret", "hunter2"} {
				if strings.Contains(text, secret) {
					t.Errorf("the message shows the secret %q:\n%s", secret, text)
				}
			}
			lines := strings.Count(string(data), "\n")
			for _, m := range mistakes {
				if m.Line < 0 || m.Line > lines || m.Problem == "" {
					t.Errorf("mistake %+v is on no line of the file, or says nothing", m)
				}
			}
			goldentest.Held(t, strings.TrimSuffix(file, ".toml")+".txt", []byte(text))
		})
	}
}
