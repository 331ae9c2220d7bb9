package blockkit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/normalize/racetest"
)

// sections returns the text of a message's section blocks.
func sections(w slack.WebhookMessage) []string {
	var out []string
	for _, b := range w.Blocks.BlockSet {
		if s, ok := b.(*slack.SectionBlock); ok {
			out = append(out, s.Text.Text)
		}
	}
	return out
}

func TestSlackAlertIsCompleteInItself(t *testing.T) {
	got := strings.Join(sections(Messages(reporttest.Alert(message.ReasonFirst, nil))[0]), "\n")
	want := strings.Join([]string{
		"*<https://status.kustomer.example|Kustomer>* 🟠 " +
			"<https://status.kustomer.example/incidents/abc|[PLATFORM] Errors &amp; delays>",
		"major · investigating · started Fri 13 Nov 17:46 UTC · ongoing for 4 min",
		"> We look into errors of the web client.",
		"*Components* Prod1 (US) › Web Client, Prod2 (EU) › Web Client",
		"*Detected by us* 3 min after the start",
		"*Also affected* AWS",
		"*Owner* customer-support",
		"*Runbook* <https://wiki.example.com/runbooks/kustomer|wiki.example.com/runbooks/kustomer>",
		"*Our record* <https://watch.example.com/incidents/17|watch.example.com/incidents/17>",
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// However many openings go together, the message keeps Slack's limits, names each vendor, and counts what found
// no room.
func TestSlackGroupsKeepTheLimits(t *testing.T) {
	racetest.Skip(t, "laying out a message is pure, and has no goroutines")
	m := reporttest.Alert(message.ReasonFirst, nil)
	for n := range 120 {
		m.Items = append(m.Items, reporttest.Alert(message.ReasonFirst, func(i *message.AlertItem) {
			i.VendorName, i.PageURL = fmt.Sprintf("Vendor %d", n), fmt.Sprintf("https://status.v%d.example", n)
			if n%3 == 0 {
				i.Title, i.LatestBody, i.Components = reporttest.HostileText, reporttest.HostileText,
					reporttest.HostileText
			}
		}).Items[0])
	}
	w := Messages(m)[0]
	if len(w.Blocks.BlockSet) > 50 {
		t.Errorf("%d blocks, Slack takes 50", len(w.Blocks.BlockSet))
	}
	all := 0
	for _, text := range sections(w) {
		all += size(text)
		if size(text) > 3000 {
			t.Errorf("a section of %d characters, Slack takes 3,000", size(text))
		}
	}
	if all > slackAllText+3000 {
		t.Errorf("%d characters in all", all)
	}
	if texts := sections(w); !strings.Contains(texts[1], "*<https://status.v0.example|Vendor 0>*") {
		t.Errorf("the second incident is of nobody:\n%s", texts[1])
	}
	last, ok := w.Blocks.BlockSet[len(w.Blocks.BlockSet)-1].(*slack.ContextBlock)
	if !ok || !strings.Contains(last.ContextElements.Elements[0].(*slack.TextBlockObject).Text, "more incident") {
		t.Errorf("what found no room is not counted: %+v", w.Blocks.BlockSet[len(w.Blocks.BlockSet)-1])
	}
}
