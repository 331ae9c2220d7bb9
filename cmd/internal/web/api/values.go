package api

import (
	"reflect"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"vendorwatch/cmd/internal/web/openapi"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/reach"
)

// values are the schemas of what is not a struct.
func values() map[string]*jsonschema.Schema {
	updateStates := append(words(states...), words(normalize.StateUpdate, normalize.StatePostmortem)...)
	return map[string]*jsonschema.Schema{
		"Time": {Type: "string", Pattern: `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`,
			Description: "A moment in UTC, of fixed width, so that times can be compared as text. The times of an " +
				"incident are the vendor's; those whose names begin with first_seen are ours.",
			Examples: []any{"2026-11-23T10:02:05.045Z"}},
		"Flag": {Type: "integer", Enum: []any{0, 1}, Description: "1: yes. 0: no."},
		"Kind": enum("incident: something broke. maintenance: planned work. notice: an announcement; nothing is "+
			"broken.",
			words(normalize.KindIncident, normalize.KindMaintenance, normalize.KindNotice)),
		"Severity": enum("How bad it is, by the vendor's impact word. unknown: the vendor gave none, or one that is "+
			"not known; it ranks above minor.",
			words(normalize.SeverityNone, normalize.SeverityMinor, normalize.SeverityUnknown, normalize.SeverityMajor,
				normalize.SeverityCritical)),
		"State": enum("Where an incident stands. resolved, completed and cancelled are over. unknown: the vendor's "+
			"word is not known.", words(states...)),
		"UpdateState": enum("The state of the incident with this post. update: the post changes no state. "+
			"postmortem: a report after the end.", updateStates),
		"ComponentStatus": enum("unknown: the page does not say, or says it in a word that is not known.",
			words(statuses...)),
		"EventKind": enum("What happened.", words(eventKinds...)),
		"Withheld": enum("Why channels are not notified of an event. stale: it was learned from a saved page, and "+
			"was old already. same_event: another record of the event announces it. filtered: the vendor's filters "+
			"hide it.",
			words(query.WithheldStale, query.WithheldSameEvent, query.WithheldFiltered)),
		"SourceHealth": enum("ok: it was read at the last attempt. failing: it could not be read once or twice. "+
			"unreadable: three times or more, or it has not been read for three intervals of its schedule, whatever "+
			"the "+
			"reason. never: no attempt has read it yet. not_watched: the configuration "+
			"does not list it, whatever else.", words("ok", "failing", "unreadable", "never", "not_watched")),
		"Because": enum("What a vendor's status rests on. incident: the worst open incident. page, component: "+
			"the page "+
			"itself says so, by its own word or its components. maintenance: work under way. nothing_open: the page "+
			"lists nothing that is open, and has nothing else. unreadable: a page was due and was not read, or not in "+
			"full. never_read: a page was never read. probe, signal: our own check fails, or our own alert burns, "+
			"and the status is unknown. no_component: a need names none of the components that its vendor lists.",
			words(query.BecauseIncident, query.BecausePage, query.BecauseComponent, query.BecauseMaintenance,
				query.BecauseNothingOpen, query.BecauseUnreadable, query.BecauseNeverRead,
				query.BecauseProbe, query.BecauseSignal, query.BecauseNoComponent)),
		"ProbeState": enum("never: not asked yet. missed: once, the next answer decides. failing: twice in a row "+
			"and more, counted as the vendor's. undecided: likewise, and nothing shows that our network works. "+
			"own_network: likewise, with checks of other vendors.",
			words(reach.Never, reach.OK, reach.Missed, reach.Failing,
				reach.Undecided, reach.OwnNetwork)),
		"Verdict": enum("well: all that is asked about is known to be well. trouble: something is wrong, or work is "+
			"under way or planned in that time. not_known: of something it is not known how it does.",
			words(query.VerdictWell, query.VerdictTrouble, query.VerdictNotKnown)),
		"ActionKind": enum("mute: alerts are held. acknowledge: somebody takes care of it, and reminders stop. note: "+
			"words for others.", words(query.ActionMute, query.ActionAcknowledge, query.ActionNote)),
		"Via": enum("From where it was done.", words(query.ViaCLI, query.ViaSlack, query.ViaAPI)),
		"TextFormat": enum("What a text is written in.",
			words(normalize.FormatMarkdown, normalize.FormatHTML, normalize.FormatText)),
		"Yes": {Type: "boolean", Const: jsonschema.Ptr[any](true), Description: "true, or left out."},
		"AboutBlank": {Type: "string", Const: jsonschema.Ptr[any]("about:blank"),
			Description: "The status says it all."},
	}
}

// valueTypes are the Go types that are a value of the document wherever they stand.
var valueTypes = map[reflect.Type]string{
	reflect.TypeFor[normalize.EventKind](): "EventKind",
	reflect.TypeFor[query.Withheld]():      "Withheld",
	reflect.TypeFor[query.Because]():       "Because",
	reflect.TypeFor[query.Verdict]():       "Verdict",
	reflect.TypeFor[query.ActionKind]():    "ActionKind",
	reflect.TypeFor[query.Via]():           "Via",
}

// valueOf returns the name of the value that a field is one of. Most of the columns that it is read from are text.
func valueOf(schema, field string) string {
	own := map[string]string{
		"Update.state": "UpdateState", "ListedUpdate.state": "UpdateState",
		"Action.kind": "ActionKind", "ActionRequest.kind": "ActionKind",
		"Event.kind": "EventKind", "Problem.type": "AboutBlank",
		"Probe.state": "ProbeState",
		// The vendor's own words are what they are, except for the kind, which is ours.
		"Raw.kind": "Kind", "Raw.state": "", "RawUpdate.state": "", "RawComponent.status": "",
		"Problem.status": "", "Signal.severity": "", "Alert.status": "",
	}
	if name, ok := own[schema+"."+field]; ok {
		return name
	}
	switch field {
	case "kind":
		return "Kind"
	case "severity":
		return "Severity"
	case "state":
		return "State"
	case "latest_state":
		return "UpdateState"
	case "status":
		return "ComponentStatus"
	case "health":
		return "SourceHealth"
	case "watched", "announced", "filtered", "critical":
		return "Flag"
	case "format":
		return "TextFormat"
	case "cut":
		return "Yes"
	case "at", "failing_since":
		return "Time"
	}
	if strings.HasSuffix(field, "_at") {
		return "Time"
	}
	return ""
}

var states = []normalize.State{normalize.StateInvestigating, normalize.StateIdentified, normalize.StateMonitoring,
	normalize.StateResolved, normalize.StateScheduled, normalize.StateInProgress, normalize.StateVerifying,
	normalize.StateCompleted, normalize.StateCancelled, normalize.StateUnknown}

var statuses = []normalize.ComponentStatus{normalize.StatusOperational, normalize.StatusDegraded,
	normalize.StatusPartial, normalize.StatusMajor, normalize.StatusMaintenance, normalize.StatusUnknown}

var eventKinds = []normalize.EventKind{normalize.EventIncidentOpened, normalize.EventUpdatePosted,
	normalize.EventStateChanged, normalize.EventSeverityChanged, normalize.EventIncidentResolved,
	normalize.EventIncidentReopened, normalize.EventPostmortemPosted, normalize.EventIncidentEdited,
	normalize.EventIncidentLeftFeed, normalize.EventMaintenanceScheduled, normalize.EventMaintenanceStarted,
	normalize.EventMaintenanceCompleted, normalize.EventComponentChanged, normalize.EventSourceUnreadable,
	normalize.EventSourceReadable, normalize.EventSourceMoved}

func words[W ~string](list ...W) []any {
	out := make([]any, len(list))
	for n, w := range list {
		out[n] = string(w)
	}
	return out
}

func enum(description string, words []any) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Enum: words, Description: description}
}

// parameters are all parameters, by their names in the document.
func parameters() map[string]openapi.Parameter {
	query := func(name, description string, schema *jsonschema.Schema) openapi.Parameter {
		return openapi.Parameter{Name: name, In: "query", Description: description, Schema: schema}
	}
	text := &jsonschema.Schema{Type: "string"}
	number := func(least float64) *jsonschema.Schema { return &jsonschema.Schema{Type: "integer", Minimum: &least} }
	limit := number(1)
	limit.Maximum, limit.Default = jsonschema.Ptr[float64](site.MaxLimit), []byte("100")
	return map[string]openapi.Parameter{
		"slug":         {Name: "slug", In: "path", Required: true, Description: "Slug of the vendor.", Schema: text},
		"service_slug": {Name: "slug", In: "path", Required: true, Description: "Slug of the service.", Schema: text},
		"service": query("service", "Slug of a service of ours: only what touches it, or may. One that there is not "+
			"is refused.", text),
		"tag": query("tag", "A tag of vendors, as the configuration has it.", text),
		"for": query("for", "How far ahead planned work counts, such as 2h or 90m; left out: only what is now.",
			text),
		"id": {Name: "id", In: "path", Required: true, Description: "Number of the incident.", Schema: number(1)},
		"action_id": {Name: "id", In: "path", Required: true, Description: "Number of the action.",
			Schema: number(1)},
		"push_token": {Name: "token", In: "path", Required: true, Description: "The token of push_token_env.",
			Schema: text},
		"incident_id": query("incident_id", "Number of an incident: only what was done about it, or about another "+
			"record of its event.", number(1)),
		"vendor": query("vendor", "Slug of a vendor; left out: all vendors. One that is not on record is refused.",
			text),
		"limit": query("limit", "The most rows that one answer may hold.", limit),
		"after": query("after", "Number of the last row that you have; left out: from the first one on.", number(0)),
		"cursor": query("after", "next of the page before; left out: the first page.",
			&jsonschema.Schema{Type: "string", Pattern: `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z_\d+$`}),
		"component_status": query("status", "Only components of this status, as last read.",
			openapi.Ref("ComponentStatus")),
		"q": query("q", "Words, or beginnings of words, that all stand in the title or in one post.",
			text),
		"severity": query("severity", "This severity and worse ones. unknown ranks above minor and below major.",
			&jsonschema.Schema{Type: "string", Enum: words("none", "minor", "major", "critical")}),
		"kind": query("kind", "Only this kind.", openapi.Ref("Kind")),
		"state": query("state", "Only this state. open: whatever is not over and still on its page.",
			&jsonschema.Schema{Type: "string", Enum: words(site.States...)}),
		"component": query("component",
			"Words, or beginnings of words, of the name or group of a component that it affects.", text),
		"own_status": query("component_status", "Only where such a component had this status itself while the "+
			"incident lasted, or a worse one: an incident may name components that worked all the time.",
			&jsonschema.Schema{Type: "string", Enum: words(site.Statuses...)}),
		"since": query("since", "Only what began at this time or later: a time in the form of RFC 3339, or a day, "+
			"which stands for its beginning in UTC.", text),
		"stories_since": query("since", "Only stories that last, or began or ended at this time or later; left out: "+
			"within seven days.", text),
		"until": query("until", "Only what began before this time.", text),
		"updated_since": query("updated_since", "Only incidents about which anything was learned at this time or "+
			"later: a post, an edit, a new state, or that it left its page.", text),
		"If-None-Match": {Name: "If-None-Match", In: "header", Schema: text,
			Description: "ETag of an answer that you have: if nothing has changed, the answer is 304."},
		"Last-Event-ID": {Name: "Last-Event-ID", In: "header", Schema: number(0),
			Description: "For a stream: number of the last event that you received. Browsers send it when they " +
				"reconnect."},
	}
}

// responses are the answers other than what was asked for.
func responses() map[string]openapi.Response {
	problem := func(description string) openapi.Response {
		return openapi.Response{Description: description,
			Content: map[string]openapi.Media{"application/problem+json": {Schema: openapi.Ref("Problem")}}}
	}
	unauthorized := problem("A token or a password is required, and none that is known was sent.")
	unauthorized.Headers = map[string]openapi.Header{"WWW-Authenticate": {
		Description: "How to say who asks.", Schema: &jsonschema.Schema{Type: "string"}}}
	tooMany := problem("Too many streams are open already.")
	tooMany.Headers = map[string]openapi.Header{"Retry-After": {
		Description: "Seconds to wait.", Schema: &jsonschema.Schema{Type: "integer"}}}
	return map[string]openapi.Response{
		"NotModified":  {Description: "Nothing has changed since the answer whose ETag was sent."},
		"BadRequest":   problem("A parameter is not known, or its value means nothing."),
		"Unauthorized": unauthorized,
		"Forbidden": problem("The configuration names no token that may write, or the token that was sent only " +
			"reads."),
		"NotJSON":  problem("The body is not sent as JSON."),
		"NotFound": problem("Nothing is on record under this address."),
		"TooMany":  tooMany,
		"Problem":  problem("Anything else that went wrong."),
	}
}
