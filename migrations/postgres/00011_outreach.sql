-- +goose Up
-- A customer waits for one call at a time, whichever list has her.
CREATE UNIQUE INDEX outreach_members_planned ON outreach_members (customer_id) WHERE held = false AND done_at IS NULL;

-- +goose Down
DROP INDEX outreach_members_planned;
