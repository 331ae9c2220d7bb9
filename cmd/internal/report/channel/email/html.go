package email

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
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
	Items []mailItem // of alerts
	Rows  []mailRow  // of digests
}

// mailRow is one line of a digest.
type mailRow struct{ Vendor, Title, Link, Color, Facts, Words string }

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
	v.Foot = []string{"Sent because " + m.Why() + ". Message " + m.ID + " of vendorwatch."}
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
	v := mailView{Title: d.Headline, Subtitle: d.Span(), Color: mailColors[""], Foot: d.Footer(), Link: d.WindowURL()}
	if words := d.ComparisonText(); words != "" {
		v.Lines = []mailLabel{{Name: "Compared", Text: words}}
	}
	for _, g := range d.Groups() {
		section := mailSection{Title: fmt.Sprintf("%s (%d)", g.Title, len(g.Lines))}
		for _, l := range g.Lines {
			row := mailRow{Vendor: l.Vendor, Title: l.Title, Link: l.Link, Color: mailColors[""],
				Facts: strings.Join(l.Facts, " · "), Words: l.Words}
			if l.Item != nil {
				row.Color = itemColor(*l.Item)
			}
			section.Rows = append(section.Rows, row)
		}
		v.Sections = append(v.Sections, section)
	}
	return v
}

// itemColor shows the severity at a glance; what is over has a colour of its own, however bad it was.
func itemColor(i message.Item) string {
	switch {
	case normalize.State(i.State).Over():
		return mailColors["over"]
	case i.Kind == string(normalize.KindMaintenance):
		return mailColors[""]
	}
	return cmp.Or(mailColors[i.Severity], mailColors["unknown"])
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
