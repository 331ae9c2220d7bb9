// Package apple reads the data of Apple's two System Status pages, for customers and for developers. It is JSON,
// which may be wrapped in a call, jsonCallback({…});. It is known from documents: other programs that read these
// files, and an answer of 2020 that one of them includes.
//
// Every service is listed with its events: those that are open, planned, or recently ended. Of an event only the
// newest text is shown, so that its timeline grows from poll to poll. There is no history, and services have no
// status.
package apple

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "the data of Apple's System Status (drpost, and services with their events)"

// The paths of Apple's pages and of their data.
const (
	pagePath      = "/support/systemstatus"
	developers    = "/system-status"
	data          = pagePath + "/data/system_status_en_US.js"
	developerData = pagePath + "/data/developer/system_status_en_US.js"
)

// Start requests the data of the page. The developers' data are on the customers' host.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u, err := url.Parse(s.URL)
	switch {
	case err != nil:
		return []scraper.Request{{URL: s.URL}}
	case strings.HasSuffix(u.Path, ".js"):
		return []scraper.Request{{URL: s.URL}}
	case strings.HasPrefix(u.Host, "developer."):
		return []scraper.Request{
			{URL: u.Scheme + "://www." + strings.TrimPrefix(u.Host, "developer.") + developerData},
		}
	}
	return []scraper.Request{{URL: page.Site(u) + data}}
}

// Home returns the page that the data at an address belong to.
func (Platform) Home(u *url.URL) string {
	switch {
	case strings.HasPrefix(u.Path, pagePath+"/data/developer/"):
		return u.Scheme + "://developer." + strings.TrimPrefix(u.Host, "www.") + developers
	case strings.HasPrefix(u.Path, pagePath):
		return page.Site(u) + pagePath
	case strings.HasPrefix(u.Host, "developer."):
		return page.Site(u) + developers
	}
	return page.Site(u)
}

// Words: "ongoing" has another meaning for a maintenance, so that the type is added to it.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"ongoing": normalize.StateInvestigating, "ongoing_maintenance": normalize.StateInProgress,
			"resolved_maintenance": normalize.StateCompleted,
		},
		Severities: map[string]normalize.Severity{
			"issue":       normalize.SeverityMinor,
			"performance": normalize.SeverityMinor,
			"outage":      normalize.SeverityMajor,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Apple System Status",
		Documents: []string{"data/system_status_en_US.js", "data/developer/system_status_en_US.js"},
		History:   "none: only current, upcoming and recently ended events, and only the newest text of each",
		Fields: []string{
			"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected", "components",
		},
		Source:  scraper.FromDocuments,
		Address: "https://www.apple.com/support/systemstatus or https://developer.apple.com/system-status",
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`"drpost"`, `"drMessage"`} }

type status struct {
	Services *[]service `json:"services"`
	Posted   *bool      `json:"drpost"`    // whether the banner is shown; the developers' data lack it
	Banner   string     `json:"drMessage"` // a text above all services
}

type service struct {
	Name   string   `json:"serviceName"`
	Events *[]event `json:"events"`
}

type event struct {
	ID         page.Scalar `json:"messageId"`
	Type       string      `json:"statusType"`     // Outage, Issue, Performance, Maintenance
	Status     string      `json:"eventStatus"`    // ongoing, resolved, upcoming, completed
	Posted     string      `json:"datePosted"`     // "02/15/2020 01:00 PST"
	Start      string      `json:"startDate"`      // as above
	End        string      `json:"endDate"`        // as above
	EpochStart page.Scalar `json:"epochStartDate"` // milliseconds
	EpochEnd   page.Scalar `json:"epochEndDate"`
	Affected   string      `json:"usersAffected"` // "Some users were affected"
	Message    string      `json:"message"`
}

// Parse reads the data. It returns an error that wraps ErrShape if the keys that only Apple's data have are missing,
// if no service is listed, or if a service has no list of events.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	body, ok := unwrap(page.Body(p))
	var doc status
	if !ok || json.Unmarshal(body, &doc) != nil || doc.Services == nil || len(*doc.Services) == 0 {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document: "services",
		PageName: "Apple",
		Coverage: scraper.Coverage{Open: true, Components: true},
	}
	if u, err := url.Parse(p.URL); err == nil && u.Host != "" {
		res.PageURL = Platform{}.Home(u)
	}
	if banner := page.Visible(doc.Banner); banner != "" && (doc.Posted == nil || *doc.Posted) {
		// A banner has neither a start nor a service: it is the page's own word for how things are.
		res.Indicator, res.Headline = "banner", banner
	}
	at, taken := map[event]int{}, map[page.Scalar]bool{}
	for _, service := range *doc.Services {
		if service.Name == "" || service.Events == nil {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		component := normalize.RawComponent{Name: service.Name}
		res.Components = append(res.Components, component)
		for _, e := range *service.Events {
			if e.ID == "" || e.Type == "" || e.Status == "" || e.EpochStart == "" && e.Start == "" {
				return scraper.Result{}, page.Unexpected(p, want)
			}
			// A message about several services is repeated for each. If it differs for one of them, that is an
			// incident of its own: it may be over for one service and continue for another.
			n, seen := at[e]
			if !seen {
				n = len(res.Incidents)
				at[e] = n
				raw := e.raw()
				if taken[e.ID] {
					raw.ID += "/" + service.Name
				}
				taken[e.ID] = true
				res.Incidents = append(res.Incidents, raw)
			}
			raw := &res.Incidents[n]
			raw.Components = append(raw.Components, component)
		}
	}
	for n := range res.Incidents {
		res.Incidents[n].Title = title(res.Incidents[n])
	}
	return res, nil
}

var call = lazyregexp.New(`^[A-Za-z_$][\w$.]*\s*\(\s*`)

// unwrap returns the JSON of a body, without the function call around it; ok is false if there is no such JSON.
func unwrap(body []byte) (inner []byte, ok bool) {
	if call := call.Find(body); call != nil {
		rest := bytes.TrimRight(body[len(call):], "; \t\r\n")
		if !bytes.HasSuffix(rest, []byte(")")) {
			return nil, false
		}
		body = bytes.TrimSuffix(rest, []byte(")"))
	}
	return body, page.IsJSON(body) && hasKeys(body)
}

// hasKeys reports whether a body has the keys that only Apple's data have. The developers' data have no drpost.
func hasKeys(body []byte) bool {
	return bytes.Contains(body, []byte(`"drpost"`)) ||
		bytes.Contains(body, []byte(`"drMessage"`)) && bytes.Contains(body, []byte(`"serviceName"`))
}

// title makes a title as the page does, since an event has none: the service, or the first of several, and the type.
func title(raw normalize.Raw) string {
	title := raw.Components[0].Name
	if len(raw.Components) > 1 {
		title += " and other services"
	}
	return title + " - " + raw.Impact
}

// raw reads one event, without its services.
func (e event) raw() normalize.Raw {
	raw := normalize.Raw{
		Document: "services",
		ID:       string(e.ID),
		Kind:     string(normalize.KindIncident),
		State:    e.Status,
		Impact:   e.Type,
		Excerpt:  true,
	}
	start, end := time(e.EpochStart, e.Start), time(e.EpochEnd, e.End)
	over := normalize.Word(e.Status) == "resolved" || normalize.Word(e.Status) == "completed"
	if normalize.Word(e.Type) == "maintenance" {
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = start, end
		if w := normalize.Word(e.Status); w == "ongoing" || w == "resolved" {
			raw.State += " (" + e.Type + ")"
		}
	} else {
		raw.Started = start
	}
	if over {
		raw.Resolved = end
	}
	body := strings.TrimSpace(strings.TrimSpace(e.Message) + "\n\n" + strings.TrimSpace(e.Affected))
	posted := time("", e.Posted)
	if posted.IsZero() {
		posted = start
	}
	raw.Updates = []normalize.RawUpdate{
		{State: raw.State, Posted: posted, Body: body, Format: normalize.FormatMarkdown},
	}
	return raw
}

var printedTime = lazyregexp.New(`^(\d{2})/(\d{2})/(\d{4}) (\d{2}:\d{2}) ([A-Z]{2,5})$`)

// time returns the exact time if there is one, otherwise the printed one, rewritten so that the month cannot be
// mistaken for the day.
func time(epoch page.Scalar, printed string) normalize.RawTime {
	if epoch != "" && epoch != "0" {
		return normalize.RawTime{Text: string(epoch)}
	}
	return page.Time(printedTime.ReplaceAllString(strings.TrimSpace(printed), "$3-$1-$2 $4 $5"), "")
}
