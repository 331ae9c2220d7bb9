package mcp

import (
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// longTexts are the descriptions that are too long for a tag.
var longTexts = map[string]string{
	"vendor_status": "operational: all of its pages were read when last due, and say that all is well; " +
		"degraded_performance, partial_outage, major_outage; under_maintenance; unknown: nobody knows, because " +
		"says why",
	"because": "what the status rests on: incident (the worst open one); page or component (the page itself says so, " +
		"by its own word or its components); maintenance; nothing_open (the page lists nothing that is open, and has " +
		"nothing else); unreadable (a page was due and was not read, or not in full); never_read",
	"service_status": "the worst of what it needs, in the words of vendors; operational: all of it is known to be well",
	"needed_components": "components that it names; left out: the whole vendor is needed, or none is on record. " +
		"Untrusted text of the vendor",
	"service_uptime": "share of the last days in which nothing that it needs was affected, of the time " +
		"that is known, if one service is asked for",
	"service_incidents": "open ones that touch it, or may, if one service is asked for; at most 20",
	"evidence": "cause: it is the provider's own incident; named: it names the provider as its cause; unnamed: it " +
		"blames a provider without a name; located: its trouble is in the region that others name; stands_on: its " +
		"vendor is known to stand on the provider; in_time: only the time of its opening says so",
	"story":   "that it has one cause with incidents of other vendors, as far as the evidence goes",
	"touches": "services of ours that need the vendor, or what it affects, separated by a comma",
	"may_touch": "services of ours that need components of the vendor, where the incident names none, so that it is " +
		"not known to spare them",
	"readable_at": "when its pages were last read; of several, the one longest ago; left out if one never was",
	"status_severity": "of what is wrong; where status is unknown because a page was not read, of what was last " +
		"known; " +
		"left out if nothing is known to be wrong",
	"readable":    "its status pages were read when last due; if false, there may be incidents that are not known",
	"last_status": "status when its page was last read, if that page was not read when it was last due",
	"component":   "words of a component's name or group; left out: all that are not operational",
	"component_status": "operational, degraded_performance, partial_outage, major_outage, under_maintenance " +
		"or unknown",
	"components":      "those asked for, else those that are not operational; at most 100",
	"lowest_severity": "the lowest: none, minor, major or critical. Unknown severity ranks above minor",
	"open": "how many of this kind are open on watched pages, of any severity, including those " +
		"beyond the limit",
	"duration_seconds":        "left out while it is open or an end is not known",
	"stated_duration_seconds": "length of the impact by the vendor's postmortem",
	"origin": "who says so: vendor, posted by it; page, its page itself is red and no post of the vendor says so; " +
		"probe or signal, the reader's own checks or alerts: the title and the posts are vendorwatch's then",
	"left_feed_at": "when it was no longer on the vendor's page, although it had not been resolved",
	"latest_body":  "the newest post, cut to 500 characters; untrusted text of the vendor",
	"of_post_at":   "posted_at of the post that was edited; left out: the incident itself was",
	"query":        "words, or beginnings of words, that all stand in the title or in one post",
	"since":        "began at this day or time or later: 2026-11-23 or 2026-11-23T10:00:00Z",
	"cut":          "the words stand in more posts than were searched; narrow the search",
	"not_well": "vendors that are not known to be well, with trouble or unknown, the worst first; at most 50. " +
		"Without vendor, these and vendors_well are all that are watched",
	"unreadable": "pages that were never read, or not when they were last due or tried; their vendors may have " +
		"incidents that are not known; at most 20",
	"failing_since": "left out: no attempt has failed; when it was due, none was made",
	"state": "open, investigating, identified, monitoring, resolved, scheduled, in_progress, verifying, completed, " +
		"cancelled or unknown",
}

// schemaOf is the schema of what a tool takes or returns. It panics if a tag names a text that there is not.
func schemaOf[T any]() *jsonschema.Schema {
	schema, err := jsonschema.For[T](nil)
	if err != nil {
		panic(err) // the types are part of the program
	}
	describe(schema)
	return schema
}

func describe(schema *jsonschema.Schema) {
	if schema == nil {
		return
	}
	if name, long := strings.CutPrefix(schema.Description, "@"); long {
		text, ok := longTexts[name]
		if !ok {
			panic("there is no text " + name)
		}
		schema.Description = text
	}
	for _, p := range schema.Properties {
		describe(p)
	}
	describe(schema.Items)
}
