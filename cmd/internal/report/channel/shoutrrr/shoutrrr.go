// Package shoutrrr is the channel for the services that the library shoutrrr speaks to, such as Discord and ntfy.
package shoutrrr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/format"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize/lazyregexp"
)

// Channel sends text to one of the services of shoutrrr: Discord, Teams, Google Chat, Telegram, ntfy, Pushover and
// others (https://shoutrrr.nickfedor.com).
type Channel struct {
	name    string
	scheme  string
	url     func() *url.URL // a function, since printers, loggers and encoders do not look into one
	service func() types.Service

	timeout time.Duration
}

// library is what the library's services send through: most of them use the default transport, and let nobody choose
// another.
var library = &transport{first: http.DefaultTransport}

func init() { http.DefaultTransport = library }

// transport sends nothing to another host than the one that was asked first: a redirect would carry the secret
// elsewhere, or lead into our own network.
type transport struct {
	first   http.RoundTripper
	checked atomic.Pointer[http.RoundTripper] // that of the client which channels were made with; nil until then
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Response != nil && !strings.EqualFold(r.Response.Request.URL.Hostname(), r.URL.Hostname()) {
		return nil, errors.New("redirects to another host are not followed; give the channel the address it leads to")
	}
	if checked := t.checked.Load(); checked != nil {
		return (*checked).RoundTrip(r)
	}
	return t.first.RoundTrip(r)
}

// CloseIdleConnections is asked for by http.Client and by test servers that end.
func (t *transport) CloseIdleConnections() {
	if first, ok := t.first.(interface{ CloseIdleConnections() }); ok {
		first.CloseIdleConnections()
	}
}

// serviceTimeout is how long a service may take. The library cannot cancel a call, so that one that takes longer is
// abandoned.
const serviceTimeout = 40 * time.Second

// New makes the channel. The URL of the service is the secret, and the error does not show it. All that the service
// sends goes through the transport of the given client, unless it is nil.
func New(name, address string, client *http.Client) (*Channel, error) {
	const write = "write one like discord://TOKEN@ID, see https://shoutrrr.nickfedor.com/services/overview/"
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme == "" {
		return nil, fmt.Errorf("channel %q: shoutrrr cannot read the address of the service; %s", name, write)
	}
	sender, err := shoutrrr.NewSender(log.New(io.Discard, "", 0))
	if err != nil {
		return nil, fmt.Errorf("channel %q: %w", name, err)
	}
	service, err := sender.Locate(u.String())
	if err != nil {
		return nil, fmt.Errorf("channel %q: the address of the service %q cannot be used: %s; %s", name, u.Scheme,
			secret.Scrub(innermost(err).Error(), secret.Parts(u)...), write)
	}
	if client != nil && client.Transport != nil {
		send(service, u, client)
	}
	scheme, _, _ := strings.Cut(u.Scheme, "+")
	return &Channel{name: name, scheme: scheme, url: func() *url.URL { return u },
		service: func() types.Service { return service }, timeout: serviceTimeout}, nil
}

// send lets a service send through the transport of a client, whichever client the service has made for itself.
func send(service types.Service, u *url.URL, client *http.Client) {
	library.checked.Store(&client.Transport)
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if t, can := client.Transport.(interface{ Unverified() http.RoundTripper }); can && trustsAll(u) {
		own.Transport = t.Unverified()
	}
	switch s := service.(type) {
	case interface{ SetHTTPClient(*http.Client) }:
		s.SetHTTPClient(&own)
	case interface{ GetHTTPClient() *http.Client }:
		if made := s.GetHTTPClient(); made != nil {
			made.Transport, made.CheckRedirect = own.Transport, own.CheckRedirect
		}
	}
}

// trustsAll reports whether an address asks for a connection to a server whatever its certificate is.
func trustsAll(u *url.URL) bool {
	for key, values := range u.Query() {
		asks := strings.EqualFold(key, "disabletlsverification") || strings.EqualFold(key, "insecureskipverify") ||
			strings.EqualFold(key, "disabletls") && u.Scheme == "gotify"
		if on, known := format.ParseBool(values[0], false); asks && on && known {
			return true
		}
	}
	return false
}

// Name returns the channel's name.
func (s *Channel) Name() string { return s.name }

// serviceLimits are how many runes a message to a service may have, where that is not serviceLimit.
var serviceLimits = map[string]int{"discord": 1900, "pushover": 1000, "pushbullet": 2000, "bark": 2000,
	"telegram": 3900, "googlechat": 3900, "signal": 1900}

const serviceLimit = 3500

// Send hands the message to the service, a long digest in several parts. Every error is a *channel.SendError unless ctx
// ended. The library tells a refusal from a failure in its words only.
func (s *Channel) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	limit := serviceLimit
	if n, ok := serviceLimits[s.scheme]; ok {
		limit = n
	}
	title := types.Params{types.TitleKey: channel.Defang(m.Subject())}
	return channel.SendParts(m, channel.ChatTexts(m, limit), func(text, _ string) (channel.Sent, error) {
		return s.send(ctx, text, title)
	})
}

func (s *Channel) send(ctx context.Context, text string, params types.Params) (channel.Sent, error) {
	done := make(chan error, 1)
	go func() { done <- s.service().Send(text, &params) }()
	timer := time.NewTimer(s.timeout)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return channel.Sent{}, fmt.Errorf("channel %q: %w", s.name, context.Cause(ctx))
	case <-timer.C:
		return channel.Sent{}, &channel.SendError{Channel: s.name, Reason: "no answer in time"}
	case err := <-done:
		if err != nil {
			e := &channel.SendError{Channel: s.name,
				Reason: words.Short(secret.Scrub(err.Error(), secret.Parts(s.url())...), message.ReasonLimit)}
			if status := statusIn.FindStringSubmatch(e.Reason); status != nil {
				code, _ := strconv.Atoi(status[1])
				refused, rejected := channel.JudgeStatus(code)
				e.Rejected = refused || rejected
			}
			return channel.Sent{}, e
		}
	}
	return channel.Sent{Receipt: "taken by " + s.scheme}, nil
}

// statusIn finds the status of HTTP in the words of an error.
var statusIn = lazyregexp.New(`(?i)(?:status|code|response|error)\D{0,20}\b([345]\d\d)\b`)

// innermost returns the innermost error that an error wraps. The outer ones of the library show whole addresses.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
