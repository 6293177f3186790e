-- +goose Up
CREATE TABLE people_password_links (
  hash BYTEA PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts(id),
  expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL
);
CREATE INDEX people_password_links_account ON people_password_links(account_id);
CREATE INDEX people_password_links_expiry ON people_password_links(expires_at);
