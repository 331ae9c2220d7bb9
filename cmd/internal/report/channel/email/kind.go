package email

import (
	"crypto/tls"
	"fmt"
	"net/mail"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/normalize/lazyregexp"
)

// ports are the usual ones of each way to speak to a mail server.
var ports = map[TLS]int{StartTLS: 587, TLSOnly: 465, NoTLS: 25}

// Kind is the type email of the config file.
func Kind() channel.Kind {
	return channel.Kind{
		Type: "email",
		Doc:  "mail with a text and an HTML part; the mails on one incident make one conversation",
		Keys: []channel.Key{
			{Name: "host", Doc: "the name of the SMTP server", Example: `"smtp.example.com"`, Required: true, Zero: "",
				Check: checkHost},
			{Name: "port", Doc: "the port of the SMTP server", Example: "587", Zero: 0, Check: checkPort},
			{
				Name: "tls", Doc: "a way to speak to a mail server", Example: `"starttls"`, Zero: "",
				Choices: []string{string(StartTLS), string(TLSOnly), string(NoTLS)},
			},
			{Name: "user", Doc: "the name to log in with", Example: `"vendorwatch"`, Zero: ""},
			{Name: "password", Doc: "the password", Example: "VENDORWATCH_MAIL_PASSWORD", Zero: secret.Text{}},
			{
				Name: "from", Doc: "the address of the sender", Example: `"Vendorwatch <ops@example.com>"`,
				Required: true,
				Zero:     "", Check: checkAddress,
			},
			{
				Name: "to", Doc: "the addresses of the readers", Example: `["ops@example.com"]`, Required: true,
				Zero: []string{}, Check: checkAddress,
			},
		},
		Check: func(v channel.Values, r channel.Reporter) {
			hasUser, hasPassword := v.Text("user") != "", v.Has("password")
			switch {
			case hasUser && !hasPassword:
				r.Mistake("password_env", "it is missing: the name of the environment variable that holds the password",
					`write for example password_env = "VENDORWATCH_MAIL_PASSWORD"`)
			case hasPassword && !hasUser:
				r.Mistake("user", "there is a password and no user", `write for example user = "vendorwatch"`)
			}
			if hasUser && v.Text("tls") == string(NoTLS) {
				r.Mistake("tls", "a password would be sent in the clear",
					`write "starttls" or "tls", or leave user out`)
			}
		},
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			s := Server{Host: v.Text("host"), Port: v.Number("port"), TLS: TLS(v.Text("tls")), User: v.Text("user"),
				Password: v.Secret("password")}
			if env.Roots != nil {
				s.Config = &tls.Config{ServerName: s.Host, RootCAs: env.Roots, MinVersion: tls.VersionTLS12}
			}
			if s.TLS == "" {
				s.TLS = StartTLS
			}
			if s.Port == 0 {
				s.Port = ports[s.TLS]
			}
			return channel.Made(New(name, s, v.Text("from"), v.List("to")))
		},
		Preview: func(m message.Message, _ channel.Values) ([]channel.Preview, error) {
			html, err := HTML(m)
			return []channel.Preview{
				{Form: "txt", Text: "Subject: " + m.Subject() + "\n\n" + message.Text(m, 0)},
				{Form: "html", Text: html},
			}, err
		},
	}
}

var hostName = lazyregexp.New(`^[A-Za-z0-9_.:-]+$`)

func checkHost(value string) error {
	if !hostName.MatchString(value) {
		return fmt.Errorf(`%q is not the name of a server; write for example host = "smtp.example.com"`, value)
	}
	return nil
}

func checkPort(value string) error {
	if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("%s is not between 1 and 65535; write for example port = 587, or leave it out", value)
	}
	return nil
}

func checkAddress(value string) error {
	if _, err := mail.ParseAddress(value); err != nil || strings.ContainsAny(value, "\r\n") {
		return fmt.Errorf(`%q is not a mail address; write for example "ops@example.com" or "Ops <ops@example.com>"`,
			value)
	}
	return nil
}
