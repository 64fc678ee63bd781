-- +goose Up
-- Names that the company gives are JSON objects {language: text}. Days are days since 1970-01-01 in the company's zone.

CREATE TABLE settings (
  key        text PRIMARY KEY,
  value      text NOT NULL,
  updated_at timestamptz NOT NULL
);

-- People ----------------------------------------------------------------------------------------------------------
CREATE TABLE teams (
  id            bigint PRIMARY KEY,
  key           text NOT NULL UNIQUE,
  name          text NOT NULL,
  search        text NOT NULL,
  parent_id     bigint NOT NULL DEFAULT 0,
  supervisor_id bigint NOT NULL DEFAULT 0,
  created_at    timestamptz NOT NULL
);
CREATE INDEX teams_parent ON teams (parent_id);
CREATE INDEX teams_supervisor ON teams (supervisor_id);

CREATE TABLE employees (
  id         bigint PRIMARY KEY,
  key        text NOT NULL UNIQUE,
  name       text NOT NULL,
  search     text NOT NULL,
  team_id    bigint NOT NULL DEFAULT 0,
  email      text NOT NULL DEFAULT '',
  language   text NOT NULL DEFAULT '',
  active     boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL
);
CREATE INDEX employees_team ON employees (team_id);

CREATE TABLE users (
  id            bigint PRIMARY KEY,
  employee_id   bigint NOT NULL DEFAULT 0,
  login         text NOT NULL UNIQUE,
  name          text NOT NULL,
  password_hash text NOT NULL DEFAULT '',
  manager       boolean NOT NULL DEFAULT false,
  administrator boolean NOT NULL DEFAULT false,
  language      text NOT NULL DEFAULT '',
  calendar      text NOT NULL DEFAULT '',
  theme         text NOT NULL DEFAULT '',
  disabled      boolean NOT NULL DEFAULT false,
  created_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_employee ON users (employee_id) WHERE employee_id <> 0;

CREATE TABLE sessions (
  hash       bytea PRIMARY KEY,
  user_id    bigint NOT NULL,
  data       text NOT NULL DEFAULT '',
  agent      text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE api_keys (
  id           bigint PRIMARY KEY,
  name         text NOT NULL,
  prefix       text NOT NULL UNIQUE,
  hash         bytea NOT NULL,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz
);

-- Journeys --------------------------------------------------------------------------------------------------------
CREATE TABLE touchpoints (
  id               bigint PRIMARY KEY,
  key              text NOT NULL UNIQUE,
  name             text NOT NULL,
  search           text NOT NULL,
  channel          text NOT NULL DEFAULT '',
  element          text NOT NULL DEFAULT '',
  team_id          bigint NOT NULL DEFAULT 0,
  owner_id         bigint NOT NULL DEFAULT 0,
  judged           text NOT NULL DEFAULT 'both',
  promise_days     integer NOT NULL DEFAULT 0,
  promise_business boolean NOT NULL DEFAULT false,
  cost_minor       bigint NOT NULL DEFAULT 0,
  currency         text NOT NULL DEFAULT '',
  created_at       timestamptz NOT NULL
);
CREATE INDEX touchpoints_team ON touchpoints (team_id);
CREATE INDEX touchpoints_owner ON touchpoints (owner_id);

CREATE TABLE journeys (
  id         bigint PRIMARY KEY,
  key        text NOT NULL UNIQUE,
  name       text NOT NULL,
  need       text NOT NULL,
  search     text NOT NULL,
  leader_id  bigint NOT NULL DEFAULT 0,
  version_id bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL
);
CREATE INDEX journeys_leader ON journeys (leader_id);

CREATE TABLE journey_versions (
  id                 bigint PRIMARY KEY,
  journey_id         bigint NOT NULL REFERENCES journeys (id),
  number             integer NOT NULL,
  state              text NOT NULL,
  completes          text NOT NULL,
  abandon_after_days integer NOT NULL,
  created_at         timestamptz NOT NULL,
  UNIQUE (journey_id, number)
);

CREATE TABLE stages (
  id         bigint PRIMARY KEY,
  version_id bigint NOT NULL REFERENCES journey_versions (id),
  position   integer NOT NULL,
  name       text NOT NULL
);
CREATE INDEX stages_version ON stages (version_id);

CREATE TABLE steps (
  id            bigint PRIMARY KEY,
  version_id    bigint NOT NULL REFERENCES journey_versions (id),
  stage_id      bigint NOT NULL,
  touchpoint_id bigint NOT NULL REFERENCES touchpoints (id),
  position      integer NOT NULL,
  mandatory     boolean NOT NULL,
  repeatable    boolean NOT NULL
);
CREATE INDEX steps_version ON steps (version_id);
CREATE INDEX steps_touchpoint ON steps (touchpoint_id);

CREATE TABLE surveys (
  id               bigint PRIMARY KEY,
  journey_id       bigint NOT NULL REFERENCES journeys (id),
  version_id       bigint NOT NULL UNIQUE REFERENCES journey_versions (id),
  scale            text NOT NULL,
  touchpoint_scale text NOT NULL,
  question         text NOT NULL,
  anonymity        text NOT NULL,
  created_at       timestamptz NOT NULL
);

-- Runs ------------------------------------------------------------------------------------------------------------
-- What a file of the past brings by the million is written by the transaction that found or made what it refers to, and
-- nothing it refers to is ever deleted: no key checks it again, row by row. verify finds orphans.
CREATE TABLE customers (
  id           bigint PRIMARY KEY,
  key          text NOT NULL UNIQUE,
  name         text NOT NULL DEFAULT '',
  search       text NOT NULL DEFAULT '',
  email        text NOT NULL DEFAULT '',
  phone        text NOT NULL DEFAULT '',
  language     text NOT NULL DEFAULT '',
  channel      text NOT NULL DEFAULT '',
  segment      text NOT NULL DEFAULT '',
  value_minor  bigint NOT NULL DEFAULT 0,
  opted_out_at timestamptz,
  created_at   timestamptz NOT NULL
);

CREATE TABLE customer_keys (
  key         text PRIMARY KEY,
  customer_id bigint NOT NULL
);
CREATE INDEX customer_keys_customer ON customer_keys (customer_id);

CREATE TABLE runs (
  id              bigint PRIMARY KEY,
  key             text NOT NULL,
  journey_id      bigint NOT NULL,
  version_id      bigint NOT NULL REFERENCES journey_versions (id),
  customer_id     bigint NOT NULL DEFAULT 0,
  state           text NOT NULL,
  ask             boolean NOT NULL DEFAULT false,
  opened_at       timestamptz NOT NULL,
  last_contact_at timestamptz NOT NULL,
  ended_at        timestamptz,
  created_at      timestamptz NOT NULL,
  UNIQUE (journey_id, key)
);
CREATE INDEX runs_keyed ON runs (key);
CREATE INDEX runs_customer ON runs (customer_id, opened_at);
CREATE INDEX runs_latest ON runs (last_contact_at, id);
CREATE INDEX runs_state ON runs (state, last_contact_at);
CREATE INDEX runs_ended ON runs (journey_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE interactions (
  id               bigint PRIMARY KEY,
  key              text NOT NULL UNIQUE,
  run_id           bigint NOT NULL,
  touchpoint_id    bigint NOT NULL,
  channel          text NOT NULL DEFAULT '',
  started_at       timestamptz NOT NULL,
  ended_at         timestamptz,
  topic            text NOT NULL DEFAULT '',
  resolved         boolean,
  cost_minor       bigint NOT NULL DEFAULT 0,
  promise_due      timestamptz,
  promise_kept     timestamptz,
  promise_business boolean NOT NULL DEFAULT false,
  created_at       timestamptz NOT NULL
);
CREATE INDEX interactions_run ON interactions (run_id, started_at);
CREATE INDEX interactions_touchpoint ON interactions (touchpoint_id, started_at);
CREATE INDEX interactions_due ON interactions (promise_due) WHERE promise_due IS NOT NULL;

-- Who served, as it was then: employee 0 where only the team is known, team 0 where only the employee is.
CREATE TABLE interaction_people (
  interaction_id bigint NOT NULL,
  employee_id    bigint NOT NULL,
  team_id        bigint NOT NULL,
  position       integer NOT NULL,
  PRIMARY KEY (interaction_id, employee_id, team_id)
);
CREATE INDEX interaction_people_employee ON interaction_people (employee_id);

-- Asking ----------------------------------------------------------------------------------------------------------
CREATE TABLE invitations (
  id          bigint PRIMARY KEY,
  run_id      bigint NOT NULL UNIQUE REFERENCES runs (id),
  customer_id bigint NOT NULL,
  survey_id   bigint NOT NULL REFERENCES surveys (id),
  channel     text NOT NULL,
  language    text NOT NULL,
  state       text NOT NULL,
  reason      text NOT NULL DEFAULT '',
  planned_at  timestamptz NOT NULL,
  next_at     timestamptz,
  sent_at     timestamptz,
  opened_at   timestamptz,
  answered_at timestamptz,
  expires_at  timestamptz NOT NULL,
  reminders   integer NOT NULL DEFAULT 0,
  attempts    integer NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL
) WITH (fillfactor = 80); -- room for what each is changed to: asked, opened, answered
CREATE INDEX invitations_customer ON invitations (customer_id, planned_at);
CREATE INDEX invitations_next ON invitations (next_at) WHERE next_at IS NOT NULL;
-- Not by state: it changes with the answer, and every index would be written again.
CREATE INDEX invitations_planned ON invitations (planned_at, id);

-- Every message carries a token of its own; all of them open the same invitation until it expires.
CREATE TABLE invitation_tokens (
  hash          bytea PRIMARY KEY,
  invitation_id bigint NOT NULL REFERENCES invitations (id),
  handed        boolean NOT NULL, -- given by an employee, who may still hold it: used up by the answer
  created_at    timestamptz NOT NULL
);

-- Feedback --------------------------------------------------------------------------------------------------------
CREATE TABLE responses (
  id            bigint PRIMARY KEY,
  key           text NOT NULL DEFAULT '',
  run_id        bigint NOT NULL UNIQUE, -- of a run locked by the answer's transaction: no key checks it again
  journey_id    bigint NOT NULL,
  survey_id     bigint NOT NULL,
  customer_id   bigint NOT NULL,
  invitation_id bigint NOT NULL DEFAULT 0,
  scale         text NOT NULL,
  overall       integer,
  expectation   integer,
  comment       text NOT NULL DEFAULT '',
  search        text NOT NULL DEFAULT '',
  language      text NOT NULL DEFAULT '',
  resolved      boolean,
  wants_contact boolean NOT NULL DEFAULT false,
  anonymity     text NOT NULL,
  answered_at   timestamptz NOT NULL,
  day           integer NOT NULL,
  met           text NOT NULL DEFAULT '[]',
  revision      integer NOT NULL,
  created_at    timestamptz NOT NULL
);
CREATE INDEX responses_journey ON responses (journey_id, answered_at);
CREATE INDEX responses_customer ON responses (customer_id, answered_at);
CREATE INDEX responses_answered ON responses (answered_at);

-- What an answer said before it was replaced, whole, as JSON.
CREATE TABLE response_history (
  response_id bigint NOT NULL REFERENCES responses (id),
  answered_at timestamptz NOT NULL,
  key         text NOT NULL,
  said        text NOT NULL,
  PRIMARY KEY (response_id, answered_at, key)
);

-- Written only together with their response, about touchpoints read in the same transaction: foreign keys would look up
-- both for every rating and lock the touchpoint's row that everybody shares. verify finds orphans. There are more of these
-- than of anything else: the widest columns first, words as numbers, and nothing absent, each saves bytes in every row.
-- They are read as ratings.
CREATE TABLE packed_ratings (
  response_id   bigint NOT NULL,
  touchpoint_id bigint NOT NULL,
  employee_id   bigint NOT NULL, -- whom it concerns, while that is one and nobody has corrected it;
  team_id       bigint NOT NULL, -- else both are 0, and further_attributions says
  at            timestamptz NOT NULL,
  answered_at   timestamptz NOT NULL,
  day           integer NOT NULL,
  value         smallint NOT NULL,
  expectation   smallint NOT NULL, -- 9: not said
  scale         smallint NOT NULL, -- in digits: metric (0 nps, 1 csat, 2 ces), lowest, two of the highest, 1 where low is good
  judged        smallint NOT NULL, -- 0 person, 1 process, 2 both
  told          smallint NOT NULL, -- employee_id has it unread: 1 negative, 2 neutral, 3 positive; 0: see notices
  comment       text NOT NULL,
  PRIMARY KEY (response_id, touchpoint_id) WITH (fillfactor = 100) -- they come in this order
);
-- Of a touchpoint's ratings only those are looked for that say something and those that judge a person and name none: every other
-- entry would be written for nothing, at forty places at once.
CREATE INDEX packed_ratings_worded ON packed_ratings (touchpoint_id, answered_at) WHERE comment <> '';
CREATE INDEX packed_ratings_unheld ON packed_ratings (touchpoint_id, answered_at) WHERE employee_id = 0 AND judged <> 1;
CREATE INDEX packed_ratings_told ON packed_ratings (employee_id) WHERE told <> 0; -- not by time too: what one has not read is few
CREATE INDEX packed_ratings_team ON packed_ratings (team_id, response_id);

-- Ratings in words. What is not asked for costs nothing: there is no join.
CREATE VIEW ratings AS
  SELECT response_id, touchpoint_id, (SELECT p.journey_id FROM responses p WHERE p.id = r.response_id) AS journey_id,
    employee_id, team_id, at, answered_at, day, value, NULLIF(expectation, 9) AS expectation, told,
    CAST(CASE scale / 10000 WHEN 0 THEN 'nps_' WHEN 1 THEN 'csat_' ELSE 'ces_' END || CAST(scale / 1000 % 10 AS text) || '_' ||
      CAST(scale / 10 % 100 AS text) || CASE scale % 10 WHEN 1 THEN '_low' ELSE '' END AS text) AS scale,
    CAST(CASE judged WHEN 0 THEN 'person' WHEN 1 THEN 'process' ELSE 'both' END AS text) AS judged, comment
  FROM packed_ratings r;

-- Whom a rating concerns where several people or teams share it or somebody corrected it: then all of it is here.
-- Employee 0: it counts for the team and for nobody in person.
CREATE TABLE further_attributions (
  response_id   bigint NOT NULL,
  touchpoint_id bigint NOT NULL,
  employee_id   bigint NOT NULL,
  team_id       bigint NOT NULL,
  active        boolean NOT NULL,
  cause         text NOT NULL,
  changed_at    timestamptz NOT NULL,
  PRIMARY KEY (response_id, touchpoint_id, employee_id, team_id)
);
CREATE INDEX further_attributions_team ON further_attributions (team_id, response_id);

-- Whom ratings concern, wherever it is written down.
CREATE VIEW attributions AS
  SELECT response_id, touchpoint_id, employee_id, team_id, active, cause, changed_at FROM further_attributions
  UNION ALL
  SELECT response_id, touchpoint_id, employee_id, team_id, CAST(true AS boolean), CAST(CASE judged WHEN 1 THEN 'process' ELSE 'served' END AS text), answered_at
  FROM packed_ratings WHERE employee_id <> 0 OR team_id <> 0;

-- One answer as one person sees it; touchpoint 0 is the journey as a whole. Not of what a rating plainly concerns her in
-- and she has not read: that the rating says (told).
CREATE TABLE notices (
  response_id   bigint NOT NULL,
  touchpoint_id bigint NOT NULL,
  employee_id   bigint NOT NULL,
  audience      text NOT NULL,
  mood          text NOT NULL,
  at            timestamptz NOT NULL,
  read_at       timestamptz,
  reply         text NOT NULL DEFAULT '',
  replied_at    timestamptz,
  settled_at    timestamptz,
  withdrawn_at  timestamptz,
  PRIMARY KEY (response_id, touchpoint_id, employee_id)
);
CREATE INDEX notices_employee ON notices (employee_id, at);
CREATE INDEX notices_reply ON notices (reply, at) WHERE reply <> '';

-- Every answer as every person sees it, wherever it is written down.
CREATE VIEW feedback AS
  SELECT response_id, touchpoint_id, employee_id, audience, mood, at, read_at, reply, replied_at, settled_at, withdrawn_at FROM notices
  UNION ALL
  SELECT response_id, touchpoint_id, employee_id, CAST('employee' AS text),
    CAST(CASE told WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' ELSE 'positive' END AS text), answered_at,
    CAST(NULL AS timestamptz), CAST('' AS text), CAST(NULL AS timestamptz), CAST(NULL AS timestamptz), CAST(NULL AS timestamptz)
  FROM packed_ratings WHERE told <> 0;

-- Praise that an employee lets her team read.
CREATE TABLE praise_shares (
  employee_id   bigint NOT NULL,
  response_id   bigint NOT NULL,
  touchpoint_id bigint NOT NULL,
  team_id       bigint NOT NULL,
  at            timestamptz NOT NULL,
  PRIMARY KEY (employee_id, response_id, touchpoint_id)
);
CREATE INDEX praise_shares_team ON praise_shares (team_id, at);

-- A customer's yes to publishing her words about the journey, as of one revision of her answer.
CREATE TABLE praise_consents (
  response_id bigint PRIMARY KEY,
  revision    integer NOT NULL,
  name        text NOT NULL DEFAULT '',
  at          timestamptz NOT NULL,
  chosen_at   timestamptz,
  chosen_by   bigint NOT NULL DEFAULT 0
);

-- What customers told employees. Team: the employee's when she heard it. Theme: the observation that it joined, its own
-- number where it joined none.
CREATE TABLE observations (
  id            bigint PRIMARY KEY,
  employee_id   bigint NOT NULL,
  team_id       bigint NOT NULL DEFAULT 0,
  kind          text NOT NULL,
  touchpoint_id bigint NOT NULL DEFAULT 0,
  run_id        bigint NOT NULL DEFAULT 0,
  journey_id    bigint NOT NULL DEFAULT 0,
  customer_id   bigint NOT NULL DEFAULT 0,
  words         text NOT NULL DEFAULT '',
  search        text NOT NULL DEFAULT '',
  language      text NOT NULL DEFAULT '',
  at            timestamptz NOT NULL,
  wants_call    boolean NOT NULL DEFAULT false,
  theme_id      bigint NOT NULL,
  state         text NOT NULL,
  answer        text NOT NULL DEFAULT '',
  answered_at   timestamptz,
  answered_by   bigint NOT NULL DEFAULT 0,
  heard_at      timestamptz,
  withdrawn_at  timestamptz
);
CREATE INDEX observations_theme ON observations (theme_id);
CREATE INDEX observations_employee ON observations (employee_id, at);
CREATE INDEX observations_team ON observations (team_id, at);
CREATE INDEX observations_touchpoint ON observations (touchpoint_id, at);
CREATE INDEX observations_kind ON observations (kind, at);
CREATE INDEX observations_customer ON observations (customer_id) WHERE customer_id <> 0;


-- Winning back ----------------------------------------------------------------------------------------------------
-- Durations are nanoseconds of business time. contact_due and resolve_due count from clock_at: the opening, or the last
-- reopening. next_at is when somebody or something has to look at the case again.
CREATE TABLE cases (
  id                 bigint PRIMARY KEY,
  customer_id        bigint NOT NULL,
  run_id             bigint NOT NULL REFERENCES runs (id),
  journey_id         bigint NOT NULL,
  touchpoint_id      bigint NOT NULL DEFAULT 0, -- where it went wrong; 0: the journey as a whole
  state              text NOT NULL,
  severity           smallint NOT NULL,
  owner_id           bigint NOT NULL DEFAULT 0, -- an employee; 0: nobody yet
  opened_at          timestamptz NOT NULL,
  clock_at           timestamptz NOT NULL,
  contact_due        timestamptz NOT NULL,
  resolve_due        timestamptz NOT NULL,
  contacted_at       timestamptz,
  waiting_since      timestamptz,
  waited             bigint NOT NULL DEFAULT 0,
  proposed_at        timestamptz,
  closed_at          timestamptz,
  closed_by          bigint NOT NULL DEFAULT 0,
  next_at            timestamptz,
  warned             integer NOT NULL DEFAULT 0,
  reopened           integer NOT NULL DEFAULT 0,
  cause              text NOT NULL DEFAULT '',
  solution           text NOT NULL DEFAULT '',
  compensation_minor bigint NOT NULL DEFAULT 0,
  currency           text NOT NULL DEFAULT '',
  version            integer NOT NULL DEFAULT 1
);
CREATE INDEX cases_customer ON cases (customer_id, opened_at);
CREATE UNIQUE INDEX cases_one_open ON cases (customer_id, journey_id) WHERE closed_at IS NULL;
CREATE INDEX cases_owner ON cases (owner_id) WHERE closed_at IS NULL;
CREATE INDEX cases_run ON cases (run_id);
CREATE INDEX cases_journey ON cases (journey_id, opened_at);
CREATE INDEX cases_next ON cases (next_at) WHERE next_at IS NOT NULL;

-- Why a case was opened, and what came to it afterwards. particulars is JSON.
CREATE TABLE case_triggers (
  case_id       bigint NOT NULL REFERENCES cases (id),
  kind          text NOT NULL,
  run_id        bigint NOT NULL,
  touchpoint_id bigint NOT NULL DEFAULT 0,
  response_id   bigint NOT NULL DEFAULT 0, -- 0: it did not come from an answer
  at            timestamptz NOT NULL,
  particulars   text NOT NULL DEFAULT '{}',
  PRIMARY KEY (case_id, kind, run_id, touchpoint_id)
);
CREATE INDEX case_triggers_run ON case_triggers (run_id);

-- The one conversation about a case, only added to. actor_id is a user, 0 the customer or nobody; employee_id is to whom it
-- went (assigned, handed over, warned).
CREATE TABLE case_steps (
  id          bigint PRIMARY KEY,
  case_id     bigint NOT NULL REFERENCES cases (id),
  at          timestamptz NOT NULL,
  kind        text NOT NULL,
  actor_id    bigint NOT NULL DEFAULT 0,
  employee_id bigint NOT NULL DEFAULT 0,
  channel     text NOT NULL DEFAULT '',
  result      text NOT NULL DEFAULT '',
  words       text NOT NULL DEFAULT ''
);
CREATE INDEX case_steps_case ON case_steps (case_id, at);
CREATE INDEX case_steps_given ON case_steps (employee_id, id) WHERE kind = 'assigned';

CREATE TABLE case_causes (
  case_id bigint NOT NULL REFERENCES cases (id),
  cause   text NOT NULL,
  main    boolean NOT NULL,
  PRIMARY KEY (case_id, cause)
);

-- Attachments of a step of the conversation. Personal data.
CREATE TABLE case_files (
  id      bigint PRIMARY KEY,
  case_id bigint NOT NULL REFERENCES cases (id),
  step_id bigint NOT NULL,
  name    text NOT NULL,
  type    text NOT NULL,
  size    bigint NOT NULL,
  bytes   bytea NOT NULL,
  at      timestamptz NOT NULL
);
CREATE INDEX case_files_case ON case_files (case_id, at);

-- Links that ask the customer whether it is solved; round is how often the case had been reopened when it was asked.
CREATE TABLE case_links (
  hash     bytea PRIMARY KEY,
  case_id  bigint NOT NULL REFERENCES cases (id),
  round    integer NOT NULL,
  asked_at timestamptz NOT NULL,
  used_at  timestamptz,
  verdict  text NOT NULL DEFAULT ''
);
CREATE INDEX case_links_case ON case_links (case_id);

-- What opens cases, who gets them and how soon, by journey; journey 0 is the company. value is JSON.
CREATE TABLE case_policies (
  journey_id bigint PRIMARY KEY,
  value      text NOT NULL,
  updated_at timestamptz NOT NULL
);

-- Who is away, and who stands in. until_day is the last day away.
CREATE TABLE absences (
  id            bigint PRIMARY KEY,
  employee_id   bigint NOT NULL REFERENCES employees (id),
  from_day      integer NOT NULL,
  until_day     integer NOT NULL,
  substitute_id bigint NOT NULL DEFAULT 0,
  created_at    timestamptz NOT NULL
);
CREATE INDEX absences_employee ON absences (employee_id, until_day);
CREATE INDEX absences_substitute ON absences (substitute_id, until_day);
CREATE INDEX absences_until ON absences (until_day);

-- Ledger and figures ----------------------------------------------------------------------------------------------
CREATE TABLE events (
  id           bigint PRIMARY KEY,
  at           timestamptz NOT NULL,
  verb         text NOT NULL,
  subject_kind text NOT NULL,
  subject_id   bigint NOT NULL,
  actor_id     bigint NOT NULL,
  particulars  text NOT NULL
);
CREATE INDEX events_subject ON events (subject_kind, subject_id, at);

-- What committed changes still have to cause: topic 'fold' feeds the marginals, topic 'job' becomes background work.
CREATE TABLE outbox (
  id      bigint PRIMARY KEY,
  topic   text NOT NULL,
  payload bytea NOT NULL
);
ALTER TABLE outbox ALTER payload SET STORAGE EXTERNAL; -- dense already, and read within the second
CREATE INDEX outbox_topic ON outbox (topic, id);

-- Additive integers only. dim: journey, touchpoint, team, employee_touchpoint, team_set, met, by the day; the same and
-- '/month' by four weeks from that day. Scales never mix.
CREATE TABLE marginals (
  dim           text NOT NULL,
  id            bigint NOT NULL,
  journey_id    bigint NOT NULL,
  touchpoint_id bigint NOT NULL,
  scale         text NOT NULL,
  day           integer NOT NULL,
  n             integer NOT NULL,
  sum           bigint NOT NULL,
  sumsq         bigint NOT NULL,
  n0  integer NOT NULL, n1 integer NOT NULL, n2 integer NOT NULL, n3 integer NOT NULL, n4 integer NOT NULL, n5 integer NOT NULL,
  n6  integer NOT NULL, n7 integer NOT NULL, n8 integer NOT NULL, n9 integer NOT NULL, n10 integer NOT NULL,
  below         integer NOT NULL,
  met           integer NOT NULL,
  above         integer NOT NULL,
  PRIMARY KEY (dim, id, journey_id, touchpoint_id, scale, day)
) WITH (fillfactor = 60); -- a fold rewrites most cells of the last days: each on its page, where no index need be told
CREATE INDEX marginals_day ON marginals (dim, day, journey_id);

-- What each of the last folds added to the marginals: nodes that keep these in memory follow by it.
CREATE TABLE folds (
  version bigint PRIMARY KEY, -- of the figures, with it; one that is missing was a repair
  cells   integer NOT NULL,
  sums    bytea NOT NULL
);
ALTER TABLE folds ALTER sums SET STORAGE EXTERNAL;

-- The members of the sets of teams in dim team_set.
CREATE TABLE team_sets (
  id      bigint NOT NULL,
  team_id bigint NOT NULL,
  PRIMARY KEY (id, team_id)
);

-- What the driver analysis needs of each day: of every two touchpoints of a journey, how many answers met both, and the
-- sums and products of their ratings. pairs is feedback.Pairs: one row a day is read and written, whatever the number of
-- touchpoints.
CREATE TABLE driver_days (
  journey_id bigint NOT NULL,
  scale      text NOT NULL,
  day        integer NOT NULL,
  pairs      bytea NOT NULL,
  PRIMARY KEY (journey_id, scale, day)
);

-- The promises made at a touchpoint on a day, by everybody (team 0) and by each team: how many were made for how long, how
-- long they took and how they were rated. cells is feedback.Promises.
CREATE TABLE promise_days (
  touchpoint_id bigint NOT NULL,
  team_id       bigint NOT NULL,
  journey_id    bigint NOT NULL,
  day           integer NOT NULL,
  cells         bytea NOT NULL,
  PRIMARY KEY (touchpoint_id, team_id, journey_id, day)
);

-- How many runs of a journey met a touchpoint for the first time on a day.
CREATE TABLE passes (
  journey_id    bigint NOT NULL,
  touchpoint_id bigint NOT NULL,
  day           integer NOT NULL,
  n             bigint NOT NULL,
  PRIMARY KEY (journey_id, touchpoint_id, day)
);

-- How many person-days mending a touchpoint of a journey would take, as the leader has said; who and when is in events.
CREATE TABLE efforts (
  journey_id    bigint NOT NULL REFERENCES journeys (id),
  touchpoint_id bigint NOT NULL REFERENCES touchpoints (id),
  days          integer NOT NULL,
  PRIMARY KEY (journey_id, touchpoint_id)
);

-- Long work somebody asked for. asked, mark and result are JSON. attempt is who holds it: what another attempt writes is
-- refused.
CREATE TABLE tasks (
  id         bigint PRIMARY KEY,
  kind       text NOT NULL,
  state      text NOT NULL,
  user_id    bigint NOT NULL,
  asked      text NOT NULL,
  done       bigint NOT NULL DEFAULT 0,
  total      bigint NOT NULL DEFAULT 0,
  attempt    integer NOT NULL DEFAULT 0,
  crashes    integer NOT NULL DEFAULT 0,
  cancel     boolean NOT NULL DEFAULT false,
  mark       text NOT NULL DEFAULT '',
  result     text NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  beat_at    timestamptz,
  ended_at   timestamptz
);
CREATE INDEX tasks_user ON tasks (user_id, id);
CREATE INDEX tasks_underway ON tasks (state) WHERE state IN ('draft', 'waiting', 'running');

-- Files of tasks: uploads (in) until their task ends, what was made (out) for a day. Personal data.
CREATE TABLE task_files (
  task_id bigint NOT NULL,
  part    text NOT NULL,
  seq     integer NOT NULL,
  bytes   bytea NOT NULL,
  PRIMARY KEY (task_id, part, seq)
);

-- 1: moves whenever a page may have changed. 2: moves when a figure has; only who leads the folding moves it, so that
-- nobody who reads or replies waits for a fold.
CREATE TABLE data_version (
  id      integer PRIMARY KEY,
  version bigint NOT NULL
);
INSERT INTO data_version (id, version) VALUES (1, 1), (2, 1);

-- +goose Down
DROP TABLE data_version;
DROP TABLE task_files;
DROP TABLE tasks;
DROP TABLE efforts;
DROP TABLE passes;
DROP TABLE promise_days;
DROP TABLE driver_days;
DROP TABLE team_sets;
DROP TABLE folds;
DROP TABLE marginals;
DROP TABLE outbox;
DROP TABLE events;
DROP TABLE absences;
DROP TABLE case_policies;
DROP TABLE case_links;
DROP TABLE case_files;
DROP TABLE case_causes;
DROP TABLE case_steps;
DROP TABLE case_triggers;
DROP TABLE cases;
DROP TABLE observations;
DROP TABLE praise_consents;
DROP TABLE praise_shares;
DROP VIEW feedback;
DROP TABLE notices;
DROP VIEW attributions;
DROP TABLE further_attributions;
DROP VIEW ratings;
DROP TABLE packed_ratings;
DROP TABLE response_history;
DROP TABLE responses;
DROP TABLE invitation_tokens;
DROP TABLE invitations;
DROP TABLE interaction_people;
DROP TABLE interactions;
DROP TABLE runs;
DROP TABLE customer_keys;
DROP TABLE customers;
DROP TABLE surveys;
DROP TABLE steps;
DROP TABLE stages;
DROP TABLE journey_versions;
DROP TABLE journeys;
DROP TABLE touchpoints;
DROP TABLE api_keys;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE employees;
DROP TABLE teams;
DROP TABLE settings;
