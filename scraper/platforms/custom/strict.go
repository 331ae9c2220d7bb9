package custom

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper/page"
)

// form compiles the regular expressions that texts must match.
func (c *compiler) form() {
	fields := c.page.fields()
	for _, key := range slices.Sorted(maps.Keys(c.page.Form)) {
		const write = `write for example form = { id = "^[0-9]+$" }`
		n := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		switch {
		case n < 0:
			c.mistake("form."+key, "there is no selector of that name", write)
			continue
		case fields[n].selector == "" || slices.Contains([]string{"anchor", "list", "empty", "updates",
			"component_list"}, key):
			c.mistake("form."+key, fmt.Sprintf("%s selects no text", key), write)
			continue
		}
		re, err := regexp.Compile(c.page.Form[key])
		if err != nil {
			c.mistake("form."+key, fmt.Sprintf("%q is no regular expression: %v", c.page.Form[key], err), write)
			continue
		}
		if f := c.out.finders[key]; f != nil {
			f.form = re
		}
	}
}

// requirements makes the selectors of what must be there, and of what must not.
func (c *compiler) requirements() {
	c.out.required = map[scope][]*finder{}
	for _, of := range []struct {
		key       string
		selectors []string
		within    scope
		over      string
		list      string
	}{
		{"require", c.page.Require, inPage, "", ""},
		{"refuse", c.page.Refuse, inPage, "", ""},
		{"list_require", c.page.ListRequire, inIncident, "list", c.page.List},
		{"update_require", c.page.UpdateRequire, inUpdate, "updates", c.page.Updates},
		{"component_require", c.page.ComponentRequire, inComponent, "component_list", c.page.ComponentList},
	} {
		if len(of.selectors) > 0 && of.over != "" && of.list == "" {
			c.mistake(of.key,
				fmt.Sprintf("it is looked up within each match of %s, and there is no %s", of.over, of.over),
				fmt.Sprintf("write %s too", of.over))
		}
		for n, selector := range of.selectors {
			key := fmt.Sprintf("%s[%d]", of.key, n)
			f, write, err := c.finder(selector)
			switch {
			case err != nil:
				c.mistake(key, fmt.Sprintf("%q cannot be read: %v", selector, err), write)
			case of.within == inPage && f.self:
				c.mistake(key, fmt.Sprintf("%q is the whole page", selector), write)
			case of.key == "refuse":
				c.out.refused = append(c.out.refused, f)
			default:
				c.out.required[of.within] = append(c.out.required[of.within], f)
			}
		}
	}
	for n, mark := range c.page.Marks {
		if strings.TrimSpace(mark) == "" {
			c.mistake(fmt.Sprintf("marks[%d]", n), "it is empty, and in every page",
				"write a text that only this page has")
		}
	}
}

// lookup is a Lookup, ready for use.
type lookup struct{ list, id, take *finder }

func (c *compiler) lookups() {
	c.out.lookups = map[string]lookup{}
	fields := c.page.fields()
	for _, key := range slices.Sorted(maps.Keys(c.page.Lookup)) {
		path, written := "lookup."+key, c.page.Lookup[key]
		const write = `write for example lookup.components = { list = "parts", id = "id", take = "name" }`
		n := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		if n < 0 || fields[n].selector == "" || fields[n].within == inPage || key == "updates" {
			c.mistake(path, fmt.Sprintf("%s selects no text", key), write)
			continue
		}
		var l lookup
		for _, part := range []struct {
			name, selector string
			into           **finder
		}{{"list", written.List, &l.list}, {"id", written.ID, &l.id}, {"take", written.Take, &l.take}} {
			f, write, err := c.finder(part.selector)
			switch {
			case part.selector == "":
				c.mistake(path+"."+part.name, "it is missing", write)
			case err != nil:
				c.mistake(path+"."+part.name, fmt.Sprintf("%q cannot be read: %v", part.selector, err), write)
			default:
				*part.into = f
			}
		}
		c.out.lookups[key] = l
	}
}

// places has the lists of a JSON page note where their matches stand, if a selector within them asks for that. An HTML
// page has neither keys nor objects.
func (c *compiler) places() {
	all := slices.Collect(maps.Values(c.out.finders))
	for _, list := range c.out.required {
		all = append(all, list...)
	}
	for _, l := range c.out.lookups {
		all = append(all, l.list, l.id, l.take)
	}
	all = slices.DeleteFunc(all, func(f *finder) bool { return f == nil })
	if c.page.Format != FormatJSON || !slices.ContainsFunc(all, (*finder).outward) {
		return
	}
	for _, f := range all {
		f.place = f.path != nil
	}
}

// check returns an error that wraps ErrShape where a place lacks what it must have.
func (r *reading) check(within scope, at node, what string) error {
	for _, f := range r.required[within] {
		if !f.says(at) {
			return page.Errorf("%s without what each of them has (%q)", what, f.text)
		}
	}
	return nil
}

// says reports whether a selector finds something at a place that is not an empty text.
func (f *finder) says(at node) bool {
	for _, n := range f.all(at) {
		_, isText := n.value.(string)
		there := n.element != nil && f.attr == "" || n.value != nil && !isText
		if there || f.of(n) != "" {
			return true
		}
	}
	// An empty list is something: what it holds is for another requirement to say.
	return len(f.all(at)) == 0 && f.there(at)
}

// document checks what the page must have and must not have.
func (r *reading) document() error {
	for _, f := range r.required[inPage] {
		if !f.says(r.root) {
			return page.Errorf("the page has its anchor, but not what it always has (require %q)", f.text)
		}
	}
	for _, f := range r.refused {
		if f.matches(r.root) {
			return page.Errorf("the page has its anchor, and also what it never has (refuse %q)", f.text)
		}
	}
	for _, key := range []string{"indicator", "headline", "page_name"} {
		f := r.finders[key]
		if f == nil {
			continue
		}
		text := r.text(key, r.root)
		if !f.there(r.root) || key == "indicator" && text == "" {
			return page.Errorf("the page has its anchor, but no %s (%q)", key, f.text)
		}
		switch key {
		case "indicator":
			r.out.Indicator = text
		case "headline":
			r.out.Headline = text
		case "page_name":
			r.out.PageName = text
		}
	}
	return nil
}

// text returns what a selector finds at a place, or what that stands for. A text in the wrong form is noted, and makes
// the page another one.
func (r *reading) text(key string, at node) string {
	f := r.finders[key]
	text := f.first(at)
	if text == "" && f != nil && f.form != nil && f.there(at) && r.misshapen == nil {
		r.misshapen = page.Errorf("%s (%q) is no text, and has not the form %q", key, f.text, f.form)
	}
	return r.meant(key, text)
}

func (r *reading) meant(key, text string) string {
	if text == "" {
		return ""
	}
	if f := r.finders[key]; f.form != nil && !f.form.MatchString(text) && r.misshapen == nil {
		r.misshapen = page.Errorf("%s %q has not the form %q", key, page.Clip(text, quoted), f.form)
	}
	l, ok := r.lookups[key]
	if !ok {
		return text
	}
	known := r.entries[key]
	if known == nil {
		known = map[string]string{}
		for _, at := range l.list.all(r.root) {
			if id := l.id.first(at); id != "" {
				known[id] = l.take.first(at)
			}
		}
		r.entries[key] = known
	}
	taken, listed := known[text]
	if !listed {
		missing := normalize.Finding{Field: key, Value: text,
			Problem: fmt.Sprintf("the list %q has no entry of this id", l.list.text)}
		if !slices.Contains(r.out.Findings, missing) {
			r.out.Findings = append(r.out.Findings, missing)
		}
		return text
	}
	return taken
}
