package scraper_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// understood is what a page says, with its meaning.
type understood struct {
	incidents  []normalize.Incident
	components []normalize.Component
	findings   []normalize.Finding
	open       bool
}

func understand(f fixture, body []byte) (understood, error) {
	doc := f.page
	doc.Body = body
	doc, err := scraper.Saved(doc)
	if err != nil {
		return understood{}, err
	}
	res, err := scraper.Read(f.reader, f.source, doc)
	if err != nil {
		return understood{}, err
	}
	u := understood{findings: res.Findings, open: res.Coverage.Open}
	var found []normalize.Finding
	u.incidents, found = normalize.Incidents(res.Incidents, scraper.WordsOf(f.reader))
	u.findings = slices.Concat(u.findings, found)
	u.components, found = normalize.Components(res.Components, scraper.WordsOf(f.reader))
	u.findings = slices.Concat(u.findings, found)
	for n := range u.incidents {
		u.incidents[n].Raws = nil
	}
	return u, nil
}

// lacks returns what of a reading is not in another one.
func (u understood) lacks(other understood) (incidents []normalize.Incident, components []normalize.Component) {
	for _, i := range u.incidents {
		if !slices.ContainsFunc(other.incidents, func(k normalize.Incident) bool { return cmp.Equal(i, k) }) {
			incidents = append(incidents, i)
		}
	}
	for _, c := range u.components {
		if !slices.Contains(other.components, c) {
			components = append(components, c)
		}
	}
	return incidents, components
}

// A value of an entry, and what a vendor may write in its place.
type value struct {
	name     string
	from, to int
	text     string
}

// values returns the values of a JSON object, also those within objects in it, and not those in lists.
func jsonValues(item []byte) []value {
	var out []value
	var walk func(at int, prefix string)
	walk = func(at int, prefix string) {
		d := json.NewDecoder(bytes.NewReader(item[at:]))
		if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
			return
		}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return
			}
			var raw json.RawMessage
			if d.Decode(&raw) != nil {
				return
			}
			to := at + int(d.InputOffset())
			from := to - len(raw)
			name := fmt.Sprint(prefix, key)
			out = append(out, value{name, from, to, string(raw)})
			if raw[0] == '{' {
				walk(from, name+".")
			}
		}
	}
	walk(0, "")
	return out
}

var (
	openTag  = regexp.MustCompile(`<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>`)
	leafText = regexp.MustCompile(`>([^<>]*\S[^<>]*)<`)
	timeAttr = regexp.MustCompile(`(?:time|date|timestamp|datetime|content|title|data-[\w-]+)="([^"]*\d[^"]*)"`)
)

// markupValues returns the texts of the elements in an item of a feed or a web page.
func markupValues(item []byte, element bool) []value {
	var out []value
	if element {
		for n, m := range leafText.FindAllSubmatchIndex(item, -1) {
			out = append(out, value{fmt.Sprint("text ", n), m[2], m[3], string(item[m[2]:m[3]])})
		}
		for n, m := range timeAttr.FindAllSubmatchIndex(item, -1) {
			out = append(out, value{fmt.Sprint("attribute ", n), m[2], m[3], string(item[m[2]:m[3]])})
		}
		return out
	}
	for _, m := range openTag.FindAllSubmatchIndex(item, -1) {
		name := string(item[m[2]:m[3]])
		end := bytes.Index(item[m[1]:], []byte("</"+name+">"))
		if end < 0 || name == "item" || name == "entry" {
			continue
		}
		out = append(out, value{name, m[1], m[1] + end, string(item[m[1] : m[1]+end])})
	}
	return out
}

var (
	dated     = regexp.MustCompile(`\d{4}-\d\d-\d\d|\d\d:\d\d|\b1[5-8]\d{8}(?:\d{3})?\b`)
	wholeDate = regexp.MustCompile(`^"?[\d:.TZ+-]+"?$|^\w{3}, \d\d? \w{3} \d{4}`)
)

// damages returns what may stand in place of a value, and whether it makes the value unreadable.
func damages(v value, markup bool) map[string]string {
	out := map[string]string{}
	if markup {
		out["empty"] = ""
		out["a control character"] = v.text[:len(v.text)/2] + "\x02" + v.text[len(v.text)/2:]
		out["a reference to a control character"] = v.text[:len(v.text)/2] + "&#x1;" + v.text[len(v.text)/2:]
		if strings.HasPrefix(strings.TrimSpace(v.text), "<![CDATA[") {
			delete(out, "a reference to a control character")
		}
		if wholeDate.MatchString(v.text) {
			out["a broken date"] = "Mon, 99 Foo 2026 99:99:99"
			out["an absurd date"] = "Mon, 01 Jan 0001 00:00:00 GMT"
		} else {
			out["a number"] = "17"
		}
		return out
	}
	if v.text[0] != '[' { // a list may be empty
		out["null"], out["an empty list"] = "null", "[]"
	}
	out["a list"] = `["x"]`
	out["an object"] = `{"x":"y"}`
	out["a boolean"] = `true`
	out["empty text"] = `""`
	switch {
	case strings.HasPrefix(v.text, `"`):
		out["a number"] = "17"
		out["a fraction"] = "1.5e9"
		if mid := len(v.text) / 2; !strings.Contains(v.text, `\`) {
			out["a control character"] = v.text[:mid] + "\x02" + v.text[mid:]
			out["an escaped control character"] = v.text[:mid] + `\u0007` + v.text[mid:]
		}
		if dated.MatchString(v.text) && len(v.text) < 40 {
			out["a broken date"] = `"2026-99-99T99:99:99Z"`
			out["words for a date"] = `"soon"`
			out["an absurd date"] = `"0001-01-01T00:00:00Z"`
			out["a date far ahead"] = `"9999-12-31T23:59:59Z"`
		}
	case v.text[0] >= '0' && v.text[0] <= '9' || v.text[0] == '-':
		out["text"] = `"soon"`
		out["the number as text"] = `"` + v.text + `"`
		out["a negative number"] = "-7"
		out["a huge number"] = "9223372036854775807"
	default:
		out["text"] = `"soon"`
		out["a number"] = "17"
	}
	return out
}

var allDamages = flag.Bool("all-damages", false, "TestDamagedEntry: try every damage, not one in sixteen")

// TestDamagedEntry damages one entry of a list in each kind of document of each platform, and holds that all others
// are read as before, that a finding says what is lost, and that the page does not pass for whole then.
func TestDamagedEntry(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	if testing.Short() {
		t.Skip("reads each page many times")
	}
	of := map[string][]fixture{}
	for _, f := range fixtures(t) {
		of[f.platform] = append(of[f.platform], f)
	}
	for name, list := range of {
		t.Run(name, func(t *testing.T) { damageEach(t, list) })
	}
}

func damageEach(t *testing.T, list []fixture) {
	seen := map[string]bool{}
	tried := 0
	for _, f := range list {
		body := page.Body(f.page)
		whole, err := understand(f, body)
		if err != nil || len(body) > 60_000 {
			continue
		}
		for _, e := range scraper.ListItems(body) {
			id := e.List[strings.Index(e.List, " "):]
			inData := e.List[len(e.List)-1] == ' ' && page.IsHTML(body)            // what a page is rendered from
			decides := f.platform == "upptime" && strings.HasSuffix(id, " labels") // whether an issue is an incident
			if e.Of < 2 && e.Markup || inData || decides || seen[id] || !e.Markup && e.Item[0] != '{' {
				continue
			}
			without, err := understand(f, e.With(nil))
			if err != nil {
				continue
			}
			if e.Of < 2 && len(without.incidents)+len(without.components) == 0 {
				continue // nothing else tells that this is the platform's page
			}
			incidents, components := whole.lacks(without)
			if e.Element && len(incidents)+len(components) != 1 || len(incidents)+len(components) == 0 {
				continue
			}
			seen[id] = true
			vals := jsonValues(e.Item)
			if e.Markup {
				vals = markupValues(e.Item, e.Element)
			}
			try := func(what string, instead []byte) {
				tried++
				damaged, err := understand(f, e.With(instead))
				name := fmt.Sprintf("%s, %s, %s", f.name, e.List, what)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				lostIncidents, lostComponents := whole.lacks(damaged)
				for _, i := range lostIncidents {
					// What stands on a page twice is changed by one of the two.
					item := string(e.Item)
					if e.Element && (strings.Contains(item, i.Title) || strings.Contains(item, i.Key)) {
						continue
					}
					if !slices.ContainsFunc(incidents, func(k normalize.Incident) bool { return cmp.Equal(i, k) }) {
						t.Errorf("%s: costs %s %q", name, i.Key, i.Title)
					}
				}
				for _, c := range lostComponents {
					unknown := c
					unknown.Status, unknown.VendorStatus = normalize.StatusUnknown, ""
					if !slices.Contains(components, c) && !slices.Contains(damaged.components, unknown) {
						t.Errorf("%s: costs component %s", name, c.Name)
					}
				}
				fewer := len(damaged.incidents)+len(damaged.components) < len(whole.incidents)+len(whole.components)
				told := slices.ContainsFunc(damaged.findings, func(f normalize.Finding) bool {
					return !slices.Contains(whole.findings, f)
				})
				if fewer && !told {
					t.Errorf("%s: lost without a finding", name)
				}
				if len(damaged.incidents) < len(whole.incidents) && damaged.open {
					t.Errorf("%s: an incident is lost, and the list passes for whole", name)
				}
			}
			if !e.Markup {
				for _, instead := range []string{"null", "7", `"x"`, "[]", "{}", `[["bad"]]`, `{"x":1}`} {
					if strings.HasSuffix(id, " initialSubpages") || f.platform == "custom" && instead == "[]" {
						continue // found by their own keys, wherever they stand; a path leads through lists
					}
					try(instead, []byte(instead))
				}
			}
			for _, v := range vals {
				for what, instead := range damages(v, e.Markup) {
					if !*allDamages && crc32.ChecksumIEEE([]byte(t.Name()+v.name+what))%16 != 0 {
						continue
					}
					try(v.name+" "+what, slices.Concat(e.Item[:v.from], []byte(instead), e.Item[v.to:]))
				}
			}
		}
	}
	// The documents of these have objects by id, and no lists of entries.
	if tried == 0 && !strings.HasSuffix(t.Name(), "/algolia") && !strings.HasSuffix(t.Name(), "/adobe") {
		t.Error("no list of any document was tried")
	}
}
