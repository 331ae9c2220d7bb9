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

// escape is text as XML and HTML have it.
func escape(text string) string { return template.HTMLEscapeString(text) }

// The colours of badges. White text on each of them has a contrast of 4.5 and more; green is for what was read
// and is quiet, and for nothing else.
const (
	badgeGreen  = "#1a7440"
	badgeRed    = "#b3261e"
	badgeOrange = "#a04a00"
	badgeBlue   = "#24609e"
	badgeGrey   = "#5f6670"
)

// badgeWords are what a badge says of a vendor's state, and its colour. A state that is not among them is grey
// and said as it is.
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
	"unwell":                           {"page says unwell", badgeOrange},
	"maintenance":                      {"maintenance", badgeBlue},
	"unreadable":                       {"page unreadable", badgeGrey},
	"not_watched":                      {"not watched", badgeGrey},
}

// Badge draws how a vendor does. Other sites may show it, which is what it is for.
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
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" viewBox="0 0 %[1]d 20" role="img" aria-label="%[2]s"><title>%[2]s</title>`+
		`<rect width="%[1]d" height="20" rx="3" fill="%[4]s"/><path d="M3 0h%[3]dv20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#3c434b"/>`+
		`<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" aria-hidden="true">`+
		`<text x="%[5]d" y="14" textLength="%[6]d" lengthAdjust="spacingAndGlyphs">%[7]s</text><text x="%[8]d" y="14" textLength="%[9]d" lengthAdjust="spacingAndGlyphs">%[10]s</text></g></svg>`+"\n",
		left+right, label, left-3, badge.colour, left/2, left-14, escape(printable(name)), left+right/2, right-14, escape(badge.text))
}

// textWidth is about how wide a text is at 11 pixels, whatever font the reader has; the drawing stretches the
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
		case r > 0x2E80: // scripts of wide signs
			tenths += 120
		default:
			tenths += 68
		}
	}
	return max(10, tenths/10)
}

// printable leaves out what XML and calendars cannot hold.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, text)
}
