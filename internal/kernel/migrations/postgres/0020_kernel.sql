-- +goose Up
CREATE TABLE accounts (
  id uuid PRIMARY KEY,
  email text COLLATE "C" NOT NULL,
  email_key text COLLATE "C" NOT NULL UNIQUE,
  name text COLLATE "C" NOT NULL,
  name_key BYTEA NOT NULL,
  organisation text COLLATE "C" NOT NULL,
  class text COLLATE "C" NOT NULL CHECK (class IN ('agent', 'external')),
  admin SMALLINT NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('active', 'suspended')),
  lang text COLLATE "C" NOT NULL,
  theme text COLLATE "C" NOT NULL,
  hue SMALLINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  auditor SMALLINT NOT NULL
);

CREATE TABLE credentials (
  account_id uuid NOT NULL REFERENCES accounts(id),
  kind text COLLATE "C" NOT NULL,
  secret text COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, kind)
);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,
  account_id uuid NOT NULL REFERENCES accounts(id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  user_agent text COLLATE "C" NOT NULL
);
CREATE INDEX sessions_account ON sessions(account_id, seen_at);
CREATE INDEX sessions_expiry ON sessions(expires_at);

CREATE TABLE events (
  id uuid PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  account_id uuid,
  space_id uuid,
  item_id uuid,
  remark_id uuid,
  subject_id uuid,
  detail text COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  dispatched SMALLINT NOT NULL
);
CREATE INDEX events_at ON events(at);

CREATE TABLE spaces (
  id uuid PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  name text COLLATE "C" NOT NULL,
  name_key BYTEA NOT NULL,
  purpose text COLLATE "C" NOT NULL,
  welcome text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('community', 'project', 'personal', 'direct')),
  visibility text COLLATE "C" NOT NULL CHECK (visibility IN ('public', 'private', 'secret')),
  hue SMALLINT NOT NULL,
  created_at BIGINT NOT NULL,
  change_seq BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX spaces_catalogue ON spaces(name_key, id);

CREATE TABLE space_services (
  space_id uuid NOT NULL REFERENCES spaces(id),
  service SMALLINT NOT NULL,
  position SMALLINT NOT NULL,
  visitor_level SMALLINT NOT NULL,
  reader_level SMALLINT NOT NULL,
  contributor_level SMALLINT NOT NULL,
  PRIMARY KEY (space_id, service)
);

CREATE TABLE memberships (
  account_id uuid NOT NULL REFERENCES accounts(id),
  space_id uuid NOT NULL REFERENCES spaces(id),
  role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 3),
  plus BIGINT NOT NULL,
  minus BIGINT NOT NULL,
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, space_id)
);
CREATE INDEX memberships_space ON memberships(space_id, account_id, role, plus, minus);
CREATE INDEX memberships_leads ON memberships(space_id, account_id) WHERE role = 3;

CREATE TABLE space_access (
  space_id uuid PRIMARY KEY REFERENCES spaces(id),
  visitor_mask BIGINT NOT NULL,
  reader_mask BIGINT NOT NULL,
  contributor_mask BIGINT NOT NULL,
  lead_mask BIGINT NOT NULL,
  rights_rev BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  last_id uuid
);
CREATE INDEX space_access_latest ON space_access(last_at, last_id) WHERE visitor_mask <> 0;

-- Overrides: the level of one member in one service, instead of its role's.
CREATE TABLE member_levels (
  account_id uuid NOT NULL,
  space_id uuid NOT NULL,
  service SMALLINT NOT NULL,
  level SMALLINT NOT NULL CHECK (level BETWEEN 0 AND 4),
  PRIMARY KEY (account_id, space_id, service),
  FOREIGN KEY (account_id, space_id) REFERENCES memberships(account_id, space_id)
);
CREATE INDEX member_levels_space ON member_levels(space_id);

CREATE TABLE space_groups (
  id uuid PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces(id),
  name text COLLATE "C" NOT NULL,
  name_key BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (space_id, name_key),
  UNIQUE (id, space_id)
);

CREATE TABLE group_members (
  group_id uuid NOT NULL,
  account_id uuid NOT NULL,
  space_id uuid NOT NULL,
  PRIMARY KEY (group_id, account_id),
  FOREIGN KEY (group_id, space_id) REFERENCES space_groups(id, space_id),
  FOREIGN KEY (account_id, space_id) REFERENCES memberships(account_id, space_id)
);
CREATE INDEX group_members_account ON group_members(account_id, space_id);

-- An audience is the readers of a restricted node of the tree of items: those
-- whom its entries name, as far as its parent's readers.
CREATE TABLE audiences (
  id uuid PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces(id),
  parent_id uuid REFERENCES audiences(id),
  UNIQUE (id, space_id)
);
CREATE INDEX audiences_space ON audiences(space_id);
CREATE INDEX audiences_parent ON audiences(parent_id);

CREATE TABLE audience_entries (
  audience_id uuid NOT NULL,
  space_id uuid NOT NULL,
  group_id uuid,
  account_id uuid,
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
  audience_id uuid NOT NULL REFERENCES audiences(id),
  account_id uuid NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (audience_id, account_id)
);
CREATE INDEX audience_readers_account ON audience_readers(account_id, audience_id);

-- A scope is one (space, service, audience): all its published items have the
-- same readers. last_at and last_id are those of its newest published item.
CREATE TABLE scopes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces(id),
  service SMALLINT NOT NULL,
  audience_id uuid REFERENCES audiences(id),
  last_at BIGINT NOT NULL,
  last_id uuid
);
CREATE UNIQUE INDEX scopes_open ON scopes(space_id, service) WHERE audience_id IS NULL;
CREATE UNIQUE INDEX scopes_restricted ON scopes(audience_id, service) WHERE audience_id IS NOT NULL;
CREATE INDEX scopes_latest ON scopes(space_id, last_at);

CREATE TABLE items (
  id uuid PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces(id),
  service SMALLINT NOT NULL,
  kind text COLLATE "C" NOT NULL,
  parent_id uuid REFERENCES items(id),
  audience_id uuid REFERENCES audiences(id),
  restricted SMALLINT NOT NULL,
  scope_id BIGINT NOT NULL REFERENCES scopes(id),
  title text COLLATE "C" NOT NULL,
  slug text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 5),
  author_id uuid NOT NULL REFERENCES accounts(id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  published_at BIGINT NOT NULL,
  publish_at BIGINT NOT NULL,
  trashed_at BIGINT NOT NULL,
  trashed_from SMALLINT NOT NULL,
  revision BIGINT NOT NULL,
  UNIQUE (space_id, service, slug)
);
CREATE INDEX items_latest ON items(scope_id, published_at, id) WHERE state = 2;
CREATE INDEX items_audience ON items(audience_id) WHERE audience_id IS NOT NULL;
CREATE INDEX items_author ON items(author_id, id) WHERE state <> 2;
CREATE INDEX items_due ON items(publish_at) WHERE state = 4;
CREATE INDEX items_trashed ON items(trashed_at) WHERE state = 5;
CREATE INDEX items_trash ON items(space_id, trashed_at, id) WHERE state = 5;
CREATE INDEX items_parent ON items(parent_id, title, id);

CREATE TABLE item_revisions (
  item_id uuid NOT NULL REFERENCES items(id),
  revision BIGINT NOT NULL,
  author_id uuid NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL,
  title text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL,
  fields text COLLATE "C" NOT NULL,
  note text COLLATE "C" NOT NULL,
  note_of BIGINT NOT NULL,
  PRIMARY KEY (item_id, revision)
);

-- What someone types and has not sent yet, one row for each tab with the form.
CREATE TABLE drafts (
  account_id uuid NOT NULL REFERENCES accounts(id),
  form text COLLATE "C" NOT NULL,
  slot uuid NOT NULL,
  version BIGINT NOT NULL,
  base BIGINT NOT NULL,
  fields text COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, form, slot)
);
CREATE INDEX drafts_updated ON drafts(updated_at);

CREATE TABLE remarks (
  id uuid PRIMARY KEY,
  item_id uuid NOT NULL REFERENCES items(id),
  parent_id uuid REFERENCES remarks(id),
  author_id uuid NOT NULL REFERENCES accounts(id),
  body text COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  edited_at BIGINT NOT NULL,
  removed_at BIGINT NOT NULL
);
CREATE INDEX remarks_thread ON remarks(item_id, created_at, id) WHERE parent_id IS NULL;
CREATE INDEX remarks_replies ON remarks(parent_id, created_at, id);
CREATE INDEX remarks_item ON remarks(item_id, created_at);

-- Links by which a guest without an account reads an item and what lies under it.
CREATE TABLE guest_links (
  id uuid PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,
  item_id uuid NOT NULL REFERENCES items(id),
  created_by uuid NOT NULL REFERENCES accounts(id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
);
CREATE INDEX guest_links_item ON guest_links(item_id);
