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
	r.sourceText(s, message.Reason(d.Reason), h, last)
	return s, nil
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
	case message.ReasonMoved:
		s.SinceAt, s.Reason = e.At, ""
		s.Text = "the status page " + message.MovedText(e)
	case message.ReasonComponent:
		s.SinceAt, s.Reason, s.Component = e.At, "", message.ComponentName(e)
		s.Text, s.Open = message.ComponentName(e)+": "+words.Spell(cmp.Or(e.Detail["from"], "unknown"))+" → "+
			words.Spell(cmp.Or(e.Detail["to"], "unknown")),
			e.Detail["to"] != string(normalize.StatusOperational)
		if was := e.Detail["from_name"]; was != "" {
			s.Text, s.Open = words.OneLine(was)+" is now called "+message.ComponentName(e), false
		}
	default:
		s.SinceAt, s.Text = e.At, words.Spell(string(reason))
	}
}
