package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// notice is a message in words that every channel shares. Nothing in it is escaped, and everything in it
// fits for a line.
type notice struct {
	headline string  // what happened, complete in itself
	stories  []told  // an incident each
	lines    []label // what is to be said of a page, or of what was held back
	link     string  // http or https, or empty
}

// told is one incident of a notice.
type told struct {
	entry
	item   AlertItem
	what   string // what happened to it: "opened", "minor → critical (worse)"
	labels []label
}

// label is a name with its text, and perhaps a link.
type label struct{ name, text, link string }

// notice puts a message that is no digest in words.
func (m Message) notice() notice {
	switch {
	case m.Source != nil:
		return m.sourceNotice()
	case m.Held != nil:
		return notice{
			headline: fmt.Sprintf("%d more held back, see digest", m.Held.Count),
			lines: []label{{name: "Held back", text: fmt.Sprintf("%s between %s and %s, more than this channel takes in an hour", words.Count(m.Held.Count, "message"),
				m.clock(m.Held.SinceAt), m.clock(m.Held.UntilAt))}},
		}
	}
	n := notice{}
	for _, i := range m.Items {
		n.stories = append(n.stories, m.told(i))
	}
	switch {
	case len(n.stories) == 1:
		n.headline, n.link = n.stories[0].headline(), n.stories[0].link
	case len(n.stories) > 1:
		n.headline = m.groupHeadline()
	case m.Reason == ReasonTest:
		n.headline = "Test message of vendorwatch: this channel works"
	default:
		n.headline = "Vendor status: " + words.Spell(string(m.Reason))
	}
	return n
}

func (m Message) sourceNotice() notice {
	s := *m.Source
	name := vendorName(s.VendorName, s.Vendor, 80)
	n := notice{link: webLink(s.PageURL), headline: name + ": " + words.Short(s.Text, titleLimit)}
	add := func(name, text, link string) {
		if text != "" {
			n.lines = append(n.lines, label{name, text, link})
		}
	}
	add("Page", pages(n.link), n.link)
	if m.Reason == ReasonUnreadable || m.Reason == ReasonReminder {
		add("Not readable", m.digest().sourceWords(s.Source), "")
	} else {
		add("Reason", words.Short(s.Reason, reasonLimit), "")
	}
	add("Owner", words.Short(s.Owner, 80), "")
	add("Runbook", pages(webLink(s.RunbookURL)), webLink(s.RunbookURL))
	return n
}

// told puts one incident in words.
func (m Message) told(i AlertItem) told {
	item := i.Item
	if i.Update != nil {
		item.LatestBody = i.Update.Body
		if m.Reason == ReasonPostmortem {
			item.Postmortem = i.Update.Body
		}
	}
	t := told{entry: m.digest().entry(item), item: i, what: m.what(i)}
	t.title, t.words = words.OneLine(t.title), words.OneLine(t.words)
	add := func(name, text, link string) {
		if text != "" {
			t.labels = append(t.labels, label{name, text, link})
		}
	}
	add("Components", t.parts, "")
	if i.DetectedAfterSeconds != nil && *i.DetectedAfterSeconds >= 0 && m.Reason != ReasonMaintenance {
		add("Detected by us", words.Seconds(*i.DetectedAfterSeconds)+" after the start", "")
	}
	if n := len(i.AlsoAffected); n > 0 {
		names := make([]string, min(n, 8))
		for k := range names {
			names[k] = words.Short(i.AlsoAffected[k], 40)
		}
		add("Also affected", strings.Join(names, ", ")+andOthers(n-len(names)), "")
	}
	add("Owner", words.Short(i.Owner, 80), "")
	add("Runbook", pages(webLink(i.RunbookURL)), webLink(i.RunbookURL))
	add("Our record", pages(webLink(i.DashboardURL)), webLink(i.DashboardURL))
	return t
}

// headline is the incident's news in one line.
func (t told) headline() string { return t.vendor + ": " + t.what + ": " + t.title }

// what says what happened to an incident.
func (m Message) what(i AlertItem) string {
	noun := "incident"
	if i.Kind != "" && i.Kind != string(normalize.KindIncident) {
		noun = words.OneLine(i.Kind)
	}
	switch m.Reason {
	case ReasonFirst:
		if noun == string(normalize.KindMaintenance) {
			return maintenanceWords(i)
		}
		text, now := words.Severity(i.Severity), ""
		if normalize.State(i.State).Over() {
			now = ", by now " + stateWords(i.Item)
		}
		if normalize.Severity(i.Severity) == normalize.SeverityUnknown || normalize.Severity(i.Severity) == normalize.SeverityNone {
			return noun + " opened, " + text + now
		}
		return text + " " + noun + " opened" + now
	case ReasonMaintenance:
		return maintenanceWords(i)
	case ReasonWorsened:
		if i.Was == "" {
			return "worse, now " + words.Severity(i.Severity)
		}
		return words.SeverityChange(i.Was, i.Severity)
	case ReasonResolved:
		if i.Kind == string(normalize.KindMaintenance) {
			return maintenanceWords(i)
		}
		return strings.Replace("resolved, "+lasted(i.Item), "resolved, lasted ", "resolved after ", 1)
	case ReasonReopened:
		return "opened again, " + stateWords(i.Item)
	case ReasonUpdate:
		return "update, " + stateWords(i.Item)
	case ReasonPostmortem:
		return "postmortem published"
	case ReasonLeftFeed:
		return "gone from the page without a resolution"
	case ReasonReminder:
		return m.reminderWords(i)
	case ReasonChanged:
		if i.Was != "" && words.OneLine(i.Was) != stateWords(i.Item) {
			return words.Spell(i.Was) + " → " + stateWords(i.Item)
		}
		return "now " + stateWords(i.Item)
	case ReasonTest:
		return "test message"
	}
	return words.Spell(string(m.Reason))
}

func maintenanceWords(i AlertItem) string {
	switch normalize.State(i.State) {
	case normalize.StateScheduled:
		return "maintenance scheduled"
	case normalize.StateInProgress, normalize.StateVerifying:
		return "maintenance under way"
	case normalize.StateCompleted, normalize.StateResolved:
		return "maintenance completed"
	case normalize.StateCancelled:
		return "maintenance cancelled"
	}
	return "maintenance, " + stateWords(i.Item)
}

func (m Message) reminderWords(i AlertItem) string {
	now := words.Time(m.At)
	if i.Kind == string(normalize.KindMaintenance) {
		start := words.Time(firstOf(i.ScheduledStartAt, i.StartedAt))
		if start.After(now) {
			return "maintenance begins in " + words.Duration(start.Sub(now))
		}
		return "maintenance reminder"
	}
	if last := words.Time(firstOf(i.LatestPostedAt, i.StartedAt, i.FirstSeenAt)); !last.IsZero() && now.After(last) {
		return "still open, no word from the vendor for " + words.Duration(now.Sub(last))
	}
	return "still open"
}

// groupHeadline says what several openings have in common: the vendors.
func (m Message) groupHeadline() string {
	var names []string
	for _, i := range m.Items {
		if name := vendorName(i.VendorName, i.Vendor, 40); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	shown := min(len(names), 6)
	return fmt.Sprintf("%s opened: %s%s", words.Count(len(m.Items), "incident"), strings.Join(names[:shown], ", "), andOthers(len(names)-shown))
}

func andOthers(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// digest lends a message the words that digests have for times.
func (m Message) digest() Digest {
	return Digest{UntilAt: m.At, zone: m.location()}
}

func (m Message) location() *time.Location {
	if m.Zone == nil {
		return time.UTC
	}
	return m.Zone
}

func (m Message) clock(at string) string {
	if t := words.Time(at); !t.IsZero() {
		return t.In(m.location()).Format("15:04 MST")
	}
	return "an unknown time"
}

// Subject is the message in one line, for a mail's subject or a notification's title.
func (m Message) Subject() string {
	if m.Digest != nil {
		return "Vendor status: " + words.OneLine(m.Digest.Headline)
	}
	return words.Short(m.notice().headline, 180)
}
