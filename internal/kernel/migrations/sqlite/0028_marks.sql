-- +goose Up
-- What someone has to do with an item: whether they follow it or want to hear no
-- more of it, why, and when they last saw it.
CREATE TABLE item_marks (
  account_id BLOB NOT NULL REFERENCES accounts(id),
  item_id BLOB NOT NULL REFERENCES items(id),
  mode INTEGER NOT NULL CHECK (mode BETWEEN 0 AND 2),
  reason TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, item_id)
) WITHOUT ROWID;
CREATE INDEX item_marks_item ON item_marks(item_id, account_id);
CREATE INDEX item_marks_followed ON item_marks(account_id, item_id) WHERE mode = 1;
