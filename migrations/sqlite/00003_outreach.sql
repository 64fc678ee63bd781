-- +goose Up
-- Lists of customers to call. Journey 0: the company. Times: of her own median gap. Share: percent held out. Left out is JSON,
-- reason to number, as of the last search.
CREATE TABLE outreach_lists (
  id         integer PRIMARY KEY,
  name       text NOT NULL,
  journey_id bigint NOT NULL DEFAULT 0,
  team_id    bigint NOT NULL,
  rule       text NOT NULL,
  times      real NOT NULL,
  at_least   integer NOT NULL,
  days       integer NOT NULL,
  most       integer NOT NULL,
  share      integer NOT NULL,
  horizon    integer NOT NULL,
  seed       bigint NOT NULL,
  made_at    timestamp NOT NULL,
  made_by    bigint NOT NULL,
  ended_at   timestamp,
  sought_at  timestamp,
  found      integer NOT NULL DEFAULT 0,
  left_out   text NOT NULL DEFAULT '{}'
);
CREATE INDEX outreach_lists_team ON outreach_lists (team_id);

-- Who is on them, once. Held: not called, to compare with. Until: whether she came back is known then. After: not to be
-- called before. Caller: who has her in hand, or had her last.
CREATE TABLE outreach_members (
  id             integer PRIMARY KEY,
  list_id        bigint NOT NULL REFERENCES outreach_lists (id),
  customer_id    bigint NOT NULL,
  run_id         bigint NOT NULL,
  usual          integer NOT NULL,
  silent         integer NOT NULL,
  at             timestamp NOT NULL,
  until          timestamp NOT NULL,
  held           boolean NOT NULL,
  caller_id      bigint NOT NULL DEFAULT 0,
  taken_at       timestamp,
  after          timestamp NOT NULL,
  tries          integer NOT NULL DEFAULT 0,
  called_at      timestamp,
  outcome        text NOT NULL DEFAULT '',
  note           text NOT NULL DEFAULT '',
  reason         text NOT NULL DEFAULT '',
  observation_id bigint NOT NULL DEFAULT 0,
  done_at        timestamp,
  came_back      boolean
);
CREATE UNIQUE INDEX outreach_members_once ON outreach_members (list_id, customer_id);
CREATE INDEX outreach_members_customer ON outreach_members (customer_id);
CREATE INDEX outreach_members_next ON outreach_members (list_id, after) WHERE done_at IS NULL AND held = false;
CREATE INDEX outreach_members_until ON outreach_members (until) WHERE came_back IS NULL;

-- +goose Down
DROP TABLE outreach_members;
DROP TABLE outreach_lists;
