-- +goose Up
-- What people say of themselves for others to read; skills are a line each.
CREATE TABLE profiles (
  account_id BLOB PRIMARY KEY REFERENCES accounts(id),
  job TEXT NOT NULL,
  about TEXT NOT NULL,
  skills TEXT NOT NULL
) WITHOUT ROWID;
-- The directory, in human order.
CREATE INDEX accounts_directory ON accounts(name_key, id) WHERE class = 'agent' AND state = 'active';
