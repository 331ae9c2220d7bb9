PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (1, 0, 1, '2026-11-01 00:00:00');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (2, 1, 1, '2026-11-01 00:00:00');
CREATE TABLE vendors ( -- companies whose status is watched
  vendor_id INTEGER PRIMARY KEY, -- ours
  slug TEXT NOT NULL UNIQUE CHECK (slug <> ''), -- short name used in the configuration and in commands
  name TEXT NOT NULL DEFAULT '', -- display name, as configured or else as given by its page
  homepage TEXT NOT NULL DEFAULT '', -- the vendor's website
  owner TEXT NOT NULL DEFAULT '', -- who in our team looks after this vendor
  runbook_url TEXT NOT NULL DEFAULT '' -- what to do when this vendor is down
) STRICT;
INSERT INTO vendors (vendor_id, slug, name, homepage, owner, runbook_url) VALUES (1, 'acme', 'ACME', '', '', '');
CREATE TABLE vendor_tags ( -- words to group vendors by, by the configuration
  vendor_id INTEGER NOT NULL REFERENCES vendors (vendor_id), -- which vendor
  tag TEXT NOT NULL CHECK (tag <> ''), -- the word
  PRIMARY KEY (vendor_id, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE vendor_targets ( -- what vendors promise of their availability, by the configuration; no row: nothing that we know
  vendor_id INTEGER PRIMARY KEY REFERENCES vendors (vendor_id), -- whose promise
  target_percent REAL NOT NULL CHECK (target_percent > 0 AND target_percent <= 100), -- least uptime of a period
  period TEXT NOT NULL CHECK (period IN ('month', 'quarter')), -- what it is counted by, in UTC
  severities TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(severities)), -- JSON array: incidents of which severities count; empty: of all
  components TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(components)), -- JSON array of globs: incidents of which components count, and those that name none; empty: of all
  maintenance INTEGER NOT NULL DEFAULT 0 CHECK (maintenance IN (0, 1)), -- 1: planned work counts too
  credits TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(credits)) -- JSON array of objects: below which uptime (below) what share of the bill is credited (percent)
) STRICT;
CREATE TABLE sources ( -- status pages, and whether each can be read
  source_id INTEGER PRIMARY KEY, -- ours
  vendor_id INTEGER NOT NULL REFERENCES vendors (vendor_id), -- whose page it is
  page_url TEXT NOT NULL CHECK (page_url <> ''), -- address of the status page
  platform TEXT NOT NULL DEFAULT '', -- status-page product behind it, such as statuspage
  watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)), -- 1: the configuration lists it; 0: known only from saved pages, or no longer listed
  interval_seconds INTEGER NOT NULL DEFAULT 0 CHECK (interval_seconds >= 0), -- seconds from the last attempt to the next scrape by its schedule, and to the one after that if scrapes are evenly spaced; 0: not known
  last_attempt_at TEXT CHECK (last_attempt_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- time of the last live attempt to read it
  last_success_at TEXT CHECK (last_success_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- time of the last successful live reading
  consecutive_failures INTEGER NOT NULL DEFAULT 0 CHECK (consecutive_failures >= 0), -- live attempts failed since the last success
  failing_since_at TEXT CHECK (failing_since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- time of the first of those failures; null while it can be read
  last_error TEXT, -- error of the last live attempt; null if there was none
  indicator TEXT, -- the page's overall status, in the vendor's words: none, minor, …
  page_severity TEXT CHECK (page_severity IN ('none', 'minor', 'major', 'critical', 'unknown')), -- how bad the page itself is, whatever the vendor posts: by the page's overall status if that is not well, otherwise by its components; none: the page is well; null: not known, or not read yet
  page_severity_at TEXT CHECK (page_severity_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: since when it has been as bad as that
  page_because TEXT CHECK (page_because IN ('page', 'component')), -- what page_severity comes from: page, the page's overall status; component, its components
  baseline_at TEXT CHECK (baseline_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- time of the first successful scrape; incidents from before are stored and not announced
  latest_at TEXT CHECK (latest_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- newest successful reading, live or from a saved page
  coverage_start_at TEXT CHECK (coverage_start_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- every incident that the page has shown since then is on record
  backfill_page INTEGER NOT NULL DEFAULT 0 CHECK (backfill_page >= 0), -- history page at which the next backfill continues; 0: none was started
  backfill_done_at TEXT CHECK (backfill_done_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when a backfill reached the beginning of the page's history
  red_suspected INTEGER NOT NULL DEFAULT 0 CHECK (red_suspected IN (0, 1)), -- 1: the page was red when last read, and no incident explains it; the next reading decides
  copy_suspected INTEGER NOT NULL DEFAULT 0 CHECK (copy_suspected IN (0, 1)), -- 1: the newest text of an incident may come from a stale cache; the next reading decides
  vanish_suspected_at TEXT CHECK (vanish_suspected_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when most open incidents disappeared at once; the next successful scrape decides whether that is true
  current_until_at TEXT GENERATED ALWAYS AS (CASE WHEN consecutive_failures > 0 THEN max(coalesce(latest_at, last_success_at), coalesce(last_success_at, latest_at)) ELSE strftime('%Y-%m-%dT%H:%M:%fZ', max(coalesce(latest_at, last_success_at), coalesce(last_success_at, latest_at)), (coalesce(nullif(interval_seconds, 0), 3600) + min(coalesce(nullif(interval_seconds, 0), 3600), 3600) + 300) || ' seconds') END), -- until when the newest reading tells of the present: until the one after it is missed, and no longer than itself once an attempt has failed; null: not read yet
  entries_lost INTEGER NOT NULL DEFAULT 0 CHECK (entries_lost IN (0, 1)), -- 1: an entry of the page could not be read when all of it was last read; what that is about is a finding, and not in the record
  UNIQUE (vendor_id, page_url),
  CHECK ((page_severity IS NULL) = (page_because IS NULL) AND (page_severity IS NULL) = (page_severity_at IS NULL))
) STRICT;
INSERT INTO sources (source_id, vendor_id, page_url, platform, watched, interval_seconds, last_attempt_at, last_success_at, consecutive_failures, failing_since_at, last_error, indicator, page_severity, page_severity_at, page_because, baseline_at, latest_at, coverage_start_at, backfill_page, backfill_done_at, red_suspected, copy_suspected, vanish_suspected_at, entries_lost) VALUES (1, 1, 'https://status.acme.example', 'statuspage', 1, 0, '2026-11-23T13:00:00.000Z', '2026-11-23T10:00:00.000Z', 3, '2026-11-23T11:00:00.000Z', '403 Forbidden', 'minor', 'major', '2026-11-23T09:10:00.000Z', 'component', '2026-11-23T09:00:00.000Z', '2026-11-23T10:00:00.000Z', '2026-11-23T09:00:00.000Z', 0, NULL, 1, 0, NULL, 0);
CREATE TABLE source_filters ( -- which incidents of a page concern us, by the configuration; no row: all
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id), -- which page
  filter TEXT NOT NULL CHECK (json_valid(filter)) -- JSON object: globs for components, groups, regions and any of the three; kinds; the lowest severity; the mildest status of a component
) STRICT;
INSERT INTO source_filters (source_id, filter) VALUES (1, '{"kinds":["incident"]}');
CREATE TABLE source_moves ( -- moves of status pages to another address or another product
  source_move_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page; its record continues
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- first successful reading of the new page
  from_url TEXT NOT NULL CHECK (from_url <> ''), -- address before; a configuration that still has it refers to this source
  from_platform TEXT NOT NULL, -- status-page product before
  to_url TEXT NOT NULL CHECK (to_url <> ''), -- address from then on
  to_platform TEXT NOT NULL CHECK (to_platform <> ''), -- status-page product from then on
  CHECK (from_url <> to_url OR from_platform <> to_platform)
) STRICT;
INSERT INTO source_moves (source_move_id, source_id, at, from_url, from_platform, to_url, to_platform) VALUES (1, 1, '2026-11-23T15:00:00.000Z', 'https://a.example', 'feed', 'https://b.example', 'statuspage');
CREATE TABLE source_searches ( -- when the platform of a page was last searched for after it could not be read, so that this is not repeated at every attempt
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id), -- which page
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time
  outcome TEXT NOT NULL DEFAULT '' -- what was found, as text
) STRICT;
INSERT INTO source_searches (source_id, at, outcome) VALUES (1, '2026-11-23T15:00:00.000Z', '');
CREATE TABLE coverage_gaps ( -- periods in which a page was not read and incidents may be missing; polling on schedule leaves none, saved pages leave one wherever they lie further apart than polls
  gap_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  from_at TEXT NOT NULL CHECK (from_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- last successful reading before
  to_at TEXT CHECK (to_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- first successful reading after; null while it lasts
  reason TEXT NOT NULL CHECK (reason IN ('unreadable', 'not_watched')), -- unreadable: attempts failed; not_watched: no attempt was made, because the service or the source was off
  filled_at TEXT CHECK (filled_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when a later reading covered all of it; null: none has
  UNIQUE (source_id, from_at),
  CHECK (to_at >= from_at)
) STRICT;
INSERT INTO coverage_gaps (gap_id, source_id, from_at, to_at, reason, filled_at) VALUES (1, 1, '2026-11-23T10:00:00.000Z', NULL, 'unreadable', NULL);
CREATE TABLE documents ( -- cache data for each address, so that an unchanged page costs one conditional request
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- source that reads it
  url TEXT NOT NULL, -- address asked for
  etag TEXT NOT NULL DEFAULT '', -- validator the server gave
  last_modified TEXT NOT NULL DEFAULT '', -- validator the server gave, in its own form
  hash TEXT NOT NULL DEFAULT '', -- hash of the body, hexadecimal
  words_hash TEXT NOT NULL DEFAULT '', -- hash of what was read in it, hexadecimal: some pages print the time into each answer, which says nothing
  refused_at TEXT CHECK (refused_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when the server last refused it, so that the alternative is tried first
  fetched_at TEXT NOT NULL CHECK (fetched_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when one of the columns above last changed
  PRIMARY KEY (source_id, url)
) STRICT, WITHOUT ROWID;
INSERT INTO documents (source_id, url, etag, last_modified, hash, words_hash, refused_at, fetched_at) VALUES (1, 'https://status.acme.example/api/v2/summary.json', '"1"', '', 'ab', '', NULL, '2026-11-23T09:00:00.000Z');
CREATE TABLE components ( -- parts of a vendor's service, as listed on its page
  component_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that shows it
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- the vendor's id, else made of group and name
  name TEXT NOT NULL, -- the vendor's words
  group_name TEXT NOT NULL DEFAULT '', -- group on the page
  status TEXT NOT NULL CHECK (status IN ('operational', 'degraded_performance', 'partial_outage', 'major_outage', 'under_maintenance', 'unknown')), -- as last read
  vendor_status TEXT NOT NULL DEFAULT '', -- the vendor's word for it
  position INTEGER CHECK (position > 0), -- order on the page, 1 is the first; null: no list of its components has it, only incidents name it
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when we first read of it
  gone_at TEXT CHECK (gone_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when a complete list of components no longer had it; null: it still does
  UNIQUE (source_id, source_key)
) STRICT;
INSERT INTO components (component_id, source_id, source_key, name, group_name, status, vendor_status, position, first_seen_at, gone_at) VALUES (1, 1, '1', 'API', 'Core', 'partial_outage', 'partial_outage', 1, '2026-11-23T09:00:00.000Z', NULL);
INSERT INTO components (component_id, source_id, source_key, name, group_name, status, vendor_status, position, first_seen_at, gone_at) VALUES (2, 1, '2', 'Web', '', 'operational', 'operational', 2, '2026-11-23T09:00:00.000Z', NULL);
CREATE TABLE component_changes ( -- every status that a component was seen in, including the first
  component_change_id INTEGER PRIMARY KEY, -- ours
  component_id INTEGER NOT NULL REFERENCES components (component_id), -- which
  status TEXT NOT NULL CHECK (status IN ('operational', 'degraded_performance', 'partial_outage', 'major_outage', 'under_maintenance', 'unknown')), -- its status from then on
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- when we saw it
) STRICT;
INSERT INTO component_changes (component_change_id, component_id, status, at) VALUES (1, 1, 'operational', '2026-11-23T09:00:00.000Z');
INSERT INTO component_changes (component_change_id, component_id, status, at) VALUES (2, 2, 'operational', '2026-11-23T09:00:00.000Z');
INSERT INTO component_changes (component_change_id, component_id, status, at) VALUES (3, 1, 'partial_outage', '2026-11-23T09:10:00.000Z');
CREATE TABLE component_lists ( -- lists of components as pages showed them, each distinct list once; component_changes is derived from these
  list_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  hash TEXT NOT NULL, -- of the words
  base_id INTEGER REFERENCES component_lists (list_id), -- the whole list that this one is told by; null: this one is whole
  words BLOB NOT NULL, -- packed JSON array: the vendor's own words, one object for each component; in a list that is told by another one, an array of two numbers for components of that list: the position of the first, and how many
  UNIQUE (source_id, hash)
) STRICT;
INSERT INTO component_lists (list_id, source_id, hash, base_id, words) VALUES (1, 1, '2a04bb9e27571fd7e01c0bec', NULL, X'0182751A0D71253FE7FCA2545C89049EE28C10BAC35393702A8F050C00');
INSERT INTO component_lists (list_id, source_id, hash, base_id, words) VALUES (2, 1, '0996df3401d7aad86c4d638f', NULL, X'0182751A0D71253FE7FCA2546292B211C280F0D4245CC9AA36163000');
CREATE TABLE component_readings ( -- when each list was read: a row whenever the list of a live page changes, and one for each saved page
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was read; of a saved page, when it was saved
  list_id INTEGER NOT NULL REFERENCES component_lists (list_id), -- what was read
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)), -- 1: the list is complete
  PRIMARY KEY (source_id, seen_at, list_id)
) STRICT, WITHOUT ROWID;
INSERT INTO component_readings (source_id, seen_at, list_id, whole) VALUES (1, '2026-11-23T09:00:00.000Z', 1, 1);
INSERT INTO component_readings (source_id, seen_at, list_id, whole) VALUES (1, '2026-11-23T09:10:00.000Z', 2, 1);
CREATE TABLE page_states ( -- what pages said of themselves, and how bad that was: a row whenever that changes on a live page, and one for each saved page; incidents of origin page are derived from these
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was read; of a saved page, when it was saved
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was last known to be so; for the newest row see also sources.last_success_at
  hash TEXT NOT NULL, -- of the values below
  indicator TEXT NOT NULL DEFAULT '', -- the page's overall status, in the vendor's words: none, minor, …
  list_id INTEGER REFERENCES component_lists (list_id), -- its components as it listed them; null: it listed none
  whole INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1)), -- 1: that list is complete
  severity TEXT CHECK (severity IN ('none', 'minor', 'major', 'critical', 'unknown')), -- how bad the page was; null: nothing that it said could be understood
  because TEXT CHECK (because IN ('page', 'component')), -- what gave the severity
  said TEXT NOT NULL DEFAULT '', -- the page's own words for its state
  red TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(red)), -- JSON array: its red components, one object each
  posted TEXT CHECK (posted IN ('none', 'minor', 'major', 'critical', 'unknown')), -- the worst of the vendor's incidents that were open; null: none was
  uncovered INTEGER NOT NULL CHECK (uncovered IN (0, 1)), -- 1: it was red, and no open incident of the vendor was as bad
  PRIMARY KEY (source_id, seen_at, hash),
  CHECK (until_at >= seen_at AND (severity IS NULL) = (because IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO page_states (source_id, seen_at, until_at, hash, indicator, list_id, whole, severity, because, said, red, posted, uncovered) VALUES (1, '2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.000Z', '3b49e3661859038861828ee3', 'minor', 1, 1, 'minor', 'page', 'minor', '[]', 'minor', 0);
INSERT INTO page_states (source_id, seen_at, until_at, hash, indicator, list_id, whole, severity, because, said, red, posted, uncovered) VALUES (1, '2026-11-23T09:10:00.000Z', '2026-11-23T09:10:00.000Z', 'a01fdd3ba7f8222e583f4400', '', 2, 1, 'major', 'component', '', '[{"key":"1","name":"API","group":"Core","status":"partial_outage"}]', 'minor', 1);
CREATE TABLE incidents ( -- incidents, maintenances and notices that vendors published, and trouble that their pages or our own checks show
  incident_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that shows it
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- the vendor's id, else the URL, else # and a hash of title and start
  origin TEXT NOT NULL DEFAULT 'vendor' CHECK (origin IN ('vendor', 'page', 'probe', 'signal')), -- who reports it: vendor, in a post; page, the page itself is red and no open incident of the vendor is as bad; probe, checks of ours fail; signal, an alert of ours burns
  kind TEXT NOT NULL CHECK (kind IN ('incident', 'maintenance', 'notice')), -- incident: something is wrong; maintenance: planned work; notice: an announcement
  title TEXT NOT NULL, -- the vendor's words
  url TEXT NOT NULL DEFAULT '', -- the incident's own page
  severity TEXT NOT NULL CHECK (severity IN ('none', 'minor', 'major', 'critical', 'unknown')), -- from the vendor's impact word; unknown: there is none, or it is not a known word
  state TEXT NOT NULL CHECK (state IN ('investigating', 'identified', 'monitoring', 'resolved', 'scheduled', 'in_progress', 'verifying', 'completed', 'cancelled', 'unknown')), -- current state
  ended INTEGER NOT NULL GENERATED ALWAYS AS (state IN ('resolved', 'completed', 'cancelled')) STORED, -- 1: by its state it is over
  stateless INTEGER NOT NULL GENERATED ALWAYS AS (state = 'unknown' AND vendor_state = '' AND (raw ->> '$[0].document') IS 'feed_item') STORED, -- 1: it is an item of a feed that does not say whether it is over
  open INTEGER NOT NULL GENERATED ALWAYS AS (NOT ended AND NOT stateless AND left_feed_at IS NULL) STORED, -- 1: it is not over, and the page still lists it; 0 also if nothing says whether it is over
  vendor_severity TEXT NOT NULL DEFAULT '', -- the vendor's impact word
  vendor_state TEXT NOT NULL DEFAULT '', -- the vendor's state word
  started_at TEXT CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: start of the impact, else of the first update
  resolved_at TEXT CHECK (resolved_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: the end; a postmortem never changes it
  scheduled_start_at TEXT CHECK (scheduled_start_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: start of the maintenance window
  scheduled_end_at TEXT CHECK (scheduled_end_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: end of the maintenance window
  created_at TEXT CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: when the entry was created
  updated_at TEXT CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: when the entry was last updated
  stated_duration_seconds INTEGER CHECK (stated_duration_seconds >= 0), -- duration of the impact according to the vendor's postmortem
  started_basis TEXT CHECK (started_basis IN ('stated', 'posted', 'seen')), -- how started_at is known. stated: from a field of the vendor that differs from the time of the post; posted: the time of the first post; seen: when we first saw it; null: not known, it may be earlier
  started_after TEXT CHECK (started_after GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: if started_at was seen, when the page was last known to be well; it may have started any time after that
  resolved_basis TEXT CHECK (resolved_basis IN ('stated', 'posted', 'seen')), -- how resolved_at is known, in the same words; null: it is not over, or the end is not known
  resolved_after TEXT CHECK (resolved_after GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: if resolved_at was seen, when it was last known to be open
  start_given INTEGER NOT NULL DEFAULT 0 CHECK (start_given IN (0, 1)), -- 1: the vendor states the start; 0: it is the time of the first update
  excerpt INTEGER NOT NULL DEFAULT 0 CHECK (excerpt IN (0, 1)), -- 1: only part of the timeline is known
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when we first saw it
  left_feed_at TEXT CHECK (left_feed_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it disappeared from the list of open incidents without being resolved
  announced INTEGER NOT NULL CHECK (announced IN (0, 1)), -- 1: its opening is among the events; 0: it is from before the first scrape, or another record of the same event was announced
  same_event_id INTEGER REFERENCES incidents (incident_id), -- the record that represents the event if several records report the same one, which may be this one: the vendor's own page goes before an aggregator or a feed, then the first stored; null: there is no other record
  raw TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(raw)), -- JSON array: where the vendor's own words are, the newest from each kind of document: an object for each, with the kind of document and the number of the wording in reading_words
  raw_index TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(raw_index)), -- JSON object: for each kind of document a hash of its words, the number of the wording in reading_words and when it was read, to detect unchanged words cheaply
  UNIQUE (source_id, source_key),
  CHECK (resolved_at >= started_at),
  CHECK (resolved_after <= resolved_at),
  CHECK (started_after <= started_at),
  CHECK (scheduled_end_at >= scheduled_start_at)
) STRICT;
INSERT INTO incidents (incident_id, source_id, source_key, origin, kind, title, url, severity, state, vendor_severity, vendor_state, started_at, resolved_at, scheduled_start_at, scheduled_end_at, created_at, updated_at, stated_duration_seconds, started_basis, started_after, resolved_basis, resolved_after, start_given, excerpt, first_seen_at, left_feed_at, announced, same_event_id, raw, raw_index) VALUES (1, 1, 'a', 'vendor', 'incident', 'Trouble a', 'https://status.acme.example/incidents/a', 'minor', 'monitoring', 'minor', 'monitoring', '2026-11-23T08:00:00.000Z', NULL, NULL, NULL, '2026-11-23T08:00:00.000Z', '2026-11-23T08:05:00.000Z', NULL, 'posted', NULL, NULL, NULL, 0, 0, '2026-11-23T09:00:00.000Z', NULL, 1, NULL, '[{"document":"summary","words_number":2}]', '{"summary":{"hash":"342b721a17c62ec851db08d0","at":"2026-11-23T10:00:00.000Z","words_number":2}}');
INSERT INTO incidents (incident_id, source_id, source_key, origin, kind, title, url, severity, state, vendor_severity, vendor_state, started_at, resolved_at, scheduled_start_at, scheduled_end_at, created_at, updated_at, stated_duration_seconds, started_basis, started_after, resolved_basis, resolved_after, start_given, excerpt, first_seen_at, left_feed_at, announced, same_event_id, raw, raw_index) VALUES (2, 1, 'm', 'vendor', 'maintenance', 'Trouble m', 'https://status.acme.example/incidents/m', 'none', 'scheduled', 'maintenance', 'scheduled', NULL, NULL, '2026-11-24T15:00:00.000Z', '2026-11-24T16:00:00.000Z', '2026-11-24T14:00:00.000Z', '2026-11-24T14:00:00.000Z', NULL, NULL, NULL, NULL, NULL, 0, 0, '2026-11-23T09:00:00.000Z', NULL, 1, NULL, '[{"document":"summary","words_number":1}]', '{"summary":{"hash":"004433406351441f3ccc8bdb","at":"2026-11-23T09:00:00.000Z","words_number":1}}');
INSERT INTO incidents (incident_id, source_id, source_key, origin, kind, title, url, severity, state, vendor_severity, vendor_state, started_at, resolved_at, scheduled_start_at, scheduled_end_at, created_at, updated_at, stated_duration_seconds, started_basis, started_after, resolved_basis, resolved_after, start_given, excerpt, first_seen_at, left_feed_at, announced, same_event_id, raw, raw_index) VALUES (3, 1, 'old', 'vendor', 'incident', 'Trouble old', 'https://status.acme.example/incidents/old', 'minor', 'resolved', 'minor', 'postmortem', '2026-11-19T05:00:00.000Z', '2026-11-19T05:05:00.000Z', NULL, NULL, '2026-11-19T05:00:00.000Z', '2026-11-19T05:10:00.000Z', NULL, 'posted', NULL, 'posted', NULL, 0, 0, '2026-11-23T09:00:00.000Z', NULL, 0, NULL, '[{"document":"summary","words_number":1}]', '{"summary":{"hash":"4bfced3f74bb13275ea5de5d","at":"2026-11-23T09:00:00.000Z","words_number":1}}');
CREATE TABLE former_keys ( -- keys of incidents from before their page moved to another product
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page that shows the incident
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- source_key before the move
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when the incident was first read under its new id
  PRIMARY KEY (source_id, source_key)
) STRICT, WITHOUT ROWID;
INSERT INTO former_keys (source_id, source_key, incident_id, until_at) VALUES (1, 'before', 1, '2026-11-23T15:00:00.000Z');
CREATE TABLE filtered_incidents ( -- incidents that filters hide: recorded, not announced
  incident_id INTEGER PRIMARY KEY REFERENCES incidents (incident_id), -- which incident
  since_at TEXT NOT NULL CHECK (since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- our time: since when it is hidden
) STRICT;
INSERT INTO filtered_incidents (incident_id, since_at) VALUES (2, '2026-11-23T16:00:00.000Z');
CREATE TABLE incident_updates ( -- posts of an incident's timeline
  update_id INTEGER PRIMARY KEY, -- ours
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which
  source_key TEXT NOT NULL CHECK (source_key <> ''), -- the vendor's id, else made of @, minute and state
  position INTEGER NOT NULL, -- order in the timeline, 0 is the oldest; also orders equal times
  state TEXT NOT NULL CHECK (state IN ('investigating', 'identified', 'monitoring', 'resolved', 'scheduled', 'in_progress', 'verifying', 'completed', 'cancelled', 'unknown', 'update', 'postmortem')), -- the incident's state with this post; update: the post changes no state; postmortem: a report after the end
  vendor_state TEXT NOT NULL DEFAULT '', -- the vendor's state word
  posted_at TEXT CHECK (posted_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time as shown to readers; null: it cannot be read
  created_at TEXT CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: when it was written, if the vendor gives both
  body TEXT NOT NULL, -- the vendor's words, as Markdown
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when we first saw it
  removed_at TEXT CHECK (removed_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when the vendor was seen to have removed it
  promised_at TEXT CHECK (promised_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- by when it promises the next post, as far as its words are understood; null: it promises none, or tells of the end
  UNIQUE (incident_id, source_key)
) STRICT;
INSERT INTO incident_updates (update_id, incident_id, source_key, position, state, vendor_state, posted_at, created_at, body, first_seen_at, removed_at, promised_at) VALUES (1, 1, 'a-investigating', 0, 'investigating', 'investigating', '2026-11-23T08:00:00.000Z', NULL, 'We know more.', '2026-11-23T09:00:00.000Z', NULL, NULL);
INSERT INTO incident_updates (update_id, incident_id, source_key, position, state, vendor_state, posted_at, created_at, body, first_seen_at, removed_at, promised_at) VALUES (2, 2, 'm-scheduled', 0, 'scheduled', 'scheduled', '2026-11-24T14:00:00.000Z', NULL, 'This is scheduled.', '2026-11-23T09:00:00.000Z', NULL, NULL);
INSERT INTO incident_updates (update_id, incident_id, source_key, position, state, vendor_state, posted_at, created_at, body, first_seen_at, removed_at, promised_at) VALUES (3, 3, 'old-investigating', 0, 'investigating', 'investigating', '2026-11-19T05:00:00.000Z', NULL, 'This is investigating.', '2026-11-23T09:00:00.000Z', NULL, NULL);
INSERT INTO incident_updates (update_id, incident_id, source_key, position, state, vendor_state, posted_at, created_at, body, first_seen_at, removed_at, promised_at) VALUES (4, 3, 'old-resolved', 1, 'resolved', 'resolved', '2026-11-19T05:05:00.000Z', NULL, 'This is resolved.', '2026-11-23T09:00:00.000Z', NULL, NULL);
INSERT INTO incident_updates (update_id, incident_id, source_key, position, state, vendor_state, posted_at, created_at, body, first_seen_at, removed_at, promised_at) VALUES (5, 3, 'old-postmortem', 2, 'postmortem', 'postmortem', '2026-11-19T05:10:00.000Z', NULL, 'This is postmortem.', '2026-11-23T09:00:00.000Z', NULL, NULL);
INSERT INTO incident_updates (update_id, incident_id, source_key, position, state, vendor_state, posted_at, created_at, body, first_seen_at, removed_at, promised_at) VALUES (6, 1, 'a-monitoring', 1, 'monitoring', 'monitoring', '2026-11-23T08:05:00.000Z', NULL, 'This is monitoring.', '2026-11-23T10:00:00.000Z', NULL, NULL);
CREATE TABLE reading_words ( -- what documents said about an incident; the record is derived from these
  incident_id INTEGER PRIMARY KEY REFERENCES incidents (incident_id), -- which incident
  words BLOB NOT NULL -- packed JSON object. posts: the posts in the vendor's own words, each distinct wording once. words: what each kind of document said, each distinct wording once, numbered from 1, with the kind of document (platform/document for documents from before a move to another platform), a hash, an object for each entry (raws), and for each entry the positions of its posts (posts)
) STRICT;
INSERT INTO reading_words (incident_id, words) VALUES (1, X'01BC584B0A833010BD8A075098191B93AE7B05A1AB2CF25B7551A86BEF5E5210A3C96805713B84F0F2E6F3DE24DB1E4DB3F6CF13DA75BCBC472236D4F6A0B6F47CA8167771A6E31244CF50BDA2EA47BBBC0B643664491617C13D52046B7286C4EE314074FDA76207491D394B160590F3E84527E1EE80E998581ABF071ED4679348703FADEE1B1593892FF3BBC0648C1114E6744939901BB28FF727C41E4AFB10B2199439A3F64656121A94AEA3E094406F41F9AB799E0BA7E4704E26599C4A32D6A4F5A8C7EF00');
INSERT INTO reading_words (incident_id, words) VALUES (2, X'01C2E83DE6EAC2C30FC9A5C862D8FB8F8686BA4626218626F8EAF16244770367A5446C9D646062626C6C6260666C6A68626298669C9C9C6C91949284234D803C0F8E7B126BA05C5CC90656F384407BACB938020B57F2C25F904303D3142D30F116E4503D66C434BB7046178E321BAB6A94446B101B5B1B5B0B1800');
INSERT INTO reading_words (incident_id, words) VALUES (3, X'01C2E83DE6E7A4E8A2B7A061EE4517C7DE933434D435B40C3130C557A3172BA09885ABD901CD9D2037C1C30AE11C2421422E31C5D9B628463426083B02644D6E7E11240660CE401124E010437C418230088753627588ACB14D92D29253538CD3CC4D92920C8D8DCC4D53134D53524D5370E418251DB81749ACA1213A60D57008B4FB0E11C51A3E18F52F8E01061C8908479D82357C513295818EA18E516C6C6D6C2D6000');
CREATE TABLE readings ( -- when each wording was read: a row whenever the words of a live page change, and one for each saved page
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  words_number INTEGER NOT NULL CHECK (words_number > 0), -- what was read: the number of the wording in reading_words
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was read; of a saved page, when it was saved
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was last seen with the same words
  PRIMARY KEY (incident_id, words_number, seen_at)
) STRICT, WITHOUT ROWID;
INSERT INTO readings (incident_id, words_number, seen_at, until_at) VALUES (1, 1, '2026-11-23T09:00:00.000Z', '2026-11-23T09:10:00.000Z');
INSERT INTO readings (incident_id, words_number, seen_at, until_at) VALUES (1, 2, '2026-11-23T10:00:00.000Z', '2026-11-23T10:00:00.000Z');
INSERT INTO readings (incident_id, words_number, seen_at, until_at) VALUES (2, 1, '2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.000Z');
INSERT INTO readings (incident_id, words_number, seen_at, until_at) VALUES (3, 1, '2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.000Z');
CREATE TABLE incident_components ( -- which components an incident affects
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  component_id INTEGER NOT NULL REFERENCES components (component_id), -- which component
  started_at TEXT CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: since when the component was affected; null: the vendor does not say that of each component
  resolved_at TEXT CHECK (resolved_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- vendor's time: until when the component was affected; null: it still is, or the vendor does not say it
  PRIMARY KEY (incident_id, component_id),
  CHECK (resolved_at >= started_at)
) STRICT, WITHOUT ROWID;
INSERT INTO incident_components (incident_id, component_id, started_at, resolved_at) VALUES (1, 1, NULL, NULL);
CREATE TABLE services ( -- services of ours that need vendors, by the configuration
  service_id INTEGER PRIMARY KEY, -- ours
  slug TEXT NOT NULL UNIQUE CHECK (slug <> ''), -- short name used in commands and addresses
  name TEXT NOT NULL CHECK (name <> ''), -- display name
  owner TEXT NOT NULL DEFAULT '', -- who in our team looks after this service
  runbook_url TEXT NOT NULL DEFAULT '', -- what to do when it is down
  critical INTEGER NOT NULL DEFAULT 0 CHECK (critical IN (0, 1)) -- 1: it is listed first
) STRICT;
CREATE TABLE service_targets ( -- what services of ours are held to, by the configuration; no row: nothing
  service_id INTEGER PRIMARY KEY REFERENCES services (service_id) ON DELETE CASCADE, -- which service
  target_percent REAL NOT NULL CHECK (target_percent > 0 AND target_percent <= 100), -- least uptime of a period
  period TEXT NOT NULL CHECK (period IN ('month', 'quarter')), -- what it is counted by, in UTC
  severities TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(severities)), -- JSON array: incidents of which severities count; empty: of all, and components that a page shows degraded or down
  maintenance INTEGER NOT NULL DEFAULT 0 CHECK (maintenance IN (0, 1)) -- 1: planned work counts too
) STRICT;
CREATE TABLE service_needs ( -- what each of our services needs, by the configuration
  need_id INTEGER PRIMARY KEY, -- ours
  service_id INTEGER NOT NULL REFERENCES services (service_id), -- which service
  position INTEGER NOT NULL, -- order in the configuration
  need TEXT NOT NULL CHECK (need <> ''), -- as the configuration has it: VENDOR, or VENDOR: COMPONENT
  vendor_id INTEGER NOT NULL REFERENCES vendors (vendor_id), -- whose
  component TEXT NOT NULL DEFAULT '', -- words of the components that it needs; empty: the whole vendor
  UNIQUE (service_id, position)
) STRICT;
CREATE TABLE service_components ( -- which components a need names, as far as they are on record
  need_id INTEGER NOT NULL REFERENCES service_needs (need_id), -- which need
  component_id INTEGER NOT NULL REFERENCES components (component_id), -- which component
  PRIMARY KEY (need_id, component_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE probes ( -- checks of ours: what answers whether a vendor works for us, by the configuration, and how each does
  probe_id INTEGER PRIMARY KEY, -- ours
  vendor_id INTEGER REFERENCES vendors (vendor_id), -- what is checked; null: a service of ours is
  service_id INTEGER REFERENCES services (service_id) ON DELETE SET NULL, -- which service of ours is checked; null: a vendor is
  name TEXT NOT NULL UNIQUE CHECK (name <> ''), -- name in the configuration
  url TEXT NOT NULL, -- address that is asked
  severity TEXT NOT NULL CHECK (severity IN ('minor', 'major', 'critical')), -- how bad it is for us if the check fails, by the configuration
  interval_seconds INTEGER NOT NULL CHECK (interval_seconds > 0), -- seconds between two checks
  watched INTEGER NOT NULL DEFAULT 1 CHECK (watched IN (0, 1)), -- 1: the configuration lists it
  state TEXT NOT NULL DEFAULT 'never' CHECK (state IN ('never', 'ok', 'missed', 'failing', 'undecided', 'own_network')), -- never: not checked yet; missed: once, the next check decides; failing: twice in a row and more, told as the vendor's; undecided: likewise, and nothing else that was reached meanwhile shows that our network works; own_network: likewise, with checks of several other vendors, so that our network is taken for the cause
  last_at TEXT CHECK (last_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the last check
  last_ok_at TEXT CHECK (last_ok_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the last check that found what it expects
  last_miss_at TEXT CHECK (last_miss_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the last check that did not, since when whatever followed
  missing_since_at TEXT CHECK (missing_since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the first of the misses in a row; null: the last check was good
  misses INTEGER NOT NULL DEFAULT 0 CHECK (misses >= 0), -- how many misses in a row there are
  failing_since_at TEXT CHECK (failing_since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the first of the misses that are told as the vendor's; null: none are
  answered INTEGER NOT NULL DEFAULT 0 CHECK (answered IN (0, 1)), -- 1: at the last miss its server answered, and not with what is expected
  last_error TEXT NOT NULL DEFAULT '', -- what was wrong at the last miss
  took_ms INTEGER CHECK (took_ms >= 0), -- milliseconds that the last check took; null: not checked yet
  CHECK ((misses > 0) = (missing_since_at IS NOT NULL))
) STRICT;
INSERT INTO probes (probe_id, vendor_id, service_id, name, url, severity, interval_seconds, watched, state, last_at, last_ok_at, last_miss_at, missing_since_at, misses, failing_since_at, answered, last_error, took_ms) VALUES (1, 1, NULL, 'API', 'https://api.acme.example', 'major', 60, 1, 'never', '2026-11-23T15:00:00.000Z', NULL, NULL, NULL, 0, NULL, 0, '', NULL);
CREATE TABLE signals ( -- alerts of our own monitoring, as POST /api/v1/signals received them
  signal_id INTEGER PRIMARY KEY, -- ours
  vendor_id INTEGER REFERENCES vendors (vendor_id), -- which vendor its label names; null: none
  service_id INTEGER REFERENCES services (service_id) ON DELETE SET NULL, -- which service of ours its label names; null: none
  fingerprint TEXT NOT NULL CHECK (fingerprint <> ''), -- what its sender calls the alert by, or a hash of its labels
  name TEXT NOT NULL, -- name of the alert
  severity TEXT NOT NULL CHECK (severity IN ('minor', 'major', 'critical')), -- by its label severity; major where it has none
  summary TEXT NOT NULL DEFAULT '', -- what it says
  url TEXT NOT NULL DEFAULT '', -- where to see more of it
  started_at TEXT NOT NULL CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- since when it burns, by its sender
  ended_at TEXT CHECK (ended_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- until when it burned; null: it burns
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was first received
  last_seen_at TEXT NOT NULL CHECK (last_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was last received
  UNIQUE (fingerprint, started_at)
) STRICT;
INSERT INTO signals (signal_id, vendor_id, service_id, fingerprint, name, severity, summary, url, started_at, ended_at, first_seen_at, last_seen_at) VALUES (1, 1, NULL, 'f', 'Errors', 'major', '', '', '2026-11-23T15:00:00.000Z', NULL, '2026-11-23T15:00:00.000Z', '2026-11-23T15:00:00.000Z');
CREATE TABLE incident_signals ( -- which of our probes and signals made an incident of ours, and from when to when
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident, of origin probe or signal
  name TEXT NOT NULL, -- of the probe or the alert
  probe_id INTEGER REFERENCES probes (probe_id), -- which probe; null: it is a signal
  signal_id INTEGER REFERENCES signals (signal_id), -- which signal; null: it is a probe
  from_at TEXT NOT NULL CHECK (from_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- the first miss, or since when the alert burns
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it came to be part of the incident
  to_at TEXT CHECK (to_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- until when; null: it lasts
  ok_before_at TEXT CHECK (ok_before_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the last good check before; null: not known, or a signal
  miss_before_at TEXT CHECK (miss_before_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the last miss before to_at; null: it lasts, or a signal
  severity TEXT NOT NULL CHECK (severity IN ('minor', 'major', 'critical')), -- as in probes and signals
  text TEXT NOT NULL, -- what is wrong, in a sentence
  CHECK ((probe_id IS NULL) <> (signal_id IS NULL))
) STRICT;
INSERT INTO incident_signals (incident_id, name, probe_id, signal_id, from_at, seen_at, to_at, ok_before_at, miss_before_at, severity, text) VALUES (1, 'API', 1, NULL, '2026-11-23T15:00:00.000Z', '2026-11-23T15:00:00.000Z', NULL, NULL, NULL, 'major', 'It fails.');
CREATE TABLE own_outages ( -- times in which checks of several vendors failed together, so that our own network is taken for the cause; counted for no vendor
  own_outage_id INTEGER PRIMARY KEY, -- ours
  from_at TEXT NOT NULL CHECK (from_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: the first miss
  to_at TEXT CHECK (to_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when one of them was reached again, or more others had been reached than failed; null: it lasts
  vendors TEXT NOT NULL CHECK (json_valid(vendors)), -- JSON array: names of the vendors whose checks failed
  refuted INTEGER NOT NULL DEFAULT 0 CHECK (refuted IN (0, 1)), -- 1: it was not our network, since meanwhile most others were reached
  CHECK (to_at >= from_at)
) STRICT;
INSERT INTO own_outages (own_outage_id, from_at, to_at, vendors, refuted) VALUES (1, '2026-11-23T15:00:00.000Z', NULL, '["Acme"]', 0);
CREATE TABLE stories ( -- incidents of several vendors that have one cause, as serve has found them; how is in docs/upstream.md
  story_id INTEGER PRIMARY KEY, -- ours; stays the same while the story grows
  provider TEXT NOT NULL, -- the likely cause, by its short name on the list of providers; empty: nobody is named
  provider_name TEXT NOT NULL, -- its name for people
  region TEXT NOT NULL, -- of the provider, if members name one
  summary TEXT NOT NULL CHECK (summary <> ''), -- what is claimed, in a line
  companies INTEGER NOT NULL CHECK (companies > 0), -- how many companies its members are of
  named_by INTEGER NOT NULL, -- how many of them name the provider
  one_in_weeks REAL, -- so many weeks pass until chance brings such a run of openings once; null: not computed
  started_at TEXT NOT NULL CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- of the first member
  ended_at TEXT CHECK (ended_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- null: it lasts
  told_at TEXT NOT NULL CHECK (told_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- since when there is enough to claim it
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when it was first put on record
  withdrawn_at TEXT CHECK (withdrawn_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- our time: since when it is no longer claimed, as after edits of its members; null: it is
) STRICT;
INSERT INTO stories (story_id, provider, provider_name, region, summary, companies, named_by, one_in_weeks, started_at, ended_at, told_at, first_seen_at, withdrawn_at) VALUES (1, 'cloud', 'Cloud', '', 'Two name Cloud.', 2, 2, NULL, '2026-11-23T15:00:00.000Z', NULL, '2026-11-23T15:00:00.000Z', '2026-11-23T15:00:00.000Z', NULL);
CREATE TABLE story_members ( -- which incidents belong to which story, and why
  incident_id INTEGER PRIMARY KEY REFERENCES incidents (incident_id) ON DELETE CASCADE, -- which incident; it belongs to one story
  story_id INTEGER NOT NULL REFERENCES stories (story_id), -- which story
  evidence TEXT NOT NULL CHECK (evidence IN ('cause', 'named', 'unnamed', 'located', 'stands_on', 'in_time')), -- cause: it is the provider's own incident; named: it names the provider as its cause; unnamed: it blames a provider whom it does not name; located: its trouble is in the region that others name; stands_on: its vendor stands on the provider; in_time: it opened just then
  words TEXT NOT NULL DEFAULT '', -- the sentence of its vendor that says so; empty where time says so
  one_in REAL, -- by chance its vendor opens one in so little time once in so many times; null: not computed
  since_at TEXT NOT NULL CHECK (since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- since when that is known
) STRICT;
INSERT INTO story_members (incident_id, story_id, evidence, words, one_in, since_at) VALUES (1, 1, 'named', '', NULL, '2026-11-23T15:00:00.000Z');
CREATE TABLE revisions ( -- edits that vendors made after publication
  revision_id INTEGER PRIMARY KEY, -- ours
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  update_id INTEGER REFERENCES incident_updates (update_id), -- which update; null for a field of the incident itself
  field TEXT NOT NULL CHECK (field <> ''), -- name of the column that changed
  old_value TEXT NOT NULL, -- before
  new_value TEXT NOT NULL, -- after
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- our time: when we saw the edit
) STRICT;
INSERT INTO revisions (revision_id, incident_id, update_id, field, old_value, new_value, seen_at) VALUES (1, 1, 1, 'body', 'This is investigating.', 'We know more.', '2026-11-23T10:00:00.000Z');
CREATE TABLE events ( -- news, in the order in which we learned of it
  event_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours; never reused, so that receivers can recognise a repeat
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- page it comes from
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident; null for news about a component or the page
  update_id INTEGER REFERENCES incident_updates (update_id), -- which update it comes from; null: none
  kind TEXT NOT NULL CHECK (kind IN ('incident_opened', 'update_posted', 'state_changed', 'severity_changed', 'incident_resolved', 'incident_reopened', 'postmortem_posted', 'incident_edited', 'incident_left_feed', 'maintenance_scheduled', 'maintenance_started', 'maintenance_completed', 'component_changed', 'source_unreadable', 'source_readable', 'source_moved', 'reminder')), -- what happened
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: when we saw it
  withheld TEXT CHECK (withheld IN ('stale', 'same_event', 'filtered')), -- why channels are not notified. stale: it was already old when a saved page showed it; same_event: another record of the event is announced; filtered: the vendor's filters hide it; null: channels are notified
  detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)) -- JSON object of strings: details beside the incident
) STRICT;
INSERT INTO events (event_id, source_id, incident_id, update_id, kind, at, withheld, detail) VALUES (1, 1, 1, NULL, 'incident_opened', '2026-11-23T09:00:00.000Z', NULL, '{"already_open":"true"}');
INSERT INTO events (event_id, source_id, incident_id, update_id, kind, at, withheld, detail) VALUES (2, 1, 2, NULL, 'maintenance_scheduled', '2026-11-23T09:00:00.000Z', NULL, '{"already_open":"true"}');
INSERT INTO events (event_id, source_id, incident_id, update_id, kind, at, withheld, detail) VALUES (3, 1, NULL, NULL, 'component_changed', '2026-11-23T09:10:00.000Z', NULL, '{"component":"Core › API","component_id":"1","from":"operational","to":"partial_outage"}');
INSERT INTO events (event_id, source_id, incident_id, update_id, kind, at, withheld, detail) VALUES (4, 1, 1, 6, 'update_posted', '2026-11-23T10:00:00.000Z', NULL, '{}');
INSERT INTO events (event_id, source_id, incident_id, update_id, kind, at, withheld, detail) VALUES (5, 1, 1, NULL, 'state_changed', '2026-11-23T10:00:00.000Z', NULL, '{"from":"investigating","to":"monitoring"}');
INSERT INTO events (event_id, source_id, incident_id, update_id, kind, at, withheld, detail) VALUES (6, 1, 1, NULL, 'incident_edited', '2026-11-23T10:00:00.000Z', NULL, '{"fields":"body"}');
INSERT INTO events (event_id, source_id, incident_id, update_id, kind, at, withheld, detail) VALUES (7, 1, NULL, NULL, 'source_unreadable', '2026-11-23T13:00:00.000Z', NULL, '{"last_success_at":"2026-11-23T10:00:00.000Z","reason":"403 Forbidden","since":"2026-11-23T11:00:00.000Z"}');
CREATE TABLE scrapes ( -- attempts to read a page: a row each, but for those that found nothing changed one after the other, which share a row for up to an hour
  scrape_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  started_at TEXT NOT NULL CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it started; of a saved page, when it was saved
  last_started_at TEXT NOT NULL CHECK (last_started_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when the last of a row's attempts started
  times INTEGER NOT NULL DEFAULT 1 CHECK (times > 0), -- number of attempts
  took_ms INTEGER NOT NULL CHECK (took_ms >= 0), -- milliseconds from start to end of the last attempt, without saving
  outcome TEXT NOT NULL CHECK (outcome IN ('changed', 'unchanged', 'partial', 'unreadable', 'failed')), -- partial: one of several documents failed; unreadable: it is not the expected page; failed: no answer, or an error status
  http_status INTEGER, -- HTTP status of the first request; null: there was no answer
  requests INTEGER NOT NULL DEFAULT 0, -- number of requests of all attempts
  bytes INTEGER NOT NULL DEFAULT 0, -- size of all response bodies of all attempts
  incidents_seen INTEGER NOT NULL DEFAULT 0, -- number of incidents on the pages read
  error TEXT, -- why the page could not be read, or only in part
  backfill INTEGER NOT NULL DEFAULT 0 CHECK (backfill IN (0, 1)), -- 1: part of a backfill
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)), -- 1: read from saved pages
  all_open INTEGER NOT NULL DEFAULT 0 CHECK (all_open IN (0, 1)), -- 1: it listed every open incident
  covers_from_at TEXT CHECK (covers_from_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- it listed every incident since then; null: not known
  covers_until_at TEXT CHECK (covers_until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- up to then; null: not known
  archive TEXT, -- the file that a saved page was read from, as it was named to import; null for live pages
  content_hash TEXT, -- hash of the content of saved pages, so that importing them again adds nothing; null for live pages
  CHECK (last_started_at >= started_at AND (times = 1 OR outcome = 'unchanged'))
) STRICT;
INSERT INTO scrapes (scrape_id, source_id, started_at, last_started_at, times, took_ms, outcome, http_status, requests, bytes, incidents_seen, error, backfill, archived, all_open, covers_from_at, covers_until_at, archive, content_hash) VALUES (1, 1, '2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.000Z', 1, 120, 'changed', 200, 1, 4000, 3, NULL, 0, 0, 1, NULL, NULL, NULL, NULL);
INSERT INTO scrapes (scrape_id, source_id, started_at, last_started_at, times, took_ms, outcome, http_status, requests, bytes, incidents_seen, error, backfill, archived, all_open, covers_from_at, covers_until_at, archive, content_hash) VALUES (2, 1, '2026-11-23T09:10:00.000Z', '2026-11-23T09:10:00.000Z', 1, 0, 'changed', NULL, 0, 0, 0, NULL, 0, 0, 0, NULL, NULL, NULL, NULL);
INSERT INTO scrapes (scrape_id, source_id, started_at, last_started_at, times, took_ms, outcome, http_status, requests, bytes, incidents_seen, error, backfill, archived, all_open, covers_from_at, covers_until_at, archive, content_hash) VALUES (3, 1, '2026-11-23T10:00:00.000Z', '2026-11-23T10:00:00.000Z', 1, 0, 'changed', NULL, 0, 0, 2, NULL, 0, 0, 1, NULL, NULL, NULL, NULL);
INSERT INTO scrapes (scrape_id, source_id, started_at, last_started_at, times, took_ms, outcome, http_status, requests, bytes, incidents_seen, error, backfill, archived, all_open, covers_from_at, covers_until_at, archive, content_hash) VALUES (4, 1, '2026-11-23T11:00:00.000Z', '2026-11-23T11:00:00.000Z', 1, 0, 'failed', NULL, 0, 0, 0, '403 Forbidden', 0, 0, 0, NULL, NULL, NULL, NULL);
INSERT INTO scrapes (scrape_id, source_id, started_at, last_started_at, times, took_ms, outcome, http_status, requests, bytes, incidents_seen, error, backfill, archived, all_open, covers_from_at, covers_until_at, archive, content_hash) VALUES (5, 1, '2026-11-23T12:00:00.000Z', '2026-11-23T12:00:00.000Z', 1, 0, 'failed', NULL, 0, 0, 0, '403 Forbidden', 0, 0, 0, NULL, NULL, NULL, NULL);
INSERT INTO scrapes (scrape_id, source_id, started_at, last_started_at, times, took_ms, outcome, http_status, requests, bytes, incidents_seen, error, backfill, archived, all_open, covers_from_at, covers_until_at, archive, content_hash) VALUES (6, 1, '2026-11-23T13:00:00.000Z', '2026-11-23T13:00:00.000Z', 1, 0, 'failed', NULL, 0, 0, 0, '403 Forbidden', 0, 0, 0, NULL, NULL, NULL, NULL);
CREATE TABLE findings ( -- values that could not be understood or contradict each other; the incident is kept
  finding_id INTEGER PRIMARY KEY, -- ours
  source_id INTEGER NOT NULL REFERENCES sources (source_id), -- which page
  source_key TEXT NOT NULL DEFAULT '', -- source_key of the incident or component; empty for the page itself
  field TEXT NOT NULL, -- column it was meant for
  value TEXT NOT NULL, -- the vendor's words
  problem TEXT NOT NULL, -- what is wrong with them
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time
  last_seen_at TEXT NOT NULL CHECK (last_seen_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- our time: last reading of changed words that still had the problem
  times_seen INTEGER NOT NULL CHECK (times_seen > 0), -- number of readings with the problem; unchanged words are not counted again
  UNIQUE (source_id, source_key, field, value, problem)
) STRICT;
INSERT INTO findings (finding_id, source_id, source_key, field, value, problem, first_seen_at, last_seen_at, times_seen) VALUES (1, 1, 'a', 'severity', 'purple', 'this severity word is unknown', '2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.000Z', 1);
CREATE TABLE streams ( -- up to which event messages have been planned, for alerts and for each digest
  stream TEXT PRIMARY KEY CHECK (stream = 'alerts' OR stream GLOB 'digest:?*'), -- alerts, or digest:NAME
  after_event_id INTEGER NOT NULL, -- events up to this one have been planned, or are older than the stream
  created_at TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it was first used
  planned_at TEXT CHECK (planned_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- when it was last planned, which is where the next digest begins; null: never
) STRICT, WITHOUT ROWID;
INSERT INTO streams (stream, after_event_id, created_at, planned_at) VALUES ('alerts', 0, '2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.000Z');
CREATE TABLE deliveries ( -- messages: one row for each message to a channel
  delivery_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours; never reused: the receiver gets vw-NUMBER with each attempt and can drop a repeat
  channel TEXT NOT NULL CHECK (channel <> ''), -- name in the configuration
  stream TEXT NOT NULL REFERENCES streams (stream), -- which stream it belongs to
  reason TEXT NOT NULL CHECK (reason IN ('first', 'worsened', 'lowered', 'changed', 'update', 'resolved', 'reopened', 'postmortem', 'left_feed', 'not_watched', 'maintenance', 'reminder', 'unreadable', 'readable', 'moved', 'component', 'held_back', 'channel', 'own_network', 'own_network_back', 'sla_at_risk', 'sla_missed', 'action', 'digest', 'test')), -- why it is sent
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident it is about; null: none or several, see delivery_events
  source_id INTEGER REFERENCES sources (source_id), -- which page it is about; null: none
  route TEXT NOT NULL DEFAULT '', -- name of the route that selected the channel; empty: none
  dedup_key TEXT CHECK (dedup_key <> ''), -- key of which a channel gets at most one message; null: no limit
  mention INTEGER NOT NULL DEFAULT 0 CHECK (mention IN (0, 1)), -- 1: people are mentioned, as with @here
  from_at TEXT CHECK (from_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- start of the period of a digest, or of the outage of our own network that it tells of; null: everything before, or neither
  state TEXT NOT NULL CHECK (state IN ('pending', 'held', 'delivered', 'refused', 'skipped')), -- pending: to be sent or retried; held: not to be sent before not_before_at; refused: rejected by the receiver for good, or tried in vain for too long; skipped: not sent, see note
  not_before_at TEXT CHECK (not_before_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- until when it is held; null: it was never held
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- attempts so far, including one in progress
  next_attempt_at TEXT CHECK (next_attempt_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- time of the next attempt; null: at once, or none
  created_at TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it was planned
  delivered_at TEXT CHECK (delivered_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when the receiver accepted it
  first_attempt_at TEXT CHECK (first_attempt_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it was first tried; null: never, or not since it was sent again by hand
  rejected_since_at TEXT CHECK (rejected_since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- since when the receiver answers that it does not know us, as with 401, 403, 404 and 410; null: it does not
  sender TEXT NOT NULL DEFAULT '', -- which process has it in hand, until next_attempt_at, as in leases; empty: none
  message TEXT CHECK (json_valid(message)), -- the message as it was first tried, so that each attempt has the same text; null: not tried yet, or delivered
  parts INTEGER NOT NULL DEFAULT 0 CHECK (parts >= 0), -- how many parts of a long message the receiver has, while the others are to be sent
  parts_thread TEXT NOT NULL DEFAULT '', -- the channel's own id of the first part, to reply to it; empty: it gave none
  about_channel TEXT NOT NULL DEFAULT '', -- name of the channel that it is about, if the reason is channel
  folded_into INTEGER REFERENCES deliveries (delivery_id), -- which message was sent in its place, since what both tell of was over; null: none
  receipt TEXT NOT NULL DEFAULT '', -- what the receiver answered
  last_error TEXT NOT NULL DEFAULT '', -- why the last attempt failed
  note TEXT NOT NULL DEFAULT '', -- why it is held or was skipped, and other remarks of the planner
  CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
  CHECK (state <> 'held' OR not_before_at IS NOT NULL)
) STRICT;
INSERT INTO deliveries (delivery_id, channel, stream, reason, incident_id, source_id, route, dedup_key, mention, from_at, state, not_before_at, attempts, next_attempt_at, created_at, delivered_at, first_attempt_at, rejected_since_at, sender, message, parts, parts_thread, about_channel, folded_into, receipt, last_error, note) VALUES (1, 'ops', 'alerts', 'first', 1, NULL, '', NULL, 0, NULL, 'delivered', NULL, 1, NULL, '2026-11-23T09:00:00.000Z', '2026-11-23T14:00:00.000Z', '2026-11-23T14:00:00.000Z', NULL, '', NULL, 0, '', '', NULL, 'ok', '', '');
CREATE TABLE leases ( -- what only one process may do at a time, and which one does it
  lease TEXT PRIMARY KEY CHECK (lease IN ('deliver')), -- deliver: plan and send messages
  holder TEXT NOT NULL, -- which process: host, process number and a word of chance; empty: none, since until_at
  taken_at TEXT NOT NULL CHECK (taken_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- since when it does it
  until_at TEXT NOT NULL CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- until when, unless it says again that it does
) STRICT, WITHOUT ROWID;
INSERT INTO leases (lease, holder, taken_at, until_at) VALUES ('deliver', 'here 1 a', '2026-11-23T14:00:00.000Z', '2026-11-23T14:00:30.000Z');
CREATE TABLE delivery_events ( -- which events a message contains
  delivery_id INTEGER NOT NULL REFERENCES deliveries (delivery_id), -- which message
  event_id INTEGER NOT NULL REFERENCES events (event_id), -- which news
  PRIMARY KEY (delivery_id, event_id)
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_events (delivery_id, event_id) VALUES (1, 1);
CREATE TABLE threads ( -- which channel was alerted to which incident, and what to reply to
  channel TEXT NOT NULL CHECK (channel <> ''), -- name in the configuration
  incident_id INTEGER NOT NULL REFERENCES incidents (incident_id), -- which incident
  thread TEXT NOT NULL DEFAULT '', -- the channel's own id of the first message, to reply to it; empty: it gave none
  first_delivery_id INTEGER NOT NULL REFERENCES deliveries (delivery_id), -- the first message that was delivered
  PRIMARY KEY (channel, incident_id)
) STRICT, WITHOUT ROWID;
INSERT INTO threads (channel, incident_id, thread, first_delivery_id) VALUES ('ops', 1, '1700.1', 1);
CREATE TABLE actions ( -- what people did: held the alerts of a vendor or an incident, took on an incident, wrote a note to it
  action_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours
  kind TEXT NOT NULL CHECK (kind IN ('mute', 'acknowledge', 'note')), -- mute: alerts are held; acknowledge: somebody takes care of it, and reminders stop; note: words for others
  vendor_id INTEGER REFERENCES vendors (vendor_id), -- which vendor is muted; null if it is about an incident
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident; null if a vendor is muted
  who TEXT NOT NULL CHECK (who <> ''), -- who did it: the user of the shell, the name in Slack, or what the program that asked gave
  via TEXT NOT NULL CHECK (via IN ('cli', 'slack', 'api')), -- from where
  text TEXT NOT NULL DEFAULT '', -- the note, or why
  until_at TEXT CHECK (until_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when a mute ends by itself; null: it is no mute
  created_at TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when it was done
  ended_at TEXT CHECK (ended_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'), -- when a mute was ended, or an acknowledgement taken back, by hand; null: it was not
  ended_by TEXT, -- by whom
  CHECK ((vendor_id IS NULL) <> (incident_id IS NULL)),
  CHECK (kind = 'mute' OR incident_id IS NOT NULL),
  CHECK ((kind = 'mute') = (until_at IS NOT NULL)),
  CHECK (kind <> 'note' OR text <> '' AND ended_at IS NULL),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;
INSERT INTO actions (action_id, kind, vendor_id, incident_id, who, via, text, until_at, created_at, ended_at, ended_by) VALUES (1, 'mute', 1, NULL, 'anna', 'cli', '', '2026-11-23T18:00:00.000Z', '2026-11-23T14:00:00.000Z', NULL, NULL);
CREATE TABLE search_due ( -- rows whose text is not in the full-text index yet; empty between transactions
  subject TEXT NOT NULL CHECK (subject IN ('incident', 'update', 'component')), -- whose text: incidents, incident_updates or components
  row_id INTEGER NOT NULL, -- incident_id, update_id or component_id
  PRIMARY KEY (subject, row_id)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE incident_search USING fts5 (title, content = 'incidents', content_rowid = 'incident_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO incident_search (incident_search) VALUES ('rebuild');
CREATE VIRTUAL TABLE update_search USING fts5 (body, content = 'incident_updates', content_rowid = 'update_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO update_search (update_search) VALUES ('rebuild');
CREATE VIRTUAL TABLE component_search USING fts5 (name, group_name, content = 'components', content_rowid = 'component_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO component_search (component_search) VALUES ('rebuild');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence (name, seq) VALUES ('actions', 1);
INSERT INTO sqlite_sequence (name, seq) VALUES ('deliveries', 1);
INSERT INTO sqlite_sequence (name, seq) VALUES ('events', 7);
INSERT INTO sqlite_sequence (name, seq) VALUES ('goose_db_version', 2);
CREATE INDEX vendors_by_name ON vendors (coalesce(nullif(name, ''), slug) COLLATE NOCASE, slug);
CREATE INDEX vendors_by_owner ON vendors (owner);
CREATE INDEX sources_watched ON sources (vendor_id) WHERE watched = 1;
CREATE INDEX sources_by_reading ON sources (interval_seconds, last_success_at) WHERE watched = 1;
CREATE INDEX sources_not_calm ON sources (vendor_id) WHERE watched = 1 AND (last_success_at IS NULL OR last_error IS NOT NULL OR entries_lost = 1 OR consecutive_failures > 0 OR page_severity <> 'none' OR indicator LIKE '%maintenance%');
CREATE INDEX source_moves_by_source ON source_moves (source_id);
CREATE INDEX coverage_gaps_unfilled ON coverage_gaps (source_id, from_at) WHERE filled_at IS NULL;
CREATE INDEX coverage_gaps_lasting ON coverage_gaps (source_id) WHERE to_at IS NULL AND filled_at IS NULL;
CREATE INDEX components_not_operational ON components (source_id, status, gone_at) WHERE status <> 'operational';
CREATE INDEX component_changes_by_component ON component_changes (component_id, at);
CREATE INDEX component_lists_whole ON component_lists (source_id) WHERE base_id IS NULL;
CREATE INDEX page_states_lasting ON page_states (source_id, until_at) WHERE until_at > seen_at;
CREATE INDEX incidents_by_source_start ON incidents (source_id, started_at);
CREATE INDEX incidents_by_start ON incidents (started_at);
CREATE INDEX incidents_by_source_end ON incidents (source_id, resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX incidents_by_source_window ON incidents (source_id, scheduled_start_at) WHERE scheduled_start_at IS NOT NULL;
CREATE INDEX incidents_by_event ON incidents (same_event_id) WHERE same_event_id IS NOT NULL;
CREATE INDEX incidents_open ON incidents (source_id) WHERE open = 1;
CREATE INDEX incidents_open_by_began ON incidents (coalesce(started_at, scheduled_start_at, first_seen_at), incident_id) WHERE open = 1;
CREATE INDEX incidents_open_by_window ON incidents (coalesce(scheduled_start_at, started_at, first_seen_at), incident_id) WHERE open = 1 AND kind = 'maintenance';
CREATE INDEX incidents_long ON incidents (resolved_at) WHERE julianday(resolved_at) - julianday(started_at) > 1.9;
CREATE INDEX incidents_left ON incidents (left_feed_at) WHERE left_feed_at IS NOT NULL;
CREATE UNIQUE INDEX incidents_open_of_page ON incidents (source_id) WHERE open = 1 AND origin = 'page';
CREATE INDEX incidents_of_page ON incidents (source_id, started_at) WHERE origin = 'page';
CREATE UNIQUE INDEX incidents_open_of_ours ON incidents (source_id) WHERE open = 1 AND origin IN ('probe', 'signal');
CREATE INDEX incidents_of_ours ON incidents (source_id, started_at) WHERE origin IN ('probe', 'signal');
CREATE INDEX incidents_by_began ON incidents (coalesce(started_at, scheduled_start_at, first_seen_at), incident_id, severity, kind, state, source_id, left_feed_at, same_event_id);
CREATE INDEX incidents_by_window ON incidents (coalesce(scheduled_start_at, started_at, first_seen_at), incident_id, state, same_event_id) WHERE kind = 'maintenance';
CREATE INDEX incidents_by_first_sight ON incidents (first_seen_at);
CREATE INDEX incidents_by_state ON incidents (state, coalesce(started_at, scheduled_start_at, first_seen_at), incident_id) WHERE ended = 0;
CREATE INDEX former_keys_by_incident ON former_keys (incident_id);
CREATE INDEX incident_updates_by_position ON incident_updates (incident_id, position);
CREATE INDEX incident_updates_by_post ON incident_updates (posted_at);
CREATE INDEX incident_updates_by_first_sight ON incident_updates (first_seen_at);
CREATE INDEX incident_components_by_component ON incident_components (component_id);
CREATE INDEX service_needs_by_vendor ON service_needs (vendor_id);
CREATE INDEX service_components_by_component ON service_components (component_id);
CREATE INDEX probes_by_vendor ON probes (vendor_id);
CREATE INDEX probes_by_service ON probes (service_id);
CREATE INDEX signals_burning ON signals (vendor_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX signals_once ON signals (fingerprint) WHERE ended_at IS NULL;
CREATE INDEX signals_by_service ON signals (service_id);
CREATE INDEX signals_by_vendor ON signals (vendor_id, started_at);
CREATE INDEX incident_signals_by_incident ON incident_signals (incident_id);
CREATE UNIQUE INDEX incident_signals_by_probe ON incident_signals (probe_id, incident_id, from_at) WHERE probe_id IS NOT NULL;
CREATE UNIQUE INDEX incident_signals_by_signal ON incident_signals (signal_id, incident_id, from_at) WHERE signal_id IS NOT NULL;
CREATE UNIQUE INDEX own_outages_lasting ON own_outages (to_at IS NULL) WHERE to_at IS NULL;
CREATE INDEX stories_by_start ON stories (started_at);
CREATE INDEX story_members_by_story ON story_members (story_id);
CREATE INDEX revisions_by_incident ON revisions (incident_id);
CREATE INDEX revisions_by_update ON revisions (update_id);
CREATE INDEX revisions_by_sight ON revisions (seen_at);
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_incident ON events (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX events_by_update ON events (update_id) WHERE update_id IS NOT NULL;
CREATE INDEX events_by_source ON events (source_id);
CREATE INDEX scrapes_by_source ON scrapes (source_id, started_at);
CREATE INDEX scrapes_by_time ON scrapes (started_at);
CREATE INDEX scrapes_of_open ON scrapes (source_id, started_at) WHERE all_open = 1 AND outcome IN ('changed', 'unchanged');
CREATE UNIQUE INDEX scrapes_archived ON scrapes (source_id, started_at, content_hash) WHERE archived = 1;
CREATE INDEX findings_by_time ON findings (last_seen_at);
CREATE UNIQUE INDEX deliveries_once ON deliveries (channel, dedup_key) WHERE dedup_key IS NOT NULL;
CREATE INDEX deliveries_by_incident ON deliveries (incident_id);
CREATE INDEX deliveries_by_source ON deliveries (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX deliveries_by_stream ON deliveries (stream, channel, delivered_at);
CREATE INDEX deliveries_pending ON deliveries (channel, delivery_id) WHERE state = 'pending';
CREATE INDEX deliveries_folded ON deliveries (folded_into) WHERE folded_into IS NOT NULL;
CREATE INDEX deliveries_held ON deliveries (not_before_at) WHERE state = 'held';
CREATE INDEX deliveries_by_state ON deliveries (channel, state, created_at, not_before_at);
CREATE INDEX delivery_events_by_event ON delivery_events (event_id);
CREATE INDEX threads_by_incident ON threads (incident_id);
CREATE INDEX threads_by_delivery ON threads (first_delivery_id);
CREATE INDEX actions_by_vendor ON actions (vendor_id) WHERE vendor_id IS NOT NULL;
CREATE INDEX actions_by_incident ON actions (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX actions_by_time ON actions (created_at);
CREATE INDEX actions_by_end ON actions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX actions_by_until ON actions (until_at) WHERE until_at IS NOT NULL;
CREATE TRIGGER incident_search_insert AFTER INSERT ON incidents BEGIN
  INSERT INTO search_due (subject, row_id) VALUES ('incident', new.incident_id);
END;
CREATE TRIGGER incident_search_delete AFTER DELETE ON incidents BEGIN
  INSERT INTO incident_search (incident_search, rowid, title) SELECT 'delete', old.incident_id, old.title
    WHERE NOT EXISTS (SELECT 1 FROM search_due WHERE subject = 'incident' AND row_id = old.incident_id);
  DELETE FROM search_due WHERE subject = 'incident' AND row_id = old.incident_id;
END;
CREATE TRIGGER incident_search_update AFTER UPDATE OF title ON incidents WHEN old.title <> new.title AND NOT EXISTS (SELECT 1 FROM search_due WHERE subject = 'incident' AND row_id = old.incident_id) BEGIN
  INSERT INTO incident_search (incident_search, rowid, title) VALUES ('delete', old.incident_id, old.title);
  INSERT INTO search_due (subject, row_id) VALUES ('incident', new.incident_id);
END;
CREATE TRIGGER update_search_insert AFTER INSERT ON incident_updates BEGIN
  INSERT INTO search_due (subject, row_id) VALUES ('update', new.update_id);
END;
CREATE TRIGGER update_search_delete AFTER DELETE ON incident_updates BEGIN
  INSERT INTO update_search (update_search, rowid, body) SELECT 'delete', old.update_id, old.body
    WHERE NOT EXISTS (SELECT 1 FROM search_due WHERE subject = 'update' AND row_id = old.update_id);
  DELETE FROM search_due WHERE subject = 'update' AND row_id = old.update_id;
END;
CREATE TRIGGER update_search_update AFTER UPDATE OF body ON incident_updates WHEN old.body <> new.body AND NOT EXISTS (SELECT 1 FROM search_due WHERE subject = 'update' AND row_id = old.update_id) BEGIN
  INSERT INTO update_search (update_search, rowid, body) VALUES ('delete', old.update_id, old.body);
  INSERT INTO search_due (subject, row_id) VALUES ('update', new.update_id);
END;
CREATE TRIGGER component_search_insert AFTER INSERT ON components BEGIN
  INSERT INTO search_due (subject, row_id) VALUES ('component', new.component_id);
END;
CREATE TRIGGER component_search_delete AFTER DELETE ON components BEGIN
  INSERT INTO component_search (component_search, rowid, name, group_name) SELECT 'delete', old.component_id, old.name, old.group_name
    WHERE NOT EXISTS (SELECT 1 FROM search_due WHERE subject = 'component' AND row_id = old.component_id);
  DELETE FROM search_due WHERE subject = 'component' AND row_id = old.component_id;
END;
CREATE TRIGGER component_search_update AFTER UPDATE OF name, group_name ON components WHEN (old.name <> new.name OR old.group_name <> new.group_name) AND NOT EXISTS (SELECT 1 FROM search_due WHERE subject = 'component' AND row_id = old.component_id) BEGIN
  INSERT INTO component_search (component_search, rowid, name, group_name) VALUES ('delete', old.component_id, old.name, old.group_name);
  INSERT INTO search_due (subject, row_id) VALUES ('component', new.component_id);
END;
CREATE VIEW v_actions AS -- what people did, with the vendor and the incident
SELECT
  a.action_id,
  a.kind,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  a.incident_id,
  i.title, -- of the incident
  a.who,
  a.via,
  a.text,
  a.until_at,
  a.created_at,
  a.ended_at,
  a.ended_by
FROM actions a
LEFT JOIN incidents i USING (incident_id)
LEFT JOIN sources s ON s.source_id = i.source_id
JOIN vendors v ON v.vendor_id = coalesce(a.vendor_id, s.vendor_id);
CREATE VIEW v_incident_components AS -- the components that each incident affects, and for how long, where more is known of a component than of the incident
SELECT
  x.*,
  CASE WHEN x.stated THEN 'stated' WHEN x.resolved_at IS NOT NULL THEN 'seen' END AS resolved_basis, -- how resolved_at is known. stated: by the vendor; seen: by the status on the page
  CAST(round((julianday(x.resolved_at) - julianday(x.started_at)) * 86400) AS INTEGER) AS duration_seconds -- null: it still is affected, or only the times of the incident are known
FROM (
  SELECT
    ic.incident_id,
    ic.component_id,
    c.source_key,
    c.name,
    c.group_name,
    c.status, -- as last read
    coalesce(ic.started_at, red.at, CASE WHEN i.started_basis IS NOT NULL THEN i.started_at END) AS started_at, -- since when it was affected, by the vendor, or as seen where the page alone tells; otherwise the start of the incident
    CASE WHEN ic.started_at IS NOT NULL THEN 'stated' WHEN red.at IS NOT NULL THEN 'seen' END AS started_basis, -- how started_at is known. stated: by the vendor; seen: by the status on the page; null: only the start of the incident is known
    CASE WHEN ic.resolved_at IS NOT NULL THEN ic.resolved_at WHEN i.kind = 'incident' AND i.origin IN ('vendor', 'page') THEN (
      SELECT h.at FROM component_changes h
      WHERE h.component_id = ic.component_id AND h.status = 'operational' AND h.at > coalesce(ic.started_at, i.started_at)
        AND h.at < coalesce(i.resolved_at, '~')
        AND NOT EXISTS (SELECT 1 FROM component_changes n WHERE n.component_id = h.component_id AND n.at > h.at AND n.at < coalesce(i.resolved_at, '~'))
        AND (SELECT b.status FROM component_changes b WHERE b.component_id = h.component_id AND b.at < h.at ORDER BY b.at DESC LIMIT 1)
          IN ('degraded_performance', 'partial_outage', 'major_outage')
      LIMIT 1) END AS resolved_at, -- when it recovered, by the vendor or as seen; null: it has not, or only the end of the incident is known
    ic.resolved_at IS NOT NULL AS stated, -- 1: the vendor says when it recovered
    c.position
  FROM incident_components ic
  JOIN incidents i USING (incident_id)
  JOIN components c USING (component_id)
  LEFT JOIN component_changes red ON i.origin = 'page' AND red.component_change_id = (
    SELECT h.component_change_id FROM component_changes h
    WHERE h.component_id = ic.component_id AND h.at > i.started_at AND h.at < coalesce(i.resolved_at, '~')
      AND h.status IN ('degraded_performance', 'partial_outage', 'major_outage')
      AND coalesce((SELECT b.status FROM component_changes b WHERE b.component_id = h.component_id AND b.at <= i.started_at ORDER BY b.at DESC LIMIT 1), 'unknown')
        NOT IN ('degraded_performance', 'partial_outage', 'major_outage')
    ORDER BY h.at LIMIT 1)
) x;
CREATE VIEW v_incidents AS -- incidents, maintenances and notices with vendor, duration, components and the latest post
SELECT
  i.incident_id,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  i.source_id,
  s.page_url, -- address of the status page
  s.platform,
  i.source_key,
  i.origin, -- who reports it: vendor, in a post; page, the page itself is red; probe, checks of ours fail; signal, an alert of ours burns
  i.kind,
  i.title,
  i.url, -- the incident's own page
  i.severity,
  i.state,
  i.stateless,
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
    THEN CAST(round((julianday(i.resolved_at) - julianday(i.started_at)) * 86400) AS INTEGER) END AS duration_seconds, -- seconds from start to end; null: it is open, or the start or the end is not known
  CASE WHEN i.state IN ('resolved', 'completed') AND i.resolved_at >= i.started_at AND i.started_basis IS NOT NULL AND i.resolved_basis IS NOT NULL
    THEN CAST(round((julianday(i.resolved_at) - max(julianday(coalesce(i.resolved_after, i.resolved_at)), julianday(i.started_at))) * 86400) AS INTEGER) END AS duration_uncertainty_seconds, -- by how many seconds it may have been shorter, if we only saw the end; 0: the vendor gives the end
  CASE WHEN i.origin = 'vendor' AND i.same_event_id IS NOT NULL THEN (
    SELECT CAST(round((julianday(coalesce((
        SELECT min(u.posted_at) FROM incident_updates u WHERE u.incident_id = i.incident_id AND u.posted_at >= p.started_at), i.first_seen_at))
      - julianday(p.started_at)) * 86400) AS INTEGER)
    FROM incidents p WHERE p.same_event_id = i.same_event_id AND p.source_id = i.source_id AND p.origin = 'page' AND p.started_basis = 'seen'
    ORDER BY p.started_at LIMIT 1) END AS red_before_post_seconds, -- how many seconds the page itself was red before the vendor's first post; null: it was not, or it is not known since when
  CASE WHEN i.origin = 'vendor' AND i.same_event_id IS NOT NULL THEN (
    SELECT CASE WHEN x.posted_at >= x.started_at THEN CAST(round((julianday(x.posted_at) - julianday(x.started_at)) * 86400) AS INTEGER) END
    FROM (SELECT min(p.started_at) AS started_at, coalesce((SELECT min(u.posted_at) FROM incident_updates u WHERE u.incident_id = i.incident_id), i.first_seen_at) AS posted_at
      FROM incidents p WHERE p.same_event_id = i.same_event_id AND p.origin IN ('probe', 'signal')) x) END AS signal_before_post_seconds, -- how many seconds our own check or alert was before the vendor's first post; null: there was none, or the post was before it
  i.stated_duration_seconds, -- by the vendor's postmortem
  i.start_given, -- 1: the vendor states the start
  i.announced, -- 0: from before the first scrape, or another record of the event was announced
  EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id) AS filtered, -- 1: the vendor's filters hide it, and it is not announced
  i.same_event_id, -- the record that represents the event; null: there is no other record of it
  (SELECT group_concat(label, ', ') FROM (
    SELECT CASE WHEN c.group_name <> '' THEN c.group_name || ' › ' || c.name ELSE c.name END AS label
    FROM incident_components ic JOIN components c USING (component_id)
    WHERE ic.incident_id = i.incident_id ORDER BY c.position NULLS LAST, c.group_name, c.name, c.component_id)) AS components, -- affected components, Group › Name
  CASE WHEN i.kind = 'incident' AND i.origin = 'vendor' THEN (
    SELECT CASE WHEN count(*) = count(x.resolved_at) AND max(x.resolved_at) < coalesce(i.resolved_at, '~') THEN max(x.resolved_at) END
    FROM v_incident_components x WHERE x.incident_id = i.incident_id) END AS components_resolved_at, -- when the last of them recovered, by the vendor or as seen, if all did before the incident's end; null: not known, or not before that
  (SELECT group_concat(name, ', ') FROM (
    SELECT ours.name FROM services ours WHERE EXISTS (
      SELECT 1 FROM service_needs n WHERE n.service_id = ours.service_id AND n.vendor_id = s.vendor_id AND (n.component = '' OR EXISTS (
        SELECT 1 FROM service_components sc JOIN incident_components ic USING (component_id)
        WHERE sc.need_id = n.need_id AND ic.incident_id = i.incident_id)))
    ORDER BY ours.critical DESC, ours.name)) AS touches, -- services of ours that need the vendor, or a component that it affects; null: none
  CASE WHEN NOT EXISTS (SELECT 1 FROM incident_components ic WHERE ic.incident_id = i.incident_id) THEN (
    SELECT group_concat(name, ', ') FROM (
      SELECT ours.name FROM services ours
      WHERE EXISTS (SELECT 1 FROM service_needs n WHERE n.service_id = ours.service_id AND n.vendor_id = s.vendor_id)
        AND NOT EXISTS (SELECT 1 FROM service_needs n WHERE n.service_id = ours.service_id AND n.vendor_id = s.vendor_id AND n.component = '')
      ORDER BY ours.critical DESC, ours.name)) END AS may_touch, -- services of ours that need components of the vendor, if it names none, so that it is not known to spare them; null: none
  st.story_id, -- the story of several vendors that it belongs to; null: none is claimed
  st.summary AS story, -- what that story claims
  CASE WHEN st.story_id IS NOT NULL THEN sm.evidence END AS story_evidence, -- why it belongs to it
  (SELECT count(*) FROM incident_updates u WHERE u.incident_id = i.incident_id) AS update_count, -- posts in the timeline
  l.body AS latest_body, -- newest post that is not a postmortem
  l.state AS latest_state, -- its state
  l.posted_at AS latest_posted_at, -- its time
  k.created_at AS acknowledged_at, -- when somebody took it on; null: nobody has, took it back, or it reopened since
  k.who AS acknowledged_by, -- who did
  (SELECT group_concat(page_url, ', ') FROM (
    SELECT x.page_url FROM incidents o JOIN sources x USING (source_id)
    WHERE o.same_event_id = i.same_event_id AND o.source_id <> i.source_id AND o.origin = 'vendor' ORDER BY o.incident_id)) AS also_on -- other pages of the vendor that report the event
FROM incidents i
JOIN sources s USING (source_id)
JOIN vendors v USING (vendor_id)
LEFT JOIN incident_updates l ON l.update_id = (
  SELECT u.update_id FROM incident_updates u
  WHERE u.incident_id = i.incident_id AND u.state <> 'postmortem' AND u.removed_at IS NULL
  ORDER BY u.position DESC LIMIT 1)
LEFT JOIN actions k ON k.action_id = (
  SELECT max(a.action_id) FROM actions a
  WHERE a.kind = 'acknowledge' AND a.ended_at IS NULL
    AND (a.incident_id = i.incident_id OR a.incident_id IN (SELECT o.incident_id FROM incidents o WHERE o.same_event_id = i.same_event_id))
    AND NOT EXISTS (SELECT 1 FROM events r WHERE r.incident_id = a.incident_id AND r.kind = 'incident_reopened' AND r.at > a.created_at))
LEFT JOIN story_members sm ON sm.incident_id = i.incident_id
LEFT JOIN stories st ON st.story_id = sm.story_id AND st.withdrawn_at IS NULL;
CREATE VIEW v_open AS -- open incidents, and maintenances that are planned or in progress; an event that several pages report appears once
SELECT * FROM v_incidents
WHERE open = 1 AND coalesce(same_event_id, incident_id) = incident_id;
CREATE VIEW v_impact AS -- when each incident started and ended, as far as known; all figures of impact are computed from this view. Without maintenances, notices and what only our own checks and alerts tell of; an event that several pages report counts once
SELECT
  i.incident_id,
  s.vendor_id, -- whose
  i.source_id,
  i.severity,
  CASE WHEN i.red_at < i.started_at THEN i.red_at WHEN i.started_basis IS NOT NULL THEN i.started_at END AS from_at, -- if the page was red before the vendor posted, since then; null: the start is not known
  CASE
    WHEN i.open AND i.state <> 'unknown' THEN s.latest_at
    WHEN NOT i.ended THEN i.left_feed_at
    WHEN i.resolved_basis IS NOT NULL THEN i.resolved_at END AS to_at, -- for an open one, when its page was last read; for one that left its page, when it did; null: the end is not known
  i.open,
  CASE WHEN i.state IN ('resolved', 'completed') AND i.resolved_at >= i.started_at AND i.started_basis IS NOT NULL AND i.resolved_basis IS NOT NULL
    THEN CAST(round((julianday(i.resolved_at) - julianday(i.started_at)) * 86400) AS INTEGER) END AS seconds_to_resolve, -- from start to end; null: it is not over, or the start or the end is not known
  CASE WHEN i.excerpt = 0 AND i.origin = 'vendor' AND i.wrong_at IS NOT NULL THEN (
    SELECT CASE WHEN count(*) = count(u.posted_at) AND min(u.posted_at) >= i.wrong_at
      THEN CAST(round((julianday(min(u.posted_at)) - julianday(i.wrong_at)) * 86400) AS INTEGER) END
    FROM incident_updates u WHERE u.incident_id = i.incident_id AND u.state <> 'postmortem') END AS seconds_to_first_update, -- from the start that the vendor states, or from when its page was red if that is earlier, to its first post; null: the start is only known from that post, or the post is earlier, or its time is not known
  CASE WHEN i.open AND i.started_at > s.latest_at THEN i.first_seen_at
    ELSE coalesce(i.started_at, i.created_at, i.resolved_at, i.first_seen_at) END AS counted_at -- when it counts as having begun; an open one no later than its page was read
FROM (
  SELECT o.*, red.started_at AS red_at,
    CASE WHEN o.started_basis = 'stated' AND (red.started_at IS NULL OR o.started_at < red.started_at) THEN o.started_at ELSE red.started_at END AS wrong_at
  FROM incidents o
  LEFT JOIN incidents red ON red.incident_id = CASE WHEN o.same_event_id IS NOT NULL THEN (
    SELECT p.incident_id FROM incidents p
    WHERE p.same_event_id = o.same_event_id AND p.origin = 'page' AND p.incident_id <> o.incident_id ORDER BY p.started_at LIMIT 1) END
) i
JOIN sources s USING (source_id)
WHERE i.kind = 'incident' AND i.origin IN ('vendor', 'page') AND coalesce(i.same_event_id, i.incident_id) = i.incident_id;
CREATE VIEW v_stretches AS -- stretches of time that uptime is made of: impact of incidents, planned work, and time of which a page told us nothing. Those of a vendor may overlap
SELECT
  x.vendor_id, -- whose
  'impact' AS what, -- impact, of v_impact; maintenance, planned work that was done or is under way; unseen, time in which a page was not read, or that is before its record begins
  x.incident_id, -- null for unseen
  x.severity,
  x.from_at, -- null: not known
  CASE WHEN x.open AND s.current_until_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now') THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now') ELSE x.to_at END AS to_at, -- of what is open now, where its page is read on schedule, otherwise when that was last read; null: not known
  x.counted_at -- when it counts as having begun, if its length is not known
FROM v_impact x JOIN sources s USING (source_id)
UNION ALL
SELECT s.vendor_id, 'maintenance', i.incident_id, i.severity, coalesce(i.scheduled_start_at, i.started_at),
  CASE
    WHEN i.open AND i.state <> 'unknown' THEN CASE WHEN s.current_until_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now') THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now') ELSE s.latest_at END
    WHEN NOT i.ended THEN i.left_feed_at
    WHEN i.resolved_basis IS NOT NULL THEN i.resolved_at END,
  coalesce(i.scheduled_start_at, i.started_at, i.created_at, i.first_seen_at)
FROM incidents i JOIN sources s USING (source_id)
WHERE i.kind = 'maintenance' AND i.state NOT IN ('scheduled', 'cancelled') AND coalesce(i.same_event_id, i.incident_id) = i.incident_id
UNION ALL
SELECT blind.vendor_id, 'unseen', NULL, NULL, blind.from_at, blind.to_at, blind.from_at
FROM (
  SELECT s.vendor_id, '0000-01-01T00:00:00.000Z' AS from_at,
    CASE WHEN coalesce(s.latest_at, s.last_success_at) IS NULL THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
      ELSE coalesce(s.coverage_start_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) END AS to_at,
    s.watched
  FROM sources s
  UNION ALL
  SELECT s.vendor_id, g.from_at, coalesce(g.to_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), s.watched
  FROM coverage_gaps g JOIN sources s USING (source_id) WHERE g.filled_at IS NULL
  UNION ALL
  SELECT s.vendor_id, max(coalesce(s.latest_at, s.last_success_at), coalesce(s.last_success_at, s.latest_at)), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), s.watched
  FROM sources s WHERE s.current_until_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
  UNION ALL
  SELECT v.vendor_id, '0000-01-01T00:00:00.000Z', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 1
  FROM vendors v WHERE NOT EXISTS (SELECT 1 FROM sources s WHERE s.vendor_id = v.vendor_id)) blind
WHERE blind.watched = 1 OR NOT EXISTS (SELECT 1 FROM sources w WHERE w.vendor_id = blind.vendor_id AND w.watched = 1);
CREATE VIEW v_component_stretches AS -- stretches of time in which incidents and planned work affected a component: its own time where the vendor or the page tells it, otherwise that of the incident. All figures of a component are made of them; what names no component is in none
SELECT
  t.vendor_id, -- whose
  x.component_id,
  t.what, -- impact, or maintenance
  t.incident_id,
  t.severity, -- of the incident
  CASE WHEN x.started_basis IS NULL THEN t.from_at ELSE x.started_at END AS from_at, -- null: not known
  coalesce(x.resolved_at, t.to_at) AS to_at, -- as in v_stretches, and no later than the component recovered; null: not known
  CASE WHEN x.started_basis IS NULL THEN t.counted_at ELSE x.started_at END AS counted_at -- when it counts as having begun, if its length is not known
FROM v_stretches t JOIN v_incident_components x USING (incident_id);
CREATE VIEW v_uptime AS -- for each vendor the share of the last 7, 30, 90 and 365 days without impact, of the time of which its pages told us; the windows end now
WITH
  period (days, from_at, to_at) AS MATERIALIZED (
    SELECT column1, strftime('%Y-%m-%dT%H:%M:%fZ', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), '-' || column1 || ' days'), strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    FROM (VALUES (7), (30), (90), (365))),
  stretch AS MATERIALIZED (SELECT vendor_id, what, from_at, to_at, counted_at FROM v_stretches),
  measure (name, what) AS (VALUES ('unseen', 'unseen'), ('impact', 'impact'), ('maintenance', 'maintenance'),
    ('wrong', 'unseen'), ('wrong', 'impact'), ('any', 'unseen'), ('any', 'impact'), ('any', 'maintenance')),
  piece AS ( -- within the window; what counts for a measure overlaps
    SELECT t.vendor_id, w.days, m.name, max(t.from_at, w.from_at) AS from_at, min(t.to_at, w.to_at) AS to_at
    FROM period w CROSS JOIN stretch t JOIN measure m ON m.what = t.what
    WHERE t.to_at > w.from_at AND t.from_at < w.to_at AND t.to_at > t.from_at),
  swept AS ( -- with the time up to which earlier pieces cover it
    SELECT *, max(to_at) OVER (PARTITION BY vendor_id, days, name ORDER BY from_at, to_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered
    FROM piece),
  total AS ( -- in milliseconds, whole ones so that sums are exact
    SELECT vendor_id, days, name, sum(max(0, CAST(round((julianday(to_at) - julianday(max(from_at, coalesce(covered, from_at)))) * 86400000) AS INTEGER))) AS ms
    FROM swept GROUP BY vendor_id, days, name),
  counted AS (
    SELECT t.vendor_id, w.days,
      sum(coalesce(t.to_at >= t.from_at AND t.from_at < w.to_at AND (t.from_at >= w.from_at OR t.to_at > w.from_at), 0)) AS known,
      sum(coalesce(t.to_at < t.from_at, 1) AND t.counted_at >= w.from_at AND t.counted_at < w.to_at) AS unknown
    FROM period w CROSS JOIN stretch t WHERE t.what = 'impact' GROUP BY t.vendor_id, w.days),
  figure AS (
    SELECT v.vendor_id, v.slug, v.name, w.days, w.from_at, w.to_at, w.days * 86400000 AS whole,
      coalesce((SELECT ms FROM total t WHERE t.vendor_id = v.vendor_id AND t.days = w.days AND t.name = 'unseen'), 0) AS unseen,
      coalesce((SELECT ms FROM total t WHERE t.vendor_id = v.vendor_id AND t.days = w.days AND t.name = 'impact'), 0) AS impact,
      coalesce((SELECT ms FROM total t WHERE t.vendor_id = v.vendor_id AND t.days = w.days AND t.name = 'maintenance'), 0) AS maintenance,
      coalesce((SELECT ms FROM total t WHERE t.vendor_id = v.vendor_id AND t.days = w.days AND t.name = 'wrong'), 0) AS wrong,
      coalesce((SELECT ms FROM total t WHERE t.vendor_id = v.vendor_id AND t.days = w.days AND t.name = 'any'), 0) AS any_ms,
      coalesce((SELECT known FROM counted c WHERE c.vendor_id = v.vendor_id AND c.days = w.days), 0) AS known,
      coalesce((SELECT unknown FROM counted c WHERE c.vendor_id = v.vendor_id AND c.days = w.days), 0) AS unknown
    FROM vendors v CROSS JOIN period w)
SELECT
  f.slug AS vendor, -- short name
  coalesce(nullif(f.name, ''), f.slug) AS vendor_name, -- name for people
  f.days, -- length of the window: 7, 30, 90 or 365
  f.from_at, -- its start
  f.to_at, -- its end: now
  CASE WHEN f.whole > f.unseen AND (f.known > 0 OR f.unknown = 0) THEN round(100.0 * (f.whole - f.wrong) / (f.whole - f.unseen), 4) END AS uptime_percent, -- of the known time, the share without impact; planned work is no impact; null: nothing is known
  CASE WHEN f.whole > f.unseen AND (f.known > 0 OR f.unknown = 0) THEN round(100.0 * (f.whole - f.any_ms) / (f.whole - f.unseen), 4) END AS uptime_with_maintenance_percent, -- the same, where planned work counts as impact
  round(100.0 * (f.whole - f.unseen) / f.whole, 4) AS known_percent, -- share of the window in which every watched page of the vendor was read; 0: nothing is known
  CASE WHEN f.known > 0 OR f.unknown = 0 AND f.whole > f.unseen THEN round(f.impact / 3600000.0, 4) END AS impact_hours, -- hours with at least one incident, wherever in the window; overlapping ones count once; null: nothing is known
  round(f.maintenance / 3600000.0, 4) AS maintenance_hours, -- hours of planned work that is on record
  f.known AS incidents_of_known_length, -- incidents that the figures include
  f.unknown AS incidents_of_unknown_length -- incidents that they cannot include; where there are any, uptime may be less
FROM figure f;
CREATE VIEW v_sla AS -- for each vendor with a target its uptime in the period that lasts, as its agreement counts it, and what is left of the budget
WITH
  clock (now) AS MATERIALIZED (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  began AS (
    SELECT t.*, clock.now,
      strftime('%Y-%m-01T00:00:00.000Z', clock.now, 'start of month', '-' || CASE t.period WHEN 'quarter' THEN (strftime('%m', clock.now) - 1) % 3 ELSE 0 END || ' months') AS from_at
    FROM clock CROSS JOIN vendor_targets t),
  term AS MATERIALIZED (
    SELECT *, strftime('%Y-%m-%dT00:00:00.000Z', from_at, CASE period WHEN 'quarter' THEN '+3 months' ELSE '+1 month' END) AS to_at,
      CASE period WHEN 'quarter' THEN substr(from_at, 1, 4) || '-Q' || ((substr(from_at, 6, 2) + 2) / 3) ELSE substr(from_at, 1, 7) END AS name
    FROM began),
  stretch AS MATERIALIZED (
    SELECT s.vendor_id, CASE s.what WHEN 'unseen' THEN 'unseen' ELSE 'counts' END AS what, s.incident_id, s.severity, s.from_at, s.to_at, s.counted_at
    FROM term t JOIN v_stretches s USING (vendor_id)
    WHERE (s.what = 'unseen'
      OR (s.what = 'impact' AND (t.severities = '[]' OR s.severity IN (SELECT value FROM json_each(t.severities))) OR s.what = 'maintenance' AND t.maintenance)
        AND (t.components = '[]' OR NOT EXISTS (SELECT 1 FROM incident_components ic WHERE ic.incident_id = s.incident_id)))
    UNION -- of what names components, the time of those that count; equal ones once
    SELECT s.vendor_id, 'counts', s.incident_id, s.severity, s.from_at, s.to_at, s.counted_at
    FROM term t JOIN v_component_stretches s USING (vendor_id) JOIN components c USING (component_id)
    WHERE t.components <> '[]'
      AND (s.what = 'impact' AND (t.severities = '[]' OR s.severity IN (SELECT value FROM json_each(t.severities))) OR s.what = 'maintenance' AND t.maintenance)
      AND EXISTS (
        SELECT 1 FROM json_each(t.components) g
        WHERE lower(c.name) GLOB replace(lower(g.value), '[', '[[]')
          OR c.group_name <> '' AND lower(c.group_name || ' › ' || c.name) GLOB replace(lower(g.value), '[', '[[]'))),
  measure (name, what) AS (VALUES ('unseen', 'unseen'), ('counts', 'counts'), ('either', 'unseen'), ('either', 'counts')),
  piece AS (
    SELECT s.vendor_id, m.name, max(s.from_at, t.from_at) AS from_at, min(s.to_at, t.to_at, t.now) AS to_at
    FROM term t JOIN stretch s USING (vendor_id) JOIN measure m ON m.what = s.what
    WHERE s.to_at > t.from_at AND s.from_at < min(t.to_at, t.now) AND s.to_at > s.from_at),
  swept AS (
    SELECT *, max(to_at) OVER (PARTITION BY vendor_id, name ORDER BY from_at, to_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered
    FROM piece),
  total AS (
    SELECT vendor_id,
      sum(CASE WHEN name = 'unseen' THEN ms ELSE 0 END) AS unseen, sum(CASE WHEN name = 'counts' THEN ms ELSE 0 END) AS impact, sum(CASE WHEN name = 'either' THEN ms ELSE 0 END) AS either
    FROM (SELECT vendor_id, name, max(0, CAST(round((julianday(to_at) - julianday(max(from_at, coalesce(covered, from_at)))) * 86400000) AS INTEGER)) AS ms FROM swept)
    GROUP BY vendor_id),
  counted AS (
    SELECT vendor_id,
      count(DISTINCT CASE WHEN s.to_at >= s.from_at AND s.from_at < min(t.to_at, t.now) AND (s.from_at >= t.from_at OR s.to_at > t.from_at) THEN s.incident_id END) AS known,
      count(DISTINCT CASE WHEN coalesce(s.to_at < s.from_at, 1) AND s.counted_at >= t.from_at AND s.counted_at < min(t.to_at, t.now) THEN s.incident_id END) AS unknown
    FROM term t JOIN stretch s USING (vendor_id) WHERE s.what = 'counts' GROUP BY vendor_id),
  figure AS (
    SELECT t.*, coalesce(sums.unseen, 0) AS unseen, coalesce(sums.impact, 0) AS impact, coalesce(sums.either, 0) AS either, coalesce(c.known, 0) AS known, coalesce(c.unknown, 0) AS unknown,
      CAST(round((julianday(t.to_at) - julianday(t.from_at)) * 86400000) AS INTEGER) AS whole,
      CAST(round((julianday(min(t.to_at, t.now)) - julianday(t.from_at)) * 86400000) AS INTEGER) AS elapsed
    FROM term t LEFT JOIN total sums USING (vendor_id) LEFT JOIN counted c USING (vendor_id)),
  judged AS (
    SELECT f.*, f.whole * (100 - f.target_percent) / 100 AS budget, f.elapsed > f.unseen AND (f.known > 0 OR f.unknown = 0) AS stated FROM figure f)
SELECT
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  j.name AS period, -- 2026-11, or 2026-Q4: the one that lasts, in UTC
  j.from_at, -- its start
  j.to_at, -- its end
  j.target_percent, -- by the configuration
  CASE WHEN j.stated THEN round(100.0 * (j.elapsed - j.either) / (j.elapsed - j.unseen), 4) END AS uptime_percent, -- so far, of the known time; null: nothing is known
  CASE WHEN j.elapsed > 0 THEN round(100.0 * (j.elapsed - j.unseen) / j.elapsed, 4) ELSE 0 END AS known_percent, -- share of the period so far in which every watched page of the vendor was read
  CASE WHEN j.stated OR j.known > 0 THEN round(100.0 * (j.whole - j.impact) / j.whole, 4) END AS uptime_at_best_percent, -- of the whole period, if nothing is wrong any more, and nothing was in the time that was not seen; null: nothing is known
  round(j.budget / 60000.0, 2) AS budget_minutes, -- minutes of impact in a whole period that the target allows
  CASE WHEN j.stated OR j.known > 0 THEN round(j.impact / 60000.0, 2) END AS impact_minutes, -- minutes with an incident that counts, also in time that was not seen; null: nothing is known
  CASE WHEN j.stated OR j.known > 0 THEN round((j.budget - j.impact) / 60000.0, 2) END AS budget_left_minutes, -- below 0: the target is missed, whatever follows; null: nothing is known
  CASE WHEN j.stated AND j.budget > 0 THEN round(1.0 * (j.either - j.unseen) / (j.elapsed - j.unseen) / (j.budget / j.whole), 3) END AS burn_rate, -- how fast the budget is spent: 1, it lasts until the end of the period; 2, for half of the period; null: nothing is known, or the target is 100 %
  CASE
    WHEN j.known > 0 AND j.impact > j.budget THEN 'missed'
    WHEN NOT j.stated THEN NULL
    WHEN j.impact > 0 AND 1.0 * (j.either - j.unseen) / (j.elapsed - j.unseen) * (j.whole - j.elapsed) + j.impact > j.budget THEN 'at_risk'
    ELSE 'kept' END AS forecast, -- missed: the budget is spent; at_risk: it will be, if things go on as so far in the period; kept; null: nothing is known
  CASE WHEN j.stated OR j.known > 0 THEN (
    SELECT max(k.value ->> 'percent') FROM json_each(j.credits) k WHERE 100.0 * (j.whole - j.impact) / j.whole < k.value ->> 'below') END AS credit_percent, -- share of the bill that is due by uptime_at_best_percent; null: none, or nothing is known
  j.known AS incidents_of_known_length, -- incidents, and planned work where that counts, that the figures include
  j.unknown AS incidents_of_unknown_length -- those that they cannot include; where there are any, uptime may be less
FROM judged j JOIN vendors v USING (vendor_id);
CREATE VIEW v_filtered AS -- incidents that filters hide, with all columns
SELECT i.*, f.since_at AS filtered_since_at -- since when they are hidden
FROM v_incidents i JOIN filtered_incidents f USING (incident_id);
CREATE VIEW v_updates AS -- the posts of all timelines, with vendor and incident
SELECT
  u.update_id,
  u.incident_id,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  i.origin, -- who reports it: vendor, in a post; page, the page itself is red; probe and signal, our own checks and alerts; the words are ours but for vendor
  i.kind,
  i.title, -- of the incident
  u.position, -- order in the timeline, 0 is the oldest
  u.state,
  u.vendor_state,
  u.posted_at,
  u.created_at,
  u.body, -- Markdown
  u.first_seen_at,
  u.removed_at, -- when the vendor was seen to have removed it
  u.promised_at,
  (SELECT count(*) FROM revisions r WHERE r.update_id = u.update_id) AS revisions -- how often the vendor edited it
FROM incident_updates u
JOIN incidents i USING (incident_id)
JOIN sources s USING (source_id)
JOIN vendors v USING (vendor_id);
CREATE VIEW v_source_health AS -- whether each status page can be read, and since when it cannot
SELECT
  s.source_id,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  s.page_url,
  s.platform,
  s.watched,
  CASE WHEN s.watched = 0 THEN 'not_watched'
    WHEN s.consecutive_failures >= 3 OR s.last_success_at < strftime('%Y-%m-%dT%H:%M:%fZ', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
      '-' || (coalesce(nullif(s.interval_seconds, 0), 3600) + 2 * min(coalesce(nullif(s.interval_seconds, 0), 3600), 86400)) || ' seconds') THEN 'unreadable'
    WHEN s.consecutive_failures > 0 THEN 'failing'
    WHEN s.last_success_at IS NULL THEN 'never'
    ELSE 'ok' END AS health, -- ok; failing: 1 or 2 failures; unreadable: 3 and more, or not read for three intervals (of schedules that leave out days: for two days after it was due), whatever the reason; never: not read live yet; not_watched: whatever else
  s.interval_seconds, -- seconds between two scrapes by its schedule; 0: not known, an hour is assumed
  s.last_success_at,
  s.last_attempt_at,
  s.consecutive_failures,
  s.failing_since_at AS failing_since, -- time of the first of the current failures
  s.last_error,
  s.latest_at,
  s.coverage_start_at,
  s.baseline_at,
  (SELECT g.from_at FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL AND g.to_at IS NULL) AS blind_since_at, -- start of a coverage gap that lasts; null: there is none
  (SELECT count(*) FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL) AS gaps, -- coverage gaps since coverage_start_at that no later reading has filled
  (SELECT CAST(round(coalesce(sum(86400 * max(0, julianday(coalesce(g.to_at, s.last_attempt_at)) - max(julianday(g.from_at), julianday(s.last_attempt_at) - 30))), 0)) AS INTEGER)
    FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL) AS blind_seconds_30d, -- how many seconds of the 30 days before last_attempt_at are in such gaps
  s.indicator,
  s.page_severity,
  s.page_severity_at,
  s.page_because,
  (SELECT count(*) FROM incidents i WHERE i.source_id = s.source_id AND i.open = 1 AND i.origin IN ('vendor', 'page')) AS open_incidents, -- maintenances included
  (SELECT count(*) FROM incidents i WHERE i.source_id = s.source_id AND i.origin IN ('vendor', 'page')) AS incidents, -- incidents, maintenances and notices
  (SELECT count(*) FROM findings f WHERE f.source_id = s.source_id) AS open_findings -- values that could not be understood
FROM sources s
JOIN vendors v USING (vendor_id);
CREATE VIEW v_status AS -- whether each vendor is well at this moment, by what its watched pages say, and since when; a page that was not read when it was due says nothing
WITH
  source AS MATERIALIZED ( -- the watched pages
    SELECT s.source_id, s.vendor_id, clock.now, s.last_success_at, s.indicator, s.page_severity, s.page_severity_at, s.page_because, s.entries_lost,
      s.entries_lost OR EXISTS (SELECT 1 FROM scrapes x WHERE x.source_id = s.source_id AND x.started_at = s.last_success_at AND x.outcome = 'partial') AS partial,
      CASE WHEN s.last_success_at IS NULL THEN 'never_read'
        WHEN s.consecutive_failures >= 3 OR s.last_success_at < strftime('%Y-%m-%dT%H:%M:%fZ', clock.now,
          '-' || (coalesce(nullif(s.interval_seconds, 0), 3600) + 2 * min(coalesce(nullif(s.interval_seconds, 0), 3600), 86400)) || ' seconds') THEN 'unreadable'
        ELSE 'read' END AS reading
    FROM (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS now) clock CROSS JOIN sources s
    WHERE s.watched = 1),
  said AS (
    SELECT source.vendor_id, source.reading, CASE WHEN i.origin IN ('probe', 'signal') THEN 'ours' ELSE 'incident' END AS about,
      CASE WHEN i.origin IN ('probe', 'signal') THEN 'unknown' ELSE i.severity END AS word, i.incident_id, -- what we measure is not how the vendor does
      CASE i.origin WHEN 'page' THEN coalesce(source.page_because, 'page') WHEN 'vendor' THEN 'incident' ELSE i.origin END AS because,
      coalesce(i.started_at, i.first_seen_at) AS since_at
    FROM source CROSS JOIN incidents i ON i.source_id = source.source_id
    WHERE i.open = 1 AND i.kind = 'incident'
      AND NOT EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id)
      AND NOT EXISTS (SELECT 1 FROM incidents o
        WHERE o.incident_id = i.same_event_id AND o.incident_id <> i.incident_id
          AND o.source_id IN (SELECT source_id FROM source WHERE reading = 'read'))
    UNION ALL
    SELECT source.vendor_id, source.reading, 'incident', i.severity, i.incident_id, 'incident', coalesce(i.started_at, i.first_seen_at)
    FROM source CROSS JOIN incidents i ON i.source_id = source.source_id
    WHERE i.ended = 0 AND i.state = 'unknown' AND i.stateless = 1 AND i.kind = 'incident' AND i.left_feed_at IS NULL
      AND coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at) > strftime('%Y-%m-%dT%H:%M:%fZ', source.now, '-1 day')
      AND coalesce(i.same_event_id, i.incident_id) = i.incident_id
      AND NOT EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id)
    UNION ALL
    SELECT source.vendor_id, source.reading, 'maintenance', 'maintenance', i.incident_id, 'maintenance',
      coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at)
    FROM source CROSS JOIN incidents i ON i.source_id = source.source_id
    WHERE i.open = 1 AND i.kind = 'maintenance' AND i.state IN ('in_progress', 'verifying')
      AND NOT EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id)
      AND NOT EXISTS (SELECT 1 FROM incidents o
        WHERE o.incident_id = i.same_event_id AND o.incident_id <> i.incident_id
          AND o.source_id IN (SELECT source_id FROM source WHERE reading = 'read'))
    UNION ALL
    SELECT source.vendor_id, source.reading, 'component', CASE c.status WHEN 'unknown' THEN 'unknown' ELSE 'maintenance' END, NULL,
      'component', (SELECT max(h.at) FROM component_changes h WHERE h.component_id = c.component_id)
    FROM source CROSS JOIN components c ON c.source_id = source.source_id
    WHERE c.status <> 'operational' AND c.gone_at IS NULL
      AND (c.status = 'under_maintenance' OR c.status = 'unknown' AND c.vendor_status <> '')
    UNION ALL
    SELECT vendor_id, reading, 'page', coalesce(CASE WHEN NOT calm_in_part THEN page_severity END, CASE WHEN partial THEN 'unknown' ELSE 'none' END), NULL,
      CASE WHEN calm_in_part THEN 'unreadable' WHEN page_severity IS NOT NULL THEN coalesce(page_because, 'page') WHEN partial THEN 'unreadable' ELSE 'nothing_open' END,
      CASE WHEN calm_in_part THEN last_success_at WHEN page_severity IS NOT NULL THEN page_severity_at WHEN partial THEN last_success_at END
    FROM (SELECT *, entries_lost AND page_severity IS 'none' AND page_because IS 'component' AS calm_in_part FROM source)
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
      WHEN 'unknown' THEN 2 * (about IN ('incident', 'ours')) ELSE 0 END AS harm FROM said)),
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
    ELSE 'unknown' END AS status, -- operational, degraded_performance, partial_outage, major_outage, under_maintenance or unknown; operational only if every watched page was read and says so
  coalesce(w.because, CASE WHEN EXISTS (SELECT 1 FROM sources s WHERE s.vendor_id = v.vendor_id AND s.last_success_at IS NOT NULL)
    THEN 'unreadable' ELSE 'never_read' END) AS because, -- why: incident, the worst open one; page or component, the page's overall status or its components; probe or signal, our own check fails or our own alert burns, and nobody says why, so that the status is unknown; maintenance, work in progress; nothing_open, the page has neither and lists nothing open; unreadable, a page was not read when it was due, or only in part, or an entry of it could not be read; never_read
  coalesce(n.since_at, CASE WHEN w.rank IS NULL THEN (SELECT max(s.last_success_at) FROM sources s WHERE s.vendor_id = v.vendor_id) END) AS since_at, -- since when; for what was not read, the last successful reading; null: not known
  coalesce(p.readable_at, CASE WHEN w.rank IS NULL THEN (SELECT max(s.last_success_at) FROM sources s WHERE s.vendor_id = v.vendor_id) END) AS readable_at, -- last successful live reading; of several watched pages the oldest; null: one was never read
  CASE WHEN w.rank > 10 THEN w.word WHEN w.rank IN (8, 9) THEN l.word WHEN w.rank = 4 THEN 'none' END AS severity, -- severity of what is wrong; if status is unknown because a page was not read, of the worst that was last known; null: nothing is known to be wrong
  CASE WHEN w.rank > 10 OR w.rank = 4 THEN w.incident_id WHEN w.rank IN (8, 9) THEN l.incident_id WHEN w.rank = 6 THEN w.incident_id END AS incident_id, -- incident or maintenance of that; null: none is on record
  coalesce(c.incidents, 0) AS open_incidents, -- open ones of kind incident on its watched pages, and for a day those of which nothing says whether they are over; what filters hide is not counted
  coalesce(c.maintenances, 0) AS maintenances, -- maintenances under way, likewise
  coalesce(p.sources, 0) AS sources, -- number of watched pages; 0: nothing is known about the present
  coalesce(p.unread, 0) AS sources_unread -- of those, how many were never read, failed three times in a row, or have not been read for three intervals of their schedule
FROM vendors v
LEFT JOIN weightiest w USING (vendor_id)
LEFT JOIN since n USING (vendor_id)
LEFT JOIN last_known l USING (vendor_id)
LEFT JOIN counted c USING (vendor_id)
LEFT JOIN pages p USING (vendor_id);
CREATE VIEW v_probes AS -- checks of ours, and how each does
SELECT
  c.probe_id,
  c.name, -- in the configuration
  v.slug AS vendor, -- short name of the vendor that is checked; null: a service of ours is
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  ours.slug AS service, -- short name of the service of ours that is checked; null: a vendor is
  c.url,
  c.severity,
  c.interval_seconds,
  c.watched,
  c.state, -- ok; missed, once; failing, twice in a row and more; undecided and own_network, likewise, and not told as the vendor's; never
  c.last_at,
  c.last_ok_at,
  c.last_miss_at,
  c.missing_since_at,
  c.misses,
  c.failing_since_at,
  c.answered,
  c.last_error,
  c.took_ms
FROM probes c
LEFT JOIN vendors v USING (vendor_id)
LEFT JOIN services ours USING (service_id);
CREATE VIEW v_signals AS -- alerts of our own monitoring, with the vendor or service that they name
SELECT
  g.signal_id,
  v.slug AS vendor, -- short name; null: its label names none
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  ours.slug AS service, -- short name; null: its label names none
  g.fingerprint,
  g.name,
  g.severity,
  g.summary,
  g.url,
  g.started_at,
  g.ended_at, -- null: it burns
  g.first_seen_at,
  g.last_seen_at
FROM signals g
LEFT JOIN vendors v USING (vendor_id)
LEFT JOIN services ours USING (service_id);
CREATE VIEW v_service_incidents AS -- which incidents, maintenances and notices touch which services of ours, and by which need
SELECT
  ours.service_id,
  ours.slug AS service, -- short name
  n.need,
  i.incident_id,
  n.component = '' OR EXISTS (SELECT 1 FROM incident_components ic WHERE ic.incident_id = i.incident_id) AS certain -- 1: the need is the whole vendor, or a component that the incident names; 0: the incident names none, so that it is not known to spare the service
FROM service_needs n
JOIN services ours USING (service_id)
JOIN sources s USING (vendor_id)
JOIN incidents i USING (source_id)
WHERE n.component = ''
  OR EXISTS (SELECT 1 FROM service_components sc JOIN incident_components ic USING (component_id)
    WHERE sc.need_id = n.need_id AND ic.incident_id = i.incident_id)
  OR NOT EXISTS (SELECT 1 FROM incident_components ic WHERE ic.incident_id = i.incident_id);
CREATE VIEW v_service_needs AS -- how each thing that a service of ours needs does at this moment
WITH
  page AS MATERIALIZED ( -- those that were read when last due, of vendors of which components are needed
    SELECT s.source_id, s.vendor_id, s.page_severity, s.page_severity_at, s.page_because
    FROM sources s JOIN v_source_health h USING (source_id)
    WHERE s.watched = 1 AND s.last_success_at IS NOT NULL AND h.health <> 'unreadable'
      AND s.vendor_id IN (SELECT vendor_id FROM service_needs WHERE component <> '')),
  current AS MATERIALIZED ( -- what is open there
    SELECT pg.vendor_id, pg.source_id, i.incident_id, CASE WHEN i.origin IN ('probe', 'signal') THEN 'ours' ELSE i.kind END AS kind,
      CASE WHEN i.kind = 'maintenance' THEN 'maintenance' WHEN i.origin IN ('probe', 'signal') THEN 'unknown' ELSE i.severity END AS word,
      CASE i.origin WHEN 'page' THEN coalesce(pg.page_because, 'page') WHEN 'vendor' THEN i.kind ELSE i.origin END AS because,
      coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at) AS since_at,
      EXISTS (SELECT 1 FROM incident_components ic WHERE ic.incident_id = i.incident_id) AS names
    FROM page pg CROSS JOIN incidents i ON i.source_id = pg.source_id
    WHERE i.open = 1 AND (i.kind = 'incident' OR i.kind = 'maintenance' AND i.state IN ('in_progress', 'verifying'))
      AND (i.origin IN ('vendor', 'page') OR coalesce(i.same_event_id, i.incident_id) = i.incident_id)
      AND NOT EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id)
    UNION ALL
    SELECT pg.vendor_id, pg.source_id, i.incident_id, i.kind, i.severity, 'incident', coalesce(i.started_at, i.first_seen_at),
      EXISTS (SELECT 1 FROM incident_components ic WHERE ic.incident_id = i.incident_id)
    FROM page pg CROSS JOIN incidents i ON i.source_id = pg.source_id
    WHERE i.ended = 0 AND i.state = 'unknown' AND i.stateless = 1 AND i.kind = 'incident' AND i.left_feed_at IS NULL
      AND coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at) > strftime('%Y-%m-%dT%H:%M:%fZ', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), '-1 day')
      AND NOT EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id)),
  listed AS MATERIALIZED ( -- the needed components that pages list now
    SELECT sc.need_id, c.component_id, c.source_id, c.status, c.vendor_status
    FROM service_components sc JOIN components c USING (component_id)
    WHERE c.gone_at IS NULL),
  said AS (
    SELECT n.need_id, c.kind AS about, c.word, c.because, c.since_at, c.incident_id
    FROM service_needs n JOIN current c USING (vendor_id)
    WHERE n.component <> '' AND (NOT c.names OR EXISTS (
      SELECT 1 FROM service_components sc JOIN incident_components ic USING (component_id)
      WHERE sc.need_id = n.need_id AND ic.incident_id = c.incident_id AND ic.resolved_at IS NULL))
    UNION ALL
    SELECT li.need_id, 'component', CASE li.status WHEN 'degraded_performance' THEN 'minor' WHEN 'partial_outage' THEN 'major'
        WHEN 'major_outage' THEN 'critical' WHEN 'under_maintenance' THEN 'maintenance' ELSE 'unknown' END, 'component',
      (SELECT max(h.at) FROM component_changes h WHERE h.component_id = li.component_id), NULL
    FROM listed li JOIN page pg USING (source_id)
    WHERE li.status <> 'operational' AND (li.status <> 'unknown' OR li.vendor_status <> '')
    UNION ALL -- the page's own word counts for all, unless an incident or a component there explains it
    SELECT n.need_id, 'page', pg.page_severity, 'page', pg.page_severity_at, NULL
    FROM service_needs n JOIN page pg USING (vendor_id)
    WHERE n.component <> '' AND pg.page_because = 'page' AND pg.page_severity <> 'none'
      AND NOT EXISTS (SELECT 1 FROM current c WHERE c.source_id = pg.source_id AND c.kind = 'incident')
      AND NOT EXISTS (SELECT 1 FROM components c WHERE c.source_id = pg.source_id AND c.gone_at IS NULL
        AND c.status IN ('degraded_performance', 'partial_outage', 'major_outage'))
    UNION ALL
    -- a name that means nothing must not look well; a vendor that lists no components cannot show it
    SELECT need_id, 'need', 'unknown', 'no_component', NULL, NULL
    FROM service_needs n WHERE component <> '' AND NOT EXISTS (SELECT 1 FROM listed li WHERE li.need_id = n.need_id)
      AND EXISTS (SELECT 1 FROM sources s JOIN components c USING (source_id)
        WHERE s.vendor_id = n.vendor_id AND c.gone_at IS NULL AND (c.status <> 'unknown' OR c.vendor_status <> ''))
    UNION ALL
    SELECT need_id, 'calm', '', CASE WHEN EXISTS (SELECT 1 FROM listed li WHERE li.need_id = n.need_id
      AND (li.status <> 'unknown' OR li.vendor_status <> '')) THEN 'component' ELSE 'nothing_open' END, NULL, NULL
    FROM service_needs n WHERE component <> ''),
  ranked AS (
    SELECT *, CASE
      WHEN word = 'critical' THEN 14 WHEN word = 'major' THEN 13 WHEN word = 'minor' THEN 11
      WHEN word = 'unknown' AND about IN ('incident', 'page', 'ours') THEN 12
      WHEN word = 'unknown' THEN 7
      WHEN about = 'maintenance' THEN 6 WHEN word = 'maintenance' THEN 5 WHEN about = 'incident' THEN 4
      ELSE 1 END AS rank
    FROM said),
  worst AS (
    SELECT need_id, rank, word, because, since_at, incident_id, max(2 * rank + (incident_id IS NOT NULL))
    FROM ranked GROUP BY need_id)
SELECT
  n.service_id,
  ours.slug AS service, -- short name
  n.position, -- order in the configuration
  n.need, -- as the configuration has it
  v.vendor, -- short name
  v.vendor_name, -- name for people
  n.component, -- words of the components that are needed; empty: the whole vendor
  (SELECT group_concat(label, ', ') FROM (
    SELECT CASE WHEN c.group_name <> '' THEN c.group_name || ' › ' || c.name ELSE c.name END AS label
    FROM service_components sc JOIN components c USING (component_id)
    WHERE sc.need_id = n.need_id AND c.gone_at IS NULL ORDER BY c.position NULLS LAST, c.group_name, c.name, c.component_id)) AS components, -- those that these words name, Group › Name; null: none on record
  CASE WHEN n.component = '' THEN v.status WHEN w.rank = 14 THEN 'major_outage' WHEN w.rank = 13 THEN 'partial_outage'
    WHEN w.rank = 11 THEN 'degraded_performance'
    WHEN w.rank = 12 OR v.sources_unread > 0 OR v.sources = 0 OR v.because IN ('unreadable', 'never_read') THEN 'unknown'
    WHEN w.rank IN (5, 6) THEN 'under_maintenance' WHEN w.rank <= 4 THEN 'operational'
    ELSE 'unknown' END AS status, -- as in v_status, by what concerns the need: incidents that name its components or none, the status of these components, and the page's own word if nothing on the page explains it
  CASE WHEN n.component = '' THEN v.because WHEN w.rank > 10 THEN w.because WHEN v.because = 'never_read' THEN 'never_read'
    WHEN v.sources_unread > 0 OR v.sources = 0 OR v.because = 'unreadable' THEN 'unreadable' ELSE w.because END AS because, -- as in v_status; no_component: the vendor lists components, and the words name none of them
  CASE WHEN n.component = '' THEN v.since_at WHEN w.rank > 10 THEN w.since_at
    WHEN v.sources_unread > 0 OR v.sources = 0 OR v.because IN ('unreadable', 'never_read') THEN v.readable_at ELSE w.since_at END AS since_at, -- since when; of what was not read, the last successful reading; null: not known
  CASE WHEN n.component = '' THEN v.severity WHEN w.rank > 10 THEN w.word
    WHEN v.sources_unread = 0 AND v.because NOT IN ('unreadable', 'never_read') AND w.rank = 4 THEN 'none' END AS severity, -- severity of what is wrong; null: nothing is known to be wrong
  CASE WHEN n.component = '' THEN v.incident_id WHEN w.rank > 10 THEN w.incident_id
    WHEN v.sources_unread = 0 AND v.because NOT IN ('unreadable', 'never_read') THEN w.incident_id END AS incident_id, -- incident or maintenance of that; null: none is on record
  v.readable_at -- last successful live reading of the vendor's pages; of several watched pages the oldest; null: one was never read
FROM service_needs n
JOIN services ours USING (service_id)
JOIN v_status v USING (vendor_id)
LEFT JOIN worst w USING (need_id);
CREATE VIEW v_services AS -- whether each service of ours has what it needs at this moment: the worst of its needs. What is known to be wrong goes before what is not known, and that before planned work
WITH worst AS (
  SELECT service_id, status, because, since_at, severity, incident_id, need, vendor, count(*) AS needs,
    sum(rank > 3) AS in_trouble, sum(rank = 3) AS unknown, max(2 * rank + (incident_id IS NOT NULL))
  FROM (SELECT *, CASE status WHEN 'major_outage' THEN 7 WHEN 'partial_outage' THEN 6 WHEN 'degraded_performance' THEN 4
      WHEN 'unknown' THEN CASE WHEN severity = 'unknown' AND because NOT IN ('unreadable', 'never_read') THEN 5 ELSE 3 END
      WHEN 'under_maintenance' THEN 2 ELSE 1 END AS rank FROM v_service_needs x)
  GROUP BY service_id)
SELECT
  ours.service_id,
  ours.slug AS service, -- short name
  ours.name AS service_name, -- name for people
  ours.owner,
  ours.runbook_url,
  ours.critical,
  coalesce(w.status, 'unknown') AS status, -- operational, degraded_performance, partial_outage, major_outage, under_maintenance or unknown; operational only if everything that it needs is known to be
  coalesce(w.because, 'never_read') AS because, -- as in v_service_needs
  w.since_at, -- since when; null: not known
  w.severity, -- severity of what is wrong; null: nothing is known to be wrong
  w.need, -- the need that decides
  w.vendor, -- its vendor, short name
  w.incident_id, -- incident or maintenance of that; null: none is on record
  coalesce(w.needs, 0) AS needs, -- number of needs
  coalesce(w.in_trouble, 0) AS needs_in_trouble, -- of those, how many have trouble
  coalesce(w.unknown, 0) AS needs_unknown -- of those, of how many it is not known how they do
FROM services ours
LEFT JOIN worst w USING (service_id);
CREATE VIEW v_monthly AS -- incidents by vendor and month of the start, hours of impact by month in which it was, and whether all of the month was seen; an event that several pages tell of counts once
WITH RECURSIVE
  each AS MATERIALIZED (SELECT incident_id, vendor_id, severity, from_at, to_at, counted_at FROM v_impact),
  known AS ( -- with the time up to which earlier incidents of the vendor cover it
    SELECT vendor_id, from_at, to_at,
      max(to_at) OVER (PARTITION BY vendor_id ORDER BY from_at, to_at, incident_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered
    FROM each WHERE to_at >= from_at),
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
    SELECT vendor_id, substr(counted_at, 1, 7), 1, severity, 0, 0, coalesce(to_at < from_at, 1), 0 FROM each
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
    CASE WHEN sum(f.known) > 0 OR sum(f.unknown) = 0 THEN round(sum(f.hours), 2) END AS hours_of_impact, -- hours of the month with at least one incident; overlapping ones count once, open ones until their page was last read; null: no length is known
    sum(f.known) AS incidents_of_known_length, -- incidents that hours_of_impact includes: all that lasted in the month, whenever they started
    sum(f.unknown) AS incidents_of_unknown_length, -- incidents that started in the month and that hours_of_impact cannot include
    sum(f.maintenances) AS maintenances
  FROM figure f JOIN vendors v USING (vendor_id)
  GROUP BY f.vendor_id, f.month) m;
CREATE VIEW v_scorecard AS -- figures for each vendor: how often, how long, how soon it posts, how much it edits; an event that several pages report counts once
WITH
  incident AS MATERIALIZED (
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
  coalesce(t.incidents, 0) AS incidents, -- without maintenances and notices, here and below
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
  round(t.stated, 1) AS stated_minutes, -- mean of the durations in postmortems, of incidents that have both figures
  round(t.measured, 1) AS measured_minutes, -- mean of the durations from start to end, of the same incidents
  (SELECT min(s.coverage_start_at) FROM sources s WHERE s.vendor_id = v.vendor_id) AS coverage_start_at -- the figures are complete from then on
FROM vendors v
LEFT JOIN total t USING (vendor_id)
LEFT JOIN resolve r USING (vendor_id)
LEFT JOIN first_update f USING (vendor_id);
CREATE VIEW v_honesty_cases AS -- what the figures of v_honesty are made of: a row for everything that a measure looks at, of incidents without maintenances and notices, each event once
SELECT
  x.vendor_id, -- whose
  'first_word' AS measure, -- as in v_honesty
  x.incident_id,
  NULL AS update_id, -- the post that it is about; null: it is about the incident
  x.counted_at AS at, -- when the incident counts as having begun, or the post was posted
  x.seconds_to_first_update IS NOT NULL AS is_case, -- 1: it is a case; 0: it is looked at only
  x.seconds_to_first_update / 60.0 AS minutes -- how long, where that is what the measure is of, or adds to it; null: not known, or nothing to count
FROM v_impact x JOIN incidents i USING (incident_id)
WHERE i.origin = 'vendor'
UNION ALL
SELECT q.vendor_id, 'after_our_check', q.incident_id, NULL, q.counted_at, 1, q.minutes
FROM (
  SELECT x.vendor_id, x.incident_id, x.counted_at, round((
    julianday(coalesce((SELECT min(u.posted_at) FROM incident_updates u WHERE u.incident_id = x.incident_id), i.first_seen_at)) - julianday((
      SELECT min(p.started_at) FROM incidents p WHERE p.same_event_id = i.same_event_id AND p.origin IN ('probe', 'signal')))) * 86400) / 60 AS minutes
  FROM v_impact x JOIN incidents i USING (incident_id)
  WHERE i.origin = 'vendor' AND i.same_event_id IS NOT NULL) q
WHERE q.minutes >= 0
UNION ALL
SELECT x.vendor_id, 'never_posted', x.incident_id, NULL, x.counted_at, i.origin = 'page',
  CASE WHEN i.origin = 'page' THEN x.seconds_to_resolve / 60.0 END
FROM v_impact x JOIN incidents i USING (incident_id)
WHERE i.origin IN ('vendor', 'page') AND i.ended = 1
UNION ALL
SELECT x.vendor_id, 'post_back_dated', x.incident_id, u.update_id, u.posted_at,
  round((julianday(u.created_at) - julianday(u.posted_at)) * 86400) / 60 >= 5,
  CASE WHEN round((julianday(u.created_at) - julianday(u.posted_at)) * 86400) / 60 >= 5 THEN round((julianday(u.created_at) - julianday(u.posted_at)) * 86400) / 60 END
FROM v_impact x JOIN incidents i USING (incident_id) JOIN incident_updates u USING (incident_id)
WHERE i.origin = 'vendor' AND u.state <> 'postmortem' AND u.posted_at IS NOT NULL AND u.created_at IS NOT NULL
UNION ALL
SELECT x.vendor_id, 'post_removed', x.incident_id, u.update_id, coalesce(u.posted_at, u.first_seen_at), u.removed_at IS NOT NULL, NULL
FROM v_impact x JOIN incidents i USING (incident_id) JOIN incident_updates u USING (incident_id)
WHERE i.origin = 'vendor'
UNION ALL
SELECT x.vendor_id, 'severity_lowered', x.incident_id, NULL, x.counted_at,
  EXISTS (SELECT 1 FROM revisions r
    WHERE r.incident_id = x.incident_id AND r.update_id IS NULL AND r.field = 'severity' AND r.seen_at >= i.resolved_at
      AND instr('none minor major critical', r.new_value) > 0 AND instr('none minor major critical', r.new_value) < instr('none minor major critical', r.old_value)),
  NULL
FROM v_impact x JOIN incidents i USING (incident_id)
WHERE i.origin = 'vendor' AND i.ended = 1 AND i.first_seen_at < i.resolved_at
UNION ALL
SELECT q.vendor_id, 'shortened', q.incident_id, NULL, q.counted_at, q.minutes >= 1, CASE WHEN q.minutes >= 1 THEN q.minutes END
FROM (
  SELECT x.vendor_id, x.incident_id, x.counted_at, (
    SELECT coalesce(sum(round((julianday(r.new_value) - julianday(r.old_value)) * 86400) / 60 * CASE r.field WHEN 'started_at' THEN 1 ELSE -1 END), 0)
    FROM revisions r
    WHERE r.incident_id = x.incident_id AND r.update_id IS NULL AND r.field IN ('started_at', 'resolved_at')
      AND r.old_value <> '' AND r.new_value <> '' AND r.seen_at >= i.resolved_at) AS minutes
  FROM v_impact x JOIN incidents i USING (incident_id)
  WHERE i.origin = 'vendor' AND i.ended = 1 AND i.resolved_at IS NOT NULL) q
UNION ALL
SELECT x.vendor_id, 'deleted', x.incident_id, NULL, x.counted_at, i.ended = 0 AND i.left_feed_at IS NOT NULL, NULL
FROM v_impact x JOIN incidents i USING (incident_id)
WHERE i.origin = 'vendor' AND i.stateless = 0 AND i.first_seen_at < coalesce(i.resolved_at, '~') AND (i.ended = 1 OR i.left_feed_at IS NOT NULL)
UNION ALL
SELECT x.vendor_id, 'postmortem_longer', x.incident_id, NULL, x.counted_at,
  i.stated_duration_seconds >= x.seconds_to_resolve + 300 AND i.stated_duration_seconds > 1.1 * x.seconds_to_resolve,
  CASE WHEN i.stated_duration_seconds >= x.seconds_to_resolve + 300 AND i.stated_duration_seconds > 1.1 * x.seconds_to_resolve
    THEN (i.stated_duration_seconds - x.seconds_to_resolve) / 60.0 END
FROM v_impact x JOIN incidents i USING (incident_id)
WHERE i.origin = 'vendor' AND i.stated_duration_seconds IS NOT NULL AND x.seconds_to_resolve IS NOT NULL
UNION ALL
SELECT x.vendor_id, 'postmortem_missing', x.incident_id, NULL, x.counted_at,
  NOT EXISTS (SELECT 1 FROM incident_updates u WHERE u.incident_id = x.incident_id AND u.state = 'postmortem')
    AND NOT EXISTS (SELECT 1 FROM incidents o JOIN incident_updates u USING (incident_id) WHERE o.same_event_id = x.incident_id AND u.state = 'postmortem'),
  NULL
FROM v_impact x JOIN incidents i USING (incident_id) JOIN sources s ON s.source_id = i.source_id
WHERE i.origin = 'vendor' AND i.ended = 1 AND i.severity IN ('major', 'critical')
  AND s.platform IN ('googlecloud', 'incidentio', 'pagerduty', 'pingoru', 'statuspage', 'yandexcloud', 'zendesk') -- whose pages have a place for one
  AND s.latest_at >= strftime('%Y-%m-%dT%H:%M:%fZ', i.resolved_at, '+14 days')
UNION ALL
SELECT q.vendor_id, 'promise_broken', q.incident_id, q.update_id, q.posted_at, q.late, CASE WHEN q.late THEN round((julianday(q.next_at) - julianday(q.promised_at)) * 86400) / 60 END
FROM (
  SELECT due.*, coalesce(due.next_at, '~') > due.limit_at AND coalesce(due.resolved_at, '~') > due.limit_at AS late
  FROM (
    SELECT x.vendor_id, x.incident_id, i.resolved_at, s.latest_at, u.update_id, u.posted_at, u.promised_at,
      strftime('%Y-%m-%dT%H:%M:%fZ', u.promised_at, '+5 minutes') AS limit_at, (
        SELECT min(max(later.posted_at, coalesce(later.created_at, later.posted_at))) FROM incident_updates later
        WHERE later.incident_id = u.incident_id AND later.position > u.position AND later.state <> 'postmortem') AS next_at
    FROM v_impact x JOIN incidents i USING (incident_id) JOIN sources s ON s.source_id = i.source_id JOIN incident_updates u USING (incident_id)
    WHERE i.origin = 'vendor' AND i.excerpt = 0 AND (i.ended = 1 OR i.left_feed_at IS NULL)
      AND u.promised_at IS NOT NULL) due
  WHERE due.latest_at > due.limit_at) q;
CREATE VIEW v_honesty AS -- how each vendor tells of its trouble, over all of the record: of how much a measure could be taken, and what it is; its cases are rows of v_honesty_cases
WITH
  measure (name, position, unit) AS (VALUES ('first_word', 1, 'minutes'), ('after_our_check', 11, 'minutes'), ('never_posted', 2, 'percent'), ('post_back_dated', 3, 'percent'), ('post_removed', 4, 'percent'),
    ('severity_lowered', 5, 'percent'), ('shortened', 6, 'percent'), ('deleted', 7, 'percent'),
    ('postmortem_longer', 8, 'percent'), ('postmortem_missing', 9, 'percent'), ('promise_broken', 10, 'percent')),
  looked AS MATERIALIZED (SELECT vendor_id, measure, is_case, minutes FROM v_honesty_cases),
  counted AS (SELECT vendor_id, measure, sum(is_case) AS cases, count(*) AS of FROM looked GROUP BY vendor_id, measure),
  middle AS (
    SELECT vendor_id, measure, avg(minutes) AS median FROM (
      SELECT vendor_id, measure, minutes, row_number() OVER (PARTITION BY vendor_id, measure ORDER BY minutes) AS n,
        count(*) OVER (PARTITION BY vendor_id, measure) AS total
      FROM looked WHERE minutes IS NOT NULL)
    WHERE n IN ((total + 1) / 2, (total + 2) / 2) GROUP BY vendor_id, measure)
SELECT
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  m.name AS measure, -- first_word: how long its first post came after the start that it states, or after its page was red; after_our_check: how long its first post came after a check of ours first missed or an alert of ours burned, of those where that was before; never_posted: trouble that its page showed and no post told of; post_back_dated: posts that bear a time five minutes or more before they were written; post_removed: posts that it took away; severity_lowered: a severity that was lowered when all was over; shortened: a start or an end that was moved when all was over, so that the length became less; deleted: incidents that went from the page without an end; postmortem_longer: a postmortem that states a length by a tenth and five minutes more than the page; postmortem_missing: major and critical incidents without a postmortem two weeks after their end, on pages that have a place for one; promise_broken: posts that promise the next one by a time, by which none came, nor within five minutes
  coalesce(c.cases, 0) AS cases, -- of first_word and after_our_check those of which it is known
  coalesce(c.of, 0) AS of, -- the sample: incidents, or posts, of which it could be told
  CASE WHEN m.unit = 'minutes' THEN round(d.median, 1) WHEN c.of > 0 THEN round(100.0 * c.cases / c.of, 1) END AS value, -- null: there is no sample
  m.unit, -- of value. minutes: the median of the cases; percent: the share of the cases in the sample
  round(d.median, 1) AS median_minutes, -- median of the minutes of the cases, where they are counted; null: they are not, or there is no case
  m.position -- order of the measures
FROM vendors v CROSS JOIN measure m
LEFT JOIN counted c ON c.vendor_id = v.vendor_id AND c.measure = m.name
LEFT JOIN middle d ON d.vendor_id = v.vendor_id AND d.measure = m.name;
CREATE VIEW v_deliveries AS -- messages with vendor, title and outcome
SELECT
  d.delivery_id,
  d.channel,
  d.stream,
  d.reason,
  d.state,
  v.slug AS vendor, -- short name; null for a digest, and if a message is about several incidents
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  d.incident_id,
  i.title, -- of the incident
  s.page_url, -- address of the status page
  (SELECT count(*) FROM delivery_events e WHERE e.delivery_id = d.delivery_id) AS events, -- number of events in it
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
CREATE VIEW v_channel_health AS -- for each channel that was ever sent anything: what is waiting, and what it refused
SELECT
  d.channel,
  count(CASE WHEN d.state = 'pending' THEN 1 END) AS waiting, -- messages waiting to be sent
  min(CASE WHEN d.state = 'pending' THEN d.created_at END) AS waiting_since_at, -- when the oldest of them was planned; null: none is waiting
  min(CASE WHEN d.state = 'pending' THEN d.next_attempt_at END) AS next_attempt_at, -- time of the next retry; null: none failed
  count(CASE WHEN d.state = 'held' THEN 1 END) AS held, -- messages held until a time
  count(CASE WHEN d.state = 'refused' THEN 1 END) AS refused, -- messages that it refused for good
  min(CASE WHEN d.state = 'refused' THEN d.created_at END) AS refused_since_at, -- when the oldest of them was planned; null: there is none
  max(d.delivered_at) AS last_delivered_at, -- when it last accepted a message; null: never
  (SELECT e.last_error FROM deliveries e WHERE e.channel = d.channel AND e.state IN ('pending', 'refused') AND e.last_error <> ''
    ORDER BY e.delivery_id DESC LIMIT 1) AS last_error -- error of the newest message that is waiting or was refused; null: there is none
FROM deliveries d
GROUP BY d.channel;
COMMIT;
