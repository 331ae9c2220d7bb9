package aws

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// utf16BE writes a text as AWS serves its events.
// asUTF8 decodes a big-endian text with its mark.
func asUTF8(body []byte) []byte {
	units := make([]uint16, 0, len(body)/2)
	for i := 2; i+1 < len(body); i += 2 {
		units = append(units, uint16(body[i])<<8|uint16(body[i+1]))
	}
	return []byte(string(utf16.Decode(units)))
}

func utf16BE(s string) []byte {
	out := []byte{0xfe, 0xff}
	for _, unit := range utf16.Encode([]rune(s)) {
		out = binary.BigEndian.AppendUint16(out, unit)
	}
	return out
}

func TestCaptures(t *testing.T) {
	platformtest.ReadCaptures(t, Platform{}, func(t *testing.T, body []byte) platformtest.Tally {
		if bytes.HasPrefix(body, []byte("\xfe\xff")) {
			n := platformtest.Tally{Open: platformtest.Occurrences(body, `"arn":`),
				Incidents: platformtest.Occurrences(body, `"arn":`)}
			n.Updates = platformtest.Occurrences(body, `"message":`)
			n.Affected = platformtest.Occurrences(body, `"max":`)
			return n
		}
		if bytes.HasPrefix(body, []byte("<?xml")) {
			services := map[string]bool{}
			for _, line := range strings.Split(string(body), "\n") {
				if _, guid, ok := strings.Cut(line, "/#"); ok {
					services[guid[:strings.LastIndex(guid, "_")]] = true
				}
			}
			return platformtest.Tally{Incidents: len(services), Open: len(services),
				Updates: platformtest.Occurrences(body, `<item>`), Affected: len(services)}
		}
		doc := platformtest.MustJSON[map[string][]struct {
			Service, Description string
			Date                 page.Scalar
		}](t, body)
		n := platformtest.Tally{Open: len(doc["current"])}
		listed := map[string]int{}
		for _, e := range slices.Concat(doc["current"], doc["archive"]) {
			// Events that are listed twice begin with the same words, at dates some days apart at the most.
			_, words, _ := strings.Cut(e.Description, "</span>")
			words = e.Service + regexp.MustCompile(`<[^>]*>|&\w+;|\W`).ReplaceAllString(words, "")
			words = words[:min(len(words), 60)]
			date, _ := strconv.Atoi(string(e.Date))
			if before, twice := listed[words]; twice && max(date-before, before-date) < 10*24*3600 {
				continue
			}
			listed[words] = date
			n.Incidents++
			n.Affected++
			n.Updates += strings.Count(e.Description, `<span class="yellowfg">`)
		}
		return n
	}, "aws/*")
}

// TestDateOfDataMoves holds that an event of data.json stays the same when its date moves, by seconds or to that of a
// later change, and that one that is listed twice is one; two of one minute remain two.
func TestDateOfDataMoves(t *testing.T) {
	post := func(clock, text string) string {
		return `<div><span class=\"yellowfg\"> ` + clock + ` PST</span>&nbsp;` + text + `</div>`
	}
	event := func(date, description string) string {
		return `{"service_name":"Oars","service":"oars","summary":"Splinters","date":"` + date + `","status":"1",` +
			`"details":"","description":"` + description + `"}`
	}
	read := func(current, archive string) (keys []string) {
		res := platformtest.Parsed(t, Platform{}, "", `{"current":[`+current+`],"archive":[`+archive+`]}`)
		for _, i := range platformtest.Incidents(t, Platform{}, res) {
			keys = append(keys, fmt.Sprintf("%s %d", i.Key, len(i.Updates)))
		}
		return keys
	}
	old := event("1525914401", post("6:06 PM", "Long ago."))
	one := post("8:22 AM", "We look.")
	two := one + post("9:10 AM", "We see.")
	first := read(event("1638894176", one), old) // 8:22:56
	for name, again := range map[string][]string{
		"seconds later":         read(event("1638894182", two), old),
		"an hour later":         read(event("1638898000", two), old),
		"listed twice, as over": read(event("1638894176", one), event("1638894190", two)+","+old),
	} {
		if len(again) != 2 || again[0] != strings.Replace(first[0], " 1", " 2", 1) {
			t.Errorf("%s: %q, was %q", name, again, first)
		}
	}
	if got := read(event("1638894176", one)+","+event("1638894177", post("8:22 AM", "Another.")), old); len(got) != 3 {
		t.Errorf("two events of one minute: %q", got)
	}
}

// TestReadsBothEncodings holds that a capture as served and one that was decoded on arrival are one.
func TestReadsBothEncodings(t *testing.T) {
	for _, file := range platformtest.CaptureFiles(t, "aws/*.utf16.json") {
		raw := platformtest.CapturePage(t, file)
		decoded := raw
		decoded.Body = asUTF8(raw.Body)
		a, errA := Platform{}.Parse(scraper.Source{}, raw)
		b, errB := Platform{}.Parse(scraper.Source{}, decoded)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if !bytes.Equal(x, y) {
			t.Error("the two readings differ")
		}
	}
}

const one = `[{"date":"1790000000","arn":"arn:aws:health:me-central-1::event/BOATS/AWS_BOATS_OPERATIONAL_ISSUE/AWS` +
	`_BOATS_OPERATIONAL_ISSUE_1","region_name":"Lakes","status":"2","service":"boats-me-central-1",` +
	`"service_name":"Acme Boats","summary":"Leaks","event_log":[{"summary":"Leaks","message":"It drips.",` +
	`"status":1,"timestamp":1790000000},{"summary":"Leaks","message":"It pours.","status":3,` +
	`"timestamp":1790003600}],` +
	`"impacted_services":{"oars":{"service_name":"Acme Oars","current":"0","max":"1"},` +
	`"boats-me-central-1":{"service_name":"Acme Boats","current":"3","max":"3"}},` +
	`"impacted_service_status_changes":[]}]`

func TestEvents(t *testing.T) {
	tests := []struct {
		name, old, new string
		kind           normalize.Kind
		severity       normalize.Severity
		state          normalize.State
	}{
		{"degraded", "", "", normalize.KindIncident, normalize.SeverityMinor, normalize.StateInvestigating},
		{"disrupted", `"status":"2"`, `"status":"3"`, normalize.KindIncident, normalize.SeverityCritical,
			normalize.StateInvestigating},
		{"informational", `"status":"2"`, `"status":"1"`, normalize.KindIncident, normalize.SeverityNone,
			normalize.StateInvestigating},
		{"a number, not a text", `"status":"2"`, `"status":2`, normalize.KindIncident, normalize.SeverityMinor,
			normalize.StateInvestigating},
		{"resolved: as bad as it was", `"status":"2"`, `"status":"0"`, normalize.KindIncident,
			normalize.SeverityCritical, normalize.StateResolved},
		{"a digit nobody knows", `"status":"2"`, `"status":"7"`, normalize.KindIncident, normalize.SeverityUnknown,
			normalize.StateUnknown},
		{"a notification", "OPERATIONAL_ISSUE/", "SECURITY_NOTIFICATION/", normalize.KindNotice,
			normalize.SeverityMinor, normalize.StateInvestigating},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := platformtest.Parsed(t, Platform{}, "https://health.aws.amazon.com/public/currentevents",
				strings.Replace(one, tt.old, tt.new, 1))
			got := platformtest.Incidents(t, Platform{}, res)[0]
			if got.Kind != tt.kind || got.Severity != tt.severity || got.State != tt.state {
				t.Errorf("got %s %s %s", got.Kind, got.Severity, got.State)
			}
			if len(got.Updates) != 2 || got.Updates[0].Body != "It drips." || got.Updates[1].Key != "1790003600" {
				t.Errorf("the updates are %+v", got.Updates)
			}
			if len(got.Components) != 2 || got.Components[0].Group != "me-central-1" ||
				got.Components[0].Status != normalize.StatusMajor || got.Components[1].Group != "" {
				t.Errorf("the components are %+v", got.Components)
			}
			if !res.Coverage.Open {
				t.Error("the list is not taken for all that is open")
			}
		})
	}
}

// TestNothingOpen holds where an empty list is believed: as AWS writes it, or from its own address.
func TestNothingOpen(t *testing.T) {
	current := "https://health.aws.amazon.com/public/currentevents"
	tests := []struct {
		name, address string
		body          []byte
		calm          bool
	}{
		{"in UTF-16", "", utf16BE("[]"), true},
		{"in UTF-16, little end first", "", []byte("\xff\xfe[\x00]\x00"), true},
		{"from the address of the open events", current, []byte("[]"), true},
		{"from anywhere else", "https://status.acme.example/", []byte("[]"), false},
		{"without an address", "", []byte("[]"), false},
		{"null from that address", current, []byte("null"), false},
		{"nothing from that address", current, nil, false},
		{"an object from that address", current, []byte("{}"), false},
		{"a mark and no more", current, utf16BE(""), false},
		{"UTF-16 within a character", current, utf16BE("[]")[:5], false},
		{"half a list", current, utf16BE("["), false},
		{"null in UTF-16", "", utf16BE("null"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := page.Page{URL: tt.address, Body: tt.body}
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if calm := err == nil && res.Coverage.Open && len(res.Incidents) == 0; calm != tt.calm {
				t.Errorf("calm: %v, want %v (%v)", calm, tt.calm, err)
			}
			if scraper.Detects(Platform{}, page) != tt.calm {
				t.Error("it is not detected")
			}
		})
	}
}

func TestHistory(t *testing.T) {
	body := `{"boats-me-central-1":` + one + `,"oars":[]}`
	res := platformtest.Parsed(t, Platform{}, history, body)
	got := platformtest.Incidents(t, Platform{}, res)[0]
	if got.State != normalize.StateResolved || normalize.FormatTime(got.ResolvedAt) != "2026-09-21T15:13:20.000Z" ||
		got.Severity != normalize.SeverityMinor {
		t.Errorf("got %s %s at %s", got.State, got.Severity, normalize.FormatTime(got.ResolvedAt))
	}
	if res.Coverage.Open {
		t.Error("the past is taken for a list of what is open")
	}
}

func TestDataTimes(t *testing.T) {
	span := func(at string) string { return `<div><span class="yellowfg"> ` + at + `</span>&nbsp;Words.</div>` }
	tests := []struct {
		name, start, description string
		want                     []string
	}{
		{"summer", "1525914401", span("6:06 PM PDT") + span("7:40 PM PDT"), []string{"2018-05-10T01:06",
			"2018-05-10T02:40"}},
		{"winter", "1638894176", span("8:22 AM PST"), []string{"2021-12-07T16:22"}},
		{"past midnight", "1638507226", span("8:53 PM PST") + span("12:10 AM PST") + span("1:00 AM PST"),
			[]string{"2021-12-03T04:53", "2021-12-03T08:10", "2021-12-03T09:00"}},
		{"with a date", "1638507226", span("8:53 PM PST") + span("Dec 4, &nbsp;2:00 AM PST") + span("3:00 AM PST"),
			[]string{"2021-12-03T04:53", "2021-12-04T10:00", "2021-12-04T11:00"}},
		{"past the new year", "1640998800", span("5:00 PM PST") + span("Jan 1, 12:30 AM PST"),
			[]string{"2022-01-01T01:00", "2022-01-01T08:30"}},
		{"a few minutes back", "1525914401", span("6:06 PM PDT") + span("6:01 PM PDT"), []string{"2018-05-10T01:06",
			"2018-05-10T01:01"}},
		{"an event dated by its end", "1557569326", span("11:50 PM PDT") + span("2:39 AM PDT"),
			[]string{"2019-05-11T06:50", "2019-05-11T09:39"}},
		{"clocks go back", "1636268400", span("12:00 AM PDT") + span("8:00 AM PST"), []string{"2021-11-07T07:00",
			"2021-11-07T16:00"}},
		{"no time", "1525914401", "Words.", []string{"2018-05-10T01:06"}},
		{"words before the first time", "1525914401", "Words." + span("7:40 PM PDT"), []string{"2018-05-10T01:06",
			"2018-05-10T02:40"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, u := range updates(tt.description, tt.start) {
				at, err := times.Parse(u.Posted, "")
				if err != nil {
					t.Error(err)
				}
				got = append(got, at.Format("2006-01-02T15:04"))
				if markdown.Convert(u.Body, u.Format) != "Words." {
					t.Errorf("the words are %q", u.Body)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestLabels(t *testing.T) {
	for summary, want := range map[string][2]string{
		"[RESOLVED] Leaks":    {"Leaks", "RESOLVED"},
		"[解決済み] Leaks":        {"Leaks", "解決済み"},
		"[Boats] Leaks":       {"[Boats] Leaks", ""},
		"Leaks":               {"Leaks", ""},
		"[RESOLVED]":          {"[RESOLVED]", ""},
		"Leaks are[RESOLVED]": {"Leaks are[RESOLVED]", ""},
	} {
		if title, label := title(summary); title != want[0] || label != want[1] {
			t.Errorf("%s is %q %q", summary, title, label)
		}
	}
}

func feed(items ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title><![CDATA[Amazon Web Services ` +
		`Service Status]]></title><link>https://status.aws.amazon.com/</link>` +
		`<generator>AWS Service Health Dashboard RSS Generator</generator>` + strings.Join(items, "\n") +
		`</channel></rss>`
}

func feedItem(title, guid string) string {
	return `<item><title><![CDATA[` + title + `]]></title><link>https://status.aws.amazon.com/</link>` +
		`<guid isPermaLink="false">https://status.aws.amazon.com/#` + guid +
		`</guid><description><![CDATA[Words.]]></description></item>`
}

func TestFeedGroupsUpdates(t *testing.T) {
	boats2 := feedItem("Service disruption: Leaks", "boats-eu-west-1_1790007200")
	boats1 := feedItem("Informational message: Drips", "boats-eu-west-1_1790003600")
	over := feedItem("Service is operating normally: [RESOLVED] Leaks", "boats-eu-west-1_1790010800")
	again := feedItem("Service degradation: Leaks", "boats-eu-west-1_1791000000")
	oars := feedItem("Service impact: Splinters", "oars_1790005000")
	tests := []struct {
		name  string
		feed  string
		known map[string]scraper.Known
		want  []string
	}{
		{"one event", feed(boats2, boats1), nil, []string{"boats-eu-west-1_1790003600 Leaks investigating " +
			"critical 2"}},
		{"two services", feed(boats2, oars, boats1), nil, []string{"boats-eu-west-1_1790003600 Leaks " +
			"investigating critical 2", "oars_1790005000 Splinters investigating major 1"}},
		{"over: as bad as it was", feed(over, boats2, boats1), nil, []string{"boats-eu-west-1_1790003600 Leaks " +
			"resolved critical 3"}},
		{"over, and another", feed(again, over, boats1), nil, []string{"boats-eu-west-1_1790003600 Leaks resolved " +
			"none 2", "boats-eu-west-1_1791000000 Leaks investigating minor 1"}},
		{"the first has dropped out", feed(over, boats2), map[string]scraper.Known{"boats-eu-west-1_1790003600": {},
			"boats-eu-west-1_1780000000": {Over: true}}, []string{"boats-eu-west-1_1790003600 Leaks resolved " +
			"critical 2"}},
		{"another was over before", feed(boats2),
			map[string]scraper.Known{"boats-eu-west-1_1780000000": {Over: true}},
			[]string{"boats-eu-west-1_1790007200 Leaks investigating critical 1"}},
		{"another service's is open", feed(boats2), map[string]scraper.Known{"boats_1780000000": {},
			"boats-eu-west-12_1780000000": {}}, []string{"boats-eu-west-1_1790007200 Leaks investigating critical 1"}},
		{"a level nobody knows", feed(feedItem("Service weather: Leaks", "oars_1790005000")), nil,
			[]string{"oars_1790005000 Service weather: Leaks unknown unknown 1"}},
		{"nothing", feed(), nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{Known: tt.known}, page.Page{Body: []byte(tt.feed)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range platformtest.Incidents(t, Platform{}, res) {
				got = append(got, strings.Join([]string{i.Key, i.Title, string(i.State), string(i.Severity),
					string(rune('0' + len(i.Updates)))}, " "))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStart(t *testing.T) {
	for _, tt := range []struct {
		url  string
		mode scraper.Mode
		want string
	}{
		{"https://health.aws.amazon.com/health/status", scraper.Poll, "https://health.aws.amazon.com/public/" +
			"currentevents"},
		{"https://status.aws.amazon.com", scraper.Poll, "https://health.aws.amazon.com/public/currentevents"},
		{"https://health.aws.amazon.com", scraper.Backfill, history},
		{"https://status.aws.amazon.com/rss/all.rss", scraper.Poll, "https://status.aws.amazon.com/rss/all.rss"},
		{"https://status.acme.example", scraper.Backfill, "https://status.acme.example/public/currentevents"},
	} {
		if got := (Platform{}).Start(scraper.Source{URL: tt.url, Mode: tt.mode}); len(got) != 1 ||
			got[0].URL != tt.want {
			t.Errorf("%s asks for %+v", tt.url, got)
		}
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"an event without a log":   strings.Replace(one, `"event_log"`, `"log"`, 1),
		"a log that is null":       strings.Replace(one, `"event_log":[`, `"event_log":null,"l":[`, 1),
		"data.json without a past": `{"archive":[],"current":[]}`,
		"data.json without a present": `{"archive":[{"service_name":"a","summary":"b","date":"1525914401",` +
			`"status":"1","details":"","description":"c","service":"d"}],"current":null}`,
		"a history of nothing":   `{"boats":[],"oars":[]}`,
		"a feed of another's":    strings.Replace(feed(), "status.aws.amazon.com", "status.acme.example", 1),
		"an item without a time": feed(feedItem("Service disruption: Leaks", "boats")),
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "aws")
	f.Add([]byte(one))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
