package message

import (
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// HeadlineText answers in one line: what is open now, what is new, and what could not be read. It never calls a page
// quiet that could not be read.
func (d Digest) HeadlineText() string {
	c := d.Counts
	blind := c.Sources - c.SourcesReadable
	openNow, lastRead := d.openWords()
	switch {
	case c.Sources == 0 && d.Quiet():
		return "No page is watched yet"
	case c.SourcesReadable == 0 && d.Quiet():
		return joined("Blind: none of "+words.Count(c.Sources, "page")+" could be read", lastRead)
	}
	seen := " on " + words.Count(c.Sources, "page")
	switch {
	case blind > 0 && c.SourcesReadable == 1:
		seen = " on the one page we could read"
	case blind > 0:
		seen = " on the " + words.Count(c.SourcesReadable, "page") + " we could read"
	}
	news := d.newsWords()
	calm := openNow == "" && lastRead == "" && d.Quiet()
	switch {
	case calm && (c.VendorsWell < c.VendorsReadable || c.NotWell > 0):
		openNow, news = "Nothing new"+seen, ""
	case calm:
		openNow, news = "All quiet"+seen, ""
	case d.Quiet():
		news = "nothing new" + seen
	case openNow == "" && c.SourcesReadable > 0:
		openNow = "Nothing open" + seen
	}
	parts := append([]string{openNow, lastRead, news}, d.storyWords()...)
	if c.NotWell > 0 {
		parts = append(parts, words.Count(c.NotWell, "vendor")+" not known to be well")
	}
	if blind > 0 {
		parts = append(parts, words.Count(blind, "page")+" unreadable")
	}
	if len(d.Moved) > 0 {
		parts = append(parts, words.Count(len(d.Moved), "page")+" moved")
	}
	return joined(parts...)
}

// storyWords names the stories of several vendors that the digest lists members of.
func (d Digest) storyWords() (parts []string) {
	told := map[int64]bool{0: true}
	for _, list := range [][]Item{d.New, d.AlreadyOpen, d.StillOpen, d.LeftFeed, d.Resolved} {
		for _, i := range list {
			if !told[i.StoryID] {
				parts = append(parts, "one cause: "+words.Short(words.OneLine(i.Story), 80))
			}
			told[i.StoryID] = true
		}
	}
	return parts
}

// joined joins the parts that say something.
func joined(parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}

// openWords counts the open incidents by severity: those of pages that are read, and those that were open when their
// page was last read. Each is empty if there are none.
func (d Digest) openWords() (now, lastRead string) {
	bySeverity, unseen := d.OpenNow()
	var parts []string
	total := 0
	for _, s := range []normalize.Severity{normalize.SeverityCritical, normalize.SeverityMajor,
		normalize.SeverityMinor} {
		if n := bySeverity[s]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+string(s))
			total += n
		}
	}
	all := 0
	for _, n := range bySeverity {
		all += n
	}
	switch other := all - total; {
	case other > 0 && total > 0:
		parts = append(parts, strconv.Itoa(other)+" other")
	case other > 0:
		parts = append(parts, words.Count(other, "incident"))
	}
	if len(parts) > 0 {
		now = strings.Join(parts, ", ") + " open now"
	}
	if unseen > 0 {
		lastRead = strconv.Itoa(unseen) + " open when last read"
	}
	return now, lastRead
}

// OpenNow counts the open incidents of pages that are read by severity, and those of the other pages together.
func (d Digest) OpenNow() (bySeverity map[normalize.Severity]int, unseen int) {
	bySeverity = map[normalize.Severity]int{}
	for _, s := range d.Sections() {
		if s.Title != openTitle {
			continue
		}
		for _, i := range s.Items {
			if d.seen(i) {
				bySeverity[normalize.Severity(i.Severity)]++
			} else {
				unseen++
			}
		}
	}
	return bySeverity, unseen
}

// seen reports whether the page of an incident is watched and readable.
func (d Digest) seen(i Item) bool {
	_, blind := d.UnreadableSource(i.SourceID)
	_, resting := d.Unwatched[i.SourceID]
	return !blind && !resting
}

// newsWords counts what is new since the beginning of the window: "41 new since Friday (38 over), 2 resolved".
func (d Digest) newsWords() string {
	since := d.sinceWords()
	parts := []string{"nothing new" + since}
	again := only(d.New, func(i Item) bool { return i.Reopened })
	if n := len(d.New) - len(again); n > 0 {
		parts[0] = strconv.Itoa(n) + " new" + since
		if over := len(only(d.New, func(i Item) bool { return i.over() && !i.Reopened })); over > 0 {
			parts[0] += " (" + strconv.Itoa(over) + " over)"
		}
	}
	for _, p := range []struct {
		n    int
		word string
	}{{len(again), "reopened"}, {len(d.Resolved), "resolved"}, {len(d.LeftFeed), "gone from the page"}} {
		if p.n > 0 {
			parts = append(parts, strconv.Itoa(p.n)+" "+p.word)
		}
	}
	if n := len(d.Postmortems); n > 0 {
		parts = append(parts, words.Count(n, "postmortem"))
	}
	return strings.Join(parts, ", ")
}

// sinceWords says since when the digest reports: a weekday within the last six days, else a date.
func (d Digest) sinceWords() string {
	from, until := words.Time(d.FromAt).In(d.location()), words.Time(d.UntilAt).In(d.location())
	switch {
	case d.FromAt == "":
		return ""
	case from.Format(time.DateOnly) == until.Format(time.DateOnly):
		return " since " + from.Format("15:04")
	case until.Sub(from) < 6*24*time.Hour:
		return " since " + from.Format("Monday")
	}
	return " since " + from.Format("2 January")
}
