package message

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/markdown"
)

// MoreOnPage ends the text of a post that was cut.
const MoreOnPage = "… (more on the vendor's page)"

var heading = lazyregexp.New(`(?m)^#{1,6}[ \t]+(.*[^\s:.!?#*_])([*_]*)[ \t]*$`)

// PlainLine turns a vendor's Markdown into plain text on one line. A heading gets a colon, so that it does not run into
// the sentence below it.
func PlainLine(body string) string {
	return words.OneLine(markdown.Plain(heading.ReplaceAllString(body, "$1:$2")))
}

// Excerpt is the beginning of a vendor's Markdown as PlainLine, in at most limit runes; MoreOnPage stands at its end
// where more follows. Of a long text only what may be shown is looked at.
func Excerpt(body string, limit int) string {
	head, cut := beginning(body, limit)
	plain := PlainLine(head)
	if cut {
		plain += MoreOnPage
	}
	return words.Cut(plain, limit, MoreOnPage)
}

// beginning is as much of a text as its first limit runes may need, markup included.
func beginning(body string, limit int) (head string, cut bool) {
	head = body[:min(len(body), 20*limit)]
	for len(head) < len(body) && !utf8.RuneStart(body[len(head)]) {
		head = head[:len(head)-1]
	}
	return head, len(head) < len(body)
}

// WebLink returns an address in a form that is safe inside a link, "" if it is not an absolute http or https address.
func WebLink(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	u.User = nil
	return linkEscapes.Replace(words.OneLine(u.String()))
}

// linkEscapes keeps an address from ending the link that it stands in.
var linkEscapes = strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", " ", "%20", `"`, "%22")
