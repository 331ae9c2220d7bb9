package report

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// source renders news of a page. What the events say of the moment stands before what the page's health is now.
func (r *Renderer) source(ctx context.Context, d db.Delivery, events []db.Event) (*SourceAlert, error) {
	health, err := r.DB.Health(ctx)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(health, func(h db.SourceHealth) bool { return h.SourceID == d.SourceID })
	if n < 0 {
		return nil, fmt.Errorf("source %d: %w", d.SourceID, db.ErrNotFound)
	}
	h := health[n]
	vendor, err := r.DB.VendorOf(ctx, h.Vendor)
	if err != nil {
		return nil, err
	}
	s := &SourceAlert{
		Source: Source{SourceID: h.SourceID, Vendor: h.Vendor, VendorName: h.VendorName, PageURL: h.PageURL,
			LastGoodAt: h.LastSuccessAt, Reason: h.LastError, EventIDs: d.EventIDs},
		Owner: vendor.Owner, RunbookURL: vendor.RunbookURL, DedupKey: "vendorwatch-source-" + strconv.FormatInt(h.SourceID, 10),
	}
	last := db.Event{}
	if len(events) > 0 {
		last = events[len(events)-1]
	}
	r.sourceText(s, Reason(d.Reason), h, last)
	return s, nil
}

func (r *Renderer) sourceText(s *SourceAlert, reason Reason, h db.SourceHealth, e db.Event) {
	switch reason {
	case ReasonUnreadable, ReasonReminder:
		s.Text, s.Open = "the status page cannot be read", h.ConsecutiveFailures > 0
		if reason == ReasonReminder {
			s.Text = "the status page still cannot be read"
		}
		s.SinceAt = firstOf(e.Detail["since"], h.FailingSince, h.LastSuccessAt)
		if h.ConsecutiveFailures == 0 { // it can be read again, which is the next message
			s.LastGoodAt, s.Reason = firstOf(e.Detail["last_success_at"], h.LastSuccessAt), e.Detail["reason"]
		}
	case ReasonReadable:
		s.SinceAt, s.LastGoodAt, s.Reason = e.At, e.Detail["unreadable_since"], words.OneLine(e.Detail["reason"])
		s.Text = "the status page can be read again"
		if gone, back := words.Time(s.LastGoodAt), words.Time(s.SinceAt); !gone.IsZero() && back.After(gone) {
			s.Text += " after " + words.Duration(back.Sub(gone))
		}
	case ReasonMoved:
		s.SinceAt, s.Reason = e.At, ""
		s.Text = "the status page " + movedWords(e)
	case ReasonIndicator:
		s.SinceAt, s.Reason = firstOf(h.IndicatorSinceAt, e.Detail["since"], e.At), ""
		s.Text, s.Open = indicatorText(e), e.Kind == normalize.EventIndicatorRaised && h.IndicatorSinceAt != ""
	case ReasonComponent:
		s.SinceAt, s.Reason = e.At, ""
		s.Text, s.Open = componentName(e)+": "+words.Spell(firstOf(e.Detail["from"], "unknown"))+" → "+words.Spell(firstOf(e.Detail["to"], "unknown")),
			e.Detail["to"] != string(normalize.StatusOperational)
		if was := e.Detail["from_name"]; was != "" {
			s.Text, s.Open = words.OneLine(was)+" is now called "+componentName(e), false
		}
	default:
		s.SinceAt, s.Text = e.At, words.Spell(string(reason))
	}
}

// movedWords says where a page went: "moved from status.acme.example (statuspage) to … (incidentio)".
func movedWords(e db.Event) string {
	from, to := words.OneLine(e.Detail["from_url"]), words.OneLine(e.Detail["to_url"])
	was, is := words.OneLine(e.Detail["from_platform"]), words.OneLine(e.Detail["to_platform"])
	switch {
	case to == "" && is == "":
		return "has moved, and is followed"
	case from == to || to == "":
		return fmt.Sprintf("is now made with %s, not %s, and is followed", firstOf(is, "another product"), firstOf(was, "another"))
	case was == is:
		return fmt.Sprintf("has moved from %s to %s, and is followed", pages(from), pages(to))
	}
	return fmt.Sprintf("has moved from %s (%s) to %s (%s), and is followed", pages(from), was, pages(to), is)
}

func indicatorText(e db.Event) string {
	if e.Kind == normalize.EventIndicatorCleared {
		if e.Detail["explained"] == "true" {
			return "an incident now says why the page shows that something is wrong"
		}
		return "the page no longer says that something is wrong"
	}
	text := "the page says " + firstOf(words.OneLine(e.Detail["indicator"]), "that something is wrong")
	if said := words.OneLine(e.Detail["description"]); said != "" {
		text += " (" + said + ")"
	}
	return text + ", and no incident says why"
}
