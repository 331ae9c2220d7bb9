package adobe

import (
	"regexp"
	"slices"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

// ink affects two products. It began for the one at 08:00 and for the other at 08:05, and both posted of it at 08:10.
const ink = `{"incidentEvent":{"incidents":{"9":{"id":"9",` +
	`"clouds":{"5":{"id":"5","name":"Meadow","cloudProducts":["1"]}},` +
	`"products":{"1":{"id":"1","name":"Paint","startedOn":1794297600,"endedOn":0,"history":{` +
	`"1794298200":{"id":"a","status":"Opened","severity":"Minor","titleToken":"t","messageToken":"m"}}},` +
	`"2":{"id":"2","name":"Print","startedOn":1794297900,"endedOn":0,"history":{` +
	`"1794298200":{"id":"b","status":"Opened","severity":"Major","titleToken":"t","messageToken":"m"}}}}}},` +
	`"messages":{"en":{"t":{"token":"t","textMessage":"No ink"},` +
	`"m":{"token":"m","textMessage":"None.","htmlMessage":"<p>None at <b>all</b>.</p>"},` +
	`"n":{"token":"n","textMessage":"Ink.","htmlMessage":" "}}}},` +
	`"maintenanceEvent":{"maintenance":{},"messages":{}}}`

const address = "https://data.status.adobe.com/adobestatus/StatusEvents"

func swapped(t *testing.T, pairs ...[2]string) string {
	t.Helper()
	body := ink
	for _, p := range pairs {
		body = platformtest.Swap(t, body, p[0], p[1])
	}
	return body
}

// closed ends the incident for a product: its post, which has the letter, is followed by one at the time.
func closed(letter, at, status string) [2]string {
	severity := map[string]string{"a": "Minor", "b": "Major"}[letter]
	whole := `"id":"` + letter + `","status":"Opened","severity":"` + severity +
		`","titleToken":"t","messageToken":"m"}`
	return [2]string{whole, whole + `,"` + at + `":{"status":"` + status + `","severity":"None","messageToken":"n"}`}
}

func TestIncident(t *testing.T) {
	const nine, later = "1794301200", "1794303000"
	ended := [][2]string{{`1794297600,"endedOn":0`, `1794297600,"endedOn":1794301000`},
		{`1794297900,"endedOn":0`, `1794297900,"endedOn":1794302000`}}
	tests := []struct {
		name     string
		change   [][2]string
		state    normalize.State
		severity normalize.Severity
		resolved string
		posts    []normalize.State
	}{
		{name: "open", state: "investigating", severity: "major", posts: []normalize.State{"investigating"}},
		{name: "over for the worse product", change: [][2]string{closed("b", nine, "Closed")},
			state: "investigating", severity: "minor", posts: []normalize.State{"investigating", "investigating"}},
		{name: "over for both at once",
			change: append(ended, closed("a", nine, "Closed"), closed("b", nine, "Closed")),
			state:  "resolved", severity: "major", resolved: "2026-11-10T09:13:20.000Z",
			posts: []normalize.State{"investigating", "resolved"}},
		{name: "over for one after the other",
			change: append(ended, closed("a", nine, "Closed"), closed("b", later, "Dismissed")),
			state:  "resolved", severity: "major", resolved: "2026-11-10T09:13:20.000Z",
			posts: []normalize.State{"investigating", "investigating", "resolved"}},
		{name: "an end that not every product has is the last post's",
			change: append(ended[:1:1], closed("a", nine, "Closed"), closed("b", later, "Closed")),
			state:  "resolved", severity: "major", resolved: "2026-11-10T09:30:00.000Z",
			posts: []normalize.State{"investigating", "investigating", "resolved"}},
		{name: "stated ends end nothing", change: ended, state: "investigating", severity: "major",
			posts: []normalize.State{"investigating"}},
		{name: "two things said at once", change: [][2]string{closed("a", nine, "Closed"), closed("b", nine, "Opened")},
			state: "investigating", severity: "major",
			posts: []normalize.State{"investigating", "investigating", "investigating"}},
		{name: "an unknown status ends nothing",
			change: [][2]string{closed("a", nine, "Closed"), closed("b", nine, "Gone")},
			state:  "unknown", severity: "major",
			posts: []normalize.State{"investigating", "investigating", "unknown"}},
		{name: "a potential issue", change: [][2]string{{`"Major"`, `"Potential"`}, {`"Minor"`, `"Trivial"`}},
			state: "investigating", severity: "unknown", posts: []normalize.State{"investigating"}},
		{name: "an unknown severity hides no greater one", change: [][2]string{{`"Minor"`, `"Soggy"`}},
			state: "investigating", severity: "major", posts: []normalize.State{"investigating"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := platformtest.Parsed(t, Platform{}, address, swapped(t, tt.change...))
			got := platformtest.Incidents(t, Platform{}, res)[0]
			if got.Key != "9" || got.Title != "No ink" || got.State != tt.state || got.Severity != tt.severity ||
				normalize.FormatTime(got.ResolvedAt) != tt.resolved {
				t.Errorf("%s %q is %s, %s, resolved at %q", got.Key, got.Title, got.State, got.Severity,
					normalize.FormatTime(got.ResolvedAt))
			}
			var posts []normalize.State
			for _, u := range got.Updates {
				posts = append(posts, u.State)
			}
			if !slices.Equal(posts, tt.posts) || got.Updates[0].Body != "None at **all**." {
				t.Errorf("posts %+v", got.Updates)
			}
			if start := normalize.FormatTime(got.StartedAt); start != "2026-11-10T08:00:00.000Z" {
				t.Errorf("began at %s", start)
			}
			if c := got.Components; len(c) != 2 || c[0].Group != "Meadow" || c[1].Group != "" {
				t.Errorf("affects %+v", c)
			}
			if !res.Coverage.Open || res.PageURL != "https://status.adobe.com" {
				t.Errorf("covers %+v of %s", res.Coverage, res.PageURL)
			}
		})
	}
}

// A maintenance is not the incident of the same number. It is called after its products until it has a title.
func TestMaintenance(t *testing.T) {
	res := platformtest.Parsed(t, Platform{}, address, swapped(t, [2]string{`"maintenance":{},"messages":{}`,
		`"maintenance":{"9":{"id":"9","status":"Scheduled","startedOn":0,"scheduledDate":1796090400,` +
			`"completedOn":1796104800,"products":{"2":{"id":"2","name":"Print","history":{}}}}},"messages":{"en":{}}`}))
	got := platformtest.Incidents(t, Platform{}, res)
	if len(got) != 2 {
		t.Fatalf("%d incidents", len(got))
	}
	m := got[slices.IndexFunc(got, func(i normalize.Incident) bool { return i.Kind == normalize.KindMaintenance })]
	from, to := normalize.FormatTime(m.ScheduledStartAt), normalize.FormatTime(m.ScheduledEndAt)
	if m.Key != "maintenance/9" || m.State != normalize.StateScheduled || m.Title != "Print: maintenance" ||
		from != "2026-12-01T02:00:00.000Z" || to != "2026-12-01T06:00:00.000Z" {
		t.Errorf("%s %q is %s from %s to %s", m.Key, m.Title, m.State, from, to)
	}
	if len(res.Findings) != 1 || res.Findings[0].Field != "title" || res.Findings[0].Key != m.Key {
		t.Errorf("findings %+v", res.Findings)
	}
}

func TestAddresses(t *testing.T) {
	for _, page := range []string{"https://status.adobe.com", "https://status.adobe.com/products/6001/9", address} {
		got := (Platform{}).Start(scraper.Source{URL: page})
		if len(got) != 1 || got[0].URL != address {
			t.Errorf("%s begins with %+v", page, got)
		}
		if home := scraper.HomeOf(Platform{}, page); home != "https://status.adobe.com" {
			t.Errorf("%s belongs to %s", page, home)
		}
	}
}

var noPost = regexp.MustCompile(`"history":\{"[^}]*\}\}`)

func TestRefuses(t *testing.T) {
	bodies := map[string]string{"an error of the API": `{"error_code":"503","message":"Not now."}`}
	for what, change := range map[string][2]string{
		"no incidents":                       {`"incidents"`, `"events"`},
		"incidents that are null":            {`"incidents":{`, `"incidents":null,"x":{`},
		"incidents that are a list":          {`"incidents":{`, `"incidents":[],"incidents":[{}],"x":{`},
		"no maintenance":                     {`"maintenance":{}`, `"maintenance":null`},
		"no texts of the incidents":          {`"messages":{"en"`, `"texts":{"en"`},
		"no texts of the maintenance":        {`,"messages":{}`, ``},
		"no English texts":                   {`"en"`, `"de"`},
		"an incident with another's id":      {`"9":{"id":"9"`, `"9":{"id":"8"`},
		"an incident without products":       {`"products"`, `"services"`},
		"a product without a name":           {`"name":"Paint",`, ``},
		"a product with another's id":        {`"1":{"id":"1"`, `"1":{"id":"3"`},
		"a product without a history":        {`"endedOn":0,"history"`, `"endedOn":0,"posts"`},
		"a post without a status":            {`"status":"Opened",`, ``},
		"a post whose time is no time":       {`"1794298200"`, `"soon"`},
		"a post whose time is in thousandth": {`"1794298200"`, `"1794298200000"`},
		"a start that is an object":          {`"startedOn":1794297600`, `"startedOn":{}`},
	} {
		bodies[what] = platformtest.Swap(t, ink, change[0], change[1])
	}
	bodies["an incident without posts"] = noPost.ReplaceAllString(ink, `"history":{}`)
	platformtest.Refuses(t, Platform{}, bodies)
}

// An event that cannot be read costs that event, and then the list does not pass for whole.
func TestDamagedEvent(t *testing.T) {
	for _, damaged := range []string{`null`, `7`, `"x"`, `[]`, `{}`, `{"id":"8"}`, `{"id":"8","products":{}}`,
		`{"id":"8","status":7,"products":[]}`, `{"id":"8","products":{"1":null}}`,
		`{"id":"8","products":{"1":{"id":"1","name":"Paint","history":{"1794298200":null}}}}`} {
		for _, list := range []string{`"incidents":{`, `"maintenance":{`} {
			body := platformtest.Swap(t, ink, `"maintenance":{},"messages":{}`, `"maintenance":{},"messages":{"en":{}}`)
			separator := map[string]string{`"incidents":{`: ","}[list]
			res := platformtest.Parsed(t, Platform{}, address,
				platformtest.Swap(t, body, list, list+`"8":`+damaged+separator))
			if len(res.Incidents) != 1 || res.Incidents[0].ID != "9" || res.Coverage.Open || len(res.Findings) != 1 ||
				!res.Findings[0].Lost {
				t.Errorf("%s %s: %d incidents, covers %+v, findings %+v", list, damaged, len(res.Incidents),
					res.Coverage, res.Findings)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "adobe")
	f.Add([]byte(ink))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
