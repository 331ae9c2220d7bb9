package scraper

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("checkly", checkly{}) }

// checkly reads the status pages of Checkly. The one document read is
// <page>/api/status-page/<slug>/unresolved-incidents, which lists what is open with its timelines and
// nothing that has ended, so that there is no history to go back to. It is known from bytes; the states
// and severities beyond those are from https://www.checklyhq.com/docs/api-reference/status-page-incidents/ .
// The home page is read only for the slug, which a page's own host name does not tell.
type checkly struct{}

const (
	checklyHost = ".checkly-status-page.com"
	checklyPath = "/api/status-page/"
)

// Start returns the list of unresolved incidents; where the address does not tell the slug, the home
// page, which leads to it.
func (checkly) Start(s Source) []Request {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || strings.Contains(u.Path, checklyPath) {
		return []Request{{URL: s.URL}}
	}
	if slug, found := strings.CutSuffix(strings.ToLower(u.Hostname()), checklyHost); found {
		return []Request{{URL: checklyList(s.URL, slug)}}
	}
	return []Request{{URL: s.URL}}
}

func checklyList(home, slug string) string {
	return homeOfStatuspage(home) + checklyPath + slug + "/unresolved-incidents"
}

// Home returns the address of the list as it is, since it alone tells the slug; of any other page, scheme
// and host.
func (checkly) Home(page *url.URL) string {
	if strings.Contains(page.Path, checklyPath) || page.Host == "" {
		return strings.TrimSuffix(page.String(), "/")
	}
	return page.Scheme + "://" + page.Host
}

// Words are Checkly's severities beyond the common ones. It has four for what others say in three;
// MEDIUM stands below MAJOR.
func (checkly) Words() normalize.Words {
	return normalize.Words{Severities: map[string]normalize.Severity{"medium": normalize.SeverityMinor}}
}

// Describe says what is read of Checkly.
func (checkly) Describe() Description {
	return Description{
		Name:      "Checkly",
		Documents: []string{"unresolved incidents"},
		History:   "none: what has ended is not listed",
		Fields:    []string{"state", "severity", "started_at", "updates", "affected"},
		Source:    FromBytes,
		Address:   "the page's on checkly-status-page.com, else https://<page>/api/status-page/<slug>/unresolved-incidents",
	}
}

// Detect reports whether the page is a list of unresolved incidents as Checkly writes it.
func (checkly) Detect(p Page) bool {
	body := feedBody(p)
	if !isJSON(body) {
		return false
	}
	_, err := readChecklyList(p, body)
	return err == nil
}

type checklyIncident struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Severity   string           `json:"severity"`
	CreatedAt  string           `json:"created_at"`
	UpdatedAt  string           `json:"updated_at"`
	LastStatus string           `json:"lastUpdateStatus"`
	Services   []checklyService `json:"services"`
	Updates    []checklyUpdate  `json:"incidentUpdates"`
}

type checklyService struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type checklyUpdate struct {
	ID          string `json:"id"`
	Status      string `json:"status"`
	Description string `json:"description"`
	PublicDate  string `json:"publicIncidentUpdateDate"` // the time readers are shown
	CreatedAt   string `json:"created_at"`
}

// Parse reads the list of unresolved incidents, or finds its address in the home page. It returns an error
// that wraps ErrShape for anything else.
func (checkly) Parse(_ Source, p Page) (Result, error) {
	body := feedBody(p)
	if isJSON(body) {
		return readChecklyList(p, body)
	}
	// Uptime Kuma has paths of the same form.
	if looksLikeHTML(body) && !openEnded(body) && !bytes.Contains(body, []byte(kumaPreload)) {
		if slug := checklySlug(body); slug != "" && homeOfStatuspage(p.URL) != "" {
			return Result{Document: "home", Part: true, Follow: []Request{{URL: checklyList(p.URL, slug)}}}, nil
		}
	}
	return Result{}, notCheckly(p)
}

func notCheckly(p Page) error {
	return shapeErrorf("%s, where Checkly's list of unresolved incidents is expected "+
		"(its address is https://<page>%s<slug>/unresolved-incidents)", wrongPage(p), checklyPath)
}

var checklySlugs = regexp.MustCompile(`/api/status-page/([A-Za-z0-9][A-Za-z0-9_-]*)/|\b([a-z0-9][a-z0-9-]*)\.checkly-status-page\.com`)

// checklySlug returns the slug that a home page names, if it names one only.
func checklySlug(body []byte) string {
	slug := ""
	for _, m := range checklySlugs.FindAllSubmatch(body, -1) {
		found := string(m[1]) + string(m[2])
		if slug != "" && found != slug {
			return ""
		}
		slug = found
	}
	return slug
}

func readChecklyList(p Page, body []byte) (Result, error) {
	var keys map[string]json.RawMessage
	var doc struct {
		Incidents []json.RawMessage `json:"incidents"`
	}
	if json.Unmarshal(body, &keys) != nil || json.Unmarshal(body, &doc) != nil || len(keys) != 1 || doc.Incidents == nil {
		return Result{}, notCheckly(p)
	}
	res := Result{Document: "unresolved", Coverage: Coverage{Open: true}, PageURL: homeOfStatuspage(p.URL)}
	for i, text := range doc.Incidents {
		var in checklyIncident
		if err := json.Unmarshal(text, &in); err != nil {
			return Result{}, shapeErrorf("a list of incidents whose entry %d cannot be read as Checkly's: %v", i+1, err)
		}
		if in.ID == "" || in.Name == "" || in.Updates == nil || !bytes.Contains(text, []byte(`"lastUpdateStatus"`)) {
			return Result{}, shapeErrorf("a list of incidents whose entry %d lacks what Checkly's have "+
				"(id, name, lastUpdateStatus, incidentUpdates)", i+1)
		}
		res.Incidents = append(res.Incidents, in.raw())
	}
	return res, nil
}

func (in checklyIncident) raw() normalize.Raw {
	raw := normalize.Raw{
		Document: "unresolved", ID: in.ID, Title: in.Name, State: in.LastStatus, Impact: in.Severity,
		Created: rawTime(in.CreatedAt, ""), Updated: rawTime(in.UpdatedAt, ""),
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
			ID: u.ID, State: u.Status, Posted: rawTime(posted, ""), Created: rawTime(u.CreatedAt, ""),
			Body: u.Description, Format: normalize.FormatMarkdown,
		})
	}
	oldestFirst(raw.Updates)
	return raw
}
