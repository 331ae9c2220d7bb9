package message_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// Whatever a message says is kept, so that a repeat says the same.
func TestAKeptMessageIsTheSame(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	full := reporttest.DigestMessage(reporttest.RichDigest(t))
	full.Digest.Unwatched = map[int64]string{4: "2026-11-12T09:00:00.000Z"}
	for _, m := range append(reporttest.Messages(), reporttest.HostileAlert(), full) {
		m.Zone = zone
		if m.Digest != nil {
			m.Digest.Location = zone
		}
		text, err := message.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := message.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		sameZone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
		if diff := cmp.Diff(m, back, sameZone, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", m.Reason, diff)
		}
		if again, err := message.Encode(back); err != nil || again != text {
			t.Errorf("%s: kept again it is another: %v", m.Reason, err)
		}
		if message.Text(m, 0) != message.Text(back, 0) || m.Subject() != back.Subject() {
			t.Errorf("%s has other words", m.Reason)
		}
	}
}
