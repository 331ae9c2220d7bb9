package words

import (
	"strconv"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Status says in a few words how a vendor does, and no more than is known.
func Status(s query.Status) string {
	switch {
	case !s.Watched():
		return "not watched"
	case s.Trouble():
		text := troubleText(s)
		if s.SourcesUnread > 0 {
			text += ", " + Count(s.SourcesUnread, "page") + " unreadable"
		}
		return text
	case s.Status == normalize.StatusUnknown:
		return unknownText(s)
	case s.Status == normalize.StatusMaintenance:
		return "maintenance"
	case s.Because == query.BecauseIncident:
		return "incident without impact"
	case s.Because == query.BecauseNothingOpen:
		return "no open incident"
	}
	return Spell(s.Status)
}

func troubleText(s query.Status) string {
	switch s.Because {
	case query.BecauseProbe:
		return "our checks fail"
	case query.BecauseSignal:
		return "our alert burns"
	}
	if s.Because != query.BecauseIncident {
		return Spell(s.Status) + ", no incident posted"
	}
	text := "incident, severity unknown"
	if s.Severity != normalize.SeverityUnknown {
		text = Spell(s.Severity) + " incident"
	}
	if s.OpenIncidents > 1 {
		text += " +" + strconv.Itoa(s.OpenIncidents-1)
	}
	return text
}

func unknownText(s query.Status) string {
	switch s.Because {
	case query.BecauseNeverRead:
		return "never read" + whenLastRead(s)
	case query.BecauseUnreadable:
		if s.SourcesUnread == 0 {
			return "not read in full"
		}
		return "unreadable" + whenLastRead(s)
	}
	return "state unknown"
}

// whenLastRead says what was wrong when a page that cannot be read now was last read.
func whenLastRead(s query.Status) string {
	switch s.Severity {
	case "":
		return ""
	case normalize.SeverityUnknown:
		return ", trouble when last read"
	}
	return ", " + Spell(s.Severity) + " trouble when last read"
}

// StatusSentence says how a vendor does, since when, and when its pages were last read.
func StatusSentence(s query.Status) string {
	switch {
	case !s.Watched():
		return "No page of this vendor is watched, so its state is not known."
	case s.Because == query.BecauseNeverRead:
		return "A page of this vendor was never read, so whether it is well is not known."
	case s.SourcesUnread > 0:
		return Count(s.SourcesUnread, "page") + " of " + strconv.Itoa(s.Sources) + " could not be read when " +
			"last due; " +
			"the oldest reading is from " + s.ReadableAt + ". What has happened since then is not known."
	case s.Because == query.BecauseUnreadable:
		return "The page was last read at " + s.ReadableAt + ", but not in full, so whether it is well is not known."
	case s.Status == normalize.StatusUnknown && !s.Trouble():
		return "The page was read at " + s.ReadableAt + ", and says how it does in a word that is not known."
	}
	return "Its pages can be read; the oldest reading is from " + s.ReadableAt + "."
}
