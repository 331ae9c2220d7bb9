package secret

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// A holder is a struct with a secret in it, as the configuration has.
type holder struct {
	Name   string
	Secret Text
}

// TestNeverPrints tries every way in which a value reaches a log, an error, a page or a file.
func TestNeverPrints(t *testing.T) {
	const text = "https://hooks.slack.test/services/T0/B0/verysecret"
	s := New(text)
	if s.Reveal() != text {
		t.Fatalf("Reveal = %q", s.Reveal())
	}
	ch := holder{Name: "team", Secret: s}
	inside := struct{ hidden Text }{s} // fmt asks no methods of unexported fields
	outputs := map[string]func(*bytes.Buffer) error{
		"Print":    func(b *bytes.Buffer) error { _, err := fmt.Fprint(b, s); return err },
		"String":   func(b *bytes.Buffer) error { b.WriteString(s.String()); return nil },
		"GoString": func(b *bytes.Buffer) error { b.WriteString(s.GoString()); return nil },
		"pointer": func(b *bytes.Buffer) error {
			_,
				err := fmt.Fprintf(b, "%v %+v %s", &s, &s, &s)
			return err
		},
		"in an error": func(b *bytes.Buffer) error {
			b.WriteString(fmt.Errorf("post to %s: %v", s,
				s).Error())
			return nil
		},
		"JSON":             func(b *bytes.Buffer) error { return json.NewEncoder(b).Encode(s) },
		"JSON of a struct": func(b *bytes.Buffer) error { return json.NewEncoder(b).Encode(ch) },
		"JSON map key": func(b *bytes.Buffer) error {
			return json.NewEncoder(b).Encode(map[Text]int{s: 1})
		},
		"TOML of a struct": func(b *bytes.Buffer) error { return toml.NewEncoder(b).Encode(ch) },
		"TOML": func(b *bytes.Buffer) error {
			return toml.NewEncoder(b).Encode(map[string]Text{"url": s})
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
		"slog of a struct": func(b *bytes.Buffer) error {
			slog.New(slog.NewTextHandler(b, nil)).Info("sent", "holder", ch)
			return nil
		},
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%-5q"} {
		outputs[verb] = func(b *bytes.Buffer) error { _, err := fmt.Fprintf(b, verb, s); return err }
		outputs[verb+" of a struct"] = func(b *bytes.Buffer) error { _, err := fmt.Fprintf(b, verb, ch); return err }
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

func TestReveal(t *testing.T) {
	var none, given Text
	if !none.IsZero() || none.Reveal() != "" || !New("").IsZero() {
		t.Error("the zero value holds a secret")
	}
	if err := given.UnmarshalText([]byte("hunter2")); err != nil || given.IsZero() || given.Reveal() != "hunter2" {
		t.Errorf("read %q, %v", given.Reveal(), err)
	}
}

func TestScrub(t *testing.T) {
	for _, c := range []struct {
		name, text string
		secrets    []string
		want       string
	}{
		{"as it is", "token hunter2 refused", []string{"hunter2"}, "token *** refused"},
		{"twice", "hunter2 hunter2", []string{"hunter2"}, "*** ***"},
		{"in a query", "?key=a%26b%3Dc", []string{"a&b=c"}, "?key=***"},
		{"in a path", "/a%20b+c/", []string{"a b+c"}, "/***/"},
		{"quoted", `bad "a\nbc"`, []string{"a\nbc"}, "bad ***"},
		{"too short to tell from a word", "it is not", []string{"it", "not", ""}, "it is not"},
		{"several", "user and password", []string{"user", "password"}, "*** and ***"},
		{"none", "nothing to hide", nil, "nothing to hide"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Scrub(c.text, c.secrets...); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestPartsOfAnAddress(t *testing.T) {
	for _, c := range []struct {
		name, address, text, want string
	}{
		{"whole", "https://hooks.acme.test/x", "post https://hooks.acme.test/x: refused", "post ***: refused"},
		{"a long segment", "https://hooks.acme.test/services/T0/B0/verysecret", "no such hook: verysecret",
			"no such hook: ***"},
		{"a word of a webhook's path", "https://hooks.acme.test/services/T0/B0/verysecret", "services are down",
			"services are down"},
		{"a query of a webhook", "https://hooks.acme.test/?key=hunter2&v=1", "key hunter2 is unknown, v 1",
			"key *** is unknown, v 1"},
		{"a login", "https://bob:hunter2@acme.test/", "bob may not; hunter2 is wrong", "bob may not; *** is wrong"},
		{"a service's user", "telegram://110201543:AAHdqT@telegram?chats=@ops&preview=yes", "110201543 AAHdqT: yes",
			"*** ***: yes"},
		{"a service's path", "pushover://shoutrrr:token@user/four", "segment four", "segment ***"},
		{"a service's long setting", "ntfy://ntfy.sh/topic?icon=verylongvalue&tags=short", "verylongvalue short",
			"*** short"},
		{"a service's host that is a key", "slack://hook:T0-B0@webhookkey", "unknown webhookkey", "unknown ***"},
		{"a service's host that is a server", "ntfy://ntfy.sh/topic", "ntfy.sh answers 500", "ntfy.sh answers 500"},
		{"a service on this machine", "ntfy://localhost/topic", "localhost is silent", "localhost is silent"},
		{"what is no hierarchy", "opaque:hunter2", "hunter2", "***"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := url.Parse(c.address)
			if err != nil {
				t.Fatal(err)
			}
			if got := Scrub(c.text, Parts(u)...); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		`url = "https://hooks.slack.com/services/T0/B0/verysecret"`: `url = "https://***"`,
		`url = "hooks.slack.com/services/T0/B0/verysecret"`:         `url = "hooks.slack.com/***"`,
		`url = "https://bob:hunter2@acme.test/status"`:              `url = "https://***acme.test/status"`,
		`token = "xoxb-1-verysecret"`:                               `token = "***"`,
		`url = "https://status.acme.test/history"`:                  `url = "https://status.acme.test/history"`,
	} {
		if got := Mask(text); got != want {
			t.Errorf("Mask(%s) = %s, want %s", text, got, want)
		}
	}
}
