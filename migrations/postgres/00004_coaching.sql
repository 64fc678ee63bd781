-- +goose Up

-- What a team tries from one meeting to the next, and what came of it. About: the team's own words, a cause, or a word of
-- customers, by rule.
CREATE TABLE huddle_tries (
  team_id       bigint NOT NULL,
  day           integer NOT NULL,
  rule          text NOT NULL,
  about         text NOT NULL DEFAULT '',
  touchpoint_id bigint NOT NULL DEFAULT 0,
  n             integer NOT NULL DEFAULT 0,
  whole         integer NOT NULL DEFAULT 0,
  author_id     bigint NOT NULL, -- a user
  at            timestamptz NOT NULL,
  outcome       text NOT NULL DEFAULT '',
  remark        text NOT NULL DEFAULT '',
  noted_by      bigint NOT NULL DEFAULT 0,
  noted_at      timestamptz,
  PRIMARY KEY (team_id, day)
);

-- The sheet of an employee and her supervisor: talks they had, what either marked or wrote for one (talk_id 0: the next),
-- and goals of the employee's own.
CREATE TABLE coaching_talks (
  id            bigint PRIMARY KEY,
  employee_id   bigint NOT NULL,
  supervisor_id bigint NOT NULL,
  planned       integer NOT NULL DEFAULT 0, -- day; 0: not yet
  held_at       timestamptz
);
CREATE INDEX coaching_talks_employee ON coaching_talks (employee_id, supervisor_id);
CREATE UNIQUE INDEX coaching_talks_next ON coaching_talks (employee_id, supervisor_id) WHERE held_at IS NULL;

CREATE TABLE coaching_entries (
  id             bigint PRIMARY KEY,
  employee_id    bigint NOT NULL,
  supervisor_id  bigint NOT NULL,
  talk_id        bigint NOT NULL DEFAULT 0,
  kind           text NOT NULL,
  response_id    bigint NOT NULL DEFAULT 0,
  touchpoint_id  bigint NOT NULL DEFAULT 0,
  observation_id bigint NOT NULL DEFAULT 0,
  words          text NOT NULL DEFAULT '',
  author_id      bigint NOT NULL, -- an employee: one of the two
  at             timestamptz NOT NULL
);
CREATE INDEX coaching_entries_employee ON coaching_entries (employee_id, supervisor_id, talk_id);
CREATE UNIQUE INDEX coaching_entries_once ON coaching_entries (employee_id, supervisor_id, talk_id, response_id, touchpoint_id, observation_id)
  WHERE response_id <> 0 OR observation_id <> 0;

-- Her range at the touchpoint when she set it, in per cent; null where it was hidden or she measures nothing.
CREATE TABLE coaching_goals (
  id            bigint PRIMARY KEY,
  employee_id   bigint NOT NULL,
  words         text NOT NULL,
  touchpoint_id bigint NOT NULL DEFAULT 0, -- 0: nothing is measured
  scale         text NOT NULL DEFAULT '',
  low           integer,
  high          integer,
  n             integer NOT NULL DEFAULT 0,
  set_at        timestamptz NOT NULL,
  until         integer NOT NULL DEFAULT 0, -- day; 0: none
  state         text NOT NULL,
  closed_at     timestamptz
);
CREATE INDEX coaching_goals_employee ON coaching_goals (employee_id, set_at);

-- +goose Down
DROP TABLE coaching_goals;
DROP TABLE coaching_entries;
DROP TABLE coaching_talks;
DROP TABLE huddle_tries;
