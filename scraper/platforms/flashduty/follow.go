package flashduty

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// span is the period that one request for the list covers; other programs use the same.
const span = 90 * 24 * time.Hour

// step is how long a span's address stays the same, so that an unchanged answer is recognised.
const step = 30 * 24 * time.Hour

// pages ends a backfill for which no component's date gives an end: ten years.
const pages = 40

// follow returns what has to be read beside the active changes: on a poll the newest span of the
// list, for what began and ended since the last one, and each change that is open in the record and active no
// more; on a backfill the span whose turn it is.
func follow(s scraper.Source, p page.Page, page pageInfo, active []change) []scraper.Request {
	base, _ := base(cmp.Or(p.URL, s.URL))
	if base == "" {
		return nil
	}
	if s.Mode == scraper.Backfill {
		return history(base, p.At, page, max(1, s.FromPage))
	}
	var out []scraper.Request
	if !p.At.IsZero() {
		out = append(out, scraper.Request{URL: spanURL(base, p.At, 1), Optional: true})
	}
	var ask []string
	for _, c := range active {
		if c.ID != "" && len(c.Updates) == 0 {
			ask = append(ask, string(c.ID))
		}
	}
	for id, known := range s.Known {
		if _, err := strconv.ParseUint(id, 10, 64); err == nil && !known.Over &&
			!slices.ContainsFunc(active, func(c change) bool { return string(c.ID) == id }) {
			ask = append(ask, id)
		}
	}
	slices.Sort(ask)
	for _, id := range ask {
		out = append(out, scraper.Request{URL: base + "/change/info?change_id=" + url.QueryEscape(id), Optional: true})
	}
	return out
}

// history returns the request for a span of the list, and for the one before it if the page is older.
func history(base string, at time.Time, page pageInfo, n int) []scraper.Request {
	if at.IsZero() {
		return nil
	}
	var first int64
	for _, c := range page.Components {
		if since := c.Since.seconds(); since > 0 && (first == 0 || since < first) {
			first = since
		}
	}
	out := []scraper.Request{{URL: spanURL(base, at, n)}}
	if from, _ := spanOf(at, n); from > first && n < pages {
		out = append(out, scraper.Request{URL: spanURL(base, at, n+1), NextPage: n + 1})
	}
	return out
}

// spanOf returns the bounds of the n-th span before at, in epoch seconds; the first span is the newest.
func spanOf(at time.Time, n int) (from, to int64) {
	step, span := int64(step/time.Second), int64(span/time.Second)
	to = (at.Unix()/step+1)*step - int64(n-1)*span
	return to - span, to
}

func spanURL(base string, at time.Time, n int) string {
	from, to := spanOf(at, n)
	return fmt.Sprintf("%s/change/list?start_at_seconds=%d&end_at_seconds=%d", base, from, to)
}

// bounds returns the span of a list, by its address. A span that reaches beyond now has no end.
func bounds(p page.Page) (since, until string) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return "", ""
	}
	since, until = u.Query().Get("start_at_seconds"), u.Query().Get("end_at_seconds")
	if scalar(until).seconds() >= p.At.Unix() {
		until = ""
	}
	return since, until
}
