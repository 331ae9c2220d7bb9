package simulate

import (
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

var (
	mdLink   = lazyregexp.New(`\[([^\]]+)\]\((https?://[^)\s]+)\)`)
	mdURL    = lazyregexp.New(`(^|[\s(])(https?://[^\s<)]*[^\s<).,])`)
	mdBold   = lazyregexp.New(`\*\*(.+?)\*\*`)
	mdEscape = lazyregexp.New(`\\([\\\[\]()*_#.!-])`)
	mdHead   = lazyregexp.New(`^(#{1,6}) +(.*)$`)
	mdItem   = lazyregexp.New(`^[*-] +(.*)$`)
)

// inline renders bold words, links and escapes of one stretch of Markdown.
func inline(s string) string {
	s = escText(s)
	s = mdLink.ReplaceAllString(s, `<a target="_blank" href="$2">$1</a>`)
	s = mdURL.ReplaceAllString(s, `$1<a target="_blank" href="$2">$2</a>`)
	s = mdBold.ReplaceAllString(s, `<strong>$1</strong>`)
	return mdEscape.ReplaceAllString(s, "$1")
}

var textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escText escapes text that stands between tags: quotation marks stay as they are.
func escText(s string) string { return textEscaper.Replace(s) }

// flow renders an update as Statuspage prints it everywhere: one run of text in which each end of a
// line is a <br />, whatever it stood for.
func flow(body string) string {
	return strings.ReplaceAll(inline(body), "\n", "<br />")
}

// blocks renders a postmortem as Statuspage prints it on the incident's page: headings, paragraphs
// and lists. It knows what our own scripts use.
func blocks(body string) string {
	var out, para, items []string
	end := func() {
		if len(para) > 0 {
			out = append(out, "<p>"+strings.Join(para, "<br>\n")+"</p>")
		}
		if len(items) > 0 {
			out = append(out, "<ul>\n<li>"+strings.Join(items, "</li>\n<li>")+"</li>\n</ul>")
		}
		para, items = nil, nil
	}
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if m := mdHead.FindStringSubmatch(line); m != nil {
			end()
			tag := "h" + string(rune('0'+len(m[1])))
			out = append(out, "<"+tag+">"+inline(m[2])+"</"+tag+">")
		} else if m := mdItem.FindStringSubmatch(line); m != nil {
			items = append(items, inline(m[1]))
		} else if line == "" {
			end()
		} else {
			para = append(para, inline(line))
		}
	}
	end()
	return strings.Join(out, "\n\n")
}
