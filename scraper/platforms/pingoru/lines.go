package pingoru

import (
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
)

// reader reads the lines of one page; view is nil where the page is plain text.
type reader struct {
	url      string
	document string
	lines    []textLine
	view     *htmlView
	cut      bool // the document breaks off before its end
}

// incident is one incident as its lines tell it.
type incident struct {
	raw    normalize.Raw
	vendor string
	source string // address of the vendor's own page
	count  int    // updates that the page announces; 0 if it does not say
	labels int    // how many of the labels of such a page were found
}

// valid reports whether enough was found to say that the lines are an incident's.
func (in incident) valid() bool {
	return in.labels >= 2 && (len(in.raw.Updates) > 0 || !in.raw.Started.IsZero() || !in.raw.Detected.IsZero())
}

const (
	monthDay = `[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}`
	timeText = `(?:` + monthDay + `,? (?:at )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?(?: [A-Z]{2,` +
		`5}(?:[+-]\d{1,2})?| ?[+-]\d{2}:?\d{2})?|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}[0-9:.]*(?:Z|[+-]\d{2}:?\d{2}|` +
		` [A-Z]{2,5})?)`
	lengthText = `(?:\d+ ?(?:d|h|m|s|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?)\b[ ,]*)+`
)

var (
	timeOnly   = lazyregexp.New(`^` + timeText + `$`)
	dateOnly   = lazyregexp.New(`^` + monthDay + `$`)
	updateHead = lazyregexp.New(
		`^(?:(\d+)\. |([-•*]) )?([A-Za-z][A-Za-z_ -]{1,30}?)(?: [·•|–—-])? (` + timeText + `)$`,
	)
	zoned   = lazyregexp.New(` [A-Z]{2,5}$|Z$|[+-]\d{2}:?\d{2}$`)
	cutHead = lazyregexp.New(
		`^(?:\d+\.|[-•*])(?: (?:investigating|identified|monitoring|resolved|postmortem|update|scheduled|` +
			`in_progress|verifying|completed)(?: [A-Z][a-z]{0,8}[ 0-9,:APMUTC]*)?)?$`,
	)
	stateWord   = lazyregexp.New(`^(?:\d+\. |[-•*] )?([A-Za-z][A-Za-z_ -]{1,30})$`)
	valueLabel  = lazyregexp.New(`^(?i:(started|resolved|duration)|detected by [^:]{1,40}?)(?::| ?$)\s*(.*)$`)
	inlineValue = lazyregexp.New(
		`^(?i:(started|resolved|duration)|detected by .{1,40}?):? (` + timeText + `|` + lengthText + `|[—–-])$`,
	)
	timelineHead = lazyregexp.New(`^(?i:update timeline|timeline)(?: ?[·•|:(–—-] ?(\d+)?(?: ?updates?)?\)?)?$`)
	componentsOf = lazyregexp.New(`^(?i:affected components?)(?: ?[·•|:(–—-] ?\d*\)?)?$`)
	affected     = lazyregexp.New(`^Affected:(?: (.*))?$`)
	vendorSource = lazyregexp.New(`(?i)\s*view vendor source\s*[→↗»>]*\s*$`)
	vendorLine   = lazyregexp.New(`^(.+) incident$`)
	sentence     = lazyregexp.New(
		`^(.+?) (?:experienced|is experiencing|has been experiencing|was experiencing) an? (.+?) incident (?:on|` +
			`since) (` + monthDay + `)(?:,? affecting (.+?))?(?:,? lasting ([^,;]+?))?\.(?: ((?:The|` +
			`This) incident .*))?$`,
	)
	outcome = lazyregexp.New(
		`^(?:The|This) incident (?:has been|has|was|is)(?: still| currently| now)? ([a-z][a-z ]*?)(?:[;.,]|$)`,
	)
	badgeWord = lazyregexp.New(
		`^(?i:none|notice|info|informational|minor|major|critical|maintenance|degraded|partial|outage|ongoing|` +
			`active|open|investigating|identified|monitoring|resolved|update|scheduled|in progress|in_progress|` +
			`verifying|completed|cancelled|unresolved)$`,
	)
)

// readIncident reads the lines of one incident: what stands above the timeline by its labels, then
// the timeline. Unlabelled lines above are the vendor, the title and the badges, in this order.
func (r reader) readIncident(lines []textLine) incident {
	in := incident{}
	lines, at := splitLines(lines)
	head := lines
	if at >= 0 {
		head = lines[:at]
		in.labels++
		in.count = countIn(timelineHead, lines[at].spaced())
	}
	var loose, chips []textLine
	var names string
	inChips := false
	for i := 0; i < len(head); i++ {
		text := head[i].spaced()
		if label, value, n := labelAt(head, i); n > 0 {
			in.set(label, value)
			inChips = false
			i += n - 1
			continue
		}
		if componentsOf.MatchString(text) {
			in.labels++
			inChips = true
			continue
		}
		if m := affected.FindStringSubmatch(text); m != nil {
			in.labels++
			inChips = true
			if chip := afterLabel(head[i], m[1]); len(chip.parts) > 0 {
				chips = append(chips, chip)
			}
			continue
		}
		if m := sentence.FindStringSubmatch(head[i].text); m != nil {
			in.labels++
			in.vendor, in.raw.Impact, names = m[1], m[2], m[4]
			if in.raw.Duration == "" {
				in.raw.Duration = printed(m[5])
			}
			if o := outcome.FindStringSubmatch(m[6]); o != nil {
				in.raw.State = o[1]
			}
			inChips = false
			continue
		}
		if inChips {
			chips = append(chips, head[i])
		} else {
			loose = append(loose, head[i])
		}
	}
	in.readLoose(loose, r.view)
	if at >= 0 {
		in.raw.Updates = r.timeline(lines[at], lines[at+1:], &in)
	}
	in.raw.Excerpt = in.raw.Excerpt || r.cut || len(in.raw.Updates) < in.count
	for _, name := range r.componentNames(chips, names, lines) {
		in.raw.Components = append(in.raw.Components, normalize.RawComponent{Name: name})
	}
	return in
}

// splitLines sets labels, times and badges that share a line with others on lines of their own, and
// returns where the timeline begins, -1 if there is none.
func splitLines(lines []textLine) ([]textLine, int) {
	var out []textLine
	at := -1
	for _, l := range lines {
		if at < 0 && timelineHead.MatchString(l.spaced()) {
			at = len(out)
			out = append(out, l)
			continue
		}
		if at < 0 && !l.heading && slices.ContainsFunc(l.parts, func(p textPart) bool {
			return timeOnly.MatchString(p.text) || badgeWord.MatchString(p.text) || valueLabel.MatchString(p.text) ||
				vendorSource.MatchString(p.text)
		}) {
			out = append(out, l.split()...)
			continue
		}
		out = append(out, l)
	}
	return out, at
}

// labelAt reads a label and its value, on one line or on two, and says how many lines they take; 0 if
// none begins at i. A duration may be missing altogether, and "Resolved" alone may be a badge.
func labelAt(lines []textLine, i int) (label, value string, n int) {
	text := lines[i].spaced()
	if m := inlineValue.FindStringSubmatch(text); m != nil {
		return strings.ToLower(m[1]), m[2], 1
	}
	m := valueLabel.FindStringSubmatch(text)
	if m == nil || m[2] != "" {
		return "", "", 0
	}
	label = strings.ToLower(m[1])
	next := ""
	if i+1 < len(lines) {
		next = lines[i+1].spaced()
	}
	isTime := timeOnly.MatchString(next)
	isLength := lengthOnly(next)
	switch {
	case label == "duration" && (isLength || printed(next) == "" && next != ""):
		return label, next, 2
	case label == "duration":
		return label, "", 1
	case isTime, printed(next) == "" && next != "":
		return label, next, 2
	}
	return "", "", 0
}

var lengthPattern = lazyregexp.New(`^(?:[<>~≈] ?)?` + lengthText + `$`)

func lengthOnly(s string) bool { return lengthPattern.MatchString(s) }

// printed returns a value, or nothing for the dash that stands in its place.
func printed(s string) string {
	switch s = strings.TrimSpace(s); s {
	case "—", "–", "-", "N/A":
		return ""
	}
	return s
}

// set takes the value of a label; of a label that comes twice, the first counts.
func (in *incident) set(label, value string) {
	in.labels++
	value = printed(value)
	switch label {
	case "duration":
		if value != "" {
			in.raw.Duration = value
		}
	case "started":
		setOnce(&in.raw.Started, value)
	case "resolved":
		setOnce(&in.raw.Resolved, value)
	default:
		setOnce(&in.raw.Detected, value)
	}
}

func setOnce(t *normalize.RawTime, text string) {
	if t.IsZero() {
		t.Text = text
	}
}

// readLoose takes the unlabelled lines: "<Vendor> incident", the title, the badges.
func (in *incident) readLoose(lines []textLine, v *htmlView) {
	start := slices.IndexFunc(lines, func(l textLine) bool {
		m := vendorLine.FindStringSubmatch(l.text)
		return m != nil && (in.vendor == "" || m[1] == in.vendor)
	})
	if start >= 0 {
		if m := vendorLine.FindStringSubmatch(lines[start].text); in.vendor == "" {
			in.vendor = m[1]
		}
		if above := lines[:start]; !slices.ContainsFunc(lines[start+1:], func(l textLine) bool { return l.heading }) {
			if n := slices.IndexFunc(above, func(l textLine) bool { return l.heading }); n >= 0 {
				in.raw.Title = above[n].text
			}
		}
		lines = lines[start+1:]
		in.labels++
	}
	heading := slices.IndexFunc(lines, func(l textLine) bool { return l.heading })
	if heading >= 0 {
		in.raw.Title = lines[heading].text
		lines = slices.Delete(slices.Clone(lines), heading, heading+1)
	}
	titled := slices.ContainsFunc(lines, func(l textLine) bool {
		text := l.spaced()
		return !allBadges(text) && !vendorSource.MatchString(text)
	})
	var badges []string
	for i, l := range lines {
		text := l.spaced()
		switch {
		case vendorSource.MatchString(text):
			in.labels++
			if v != nil {
				in.source = v.hrefIn(l.from(), l.to())
			}
			badges = append(badges, strings.Fields(vendorSource.ReplaceAllString(text, ""))...)
		case (i > 0 || in.raw.Title != "" || start < 0 || titled) && allBadges(text):
			badges = append(badges, strings.Fields(text)...)
		case in.raw.Title == "" && (i == 0 || !timeOnly.MatchString(text)):
			in.raw.Title = text
		}
	}
	badges = slices.DeleteFunc(badges, func(w string) bool { return strings.ContainsAny(w, "·•|/→") })
	switch {
	case len(badges) == 1 && in.raw.Impact != "" && !strings.EqualFold(badges[0], in.raw.Impact):
		in.raw.State = badges[0]
	case len(badges) > 0:
		in.raw.Impact = badges[0]
		if len(badges) > 1 {
			in.raw.State = strings.Join(badges[1:], " ")
		}
	}
}

func allBadges(text string) bool {
	if badgeWord.MatchString(text) {
		return true
	}
	first, rest, _ := strings.Cut(text, " ")
	return badgeWord.MatchString(first) && badgeWord.MatchString(rest)
}

func countIn(re *lazyregexp.Regexp, text string) int {
	m := re.FindStringSubmatch(text)
	if m == nil || m[1] == "" {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return n
}
