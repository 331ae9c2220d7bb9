-- +goose Up
CREATE TABLE source_filters ( -- what of a page concerns us by the configuration; no row: all of it
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id), -- which page
  filter TEXT NOT NULL CHECK (json_valid(filter)) -- JSON object: globs of components, groups, regions and all places the vendor names; kinds; the lowest severity
) STRICT;

CREATE TABLE filtered_incidents ( -- incidents that filters hide: on record, and not announced
  incident_id INTEGER PRIMARY KEY REFERENCES incidents (incident_id), -- which incident
  since_at TEXT NOT NULL CHECK (since_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z') -- our time: since when
) STRICT;

CREATE VIEW v_filtered AS -- incidents that filters hide, whole
SELECT i.*, f.since_at AS filtered_since_at -- since when they are hidden
FROM v_incidents i JOIN filtered_incidents f USING (incident_id);
