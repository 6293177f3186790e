-- +goose Up
-- Whether a person wants no key alone to do anything (WCAG 2.2, 2.1.4).
ALTER TABLE accounts ADD COLUMN no_shortcuts INTEGER NOT NULL DEFAULT 0;
