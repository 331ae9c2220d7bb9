package words

import (
	"fmt"
	"strconv"
	"vendorwatch/db/query"
)

// Percent writes a share; "–" where it is not known.
func Percent(p *float64) string {
	if p == nil {
		return "–"
	}
	text := strconv.FormatFloat(*p, 'f', 3, 64)
	for len(text) > 1 && text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text + " %"
}

// Minutes writes a length in minutes; "–" where it is not known.
func Minutes(m *float64) string {
	if m == nil {
		return "–"
	}
	if *m < 0 {
		return "-" + Seconds(int64(-*m*60))
	}
	return Seconds(int64(*m * 60))
}

// Hours writes a length in hours as Minutes does; "–" where it is not known.
func Hours(h *float64) string {
	if h == nil {
		return Minutes(nil)
	}
	minutes := *h * 60
	return Minutes(&minutes)
}

// measures say what the measures of v_honesty are of.
var measures = map[string]string{
	"first_word":         "time to the first post",
	"after_our_check":    "first post after our own check missed or our alert burned",
	"never_posted":       "trouble on its page that it never posted",
	"post_back_dated":    "posts dated back by 5 minutes or more",
	"post_removed":       "posts taken away",
	"severity_lowered":   "severities lowered after the end",
	"shortened":          "incidents shortened after the end",
	"deleted":            "incidents that went from the page without an end",
	"postmortem_longer":  "postmortems that state more than the page",
	"postmortem_missing": "major incidents without a postmortem",
	"promise_broken":     "promised posts that did not come in time",
}

// Measure says what a measure of v_honesty is of.
func Measure(name string) string {
	if text := measures[name]; text != "" {
		return text
	}
	return Spell(name)
}

// Measured writes the value of a measure with the sample that it is of.
func Measured(h query.Honesty) string {
	if h.Value == nil {
		return "–"
	}
	if h.Unit == "minutes" {
		return fmt.Sprintf("%s, median of %d of %d", Minutes(h.Value), h.Cases, h.Of)
	}
	return fmt.Sprintf("%d of %d (%s)", h.Cases, h.Of, Percent(h.Value))
}
