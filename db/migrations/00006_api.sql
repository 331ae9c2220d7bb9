-- +goose Up
-- What changed since a moment is asked for again and again by programs that keep a copy of the record.
CREATE INDEX incidents_by_first_sight ON incidents (first_seen_at);
CREATE INDEX incident_updates_by_first_sight ON incident_updates (first_seen_at);
CREATE INDEX revisions_by_sight ON revisions (seen_at);
