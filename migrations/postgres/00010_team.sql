-- Where mail and text messages reach people, and where they came back from for good: nothing is sent there until there is another.
-- own_email is what somebody gave whose employee's record has none.
-- +goose Up
ALTER TABLE notify_people ADD COLUMN own_email text NOT NULL DEFAULT '';
ALTER TABLE notify_people ADD COLUMN dead_email text NOT NULL DEFAULT '';
ALTER TABLE notify_people DROP COLUMN bounced_at;
ALTER TABLE customers ADD COLUMN dead_phone text NOT NULL DEFAULT '';
CREATE INDEX customers_phone ON customers (phone) WHERE phone <> '';

-- +goose Down
DROP INDEX customers_phone;
ALTER TABLE customers DROP COLUMN dead_phone;
ALTER TABLE notify_people ADD COLUMN bounced_at timestamptz;
ALTER TABLE notify_people DROP COLUMN dead_email;
ALTER TABLE notify_people DROP COLUMN own_email;
