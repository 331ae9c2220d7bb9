package slackapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

// The ids of the form for a note, of its one field, and of what is typed there.
const (
	noteForm  = "note"
	noteField = "note_field"
	noteText  = "note_text"
)

// askedFor is what the form carries from the button to what is sent: Slack keeps it, and its users cannot see it.
type askedFor struct {
	IncidentID int64  `json:"incident_id"`
	Answer     string `json:"answer"` // where whoever pressed the button is answered
}

// askNote opens the form for a note to an incident. It returns what to say where there is no such incident.
func (a *App) askNote(ctx context.Context, api *slack.Client, trigger, value, answer string) (string, error) {
	id, ok := incidentOf(value)
	if !ok {
		return noIncident, nil
	}
	found, err := a.DB.IncidentByID(ctx, id, a.Now())
	switch {
	case errors.Is(err, db.ErrNotFound):
		return fmt.Sprintf("There is no incident %d on record.", id), nil
	case err != nil:
		return "", err
	}
	carried, err := json.Marshal(askedFor{id, answer})
	if err != nil {
		return "", err
	}
	plain := func(text string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
	}
	input := slack.NewPlainTextInputBlockElement(plain("What they said, what you did, what it cost"), noteText)
	input.Multiline, input.MaxLength = true, ledger.LongestText
	about := message.VendorName(found.VendorName, found.Vendor, 80) + ": " +
		words.Short(words.OneLine(found.Title), 300)
	_, err = api.OpenViewContext(ctx, trigger, slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: noteForm, PrivateMetadata: string(carried),
		Title: plain("Note"), Submit: plain("Save"), Close: plain("Cancel"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewSectionBlock(plain(about), nil, nil),
			slack.NewInputBlock(noteField, plain("Note to incident "+strconv.FormatInt(id, 10)), nil, input),
		}},
	})
	return "", err
}

// takeNote writes what somebody sent with the form on record. Slack keeps the form open and shows what is wrong with
// it, where the answer to its envelope says so.
func (a *App) takeNote(ctx context.Context, socket *socketmode.Client, envelope string,
	sent slack.InteractionCallback) error {
	refuse := func(text string) error {
		return socket.AckCtx(ctx, envelope, slack.NewErrorsViewSubmissionResponse(map[string]string{noteField: text}))
	}
	var about askedFor
	if err := json.Unmarshal([]byte(sent.View.PrivateMetadata), &about); err != nil || about.IncidentID <= 0 {
		return refuse("This form belongs to no incident on record. Close it, and press the button again.")
	}
	text := ""
	if sent.View.State != nil {
		text = strings.TrimSpace(sent.View.State.Values[noteField][noteText].Value)
	}
	said, refused, err := a.try(ctx, ledger.NewAction{Kind: query.ActionNote, IncidentID: about.IncidentID, Text: text,
		Who: who(sent.User.Name, sent.User.ID)})
	switch {
	case err != nil:
		return errors.Join(err, refuse(failedText))
	case refused != "":
		return refuse(refused)
	}
	if err := socket.AckCtx(ctx, envelope, nil); err != nil {
		return err
	}
	return a.say(ctx, about.Answer, said, nil)
}
