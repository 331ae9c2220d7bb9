package message

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// Notice is an alert in words, for every kind of channel. Its texts are clean, but not escaped, and each fits on a
// line.
type Notice struct {
	Headline  string           // what happened, understandable by itself
	Incidents []IncidentNotice // one for each incident of the message
	Lines     []Label          // for news of a page, or a count of suppressed messages
	Link      string           // http or https, or empty
}

// IncidentNotice is one incident of a notice.
type IncidentNotice struct {
	Entry
	Item   AlertItem
	What   string // what happened to it: "opened", "minor → critical (worse)"
	Labels []Label
}

// Label is a named text, with or without a link.
type Label struct{ Name, Text, Link string }

// Notice puts a message into words that is not a digest.
func (m Message) Notice() Notice {
	switch {
	case m.Source != nil:
		return m.sourceNotice()
	case m.Failed != nil:
		return m.failedNotice()
	case m.Own != nil:
		return m.ownNotice()
	case m.Target != nil:
		return m.targetNotice()
	case m.Held != nil:
		return Notice{
			Headline: fmt.Sprintf("%d more messages held back; see the digest", m.Held.Count),
			Lines: []Label{{Name: "Held back",
				Text: fmt.Sprintf("%s between %s and %s, more than this channel takes in an hour",
					words.Count(m.Held.Count, "message"),
					m.timeOfDay(m.Held.SinceAt), m.timeOfDay(m.Held.UntilAt))}},
		}
	}
	n := Notice{}
	for _, i := range m.Items {
		n.Incidents = append(n.Incidents, m.incident(i))
	}
	switch {
	case len(n.Incidents) == 1:
		n.Headline, n.Link = n.Incidents[0].headline(), n.Incidents[0].Link
		if text := m.warning(n.Incidents[0]); text != "" {
			n.Headline = text
		}
	case len(n.Incidents) > 1:
		n.Headline = m.groupHeadline()
	case m.Reason == ReasonTest:
		n.Headline = "Test message from vendorwatch: this channel works"
	default:
		n.Headline = "Vendor status: " + words.Spell(string(m.Reason))
	}
	return n
}

func (m Message) failedNotice() Notice {
	f := m.Failed
	name := words.Short(f.Channel, 80)
	n := Notice{Headline: fmt.Sprintf("Messages do not reach the channel “%s”", name)}
	add := func(name, text string) {
		if text != "" {
			n.Lines = append(n.Lines, Label{name, text, ""})
		}
	}
	add("Set aside", words.Count(f.Refused, "message")+" since "+m.timeOfDay(f.SinceAt))
	if f.Waiting > 0 {
		add("Waiting", words.Count(f.Waiting, "message"))
	}
	add("Last answer", words.Short(f.LastError, ReasonLimit))
	add("To do", "vendorwatch deliveries --channel NAME --state refused lists them; when the channel works again, "+
		"vendorwatch deliveries resend --channel NAME --all sends them")
	return n
}

// ownNotice says that our own network fails, or is back: "Our own network is back after 29 min; counted for nobody".
func (m Message) ownNotice() Notice {
	o := *m.Own
	from, to := words.Time(o.FromAt), words.Time(o.ToAt)
	checks := words.Short(words.And(o.Vendors), 300)
	vendors := words.Count(len(o.Vendors), "vendor")
	switch {
	case o.Refuted:
		return Notice{Headline: "Our own network was not the cause: most other vendors were reached meanwhile",
			Lines: []Label{{Name: "Failed together", Text: "our checks of " + checks},
				{Name: "From now on", Text: "what these checks miss counts as trouble of the vendors"}}}
	case o.ToAt == "":
		return Notice{Headline: "Our own network fails since " + m.timeOfDay(o.FromAt) + ": our checks of " +
			vendors + " fail together",
			Lines: []Label{{Name: "Failing", Text: "our checks of " + checks}, {Name: "Until it is back",
				Text: "what our checks miss counts for no vendor, and status pages may not be readable"}}}
	}
	return Notice{Headline: "Our own network is back after " + words.Duration(to.Sub(from)) + "; counted for nobody",
		Lines: []Label{{Name: "Failed", Text: "from " + m.timeOfDay(o.FromAt) + " to " + m.timeOfDay(o.ToAt)},
			{Name: "Failed together", Text: "our checks of " + checks}}}
}

func (m Message) sourceNotice() Notice {
	s := *m.Source
	name := VendorName(s.VendorName, s.Vendor, 80)
	n := Notice{Link: WebLink(s.PageURL), Headline: name + ": " + words.Short(s.Text, TitleLimit)}
	add := func(name, text, link string) {
		if text != "" {
			n.Lines = append(n.Lines, Label{name, text, link})
		}
	}
	add("Page", BareAddresses(n.Link), n.Link)
	if m.Reason == ReasonUnreadable || m.Reason == ReasonReminder {
		add("Not readable", m.asDigest().UnreadableText(s.Source), "")
	} else {
		add("Reason", words.Short(s.Reason, ReasonLimit), "")
	}
	add("Owner", words.Short(s.Owner, 80), "")
	add("Runbook", BareAddresses(WebLink(s.RunbookURL)), WebLink(s.RunbookURL))
	return n
}

// incident puts one incident into words.
func (m Message) incident(i AlertItem) IncidentNotice {
	item := i.Item
	if i.Update != nil {
		item.LatestBody = i.Update.Body
		if m.Reason == ReasonPostmortem {
			item.Postmortem = i.Update.Body
		}
	}
	t := IncidentNotice{Entry: m.asDigest().Entry(item), Item: i, What: m.what(i)}
	t.Title, t.Latest = words.OneLine(t.Title), words.OneLine(t.Latest)
	add := func(name, text, link string) {
		if text != "" {
			t.Labels = append(t.Labels, Label{name, text, link})
		}
	}
	if m.Reason != ReasonChanged || i.Was != "" {
		add("Edited by the "+editor(i), fieldWords(i.Edited), "")
	}
	add("Components", t.Components, "")
	if i.DetectedAfterSeconds != nil && *i.DetectedAfterSeconds >= 0 && m.Reason != ReasonMaintenance {
		add("Detected by us", words.Seconds(*i.DetectedAfterSeconds)+" after the start", "")
	}
	add("Owner", words.Short(i.Owner, 80), "")
	add("Runbook", BareAddresses(WebLink(i.RunbookURL)), WebLink(i.RunbookURL))
	add("Our record", BareAddresses(WebLink(i.DashboardURL)), WebLink(i.DashboardURL))
	return t
}

// headline is the news of the incident in one line.
func (t IncidentNotice) headline() string { return t.Vendor + ": " + t.What + ": " + t.Title }

// warning is the first message on trouble that our own checks or alerts tell of: "Our checks of Stripe fail since 10:02
// UTC, its page says nothing". It is empty for all others.
func (m Message) warning(t IncidentNotice) string {
	if m.Reason != ReasonFirst || !t.Item.Ours() || t.Item.over() {
		return ""
	}
	what, page, _ := strings.Cut(t.Title, ", its page ")
	if page != "" {
		page = ", its page " + page
	}
	since := " since " + m.timeOfDay(t.Item.StartedAt)
	if rest, checks := strings.CutPrefix(what, "Our checks"); checks {
		return "Our checks of " + t.Vendor + rest + since + page
	}
	return t.Vendor + ": " + what + since + page
}

// what says what happened to an incident, by the reason of the message.
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
		if normalize.Severity(i.Severity) == normalize.SeverityUnknown ||
			normalize.Severity(i.Severity) == normalize.SeverityNone {
			return noun + " opened, " + text + now
		}
		return text + " " + noun + " opened" + now
	case ReasonMaintenance:
		return maintenanceWords(i)
	case ReasonWorsened, ReasonLowered:
		if i.Was == "" && m.Reason == ReasonLowered {
			return "less severe, now " + words.Severity(i.Severity)
		}
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
		return "reopened, " + stateWords(i.Item)
	case ReasonUpdate:
		if i.ByPage() {
			return "the page has changed, " + stateWords(i.Item)
		}
		if i.Ours() {
			return "what our checks see has changed, " + stateWords(i.Item)
		}
		return "update, " + stateWords(i.Item)
	case ReasonPostmortem:
		return "postmortem published"
	case ReasonLeftFeed:
		return "gone from the page without a resolution"
	case ReasonNotWatched:
		return "its page is not watched any more, " + stateWords(i.Item) + " when last read"
	case ReasonReminder:
		return m.reminderWords(i)
	case ReasonChanged:
		if i.Was != "" && words.OneLine(i.Was) != stateWords(i.Item) {
			return words.Spell(i.Was) + " → " + stateWords(i.Item)
		}
		if len(i.Edited) > 0 {
			return "edited by the " + editor(i) + ": " + fieldWords(i.Edited)
		}
		return "now " + stateWords(i.Item)
	case ReasonAction:
		if i.Action != nil {
			return m.asDigest().ActionText(*i.Action)
		}
	case ReasonTest:
		return "test message"
	}
	return words.Spell(string(m.Reason))
}

// editor is who changes what an incident says: of what a page itself shows, that is the page.
func editor(i AlertItem) string {
	if i.ByPage() {
		return "page"
	}
	return "vendor"
}

// fieldWords lists fields in words.
func fieldWords(fields []string) string {
	var all []string
	for _, f := range fields {
		all = append(all, words.Spell(f))
	}
	return strings.Join(all, ", ")
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
	if normalize.State(i.State).Over() {
		return "by now " + stateWords(i.Item)
	}
	if i.Kind == string(normalize.KindMaintenance) {
		start := words.Time(cmp.Or(i.ScheduledStartAt, i.StartedAt))
		if start.After(now) {
			return "maintenance begins in " + words.Duration(start.Sub(now))
		}
		return "maintenance reminder"
	}
	if last := words.Time(cmp.Or(i.LatestPostedAt, i.StartedAt, i.FirstSeenAt)); !last.IsZero() && now.After(last) {
		if i.Ours() {
			return "still so, no post of the vendor, no change for " + words.Duration(now.Sub(last))
		}
		if i.ByPage() {
			return "still open, no post of the vendor, no change of its page for " + words.Duration(now.Sub(last))
		}
		return "still open, no update from the vendor for " + words.Duration(now.Sub(last))
	}
	return "still open"
}

// groupHeadline counts several openings, and names their vendors.
func (m Message) groupHeadline() string {
	var names []string
	for _, i := range m.Items {
		if name := VendorName(i.VendorName, i.Vendor, 40); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	shown := min(len(names), 6)
	return fmt.Sprintf("%s opened: %s%s", words.Count(len(m.Items), "incident"), strings.Join(names[:shown], ", "),
		andOthers(len(names)-shown))
}

func andOthers(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// asDigest is a digest of the same time and zone, whose words for times serve the message.
func (m Message) asDigest() Digest {
	return Digest{UntilAt: m.At, Location: m.location(), Times: m.Times}
}

func (m Message) location() *time.Location {
	if m.Zone == nil {
		return time.UTC
	}
	return m.Zone
}

func (m Message) timeOfDay(at string) string {
	if t := words.Time(at); !t.IsZero() {
		return t.In(m.location()).Format("15:04 MST")
	}
	return "an unknown time"
}

// Subject is the message in one line: the subject of a mail, or the title of a notification.
func (m Message) Subject() string {
	if m.Digest != nil {
		return m.Digest.Title()
	}
	return words.Short(m.Notice().Headline, 180)
}
