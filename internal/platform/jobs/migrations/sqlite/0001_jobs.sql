-- +goose Up
CREATE TABLE jobs (
    id           BLOB    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    payload      TEXT    NOT NULL,
    job_key      TEXT,              -- NULL: none
    run_at       INTEGER NOT NULL,  -- when due; while leased, when the lease ends
    lease        BLOB,              -- NULL: waiting
    again        INTEGER NOT NULL,  -- 1: enqueued anew while it ran
    attempt      INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    last_error   TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    dead_at      INTEGER NOT NULL   -- 0: alive
) STRICT;

CREATE INDEX jobs_due ON jobs (run_at, id) WHERE dead_at = 0;
CREATE UNIQUE INDEX jobs_by_key ON jobs (job_key) WHERE job_key IS NOT NULL AND dead_at = 0;
CREATE INDEX jobs_dead ON jobs (dead_at, id) WHERE dead_at > 0;

CREATE TABLE job_schedules (
    name    TEXT    NOT NULL PRIMARY KEY,
    next_at INTEGER NOT NULL
) STRICT;
