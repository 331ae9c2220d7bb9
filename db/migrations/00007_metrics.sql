-- +goose Up
-- Messages are counted by channel and state at every reading of the metrics.
CREATE INDEX deliveries_by_state ON deliveries (channel, state, created_at, not_before_at);
