-- +goose Up
-- Whose words, keys and addresses were erased; her row stays, so that what was counted still adds up.
ALTER TABLE customers ADD COLUMN erased_at timestamptz;

-- By which keys she was known, as hashes: a file of the past must not bring her back.
CREATE TABLE erased_keys (
  hash text PRIMARY KEY,
  at   timestamptz NOT NULL
);
CREATE INDEX erased_keys_at ON erased_keys (at);

-- What came with a letter that belongs to no case yet. Personal data. refused is why it was left out, and then it has no bytes.
CREATE TABLE mail_files (
  id      bigint PRIMARY KEY,
  mail_id bigint NOT NULL REFERENCES case_mails (id),
  name    text NOT NULL,
  type    text NOT NULL,
  size    bigint NOT NULL,
  bytes   bytea NOT NULL,
  refused text NOT NULL DEFAULT ''
);
CREATE INDEX mail_files_mail ON mail_files (mail_id);

-- Of each survey, whether enough have answered anonymously for their words to be read.
CREATE INDEX responses_anonymous ON responses (survey_id, id) WHERE anonymity = 'anonymous';

-- +goose Down
DROP INDEX responses_anonymous;
DROP TABLE mail_files;
DROP TABLE erased_keys;
ALTER TABLE customers DROP COLUMN erased_at;
