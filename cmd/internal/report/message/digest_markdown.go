package message

import (
	"fmt"
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

// DigestMarkdown renders a digest as Markdown, for a page of notes or a ticket. Vendors' words are escaped.
func DigestMarkdown(d Digest) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", markdownText(d.Title()), markdownText(d.Span()))
	if said := d.ComparisonText(); said != "" {
		fmt.Fprintf(&b, "\n%s\n", markdownText(said))
	}
	for _, g := range d.Groups() {
		fmt.Fprintf(&b, "\n## %s (%d)\n\n", markdownText(g.Title), len(g.Lines))
		for _, l := range g.Lines {
			name := "**" + markdownText(l.Vendor) + "**"
			if l.Title == "" {
				name = markdownLink(l.Link, name)
			} else {
				name += " " + markdownLink(l.Link, markdownText(l.Title))
			}
			fmt.Fprintf(&b, "- %s · %s\n", name, markdownText(strings.Join(l.Facts, " · ")))
			if l.Words != "" {
				fmt.Fprintf(&b, "  “%s”\n", markdownText(l.Words))
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n", markdownText(strings.Join(d.Footer(), ". ")))
	if link := d.WindowURL(); link != "" {
		fmt.Fprintf(&b, "\n<%s>\n", link)
	}
	return b.String()
}

// markdownSigns are those that Markdown, or HTML within it, could read as anything but themselves within a line.
var markdownSigns = lazyregexp.New("[\\\\`*_{}\\[\\]()<>#+!|~&@]")

func markdownText(text string) string { return markdownSigns.ReplaceAllString(text, `\$0`) }

func markdownLink(address, text string) string {
	if address == "" {
		return text
	}
	return "[" + text + "](<" + address + ">)"
}
