package blockkit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/normalize/racetest"
)

func TestSlackAlertIsCompleteInItself(t *testing.T) {
	w := Messages(reporttest.Alert(message.ReasonFirst, nil))[0]
	if len(w.Attachments) != 1 || w.Attachments[0].Color != "#c4540a" || len(w.Blocks.BlockSet) != 1 {
		t.Fatalf("%d attachments, %d blocks", len(w.Attachments), len(w.Blocks.BlockSet))
	}
	got := w.Attachments[0].Blocks.BlockSet[0].(*slack.SectionBlock).Text.Text
	want := strings.Join([]string{
		"*<https://status.kustomer.example|Kustomer>* 🟠 " +
			"<https://status.kustomer.example/incidents/abc|[PLATFORM] Errors &amp; delays>",
		"major · investigating · started <!date^1794591960^{date_short_pretty}, {time}|Fri 13 Nov 17:46 UTC> · " +
			"ongoing for 4 min",
		"“We look into errors of the web client.”",
		"Components: Prod1 (US) › Web Client, Prod2 (EU) › Web Client · " +
			"Detected by us: 3 min after the start · Owner: customer-support",
		"<https://status.kustomer.example|Vendor's page> · <https://wiki.example.com/runbooks/kustomer|Runbook> · " +
			"<https://watch.example.com/incidents/17|Our record>",
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// However many openings go together, the messages keep Slack's limits, and name each incident once.
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
	all := ""
	parts := Messages(m)
	if len(parts) > mostMessages {
		t.Errorf("%d messages", len(parts))
	}
	for _, w := range parts {
		all += channeltest.CheckSlack(t, w) + "\n"
	}
	for n := range 120 {
		if c := strings.Count(all, fmt.Sprintf("*Vendor %d*", n)); c != 1 {
			t.Errorf("vendor %d is named %d times", n, c)
		}
	}
}
