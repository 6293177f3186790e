-- +goose Up
-- The categories of the blog of a space. key is the label folded, as in addresses.
CREATE TABLE blog_categories (
  id uuid PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces(id),
  key text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  hue INTEGER NOT NULL,
  UNIQUE (space_id, key)
);

-- cover is the image of a post, by what its texts call the file.
ALTER TABLE blog_posts ADD COLUMN category_id uuid REFERENCES blog_categories(id);
ALTER TABLE blog_posts ADD COLUMN cover uuid;
ALTER TABLE blog_posts ADD COLUMN cover_alt text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX blog_posts_category ON blog_posts(category_id) WHERE category_id IS NOT NULL;
