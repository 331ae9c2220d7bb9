package channeltest

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

// Row is what the battery needs to know of a kind of channel. Each kind has one in its folder.
type Row struct {
	Kind channel.Kind

	// Values are those of a channel that sends to an address; kinds without one ignore it. Every secret contains
	// reporttest.SecretWord.
	Values func(address string) channel.Values

	HTTP *HTTP                        // for a kind that speaks HTTP
	Open func(t *testing.T) Rig       // for a kind that does not: a channel with its receiver
	None func(m message.Message) bool // whether nothing is sent for a message; nil means that all are sent

	// Check returns what the receiver would refuse of what it is sent, and of a preview; nil means nothing.
	Check func(body []byte) error

	RefusesDigests bool

	// What the receiver of a text acts on: by default mentions of every form, and links.
	OnlyBrackets bool // it knows mentions such as <!here> only
	NoMentions   bool // it knows none

	TextOf func(t *testing.T, body string) string // what people read of what arrives; nil means all of it
}

// Battery checks what must be true of every kind of channel.
func Battery(t *testing.T, r Row) {
	t.Run("keys", r.keys)
	t.Run("secrets", r.secrets)
	t.Run("preview", r.preview)
	t.Run("every message", r.everyMessage)
	t.Run("repeats", r.repeats)
	if r.HTTP != nil {
		answers(t, r)
	}
}

// channel makes a channel of the values.
func (r Row) channel(t *testing.T, address string) channel.Channel {
	t.Helper()
	c, err := r.Kind.New("ops", r.Values(address), channel.Environment{Stdout: &strings.Builder{}, Client: Patient(t)})
	return Must(t, c, err)
}

// keys checks that mistakes in the config file can be reported in whole sentences.
func (r Row) keys(t *testing.T) {
	if r.Kind.Type == "" || r.Kind.Doc == "" || r.Kind.New == nil || r.Kind.Preview == nil {
		t.Errorf("the kind lacks something: %+v", r.Kind)
	}
	values, seen := r.Values("http://127.0.0.1:1"), map[string]bool{"name": true, "type": true}
	for _, k := range r.Kind.Keys {
		if seen[k.Name] {
			t.Errorf("key %s is there twice", k.Name)
		}
		seen[k.Name] = true
		if k.Doc == "" || k.Example == "" {
			t.Errorf("key %s has no words or no example", k.Name)
		}
		if strings.ContainsAny(k.Doc, ",;.:(") || strings.ToLower(k.Doc[:1]) != k.Doc[:1] {
			t.Errorf("key %s: %q is no part of a sentence; what there is to add is its More", k.Name, k.Doc)
		}
		switch k.Zero.(type) {
		case string, int, []string, map[string]string, secret.Text, map[string]secret.Text:
		default:
			t.Errorf("key %s is of the type %T", k.Name, k.Zero)
		}
		if k.Required && !values.Has(k.Name) {
			t.Errorf("the row has no value of %s", k.Name)
		}
		if v := values[k.Name]; v != nil && fmt.Sprintf("%T", v) != fmt.Sprintf("%T", k.Zero) {
			t.Errorf("the row has a %T for %s", v, k.Name)
		}
		if k.Check == nil {
			continue
		}
		for _, text := range texts(values, k) {
			if err := k.Check(text); err != nil {
				t.Errorf("%s: the value of the row: %v", k.Name, err)
			}
		}
		if err := k.Check("\x00 " + reporttest.SecretWord); err == nil {
			t.Errorf("%s takes anything, and has a check", k.Name)
		} else if _, write, ok := strings.Cut(err.Error(), "; "); !ok || write == "" {
			t.Errorf("%s: %v: does not say what to write", k.Name, err)
		} else if _, isSecret := k.Zero.(secret.Text); isSecret {
			reporttest.NoSecretIn(t, "the error", err)
		}
	}
	for k := range values {
		if !seen[k] {
			t.Errorf("the row has a value of %s, which is no key", k)
		}
	}
	if r.Kind.Check != nil {
		r.Kind.Check(values, failing{t})
		r.Kind.Check(channel.Values{}, &silent{})
	}
}

// texts are the values that the check of a key gets.
func texts(v channel.Values, k channel.Key) []string {
	switch k.Zero.(type) {
	case secret.Text:
		return []string{v.Secret(k.Name)}
	case []string:
		return v.List(k.Name)
	case int:
		if v.Has(k.Name) {
			return []string{fmt.Sprint(v.Number(k.Name))}
		}
	case string:
		if v.Has(k.Name) {
			return []string{v.Text(k.Name)}
		}
	}
	return nil
}

type failing struct{ t *testing.T }

func (f failing) Mistake(key, problem, write string) {
	f.t.Errorf("the row: %s: %s; %s", key, problem, write)
}
func (f failing) Remark(string, string) {}

type silent struct{}

func (*silent) Mistake(string, string, string) {}
func (*silent) Remark(string, string)          {}

// secrets checks that a channel shows no secret, however it is printed.
func (r Row) secrets(t *testing.T) {
	c := r.channel(t, "https://127.0.0.1:1")
	if c.Name() != "ops" {
		t.Errorf("it is called %q", c.Name())
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "channel", c, "list", []channel.Channel{c})
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "channel", c, "list", []channel.Channel{c})
	reporttest.NoSecretIn(t, "the channel", c, []channel.Channel{c}, struct{ inside channel.Channel }{c}, log.String())
	_, err := r.Kind.New("ops", wrong(r), channel.Environment{Stdout: &strings.Builder{}})
	reporttest.NoSecretIn(t, "the error", err)
}

// wrong returns secrets that no kind can use.
func wrong(r Row) channel.Values {
	v := channel.Values{}
	for _, k := range r.Kind.Keys {
		if _, isSecret := k.Zero.(secret.Text); isSecret {
			v[k.Name] = secret.New("https://" + reporttest.SecretWord + ":%zz" + reporttest.SecretWord)
		}
	}
	return v
}

// preview checks that every message has a preview without a secret.
func (r Row) preview(t *testing.T) {
	for _, m := range append(reporttest.Messages(), reporttest.HostileAlert()) {
		forms, err := r.Kind.Preview(m, channel.Values{})
		if err != nil || len(forms) == 0 {
			t.Errorf("%s: %d forms, %v", m.Reason, len(forms), err)
		}
		for _, f := range forms {
			if f.Text == "" || f.Form != "txt" && f.Form != "json" && f.Form != "html" {
				t.Errorf("%s: form %q with %d bytes", m.Reason, f.Form, len(f.Text))
			}
			r.good(t, f.Text)
		}
	}
}

// everyMessage checks that each message arrives, or is refused or left out as the row says.
func (r Row) everyMessage(t *testing.T) {
	for _, m := range reporttest.Messages() {
		t.Run(string(m.Reason), func(t *testing.T) {
			rig := r.rig(t)
			sent, err := rig.Channel.Send(t.Context(), m)
			if m.Digest != nil && r.RefusesDigests {
				var e *channel.SendError
				if !errors.As(err, &e) || !e.Refused || len(rig.Received()) != 0 {
					t.Errorf("a digest: %v", err)
				}
				return
			}
			if err != nil || sent.Receipt == "" {
				t.Fatalf("receipt %q, %v", sent.Receipt, err)
			}
			none := r.None != nil && r.None(m)
			got := rig.Received()
			if none != (len(got) == 0) {
				t.Errorf("%d messages arrived", len(got))
			}
			r.good(t, got...)
		})
	}
	if r.Open != nil {
		rig := r.rig(t)
		if _, err := rig.Channel.Send(t.Context(), reporttest.HostileAlert()); err != nil {
			t.Fatal(err)
		}
		r.good(t, rig.Received()...)
		for _, body := range rig.Received() {
			r.harmless(t, body)
		}
	}
}

// good checks that the receiver takes what it is sent.
func (r Row) good(t *testing.T, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		if r.Check == nil {
			continue
		}
		if err := r.Check([]byte(body)); err != nil {
			t.Errorf("it would be refused: %v: %s", err, body)
		}
	}
}

func (r Row) rig(t *testing.T) Rig {
	t.Helper()
	if r.Open != nil {
		return r.Open(t)
	}
	make := r.HTTP.Make
	if make == nil {
		make = r.channel
	}
	return Serve(make)(t, Answer(200, r.HTTP.Success))
}

// harmless checks that a hostile message does nothing where people read it.
func (r Row) harmless(t *testing.T, body string) {
	t.Helper()
	if r.TextOf != nil {
		body = r.TextOf(t, body)
	}
	bad := []string{"\x1b", "\u202e", "javascript:"}
	if !r.NoMentions {
		bad = append(bad, "<!channel>", "<!here")
	}
	if !r.NoMentions && !r.OnlyBrackets {
		bad = append(bad, "@everyone", "](https")
	}
	for _, b := range bad {
		if strings.Contains(body, b) {
			t.Errorf("the message holds %q", b)
		}
	}
}

// repeats checks that a message which is sent again is the same to the last byte, so that a receiver knows the repeat.
func (r Row) repeats(t *testing.T) {
	for _, m := range append(reporttest.Messages(), reporttest.HostileAlert()) {
		text, err := message.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := message.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		first, second := r.rig(t), r.rig(t)
		_, errFirst := first.Channel.Send(t.Context(), m)
		_, errSecond := second.Channel.Send(t.Context(), again)
		if (errFirst == nil) != (errSecond == nil) || !slices.Equal(first.Received(), second.Received()) {
			t.Errorf("%s: sent again it is another:\n%q, %v\n%q, %v", m.Reason, first.Received(), errFirst,
				second.Received(), errSecond)
		}
	}
}
