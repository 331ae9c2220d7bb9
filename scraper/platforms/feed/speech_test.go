package feed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func words(pairs ...string) map[string]string {
	out := map[string]string{}
	for n := 0; n < len(pairs); n += 2 {
		out[pairs[n]] = pairs[n+1]
	}
	return out
}

// spoken is an item of a feed that has words of its own.
func spoken(title, text string) string {
	return `<item><title>` + title + `</title><guid isPermaLink="false">1</guid>` +
		`<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate><category>Rechenzentrum</category><description>` + text +
		`</description></item>`
}

// TestSpeech holds what a dialect makes of items whose words nobody knows, and of those that state something.
func TestSpeech(t *testing.T) {
	states := words("wieder erreichbar|behoben", "resolved", "wir untersuchen", "investigating",
		`^\[wartung\]`, "scheduled")
	for _, c := range []struct {
		name, item string
		Speech
		want string // kind, state, severity, start
	}{
		{"a pattern in the text", spoken("Post", "Alles ist wieder erreichbar."), Speech{States: states},
			"incident resolved unknown 10:00"},
		{"in any case", spoken("Post", "WIR UNTERSUCHEN das."), Speech{States: states},
			"incident investigating unknown 10:00"},
		{"what is said last counts", spoken("Post", "Wir untersuchen das. Es ist behoben."), Speech{States: states},
			"incident resolved unknown 10:00"},
		{"the title goes before the text", spoken("Wir untersuchen die Post", "Gestern war sie behoben."),
			Speech{States: states}, "incident investigating unknown 10:00"},
		{"planned by its state", spoken("[Wartung] Post", "Heute abend."), Speech{States: states},
			"maintenance scheduled unknown "},
		{"a pattern goes before the feed's own word", spoken("Post", "Status: Investigating. Es ist behoben."),
			Speech{States: states}, "incident resolved unknown 10:00"},
		{"the feed's own word stands where no pattern matches", spoken("Post", "Status: Monitoring"),
			Speech{States: states, State: "resolved"}, "incident monitoring unknown 10:00"},
		{"neither", spoken("Post", "Es war langsam."), Speech{States: states}, "incident unknown unknown 10:00"},
		{"a default", spoken("Post", "Es war langsam."), Speech{State: "resolved", Severity: "minor", Kind: "notice"},
			"notice resolved minor 10:00"},
		{"a state that is known not to be known", spoken("Post", "Status: Monitoring"),
			Speech{States: words("status", "unknown")}, "incident unknown unknown 10:00"},
		{"a kind and a severity", spoken("Post", "Totalausfall im Rechenzentrum."), Speech{
			Kinds:      words("rechenzentrum", "notice"),
			Severities: words("totalausfall", "critical", "ausfall", "major"),
		}, "notice unknown critical 10:00"},
		{"by a category", spoken("Post", "Langsam."), Speech{Severities: words("^rechenzentrum$", "major")},
			"incident unknown major 10:00"},
		{"a date that is the start", spoken("Post", "Es ist behoben."), Speech{Date: DateStart, States: states},
			"incident resolved unknown 10:00"},
		{"a date that is the last word", spoken("Post", "Wir untersuchen das."),
			Speech{Date: DateLatest, States: states},
			"incident investigating unknown 10:00"},
		{"a timeline", spoken("Post", "&lt;p&gt;&lt;small&gt;Mar 2, 11:00 UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;"+
			"Behoben&lt;/strong&gt; - Fertig.&lt;/p&gt;&lt;p&gt;&lt;small&gt;Mar 2, 09:00 UTC&lt;/small&gt;&lt;br&gt;"+
			"&lt;strong&gt;Neu&lt;/strong&gt; - Wir untersuchen das.&lt;/p&gt;"), Speech{States: states},
			"incident resolved unknown 09:00"},
		{"an item without a text", spoken("Post behoben", ""), Speech{States: states, Date: DateLatest},
			"incident resolved unknown 10:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dialect, mistakes := c.Compile()
			if len(mistakes) > 0 {
				t.Fatal(mistakes)
			}
			res, err := scraper.Read(dialect, scraper.Source{}, page.Page{URL: "https://status.acme.example/feed",
				Body: []byte(platformtest.RSS(c.item))})
			if err != nil {
				t.Fatal(err)
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(dialect))
			i := incidents[0]
			start := ""
			if !i.StartedAt.IsZero() {
				start = i.StartedAt.Format("15:04")
			}
			if got := fmt.Sprintf("%s %s %s %s", i.Kind, i.State, i.Severity, start); got != c.want ||
				len(findings)+len(res.Findings) > 0 && c.name != "a timeline" {
				t.Errorf("%q, want %q; findings %+v %+v", got, c.want, findings, res.Findings)
			}
			if n := len(i.Updates); n == 0 || i.State != i.Updates[n-1].State {
				t.Errorf("the state is %s, the posts are %+v", i.State, i.Updates)
			}
		})
	}
}

// TestDateOfAnItem holds what three polls of one item make of its date, which the dialect says the meaning of.
func TestDateOfAnItem(t *testing.T) {
	at := func(clock, text string) string {
		return platformtest.RSS(strings.Replace(spoken("Post", text), "10:00:00", clock, 1))
	}
	for _, c := range []struct {
		date     string
		bodies   []string
		from, to string
	}{
		{DateLatest, []string{at("10:00:00", "Status: Investigating"), at("12:30:00", "Status: Resolved")},
			"10:00", "12:30"},
		{DateLatest, []string{at("12:30:00", "Status: Resolved")}, "", "12:30"},
		{DateStart, []string{at("10:00:00", "Status: Investigating"), at("10:00:00", "Status: Resolved")},
			"10:00", "seen"},
		{DateStart, []string{at("10:00:00", "Status: Resolved")}, "10:00", ""},
	} {
		dialect, _ := Speech{Date: c.date}.Compile()
		var readings []normalize.Reading
		for n, body := range c.bodies {
			res, err := dialect.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
			if err != nil {
				t.Fatal(err)
			}
			readings = append(readings, normalize.Reading{Raws: res.Incidents, Words: dialect.Words(),
				Seen: time.Date(2026, 3, 2, 13+n, 0, 0, 0, time.UTC)})
		}
		record := normalize.Fold(readings)
		from, to := "", ""
		if at := record.Incident.StartedAt; !at.IsZero() && record.StartedBasis != "" {
			from = at.Format("15:04")
		}
		if at := record.Incident.ResolvedAt; !at.IsZero() {
			if to = at.Format("15:04"); record.ResolvedBasis == normalize.BasisSeen {
				to = "seen"
			}
		}
		if from != c.from || to != c.to {
			t.Errorf("%s of %d polls: from %q to %q, want %q to %q", c.date, len(c.bodies), from, to, c.from, c.to)
		}
	}
}

// TestSpeechMistakes holds what is said of a table that makes no sense.
func TestSpeechMistakes(t *testing.T) {
	for want, s := range map[string]Speech{
		`date: "published" is nothing`:                {Date: "published"},
		`states.fixed: "done" is none of our words`:   {States: words("fixed", "done")},
		`kinds.work: "planned" is none of our words`:  {Kinds: words("work", "planned")},
		`severities.bad: "sev1" is none of our words`: {Severities: words("bad", "sev1")},
		`state: "open" is none of our words`:          {State: "open"},
		`states.(fixed: "(fixed" is no regular`:       {States: words("(fixed", "resolved")},
		`states..*: ".*" is found in every text`:      {States: words(".*", "resolved")},
		`kind: "all" is none of our words`:            {Kind: "all"},
		`severity: "high" is none of our words`:       {Severity: "high"},
		`: it says nothing about the feed`:            {},
	} {
		dialect, mistakes := s.Compile()
		if dialect != nil || len(mistakes) != 1 || mistakes[0].Write == "" ||
			!strings.HasPrefix(mistakes[0].Key+": "+mistakes[0].Problem, want) {
			t.Errorf("%+v: %+v, want %s", s, mistakes, want)
		}
	}
}
