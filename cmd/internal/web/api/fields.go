package api

// fieldTexts describe the fields of answers: NAME in every struct, or STRUCT.NAME in one.
var fieldTexts = map[string]string{
	// What several structs have.
	"vendor":            "Slug of the vendor.",
	"vendor_name":       "Name of the vendor.",
	"vendor_id":         "Number of the vendor.",
	"source_id":         "Number of the page.",
	"incident_id":       "Number of the incident.",
	"update_id":         "Number of the post.",
	"component_id":      "Number of the component.",
	"page_url":          "Address of the page.",
	"platform":          "Status-page product of the page, such as statuspage.",
	"url":               "The incident's own page.",
	"title":             "The vendor's words.",
	"first_seen_at":     "Our time: when it was first read.",
	"next":              "The parameter after for the page that follows. Left out on the last page.",
	"open_incidents":    "How many incidents are open; maintenances and notices are not counted.",
	"last_success_at":   "When it was last read live.",
	"coverage_start_at": "Every incident since then is on record, as far as the page shows.",
	"body": "Markdown: the vendor's words. It may contain HTML and links of the vendor's; render it as text of a " +
		"stranger.",

	// Listings.
	"vendors":                  "The vendors.",
	"SourceList.sources":       "The rows of this page.",
	"ComponentList.components": "The rows of this page.",
	"IncidentList.incidents":   "The rows of this page.",
	"cut":                      "The words of q stand in more posts than were searched: narrow the search.",
	"UpdateList.updates":       "The rows of this page.",
	"events":                   "The rows of this page.",

	// Vendors.
	"slug":               "Short name, used in the configuration and in addresses.",
	"VendorState.name":   "Name for people.",
	"Vendor.name":        "Name for people.",
	"homepage":           "The vendor's website. Only if one vendor is asked for.",
	"owner":              "Who of us looks after this vendor.",
	"runbook_url":        "What to do when this vendor is down. Only if one vendor is asked for.",
	"readable":           "All of its pages were read when their schedule last asked for it.",
	"VendorState.status": vendorStatusText,
	"Vendor.status":      vendorStatusText,
	"because":            "What the status rests on.",
	"since_at": "Since when that is so; of what was not read, the last good reading. Left out if not " +
		"known.",
	"readable_at": "When its pages were last read; of several, the one longest ago. Left out if one was " +
		"never read.",
	"VendorState.severity":    vendorSeverityText,
	"Vendor.severity":         vendorSeverityText,
	"VendorState.incident_id": vendorIncidentText,
	"Vendor.incident_id":      vendorIncidentText,
	"maintenances_under_way":  "How many maintenances are in progress or being verified.",
	"sources":                 "How many of its pages the configuration lists.",
	"sources_unread": "How many of those were never read, failed three times, or are unread for three " +
		"intervals.",
	"api_url": "Path of the vendor in full.",
	"pages":   "Its status pages and their health.",
	"Vendor.incidents": "What is open: incidents, then maintenances, then notices, each with the worst first, up to " +
		"100 of each.",
	"numbers": "Figures for the last 30, 90 and 365 days.",

	// Services of ours.
	"services":               "The services, the critical ones first.",
	"service_id":             "Number of the service.",
	"service":                "Slug of the service.",
	"service_name":           "Name of the service.",
	"critical":               "1: the configuration calls it critical.",
	"need":                   "What it needs, as the configuration has it; of a service, the need that decides.",
	"needs":                  "How many needs it has.",
	"needs_in_trouble":       "How many of these have trouble.",
	"needs_unknown":          "Of how many of these it is not known how they do.",
	"needed":                 "What it needs, in the order of the configuration.",
	"Service.incidents":      "What is open and touches it, or may, the newest first.",
	"component":              "Words of the components that are needed. Left out: the whole vendor.",
	"ServiceNeed.components": "The components that these words name: \"Group › Name\", separated by a comma.",
	"ServiceState.status":    serviceStatusText,
	"Service.status":         serviceStatusText,
	"ServiceState.vendor":    "Slug of the vendor of that need.",
	"Service.vendor":         "Slug of the vendor of that need.",
	"ServiceNeed.status":     "As of a vendor, by what concerns the need.",
	"touches":                "Services of ours that need the vendor, or what it affects, separated by a comma.",
	"may_touch": "Services of ours that need components of the vendor, where the incident names none, so that it is " +
		"not known to spare them.",
	"verdict":         "The answer.",
	"until_at":        "Planned work up to then counts.",
	"asked":           "How many needs and vendors are asked about.",
	"reasons":         "Why it is not well: trouble first, then work, then what is not known.",
	"planned":         "true: it is planned work; since_at is when it begins.",
	"OkReason.title":  "Title of that incident or maintenance.",
	"OkReason.status": "As of a vendor.",
	"Ok.text":         "The verdict and its first reason in one line.",

	// Numbers.
	"days":              "How far the span reaches back from now.",
	"Numbers.incidents": "How many incidents began within it; maintenances and notices are not counted.",
	"severe":            "How many of them are of major or critical severity.",
	"impact_seconds": "Time of the span with at least one incident, so that what overlaps counts once; open ones " +
		"last until now. Null if no length is known.",
	"incidents_of_known_length":   "How many incidents impact_seconds counts, whenever they began.",
	"incidents_of_unknown_length": "How many incidents began within the span that impact_seconds lacks.",
	"median_seconds_to_resolve":   "From start to end; null if of none that ended both are known.",
	"median_seconds_to_first_update": "From the start to the first post, of incidents whose start is known from " +
		"elsewhere; null if there is none.",
	"resolve_of":      "How many incidents median_seconds_to_resolve is of.",
	"first_update_of": "How many incidents median_seconds_to_first_update is of.",
	"Numbers.coverage_start_at": "The record is complete for all of the vendor's pages from then on; few incidents " +
		"before it prove nothing.",
	"blind_seconds": "Coverage gaps of all pages within the span.",

	// Figures that vendors are judged by.
	"Stats.uptime":  "Over 7, 30, 90 and 365 days.",
	"sla":           "Left out if the configuration has no target.",
	"honesty":       "Its measures, over all of the record.",
	"Uptime.days":   "Length of the window.",
	"from_at":       "Start of the window or period.",
	"to_at":         "Its end.",
	"known_percent": "Share of the time, so far, in which every watched page of the vendor was read.",
	"Uptime.uptime_percent": "Of the known time, the share without impact; planned work is " +
		"no impact. Null if nothing is known.",
	"uptime_with_maintenance_percent": "The same, where planned work counts as impact.",
	"impact_hours": "Hours with at least one incident; overlapping ones count once. Null if nothing is " +
		"known.",
	"maintenance_hours":                  "Hours of planned work that is on record.",
	"Uptime.incidents_of_known_length":   "How many incidents the figures include.",
	"Uptime.incidents_of_unknown_length": "How many they cannot include; where there are any, uptime may be less.",
	"SLA.incidents_of_known_length": "How many incidents, and planned work where that counts, the figures " +
		"include.",
	"SLA.incidents_of_unknown_length": "How many they cannot include; where there are any, uptime may be less.",
	"SLA.period":                      "2026-11, or 2026-Q4: the one that lasts, in UTC.",
	"target_percent":                  "By the configuration.",
	"SLA.uptime_percent":              "So far, of the known time. Null if nothing is known.",
	"uptime_at_best_percent":          "Of the whole period, if nothing is wrong any more. Null if nothing is known.",
	"budget_minutes":                  "Minutes of impact in a whole period that the target allows.",
	"impact_minutes":                  "Minutes with an incident that counts. Null if nothing is known.",
	"budget_left_minutes":             "Below 0: the target is missed, whatever follows. Null if nothing is known.",
	"burn_rate": "How fast the budget is spent: 1, it lasts until the end of the period. Null if nothing is known, " +
		"or the target is 100 %.",
	"forecast": "missed: the budget is spent. at_risk: it will be, if things go on. kept. Left out: nothing is " +
		"known.",
	"credit_percent":              "Share of the bill that is due. Null: none, or nothing is known.",
	"Service.uptime":              "Over 7, 30, 90 and 365 days.",
	"ServiceUptime.days":          "Length of the window.",
	"ServiceUptime.known_percent": "Share of the window in which the pages of all that it needs were read.",
	"ServiceUptime.uptime_percent": "Of the known time, the share in which nothing that it needs was affected; " +
		"planned work is no impact. Null if nothing is known.",
	"ServiceUptime.incidents_of_known_length": "How many incidents of what it needs the figures include.",
	"ServiceUptime.incidents_of_unknown_length": "How many they cannot include; where there are any, uptime may be " +
		"less.",
	"ServiceSLA.period":         "2026-11, or 2026-Q4: the one that lasts, in UTC.",
	"ServiceSLA.uptime_percent": "So far, of the known time. Null if nothing is known.",
	"ServiceSLA.known_percent":  "Share of the period so far in which the pages of all that it needs were read.",
	"Honesty.measure":           "Which; docs/schema.md says at v_honesty what each is of.",
	"Honesty.cases":             "How many there are; of first_word those of which it is known.",
	"Honesty.of":                "The sample: incidents, or posts, for which it is known.",
	"Honesty.value":             "In the unit. Null if there is no sample.",
	"Honesty.unit":              "minutes: the median of the cases. percent: the share of the cases in the sample.",
	"median_minutes": "Median of the minutes of the cases. Null if they are not counted in minutes, or " +
		"there is none.",

	// Sources.
	"watched":              "1: the configuration lists it.",
	"last_attempt_at":      "When it was last tried to be read live.",
	"consecutive_failures": "Attempts that failed since the last success.",
	"interval_seconds":     "From one reading to the next by its schedule; 0 if not known.",
	"failing_since":        "The first of these failures. Left out while the page can be read.",
	"Source.last_error":    "What went wrong at the last attempt.",
	"latest_at":            "Newest good reading, live or of a saved page.",
	"baseline_at":          "First good reading: what was there before is history.",
	"blind_since_at":       "Start of a coverage gap that lasts.",
	"gaps":                 "Coverage gaps: times in which it was not read and that no later reading made up for.",
	"blind_seconds_30d":    "How much of the 30 days before the last attempt these gaps make up.",
	"indicator":            "The page's own word for its state.",
	"page_severity": "How bad the page itself is: by its own word where that says that something is wrong, else by " +
		"its components. Not set where it says nothing that can be understood.",
	"page_severity_at":      "Since when it has been as bad as that.",
	"page_because":          "What gives it: `page`, its own word; `component`, its components.",
	"Source.open_incidents": "What is open on it, including maintenances and notices.",
	"Source.incidents":      "What is on record of it, including maintenances and notices.",
	"open_findings":         "What could not be understood when it was last read.",

	// Components.
	"source_key":             "The vendor's id, else group and name.",
	"AffectedComponent.name": "The vendor's words.",
	"ListedComponent.name":   "The vendor's words.",
	"group_name":             "The group in which the page shows it.",
	"status":                 "As last read.",
	"vendor_status":          "The vendor's word for the status.",
	"last_status": "Status when its page was last read, if that page is not read now; status is then " +
		"unknown.",
	"gone_at": "When its page no longer listed it.",

	// Our own checks.
	"probes": "Checks of ours, those that miss first.",
	"own_outages": "When checks of several vendors failed together within the last 30 days, so that our own " +
		"network is taken for the cause. They count for no vendor.",
	"probe_id":               "Number of the probe.",
	"Probe.name":             "Name in the configuration.",
	"Probe.vendor":           "Slug of the vendor that it checks. Left out: it checks a service of ours.",
	"Probe.service":          "Slug of the service of ours that it checks. Left out: it checks a vendor.",
	"Probe.url":              "The address that is asked.",
	"Probe.severity":         "How bad it is for us if it fails, by the configuration.",
	"last_at":                "When it was last asked.",
	"last_ok_at":             "When the answer was last as expected.",
	"last_miss_at":           "When it last was not, whatever followed.",
	"missing_since_at":       "The first of the misses in a row. Left out: the last answer was good.",
	"misses":                 "How many misses in a row there are.",
	"failing_since_at":       "The first of the misses that count as the vendor's. Left out: none are.",
	"Probe.last_error":       "What was wrong at the last miss.",
	"Probe.took_ms":          "How many milliseconds it took to ask.",
	"Probe.interval_seconds": "Seconds between two checks.",
	"OwnOutage.from_at":      "The first miss.",
	"OwnOutage.to_at":        "When one of them was reached again. Left out: it lasts.",
	"OwnOutage.vendors":      "Names of the vendors whose checks failed.",
	"refuted":                "Always false here: it was not our network, as others showed that were reached.",

	// Incidents.
	"origin": "Who says so: `vendor`, posted by the vendor; `page`, the page itself is red and no open " +
		"incident of the vendor is as bad; `probe`, checks of ours fail; `signal`, an alert of ours burns.",
	"signal_before_post_seconds": "How many seconds before the vendor's first post our own check missed, or our own " +
		"alert burned. Left out: none did.",
	"Incident.source_key":       incidentKey,
	"IncidentDetail.source_key": incidentKey,
	"vendor_severity":           "The vendor's impact word.",
	"vendor_state":              "The vendor's state word.",
	"started_at":                "Start of the impact, else the first post.",
	"resolved_at":               "The end. A postmortem never moves it.",
	"scheduled_start_at":        "Start of the maintenance window.",
	"scheduled_end_at":          "End of the maintenance window.",
	"left_feed_at": "Our time: when it was no longer in the list of what is open, although it had not " +
		"been resolved.",
	"started_basis": "How started_at is known: stated, the vendor has a field for it; posted, it is the time of the " +
		"first post; seen, vendorwatch saw it begin. Left out if it is not known to be the start.",
	"resolved_basis": "How resolved_at is known: stated, posted or seen. Left out if the end is not known.",
	"started_after":  "If the start was seen: when the page was last known to be well.",
	"resolved_after": "If the end was seen: when it was last known to be open.",
	"duration_uncertainty_seconds": "By how many seconds it may have been shorter than duration_seconds, if the end " +
		"was seen; 0 if the vendor gives the end.",
	"red_before_post_seconds": "How many seconds the page itself was red before the vendor's first post. Left out " +
		"if it was not, or if it is not known since when.",
	"duration_seconds":        "From start to end. Left out while it is open or an end is not known.",
	"stated_duration_seconds": "How long the impact lasted by the vendor's postmortem.",
	"announced": "1: its opening was news. 0: it was history when it was first read, or another " +
		"record announced it.",
	"filtered":                  "1: the vendor's filters hide it, and channels are not notified of it.",
	"same_event_id":             "The record that stands for the event. Left out if no other page reports it.",
	"also_on":                   "Other pages that report the event, separated by a comma.",
	"Incident.components":       affectedText,
	"IncidentDetail.components": affectedText,
	"components_resolved_at": "When the last of them recovered, by the vendor or as seen, if all did before the " +
		"incident's end. Left out if that is not known.",
	"update_count":     "How many posts it has.",
	"latest_body":      "Markdown: the newest post that is not a postmortem.",
	"latest_state":     "State of that post.",
	"latest_posted_at": "Time of that post.",
	"acknowledged_at": "When somebody of ours acknowledged it. Left out if nobody has, it was taken back, or the " +
		"incident was reopened since.",
	"acknowledged_by":     "Who acknowledged it.",
	"affected_components": "What it affects, with the status of each now, and how long each was affected.",
	"AffectedComponent.started_at": "Since when it was affected, by the vendor; otherwise the start of " +
		"the incident.",
	"AffectedComponent.resolved_at": "When it recovered, by the vendor or as seen. Left out if only the end " +
		"of the incident is known.",
	"AffectedComponent.resolved_basis": "How resolved_at is known: stated, by the vendor; seen, by its status on " +
		"the page.",
	"AffectedComponent.duration_seconds": "From started_at to resolved_at.",
	"IncidentDetail.updates":             "Its posts, the oldest first.",
	"revisions":                          "What the vendor edited after publishing it, the oldest edit first.",
	"findings":                           "What could not be understood about it.",
	"same_event": "Records of the same event from other pages, the one that stands for it " +
		"first.",
	"IncidentDetail.actions": "What people of ours did about it, or about another record of its event, the oldest " +
		"first.",
	"raw": "The vendor's own words, the newest of each kind of document.",

	// What people did.
	"ActionList.actions":        "The rows of this page.",
	"action_id":                 "Number of the action.",
	"Action.kind":               "What was done.",
	"Action.incident_id":        "Number of the incident. Left out if a vendor is muted.",
	"Action.title":              "Title of the incident, in the vendor's words.",
	"Action.text":               "The note, or why.",
	"who":                       "Who does it, for people: at most 80 characters.",
	"via":                       "From where.",
	"Action.until_at":           "When a mute ends by itself; otherwise left out.",
	"ActionRequest.until_at":    "When a mute ends, instead of for: a time in the form of RFC 3339.",
	"Action.created_at":         "When it was done.",
	"ended_at":                  "When it was ended or taken back by hand.",
	"ended_by":                  "By whom.",
	"ActionRequest.kind":        "What is done.",
	"ActionRequest.incident_id": "Number of the incident. A mute may name a vendor instead.",
	"ActionRequest.vendor":      "Slug of the vendor to mute.",
	"ActionRequest.text":        "The note, or why: at most 2000 characters.",
	"for":                       "How long a mute lasts, such as 2h or 3d.",

	// Posts, edits, findings, records of other pages.
	"posted_at":               "The vendor's time, as shown to readers.",
	"created_at":              "The vendor's time of writing, if it differs from posted_at.",
	"removed_at":              "Our time: when the vendor took it off the page.",
	"promised_at":             "By when it promises the next post, as far as its words are understood.",
	"ListedUpdate.title":      "Title of the incident.",
	"ListedUpdate.kind":       "Kind of the incident.",
	"revision_id":             "Number of the edit.",
	"Revision.update_id":      "Number of the post that changed. Left out for a field of the incident itself.",
	"field":                   "Name of the field, as in this document.",
	"old_value":               "Before.",
	"new_value":               "After.",
	"seen_at":                 "Our time: when the edit was seen.",
	"finding_id":              "Number of the finding.",
	"Finding.source_key":      "Key of the incident or component.",
	"value":                   "The vendor's words.",
	"problem":                 "What is wrong with them.",
	"last_seen_at":            "When it was last read.",
	"times_seen":              "How often it was read.",
	"EventRecord.incident_id": "Number of that record.",
	"EventRecord.source_key":  "Its key on that page.",
	"EventRecord.started_at":  "The start, by that page.",
	"EventRecord.resolved_at": "The end, by that page.",

	// The vendor's own words.
	"document":              "Kind of document, such as summary.",
	"id":                    "The vendor's own id.",
	"Raw.kind":              "If the document's structure tells it.",
	"Raw.state":             "State word.",
	"impact":                "Impact or severity word.",
	"message":               "The latest words, if the document shows no timeline.",
	"zone":                  "The page's time zone.",
	"duration":              "Printed duration, such as 8h 38m.",
	"started":               "Start.",
	"resolved":              "End.",
	"scheduled_start":       "Start of the window.",
	"scheduled_end":         "End of the window.",
	"period":                "Start and end, printed as one text.",
	"Raw.created":           "When the vendor made the entry.",
	"updated":               "When the vendor last touched the entry.",
	"detected":              "When an aggregator saw it.",
	"Raw.components":        "What it affects.",
	"Raw.updates":           "Posts, the oldest first.",
	"excerpt":               "The document shows only a part of the timeline.",
	"read_by":               "What read it, if the same bytes can be read in several ways.",
	"RawUpdate.state":       "State word.",
	"posted":                "The time that readers are shown.",
	"RawUpdate.created":     "When it was written, if the vendor tells both.",
	"RawUpdate.body":        "The text.",
	"format":                "What the text is written in.",
	"RawComponent.name":     "Name.",
	"group":                 "Group.",
	"RawComponent.status":   "Status word.",
	"RawComponent.started":  "Of an incident: since when the component was affected.",
	"RawComponent.resolved": "Of an incident: until when the component was affected.",
	"text":                  "The words.",
	"near":                  "A date or time on or close to which it lies, if the words alone do not tell.",
	"language":              "Tag of the language in which the words name months and weekdays, such as de.",
	"layout":                "Its form as Go's package time writes it, if that is known beforehand.",

	// Events.
	"event_id":          "Number of the event. Numbers grow, and none is used twice.",
	"at":                "Our time: when it was seen.",
	"Event.incident_id": "Number of the incident. Left out for news about a component or the page.",
	"Event.update_id":   "Number of the post that brought it.",
	"detail":            "What else there is to know, by name, such as from and to for what changed.",
	"Event.title":       "Title of the incident.",
	"Event.severity":    "Severity of the incident, as it is now.",
	"Event.state":       "State of the incident, as it is now.",
	"Event.body":        "Markdown: text of the post.",
	"withheld":          "Why channels are not notified of it. Left out if they are.",

	// Health.
	"version":       "Version of the program.",
	"last_check_at": "When a page was last tried to be read.",
	"last_event_id": "Number of the newest event, 0 if there is none. A reader that wants no history begins " +
		"there.",
	"sources_unreadable": "How many watched pages could not be read.",
	"unreadable":         "These pages, up to 500.",
	"channels":           "Where alerts and digests are sent.",
	"channel":            "Its name in the configuration.",
	"waiting":            "How many messages wait to be sent.",
	"waiting_since_at":   "When the oldest of these was planned.",
	"next_attempt_at":    "When a message that failed is retried.",
	"held":               "How many messages are held back for now, for example in quiet hours.",
	"refused":            "How many messages were refused for good.",
	"refused_since_at":   "When the first of these was refused.",
	"last_delivered_at":  "When a message was last delivered.",
	"Channel.last_error": "What went wrong with the newest of those that wait or were refused.",

	// Problems.
	"type":           "Always about:blank: the status says what sort of problem it is.",
	"Problem.title":  "The status in words.",
	"Problem.status": "The HTTP status.",
	"Problem.detail": "What is wrong, and what to do.",
}

const (
	vendorStatusText = "Whether it is well now, in the words of components. operational: every watched page was read " +
		"when last due, and says that all is well. unknown: nobody knows; because says why."
	vendorSeverityText = "Of what is wrong; where status is unknown because a page was not read, of what was last " +
		"known. " +
		"Left out if nothing is known to be wrong."
	vendorIncidentText = "The incident or maintenance that the status rests on. Left out if there is none."
	serviceStatusText  = "The worst of what it needs, in the words of components. operational: all of it is known " +
		"to be well. What is known to be wrong goes before what is not known, and that before planned work."
	incidentKey  = "The vendor's id, else the incident's address, else # and a hash of title and start."
	affectedText = "What it affects: \"Group › Name\", separated by a comma."
)
