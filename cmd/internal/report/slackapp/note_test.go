package slackapp

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel/blockkit"
)

// The button opens a form, and what is sent with it is on record with who sent it, and answered to that person. What is
// wrong with it is shown in the form, which stays open.
func TestNoteByForm(t *testing.T) {
	a, w := connected(t)
	planned := 0
	a.OnAction = func() { planned++ }
	w.press(blockkit.ButtonNote, "1", "13.37")
	if got := takes(t, w.acked); got.Envelope != "b" {
		t.Errorf("%q is acknowledged, not the press", got.Envelope)
	}
	form := takes(t, w.views)
	if said := form.Blocks[0].Text.Text; said != "GitHub: Card <payments> fail" {
		t.Errorf("the form is about %q", said)
	}
	has(t, "an empty note", w.submits(form, "  "), `"response_action":"errors"`, "note_field", "the note is empty")
	has(t, "a long note", w.submits(form, strings.Repeat("x", 2001)), "errors", "longer than 2000 characters")
	if most := form.Blocks[1].Element.MaxLength; most != 2000 {
		t.Errorf("the form takes %d characters", most)
	}
	other := form
	other.PrivateMetadata = `{"incident_id":99}`
	has(t, "a note to nothing", w.submits(other, "x"), "errors", "no incident 99")
	other.PrivateMetadata = "?"
	has(t, "a form of another app", w.submits(other, "x"), "errors", "press the button again")
	if got := w.submits(form, " they say <20> minutes\nand call back "); got != "" && got != "null" {
		t.Errorf("the form stays open: %s", got)
	}
	has(t, "the answer", w.said(), "Your note is on record for incident 1 (GitHub: Card &lt;payments&gt; fail)")
	done, err := a.DB.ActionsAfter(t.Context(), "", 0, 0, 99)
	if err != nil || len(done) != 1 || planned != 1 {
		t.Fatalf("%v, %d planned, %+v", err, planned, done)
	}
	if d := done[0]; d.Who != "cleo (U019)" || d.Text != "they say <20> minutes\nand call back" || d.Via != "slack" ||
		d.Kind != "note" {
		t.Errorf("%+v", d)
	}
}

// A button that opens no form says why.
func TestNoteWithoutForm(t *testing.T) {
	_, w := connected(t)
	has(t, "an example", w.presses(blockkit.ButtonNote, "0"), "an example's buttons do nothing")
	has(t, "a number that is gone", w.presses(blockkit.ButtonNote, "99"), "There is no incident 99")
	w.press(blockkit.ButtonNote, "1", "late")
	takes(t, w.views)
	has(t, "a press that came late", w.answered("b"), "That did not work; the log of vendorwatch says why.")
}
