-- The figures of the inner loop begin with the cases that were opened in a time.
-- +goose Up
CREATE INDEX cases_opened ON cases (opened_at);

-- +goose Down
DROP INDEX cases_opened;
