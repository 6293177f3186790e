-- +goose Up
CREATE TABLE invitations (
  id uuid PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces(id),
  email text COLLATE "C" NOT NULL,
  email_key text COLLATE "C" NOT NULL,
  role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 3),
  word text COLLATE "C" NOT NULL,
  inviter_id uuid NOT NULL REFERENCES accounts(id),
  token_hash BYTEA NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
);
CREATE INDEX invitations_space ON invitations(space_id, created_at, id);
CREATE INDEX invitations_mailbox ON invitations(email_key, space_id);
