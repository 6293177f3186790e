-- +goose Up
CREATE TABLE people_password_links (
  hash BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts(id),
  expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX people_password_links_account ON people_password_links(account_id);
CREATE INDEX people_password_links_expiry ON people_password_links(expires_at);
