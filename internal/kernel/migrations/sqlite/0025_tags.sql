-- +goose Up
-- The tags of an item: key is the folded label, by which tags are the same.
CREATE TABLE item_tags (
  item_id BLOB NOT NULL REFERENCES items(id),
  space_id BLOB NOT NULL REFERENCES spaces(id),
  key TEXT NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (item_id, key)
) WITHOUT ROWID;
CREATE INDEX item_tags_space ON item_tags(space_id, key, item_id);
