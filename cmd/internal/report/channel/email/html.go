package email

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
)

//go:embed mail.html
var mailText string

var mailTemplate = template.Must(template.New("mail").Parse(mailText))

// mailView is what the template of a mail shows.
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

// HTML renders a message as an HTML page for a mail. The page loads nothing.
func HTML(m message.Message) (string, error) {
	view := messageView(m)
	if m.Digest != nil {
		view = digestView(*m.Digest)
	}
	var b strings.Builder
	if err := mailTemplate.Execute(&b, view); err != nil {
		return "", fmt.Errorf("HTML of the message: %w", err)
	}
	return b.String(), nil
}

func messageView(m message.Message) mailView {
	n := m.Notice()
	v := mailView{Title: n.Headline, Color: mailColors[""], Link: n.Link, Lines: mailLabels(n.Lines)}
	if len(n.Incidents) > 0 {
		v.Link, v.Color = "", colorOf(n.Incidents[0], m.Reason)
		var s mailSection
		for _, t := range n.Incidents {
			i := itemOf(t.Entry)
			i.Color, i.Labels = colorOf(t, m.Reason), mailLabels(t.Labels)
			s.Items = append(s.Items, i)
		}
		v.Sections = []mailSection{s}
	}
	v.Foot = []string{"Sent because " + m.Reason.Text() + ". Message " + m.ID + " of vendorwatch."}
	return v
}

func mailLabels(labels []message.Label) []mailLabel {
	out := make([]mailLabel, len(labels))
	for n, l := range labels {
		out[n] = mailLabel{l.Name, l.Text, l.Link}
	}
	return out
}

func digestView(d message.Digest) mailView {
	v := mailView{Title: d.Headline, Subtitle: d.Span(), Color: mailColors[""], Foot: d.Footer(), Link: d.DashboardURL}
	if words := d.ComparisonText(); words != "" {
		v.Lines = []mailLabel{{Name: "Compared", Text: words}}
	}
	for _, s := range d.Sections() {
		section := mailSection{Title: fmt.Sprintf("%s (%d)", s.Title, len(s.Items))}
		for _, i := range s.Items {
			e := d.Entry(i)
			item := itemOf(e)
			if s.Brief {
				item.Words = ""
			} else if e.Components != "" {
				item.Labels = []mailLabel{{"Components", e.Components, ""}}
			}
			section.Items = append(section.Items, item)
		}
		v.Sections = append(v.Sections, section)
	}
	var components, unwell, blind, back, moved []string
	for _, p := range d.Components {
		components = append(components, message.VendorName(p.VendorName, p.Vendor, 80)+": "+p.Text())
	}
	for _, s := range d.NotWell {
		unwell = append(unwell, message.VendorName(s.VendorName, s.Vendor, 80)+": "+d.NotWellText(s))
	}
	for _, s := range d.Unreadable {
		blind = append(blind, message.VendorName(s.VendorName, s.Vendor, 80)+" "+d.UnreadableText(s))
	}
	for _, s := range d.ReadableAgain {
		back = append(back, message.VendorName(s.VendorName, s.Vendor, 80)+" "+d.ReadableText(s))
	}
	for _, s := range d.Moved {
		moved = append(moved, message.VendorName(s.VendorName, s.Vendor, 80)+"'s "+s.Reason)
	}
	for _, s := range []struct {
		title string
		lines []string
	}{{"Components", components}, {message.NotWellTitle, unwell},
		{"Could not read", blind}, {"Readable again", back}, {message.MovedTitle, moved}} {
		if len(s.lines) > 0 {
			v.Sections = append(v.Sections, mailSection{Title: fmt.Sprintf("%s (%d)", s.title, len(s.lines)),
				Lines: s.lines})
		}
	}
	return v
}

// mailColors are the colours of severities, of what is over, and of everything else.
var mailColors = map[string]string{
	"critical": "#b42318", "major": "#c4540a", "minor": "#8a6a00", "none": "#5b6472", "unknown": "#5b6472",
	"over": "#1f7a4d", "": "#39424e",
}

func itemOf(e message.Entry) mailItem {
	color := mailColors[e.Severity]
	if color == "" {
		color = mailColors["unknown"]
	}
	return mailItem{Vendor: e.Vendor, Title: e.Title, Link: e.Link, Severity: words.Spell(e.Severity), Color: color,
		Facts: strings.Join(e.Facts, " · "), Words: e.Latest}
}

func colorOf(t message.IncidentNotice, reason message.Reason) string {
	if reason == message.ReasonResolved || !t.Item.Open && reason != message.ReasonFirst {
		return mailColors["over"]
	}
	return itemOf(t.Entry).Color
}
