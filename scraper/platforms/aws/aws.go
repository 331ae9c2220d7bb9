// Package aws reads the public documents of Amazon Web Services:
//
//   - health.aws.amazon.com/public/currentevents, in UTF-16: the open events only (known from bytes);
//   - historyevents.json of the same dashboard: past events of about a year (known from other readers, not from
//     bytes);
//   - status.aws.amazon.com/rss/all.rss and the feeds of single services: the last 50 updates (known from bytes);
//   - status.aws.amazon.com/data.json, retired in 2023: the open events and an archive of years (known from bytes).
//
// The first two name events by ARN, the others by service and time.
package aws

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "AWS's public events (event_log in each), its data.json (archive and current) or its RSS feed"

const (
	health  = "https://health.aws.amazon.com"
	history = "https://history-events-us-east-1-prod.s3.amazonaws.com/historyevents.json"
)

// The kinds of AWS's documents, for normalize.Raw.
const (
	docCurrent = "currentevents"
	docHistory = "historyevents"
	docData    = "data"
	docRSS     = "rss"
)

// Start requests the open events, or the one document that the source's address names; for a backfill, the history.
func (Platform) Start(s scraper.Source) []scraper.Request {
	if strings.HasSuffix(s.URL, ".rss") || strings.HasSuffix(s.URL, ".json") {
		return []scraper.Request{{URL: s.URL}}
	}
	home := scraper.HomeOf(Platform{}, s.URL)
	if s.Mode == scraper.Backfill && home == health {
		return []scraper.Request{{URL: history}}
	}
	return []scraper.Request{{URL: home + "/public/currentevents"}}
}

// Home returns the dashboard's address. The older hosts lead there; a feed is a page of its own.
func (Platform) Home(u *url.URL) string {
	switch {
	case strings.HasSuffix(u.Path, ".rss"):
		return u.String()
	case u.Host == "status.aws.amazon.com",
		u.Host == "phd.aws.amazon.com",
		strings.HasSuffix(u.Host, ".s3.amazonaws.com"):
		return health
	}
	return page.Site(u)
}

// Words: AWS's digits mean resolved, informational, degraded and disrupted; the feeds spell them out. An
// informational event says nothing about a component's health.
func (Platform) Words() normalize.Words {
	w := normalize.Words{
		States: map[string]normalize.State{
			"0":                             normalize.StateResolved,
			"1":                             normalize.StateInvestigating,
			"2":                             normalize.StateInvestigating,
			"3":                             normalize.StateInvestigating,
			docHistory:                      normalize.StateResolved,
			"archive":                       normalize.StateResolved,
			"service_is_operating_normally": normalize.StateResolved,
			"解決済み":                          normalize.StateResolved,
			"已解決":                           normalize.StateResolved,
			"已解决":                           normalize.StateResolved,
		},
		Severities: map[string]normalize.Severity{
			"0":                             normalize.SeverityNone,
			"1":                             normalize.SeverityNone,
			"2":                             normalize.SeverityMinor,
			"3":                             normalize.SeverityCritical,
			"service_is_operating_normally": normalize.SeverityNone,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"0": normalize.StatusOperational,
			"1": normalize.StatusUnknown,
			"2": normalize.StatusDegraded,
			"3": normalize.StatusMajor,
		},
	}
	for word, severity := range levels {
		w.States[word], w.Severities[word] = normalize.StateInvestigating, severity
	}
	return w
}

// levels are the words before the colon in the titles of feeds.
var levels = map[string]normalize.Severity{
	"informational_message": normalize.SeverityNone, "informational": normalize.SeverityNone,
	"performance_issues": normalize.SeverityMinor, "service_degradation": normalize.SeverityMinor,
	"service_impact": normalize.SeverityMajor, "service_disruption": normalize.SeverityCritical,
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name: "AWS Health",
		Documents: []string{
			"currentevents", "historyevents.json", "all.rss and the feeds of single services",
			"data.json (served until 2023)",
		},
		History: "about a year in historyevents.json; the last 50 updates in a feed",
		Fields:  []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "affected"},
		Source:  scraper.FromBoth,
		Address: "the address of the status page or of one of its RSS feeds",
	}
}

type event struct {
	ARN         string          `json:"arn"`
	Date        page.Scalar     `json:"date"` // epoch seconds
	Status      page.Scalar     `json:"status"`
	Service     string          `json:"service"` // "rds-us-east-1"; global services have no region
	ServiceName string          `json:"service_name"`
	Summary     string          `json:"summary"`
	Log         *[]logEntry     `json:"event_log"` // of events with an ARN
	Impacted    json.RawMessage `json:"impacted_services"`
	Details     string          `json:"details"`     // of data.json
	Description *string         `json:"description"` // of data.json
}

type logEntry struct {
	Message string      `json:"message"`
	Status  page.Scalar `json:"status"`
	Time    page.Scalar `json:"timestamp"` // epoch seconds
}

// Parse reads any of the documents. It returns an error that wraps ErrShape for anything else. AWS serves an empty
// list while nothing is open. An empty list is accepted only in UTF-16, as AWS writes it, or at the address of the
// open events.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body, marked, ok := fromUTF16(p.Body)
	if !ok {
		return scraper.Result{}, page.Errorf("UTF-16 that breaks off within a character, where %s is expected", want)
	}
	p.Body = body
	marked = marked || strings.HasPrefix(p.Encoding, "utf-16")
	home := ""
	for _, address := range []string{s.URL, p.URL} {
		if u, err := url.Parse(address); home == "" && err == nil && u.Host != "" {
			home = Platform{}.Home(u)
		}
	}
	if page.IsFeed(page.Body(p)) {
		return readFeed(s, p)
	}
	res := scraper.Result{PageURL: home}
	var events []event
	if page.DecodeJSON(p, &events, want) == nil && events != nil {
		if len(events) == 0 && !marked && !strings.HasSuffix(p.URL, "/public/currentevents") {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Document, res.Coverage.Open = docCurrent, true
		if !addEvents(&res, events, home) {
			return scraper.Result{}, page.Errorf(
				"a list with an entry that lacks one of arn, date and event_log, where %s is expected",
				want,
			)
		}
		if s.Mode == scraper.Poll && home == health && s.MissesOpen(res.Incidents) {
			// An event that has ended is listed in the history only.
			res.Follow = []scraper.Request{{URL: history, Optional: true}}
		}
		return res, nil
	}
	var lists map[string]*[]event
	if err := page.DecodeJSON(p, &lists, want); err != nil {
		return scraper.Result{}, err
	}
	archive, current := lists["archive"], lists["current"]
	if archive != nil && current != nil && len(lists) == 2 {
		return readData(p, res, *archive, *current)
	}
	res.Document = docHistory
	for _, service := range slices.Sorted(maps.Keys(lists)) {
		if lists[service] == nil || !addEvents(&res, *lists[service], home) {
			return scraper.Result{}, page.Unexpected(p, want)
		}
	}
	if len(res.Incidents) == 0 {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	return res, nil
}

// fromUTF16 returns a body as UTF-8. marked is true if it was UTF-16 with a byte order mark; ok is false if such a
// body ends within a character.
func fromUTF16(body []byte) (text []byte, marked, ok bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		order = binary.BigEndian
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		order = binary.LittleEndian
	default:
		return body, false, true
	}
	if len(body)%2 != 0 {
		return body, true, false
	}
	units := make([]uint16, 0, len(body)/2)
	for i := 2; i < len(body); i += 2 {
		units = append(units, order.Uint16(body[i:]))
	}
	return []byte(string(utf16.Decode(units))), true, true
}

// addEvents adds events that have a log. It returns false if one lacks what every event has.
func addEvents(r *scraper.Result, events []event, home string) bool {
	for _, e := range events {
		if e.Log == nil || e.Date == "" || e.ARN == "" && e.Service == "" {
			return false
		}
		raw := e.raw(r.Document, home)
		if r.Document == docHistory && raw.State != "0" {
			raw.State = docHistory // the history keeps the worst level of an event
			if n := len(raw.Updates); n > 0 {
				raw.Resolved = raw.Updates[n-1].Posted
			}
		}
		r.Incidents = append(r.Incidents, raw)
	}
	return true
}

// raw reads an event with a log.
func (e event) raw(document, home string) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       cmp.Or(e.ARN, e.Service+"_"+string(e.Date)),
		Kind:     string(normalize.KindIncident),
		Title:    e.Summary,
		State:    string(e.Status),
		Impact:   string(e.Status),
		Started:  normalize.RawTime{Text: string(e.Date)},
	}
	if _, kind, found := strings.Cut(e.ARN, "event/"); found {
		if strings.Contains(kind, "_NOTIFICATION") {
			raw.Kind = string(normalize.KindNotice)
		}
		if home != "" {
			raw.URL = home + "/health/status?eventID=" + url.QueryEscape(e.ARN)
		}
	}
	log := slices.Clone(*e.Log)
	slices.SortStableFunc(log, func(a, b logEntry) int { return compareNumbers(string(a.Time), string(b.Time)) })
	used := map[string]int{}
	for _, l := range log {
		if e.Status == "0" && l.Status > page.Scalar(raw.Impact) {
			raw.Impact = string(l.Status) // how bad it was, now that it is over
		}
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: ordinal(
				string(l.Time),
				used,
			), State: string(l.Status), Posted: normalize.RawTime{Text: string(l.Time)},
			Body: l.Message, Format: normalize.FormatMarkdown,
		})
	}
	raw.Components = e.components()
	return raw
}

func compareNumbers(a, b string) int {
	x, _ := strconv.ParseInt(a, 10, 64)
	y, _ := strconv.ParseInt(b, 10, 64)
	return int(min(1, max(-1, x-y)))
}

// ordinal makes an id from a text. From the second occurrence on, a number is added; "" stays "".
func ordinal(text string, used map[string]int) string {
	if text == "" {
		return ""
	}
	if used[text]++; used[text] > 1 {
		return text + "#" + strconv.Itoa(used[text])
	}
	return text
}

var region = lazyregexp.New(
	`^(.+?)-((?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-gov|-de|-isob?[a-z]?)?-[a-z]+-\d+)$`,
)

// component is a service in its region. The group is the region's code, since every document has it; only some have
// its name.
func component(service, name, status string) normalize.RawComponent {
	c := normalize.RawComponent{ID: service, Name: name, Status: status}
	if m := region.FindStringSubmatch(service); m != nil {
		c.Group = m[2]
		c.Name = cmp.Or(name, m[1])
	}
	c.Name = cmp.Or(c.Name, service)
	return c
}

// components are the services that an event affects. If none is named, it is the event's own, such as "Multiple
// services".
func (e event) components() []normalize.RawComponent {
	var impacted map[string]struct {
		Name    string      `json:"service_name"`
		Current page.Scalar `json:"current"`
	}
	var names []string
	var out []normalize.RawComponent
	if json.Unmarshal(e.Impacted, &impacted) == nil {
		for _, service := range slices.Sorted(maps.Keys(impacted)) {
			out = append(out, component(service, impacted[service].Name, string(impacted[service].Current)))
		}
	} else if json.Unmarshal(e.Impacted, &names) == nil {
		for _, service := range names {
			out = append(out, component(service, "", ""))
		}
	}
	if len(out) == 0 && e.Service+e.ServiceName != "" {
		out = append(out, component(e.Service, e.ServiceName, ""))
	}
	return out
}
