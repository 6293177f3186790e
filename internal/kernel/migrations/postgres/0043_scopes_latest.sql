-- +goose Up
-- The newest scopes of a space are read in order, without weighing equal instants.
DROP INDEX scopes_latest;
CREATE INDEX scopes_latest ON scopes(space_id, last_at, last_id);
-- The latest of all spaces are walked too, for who is a member of many.
DROP INDEX space_access_latest;
CREATE INDEX space_access_latest ON space_access(last_at, last_id);
