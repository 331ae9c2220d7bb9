package deliver

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// source renders news of a page. What the event says of its moment goes before the health of the page now.
func (r *Renderer) source(ctx context.Context, d ledger.Delivery, events []query.Event,
	now time.Time) (*message.SourceAlert, error) {
	health, err := r.DB.SourceHealth(ctx, now)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(health, func(h query.SourceHealth) bool { return h.SourceID == d.SourceID })
	if n < 0 {
		return nil, fmt.Errorf("source %d: %w", d.SourceID, db.ErrNotFound)
	}
	h := health[n]
	vendor, err := r.DB.Vendor(ctx, h.Vendor)
	if err != nil {
		return nil, err
	}
	s := &message.SourceAlert{
		Source: message.Source{SourceID: h.SourceID, Vendor: h.Vendor, VendorName: h.VendorName, PageURL: h.PageURL,
			LastGoodAt: h.LastSuccessAt, Reason: h.LastError, EventIDs: d.EventIDs},
		Owner: vendor.Owner, RunbookURL: vendor.RunbookURL, DedupKey: "vendorwatch-source-" +
			strconv.FormatInt(h.SourceID, 10),
	}
	last := query.Event{}
	if len(events) > 0 {
		last = events[len(events)-1]
	}
	if d.Reason == string(message.ReasonComponent) {
		return s, r.component(ctx, s, last, h.Watched == 1, now)
	}
	r.sourceText(s, message.Reason(d.Reason), h, last)
	return s, nil
}

// component says how a component changed, and how it is by now where that ended what changed.
func (r *Renderer) component(ctx context.Context, s *message.SourceAlert, e query.Event, watched bool,
	now time.Time) error {
	name, to := message.ComponentName(e), e.Detail["to"]
	s.SinceAt, s.Reason, s.Component = e.At, "", name
	s.Text = name + ": " + words.Spell(cmp.Or(e.Detail["from"], "unknown")) + " → " +
		words.Spell(cmp.Or(to, "unknown"))
	s.Open = to != string(normalize.StatusOperational)
	if was := e.Detail["from_name"]; was != "" {
		s.Text = words.OneLine(was) + " is now called " + name
	}
	id, err := strconv.ParseInt(e.Detail["component_id"], 10, 64)
	if err != nil { // no event that this program writes lacks it; the message must not stop those behind it
		s.DedupKey = "vendorwatch-event-" + strconv.FormatInt(e.EventID, 10)
		return nil
	}
	s.DedupKey = "vendorwatch-component-" + strconv.FormatInt(id, 10)
	found, err := r.DB.ComponentsAfter(ctx, now, "", "", id-1, 1)
	if err != nil {
		return err
	}
	switch {
	case len(found) == 0 || found[0].ComponentID != id || !s.Open:
	case found[0].GoneAt != "":
		s.Text, s.Open = s.Text+"; its page does not list it any more", false
	case found[0].Shown() == string(normalize.StatusOperational):
		if s.Open = false; e.Detail["from_name"] == "" {
			s.Text += ", by now operational"
		}
	case !watched:
		s.Text, s.Open = s.Text+"; its page is not watched any more", false
	}
	return nil
}

func (r *Renderer) sourceText(s *message.SourceAlert, reason message.Reason, h query.SourceHealth, e query.Event) {
	switch reason {
	case message.ReasonUnreadable, message.ReasonReminder:
		s.Text, s.Open = "the status page cannot be read", h.ConsecutiveFailures > 0
		if reason == message.ReasonReminder {
			s.Text = "the status page still cannot be read"
		}
		s.SinceAt = cmp.Or(e.Detail["since"], h.FailingSince, h.LastSuccessAt)
		if h.ConsecutiveFailures == 0 { // it can be read again, as the next message says
			s.LastGoodAt, s.Reason = cmp.Or(e.Detail["last_success_at"], h.LastSuccessAt), e.Detail["reason"]
		}
	case message.ReasonReadable:
		s.SinceAt, s.LastGoodAt, s.Reason = e.At, e.Detail["unreadable_since"], words.OneLine(e.Detail["reason"])
		s.Text = "the status page can be read again"
		if gone, back := words.Time(s.LastGoodAt), words.Time(s.SinceAt); !gone.IsZero() && back.After(gone) {
			s.Text += " after " + words.Duration(back.Sub(gone))
		}
	case message.ReasonNotWatched:
		s.SinceAt, s.Open = "", true
		s.Text = "the status page is not watched any more, and could not be read until then"
	case message.ReasonMoved:
		s.SinceAt, s.Reason = e.At, ""
		s.Text = "the status page " + message.MovedText(e)
	default:
		s.SinceAt, s.Text = e.At, words.Spell(string(reason))
	}
}
