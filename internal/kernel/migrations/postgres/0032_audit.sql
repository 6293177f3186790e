-- +goose Up
-- What happened to rights, accounts and spaces, for ever: each entry holds the digest
-- of the one before. It names ids, which may be gone, and no content.
CREATE TABLE audit_entries (
  seq BIGINT PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  kind text COLLATE "C" NOT NULL,
  account_id uuid,
  space_id uuid,
  item_id uuid,
  subject_id uuid,
  detail text COLLATE "C" NOT NULL,
  prev BYTEA NOT NULL,
  hash BYTEA NOT NULL
);
CREATE INDEX audit_entries_kind ON audit_entries(kind, seq);

-- The last entry: what is written next hangs from it, and what is cut off shows.
CREATE TABLE audit_head (
  id SMALLINT PRIMARY KEY CHECK (id = 1),
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL
);

-- +goose StatementBegin
CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only added to';
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_entries_keep BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse();
CREATE TRIGGER audit_entries_stay BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse();
