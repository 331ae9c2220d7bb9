package pingoru

import (
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

// historyHead is what stands at the top of an outage history, and where its incidents lie.
type historyHead struct {
	vendor string
	status string // "up" of "Kustomer is up right now"
	count  int    // outages that the page announces
	since  string // the day they are counted from
	blocks []block
}

// block is the range of lines of one incident, beginning with its title.
type block struct {
	first, from, to int // first is the line of the impact and the day
	impact          string
}

var (
	historyTitle = lazyregexp.New(`^(?:(.+?) )?(?i:outage history)$`)
	rightNow     = lazyregexp.New(`^(.+?) is (.+?) right now\b`)
	outageCount  = lazyregexp.New(
		`^There (?:were|was|have been|has been|are) (no|one|\d+) (?:.+ )?outages?\b(?:.*? since (` + monthDay + `))?`,
	)
	noOutages = lazyregexp.New(
		`(?i)^(?:no (?:.+ )?outages?\b|.+ has had no outages)(?:.*? since (` + monthDay + `))?`,
	)
	impactAndDay  = lazyregexp.New(`^([A-Za-z][A-Za-z ]{1,30}?)(?: [·•|–—-])? (` + monthDay + `)$`)
	detectedLabel = lazyregexp.New(`^(?i:detected by) `)
)

// historyHead finds the marks of an outage history. Its heading alone does not tell, since a link or
// a tab of an incident's page may carry the same words.
func (r reader) historyHead() (historyHead, bool) {
	h := historyHead{}
	title, counted := false, false
	for i, l := range r.lines {
		text := l.spaced()
		if timelineHead.MatchString(text) || len(h.blocks) > 0 {
			break
		}
		if m := historyTitle.FindStringSubmatch(l.text); m != nil && !title {
			h.vendor, title = m[1], true
		}
		if m := rightNow.FindStringSubmatch(l.text); m != nil && h.status == "" {
			h.status = m[2]
			if h.vendor == "" {
				h.vendor = m[1]
			}
		}
		if m := outageCount.FindStringSubmatch(l.text); m != nil {
			counted, h.count, h.since = true, countWord(m[1]), m[2]
		} else if m := noOutages.FindStringSubmatch(l.text); m != nil {
			counted, h.since = true, m[1]
		}
		if _, _, n := r.markerAt(i); n > 0 {
			h.blocks = append(h.blocks, block{})
		}
	}
	if !title || h.status == "" && !counted {
		return h, false
	}
	h.blocks = r.historyBlocks()
	return h, true
}

func countWord(s string) int {
	switch s {
	case "no":
		return 0
	case "one":
		return 1
	}
	return countIn(lazyregexp.New(`^(\d+)$`), s)
}

// historyBlocks returns the incidents of the page, in its order.
func (r reader) historyBlocks() []block {
	var blocks []block
	for i := range r.lines {
		impact, _, n := r.markerAt(i)
		if n == 0 {
			continue
		}
		if len(blocks) > 0 {
			blocks[len(blocks)-1].to = i
		}
		blocks = append(blocks, block{first: i, from: i + n, to: len(r.lines), impact: impact})
	}
	return blocks
}

// markerAt reads the impact and the day that begin an incident, on one line or on two. What follows
// soon must be labelled, since a vendor's words may look the same.
func (r reader) markerAt(i int) (impact, day string, n int) {
	text := r.lines[i].spaced()
	if m := impactAndDay.FindStringSubmatch(text); m != nil {
		impact, day, n = m[1], m[2], 1
	} else if i+1 < len(r.lines) && stateWord.MatchString(text) && dateOnly.MatchString(r.lines[i+1].spaced()) {
		impact, day, n = text, r.lines[i+1].spaced(), 2
	}
	if n == 0 {
		return "", "", 0
	}
	for j := i + n; j < min(i+n+6, len(r.lines)); j++ {
		if timelineHead.MatchString(r.lines[j].spaced()) {
			return impact, day, n
		}
		for _, p := range r.lines[j].parts {
			if detectedLabel.MatchString(p.text) || strings.EqualFold(p.text, "started") {
				return impact, day, n
			}
		}
	}
	return "", "", 0
}

// linkTo returns the first link of a block whose address matches, "" if there is none.
func (r reader) linkTo(b block, path *lazyregexp.Regexp) string {
	if r.view == nil {
		return ""
	}
	from, to := r.lines[b.first].from(), r.lines[max(b.first, b.to-1)].to()
	for _, l := range r.view.links {
		href, _, _ := strings.Cut(l.href, "?")
		if l.from >= from && l.to <= to && path.MatchString(href) {
			return href
		}
	}
	return ""
}

// hrefIn returns the address of the first link within a range of leaves.
func (v *htmlView) hrefIn(from, to int) string {
	for _, l := range v.links {
		if l.from >= from && l.to <= to && l.to > l.from {
			return l.href
		}
	}
	return ""
}
