-- +goose Up
-- The categories of the blog of a space. key is the label folded, as in addresses.
CREATE TABLE blog_categories (
  id BLOB PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  key TEXT NOT NULL,
  label TEXT NOT NULL,
  hue INTEGER NOT NULL,
  UNIQUE (space_id, key)
) WITHOUT ROWID;

-- cover is the image of a post, by what its texts call the file.
ALTER TABLE blog_posts ADD COLUMN category_id BLOB REFERENCES blog_categories(id);
ALTER TABLE blog_posts ADD COLUMN cover BLOB;
ALTER TABLE blog_posts ADD COLUMN cover_alt TEXT NOT NULL DEFAULT '';
CREATE INDEX blog_posts_category ON blog_posts(category_id) WHERE category_id IS NOT NULL;
