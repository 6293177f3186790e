-- +goose Up
-- What happened to rights, accounts and spaces, for ever: each entry holds the digest
-- of the one before. It names ids, which may be gone, and no content.
CREATE TABLE audit_entries (
  seq BIGINT PRIMARY KEY,
  event_id BLOB NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  account_id BLOB,
  space_id BLOB,
  item_id BLOB,
  subject_id BLOB,
  detail TEXT NOT NULL,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_entries_kind ON audit_entries(kind, seq);

-- The last entry: what is written next hangs from it, and what is cut off shows.
CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER audit_entries_keep BEFORE UPDATE ON audit_entries BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;
-- +goose StatementEnd
