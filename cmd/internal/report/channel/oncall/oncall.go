// Package oncall says what a service that pages people is told of a message: which alert it is about, and whether that
// opens, goes on or ends. One incident is one alert, under one key from its beginning to its end. The channels of
// PagerDuty and Opsgenie use it.
//
// No alert is ever acknowledged from here: that a vendor looks into an incident does not mean that anybody who is
// paged does.
package oncall

import (
	"cmp"
	"strconv"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// Action is what a message does to its alert.
type Action string

// The actions.
const (
	Open   Action = "open"   // opens the alert, or keeps open the one that is
	Add    Action = "add"    // adds to the open alert; pages nobody
	Close  Action = "close"  // ends the alert
	Ignore Action = "ignore" // nothing is sent
)

// Alert is what a message says of an alert. Its texts are fit for any receiver.
type Alert struct {
	Action    Action
	Why       string // why nothing is sent, where that is the action
	Key       string
	OtherKeys []string // under which the same was opened before it was known to be the same; closed with it
	Summary   string   // the news, in one line
	Text      string   // the whole message, in at most 10,000 runes
	Severity  normalize.Severity
	Vendor    string
	Class     string // "incident", "maintenance", "notice", "status_page" or "test"
	Component string // the components, or the one whose status changed; may be empty
	StartedAt string // UTC; may be empty
	Links     []Link
	Details   map[string]string // the record's own names and values
}

// Link is an address with what it leads to.
type Link struct{ URL, Text string }

// textLimit is how long Alert.Text may be, in runes.
const textLimit = 10000

// Of returns the alert of a message that is no digest.
func Of(m message.Message) Alert {
	a := Alert{
		Action: Ignore, Why: "not an alert", Class: "test", Vendor: "vendorwatch",
		Summary: channel.Defang(m.Subject()), Text: channel.ChatText(m, textLimit),
		Details: map[string]string{"reason": string(m.Reason), "message_id": m.ID},
	}
	open := false
	switch {
	case m.Digest != nil, m.Held != nil, m.Failed != nil, m.Own != nil, m.Target != nil,
		m.Reason == message.ReasonMoved:
		return a
	case m.Reason == message.ReasonTest:
		a.Key, a.Severity, open = "vendorwatch-test", normalize.SeverityNone, true
		if len(m.Items) > 0 {
			a.ofIncident(m)
			a.Class, a.Key, a.Severity = "test", "vendorwatch-test", normalize.SeverityNone
		}
	case len(m.Items) > 0:
		open = m.Items[0].Open
		a.ofIncident(m)
	case m.Source != nil:
		open = m.Source.Open
		a.ofSource(m)
	default:
		return a
	}
	a.Why = ""
	switch {
	case m.Reason == message.ReasonNotWatched:
		a.Action = Close // nobody will learn when it ends
	case open && addsOnly(m.Reason):
		a.Action = Add
	case open:
		a.Action = Open
	case ends(m.Reason):
		a.Action = Close
	default:
		a.Why = "the alert is over"
	}
	return a
}

// addsOnly reports whether a message for a reason is no cause to page anybody again.
func addsOnly(r message.Reason) bool {
	return r == message.ReasonUpdate || r == message.ReasonChanged || r == message.ReasonLowered ||
		r == message.ReasonPostmortem
}

// ends reports whether a message for a reason ends what is no longer open. Others, such as a postmortem, come after
// the end. Of an incident that left its page nobody knows the end, and the message says so: nobody can wait for it.
func ends(r message.Reason) bool {
	switch r {
	case message.ReasonResolved, message.ReasonReadable, message.ReasonMaintenance, message.ReasonComponent,
		message.ReasonLeftFeed:
		return true
	}
	return false
}

func (a *Alert) ofIncident(m message.Message) {
	i, n := m.Items[0], m.Notice()
	shown := n.Incidents[0]
	a.OtherKeys = i.OtherKeys
	a.Key, a.Severity, a.Class, a.StartedAt = i.DedupKey, normalize.Severity(i.Severity), i.Kind,
		cmp.Or(i.StartedAt, i.ScheduledStartAt)
	a.Vendor, a.Component = channel.Defang(shown.Vendor), channel.Defang(shown.Components)
	a.link(i.URL, "Incident on the vendor's page")
	a.link(i.PageURL, "Status page")
	a.link(i.RunbookURL, "Runbook")
	a.link(i.DashboardURL, "Our record")
	a.detail("incident_id", strconv.FormatInt(i.IncidentID, 10))
	a.detail("vendor", i.Vendor)
	a.detail("title", i.Title)
	a.detail("severity", i.Severity)
	a.detail("state", i.State)
	a.detail("started_at", i.StartedAt)
	a.detail("resolved_at", i.ResolvedAt)
	a.detail("scheduled_start_at", i.ScheduledStartAt)
	a.detail("scheduled_end_at", i.ScheduledEndAt)
	a.detail("components", shown.Components)
	a.detail("touches", i.Touches)
	a.detail("may_touch", i.MayTouch)
	a.detail("latest_update", shown.Latest)
	a.detail("owner", i.Owner)
}

// ofSource takes news of a status page. What is told of its components has a life of its own, which another
// message on the page must not end.
func (a *Alert) ofSource(m message.Message) {
	s := m.Source
	a.Key, a.Severity, a.Class, a.StartedAt = s.DedupKey, normalize.SeverityUnknown, "status_page", s.SinceAt
	if m.Reason == message.ReasonComponent {
		a.Component = channel.Defang(words.Short(s.Component, message.TitleLimit))
	}
	a.Vendor = channel.Defang(message.VendorName(s.VendorName, s.Vendor, 80))
	a.link(s.PageURL, "Status page")
	a.link(s.RunbookURL, "Runbook")
	a.detail("source_id", strconv.FormatInt(s.SourceID, 10))
	a.detail("vendor", s.Vendor)
	a.detail("since_at", s.SinceAt)
	a.detail("last_success_at", s.LastGoodAt)
	a.detail("problem", s.Reason)
	a.detail("owner", s.Owner)
}

func (a *Alert) link(address, text string) {
	if address = message.WebLink(address); address != "" {
		a.Links = append(a.Links, Link{URL: address, Text: text})
	}
}

func (a *Alert) detail(name, value string) {
	if value = words.Short(value, 500); value != "" {
		a.Details[name] = channel.Defang(value)
	}
}
