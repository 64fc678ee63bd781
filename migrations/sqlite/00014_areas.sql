-- What arrives by the hundred is told of by the fold that counts it: which areas of the data it changed waits with the sums.
-- +goose Up
ALTER TABLE outbox ADD COLUMN changed bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE outbox DROP COLUMN changed;
