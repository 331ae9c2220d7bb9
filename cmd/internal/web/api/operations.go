package api

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/web/incoming"
	"vendorwatch/cmd/internal/web/openapi"
	"vendorwatch/cmd/internal/web/site"
)

// An Answer makes one document.
type Answer func(*http.Request) (site.Document, error)

// operation is a path of the API: what is said of it, and what answers it.
type operation struct {
	openapi.Operation
	answer Answer
}

// operations are the paths of the API but for the one of its description.
func (a *API) operations() []operation {
	list := []operation{
		in(a.vendors, "/api/v1/vendors", "listVendors", "Vendors and how they do",
			"In the order of their numbers.", "after", "limit"),
		in(a.vendor, "/api/v1/vendors/{slug}", "getVendor", "One vendor in full",
			"Its state, its pages, what is open, and its figures.", "slug"),
		in(a.stats, "/api/v1/vendors/{slug}/stats", "getVendorStats", "The figures that a vendor is judged by",
			"Its uptime over windows that end now, what is left of its target, and how openly it reports its "+
				"incidents, each with the sample behind it.", "slug"),
		in(a.sources, "/api/v1/sources", "listSources", "Status pages and their health",
			"In the order of their numbers.", "vendor", "after", "limit"),
		in(a.components, "/api/v1/components", "listComponents", "Components",
			"In the order of their numbers, including those that their page no longer lists.",
			"vendor", "component_status", "after", "limit"),
		in(a.incidents, "/api/v1/incidents", "listIncidents", "Incidents, maintenances and notices",
			"The newest first. An event that several pages report is one row. What filters hide is included, with "+
				"filtered 1.",
			"q", "vendor", "severity", "kind", "state", "component", "own_status", "service", "since", "until",
			"updated_since", "cursor",
			"limit"),
		in(a.incident, "/api/v1/incidents/{id}", "getIncident", "One incident in full",
			"With its posts, edits, findings and the vendor's own words.", "id"),
		in(a.incidentUpdates, "/api/v1/incidents/{id}/updates", "listIncidentUpdates", "Posts of an incident",
			"In the order in which they were stored.", "id", "after", "limit"),
		in(a.updates, "/api/v1/updates", "listUpdates", "Posts",
			"In the order in which they were stored, so that after never misses one.", "vendor", "after", "limit"),
		in(a.events, EventsPath, "listEvents", "Events, page by page or as a stream",
			"In the order in which they were learned, so that after never misses one. Events that channels are not "+
				"notified of are included, with the reason in withheld. With Accept: text/event-stream the answer "+
				"does not end: each event is sent when it is learned, as a server-sent event whose id is "+
				"event_id, whose name is kind and whose data is an Event. A stream begins after "+
				"Last-Event-ID or after, whichever is later; with neither, it sends only what is "+
				"learned from then on.",
			"after", "limit", "Last-Event-ID"),
		in(a.services, "/api/v1/services", "listServices", "Services of ours, and whether each has what it needs",
			"In one answer, the critical ones first."),
		in(a.service, "/api/v1/services/{slug}", "getService", "One service of ours in full",
			"Its state, what it needs and how each of that does, its uptime, and what is open that touches it, or may.",
			"service_slug"),
		in(a.stories, "/api/v1/stories", "listStories", "Stories: several vendors, one cause",
			"Those that last, and those that began or ended since a moment, the newest first, each with its members "+
				"and the evidence for them.", "stories_since"),
		in(a.ok, "/api/v1/ok", "getOk", "Whether all is well, as before a deployment",
			"The verdict of vendorwatch ok: well, trouble or not_known. What is asked about are the needs of a "+
				"service, or the vendors with a tag; with neither, every watched vendor.", "service", "tag", "for"),
		in(a.actions, ActionsPath, "listActions", "What people did: mutes, acknowledgements and notes",
			"In the order of their numbers.", "vendor", "incident_id", "after", "limit"),
		writes(a.act, ActionsPath, "act", "Mute, acknowledge, or write a note",
			"A mute is of an incident or of a vendor, the others of an incident. It takes a token that may write: "+
				"the one that reads may not.", reflect.TypeFor[ActionRequest]()),
		writes(a.endAction, ActionsPath+"/{id}/end", "endAction", "End a mute, or take an acknowledgement back",
			"One that has ended stays as it is. It takes a token that may write.", reflect.TypeFor[EndRequest](),
			"action_id"),
		writes(a.signals, SignalsPath, "postSignals", "Tell of alerts of your own monitoring",
			"It takes the webhooks of Alertmanager and Grafana as they are, and a form of our own. Each alert names a "+
				"vendor or a service, in the label of that name. One that is sent again is the same one, by its "+
				"fingerprint; one that has ended ends here. What cannot be taken is named in the answer, with status "+
				"422, and the others are recorded all the same. It takes a token that may write.",
			reflect.TypeFor[incoming.Post]()),
		writes(a.push, PushPath+"/{slug}", "push", "Have the pages of a vendor read at once",
			"For webhooks of a vendor: its pages are read within seconds, and once more soon after. What is posted is "+
				"not looked at. Many calls within seconds are one reading. It takes a token that may write.", nil,
			"slug"),
		writes(a.push, PushPath+"/{slug}/{token}", "pushByPath", "Have the pages of a vendor read at once, from "+
			"senders that cannot send a header",
			"As above, with the token of push_token_env in the path. It is good for nothing else.", nil,
			"slug", "push_token"),
		in(a.health, "/api/v1/health", "getHealth", "How vendorwatch itself does",
			"Which pages cannot be read, and what could not be sent."),
	}
	events := &list[slices.IndexFunc(list, func(o operation) bool { return o.Path == EventsPath })]
	events.Stream = "id: 42\nevent: incident_opened\ndata: {\"event_id\":42,\"kind\":\"incident_opened\",…}\n\n"
	events.Responses["503"] = "TooMany"
	return list
}

// in makes an operation that answers in JSON with what is built.
func in[T any](build func(*http.Request) (T, error), path, id, summary, description string,
	params ...string) operation {
	o := operation{
		Operation: openapi.Operation{Path: path, ID: id, Summary: summary, Description: description,
			Parameters: append(params, "If-None-Match"), Answer: reflect.TypeFor[T](),
			Responses: maps.Clone(commonResponses)},
		answer: func(r *http.Request) (site.Document, error) {
			v, err := build(r)
			if err != nil {
				return site.Document{}, err
			}
			return site.JSON(v)
		},
	}
	if strings.Contains(path, "{") {
		o.Responses["404"] = "NotFound"
	}
	return o
}

// ActionsPath is where actions are listed, and put on record.
const ActionsPath = "/api/v1/actions"

// writes makes an operation that changes the record.
func writes[T any](build func(*http.Request) (T, error), path, id, summary, description string, body reflect.Type,
	params ...string) operation {
	o := in(build, path, id, summary, description)
	o.Method, o.Body, o.Parameters = http.MethodPost, body, params
	delete(o.Responses, "304")
	o.Responses["403"], o.Responses["404"] = "Forbidden", "NotFound"
	if body != nil {
		o.Responses["415"] = "NotJSON"
	}
	return o
}

var commonResponses = map[string]string{"304": "NotModified", "400": "BadRequest", "401": "Unauthorized",
	"default": "Problem"}

// DocumentPath is where the API is described.
const DocumentPath = "/api/v1/openapi.json"

// Answers are what answers each path of the API that is read.
func (a *API) Answers() map[string]Answer {
	all := map[string]Answer{DocumentPath: a.document}
	for _, o := range a.operations() {
		if o.Method == "" {
			all[o.Path] = o.answer
		}
	}
	return all
}

// Writes are what answers the paths to which something is posted. They take a token that may write.
func (a *API) Writes() map[string]Answer {
	all := map[string]Answer{}
	for _, o := range a.operations() {
		if o.Method == http.MethodPost {
			all[o.Path] = o.answer
		}
	}
	return all
}

// OpenAPI describes the API in OpenAPI 3.1. It is made of the types of the answers.
func (a *API) OpenAPI() ([]byte, error) { return a.Spec().Document(a.Link("/")) }

// Spec is what the document is made of.
func (a *API) Spec() openapi.Spec {
	spec := description()
	for _, o := range a.operations() {
		spec.Operations = append(spec.Operations, o.Operation)
	}
	spec.Operations = append(spec.Operations, openapi.Operation{Path: DocumentPath, ID: "getOpenAPI",
		Summary: "This document", Description: "In OpenAPI 3.1.",
		Parameters: []string{"If-None-Match"}, Responses: commonResponses})
	return spec
}

// document serves the description of the API. Its server is the one that is asked.
func (a *API) document(r *http.Request) (site.Document, error) {
	if _, err := site.ReadParams(r); err != nil {
		return site.Document{}, err
	}
	text, err := a.described()
	return site.Document{Media: "application/json", Body: text}, err
}
