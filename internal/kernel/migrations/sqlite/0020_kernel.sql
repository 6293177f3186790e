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
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  auditor INTEGER NOT NULL
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
  subject_id BLOB,
  detail TEXT NOT NULL,
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
  kind TEXT NOT NULL CHECK (kind IN ('community', 'project', 'personal', 'direct')),
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
CREATE INDEX memberships_space ON memberships(space_id, account_id, role, plus, minus);
CREATE INDEX memberships_leads ON memberships(space_id, account_id) WHERE role = 3;

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
CREATE INDEX space_access_latest ON space_access(last_at, last_id) WHERE visitor_mask <> 0;

-- Overrides: the level of one member in one service, instead of its role's.
CREATE TABLE member_levels (
  account_id BLOB NOT NULL,
  space_id BLOB NOT NULL,
  service INTEGER NOT NULL,
  level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 4),
  PRIMARY KEY (account_id, space_id, service),
  FOREIGN KEY (account_id, space_id) REFERENCES memberships(account_id, space_id)
) WITHOUT ROWID;
CREATE INDEX member_levels_space ON member_levels(space_id);

CREATE TABLE space_groups (
  id BLOB PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  name TEXT NOT NULL,
  name_key BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (space_id, name_key),
  UNIQUE (id, space_id)
) WITHOUT ROWID;

CREATE TABLE group_members (
  group_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  space_id BLOB NOT NULL,
  PRIMARY KEY (group_id, account_id),
  FOREIGN KEY (group_id, space_id) REFERENCES space_groups(id, space_id),
  FOREIGN KEY (account_id, space_id) REFERENCES memberships(account_id, space_id)
) WITHOUT ROWID;
CREATE INDEX group_members_account ON group_members(account_id, space_id);

-- An audience is the readers of a restricted node of the tree of items: those
-- whom its entries name, as far as its parent's readers.
CREATE TABLE audiences (
  id BLOB PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  parent_id BLOB REFERENCES audiences(id),
  UNIQUE (id, space_id)
) WITHOUT ROWID;
CREATE INDEX audiences_space ON audiences(space_id);
CREATE INDEX audiences_parent ON audiences(parent_id);

CREATE TABLE audience_entries (
  audience_id BLOB NOT NULL,
  space_id BLOB NOT NULL,
  group_id BLOB,
  account_id BLOB,
  CHECK ((group_id IS NULL) <> (account_id IS NULL)),
  FOREIGN KEY (audience_id, space_id) REFERENCES audiences(id, space_id),
  FOREIGN KEY (group_id, space_id) REFERENCES space_groups(id, space_id),
  FOREIGN KEY (account_id, space_id) REFERENCES memberships(account_id, space_id)
);
CREATE UNIQUE INDEX audience_entries_group ON audience_entries(audience_id, group_id) WHERE group_id IS NOT NULL;
CREATE UNIQUE INDEX audience_entries_account ON audience_entries(audience_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX audience_entries_audience ON audience_entries(audience_id);
CREATE INDEX audience_entries_of_group ON audience_entries(group_id);
CREATE INDEX audience_entries_of_account ON audience_entries(account_id, space_id);

CREATE TABLE audience_readers (
  audience_id BLOB NOT NULL REFERENCES audiences(id),
  account_id BLOB NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (audience_id, account_id)
) WITHOUT ROWID;
CREATE INDEX audience_readers_account ON audience_readers(account_id, audience_id);

-- A scope is one (space, service, audience): all its published items have the
-- same readers. last_at and last_id are those of its newest published item.
CREATE TABLE scopes (
  id INTEGER PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  service INTEGER NOT NULL,
  audience_id BLOB REFERENCES audiences(id),
  last_at BIGINT NOT NULL,
  last_id BLOB
);
CREATE UNIQUE INDEX scopes_open ON scopes(space_id, service) WHERE audience_id IS NULL;
CREATE UNIQUE INDEX scopes_restricted ON scopes(audience_id, service) WHERE audience_id IS NOT NULL;
CREATE INDEX scopes_latest ON scopes(space_id, last_at);

CREATE TABLE items (
  id BLOB PRIMARY KEY,
  space_id BLOB NOT NULL REFERENCES spaces(id),
  service INTEGER NOT NULL,
  kind TEXT NOT NULL,
  parent_id BLOB REFERENCES items(id),
  audience_id BLOB REFERENCES audiences(id),
  restricted INTEGER NOT NULL,
  scope_id BIGINT NOT NULL REFERENCES scopes(id),
  title TEXT NOT NULL,
  slug TEXT NOT NULL,
  body TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
  author_id BLOB NOT NULL REFERENCES accounts(id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  published_at BIGINT NOT NULL,
  publish_at BIGINT NOT NULL,
  trashed_at BIGINT NOT NULL,
  trashed_from INTEGER NOT NULL,
  revision BIGINT NOT NULL,
  UNIQUE (space_id, service, slug)
) WITHOUT ROWID;
CREATE INDEX items_latest ON items(scope_id, published_at, id) WHERE state = 2;
CREATE INDEX items_audience ON items(audience_id) WHERE audience_id IS NOT NULL;
CREATE INDEX items_author ON items(author_id, id) WHERE state <> 2;
CREATE INDEX items_due ON items(publish_at) WHERE state = 4;
CREATE INDEX items_trashed ON items(trashed_at) WHERE state = 5;
CREATE INDEX items_trash ON items(space_id, trashed_at, id) WHERE state = 5;
CREATE INDEX items_parent ON items(parent_id, title, id);

CREATE TABLE item_revisions (
  item_id BLOB NOT NULL REFERENCES items(id),
  revision BIGINT NOT NULL,
  author_id BLOB NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state INTEGER NOT NULL,
  fields TEXT NOT NULL,
  note TEXT NOT NULL,
  note_of BIGINT NOT NULL,
  PRIMARY KEY (item_id, revision)
) WITHOUT ROWID;

-- What someone types and has not sent yet, one row for each tab with the form.
CREATE TABLE drafts (
  account_id BLOB NOT NULL REFERENCES accounts(id),
  form TEXT NOT NULL,
  slot BLOB NOT NULL,
  version BIGINT NOT NULL,
  base BIGINT NOT NULL,
  fields TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, form, slot)
) WITHOUT ROWID;
CREATE INDEX drafts_updated ON drafts(updated_at);

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
CREATE INDEX remarks_item ON remarks(item_id, created_at);

-- Links by which a guest without an account reads an item and what lies under it.
CREATE TABLE guest_links (
  id BLOB PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  item_id BLOB NOT NULL REFERENCES items(id),
  created_by BLOB NOT NULL REFERENCES accounts(id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX guest_links_item ON guest_links(item_id);
