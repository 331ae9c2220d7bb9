-- +goose Up
-- A second version that only tests know. It does what migrations have to: it adds a column, and makes a table anew,
-- since SQLite can alter no CHECK, without using any number twice.
ALTER TABLE vendors ADD COLUMN tier INTEGER NOT NULL DEFAULT 3 CHECK (tier BETWEEN 1 AND 3); -- how much we depend on it

PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE kept_mutes AS SELECT * FROM mutes;
CREATE TEMP TABLE kept_number AS SELECT seq FROM sqlite_sequence WHERE name = 'mutes';
DROP TABLE mutes;
CREATE TABLE mutes ( -- vendors and incidents that are muted
  mute_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours
  vendor_id INTEGER REFERENCES vendors (vendor_id), -- which vendor
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident
  until_at TEXT NOT NULL, -- when it ends
  reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) < 1000), -- why
  created_at TEXT NOT NULL, -- when it began
  ended_at TEXT -- when it was ended by hand
) STRICT;
INSERT INTO mutes SELECT * FROM kept_mutes;
DELETE FROM sqlite_sequence WHERE name = 'mutes';
INSERT INTO sqlite_sequence (name, seq) SELECT 'mutes', seq FROM kept_number;
DROP TABLE kept_mutes;
DROP TABLE kept_number;
