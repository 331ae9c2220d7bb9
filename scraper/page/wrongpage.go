package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"vendorwatch/normalize/lazyregexp"
)

// Describe says what a page is that is not the expected one: an empty body, a login page, a bot challenge, truncated
// JSON, another platform's page and so on. It never returns "". The status is ignored, since most such pages come
// with a 200.
func Describe(p Page) string {
	body := Body(p)
	switch {
	case len(body) == 0:
		return "an empty body"
	case IsJSON(body):
		return wrongJSON(body)
	case IsFeed(body):
		return "a feed of another kind" + QuotedTitle(feedTitle(body))
	case IsHTML(body):
		return wrongHTML(body)
	case !utf8.Valid(body):
		return fmt.Sprintf("%d bytes that are not text", len(body))
	}
	return fmt.Sprintf("text of another kind, which begins %q", Clip(string(body), 60))
}

// wrongJSON says what a JSON answer is.
func wrongJSON(body []byte) string {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return BrokenJSON(body, err)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return "JSON that is a list, not an object"
	}
	for _, key := range []string{"message", "error", "errors", "detail"} {
		if object[key] == nil || len(object) > 4 {
			continue
		}
		text, isText := object[key].(string)
		if !isText {
			quoted, _ := json.Marshal(object[key])
			text = string(quoted)
		}
		return fmt.Sprintf("a JSON error message, %q", Clip(text, 120))
	}
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	has := func(names ...string) bool {
		for _, name := range names {
			if _, ok := object[name]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("page", "status", "components", "incidents") && !has("scheduled_maintenances"):
		return "the answer of incident.io's Statuspage-compatible API (it has no scheduled_maintenances)"
	case has("page", "activeIncidents"), has("page", "activeMaintenances"), has("page") && len(object) == 1:
		return "a summary of Instatus"
	case has("data", "included"):
		return "a JSON:API document, such as Better Stack's"
	case len(keys) == 0:
		return "an empty JSON object"
	}
	if len(keys) > 8 {
		keys = append(keys[:8], "…")
	}
	return "JSON of another kind, with the keys " + Clip(strings.Join(keys, ", "), 160)
}

var selPassword = cascadia.MustCompile(`input[type="password"]`)

var selHeading = cascadia.MustCompile("h1, h2")

var selHidden = cascadia.MustCompile("script, style, noscript, template")

// mark is what a kind of page is recognised by: patterns for its title or its visible text, or names in its source,
// in lower case, that only the product itself writes.
type mark struct {
	words       string
	title, text *lazyregexp.Regexp
	source      []string
}

const loginWords = "a login page"

// giveCredentials says what to do about a login page.
const giveCredentials = " (give its credentials under [vendor.auth])"

// LoginHint says that a page is a login page, and what to do about it.
const LoginHint = loginWords + giveCredentials

// IsLogin reports whether a body is the HTML of a login page.
func IsLogin(body []byte) bool {
	return IsHTML(body) && strings.HasPrefix(wrongHTML(body), loginWords)
}

// marks are tried in order. The more specific come first.
var marks = []mark{
	{words: "a bot challenge",
		title: lazyregexp.New(
			`(?i)^(just a moment|attention required|access denied|ddos-guard|checking your browser|security check|` +
				`verify(ing)? you are human|are you a robot|human verification|pardon our interruption)`,
		),
		text: lazyregexp.New(
			`(?i)(enable javascript and cookies to continue|checking (if the site connection is secure|` +
				`your browser before)|verify(ing)? (that )?you are (a )?human)`,
		),
		source: []string{
			"cf_chl_opt", "/orchestrate/chl_page", "gokuprops", "awswafintegration.checkforcerefresh",
			"px-captcha", "_incapsula_resource", "geo.captcha-delivery.com", "perfdrive",
		}},
	{words: "the marketing page that Statuspage shows for an unknown page",
		title: lazyregexp.New(
			`(?i)(hosted status pages? for your company|^statuspage\b.*atlassian|atlassian statuspage$|` +
				`^statuspage$|incident communication)`,
		),
		source: []string{
			`rel="canonical" href="https://www.statuspage.io`,
			`rel="canonical" href="https://www.atlassian.com/software/statuspage`,
		}},
	{words: "the notice that the status page is inactive",
		title: lazyregexp.New(
			`(?i)\b(page (is )?(inactive|deactivated|disabled|suspended|not active)|inactive page)\b`,
		),
		text: lazyregexp.New(
			`(?i)\bpage\b[^.]{0,40}\b(inactive|deactivated|not (currently )?active|no longer active|` +
				`has been (disabled|suspended|deleted))`,
		)},
	{words: loginWords,
		title: lazyregexp.New(`(?i)\b(log ?in|sign ?in|single sign-on|authenticat(e|ion))\b`),
		text: lazyregexp.New(
			`(?i)\b((log|sign) in to (view|see|access|continue)|must (log|sign) in|` +
				`this (status )?page is (private|password.protected))`,
		),
		source: []string{
			`action="/access/login`, `action="/login`, `action="/signin`, `action="/users/sign_in`,
			`name="samlrequest"`,
		}},
	{words: "a parked domain",
		title: lazyregexp.New(`(?i)(domain (name )?(is )?(for sale|parked|expired)|parked domain)`),
		text: lazyregexp.New(
			`(?i)(this domain (name )?(is|may be) (for sale|parked|available)|buy this domain|domain has expired)`,
		),
		source: []string{"sedoparking", "parkingcrew", "bodis.com", "dan.com/buy-domain", "hugedomains", "afternic"}},
	{words: "a page of Instatus", source: []string{"instatus.com"}},
	{words: "a page of incident.io", source: []string{"incident.io/", "statuspage.incident.io"}},
	{words: "a page of Better Stack", source: []string{"betterstack.com", "betterstackcdn.com", "betteruptime.com"}},
	{words: "a page of PagerDuty", source: []string{"pagerduty.com"}},
	{words: "a page of StatusCast", source: []string{"statuscast.com", "statuscast-"}},
	{words: "a page of Status.io", source: []string{"static.status.io/", "cdn.status.io/", "api.status.io/"}},
	{words: "a page of Cachet", source: []string{"cachethq.io"}},
	{words: "an error page",
		title: lazyregexp.New(
			`(?i)(\b(404|403|500|502|503|504)\b|not found|bad gateway|service (temporarily )?unavailable|` +
				`gateway time-?out|internal server error|forbidden)`,
		),
		text: lazyregexp.New(
			`(?i)^.{0,80}(404|page not found|bad gateway|service unavailable|internal server error)`,
		)},
}

// shows reports whether a page with this title, heading, visible text and source bears the mark.
func (m mark) shows(title, heading, text string, source []byte) bool {
	if m.title != nil && (m.title.MatchString(title) || m.title.MatchString(heading)) {
		return true
	}
	if m.text != nil && m.text.MatchString(text) {
		return true
	}
	return slices.ContainsFunc(m.source, func(name string) bool { return bytes.Contains(source, []byte(name)) })
}

// wrongHTML says what an HTML page is.
func wrongHTML(body []byte) string {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return "HTML that cannot be read: " + err.Error()
	}
	title := Title(doc)
	password := doc.FindMatcher(selPassword).Length() > 0
	heading := OneLine(doc.FindMatcher(selHeading).First().Text())
	doc.FindMatcher(selHidden).Remove()
	text := Clip(OneLine(doc.Find("body").Text()), 4000)
	source := bytes.ToLower(body)
	for _, m := range marks {
		if m.shows(title, heading, text, source) || (password && m.words == loginWords) {
			words := m.words + QuotedTitle(title)
			if m.words == loginWords {
				words += giveCredentials
			}
			return words
		}
	}
	return "an HTML page of another kind" + QuotedTitle(title)
}

// QuotedTitle returns `, titled "Acme"` for the title Acme, to be appended to the description of a page; "" for no
// title.
func QuotedTitle(title string) string {
	if title == "" {
		return ""
	}
	return fmt.Sprintf(", titled %q", Clip(title, 80))
}

var feedTitlePattern = lazyregexp.New(`<title[^>]*>([^<]{1,120})</title>`)

func feedTitle(body []byte) string {
	if m := feedTitlePattern.FindSubmatch(body); m != nil {
		return OneLine(string(m[1]))
	}
	return ""
}
