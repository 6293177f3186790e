-- +goose Up
-- Who answers for an external, and when their end was last warned of. An external without
-- a row is answered for by nobody.
CREATE TABLE externals (
  account_id BLOB PRIMARY KEY REFERENCES accounts(id),
  sponsor_id BLOB NOT NULL REFERENCES accounts(id),
  warned_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX externals_sponsor ON externals(sponsor_id);
-- Externals by the end of their access.
CREATE INDEX accounts_ending ON accounts(expires_at, id) WHERE class = 'external';
