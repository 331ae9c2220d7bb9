// Package checkly reads the status pages of Checkly. The only document read is
// <page>/api/status-page/<slug>/unresolved-incidents, which lists open incidents with their timelines. There is no
// history. It is known from bytes; the states and severities beyond those are from
// https://www.checklyhq.com/docs/api-reference/status-page-incidents/ . The home page is read only for the slug, if
// the address does not contain it.
package checkly

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const (
	host = ".checkly-status-page.com"
	path = "/api/status-page/"
)

// Start returns the list of unresolved incidents, or the home page, which links to it, if the address does not
// contain the slug.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || strings.Contains(u.Path, path) {
		return []scraper.Request{{URL: s.URL}}
	}
	if slug, found := strings.CutSuffix(strings.ToLower(u.Hostname()), host); found {
		return []scraper.Request{{URL: list(s.URL, slug)}}
	}
	return []scraper.Request{{URL: s.URL}}
}

func list(home, slug string) string {
	return page.SiteOf(home) + path + slug + "/unresolved-incidents"
}

// Home returns the address of the list unchanged, since it contains the slug; for any other page, scheme and host.
func (Platform) Home(page *url.URL) string {
	if strings.Contains(page.Path, path) || page.Host == "" {
		return strings.TrimSuffix(page.String(), "/")
	}
	return page.Scheme + "://" + page.Host
}

// Words are Checkly's severities beyond the common ones. It has four levels where others have three; MEDIUM is below
// MAJOR.
func (Platform) Words() normalize.Words {
	return normalize.Words{Severities: map[string]normalize.Severity{"medium": normalize.SeverityMinor}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Checkly",
		Documents: []string{"unresolved incidents"},
		History:   "none: ended incidents are not listed",
		Fields:    []string{"state", "severity", "started_at", "updates", "affected"},
		Source:    scraper.FromBytes,
		Address: "the page's on checkly-status-page.com, else " +
			"https://<page>/api/status-page/<slug>/unresolved-incidents",
	}
}

// Detect reports whether the page is a list of unresolved incidents as Checkly writes it.
func (Platform) Detect(p page.Page) bool {
	body := page.Body(p)
	if !page.IsJSON(body) {
		return false
	}
	_, err := readList(p, body)
	return err == nil
}

type incident struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Severity   string    `json:"severity"`
	CreatedAt  string    `json:"created_at"`
	UpdatedAt  string    `json:"updated_at"`
	LastStatus string    `json:"lastUpdateStatus"`
	Services   []service `json:"services"`
	Updates    []update  `json:"incidentUpdates"`
}

type service struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type update struct {
	ID          string `json:"id"`
	Status      string `json:"status"`
	Description string `json:"description"`
	PublicDate  string `json:"publicIncidentUpdateDate"` // the time readers are shown
	CreatedAt   string `json:"created_at"`
}

// Parse reads the list of unresolved incidents, or finds its address in the home page. It returns an error
// that wraps ErrShape for anything else.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if page.IsJSON(body) {
		return readList(p, body)
	}
	// Uptime Kuma has paths of the same form.
	if page.IsHTML(body) && !page.BreaksOff(body) && !bytes.Contains(body, []byte(`id="preload-data"`)) {
		if slug := slug(body); slug != "" && page.SiteOf(p.URL) != "" {
			return scraper.Result{
				Document: "home",
				Part:     true,
				Follow:   []scraper.Request{{URL: list(p.URL, slug)}},
			}, nil
		}
	}
	return scraper.Result{}, unexpected(p)
}

func unexpected(p page.Page) error {
	return page.Errorf("%s, where Checkly's list of unresolved incidents is expected "+
		"(its address is https://<page>%s<slug>/unresolved-incidents)", page.Describe(p), path)
}

var slugs = lazyregexp.New(
	`/api/status-page/([A-Za-z0-9][A-Za-z0-9_-]*)/|\b([a-z0-9][a-z0-9-]*)\.checkly-status-page\.com`,
)

// slug returns the slug that a home page names, if it names one only.
func slug(body []byte) string {
	slug := ""
	for _, m := range slugs.FindAllSubmatch(body, -1) {
		found := string(m[1]) + string(m[2])
		if slug != "" && found != slug {
			return ""
		}
		slug = found
	}
	return slug
}

func readList(p page.Page, body []byte) (scraper.Result, error) {
	var keys map[string]json.RawMessage
	var doc struct {
		Incidents []json.RawMessage `json:"incidents"`
	}
	if json.Unmarshal(body, &keys) != nil || json.Unmarshal(body, &doc) != nil || len(keys) != 1 ||
		doc.Incidents == nil {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: "unresolved", Coverage: scraper.Coverage{Open: true}, PageURL: page.SiteOf(p.URL)}
	for i, text := range doc.Incidents {
		var in incident
		if err := json.Unmarshal(text, &in); err != nil {
			return scraper.Result{}, page.Errorf(
				"a list of incidents whose entry %d cannot be read as Checkly's: %v",
				i+1,
				err,
			)
		}
		if in.ID == "" || in.Name == "" || in.Updates == nil || !bytes.Contains(text, []byte(`"lastUpdateStatus"`)) {
			return scraper.Result{}, page.Errorf("a list of incidents whose entry %d lacks what Checkly's have "+
				"(id, name, lastUpdateStatus, incidentUpdates)", i+1)
		}
		res.Incidents = append(res.Incidents, in.raw())
	}
	return res, nil
}

func (in incident) raw() normalize.Raw {
	raw := normalize.Raw{
		Document: "unresolved", ID: in.ID, Title: in.Name, State: in.LastStatus, Impact: in.Severity,
		Created: page.Time(in.CreatedAt, ""), Updated: page.Time(in.UpdatedAt, ""),
	}
	for _, s := range in.Services {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: s.ID, Name: s.Name})
	}
	for _, u := range in.Updates {
		posted := u.PublicDate
		if posted == "" {
			posted = u.CreatedAt
		}
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: u.ID, State: u.Status, Posted: page.Time(posted, ""), Created: page.Time(u.CreatedAt, ""),
			Body: u.Description, Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	return raw
}
