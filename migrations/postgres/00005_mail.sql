-- The customer's word about a case after she was asked whether it is solved, and the letters about cases both ways.
-- +goose Up

-- How a customer rates the journey after her case, on its own scale: for the recovery rate alone, never a score.
CREATE TABLE case_ratings (
  case_id bigint PRIMARY KEY REFERENCES cases (id),
  value   integer NOT NULL,
  scale   text NOT NULL,
  at      timestamptz NOT NULL
);

-- +goose Down
DROP TABLE case_ratings;
