package report

import (
	"net/url"
	"regexp"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// cutToPage stands where the text of a post was cut.
const cutToPage = "… (more on the vendor's page)"

var heading = regexp.MustCompile(`(?m)^#{1,6}[ \t]+(.*[^\s:.!?#*_])([*_]*)[ \t]*$`)

// plainLine turns a vendor's Markdown into plain words on one line. A heading ends with a colon there, so
// that it does not run into the sentence below it.
func plainLine(markdown string) string {
	return words.OneLine(normalize.Plain(heading.ReplaceAllString(markdown, "$1:$2")))
}

// webLink returns the address in a form safe to print inside a link, "" if it is not an absolute
// http or https address.
func webLink(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	u.User = nil
	return linkEscapes.Replace(words.OneLine(u.String()))
}

// linkEscapes keeps an address from ending the link that it stands in.
var linkEscapes = strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", " ", "%20", `"`, "%22")

// firstOf returns the first text that is not empty.
func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
