-- +goose Up
-- Full-text search. The words are not stored a second time: each index refers to its table, and triggers
-- keep it as that is. A trigger does work only where the text itself changes. rowid is the table's own key.

CREATE VIRTUAL TABLE incident_search USING fts5 (title, content = 'incidents', content_rowid = 'incident_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE update_search USING fts5 (body, content = 'incident_updates', content_rowid = 'update_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE component_search USING fts5 (name, group_name, content = 'components', content_rowid = 'component_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');

INSERT INTO incident_search (incident_search) VALUES ('rebuild');
INSERT INTO update_search (update_search) VALUES ('rebuild');
INSERT INTO component_search (component_search) VALUES ('rebuild');

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

-- What a page of the history is read from: newest first, and with every column that it is filtered by, so
-- that incidents which are not shown are never looked up.
CREATE INDEX incidents_by_began ON incidents (coalesce(started_at, scheduled_start_at, first_seen_at), incident_id, severity, kind, state, source_id, left_feed_at, same_event_id);
CREATE INDEX incidents_by_window ON incidents (coalesce(scheduled_start_at, started_at, first_seen_at), incident_id, state, same_event_id) WHERE kind = 'maintenance';
CREATE INDEX components_not_operational ON components (source_id, status) WHERE status <> 'operational' AND gone_at IS NULL;
CREATE INDEX findings_by_time ON findings (last_seen_at);
