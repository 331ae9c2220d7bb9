package custom

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper/page"
)

// compiler collects the mistakes of a CustomPage while it makes its Selectors.
type compiler struct {
	page     Page
	out      *Selectors
	mistakes []Mistake
}

func (c *compiler) mistake(key, problem, write string) {
	c.mistakes = append(c.mistakes, Mistake{key, problem, write})
}

func (c *compiler) format() {
	if c.page.Format != FormatHTML && c.page.Format != FormatJSON {
		c.mistake("format", fmt.Sprintf("%q is no format", c.page.Format), `write "html" or "json"`)
		c.page.Format = FormatHTML
	}
}

// required notes keys that are missing beside those that are there.
func (c *compiler) required() {
	p := c.page
	if p.Anchor == "" {
		write := `write a selector, for example anchor = "#status-page"`
		if p.Format == FormatJSON {
			write = `write a path, for example anchor = "incidents"`
		}
		c.mistake(
			"anchor",
			"it is missing: what this page always has and no other page does, so that an error page is never "+
				"taken for a quiet day",
			write,
		)
	}
	switch {
	case p.List == "" && p.ComponentList == "":
		c.mistake("list", "it is missing: what each incident on the page is", `write for example list = ".incident"`)
	case p.List != "" && p.Title == "":
		c.mistake("title", "it is missing: the title within an incident of the list", `write for example title = "h3"`)
	case p.ComponentList != "" && p.ComponentName == "":
		c.mistake(
			"component_name",
			"it is missing: the name within a component of component_list",
			`write for example component_name = ".name"`,
		)
	}
	if p.Updates != "" && p.UpdateState+p.UpdateTime+p.UpdateBody == "" {
		c.mistake(
			"updates",
			"nothing within an update is selected",
			`write for example update_time = "time@datetime" and update_body = "p"`,
		)
	}
	for _, f := range p.fields() {
		over, list := "", ""
		switch f.within {
		case inIncident:
			over, list = "list", p.List
		case inUpdate:
			over, list = "updates", p.Updates
		case inComponent:
			over, list = "component_list", p.ComponentList
		}
		if f.selector != "" && over != "" && list == "" {
			c.mistake(
				f.key,
				fmt.Sprintf("it is looked up within each match of %s, and there is no %s", over, over),
				fmt.Sprintf("write %s too", over),
			)
		}
	}
	if p.Empty != "" && p.List == "" {
		c.mistake("empty", "it stands in place of an empty list, and there is no list", "write list too")
	}
}

// field makes the finder of a selector.
func (c *compiler) field(f field) {
	if f.selector == "" {
		return
	}
	finder, write, err := c.finder(f.selector)
	if err != nil {
		c.mistake(f.key, fmt.Sprintf("%q cannot be read: %v", f.selector, err), write)
		return
	}
	if f.within == inPage && finder.self {
		c.mistake(f.key, fmt.Sprintf("%q is the whole page", f.selector), write)
		return
	}
	c.out.finders[f.key] = finder
}

// finder reads a selector of the page's format, and says how one is written.
func (c *compiler) finder(selector string) (f *finder, write string, err error) {
	write = `write CSS such as ".incident h3", "time@datetime" for an attribute, or "." for the element itself`
	if c.page.Format == FormatJSON {
		f, err = newFinder(jsonFinder, selector)
		return f, `write a path such as "incidents[*]" or "$.status.name", or "." for the value itself`, err
	}
	f, err = newFinder(htmlFinder, selector)
	if strings.HasPrefix(selector, "$") {
		write = `write format = "json" if the page is JSON; ` + write
	}
	return f, write, err
}

// mustRead are the keys of words and times that are unknown, not absent, where a regular expression does not find
// them.
var mustRead = []string{
	"kind", "state", "severity", "start", "scheduled_start", "update_state", "update_time", "component_status",
}

// match compiles the regular expressions that are applied to what is selected.
func (c *compiler) match() {
	fields := c.page.fields()
	for key, expression := range c.page.Match {
		n := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		const write = `write for example match = { start = "from (.+) to" }`
		switch {
		case n < 0:
			c.mistake("match."+key, "there is no selector of that name", write)
			continue
		case fields[n].selector == "" || fields[n].within == inPage || key == "updates":
			c.mistake("match."+key, fmt.Sprintf("%s selects no text", key), write)
			continue
		}
		re, err := regexp.Compile(expression)
		if err != nil {
			c.mistake("match."+key, fmt.Sprintf("%q is no regular expression: %v", expression, err), write)
			continue
		}
		if f := c.out.finders[key]; f != nil {
			f.match, f.whole = re, slices.Contains(mustRead, key)
		}
	}
	slices.SortStableFunc(c.mistakes, func(a, b Mistake) int {
		if strings.HasPrefix(a.Key, "match.") && strings.HasPrefix(b.Key, "match.") {
			return strings.Compare(a.Key, b.Key)
		}
		return 0
	})
}

// anyHTML and anyJSON have what any page, and any error message, may have.
const (
	anyHTML = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>t</title><link><style></style>` +
		`<script></script></head><body class="c" id="b"><header>h</header>` +
		`<nav>n</nav><main><h1>h</h1><h2>h</h2><h3>h</h3><section><article><div>` +
		`<p>p <a href="/">a</a> <span>s</span> <b>b</b> <img></p><ul><li>l</li></ul>` +
		`<form action="/"><label>l</label><input><button>b</button></form><table><tr><td>t</td></tr></table></div>` +
		`</article></section></main><footer>f</footer></body></html>`
	anyJSON = `{"message":"m","msg":"m","error":{"code":1,"message":"m"},"errors":[{"code":1,"message":"m",` +
		`"title":"t","detail":"d"}],"detail":"d","details":"d",` +
		`"status":"error","code":1,"title":"t","type":"t","success":false,"ok":false,"timestamp":1,"path":"p",` +
		`"request_id":"r","requestId":"r","reason":"r","statusCode":1}`
)

// commonAnchor refuses an anchor that other pages have too: an error page would be taken for a quiet day.
func (c *compiler) commonAnchor() {
	f := c.out.finders["anchor"]
	if f == nil {
		return
	}
	body, write := anyHTML, "name a class, an id or an attribute that only this page has"
	if c.page.Format == FormatJSON {
		body, write = anyJSON, "name a key that only this page has, such as that of its list of incidents"
	}
	if root, err := parseNode(c.page.Format, []byte(body)); err == nil && f.there(root) {
		c.mistake("anchor", fmt.Sprintf("%q is on other pages too, error pages among them", c.page.Anchor), write)
	}
}

// times checks the form and the zone of the times.
func (c *compiler) times() {
	if c.page.TimeLayout != "" {
		c.out.layout = goLayout(c.page.TimeLayout)
		if err := times.CheckLayout(c.out.layout); err != nil {
			c.mistake(
				"time_layout",
				fmt.Sprintf("%q is no form of a time", c.page.TimeLayout),
				`write for example "DD.MM.YYYY HH:mm", or "Jan 2, 2006 3:04 PM" in the form of Go's package time`,
			)
		}
	}
	if tag := c.page.TimeLanguage; tag != "" {
		switch err := times.CheckLanguage(tag); {
		case err != nil:
			c.mistake("time_language", err.Error(), `write the tag of a language, for example "de", "fr" or "pt"`)
		case c.page.TimeLayout == "":
			c.mistake("time_language", "it is the language of time_layout, which is missing",
				"write time_layout too, or remove it: without a layout, the names of every common language are read")
		}
	}
	if zone := c.page.TimeZone; zone != "" {
		if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
			c.mistake(
				"time_zone",
				fmt.Sprintf("%q is not a time zone", zone),
				`write an IANA name, for example "Europe/Berlin" or "UTC"`,
			)
		}
	}
}

// layoutWords are the parts of a friendly layout, and the same in the form of package time. Longer ones stand
// before those that they begin with.
var layoutWords = []struct{ friendly, layout string }{
	{"YYYY", "2006"}, {"YY", "06"},
	{"MMMM", "January"}, {"MMM", "Jan"}, {"MM", "01"}, {"M", "1"},
	{"dddd", "Monday"}, {"ddd", "Mon"},
	{"DD", "02"}, {"D", "2"},
	{"HH", "15"}, {"hh", "03"}, {"h", "3"},
	{"mm", "04"}, {"ss", "05"},
	{"ZZZ", "MST"}, {"Z", "Z07:00"}, {"A", "PM"}, {"a", "pm"},
}

var friendlyForm = lazyregexp.New(`YY|DD|HH|hh|\bh:mm|mm|MMM`)

// goLayout returns a layout in the form of package time. One that is written in that form is left as it is.
// Text in single quotes stands for itself: "DD.MM.YYYY 'um' HH:mm".
func goLayout(layout string) string {
	layout = page.OneLine(layout)
	if !friendlyForm.MatchString(layout) {
		return layout
	}
	var b strings.Builder
next:
	for layout != "" {
		if quoted, rest, ok := strings.Cut(layout[1:], "'"); layout[0] == '\'' && ok {
			b.WriteString(quoted)
			layout = rest
			continue
		}
		for _, w := range layoutWords {
			if strings.HasPrefix(layout, w.friendly) {
				b.WriteString(w.layout)
				layout = layout[len(w.friendly):]
				continue next
			}
		}
		b.WriteByte(layout[0])
		layout = layout[1:]
	}
	return b.String()
}
