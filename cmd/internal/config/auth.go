package config

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/secret"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
)

// Auth is what a page behind a login asks for. Every secret comes from an environment variable or a file.
type Auth struct {
	User        string `toml:"user"`         // of HTTP basic authentication
	PasswordEnv string `toml:"password_env"` // environment variable that holds its password
	// or the file that does; a relative path begins at the config file's folder
	PasswordFile string      `toml:"password_file"`
	Headers      []AuthValue `toml:"header"` // headers of the request
	Cookies      []AuthValue `toml:"cookie"` // cookies of the request
	Query        []AuthValue `toml:"query"`  // parameters added to the address
	// further servers that may see all of this; default: that of the page alone
	Hosts []string `toml:"hosts"`

	// PasswordInFile catches a password written into the file, which is refused. It is always empty after a check.
	PasswordInFile secret.Text `toml:"password"`
}

// AuthValue is one header, cookie or parameter.
type AuthValue struct {
	Name   string `toml:"name"`   // required
	Env    string `toml:"env"`    // environment variable that holds its value
	File   string `toml:"file"`   // or the file that does
	Prefix string `toml:"prefix"` // put before the value, such as "Bearer "

	// InFile catches a value written into the file, which is refused. It is always empty after a check.
	InFile secret.Text `toml:"value"`
}

var authPrefix = lazyregexp.New(`^[A-Za-z0-9_-]*[ =:]?$`)

// Headers that say where a request goes and how its body is framed; a value of the user's would break it.
var fixedHeaders = []string{"host", "content-length", "transfer-encoding", "connection", "accept-encoding"}

// credentials gives each source of a vendor what its page asks for: its own, else the vendor's.
func (c *checker) credentials(v *Vendor, path string) {
	before := c.withoutSecrets
	c.withoutSecrets = before || !v.Enabled
	defer func() { c.withoutSecrets = before }()
	own := c.auth(&v.Auth, path+".auth", v.URL)
	// The page of url, where there is one, stands before those of the file.
	first := 0
	if c.Has(path+".url") || !c.Has(path+".source[0]") {
		first = 1
	}
	for n := range v.Sources {
		s := &v.Sources[n]
		s.Credentials = own
		if n < first {
			continue
		}
		if at := fmt.Sprintf("%s.source[%d].auth", path, n-first); c.Under(at) {
			s.Credentials = c.auth(&s.Auth, at, s.URL)
		}
	}
}

// auth reads the secrets of a page's table and binds them to the page's server. It returns nil where the file has
// no such table, or where it is wrong.
func (c *checker) auth(a *Auth, path, page string) *scraper.Auth {
	if !c.Under(path) { // [[vendor.auth.header]] alone makes the table too
		return nil
	}
	before := c.Count()
	creds := scraper.Credentials{User: a.User, Headers: map[string]string{}, Cookies: map[string]string{},
		Query: map[string]string{}}
	if c.Has(path + ".password") {
		a.PasswordInFile = secret.Text{}
		c.inFile(path+".password", "password_env", "password_file")
	} else if a.User != "" || a.PasswordEnv != "" || a.PasswordFile != "" {
		creds.Password = c.authSecret(path, "password", "password_env", "password_file", a.PasswordEnv, a.PasswordFile)
		if a.User == "" && !c.Refused(path+".user") {
			c.Add(path+".user", "there is a password but no user", `write for example user = "status"`)
		}
		if strings.Contains(a.User, ":") {
			c.Add(path+".user", "a user name cannot contain a colon", "remove it")
		}
	}
	for _, kind := range []struct {
		key    string
		values []AuthValue
		into   map[string]string
	}{{"header", a.Headers, creds.Headers}, {"cookie", a.Cookies, creds.Cookies}, {"query", a.Query, creds.Query}} {
		for n := range kind.values {
			c.authValue(&kind.values[n], kind.key, fmt.Sprintf("%s.%s[%d]", path, kind.key, n), kind.into)
		}
	}
	var more []string
	for n, host := range a.Hosts {
		address, err := authHost(host)
		if err != nil {
			c.AddError(fmt.Sprintf("%s.hosts[%d]", path, n), err)
			continue
		}
		more = append(more, address)
	}
	if c.Count() > before || page == "" {
		return nil
	}
	if a.User == "" && len(a.Headers)+len(a.Cookies)+len(a.Query) == 0 {
		if !c.Refused(path) {
			c.Add(path, "it has no credentials",
				`write for example header = [{ name = "X-Token", env = "ACME_TOKEN" }]`)
		}
		return nil
	}
	bound, err := scraper.NewAuth(creds, page, more...)
	if err != nil {
		return nil // the address has a mistake of its own
	}
	if strings.HasPrefix(page, "http://") {
		c.remark("%s: %s is http, not https: anyone on the network path can read its credentials", c.Where(path), page)
	}
	return bound
}

// authValue takes one header, cookie or parameter.
func (c *checker) authValue(v *AuthValue, kind, path string, into map[string]string) {
	if c.Has(path + ".value") {
		v.InFile = secret.Text{}
		c.inFile(path+".value", "env", "file")
		return
	}
	switch folded := strings.ToLower(v.Name); {
	case v.Name == "" && !c.Refused(path+".name"):
		c.Add(path+".name", "it is missing: the name of the "+kindOf(kind), `write for example name = "token"`)
	case kind != "query" && !headerName.MatchString(v.Name), kind == "query" && !printable(v.Name):
		c.Add(path+".name", "that is not the name of a "+kindOf(kind), `write for example name = "token"`)
	case kind == "header" && slices.Contains(fixedHeaders, folded):
		c.Add(path+".name", fmt.Sprintf("the header %s cannot be set", v.Name), "leave it out")
	}
	if _, twice := into[v.Name]; twice {
		c.Add(path+".name", fmt.Sprintf("%q appears twice", v.Name), "keep one of the two")
	}
	if !authPrefix.MatchString(v.Prefix) || len(v.Prefix) > 16 {
		v.Prefix = ""
		c.Add(path+".prefix", "that is more than a word and a space; it may be the secret itself",
			`write for example prefix = "Bearer "`)
	}
	if value := c.authSecret(path, "value", "env", "file", v.Env, v.File); value != "" {
		into[v.Name] = v.Prefix + value
	}
}

func kindOf(key string) string {
	if key == "query" {
		return "query parameter"
	}
	return key
}

// inFile notes a secret that stands in the config file itself.
func (c *checker) inFile(path, env, file string) {
	c.Add(path, "a secret does not belong in this file",
		fmt.Sprintf(`write %s = "ACME_TOKEN" and put it into that environment variable, or %s = "…" and put it into `+
			`that file; and make a new one, since this one has been in a file`, env, file))
}

// authSecret returns the secret of an environment variable or a file. No message of it shows a value, for where a
// name is expected people put the secret itself.
func (c *checker) authSecret(path, what, envKey, fileKey, env, file string) string {
	key, value := path+"."+envKey, ""
	example := fmt.Sprintf("write for example %s = %q", envKey, "ACME_TOKEN")
	switch {
	case c.Refused(path+"."+envKey) || c.Refused(path+"."+fileKey):
		return ""
	case env != "" && file != "":
		c.Add(path+"."+fileKey, fmt.Sprintf("%s and %s are both given", envKey, fileKey), "keep one of the two")
		return ""
	case env == "" && file == "":
		c.Add(key, fmt.Sprintf("it is missing: the name of the environment variable that holds the %s", what), example)
		return ""
	case env != "" && !envName.MatchString(env):
		c.Add(key, "that is not the name of an environment variable", example+", and put the secret into that variable")
		return ""
	case strings.Contains(file, "://"):
		c.Add(path+"."+fileKey, "a URL where the name of a file is needed",
			"name a file that contains the secret and nothing else")
		return ""
	case c.withoutSecrets:
		return ""
	case env != "":
		if value = strings.TrimSpace(c.env(env)); value == "" {
			c.Add(key, fmt.Sprintf("the environment variable %s is not set", env),
				"set it where vendorwatch is started")
			return ""
		}
	default:
		key = path + "." + fileKey
		name := file
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(c.file), name)
		}
		var err error
		if value, err = readSecret(name); err != nil {
			c.Add(key, "the file cannot be read: "+err.Error(), "name a file that contains the secret and nothing else")
			return ""
		}
		if value == "" {
			c.Add(key, fmt.Sprintf("there is no file %s, or it is empty", secret.Mask(name)),
				"name a file that contains the secret and nothing else")
			return ""
		}
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		c.Add(key, "the secret contains a line break or another control character", "make it a single line")
		return ""
	}
	return value
}

// authHost returns the address of a server that the file lists: a host name means https.
func authHost(host string) (string, error) {
	const example = `; write for example "api.acme.example"`
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	u, err := url.Parse(host)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		!goodPort(u.Port()) ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || strings.ContainsAny(u.Host, "*") {
		return "", errors.New("that is not the name of a server" + example)
	}
	return host, nil
}

var secretName = lazyregexp.New(`(?i)^((access|auth)[_-]?)?token$|^api[_-]?key$|^(secret|password)$`)

// secretParameter returns the name of a query parameter that holds a secret, "" if there is none.
func secretParameter(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for name := range u.Query() {
		if secretName.MatchString(name) {
			return name
		}
	}
	return ""
}
