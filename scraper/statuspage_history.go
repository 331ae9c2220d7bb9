package scraper

import (
	"html"
	"regexp"
	"strconv"
	"time"

	"vendorwatch/normalize"
)

// spMonth is one month of the history, as the page /history hands it to its script (HistoryIndex).
// /history.json is known from other readers' code only: it is taken to have the same keys.
type spMonth struct {
	Name      string   `json:"name"` // "February"
	Year      int      `json:"year"`
	Incidents []spLine `json:"incidents"`
}

// spLine is one incident of a month.
type spLine struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Message   string `json:"message"`
	Impact    string `json:"impact"`
	Timestamp string `json:"timestamp"` // HTML without a year: "Feb <var …>29</var>, <var …>22:00</var> - … GMT"
}

// start returns the first day of the month; where its name is not English, of the year's last month.
func (m spMonth) start() time.Time {
	t, err := time.Parse("January 2006", m.Name+" "+strconv.Itoa(m.Year))
	if err != nil {
		return time.Date(m.Year, time.December, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

// readHistory reads three months of history. Its lines show an incident's period and last words, not
// its timeline.
func readHistory(s Source, p Page, doc spDocument) (spResult, error) {
	out := spResult{Result: Result{Document: docHistory}, months: doc.Months}
	page := &spPage{}
	if doc.PageStatus != nil && doc.PageStatus.Page != nil {
		page = doc.PageStatus.Page
		out.Indicator, out.Headline = doc.PageStatus.Status.Indicator, oneLine(doc.PageStatus.Status.Description)
	} else if doc.Page != nil {
		page = doc.Page
	}
	if created, err := time.Parse(time.RFC3339, page.CreatedAt); err == nil {
		out.since = created
	}
	own := ""
	if page.Domain != "" {
		own = "https://" + page.Domain
	} else if page.Subdomain != "" {
		own = "https://" + page.Subdomain + ".statuspage.io"
	}
	out.PageName, out.PageURL = page.Name, pageHome(own, s.URL, p.URL)
	reader := spReader{document: docHistory, groups: map[string]string{}}
	out.Components = reader.components(doc.Components)
	for _, month := range doc.Months {
		if month.Name == "" || month.Year == 0 || month.Incidents == nil {
			return spResult{}, shapeErrorf("a history whose month %q %d has no list of incidents", month.Name, month.Year)
		}
		for i, line := range month.Incidents {
			if line.Code == "" && line.Name == "" {
				return spResult{}, shapeErrorf("a history whose entry %d of %s %d has neither code nor name", i+1, month.Name, month.Year)
			}
			out.Incidents = append(out.Incidents, line.raw(month, out.PageURL, page.TimeZone))
		}
	}
	// An older page of the history says nothing of what happened after its months.
	if end, err := time.Parse(time.RFC3339, doc.EndTime); err == nil && doc.StartTime != "" {
		out.Coverage.Since = doc.StartTime
		if p.At.IsZero() || end.Before(p.At) {
			out.Coverage.Until = doc.EndTime
		}
	}
	return out, nil
}

// raw reads one line of the history.
func (l spLine) raw(month spMonth, home, zone string) normalize.Raw {
	raw := normalize.Raw{
		Document: docHistory,
		ID:       l.Code,
		URL:      incidentURL(home, l.Code),
		Kind:     kindOf(l.Impact, nil),
		Title:    l.Name,
		Impact:   l.Impact,
		Message:  stripTags(l.Message),
		Zone:     zone,
		Excerpt:  true,
	}
	near := month.Name + " " + strconv.Itoa(month.Year)
	text := oneLine(stripTags(l.Timestamp))
	start, end, ok := splitPeriod(text)
	switch {
	case ok && raw.Kind == string(normalize.KindMaintenance):
		raw.ScheduledStart, raw.ScheduledEnd = rawTime(start, near), rawTime(end, near)
	case ok && end == "":
		raw.Started = rawTime(start, near)
	default:
		// Its zone is printed once, beside the end: it is not the start's where the clocks were changed in between.
		raw.Period = rawTime(text, near)
	}
	return raw
}

var tagPattern = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)
var breakPattern = regexp.MustCompile(`(?i)<br\s*/?>|</p>`)

// stripTags returns the visible text of a small HTML fragment.
func stripTags(fragment string) string {
	text := breakPattern.ReplaceAllString(fragment, "\n")
	return html.UnescapeString(tagPattern.ReplaceAllString(text, ""))
}
