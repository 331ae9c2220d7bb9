// Package upptime reads what Upptime keeps in its repository on GitHub:
//
//	history/summary.json   every site watched, with its status: known from bytes of 2025 and 2026
//	history/<site>.yml     the last check of one site: known from bytes of 2026
//	the issues             an incident each, closed when the site is up again, and the planned maintenance:
//	                       https://upptime.js.org/docs/ and https://docs.github.com/rest/issues/issues
//
// The issues are the only record of incidents: a poll reads the 100 newest, a backfill all of them. What people
// wrote below an issue is not read, so that a timeline with comments counts as an excerpt.
package upptime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of Upptime's documents, for normalize.Raw.
const (
	summary   = "summary"
	docSite   = "site"
	docIssues = "issues"
)

// perPage is the most that GitHub puts on a page of issues.
const perPage = 100

// Start requests the summary and the issues. The source's address is that of the repository, or of the page
// that GitHub hosts at <owner>.github.io/<repository>; of a page with a domain of its own the repository has to
// be told. The address of one site's file watches that site alone.
func (Platform) Start(s scraper.Source) []scraper.Request {
	repo := repo(s.URL)
	switch {
	case strings.HasSuffix(s.URL, ".yml"), repo == "" && strings.HasSuffix(s.URL, ".json"):
		return []scraper.Request{{URL: s.URL}}
	case repo == "":
		return []scraper.Request{{URL: s.URL + "/history/summary.json"}}
	}
	if s.Mode == scraper.Backfill {
		n := max(1, s.FromPage)
		return []scraper.Request{{URL: issuesURL(repo, n), NextPage: n}}
	}
	// HEAD is the default branch, whatever its name.
	return []scraper.Request{
		{URL: "https://raw.githubusercontent.com/" + repo + "/HEAD/history/summary.json"},
		{URL: issuesURL(repo, 1), Optional: true},
	}
}

func issuesURL(repo string, n int) string {
	u := fmt.Sprintf(
		"https://api.github.com/repos/%s/issues?state=all&sort=created&direction=desc&per_page=%d",
		repo,
		perPage,
	)
	if n > 1 {
		u += "&page=" + strconv.Itoa(n)
	}
	return u
}

// repo returns "owner/repository" of an address on GitHub, "" for another one.
func repo(address string) string {
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
func (Platform) Home(page *url.URL) string {
	if repo := repo(page.String()); repo != "" {
		return "https://github.com/" + repo
	}
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host
}

// Words are Upptime's: a site is up, down or degraded, and an issue of GitHub is open or closed. A site that
// is down is one part of what the page watches, so that it is less than critical.
func (Platform) Words() normalize.Words {
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

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Upptime",
		Documents: []string{"history/summary.json", "history/<site>.yml", "issues of the repository"},
		History:   "all",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected", "components",
		},
		Source:  scraper.FromBoth,
		Address: "https://github.com/<owner>/<repository>",
	}
}

// Detect reports whether the page is a document of Upptime. Issues are only taken for Upptime's where one of
// them is an incident that Upptime opened.
func (Platform) Detect(p page.Page) bool {
	if page.IsHTML(bytes.TrimSpace(p.Body)) {
		return false // cheaper than parsing the page
	}
	res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: p.Body})
	return err == nil && (res.Document != docIssues || len(res.Incidents) > 0)
}

// Parse reads a summary, a site's last check, or a page of issues. It returns an error that wraps ErrShape for
// what is none of them, and for a summary that lists no site.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if len(body) == 0 || body[0] != '[' {
		return readSite(p, body)
	}
	if res, ok := readSummary(body); ok {
		return res, nil
	}
	return readIssues(s, p, body)
}

func unexpected(p page.Page) error {
	return page.Errorf(
		"%s, where Upptime's history/summary.json, a site's history or the issues of its repository are expected",
		page.Describe(p),
	)
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

// readSummary reads the summary; ok is false for any other list. Every site is a component.
func readSummary(body []byte) (res scraper.Result, ok bool) {
	var sites []upSite
	if json.Unmarshal(body, &sites) != nil || len(sites) == 0 {
		return scraper.Result{}, false
	}
	res = scraper.Result{Document: summary, Coverage: scraper.Coverage{Components: true}}
	for _, site := range sites {
		if site.Name == "" || site.Slug == "" || site.Status == "" || site.URL == nil || site.Uptime == nil ||
			site.Down == nil {
			return scraper.Result{}, false
		}
		res.Components = append(
			res.Components,
			normalize.RawComponent{ID: site.Slug, Name: site.Name, Status: site.Status},
		)
	}
	return res, true
}

var linePattern = lazyregexp.New(`^([A-Za-z]+): (.*)$`)

// readSite reads the file of one site: YAML of plain lines "key: value", written by a template.
func readSite(p page.Page, body []byte) (scraper.Result, error) {
	values := map[string]string{}
	for _, line := range strings.Split(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n") {
		m := linePattern.FindStringSubmatch(line)
		if m == nil || values[m[1]] != "" {
			return scraper.Result{}, unexpected(p)
		}
		values[m[1]] = strings.Trim(m[2], `"' `)
	}
	if values["url"] == "" || values["status"] == "" || values["lastUpdated"] == "" ||
		!strings.HasPrefix(values["generator"], "Upptime ") {
		return scraper.Result{}, unexpected(p)
	}
	// The file's name is the site's slug, by which the summary knows it.
	site := normalize.RawComponent{Name: values["url"], Status: values["status"]}
	if u, err := url.Parse(p.URL); err == nil && path.Ext(u.Path) == ".yml" {
		site.ID = strings.TrimSuffix(path.Base(u.Path), ".yml")
	}
	return scraper.Result{Document: docSite, Components: []normalize.RawComponent{site}}, nil
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

var issuePath = lazyregexp.New(`^https://[^/]+/[^/]+/[^/]+/(?:issues|pull)/\d+$`)

// readIssues reads a page of issues: those labelled "status" are incidents, those labelled "maintenance"
// are planned; questions and pull requests are left out. An empty page is one only where it was asked for.
func readIssues(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	var issues []upIssue
	if err := json.Unmarshal(body, &issues); err != nil || issues == nil {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: docIssues}
	for _, issue := range issues {
		if issue.Number <= 0 || issue.CreatedAt == "" || issue.State == "" || !issuePath.MatchString(issue.HTMLURL) ||
			!issue.labelled() {
			return scraper.Result{}, unexpected(p)
		}
		if raw, ok := issue.raw(p.At); ok {
			res.Incidents = append(res.Incidents, raw)
		}
	}
	n, asked := pageNumber(p.URL)
	if len(res.Incidents) == 0 && !asked {
		return scraper.Result{}, unexpected(p)
	}
	full := len(issues) >= perPage
	switch {
	case !asked:
	case s.Mode == scraper.Backfill && full:
		res.Follow = []scraper.Request{{URL: issuesURL(repo(p.URL), n+1), NextPage: n + 1}}
	case s.Mode == scraper.Poll && n == 1:
		res.Coverage.Open = !full
	}
	if asked && n == 1 && full {
		res.Coverage.Since = issues[len(issues)-1].CreatedAt
	}
	return res, nil
}

// labelled reports whether the labels of an issue are known, on which it depends whether the issue is an incident.
// GitHub gives an issue without any an empty list.
func (i upIssue) labelled() bool {
	for _, l := range i.Labels {
		if l.Name == "" {
			return false
		}
	}
	return i.Labels != nil
}

// pageNumber returns the number of the page that an address of GitHub's API asks for; asked is false for
// another address.
func pageNumber(address string) (n int, asked bool) {
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

// title is the title of an incident: an emoji, the site's name and what is wrong with it.
var title = lazyregexp.New(`^(?:[^\pL\pN]+ )?(.+) (is down|has degraded performance)$`)

// raw reads an issue; ok is false for one that is no news of Upptime's.
func (i upIssue) raw(at time.Time) (raw normalize.Raw, ok bool) {
	var labels []string
	for _, l := range i.Labels {
		labels = append(labels, l.Name)
	}
	raw = normalize.Raw{
		Document: docIssues,
		ID:       strconv.Itoa(i.Number),
		URL:      i.HTMLURL,
		Title:    page.OneLine(i.Title),
		State:    i.State,
		Created:  page.Time(i.CreatedAt, ""),
		Updated:  page.Time(i.UpdatedAt, ""),
		Excerpt:  i.Comments > 0,
	}
	first := normalize.RawUpdate{
		State:  "open",
		Posted: raw.Created,
		Body:   strings.TrimSpace(comment.ReplaceAllString(i.Body, "")),
		Format: normalize.FormatMarkdown,
	}
	switch {
	case len(i.PullRequest) > 0 && string(i.PullRequest) != "null":
		return normalize.Raw{}, false
	case slices.Contains(labels, "maintenance"):
		i.plan(&raw, at)
		first.State = "scheduled"
	case slices.Contains(labels, "status"):
		raw.Kind, raw.Started, raw.Resolved = string(normalize.KindIncident), raw.Created, page.Time(i.ClosedAt, "")
		m := title.FindStringSubmatch(raw.Title)
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

// comment is what readers of an issue do not see: the plan of a maintenance.
var comment = lazyregexp.New(`(?s)<!--.*?-->`)

var plan = lazyregexp.New(`(?m)^\s*(start|end|expectedDown|expectedDegraded):\s*(\S.*?)\s*$`)

// plan reads the window and the sites of a maintenance from the comment in the issue's body. The issue says
// "open" before and in the window, so that the clock tells which.
func (i upIssue) plan(raw *normalize.Raw, at time.Time) {
	raw.Kind, raw.Impact = string(normalize.KindMaintenance), "maintenance"
	for _, m := range plan.FindAllStringSubmatch(i.Body, -1) {
		switch m[1] {
		case "start":
			raw.ScheduledStart = page.Time(m[2], "")
		case "end":
			raw.ScheduledEnd = page.Time(m[2], "")
		default:
			for _, slug := range strings.Split(m[2], ",") {
				if slug = strings.TrimSpace(slug); slug != "" {
					raw.Components = append(raw.Components, normalize.RawComponent{ID: slug, Name: slug})
				}
			}
		}
	}
	if i.State != "open" {
		raw.State, raw.Resolved = "completed", page.Time(i.ClosedAt, "")
		return
	}
	raw.State = "scheduled"
	if start, err := times.Parse(raw.ScheduledStart, ""); err == nil && !at.Before(start) {
		raw.State = "in progress"
	}
}
