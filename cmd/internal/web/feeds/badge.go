package feeds

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// escape makes text fit for XML and HTML.
func escape(text string) string { return template.HTMLEscapeString(text) }

// The colours of badges. White text on each of them has a contrast of at least 4.5. Green is only for a vendor whose
// pages were all read and that is quiet.
const (
	badgeGreen  = "#1a7440"
	badgeRed    = "#b3261e"
	badgeOrange = "#a04a00"
	badgeBlue   = "#24609e"
	badgeGrey   = "#5f6670"
)

// badgeWords are the text and the colour of a badge for each state of a vendor. A state that is not among them is grey
// and written as it is.
var badgeWords = map[string]struct{ text, colour string }{
	"quiet":                            {"no open incident", badgeGreen},
	string(normalize.SeverityCritical): {"critical incident", badgeRed},
	string(normalize.SeverityMajor):    {"major incident", badgeRed},
	string(normalize.SeverityMinor):    {"minor incident", badgeOrange},
	string(normalize.SeverityNone):     {"incident without impact", badgeBlue},
	string(normalize.SeverityUnknown):  {"state unknown", badgeGrey},
	string(normalize.StatusMajor):      {"major outage", badgeRed},
	string(normalize.StatusPartial):    {"partial outage", badgeOrange},
	string(normalize.StatusDegraded):   {"degraded performance", badgeOrange},
	"unwell":                           {"page reports trouble", badgeOrange},
	"maintenance":                      {"maintenance", badgeBlue},
	"unreadable":                       {"page unreadable", badgeGrey},
	"not_watched":                      {"not watched", badgeGrey},
}

// Badge draws the state of a vendor. Other sites may embed it, which is its purpose.
func (s Feeds) Badge(r *http.Request) (site.Document, error) {
	states, err := s.DB.VendorStates(r.Context())
	if err != nil {
		return site.Document{}, err
	}
	for _, v := range states {
		if v.Slug == r.PathValue("slug") {
			return site.Document{Media: "image/svg+xml", Body: []byte(s.drawBadge(v)),
				Header: map[string]string{"Cross-Origin-Resource-Policy": "cross-origin"}}, nil
		}
	}
	return site.Document{}, db.ErrNotFound
}

func (s Feeds) drawBadge(v query.VendorState) string {
	state := s.State(v)
	badge, known := badgeWords[state]
	if !known {
		badge.text, badge.colour = words.Spell(state), badgeGrey
	}
	if state == string(normalize.SeverityUnknown) && v.Incidents > 0 {
		badge.text = "incident, severity unknown"
	}
	name := strings.ToValidUTF8(words.Short(v.Name, 40), "�")
	left, right := textWidth(name)+14, textWidth(badge.text)+14
	label := escape(printable(name + ": " + badge.text))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" viewBox="0 0 %[1]d 20" `+
		`role="img" aria-label="%[2]s"><title>%[2]s</title>`, left+right, label)
	fmt.Fprintf(&b, `<rect width="%d" height="20" rx="3" fill="%s"/>`, left+right, badge.colour)
	fmt.Fprintf(&b, `<path d="M3 0h%dv20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#3c434b"/>`, left-3)
	b.WriteString(`<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" ` +
		`font-size="11" aria-hidden="true">`)
	word := func(middle, width int, text string) {
		fmt.Fprintf(&b, `<text x="%d" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>`,
			middle, width-14, escape(text))
	}
	word(left/2, left, printable(name))
	word(left+right/2, right, badge.text)
	b.WriteString("</g></svg>\n")
	return b.String()
}

// textWidth is the approximate width of a text at 11 pixels, whatever font the reader has. The drawing stretches the
// text to it.
func textWidth(text string) int {
	tenths := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune("ijlIft.,:;'|!()[] ", r):
			tenths += 42
		case strings.ContainsRune("mwMW@%", r):
			tenths += 105
		case r >= 'A' && r <= 'Z':
			tenths += 78
		case r > 0x2E80: // scripts with wide characters
			tenths += 120
		default:
			tenths += 68
		}
	}
	return max(10, tenths/10)
}

// printable drops the characters that XML and calendars cannot hold.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, text)
}
