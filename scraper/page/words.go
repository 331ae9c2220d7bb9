package page

import (
	"html"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
)

const stateNames = `investigating|identified|monitoring|resolved|mitigated|scheduled|in[ -]progress|verifying|` +
	`completed|cancell?ed|post-?mortem`

var wholeState = lazyregexp.New(
	`(?i)^(?:` + stateNames + `|under investigation|fixed|recovering|planned|update|closed)$`,
)

var titleLabel = lazyregexp.New(
	`(?i)^\s*(?:\[(` + stateNames + `)\]|\((` + stateNames + `)\)|(` + stateNames + `)\s*(?:[:|–—]| - ))|(?:[:|` +
		`–—(\[]| -)\s*(` + stateNames + `)\s*[)\]]?\s*$`,
)

// downOrUp is how Better Stack ends the titles of what its monitors report.
var downOrUp = lazyregexp.New(`(?i)\b(?:went down|recovered)$`)

var bodyLabel = lazyregexp.New(
	`(?im)(?:\b(?:current )?(?:status|state)\s*[:=]\s*|^\s*[\[(]?)(` + stateNames + `)\s*(?:[\])]|[:–—]|\s-\s|$)`,
)

var proseState = lazyregexp.New(`(?i)\b(?:` + stateNames + `)\b`)

var hedged = lazyregexp.New(
	`(?i)(?:\b(?:not|no|never|cannot|will|would|should|shall|may|might|can|could|to|once|until|till|when|whenever|` +
		`if|unless|before|partially|partly|previously|expect\w*|hop(?:e|ing)|plan\w*|without)\b|n't\b)` +
		`(?:\s+(?:be|been|being|yet|it|it's|this|that|they|is|are|was|were|has|have|had|fully|completely|entirely|` +
		`soon|the|an?|issues?|incident|problems?|outage|matter|situation|everything|mark(?:ed)?|consider(?:ed)?|` +
		`declared?|as|we|currently|now|also|get|having)\b){0,7}\s+$`,
)

var inPart = lazyregexp.New(`(?i)^\s+(?:for|in)\s+(?:some|most|many|several|a (?:subset|number|few|majority))\b`)

var workingAt = lazyregexp.New(
	`(?i)\b(?:are|is|am|be|been|were|was|still|continue|continuing|currently|now|actively|closely|began|started|` +
		`remain|remains|team|engineers|we)\s+(?:\w+\s+){0,2}$`,
)

var doneTo = lazyregexp.New(
	`(?i)\b(?:has|have|had|is|are|was|were|been|be|we|now|fully|it|team|engineers?|successfully)\s+(?:\w+\s+){0,2}$`,
)

var severityOf = lazyregexp.New(
	`(?im)\bseverity(?: level)?\s*[:=]\s*([a-z0-9][a-z0-9_-]*(?: (?:outage|performance|incident))?)`,
)

var statedAs = lazyregexp.New(
	`(?im)\bimpact(?: level)?\s*[:=]\s*(none|minor|major|critical|degraded performance|(?:partial|major|` +
		`full) outage|maintenance)\b`,
)

var impactWord = lazyregexp.New(
	`(?i)^(?:none|minor|major|critical|degraded(?: performance)?|(?:partial|minor|major|full) outage|maintenance|` +
		`under maintenance)$`,
)

var plainLabel = lazyregexp.New(
	`(?i)^(?:incidents?|outages?|issues?|status(?: updates?)?|updates?|news|notices?|announcements?|` +
		`uncategori[sz]ed|general|scheduled maintenance|disruptions?|unresolved|open|ongoing|active)$`,
)

var boldTag = lazyregexp.New(`(?i)</?(?:strong|b)>`)

var typographic = strings.NewReplacer("’", "'", "\u00a0", " ")

// linesOf returns the visible lines of an item's body. Bold words get a line of their own, since they are used as
// labels.
func linesOf(body string) string {
	s := html.UnescapeString(tag.ReplaceAllString(BreakBlocks(body, "\n"), ""))
	var lines []string
	for line := range strings.Lines(typographic.Replace(s)) {
		if line = OneLine(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// ItemState returns the state word of a feed's item that has no timeline. It takes, in this order, a label of the
// title, a category, a label in the body, what the body's sentences say last, and what the title says. It returns ""
// if none of them states it.
func ItemState(title string, categories []string, body string) string {
	title = typographic.Replace(title)
	if m := titleLabel.FindStringSubmatch(title); m != nil {
		return m[1] + m[2] + m[3] + m[4]
	}
	for _, c := range categories {
		if wholeState.MatchString(strings.TrimSpace(c)) {
			return strings.TrimSpace(c)
		}
	}
	text := linesOf(body)
	if labels := bodyLabel.FindAllStringSubmatch(text, -1); len(labels) > 0 {
		first, last := labels[0][1], labels[len(labels)-1][1]
		if progress(first) > progress(last) {
			return first // newest first
		}
		return last
	}
	if m := downOrUp.FindString(title); m != "" {
		return m
	}
	if state := proseOf(text); state != "" {
		return state
	}
	return proseOf(title)
}

// proseOf returns the last word of a text that states how things are. A word that is hoped for, denied, or true only
// in part does not count.
func proseOf(text string) string {
	state := ""
	for _, m := range proseState.FindAllStringIndex(text, -1) {
		before, word, after := text[max(0, m[0]-100):m[0]], text[m[0]:m[1]], text[m[1]:]
		if hedged.MatchString(before) || inPart.MatchString(after) {
			continue
		}
		start := strings.TrimSpace(before) == "" || strings.HasSuffix(before, "\n") ||
			strings.HasSuffix(strings.TrimSpace(before), ".")
		switch strings.ToLower(word) {
		case "monitoring", "verifying", "investigating":
			if !start && !workingAt.MatchString(before) {
				continue
			}
		case "identified", "mitigated", "completed", "cancelled", "canceled", "resolved":
			if !start && !doneTo.MatchString(before) {
				continue
			}
		}
		state = word
	}
	return state
}

// progress returns the place of a state word in the life of an incident or maintenance; -1 if it has none.
func progress(word string) int {
	order := []string{
		"scheduled", "investigating", "identified", "in_progress", "monitoring", "verifying", "mitigated",
		"resolved", "completed", "cancelled", "canceled", "postmortem", "post_mortem",
	}
	return slices.Index(order, normalize.Word(word))
}

// StatedImpact returns the severity that an item states, "" if it states none. No severity is derived from how bad the
// text sounds.
func StatedImpact(categories []string, body string) string {
	for _, c := range categories {
		if c = strings.TrimSpace(c); impactWord.MatchString(c) {
			return c
		}
	}
	text := linesOf(boldTag.ReplaceAllString(body, ""))
	if m := severityOf.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if m := statedAs.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// NamedParts returns the categories that name a component, such as a service or a region.
func NamedParts(categories []string) []normalize.RawComponent {
	var parts []normalize.RawComponent
	for _, c := range categories {
		c = OneLine(html.UnescapeString(c))
		if c == "" || wholeState.MatchString(c) || impactWord.MatchString(c) || plainLabel.MatchString(c) ||
			slices.ContainsFunc(parts, func(p normalize.RawComponent) bool { return p.Name == c }) {
			continue
		}
		parts = append(parts, normalize.RawComponent{Name: c})
	}
	return parts
}

// IsStateWord reports whether the whole text is a word for the state of an incident, such as "Resolved".
func IsStateWord(text string) bool { return wholeState.MatchString(text) }
