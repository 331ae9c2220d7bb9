package scraper

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"vendorwatch/normalize"
)

func init() { Register("aws", aws{}) }

// aws reads the public documents of Amazon Web Services:
//
//   - health.aws.amazon.com/public/currentevents, in UTF-16: what is open, nothing else (known from bytes);
//   - historyevents.json of the same dashboard: what is over, of about a year (known from readers of it,
//     not from bytes);
//   - status.aws.amazon.com/rss/all.rss and the feeds of single services: the last 50 updates (known from bytes);
//   - status.aws.amazon.com/data.json, retired in 2023: the open events and an archive of years (known from bytes).
//
// The first two name events by ARN, the others by service and time.
type aws struct{}

const wantAWS = "AWS's public events (event_log in each), its data.json (archive and current) or its RSS feed"

const (
	awsHealth  = "https://health.aws.amazon.com"
	awsHistory = "https://history-events-us-east-1-prod.s3.amazonaws.com/historyevents.json"
)

// The kinds of AWS's documents.
const (
	awsDocCurrent = "currentevents"
	awsDocHistory = "historyevents"
	awsDocData    = "data"
	awsDocRSS     = "rss"
)

// Start asks for the open events, or for the one document that the source's address names; for a
// backfill for the history.
func (aws) Start(s Source) []Request {
	if strings.HasSuffix(s.URL, ".rss") || strings.HasSuffix(s.URL, ".json") {
		return []Request{{URL: s.URL}}
	}
	home := HomeOf(aws{}, s.URL)
	if s.Mode == Backfill && home == awsHealth {
		return []Request{{URL: awsHistory}}
	}
	return []Request{{URL: home + "/public/currentevents"}}
}

// Home returns the dashboard's address. The older hosts lead there; a feed is a page of its own.
func (aws) Home(page *url.URL) string {
	switch {
	case strings.HasSuffix(page.Path, ".rss"):
		return page.String()
	case page.Host == "status.aws.amazon.com", page.Host == "phd.aws.amazon.com", strings.HasSuffix(page.Host, ".s3.amazonaws.com"):
		return awsHealth
	}
	return siteOf(page)
}

// Words: the digits are AWS's, resolved, informational, degraded and disrupted; the feeds spell them out.
// What is informational says nothing of a component's health.
func (aws) Words() normalize.Words {
	w := normalize.Words{
		States: map[string]normalize.State{
			"0": normalize.StateResolved, "1": normalize.StateInvestigating, "2": normalize.StateInvestigating, "3": normalize.StateInvestigating,
			awsDocHistory: normalize.StateResolved, "archive": normalize.StateResolved, "service_is_operating_normally": normalize.StateResolved,
			"解決済み": normalize.StateResolved, "已解決": normalize.StateResolved, "已解决": normalize.StateResolved,
		},
		Severities: map[string]normalize.Severity{
			"0": normalize.SeverityNone, "1": normalize.SeverityNone, "2": normalize.SeverityMinor, "3": normalize.SeverityCritical,
			"service_is_operating_normally": normalize.SeverityNone,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"0": normalize.StatusOperational, "1": normalize.StatusUnknown, "2": normalize.StatusDegraded, "3": normalize.StatusMajor,
		},
	}
	for word, severity := range awsLevels {
		w.States[word], w.Severities[word] = normalize.StateInvestigating, severity
	}
	return w
}

// awsLevels are the words before the colon in the titles of feeds.
var awsLevels = map[string]normalize.Severity{
	"informational_message": normalize.SeverityNone, "informational": normalize.SeverityNone,
	"performance_issues": normalize.SeverityMinor, "service_degradation": normalize.SeverityMinor,
	"service_impact": normalize.SeverityMajor, "service_disruption": normalize.SeverityCritical,
}

// Describe says what is read of AWS.
func (aws) Describe() Description {
	return Description{
		Name:      "AWS Health",
		Documents: []string{"currentevents", "historyevents.json", "all.rss and the feeds of single services", "data.json (served until 2023)"},
		History:   "about a year, in historyevents.json; of a feed its last 50 updates",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "affected"},
		Source:    FromBoth,
		Address:   "the status page's, or that of one of its RSS feeds",
	}
}

type awsEvent struct {
	ARN         string          `json:"arn"`
	Date        jsonText        `json:"date"` // epoch seconds
	Status      jsonText        `json:"status"`
	Service     string          `json:"service"` // "rds-us-east-1"; global services have no region
	ServiceName string          `json:"service_name"`
	Summary     string          `json:"summary"`
	Log         *[]awsLog       `json:"event_log"` // of events with an ARN
	Impacted    json.RawMessage `json:"impacted_services"`
	Details     string          `json:"details"`     // of data.json
	Description *string         `json:"description"` // of data.json
}

type awsLog struct {
	Message string   `json:"message"`
	Status  jsonText `json:"status"`
	Time    jsonText `json:"timestamp"` // epoch seconds
}

// Parse reads any of the documents. It returns an error that wraps ErrShape for anything else. An empty
// list is what AWS serves while nothing is open: it is taken for that only as AWS writes it, in UTF-16,
// or under the address of the open events.
func (aws) Parse(s Source, p Page) (Result, error) {
	body, marked, ok := fromUTF16(p.Body)
	if !ok {
		return Result{}, shapeErrorf("UTF-16 that breaks off within a character, where %s is expected", wantAWS)
	}
	p.Body = body
	home := ""
	for _, address := range []string{s.URL, p.URL} {
		if u, err := url.Parse(address); home == "" && err == nil && u.Host != "" {
			home = aws{}.Home(u)
		}
	}
	if isFeed(feedBody(p)) {
		return readAWSFeed(s, p)
	}
	res := Result{PageURL: home}
	var events []awsEvent
	if readJSON(p, &events, wantAWS) == nil && events != nil {
		if len(events) == 0 && !marked && !strings.HasSuffix(p.URL, "/public/currentevents") {
			return Result{}, notWanted(p, wantAWS)
		}
		res.Document, res.Coverage.Open = awsDocCurrent, true
		if !addEvents(&res, events, home) {
			return Result{}, shapeErrorf("a list with an entry that lacks one of arn, date and event_log, where %s is expected", wantAWS)
		}
		if s.Mode == Poll && home == awsHealth && s.MissesOpen(res.Incidents) {
			// What is over is no longer listed here; how it ended stands in the history.
			res.Follow = []Request{{URL: awsHistory, Optional: true}}
		}
		return res, nil
	}
	var lists map[string]*[]awsEvent
	if err := readJSON(p, &lists, wantAWS); err != nil {
		return Result{}, err
	}
	archive, current := lists["archive"], lists["current"]
	if archive != nil && current != nil && len(lists) == 2 {
		return readAWSData(p, res, *archive, *current)
	}
	res.Document = awsDocHistory
	for _, service := range slices.Sorted(maps.Keys(lists)) {
		if lists[service] == nil || !addEvents(&res, *lists[service], home) {
			return Result{}, notWanted(p, wantAWS)
		}
	}
	if len(res.Incidents) == 0 {
		return Result{}, notWanted(p, wantAWS)
	}
	return res, nil
}

// fromUTF16 returns a body as UTF-8. marked tells that it was UTF-16 with its mark; ok is false where
// such a body ends within a character.
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

// addEvents adds events with a log. It reports false if one lacks what every event has.
func addEvents(r *Result, events []awsEvent, home string) bool {
	for _, e := range events {
		if e.Log == nil || e.Date == "" || e.ARN == "" && e.Service == "" {
			return false
		}
		raw := e.raw(r.Document, home)
		if r.Document == awsDocHistory && raw.State != "0" {
			raw.State = awsDocHistory // it keeps the worst level, and lists what is over
			if n := len(raw.Updates); n > 0 {
				raw.Resolved = raw.Updates[n-1].Posted
			}
		}
		r.Incidents = append(r.Incidents, raw)
	}
	return true
}

// raw reads an event with a log.
func (e awsEvent) raw(document, home string) normalize.Raw {
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
	slices.SortStableFunc(log, func(a, b awsLog) int { return compareNumbers(string(a.Time), string(b.Time)) })
	used := map[string]int{}
	for _, l := range log {
		if e.Status == "0" && l.Status > jsonText(raw.Impact) {
			raw.Impact = string(l.Status) // how bad it was, now that it is over
		}
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: ordinal(string(l.Time), used), State: string(l.Status), Posted: normalize.RawTime{Text: string(l.Time)},
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

// ordinal makes an id of a text, with a number from the second of its kind on; "" stays "".
func ordinal(text string, used map[string]int) string {
	if text == "" {
		return ""
	}
	if used[text]++; used[text] > 1 {
		return text + "#" + strconv.Itoa(used[text])
	}
	return text
}

var awsRegion = regexp.MustCompile(`^(.+?)-((?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-gov|-de|-isob?[a-z]?)?-[a-z]+-\d+)$`)

// awsComponent is a service in its region. The code of the region is the group, since every document
// has it; its name stands in some only.
func awsComponent(service, name, status string) normalize.RawComponent {
	c := normalize.RawComponent{ID: service, Name: name, Status: status}
	if m := awsRegion.FindStringSubmatch(service); m != nil {
		c.Group = m[2]
		c.Name = cmp.Or(name, m[1])
	}
	c.Name = cmp.Or(c.Name, service)
	return c
}

// components are the services that an event hits; the event's own, "Multiple services", stands for them
// where none is named.
func (e awsEvent) components() []normalize.RawComponent {
	var impacted map[string]struct {
		Name    string   `json:"service_name"`
		Current jsonText `json:"current"`
	}
	var names []string
	var out []normalize.RawComponent
	if json.Unmarshal(e.Impacted, &impacted) == nil {
		for _, service := range slices.Sorted(maps.Keys(impacted)) {
			out = append(out, awsComponent(service, impacted[service].Name, string(impacted[service].Current)))
		}
	} else if json.Unmarshal(e.Impacted, &names) == nil {
		for _, service := range names {
			out = append(out, awsComponent(service, "", ""))
		}
	}
	if len(out) == 0 && e.Service+e.ServiceName != "" {
		out = append(out, awsComponent(e.Service, e.ServiceName, ""))
	}
	return out
}
