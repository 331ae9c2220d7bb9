package scraper

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"regexp"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("cstate", cstate{}) }

// cstate reads the sites that the Hugo theme cState builds:
//
//	index.json           the systems with their statuses, and what is unresolved of each
//	issues/index.json    every issue, without its text: the whole history
//	issues/<name>/index.json   one issue with its text
//	index.xml            every issue with its text, without severity and systems; read in place of the first two
//	                     where they cannot be, since a quotation mark in a title makes them invalid JSON
//
// They are known from the program itself: the templates of cState 5.6, built with Hugo 0.111. Texts are what people
// write, by custom a paragraph for each post, newest first, that begins with its state in italics and ends with
// its time; a text of another form is one post.
type cstate struct{}

// The kinds of cState's documents, as in normalize.Raw.
const (
	cstateIndex  = "index"
	cstateIssues = "issues"
	cstateIssue  = "incident"
	cstateFeed   = "feed"
)

// cstateTexts is how many ended issues a poll fetches the texts of.
const cstateTexts = 20

// Start asks for the systems and for all issues.
func (cstate) Start(s Source) []Request {
	feed := []Request{{URL: s.URL + "/index.xml"}}
	return []Request{{URL: s.URL + "/index.json", Fallback: feed}, {URL: s.URL + "/issues/index.json", Fallback: feed}}
}

var cstateBelow = regexp.MustCompile(`/(?:(?:issues|affected)(?:/.*)?|index\.(?:json|xml|html))?$`)

// Home returns the address without what cState puts below the site's root.
func (cstate) Home(page *url.URL) string {
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host + cstateBelow.ReplaceAllString(page.EscapedPath(), "")
}

// Words are cState's severities, which are the statuses of its systems too. A notice says nothing of how well a
// system does, but that something is announced for it.
func (cstate) Words() normalize.Words {
	return normalize.Words{
		States:     map[string]normalize.State{"unresolved": normalize.StateInvestigating},
		Severities: map[string]normalize.Severity{"disrupted": normalize.SeverityMinor, "down": normalize.SeverityMajor},
		Statuses: map[string]normalize.ComponentStatus{
			"ok": normalize.StatusOperational, "notice": normalize.StatusDegraded,
			"disrupted": normalize.StatusPartial, "down": normalize.StatusMajor,
		},
	}
}

// Describe says what is read of cState.
func (cstate) Describe() Description {
	return Description{
		Name:      "cState",
		Documents: []string{"index.json", "issues/index.json", "issues/<name>/index.json", "index.xml"},
		History:   "all",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "affected", "components"},
		Source:    FromDocuments,
	}
}

func notCstate(p Page) error {
	return notWanted(p, "cState's index.json, a list of issues, an issue or index.xml")
}

// Parse reads one document. It returns an error that wraps ErrShape for what is none of cState's.
func (c cstate) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	if isFeed(body) {
		return readCstateFeed(p, body)
	}
	var doc struct {
		Is      string           `json:"is"`
		Version string           `json:"cStateVersion"`
		BaseURL string           `json:"baseURL"`
		Title   string           `json:"title"`
		Status  string           `json:"summaryStatus"`
		Systems []cstateSystem   `json:"systems"`
		Pages   []cstateArticle  `json:"pages"`
		Body    *json.RawMessage `json:"body"`
	}
	if !isJSON(body) || json.Unmarshal(body, &doc) != nil {
		return Result{}, notCstate(p)
	}
	switch {
	case doc.Is == "index" && doc.Version != "" && doc.Status != "" && doc.Systems != nil:
		res := Result{Document: cstateIndex, PageName: doc.Title, Indicator: doc.Status, Coverage: Coverage{Components: true}}
		if isAddress(doc.BaseURL) {
			res.PageURL = strings.TrimSuffix(doc.BaseURL, "/")
		}
		for _, system := range doc.Systems {
			if system.Name == "" || system.Status == "" || system.Unresolved == nil {
				return Result{}, shapeErrorf("an index.json of cState with a system that lacks its name, its status or its list of unresolved issues")
			}
			res.Components = append(res.Components, normalize.RawComponent{ID: system.Name, Name: system.Name, Group: system.Category, Status: system.Status})
			if err := addCstate(&res, s, p, cstateIndex, system.Unresolved); err != nil {
				return Result{}, err
			}
		}
		return res, nil
	case doc.Is == "issues" && doc.Pages != nil:
		res := Result{Document: cstateIssues, Coverage: Coverage{Open: true}}
		if err := addCstate(&res, s, p, cstateIssues, doc.Pages); err != nil {
			return Result{}, err
		}
		if n := len(doc.Pages); n > 0 {
			res.Coverage.Since = goTime(doc.Pages[n-1].CreatedAt)
		}
		return res, nil
	case doc.Is == "issue" && doc.Body != nil:
		var issue cstateArticle
		if json.Unmarshal(body, &issue) != nil || !issue.valid() {
			return Result{}, notCstate(p)
		}
		raw := issue.raw(p, cstateIssue)
		raw.Updates = cstatePosts(issue.Body, raw)
		if !*issue.Resolved {
			raw.State = lastState(raw.Updates, "unresolved")
		}
		return Result{Document: cstateIssue, Incidents: []normalize.Raw{raw}}, nil
	}
	return Result{}, notCstate(p)
}

type cstateSystem struct {
	Name       string          `json:"name"`
	Category   string          `json:"category"`
	Status     string          `json:"status"`
	Unresolved []cstateArticle `json:"unresolvedIssues"`
}

// cstateArticle is an issue; the text is in its own document only.
type cstateArticle struct {
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

func (a cstateArticle) valid() bool {
	return a.Is == "issue" && a.Title != "" && a.Permalink != "" && a.CreatedAt != "" && a.Resolved != nil && a.Affected != nil
}

// addCstate adds issues without their texts, and the requests for those texts that the record may lack.
func addCstate(r *Result, s Source, p Page, document string, issues []cstateArticle) error {
	texts := 0
	for n, issue := range issues {
		if !issue.valid() {
			return shapeErrorf("a list of cState whose issue %d lacks what an issue has (title, permalink, createdAt, resolved, affected)", n+1)
		}
		raw := issue.raw(p, document)
		r.Incidents = append(r.Incidents, raw)
		known, have := s.Known[raw.ID]
		switch {
		case !*issue.Resolved, s.Mode == Backfill:
		case have && known.Over && known.Updates > 0, texts == cstateTexts:
			continue
		default:
			texts++
		}
		// The links lead where the site was built for, which need not be where it was found.
		if home := homeOfStatuspage(p.URL); home != "" {
			r.Follow = append(r.Follow, Request{URL: home + "/" + raw.ID + "/index.json", Optional: true})
		}
	}
	return nil
}

// raw reads an issue. Its key is the path of its page, since the site may be built for another host tomorrow; a
// system's is its name, by which issues refer to it. The state of an issue that is open is left to its text.
func (a cstateArticle) raw(p Page, document string) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       cstateKey(a.Permalink),
		URL:      resolveURL(p.URL, a.Permalink),
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

func cstateKey(permalink string) string {
	if u, err := url.Parse(permalink); err == nil {
		return strings.Trim(u.EscapedPath(), "/")
	}
	return permalink
}

// said returns a value that Hugo prints, "" for one that the site's author has left out.
func said(value string) string {
	if value = strings.TrimSpace(value); value == "<no value>" || value == "<nil>" {
		return ""
	}
	return value
}

var goTimeZone = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d+)? [+-]\d{4}) \S+$`)

// goTime returns a time as Go prints it without the zone's name, which stands there beside its offset.
func goTime(text string) string {
	if m := goTimeZone.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return text
}

// lastState returns the newest state that a timeline, oldest first, tells; otherwise what stands for none.
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
	cstateHead  = regexp.MustCompile(`(?i)<p>\s*<(em|strong)>\s*([a-z][a-z -]{2,30}?)\s*:?\s*</(?:em|strong)>\s*(?:[-–—:]\s*)?`)
	cstateTrack = regexp.MustCompile(`(?i)<span class="?faded"?>\s*\(([^<>]{4,60})\)\s*</span>`)
)

// The states of posts that need no time of their own: it is the issue's.
var (
	cstateBegins = map[string]bool{"investigating": true, "under investigation": true, "scheduled": true, "planned": true}
	cstateEnds   = map[string]bool{"resolved": true, "fixed": true, "completed": true, "closed": true}
)

// cstatePosts reads an issue's text.
func cstatePosts(text string, issue normalize.Raw) []normalize.RawUpdate {
	var heads [][]int
	for _, m := range cstateHead.FindAllStringSubmatchIndex(text, -1) {
		if wholeState.MatchString(text[m[4]:m[5]]) {
			heads = append(heads, m)
		}
	}
	near := issue.Started.Text
	if len(heads) == 0 {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		return []normalize.RawUpdate{{State: "update", Posted: issue.Started, Body: strings.TrimSpace(text), Format: normalize.FormatHTML}}
	}
	var updates []normalize.RawUpdate
	if before := strings.TrimSpace(text[:heads[0][0]]); before != "" {
		updates = append(updates, normalize.RawUpdate{State: "update", Posted: issue.Started, Body: before, Format: normalize.FormatHTML})
	}
	for n, m := range heads {
		end := len(text)
		if n+1 < len(heads) {
			end = heads[n+1][0]
		}
		u := normalize.RawUpdate{State: text[m[4]:m[5]], Format: normalize.FormatHTML}
		part := text[m[1]:end]
		if at := cstateTrack.FindStringSubmatch(part); at != nil {
			u.Posted = rawTime(visible(at[1]), near)
			part = strings.Replace(part, at[0], "", 1)
		} else if u.Posted = issue.Resolved; cstateBegins[strings.ToLower(u.State)] {
			u.Posted = issue.Started
		} else if !cstateEnds[strings.ToLower(u.State)] {
			u.Posted = normalize.RawTime{}
		}
		u.Body = "<p>" + strings.TrimSpace(part)
		updates = append(updates, u)
	}
	oldestFirst(updates)
	return updates
}

// readCstateFeed reads index.xml. Hugo escapes what stands in it, as it does not in the JSON.
func readCstateFeed(p Page, body []byte) (Result, error) {
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
	if xml.Unmarshal(body, &doc) != nil || doc.Channel == nil || strings.TrimSpace(doc.Channel.Generator) != "github.com/cstate" {
		return Result{}, notCstate(p)
	}
	res := Result{Document: cstateFeed, PageName: oneLine(doc.Channel.Title), Coverage: Coverage{Open: true}}
	for _, item := range doc.Channel.Items {
		link := strings.TrimSpace(item.Link)
		raw := normalize.Raw{
			Document: cstateFeed, ID: cstateKey(link), URL: resolveURL(p.URL, link), Title: oneLine(item.Title),
			Started: rawTime(strings.TrimSpace(item.PubDate), ""), Resolved: rawTime(goTime(said(item.Category)), ""),
		}
		raw.Updates = cstatePosts(item.Description, raw)
		label := cstateLabel.FindStringSubmatch(raw.Title)
		switch {
		case label != nil && (!raw.Resolved.IsZero() || wholeState.MatchString(label[1])):
			// In other languages the label is another word for the same.
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

var cstateLabel = regexp.MustCompile(`^\[([^\]]{3,30})\] (.+)$`)
