package statuspage

import (
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// month is one month of the history, as the page /history hands it to its script (HistoryIndex).
// /history.json is known from other readers' code only: it is taken to have the same keys.
type month struct {
	Name      string `json:"name"` // "February"
	Year      int    `json:"year"`
	Incidents []line `json:"incidents"`
}

// line is one incident of a month.
type line struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Message   string `json:"message"`
	Impact    string `json:"impact"`
	Timestamp string `json:"timestamp"` // HTML without a year: "Feb <var …>29</var>, <var …>22:00</var> - … GMT"
}

// start returns the first day of the month; where its name is not English, of the year's last month.
func (m month) start() time.Time {
	t, err := time.Parse("January 2006", m.Name+" "+strconv.Itoa(m.Year))
	if err != nil {
		return time.Date(m.Year, time.December, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

// readHistory reads three months of history. Its lines show an incident's period and last words, not
// its timeline.
func readHistory(s scraper.Source, p page.Page, doc Document) (Reading, error) {
	out := Reading{Result: scraper.Result{Document: page.DocHistory}, months: doc.Months}
	this := &PageInfo{}
	if doc.PageStatus != nil && doc.PageStatus.Page != nil {
		this = doc.PageStatus.Page
		out.Indicator, out.Headline = doc.PageStatus.Status.Indicator, page.OneLine(doc.PageStatus.Status.Description)
	} else if doc.Page != nil {
		this = doc.Page
	}
	if created, err := time.Parse(time.RFC3339, this.CreatedAt); err == nil {
		out.since = created
	}
	own := ""
	if this.Domain != "" {
		own = "https://" + this.Domain
	} else if this.Subdomain != "" {
		own = "https://" + this.Subdomain + ".statuspage.io"
	}
	out.PageName, out.PageURL = this.Name, page.SourceHome(own, homeOf(s.URL), p.URL)
	reader := reader{document: page.DocHistory, groups: map[string]string{}}
	out.Components = reader.components(doc.Components)
	for _, month := range doc.Months {
		if month.Name == "" || month.Year == 0 || month.Incidents == nil {
			return Reading{}, page.Errorf(
				"a history whose month %q %d has no list of incidents",
				month.Name,
				month.Year,
			)
		}
		for i, line := range month.Incidents {
			if line.Code == "" && line.Name == "" {
				return Reading{}, page.Errorf(
					"a history whose entry %d of %s %d has neither code nor name",
					i+1,
					month.Name,
					month.Year,
				)
			}
			out.Incidents = append(out.Incidents, line.raw(month, out.PageURL, this.TimeZone))
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
func (l line) raw(month month, home, zone string) normalize.Raw {
	raw := normalize.Raw{
		Document: page.DocHistory,
		ID:       l.Code,
		URL:      page.IncidentURL(home, l.Code),
		Kind:     kindOf(l.Impact, nil),
		Title:    l.Name,
		Impact:   l.Impact,
		Message:  page.StripTags(l.Message),
		Zone:     zone,
		Excerpt:  true,
	}
	near := month.Name + " " + strconv.Itoa(month.Year)
	text := page.OneLine(page.StripTags(l.Timestamp))
	start, end, ok := splitPeriod(text)
	switch {
	case ok && strings.EqualFold(l.Impact, "maintenance"):
		raw.ScheduledStart, raw.ScheduledEnd = page.Time(start, near), page.Time(end, near)
	case ok && end == "":
		raw.Started = page.Time(start, near)
	default:
		// Its zone is printed once, beside the end: it is not the start's where the clocks were changed in between.
		raw.Period = page.Time(text, near)
	}
	return raw
}
