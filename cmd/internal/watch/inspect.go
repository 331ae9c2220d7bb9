package watch

import (
	"context"
	"errors"
	"slices"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/custom"
)

// Inspection is what one page, or the documents that it leads to, would be read as. Nothing is stored.
type Inspection struct {
	URL        string               `json:"page_url"`
	Platform   string               `json:"platform"` // "" if no platform recognizes the page
	Documents  []InspectedDocument  `json:"documents"`
	Selectors  []custom.Match       `json:"selectors,omitempty"` // for the platform "custom": what each finds
	AllOpen    bool                 `json:"all_open"`            // the page lists every open incident
	Incidents  []InspectedIncident  `json:"incidents"`
	Components []InspectedComponent `json:"components"`
	Findings   []InspectedFinding   `json:"findings"`
	PageName   string               `json:"page_name,omitempty"` // the vendor's name as the page gives it
	Error      string               `json:"error,omitempty"`     // why something could not be read
}

// InspectedDocument is one document that was read.
type InspectedDocument struct {
	URL        string `json:"url"`
	HTTPStatus int    `json:"http_status,omitempty"` // 0 for a file
	Bytes      int    `json:"bytes"`
	Document   string `json:"document,omitempty"` // kind of document, as in normalize.Raw
	Incidents  int    `json:"incidents"`
	Error      string `json:"error,omitempty"`
}

// InspectedIncident is an incident's meaning beside the vendor's words. Its JSON names are those of the SQL columns.
type InspectedIncident struct {
	Key              string               `json:"source_key"`
	Kind             string               `json:"kind"`
	Title            string               `json:"title"`
	URL              string               `json:"url"`
	State            string               `json:"state"`
	VendorState      string               `json:"vendor_state"`
	Severity         string               `json:"severity"`
	VendorSeverity   string               `json:"vendor_severity"`
	StartedAt        string               `json:"started_at"`
	ResolvedAt       string               `json:"resolved_at"`
	ScheduledStartAt string               `json:"scheduled_start_at"`
	ScheduledEndAt   string               `json:"scheduled_end_at"`
	Components       []InspectedComponent `json:"components"`
	Updates          []InspectedUpdate    `json:"updates"`
	Raw              []normalize.Raw      `json:"raw"` // the vendor's words, by kind of document
}

// InspectedUpdate is one update of an incident.
type InspectedUpdate struct {
	Key         string `json:"source_key"`
	State       string `json:"state"`
	VendorState string `json:"vendor_state"`
	PostedAt    string `json:"posted_at"`
	Posted      string `json:"posted"` // the time as printed
	Body        string `json:"body"`
}

// InspectedComponent is a component of the page, or one that an incident affects.
type InspectedComponent struct {
	Name         string `json:"name"`
	Group        string `json:"group_name"`
	Status       string `json:"status"`
	VendorStatus string `json:"vendor_status"`
}

// InspectedFinding is something that could not be read.
type InspectedFinding struct {
	Key     string `json:"source_key"`
	Field   string `json:"field"`
	Value   string `json:"value"`
	Problem string `json:"problem"`
}

// Inspect fetches a status page as a scrape does and returns what would be stored. If the source names no
// platform, it is found first. What went wrong is in Inspection.Error; the error returned is that
// of the context alone.
func Inspect(ctx context.Context, f scraper.Fetcher, s Source) (Inspection, error) {
	r := &recorder{fetcher: f}
	in := Inspection{URL: s.URL, Platform: s.Platform}
	if in.Platform == "" {
		found, err := s.registry().Find(ctx, r, scraper.Source{Name: s.Vendor, URL: s.URL, Auth: s.Auth})
		if err != nil {
			in.documents(r.pages, nil, scraper.Source{})
			return in.finish(nil, scraper.Outcome{}, err), ctx.Err()
		}
		in.URL, in.Platform = found.URL, found.Platform
	}
	s.Platform = in.Platform
	p, err := s.platform()
	if err != nil {
		return in.finish(nil, scraper.Outcome{}, err), nil
	}
	source := scraper.Source{Name: s.Vendor, URL: in.URL, Auth: s.Auth, TimeZone: s.TimeZone}
	r.pages = nil
	out, err := scraper.Scrape(ctx, r, p, source, nil)
	in.documents(r.pages, p, source)
	return in.finish(p, out, err), ctx.Err()
}

// InspectFile returns what a saved page would be read as. If the source names no platform, it is detected.
func InspectFile(page scraper.Page, s Source) Inspection {
	name := page.URL
	page.URL = s.URL
	platform, c := ReadCapture(s, page)
	s.Platform = platform
	in := Inspection{URL: s.URL, Platform: platform}
	in.Documents = []InspectedDocument{{
		URL: name, Bytes: len(page.Body), Document: c.Read.Document, Incidents: len(c.Read.Incidents),
	}}
	if c.Err != nil {
		in.Documents[0].Error = c.Err.Error()
	}
	p, _ := s.platform() // if there is none, c.Err says so
	in.selectors(p, c.Page)
	out := scraper.Outcome{
		Raws: c.Read.Incidents, Components: c.Read.Components, Coverage: c.Read.Coverage, Findings: c.Read.Findings,
	}
	return in.finish(p, out, c.Err)
}

// recorder is a Fetcher that keeps the pages it fetched.
type recorder struct {
	fetcher scraper.Fetcher
	pages   []recorded
}

type recorded struct {
	url  string
	page scraper.Page
	err  error
}

// Fetch implements scraper.Fetcher.
func (r *recorder) Fetch(ctx context.Context, req scraper.Request) (scraper.Page, error) {
	page, err := r.fetcher.Fetch(ctx, req)
	r.pages = append(r.pages, recorded{req.URL, page, err})
	return page, err
}

// documents notes what was fetched, and what each document was read as.
func (in *Inspection) documents(pages []recorded, p scraper.Platform, s scraper.Source) {
	for _, got := range pages {
		d := InspectedDocument{URL: got.url, HTTPStatus: got.page.Status, Bytes: len(got.page.Body)}
		var status *scraper.HTTPError
		switch {
		case got.err != nil:
			if d.Error = got.err.Error(); errors.As(got.err, &status) {
				d.HTTPStatus = status.Status
			}
		case p != nil:
			read, err := p.Parse(s, got.page)
			d.Document, d.Incidents = read.Document, len(read.Incidents)
			if err != nil {
				d.Error = err.Error()
			}
			in.selectors(p, got.page)
		}
		in.Documents = append(in.Documents, d)
	}
}

// selectors notes what each selector finds in a custom page. A page that cannot be parsed is an error of whoever
// read it, and none here.
func (in *Inspection) selectors(p scraper.Platform, page scraper.Page) {
	s, described := p.(*custom.Selectors)
	if !described || s == nil {
		return
	}
	matches, err := s.Probe(page)
	if err != nil {
		return
	}
	// A page may have a second document, and each may have been asked for again.
	keys := map[string]bool{}
	for _, m := range matches {
		keys[m.Key] = true
	}
	in.Selectors = append(slices.DeleteFunc(in.Selectors, func(m custom.Match) bool { return keys[m.Key] }), matches...)
}

// finish gives what was read its meaning.
func (in Inspection) finish(p scraper.Platform, out scraper.Outcome, err error) Inspection {
	if err != nil {
		in.Error = err.Error()
	}
	var words normalize.Words
	if p != nil {
		words = scraper.WordsOf(p)
	}
	incidents, findings := normalize.Incidents(out.Raws, words)
	components, more := normalize.Components(out.Components, words)
	in.AllOpen, in.PageName = out.Coverage.Open, out.PageName
	in.Incidents = make([]InspectedIncident, len(incidents))
	for n, i := range incidents {
		in.Incidents[n] = inspected(i)
	}
	in.Components = inspectedComponents(components)
	in.Findings = []InspectedFinding{}
	for _, f := range slices.Concat(out.Findings, findings, more) {
		in.Findings = append(in.Findings,
			InspectedFinding{Key: f.Key, Field: f.Field, Value: f.Value, Problem: f.Problem})
	}
	if in.Documents == nil {
		in.Documents = []InspectedDocument{}
	}
	return in
}

func inspected(i normalize.Incident) InspectedIncident {
	at := normalize.FormatTime
	out := InspectedIncident{
		Key: i.Key, Kind: string(i.Kind), Title: i.Title, URL: i.URL,
		State: string(i.State), VendorState: i.VendorState, Severity: string(i.Severity),
		VendorSeverity: i.VendorSeverity,
		StartedAt:      at(i.StartedAt), ResolvedAt: at(i.ResolvedAt),
		ScheduledStartAt: at(i.ScheduledStartAt), ScheduledEndAt: at(i.ScheduledEndAt),
		Components: inspectedComponents(i.Components), Updates: make([]InspectedUpdate, len(i.Updates)), Raw: i.Raws,
	}
	printed := map[string]string{}
	for _, raw := range i.Raws {
		for _, u := range raw.Updates {
			if posted, err := times.Parse(u.Posted, raw.Zone); err == nil && printed[at(posted)] == "" {
				printed[at(posted)] = u.Posted.Text
			}
		}
	}
	for n, u := range i.Updates {
		out.Updates[n] = InspectedUpdate{
			Key: u.Key, State: string(u.State), VendorState: u.VendorState,
			PostedAt: at(u.PostedAt), Posted: printed[at(u.PostedAt)], Body: u.Body,
		}
	}
	return out
}

func inspectedComponents(list []normalize.Component) []InspectedComponent {
	out := make([]InspectedComponent, len(list))
	for n, c := range list {
		out[n] = InspectedComponent{Name: c.Name, Group: c.Group, Status: string(c.Status),
			VendorStatus: c.VendorStatus}
	}
	return out
}
