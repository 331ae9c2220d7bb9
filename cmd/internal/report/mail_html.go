package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"vendorwatch/cmd/internal/words"
)

//go:embed mail.html
var mailText string

var mailPage = template.Must(template.New("mail").Parse(mailText))

// mailView is what the page of a mail is made of.
type mailView struct {
	Title    string
	Subtitle string
	Color    string // of the bar at the top
	Lines    []mailLabel
	Link     string
	Sections []mailSection
	Foot     []string
}

type mailSection struct {
	Title string
	Items []mailItem
	Lines []string
}

type mailItem struct {
	Vendor, Title, Link, Severity, Color, Facts, Words string
	Labels                                             []mailLabel
}

type mailLabel struct{ Name, Text, Link string }

// MessageHTML renders a message as an HTML page of its own, for the HTML part of a mail. It loads nothing.
func MessageHTML(m Message) (string, error) {
	view := m.mailView()
	if m.Digest != nil {
		view = m.Digest.mailView()
	}
	var b strings.Builder
	if err := mailPage.Execute(&b, view); err != nil {
		return "", fmt.Errorf("HTML of the message: %w", err)
	}
	return b.String(), nil
}

func (m Message) mailView() mailView {
	n := m.notice()
	v := mailView{Title: n.headline, Color: mailColors[""], Link: n.link, Lines: mailLabels(n.lines)}
	if len(n.stories) > 0 {
		v.Link, v.Color = "", n.stories[0].color(m.Reason)
		var s mailSection
		for _, t := range n.stories {
			i := t.mailItem()
			i.Color, i.Labels = t.color(m.Reason), mailLabels(t.labels)
			s.Items = append(s.Items, i)
		}
		v.Sections = []mailSection{s}
	}
	v.Foot = []string{"Sent because " + m.Reason.words() + ". Message " + m.ID + " of vendorwatch."}
	return v
}

// words say why a message is sent.
func (r Reason) words() string {
	if text, known := reasonWords[r]; known {
		return text
	}
	return "of: " + words.Spell(string(r))
}

var reasonWords = map[Reason]string{
	ReasonFirst: "this is the first that you hear of it", ReasonWorsened: "its severity rose", ReasonChanged: "it changed",
	ReasonUpdate: "the vendor posted an update", ReasonResolved: "it ended, and you were told that it began", ReasonReopened: "it began again",
	ReasonPostmortem: "the vendor published a postmortem", ReasonLeftFeed: "the vendor took it off the page", ReasonMaintenance: "you asked for maintenance",
	ReasonReminder: "you asked to be reminded", ReasonUnreadable: "not to see is no good news", ReasonReadable: "you were told that the page could not be read",
	ReasonMoved: "the page has moved", ReasonIndicator: "the page says so of itself", ReasonComponent: "you asked for components",
	ReasonHeldBack: "this channel takes no more in an hour", ReasonTest: "somebody asked for a test",
}

func mailLabels(labels []label) []mailLabel {
	out := make([]mailLabel, len(labels))
	for n, l := range labels {
		out[n] = mailLabel{l.name, l.text, l.link}
	}
	return out
}

func (d Digest) mailView() mailView {
	v := mailView{Title: d.Headline, Subtitle: d.span(), Color: mailColors[""], Foot: d.foot(), Link: d.DashboardURL}
	if words := d.compareWords(); words != "" {
		v.Lines = []mailLabel{{Name: "Compared", Text: words}}
	}
	for _, s := range d.sections() {
		section := mailSection{Title: fmt.Sprintf("%s (%d)", s.title, len(s.items))}
		for _, i := range s.items {
			e := d.entry(i)
			item := e.mailItem()
			if s.brief {
				item.Words = ""
			} else if e.parts != "" {
				item.Labels = []mailLabel{{"Components", e.parts, ""}}
			}
			section.Items = append(section.Items, item)
		}
		v.Sections = append(v.Sections, section)
	}
	var components, indicators, blind, back, moved []string
	for _, p := range d.Components {
		components = append(components, vendorName(p.VendorName, p.Vendor, 80)+": "+p.words())
	}
	for _, a := range d.Indicators {
		indicators = append(indicators, vendorName(a.VendorName, a.Vendor, 80)+": "+d.alarmWords(a))
	}
	for _, s := range d.Unreadable {
		blind = append(blind, vendorName(s.VendorName, s.Vendor, 80)+" "+d.sourceWords(s))
	}
	for _, s := range d.ReadableAgain {
		back = append(back, vendorName(s.VendorName, s.Vendor, 80)+" "+d.backWords(s))
	}
	for _, s := range d.Moved {
		moved = append(moved, vendorName(s.VendorName, s.Vendor, 80)+"'s "+s.Reason)
	}
	for _, s := range []struct {
		title string
		lines []string
	}{{"Components", components}, {alarmsTitle, indicators}, {"Could not read", blind}, {"Readable again", back}, {movedTitle, moved}} {
		if len(s.lines) > 0 {
			v.Sections = append(v.Sections, mailSection{Title: fmt.Sprintf("%s (%d)", s.title, len(s.lines)), Lines: s.lines})
		}
	}
	return v
}

// mailColors are those of severities; red is for what is broken.
var mailColors = map[string]string{
	"critical": "#b42318", "major": "#c4540a", "minor": "#8a6a00", "none": "#5b6472", "unknown": "#5b6472", "over": "#1f7a4d", "": "#39424e",
}

func (e entry) mailItem() mailItem {
	color := mailColors[e.severity]
	if color == "" {
		color = mailColors["unknown"]
	}
	return mailItem{Vendor: e.vendor, Title: e.title, Link: e.link, Severity: words.Spell(e.severity), Color: color, Facts: strings.Join(e.facts, " · "), Words: e.words}
}

func (t told) color(reason Reason) string {
	if reason == ReasonResolved || !t.item.Open && reason != ReasonFirst {
		return mailColors["over"]
	}
	return t.mailItem().Color
}
