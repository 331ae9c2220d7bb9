package statuspage

import (
	"bytes"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// textWords are the state words that stand on a line of their own in the text of an incident page.
var textWords = map[string]bool{
	"postmortem": true, "resolved": true, "update": true, "monitoring": true, "identified": true,
	"investigating": true,
	"scheduled":     true, "in progress": true, "verifying": true, "completed": true,
}

var (
	reportPattern = lazyregexp.New(`(?i)^(Incident|Scheduled Maintenance) Report for (\S.*)$`)
	reportHead    = lazyregexp.New(`(?i)^(Incident|Scheduled Maintenance)$`)
	reportTail    = lazyregexp.New(`(?i)^Report for (\S.*)$`)
	postedPattern = lazyregexp.New(
		`^Posted\s+(?:.*\bago\.?\s+)?(?:on\s+)?([A-Z][a-z]{2,8} \d{1,2}, \d{4} - \d{1,2}:\d{2}(?: ?[AaPp][Mm])? ` +
			`\S.*)$`,
	)
	footPattern = lazyregexp.New(`(?i)^(←|<-)?\s*(current status|incident history)$|^powered by\b`)
)

// readText reads the page of one incident as a crawler or a browser's copy keeps it: the
// visible text, with or without blank lines, perhaps cut off at the end. An update begins with its
// state word on a line of its own and ends with "Posted …": between the two every line is the vendor's.
func readText(s scraper.Source, p page.Page, body []byte) (Reading, error) {
	if !bytes.Contains(body, []byte("Report for ")) {
		return Reading{}, unexpected(p)
	}
	lines := strings.Split(page.UnixLines(string(body)), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.ReplaceAll(line, "\u00a0", " "), " \t")
	}
	title, kind, vendor, next := findReport(lines)
	if title == "" {
		return Reading{}, unexpected(p)
	}
	home := page.SourceHome("", homeOf(s.URL), p.URL)
	raw := normalize.Raw{Document: docIncidentText, ID: page.IncidentID(p.URL), Title: title}
	raw.URL = page.IncidentURL(home, raw.ID)
	for next < len(lines) && strings.TrimSpace(lines[next]) == "" {
		next++
	}
	if next < len(lines) && setWindow(&raw, lines[next]) {
		next++
	}
	if raw.Updates, raw.Components, raw.Excerpt = textUpdates(lines[next:]); len(raw.Updates) == 0 {
		return Reading{}, page.Errorf(
			"the text of a Statuspage incident page, %q, without a single update",
			page.Clip(title, 80),
		)
	}
	raw.State, raw.Kind = page.LatestState(raw.Updates), kindOf("", raw.Updates)
	if strings.EqualFold(kind, "scheduled maintenance") {
		raw.Kind = string(normalize.KindMaintenance)
	}
	out := scraper.Result{Document: docIncidentText, PageName: vendor, PageURL: home, Incidents: []normalize.Raw{raw}}
	return Reading{Result: out}, nil
}

// findReport finds the line "Incident Report for Vendor", or the two lines it was broken into, and
// the title before it; next is the line after it.
func findReport(lines []string) (title, kind, vendor string, next int) {
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if m := reportPattern.FindStringSubmatch(line); m != nil {
			return lastLine(lines[:i]), m[1], m[2], i + 1
		}
		m, j := reportHead.FindStringSubmatch(line), i+1
		for m != nil && j < len(lines) && strings.TrimSpace(lines[j]) == "" {
			j++
		}
		if m == nil || j == len(lines) {
			continue
		}
		if tail := reportTail.FindStringSubmatch(strings.TrimSpace(lines[j])); tail != nil {
			return lastLine(lines[:i]), m[1], tail[1], j + 1
		}
	}
	return "", "", "", 0
}

func lastLine(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(strings.TrimLeft(lines[i], "# ")); line != "" {
			return line
		}
	}
	return ""
}

// textUpdates reads the timeline, oldest update first. cut reports whether the text breaks off: its
// last update then has no time.
func textUpdates(lines []string) (updates []normalize.RawUpdate, components []normalize.RawComponent, cut bool) {
read:
	for i := 0; i < len(lines); {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "":
			i++
			continue
		case affectedPattern.MatchString(line):
			components = append(components, affectedBy(line)...)
			i++
			continue
		case footPattern.MatchString(line):
			break read
		}
		end, posted := findPosted(lines, i+1)
		if posted == "" && !textWords[strings.ToLower(strings.TrimLeft(line, "# "))] {
			// What follows the last time is no update: a footer, or a state word that was cut off.
			cut = cut || beginsWord(line)
			break read
		}
		update := normalize.RawUpdate{State: strings.TrimLeft(line, "# "), Posted: page.Time(posted, ""),
			Format: normalize.FormatText}
		update.Body = strings.TrimSpace(strings.Join(lines[min(i+1, end):end], "\n"))
		updates = append(updates, update)
		cut = cut || posted == ""
		i = end + 1
	}
	slices.Reverse(updates)
	return updates, components, cut
}

// beginsWord reports whether a line is the beginning of a state word.
func beginsWord(line string) bool {
	for word := range textWords {
		if strings.HasPrefix(word, strings.ToLower(line)) {
			return true
		}
	}
	return false
}

// findPosted returns the line that ends an update and the time on it; without one, the update goes to
// the end of the text, or to the page's foot.
func findPosted(lines []string, from int) (end int, posted string) {
	for i := from; i < len(lines); i++ {
		if m := postedPattern.FindStringSubmatch(page.OneLine(lines[i])); m != nil {
			return i, m[1]
		}
	}
	for i := from; i < len(lines); i++ {
		if line := strings.TrimSpace(lines[i]); footPattern.MatchString(line) || affectedPattern.MatchString(line) {
			return i - 1, ""
		}
	}
	return len(lines), ""
}
