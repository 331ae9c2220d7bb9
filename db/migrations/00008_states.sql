-- +goose Up
-- What is not over is found by its state, in the order of the history: it is little among all that is. The states
-- are named one by one, so that the smaller index of what is open stays the one that is taken for that.
CREATE INDEX incidents_by_state ON incidents (state, coalesce(started_at, scheduled_start_at, first_seen_at), incident_id)
  WHERE state IN ('investigating', 'identified', 'monitoring', 'scheduled', 'in_progress', 'verifying', 'unknown');
