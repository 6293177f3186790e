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
  created_at BIGINT NOT NULL
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
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('community', 'project')),
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
CREATE INDEX memberships_space ON memberships(space_id, account_id);

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

CREATE TABLE items (
  id uuid PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces(id),
  service SMALLINT NOT NULL,
  kind text COLLATE "C" NOT NULL,
  parent_id uuid REFERENCES items(id),
  title text COLLATE "C" NOT NULL,
  slug text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 5),
  author_id uuid NOT NULL REFERENCES accounts(id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  published_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  UNIQUE (space_id, service, slug)
);
CREATE INDEX items_latest ON items(space_id, service, published_at, id) WHERE state = 2;
CREATE INDEX items_author ON items(author_id, id) WHERE state <> 2;
CREATE INDEX items_parent ON items(parent_id, title, id);

CREATE TABLE item_revisions (
  item_id uuid NOT NULL REFERENCES items(id),
  revision BIGINT NOT NULL,
  author_id uuid NOT NULL REFERENCES accounts(id),
  at BIGINT NOT NULL,
  title text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL,
  PRIMARY KEY (item_id, revision)
);

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
CREATE INDEX remarks_item ON remarks(item_id);
