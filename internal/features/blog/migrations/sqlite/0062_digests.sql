-- +goose Up
-- The letters that leads mailed to the members of a space, with the posts of each.
CREATE TABLE blog_digests (
  id BLOB PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  by_id BLOB NOT NULL REFERENCES accounts(id),
  word TEXT NOT NULL,
  sent_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX blog_digests_space ON blog_digests(space_id, sent_at);
CREATE TABLE blog_digest_posts (
  digest_id BLOB NOT NULL REFERENCES blog_digests(id),
  item_id BLOB NOT NULL REFERENCES items(id),
  position INTEGER NOT NULL,
  PRIMARY KEY (digest_id, item_id)
) WITHOUT ROWID;
CREATE INDEX blog_digest_posts_item ON blog_digest_posts(item_id);
-- Who wants no letter of a space.
CREATE TABLE blog_digest_stops (
  space_id BLOB NOT NULL REFERENCES spaces(id),
  account_id BLOB NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (space_id, account_id)
) WITHOUT ROWID;
