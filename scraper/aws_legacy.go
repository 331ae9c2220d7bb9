package scraper

import (
	"cmp"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
)

// readAWSData reads data.json: events whose updates are one text of HTML.
func readAWSData(p Page, res Result, archive, current []awsEvent) (Result, error) {
	if len(archive) == 0 {
		return Result{}, shapeErrorf("AWS's data.json with an empty archive, where it always shows past events")
	}
	res.Document, res.Coverage.Open = awsDocData, true
	for n, e := range slices.Concat(current, archive) {
		if e.Description == nil || e.Date == "" || e.Service == "" {
			return Result{}, notWanted(p, wantAWS)
		}
		state := string(e.Status)
		if n >= len(current) {
			state = "archive"
		}
		res.Incidents = append(res.Incidents, e.legacy(state))
	}
	return res, nil
}

var awsLabel = regexp.MustCompile(`^\[([^\]]{1,20})\]\s*(\S.*)$`)

// awsTitle takes the label off that says that an event is over, "[RESOLVED]" in the reader's language: the
// event keeps its name.
func awsTitle(summary string) (title, label string) {
	if m := awsLabel.FindStringSubmatch(oneLine(summary)); m != nil {
		if word := normalize.Word(m[1]); word == "resolved" || (aws{}).Words().States[word].Over() {
			return m[2], m[1]
		}
	}
	return oneLine(summary), ""
}

// legacy reads an event of data.json. state is its status, or the name of the list of past events.
func (e awsEvent) legacy(state string) normalize.Raw {
	title, label := awsTitle(e.Summary)
	raw := normalize.Raw{
		Document:   awsDocData,
		ID:         e.Service + "_" + string(e.Date),
		Kind:       string(normalize.KindIncident),
		Title:      title,
		State:      cmp.Or(label, state),
		Impact:     string(e.Status),
		Message:    e.Details,
		Started:    normalize.RawTime{Text: string(e.Date)},
		Components: []normalize.RawComponent{awsComponent(e.Service, e.ServiceName, "")},
		Updates:    awsUpdates(*e.Description, string(e.Date)),
	}
	if n := len(raw.Updates); n > 0 && before(raw.Updates[0].ID, raw.Started.Text) {
		raw.Started = normalize.RawTime{} // some dates are those of a late change; the first update is older
	}
	if n := len(raw.Updates); n > 0 && (label != "" || state == "archive") {
		raw.Updates[n-1].State = raw.State
	}
	return raw
}

var (
	awsStamp = regexp.MustCompile(`(?is)<span class="yellowfg">\s*([^<]*?)\s*</span>(?:\s|&nbsp;|\x{00a0})*`)
	awsClock = regexp.MustCompile(`(?i)^(?:[a-z]{3} \d{1,2},\s*)?\d{1,2}:\d{2} [AP]M (P[DS]T)$`)
	awsDated = regexp.MustCompile(`^[A-Za-z]{3} `)
	awsOpen  = regexp.MustCompile(`(?is)^\s*<div>|(?:\s|<br ?/?>|</?div>)+$`)
)

// awsUpdates reads "<div><span class="yellowfg"> 6:06 PM PDT</span>&nbsp;…</div>", oldest first. A time
// without a date lies on the day of the one before it, or on the next if the hands went back; the first
// lies on the event's.
func awsUpdates(description, start string) []normalize.RawUpdate {
	description = strings.TrimSpace(description)
	heads := awsStamp.FindAllStringSubmatchIndex(description, -1)
	if len(heads) == 0 {
		if description == "" {
			return nil
		}
		return []normalize.RawUpdate{{ID: start, Posted: normalize.RawTime{Text: start}, Body: description, Format: normalize.FormatHTML}}
	}
	near, err := normalize.ParseTime(normalize.RawTime{Text: start}, "")
	var updates []normalize.RawUpdate
	if before := awsOpen.ReplaceAllString(description[:heads[0][0]], ""); before != "" {
		updates = append(updates, normalize.RawUpdate{ID: start, Posted: normalize.RawTime{Text: start}, Body: before, Format: normalize.FormatHTML})
	}
	used := map[string]int{start: len(updates)}
	for i, m := range heads {
		end := len(description)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		u := normalize.RawUpdate{
			Posted: normalize.RawTime{Text: oneLine(html.UnescapeString(description[m[2]:m[3]]))},
			Body:   awsOpen.ReplaceAllString(description[m[1]:end], ""),
			Format: normalize.FormatHTML,
		}
		if clock := awsClock.FindStringSubmatch(u.Posted.Text); clock != nil && err == nil {
			var at time.Time
			u.Posted, at = awsNear(u.Posted.Text, clock[1], near, i == 0)
			if i == 0 && near.Sub(at) >= 0 && near.Sub(at) < time.Minute {
				u.Posted, at = normalize.RawTime{Text: start}, near // the same time to the second
			}
			if !at.IsZero() {
				near, u.ID = at, ordinal(strconv.FormatInt(at.Unix(), 10), used)
			}
		}
		updates = append(updates, u)
	}
	return updates
}

// awsNear gives a printed time the day it lies on, with Pacific time's offset, and returns what that comes
// to; the zero time if it cannot be read. last is the time of the update before, of the first that of the
// event: close to it, on either side.
func awsNear(text, zone string, last time.Time, first bool) (normalize.RawTime, time.Time) {
	offset := -8 * time.Hour
	if strings.EqualFold(zone, "PDT") {
		offset = -7 * time.Hour
	}
	day := last.In(time.FixedZone(strings.ToUpper(zone), int(offset.Seconds())))
	t := normalize.RawTime{Text: text, Near: day.Format(time.RFC3339)}
	at, err := normalize.ParseTime(t, "")
	if err != nil {
		return t, time.Time{}
	}
	shift := 0
	switch {
	case awsDated.MatchString(text):
	case first && at.Sub(last) > 12*time.Hour:
		shift = -1
	case first && last.Sub(at) > 12*time.Hour, !first && last.Sub(at) > 6*time.Hour:
		shift = 1
	}
	if shift != 0 {
		t.Near = day.AddDate(0, 0, shift).Format(time.RFC3339)
		if at, err = normalize.ParseTime(t, ""); err != nil {
			return t, time.Time{}
		}
	}
	return t, at
}

// awsItem is an item of a feed: one update of an event.
type awsItem struct {
	service, level, title string
	over                  bool
	epoch                 int64
	update                normalize.RawUpdate
}

var (
	awsGUID  = regexp.MustCompile(`#(\S+)_(\d{9,11})$`)
	awsLevel = regexp.MustCompile(`^([^:]{4,40}):\s*(\S.*)$`)
)

// readAWSFeed reads an RSS feed. Its items are updates, named by service and time: those of one
// service are one event, until one of them says that all is well.
func readAWSFeed(s Source, p Page) (Result, error) {
	feed, err := readRSS(p, wantAWS)
	if err != nil {
		return Result{}, err
	}
	if !isAWSFeed(feed) {
		return Result{}, notWanted(p, wantAWS)
	}
	res := Result{Document: awsDocRSS, PageName: "AWS", PageURL: strings.TrimSuffix(strings.TrimSpace(feed.Link), "/")}
	var items []awsItem
	for _, item := range feed.Items {
		it, ok := readAWSItem(item)
		if !ok {
			return Result{}, shapeErrorf("a feed of AWS with the item id %q, where a service and a time are expected", clip(item.GUID, 120))
		}
		items = append(items, it)
	}
	slices.SortStableFunc(items, func(a, b awsItem) int { return int(min(1, max(-1, a.epoch-b.epoch))) })
	open := map[string]int{}
	used := map[string]int{}
	for _, it := range items {
		n, ok := open[it.service]
		if !ok {
			n = len(res.Incidents)
			open[it.service] = n
			id, first := knownAWSEvent(s, it.service, it.epoch, items[0].epoch)
			raw := normalize.Raw{Document: awsDocRSS, ID: ordinal(id, used), Kind: string(normalize.KindIncident), Excerpt: !first}
			raw.Components = []normalize.RawComponent{awsComponent(it.service, "", "")}
			res.Incidents = append(res.Incidents, raw)
		}
		raw := &res.Incidents[n]
		raw.Title, raw.State = it.title, it.update.State
		if it.level != "" && !it.over || raw.Impact == "" {
			raw.Impact = it.level
		}
		it.update.ID = fmt.Sprintf("%d", it.epoch)
		if slices.ContainsFunc(raw.Updates, func(u normalize.RawUpdate) bool { return u.ID == it.update.ID }) {
			it.update.ID = fmt.Sprintf("%d#%d", it.epoch, len(raw.Updates))
		}
		raw.Updates = append(raw.Updates, it.update)
		if it.over {
			delete(open, it.service)
		}
	}
	if len(items) > 0 {
		res.Coverage.Since = items[0].update.Posted.Text
	}
	return res, nil
}

// isAWSFeed tells AWS's feeds by the generator, or by title and link where a copy lacks it.
func isAWSFeed(feed *gofeed.Feed) bool {
	u, err := url.Parse(strings.TrimSpace(feed.Link))
	return err == nil && (u.Hostname() == "status.aws.amazon.com" || u.Hostname() == "health.aws.amazon.com") &&
		(strings.HasPrefix(feed.Generator, "AWS Service Health Dashboard") || strings.HasSuffix(oneLine(feed.Title), "Service Status"))
}

// readAWSItem reads one item. ok is false if its guid does not name a service and a time.
func readAWSItem(item *gofeed.Item) (it awsItem, ok bool) {
	m := awsGUID.FindStringSubmatch(strings.TrimSpace(item.GUID))
	if m == nil {
		return awsItem{}, false
	}
	it.service = m[1]
	it.epoch, _ = strconv.ParseInt(m[2], 10, 64)
	var label string
	it.title, label = awsTitle(item.Title)
	if m := awsLevel.FindStringSubmatch(it.title); m != nil {
		word := normalize.Word(m[1])
		if _, level := awsLevels[word]; level || word == "service_is_operating_normally" {
			it.level, it.title = m[1], m[2]
			if title, inner := awsTitle(m[2]); inner != "" {
				it.title, label = title, inner
			}
		}
	}
	it.over = label != "" || normalize.Word(it.level) == "service_is_operating_normally"
	it.update = normalize.RawUpdate{
		State: cmp.Or(label, it.level), Posted: normalize.RawTime{Text: strings.TrimSpace(item.Published)},
		Body: item.Description, Format: formatOf(item.Description),
	}
	if it.update.Posted.IsZero() {
		it.update.Posted.Text = m[2]
	}
	return it, true
}

// knownAWSEvent returns the id of the event that begins with an item: service and time of its first update.
// Where older items have dropped out of the feed, that is the open event of the service on record;
// first is then false.
func knownAWSEvent(s Source, service string, epoch, oldest int64) (id string, first bool) {
	best := epoch
	for key, known := range s.Known {
		number, ok := strings.CutPrefix(key, service+"_")
		if at, err := strconv.ParseInt(number, 10, 64); ok && err == nil && !known.Over && at < oldest && (best == epoch || at > best) {
			best = at
		}
	}
	return service + "_" + strconv.FormatInt(best, 10), best == epoch
}
