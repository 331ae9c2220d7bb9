// Package cstate reads the sites that the Hugo theme cState builds:
//
//	index.json           the systems with their statuses and unresolved issues
//	issues/index.json    every issue, without its text: the whole history
//	issues/<name>/index.json   one issue with its text
//	index.xml            every issue with its text, without severity and systems; read in place of the first two
//	                     where they cannot be, since a quotation mark in a title makes them invalid JSON
//
// They are known from the program itself: the templates of cState 5.6, built with Hugo 0.111. Texts are free. By
// custom, they have a paragraph for each post, newest first, which begins with its state in italics and ends with its
// time. A text of another form is one post.
package cstate

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of cState's documents, for normalize.Raw.
const (
	index    = "index"
	issues   = "issues"
	docIssue = "incident"
	feed     = "feed"
)

// mostTexts limits the ended issues whose texts a poll fetches.
const mostTexts = 20

// Start requests the systems and all issues.
func (Platform) Start(s scraper.Source) []scraper.Request {
	feed := []scraper.Request{{URL: s.URL + "/index.xml"}}
	return []scraper.Request{
		{URL: s.URL + "/index.json", Fallback: feed},
		{URL: s.URL + "/issues/index.json", Fallback: feed},
	}
}

var below = lazyregexp.New(`/(?:(?:issues|affected)(?:/.*)?|index\.(?:json|xml|html))?$`)

// Home returns the address without cState's own paths.
func (Platform) Home(page *url.URL) string {
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host + below.ReplaceAllString(page.EscapedPath(), "")
}

// Words are cState's severities, which are the statuses of its systems, too. "notice" says that something is
// announced for a system, not how it is doing.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{"unresolved": normalize.StateInvestigating},
		Severities: map[string]normalize.Severity{
			"disrupted": normalize.SeverityMinor,
			"down":      normalize.SeverityMajor,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"ok": normalize.StatusOperational, "notice": normalize.StatusDegraded,
			"disrupted": normalize.StatusPartial, "down": normalize.StatusMajor,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "cState",
		Documents: []string{"index.json", "issues/index.json", "issues/<name>/index.json", "index.xml"},
		History:   "all",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "updates", "affected", "components",
		},
		Source: scraper.FromDocuments,
	}
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "cState's index.json, a list of issues, an issue or index.xml")
}

// Parse reads one document. It returns an error that wraps ErrShape for what is none of cState's.
func (c Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if page.IsFeed(body) {
		return readFeed(p, body)
	}
	var doc struct {
		Is      string           `json:"is"`
		Version string           `json:"cStateVersion"`
		BaseURL string           `json:"baseURL"`
		Title   string           `json:"title"`
		Status  string           `json:"summaryStatus"`
		Systems []system         `json:"systems"`
		Pages   []article        `json:"pages"`
		Body    *json.RawMessage `json:"body"`
	}
	if !page.IsJSON(body) || json.Unmarshal(body, &doc) != nil {
		return scraper.Result{}, unexpected(p)
	}
	switch {
	case doc.Is == "index" && doc.Version != "" && doc.Status != "" && doc.Systems != nil:
		res := scraper.Result{
			Document:  index,
			PageName:  doc.Title,
			Indicator: doc.Status,
			Coverage:  scraper.Coverage{Components: true},
		}
		if page.IsAddress(doc.BaseURL) {
			res.PageURL = strings.TrimSuffix(doc.BaseURL, "/")
		}
		for _, system := range doc.Systems {
			if system.Name == "" || system.Status == "" || system.Unresolved == nil {
				return scraper.Result{}, page.Errorf(
					"an index.json of cState with a system that lacks its name, its status or its list of " +
						"unresolved issues",
				)
			}
			res.Components = append(
				res.Components,
				normalize.RawComponent{
					ID:     system.Name,
					Name:   system.Name,
					Group:  system.Category,
					Status: system.Status,
				},
			)
			if err := add(&res, s, p, index, system.Unresolved); err != nil {
				return scraper.Result{}, err
			}
		}
		return res, nil
	case doc.Is == "issues" && doc.Pages != nil:
		res := scraper.Result{Document: issues, Coverage: scraper.Coverage{Open: true}}
		if err := add(&res, s, p, issues, doc.Pages); err != nil {
			return scraper.Result{}, err
		}
		if n := len(doc.Pages); n > 0 {
			res.Coverage.Since = goTime(doc.Pages[n-1].CreatedAt)
		}
		return res, nil
	case doc.Is == "issue" && doc.Body != nil:
		var issue article
		if json.Unmarshal(body, &issue) != nil || !issue.valid() {
			return scraper.Result{}, unexpected(p)
		}
		raw := issue.raw(p, docIssue)
		raw.Updates = posts(issue.Body, raw)
		if !*issue.Resolved {
			raw.State = lastState(raw.Updates, "unresolved")
		}
		return scraper.Result{Document: docIssue, Incidents: []normalize.Raw{raw}}, nil
	}
	return scraper.Result{}, unexpected(p)
}

type system struct {
	Name       string    `json:"name"`
	Category   string    `json:"category"`
	Status     string    `json:"status"`
	Unresolved []article `json:"unresolvedIssues"`
}

// article is an issue. Only its own document has the text.
type article struct {
	Is            string   `json:"is"`
	Title         string   `json:"title"`
	CreatedAt     string   `json:"createdAt"`
	LastMod       string   `json:"lastMod"`
	Permalink     string   `json:"permalink"`
	Severity      string   `json:"severity"`
	Resolved      *bool    `json:"resolved"`
	Informational bool     `json:"informational"`
	ResolvedAt    string   `json:"resolvedAt"`
	Affected      []string `json:"affected"`
	Body          string   `json:"body"`
}

func (a article) valid() bool {
	return a.Is == "issue" && a.Title != "" && a.Permalink != "" && a.CreatedAt != "" && a.Resolved != nil &&
		a.Affected != nil
}

// add adds issues without their texts, and the requests for those texts that the database may lack.
func add(r *scraper.Result, s scraper.Source, p page.Page, document string, issues []article) error {
	texts := 0
	for n, issue := range issues {
		if !issue.valid() {
			return page.Errorf(
				"a list of cState whose issue %d lacks what an issue has (title, permalink, createdAt, resolved, "+
					"affected)",
				n+1,
			)
		}
		raw := issue.raw(p, document)
		r.Incidents = append(r.Incidents, raw)
		known, have := s.Known[raw.ID]
		switch {
		case !*issue.Resolved, s.Mode == scraper.Backfill:
		case have && known.Over && known.Updates > 0, texts == mostTexts:
			continue
		default:
			texts++
		}
		// The links lead to the address that the site was built for, which may differ from where it was found.
		if home := page.SiteOf(p.URL); home != "" {
			r.Follow = append(r.Follow, scraper.Request{URL: home + "/" + raw.ID + "/index.json", Optional: true})
		}
	}
	return nil
}

// raw reads an issue. Its key is the path of its page, since the host that the site is built for may change. A
// system's key is its name, which issues refer to. The state of an open issue is in its text.
func (a article) raw(p page.Page, document string) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       key(a.Permalink),
		URL:      page.Resolve(p.URL, a.Permalink),
		Kind:     string(normalize.KindIncident),
		Title:    a.Title,
		Impact:   said(a.Severity),
		Started:  normalize.RawTime{Text: goTime(a.CreatedAt)},
		Updated:  normalize.RawTime{Text: goTime(a.LastMod)},
	}
	if a.Informational {
		raw.Kind = string(normalize.KindNotice)
	}
	if *a.Resolved {
		raw.State, raw.Resolved = "resolved", normalize.RawTime{Text: goTime(said(a.ResolvedAt))}
	}
	for _, name := range a.Affected {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: name, Name: name})
	}
	return raw
}

func key(permalink string) string {
	if u, err := url.Parse(permalink); err == nil {
		return strings.Trim(u.EscapedPath(), "/")
	}
	return permalink
}

// said returns a value that Hugo prints, "" for one that the site's author left out.
func said(value string) string {
	if value = strings.TrimSpace(value); value == "<no value>" || value == "<nil>" {
		return ""
	}
	return value
}

var goTimeZone = lazyregexp.New(`^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d+)? [+-]\d{4}) \S+$`)

// goTime returns a time that Go printed, without the zone's name, which follows the offset.
func goTime(text string) string {
	if m := goTimeZone.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return text
}

// lastState returns the newest state in a timeline, oldest update first; if there is none, the given default.
func lastState(updates []normalize.RawUpdate, none string) string {
	state := none
	for _, u := range updates {
		if u.State != "" && !strings.EqualFold(u.State, "update") {
			state = u.State
		}
	}
	return state
}

var (
	head = lazyregexp.New(
		`(?i)<p>\s*<(em|strong)>\s*([a-z][a-z -]{2,30}?)\s*:?\s*</(?:em|strong)>\s*(?:[-–—:]\s*)?`,
	)
	track = lazyregexp.New(`(?i)<span class="?faded"?>\s*\(([^<>]{4,60})\)\s*</span>`)
)

// Posts with these states need no time of their own, since it is the issue's.
var (
	begins = map[string]bool{"investigating": true, "under investigation": true, "scheduled": true, "planned": true}
	ends   = map[string]bool{"resolved": true, "fixed": true, "completed": true, "closed": true}
)

// posts reads an issue's text.
func posts(text string, issue normalize.Raw) []normalize.RawUpdate {
	var heads [][]int
	for _, m := range head.FindAllStringSubmatchIndex(text, -1) {
		if page.IsStateWord(text[m[4]:m[5]]) {
			heads = append(heads, m)
		}
	}
	near := issue.Started.Text
	if len(heads) == 0 {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		return []normalize.RawUpdate{
			{State: "update", Posted: issue.Started, Body: strings.TrimSpace(text), Format: normalize.FormatHTML},
		}
	}
	var updates []normalize.RawUpdate
	if before := strings.TrimSpace(text[:heads[0][0]]); before != "" {
		updates = append(
			updates,
			normalize.RawUpdate{State: "update", Posted: issue.Started, Body: before, Format: normalize.FormatHTML},
		)
	}
	for n, m := range heads {
		end := len(text)
		if n+1 < len(heads) {
			end = heads[n+1][0]
		}
		u := normalize.RawUpdate{State: text[m[4]:m[5]], Format: normalize.FormatHTML}
		part := text[m[1]:end]
		if at := track.FindStringSubmatch(part); at != nil {
			u.Posted = page.Time(page.Visible(at[1]), near)
			part = strings.Replace(part, at[0], "", 1)
		} else if u.Posted = issue.Resolved; begins[strings.ToLower(u.State)] {
			u.Posted = issue.Started
		} else if !ends[strings.ToLower(u.State)] {
			u.Posted = normalize.RawTime{}
		}
		u.Body = "<p>" + strings.TrimSpace(part)
		updates = append(updates, u)
	}
	page.OldestFirst(updates)
	return updates
}

// readFeed reads index.xml. Hugo escapes texts there, but not in the JSON.
func readFeed(p page.Page, body []byte) (scraper.Result, error) {
	var doc struct {
		XMLName xml.Name `xml:"rss"`
		Channel *struct {
			Title     string `xml:"title"`
			Generator string `xml:"generator"`
			Items     []struct {
				Title       string `xml:"title"`
				Link        string `xml:"link"`
				PubDate     string `xml:"pubDate"`
				Category    string `xml:"category"`
				Description string `xml:"description"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	if xml.Unmarshal(body, &doc) != nil || doc.Channel == nil ||
		strings.TrimSpace(doc.Channel.Generator) != "github.com/cstate" {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{
		Document: feed,
		PageName: page.OneLine(doc.Channel.Title),
		Coverage: scraper.Coverage{Open: true},
	}
	for _, item := range doc.Channel.Items {
		link := strings.TrimSpace(item.Link)
		raw := normalize.Raw{
			Document: feed, ID: key(link), URL: page.Resolve(p.URL, link), Title: page.OneLine(item.Title),
			Started: page.Time(
				strings.TrimSpace(item.PubDate),
				"",
			), Resolved: page.Time(goTime(said(item.Category)), ""),
		}
		raw.Updates = posts(item.Description, raw)
		label := label.FindStringSubmatch(raw.Title)
		switch {
		case label != nil && (!raw.Resolved.IsZero() || page.IsStateWord(label[1])):
			// In other languages, the label is another word.
			raw.State, raw.Title = "resolved", label[2]
		case !raw.Resolved.IsZero():
			raw.State = "resolved"
		case label == nil:
			raw.State = lastState(raw.Updates, "unresolved")
		}
		res.Incidents = append(res.Incidents, raw)
		res.Coverage.Since = raw.Started.Text
	}
	return res, nil
}

var label = lazyregexp.New(`^\[([^\]]{3,30})\] (.+)$`)
