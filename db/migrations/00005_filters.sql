-- +goose Up
CREATE TABLE source_filters ( -- what of a page concerns us by the configuration; no row: all of it
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id), -- which page
  filter TEXT NOT NULL CHECK (json_valid(filter)) -- JSON object: globs of components, groups, regions and all places the vendor names; kinds; the lowest severity
) STRICT;

CREATE TABLE filtered_incidents ( -- incidents that filters hide: on record, and not announced
  incident_id INTEGER PRIMARY KEY REFERENCES incidents (incident_id), -- which incident
  since_at TEXT NOT NULL CHECK (since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- our time: since when
) STRICT;

DROP VIEW v_open;
DROP VIEW v_incidents;

CREATE VIEW v_incidents AS -- incidents, maintenances and notices with vendor, duration, components and latest words
SELECT
  i.incident_id,
  v.slug AS vendor, -- short name
  coalesce(nullif(v.name, ''), v.slug) AS vendor_name, -- name for people
  i.source_id,
  s.page_url, -- address of the status page
  s.platform,
  i.source_key,
  i.kind,
  i.title,
  i.url, -- the incident's own page
  i.severity,
  i.state,
  i.vendor_severity,
  i.vendor_state,
  i.started_at,
  i.resolved_at,
  i.scheduled_start_at,
  i.scheduled_end_at,
  i.created_at,
  i.updated_at,
  i.first_seen_at,
  i.left_feed_at,
  CASE WHEN i.state IN ('resolved', 'completed') AND i.resolved_at >= i.started_at
    THEN CAST(round((julianday(i.resolved_at) - julianday(i.started_at)) * 86400) AS INTEGER) END AS duration_seconds, -- start to end; null while open or an end is unknown, never negative
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
    WHERE o.same_event_id = i.same_event_id AND o.incident_id <> i.incident_id ORDER BY o.incident_id)) AS also_on -- other pages of the vendor that tell of the event
FROM incidents i
JOIN sources s USING (source_id)
JOIN vendors v USING (vendor_id)
LEFT JOIN incident_updates l ON l.update_id = (
  SELECT u.update_id FROM incident_updates u
  WHERE u.incident_id = i.incident_id AND u.state <> 'postmortem' AND u.removed_at IS NULL
  ORDER BY u.position DESC LIMIT 1);

CREATE VIEW v_open AS -- what is not over: open incidents, and maintenances that are planned or under way; an event that several pages tell of counts once, as the record that stands for it says
SELECT * FROM v_incidents
WHERE state NOT IN ('resolved', 'completed', 'cancelled') AND left_feed_at IS NULL
  AND coalesce(same_event_id, incident_id) = incident_id;

CREATE VIEW v_filtered AS -- incidents that filters hide, whole
SELECT i.*, f.since_at AS filtered_since_at -- since when they are hidden
FROM v_incidents i JOIN filtered_incidents f USING (incident_id);
