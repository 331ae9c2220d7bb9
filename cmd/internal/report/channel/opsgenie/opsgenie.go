// Package opsgenie is the channel that opens and closes alerts of Opsgenie by its Alert API
// (https://docs.opsgenie.com/docs/alert-api). One incident is one alert: its alias is the key.
//
// It speaks plain HTTP, not opsgenie-go-sdk-v2: the SDK has had no release since July 2024, needs logging and retries
// of its own from releases of 2019, and Opsgenie itself ends in April 2027.
package opsgenie

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/oncall"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// DefaultURL is where accounts of the United States send alerts; those of the European Union use
// https://api.eu.opsgenie.com.
const DefaultURL = "https://api.opsgenie.com"

// Channel opens and closes alerts.
type Channel struct {
	poster *channel.Poster
	key    func() string // a function, since printers, loggers and encoders do not look into one
}

// New makes the channel. The key is the secret, that of an API integration. An empty address means DefaultURL, a nil
// client one with a time limit of 15 seconds.
func New(name, apiKey, address string, client *http.Client) (*Channel, error) {
	if address == "" {
		address = DefaultURL
	}
	p, err := channel.NewPoster(name, strings.TrimRight(address, "/"), client, "address of Opsgenie", DefaultURL)
	if err != nil {
		return nil, err
	}
	p.Secrets = func() []string { return []string{apiKey} }
	return &Channel{poster: p, key: func() string { return apiKey }}, nil
}

// Name returns the channel's name.
func (c *Channel) Name() string { return c.poster.Channel }

// Send opens the alert of the message's incident or page, adds to it, or closes it. A digest is refused; what is no
// alert, or comes after its end, is taken and sent nowhere. Every error is a *channel.SendError unless ctx ended.
func (c *Channel) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	if m.Digest != nil {
		return channel.Sent{}, &channel.SendError{
			Channel: c.Name(), Reason: "Opsgenie takes alerts, not digests; send the digest to another channel",
			Refused: true,
		}
	}
	requests, why := requestsOf(m)
	if len(requests) == 0 {
		return channel.Sent{Receipt: why + ": not passed on"}, nil
	}
	header := http.Header{"Authorization": {"GenieKey " + c.key()}, "User-Agent": {"vendorwatch"}}
	for _, r := range requests {
		body, err := json.Marshal(r.Body)
		if err != nil {
			return channel.Sent{}, &channel.SendError{Channel: c.Name(), Reason: "encode the message: " + err.Error(),
				Refused: true}
		}
		a, err := c.poster.At(r.Path, r.query()).Send(ctx, r.Method, body, header)
		if err != nil {
			return channel.Sent{}, err
		}
		if _, err := c.poster.Judge(a); err != nil {
			return channel.Sent{}, err
		}
	}
	return channel.Sent{Receipt: requests[0].Does}, nil
}

// request is one call of the API.
type request struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   any    `json:"body"`

	Does string `json:"-"` // what it does, for the receipt
}

// query says that the path names an alert by its alias.
func (r request) query() url.Values {
	if r.Path == alertsPath {
		return nil
	}
	return url.Values{"identifierType": {"alias"}}
}

const alertsPath = "/v2/alerts"

// newAlert is the body of a request that opens an alert. Where one of its alias is open, Opsgenie counts it up and
// takes over nothing else.
type newAlert struct {
	Message     string            `json:"message"`
	Alias       string            `json:"alias"`
	Description string            `json:"description"`
	Priority    string            `json:"priority"`
	Source      string            `json:"source"`
	Entity      string            `json:"entity"`
	Tags        []string          `json:"tags"`
	Details     map[string]string `json:"details"`
}

// The most that Opsgenie takes of each text, in characters.
const (
	messageLimit = 130
	aliasLimit   = 512
	tagLimit     = 50
	entityLimit  = 512
)

// requestsOf returns the calls that a message needs; none, and why, where nothing is to be sent.
func requestsOf(m message.Message) (requests []request, why string) {
	a := oncall.Of(m)
	alias := words.Cut(a.Key, aliasLimit, "")
	at := func(alias, action string) string { return alertsPath + "/" + url.PathEscape(alias) + action }
	alert := func(action string) string { return at(alias, action) }
	note := request{
		Method: http.MethodPost, Path: alert("/notes"), Does: "note added to " + alias,
		Body: map[string]string{"note": a.Text, "source": source},
	}
	priority := request{
		Method: http.MethodPut, Path: alert("/priority"), Does: "priority set of " + alias,
		Body: map[string]string{"priority": priorityOf(a.Severity)},
	}
	switch a.Action {
	case oncall.Open:
		requests = []request{{Method: http.MethodPost, Path: alertsPath, Body: newAlertOf(a, alias), Does: "opened " +
			alias}}
		if m.Reason == message.ReasonWorsened {
			requests = append(requests, priority, note)
		}
	case oncall.Add:
		if m.Reason == message.ReasonChanged || m.Reason == message.ReasonLowered {
			requests = append(requests, priority)
		}
		requests = append(requests, note)
	case oncall.Close:
		body := map[string]string{"note": a.Summary, "source": source}
		requests = []request{{Method: http.MethodPost, Path: alert("/close"), Body: body, Does: "closed " + alias}}
		for _, other := range a.OtherKeys {
			requests = append(requests, request{Method: http.MethodPost, Path: at(other, "/close"), Body: body})
		}
	}
	return requests, a.Why
}

// source is how Opsgenie shows where alerts come from.
const source = "vendorwatch"

func newAlertOf(a oncall.Alert, alias string) newAlert {
	var links strings.Builder
	for _, l := range a.Links {
		links.WriteString("\n" + l.Text + ": " + l.URL)
	}
	tags := []string{}
	for _, tag := range []string{a.Details["vendor"], a.Class, a.Details["severity"]} {
		if tag != "" {
			tags = append(tags, words.Cut(tag, tagLimit, ""))
		}
	}
	return newAlert{
		Message: words.Cut(a.Summary, messageLimit, words.Ellipsis), Alias: alias, Description: a.Text + "\n" +
			links.String(),
		Priority: priorityOf(a.Severity), Source: source, Entity: words.Cut(a.Vendor, entityLimit, ""), Tags: tags,
		Details: a.Details,
	}
}

// priorityOf maps to Opsgenie's five priorities.
func priorityOf(s normalize.Severity) string {
	switch s {
	case normalize.SeverityCritical:
		return "P1"
	case normalize.SeverityMajor:
		return "P2"
	case normalize.SeverityNone:
		return "P5"
	}
	return "P3"
}

func preview(m message.Message, _ channel.Values) ([]channel.Preview, error) {
	requests, why := requestsOf(m)
	if len(requests) == 0 {
		return []channel.Preview{{Form: "txt", Text: "Nothing is sent: " + why + ".\n"}}, nil
	}
	return channel.PreviewJSON(requests)
}
