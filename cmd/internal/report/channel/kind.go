package channel

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
)

// Kind is a type of channel: its keys in the config file, how a channel is made of them, and how a message looks there.
// Package kinds lists all of them.
type Kind struct {
	Type string // the value of the key type, such as "slack"
	Doc  string // what a reader gets, in one line
	Keys []Key  // what a channel of this type has beside name and type

	// PerIncident says that a channel keeps one message per incident, and edits or adds to it as the incident goes on.
	// Nothing is grouped for it, and it gets every change of the incidents that it was notified of.
	PerIncident bool

	OnCall bool // it takes alerts, and no other messages

	// Check finds mistakes that only several values together show. It may be nil. A value may be missing or wrong,
	// which is reported already.
	Check func(v Values, r Reporter)

	// New makes a channel. The values are checked. The error shows no secret.
	New func(name string, v Values, env Environment) (Channel, error)

	// Preview shows what a channel of these values would send, in each of its forms. It needs no secret.
	Preview func(m message.Message, v Values) ([]Preview, error)
}

// Key is a key of the config file. Doc and Example are used in the messages about mistakes.
type Key struct {
	Name     string
	Doc      string // what its value is, as part of a sentence: "the id of the channel in Slack"
	More     string // what the reference of the config file says besides, as sentences; may be empty
	Example  string // how it is written: `"C0123456789"`; for a secret, the environment variable to name
	Required bool
	Choices  []string // the values that there are; nil means any
	File     bool     // it is the path of a file; a relative one begins at the folder of the config file

	// Zero gives the type of the value: "", 0, []string, map[string]string, secret.Text, or map[string]secret.Text.
	// A secret.Text is never written into the file: NAME_env names the environment variable that holds it, or
	// NAME_file the file. Of a map[string]secret.Text, each value in the file is the name of an environment variable.
	Zero any

	// Check says what is wrong with a value, or with one of a list: "the problem; write what to write instead". It
	// may be nil. The error for a secret does not show it, and follows on what names it: "the environment variable
	// TEAM_URL does not hold a URL".
	Check func(value string) error
}

// Reporter takes what the Check of a Kind finds.
type Reporter interface {
	Mistake(key, problem, write string) // the file cannot be used; write says what to do
	Remark(key, text string)            // the file can be used; text follows on what the key is: "is http, not https"
}

// Environment is what channels need beside the config file.
type Environment struct {
	Stdout io.Writer
	Client *http.Client   // nil means one with a time limit of 15 seconds
	Roots  *x509.CertPool // the certificate authorities that are trusted; nil means those of the system
}

// Preview is a message as a channel would send it.
type Preview struct {
	Form string // "txt", "html" or "json", fit for the name of a file
	Text string
}

// Values are what the config file says of one channel, by key. A key that is not in the file has no value; a secret
// that is named in the file and not set is empty.
type Values map[string]any

// Has reports whether a key is in the file.
func (v Values) Has(key string) bool { _, has := v[key]; return has }

// Text returns the value of a key whose Zero is "".
func (v Values) Text(key string) string { s, _ := v[key].(string); return s }

// Number returns the value of a key whose Zero is 0.
func (v Values) Number(key string) int { n, _ := v[key].(int); return n }

// List returns the value of a key whose Zero is a []string.
func (v Values) List(key string) []string { l, _ := v[key].([]string); return l }

// Table returns the value of a key whose Zero is a map[string]string.
func (v Values) Table(key string) map[string]string { t, _ := v[key].(map[string]string); return t }

// Secret reveals the value of a key whose Zero is a secret.Text.
func (v Values) Secret(key string) string { s, _ := v[key].(secret.Text); return s.Reveal() }

// Secrets reveals the value of a key whose Zero is a map[string]secret.Text.
func (v Values) Secrets(key string) map[string]string {
	t, _ := v[key].(map[string]secret.Text)
	out := make(map[string]string, len(t))
	for name, s := range t {
		out[name] = s.Reveal()
	}
	return out
}

// Made returns a channel as a Kind's New does: without one where there is an error.
func Made[C Channel](c C, err error) (Channel, error) {
	if err != nil {
		return nil, err
	}
	return c, nil
}

// CheckWebhook is the Check of a secret that is the address of a webhook.
func CheckWebhook(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return errors.New("does not hold a URL; set it to the address of the webhook, or leave it empty")
	}
	return nil
}

// CheckAddress is the Check of the web address of a service.
func CheckAddress(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q is not the address of a service; write one that begins with https://", value)
	}
	return nil
}

// RemarkHTTP remarks on a secret that is an address without encryption.
func RemarkHTTP(v Values, key string, r Reporter) {
	if strings.HasPrefix(v.Secret(key), "http://") {
		r.Remark(key, "is http, not https: anyone on the network path can read it")
	}
}

// PreviewText is the Preview of channels that send text.
func PreviewText(m message.Message, _ Values) ([]Preview, error) {
	return []Preview{{Form: "txt", Text: message.Text(m, 0)}}, nil
}

// PreviewJSON makes a preview of a value that is sent as JSON.
func PreviewJSON(value any) ([]Preview, error) {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, err
	}
	return []Preview{{Form: "json", Text: text.String()}}, nil
}
