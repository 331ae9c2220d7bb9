package alert

import (
	"testing"
	"time"

	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// What people do about an incident is told once in the channels that keep one message of it, and not to those who are
// paged; an acknowledgement ends the reminders.
func TestPlannerTellsActions(t *testing.T) {
	f := newFiled(t)
	f.perIncident = []string{"team"}
	f.shows("a", critical, normalize.StateInvestigating)
	f.step(0)
	f.want("12:00 first delivered 12:00")
	l := ledger.New(f.db)
	act := func(kind query.ActionKind, text string) query.Action {
		t.Helper()
		a, err := l.Act(t.Context(), ledger.NewAction{Kind: kind, IncidentID: 1, Who: "anna", Via: query.ViaSlack,
			Text: text}, f.now)
		f.must(err)
		return a
	}
	act(query.ActionNote, "we look")
	ack := act(query.ActionAcknowledge, "")
	f.step(time.Minute)
	f.step(time.Minute)
	told := []string{"12:00 first delivered 12:00", "12:01 action delivered 12:01", "12:01 action delivered 12:01"}
	f.want(told...)
	f.step(5 * time.Hour) // silent for longer than it takes for a reminder
	f.want(told...)
	_, err := l.End(t.Context(), ack.ActionID, "anna", f.now)
	f.must(err)
	f.step(time.Minute)
	// The clock is at 17:02 and a minute later; silence is counted from the incident's start.
	told = append(told, "17:03 reminder delivered 17:03", "17:03 action delivered 17:03")
	f.want(told...)
	f.step(48 * time.Hour)
	act(query.ActionNote, "still")
	f.onCall = []string{"team"}
	f.step(time.Minute)
	f.want(told...)
}
