package statuspage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

var (
	selList       = cascadia.MustCompile(".incidents-list")
	selDay        = cascadia.MustCompile(".incidents-list .status-day")
	selDayDate    = cascadia.MustCompile(".date")
	selPast       = cascadia.MustCompile(".incident-container")
	selUnresolved = cascadia.MustCompile(".unresolved-incident")
	selScheduled  = cascadia.MustCompile(".scheduled-maintenance")
	selPage       = cascadia.MustCompile("body")
	selTitleLine  = cascadia.MustCompile(".incident-title")
	selTitleLink  = cascadia.MustCompile(".incident-title a[href]")
	selWindow     = cascadia.MustCompile(".incident-title small, small[data-unix-time]")
	selUpdate     = cascadia.MustCompile(".update")
	selSmall      = cascadia.MustCompile("small")
)

// homeReader reads the home page.
type homeReader struct {
	home string
	now  time.Time // day the page was made
}

// readHome reads the home page: open incidents, scheduled maintenances and the incidents of the last
// 15 days, each with its whole timeline but without the text of a postmortem.
func readHome(s scraper.Source, p page.Page, doc *goquery.Document) (Reading, error) {
	days := doc.FindMatcher(selDay)
	if doc.FindMatcher(selList).Length() == 0 || days.Length() == 0 {
		return Reading{}, page.Errorf(
			"a Statuspage home page without its list of incidents (.incidents-list with .status-day)",
		)
	}
	own := canonical(doc)
	if p.URL != "" && strings.HasSuffix(page.HostOf(page.SiteOf(own)), ".statuspage.io") {
		own = p.URL // the feed's link names the page's first host even where it has one of its own
	}
	r := homeReader{home: page.SourceHome(own, homeOf(s.URL), p.URL), now: madeAt(doc, p)}
	out := Reading{Result: scraper.Result{Document: page.DocHome, PageURL: r.home}}
	out.PageName = strings.TrimSpace(strings.TrimSuffix(page.Title(doc), " Status"))
	out.Indicator = homeIndicator(doc)
	out.Components = htmlComponents(doc)
	var sole *goquery.Selection // the last incident; if there is one, it is that
	doc.FindMatcher(selUnresolved).Each(func(_ int, in *goquery.Selection) {
		sole = in
		raw := r.incident(in, "")
		if raw.Impact == "" {
			raw.Impact = impactClass(in)
			raw.Kind = kindOf(raw.Impact, raw.Updates)
		}
		out.Incidents = append(out.Incidents, raw)
	})
	doc.FindMatcher(selScheduled).Each(func(_ int, in *goquery.Selection) {
		sole = in
		out.Incidents = append(out.Incidents, r.scheduled(in))
	})
	collapsed := !doc.FindMatcher(selList).First().HasClass("format-expanded")
	days.Each(func(_ int, day *goquery.Selection) {
		date := page.OneLine(day.FindMatcher(selDayDate).First().Text())
		day.FindMatcher(selPast).Each(func(_ int, in *goquery.Selection) {
			sole = in
			raw := r.incident(in, date)
			raw.Excerpt = raw.Excerpt || collapsed
			out.Incidents = append(out.Incidents, raw)
		})
	})
	out.Coverage = scraper.Coverage{Open: true, Components: len(out.Components) > 0}
	for i, raw := range out.Incidents {
		if raw.ID == "" && raw.Title == "" {
			if text := page.OneLine(sole.Text()); len(out.Incidents) == 1 && len(out.Components) > 0 && text != "" {
				out.Findings = append(out.Findings,
					page.LeftOut("incidents", text, "it has neither link nor title", 1, 1))
				out.Incidents, out.Coverage = nil, scraper.Coverage{}
				break // one among others is left out where pages are read
			}
			return Reading{}, page.Errorf("a Statuspage home page whose incident %d has neither link nor title", i+1)
		}
	}
	return out, nil
}

// homeIndicator returns the page's own state: the body has it as a class even when open incidents
// take the place of the banner.
func homeIndicator(doc *goquery.Document) string {
	if body := doc.FindMatcher(selPage).First(); body.HasClass("index") {
		return page.ClassWord(body, "status-")
	}
	return ""
}

// madeAt returns when the page was made: its own word for it, the newest of its days, or when it was
// fetched. A page saved long ago is dated by itself.
func madeAt(doc *goquery.Document, p page.Page) time.Time {
	issued, _ := doc.FindMatcher(selIssued).First().Attr("content")
	if seconds, err := strconv.ParseInt(issued, 10, 64); err == nil && seconds > 0 {
		return time.Unix(seconds, 0).UTC()
	}
	day := page.OneLine(doc.FindMatcher(selDay).First().FindMatcher(selDayDate).First().Text())
	if t, err := time.Parse("Jan 2, 2006", day); err == nil {
		return t
	}
	return p.At.UTC()
}

var dayPattern = lazyregexp.New(`^([A-Z][a-z]{2,8}) (\d{1,2}),`)

// near returns the day on which a printed time without a year lies: every post of the page was
// written before the page was made, so that "Mar 16" on a page of January is of the year before.
// The day header, where there is one, is the answer for a time of another form.
func (r homeReader) near(text, header string) string {
	m := dayPattern.FindStringSubmatch(text)
	if m != nil && !r.now.IsZero() {
		// A page east of Greenwich can be a day ahead.
		latest := r.now.AddDate(0, 0, 2)
		for year := latest.Year(); year > latest.Year()-5; year-- {
			for _, layout := range []string{"Jan 2 2006", "January 2 2006"} {
				t, err := time.Parse(layout, m[1]+" "+m[2]+" "+strconv.Itoa(year))
				if err == nil && !t.After(latest) {
					return t.Format(time.DateOnly)
				}
			}
		}
	}
	if header == "" && !r.now.IsZero() {
		return r.now.Format(time.DateOnly)
	}
	return header
}

// incident reads an open or past incident.
func (r homeReader) incident(in *goquery.Selection, header string) normalize.Raw {
	link := in.FindMatcher(selTitleLink).First()
	href, _ := link.Attr("href")
	line := in.FindMatcher(selTitleLine).First()
	raw := normalize.Raw{
		Document: page.DocHome,
		ID:       page.IncidentID(href),
		Title:    strings.TrimSpace(link.Text()),
		Impact:   impactClass(line),
	}
	if raw.Title == "" {
		raw.Title = strings.TrimSpace(line.Text())
	}
	raw.URL = page.IncidentURL(r.home, raw.ID)
	in.FindMatcher(selUpdate).Each(func(_ int, u *goquery.Selection) {
		update := r.update(u, header)
		if strings.EqualFold(update.State, "postmortem") && onlyLink(u) {
			update.Body, raw.Excerpt = "", true // the home page links to the postmortem's text
		}
		raw.Updates = append(raw.Updates, update)
	})
	slices.Reverse(raw.Updates)
	raw.State, raw.Kind = page.LatestState(raw.Updates), kindOf(raw.Impact, raw.Updates)
	return raw
}

// onlyLink reports whether an update is but a link to its incident's page.
func onlyLink(update *goquery.Selection) bool {
	link := update.FindMatcher(selLink)
	href, _ := link.First().Attr("href")
	return link.Length() == 1 && (page.IncidentID(href) != "" || strings.HasSuffix(href, "#postmortem"))
}

// update reads one post: "<strong>Resolved</strong> - text <br> <small>Nov 7, 09:50 GMT</small>".
func (r homeReader) update(u *goquery.Selection, header string) normalize.RawUpdate {
	// The time is the last element, unless the vendor left a tag open: then it lies within that.
	stamp := u.FindMatcher(selSmall).Last()
	printed := page.OneLine(stamp.Text())
	stamp.Remove()
	page.TrimTail(u.Nodes[0])
	nodes := page.TrimNodes(page.Nodes(u))
	update := normalize.RawUpdate{Posted: postedAt(stamp, ""), Format: normalize.FormatHTML}
	if _, err := time.Parse(time.RFC3339, update.Posted.Text); err != nil && update.Posted.Text != "" {
		update.Posted.Near = r.near(update.Posted.Text, header)
	}
	// "Posted on" stands where the only update of a scheduled maintenance shows no state word; a bold
	// start is then the vendor's own.
	if strings.HasPrefix(printed, "Posted on") {
		update.State = "Scheduled"
	} else {
		update.State, nodes = page.CutState(nodes)
	}
	update.Body = page.RenderBody(nodes)
	return update
}

// scheduled reads a maintenance to come.
func (r homeReader) scheduled(in *goquery.Selection) normalize.Raw {
	raw := r.incident(in, "")
	raw.Kind = string(normalize.KindMaintenance)
	window := in.FindMatcher(selWindow).First()
	text := page.OneLine(window.Text())
	near := r.now.Format(time.DateOnly)
	var at normalize.RawTime
	if unix, ok := window.Attr("data-unix-time"); ok {
		if seconds, err := strconv.ParseInt(strings.TrimSpace(unix), 10, 64); err == nil && seconds > 0 {
			at = normalize.RawTime{Text: time.Unix(seconds, 0).UTC().Format(time.RFC3339)}
			near = at.Text
		}
	}
	start, end, ok := splitPeriod(text)
	switch {
	case ok:
		raw.ScheduledStart, raw.ScheduledEnd = page.Time(start, near), page.Time(end, near)
	case text != "":
		raw.Period = page.Time(text, near)
	}
	if at.Text != "" {
		raw.ScheduledStart = at
	}
	if raw.State == "" {
		raw.State = "Scheduled" // the title of the list it stands in
	}
	return raw
}
