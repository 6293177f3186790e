-- +goose Up
-- What people say of themselves for others to read; skills are a line each.
CREATE TABLE profiles (
  account_id uuid PRIMARY KEY REFERENCES accounts(id),
  job text COLLATE "C" NOT NULL,
  about text COLLATE "C" NOT NULL,
  skills text COLLATE "C" NOT NULL
);
-- The directory, in human order.
CREATE INDEX accounts_directory ON accounts(name_key, id) WHERE class = 'agent' AND state = 'active';
