package message

import (
	"fmt"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// The key of a message on an action: action:17, and action:17:ended where it tells that it was taken back.
const (
	actionKey   = "action:"
	actionEnded = ":ended"
)

// ActionKey is the key of the message that tells what somebody did, or that it was taken back.
func ActionKey(id int64, ended bool) string {
	key := actionKey + strconv.FormatInt(id, 10)
	if ended {
		key += actionEnded
	}
	return key
}

// ActionOf is the action that a message with this key tells of; false if it tells of none. One that was ended later is
// returned as it was.
func ActionOf(key string, actions []query.Action) (query.Action, bool) {
	text, ended := strings.CutSuffix(key, actionEnded)
	for _, a := range actions {
		if text != ActionKey(a.ActionID, false) {
			continue
		}
		if !ended {
			a.EndedAt, a.EndedBy = "", ""
		}
		return a, true
	}
	return query.Action{}, false
}

// noteLimit is how much of what somebody wrote a message shows, in runes.
const noteLimit = 300

// ActionText says what somebody did: "acknowledged by anna: we look".
func (d Digest) ActionText(a query.Action) string {
	who := words.Short(words.OneLine(a.Who), 80)
	var text string
	switch {
	case a.EndedAt != "" && a.Kind == query.ActionMute:
		return "mute ended by " + words.Short(words.OneLine(a.EndedBy), 80)
	case a.EndedAt != "":
		return "acknowledgement taken back by " + words.Short(words.OneLine(a.EndedBy), 80)
	case a.Kind == query.ActionMute:
		text = fmt.Sprintf("muted by %s until %s", who, d.moment(words.Time(a.UntilAt)))
	case a.Kind == query.ActionAcknowledge:
		text = "acknowledged by " + who
	default:
		text = "note by " + who
	}
	if said := words.Short(words.OneLine(a.Text), noteLimit); said != "" {
		text += ": " + said
	}
	return text
}

// actionFacts say what people did about an incident that counts at the time of the digest: who has acknowledged it,
// until when it is muted, and the newest note.
func (d Digest) actionFacts(i Item) []string {
	var acknowledged, muted, note string
	for _, a := range i.Actions {
		if !a.Holds(words.Time(d.UntilAt)) {
			continue
		}
		switch a.Kind {
		case query.ActionMute:
			muted = d.ActionText(a)
		case query.ActionNote:
			note = d.ActionText(a)
		case query.ActionAcknowledge:
			// A reopened incident is to be acknowledged anew.
			if i.AcknowledgedAt == a.CreatedAt {
				acknowledged = d.ActionText(a)
			}
		}
	}
	var facts []string
	for _, fact := range []string{acknowledged, muted, note} {
		if fact != "" {
			facts = append(facts, fact)
		}
	}
	return facts
}
