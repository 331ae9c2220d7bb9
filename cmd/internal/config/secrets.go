package config

import (
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"vendorwatch/cmd/internal/secret"
)

var (
	envName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
	hostName   = regexp.MustCompile(`^[A-Za-z0-9_.:-]+$`)
)

// longestSecret is how much of a secret's file is read, in bytes.
const longestSecret = 64 << 10

// secret takes the value of NAME_env or NAME_file. Without either it is a mistake, unless variable, the example
// to write, is empty. No message of it shows a value, for where a name is expected people put the secret itself.
func (c *checker) secret(ch *Channel, path, name, env, file, variable string) secret.Text {
	envPath, filePath := path+"."+name+"_env", path+"."+name+"_file"
	switch {
	case env != "" && file != "":
		c.Add(filePath, fmt.Sprintf("%s_env and %s_file are both given", name, name), "keep one of the two")
	case file != "":
		return c.fromFile(ch, filePath, file)
	case env != "":
		return c.fromEnv(ch, envPath, env, or(variable, "VENDORWATCH_SECRET"))
	case variable != "" && !c.Refused(envPath) && !c.Refused(filePath):
		c.Add(envPath, fmt.Sprintf("it is missing: the name of the environment variable that holds the %s", strings.Replace(name, "url", "URL", 1)),
			fmt.Sprintf("write for example %s_env = %q", name, variable))
	}
	return secret.Text{}
}

func (c *checker) fromEnv(ch *Channel, path, env, variable string) secret.Text {
	key := path[strings.LastIndex(path, ".")+1:]
	example := fmt.Sprintf("write for example %s = %q", key, variable)
	switch {
	case strings.Contains(env, "://"):
		c.Add(path, "a URL stands where the name of an environment variable is needed", example+", and put the URL into that variable")
		return secret.Text{}
	case !envName.MatchString(env):
		c.Add(path, "that is not the name of an environment variable", example)
		return secret.Text{}
	}
	value := strings.TrimSpace(c.env(env))
	if value == "" {
		ch.Missing = or(ch.Missing, env)
		return secret.Text{}
	}
	return secret.New(value)
}

// fromFile reads a secret from a file of its own. A file that is not there counts as a secret that is not set.
func (c *checker) fromFile(ch *Channel, path, file string) secret.Text {
	if strings.Contains(file, "://") {
		c.Add(path, "a URL stands where the name of a file is needed", "put the URL into a file, and write the name of that")
		return secret.Text{}
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(c.file), file)
	}
	value, err := readSecret(file)
	if err != nil {
		c.Add(path, "it cannot be read: "+err.Error(), "name a file that holds the secret and nothing else")
		return secret.Text{}
	}
	if value == "" {
		ch.Missing = or(ch.Missing, file)
		return secret.Text{}
	}
	return secret.New(value)
}

// readSecret returns the text of a file without the white space around it, "" if there is none.
func readSecret(name string) (string, error) {
	info, err := os.Stat(name)
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > longestSecret {
		return "", fmt.Errorf("%s is not a file of at most %d bytes", name, longestSecret)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestSecret))
	return strings.TrimSpace(string(text)), err
}

// given is the path of the key that names a secret.
func (c *checker) given(path, name string) string {
	if file := path + "." + name + "_file"; c.Has(file) {
		return file
	}
	return path + "." + name + "_env"
}

func (c *checker) whereOf(env, file string) string {
	if env != "" {
		return "the environment variable " + env
	}
	return "the file " + file
}

func (c *checker) email(ch *Channel, path string) {
	if ch.Host == "" && !c.Refused(path+".host") {
		c.Add(path+".host", "it is missing: the name of the SMTP server", `write for example host = "smtp.example.com"`)
	} else if ch.Host != "" && !hostName.MatchString(ch.Host) {
		c.Add(path+".host", fmt.Sprintf("%q is not the name of a server", ch.Host), `write for example host = "smtp.example.com"`)
	}
	if ch.TLS == "" {
		ch.TLS = TLSStart
	}
	if c.oneOf(path+".tls", string(ch.TLS), "a way to speak to a mail server", []string{string(TLSStart), string(TLSFull), string(TLSNone)}) && !c.Has(path+".port") {
		ch.Port = map[TLS]int{TLSStart: 587, TLSFull: 465, TLSNone: 25}[ch.TLS]
	}
	if c.Has(path+".port") && !c.Refused(path+".port") && (ch.Port < 1 || ch.Port > 65535) {
		c.Add(path+".port", fmt.Sprintf("%d is not between 1 and 65535", ch.Port), "write for example port = 587, or leave it out")
	}
	hasPassword := ch.PasswordEnv != "" || ch.PasswordFile != ""
	switch {
	case c.Has(path + ".password"): // it stands in the file, which was said
	case ch.User != "":
		ch.Password = c.secret(ch, path, "password", ch.PasswordEnv, ch.PasswordFile, "VENDORWATCH_MAIL_PASSWORD")
		if ch.TLS == TLSNone {
			c.Add(path+".tls", "a password would be sent in the clear", `write "starttls" or "tls", or leave user out`)
		}
	case hasPassword && !c.Refused(path+".user"):
		c.Add(path+".user", "there is a password and no user", `write for example user = "vendorwatch"`)
	}
	c.mailAddress(path+".from", ch.From)
	if len(ch.To) == 0 && !c.Refused(path+".to") {
		c.Add(path+".to", "it is missing: who the mail is for", `write for example to = ["ops@example.com"]`)
	}
	for i, to := range ch.To {
		c.mailAddress(fmt.Sprintf("%s.to[%d]", path, i), to)
	}
}

func (c *checker) mailAddress(path, text string) {
	if text == "" && c.Refused(path) {
		return
	}
	if _, err := mail.ParseAddress(text); err != nil || strings.ContainsAny(text, "\r\n") {
		problem := fmt.Sprintf("%q is not a mail address", text)
		if text == "" {
			problem = "it is missing: a mail address"
		}
		c.Add(path, problem, `write for example "ops@example.com" or "Ops <ops@example.com>"`)
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
