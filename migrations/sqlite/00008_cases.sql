-- A reason for a case is told by one answer, observation, call or contact: what another tells later is another reason, also
-- where it is of the same kind and about the same touchpoint, and what its author takes back is found again.
-- +goose Up
ALTER TABLE case_triggers RENAME TO case_triggers_before;
DROP INDEX case_triggers_run;
CREATE TABLE case_triggers (
  case_id       bigint NOT NULL REFERENCES cases (id),
  kind          text NOT NULL,
  run_id        bigint NOT NULL,
  touchpoint_id bigint NOT NULL DEFAULT 0,
  source_id     bigint NOT NULL DEFAULT 0,
  at            timestamp NOT NULL,
  particulars   text NOT NULL DEFAULT '{}',
  PRIMARY KEY (case_id, kind, run_id, touchpoint_id, source_id)
);
INSERT INTO case_triggers SELECT case_id, kind, run_id, touchpoint_id, response_id, at, particulars FROM case_triggers_before;
DROP TABLE case_triggers_before;
CREATE INDEX case_triggers_run ON case_triggers (run_id);
CREATE INDEX case_triggers_source ON case_triggers (source_id) WHERE source_id <> 0;

-- +goose Down
ALTER TABLE case_triggers RENAME TO case_triggers_after;
DROP INDEX case_triggers_source;
DROP INDEX case_triggers_run;
CREATE TABLE case_triggers (
  case_id       bigint NOT NULL REFERENCES cases (id),
  kind          text NOT NULL,
  run_id        bigint NOT NULL,
  touchpoint_id bigint NOT NULL DEFAULT 0,
  response_id   bigint NOT NULL DEFAULT 0,
  at            timestamp NOT NULL,
  particulars   text NOT NULL DEFAULT '{}',
  PRIMARY KEY (case_id, kind, run_id, touchpoint_id)
);
INSERT OR IGNORE INTO case_triggers SELECT case_id, kind, run_id, touchpoint_id, source_id, at, particulars FROM case_triggers_after;
DROP TABLE case_triggers_after;
CREATE INDEX case_triggers_run ON case_triggers (run_id);
