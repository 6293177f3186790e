-- +goose Up
-- How many comments an item has, and how many are new to someone, without reading them:
-- each line of a list asks.
DROP INDEX remarks_item;
CREATE INDEX remarks_counted ON remarks(item_id, removed_at, created_at, author_id);
