-- +goose Up
-- The tags of an item: key is the folded label, by which tags are the same.
CREATE TABLE item_tags (
  item_id uuid NOT NULL REFERENCES items(id),
  space_id uuid NOT NULL REFERENCES spaces(id),
  key text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  PRIMARY KEY (item_id, key)
);
CREATE INDEX item_tags_space ON item_tags(space_id, key, item_id);
