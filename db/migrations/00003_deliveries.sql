-- +goose Up
-- What a channel is sent is one row a message from here on; before, it was one row an event and channel. All of
-- what was delivered, refused or failed is carried over, and what a channel was still to be told waits for it.
CREATE TEMP TABLE old_channels AS SELECT * FROM channels;
CREATE TEMP TABLE old_deliveries AS SELECT * FROM deliveries;
DROP TABLE deliveries;
DROP TABLE channels;

CREATE TABLE streams ( -- how far the news is planned into messages: for alerts, and for each digest by its name
  stream TEXT PRIMARY KEY CHECK (stream = 'alerts' OR stream GLOB 'digest:?*'), -- alerts, or digest:NAME
  after_event_id INTEGER NOT NULL, -- events up to this one are planned, or were there before the stream
  created_at TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it was first used
  planned_at TEXT CHECK (planned_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- when it was last planned; the next digest tells what is new since then; null: never
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries ( -- messages: one row is one message to one channel
  delivery_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours; never used twice: the receiver gets vw-NUMBER with each try and can drop a repeat
  channel TEXT NOT NULL CHECK (channel <> ''), -- name in the configuration
  stream TEXT NOT NULL REFERENCES streams (stream), -- what it was planned by
  reason TEXT NOT NULL CHECK (reason IN ('first', 'worsened', 'changed', 'update', 'resolved', 'reopened', 'postmortem', 'left_feed', 'maintenance', 'reminder', 'unreadable', 'readable', 'moved', 'indicator', 'component', 'held_back', 'digest', 'test')), -- why it is sent
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident it tells of; null if of none, or of several: those of its events
  source_id INTEGER REFERENCES sources (source_id), -- which page it tells of; null if of none
  route TEXT NOT NULL DEFAULT '', -- name of the route that chose the channel; empty if none did
  dedup_key TEXT CHECK (dedup_key <> ''), -- what there may be one message of on a channel; null: no such limit
  mention INTEGER NOT NULL DEFAULT 0 CHECK (mention IN (0, 1)), -- 1: people are called, as by @here
  from_at TEXT CHECK (from_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- start of the time that a digest reports on; null: everything before, or no digest
  state TEXT NOT NULL CHECK (state IN ('pending', 'held', 'delivered', 'refused', 'skipped')), -- pending: to be sent, or to be tried again; held: not before its time; refused: the receiver will never take it; skipped: not sent, see note
  not_before_at TEXT CHECK (not_before_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- until when it is held; null if it never was
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- tries so far, the one under way included
  next_attempt_at TEXT CHECK (next_attempt_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when to try again; null: at once, or not to
  created_at TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it was planned
  delivered_at TEXT CHECK (delivered_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when the receiver took it
  receipt TEXT NOT NULL DEFAULT '', -- what the receiver answered
  last_error TEXT NOT NULL DEFAULT '', -- why the last try failed
  note TEXT NOT NULL DEFAULT '', -- why it is held or was skipped, or what else the planner had to say
  CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
  CHECK (state <> 'held' OR not_before_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX deliveries_once ON deliveries (channel, dedup_key) WHERE dedup_key IS NOT NULL;
CREATE INDEX deliveries_by_incident ON deliveries (incident_id);
CREATE INDEX deliveries_by_source ON deliveries (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX deliveries_by_stream ON deliveries (stream, channel, delivered_at);
CREATE INDEX deliveries_pending ON deliveries (channel, delivery_id) WHERE state = 'pending';
CREATE INDEX deliveries_held ON deliveries (not_before_at) WHERE state = 'held';

CREATE TABLE delivery_events ( -- which news a message tells
  delivery_id INTEGER NOT NULL REFERENCES deliveries (delivery_id), -- which message
  event_id INTEGER NOT NULL REFERENCES events (event_id), -- which news
  PRIMARY KEY (delivery_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_events_by_event ON delivery_events (event_id);

CREATE TABLE threads ( -- which channel was told of which incident by an alert, and what it gave back for further messages
  channel TEXT NOT NULL CHECK (channel <> ''), -- name in the configuration
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  thread TEXT NOT NULL DEFAULT '', -- the channel's own name for what it was sent first, such as a message to reply to; empty if it gave none
  first_delivery_id INTEGER NOT NULL REFERENCES deliveries (delivery_id), -- the first message that arrived
  PRIMARY KEY (channel, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX threads_by_incident ON threads (incident_id);
CREATE INDEX threads_by_delivery ON threads (first_delivery_id);

CREATE TABLE mutes ( -- vendors and incidents of which no channel is alerted for a time
  mute_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours
  vendor_id INTEGER REFERENCES vendors (vendor_id), -- which vendor; null if an incident is muted
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident; null if a vendor is muted
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it ends by itself
  reason TEXT NOT NULL DEFAULT '', -- why, in the words of whoever muted it
  created_at TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it began
  ended_at TEXT CHECK (ended_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it was ended by hand; null if it was not
  CHECK ((vendor_id IS NULL) <> (incident_id IS NULL))
) STRICT;
CREATE INDEX mutes_by_vendor ON mutes (vendor_id) WHERE vendor_id IS NOT NULL;
CREATE INDEX mutes_by_incident ON mutes (incident_id) WHERE incident_id IS NOT NULL;

-- There was one digest, and each of its channels had its own place in the news. The stream begins where the
-- foremost channel stands; what the others lack up to there waits for them as a message.
INSERT INTO streams (stream, after_event_id, created_at, planned_at)
SELECT 'digest:daily',
  (SELECT max(id) FROM (SELECT max(after_event_id) AS id FROM old_channels UNION ALL SELECT max(event_id) FROM old_deliveries)),
  (SELECT min(created_at) FROM old_channels),
  (SELECT max(delivered_at) FROM old_deliveries)
WHERE EXISTS (SELECT 1 FROM old_channels);

INSERT INTO deliveries (channel, stream, reason, state, attempts, created_at, delivered_at, receipt)
SELECT channel, 'digest:daily', 'digest', 'delivered', max(attempts), delivered_at, delivered_at, receipt
FROM old_deliveries WHERE state = 'delivered' GROUP BY channel, delivered_at, receipt ORDER BY delivered_at, channel;
INSERT INTO delivery_events (delivery_id, event_id)
SELECT d.delivery_id, o.event_id FROM old_deliveries o
JOIN deliveries d ON d.state = 'delivered' AND d.channel = o.channel AND d.delivered_at = o.delivered_at AND d.receipt = o.receipt
WHERE o.state = 'delivered';

INSERT INTO deliveries (channel, stream, reason, state, attempts, created_at, last_error)
SELECT o.channel, 'digest:daily', 'digest', 'refused', max(o.attempts), max(e.at), o.last_error
FROM old_deliveries o JOIN events e USING (event_id) WHERE o.state = 'refused' GROUP BY o.channel, o.last_error ORDER BY max(e.at), o.channel;
INSERT INTO delivery_events (delivery_id, event_id)
SELECT d.delivery_id, o.event_id FROM old_deliveries o
JOIN deliveries d ON d.state = 'refused' AND d.channel = o.channel AND d.last_error = o.last_error
WHERE o.state = 'refused';

CREATE TEMP TABLE old_waiting AS
SELECT c.channel, e.event_id, e.at, o.attempts, o.next_attempt_at, o.last_error
FROM old_channels c
JOIN events e ON e.event_id > c.after_event_id AND e.withheld IS NULL
  AND e.at >= strftime('%Y-%m-%dT%H:%M:%fZ', c.created_at, '-24 hours')
  AND e.event_id <= (SELECT after_event_id FROM streams)
LEFT JOIN old_deliveries o ON o.channel = c.channel AND o.event_id = e.event_id
WHERE coalesce(o.state, 'pending') = 'pending';
INSERT INTO deliveries (channel, stream, reason, from_at, state, attempts, next_attempt_at, created_at, last_error)
SELECT channel, 'digest:daily', 'digest', min(at), 'pending', coalesce(max(attempts), 0), max(next_attempt_at), max(at), coalesce(max(last_error), '')
FROM old_waiting GROUP BY channel ORDER BY channel;
INSERT INTO delivery_events (delivery_id, event_id)
SELECT d.delivery_id, w.event_id FROM old_waiting w JOIN deliveries d ON d.state = 'pending' AND d.channel = w.channel;

DROP TABLE old_waiting;
DROP TABLE old_deliveries;
DROP TABLE old_channels;

CREATE VIEW v_deliveries AS -- messages with vendor, title and what became of them
SELECT
  d.delivery_id,
  d.channel,
  d.stream,
  d.reason,
  d.state,
  v.slug AS vendor, -- short name; null for a digest, and where a message tells of several incidents
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  d.incident_id,
  i.title, -- of the incident
  s.page_url, -- address of the status page
  (SELECT count(*) FROM delivery_events e WHERE e.delivery_id = d.delivery_id) AS events, -- how much news it tells
  d.route,
  d.mention,
  d.created_at,
  d.not_before_at,
  d.attempts,
  d.next_attempt_at,
  d.delivered_at,
  d.receipt,
  d.last_error,
  d.note
FROM deliveries d
LEFT JOIN incidents i USING (incident_id)
LEFT JOIN sources s ON s.source_id = coalesce(d.source_id, i.source_id)
LEFT JOIN vendors v USING (vendor_id);

CREATE VIEW v_channel_health AS -- what waits for each channel that was ever sent anything, and what it would not take
SELECT
  d.channel,
  count(CASE WHEN d.state = 'pending' THEN 1 END) AS waiting, -- messages to be sent
  min(CASE WHEN d.state = 'pending' THEN d.created_at END) AS waiting_since_at, -- the oldest of them was planned; null if none waits
  min(CASE WHEN d.state = 'pending' THEN d.next_attempt_at END) AS next_attempt_at, -- when a failed one is tried again; null if none failed
  count(CASE WHEN d.state = 'held' THEN 1 END) AS held, -- messages that wait for their time
  count(CASE WHEN d.state = 'refused' THEN 1 END) AS refused, -- messages that it will never take
  min(CASE WHEN d.state = 'refused' THEN d.created_at END) AS refused_since_at, -- the oldest of them was planned; null if there is none
  max(d.delivered_at) AS last_delivered_at, -- when it last took a message; null: never
  (SELECT e.last_error FROM deliveries e WHERE e.channel = d.channel AND e.state IN ('pending', 'refused') AND e.last_error <> ''
    ORDER BY e.delivery_id DESC LIMIT 1) AS last_error -- of the newest of those that wait or were refused; null if there is none
FROM deliveries d
GROUP BY d.channel;
