-- +goose Up
-- Whether a person writes in Markdown rather than in the visual editor.
ALTER TABLE accounts ADD COLUMN markdown INTEGER NOT NULL DEFAULT 0;
