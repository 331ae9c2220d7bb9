package gatus

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

const list = `[{"name":"Locks","group":"Harbour","key":"harbour_locks","results":[{"status":200,` +
	`"hostname":"tidemark.example",` +
	`"duration":12345678,"conditionResults":[{"condition":"[STATUS] == 200","success":true}],"success":true,` +
	`"timestamp":"2026-03-11T11:59:00Z"}]}]`

func TestRefuses(t *testing.T) {
	vary := func(old, new string) string { return strings.Replace(list, old, new, 1) }
	for what, body := range map[string]string{
		"no endpoint":                        `[]`,
		"an endpoint without its key":        vary(`"key"`, `"id"`),
		"a key of another name":              vary(`harbour_locks`, `harbour_gates`),
		"a key of another group":             vary(`harbour_locks`, `quay_locks`),
		"an endpoint without results":        vary(`"results"`, `"checks"`),
		"a result without its outcome":       vary(`"success":true,"timestamp"`, `"timestamp"`),
		"a result without its time":          vary(`"timestamp"`, `"at"`),
		"a result without its duration":      vary(`"duration"`, `"took"`),
		"a configuration without its keys":   `{"announcements":[]}`,
		"a configuration of another program": `{"oidc":{"issuer":"a"},"authenticated":true}`,
		"an announcement without its message": `{"oidc":false,"authenticated":true,` +
			`"announcements":[{"timestamp":"2026-03-11T11:59:00Z","type":"outage"}]}`,
		"an announcement without its time": `{"oidc":false,"authenticated":true,` +
			`"announcements":[{"message":"a","type":"outage"}]}`,
		"announcements that are not a list":       `{"oidc":false,"authenticated":true,"announcements":{"a":1}}`,
		"the answer to a key that is not watched": `endpoint not found`,
	} {
		p := page.Page{URL: "https://status.tidemark.example/api/v1/endpoints/statuses", Body: []byte(body)}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

// TestTakesTheNewestResult holds which of the last checks tells how an endpoint is.
func TestTakesTheNewestResult(t *testing.T) {
	result := func(success string) string {
		return `{"duration":1,"success":` + success + `,"timestamp":"2026-03-11T11:59:00Z"}`
	}
	for results, want := range map[string]normalize.ComponentStatus{
		"[]":                       normalize.StatusUnknown,
		"null":                     normalize.StatusUnknown,
		"[" + result("true") + "]": normalize.StatusOperational,
		"[" + result("true") + "," + result("false") + "]": normalize.StatusMajor,
		"[" + result("false") + "," + result("true") + "]": normalize.StatusOperational,
	} {
		res, err := Platform{}.Parse(scraper.Source{},
			page.Page{Body: []byte(`[{"name":"Locks","key":"_locks","results":` + results + `}]`)})
		if err != nil {
			t.Fatal(err)
		}
		components, findings := normalize.Components(res.Components, scraper.WordsOf(Platform{}))
		if components[0].Status != want || len(findings) > 0 || !res.Coverage.Components {
			t.Errorf("%s means %s (%v), want %s", results, components[0].Status, findings, want)
		}
	}
}

func TestKeysAnnouncements(t *testing.T) {
	body := `{"oidc":false,"authenticated":true,"announcements":[` +
		`{"timestamp":"2026-03-11T11:00:00Z","type":"outage","message":"One"},{"timestamp":"2026-03-11T11:00:00Z",` +
		`"type":"outage","message":"Two"},` +
		`{"timestamp":"2026-03-10T11:00:00Z","type":"gossip","message":"Three"}]}`
	res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
	if err != nil || !res.Coverage.Open {
		t.Fatalf("covers %+v (%v)", res.Coverage, err)
	}
	incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
	if len(incidents) != 3 || incidents[0].Title != "One" || incidents[1].Title != "Two" {
		t.Errorf("read as %+v", incidents)
	}
	if len(findings) != 1 || findings[0].Value != "gossip" || incidents[2].Severity != normalize.SeverityUnknown {
		t.Errorf("an unknown type means %s, findings %+v", incidents[2].Severity, findings)
	}
}

func TestHome(t *testing.T) {
	for page, want := range map[string]string{
		"https://status.tidemark.example/":                          "https://status.tidemark.example",
		"https://status.tidemark.example/endpoints/harbour_locks":   "https://status.tidemark.example",
		"https://status.tidemark.example/api/v1/endpoints/statuses": "https://status.tidemark.example",
		"https://tidemark.example/gatus/api/v1/config":              "https://tidemark.example/gatus",
		"https://tidemark.example/gatus":                            "https://tidemark.example/gatus",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("home of %s is %s, want %s", page, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "gatus")
	f.Add([]byte(list))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
