package deliver

import (
	"testing"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

// All messages on one event have the key and the thread of its first one, whichever record they are about: what a page
// showed and what its vendor posted later are one alert, and end as one.
func TestOneEventHasOneKey(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.Scrape("red page")
	w.Scrape("red page", "posted", "another")
	w.Must(w.File.Change(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE incidents SET same_event_id = 2 WHERE incident_id IN (1, 2)`)
		return err
	}))
	begin := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonFirst), IncidentID: 1, EventIDs: []int64{1}})
	w.Must(w.Ledger.MarkSending(t.Context(), 1, 0, ledger.Hand{At: w.At}))
	w.Must(w.Ledger.MarkDelivered(t.Context(), 1, w.At, "ok", "C1:17"))
	end := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonResolved), IncidentID: 2, EventIDs: []int64{2}})
	other := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonFirst), IncidentID: 3, EventIDs: []int64{3}})
	if begin.Items[0].DedupKey != "vendorwatch-incident-1" || end.Items[0].DedupKey != begin.Items[0].DedupKey {
		t.Errorf("keys %s and %s", begin.Items[0].DedupKey, end.Items[0].DedupKey)
	}
	if end.Items[0].Thread != "C1:17" {
		t.Errorf("thread %q", end.Items[0].Thread)
	}
	if other.Items[0].DedupKey != "vendorwatch-incident-3" || other.Items[0].Thread != "" {
		t.Errorf("another event: %+v", other.Items[0].DedupKey)
	}
}
