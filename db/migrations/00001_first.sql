-- +goose Up
-- Times are UTC text of fixed width, 2026-11-23T10:02:05.045Z, in columns named _at, so that text
-- order is time order. An incident's own times are the vendor's; first_seen_at and the like are ours.

CREATE TABLE vendors ( -- companies whose status is watched
  vendor_id INTEGER PRIMARY KEY, -- ours
  slug TEXT NOT NULL UNIQUE CHECK (slug <> ''), -- short name used in the configuration and in commands
  name TEXT NOT NULL DEFAULT '', -- name for people; where none is configured, as its page gives it
  homepage TEXT NOT NULL DEFAULT '', -- the vendor's website
  owner TEXT NOT NULL DEFAULT '', -- who of us looks after this vendor
  runbook_url TEXT NOT NULL DEFAULT '' -- what to do when this vendor is down
) STRICT;

CREATE TABLE sources ( -- status pages, with the health of reading them
  source_id INTEGER PRIMARY KEY, -- ours
  vendor_id INTEGER NOT NULL REFERENCES vendors (vendor_id), -- whose page it is
  page_url TEXT NOT NULL CHECK (page_url <> ''), -- address of the status page
  platform TEXT NOT NULL DEFAULT '', -- status-page product that serves it, such as statuspage
  watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)), -- 1: the service's configuration lists it; 0: known from saved pages only, or no longer listed
  interval_seconds INTEGER NOT NULL DEFAULT 0 CHECK (interval_seconds >= 0), -- from one reading to the next by its schedule; 0 if not known
  last_attempt_at TEXT CHECK (last_attempt_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when we last tried to read it live
  last_success_at TEXT CHECK (last_success_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when we last read it live
  consecutive_failures INTEGER NOT NULL DEFAULT 0 CHECK (consecutive_failures >= 0), -- live attempts failed since the last success
  failing_since_at TEXT CHECK (failing_since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- first of those failures; null while it can be read
  last_error TEXT, -- what went wrong at the last live attempt; null if nothing
  indicator TEXT, -- page-level state word in the vendor's own words: none, minor, …
  page_severity TEXT CHECK (page_severity IN ('none', 'minor', 'major', 'critical', 'unknown')), -- how bad the page itself says or shows it is, whatever the vendor posts: by its own word where that says that something is wrong, else by its components; none: it says or shows that all is well; null: it says nothing that can be understood, or is not read yet
  page_severity_at TEXT CHECK (page_severity_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: since when it has been as bad as that
  page_because TEXT CHECK (page_because IN ('page', 'component')), -- what gives page_severity: page, its own word; component, its components
  baseline_at TEXT CHECK (baseline_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- first good scrape: what was there before is history and is not announced
  latest_at TEXT CHECK (latest_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- newest good reading, live or from a saved page; older saved pages change no open list and no component
  coverage_start_at TEXT CHECK (coverage_start_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- every incident since then is on record, as far as the page shows
  backfill_page INTEGER NOT NULL DEFAULT 0 CHECK (backfill_page >= 0), -- history page on which a backfill goes on; 0 if none was begun
  backfill_done_at TEXT CHECK (backfill_done_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when a backfill reached the page's first day
  red_suspected INTEGER NOT NULL DEFAULT 0 CHECK (red_suspected IN (0, 1)), -- 1: the page is red since its last reading, and no incident says so; the next reading decides
  copy_suspected INTEGER NOT NULL DEFAULT 0 CHECK (copy_suspected IN (0, 1)), -- 1: what an incident says now may come from a cache; the next reading decides
  vanish_suspected_at TEXT CHECK (vanish_suspected_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- most open incidents vanished at once then; the next good scrape decides
  UNIQUE (vendor_id, page_url),
  CHECK ((page_severity IS NULL) = (page_because IS NULL) AND (page_severity IS NULL) = (page_severity_at IS NULL))
) STRICT;

CREATE TABLE source_filters ( -- what of a page concerns us by the configuration; no row: all of it
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id), -- which page
  filter TEXT NOT NULL CHECK (json_valid(filter)) -- JSON object: globs of components, groups, regions and all places the vendor names; kinds; the lowest severity
) STRICT;

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

CREATE TABLE coverage_gaps ( -- stretches of time in which a page was not read, so that what happened then may be missing; ordinary polling leaves none
  gap_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  from_at TEXT NOT NULL CHECK (from_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- last good reading before
  to_at TEXT CHECK (to_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- first good reading after; null while it lasts
  reason TEXT NOT NULL CHECK (reason IN ('unreadable', 'not_watched')), -- unreadable: attempts failed; not_watched: none was made, the service or the source being off
  filled_at TEXT CHECK (filled_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when a later reading told all that happened meanwhile; null if none has
  UNIQUE (source_id, from_at),
  CHECK (to_at >= from_at)
) STRICT;
CREATE INDEX coverage_gaps_unfilled ON coverage_gaps (source_id, from_at) WHERE filled_at IS NULL;

CREATE TABLE documents ( -- what is remembered of each address, so that an unchanged page costs one conditional request
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- source that reads it
  url TEXT NOT NULL, -- address asked for
  etag TEXT NOT NULL DEFAULT '', -- validator the server gave
  last_modified TEXT NOT NULL DEFAULT '', -- validator the server gave, in its own form
  hash TEXT NOT NULL DEFAULT '', -- of the body, hexadecimal
  refused_at TEXT CHECK (refused_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it was last refused, so that its fallback is taken at once
  fetched_at TEXT NOT NULL CHECK (fetched_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when its validators, hash or refusal last changed
  PRIMARY KEY (source_id, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE components ( -- parts of a vendor's service
  component_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that shows it
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- the vendor's id, else group and name
  name TEXT NOT NULL, -- the vendor's words
  group_name TEXT NOT NULL DEFAULT '', -- group the page shows it in
  status TEXT NOT NULL CHECK (status IN ('operational', 'degraded_performance', 'partial_outage', 'major_outage', 'under_maintenance', 'unknown')), -- as last read
  vendor_status TEXT NOT NULL DEFAULT '', -- the vendor's word for it
  position INTEGER NOT NULL DEFAULT 0, -- order on the page
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when we first read of it
  gone_at TEXT CHECK (gone_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when a page that lists all components no longer had it
  UNIQUE (source_id, source_key)
) STRICT;
CREATE INDEX components_not_operational ON components (source_id, status) WHERE status <> 'operational' AND gone_at IS NULL;

CREATE TABLE component_changes ( -- every status a component was seen to take, the first one included
  component_change_id INTEGER PRIMARY KEY, -- ours
  component_id INTEGER NOT NULL REFERENCES components (component_id), -- which
  status TEXT NOT NULL CHECK (status IN ('operational', 'degraded_performance', 'partial_outage', 'major_outage', 'under_maintenance', 'unknown')), -- from then on
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- when we saw it
) STRICT;
CREATE INDEX component_changes_by_component ON component_changes (component_id, at);

CREATE TABLE component_lists ( -- what pages listed of all their components, each wording once: the history of statuses is made of these
  list_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  hash TEXT NOT NULL, -- of the words
  words BLOB NOT NULL, -- gzip of a JSON array: the vendor's own words, an object a component
  UNIQUE (source_id, hash)
) STRICT;

CREATE TABLE component_readings ( -- when pages listed them: a row each time the list of a live page differs from the one before, and one for each saved page
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was read, or saved
  list_id INTEGER NOT NULL REFERENCES component_lists (list_id), -- what was read
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)), -- 1: the list has every component of the page
  PRIMARY KEY (source_id, seen_at, list_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE page_states ( -- how bad pages said or showed they were: a row each time that changes on a live page, and one for each saved page; the incidents of origin page are made of these
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was read, or saved
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was last known to say the same; of the newest row it may be later, see sources.last_success_at
  hash TEXT NOT NULL, -- of the values below
  severity TEXT NOT NULL CHECK (severity IN ('none', 'minor', 'major', 'critical', 'unknown')), -- how bad the page was
  because TEXT NOT NULL CHECK (because IN ('page', 'component')), -- what gave the severity
  said TEXT NOT NULL DEFAULT '', -- the page's own words for its state
  red TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(red)), -- JSON array: its red components, an object each
  posted TEXT CHECK (posted IN ('none', 'minor', 'major', 'critical', 'unknown')), -- the worst of the vendor's incidents that were open; null: none was
  uncovered INTEGER NOT NULL CHECK (uncovered IN (0, 1)), -- 1: it was red, and no open incident of the vendor was as bad
  PRIMARY KEY (source_id, seen_at, hash),
  CHECK (until_at >= seen_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents ( -- incidents, maintenances and notices that vendors published, and trouble that their pages show
  incident_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that shows it
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- the vendor's id, else the canonical URL, else # and a hash of title and start
  origin TEXT NOT NULL DEFAULT 'vendor' CHECK (origin IN ('vendor', 'page')), -- who says so: vendor, posted by it; page, the page itself is red and no open incident of the vendor is as bad
  kind TEXT NOT NULL CHECK (kind IN ('incident', 'maintenance', 'notice')), -- incident: something broke; maintenance: planned work; notice: an announcement that breaks nothing
  title TEXT NOT NULL, -- the vendor's words
  url TEXT NOT NULL DEFAULT '', -- the incident's own page
  severity TEXT NOT NULL CHECK (severity IN ('none', 'minor', 'major', 'critical', 'unknown')), -- by the vendor's impact word; unknown if there is none or it is a new one
  state TEXT NOT NULL CHECK (state IN ('investigating', 'identified', 'monitoring', 'resolved', 'scheduled', 'in_progress', 'verifying', 'completed', 'cancelled', 'unknown')), -- where it stands
  ended INTEGER NOT NULL GENERATED ALWAYS AS (state IN ('resolved', 'completed', 'cancelled')), -- 1: the state says that it is over
  open INTEGER NOT NULL GENERATED ALWAYS AS (NOT ended AND left_feed_at IS NULL), -- 1: it is not over, and its page still shows it
  vendor_severity TEXT NOT NULL DEFAULT '', -- the vendor's impact word
  vendor_state TEXT NOT NULL DEFAULT '', -- the vendor's state word
  started_at TEXT CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: start of the impact, else of the first update
  resolved_at TEXT CHECK (resolved_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: the end; a postmortem never moves it
  scheduled_start_at TEXT CHECK (scheduled_start_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: begin of a maintenance window
  scheduled_end_at TEXT CHECK (scheduled_end_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: end of a maintenance window
  created_at TEXT CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: when the entry was made
  updated_at TEXT CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: when the entry was last touched
  stated_duration_seconds INTEGER CHECK (stated_duration_seconds >= 0), -- how long the impact lasted by the vendor's postmortem
  started_basis TEXT CHECK (started_basis IN ('stated', 'posted', 'seen')), -- how started_at is known: stated, by a field of the vendor that differs from the post's time; posted, the time of the post that says so; seen, by us; null: it is not, and may lie earlier
  started_after TEXT CHECK (started_after GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: where started_at was seen, when the page was last known not to be red; it may have begun that much earlier
  resolved_basis TEXT CHECK (resolved_basis IN ('stated', 'posted', 'seen')), -- how resolved_at is known, in the same words; null where it is not over, or nothing tells when it ended
  resolved_after TEXT CHECK (resolved_after GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: where resolved_at was seen, when it was last known to be open
  start_given INTEGER NOT NULL DEFAULT 0 CHECK (start_given IN (0, 1)), -- 1: the vendor states the start; 0: it is the first update's time
  excerpt INTEGER NOT NULL DEFAULT 0 CHECK (excerpt IN (0, 1)), -- 1: the timeline is known in part only
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when we first read of it
  left_feed_at TEXT CHECK (left_feed_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: gone from the list of open ones, without a resolution
  announced INTEGER NOT NULL CHECK (announced IN (0, 1)), -- 1: its opening is among the events; 0: history, or an event that another record told of; stored silently
  same_event_id INTEGER REFERENCES incidents (incident_id), -- the record that stands for the event where several pages of the vendor tell of one, itself included: of the vendor's own page before an aggregator's or a feed's, then the first stored; null: no other page tells of it
  raw TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(raw)), -- JSON array: the vendor's own words, the newest of each kind of document
  raw_index TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(raw_index)), -- JSON object: kind of document to hash of its words and time of reading; tells unchanged words at little cost
  UNIQUE (source_id, source_key),
  CHECK (resolved_at >= started_at),
  CHECK (resolved_after <= resolved_at),
  CHECK (started_after <= started_at),
  CHECK (scheduled_end_at >= scheduled_start_at)
) STRICT;
CREATE INDEX incidents_by_source_start ON incidents (source_id, started_at);
CREATE INDEX incidents_by_start ON incidents (started_at);
CREATE INDEX incidents_by_source_end ON incidents (source_id, resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX incidents_by_source_window ON incidents (source_id, scheduled_start_at) WHERE scheduled_start_at IS NOT NULL;
CREATE INDEX incidents_by_event ON incidents (same_event_id) WHERE same_event_id IS NOT NULL;
CREATE INDEX incidents_open ON incidents (source_id) WHERE open = 1;
-- What is open may have begun long ago: without these SQLite looks for it through the whole history.
CREATE INDEX incidents_open_by_began ON incidents (coalesce(started_at, scheduled_start_at, first_seen_at), incident_id) WHERE open = 1;
CREATE INDEX incidents_open_by_window ON incidents (coalesce(scheduled_start_at, started_at, first_seen_at), incident_id) WHERE open = 1 AND kind = 'maintenance';
CREATE UNIQUE INDEX incidents_open_of_page ON incidents (source_id) WHERE open = 1 AND origin = 'page';
CREATE INDEX incidents_of_page ON incidents (source_id, started_at) WHERE origin = 'page';
-- What a page of the history is read from: newest first, and with every column that it is filtered by, so
-- that incidents which are not shown are never looked up.
CREATE INDEX incidents_by_began ON incidents (coalesce(started_at, scheduled_start_at, first_seen_at), incident_id, severity, kind, state, source_id, left_feed_at, same_event_id);
CREATE INDEX incidents_by_window ON incidents (coalesce(scheduled_start_at, started_at, first_seen_at), incident_id, state, same_event_id) WHERE kind = 'maintenance';
-- What changed since a moment is asked for again and again by programs that keep a copy of the record.
CREATE INDEX incidents_by_first_sight ON incidents (first_seen_at);
-- What is not over is found by its state, in the order of the history: it is little among all that is.
CREATE INDEX incidents_by_state ON incidents (state, coalesce(started_at, scheduled_start_at, first_seen_at), incident_id) WHERE ended = 0;

CREATE TABLE former_keys ( -- ids that incidents had before their page moved to another product
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that shows the incident
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- the vendor's id, address or hash before
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- whose it was
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when the incident was first read under its new id
  PRIMARY KEY (source_id, source_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_keys_by_incident ON former_keys (incident_id);

CREATE TABLE filtered_incidents ( -- incidents that filters hide: on record, and not announced
  incident_id INTEGER PRIMARY KEY REFERENCES incidents (incident_id), -- which incident
  since_at TEXT NOT NULL CHECK (since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- our time: since when
) STRICT;

CREATE TABLE incident_updates ( -- posts of an incident's timeline
  update_id INTEGER PRIMARY KEY, -- ours
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- the vendor's id, else @, minute and state
  position INTEGER NOT NULL, -- order in the timeline, 0 the oldest; decides between equal times
  state TEXT NOT NULL CHECK (state IN ('investigating', 'identified', 'monitoring', 'resolved', 'scheduled', 'in_progress', 'verifying', 'completed', 'cancelled', 'unknown', 'update', 'postmortem')), -- of the incident with this post; update: it changes no state; postmortem: a report after the end
  vendor_state TEXT NOT NULL DEFAULT '', -- the vendor's state word
  posted_at TEXT CHECK (posted_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: as shown to readers; null if it cannot be read
  created_at TEXT CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: when it was written, where both are told
  body TEXT NOT NULL, -- Markdown: the vendor's words
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when we first read it
  removed_at TEXT CHECK (removed_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the vendor took it off the page
  UNIQUE (incident_id, source_key)
) STRICT;
CREATE INDEX incident_updates_by_position ON incident_updates (incident_id, position);
CREATE INDEX incident_updates_by_post ON incident_updates (posted_at);
CREATE INDEX incident_updates_by_first_sight ON incident_updates (first_seen_at);

CREATE TABLE reading_words ( -- what a kind of document said of an incident, each wording once: all of the record is made of these
  words_id INTEGER PRIMARY KEY, -- ours
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  document TEXT NOT NULL CHECK (document <> ''), -- kind of document; after a move, those of the platform before are called platform/document
  hash TEXT NOT NULL, -- of the words and posts
  words TEXT NOT NULL CHECK (json_valid(words)), -- JSON array: the vendor's own words, an object an entry, without the posts
  posts TEXT NOT NULL CHECK (json_valid(posts)), -- JSON array: for each entry the ids of its posts in reading_posts, in their order
  UNIQUE (incident_id, document, hash)
) STRICT;

CREATE TABLE reading_posts ( -- posts in the vendor's own words, each once an incident
  post_id INTEGER PRIMARY KEY, -- ours
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  hash TEXT NOT NULL, -- of the words
  words TEXT NOT NULL CHECK (json_valid(words)), -- JSON object: the vendor's own words
  UNIQUE (incident_id, hash)
) STRICT;

CREATE TABLE readings ( -- when documents said what they said: a row each time the words of a live page differ from those before, and one for each saved page
  words_id INTEGER NOT NULL REFERENCES reading_words (words_id), -- what was read
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was read, or saved
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was last known to say the same
  PRIMARY KEY (words_id, seen_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident_components ( -- which components an incident affects
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  component_id INTEGER NOT NULL REFERENCES components (component_id), -- which component
  PRIMARY KEY (incident_id, component_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_components_by_component ON incident_components (component_id);

CREATE TABLE revisions ( -- what vendors edited after publishing it
  revision_id INTEGER PRIMARY KEY, -- ours
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  update_id INTEGER REFERENCES incident_updates (update_id), -- which update; null for a field of the incident itself
  field TEXT NOT NULL CHECK (field <> ''), -- name of the column that changed
  old_value TEXT NOT NULL, -- before
  new_value TEXT NOT NULL, -- after
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- our time: when we saw the edit
) STRICT;
CREATE INDEX revisions_by_incident ON revisions (incident_id);
CREATE INDEX revisions_by_update ON revisions (update_id);
CREATE INDEX revisions_by_sight ON revisions (seen_at);

CREATE TABLE events ( -- news, in the order in which it was learned
  event_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours; never used twice, receivers recognise repeats by it
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that told it
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident; null for news of a component or of the page
  update_id INTEGER REFERENCES incident_updates (update_id), -- which update brought it; null if none did
  kind TEXT NOT NULL CHECK (kind IN ('incident_opened', 'update_posted', 'state_changed', 'severity_changed', 'incident_resolved', 'incident_reopened', 'postmortem_posted', 'incident_edited', 'incident_left_feed', 'maintenance_scheduled', 'maintenance_started', 'maintenance_completed', 'component_changed', 'source_unreadable', 'source_readable', 'source_moved', 'reminder')), -- sort of news
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when we saw it
  withheld TEXT CHECK (withheld IN ('stale', 'same_event', 'filtered')), -- why no channel is told; stale: old already when a saved page told it, reports over a span list it; same_event: the record of another page tells of the event; filtered: the vendor's filters in the configuration hide it; null: channels are told
  detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)) -- JSON object of text: what a reader wants to know beside the incident
) STRICT;
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_incident ON events (incident_id);
CREATE INDEX events_by_update ON events (update_id);
CREATE INDEX events_by_source ON events (source_id);

CREATE TABLE scrapes ( -- passes over sources
  scrape_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  started_at TEXT NOT NULL CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it began; of a saved page, when that was saved
  took_ms INTEGER NOT NULL CHECK (took_ms >= 0), -- milliseconds from start to end, saving not included
  outcome TEXT NOT NULL CHECK (outcome IN ('changed', 'unchanged', 'partial', 'unreadable', 'failed')), -- partial: a further page failed; unreadable: not the expected page; failed: no answer or an error status
  http_status INTEGER, -- of the first request; null if there was no answer
  requests INTEGER NOT NULL DEFAULT 0, -- how many were made
  bytes INTEGER NOT NULL DEFAULT 0, -- of all bodies read
  incidents_seen INTEGER NOT NULL DEFAULT 0, -- incidents on the pages read
  error TEXT, -- why nothing, or not all, could be read
  backfill INTEGER NOT NULL DEFAULT 0 CHECK (backfill IN (0, 1)), -- 1: a walk through the page's history
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)), -- 1: read from saved pages
  all_open INTEGER NOT NULL DEFAULT 0 CHECK (all_open IN (0, 1)), -- 1: it listed every incident that was open
  content_hash TEXT -- of what saved pages said, so that the same ones are not counted twice; null for live pages
) STRICT;
CREATE INDEX scrapes_by_source ON scrapes (source_id, started_at);
CREATE INDEX scrapes_by_time ON scrapes (started_at);
CREATE INDEX scrapes_of_open ON scrapes (source_id, started_at) WHERE all_open = 1 AND outcome IN ('changed', 'unchanged');
CREATE UNIQUE INDEX scrapes_archived ON scrapes (source_id, started_at, content_hash) WHERE archived = 1;

CREATE TABLE findings ( -- what could not be read, or contradicts itself; the incident is kept all the same
  finding_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  source_key TEXT NOT NULL DEFAULT '', -- key of the incident or component; empty for the page itself
  field TEXT NOT NULL, -- column it was meant for
  value TEXT NOT NULL, -- the vendor's words
  problem TEXT NOT NULL, -- what is wrong with them
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time
  last_seen_at TEXT NOT NULL CHECK (last_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: last reading of changed words that still had it
  times_seen INTEGER NOT NULL CHECK (times_seen > 0), -- readings that had it; the same words read again are not counted
  UNIQUE (source_id, source_key, field, value, problem)
) STRICT;
CREATE INDEX findings_by_time ON findings (last_seen_at);

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
  reason TEXT NOT NULL CHECK (reason IN ('first', 'worsened', 'changed', 'update', 'resolved', 'reopened', 'postmortem', 'left_feed', 'maintenance', 'reminder', 'unreadable', 'readable', 'moved', 'component', 'held_back', 'digest', 'test')), -- why it is sent
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
-- Messages are counted by channel and state at every reading of the metrics.
CREATE INDEX deliveries_by_state ON deliveries (channel, state, created_at, not_before_at);

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

CREATE VIEW v_incidents AS -- incidents, maintenances and notices with vendor, duration, components and latest words
SELECT
  i.incident_id,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  i.source_id,
  s.page_url, -- address of the status page
  s.platform,
  i.source_key,
  i.origin, -- who says so: vendor, posted by it; page, the page itself is red
  i.kind,
  i.title,
  i.url, -- the incident's own page
  i.severity,
  i.state,
  i.open,
  i.vendor_severity,
  i.vendor_state,
  i.started_at,
  i.resolved_at,
  i.started_basis,
  i.started_after,
  i.resolved_basis,
  i.resolved_after,
  i.scheduled_start_at,
  i.scheduled_end_at,
  i.created_at,
  i.updated_at,
  i.first_seen_at,
  i.left_feed_at,
  CASE WHEN i.state IN ('resolved', 'completed') AND i.resolved_at >= i.started_at AND i.started_basis IS NOT NULL AND i.resolved_basis IS NOT NULL
    THEN CAST(round((julianday(i.resolved_at) - julianday(i.started_at)) * 86400) AS INTEGER) END AS duration_seconds, -- start to end; null while open, or where the start or the end is not known
  CASE WHEN i.state IN ('resolved', 'completed') AND i.resolved_at >= i.started_at AND i.started_basis IS NOT NULL AND i.resolved_basis IS NOT NULL
    THEN CAST(round((julianday(i.resolved_at) - max(julianday(coalesce(i.resolved_after, i.resolved_at)), julianday(i.started_at))) * 86400) AS INTEGER) END AS duration_uncertainty_seconds, -- by how much it may have been shorter, the end having been seen by us; 0 where the vendor told it
  CASE WHEN i.origin = 'vendor' AND i.same_event_id IS NOT NULL THEN (
    SELECT CAST(round((julianday(coalesce((
        SELECT min(u.posted_at) FROM incident_updates u WHERE u.incident_id = i.incident_id AND u.posted_at >= p.started_at), i.first_seen_at))
      - julianday(p.started_at)) * 86400) AS INTEGER)
    FROM incidents p WHERE p.same_event_id = i.same_event_id AND p.source_id = i.source_id AND p.origin = 'page' AND p.started_basis = 'seen'
    ORDER BY p.started_at LIMIT 1) END AS red_before_post_seconds, -- how long the page itself was red before the vendor's first post; null where it was not, or where it is not known since when
  i.stated_duration_seconds, -- by the vendor's postmortem
  i.start_given, -- 1: the vendor states the start
  i.announced, -- 0: history, or told by another record of the event
  EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id) AS filtered, -- 1: the vendor's filters hide it, its news is withheld
  i.same_event_id, -- the record that stands for the event, itself included; null: no other page tells of it
  (SELECT group_concat(label, ', ') FROM (
    SELECT CASE WHEN c.group_name <> '' THEN c.group_name || ' › ' || c.name ELSE c.name END AS label
    FROM incident_components ic JOIN components c USING (component_id)
    WHERE ic.incident_id = i.incident_id ORDER BY c.position, c.component_id)) AS components, -- affected ones, Group › Name
  (SELECT count(*) FROM incident_updates u WHERE u.incident_id = i.incident_id) AS update_count, -- posts in the timeline
  l.body AS latest_body, -- newest post that is no postmortem
  l.state AS latest_state, -- its state
  l.posted_at AS latest_posted_at, -- its time
  (SELECT group_concat(page_url, ', ') FROM (
    SELECT x.page_url FROM incidents o JOIN sources x USING (source_id)
    WHERE o.same_event_id = i.same_event_id AND o.source_id <> i.source_id AND o.origin = 'vendor' ORDER BY o.incident_id)) AS also_on -- other pages of the vendor that tell of the event
FROM incidents i
JOIN sources s USING (source_id)
JOIN vendors v USING (vendor_id)
LEFT JOIN incident_updates l ON l.update_id = (
  SELECT u.update_id FROM incident_updates u
  WHERE u.incident_id = i.incident_id AND u.state <> 'postmortem' AND u.removed_at IS NULL
  ORDER BY u.position DESC LIMIT 1);

CREATE VIEW v_open AS -- what is not over: open incidents, and maintenances that are planned or under way; an event that several pages tell of counts once, as the record that stands for it says
SELECT * FROM v_incidents
WHERE open = 1 AND coalesce(same_event_id, incident_id) = incident_id;

CREATE VIEW v_impact AS -- from when to when each incident lasted, as far as that is known: all figures of impact are made of these; maintenances and notices are left out, and an event that several pages tell of counts once
SELECT
  i.incident_id,
  s.vendor_id, -- whose
  i.source_id,
  i.severity,
  CASE WHEN i.started_basis IS NOT NULL THEN i.started_at END AS from_at, -- null: when it began is not known
  CASE
    WHEN i.open AND i.state <> 'unknown' THEN s.latest_at
    WHEN NOT i.ended THEN i.left_feed_at
    WHEN i.resolved_basis IS NOT NULL THEN i.resolved_at END AS to_at, -- of an open one when its page was last read; of one that left its page, when it did; null: when it ended is not known
  i.open,
  CASE WHEN i.state IN ('resolved', 'completed') AND i.resolved_at >= i.started_at AND i.started_basis IS NOT NULL AND i.resolved_basis IS NOT NULL
    THEN CAST(round((julianday(i.resolved_at) - julianday(i.started_at)) * 86400) AS INTEGER) END AS seconds_to_resolve, -- start to end; null where it is not over, or where the start or the end is not known
  CASE WHEN i.started_basis = 'stated' AND i.excerpt = 0 THEN (
    SELECT CASE WHEN count(*) = count(u.posted_at) AND min(u.posted_at) >= i.started_at
      THEN CAST(round((julianday(min(u.posted_at)) - julianday(i.started_at)) * 86400) AS INTEGER) END
    FROM incident_updates u WHERE u.incident_id = i.incident_id AND u.state <> 'postmortem') END AS seconds_to_first_update, -- from the start to the vendor's first word; null where that word is all that tells of the start, or comes before it, or its time is not known
  CASE WHEN i.open AND i.started_at > s.latest_at THEN i.first_seen_at
    ELSE coalesce(i.started_at, i.created_at, i.resolved_at, i.first_seen_at) END AS counted_at -- when it counts as having begun; an open one no later than its page was read
FROM incidents i
JOIN sources s USING (source_id)
WHERE i.kind = 'incident' AND coalesce(i.same_event_id, i.incident_id) = i.incident_id;

CREATE VIEW v_filtered AS -- incidents that filters hide, whole
SELECT i.*, f.since_at AS filtered_since_at -- since when they are hidden
FROM v_incidents i JOIN filtered_incidents f USING (incident_id);

CREATE VIEW v_updates AS -- posts of all timelines with vendor and incident
SELECT
  u.update_id,
  u.incident_id,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  i.origin, -- who says so: vendor, posted by it; page, the page itself is red and the words are ours
  i.kind,
  i.title, -- of the incident
  u.position, -- order in the timeline, 0 the oldest
  u.state,
  u.vendor_state,
  u.posted_at,
  u.created_at,
  u.body, -- Markdown
  u.first_seen_at,
  u.removed_at, -- the vendor took it off the page
  (SELECT count(*) FROM revisions r WHERE r.update_id = u.update_id) AS revisions -- times the vendor edited it
FROM incident_updates u
JOIN incidents i USING (incident_id)
JOIN sources s USING (source_id)
JOIN vendors v USING (vendor_id);

CREATE VIEW v_source_health AS -- whether each status page can be read, and since when not
SELECT
  s.source_id,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  s.page_url,
  s.platform,
  s.watched,
  CASE WHEN s.watched = 0 THEN 'not_watched'
    WHEN s.consecutive_failures >= 3 OR s.last_success_at < strftime('%Y-%m-%dT%H:%M:%fZ', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
      '-' || (3 * coalesce(nullif(s.interval_seconds, 0), 3600)) || ' seconds') THEN 'unreadable'
    WHEN s.consecutive_failures > 0 THEN 'failing'
    WHEN s.last_success_at IS NULL THEN 'never'
    ELSE 'ok' END AS health, -- ok; failing: 1 or 2 failures; unreadable: 3 and more, or not read for three intervals, whatever the reason; never: not read live yet; not_watched: whatever else
  s.interval_seconds, -- from one reading to the next by its schedule; 0: not known, it is taken to be an hour
  s.last_success_at,
  s.last_attempt_at,
  s.consecutive_failures,
  s.failing_since_at AS failing_since, -- first failure of the present row of them
  s.last_error,
  s.latest_at,
  s.coverage_start_at,
  s.baseline_at,
  (SELECT g.from_at FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL AND g.to_at IS NULL) AS blind_since_at, -- start of a gap that lasts; null if there is none
  (SELECT count(*) FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL) AS gaps, -- stretches since coverage_start_at that were not seen, and that no later reading made up for
  (SELECT CAST(round(coalesce(sum(86400 * max(0, julianday(coalesce(g.to_at, s.last_attempt_at)) - max(julianday(g.from_at), julianday(s.last_attempt_at) - 30))), 0)) AS INTEGER)
    FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL) AS blind_seconds_30d, -- how much of the 30 days before last_attempt_at they make up
  s.indicator,
  s.page_severity,
  s.page_severity_at,
  s.page_because,
  (SELECT count(*) FROM incidents i WHERE i.source_id = s.source_id AND i.open = 1) AS open_incidents, -- maintenances included
  (SELECT count(*) FROM incidents i WHERE i.source_id = s.source_id) AS incidents, -- of every kind
  (SELECT count(*) FROM findings f WHERE f.source_id = s.source_id) AS open_findings -- what could not be read
FROM sources s
JOIN vendors v USING (vendor_id);

CREATE VIEW v_status AS -- whether each vendor is well at this moment, by what its watched pages say, and since when; a page that was due and was not read says nothing
WITH
  source AS (
    SELECT s.source_id, s.vendor_id, s.last_success_at, s.indicator, s.page_severity, s.page_severity_at, s.page_because,
      EXISTS (SELECT 1 FROM scrapes x WHERE x.source_id = s.source_id AND x.started_at = s.last_success_at AND x.outcome = 'partial') AS partial,
      CASE WHEN s.last_success_at IS NULL THEN 'never_read'
        WHEN s.consecutive_failures >= 3 OR s.last_success_at < strftime('%Y-%m-%dT%H:%M:%fZ', clock.now,
          '-' || (3 * coalesce(nullif(s.interval_seconds, 0), 3600)) || ' seconds') THEN 'unreadable'
        ELSE 'read' END AS reading
    FROM (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS now) clock CROSS JOIN sources s
    WHERE s.watched = 1),
  said AS (
    SELECT source.vendor_id, source.reading, 'incident' AS about, i.severity AS word, i.incident_id,
      CASE i.origin WHEN 'page' THEN coalesce(source.page_because, 'page') ELSE 'incident' END AS because,
      coalesce(i.started_at, i.first_seen_at) AS since_at
    FROM source CROSS JOIN incidents i ON i.source_id = source.source_id
    WHERE i.open = 1 AND i.kind = 'incident'
      AND NOT EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id)
      AND NOT EXISTS (SELECT 1 FROM incidents o CROSS JOIN source x ON x.source_id = o.source_id
        WHERE o.incident_id = i.same_event_id AND o.incident_id <> i.incident_id AND x.reading = 'read')
    UNION ALL
    SELECT source.vendor_id, source.reading, 'maintenance', 'maintenance', i.incident_id, 'maintenance',
      coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at)
    FROM source CROSS JOIN incidents i ON i.source_id = source.source_id
    WHERE i.open = 1 AND i.kind = 'maintenance' AND i.state IN ('in_progress', 'verifying')
      AND NOT EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id)
      AND NOT EXISTS (SELECT 1 FROM incidents o CROSS JOIN source x ON x.source_id = o.source_id
        WHERE o.incident_id = i.same_event_id AND o.incident_id <> i.incident_id AND x.reading = 'read')
    UNION ALL
    SELECT source.vendor_id, source.reading, 'component', CASE c.status WHEN 'unknown' THEN 'unknown' ELSE 'maintenance' END, NULL,
      'component', (SELECT max(h.at) FROM component_changes h WHERE h.component_id = c.component_id)
    FROM source CROSS JOIN components c ON c.source_id = source.source_id
    WHERE c.status <> 'operational' AND c.gone_at IS NULL
      AND (c.status = 'under_maintenance' OR c.status = 'unknown' AND c.vendor_status <> '')
    UNION ALL
    SELECT vendor_id, reading, 'page', coalesce(page_severity, CASE WHEN partial THEN 'unknown' ELSE 'none' END), NULL,
      CASE WHEN page_severity IS NOT NULL THEN coalesce(page_because, 'page') WHEN partial THEN 'unreadable' ELSE 'nothing_open' END,
      CASE WHEN page_severity IS NOT NULL THEN page_severity_at WHEN partial THEN last_success_at END
    FROM source
    UNION ALL
    SELECT vendor_id, reading, 'planned', 'maintenance', NULL, page_because, page_severity_at
    FROM source WHERE page_severity = 'none' AND indicator LIKE '%maintenance%'
    UNION ALL
    SELECT vendor_id, reading, 'reading', reading, NULL, reading, last_success_at
    FROM source WHERE reading <> 'read'),
  ranked AS MATERIALIZED (
    SELECT vendor_id, about, word, because, since_at, incident_id, harm,
      2 * CASE
        WHEN reading = 'read' AND harm > 0 THEN 10 + harm
        WHEN word = 'unreadable' THEN 9
        WHEN word = 'never_read' THEN 8
        WHEN reading <> 'read' THEN 0
        WHEN word = 'unknown' THEN 7
        WHEN word = 'maintenance' THEN CASE about WHEN 'maintenance' THEN 6 ELSE 5 END
        WHEN about = 'incident' THEN 4
        WHEN because = 'nothing_open' THEN 3
        WHEN because = 'component' THEN 2
        ELSE 1 END + (because = 'incident') AS rank
    FROM (SELECT *, CASE word WHEN 'critical' THEN 4 WHEN 'major' THEN 3 WHEN 'minor' THEN 1
      WHEN 'unknown' THEN 2 * (about = 'incident') ELSE 0 END AS harm FROM said)),
  weightiest AS (
    SELECT vendor_id, rank / 2 AS rank, word, because, max(3 * rank + (incident_id IS NOT NULL)), incident_id
    FROM ranked GROUP BY vendor_id),
  since AS (
    SELECT vendor_id,
      CASE WHEN w.rank > 4 THEN min(CASE WHEN r.rank / 2 = w.rank THEN r.since_at END)
        WHEN count(r.since_at) = count(*) THEN max(r.since_at) END AS since_at
    FROM weightiest w CROSS JOIN ranked r USING (vendor_id) GROUP BY vendor_id),
  last_known AS (
    SELECT vendor_id, word, max(2 * harm + (incident_id IS NOT NULL)), incident_id
    FROM ranked WHERE harm > 0 GROUP BY vendor_id),
  counted AS (
    SELECT vendor_id, sum(about = 'incident') AS incidents, sum(about = 'maintenance') AS maintenances
    FROM ranked WHERE incident_id IS NOT NULL GROUP BY vendor_id),
  pages AS (
    SELECT vendor_id, count(*) AS sources, sum(reading <> 'read') AS unread,
      CASE WHEN count(last_success_at) = count(*) THEN min(last_success_at) END AS readable_at
    FROM source GROUP BY vendor_id)
SELECT
  v.vendor_id,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  v.owner,
  CASE WHEN w.rank = 14 THEN 'major_outage' WHEN w.rank = 13 THEN 'partial_outage' WHEN w.rank = 11 THEN 'degraded_performance'
    WHEN w.rank IN (5, 6) THEN 'under_maintenance' WHEN w.rank BETWEEN 1 AND 4 THEN 'operational'
    ELSE 'unknown' END AS status, -- in the words of components: operational, degraded_performance, partial_outage, major_outage, under_maintenance, unknown; operational only where every watched page was read and says so
  coalesce(w.because, CASE WHEN EXISTS (SELECT 1 FROM sources s WHERE s.vendor_id = v.vendor_id AND s.last_success_at IS NOT NULL)
    THEN 'unreadable' ELSE 'never_read' END) AS because, -- incident: the worst that is open; page or component: the page itself says so, by its own word or its components; maintenance: work under way; nothing_open: the page has neither, and lists nothing that is open; unreadable: a page was due and was not read, or not in full; never_read
  coalesce(n.since_at, CASE WHEN w.rank IS NULL THEN (SELECT max(s.last_success_at) FROM sources s WHERE s.vendor_id = v.vendor_id) END) AS since_at, -- since when that is so; of what was not read, the last good reading; null: not known
  coalesce(p.readable_at, CASE WHEN w.rank IS NULL THEN (SELECT max(s.last_success_at) FROM sources s WHERE s.vendor_id = v.vendor_id) END) AS readable_at, -- last good live reading; of several watched pages, the one longest ago; null: one was never read
  CASE WHEN w.rank > 10 THEN w.word WHEN w.rank IN (8, 9) THEN l.word WHEN w.rank = 4 THEN 'none' END AS severity, -- of what is wrong; where status is unknown because a page was not read, of the worst that was last known; null: nothing is known to be wrong
  CASE WHEN w.rank > 10 OR w.rank = 4 THEN w.incident_id WHEN w.rank IN (8, 9) THEN l.incident_id WHEN w.rank = 6 THEN w.incident_id END AS incident_id, -- incident or maintenance of that; null: none is on record
  coalesce(c.incidents, 0) AS open_incidents, -- open ones of kind incident on its watched pages; what filters hide is not counted
  coalesce(c.maintenances, 0) AS maintenances, -- maintenances under way, likewise
  coalesce(p.sources, 0) AS sources, -- status pages that are watched; 0: of the present nothing is known
  coalesce(p.unread, 0) AS sources_unread -- of those, how many were never read, failed three times in a row, or have not been read for three intervals of their schedule
FROM vendors v
LEFT JOIN weightiest w USING (vendor_id)
LEFT JOIN since n USING (vendor_id)
LEFT JOIN last_known l USING (vendor_id)
LEFT JOIN counted c USING (vendor_id)
LEFT JOIN pages p USING (vendor_id);

CREATE VIEW v_monthly AS -- incidents by vendor and month of the start, hours of impact by month in which it was, and whether all of the month was seen; an event that several pages tell of counts once
WITH RECURSIVE
  known AS ( -- with the time up to which earlier incidents of the vendor cover it
    SELECT vendor_id, from_at, to_at,
      max(to_at) OVER (PARTITION BY vendor_id ORDER BY from_at, to_at, incident_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered
    FROM v_impact WHERE to_at >= from_at),
  stretch AS ( -- cut at the ends of months; what overlaps lasts from uncovered on only
    SELECT vendor_id, substr(from_at, 1, 7) AS month, strftime('%Y-%m-01T00:00:00.000Z', substr(from_at, 1, 10), 'start of month', '+1 month') AS next_at,
      from_at, to_at, max(from_at, coalesce(covered, from_at)) AS uncovered
    FROM known
    UNION ALL
    SELECT vendor_id, substr(next_at, 1, 7), strftime('%Y-%m-01T00:00:00.000Z', substr(next_at, 1, 10), '+1 month'),
      next_at, to_at, max(next_at, uncovered)
    FROM stretch WHERE to_at > next_at),
  figure AS (
    SELECT vendor_id, month, 0 AS incidents, NULL AS severity, 0 AS maintenances, 1 AS known, 0 AS unknown,
      max(0, julianday(min(to_at, next_at)) - julianday(uncovered)) * 24 AS hours
    FROM stretch
    UNION ALL
    SELECT vendor_id, substr(counted_at, 1, 7), 1, severity, 0, 0, coalesce(to_at < from_at, 1), 0 FROM v_impact
    UNION ALL
    SELECT s.vendor_id, substr(coalesce(i.started_at, i.scheduled_start_at, i.created_at, i.first_seen_at), 1, 7), 0, NULL, i.kind = 'maintenance', 0, 0, 0
    FROM incidents i JOIN sources s USING (source_id)
    WHERE i.kind <> 'incident' AND coalesce(i.same_event_id, i.incident_id) = i.incident_id)
SELECT
  m.*,
  NOT EXISTS (
    SELECT 1 FROM sources s JOIN vendors v USING (vendor_id)
    WHERE v.slug = m.vendor
      AND (s.watched = 1 OR NOT EXISTS (SELECT 1 FROM sources w WHERE w.vendor_id = s.vendor_id AND w.watched = 1))
      AND (coalesce(s.coverage_start_at > m.month || '-01T00:00:00.000Z', 1)
        OR coalesce(s.latest_at < strftime('%Y-%m-%dT00:00:00.000Z', m.month || '-01', '+1 month'), 1)
        OR EXISTS (
          SELECT 1 FROM coverage_gaps g
          WHERE g.source_id = s.source_id AND g.filled_at IS NULL
            AND g.from_at < strftime('%Y-%m-%dT00:00:00.000Z', m.month || '-01', '+1 month')
            AND coalesce(g.to_at > m.month || '-01T00:00:00.000Z', 1)))) AS fully_seen -- 1: every watched page of the vendor, or every page where none is watched, is known for the whole month and was read after its end; 0: incidents may be missing
FROM (
  SELECT
    v.slug AS vendor,
    coalesce(nullif(v.name, ''), v.slug) AS vendor_name,
    f.month, -- 2026-11, UTC
    sum(f.incidents) AS incidents, -- that began in the month
    count(CASE WHEN f.severity = 'critical' THEN 1 END) AS critical,
    count(CASE WHEN f.severity = 'major' THEN 1 END) AS major,
    count(CASE WHEN f.severity = 'minor' THEN 1 END) AS minor,
    count(CASE WHEN f.severity = 'none' THEN 1 END) AS none,
    count(CASE WHEN f.severity = 'unknown' THEN 1 END) AS unknown,
    CASE WHEN sum(f.known) > 0 OR sum(f.unknown) = 0 THEN round(sum(f.hours), 2) END AS hours_of_impact, -- of the month, with at least one incident; what overlaps counts once, what is open until its page was last read; null: no length is known
    sum(f.known) AS incidents_of_known_length, -- that hours_of_impact is made of: those that lasted in the month, whenever they began
    sum(f.unknown) AS incidents_of_unknown_length, -- that began in the month, and hours_of_impact lacks
    sum(f.maintenances) AS maintenances
  FROM figure f JOIN vendors v USING (vendor_id)
  GROUP BY f.vendor_id, f.month) m;

CREATE VIEW v_scorecard AS -- how each vendor does: how often, how long, how soon it says so, how much it edits; an event that several pages tell of counts once
WITH
  incident AS (
    SELECT x.vendor_id, x.severity, i.stated_duration_seconds,
      x.seconds_to_resolve / 60.0 AS minutes,
      x.seconds_to_first_update / 60.0 AS first_update,
      EXISTS (SELECT 1 FROM incident_updates u WHERE u.incident_id = i.incident_id AND u.state = 'postmortem') AS postmortem
    FROM v_impact x JOIN incidents i USING (incident_id)),
  resolve AS (
    SELECT vendor_id, avg(minutes) AS median FROM (
      SELECT vendor_id, minutes, row_number() OVER (PARTITION BY vendor_id ORDER BY minutes) AS n,
        count(*) OVER (PARTITION BY vendor_id) AS total
      FROM incident WHERE minutes IS NOT NULL)
    WHERE n IN ((total + 1) / 2, (total + 2) / 2) GROUP BY vendor_id),
  first_update AS (
    SELECT vendor_id, avg(first_update) AS median FROM (
      SELECT vendor_id, first_update, row_number() OVER (PARTITION BY vendor_id ORDER BY first_update) AS n,
        count(*) OVER (PARTITION BY vendor_id) AS total
      FROM incident WHERE first_update IS NOT NULL)
    WHERE n IN ((total + 1) / 2, (total + 2) / 2) GROUP BY vendor_id),
  total AS (
    SELECT vendor_id, count(*) AS incidents,
      sum(severity = 'critical') AS critical, sum(severity = 'major') AS major, sum(severity = 'minor') AS minor,
      sum(severity = 'none') AS none, sum(severity = 'unknown') AS unknown,
      avg(minutes) AS mean, max(minutes) AS longest, avg(postmortem) AS postmortem_share,
      avg(CASE WHEN minutes IS NOT NULL AND stated_duration_seconds IS NOT NULL THEN stated_duration_seconds / 60.0 END) AS stated,
      avg(CASE WHEN stated_duration_seconds IS NOT NULL THEN minutes END) AS measured
    FROM incident GROUP BY vendor_id)
SELECT
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  coalesce(t.incidents, 0) AS incidents, -- maintenances and notices left out, here and below
  coalesce(t.critical, 0) AS critical,
  coalesce(t.major, 0) AS major,
  coalesce(t.minor, 0) AS minor,
  coalesce(t.none, 0) AS none,
  coalesce(t.unknown, 0) AS unknown,
  round(r.median, 1) AS median_minutes_to_resolve, -- of ended incidents
  round(t.mean, 1) AS mean_minutes_to_resolve, -- of ended incidents
  round(t.longest, 1) AS longest_minutes, -- of ended incidents
  round(t.postmortem_share, 3) AS postmortem_share, -- 0 to 1
  round(f.median, 1) AS median_minutes_to_first_update, -- where the vendor states the start
  (SELECT count(*) FROM revisions x JOIN incidents i USING (incident_id) JOIN sources s USING (source_id)
    WHERE s.vendor_id = v.vendor_id AND coalesce(i.same_event_id, i.incident_id) = i.incident_id) AS revisions, -- edits after publishing
  round(t.stated, 1) AS stated_minutes, -- mean by the postmortems, of incidents that have both figures
  round(t.measured, 1) AS measured_minutes, -- mean by start and end, of the same incidents
  (SELECT min(s.coverage_start_at) FROM sources s WHERE s.vendor_id = v.vendor_id) AS coverage_start_at -- figures hold from then on
FROM vendors v
LEFT JOIN total t USING (vendor_id)
LEFT JOIN resolve r USING (vendor_id)
LEFT JOIN first_update f USING (vendor_id);

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

-- Full-text search. The words are not stored a second time: each index refers to its table, and triggers
-- keep it as that is. A trigger does work only where the text itself changes. rowid is the table's own key.

CREATE VIRTUAL TABLE incident_search USING fts5 (title, content = 'incidents', content_rowid = 'incident_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
-- +goose StatementBegin
CREATE TRIGGER incident_search_insert AFTER INSERT ON incidents BEGIN
  INSERT INTO incident_search (rowid, title) VALUES (new.incident_id, new.title);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER incident_search_delete AFTER DELETE ON incidents BEGIN
  INSERT INTO incident_search (incident_search, rowid, title) VALUES ('delete', old.incident_id, old.title);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER incident_search_update AFTER UPDATE OF title ON incidents WHEN old.title <> new.title BEGIN
  INSERT INTO incident_search (incident_search, rowid, title) VALUES ('delete', old.incident_id, old.title);
  INSERT INTO incident_search (rowid, title) VALUES (new.incident_id, new.title);
END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE update_search USING fts5 (body, content = 'incident_updates', content_rowid = 'update_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
-- +goose StatementBegin
CREATE TRIGGER update_search_insert AFTER INSERT ON incident_updates BEGIN
  INSERT INTO update_search (rowid, body) VALUES (new.update_id, new.body);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER update_search_delete AFTER DELETE ON incident_updates BEGIN
  INSERT INTO update_search (update_search, rowid, body) VALUES ('delete', old.update_id, old.body);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER update_search_update AFTER UPDATE OF body ON incident_updates WHEN old.body <> new.body BEGIN
  INSERT INTO update_search (update_search, rowid, body) VALUES ('delete', old.update_id, old.body);
  INSERT INTO update_search (rowid, body) VALUES (new.update_id, new.body);
END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE component_search USING fts5 (name, group_name, content = 'components', content_rowid = 'component_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
-- +goose StatementBegin
CREATE TRIGGER component_search_insert AFTER INSERT ON components BEGIN
  INSERT INTO component_search (rowid, name, group_name) VALUES (new.component_id, new.name, new.group_name);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER component_search_delete AFTER DELETE ON components BEGIN
  INSERT INTO component_search (component_search, rowid, name, group_name) VALUES ('delete', old.component_id, old.name, old.group_name);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER component_search_update AFTER UPDATE OF name, group_name ON components WHEN old.name <> new.name OR old.group_name <> new.group_name BEGIN
  INSERT INTO component_search (component_search, rowid, name, group_name) VALUES ('delete', old.component_id, old.name, old.group_name);
  INSERT INTO component_search (rowid, name, group_name) VALUES (new.component_id, new.name, new.group_name);
END;
-- +goose StatementEnd
