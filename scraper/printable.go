package scraper

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"vendorwatch/normalize"
	"vendorwatch/scraper/page"
)

// printable takes control characters out of what a page says: those that stand in JSON as "\u001b", or in HTML as
// "&#27;", are in no document that can be cleaned as a whole. A finding tells of each text that had some.
func printable(res *Result) {
	for n := range res.Incidents {
		raw := &res.Incidents[n]
		clean := func(field string, text *string) { printableText(res, raw.ID, field, text) }
		clean("source_key", &raw.ID)
		clean("title", &raw.Title)
		clean("state", &raw.State)
		clean("severity", &raw.Impact)
		clean("updates", &raw.Message)
		for m := range raw.Components {
			clean("components", &raw.Components[m].Name)
			clean("components", &raw.Components[m].Group)
		}
		for m := range raw.Updates {
			clean("state", &raw.Updates[m].State)
			clean("updates", &raw.Updates[m].Body)
		}
	}
	for n := range res.Components {
		printableText(res, "", "components", &res.Components[n].Name)
		printableText(res, "", "components", &res.Components[n].Group)
	}
	printableText(res, "", "page", &res.PageName)
	printableText(res, "", "page", &res.Headline)
}

func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || r == 0xFFFE || r == 0xFFFF
}

func printableText(res *Result, key, field string, text *string) {
	clean := *text
	if strings.Contains(clean, "&#") {
		clean = page.WithoutControlReferences(clean)
	}
	problem := "references to control characters are left out"
	if at := strings.IndexFunc(clean, isControl); at >= 0 {
		control, _ := utf8.DecodeRuneInString(clean[at:])
		problem = fmt.Sprintf("the control character %U is left out", control)
		clean = strings.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, clean)
	}
	if clean == *text {
		return
	}
	*text = clean
	res.Findings = append(res.Findings, normalize.Finding{
		Key: key, Field: field, Value: page.Clip(page.OneLine(clean), 300), Problem: problem,
	})
}
