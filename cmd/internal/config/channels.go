package config

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/secret"
)

// ChannelType is where a channel leads.
type ChannelType string

// The types of a channel.
const (
	ChannelSlack    ChannelType = "slack"     // a Slack incoming webhook
	ChannelSlackBot ChannelType = "slack_bot" // a Slack channel that a bot posts to: one message an incident, edited in place
	ChannelWebhook  ChannelType = "webhook"   // JSON to an address of one's own, signed
	ChannelEmail    ChannelType = "email"     // mail by SMTP
	ChannelShoutrrr ChannelType = "shoutrrr"  // whatever the library shoutrrr speaks: Discord, Teams, Telegram, ntfy, Opsgenie, …
	ChannelStdout   ChannelType = "stdout"    // text on standard output
	ChannelJSONL    ChannelType = "jsonl"     // a file, one JSON object a line
)

// TLS is how a mail server is spoken to.
type TLS string

// The ways to speak to a mail server.
const (
	TLSStart TLS = "starttls" // in the clear at first; refused where the server cannot switch
	TLSFull  TLS = "tls"      // encrypted from the first byte
	TLSNone  TLS = "none"     // in the clear, for a server on the same machine
)

// Channel is a place that reports are sent to. Which keys it has depends on its type; one of another type is a mistake. Secrets
// are named, never written: NAME_env is an environment variable, NAME_file a file that holds nothing else.
type Channel struct {
	Name string      `toml:"name"` // required, unique
	Type ChannelType `toml:"type"` // default "slack"; stdout takes its place where a secret is not set

	URLEnv  string `toml:"url_env"`  // slack, webhook, shoutrrr: where the address is, which is a secret
	URLFile string `toml:"url_file"` //

	TokenEnv  string `toml:"token_env"`  // slack_bot: where the bot's token is
	TokenFile string `toml:"token_file"` //
	Channel   string `toml:"channel"`    // slack_bot: id of the channel in Slack, such as "C0123456789"

	SecretEnv  string            `toml:"secret_env"`  // webhook: where the key of the HMAC-SHA256 signature is; without one nothing is signed
	SecretFile string            `toml:"secret_file"` //
	Headers    map[string]string `toml:"headers"`     // webhook: further headers
	HeadersEnv map[string]string `toml:"headers_env"` // webhook: further headers whose values are secrets; the environment variables that hold them

	Host         string   `toml:"host"`         // email: of the SMTP server
	Port         int      `toml:"port"`         // email: default 587, for tls 465, for none 25
	TLS          TLS      `toml:"tls"`          // email: default "starttls"
	User         string   `toml:"user"`         // email: default none, which is without a login
	PasswordEnv  string   `toml:"password_env"` // email: where the password of User is
	PasswordFile string   `toml:"password_file"`
	From         string   `toml:"from"` // email: address of the sender
	To           []string `toml:"to"`   // email: addresses of the readers

	Path string `toml:"path"` // jsonl: the file, relative to the config file's folder; "-" is standard output

	// These catch secrets written into the file, which are refused. They are always empty after a check.
	InFile         secret.Text `toml:"url"`
	TokenInFile    secret.Text `toml:"token"`
	SecretInFile   secret.Text `toml:"secret"`
	PasswordInFile secret.Text `toml:"password"`

	URL          secret.Text            `toml:"-"` // of URLEnv or URLFile
	Token        secret.Text            `toml:"-"` // of TokenEnv or TokenFile
	Key          secret.Text            `toml:"-"` // of SecretEnv or SecretFile
	Password     secret.Text            `toml:"-"` // of PasswordEnv or PasswordFile
	HeaderValues map[string]secret.Text `toml:"-"` // of HeadersEnv
	Declared     ChannelType            `toml:"-"` // Type as the file has it, also where stdout takes its place
	Missing      string                 `toml:"-"` // the variable or file of a secret that is not set, so that stdout takes the channel's place; empty if all are
}

// keysOfType are the keys beside name and type that a type of channel has.
var keysOfType = map[ChannelType][]string{
	ChannelSlack:    {"url_env", "url_file"},
	ChannelSlackBot: {"token_env", "token_file", "channel"},
	ChannelWebhook:  {"url_env", "url_file", "secret_env", "secret_file", "headers", "headers_env"},
	ChannelEmail:    {"host", "port", "tls", "user", "password_env", "password_file", "from", "to"},
	ChannelShoutrrr: {"url_env", "url_file"},
	ChannelStdout:   {},
	ChannelJSONL:    {"path"},
}

func (c *checker) channels() {
	first := map[string]int{}
	for i := range c.config.Channels {
		ch, path := &c.config.Channels[i], fmt.Sprintf("channel[%d]", i)
		c.unique(first, path+".name", ch.Name, "channel")
		if ch.Type == "" {
			ch.Type = ChannelSlack
		}
		ch.Declared = ch.Type
		if c.secretInFile(ch, path) {
			if ch.Type == ChannelEmail {
				c.email(ch, path) // the rest of it has nothing to do with its secret
			}
			continue
		}
		allowed, known := keysOfType[ch.Type]
		if !known {
			types := slices.Sorted(maps.Keys(keysOfType))
			words := make([]string, len(types))
			for n, t := range types {
				words[n] = string(t)
			}
			c.oneOf(path+".type", string(ch.Type), "a type of channel", words)
			continue
		}
		c.keysFor(ch.Type, allowed, path)
		c.channel(ch, path)
		if ch.Missing != "" {
			c.remark("channel %q: %s is not set; its reports go to stdout", ch.Name, ch.Missing)
			ch.Type = ChannelStdout
		}
	}
}

// secretInFile notes secrets that stand in the file itself.
func (c *checker) secretInFile(ch *Channel, path string) bool {
	found, address := false, "VENDORWATCH_SLACK_URL"
	switch ch.Type {
	case ChannelWebhook:
		address = "VENDORWATCH_WEBHOOK_URL"
	case ChannelShoutrrr:
		address = "VENDORWATCH_NOTIFY_URL"
	}
	for _, s := range []struct {
		key, what, variable string
		value               *secret.Text
	}{
		{"url", "the URL of a channel", address, &ch.InFile},
		{"token", "the token of a bot", "VENDORWATCH_SLACK_TOKEN", &ch.TokenInFile},
		{"secret", "the key of a signature", "VENDORWATCH_WEBHOOK_SECRET", &ch.SecretInFile},
		{"password", "a password", "VENDORWATCH_MAIL_PASSWORD", &ch.PasswordInFile},
	} {
		if s.value.IsZero() && !c.Has(path+"."+s.key) {
			continue
		}
		*s.value, found = secret.Text{}, true
		c.Add(path+"."+s.key, s.what+" is a secret and does not belong in a file",
			fmt.Sprintf("write %s_env = %q, put the value into that environment variable, and let it be a new one: this one has been in a file", s.key, s.variable))
	}
	return found
}

// keysFor notes keys that a channel of this type does not have.
func (c *checker) keysFor(t ChannelType, allowed []string, path string) {
	have := "it has none beside name and type"
	if len(allowed) > 0 {
		have = "it has " + strings.Join(allowed, ", ")
	}
	noted := map[string]bool{}
	for _, keys := range keysOfType {
		for _, key := range keys {
			full := path + "." + key
			if slices.Contains(allowed, key) || !c.Has(full) || noted[full] {
				continue
			}
			noted[full] = true
			c.Add(full, fmt.Sprintf("a channel of type %s has no %s; %s", t, key, have), "leave it out")
		}
	}
}

func (c *checker) channel(ch *Channel, path string) {
	switch ch.Type {
	case ChannelSlack:
		ch.URL = c.address(ch, path, "VENDORWATCH_SLACK_URL")
	case ChannelWebhook:
		ch.URL = c.address(ch, path, "VENDORWATCH_WEBHOOK_URL")
		ch.Key = c.secret(ch, path, "secret", ch.SecretEnv, ch.SecretFile, "")
		c.headers(ch, path)
	case ChannelShoutrrr:
		ch.URL = c.secret(ch, path, "url", ch.URLEnv, ch.URLFile, "VENDORWATCH_NOTIFY_URL")
		if service, _, ok := strings.Cut(ch.URL.Reveal(), "://"); !ch.URL.IsZero() && (!ok || service == "") {
			c.Add(c.given(path, "url"), fmt.Sprintf("%s does not hold an address of shoutrrr", c.whereOf(ch.URLEnv, ch.URLFile)), "set it to one such as ntfy://ntfy.sh/topic")
		}
	case ChannelSlackBot:
		ch.Token = c.secret(ch, path, "token", ch.TokenEnv, ch.TokenFile, "VENDORWATCH_SLACK_TOKEN")
		switch {
		case ch.Channel == "" && !c.Refused(path+".channel"):
			c.Add(path+".channel", "it is missing: the id of the channel in Slack", `write for example channel = "C0123456789"; Slack shows it at the end of the channel's details`)
		case strings.HasPrefix(ch.Channel, "#"):
			c.Add(path+".channel", fmt.Sprintf("%q is a channel's name, and messages are edited by its id", ch.Channel), `write for example channel = "C0123456789"; Slack shows it at the end of the channel's details`)
		}
	case ChannelEmail:
		c.email(ch, path)
	case ChannelJSONL:
		if ch.Path == "" && !c.Refused(path+".path") {
			c.Add(path+".path", "it is missing: the file to write to", `write for example path = "alerts.jsonl", or path = "-" for standard output`)
		}
	}
}

// address takes a webhook's URL from where the file says it is.
func (c *checker) address(ch *Channel, path, variable string) secret.Text {
	value := c.secret(ch, path, "url", ch.URLEnv, ch.URLFile, variable)
	if value.IsZero() {
		return value
	}
	u, err := url.Parse(value.Reveal())
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		c.Add(c.given(path, "url"), c.whereOf(ch.URLEnv, ch.URLFile)+" does not hold a URL", "set it to the address of the webhook, or leave it empty")
		return secret.Text{}
	}
	if u.Scheme == "http" {
		c.remark("channel %q: the URL in %s is http, not https, so that others on the way can read it", ch.Name, ch.URLEnv+ch.URLFile)
	}
	return value
}

func (c *checker) headers(ch *Channel, path string) {
	taken := map[string]bool{}
	for _, key := range []string{"headers", "headers_env"} {
		values := ch.Headers
		if key == "headers_env" {
			values = ch.HeadersEnv
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			at := path + "." + key + "." + name
			folded := strings.ToLower(name)
			switch {
			case !headerName.MatchString(name):
				c.Add(at, fmt.Sprintf("%q is not the name of a header", name), `write for example "X-Team"`)
			case taken[folded]:
				c.Add(at, fmt.Sprintf("header %s is set twice", name), "keep one of the two")
			case folded == "content-type" || folded == "content-length" || folded == "host" || strings.HasPrefix(folded, "x-vendorwatch-"):
				c.Add(at, fmt.Sprintf("header %s is set by the program", name), "leave it out")
			case key == "headers" && !printable(values[name]):
				c.Add(at, "its value is no text for a header", "write it in ASCII letters, on one line")
			case key == "headers" && secretHeader(folded):
				c.Add(at, fmt.Sprintf("the value of %s is a secret and does not belong in a file", name), "name the environment variable that holds it, in headers_env")
			case key == "headers_env":
				if ch.HeaderValues == nil {
					ch.HeaderValues = map[string]secret.Text{}
				}
				ch.HeaderValues[name] = c.fromEnv(ch, at, values[name], "VENDORWATCH_WEBHOOK_TOKEN")
			}
			taken[folded] = true
		}
	}
}

func secretHeader(name string) bool {
	return name == "authorization" || name == "proxy-authorization" || name == "cookie" || strings.Contains(name, "token") || strings.Contains(name, "api-key")
}
