-- +goose Up
-- What is kept in the store of files. kept_at is when it was last put there; a row
-- that nothing refers to goes a day later, and its bytes after it.
CREATE TABLE blobs (
  digest BYTEA PRIMARY KEY,
  size BIGINT NOT NULL,
  kept_at BIGINT NOT NULL
);
CREATE INDEX blobs_kept ON blobs(kept_at);

-- A file that someone sent and has not joined to anything yet. form is where they
-- sent it from.
CREATE TABLE uploads (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts(id),
  form text COLLATE "C" NOT NULL,
  digest BYTEA NOT NULL REFERENCES blobs(digest),
  view_digest BYTEA REFERENCES blobs(digest),
  name text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX uploads_form ON uploads(account_id, form, id);
CREATE INDEX uploads_at ON uploads(at);
CREATE INDEX uploads_digest ON uploads(digest);
CREATE INDEX uploads_view ON uploads(view_digest) WHERE view_digest IS NOT NULL;

-- A file joined to an item, or to one of its remarks. view_digest is a smaller
-- image of it, that is shown in pages; alt says it to those who do not see it.
CREATE TABLE attachments (
  id uuid PRIMARY KEY,
  item_id uuid NOT NULL REFERENCES items(id),
  remark_id uuid REFERENCES remarks(id),
  account_id uuid NOT NULL REFERENCES accounts(id),
  digest BYTEA NOT NULL REFERENCES blobs(digest),
  view_digest BYTEA REFERENCES blobs(digest),
  name text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  alt text COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX attachments_item ON attachments(item_id, remark_id, id);
CREATE INDEX attachments_remark ON attachments(remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX attachments_digest ON attachments(digest);
CREATE INDEX attachments_view ON attachments(view_digest) WHERE view_digest IS NOT NULL;
