package secret

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

// leastScrubbed is the length, in bytes, from which a secret is looked for in a text. A shorter one cannot be told
// from ordinary words.
const leastScrubbed = 4

// Scrub replaces secrets in a text with ***, also in the forms that a URL, a header or a quoted string gives them.
// Secrets of fewer than four bytes are left alone.
func Scrub(text string, secrets ...string) string {
	// The longest first: a short one may be a part of a longer one, whose rest would show.
	for _, s := range slices.SortedFunc(slices.Values(secrets), func(a, b string) int { return len(b) - len(a) }) {
		if len(s) < leastScrubbed {
			continue
		}
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s), fmt.Sprintf("%q", s)} {
			text = strings.ReplaceAll(text, form, Hidden)
		}
	}
	return text
}

// longWord is the length, in bytes, beyond which a part of an address may be a key and no ordinary word, such as
// "services" in the path of a webhook or "yes" among the settings of a chat service.
const longWord = 8

// Parts returns an address that is a secret, and each part of it that could be a key, for Scrub. In a web address
// those are the long segments of the path and every value of the query; in that of a chat service
// ("telegram://TOKEN@telegram?chats=…") they are the user, the segments of the path, the long values of the query,
// and a host that is no name of a server.
func Parts(u *url.URL) []string {
	web := u.Scheme == "https" || u.Scheme == "http"
	parts := []string{u.String(), u.Redacted(), u.RequestURI(), u.Opaque, u.Path, strings.TrimPrefix(u.Path, "/"),
		u.RawQuery}
	if u.User != nil {
		password, _ := u.User.Password()
		parts = append(parts, u.User.String(), password, u.User.Username())
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if !web || len(segment) > longWord {
			parts = append(parts, segment)
		}
	}
	for _, values := range u.Query() {
		for _, value := range values {
			if web || len(value) > longWord {
				parts = append(parts, value)
			}
		}
	}
	if host := u.Hostname(); !web && !strings.ContainsAny(host, ".:") && host != "localhost" {
		parts = append(parts, host)
	}
	return parts
}

// recognisable matches the webhook addresses, passwords in addresses and Slack tokens that people put where none
// belongs.
var recognisable = lazyregexp.New(
	`(://)[^\s"']*(?:/services/[^\s"']*|@)|(hooks\.[A-Za-z0-9.-]*/)[^\s"']+|xox[a-z]-[A-Za-z0-9-]+`)

// Mask replaces what looks like a secret in a text of which no secret is known.
func Mask(text string) string { return recognisable.ReplaceAllString(text, "${1}${2}"+Hidden) }
