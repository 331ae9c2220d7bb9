package aws

import (
	"cmp"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// readData reads data.json: events whose updates are one text of HTML.
func readData(p page.Page, res scraper.Result, archive, current []event) (scraper.Result, error) {
	if len(archive) == 0 {
		return scraper.Result{}, page.Errorf(
			"AWS's data.json with an empty archive, where it always shows past events",
		)
	}
	res.Document, res.Coverage.Open = docData, true
	at := map[string]int{}
	for n, e := range slices.Concat(current, archive) {
		if e.Description == nil || e.Date == "" || e.Service == "" {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		state := string(e.Status)
		if n >= len(current) {
			state = "archive"
		}
		raw := e.legacy(state)
		known, twice := at[raw.ID]
		if twice && sameBeginning(raw, res.Incidents[known]) {
			// AWS lists some events twice, under two dates.
			if len(raw.Updates) > len(res.Incidents[known].Updates) {
				res.Incidents[known] = raw
			}
			continue
		}
		if twice {
			raw.ID += "#" + string(e.Date)
		}
		at[raw.ID] = len(res.Incidents)
		res.Incidents = append(res.Incidents, raw)
	}
	return res, nil
}

// sameBeginning reports whether two events of one service and one minute are one: they begin with the same words.
func sameBeginning(a, b normalize.Raw) bool {
	return len(a.Updates) == 0 && len(b.Updates) == 0 ||
		len(a.Updates) > 0 && len(b.Updates) > 0 && a.Updates[0].Body == b.Updates[0].Body
}

var labelPattern = lazyregexp.New(`^\[([^\]]{1,20})\]\s*(\S.*)$`)

// title removes the label of an event that is over, "[RESOLVED]" in the reader's language, so that the event keeps
// its title.
func title(summary string) (title, label string) {
	if m := labelPattern.FindStringSubmatch(page.OneLine(summary)); m != nil {
		if word := normalize.Word(m[1]); word == "resolved" || (Platform{}).Words().States[word].Over() {
			return m[2], m[1]
		}
	}
	return page.OneLine(summary), ""
}

// legacy reads an event of data.json. state is its status, or the name of the list of past events.
func (e event) legacy(state string) normalize.Raw {
	title, label := title(e.Summary)
	raw := normalize.Raw{
		Document:   docData,
		Kind:       string(normalize.KindIncident),
		Title:      title,
		State:      cmp.Or(label, state),
		Impact:     string(e.Status),
		Message:    e.Details,
		Started:    normalize.RawTime{Text: string(e.Date)},
		Components: []normalize.RawComponent{component(e.Service, e.ServiceName, "")},
		Updates:    updates(*e.Description, string(e.Date)),
	}
	raw.ID = e.Service + "_" + minuteOf(string(e.Date))
	if len(raw.Updates) > 0 {
		// The date moves by seconds, or to that of a late change; what the first update prints does not.
		id, _, _ := strings.Cut(raw.Updates[0].ID, "#")
		raw.ID = e.Service + "_" + cmp.Or(id, minuteOf(string(e.Date)))
	}
	if n := len(raw.Updates); n > 0 && page.Before(raw.Updates[0].ID, minuteOf(raw.Started.Text)) {
		raw.Started = normalize.RawTime{} // some dates are those of a late change; the first update is older
	}
	if n := len(raw.Updates); n > 0 && (label != "" || state == "archive") {
		raw.Updates[n-1].State = raw.State
	}
	return raw
}

var (
	stamp = lazyregexp.New(`(?is)<span class="yellowfg">\s*([^<]*?)\s*</span>(?:\s|&nbsp;|\x{00a0})*`)
	clock = lazyregexp.New(`(?i)^(?:[a-z]{3} \d{1,2},\s*)?\d{1,2}:\d{2} [AP]M (P[DS]T)$`)
	dated = lazyregexp.New(`^[A-Za-z]{3} `)
	open  = lazyregexp.New(`(?is)^\s*<div>|(?:\s|<br ?/?>|</?div>)+$`)
)

// updates reads "<div><span class="yellowfg"> 6:06 PM PDT</span>&nbsp;…</div>", oldest first. A time without a date
// is on the day of the time before it, or on the next day if it is earlier in the day. The first is on the event's
// day.
func updates(description, start string) []normalize.RawUpdate {
	description = strings.TrimSpace(description)
	heads := stamp.FindAllStringSubmatchIndex(description, -1)
	if len(heads) == 0 {
		if description == "" {
			return nil
		}
		return []normalize.RawUpdate{
			{
				ID: minuteOf(start), Posted: normalize.RawTime{Text: start}, Body: description,
				Format: normalize.FormatHTML,
			},
		}
	}
	near, err := times.Parse(normalize.RawTime{Text: start}, "")
	var updates []normalize.RawUpdate
	if before := open.ReplaceAllString(description[:heads[0][0]], ""); before != "" {
		updates = append(
			updates,
			normalize.RawUpdate{
				ID:     minuteOf(start),
				Posted: normalize.RawTime{Text: start},
				Body:   before,
				Format: normalize.FormatHTML,
			},
		)
	}
	used := map[string]int{minuteOf(start): len(updates)}
	for i, m := range heads {
		end := len(description)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		u := normalize.RawUpdate{
			Posted: normalize.RawTime{Text: page.OneLine(html.UnescapeString(description[m[2]:m[3]]))},
			Body:   open.ReplaceAllString(description[m[1]:end], ""),
			Format: normalize.FormatHTML,
		}
		if clock := clock.FindStringSubmatch(u.Posted.Text); clock != nil && err == nil {
			var at time.Time
			u.Posted, at = nearTime(u.Posted.Text, clock[1], near, i == 0)
			if i == 0 && near.Sub(at) >= 0 && near.Sub(at) < time.Minute {
				u.Posted, at = normalize.RawTime{Text: start}, near // the same time to the second
			}
			if !at.IsZero() {
				near, u.ID = at, ordinal(minuteOf(strconv.FormatInt(at.Unix(), 10)), used)
			}
		}
		updates = append(updates, u)
	}
	return updates
}

// nearTime completes a printed time with its day and the offset of Pacific time, and also returns the instant; the
// zero time if the text cannot be read. last is the time of the update before it; for the first update it is the
// event's time, which may be a little earlier or later.
func nearTime(text, zone string, last time.Time, first bool) (normalize.RawTime, time.Time) {
	offset := -8 * time.Hour
	if strings.EqualFold(zone, "PDT") {
		offset = -7 * time.Hour
	}
	day := last.In(time.FixedZone(strings.ToUpper(zone), int(offset.Seconds())))
	t := normalize.RawTime{Text: text, Near: day.Format(time.RFC3339)}
	at, err := times.Parse(t, "")
	if err != nil {
		return t, time.Time{}
	}
	shift := 0
	switch {
	case dated.MatchString(text):
	case first && at.Sub(last) > 12*time.Hour:
		shift = -1
	case first && last.Sub(at) > 12*time.Hour, !first && last.Sub(at) > 6*time.Hour:
		shift = 1
	}
	if shift != 0 {
		t.Near = day.AddDate(0, 0, shift).Format(time.RFC3339)
		if at, err = times.Parse(t, ""); err != nil {
			return t, time.Time{}
		}
	}
	return t, at
}

// feedEntry is an item of a feed: one update of an event.
type feedEntry struct {
	service, level, title string
	over                  bool
	epoch                 int64
	update                normalize.RawUpdate
}

var (
	guid  = lazyregexp.New(`#(\S+)_(\d{9,11})$`)
	level = lazyregexp.New(`^([^:]{4,40}):\s*(\S.*)$`)
)

// readFeed reads an RSS feed. Its items are updates, named by service and time. Those of one service belong to one
// event, until one of them says that the service operates normally.
func readFeed(s scraper.Source, p page.Page) (scraper.Result, error) {
	feed, err := page.ReadRSS(p, want)
	if err != nil {
		return scraper.Result{}, err
	}
	if !isFeed(feed) {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document: docRSS,
		PageName: "AWS",
		PageURL:  strings.TrimSuffix(strings.TrimSpace(feed.Link), "/"),
	}
	var items []feedEntry
	for _, item := range feed.Items {
		it, ok := readItem(item)
		if !ok {
			return scraper.Result{}, page.Errorf(
				"a feed of AWS with the item id %q, where a service and a time are expected",
				page.Clip(item.GUID, 120),
			)
		}
		if !slices.Contains(items, it) {
			items = append(items, it)
		}
	}
	slices.SortStableFunc(items, func(a, b feedEntry) int { return int(min(1, max(-1, a.epoch-b.epoch))) })
	open := map[string]int{}
	used := map[string]int{}
	for _, it := range items {
		n, ok := open[it.service]
		if !ok {
			n = len(res.Incidents)
			open[it.service] = n
			id, first := knownEvent(s, it.service, it.epoch, items[0].epoch)
			raw := normalize.Raw{
				Document: docRSS,
				ID:       ordinal(id, used),
				Kind:     string(normalize.KindIncident),
				Excerpt:  !first,
			}
			raw.Components = []normalize.RawComponent{component(it.service, "", "")}
			res.Incidents = append(res.Incidents, raw)
		}
		raw := &res.Incidents[n]
		raw.Title, raw.State = it.title, it.update.State
		if it.level != "" && !it.over || raw.Impact == "" {
			raw.Impact = it.level
		}
		it.update.ID = strconv.FormatInt(it.epoch, 10)
		if slices.ContainsFunc(raw.Updates, func(u normalize.RawUpdate) bool { return u.ID == it.update.ID }) {
			it.update.ID += "#" + strconv.Itoa(len(raw.Updates))
			res.Findings = append(res.Findings, page.OtherTitle(raw.ID, it.title))
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

// isFeed recognises AWS's feeds by the generator, or by title and link if a copy lacks it.
func isFeed(feed *gofeed.Feed) bool {
	u, err := url.Parse(strings.TrimSpace(feed.Link))
	return err == nil && (u.Hostname() == "status.aws.amazon.com" || u.Hostname() == "health.aws.amazon.com") &&
		(strings.HasPrefix(feed.Generator, "AWS Service Health Dashboard") ||
			strings.HasSuffix(page.OneLine(feed.Title), "Service Status"))
}

// readItem reads one item. ok is false if its guid does not name a service and a time.
func readItem(item *gofeed.Item) (it feedEntry, ok bool) {
	m := guid.FindStringSubmatch(strings.TrimSpace(item.GUID))
	if m == nil {
		return feedEntry{}, false
	}
	it.service = m[1]
	it.epoch, _ = strconv.ParseInt(m[2], 10, 64)
	var label string
	it.title, label = title(item.Title)
	if m := level.FindStringSubmatch(it.title); m != nil {
		word := normalize.Word(m[1])
		if _, level := levels[word]; level || word == "service_is_operating_normally" {
			it.level, it.title = m[1], m[2]
			if title, inner := title(m[2]); inner != "" {
				it.title, label = title, inner
			}
		}
	}
	it.over = label != "" || normalize.Word(it.level) == "service_is_operating_normally"
	it.update = normalize.RawUpdate{
		State: cmp.Or(label, it.level), Posted: normalize.RawTime{Text: strings.TrimSpace(item.Published)},
		Body: item.Description, Format: page.FormatOf(item.Description),
	}
	if it.update.Posted.IsZero() {
		it.update.Posted.Text = m[2]
	}
	return it, true
}

// knownEvent returns the id of the event that begins with an item: service and time of its first update. If older
// items have dropped out of the feed, it is the service's open event in the database, and first is false.
func knownEvent(s scraper.Source, service string, epoch, oldest int64) (id string, first bool) {
	best := epoch
	for key, known := range s.Known {
		number, ok := strings.CutPrefix(key, service+"_")
		if at, err := strconv.ParseInt(number, 10, 64); ok && err == nil && !known.Over && at < oldest &&
			(best == epoch || at > best) {
			best = at
		}
	}
	return service + "_" + strconv.FormatInt(best, 10), best == epoch
}

// minuteOf returns the minute of a time in epoch seconds, by which events and their updates are known: AWS changes the
// seconds afterwards. A text that is no such time stays as it is.
func minuteOf(epoch string) string {
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return epoch
	}
	return strconv.FormatInt(seconds-seconds%60, 10)
}
