package pagestate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// keyPrefix begins the key of an incident of a page. No key of a vendor begins so.
const keyPrefix = normalize.PageKey

// manyRed is from how many red components on a change of them alone is no post: of a page of hundreds some always
// change. They are in the list of the incident all the same.
const manyRed = 20

// Incident is trouble that a page shows and that its vendor has not posted.
type Incident struct {
	Start, CalmBefore time.Time // CalmBefore: the last reading before that was not red; zero if there is none
	End, RedBefore    time.Time // RedBefore: the last reading before the end that was red; both zero while it is open
	Posted            bool      // it ended as an incident of the vendor said as much
	Severity          normalize.Severity
	Title             string
	Components        []normalize.Component // all that were red, each as it was when it last was
	Posts             []Post

	last Reading
}

// Post is what we say of a change.
type Post struct {
	At    time.Time
	State normalize.State
	Body  string
}

func begin(r Reading, calm time.Time, status StatusOf) Incident {
	i := Incident{Start: r.At, CalmBefore: calm}
	lines := i.changes(r, status)
	i.show(r)
	i.Posts = []Post{{r.At, normalize.StateInvestigating, body("", lines, said(r))}}
	return i
}

// goOn takes in a further reading that is red.
func (i *Incident) goOn(r Reading, status StatusOf) {
	was := i.last
	says := ""
	if r.Because != was.Because || r.Word != was.Word {
		says = said(r)
	}
	lines := i.changes(r, status)
	turned := r.Severity != was.Severity || says != "" || r.Posted != was.Posted
	i.show(r)
	if len(lines) > 0 && (turned || len(r.Red) < manyRed || len(was.Red) < manyRed) || says != "" {
		i.Posts = append(i.Posts, Post{r.At, normalize.StateUpdate, body("", lines, says)})
		return
	}
	if r.Severity != was.Severity {
		text := fmt.Sprintf("Severity by the page: %s → %s", was.Severity, r.Severity)
		i.Posts = append(i.Posts, Post{r.At, normalize.StateUpdate, text})
	}
}

// show takes over what a reading shows.
func (i *Incident) show(r Reading) {
	i.last, i.Severity, i.Title, i.RedBefore = r, r.Severity, title(r), r.At
	for _, c := range r.Red {
		n := slices.IndexFunc(i.Components, func(o normalize.Component) bool { return o.Key == c.Key })
		if n < 0 {
			i.Components = append(i.Components, c)
		} else {
			i.Components[n] = c
		}
	}
}

func (i *Incident) end(r Reading, status StatusOf) {
	i.End = r.At
	lines := i.changes(r, status)
	text := "The page no longer says that something is wrong."
	if Red(r.Severity) {
		i.Posted = true
		text, lines = "The vendor has posted an incident that says so.", nil
	}
	i.Posts = append(i.Posts, Post{r.At, normalize.StateResolved, body(text, lines, "")})
}

// changes says in lines how red components differ from those of the reading before.
func (i *Incident) changes(r Reading, status StatusOf) []string {
	var lines []string
	line := func(c normalize.Component, from, to normalize.ComponentStatus) {
		switch {
		case from == to:
		case from == "":
			lines = append(lines, c.Label()+": "+spell(to))
		case to == "":
			lines = append(lines, c.Label()+": "+spell(from)+" → no longer shown so")
		default:
			lines = append(lines, c.Label()+": "+spell(from)+" → "+spell(to))
		}
	}
	for _, c := range worstFirst(r.Red) {
		from, red := statusIn(i.last.Red, c)
		if !red && status != nil {
			if from = status(c, r.At.Add(-time.Millisecond)); from == c.Status {
				from = ""
			}
		}
		line(c, from, c.Status)
	}
	for _, c := range i.last.Red {
		if _, still := statusIn(r.Red, c); still {
			continue
		}
		var to normalize.ComponentStatus
		if status != nil {
			if to = status(c, r.At); to == c.Status {
				to = ""
			}
		}
		line(c, c.Status, to)
	}
	return lines
}

func statusIn(list []normalize.Component, c normalize.Component) (normalize.ComponentStatus, bool) {
	for _, o := range list {
		if o.Key == c.Key {
			return o.Status, true
		}
	}
	return "", false
}

// body is the text of a post, in Markdown.
func body(head string, lines []string, tail string) string {
	const most = 10
	if n := len(lines); n > most+1 {
		lines = append(slices.Clone(lines[:most]), fmt.Sprintf("and %d more components", n-most))
	}
	if len(lines) > 1 {
		for n := range lines {
			lines[n] = "- " + lines[n]
		}
	}
	parts := slices.DeleteFunc([]string{head, strings.Join(lines, "\n"), tail}, func(s string) bool { return s == "" })
	return strings.Join(parts, "\n\n")
}

// said quotes the page's own word, where that gives its severity.
func said(r Reading) string {
	if r.Because != ByPage || r.Word == "" {
		return ""
	}
	return "The page says: " + r.Word
}

// title names what is red, and that the vendor has not posted it.
func title(r Reading) string {
	what := r.Word
	if red := worstFirst(r.Red); len(red) > 0 {
		what = red[0].Label()
		if n := len(red) - 1; n > 0 {
			what += fmt.Sprintf(" and %d more", n)
		}
		what += ": " + spell(red[0].Status)
	} else if what == "" {
		what = "Trouble on the status page"
	} else if !strings.Contains(what, " ") {
		what = "The page says " + strconv.Quote(what)
	}
	if r.Posted != "" {
		return what + ", posted as " + severityWords[r.Posted]
	}
	return what + ", no incident posted"
}

var severityWords = map[normalize.Severity]string{
	normalize.SeverityNone: "without impact", normalize.SeverityMinor: "minor", normalize.SeverityMajor: "major",
	normalize.SeverityCritical: "critical", normalize.SeverityUnknown: "of unknown severity",
}

func worstFirst(red []normalize.Component) []normalize.Component {
	order := []normalize.ComponentStatus{normalize.StatusMajor, normalize.StatusPartial, normalize.StatusDegraded}
	sorted := slices.Clone(red)
	slices.SortStableFunc(sorted, func(a, b normalize.Component) int {
		return slices.Index(order, a.Status) - slices.Index(order, b.Status)
	})
	return sorted
}

func spell(s normalize.ComponentStatus) string { return strings.ReplaceAll(string(s), "_", " ") }

// Record gives the incident the form of any other. url is the address of its page.
func (i *Incident) Record(url string) normalize.Record {
	stamp := normalize.FormatTime(i.Start)
	f := normalize.Record{
		Incident: normalize.Incident{
			Key: keyPrefix + stamp, Kind: normalize.KindIncident, Title: i.Title, URL: url, Severity: i.Severity,
			State: normalize.StateInvestigating, StartedAt: i.Start, ResolvedAt: i.End, Components: i.Components,
		},
		Origin: normalize.OriginPage, FirstSeen: i.Start,
	}
	if !i.CalmBefore.IsZero() {
		f.StartedBasis, f.StartedAfter = normalize.BasisSeen, i.CalmBefore
	}
	if !i.End.IsZero() {
		f.Incident.State, f.ResolvedBasis, f.ResolvedAfter = normalize.StateResolved, normalize.BasisSeen, i.RedBefore
	}
	for _, p := range i.Posts {
		u := normalize.Update{Key: keyPrefix + normalize.FormatTime(p.At), State: p.State, PostedAt: p.At, Body: p.Body}
		f.Updates = append(f.Updates, normalize.Post{Update: u, FirstSeen: p.At, Keys: []string{u.Key}})
		f.Incident.Updates = append(f.Incident.Updates, u)
	}
	return f
}
