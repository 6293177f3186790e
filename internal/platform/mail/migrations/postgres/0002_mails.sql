-- +goose Up
CREATE TABLE mails (
    id         uuid     NOT NULL PRIMARY KEY,
    kind       text     COLLATE "C" NOT NULL,
    ref        text     COLLATE "C" NOT NULL,
    idem_key   text     COLLATE "C" UNIQUE,
    to_name    text     COLLATE "C" NOT NULL,
    to_email   text     COLLATE "C" NOT NULL,
    subject    text     COLLATE "C" NOT NULL,
    text       text     COLLATE "C" NOT NULL,
    html       text     COLLATE "C" NOT NULL,
    headers    text     COLLATE "C" NOT NULL,
    message_id text     COLLATE "C" NOT NULL,
    state      text     COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sent', 'withdrawn', 'failed')),
    attempts   integer  NOT NULL,
    last_error text     COLLATE "C" NOT NULL,
    created_at bigint   NOT NULL,
    due_at     bigint   NOT NULL,
    done_at    bigint   NOT NULL
);

CREATE INDEX mails_by_state ON mails (state, due_at, id);
CREATE INDEX mails_by_done ON mails (done_at, id);
