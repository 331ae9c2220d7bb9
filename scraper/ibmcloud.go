package scraper

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
)

func init() { Register("ibmcloud", ibmcloud{}) }

// ibmcloud reads the feed of IBM Cloud's notifications, /status/api/notifications/feed.rss, known from documents:
// https://cloud.ibm.com/docs/get-support names it, and readers of it tell its form.
//
// Every item's text has labelled parts, of which the type is one: incident, maintenance, or announcement, release and
// security, which are news of the product and are left out; they are most of the feed. Regions, resources, start and
// end are others. An item holds the words of now, so that a timeline grows from poll to poll. There is no severity
// and no state but what title and text tell. The depth of history is that of the feed.
type ibmcloud struct{}

const wantIBMCloud = "the feed of IBM Cloud's notifications (items of cloud.ibm.com with Type, Regions and Resources)"

const ibmFeed = "/status/api/notifications/feed.rss"

// Start asks for the feed.
func (ibmcloud) Start(s Source) []Request {
	u, err := url.Parse(s.URL)
	if err != nil || strings.HasSuffix(u.Path, ".rss") {
		return []Request{{URL: s.URL}}
	}
	return []Request{{URL: siteOf(u) + ibmFeed}}
}

// Home returns the status page of the console that an address belongs to.
func (ibmcloud) Home(page *url.URL) string { return siteOf(page) + "/status" }

// Describe says what is read of IBM Cloud.
func (ibmcloud) Describe() Description {
	return Description{
		Name:      "IBM Cloud Status",
		Documents: []string{"api/notifications/feed.rss"},
		History:   "what the feed lists; of an incident the newest words only",
		Fields: []string{
			"state", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected",
		},
		Source: FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (ibmcloud) Marks() []string { return []string{"cloud.ibm.com"} }

// Parse reads the feed. It returns an error that wraps ErrShape for one without items, and for items of another host
// or without a type.
func (ibmcloud) Parse(_ Source, p Page) (Result, error) {
	feed, err := readRSS(p, wantIBMCloud)
	if err != nil {
		return Result{}, err
	}
	if len(feed.Items) == 0 {
		return Result{}, notWanted(p, wantIBMCloud)
	}
	res := Result{Document: "feed", PageName: "IBM Cloud"}
	for _, item := range feed.Items {
		labels := ibmLabels(item.Description)
		link, err := url.Parse(strings.TrimSpace(item.Link))
		if err != nil || !strings.HasSuffix("."+link.Hostname(), ".cloud.ibm.com") || labels["type"] == "" {
			return Result{}, notWanted(p, wantIBMCloud)
		}
		res.PageURL = cmp.Or(res.PageURL, ibmcloud{}.Home(link))
		switch strings.ToLower(labels["type"]) {
		case "announcement", "release", "security":
			continue
		}
		res.Incidents = append(res.Incidents, ibmItem(item, labels))
	}
	return res, nil
}

var ibmLabel = regexp.MustCompile(`\b(ID|Type|Regions|Resources|Outage Start|Outage End|Update Time):`)

// ibmLabels returns the labelled parts of a text by their labels in small letters. A part goes on to the next label,
// or to the end. They stand at the end of the text, so that the last of several of one label counts.
func ibmLabels(description string) map[string]string {
	text := oneLine(visible(blockBreak.ReplaceAllString(description, " ")))
	labels := map[string]string{}
	found := ibmLabel.FindAllStringSubmatchIndex(text, -1)
	for i, at := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		labels[strings.ToLower(text[at[2]:at[3]])] = strings.TrimSpace(text[at[1]:end])
	}
	return labels
}

// ibmItem reads one incident or maintenance. Its link is that of a tab of the page.
func ibmItem(item *gofeed.Item, labels map[string]string) normalize.Raw {
	raw := normalize.Raw{
		Document: "feed",
		ID:       cmp.Or(labels["id"], strings.TrimSpace(item.GUID)),
		Kind:     strings.ToLower(labels["type"]), // of an unknown one, a finding is made, and an incident
		Title:    oneLine(item.Title),
		State:    itemState(item.Title, nil, item.Description),
		Created:  rawTime(item.Published, ""),
		Updated:  rawTime(labels["update time"], ""),
		Excerpt:  true,
	}
	start, end := rawTime(labels["outage start"], ""), rawTime(labels["outage end"], "")
	if raw.Kind == string(normalize.KindMaintenance) {
		raw.ScheduledStart, raw.ScheduledEnd = start, end
	} else {
		raw.Started, raw.Resolved = start, end
		if !end.IsZero() && normalize.Word(raw.State) != "resolved" {
			raw.State = "" // the end says more than how the text sounds
		}
	}
	if raw.Started.IsZero() && raw.ScheduledStart.IsZero() {
		raw.Started = raw.Created
	}
	for _, name := range ibmNames(labels["regions"]) {
		raw.Components = append(raw.Components, normalize.RawComponent{Name: name, Group: "Regions"})
	}
	for _, name := range ibmNames(labels["resources"]) {
		raw.Components = append(raw.Components, normalize.RawComponent{Name: name, Group: "Resources"})
	}
	posted := raw.Updated
	if posted.IsZero() {
		posted = raw.Created
	}
	raw.Updates = []normalize.RawUpdate{{State: raw.State, Posted: posted, Body: item.Description, Format: normalize.FormatHTML}}
	return raw
}

// ibmNames splits a list of names, which are written with commas between them.
func ibmNames(list string) []string {
	var names []string
	for _, name := range strings.Split(list, ",") {
		if name = oneLine(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}
