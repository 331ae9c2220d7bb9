package webtest

import (
	"fmt"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

func At(t time.Time) normalize.RawTime { return normalize.RawTime{Text: normalize.FormatTime(t)} }

// Says is one update: state, time and text.
func Says(state string, t time.Time, body string) normalize.RawUpdate {
	return normalize.RawUpdate{ID: state + normalize.FormatTime(t), State: state, Posted: At(t), Body: body,
		Format: normalize.FormatMarkdown}
}

// Incident is an incident as a page shows it. The last post that is not a postmortem gives the state.
func Incident(id, title, impact string, components []normalize.RawComponent,
	posts ...normalize.RawUpdate) normalize.Raw {
	raw := normalize.Raw{Document: "incidents", ID: id, URL: "https://status.acme.example/incidents/" + id,
		Title: title, Impact: impact,
		Created: posts[0].Posted, Updated: posts[len(posts)-1].Posted, Components: components, Updates: posts}
	for _, p := range posts {
		if p.State != "postmortem" {
			raw.State = p.State
		}
	}
	return raw
}

func Read(raws ...normalize.Raw) []normalize.Incident {
	incidents, _ := normalize.Incidents(raws, normalize.Words{})
	return incidents
}

var ClientWeb = []normalize.RawComponent{{ID: "us-web", Name: "Web Client", Group: "Prod1 (US)"},
	{ID: "eu-web", Name: "Web Client", Group: "Prod2 (EU)"}}

func Components(status normalize.ComponentStatus) []normalize.Component {
	return []normalize.Component{
		{Key: "us-web", Name: "Web Client", Group: "Prod1 (US)", Status: status, VendorStatus: string(status)},
		{Key: "eu-web", Name: "Web Client", Group: "Prod2 (EU)", Status: normalize.StatusOperational,
			VendorStatus: "operational"},
		{Key: "api", Name: "API", Status: normalize.StatusOperational, VendorStatus: "operational"},
	}
}

// Story is a vendor with a history, an open incident, an edit, a postmortem and a maintenance, a quiet vendor, and
// one that cannot be read.
func Story(t testing.TB, o web.Options) *Record { return story.copy(t, o) }

var story = made{build: buildStory}

func buildStory(r *Record) {
	acme := r.Vendor(query.Vendor{Slug: "acme", Name: "Acme", Homepage: "https://acme.example", Owner: "platform-team",
		RunbookURL: "https://wiki.example/acme"})
	quiet := r.Vendor(query.Vendor{Slug: "quiet", Name: "Quiet Corp"})
	blind := r.Vendor(query.Vendor{Slug: "blind", Name: "Blindside"})

	denied := Incident("denied", "Access denied for all users", "minor", ClientWeb,
		Says("investigating", Before(9*Day), "Users are answered with 403. We are looking into it."),
		Says("resolved", Before(9*Day-7*Minute), "Fixed for all users."))
	r.Save(record.Scrape{SourceID: acme, At: Before(10 * Day), AllOpen: true, AllComponents: true,
		CoverageStart: Before(60 * Day), Components: Components(normalize.StatusOperational)})
	r.Save(record.Scrape{SourceID: quiet, At: Before(10 * Day), AllOpen: true})
	r.Save(record.Scrape{SourceID: blind, At: Before(10 * Day), AllOpen: true})
	r.Save(record.Scrape{SourceID: acme, At: Before(9*Day - 4*Minute), AllOpen: true, Incidents: Read(denied)})
	denied.Updates[1].Body = "Fixed for most users."
	r.Save(record.Scrape{SourceID: acme, At: Before(9*Day - Hour), AllOpen: true, Incidents: Read(denied)})
	denied.Updates = append(denied.Updates, Says("postmortem", Before(2*Hour),
		"# Summary\nA rule was too strict for **26 "+
			"minutes**.\n\n![graph](https://img.example/g.png)\n\n[Details](/post/1) "+
			"[evil](javascript:alert(1))\n\n<script>alert(2)</script>"))
	slow := Incident("slow", "API answers are slow", "major", []normalize.RawComponent{{ID: "api", Name: "API"}},
		Says("investigating", Before(3*Hour), "Calls take seconds."),
		Says("identified", Before(95*Minute), "A disk is full."))
	work := Incident("work", "Database upgrade", "maintenance", nil, Says("scheduled", Before(Hour), "Planned."))
	work.Kind, work.ScheduledStart, work.ScheduledEnd = "maintenance", At(Now.Add(20*Hour)), At(Now.Add(22*Hour))
	r.Save(record.Scrape{SourceID: acme, At: Before(Minute), AllOpen: true, AllComponents: true,
		Took: 120 * time.Millisecond, HTTPStatus: 200, Requests: 1, Bytes: 4096,
		Incidents: Read(denied, slow, work), Components: Components(normalize.StatusPartial)})
	r.Save(record.Scrape{SourceID: quiet, At: Before(Minute), AllOpen: true})
	for n := range 3 {
		r.Save(record.Scrape{SourceID: blind, At: Before(time.Duration(90-n) * Minute), HTTPStatus: 503, Requests: 1,
			Err: fmt.Errorf("fetch: 503 Service Unavailable")})
	}
}
