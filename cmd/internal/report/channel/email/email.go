// Package email is the channel that sends mail by SMTP, with a text and an HTML part.
package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize/lazyregexp"
)

// TLS is how the connection to a mail server is encrypted.
type TLS string

// The ways to encrypt it.
const (
	StartTLS TLS = "starttls" // after a start in the clear; a server that cannot switch is refused
	TLSOnly  TLS = "tls"      // encrypted from the first byte
	NoTLS    TLS = "none"     // not at all, for a server on the same machine
)

// Server is an SMTP server.
type Server struct {
	Host     string
	Port     int
	TLS      TLS
	User     string      // empty for none
	Password string      // a secret
	Config   *tls.Config // nil means the system's certificates
}

// Channel sends mail.
type Channel struct {
	name   string
	server func() Server // a function, since printers, loggers and encoders do not look into one
	from   string
	to     []string
}

// New makes the channel. The error says which address cannot be used.
func New(name string, server Server, from string, to []string) (*Channel, error) {
	m := &Channel{name: name, server: func() Server { return server }, from: from, to: to}
	if _, err := m.compose(message.Message{ID: "vw-0", Reason: message.ReasonTest}); err != nil {
		return nil, fmt.Errorf("channel %q: %w", name, err)
	}
	return m, nil
}

// Name returns the channel's name.
func (m *Channel) Name() string { return m.name }

// Send hands the message to the server. Its Message-ID is made of the id of the message, the same at each attempt.
// Every error is a *channel.SendError unless ctx ended.
func (m *Channel) Send(ctx context.Context, msg message.Message) (channel.Sent, error) {
	out, err := m.compose(msg)
	if err != nil {
		return channel.Sent{}, &channel.SendError{Channel: m.name, Reason: err.Error(), Refused: true}
	}
	client, err := m.client()
	if err != nil {
		return channel.Sent{}, &channel.SendError{Channel: m.name, Reason: m.scrub(err), Refused: true}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*channel.AnswerTimeout)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, out)
	switch {
	case err == nil:
		return channel.Sent{Receipt: "taken by " + m.server().Host}, nil
	case errors.Is(ctx.Err(), context.Canceled):
		return channel.Sent{}, fmt.Errorf("channel %q: %w", m.name, context.Cause(ctx))
	}
	return channel.Sent{}, m.judge(err)
}

func (m *Channel) client() (*mail.Client, error) {
	s := m.server()
	options := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(channel.AnswerTimeout), mail.WithoutNoop()}
	switch s.TLS {
	case TLSOnly:
		options = append(options, mail.WithSSL())
	case NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.Config != nil {
		options = append(options, mail.WithTLSConfig(s.Config))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User),
			mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, options...)
}

// compose makes the mail of a message. All messages on one incident refer to the same message, which was never sent, so
// that mail programs show them as one conversation.
func (m *Channel) compose(msg message.Message) (*mail.Msg, error) {
	out := mail.NewMsg()
	if err := out.From(m.from); err != nil {
		return nil, fmt.Errorf("the sender %q is not a mail address", m.from)
	}
	if err := out.To(m.to...); err != nil {
		return nil, fmt.Errorf("the readers %q are not mail addresses", strings.Join(m.to, ", "))
	}
	domain := m.domain()
	out.SetMessageIDWithValue(msg.ID + "." + m.name + "@" + domain)
	if key := conversation(msg); key != "" {
		ref := "<" + key + "." + m.name + "@" + domain + ">"
		out.SetGenHeaderPreformatted(mail.HeaderReferences, ref)
		out.SetGenHeader(mail.HeaderInReplyTo, ref)
	}
	out.Subject(msg.Subject())
	// A repeat is the same to the last byte, so that the time and the boundary are those of the message.
	if at := words.Time(msg.At); !at.IsZero() {
		out.SetDateWithValue(at)
	}
	out.SetBoundary("vendorwatch-" + notInDomain.ReplaceAllString(msg.ID, ""))
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.SetGenHeader("X-Vendorwatch-Delivery", msg.ID)
	out.SetGenHeader("X-Vendorwatch-Reason", string(msg.Reason))
	page, err := HTML(msg)
	if err != nil {
		return nil, err
	}
	out.SetBodyString(mail.TypeTextPlain, message.Text(msg, 78))
	out.AddAlternativeString(mail.TypeTextHTML, page)
	return out, nil
}

var notInDomain = lazyregexp.New(`[^A-Za-z0-9.-]`)

// domain is the domain of the sender, for the Message-ID.
func (m *Channel) domain() string {
	_, domain, _ := strings.Cut(m.from, "@")
	if domain = notInDomain.ReplaceAllString(domain, ""); domain != "" {
		return domain
	}
	return "vendorwatch.invalid"
}

// conversation is the same for all messages on one incident, or on one page.
func conversation(m message.Message) string {
	switch {
	case len(m.Items) == 1:
		return m.Items[0].DedupKey
	case m.Source != nil:
		return m.Source.DedupKey
	}
	return ""
}

// judge says what a failure means: a code of 500 or above is a refusal (RFC 5321, section 4.2.1), except at the login,
// where the configuration may be at fault and not the message.
func (m *Channel) judge(err error) error {
	e := &channel.SendError{Channel: m.name, Reason: words.Short(m.scrub(err), message.ReasonLimit)}
	var send *mail.SendError
	var smtp *textproto.Error
	switch {
	case errors.As(err, &send):
		e.Refused = !send.IsTemp() && send.ErrorCode() >= 500
	case errors.As(err, &smtp) && smtp.Code >= 500:
		e.Rejected = true
	}
	return e
}

func (m *Channel) scrub(err error) string { return secret.Scrub(err.Error(), m.server().Password) }
