package words

import (
	"cmp"

	"vendorwatch/db/query"
)

// ActionLabel names what somebody did, as the label of a line.
func ActionLabel(a query.Action) string {
	switch a.Kind {
	case query.ActionMute:
		return "muted"
	case query.ActionAcknowledge:
		return "acknowledged"
	}
	return "note"
}

// Action says in words who did something, when, from where, and what of it; times are written by moment.
func Action(a query.Action, moment func(stored string) string) string {
	text := "by " + cmp.Or(OneLine(a.Who), "somebody") + " " + moment(a.CreatedAt) + " (" + viaWords[a.Via] + ")"
	if a.UntilAt != "" {
		text += " until " + moment(a.UntilAt)
	}
	if a.EndedAt != "" {
		ended := ", taken back "
		if a.Kind == query.ActionMute {
			ended = ", ended "
		}
		text += ended + moment(a.EndedAt) + " by " + OneLine(a.EndedBy)
	}
	if said := OneLine(a.Text); said != "" {
		text += ": " + said
	}
	return text
}

var viaWords = map[query.Via]string{query.ViaCLI: "command line", query.ViaSlack: "Slack", query.ViaAPI: "API"}
