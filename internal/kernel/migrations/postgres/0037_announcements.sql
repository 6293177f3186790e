-- +goose Up
-- What is announced to all who may read it: mailed at once, and on top of their home
-- until they read it.
CREATE TABLE item_announcements (
  item_id uuid PRIMARY KEY REFERENCES items(id),
  space_id uuid NOT NULL REFERENCES spaces(id),
  by_id uuid NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL
);
CREATE INDEX item_announcements_space ON item_announcements(space_id, at);
