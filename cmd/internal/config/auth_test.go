package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const authText = `
[fetch]
contact = "ops@acme.example"

[[vendor]]
name = "Acme"
url = "https://status.acme.example"
[vendor.auth]
user = "status"
password_env = "ACME_PASSWORD"
header = [{ name = "Authorization", env = "ACME_TOKEN", prefix = "Bearer " }]
cookie = [{ name = "session", file = "session.txt" }]
query = [{ name = "token", env = "ACME_TOKEN" }]
hosts = ["api.acme.example"]
[[vendor.source]]
url = "https://jobs.acme.example"
[[vendor.source]]
url = "https://eu.acme.example"
[vendor.source.auth]
header = [{ name = "X-EU", env = "ACME_TOKEN" }]

[[vendor]]
name = "Public"
url = "https://status.public.example"
`

func TestAuth(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "session.txt"), []byte("s3ssion-of-acme\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"ACME_PASSWORD": "pa55word-of-acme", "ACME_TOKEN": "t0ken-of-acme"}
	c, err := Parse(filepath.Join(dir, "config.toml"), []byte(authText), testKinds,
		func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	sources := c.Vendors[0].Sources
	if sources[0].Credentials == nil || sources[1].Credentials != sources[0].Credentials {
		t.Error("a source without credentials of its own does not have the vendor's")
	}
	if sources[2].Credentials == nil || sources[2].Credentials == sources[0].Credentials {
		t.Error("a source does not have its own credentials")
	}
	if c.Vendors[1].Sources[0].Credentials != nil {
		t.Error("a public page has credentials")
	}
	shown := fmt.Sprintf("%v %+v %#v %v", c, c, c, c.Summary(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)))
	for _, secret := range []string{"pa55word-of-acme", "t0ken-of-acme", "s3ssion-of-acme"} {
		if strings.Contains(shown, secret) {
			t.Errorf("printing the config shows %s", secret)
		}
	}
}

// TestAuthWithoutItsOwnTable holds that headers, cookies and parameters count where no [vendor.auth] stands above them.
func TestAuthWithoutItsOwnTable(t *testing.T) {
	for _, kind := range []string{"header", "cookie", "query"} {
		text := "[fetch]\ncontact = \"ops@acme.example\"\n[[vendor]]\nname = \"Acme\"\nurl = " +
			"\"https://status.acme.example\"\n"
		value := "name = \"token\"\nenv = \"ACME_TOKEN\"\n"
		for where, table := range map[string]string{
			"vendor": text + "[[vendor.auth." + kind + "]]\n" + value,
			"source": text + "[[vendor.source]]\nurl = \"https://eu.acme.example\"\n[[vendor.source.auth." + kind +
				"]]\n" + value,
		} {
			c, err := Parse("config.toml", []byte(table), testKinds, func(string) string { return "t0ken-of-acme" })
			if err != nil {
				t.Fatalf("%s of a %s: %v", kind, where, err)
			}
			sources := c.Vendors[0].Sources
			if sources[len(sources)-1].Credentials == nil {
				t.Errorf("a %s of a %s is not sent", kind, where)
			}
			if _, err := Parse("config.toml", []byte(table), testKinds, func(string) string { return "" }); err == nil {
				t.Errorf("a %s of a %s whose variable is not set is no mistake", kind, where)
			}
		}
	}
}

// TestMissingSecrets holds that a secret which is not set is a mistake with its line and key, but not for what only
// reads the record.
func TestMissingSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(authText), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path, testKinds)
	for _, want := range []string{
		`config.toml:10: vendor "Acme": auth.password_env: the environment variable ACME_PASSWORD is not set; set ` +
			`it where vendorwatch is started`,
		`config.toml:11: vendor "Acme": auth.header "Authorization": env: the environment variable ACME_TOKEN is ` +
			`not set`,
		`config.toml:12: vendor "Acme": auth.cookie "session": file: there is no file`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
	if _, err := LoadToRead(path, testKinds); err != nil {
		t.Errorf("to read the record: %v", err)
	}
}

// TestNoMistakeShowsASecret holds that secrets which stand where none belongs are not repeated.
func TestNoMistakeShowsASecret(t *testing.T) {
	for _, line := range []string{
		`password = "s3cret-of-acme"`, `password_env = "s3cret-of-acme"`,
		`password_file = "https://user:s3cret-of-acme@acme.example"`,
		`header = [{ name = "X", value = "s3cret-of-acme" }]`, `header = [{ name = "X", env = "s3cret-of-acme" }]`,
		`header = [{ name = "X", env = "E", prefix = "Bearer s3cret-of-acme" }]`, `header = { X = "s3cret-of-acme" }`,
		`query = "s3cret-of-acme"`, `cookie = ["s3cret-of-acme"]`, `password = 5`, `token = "s3cret-of-acme"`,
		`hosts = ["https://s3cret-of-acme@a.example"]`,
	} {
		text := "[fetch]\ncontact = \"ops@acme.example\"\n[[vendor]]\nname = \"Acme\"\nurl = " +
			"\"https://status.acme.example\"\n[vendor.auth]\n" + line
		_, err := Parse("config.toml", []byte(text), testKinds, nil)
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", line, err)
		}
	}
	_, err := Parse("config.toml", []byte(strings.Replace(minimal, "githubstatus.com",
		"githubstatus.com/feed?api_key=s3cret", 1)), testKinds, nil)
	if err == nil || strings.Contains(err.Error(), "s3cret") ||
		!strings.Contains(err.Error(), `[vendor.auth] with query = [{ name = "api_key"`) {
		t.Errorf("a secret in the address: %v", err)
	}
}
