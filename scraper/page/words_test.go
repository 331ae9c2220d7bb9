package page_test

import (
	"testing"

	"vendorwatch/scraper/page"
)

func TestItemState(t *testing.T) {
	tests := []struct {
		name, title, body string
		categories        []string
		want              string
	}{
		{name: "a bracket in the title", title: "[Resolved] Late mail", body: "<p>We are investigating.</p>",
			want: "Resolved"},
		{name: "a prefix of the title", title: "Investigating: late mail", want: "Investigating"},
		{name: "a suffix of the title", title: "Late mail - Monitoring", want: "Monitoring"},
		{name: "a bracketed suffix of the title", title: "Late mail (identified)", want: "identified"},
		{name: "a word inside the title is no label", title: "Identified users cannot log in",
			body: "Something is up.", want: "Identified"},
		{name: "a category", title: "Late mail", categories: []string{"Mail", "In progress"}, want: "In progress"},
		{name: "a stated status", title: "Late mail", body: "<b>Status: Resolved</b><br>All is well.",
			want: "Resolved"},
		{name: "labels, newest first", body: "<p><b>Resolved</b> - done</p><p><b>Investigating</b> - looking</p>",
			want: "Resolved"},
		{name: "labels, oldest first", body: "<p><b>Investigating</b> - looking</p><p><b>Resolved</b> - done</p>",
			want: "Resolved"},
		{name: "a label does not stand inside a sentence", body: "We saw errors. The cause: investigating is hard.",
			want: ""},
		{name: "a sentence", body: "<p>We are investigating reports of late mail.</p>", want: "investigating"},
		{name: "the last sentence counts", body: "We identified the cause. We are monitoring the fix. The issue " +
			"has been resolved.", want: "resolved"},
		{name: "mitigated", body: "The issue was mitigated at 10:04 UTC.", want: "mitigated"},
		{name: "not resolved", body: "This is not resolved.", want: ""},
		{name: "isn't resolved", body: "This isn’t resolved yet.", want: ""},
		{name: "not yet been fully resolved", body: "We are investigating. It has not yet been fully resolved.",
			want: "investigating"},
		{name: "unresolved", title: "Unresolved faults", body: "Two faults are unresolved.", want: ""},
		{name: "will be resolved", body: "The fault will be resolved within the hour.", want: ""},
		{name: "should be resolved", body: "It should now be resolved.", want: ""},
		{name: "to be resolved", body: "We expect this to be resolved soon.", want: ""},
		{name: "once it is resolved", body: "We are investigating and will write once the issue is resolved.",
			want: "investigating"},
		{name: "until we have it resolved", body: "Mail stays late until we have it resolved.", want: ""},
		{name: "resolved for some", body: "The fault is resolved for some customers.", want: ""},
		{name: "a denial elsewhere in the sentence", body: "The fault by which customers could not log in has " +
			"been resolved.", want: "resolved"},
		{name: "a to elsewhere in the sentence", body: "The fault related to logins is now resolved.",
			want: "resolved"},
		{name: "may have identified", body: "We may have identified the cause and are closely monitoring recovery.",
			want: "monitoring"},
		{name: "monitoring as a thing", body: "Our monitoring system raised an alarm.", want: ""},
		{name: "identified users", body: "All identified users may log in.", want: ""},
		{name: "an in-progress maintenance", title: "Move of racks", body: "The maintenance is in progress.",
			want: "in progress"},
		{name: "scheduled in the title only", title: "Scheduled maintenance of racks", body: "We move racks.",
			want: "Scheduled"},
		{name: "cancelled", body: "This maintenance has been cancelled.", want: "cancelled"},
		{name: "words inside words", body: "The mismonitoring of preresolved things.", want: ""},
		{name: "nothing", want: ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := page.ItemState(tt.title, tt.categories, tt.body); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStatedImpact(t *testing.T) {
	tests := []struct {
		name, body string
		categories []string
		want       string
	}{
		{name: "a stated severity", body: "<p>Severity: <b>Major</b></p><p>Mail is late.</p>", want: "Major"},
		{name: "a severity of the vendor's own", body: "Severity: SEV2\nMail is late.", want: "SEV2"},
		{name: "a stated impact", body: "Impact: critical.", want: "critical"},
		{name: "an impact in prose", body: "Impact: Customers may see errors.", want: ""},
		{name: "a category", categories: []string{"Mail", "Major outage"}, want: "Major outage"},
		{name: "a severe word is no severity", body: "A major fault with critical parts.", want: ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := page.StatedImpact(tt.categories, tt.body); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
