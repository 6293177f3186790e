-- +goose Up
-- The second factor of an account, asked for since confirmed_at; 0 while it waits for its
-- first code. The key is sealed, and last_step is the last of which a code was taken.
CREATE TABLE second_factors (
  account_id uuid PRIMARY KEY REFERENCES accounts(id),
  sealed BYTEA NOT NULL,
  begun_at BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  last_step BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
  account_id uuid NOT NULL REFERENCES accounts(id),
  hash BYTEA NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, hash)
);

-- A session of which the second factor was not proven: it opens nothing.
ALTER TABLE sessions ADD COLUMN half SMALLINT NOT NULL DEFAULT 0;
