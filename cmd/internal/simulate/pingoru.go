package simulate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// pingoruDocument renders a document of an aggregator in the manner of Pingoru: the visible labels
// and their order are those of its pages, the markup is our own.
func pingoruDocument(p page, path string) (document, bool) {
	rest, found := strings.CutPrefix(strings.TrimSuffix(path, "/"), "/providers/"+p.Slug+"/")
	if !found {
		return document{}, false
	}
	if rest == "outage-history" {
		return p.html(p.outageHistory(), p.updatedAt), true
	}
	number, found := strings.CutPrefix(rest, "incidents/")
	if !found {
		return document{}, false
	}
	for _, s := range p.incidents {
		if pingoruNumber(s) == number {
			return p.html(p.pingoruIncident(s), p.updatedAt), true
		}
	}
	return document{}, false
}

// pingoruNumber is the incident's number at the aggregator, which is not the vendor's own id.
func pingoruNumber(s story) string {
	return strconv.FormatUint(uint64(1_000_000+feedNumber(s)%1_500_000), 10)
}

func (p page) pingoruFrame(title, content string) string {
	return fmt.Sprintf(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>%s | Pingoru</title>
<link rel="canonical" href="%s">
</head>
<body>
<nav class="topbar"><a href="/">Pingoru</a> <a href="/providers">Providers</a> <a href="/pricing">Pricing</a></nav>
<main>
%s</main>
<footer class="foot"><p>Pingoru watches the status pages of your vendors.</p></footer>
</body>
</html>
`, esc(title), p.pageURL(p.base), content)
}

func (p page) pingoruIncident(s story) string {
	var b strings.Builder
	// No recorded page shows what stands here while an incident is open; its state is the natural guess.
	state := "Resolved"
	if s.open() {
		state = label(s.posts[:1], 0)
	}
	fmt.Fprintf(&b, `<p class="crumb">%s incident</p>
<h1>%s</h1>
<p class="badges"><span class="sev">%s</span> <span class="st">%s</span>`+
		` <a class="src" href="https://status.%s.example" rel="nofollow">View vendor source →</a></p>
<p class="lede">%s</p>
<dl class="facts">
<dt>Started</dt><dd>%s</dd>
`, escText(p.Name), escText(s.title), pingoruSeverity(s.impact), state, p.Slug, escText(p.pingoruSentence(s)),
		pingoruTime(s.startedAt))
	if !s.open() {
		fmt.Fprintf(&b, "<dt>Resolved</dt><dd>%s</dd>\n", pingoruTime(s.resolvedAt))
	}
	fmt.Fprintf(&b, `<dt>Duration</dt><dd>%s</dd>
<dt>Detected by Pingoru</dt><dd>%s</dd>
</dl>
`, pingoruDuration(s), pingoruTime(s.createdAt))
	if names := p.affectedNames(s); len(names) > 0 {
		b.WriteString("<h2>Affected components</h2>\n<p class=\"tags\">")
		for _, name := range names {
			fmt.Fprintf(&b, "<span class=\"tag\">%s</span>", escText(name))
		}
		b.WriteString("</p>\n")
	}
	b.WriteString("<h2>Update timeline</h2>\n")
	writeTimeline(&b, s)
	return p.pingoruFrame(p.Name+" incident: "+s.title, b.String())
}

func (p page) outageHistory() string {
	var b strings.Builder
	up, total := "up", time.Duration(0)
	for _, s := range p.incidents {
		if s.open() {
			up = "having problems"
		} else {
			total += s.resolvedAt.Sub(s.startedAt)
		}
	}
	fmt.Fprintf(&b, `<h1>%s Outage History</h1>
<p class="now">%s is %s right now</p>
<p class="lede">There were %d %s outages since %s totaling %s of downtime. Each is summarised below — incident `+
		`details, duration, and resolution information.</p>
<p class="src">Source: <a href="https://status.%s.example" rel="nofollow">https://status.%s.example</a></p>
`, escText(p.Name), escText(p.Name), up, len(p.incidents), escText(p.Name), p.CreatedAt.UTC().Format("January 2, 2006"),
		span(total), p.Slug, p.Slug)
	for _, s := range p.incidents {
		fmt.Fprintf(&b, `<article class="card">
<p class="badges"><span class="sev">%s</span> <span class="day">%s</span></p>
<h2><a href="/providers/%s/incidents/%s">%s</a></h2>
<dl class="facts">
<dt>Detected by Pingoru</dt><dd>%s</dd>
`, pingoruSeverity(s.impact), s.startedAt.UTC().Format("Jan 2, 2006"), p.Slug, pingoruNumber(s), escText(s.title),
			pingoruTime(s.createdAt))
		if !s.open() {
			fmt.Fprintf(&b, "<dt>Resolved</dt><dd>%s</dd>\n", pingoruTime(s.resolvedAt))
		}
		fmt.Fprintf(&b, "<dt>Duration</dt><dd>%s</dd>\n</dl>\n", pingoruDuration(s))
		if names := p.affectedNames(s); len(names) > 0 {
			b.WriteString("<p class=\"tags\">Affected: ")
			for _, name := range names {
				fmt.Fprintf(&b, "<span class=\"tag\">%s</span>", escText(name))
			}
			b.WriteString("</p>\n")
		}
		noun := "updates"
		if len(s.posts) == 1 {
			noun = "update"
		}
		fmt.Fprintf(&b, "<details><summary>Timeline · %d %s</summary>\n", len(s.posts), noun)
		writeTimeline(&b, s)
		b.WriteString("</details>\n</article>\n")
	}
	return p.pingoruFrame(p.Name+" Outage History", b.String())
}

// writeTimeline lists the updates, oldest first, numbered by the list. Bodies stand there as the vendor
// wrote them: Markdown is not rendered.
func writeTimeline(b *strings.Builder, s story) {
	b.WriteString("<ol class=\"line\">\n")
	for i := len(s.posts) - 1; i >= 0; i-- {
		u := s.posts[i]
		fmt.Fprintf(b, "<li><span class=\"word\">%s</span> <span class=\"when\">%s</span>\n<p>%s</p></li>\n",
			u.State, pingoruTime(u.date), escText(u.body))
	}
	b.WriteString("</ol>\n")
}

func (p page) affectedNames(s story) []string {
	var out []string
	for _, id := range s.affected {
		out = append(out, p.component(id).qualifiedName())
	}
	return out
}

func (p page) pingoruSentence(s story) string {
	affecting := ""
	if names := p.affectedNames(s); len(names) > 0 {
		affecting = " affecting " + strings.Join(names, " and ")
	}
	severity := strings.ToLower(pingoruSeverity(s.impact))
	day := s.startedAt.UTC().Format("January 2, 2006")
	if s.open() {
		return fmt.Sprintf("%s is experiencing a %s incident since %s%s. The full update timeline is below.", p.Name,
			severity, day, affecting)
	}
	return fmt.Sprintf("%s experienced a %s incident on %s%s, lasting %s. The incident has been resolved; the full "+
		"update timeline is below.",
		p.Name, severity, day, affecting, pingoruDuration(s))
}

// pingoruSeverity is the aggregator's word for an impact; none is a notice.
func pingoruSeverity(impact string) string {
	if impact == "" || impact == "none" {
		return "Notice"
	}
	return strings.ToUpper(impact[:1]) + impact[1:]
}

func pingoruTime(t time.Time) string { return t.UTC().Format("Jan 02, 2006, 03:04 PM UTC") }

func pingoruDuration(s story) string {
	if s.open() {
		return "—"
	}
	return span(s.resolvedAt.Sub(s.startedAt))
}

// span prints a duration in whole minutes, rounded down.
func span(d time.Duration) string {
	minutes := int(d / time.Minute)
	if minutes < 60 {
		return fmt.Sprintf("%dm", minutes)
	}
	return fmt.Sprintf("%dh %dm", minutes/60, minutes%60)
}
