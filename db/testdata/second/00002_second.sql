-- +goose Up
-- A second version that only tests know. It does what migrations have to: it adds a column, and makes a table anew,
-- since SQLite can alter no CHECK, without using any number twice.
ALTER TABLE vendors ADD COLUMN tier INTEGER NOT NULL DEFAULT 3 CHECK (tier BETWEEN 1 AND 3); -- how much we depend on it

PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE kept_actions AS SELECT * FROM actions;
CREATE TEMP TABLE kept_number AS SELECT seq FROM sqlite_sequence WHERE name = 'actions';
DROP TABLE actions;
CREATE TABLE actions ( -- what people did
  action_id INTEGER PRIMARY KEY AUTOINCREMENT, -- ours
  kind TEXT NOT NULL, -- what
  vendor_id INTEGER REFERENCES vendors (vendor_id), -- which vendor
  incident_id INTEGER REFERENCES incidents (incident_id), -- which incident
  who TEXT NOT NULL, -- who did it
  via TEXT NOT NULL, -- from where
  text TEXT NOT NULL DEFAULT '' CHECK (length(text) < 3000), -- why
  until_at TEXT, -- when it ends
  created_at TEXT NOT NULL, -- when it began
  ended_at TEXT, -- when it was ended by hand
  ended_by TEXT -- by whom
) STRICT;
INSERT INTO actions SELECT * FROM kept_actions;
DELETE FROM sqlite_sequence WHERE name = 'actions';
INSERT INTO sqlite_sequence (name, seq) SELECT 'actions', seq FROM kept_number;
DROP TABLE kept_actions;
DROP TABLE kept_number;
