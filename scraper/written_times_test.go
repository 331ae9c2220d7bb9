package scraper_test

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/racetest"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// How the documents of a platform write a time that its reader gives.
const (
	whole   = "whole"    // as the reader gives it
	inParts = "in parts" // date and time of day apart, or with other words between
	seconds = "seconds since 1970"
	millis  = "milliseconds since 1970"
	length  = "a start and a length"
)

// timesOf is how the documents of each platform write their times.
var timesOf = map[string][]string{
	"adobe":   {whole},
	"algolia": {}, "apple": {whole, inParts, millis}, "aws": {whole, inParts}, "azure": {whole}, "azuredevops": {},
	"betterstack": {whole},
	"cachet":      {whole}, "checkly": {whole}, "cstate": {whole}, "custom": {whole}, "feed": {whole, inParts},
	"flashduty": {whole}, "gatus": {whole}, "googlecloud": {whole}, "heroku": {whole}, "hund": {whole},
	"ibmcloud": {whole}, "incidentio": {whole}, "instatus": {whole, length}, "kener": {whole},
	"openstatus":  {whole},
	"oraclecloud": {whole, inParts},
	"pagerduty":   {whole}, "pingoru": {whole}, "rootly": {whole}, "salesforce": {whole}, "slack": {whole},
	"sorry": {whole}, "statuscast": {inParts}, "statusio": {whole}, "statusiq": {whole},
	"statuspage": {whole, inParts, millis, seconds}, "statuspal": {whole}, "upptime": {whole}, "uptimecom": {whole},
	"uptimekuma": {whole}, "uptimerobot": {whole}, "vultr": {whole}, "yandexcloud": {whole}, "zendesk": {whole},
}

var timeToken = regexp.MustCompile(`\d+|\pL{3,}`)

// writtenAs says how a text of a time is written in documents; "" if it is not.
func writtenAs(text string, documents string) string {
	if strings.Contains(documents, text) {
		return whole
	}
	if t, err := times.Parse(normalize.RawTime{Text: text}, ""); err == nil {
		for form, n := range map[string]int64{seconds: t.Unix(), millis: t.UnixMilli()} {
			if n > 1e9 && regexp.MustCompile(fmt.Sprintf(`\b%d(\D|$)`, n)).MatchString(documents) {
				return form
			}
		}
	}
	for _, token := range timeToken.FindAllString(text, -1) {
		if !strings.Contains(documents, strings.TrimLeft(token, "0")) {
			return ""
		}
	}
	return inParts
}

// lengthOf reports whether the documents have the minutes from another time of an incident to this one.
func lengthOf(at normalize.RawTime, raw normalize.Raw, documents string) bool {
	end, err := times.Parse(at, raw.Zone)
	return err == nil && slices.ContainsFunc(rawTimesOf(raw), func(o normalize.RawTime) bool {
		start, err := times.Parse(o, raw.Zone)
		minutes := int(end.Sub(start).Minutes())
		return err == nil && minutes > 0 &&
			regexp.MustCompile(fmt.Sprintf(`\b%d\b`, minutes)).MatchString(documents)
	})
}

// rawTimesOf returns all times of a raw incident.
func rawTimesOf(raw normalize.Raw) []normalize.RawTime {
	all := []normalize.RawTime{raw.Started, raw.Resolved, raw.ScheduledStart, raw.ScheduledEnd, raw.Period, raw.Created,
		raw.Updated, raw.Detected}
	for _, u := range raw.Updates {
		all = append(all, u.Posted, u.Created)
	}
	for _, c := range raw.Components {
		all = append(all, c.Started, c.Resolved)
	}
	return slices.DeleteFunc(all, normalize.RawTime.IsZero)
}

// recordTimes returns the times of a record by what they are, without those that we saw and those of no basis.
func recordTimes(r normalize.Record) map[string]time.Time {
	out := map[string]time.Time{}
	add := func(what string, t time.Time, known bool) {
		if !t.IsZero() && known {
			out[what] = t
		}
	}
	i := r.Incident
	add("started_at", i.StartedAt, r.StartedBasis != "" && r.StartedBasis != normalize.BasisSeen)
	add("resolved_at", i.ResolvedAt, r.ResolvedBasis != normalize.BasisSeen)
	add("scheduled_start_at", i.ScheduledStartAt, true)
	add("scheduled_end_at", i.ScheduledEndAt, true)
	add("created_at", i.CreatedAt, true)
	add("updated_at", i.UpdatedAt, true)
	for _, u := range i.Updates {
		add("posted_at of "+u.Key, u.PostedAt, true)
		add("created_at of "+u.Key, u.CreatedAt, true)
	}
	for _, c := range i.Components {
		add("start of "+c.Key, c.StartedAt, true)
		add("end of "+c.Key, c.ResolvedAt, true)
	}
	return out
}

// TestNoTimeIsMadeUp walks the cases of all platforms: what a reader gives as a time is written in the documents, in
// one of the forms that the table has for the platform, and what the record has as a time is one of those.
func TestNoTimeIsMadeUp(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	dirs := platformtest.CaseDirs(t)
	for _, name := range slices.Sorted(maps.Keys(dirs)) {
		found := map[string]bool{}
		for _, dir := range dirs[name] {
			c := platformtest.ReadCase(t, name, dir)
			out, err := c.Scrape(t, readerOf(t, c))
			if err != nil && out.Parsed == 0 {
				continue
			}
			documents := documentsOf(t, c)
			for _, raw := range out.Raws {
				for _, at := range rawTimesOf(raw) {
					form := writtenAs(at.Text, documents)
					if form == "" && lengthOf(at, raw, documents) {
						form = length
					}
					found[form] = true
					if !slices.Contains(timesOf[name], form) {
						t.Errorf("%s: the time %q of %q is written %q", dir, at.Text, raw.Title, form)
					}
				}
				checkRecord(t, name+"/"+filepath.Base(dir), raw, scraper.WordsOf(readerOf(t, c)), c.At)
			}
		}
		for _, form := range timesOf[name] {
			if !found[form] {
				t.Errorf("%s writes no time %q any more", name, form)
			}
		}
	}
}

// TestNoTimeOfACaptureIsMadeUp holds the same of recorded pages.
func TestNoTimeOfACaptureIsMadeUp(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	if testing.Short() {
		t.Skip("reads all recorded pages")
	}
	for dir, name := range capturedPlatforms {
		if name == "" {
			continue
		}
		p, err := platforms.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range platformtest.CaptureFiles(t, dir+"/*") {
			captured := platformtest.CapturePage(t, path)
			res, err := p.Parse(scraper.Source{URL: "https://status.acme.example"}, captured)
			if err != nil || len(captured.Body) > 1<<20 {
				continue
			}
			documents := textOf(captured)
			for _, raw := range res.Incidents[:min(20, len(res.Incidents))] {
				for _, at := range rawTimesOf(raw) {
					if writtenAs(at.Text, documents) == "" && !lengthOf(at, raw, documents) {
						t.Errorf("%s: the time %q of %q is not in it", path, at.Text, raw.Title)
					}
				}
				checkRecord(t, path, raw, scraper.WordsOf(p), captured.At)
			}
		}
	}
}

func documentsOf(t *testing.T, c *platformtest.Case) string {
	var all strings.Builder
	for url := range c.Pages {
		if p, err := c.Page(url); err == nil {
			all.WriteString(url + "\n" + textOf(p))
		}
	}
	return all.String()
}

// textOf is the text of a document as it stands there, without HTML's entities, and without JSON's escapes.
func textOf(p page.Page) string {
	body := string(page.Body(p))
	if strings.HasPrefix(body, "\xfe\xff") {
		units := make([]uint16, len(body)/2)
		for n := range units {
			units[n] = uint16(body[2*n])<<8 | uint16(body[2*n+1])
		}
		body = string(utf16.Decode(units))
	}
	text := body + "\n" + html.UnescapeString(body) + "\n"
	var doc any
	if json.Unmarshal([]byte(body), &doc) == nil {
		plain, _ := json.Marshal(doc)
		text += string(plain)
	}
	return text
}

func checkRecord(t *testing.T, where string, raw normalize.Raw, words normalize.Words, seen time.Time) {
	zones, known := times.Zones{}, map[int64]bool{}
	note := func(at time.Time) { known[at.Truncate(time.Minute).Unix()] = true }
	for _, at := range rawTimesOf(raw) {
		if parsed, err := zones.Parse(at, raw.Zone); err == nil {
			note(parsed)
		}
		if from, to, err := times.ParsePeriod(at, raw.Zone); err == nil {
			note(from)
			note(to)
		}
	}
	for _, u := range raw.Updates { // a period in a sentence
		for _, at := range slices.Collect(maps.Keys(known)) {
			if from, to, err := times.PeriodIn(markdown.Plain(u.Body), time.Unix(at, 0), raw.Zone); err == nil {
				note(from)
				note(to)
			}
		}
	}
	r := normalize.Fold([]normalize.Reading{{Seen: seen, Raws: []normalize.Raw{raw}, Words: words}})
	for what, at := range recordTimes(r) {
		if !known[at.Truncate(time.Minute).Unix()] {
			t.Errorf("%s: %s of %q is %s, which no document says", where, what, raw.Title, at)
		}
	}
}
