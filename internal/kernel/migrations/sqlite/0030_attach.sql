-- +goose Up
-- What is kept in the store of files. kept_at is when it was last put there; a row
-- that nothing refers to goes a day later, and its bytes after it.
CREATE TABLE blobs (
  digest BLOB PRIMARY KEY,
  size BIGINT NOT NULL,
  kept_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX blobs_kept ON blobs(kept_at);

-- A file that someone sent and has not joined to anything yet. form is where they
-- sent it from.
CREATE TABLE uploads (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts(id),
  form TEXT NOT NULL,
  digest BLOB NOT NULL REFERENCES blobs(digest),
  view_digest BLOB REFERENCES blobs(digest),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size BIGINT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_form ON uploads(account_id, form, id);
CREATE INDEX uploads_at ON uploads(at);
CREATE INDEX uploads_digest ON uploads(digest);
CREATE INDEX uploads_view ON uploads(view_digest) WHERE view_digest IS NOT NULL;

-- A file joined to an item, or to one of its remarks. view_digest is a smaller
-- image of it, that is shown in pages; alt says it to those who do not see it.
CREATE TABLE attachments (
  id BLOB PRIMARY KEY,
  item_id BLOB NOT NULL REFERENCES items(id),
  remark_id BLOB REFERENCES remarks(id),
  account_id BLOB NOT NULL REFERENCES accounts(id),
  digest BLOB NOT NULL REFERENCES blobs(digest),
  view_digest BLOB REFERENCES blobs(digest),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  alt TEXT NOT NULL,
  size BIGINT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX attachments_item ON attachments(item_id, remark_id, id);
CREATE INDEX attachments_remark ON attachments(remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX attachments_digest ON attachments(digest);
CREATE INDEX attachments_view ON attachments(view_digest) WHERE view_digest IS NOT NULL;
