-- +goose Up
CREATE TABLE invitations (
  id BLOB PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3),
  word TEXT NOT NULL,
  inviter_id BLOB NOT NULL REFERENCES accounts(id),
  token_hash BLOB NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX invitations_space ON invitations(space_id, created_at, id);
CREATE INDEX invitations_mailbox ON invitations(email_key, space_id);
