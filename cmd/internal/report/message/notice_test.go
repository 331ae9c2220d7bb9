package message_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// A message on several openings names their vendors, and counts those that it has no room for.
func TestTheHeadlineOfAGroupNamesItsVendors(t *testing.T) {
	for vendors, want := range map[int]string{
		2: "2 incidents opened: Vendor 1, Vendor 2",
		6: "6 incidents opened: Vendor 1, Vendor 2, Vendor 3, Vendor 4, Vendor 5, Vendor 6",
		9: "9 incidents opened: Vendor 1, Vendor 2, Vendor 3, Vendor 4, Vendor 5, Vendor 6 and 3 more",
	} {
		var m message.Message
		for n := range vendors {
			one := reporttest.Alert(message.ReasonFirst, func(i *message.AlertItem) {
				i.VendorName = fmt.Sprintf("Vendor %d", n+1)
			})
			one.Items = append(m.Items, one.Items...)
			m = one
		}
		if got := m.Notice().Headline; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A message on a page that cannot be read says since when and why, also a reminder of it; any other says why only.
func TestAPageThatCannotBeReadIsExplained(t *testing.T) {
	for reason, want := range map[message.Reason]string{
		message.ReasonUnreadable: "Not readable", message.ReasonReminder: "Not readable",
		message.ReasonReadable: "Reason", message.ReasonMoved: "Reason", message.ReasonNotWatched: "Reason",
	} {
		var names []string
		for _, l := range reporttest.SourceMessage(reason, nil).Notice().Lines {
			names = append(names, l.Name)
			if l.Name == "Not readable" && !strings.Contains(l.Text, "503 Service Unavailable") {
				t.Errorf("%s: %q does not say why", reason, l.Text)
			}
		}
		if !slices.Contains(names, want) {
			t.Errorf("%s: it has the lines %q, and no %q", reason, names, want)
		}
	}
}
