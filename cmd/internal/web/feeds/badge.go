package feeds

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
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

// badgeColours are the colours of badges by the tone of a vendor. A tone that is not among them is grey.
var badgeColours = map[string]string{"ok": badgeGreen, "critical": badgeRed, "major": badgeRed, "minor": badgeOrange,
	"maintenance": badgeBlue}

// Badge draws the state of a vendor. Other sites may embed it, which is its purpose.
func (s Feeds) Badge(r *http.Request) (site.Document, error) {
	v, err := s.Status(r.Context(), r.PathValue("slug"))
	if err != nil {
		return site.Document{}, err
	}
	return site.Document{Media: "image/svg+xml", Body: []byte(drawBadge(v)),
		Header: map[string]string{"Cross-Origin-Resource-Policy": "cross-origin"}}, nil
}

func drawBadge(v query.Status) string {
	says, colour := words.Status(v), badgeColours[site.Tone(v)]
	if colour == "" {
		colour = badgeGrey
	}
	name := strings.ToValidUTF8(words.Short(v.VendorName, 40), "�")
	left, right := textWidth(name)+14, textWidth(says)+14
	label := escape(printable(name + ": " + says))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" viewBox="0 0 %[1]d 20" `+
		`role="img" aria-label="%[2]s"><title>%[2]s</title>`, left+right, label)
	fmt.Fprintf(&b, `<rect width="%d" height="20" rx="3" fill="%s"/>`, left+right, colour)
	fmt.Fprintf(&b, `<path d="M3 0h%dv20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#3c434b"/>`, left-3)
	b.WriteString(`<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" ` +
		`font-size="11" aria-hidden="true">`)
	word := func(middle, width int, text string) {
		fmt.Fprintf(&b, `<text x="%d" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>`,
			middle, width-14, escape(text))
	}
	word(left/2, left, printable(name))
	word(left+right/2, right, says)
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
