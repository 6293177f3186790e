-- +goose Up
CREATE TABLE rate_limits (
    bucket     bytea   NOT NULL PRIMARY KEY,
    hits       integer NOT NULL,
    expires_at bigint  NOT NULL
);

CREATE INDEX rate_limits_expired ON rate_limits (expires_at);
