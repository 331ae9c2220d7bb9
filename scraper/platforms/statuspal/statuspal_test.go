package statuspal

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestFindsItsSummary(t *testing.T) {
	const summary = "https://statuspal.eu/api/v2/status_pages/brackenfell/summary"
	for address, want := range map[string]string{
		"https://brackenfell.statuspal.eu":      summary,
		"https://Brackenfell.Statuspal.EU/":     summary,
		"https://brackenfell.statuspal.io/en":   strings.Replace(summary, ".eu", ".io", 1),
		summary:                                 summary,
		strings.TrimSuffix(summary, "/summary"): summary,
		"https://www.statuspal.io":              "https://www.statuspal.io",
		"https://status.brackenfell.example":    "https://status.brackenfell.example",
	} {
		if got := (Platform{}).Start(scraper.Source{URL: address}); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s starts with %+v, want %s", address, got, want)
		}
	}
	for page, want := range map[string]string{
		summary: "https://brackenfell.statuspal.eu",
		"https://brackenfell.statuspal.eu/incidents/88120":   "https://brackenfell.statuspal.eu",
		"https://status.brackenfell.example/incidents/88120": "https://status.brackenfell.example",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("home of %s is %s", page, got)
		}
	}
}

func TestRefuses(t *testing.T) {
	const whole = `{"status_page":{"name":"Brackenfell","subdomain":"brackenfell","current_incident_type":null},` +
		`"services":[],"incidents":[],"maintenances":[],"upcoming_maintenances":[]}`
	res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(whole)})
	if err != nil || res.Indicator != "none" {
		t.Fatalf("indicator %q, error %v", res.Indicator, err)
	}
	for what, change := range map[string][2]string{
		"no page":                      {`"status_page"`, `"page"`},
		"no subdomain":                 {`"subdomain"`, `"domain"`},
		"no type, which is not null":   {`"current_incident_type":null`, `"type":null`},
		"no services":                  {`"services":[],`, ``},
		"incidents that are null":      {`"incidents":[]`, `"incidents":null`},
		"maintenances that are a word": {`"maintenances":[]`, `"maintenances":"none"`},
		"an incident without an id":    {`"incidents":[]`, `"incidents":[{"title":"Down"}]`},
		"an incident that is a number": {`"incidents":[]`, `"incidents":[1]`},
		"a service without a name":     {`"services":[]`, `"services":[{"id":1,"name":"A","children":[{"id":2}]}]`},
	} {
		p := page.Page{Body: []byte(strings.Replace(whole, change[0], change[1], 1))}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) ||
			scraper.Detects(Platform{}, p) {
			t.Errorf("%s: read as %+v (%v)", what, res, err)
		}
	}
}

// TestTypes holds that a service of which nothing is said is not called healthy, nor one whose type is of
// the vendor's own making.
func TestTypes(t *testing.T) {
	for text, want := range map[string]normalize.ComponentStatus{
		`{"id":1,"name":"A","current_incident_type":null}`:                    normalize.StatusOperational,
		`{"id":1,"name":"A","current_incident_type":"info"}`:                  normalize.StatusOperational,
		`{"id":1,"name":"A","current_incident_type":"minor"}`:                 normalize.StatusDegraded,
		`{"id":1,"name":"A","current_incident_type":"performance"}`:           normalize.StatusDegraded,
		`{"id":1,"name":"A","current_incident_type":"major"}`:                 normalize.StatusMajor,
		`{"id":1,"name":"A","current_incident_type":"emergency-maintenance"}`: normalize.StatusMaintenance,
		`{"id":1,"name":"A","current_incident_type":"custom-type"}`:           normalize.StatusUnknown,
		`{"id":1,"name":"A","current_incident_type":7}`:                       normalize.StatusUnknown,
		`{"id":1,"name":"A"}`: normalize.StatusUnknown,
	} {
		page := page.Page{Body: []byte(`{"status_page":{"subdomain":"a","current_incident_type":null},"services":[` +
			text +
			`],"incidents":[],"maintenances":[],"upcoming_maintenances":[]}`)}
		res, err := Platform{}.Parse(scraper.Source{}, page)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := normalize.Components(res.Components, scraper.WordsOf(Platform{}))
		if got[0].Status != want {
			t.Errorf("%s is %s, want %s", text, got[0].Status, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "statuspal")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}

func TestWithoutNoticesDoesNotTellAllThatIsOpen(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(platformtest.Testdata(), "statuspal", "healthy", "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		body string
		open bool
	}{
		{"whole", string(body), true},
		{"without its notices", strings.Replace(string(body), `"info_notices"`, `"notices"`, 1), false},
	} {
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{URL: "https://statuspal.io/api/v2/status_pages/" +
			"acme/summary", Body: []byte(c.body)})
		if err != nil || res.Coverage.Open != c.open {
			t.Errorf("%s: open %v, want %v (%v)", c.name, res.Coverage.Open, c.open, err)
		}
	}
}
