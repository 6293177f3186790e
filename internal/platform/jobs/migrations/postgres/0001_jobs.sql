-- +goose Up
CREATE TABLE jobs (
    id           uuid    NOT NULL PRIMARY KEY,
    kind         text    COLLATE "C" NOT NULL,
    payload      text    COLLATE "C" NOT NULL,
    job_key      text    COLLATE "C",
    run_at       bigint  NOT NULL,
    lease        uuid,
    again        smallint NOT NULL,
    attempt      integer NOT NULL,
    max_attempts integer NOT NULL,
    last_error   text    COLLATE "C" NOT NULL,
    created_at   bigint  NOT NULL,
    dead_at      bigint  NOT NULL
);

CREATE INDEX jobs_due ON jobs (run_at, id) WHERE dead_at = 0;
CREATE UNIQUE INDEX jobs_by_key ON jobs (job_key) WHERE job_key IS NOT NULL AND dead_at = 0;
CREATE INDEX jobs_dead ON jobs (dead_at, id) WHERE dead_at > 0;

CREATE TABLE job_schedules (
    name    text   COLLATE "C" NOT NULL PRIMARY KEY,
    next_at bigint NOT NULL
);
