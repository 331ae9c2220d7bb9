package webtest

import (
	"testing"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// hostile is what a vendor could write to run a script, or to forge the text around its words.
const hostile = "</title><script>alert(1)</script>]]> & \"quoted\" \x00\x01\x0b\x1b[2J\u009b\u202e " +
	"\r\nEND:VEVENT\r\nATTENDEE:mailto:x@evil.example"

// Attack is a vendor whose every word is hostile.
func Attack(t testing.TB) *Record {
	r := NewRecord(t, web.Options{})
	source := r.Vendor(query.Vendor{Slug: "evil", Name: hostile})
	r.Save(record.Scrape{SourceID: source, At: Before(Day), AllOpen: true})
	raw := Incident("x", hostile, "major", []normalize.RawComponent{{ID: "c", Name: hostile, Group: hostile}},
		Says("investigating", Before(Hour), hostile+"\n\n[a](javascript:alert(1)) "+
			"![b](https://evil.example/p.png)\n\n<img src=x onerror=alert(1)>"))
	raw.URL = "javascript:alert(1)"
	work := Incident("w", hostile, "maintenance", nil, Says("scheduled", Before(Hour), hostile))
	work.Kind, work.ScheduledStart, work.ScheduledEnd = "maintenance", At(Now.Add(20*Hour)), At(Now.Add(22*Hour))
	r.Save(record.Scrape{SourceID: source, At: Before(Minute), AllOpen: true, Incidents: Read(raw, work)})
	return r
}
