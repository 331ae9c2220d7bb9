// Package shoutrrr is the channel for the services that the library shoutrrr speaks to, such as Discord and ntfy.
package shoutrrr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/url"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/cmd/internal/words"
)

// Channel is a Channel for every service that the library shoutrrr speaks: Discord, Teams, Google Chat,
// Telegram, ntfy, Pushover and so on (https://shoutrrr.nickfedor.com).
type Channel struct {
	name   string
	scheme string
	url    func() *url.URL // no printer, logger or encoder looks into a function
	sender func() *router.ServiceRouter

	timeout time.Duration
}

// serviceTimeout is how long a service may take. The library has no way to end a call, so that a call that
// takes longer is left behind.
const serviceTimeout = 40 * time.Second

// New makes the channel. The service's URL is the secret: the error says what is wrong with it without
// showing it.
func New(name, address string) (*Channel, error) {
	const write = "write one like discord://TOKEN@ID, see https://shoutrrr.nickfedor.com/services/overview/"
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme == "" {
		return nil, fmt.Errorf("channel %q: the address of the service is none that shoutrrr reads; %s", name, write)
	}
	sender, err := shoutrrr.NewSender(log.New(io.Discard, "", 0), u.String())
	if err != nil {
		return nil, fmt.Errorf("channel %q: the address of the service %q cannot be used: %s; %s", name, u.Scheme, secret.Scrub(innermost(err).Error(), secret.Parts(u)...), write)
	}
	scheme, _, _ := strings.Cut(u.Scheme, "+")
	return &Channel{name: name, scheme: scheme, url: func() *url.URL { return u }, sender: func() *router.ServiceRouter { return sender }, timeout: serviceTimeout}, nil
}

// Name returns the channel's name.
func (s *Channel) Name() string { return s.name }

// serviceLimits are how many runes of a message a service takes, where that is less than serviceLimit.
var serviceLimits = map[string]int{"discord": 1900, "pushover": 1000, "pushbullet": 2000, "bark": 2000, "telegram": 3900, "googlechat": 3900, "signal": 1900}

const serviceLimit = 3500

// Send hands the message over. Every error but the end of ctx is a *SendError. A service's refusal cannot be
// told from a failure, so that a message is given up after some twenty tries.
func (s *Channel) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	limit := serviceLimit
	if n, ok := serviceLimits[s.scheme]; ok {
		limit = n
	}
	return s.send(ctx, channel.ChatText(m, limit), types.Params{types.TitleKey: channel.Defang(m.Subject())})
}

func (s *Channel) send(ctx context.Context, text string, params types.Params) (channel.Sent, error) {
	done := make(chan error, 1)
	go func() { done <- errors.Join(s.sender().Send(text, &params)...) }()
	timer := time.NewTimer(s.timeout)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return channel.Sent{}, fmt.Errorf("channel %q: %w", s.name, context.Cause(ctx))
	case <-timer.C:
		return channel.Sent{}, &channel.SendError{Channel: s.name, Reason: "no answer in time", MaxTries: channel.MaxUnclearTries}
	case err := <-done:
		if err != nil {
			return channel.Sent{}, &channel.SendError{Channel: s.name, Reason: words.Short(secret.Scrub(err.Error(), secret.Parts(s.url())...), message.ReasonLimit), MaxTries: channel.MaxUnclearTries}
		}
	}
	return channel.Sent{Receipt: "taken by " + s.scheme}, nil
}

// innermost returns what an error wraps at the last: the outer ones of the library quote whole addresses.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
