// Package pagerduty is the channel that triggers and resolves alerts of PagerDuty by its Events API v2
// (https://developer.pagerduty.com/docs/events-api-v2-overview). One incident is one alert: its events share a
// dedup_key.
//
// The events are those of the library go-pagerduty. They are posted as other channels post, since the library's client
// follows redirects, reads an answer of any size and drops Retry-After.
package pagerduty

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/PagerDuty/go-pagerduty"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/oncall"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
)

// DefaultURL is where accounts of the United States send events; those of the European Union use
// https://events.eu.pagerduty.com.
const DefaultURL = "https://events.pagerduty.com"

// Channel triggers and resolves alerts.
type Channel struct {
	poster *channel.Poster
	key    func() string // a function, since printers, loggers and encoders do not look into one
}

// New makes the channel. The routing key is the secret. An empty address means DefaultURL, a nil client one with a
// time limit of 15 seconds.
func New(name, routingKey, address string, client *http.Client) (*Channel, error) {
	if address == "" {
		address = DefaultURL
	}
	p, err := channel.NewPoster(name, strings.TrimRight(address, "/")+"/v2/enqueue", client, "address of PagerDuty",
		DefaultURL)
	if err != nil {
		return nil, err
	}
	p.Secrets = func() []string { return []string{routingKey} }
	return &Channel{poster: p, key: func() string { return routingKey }}, nil
}

// Name returns the channel's name.
func (c *Channel) Name() string { return c.poster.Channel }

// Send triggers the alert of the message's incident or page, or resolves it. A digest is refused; what is no alert, or
// comes after its end, is taken and sent nowhere. Every error is a *channel.SendError unless ctx ended.
func (c *Channel) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	if m.Digest != nil {
		return channel.Sent{}, &channel.SendError{
			Channel: c.Name(), Reason: "PagerDuty takes alerts, not digests; send the digest to another channel",
			Refused: true,
		}
	}
	event, why := eventOf(m, c.key())
	if event == nil {
		return channel.Sent{Receipt: why + ": not passed on"}, nil
	}
	if event.Action == actionClose {
		for _, key := range oncall.Of(m).OtherKeys {
			other := *event
			other.DedupKey = key
			if _, err := c.post(ctx, &other); err != nil {
				return channel.Sent{}, err
			}
		}
	}
	return c.post(ctx, event)
}

func (c *Channel) post(ctx context.Context, event *pagerduty.V2Event) (channel.Sent, error) {
	body, err := json.Marshal(event)
	if err != nil {
		return channel.Sent{}, &channel.SendError{Channel: c.Name(), Reason: "encode the message: " + err.Error(),
			Refused: true}
	}
	a, err := c.poster.Post(ctx, body, http.Header{"User-Agent": {"vendorwatch"}})
	if err != nil {
		return channel.Sent{}, err
	}
	if _, err := c.poster.Judge(a); err != nil {
		// PagerDuty answers a key that it does not know with 400, as it does a wrong event.
		var e *channel.SendError
		if errors.As(err, &e) && wrongKey.MatchString(a.Body) {
			e.Refused, e.Rejected = false, true
		}
		return channel.Sent{}, err
	}
	return channel.Sent{Receipt: event.Action + " " + event.DedupKey}, nil
}

// wrongKey is in an answer about the key of the integration.
var wrongKey = lazyregexp.New(`(?i)routing[ _]key`)

// actionClose is the action of an event that ends an alert.
const actionClose = "resolve"

// The most that PagerDuty takes of each text, in characters.
const (
	summaryLimit = 1024
	keyLimit     = 255
)

// eventOf returns the event of a message; nil, and why, where nothing is to be sent.
func eventOf(m message.Message, routingKey string) (event *pagerduty.V2Event, why string) {
	a := oncall.Of(m)
	event = &pagerduty.V2Event{RoutingKey: routingKey, DedupKey: words.Cut(a.Key, keyLimit, ""), Client: "vendorwatch"}
	switch a.Action {
	case oncall.Ignore:
		return nil, a.Why
	case oncall.Close:
		event.Action = actionClose
		return event, ""
	}
	event.Action = "trigger" // PagerDuty adds the event to the alert where one is open under the key
	for _, l := range a.Links {
		event.Links = append(event.Links, map[string]string{"href": l.URL, "text": l.Text})
	}
	event.Payload = &pagerduty.V2Payload{
		Summary: words.Cut(a.Summary, summaryLimit, words.Ellipsis), Source: a.Vendor, Severity: severityOf(a.Severity),
		Timestamp: a.StartedAt, Component: a.Component, Class: a.Class, Details: a.Details,
	}
	a.Details["text"] = a.Text
	return event, ""
}

// severityOf maps to the four words of PagerDuty's events.
func severityOf(s normalize.Severity) string {
	switch s {
	case normalize.SeverityCritical:
		return "critical"
	case normalize.SeverityMajor:
		return "error"
	case normalize.SeverityNone:
		return "info"
	}
	return "warning"
}

func preview(m message.Message, _ channel.Values) ([]channel.Preview, error) {
	event, why := eventOf(m, secret.Hidden)
	if event == nil {
		return []channel.Preview{{Form: "txt", Text: "Nothing is sent: " + why + ".\n"}}, nil
	}
	return channel.PreviewJSON(event)
}
