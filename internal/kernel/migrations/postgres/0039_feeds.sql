-- +goose Up
-- The addresses by which someone's program reads what is new in a service of a space
-- as that person does. Only the SHA-256 of the token is kept.
CREATE TABLE feed_tokens (
  account_id uuid NOT NULL REFERENCES accounts(id),
  space_id uuid NOT NULL REFERENCES spaces(id),
  service INTEGER NOT NULL,
  token_hash BYTEA NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, space_id, service)
);
