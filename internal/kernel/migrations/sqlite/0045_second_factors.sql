-- +goose Up
-- The second factor of an account, asked for since confirmed_at; 0 while it waits for its
-- first code. The key is sealed, and last_step is the last of which a code was taken.
CREATE TABLE second_factors (
  account_id BLOB PRIMARY KEY REFERENCES accounts(id),
  sealed BLOB NOT NULL,
  begun_at BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  last_step BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE recovery_codes (
  account_id BLOB NOT NULL REFERENCES accounts(id),
  hash BLOB NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, hash)
) WITHOUT ROWID;

-- A session of which the second factor was not proven: it opens nothing.
ALTER TABLE sessions ADD COLUMN half INTEGER NOT NULL DEFAULT 0;
