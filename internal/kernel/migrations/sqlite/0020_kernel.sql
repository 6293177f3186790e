-- +goose Up
CREATE TABLE accounts (
  id BLOB PRIMARY KEY,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key BLOB NOT NULL,
  organisation TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('agent', 'external')),
  admin INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
  lang TEXT NOT NULL,
  theme TEXT NOT NULL,
  hue INTEGER NOT NULL,
  created_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE credentials (
  account_id BLOB NOT NULL REFERENCES accounts(id),
  kind TEXT NOT NULL,
  secret TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, kind)
) WITHOUT ROWID;

CREATE TABLE sessions (
  id BLOB PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  account_id BLOB NOT NULL REFERENCES accounts(id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  user_agent TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions(account_id, seen_at);
CREATE INDEX sessions_expiry ON sessions(expires_at);

CREATE TABLE events (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  account_id BLOB,
  space_id BLOB,
  item_id BLOB,
  remark_id BLOB,
  at BIGINT NOT NULL,
  dispatched INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX events_at ON events(at);

CREATE TABLE spaces (
  id BLOB PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key BLOB NOT NULL,
  purpose TEXT NOT NULL,
  welcome TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('community', 'project')),
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private', 'secret')),
  hue INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  change_seq BIGINT NOT NULL,
  revision BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX spaces_catalogue ON spaces(name_key, id);

CREATE TABLE space_services (
  space_id BLOB NOT NULL REFERENCES spaces(id),
  service INTEGER NOT NULL,
  position INTEGER NOT NULL,
  visitor_level INTEGER NOT NULL,
  reader_level INTEGER NOT NULL,
  contributor_level INTEGER NOT NULL,
  PRIMARY KEY (space_id, service)
) WITHOUT ROWID;

CREATE TABLE memberships (
  account_id BLOB NOT NULL REFERENCES accounts(id),
  space_id BLOB NOT NULL REFERENCES spaces(id),
  role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3),
  plus BIGINT NOT NULL,
  minus BIGINT NOT NULL,
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, space_id)
) WITHOUT ROWID;
CREATE INDEX memberships_space ON memberships(space_id, account_id);

CREATE TABLE space_access (
  space_id BLOB PRIMARY KEY REFERENCES spaces(id),
  visitor_mask BIGINT NOT NULL,
  reader_mask BIGINT NOT NULL,
  contributor_mask BIGINT NOT NULL,
  lead_mask BIGINT NOT NULL,
  rights_rev BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  last_id BLOB
) WITHOUT ROWID;

CREATE TABLE items (
  id BLOB PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  service INTEGER NOT NULL,
  kind TEXT NOT NULL,
  parent_id BLOB REFERENCES items(id),
  title TEXT NOT NULL,
  slug TEXT NOT NULL,
  body TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
  author_id BLOB NOT NULL REFERENCES accounts(id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  published_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  UNIQUE (space_id, service, slug)
) WITHOUT ROWID;
CREATE INDEX items_latest ON items(space_id, service, published_at, id) WHERE state = 2;
CREATE INDEX items_author ON items(author_id, id) WHERE state <> 2;
CREATE INDEX items_parent ON items(parent_id, title, id);

CREATE TABLE item_revisions (
  item_id BLOB NOT NULL REFERENCES items(id),
  revision BIGINT NOT NULL,
  author_id BLOB NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state INTEGER NOT NULL,
  PRIMARY KEY (item_id, revision)
) WITHOUT ROWID;

CREATE TABLE remarks (
  id BLOB PRIMARY KEY,
  item_id BLOB NOT NULL REFERENCES items(id),
  parent_id BLOB REFERENCES remarks(id),
  author_id BLOB NOT NULL REFERENCES accounts(id),
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  edited_at BIGINT NOT NULL,
  removed_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX remarks_thread ON remarks(item_id, created_at, id) WHERE parent_id IS NULL;
CREATE INDEX remarks_replies ON remarks(parent_id, created_at, id);
CREATE INDEX remarks_item ON remarks(item_id);
