package words

import (
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Service says in a few words how a service of ours does, and no more than is known.
func Service(s query.ServiceStatus) string {
	text := Need(s.Status, s.Severity, s.Because)
	if s.Need == "" || s.Status == normalize.StatusOperational {
		return text
	}
	return text + ": " + OneLine(s.Need)
}

// Need says in a few words how something that is needed does.
func Need(status normalize.ComponentStatus, severity normalize.Severity, because query.Because) string {
	switch {
	case query.InTrouble(status, severity, because) && status == normalize.StatusUnknown:
		return "incident, severity unknown"
	case status != normalize.StatusUnknown:
		return Spell(status)
	case because == query.BecauseNeverRead:
		return "not known, never read"
	case because == query.BecauseUnreadable:
		return "not known, unreadable"
	case because == query.BecauseNoComponent:
		return "not known, no such component"
	}
	return "not known"
}

// Ok answers in a line whether all is well. Times are in UTC.
func Ok(ok query.Ok, now time.Time) string {
	text := okText(ok, now)
	if since := Time(ok.OwnOutageSinceAt); !since.IsZero() {
		text += "; our own network is taken to fail since " + Moment(since, time.UTC, now)
	}
	return text
}

func okText(ok query.Ok, now time.Time) string {
	if len(ok.Reasons) == 0 && ok.OwnOutageSinceAt != "" {
		return "not known: nothing was known to be wrong"
	}
	if len(ok.Reasons) == 0 {
		if ok.Verdict != query.VerdictWell {
			return "not known: no vendor is watched"
		}
		return "well: " + Count(ok.Asked, "need") + " read when due, and nothing is wrong"
	}
	first := ok.Reasons[0]
	text := Spell(ok.Verdict) + ": " + OneLine(first.VendorName)
	if first.Need != "" {
		text = Spell(ok.Verdict) + ": " + OneLine(first.Service) + " needs " + OneLine(first.Need)
	}
	if first.Planned {
		text += ": maintenance planned"
	} else {
		text += ": " + Need(first.Status, first.Severity, first.Because)
	}
	if since := Time(first.SinceAt); !since.IsZero() {
		from := " since "
		if first.Planned {
			from = " from "
		}
		text += from + Moment(since, time.UTC, now)
	}
	if first.Title != "" {
		text += ", “" + Short(first.Title, 100) + "”"
	}
	if more := len(ok.Reasons) - 1; more > 0 {
		text += " (and " + Count(more, "more reason") + ")"
	}
	return text
}
