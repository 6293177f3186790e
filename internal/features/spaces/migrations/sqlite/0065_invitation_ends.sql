-- +goose Up
-- When the access of an external ends, whose account the invitation makes; 0: as usual.
ALTER TABLE invitations ADD COLUMN access_ends_at INTEGER NOT NULL DEFAULT 0;
