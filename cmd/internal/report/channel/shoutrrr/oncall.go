package shoutrrr

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// OnCall is a Channel that raises an alert of PagerDuty or Opsgenie for an incident and ends it with it. Both
// keep one alert for one key, so that what comes between is added to it.
type OnCall struct {
	*Channel
	poster *channel.Poster // Opsgenie: to end an alert, which the library cannot
}

// NewOnCall makes the channel from an address of shoutrrr's, pagerduty://… or opsgenie://….
func NewOnCall(name, address string, client *http.Client) (*OnCall, error) {
	s, err := New(name, address)
	if err != nil {
		return nil, err
	}
	o := &OnCall{Channel: s}
	if s.scheme != "opsgenie" {
		return o, nil
	}
	u := s.url()
	host, key := cmp.Or(u.Hostname(), "api.opsgenie.com"), strings.Trim(u.Path, "/")
	if port := u.Port(); port != "" && port != "443" {
		host = net.JoinHostPort(host, port)
	}
	o.poster, err = channel.NewPoster(name, "https://"+host+"/v2/alerts", client, "address of Opsgenie", "opsgenie://api.opsgenie.com/KEY")
	if err != nil {
		return nil, err
	}
	o.poster.Secrets = func() []string { return []string{key} }
	return o, nil
}

// IsOnCall reports whether an address of shoutrrr's is one for NewOnCall.
func IsOnCall(address string) bool {
	scheme, _, _ := strings.Cut(strings.TrimSpace(address), ":")
	return scheme == "pagerduty" || scheme == "opsgenie"
}

// PerIncident says that the channel keeps one message an incident.
func (o *OnCall) PerIncident() {}

// Send raises, adds to or ends the alert of the message's incident or page. What is told after the end, and
// what is no alert, is taken and goes nowhere, for it would raise a new one; a digest is refused.
func (o *OnCall) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	key, open, severity := "", false, ""
	switch {
	case m.Digest != nil:
		return channel.Sent{}, &channel.SendError{Channel: o.name, Reason: o.scheme + " takes alerts, not digests; send the digest to another channel", Refused: true}
	case m.Reason == message.ReasonTest:
		key, open, severity = "vendorwatch-test", true, string(normalize.SeverityNone)
	case len(m.Items) > 0:
		key, open, severity = m.Items[0].DedupKey, m.Items[0].Open, m.Items[0].Severity
	case m.Source != nil && m.Reason != message.ReasonMoved:
		key, open, severity = m.Source.DedupKey, m.Source.Open, string(normalize.SeverityUnknown)
	default:
		return channel.Sent{Receipt: "not an alert: not passed on"}, nil
	}
	ends := m.Reason == message.ReasonResolved || m.Reason == message.ReasonReadable || m.Reason == message.ReasonMaintenance
	switch {
	case open && o.scheme == "pagerduty":
		return o.send(ctx, chatText(m, 1000), types.Params{"action": "trigger", "dedup_key": key, "severity": pagerDutySeverity(severity),
			"source": o.source(m), "client": "vendorwatch"})
	case open:
		return o.send(ctx, chatText(m, 14000), types.Params{types.TitleKey: words.Short(defang(m.Subject()), 120), "alias": key,
			"priority": opsgeniePriority(severity), "source": "vendorwatch"})
	case !ends:
		return channel.Sent{Receipt: "the alert is over: not passed on"}, nil
	case o.scheme == "pagerduty":
		return o.send(ctx, chatText(m, 1000), types.Params{"action": "resolve", "dedup_key": key, "source": o.source(m)})
	}
	return o.close(ctx, m, key)
}

// close ends an alert of Opsgenie (https://docs.opsgenie.com/docs/alert-api#close-alert).
func (o *OnCall) close(ctx context.Context, m message.Message, key string) (channel.Sent, error) {
	own := *o.poster
	base := own.URL()
	own.URL = func() *url.URL {
		u := base.JoinPath(key, "close")
		u.RawQuery = "identifierType=alias"
		return u
	}
	body, err := json.Marshal(map[string]string{"source": "vendorwatch", "note": words.Short(defang(m.Subject()), 500)})
	if err != nil {
		return channel.Sent{}, &channel.SendError{Channel: o.name, Reason: "encode the message: " + err.Error(), Refused: true}
	}
	a, err := own.Post(ctx, body, http.Header{"Authorization": {"GenieKey " + own.Secrets()[0]}})
	if err != nil {
		return channel.Sent{}, err
	}
	if a.Status >= 200 && a.Status < 300 {
		return channel.Sent{Receipt: "closed in opsgenie"}, nil
	}
	e := &channel.SendError{Channel: o.name, Reason: fmt.Sprintf("%d %s %s", a.Status, http.StatusText(a.Status), words.Short(own.Scrub(a.Body), message.ReasonLimit))}
	if a.Status >= 400 && a.Status < 500 && a.Status != http.StatusTooManyRequests && a.Status != http.StatusRequestTimeout {
		e.Refused = true
	}
	return channel.Sent{}, e
}

func (o *OnCall) source(m message.Message) string {
	if len(m.Items) > 0 {
		return message.VendorName(m.Items[0].VendorName, m.Items[0].Vendor, 80)
	}
	if m.Source != nil {
		return message.VendorName(m.Source.VendorName, m.Source.Vendor, 80)
	}
	return "vendorwatch"
}

// pagerDutySeverity maps to the four words of PagerDuty's events
// (https://developer.pagerduty.com/docs/events-api-v2-overview).
func pagerDutySeverity(severity string) string {
	switch normalize.Severity(severity) {
	case normalize.SeverityCritical:
		return "critical"
	case normalize.SeverityMajor:
		return "error"
	case normalize.SeverityNone:
		return "info"
	}
	return "warning"
}

func opsgeniePriority(severity string) string {
	switch normalize.Severity(severity) {
	case normalize.SeverityCritical:
		return "P1"
	case normalize.SeverityMajor:
		return "P2"
	case normalize.SeverityNone:
		return "P5"
	}
	return "P3"
}
