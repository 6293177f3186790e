-- +goose Up
-- Which items the text of an item, or of one of its remarks, leads to. Derived from
-- the texts; what a link leads to may be gone.
CREATE TABLE item_links (
  item_id BLOB NOT NULL REFERENCES items(id),
  remark_id BLOB REFERENCES remarks(id),
  to_id BLOB NOT NULL
);
CREATE INDEX item_links_from ON item_links(item_id, remark_id);
CREATE INDEX item_links_to ON item_links(to_id, item_id);

-- Where an item that was moved to another space is now. It outlives the item, so
-- that its addresses go on leading there.
CREATE TABLE item_moves (
  from_id BLOB PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  service INTEGER NOT NULL,
  slug TEXT NOT NULL,
  to_id BLOB NOT NULL,
  by_id BLOB NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX item_moves_place ON item_moves(space_id, service, slug);
CREATE INDEX item_moves_to ON item_moves(to_id);
