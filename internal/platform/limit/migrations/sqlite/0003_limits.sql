-- +goose Up
CREATE TABLE rate_limits (
    bucket     BLOB    NOT NULL PRIMARY KEY,  -- SHA-256 of the limit's name and the key
    hits       INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX rate_limits_expired ON rate_limits (expires_at);
