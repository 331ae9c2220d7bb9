-- +goose Up
-- A CHECK cannot be altered, so events is made anew under its own name. References to it are checked when
-- the transaction ends, by when every row is back under its number.
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE kept_events AS SELECT * FROM events;
CREATE TEMP TABLE kept_number AS SELECT seq FROM sqlite_sequence WHERE name = 'events';
DROP TABLE events;

CREATE TABLE events ( -- news, in the order in which it was learned
  event_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours; never used twice, receivers recognise repeats by it
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that told it
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident; null for news of a component or of the page
  update_id INTEGER REFERENCES incident_updates (update_id), -- which update brought it; null if none did
  kind TEXT NOT NULL CHECK (kind IN ('incident_opened', 'update_posted', 'state_changed', 'severity_changed', 'incident_resolved', 'incident_reopened', 'postmortem_posted', 'incident_edited', 'incident_left_feed', 'maintenance_scheduled', 'maintenance_started', 'maintenance_completed', 'component_changed', 'source_unreadable', 'source_readable', 'indicator_raised', 'indicator_cleared', 'source_moved', 'reminder')), -- sort of news
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when we saw it
  withheld TEXT CHECK (withheld IN ('stale', 'same_event', 'filtered')), -- why no channel is told; stale: old already when a saved page told it, reports over a span list it; same_event: the record of another page tells of the event; filtered: the vendor's filters in the configuration hide it; null: channels are told
  detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)) -- JSON object of text: what a reader wants to know beside the incident
) STRICT;
INSERT INTO events (event_id, source_id, incident_id, update_id, kind, at, withheld, detail)
SELECT event_id, source_id, incident_id, update_id, kind, at, withheld, detail FROM kept_events ORDER BY event_id;
-- No number is used twice, that of a row which is gone included.
DELETE FROM sqlite_sequence WHERE name = 'events';
INSERT INTO sqlite_sequence (name, seq) SELECT 'events', seq FROM kept_number;
DROP TABLE kept_events;
DROP TABLE kept_number;
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_incident ON events (incident_id);
CREATE INDEX events_by_update ON events (update_id);
CREATE INDEX events_by_source ON events (source_id);

CREATE TABLE source_moves ( -- status pages that went to another address, or to another product, and were followed there
  source_move_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page; its history goes on
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- first good reading of the new page
  from_url TEXT NOT NULL CHECK (from_url <> ''), -- address before; a configuration that still names it means this source
  from_platform TEXT NOT NULL, -- status-page product before
  to_url TEXT NOT NULL CHECK (to_url <> ''), -- address from then on
  to_platform TEXT NOT NULL CHECK (to_platform <> ''), -- status-page product from then on
  CHECK (from_url <> to_url OR from_platform <> to_platform)
) STRICT;
CREATE INDEX source_moves_by_source ON source_moves (source_id);

CREATE TABLE source_searches ( -- when it was last looked for what serves a page that its platform no longer reads, so that this is not done at every attempt
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id), -- which page
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time
  outcome TEXT NOT NULL DEFAULT '' -- what was found, in words
) STRICT;

CREATE TABLE former_keys ( -- ids that incidents had before their page moved to another product
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that shows the incident
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- the vendor's id, address or hash before
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- whose it was
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when the incident was first read under its new id
  PRIMARY KEY (source_id, source_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_keys_by_incident ON former_keys (incident_id);
