-- +goose Up
-- The letters that leads mailed to the members of a space, with the posts of each.
CREATE TABLE blog_digests (
  id uuid PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces(id),
  by_id uuid NOT NULL REFERENCES accounts(id),
  word TEXT NOT NULL,
  sent_at BIGINT NOT NULL
);
CREATE INDEX blog_digests_space ON blog_digests(space_id, sent_at);
CREATE TABLE blog_digest_posts (
  digest_id uuid NOT NULL REFERENCES blog_digests(id),
  item_id uuid NOT NULL REFERENCES items(id),
  position INTEGER NOT NULL,
  PRIMARY KEY (digest_id, item_id)
);
CREATE INDEX blog_digest_posts_item ON blog_digest_posts(item_id);
-- Who wants no letter of a space.
CREATE TABLE blog_digest_stops (
  space_id uuid NOT NULL REFERENCES spaces(id),
  account_id uuid NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (space_id, account_id)
);
