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
	Picture  *picture // of the week, of a review
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
	v := mailView{Title: n.Headline, Color: message.ColorPlain, Link: n.Link, Lines: mailLabels(n.Lines)}
	if len(n.Incidents) > 0 {
		v.Link, v.Color = "", n.Incidents[0].Item.Color()
		var s mailSection
		for _, t := range n.Incidents {
			i := itemOf(t.Entry)
			i.Color, i.Labels = t.Item.Color(), mailLabels(t.Labels)
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
	v := mailView{Title: d.Headline, Subtitle: d.Span(), Color: message.ColorPlain, Foot: d.Footer(),
		Link: d.WindowURL()}
	if words := d.ComparisonText(); words != "" {
		v.Lines = []mailLabel{{Name: "Compared", Text: words}}
	}
	v.Picture = pictureOf(d)
	for _, g := range d.Groups() {
		section := mailSection{Title: fmt.Sprintf("%s (%d)", g.Title, len(g.Lines))}
		for _, l := range g.Lines {
			row := mailRow{Vendor: l.Vendor, Title: l.Title, Link: l.Link, Color: message.ColorPlain,
				Facts: strings.Join(l.Facts, " · "), Words: l.Words}
			if l.Item != nil {
				row.Color = l.Item.Color()
			}
			section.Rows = append(section.Rows, row)
		}
		v.Sections = append(v.Sections, section)
	}
	return v
}

func itemOf(e message.Entry) mailItem {
	return mailItem{Vendor: e.Vendor, Title: e.Title, Link: e.Link, Severity: words.Spell(e.Severity),
		Facts: strings.Join(e.Facts, " · "), Words: e.Latest}
}
