-- The customer's word about a case after she was asked whether it is solved, and the letters about cases both ways.
-- +goose Up

-- How a customer rates the journey after her case, on its own scale: for the recovery rate alone, never a score.
CREATE TABLE case_ratings (
  case_id bigint PRIMARY KEY REFERENCES cases (id),
  value   integer NOT NULL,
  scale   text NOT NULL,
  at      timestamptz NOT NULL
);

-- Letters about cases. case_id is 0 for one that came in and belongs to none yet. token is in the address to which ours are
-- answered and in their Message-ID; message_id is that of one that came in. begun counts sendings nobody reported the end of.
CREATE TABLE case_mails (
  id         bigint PRIMARY KEY,
  case_id    bigint NOT NULL DEFAULT 0,
  kind       text NOT NULL,
  state      text NOT NULL,
  channel    text NOT NULL DEFAULT '',
  round      integer NOT NULL DEFAULT 0,
  actor_id   bigint NOT NULL DEFAULT 0,
  token      text NOT NULL DEFAULT '',
  message_id text NOT NULL DEFAULT '',
  sender     text NOT NULL DEFAULT '',
  subject    text NOT NULL DEFAULT '',
  words      text NOT NULL DEFAULT '',
  made_at    timestamptz NOT NULL,
  next_at    timestamptz,
  sent_at    timestamptz,
  begun      integer NOT NULL DEFAULT 0,
  attempts   integer NOT NULL DEFAULT 0
);
CREATE INDEX case_mails_case ON case_mails (case_id, made_at);
CREATE UNIQUE INDEX case_mails_asked_once ON case_mails (case_id, kind, round) WHERE kind IN ('ask', 'reminder');
CREATE UNIQUE INDEX case_mails_token ON case_mails (token) WHERE token <> '';
CREATE UNIQUE INDEX case_mails_came_once ON case_mails (message_id) WHERE message_id <> '';
CREATE INDEX case_mails_next ON case_mails (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX case_mails_lost ON case_mails (made_at) WHERE state = 'lost';

-- What mail services have told us, once.
CREATE TABLE mail_events (
  id text PRIMARY KEY,
  at timestamptz NOT NULL
);

-- The address that came back for good; nothing is sent there until the customer has another.
ALTER TABLE customers ADD COLUMN dead_email text NOT NULL DEFAULT '';
CREATE INDEX customers_email ON customers (lower(email)) WHERE email <> '';

-- +goose Down
DROP INDEX customers_email;
ALTER TABLE customers DROP COLUMN dead_email;
DROP TABLE mail_events;
DROP TABLE case_mails;
DROP TABLE case_ratings;
