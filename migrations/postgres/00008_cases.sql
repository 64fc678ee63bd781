-- A reason for a case is told by one answer, observation, call or contact: what another tells later is another reason, also
-- where it is of the same kind and about the same touchpoint, and what its author takes back is found again.
-- +goose Up
ALTER TABLE case_triggers RENAME COLUMN response_id TO source_id;
ALTER TABLE case_triggers DROP CONSTRAINT case_triggers_pkey;
ALTER TABLE case_triggers ADD PRIMARY KEY (case_id, kind, run_id, touchpoint_id, source_id);
CREATE INDEX case_triggers_source ON case_triggers (source_id) WHERE source_id <> 0;

-- +goose Down
DROP INDEX case_triggers_source;
ALTER TABLE case_triggers DROP CONSTRAINT case_triggers_pkey;
ALTER TABLE case_triggers ADD PRIMARY KEY (case_id, kind, run_id, touchpoint_id);
ALTER TABLE case_triggers RENAME COLUMN source_id TO response_id;
