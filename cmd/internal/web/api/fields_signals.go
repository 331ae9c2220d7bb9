package api

import "maps"

// allFieldTexts are fieldTexts and signalTexts.
func allFieldTexts() map[string]string {
	all := maps.Clone(fieldTexts)
	maps.Copy(all, signalTexts)
	return all
}

// signalTexts describe the fields of stories, and of what our own monitoring posts and of the answers to it.
var signalTexts = map[string]string{
	"story_id": "Number of the story of several vendors that it belongs to; it stays the same while the story grows.",
	"story":    "What that story claims.",
	"story_evidence": "Why it belongs to it: cause, named, unnamed, located, stands_on or in_time. " +
		"docs/upstream.md has the rules.",
	"own_outage_since_at":        "Since when our own network is taken to fail. Left out if it is not.",
	"stories":                    "The stories.",
	"Story.summary":              "What is claimed, in a line.",
	"provider":                   "The likely cause, by its short name; empty: nobody is named.",
	"provider_name":              "Its name.",
	"region":                     "Of the provider, if members name one.",
	"companies":                  "How many companies the members are of.",
	"named_by":                   "How many of them name the provider.",
	"one_in_weeks":               "So many weeks pass until chance brings such a run of openings once.",
	"Story.started_at":           "When the first member began.",
	"Story.ended_at":             "When it ended. Left out: it lasts.",
	"told_at":                    "Since when there is enough to claim it.",
	"members":                    "Its incidents, that of the provider itself first.",
	"evidence":                   "Why it belongs to the story, as in story_evidence.",
	"words":                      "The sentence of the vendor that says so.",
	"one_in":                     "By chance its vendor opens one in so little time once in so many times.",
	"StoryMember.since_at":       "Since when that is known.",
	"StoryMember.started_at":     "When the trouble began, or was first seen.",
	"SignalPost.signals":         "Alerts in our own form. A field that is not known is refused.",
	"SignalPost.alerts":          "Alerts in the form of Alertmanager's and Grafana's webhooks.",
	"SignalPost.truncatedAlerts": "How many alerts the sender has left out.",
	"Signal.vendor":              "Slug or name of the vendor that it is about; this or service.",
	"Signal.service":             "Slug or name of the service of ours that it is about.",
	"Signal.name":                "What the alert is called.",
	"Signal.fingerprint": "What it is known by when it is sent again; left out: its name, with the vendor and the " +
		"service.",
	"Signal.severity":     "minor, major or critical; left out: major.",
	"Signal.summary":      "What is wrong, in a sentence.",
	"Signal.url":          "Where to see more of it.",
	"Signal.started_at":   "Since when it burns; left out: now, or since it was first sent.",
	"Signal.ended_at":     "Until when it burned; left out: it burns.",
	"Alert.status":        "firing or resolved.",
	"Alert.labels":        "vendor or service names what it is about; alertname and severity are read, too.",
	"Alert.annotations":   "summary, or else description or message, says what is wrong.",
	"Alert.startsAt":      "Since when it burns.",
	"Alert.endsAt":        "Until when it burned, if it is resolved.",
	"Alert.generatorURL":  "Where to see more of it.",
	"Alert.panelURL":      "Likewise, of Grafana.",
	"Alert.dashboardURL":  "Likewise, of Grafana.",
	"Alert.fingerprint":   "What it is known by when it is sent again; left out: a hash of its labels.",
	"Signalled.recorded":  "How many of the alerts are on record: new ones, and those that were sent again.",
	"Signalled.truncated": "How many the sender has left out, as it says. Left out itself where there are none.",
	"Pushed.reading": "Whether its pages are about to be read: no service reads those of a vendor that is " +
		"switched off.",
}
