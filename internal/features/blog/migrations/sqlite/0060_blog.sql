-- +goose Up
CREATE TABLE blog_posts (
  item_id BLOB PRIMARY KEY REFERENCES items(id),
  lede TEXT NOT NULL
) WITHOUT ROWID;
