package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/secret"
	"vendorwatch/normalize/lazyregexp"
)

// Web is the dashboard.
type Web struct {
	// host:port; default 127.0.0.1:8080, which only this machine can reach; empty for no dashboard
	Listen string `toml:"listen"`
	Prefix string `toml:"prefix"` // path that a proxy serves it under, such as "/status"; default none
	// names under which people reach it, beside the host of dashboard_url; asked for where there is no password
	Hosts       []string `toml:"hosts"`
	TokenEnv    string   `toml:"token_env"`    // environment variable with the token of readers; default none
	User        string   `toml:"user"`         // user of HTTP basic authentication, together with PasswordEnv
	PasswordEnv string   `toml:"password_env"` // environment variable with that user's password

	// environment variable with the token that may mute, acknowledge and write notes; default none, and nobody may
	WriteTokenEnv string `toml:"write_token_env"`

	// environment variable with the token at the end of the addresses that vendors call, so that their pages are read;
	// default none, and there are no such addresses
	PushTokenEnv string `toml:"push_token_env"`

	Token      secret.Text `toml:"-"` // from the environment; empty for none
	Password   secret.Text `toml:"-"` // from the environment; empty for none
	WriteToken secret.Text `toml:"-"` // from the environment; empty for none
	PushToken  secret.Text `toml:"-"` // from the environment; empty for none
	// environment variable of a secret that is not set; without it the dashboard must not be served
	Missing string `toml:"-"`
}

var pushToken = lazyregexp.New(`^[A-Za-z0-9_-]{16,}$`)

var webPrefix = lazyregexp.New(`^(/[A-Za-z0-9._~-]+)+$`)

// web checks the dashboard's keys.
func (c *checker) web() {
	w := &c.config.Web
	w.Listen, w.Prefix, w.User = strings.TrimSpace(w.Listen), strings.TrimRight(strings.TrimSpace(w.Prefix), "/"),
		strings.TrimSpace(w.User)
	host, port, err := net.SplitHostPort(w.Listen)
	if n, notNumber := strconv.Atoi(port); w.Listen != "" && (err != nil || notNumber != nil || n < 0 || n > 65535) {
		c.Add("web.listen", strconv.Quote(w.Listen)+" is not host:port",
			`write for example "127.0.0.1:8080", or "" for no dashboard`)
	}
	if w.Prefix != "" && !webPrefix.MatchString(w.Prefix) {
		c.Add("web.prefix", strconv.Quote(w.Prefix)+" is not a path", `write for example "/status"`)
	}
	for n, host := range w.Hosts {
		c.host(fmt.Sprintf("web.hosts[%d]", n), host, "watch.intern.example.com")
	}
	w.Token = c.webSecret("web.token_env", w.TokenEnv, "VENDORWATCH_WEB_TOKEN")
	w.Password = c.webSecret("web.password_env", w.PasswordEnv, "VENDORWATCH_WEB_PASSWORD")
	w.WriteToken = c.webSecret("web.write_token_env", w.WriteTokenEnv, "VENDORWATCH_WEB_WRITE_TOKEN")
	w.PushToken = c.webSecret("web.push_token_env", w.PushTokenEnv, "VENDORWATCH_WEB_PUSH_TOKEN")
	if push := w.PushToken.Reveal(); push != "" {
		c.pushToken(push)
	}
	if write := w.WriteToken.Reveal(); write != "" && (write == w.Token.Reveal() || write == w.Password.Reveal()) {
		c.Add("web.write_token_env", "the token that may write is one that reads, too",
			"put another secret into "+w.WriteTokenEnv+": who may read the dashboard shall not change it")
	}
	switch {
	case w.User != "" && w.PasswordEnv == "" && !c.Refused("web.password_env"):
		c.Add("web.user", "there is a user but no password",
			`write also password_env = "VENDORWATCH_WEB_PASSWORD", and put the password into that environment variable`)
	case w.User == "" && w.PasswordEnv != "" && !c.Refused("web.user"):
		c.Add("web.password_env", "there is a password but no user", `write also user = "oncall"`)
	}
	if err == nil && w.TokenEnv == "" && w.User == "" && !loopback(host) {
		c.remark("web.listen is %s: everyone who can reach this machine can read the dashboard; to ask for a secret, "+
			"set token_env, or user and password_env, under [web]", w.Listen)
	}
}

// pushToken checks the token that vendors are given: they, and what stands between them and us, see it in an address.
func (c *checker) pushToken(push string) {
	w := c.config.Web
	switch {
	case push == w.Token.Reveal() || push == w.Password.Reveal() || push == w.WriteToken.Reveal():
		c.Add("web.push_token_env", "the token that vendors are given is one that reads or writes, too",
			"put another secret into "+w.PushTokenEnv)
	case !pushToken.MatchString(push):
		c.Add("web.push_token_env", "the token has other characters than a-z, A-Z, 0-9, - and _, or fewer than 16",
			"put one into "+w.PushTokenEnv+" that can stand in an address, such as what openssl rand -hex 16 prints")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// webSecret takes a secret from the environment. No message shows what stands in the file, for where a name is
// expected people put the secret.
func (c *checker) webSecret(path, env, variable string) secret.Text {
	key := strings.TrimPrefix(path, "web.")
	example := "write for example " + key + " = " + strconv.Quote(variable)
	switch {
	case env == "":
		return secret.Text{}
	case !envName.MatchString(env):
		c.Add(path, "that is not the name of an environment variable",
			example+", and put the secret into that variable")
		return secret.Text{}
	}
	value := strings.TrimSpace(c.env(env))
	if value == "" {
		// No mistake of the file: the commands that only list need no secret.
		c.config.Web.Missing = env
		return secret.Text{}
	}
	return secret.New(value)
}
