-- +goose Up
CREATE TABLE blog_posts (
  item_id uuid PRIMARY KEY REFERENCES items(id),
  lede text COLLATE "C" NOT NULL
);
