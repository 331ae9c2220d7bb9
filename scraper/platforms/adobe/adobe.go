// Package adobe reads the events behind https://status.adobe.com, known from documents: the schema Events of Adobe's
// own specification (https://github.com/AdobeDocs/adobe-status, static/statusapi-spec.yaml), and five programs that
// read the document which the page itself reads, of that shape.
//
//   - https://data.status.adobe.com/adobestatus/StatusEvents, every ongoing event, those of the last 40 days and coming
//     maintenance. incidentEvent has the incidents by their ids, each with the products that it affects, and each of
//     these with a history by seconds since 1970; maintenanceEvent has the maintenance in the same way. The texts are
//     in messages, by language and token.
//
// An incident goes on until every product's newest post says that it is over. For a maintenance, startedOn and
// completedOn are its window. Which address an event's own page has is not documented, and readers differ, so that none
// is given; nor is it documented how severe a potential or a trivial issue is.
package adobe

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "Adobe's StatusEvents (incidentEvent with incidents, maintenanceEvent with maintenance, and messages)"

// The kinds of events, for normalize.Raw.
const (
	incidents   = "incidents"
	maintenance = "maintenance"
)

const (
	events = "/adobestatus/StatusEvents"
	ofSome = " (of some products)" // the incident is over for a product, and goes on for another
)

// Start requests the events, on the host of the page's data.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return []scraper.Request{{URL: s.URL}}
	}
	return []scraper.Request{{URL: u.Scheme + "://data." + strings.TrimPrefix(u.Host, "data.") + events}}
}

// Home returns the status page, whose data has a host of its own.
func (Platform) Home(u *url.URL) string {
	if u.Host == "" {
		return u.String()
	}
	return u.Scheme + "://" + strings.TrimPrefix(u.Host, "data.")
}

// Words are those of the specification.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"opened": normalize.StateInvestigating, "discovery": normalize.StateInvestigating,
			"reopened": normalize.StateInvestigating, "dismissed": normalize.StateResolved,
			"closed_of_some_products":    normalize.StateUpdate,
			"dismissed_of_some_products": normalize.StateUpdate,
			"started":                    normalize.StateInProgress,
		},
		Severities: map[string]normalize.Severity{
			"potential": normalize.SeverityUnknown, "trivial": normalize.SeverityUnknown,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Adobe Status",
		Documents: []string{"adobestatus/StatusEvents"},
		History:   "what StatusEvents lists: 40 days, as Adobe documents it",
		Fields: []string{
			"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates",
			"affected",
		},
		Source:  scraper.FromDocuments,
		Address: "https://status.adobe.com",
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`"incidentEvent"`} }

type document struct {
	Incidents struct {
		Events   map[string]json.RawMessage `json:"incidents"`
		Messages *messages                  `json:"messages"`
	} `json:"incidentEvent"`
	Maintenance struct {
		Events   map[string]json.RawMessage `json:"maintenance"`
		Messages *messages                  `json:"messages"`
	} `json:"maintenanceEvent"`
}

// messages are texts by their tokens. The other languages are not read.
type messages struct {
	English map[string]message `json:"en"`
}

type message struct {
	Text string `json:"textMessage"`
	HTML string `json:"htmlMessage"`
}

// event is an incident or a maintenance. Only a maintenance has a status and times of its own.
type event struct {
	ID        string             `json:"id"`
	Clouds    map[string]cloud   `json:"clouds"`
	Products  map[string]product `json:"products"`
	Status    string             `json:"status"`        // Scheduled, Started, Completed, Canceled, Empty
	Scheduled page.Scalar        `json:"scheduledDate"` // in seconds, like all times
	Started   page.Scalar        `json:"startedOn"`
	Completed page.Scalar        `json:"completedOn"`
}

type cloud struct {
	Name     string   `json:"name"`
	Products []string `json:"cloudProducts"` // their ids
}

type product struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Started page.Scalar     `json:"startedOn"`
	Ended   page.Scalar     `json:"endedOn"` // 0 while the incident goes on
	History map[string]post `json:"history"` // by seconds since 1970
}

type post struct {
	Status   string `json:"status"`   // Opened, Discovery, Closed, Dismissed; of a maintenance: Scheduled, Started, …
	Severity string `json:"severity"` // Major, Minor, Potential, Trivial, None
	Title    string `json:"titleToken"`
	Message  string `json:"messageToken"`
}

// Parse reads the events. It returns an error that wraps ErrShape where one of the two lists or the texts are missing,
// and where no event of those listed has what every one has. One event that lacks something costs that event, with a
// finding.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	var doc document
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	in, work := doc.Incidents, doc.Maintenance
	if err := page.Require(p, want, in.Events, in.Messages, work.Events, work.Messages); err != nil {
		return scraper.Result{}, err
	}
	res := scraper.Result{Document: "events", PageName: "Adobe", Coverage: scraper.Coverage{Open: true}}
	if u, err := url.Parse(p.URL); err == nil && u.Host != "" {
		res.PageURL = Platform{}.Home(u)
	}
	listed := len(in.Events) + len(work.Events)
	for _, list := range []struct {
		document string
		events   map[string]json.RawMessage
		texts    map[string]message
	}{{incidents, in.Events, in.Messages.English}, {maintenance, work.Events, work.Messages.English}} {
		if len(list.events) > 0 && list.texts == nil {
			return scraper.Result{}, page.Errorf("Adobe's events without the English texts of its %s", list.document)
		}
		for n, id := range slices.Sorted(maps.Keys(list.events)) {
			var e event
			why := "it is no event"
			if json.Unmarshal(list.events[id], &e) == nil {
				why = e.lacks(id, list.document)
			}
			if why != "" {
				// Whether what cannot be read is open is not known, so that no absence proves anything.
				res.Coverage.Open = false
				res.Findings = append(res.Findings,
					page.LeftOut(list.document, string(list.events[id]), why, n+1, len(list.events)))
				continue
			}
			raw, findings := e.raw(list.document, list.texts)
			res.Incidents = append(res.Incidents, raw)
			res.Findings = append(res.Findings, findings...)
		}
	}
	if listed > 0 && len(res.Incidents) == 0 {
		return scraper.Result{}, page.Errorf("Adobe's events, of which none can be read: %s", res.Findings[0].Problem)
	}
	return res, nil
}

var secondsSince1970 = lazyregexp.New(`^[1-9]\d{8,9}$`)

// lacks says what an event lacks of what every one has; "" if it has all.
func (e event) lacks(id, document string) string {
	posts := 0
	for key, p := range e.Products {
		switch {
		case p.ID != key || strings.TrimSpace(p.Name) == "":
			return "it has a product without its id or name"
		case p.History == nil:
			return "it has a product without a history"
		}
		for at, post := range p.History {
			if !secondsSince1970.MatchString(at) || strings.TrimSpace(post.Status) == "" {
				return "it has a post without its time or status"
			}
			posts++
		}
	}
	switch {
	case e.ID != id || strings.TrimSpace(id) == "":
		return "it has another id"
	case len(e.Products) == 0:
		return "it has no products"
	case document == incidents && posts == 0:
		return "it has no posts"
	case document == maintenance && strings.TrimSpace(e.Status) == "":
		return "it has no status"
	}
	return ""
}

// raw reads an event. Whether the numbers of incidents and those of maintenance are counted apart is not documented.
func (e event) raw(document string, texts map[string]message) (normalize.Raw, []normalize.Finding) {
	raw := normalize.Raw{Document: document, ID: e.ID, Kind: string(normalize.KindIncident)}
	if document == maintenance {
		raw.ID, raw.Kind = document+"/"+e.ID, string(normalize.KindMaintenance)
	}
	for _, id := range slices.Sorted(maps.Keys(e.Products)) {
		raw.Components = append(raw.Components,
			normalize.RawComponent{ID: id, Name: e.Products[id].Name, Group: e.cloudsOf(id)})
	}
	t := e.timeline(texts)
	raw.Updates, raw.Title = t.updates, t.title
	for n := range raw.Updates {
		at := raw.Updates[n].Posted
		if n == 0 {
			raw.Created = at
		}
		raw.Updated = at
	}
	if document == maintenance {
		raw.State = e.Status
		raw.ScheduledStart = seconds(cmp.Or(nonzero(e.Started), e.Scheduled))
		raw.ScheduledEnd = seconds(e.Completed)
	} else {
		raw.State, raw.Impact = t.state, t.impact
		raw.Started, raw.Resolved = e.begin(), e.end(t.over)
	}
	if raw.Title == "" {
		names := make([]string, len(raw.Components))
		for n, c := range raw.Components {
			names[n] = c.Name
		}
		raw.Title = strings.Join(names, ", ") + ": " + raw.Kind
		t.findings = append(t.findings, normalize.Finding{Field: "title",
			Problem: "the messages have no title of the event; it is called after its products"})
	}
	for n := range t.findings {
		t.findings[n].Key = raw.ID
	}
	return raw, t.findings
}

// cloudsOf returns the name of the cloud that a product belongs to; "" if it belongs to several.
func (e event) cloudsOf(product string) string {
	name := ""
	for _, c := range e.Clouds {
		if slices.Contains(c.Products, product) {
			if name != "" && name != c.Name {
				return ""
			}
			name = c.Name
		}
	}
	return name
}

// begin returns when the first product was affected.
func (e event) begin() (first normalize.RawTime) {
	for _, id := range slices.Sorted(maps.Keys(e.Products)) {
		at := seconds(e.Products[id].Started)
		if !at.IsZero() && (first.IsZero() || page.Before(at.Text, first.Text)) {
			first = at
		}
	}
	return first
}

// end returns when the last product was well again, if all are and each says when.
func (e event) end(over bool) (last normalize.RawTime) {
	for _, id := range slices.Sorted(maps.Keys(e.Products)) {
		at := seconds(e.Products[id].Ended)
		if !over || at.IsZero() {
			return normalize.RawTime{}
		}
		if last.IsZero() || page.Before(last.Text, at.Text) {
			last = at
		}
	}
	return last
}

func seconds(s page.Scalar) normalize.RawTime { return page.Time(string(nonzero(s)), "") }

func nonzero(s page.Scalar) page.Scalar {
	if s == "0" {
		return ""
	}
	return s
}
