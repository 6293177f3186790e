-- +goose Up
CREATE TABLE mails (
    id         BLOB    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    ref        TEXT    NOT NULL,
    idem_key   TEXT    UNIQUE,
    to_name    TEXT    NOT NULL,
    to_email   TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    html       TEXT    NOT NULL,
    headers    TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'withdrawn', 'failed')),
    attempts   INTEGER NOT NULL,
    last_error TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    done_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX mails_by_state ON mails (state, due_at, id);
CREATE INDEX mails_by_done ON mails (done_at, id);
