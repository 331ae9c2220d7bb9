package deliver

import (
	"context"
	"errors"
	"slices"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// fold takes the messages together that wait for the channel on what is over by now, as after its receiver was down:
// one of them tells of the end, the others are skipped and say which one that is. It returns true if d is skipped. What
// was tried before may have arrived, and is left as it is.
func (s *Sender) fold(ctx context.Context, d ledger.Delivery) (folded bool, err error) {
	if !folds(d) {
		return false, nil
	}
	var waiting [][]ledger.Delivery // for each incident that d tells of, or for its page
	switch ids, err := s.incidentsOf(ctx, d); {
	case err != nil:
		return false, err
	case d.SourceID != 0:
		one, err := s.waitingOnPage(ctx, d.SourceID)
		if err != nil {
			return false, err
		}
		waiting = append(waiting, one)
	default:
		for _, id := range ids {
			one, err := s.waitingOn(ctx, id)
			if err != nil {
				return false, err
			}
			waiting = append(waiting, one)
		}
	}
	into := int64(0)
	for _, rows := range waiting {
		kept := teller(rows)
		if kept == 0 {
			return false, nil // one of several is not over, or nothing else tells of it
		}
		if into == 0 {
			into = kept
		}
	}
	if into == 0 {
		return false, nil
	}
	ids := []int64{}
	if len(waiting) == 1 {
		for _, row := range waiting[0] {
			ids = append(ids, row.DeliveryID)
		}
	}
	if !slices.Contains(ids, d.DeliveryID) { // it opened several, each of which has a message of its own
		ids = []int64{d.DeliveryID}
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == into })
	if len(ids) == 0 {
		return false, nil
	}
	if err := s.Ledger.Fold(ctx, ids, into, s.Process, s.Now()); err != nil {
		return false, err
	}
	s.Log.Info("waiting messages folded, since it is over", "channel", s.Channel.Name(), "delivery_id", into,
		"messages", len(ids))
	return d.DeliveryID != into, nil
}

// folds reports whether a message may be left out when a later one tells of the end. A postmortem comes after the end,
// and tells something of its own.
func folds(d ledger.Delivery) bool {
	if d.Stream != ledger.StreamAlerts || d.State != ledger.DeliveryPending || d.Attempts > 0 {
		return false
	}
	switch message.Reason(d.Reason) {
	case message.ReasonFirst, message.ReasonReopened, message.ReasonWorsened, message.ReasonLowered,
		message.ReasonChanged, message.ReasonUpdate, message.ReasonResolved, message.ReasonLeftFeed,
		message.ReasonMaintenance, message.ReasonReminder, message.ReasonUnreadable, message.ReasonReadable:
		return true
	}
	return false
}

// teller returns which of the messages is to tell of the end: the last one that was planned for it, else the one that
// says that there was something at all; 0 if there is none.
func teller(rows []ledger.Delivery) int64 {
	for _, fits := range []func(message.Reason) bool{
		func(r message.Reason) bool {
			return r == message.ReasonResolved || r == message.ReasonLeftFeed || r == message.ReasonMaintenance ||
				r == message.ReasonReadable
		},
		func(r message.Reason) bool { return r == message.ReasonFirst || r == message.ReasonReopened },
		func(message.Reason) bool { return true },
	} {
		for _, row := range slices.Backward(rows) {
			if fits(message.Reason(row.Reason)) {
				return row.DeliveryID
			}
		}
	}
	return 0
}

// incidentsOf returns the incidents that an alert tells of.
func (s *Sender) incidentsOf(ctx context.Context, d ledger.Delivery) ([]int64, error) {
	if d.IncidentID != 0 {
		return []int64{d.IncidentID}, nil
	}
	events, err := s.Render.DB.EventsOfDelivery(ctx, d.DeliveryID)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, e := range events {
		if e.IncidentID != 0 && !slices.Contains(ids, e.IncidentID) {
			ids = append(ids, e.IncidentID)
		}
	}
	return ids, nil
}

// waitingOn returns the messages that wait for the channel on one incident alone; none unless all records of its event
// are over.
func (s *Sender) waitingOn(ctx context.Context, incident int64) ([]ledger.Delivery, error) {
	detail, err := s.Render.DB.IncidentByID(ctx, incident, s.Now())
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ids, over := []int64{incident}, normalize.State(detail.State).Over() || detail.LeftFeedAt != ""
	for _, other := range detail.SameEvent {
		ids, over = append(ids, other.IncidentID), over && normalize.State(other.State).Over()
	}
	if !over {
		return nil, nil
	}
	told, err := s.Ledger.Notified(ctx, ids)
	if err != nil {
		return nil, err
	}
	var rows []ledger.Delivery
	for _, id := range ids {
		for _, d := range told[s.Channel.Name()][id].Deliveries {
			if d.IncidentID != 0 && folds(d) {
				rows = append(rows, d)
			}
		}
	}
	slices.SortFunc(rows, func(a, b ledger.Delivery) int { return int(a.DeliveryID - b.DeliveryID) })
	return rows, nil
}

// waitingOnPage returns the messages that wait for the channel on a page that could not be read; none unless it can be
// read again.
func (s *Sender) waitingOnPage(ctx context.Context, source int64) ([]ledger.Delivery, error) {
	health, err := s.Render.DB.SourceHealth(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	readable := func(h query.SourceHealth) bool { return h.SourceID == source && h.Health == "ok" }
	if !slices.ContainsFunc(health, readable) {
		return nil, nil
	}
	alerts, err := s.Ledger.SourceAlerts(ctx, []int64{source})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(alerts, func(d ledger.Delivery) bool {
		return d.Channel != s.Channel.Name() || !folds(d)
	}), nil
}
