package email

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

var (
	darkBlock  = regexp.MustCompile(`(?s)@media \(prefers-color-scheme: dark\) \{\n(.*?)\n\}`)
	darkRule   = regexp.MustCompile(`(?m)^\s*(.*?) \{.*?(background|color):.*\}$`)
	colorStyle = regexp.MustCompile(`(?:^|;)(color|background):#`)
)

// In the dark, nothing keeps a colour that is made for a light background, whatever the mail shows.
func TestMailsInTheDark(t *testing.T) {
	for _, m := range append(reporttest.Messages(), reporttest.DigestMessage(reporttest.RichDigest(t)),
		reporttest.DigestMessage(reporttest.ReviewDigest(t))) {
		page, err := HTML(m)
		if err != nil {
			t.Fatal(err)
		}
		block := darkBlock.FindStringSubmatch(page)
		if block == nil || !strings.Contains(page, `<meta name="color-scheme" content="light dark">`) {
			t.Fatalf("%s: no rules for the dark", m.Reason)
		}
		selectors := map[string][]string{}
		for _, rule := range darkRule.FindAllStringSubmatch(block[1], -1) {
			property := strings.TrimSpace(rule[2])
			selectors[property] = append(selectors[property], rule[1])
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		doc.Find("[style]").Each(func(_ int, s *goquery.Selection) {
			for _, found := range colorStyle.FindAllStringSubmatch(s.AttrOr("style", ""), -1) {
				if !s.Is(strings.Join(selectors[found[1]], ", ")) {
					t.Errorf("%s: the %s of <%s class=%q> stays light: %s", m.Reason, found[1], goquery.NodeName(s),
						s.AttrOr("class", ""), s.AttrOr("style", ""))
				}
			}
		})
	}
}

// A mail of a digest has its sections and lines in the order of every other form, worst first, with each once.
func TestTheOrderOfAMail(t *testing.T) {
	d := reporttest.RichDigest(t)
	page, err := HTML(reporttest.DigestMessage(d))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	doc.Find("h2, p strong").Each(func(_ int, s *goquery.Selection) {
		got = append(got, regexp.MustCompile(` \(\d+\)$`).ReplaceAllString(s.Text(), ""))
	})
	for _, g := range d.Groups() {
		want = append(want, g.Title)
		for _, l := range g.Lines {
			want = append(want, l.Vendor)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(want) < 10 || message.Text(reporttest.DigestMessage(d), 0) == "" {
		t.Errorf("a digest of %d lines shows little", len(want))
	}
}
