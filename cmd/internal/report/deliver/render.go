package deliver

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
	"vendorwatch/normalize"
)

// Renderer turns deliveries into messages, from the record as it is when they are sent.
type Renderer struct {
	DB           *query.DB
	Ledger       *ledger.Ledger
	Zone         *time.Location             // of the readers of alerts; nil means UTC
	DashboardURL string                     // address of our dashboard; empty for none
	Digests      map[string]digest.Settings // by stream; the others are made with the defaults
}

// MessageID is the id of a delivery for its receiver, the same at each attempt.
func MessageID(deliveryID int64) string { return "vw-" + strconv.FormatInt(deliveryID, 10) }

// Message renders a delivery as of now. The error wraps db.ErrNotFound if what it reports has left the record.
func (r *Renderer) Message(ctx context.Context, d ledger.Delivery, now time.Time) (message.Message, error) {
	m := message.Message{
		ID: MessageID(d.DeliveryID), Reason: message.Reason(d.Reason), At: normalize.FormatTime(now),
		EventIDs: d.EventIDs,
		Route:    d.Route, Mention: d.Mention == 1, Items: []message.AlertItem{}, Zone: r.Zone,
	}
	events, err := r.DB.EventsOfDelivery(ctx, d.DeliveryID)
	if err == nil {
		switch {
		case m.Reason == message.ReasonDigest:
			m.Digest, m.Zone, err = r.digest(ctx, d, events, now)
		case m.Reason == message.ReasonHeldBack:
			m.Held, err = r.held(ctx, d)
		case m.Reason == message.ReasonOwnNetwork, m.Reason == message.ReasonOwnNetworkBack:
			m.Own, err = r.own(ctx, d)
		case m.Reason == message.ReasonSLAAtRisk, m.Reason == message.ReasonSLAMissed:
			m.Target, err = r.target(ctx, d, now)
		case m.Reason == message.ReasonChannel:
			m.Failed, err = r.failed(ctx, d)
		case d.SourceID != 0:
			m.Source, err = r.source(ctx, d, events, now)
		default:
			m.Items, err = r.items(ctx, d, events, now)
			// Nobody is mentioned for what ended while its message waited.
			m.Mention = m.Mention && slices.ContainsFunc(m.Items, func(i message.AlertItem) bool { return i.Open })
		}
	}
	if err != nil {
		return message.Message{}, fmt.Errorf("delivery %d: render: %w", d.DeliveryID, err)
	}
	return m, nil
}

func (r *Renderer) digest(ctx context.Context, d ledger.Delivery, events []query.Event, now time.Time) (*message.Digest,
	*time.Location, error) {
	s := r.Digests[d.Stream]
	options := s.Options(now)
	options.DashboardURL = r.DashboardURL
	digest, err := digest.Build(ctx, r.DB, digest.Window{Since: words.Time(d.FromAt), Until: now, Events: events,
		PlannedAt: words.Time(d.CreatedAt)}, options)
	return &digest, s.Zone, err
}

// held counts the messages that the channel's cap suppressed in the hour of the message.
func (r *Renderer) held(ctx context.Context, d ledger.Delivery) (*message.HeldBack, error) {
	skipped, err := r.Ledger.Deliveries(ctx, ledger.DeliveryFilter{Channel: d.Channel, Stream: d.Stream,
		State: ledger.DeliverySkipped, Since: words.Time(d.FromAt)})
	if err != nil {
		return nil, err
	}
	h := &message.HeldBack{SinceAt: d.FromAt, UntilAt: cmp.Or(d.NotBeforeAt, d.CreatedAt)}
	for _, s := range skipped {
		if strings.HasPrefix(s.Note, message.NoteOverCap) && s.CreatedAt <= h.UntilAt {
			h.Count++
		}
	}
	return h, nil
}

// own is the outage of our own network that a message tells of. One that says that it began leaves the end to the next.
func (r *Renderer) own(ctx context.Context, d ledger.Delivery) (*query.OwnOutage, error) {
	outages, err := r.DB.OwnOutages(ctx, words.Time(d.FromAt))
	if err != nil {
		return nil, err
	}
	if len(outages) == 0 || outages[0].FromAt != d.FromAt {
		return nil, fmt.Errorf("outage of our own network at %s: %w", d.FromAt, db.ErrNotFound)
	}
	o := outages[0]
	if d.Reason == string(message.ReasonOwnNetwork) {
		o.ToAt, o.Refuted = "", false
	}
	return &o, nil
}

// target is how the target does that a message tells of.
func (r *Renderer) target(ctx context.Context, d ledger.Delivery, now time.Time) (*servicetime.Standing, error) {
	_, key, _ := strings.Cut(d.DedupKey, ":")
	s, err := servicetime.StandingOf(ctx, r.DB, key, now)
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// failed says what waits for the channel that a notice is about, and what was set aside.
func (r *Renderer) failed(ctx context.Context, d ledger.Delivery) (*message.FailedChannel, error) {
	health, err := r.DB.ChannelHealth(ctx)
	if err != nil {
		return nil, err
	}
	f := &message.FailedChannel{Channel: d.AboutChannel}
	for _, h := range health {
		if h.Channel == d.AboutChannel {
			f.Refused, f.SinceAt, f.Waiting, f.LastError = h.Refused, h.RefusedSinceAt, h.Waiting, h.LastError
		}
	}
	return f, nil
}

// items renders the incidents of an alert: that of the delivery, else those of its events in order.
func (r *Renderer) items(ctx context.Context, d ledger.Delivery, events []query.Event,
	now time.Time) ([]message.AlertItem, error) {
	ids := []int64{}
	if d.IncidentID != 0 {
		ids = append(ids, d.IncidentID)
	}
	for _, e := range events {
		if d.IncidentID == 0 && e.IncidentID != 0 && !slices.Contains(ids, e.IncidentID) {
			ids = append(ids, e.IncidentID)
		}
	}
	items := []message.AlertItem{}
	for _, id := range ids {
		// Of an incident with several records, the events may be those of another record.
		own := events
		if d.IncidentID == 0 {
			own = slices.DeleteFunc(slices.Clone(events), func(e query.Event) bool { return e.IncidentID != id })
		}
		item, err := r.item(ctx, d, id, own, now)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (r *Renderer) item(ctx context.Context, d ledger.Delivery, id int64, events []query.Event,
	now time.Time) (message.AlertItem, error) {
	detail, err := r.DB.IncidentByID(ctx, id, now)
	if err != nil {
		return message.AlertItem{}, err
	}
	i := message.AlertItem{
		Item: message.Item{Incident: detail.Incident, EventIDs: []int64{}, Actions: detail.Actions},
		Open: !normalize.State(detail.State).Over() && detail.LeftFeedAt == "",
	}
	if a, told := message.ActionOf(d.DedupKey, detail.Actions); told {
		i.Action = &a
	}
	for _, e := range events {
		i.EventIDs = append(i.EventIDs, e.EventID)
		n := slices.IndexFunc(detail.Updates, func(u query.Update) bool { return u.UpdateID == e.UpdateID })
		if isPost := e.Kind == normalize.EventUpdatePosted || e.Kind == normalize.EventPostmortemPosted; isPost &&
			n >= 0 {
			i.Update = &detail.Updates[n]
		}
		if e.Kind == normalize.EventIncidentEdited {
			for _, field := range message.EditedFields(e) {
				if !slices.Contains(i.Edited, field) {
					i.Edited = append(i.Edited, field)
				}
			}
		}
		if i.Was == "" && wasChanged(message.Reason(d.Reason), e.Kind) {
			i.Was = e.Detail["from"]
		}
	}
	vendor, err := r.DB.Vendor(ctx, detail.Vendor)
	if err != nil {
		return message.AlertItem{}, err
	}
	i.Owner, i.RunbookURL = vendor.Owner, vendor.RunbookURL
	if i.DetectedAfterSeconds, err = r.DB.DetectionDelay(ctx, id); err != nil {
		return message.AlertItem{}, err
	}
	first, others, thread, err := r.begun(ctx, d.Channel, detail)
	if err != nil {
		return message.AlertItem{}, err
	}
	i.Thread, i.DedupKey = thread, incidentKey(first)
	if thread == "" && detail.StoryID != 0 {
		if i.Under, err = r.under(ctx, d.Channel, detail.Incident); err != nil {
			return message.AlertItem{}, err
		}
	}
	for _, other := range others {
		i.OtherKeys = append(i.OtherKeys, incidentKey(other))
	}
	if r.DashboardURL != "" {
		i.DashboardURL = strings.TrimRight(r.DashboardURL, "/") + "/incidents/" + strconv.FormatInt(id, 10)
	}
	return i, nil
}

// begun returns the record of an event under which a channel got its first message on it, the other records of which it
// got messages, and the thread of the first. What
// the page itself showed and what its vendor posted later are records of one event, and one alert.
func (r *Renderer) begun(ctx context.Context, channel string, detail query.IncidentDetail) (id int64, others []int64,
	thread string, err error) {
	id = detail.IncidentID
	ids := []int64{id}
	for _, other := range detail.SameEvent {
		ids = append(ids, other.IncidentID)
	}
	told, err := r.Ledger.Notified(ctx, ids)
	if err != nil {
		return 0, nil, "", err
	}
	slices.Sort(ids)
	first := int64(0)
	for _, one := range ids {
		t := told[channel][one]
		if len(t.Deliveries) > 0 && (first == 0 || t.Deliveries[0].DeliveryID < first) {
			first, id = t.Deliveries[0].DeliveryID, one
		}
		if thread == "" || one == id && t.Thread != "" {
			thread = t.Thread
		}
	}
	for _, one := range ids {
		if one != id && told[channel][one].Delivered {
			others = append(others, one)
		}
	}
	return id, others, thread, nil
}

// under returns the thread of the first incident of a story that a channel was told of.
func (r *Renderer) under(ctx context.Context, channel string, of query.Incident) (thread string, err error) {
	ids, err := r.DB.StoryMembers(ctx, of.StoryID)
	if err != nil {
		return "", err
	}
	told, err := r.Ledger.Notified(ctx, ids)
	if err != nil {
		return "", err
	}
	first := int64(0)
	for id, t := range told[channel] {
		if id != of.IncidentID && t.Thread != "" && (first == 0 || t.Deliveries[0].DeliveryID < first) {
			first, thread = t.Deliveries[0].DeliveryID, t.Thread
		}
	}
	return thread, nil
}

func incidentKey(id int64) string { return "vendorwatch-incident-" + strconv.FormatInt(id, 10) }

// wasChanged reports whether an event of that kind holds the value before the change that a message is about.
func wasChanged(reason message.Reason, kind normalize.EventKind) bool {
	switch reason {
	case message.ReasonWorsened, message.ReasonLowered:
		return kind == normalize.EventSeverityChanged
	case message.ReasonChanged:
		return kind == normalize.EventStateChanged
	}
	return false
}
