package scraper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
)

func init() { Register("upptime", upptime{}) }

// upptime reads what Upptime keeps in its repository on GitHub:
//
//	history/summary.json   every site watched, with its status: known from bytes of 2025 and 2026
//	history/<site>.yml     the last check of one site: known from bytes of 2026
//	the issues             an incident each, closed when the site is up again, and the planned maintenance:
//	                       https://upptime.js.org/docs/ and https://docs.github.com/rest/issues/issues
//
// The issues are the only record of incidents: a poll reads the 100 newest, a backfill all of them. What people
// wrote below an issue is not read, so that a timeline with comments counts as an excerpt.
type upptime struct{}

// The kinds of Upptime's documents, as in normalize.Raw.
const (
	upptimeSummary = "summary"
	upptimeSite    = "site"
	upptimeIssues  = "issues"
)

// upptimePerPage is the most that GitHub puts on a page of issues.
const upptimePerPage = 100

// Start asks for the summary and the issues. The source's address is that of the repository, or of the page
// that GitHub hosts at <owner>.github.io/<repository>; of a page with a domain of its own the repository has to
// be told. The address of one site's file watches that site alone.
func (upptime) Start(s Source) []Request {
	repo := upptimeRepo(s.URL)
	switch {
	case strings.HasSuffix(s.URL, ".yml"), repo == "" && strings.HasSuffix(s.URL, ".json"):
		return []Request{{URL: s.URL}}
	case repo == "":
		return []Request{{URL: s.URL + "/history/summary.json"}}
	}
	if s.Mode == Backfill {
		n := max(1, s.FromPage)
		return []Request{{URL: upptimeIssuesURL(repo, n), NextPage: n}}
	}
	// HEAD is the default branch, whatever its name.
	return []Request{
		{URL: "https://raw.githubusercontent.com/" + repo + "/HEAD/history/summary.json"},
		{URL: upptimeIssuesURL(repo, 1), Optional: true},
	}
}

func upptimeIssuesURL(repo string, n int) string {
	u := fmt.Sprintf("https://api.github.com/repos/%s/issues?state=all&sort=created&direction=desc&per_page=%d", repo, upptimePerPage)
	if n > 1 {
		u += "&page=" + strconv.Itoa(n)
	}
	return u
}

// upptimeRepo returns "owner/repository" of an address on GitHub, "" for another one.
func upptimeRepo(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	switch {
	case host == "api.github.com" && len(parts) >= 3 && parts[0] == "repos":
		return parts[1] + "/" + parts[2]
	case (host == "github.com" || host == "raw.githubusercontent.com") && len(parts) >= 2:
		return parts[0] + "/" + strings.TrimSuffix(parts[1], ".git")
	case strings.HasSuffix(host, ".github.io") && parts[0] == "":
		return strings.TrimSuffix(host, ".github.io") + "/" + host
	case strings.HasSuffix(host, ".github.io"):
		return strings.TrimSuffix(host, ".github.io") + "/" + parts[0]
	}
	return ""
}

// Home returns the address of the repository, or the page's own where it is not on GitHub.
func (upptime) Home(page *url.URL) string {
	if repo := upptimeRepo(page.String()); repo != "" {
		return "https://github.com/" + repo
	}
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host
}

// Words are Upptime's: a site is up, down or degraded, and an issue of GitHub is open or closed. A site that
// is down is one part of what the page watches, so that it is less than critical.
func (upptime) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{"open": normalize.StateInvestigating},
		Severities: map[string]normalize.Severity{
			"is_down": normalize.SeverityMajor, "has_degraded_performance": normalize.SeverityMinor,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"up": normalize.StatusOperational, "down": normalize.StatusMajor, "degraded": normalize.StatusDegraded,
		},
	}
}

// Describe says what is read of Upptime.
func (upptime) Describe() Description {
	return Description{
		Name:      "Upptime",
		Documents: []string{"history/summary.json", "history/<site>.yml", "issues of the repository"},
		History:   "all",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected", "components"},
		Source:    FromBoth,
		Address:   "https://github.com/<owner>/<repository>",
	}
}

// Detect reports whether the page is a document of Upptime. Issues are only taken for Upptime's where one of
// them is an incident that Upptime opened.
func (upptime) Detect(p Page) bool {
	if looksLikeHTML(bytes.TrimSpace(p.Body)) {
		return false // before the page is parsed to say what else it is
	}
	res, err := upptime{}.Parse(Source{}, Page{Body: p.Body})
	return err == nil && (res.Document != upptimeIssues || len(res.Incidents) > 0)
}

// Parse reads a summary, a site's last check, or a page of issues. It returns an error that wraps ErrShape for
// what is none of them, and for a summary that lists no site.
func (upptime) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	if len(body) == 0 || body[0] != '[' {
		return readUpptimeSite(p, body)
	}
	if res, ok := readUpptimeSummary(body); ok {
		return res, nil
	}
	return readUpptimeIssues(s, p, body)
}

func notUpptime(p Page) error {
	return shapeErrorf("%s, where Upptime's history/summary.json, a site's history or the issues of its repository are expected", wrongPage(p))
}

// upSite is an entry of the summary. The pointers tell a key that is missing from an empty value.
type upSite struct {
	Name   string          `json:"name"`
	URL    *string         `json:"url"`
	Slug   string          `json:"slug"`
	Status string          `json:"status"`
	Uptime *string         `json:"uptime"`
	Down   *map[string]any `json:"dailyMinutesDown"`
}

// readUpptimeSummary reads the summary; ok is false for any other list. Every site is a component.
func readUpptimeSummary(body []byte) (res Result, ok bool) {
	var sites []upSite
	if json.Unmarshal(body, &sites) != nil || len(sites) == 0 {
		return Result{}, false
	}
	res = Result{Document: upptimeSummary, Coverage: Coverage{Components: true}}
	for _, site := range sites {
		if site.Name == "" || site.Slug == "" || site.Status == "" || site.URL == nil || site.Uptime == nil || site.Down == nil {
			return Result{}, false
		}
		res.Components = append(res.Components, normalize.RawComponent{ID: site.Slug, Name: site.Name, Status: site.Status})
	}
	return res, true
}

var upptimeLine = regexp.MustCompile(`^([A-Za-z]+): (.*)$`)

// readUpptimeSite reads the file of one site: YAML of plain lines "key: value", written by a template.
func readUpptimeSite(p Page, body []byte) (Result, error) {
	values := map[string]string{}
	for _, line := range strings.Split(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n") {
		m := upptimeLine.FindStringSubmatch(line)
		if m == nil || values[m[1]] != "" {
			return Result{}, notUpptime(p)
		}
		values[m[1]] = strings.Trim(m[2], `"' `)
	}
	if values["url"] == "" || values["status"] == "" || values["lastUpdated"] == "" || !strings.HasPrefix(values["generator"], "Upptime ") {
		return Result{}, notUpptime(p)
	}
	// The file's name is the site's slug, by which the summary knows it.
	site := normalize.RawComponent{Name: values["url"], Status: values["status"]}
	if u, err := url.Parse(p.URL); err == nil && path.Ext(u.Path) == ".yml" {
		site.ID = strings.TrimSuffix(path.Base(u.Path), ".yml")
	}
	return Result{Document: upptimeSite, Components: []normalize.RawComponent{site}}, nil
}

// upIssue is an issue as GitHub's REST API gives it.
type upIssue struct {
	Number    int    `json:"number"`
	Title     string `json:"title"`
	State     string `json:"state"`
	HTMLURL   string `json:"html_url"`
	Body      string `json:"body"`
	Comments  int    `json:"comments"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	ClosedAt  string `json:"closed_at"`
	Labels    []struct {
		Name string `json:"name"`
	} `json:"labels"`
	PullRequest json.RawMessage `json:"pull_request"`
}

var upptimeIssuePath = regexp.MustCompile(`^https://[^/]+/[^/]+/[^/]+/(?:issues|pull)/\d+$`)

// readUpptimeIssues reads a page of issues: those labelled "status" are incidents, those labelled "maintenance"
// are planned; questions and pull requests are left out. An empty page is one only where it was asked for.
func readUpptimeIssues(s Source, p Page, body []byte) (Result, error) {
	var issues []upIssue
	if err := json.Unmarshal(body, &issues); err != nil || issues == nil {
		return Result{}, notUpptime(p)
	}
	res := Result{Document: upptimeIssues}
	for _, issue := range issues {
		if issue.Number <= 0 || issue.CreatedAt == "" || issue.State == "" || !upptimeIssuePath.MatchString(issue.HTMLURL) {
			return Result{}, notUpptime(p)
		}
		if raw, ok := issue.raw(p.At); ok {
			res.Incidents = append(res.Incidents, raw)
		}
	}
	n, asked := upptimePage(p.URL)
	if len(res.Incidents) == 0 && !asked {
		return Result{}, notUpptime(p)
	}
	full := len(issues) >= upptimePerPage
	switch {
	case !asked:
	case s.Mode == Backfill && full:
		res.Follow = []Request{{URL: upptimeIssuesURL(upptimeRepo(p.URL), n+1), NextPage: n + 1}}
	case s.Mode == Poll && n == 1:
		res.Coverage.Open = !full
	}
	if asked && n == 1 && full {
		res.Coverage.Since = issues[len(issues)-1].CreatedAt
	}
	return res, nil
}

// upptimePage returns the number of the page that an address of GitHub's API asks for; asked is false for
// another address.
func upptimePage(address string) (n int, asked bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host != "api.github.com" || !strings.HasSuffix(u.Path, "/issues") {
		return 0, false
	}
	n, err = strconv.Atoi(u.Query().Get("page"))
	if err != nil {
		n = 1
	}
	return n, true
}

// upptimeTitle is the title of an incident: an emoji, the site's name and what is wrong with it.
var upptimeTitle = regexp.MustCompile(`^(?:[^\pL\pN]+ )?(.+) (is down|has degraded performance)$`)

// raw reads an issue; ok is false for one that is no news of Upptime's.
func (i upIssue) raw(at time.Time) (raw normalize.Raw, ok bool) {
	var labels []string
	for _, l := range i.Labels {
		labels = append(labels, l.Name)
	}
	raw = normalize.Raw{
		Document: upptimeIssues,
		ID:       strconv.Itoa(i.Number),
		URL:      i.HTMLURL,
		Title:    oneLine(i.Title),
		State:    i.State,
		Created:  rawTime(i.CreatedAt, ""),
		Updated:  rawTime(i.UpdatedAt, ""),
		Excerpt:  i.Comments > 0,
	}
	first := normalize.RawUpdate{State: "open", Posted: raw.Created, Body: strings.TrimSpace(upptimeComment.ReplaceAllString(i.Body, "")), Format: normalize.FormatMarkdown}
	switch {
	case len(i.PullRequest) > 0 && string(i.PullRequest) != "null":
		return normalize.Raw{}, false
	case slices.Contains(labels, "maintenance"):
		i.plan(&raw, at)
		first.State = "scheduled"
	case slices.Contains(labels, "status"):
		raw.Kind, raw.Started, raw.Resolved = string(normalize.KindIncident), raw.Created, rawTime(i.ClosedAt, "")
		m := upptimeTitle.FindStringSubmatch(raw.Title)
		if m == nil {
			break
		}
		raw.Impact = m[2]
		site := normalize.RawComponent{Name: m[1]}
		for _, label := range labels {
			if label != "status" && label != "upptime" {
				site.ID = label // the other label is the site's slug
			}
		}
		raw.Components = []normalize.RawComponent{site}
	default:
		return normalize.Raw{}, false
	}
	raw.Updates = []normalize.RawUpdate{first}
	return raw, true
}

// upptimeComment is what readers of an issue do not see: the plan of a maintenance.
var upptimeComment = regexp.MustCompile(`(?s)<!--.*?-->`)

var upptimePlan = regexp.MustCompile(`(?m)^\s*(start|end|expectedDown|expectedDegraded):\s*(\S.*?)\s*$`)

// plan reads the window and the sites of a maintenance from the comment in the issue's body. The issue says
// "open" before and in the window, so that the clock tells which.
func (i upIssue) plan(raw *normalize.Raw, at time.Time) {
	raw.Kind, raw.Impact = string(normalize.KindMaintenance), "maintenance"
	for _, m := range upptimePlan.FindAllStringSubmatch(i.Body, -1) {
		switch m[1] {
		case "start":
			raw.ScheduledStart = rawTime(m[2], "")
		case "end":
			raw.ScheduledEnd = rawTime(m[2], "")
		default:
			for _, slug := range strings.Split(m[2], ",") {
				if slug = strings.TrimSpace(slug); slug != "" {
					raw.Components = append(raw.Components, normalize.RawComponent{ID: slug, Name: slug})
				}
			}
		}
	}
	if i.State != "open" {
		raw.State, raw.Resolved = "completed", rawTime(i.ClosedAt, "")
		return
	}
	raw.State = "scheduled"
	if start, err := normalize.ParseTime(raw.ScheduledStart, ""); err == nil && !at.Before(start) {
		raw.State = "in progress"
	}
}
