-- +goose Up
-- What one person is told of one event, once. Part: which she has in it. Stands for: the employee who is away.
CREATE TABLE notifications (
  id           bigint PRIMARY KEY,
  user_id      bigint NOT NULL,
  event_id     bigint NOT NULL,
  verb         text NOT NULL,
  part         text NOT NULL DEFAULT '',
  subject_kind text NOT NULL,
  subject_id   bigint NOT NULL,
  journey_id   bigint NOT NULL DEFAULT 0,
  by_id        bigint NOT NULL DEFAULT 0,
  stands_for   bigint NOT NULL DEFAULT 0,
  value        integer NOT NULL DEFAULT 0,
  at           timestamptz NOT NULL,
  read_at      timestamptz,
  mail_due     timestamptz,
  letter_id    bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX notifications_once ON notifications (user_id, event_id);
CREATE INDEX notifications_user ON notifications (user_id, at);
CREATE INDEX notifications_unread ON notifications (user_id) WHERE read_at IS NULL;
CREATE INDEX notifications_due ON notifications (mail_due) WHERE mail_due IS NOT NULL;
CREATE INDEX notifications_letter ON notifications (letter_id) WHERE letter_id <> 0;

-- Who is written to, and how: settings are JSON, '' the usual ones. Stop: the token that ends all such mail.
-- Digest: when the next weekly one is due.
CREATE TABLE notify_people (
  user_id    bigint PRIMARY KEY,
  settings   text NOT NULL DEFAULT '',
  stop       text NOT NULL,
  digest_at  timestamptz,
  bounced_at timestamptz
);
CREATE UNIQUE INDEX notify_people_stop ON notify_people (stop);
CREATE INDEX notify_people_digest ON notify_people (digest_at) WHERE digest_at IS NOT NULL;

-- Mails to employees. Next: when one that has not left is tried (again).
CREATE TABLE notify_letters (
  id         bigint PRIMARY KEY,
  user_id    bigint NOT NULL,
  weekly     boolean NOT NULL,
  sample     boolean NOT NULL DEFAULT false,
  made_at    timestamptz NOT NULL,
  next_at    timestamptz,
  attempts   integer NOT NULL DEFAULT 0,
  sent_at    timestamptz,
  failed     text NOT NULL DEFAULT ''
);
CREATE INDEX notify_letters_user ON notify_letters (user_id, made_at);
CREATE INDEX notify_letters_next ON notify_letters (next_at) WHERE next_at IS NOT NULL;

-- +goose Down
DROP TABLE notify_letters;
DROP TABLE notify_people;
DROP TABLE notifications;
